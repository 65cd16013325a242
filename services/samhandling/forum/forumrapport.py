"""Works out a quarter's figures for the forums: from the records alone, as they were written by the end of the quarter.

The same figures side by side for every DPS, on what could have gone wrong there: stays that began in the quarter, each
counted for the DPS that it was routed to. Nobody is named, and few are not counted, nor left to be worked out from what
is (rules 1.6, 2.6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from bindeledd.core.envelope import Envelope
from bindeledd.core.errors import InvalidMessage
from bindeledd.schema.generated.felles import FristTilstand
from services.felles import oppholdsbilde as stays
from services.felles.forum import saksnavn
from services.felles.kvartalsrapport import PER, Kvartal, Linje, Rapport, Sak
from services.felles.oppsett import Oppsett
from services.felles.parter import part_for
from services.felles.ruting import dps_for_saken
from services.felles.små_tall import FÅ, er_få, skjul
from services.felles.tid import lokal_dag, lokal_midnatt
from services.samhandling.avvik import avvik
from services.samhandling.avvik.avviksarbeid import SVAR
from services.samhandling.forum import mønster
from services.samhandling.forum.forumsak import Forumsak

TEMAER = (avvik.TOPIC, mønster.TOPIC, stays.OPPHOLD)
"""What a report is made from."""
UTENFOR = ""
"""Cases, and stays, that are of no DPS's area."""
ANTALL = ("opphold", "meldt", "meldt_av", "åpne")
"""What is counted of an area, and hidden where it is few."""
ALDRE = ((30, "under en måned"), (90, "en til tre måneder"), (None, "over tre måneder"))
"""How old an open case is: (fewer days than this, words)."""


@dataclass(slots=True)
class Grunnlag:
    """The streams that a report leans on, as they stood at the end of the quarter."""

    kvartal: Kvartal
    avvik: dict[str, avvik.Avvik] = field(default_factory=dict)
    mønstre: dict[str, mønster.Mønster] = field(default_factory=dict)
    opphold: dict[str, stays.Oppholdsbilde] = field(default_factory=dict)

    def ta(self, topic: str, envelope: Envelope, event: Any) -> None:
        """Take a record in; what was written later is not of this quarter's story."""
        if envelope.registrert >= lokal_midnatt(self.kvartal.etter):
            return
        ref = envelope.stream
        if topic == avvik.TOPIC:
            self.avvik[ref] = avvik.evolve(self.avvik.get(ref, avvik.Avvik()), event)
        elif topic == mønster.TOPIC:
            self.mønstre[ref] = mønster.evolve(self.mønstre.get(ref, mønster.Mønster()), event)
        elif topic == stays.OPPHOLD:
            self.opphold[ref] = stays.evolve(self.opphold.get(ref, stays.Oppholdsbilde()), event)


def rapport(trinn: str, grunnlag: Grunnlag, oppsett: Oppsett) -> Rapport:
    """The figures of the quarter. Raises InvalidMessage for a rung that the ladder has no forum of."""
    stige, siste_dag = oppsett.stige, grunnlag.kvartal.etter - timedelta(days=1)
    ids = {f.id for f in stige.rader if f.trinn == trinn}
    if not ids:
        kjente = sorted({f.trinn for f in stige.rader})
        raise InvalidMessage("the ladder has no such rung", trinn[:20], f"Use one of: {', '.join(kjente)}")
    nå = {f.id: f.navn for id_ in sorted(ids) if (f := stige.ble(id_, siste_dag)) is not None}
    meldte = {ref: sak for ref, sak in grunnlag.avvik.items() if sak.meldt is not None}
    områder = [*(p.id for p in oppsett.parter.values() if p.slag == "dps"), UTENFOR]
    linjer = _linjer(områder, [*meldte.values()], grunnlag, oppsett)
    av_kvartalet = [sak for sak in meldte.values() if grunnlag.kvartal.har(sak.meldt)]
    kategorier = Counter(sak.fakta.kategori for sak in av_kvartalet if sak.fakta is not None)
    return Rapport(
        trinn, grunnlag.kvartal, tuple(nå.values()), linjer[:-1], linjer[-1],
        tuple(sorted(skjul(kategorier).items(), key=lambda par: (-kategorier[par[0]], par[0].value))),
        _etter_alder(meldte.values(), grunnlag.kvartal),
        tuple(_sakene(frozenset(ids), grunnlag, oppsett)),
    )  # fmt: skip


