"""Messages for tests: plainly synthetic people and parties, and the mistakes that real senders make.

Every national number is of a test series; every HER-id is above nine million, where none is given out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import islice

from lxml import etree

from services.samhandling.plo.identitet import syntetiske_numre
from services.samhandling.plo.koder import ID_TYPE_ORGANISASJON, ID_TYPE_PERSON
from services.samhandling.plo.melding import Adressat, Helsepersonell, Ident, Kontakter, Organisasjon, Pasient
from services.samhandling.plo.skriv import Sending

KOMMUNE = "9000100"
SAKSBEHANDLING = "9000101"
HJEMMETJENESTE = "9000102"
SYKEHUS = "9000200"
POST = "9000201"
NÅ = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
FØDT = date(1987, 6, 5)


def her(nummer: str) -> tuple[Ident, ...]:
    """A HER-id, as an organisation carries it."""
    return (Ident(nummer, "HER", ID_TYPE_ORGANISASJON),)


def person_id(nummer: str, type_: str = "FNR") -> Ident:
    """A personal number of the given type."""
    return Ident(nummer, type_, ID_TYPE_PERSON)


def syntetisk(født: date = FØDT, nr: int = 0, *, type_: str = "FNR", tillegg: int = 80) -> str:
    """The nth number of a test series for a birth date."""
    return next(islice(syntetiske_numre(født, type_=type_, tillegg=tillegg), nr, None))


def adressat(organisasjon: str, enhet: str) -> Adressat:
    """An organisation and its unit, named after their numbers."""
    return Adressat(
        Organisasjon(f"Prøveorganisasjon {organisasjon}", her(organisasjon)),
        Organisasjon(f"Prøveenhet {enhet}", her(enhet)),
    )


PASIENT = Pasient(
    etternavn="Prøvesen",
    fornavn="Syntetisk",
    født=FØDT,
    kjønn="2",
    identer=(person_id(syntetisk()),),
)
LEGE = Helsepersonell("Prøvelege", "Test", "LE", "19", (Ident("9999999", "HPR", ID_TYPE_PERSON),))
AVDELING = Organisasjon("Prøveavdeling", her(POST), ("55000000",))


def sending(**endringer: object) -> Sending:
    """An ordinary sending from hospital ward to municipality, with whatever the test wants otherwise."""
    vanlig: dict[str, object] = {
        "msg_id": "00000000-0000-4000-8000-000000000001",
        "gen_date": NÅ,
        "avsender": adressat(SYKEHUS, POST),
        "mottaker": adressat(KOMMUNE, SAKSBEHANDLING),
        "pasient": PASIENT,
        "kontakter": Kontakter(enheter=(AVDELING,), ansvarlige=(LEGE,)),
    }
    return Sending(**{**vanlig, **endringer})  # type: ignore[arg-type]  # a test names what it changes


def uten(raw: bytes, *navn: str) -> bytes:
    """The message without any element of these local names."""

    def fjern(rot: etree._Element) -> None:
        for element in _alle(rot, *navn):
            forelder = element.getparent()
            assert forelder is not None
            forelder.remove(element)

    return _endret(raw, fjern)


def med_kode(raw: bytes, navn: str, verdi: str) -> bytes:
    """The message with another `V` on every element of this local name."""

    def sett(rot: etree._Element) -> None:
        for element in _alle(rot, navn):
            element.set("V", verdi)

    return _endret(raw, sett)


def med_tekst(raw: bytes, navn: str, verdi: str) -> bytes:
    """The message with another text in every element of this local name."""

    def sett(rot: etree._Element) -> None:
        for element in _alle(rot, navn):
            element.text = verdi

    return _endret(raw, sett)


def i_latin1(raw: bytes) -> bytes:
    """The same message in ISO-8859-1, declared as such."""
    skrevet = etree.tostring(etree.fromstring(raw), xml_declaration=True, encoding="ISO-8859-1")
    assert isinstance(skrevet, bytes)
    return skrevet


def _alle(rot: etree._Element, *navn: str) -> list[etree._Element]:
    return [element for element in rot.iter() if etree.QName(element).localname in navn]


def _endret(raw: bytes, endring: Callable[[etree._Element], None]) -> bytes:
    rot = etree.fromstring(raw)
    endring(rot)
    return etree.tostring(rot, xml_declaration=True, encoding="UTF-8")
