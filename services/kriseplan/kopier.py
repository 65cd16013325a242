"""Who has a copy of which parts by consent, since when and until when. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bindeledd.schema.generated.kriseplan import KriseplanDelt, KriseplanKopi, KriseplanKopiAvsluttet
from services.felles.grunnlag import Samtykke
from services.felles.kjent import Kjent
from services.felles.tilgang import ALLE_DELER
from services.kriseplan.plan import DELER, Kriseplan, deler_i

TABELL = "kriseplan"


@dataclass(frozen=True, slots=True)
class Delbart:
    """A party that the person has ever consented to share with, the parts that it may have now, and when it ended."""

    part: str
    deler: tuple[str, ...]
    sluttet: datetime | None = None


def delbart(kjent: Kjent) -> tuple[Delbart, ...]:
    """Every party with a consent about the plan, in force or over, in a fixed order."""
    parter = sorted({s.part for s in kjent.grunnlag.samtykker if _om_planen(s)})
    return tuple(
        Delbart(part, tuple(d for d in DELER if kjent.svar(part, f"{TABELL}.{d}").ja), samtykke_sluttet(kjent, part))
        for part in parter
    )


def samtykke_sluttet(kjent: Kjent, part: str) -> datetime | None:
    """When the last consent of this party ran out or was withdrawn; None while one is in force, or there was none."""
    egne = [s for s in kjent.grunnlag.samtykker if s.part == part and _om_planen(s)]
    if any(s.til is None or s.til > kjent.naa for s in egne):
        return None
    return max((s.til for s in egne if s.til is not None), default=None)


def avstem_kopier(
    state: Kriseplan, mulige: Iterable[Delbart], naa: datetime
) -> list[KriseplanDelt | KriseplanKopiAvsluttet]:
    """A copy of this version for whoever may have one and has not, and the end of those that nobody may have any more.

    With a consent in force the new version takes the old one's place.
    """
    if not state.gjelder:
        return []
    finnes, har = deler_i(state.innhold), {kopi.part: kopi for kopi in state.kopier if kopi.til is None}
    events: list[KriseplanDelt | KriseplanKopiAvsluttet] = []
    for mulig in mulige:
        deler = tuple(del_ for del_ in mulig.deler if del_ in finnes)
        kopi = har.pop(mulig.part, None)
        if deler and (kopi is None or (kopi.versjon, kopi.deler) != (state.versjon, deler)):
            events.append(KriseplanDelt(part=mulig.part, deler=deler, versjon=state.versjon, delt=naa))
        elif not deler and kopi is not None:
            events.append(KriseplanKopiAvsluttet(part=mulig.part, sluttet=mulig.sluttet or naa))
    return [*events, *(KriseplanKopiAvsluttet(part=part, sluttet=naa) for part in sorted(har))]


def alle_avsluttes(state: Kriseplan, naa: datetime) -> list[KriseplanKopiAvsluttet]:
    """The end of every copy, when the plan is recalled."""
    return [
        KriseplanKopiAvsluttet(part=part, sluttet=naa) for part in sorted(k.part for k in state.kopier if k.til is None)
    ]


def som_de_er(state: Kriseplan, kjent: Kjent) -> tuple[KriseplanKopi, ...]:
    """The copies as of now: a consent that ran out by itself has ended its copy, whether or not that is written yet."""
    return tuple(_som_den_er(kopi, kjent) for kopi in state.kopier)


def _som_den_er(kopi: KriseplanKopi, kjent: Kjent) -> KriseplanKopi:
    sluttet = samtykke_sluttet(kjent, kopi.part) if kopi.til is None else None
    if sluttet is None:
        return kopi
    return KriseplanKopi(part=kopi.part, versjon=kopi.versjon, deler=kopi.deler, fra=kopi.fra, til=sluttet)


def _om_planen(samtykke: Samtykke) -> bool:
    return any(del_ == ALLE_DELER or del_.partition(".")[0] == TABELL for del_ in samtykke.deler)
