"""Views of an individual plan, a meeting, a measure and of who speaks for somebody young, for the tests of pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.ansvarsgruppe import (
    Brukermaal,
    Moetedeltaker,
    Moeteinnhold,
    Moetested,
    Moetesvar,
    Moetetilstand,
    MoeteUtsnitt,
    Plantilstand,
    PlanUtsnitt,
    TalspersonVist,
    Tiltakstilstand,
    TiltakUtsnitt,
)
from bindeledd.schema.generated.felles import Deling, DelStatus, Tekst
from bindeledd.schema.generated.samhandling import PersonUtsnitt
from tests.nettsider import ACT, ENHET, GRUNN, NÅ, person, plan, ref


def full_plan(**endret: Any) -> PlanUtsnitt:
    """An individual plan, as those who may read it have it."""
    maal = Brukermaal(maal=("Egen bolig", "Jobb i kantina"), ressurser="Lager god mat", behov="Ro", bidrag="Står opp")
    vanlig: dict[str, Any] = {
        "plan": Deling.DELT, "tilstand": Plantilstand.GJELDER, "fra": NÅ - timedelta(days=90),
        "revisjon": date(2024, 6, 1), "maal": Klartekst(maal),
    }  # fmt: skip
    return plan(**{**vanlig, **endret})


def møte(**endret: Any) -> MoeteUtsnitt:
    """A meeting next week, as a member in health has it."""
    deltakere = tuple(
        Moetedeltaker(part=p, svar=Moetesvar.IKKE_SVART, tilstede=False) for p in ("innbygger", ACT, ENHET)
    )
    vanlig: dict[str, Any] = {
        "aggregat": "", "grunn": GRUNN, "gruppe_ref": ref(80), "av_part": ENHET, "tid": NÅ + timedelta(days=7),
        "innspill_til": None, "tilstand": Moetetilstand.INNKALT, "deltakere": deltakere,
        "sted": Klartekst(Moetested(sted="Møterom 2", video="")),
        "innhold": Klartekst(Moeteinnhold(formaal="Hva nå?", saker=("Bolig",))),
    }  # fmt: skip
    return MoeteUtsnitt(**{**vanlig, **endret})


def tiltak(ord_: str = "Søke om bolig", part: str = ACT, **endret: Any) -> TiltakUtsnitt:
    vanlig: dict[str, Any] = {
        "aggregat": "", "grunn": GRUNN, "part": part, "frist": date(2024, 3, 1), "gaar_videre": False,
        "tilstand": Tiltakstilstand.AVTALT, "paa_vent": False, "innhold": Klartekst(Tekst(tekst=ord_)),
        "deler": (DelStatus(del_="eget_tiltak", deling=Deling.DELT),),
    }  # fmt: skip
    return TiltakUtsnitt(**{**vanlig, **endret})


def ung(fornavn: str, år: int) -> PersonUtsnitt:
    """Somebody who is so many years old."""
    vist = person(fornavn)
    assert isinstance(vist.personalia, Klartekst)
    født = replace(vist.personalia.content, foedt=date(NÅ.year - år, 1, 1))
    return replace(vist, personalia=Klartekst(født))


def taler(
    slag: str = "foreldreansvar", navn: str = "Syntetisk Mor", *deler: str, nr: int = 95
) -> dict[str, Any]:  # fmt: skip
    """Somebody who speaks for the person, as a view of consents has it."""
    vist = TalspersonVist(talsperson_id=ref(nr), slag=slag, deler=deler, gjelder_fra=NÅ - timedelta(days=9))
    return {"talspersoner": (vist,), "talsnavn": (Klartekst(Tekst(tekst=navn)),)}