# -- the areas, side by side ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Talt:
    """What was counted of one area, before anything is left out."""

    opphold: int
    meldt: int
    meldt_av: int
    dømt: int
    i_tide: int
    dager: tuple[float, ...]
    åpne: int


def _linjer(
    områder: Sequence[str], meldte: Sequence[avvik.Avvik], grunnlag: Grunnlag, oppsett: Oppsett
) -> tuple[Linje, ...]:  # fmt: skip
    """One line to an area, and one for all of them together, last."""
    om_området: dict[str, list[avvik.Avvik]] = {område: [] for område in områder}
    for sak in meldte:
        om_området[_området(sak, grunnlag, oppsett)].append(sak)
    opphold = Counter(_oppholdenes(grunnlag))
    kvartal = grunnlag.kvartal
    meldt_av = Counter(_meldernes(sak, oppsett) for sak in meldte if kvartal.har(sak.meldt))
    talt = {område: _tell(om_området[område], opphold[område], meldt_av[område], kvartal) for område in områder}
    vist = {mål: skjul({o: getattr(t, mål) for o, t in talt.items()}) for mål in ANTALL}
    sum_ = _tell(meldte, sum(opphold[o] for o in områder), sum(meldt_av.values()), kvartal)
    alene = {mål: None if er_få(getattr(sum_, mål)) else getattr(sum_, mål) for mål in vist}
    linjer = [_linje(o, talt[o], {mål: vist[mål][o] for mål in vist}, oppsett) for o in områder]
    return (*linjer, _linje("alle", sum_, alene, oppsett))


def _linje(område: str, talt: _Talt, vist: Mapping[str, int | None], oppsett: Oppsett) -> Linje:
    """What could tell a number that is not said is not said either: a share and a middle number stand only where there
    are enough to count, and beside a hidden one that would be as much as to say how many."""
    meldt, opphold = vist["meldt"], vist["opphold"]
    skjult = meldt is None or vist["åpne"] is None
    dager = round(median(talt.dager), 1) if len(talt.dager) >= FÅ else None
    return Linje(
        område, _navn(område, oppsett), opphold, meldt, vist["meldt_av"],
        round(PER * meldt / opphold, 1) if meldt is not None and not skjult and opphold else None,
        None if skjult else _prosent(talt.i_tide, talt.dømt), None if skjult else dager, vist["åpne"],
    )  # fmt: skip


def _prosent(del_: int, hele: int) -> int | None:
    """A share, where neither those nor the others are few."""
    return None if hele < FÅ or er_få(del_) or er_få(hele - del_) else round(100 * del_ / hele)


def _navn(område: str, oppsett: Oppsett) -> str:
    if område == "alle":
        return "Alle"
    return oppsett.parter[område].navn if område else "Uten område"


def _tell(saker: Sequence[avvik.Avvik], opphold: int, meldt_av: int, kvartal: Kvartal) -> _Talt:
    svar = [sak.frister[SVAR] for sak in saker if SVAR in sak.frister and kvartal.har(_dømt(sak))]
    return _Talt(
        opphold=opphold, meldt=sum(kvartal.har(sak.meldt) for sak in saker), meldt_av=meldt_av, dømt=len(svar),
        i_tide=sum(f.tilstand is FristTilstand.HOLDT for f in svar),
        dager=tuple(
            (sak.besvart - sak.meldt) / timedelta(days=1)
            for sak in saker if sak.besvart is not None and sak.meldt is not None and kvartal.har(sak.besvart)
        ),
        åpne=sum(sak.lukket is None for sak in saker),
    )  # fmt: skip


def _dømt(sak: avvik.Avvik) -> datetime | None:
    """When it was settled whether the answer came in time: with the answer, or when the clock ran out."""
    frist = sak.frister[SVAR]
    if frist.tilstand is FristTilstand.HOLDT:
        return sak.besvart
    return frist.forfall if frist.tilstand is FristTilstand.OVERSKREDET else None


