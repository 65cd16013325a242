"""How long each field of a message may be, and how many there may be of a kind: one table. What is more is refused.

The standard sets no lengths; these are generous, and small enough that what is kept of a message always fits a record.
Free text has none: it is shortened where it is kept, and stands whole in the message.
"""

from __future__ import annotations

from dataclasses import is_dataclass, replace
from typing import Any, Final

from services.samhandling.plo.melding import (
    Adresse,
    Funn,
    Helseopplysninger,
    Helsepersonell,
    Hode,
    Ident,
    Kode,
    Kontakter,
    Logistikk,
    Melding,
    Organisasjon,
    Pasient,
    Pårørende,
    Rapport,
    Referanser,
    TidfestetHendelse,
)
from services.samhandling.plo.tid import Tidspunkt

TELEFON: Final = 100
_KODE: Final = 40
_NAVN: Final = 200

LENGST: Final[dict[tuple[type, str], tuple[int, str]]] = {
    (Hode, "msg_id"): (100, "Meldingsidentifikatoren (MsgId)"),
    (Referanser, "forrige"): (100, "RefToParent"),
    (Referanser, "dialog"): (100, "RefToConversation"),
    (Tidspunkt, "skrevet"): (64, "Et tidspunkt"),
    (Ident, "id"): (64, "Et nummer (Ident/Id)"),
    (Ident, "type"): (_KODE, "Typen til et nummer (TypeId)"),
    (Ident, "system"): (100, "Kodeverket eller utstederen til et nummer"),
    (Kode, "verdi"): (64, "En kode"),
    (Kode, "navn"): (500, "Navnet på en kode (DN)"),
    (Kode, "kodeverk"): (100, "Kodeverket til en kode"),
    (Organisasjon, "navn"): (500, "Navnet på en organisasjon"),
    (Organisasjon, "telefoner"): (TELEFON, "Et telefonnummer"),
    (Helsepersonell, "etternavn"): (_NAVN, "Navnet på helsepersonell"),
    (Helsepersonell, "fornavn"): (_NAVN, "Navnet på helsepersonell"),
    (Helsepersonell, "yrke"): (_KODE, "Yrket til helsepersonell"),
    (Helsepersonell, "rolle"): (_KODE, "Rollen til helsepersonell"),
    (Helsepersonell, "telefoner"): (TELEFON, "Et telefonnummer"),
    (Pasient, "etternavn"): (_NAVN, "Pasientens navn"),
    (Pasient, "fornavn"): (_NAVN, "Pasientens navn"),
    (Pasient, "mellomnavn"): (_NAVN, "Pasientens navn"),
    (Pasient, "kjønn"): (_KODE, "Pasientens kjønn"),
    (Pasient, "telefoner"): (TELEFON, "Et telefonnummer"),
    (Adresse, "gate"): (300, "Pasientens adresse"),
    (Adresse, "postnummer"): (_KODE, "Pasientens adresse"),
    (Adresse, "poststed"): (_NAVN, "Pasientens adresse"),
    (Adresse, "type"): (_KODE, "Pasientens adresse"),
    (Adresse, "kommune"): (_KODE, "Pasientens adresse"),
    (TidfestetHendelse, "kode"): (_KODE, "Koden til en hendelse"),
    (Pårørende, "slektskap"): (_KODE, "Slektskapet til en pårørende"),
    (Pårørende, "omsorgsfunksjon"): (_KODE, "Omsorgsfunksjonen til en pårørende"),
    (Pårørende, "etternavn"): (_NAVN, "Navnet på en pårørende"),
    (Pårørende, "fornavn"): (_NAVN, "Navnet på en pårørende"),
    (Pårørende, "telefoner"): (TELEFON, "Et telefonnummer"),
}
"""The longest that a field may be, in characters, and what it is called to a person."""

FLEST: Final[dict[tuple[type, str], tuple[int, str]]] = {
    (Pasient, "identer"): (10, "numre for pasienten"),
    (Pasient, "telefoner"): (10, "telefonnumre for en person"),
    (Organisasjon, "identer"): (10, "numre for en organisasjon"),
    (Organisasjon, "telefoner"): (10, "telefonnumre for en organisasjon"),
    (Helsepersonell, "identer"): (10, "numre for helsepersonell"),
    (Helsepersonell, "telefoner"): (10, "telefonnumre for en person"),
    (Pårørende, "telefoner"): (10, "telefonnumre for en person"),
    (Kontakter, "enheter"): (50, "tilknyttede enheter"),
    (Kontakter, "kontaktpersoner"): (50, "kontaktpersoner"),
    (Kontakter, "ansvarlige"): (50, "ansvarlige for rapporten"),
    (Logistikk, "hendelser"): (100, "tidfestede hendelser"),
    (Logistikk, "pårørende"): (100, "pårørende"),
    (Helseopplysninger, "hendelser"): (100, "tidfestede hendelser"),
    (Helseopplysninger, "pårørende"): (100, "pårørende"),
    (Rapport, "pårørende"): (100, "pårørende"),
    (Melding, "kopimottakere"): (100, "kopimottakere"),
}
"""How many there may be, and what they are called to a person."""

_ER_ID: Final = frozenset(((Hode, "msg_id"), (Referanser, "forrige"), (Referanser, "dialog")))


def avgrens(verdi: Any, funn: list[Funn]) -> Any:
    """The message, or a part of it, with nothing in it longer or more than the table allows. Each excess is in `funn`.

    A name is cut. An id is left out: half of one could be another's.
    """
    endret: dict[str, Any] = {}
    for felt in type(verdi).__dataclass_fields__:
        før = getattr(verdi, felt)
        etter = _felt(type(verdi), felt, før, funn)
        if etter is not før:
            endret[felt] = etter
    return replace(verdi, **endret) if endret else verdi


def _felt(eier: type, felt: str, verdi: Any, funn: list[Funn]) -> Any:
    if isinstance(verdi, str):
        return _tekst(eier, felt, verdi, funn)
    if isinstance(verdi, tuple):
        return _flere(eier, felt, verdi, funn)
    return avgrens(verdi, funn) if is_dataclass(verdi) else verdi


def _tekst(eier: type, felt: str, verdi: str, funn: list[Funn]) -> str:
    lengst, navn = LENGST.get((eier, felt), (len(verdi), ""))
    if len(verdi) <= lengst:
        return verdi
    hva = f"{navn} er lengre enn {lengst} tegn"
    funn.append(Funn("E10", "for-lang-msgid", hva) if eier is Hode else Funn("T99", "for-langt-felt", hva))
    return "" if (eier, felt) in _ER_ID else verdi[:lengst]


def _flere(eier: type, felt: str, verdier: tuple[Any, ...], funn: list[Funn]) -> tuple[Any, ...]:
    flest, navn = FLEST.get((eier, felt), (len(verdier), ""))
    if len(verdier) > flest:
        funn.append(Funn("T99", "for-mange-felt", f"Meldingen har mer enn {flest} {navn}"))
    innenfor = [(verdi, _felt(eier, felt, verdi, funn)) for verdi in verdier[:flest]]
    if len(verdier) <= flest and all(etter is før for før, etter in innenfor):
        return verdier
    return tuple(etter for før, etter in innenfor if etter is før or not isinstance(før, Ident))
