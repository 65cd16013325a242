"""What messages tell of a stay, as the events that they become: short to write in a test of the stay itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.samhandling import (
    DoedsfallMeldt,
    Fagperson,
    Helseopplysninger,
    MeldingKnyttet,
    Meldingskilde,
    OppholdKansellert,
    OpplysningerOppdatert,
    PasientInnlagt,
    PasientUtskrevet,
    Sted,
    TidligmeldingSendt,
    Utfall,
    UtskrivningsklarAvmeldt,
    UtskrivningsklarMeldt,
)

HJEMMETJENESTEN = "hjemmetjeneste-aarstad"
FORVALTNINGEN = "forvaltning"
STED = Klartekst(Sted(institusjon="Prøvesykehus", enhet="Prøvepost", telefon="", kontakt=""))
OPPLYSNINGER = Klartekst(
    Helseopplysninger(
        status="Prøvestatus", forloep="", funksjon="", kontakt="", diagnoser=(), barn_foedselsaar=(), annet=""
    )
)
LEGE = Klartekst(Fagperson(navn="Test Prøvelege", yrke="lege", telefon=""))


def kilde(nr: int, sendt: datetime, **annet: Any) -> Meldingskilde:
    """The message numbered `nr`, received when it was sent unless told otherwise."""
    vanlig = Meldingskilde(
        melding_ref=f"m{nr}", msg_id=f"id-{nr}", type="LOG_INNLAGT", gen_dato=sendt, mottatt=sendt, avsender="9000200",
        samtale=f"id-{nr}", forrige=None, adressert=(HJEMMETJENESTEN,), kopi=(), innhold=f"innhold-{nr}".encode(),
    )  # fmt: skip
    return replace(vanlig, **annet)


def innlagt(nr: int, når: datetime, **annet: Any) -> PasientInnlagt:
    return PasientInnlagt(
        kilde=kilde(nr, annet.pop("sendt", når), **annet), innlagt=når, anslag=False, tvetydig=False, avdeling=None,
        sted=STED,
    )  # fmt: skip


def varsel(
    nr: int, sendt: datetime, *, mangler: tuple[str, ...] = (), endring: bool = False, **annet: Any
) -> TidligmeldingSendt | OpplysningerOppdatert:
    slag = OpplysningerOppdatert if endring else TidligmeldingSendt
    fra = kilde(nr, sendt, **{"type": "HELSEOPPL_SOKNAD", **annet})
    return slag(
        kilde=fra, fullstendig=not mangler, mangler=mangler, har_barn=False, forventet_utskrivning=None, anslag=False,
        innhold=OPPLYSNINGER, avtrykk=(),
    )  # fmt: skip


def klar(
    nr: int, sendt: datetime, dato: date | None = None, *, lege: bool = True, **annet: Any
) -> UtskrivningsklarMeldt:
    return UtskrivningsklarMeldt(
        kilde=kilde(nr, sendt, **{"type": "LOG_UTSKRIVNINGSKLAR", **annet}), dato=dato or sendt.date(), anslag=False,
        innlagt=None, beslutter_navngitt=lege, beslutter=LEGE if lege else None,
    )  # fmt: skip


def avmeldt(nr: int, sendt: datetime, dato: date | None = None, **annet: Any) -> UtskrivningsklarAvmeldt:
    fra = kilde(nr, sendt, **{"type": "LOG_AVMELDING", **annet})
    return UtskrivningsklarAvmeldt(kilde=fra, dato=dato or sendt.date(), innlagt=None)


def utskrevet(nr: int, når: datetime, *, kode: str = "1", **annet: Any) -> PasientUtskrevet:
    fra = kilde(nr, når, **{"type": "LOG_UTSKREVET", **annet})
    return PasientUtskrevet(
        kilde=fra, utskrevet=når, bare_dato=False, utfall=Utfall.LEVENDE if kode == "1" else Utfall.DOED,
        livskrise=kode == "3",
    )  # fmt: skip


def død(nr: int, når: datetime, **annet: Any) -> DoedsfallMeldt:
    fra = kilde(nr, annet.pop("sendt", når), **{"type": "LOG_DOD", **annet})
    return DoedsfallMeldt(kilde=fra, doed=når, bare_dato=False, livskrise=False)


def rapport(nr: int, sendt: datetime, **annet: Any) -> MeldingKnyttet:
    return MeldingKnyttet(kilde=kilde(nr, sendt, **{"type": "INNLEGGELSESRAPPORT", **annet}), status="N")


def trukket(nr: int, sendt: datetime, hva: int | None, type_: str = "LOG_INNLAGT", **annet: Any) -> OppholdKansellert:
    """A cancellation of message `hva`; None: it names none."""
    samtale = f"id-{hva}" if hva is not None else None
    fra = kilde(nr, sendt, **{"type": type_, "samtale": samtale or f"id-{nr}", **annet})
    return OppholdKansellert(kilde=fra, gjelder_type=type_, gjelder_samtale=samtale)