def _området(sak: avvik.Avvik, grunnlag: Grunnlag, oppsett: Oppsett) -> str:
    """The area that a case is about, whoever reported it."""
    assert sak.meldt is not None
    bilde = grunnlag.opphold.get(sak.fakta.opphold_ref or "") if sak.fakta is not None else None
    oppholdets = bilde.dps if bilde is not None else None
    return dps_for_saken(oppholdets, reversed(sak.parter), lokal_dag(sak.meldt), oppsett) or UTENFOR


def _meldernes(sak: avvik.Avvik, oppsett: Oppsett) -> str:
    """The area of the unit that reported it."""
    assert sak.meldt is not None
    return dps_for_saken(None, sak.parter[:1], lokal_dag(sak.meldt), oppsett) or UTENFOR


def _oppholdenes(grunnlag: Grunnlag) -> Iterable[str]:
    """The area of each stay that began in the quarter."""
    for ref, bilde in grunnlag.opphold.items():
        stay = stays.som_står(ref, bilde)
        if stay is not None and grunnlag.kvartal.har(stay.innlagt):
            yield stay.dps or UTENFOR


def _etter_alder(saker: Iterable[avvik.Avvik], kvartal: Kvartal) -> tuple[tuple[str, int | None], ...]:
    """Those open at the end of the quarter, by how long ago they were reported."""
    slutt = lokal_midnatt(kvartal.etter)
    dager = [(slutt - sak.meldt).days for sak in saker if sak.lukket is None and sak.meldt is not None]
    fra, antall = 0, {}
    for til, ord_ in ALDRE:
        antall[ord_] = sum(fra <= d and (til is None or d < til) for d in dager)
        fra = til or 0
    return tuple(skjul(antall).items())


# -- what the forums had before them -------------------------------------------------------------------------------


def _sakene(ids: frozenset[str], grunnlag: Grunnlag, oppsett: Oppsett) -> Iterable[Sak]:
    """The matters of the rung in the quarter, those that wait last, by their meetings."""
    egne = frozenset().union(*(oppsett.stige.var(id_) for id_ in ids))
    alle: list[tuple[str, avvik.Avvik | mønster.Mønster]] = [*grunnlag.avvik.items(), *grunnlag.mønstre.items()]
    funnet = [
        sak for ref, tilstand in alle if (sak := _saken(ref, tilstand, egne, grunnlag.kvartal, oppsett)) is not None
    ]
    return sorted(funnet, key=lambda sak: (sak.utfall == "", sak.møte or date.max, sak.navn))


def _saken(
    ref: str, tilstand: avvik.Avvik | mønster.Mønster, egne: frozenset[str], kvartal: Kvartal, oppsett: Oppsett
) -> Sak | None:
    if isinstance(tilstand, mønster.Mønster):
        if tilstand.sak is None or tilstand.reist is None:
            return None
        antall = 0 if er_få(tilstand.reist.antall) else tilstand.reist.antall
        sak, kategori, parter, venter = tilstand.sak, tilstand.kategori, tilstand.enheter, tilstand.sak.venter
    else:
        if tilstand.forumsak is None or tilstand.fakta is None:
            return None
        antall, sak, kategori, parter = None, tilstand.forumsak, tilstand.fakta.kategori, tilstand.parter
        venter = sak.venter and tilstand.lukket is None
    siste = next((b for b in reversed(sak.behandlinger) if b.forum in egne and kvartal.har(b.tid)), None)
    slag = tuple(part_for(oppsett, part).slag for part in parter)
    if siste is not None:
        return Sak(
            saksnavn(ref), kategori, slag, sak.dps or UTENFOR, siste.forum, siste.møte, siste.utfall.value, antall
        )
    if not venter or not _er_hos(sak, egne, kvartal, oppsett):
        return None
    return Sak(saksnavn(ref), kategori, slag, sak.dps or UTENFOR, sak.forum, sak.møte, "", antall)


def _er_hos(sak: Forumsak, egne: frozenset[str], kvartal: Kvartal, oppsett: Oppsett) -> bool:
    """Whether the rung has it on an agenda at the end of the quarter."""
    nå = oppsett.stige.ble(sak.forum, kvartal.etter - timedelta(days=1))
    return nå is not None and nå.id in egne
