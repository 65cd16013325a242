"""Views of an individual plan, a meeting and a measure, for the tests of their pages."""

from __future__ import annotations

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
    Tiltakstilstand,
    TiltakUtsnitt,
)
from bindeledd.schema.generated.felles import Deling, DelStatus, Tekst
from tests.nettsider import ACT, ENHET, GRUNN, NÅ, plan, ref


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
