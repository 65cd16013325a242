"""The same messages in any order, with duplicates, leave the same folded stay and the same views (intake rule 10)."""

from __future__ import annotations

import dataclasses
import random
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bindeledd.core.sealed import Forseglet
from services.samhandling import opphold, tjeneste
from services.samhandling.mottak import ta_imot
from services.samhandling.plo.skriv import (
    lag_avmelding,
    lag_innlagt,
    lag_tidligmelding,
    lag_utskrevet,
    lag_utskrivningsklar,
)
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.unit.samhandling.meldinger import sending, utc

INN = utc(2026, 3, 2, 20, 0)
SLUTT = utc(2026, 6, 30, 12, 0)
REFS = frozenset({"aggregat", "oppgave_ref", "melding_ref"})

Melding = tuple[datetime, bytes]


def _ett_opphold() -> list[Melding]:
    """One stay with an update, a retraction that is withdrawn, and the same event under two ids."""
    return [
        (utc(2026, 3, 2, 20, 30), lag_innlagt(sending(1, utc(2026, 3, 2, 20, 20)), tid=INN)),
        (utc(2026, 3, 3, 8, 0), lag_tidligmelding(
            sending(2, utc(2026, 3, 3, 7, 50)), status="Prøvestatus", forløp="Prøveforløp", forventet=date(2026, 3, 9))),
        (utc(2026, 3, 4, 8, 0), lag_tidligmelding(
            sending(3, utc(2026, 3, 4, 7, 50), status="M", viser_til=2), status="Prøvestatus 2", forløp="Prøveforløp",
            forventet=date(2026, 3, 11))),
        (utc(2026, 3, 9, 9, 0), lag_utskrivningsklar(sending(4, utc(2026, 3, 9, 8, 55)), dato=date(2026, 3, 9), innlagt=INN)),
        (utc(2026, 3, 9, 15, 0), lag_avmelding(sending(5, utc(2026, 3, 9, 14, 55)), dato=date(2026, 3, 9), innlagt=INN)),
        (utc(2026, 3, 9, 16, 0), lag_avmelding(
            sending(6, utc(2026, 3, 9, 15, 55), status="C", viser_til=5), dato=date(2026, 3, 9), innlagt=INN)),
        (utc(2026, 3, 11, 12, 0), lag_utskrevet(sending(7, utc(2026, 3, 11, 11, 55)), tid=utc(2026, 3, 11, 11, 0))),
        (utc(2026, 3, 2, 20, 31), lag_innlagt(sending(8, utc(2026, 3, 2, 20, 21)), tid=INN)),
    ]  # fmt: skip


def _to_opphold() -> list[Melding]:
    """Two stays, of which the second begins after the first has ended; a discharge names no admission."""
    nest = utc(2026, 4, 2, 10, 0)
    return [
        *_ett_opphold()[:4],
        (utc(2026, 3, 11, 12, 0), lag_utskrevet(sending(7, utc(2026, 3, 11, 11, 55)), tid=utc(2026, 3, 11, 11, 0))),
        (utc(2026, 4, 2, 11, 0), lag_innlagt(sending(20, utc(2026, 4, 2, 10, 50)), tid=nest)),
        (utc(2026, 4, 5, 12, 0), lag_utskrevet(sending(21, utc(2026, 4, 5, 11, 55)), tid=utc(2026, 4, 5, 11, 0))),
    ]  # fmt: skip


def _utfall(meldinger: list[Melding], pump_etter: frozenset[int]) -> list[Any]:
    with (
        tempfile.TemporaryDirectory() as mappe,
        rom(Path(mappe), SLUTT, oppsett=HELE_BERGEN, tjenester=[tjeneste.tjeneste(HELE_BERGEN, TABELL)]) as her,
    ):
        engine = her.inst.engines["samhandling"]
        for nr, (mottatt, raw) in enumerate(meldinger):
            ta_imot(engine, raw, mottatt=mottatt)
            if nr in pump_etter:
                her.pump()
        her.pump()
        return sorted((_bilde(her, ref) for ref in _levende(her)), key=repr)


def _levende(her: Rom) -> list[str]:
    """The stays that hold anything; one that was emptied when its facts found their place is none."""
    refs = {post.envelope.stream for post in her.logg("samhandling") if post.topic == opphold.TOPIC}
    return [ref for ref in sorted(refs) if _stay(her, ref).fakta.alle]


def _stay(her: Rom, ref: str) -> opphold.Opphold:
    stay: opphold.Opphold = her.inst.engines["samhandling"].look(lambda tx: tx.state(opphold.TOPIC, ref))
    return stay


def _bilde(her: Rom, ref: str) -> dict[str, Any]:
    """Everything that may be seen of a stay, without the random refs and with the sealed parts opened."""
    stay = _stay(her, ref)
    parter = {post.topic.rpartition(".")[2] for post in her.logg("samhandling") if ".til." in post.topic}
    return {
        "status": opphold.status(stay),
        "frist": stay.frist and (stay.frist.tilstand, stay.frist.forfall),
        "fakta": sorted((type(f.event).__name__, sorted(k.msg_id for k in f.kilder)) for f in stay.fakta.gjeldende()),
        "trukket": sorted(type(f.event).__name__ for f in stay.fakta.trukket()),
        "oppgaver": sorted((o.slag, o.part, o.gjelder) for o in stay.oppgaver.åpne()),
        "utsnitt": {p: _uten_refs(her, her.utsnitt("samhandling", p).get(ref)) for p in sorted(parter)},
    }


def _uten_refs(her: Rom, verdi: Any) -> Any:
    match verdi:
        case Forseglet():
            return her.inst.engines["samhandling"].look(lambda tx: tx.open(verdi))
        case tuple():
            return tuple(_uten_refs(her, hver) for hver in verdi)
        case _ if dataclasses.is_dataclass(verdi) and not isinstance(verdi, type):
            felt = (f.name for f in dataclasses.fields(verdi) if f.name not in REFS)
            return {navn: _uten_refs(her, getattr(verdi, navn)) for navn in felt}
        case _:
            return verdi


ETT, TO = _ett_opphold(), _to_opphold()


@settings(max_examples=25)
@given(st.integers(0, 2**32))
def test_any_order_with_duplicates_gives_the_same_stay_and_views(frø: int) -> None:
    tilfeldig = random.Random(frø)
    rekke = [*ETT, *tilfeldig.choices(ETT, k=3)]
    tilfeldig.shuffle(rekke)
    pump = frozenset(tilfeldig.sample(range(len(rekke)), k=4))
    assert _utfall(rekke, pump) == _utfall(ETT, frozenset())


@settings(max_examples=25)
@given(st.permutations(TO))
def test_a_late_admission_takes_over_what_belongs_to_it(rekke: list[Melding]) -> None:
    fasit = _utfall(TO, frozenset())
    assert len(fasit) == 2
    assert [stay["status"].value for stay in fasit] == ["UTSKREVET", "UTSKREVET"]
    assert _utfall(rekke, frozenset()) == fasit
