"""Messages about one synthetic person to and from units of the shipped Bergen, short to write in a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from services.samhandling.plo.melding import Adressat, Helsepersonell, Ident, Kontakter, Organisasjon, Referanser
from services.samhandling.plo.skriv import Sending
from tests.meldinger import AVDELING, LEGE, PASIENT, her, person_id, syntetisk

KOMMUNEN = Organisasjon("Bergen kommune", her("99000001"))
HELSE_BERGEN = Organisasjon("Helse Bergen", her("99000002"))
HJEMMETJENESTEN = Adressat(KOMMUNEN, Organisasjon("Hjemmebaserte tjenester Årstad", her("99010023")))
UKJENT_TJENESTE = Adressat(KOMMUNEN, Organisasjon("Ukjent tjeneste", her("99019999")))
ANNEN_KOMMUNE = Adressat(Organisasjon("Prøvekommune", her("9000999")), Organisasjon("Pleie", her("9000998")))
MED_TELEFON = Kontakter(enheter=(AVDELING,), ansvarlige=(LEGE,))
UTEN_LEGE = Kontakter(enheter=(AVDELING,), ansvarlige=(Helsepersonell("Prøvepleier", "Test", "SP"),))


def pam(part_her: str) -> Adressat:
    """Psykiatrisk akuttmottak as a sender."""
    return Adressat(HELSE_BERGEN, Organisasjon("Psykiatrisk akuttmottak", her(part_her)))


def utc(*deler: int) -> datetime:
    """A moment in UTC."""
    return datetime(*deler, tzinfo=UTC)  # type: ignore[arg-type,misc]


def sending(nr: int, sendt: datetime, **annet: Any) -> Sending:
    """A message with a number for an id, from PAM to hjemmetjenesten in Årstad, about the synthetic patient."""
    grunn = Sending(
        msg_id=f"00000000-0000-4000-8000-{nr:012d}", gen_date=sendt, avsender=annet.pop("avsender", pam("99010057")),
        mottaker=annet.pop("mottaker", HJEMMETJENESTEN), pasient=annet.pop("pasient", PASIENT),
        kontakter=annet.pop("kontakter", MED_TELEFON),
    )  # fmt: skip
    viser_til = annet.pop("viser_til", None)
    if viser_til is not None:
        annet["referanser"] = Referanser(
            f"00000000-0000-4000-8000-{viser_til:012d}", f"00000000-0000-4000-8000-{viser_til:012d}"
        )
    return replace(grunn, **annet)


def annen_pasient(nr: int) -> Any:
    """Another synthetic person, numbered."""
    født = date(1950 + nr % 50, 1 + nr % 12, 1 + nr % 28)
    return replace(PASIENT, etternavn=f"Prøvesen {nr}", født=født, identer=(person_id(syntetisk(født, nr % 20)),))


__all__ = ["Ident", "annen_pasient", "pam", "sending", "utc"]
