"""A wrong merge leaves nothing behind: undone, both persons' stays and views are as if it had never been."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.samhandling import opphold, planer
from services.samhandling.plo.melding import Pasient
from services.samhandling.plo.skriv import (
    Sending,
    lag_innlagt,
    lag_rapport,
    lag_tidligmelding,
    lag_utskrevet,
    lag_utskrivningsklar,
)
from tests.ladder import in_rooms
from tests.meldinger import PASIENT, person_id, syntetisk
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import aktør, enhet, registrer
from tests.unit.samhandling.meldinger import sending, utc
from tests.unit.samhandling.test_rekkefølge import _bilde, _stay, _uten_refs
from tests.unit.samhandling.test_sammenslåing import slått_opp

NÅ = utc(2026, 3, 2, 12, 0)
TIME = timedelta(hours=1)
REF = re.compile(r"\b[0-9a-f]{32}\b")
KOE = "koordinerende-enhet"
TJENESTER = ("samhandling", "ansvarsgruppe", "kriseplan", "barn_paaroerende")


def pasient(år: int) -> Pasient:
    """A synthetic person born on a day of a year."""
    født = date(år, 1, 2)
    return replace(PASIENT, fornavn=f"Nr {år}", etternavn="Prøvesen", født=født, identer=(person_id(syntetisk(født)),))


A, B = pasient(1980), pasient(1981)
TIL = {A: "hjemmetjeneste-aarstad", B: "hjemmetjeneste-fana"}
HVEM = (A, B)
SKRIV: dict[str, Callable[[Sending, int], bytes]] = {
    "innlagt": lambda s, n: lag_innlagt(s, tid=NÅ),
    "innlagt senere": lambda s, n: lag_innlagt(s, tid=NÅ + 2 * TIME),
    "tidligmelding": lambda s, n: lag_tidligmelding(s, status=f"Status {n}", forløp="f", forventet=date(2026, 3, 9)),
    "klar": lambda s, n: lag_utskrivningsklar(s, dato=s.gen_date.date(), innlagt=NÅ),
    "rapport": lambda s, n: lag_rapport(s, "INNLEGGELSESRAPPORT", notat="Prøve"),
    "utskrevet": lambda s, n: lag_utskrevet(s, tid=s.gen_date),
    "innlagt trukket": lambda s, n: lag_innlagt(replace(s, status="C"), tid=NÅ),
}
"""The same contents about both, so that what the one tells may be taken for what the other told."""


@dataclass(frozen=True)
class Forløp:
    """Messages before, during and after a merge, as (whose, what)."""

    før: list[tuple[int, str]]
    under: list[tuple[int, str]]
    etter: list[tuple[int, str]]
    snudd: bool = False

    def utfall(self, mappe: Path, *, sammen: bool) -> dict[str, str]:
        with rom(mappe, NÅ, oppsett=HELE_BERGEN) as her:
            refs = [her.gjør("samhandling", registrer(aktør("enhet-aarstad"), p, "aarstad")) for p in HVEM]
            en, annen = reversed(refs) if self.snudd else refs
            nr = self._send(her, self.før, 1)
            if sammen:
                her.gjør("samhandling", planer.slå_sammen(en, annen, aktør(KOE)))
            nr = self._send(her, self.under, nr)
            if sammen:
                her.gjør("samhandling", planer.omgjør_sammenslåing(en, annen, (), aktør(KOE)))
            self._send(her, self.etter, nr)
            # The refs are random; which record a line came from is told by what it says.
            return {p.fornavn: REF.sub("ref", repr(bildet(her, r))) for p, r in zip(HVEM, refs, strict=True)}

    @staticmethod
    def _send(her: Rom, meldinger: list[tuple[int, str]], nr: int) -> int:
        for hvem, hva in meldinger:
            om, når = HVEM[hvem], NÅ + 3 * TIME + nr * timedelta(minutes=20)
            her.melding(SKRIV[hva](sending(nr, når, pasient=om, mottaker=enhet(TIL[om])), nr), når)
            nr += 1
        return nr


def bildet(her: Rom, ref: str) -> dict[str, Any]:
    """All that there is and all that anybody sees of a person."""
    refs = her.inst.engines["samhandling"].look(lambda tx: tx.streams_of(opphold.TOPIC, ref))
    stays = [_bilde(her, r) for r in refs if _stay(her, r).fakta.alle]
    return {
        "opphold": sorted(REF.sub("ref", repr(s)) for s in stays),
        "sett": {t: sett(her, t, ref) for t in TJENESTER},
    }


def sett(her: Rom, tjeneste: str, ref: str) -> list[str]:
    """Every view of a person that a service shows now, by party."""
    siste = {(p.topic, p.event.aggregat): p for p in her.logg(tjeneste) if ".til." in p.topic}
    levende = [p for p in siste.values() if p.navn != "UtsnittAvsluttet" and p.envelope.person_ref == ref]
    vist = ((p.topic, p.navn, _uten_refs(her, p.event)) for p in levende if p.navn != "MeldingUtsnitt")
    return sorted(REF.sub("ref", repr(view)) for view in vist)


MELDINGER = st.lists(st.tuples(st.integers(0, 1), st.sampled_from(sorted(SKRIV))), max_size=4)


def like(forløp: Forløp) -> None:
    with tempfile.TemporaryDirectory() as en, tempfile.TemporaryDirectory() as annen:
        assert forløp.utfall(Path(en), sammen=True) == forløp.utfall(Path(annen), sammen=False)


@in_rooms
@given(MELDINGER, MELDINGER, MELDINGER, st.booleans())
def test_an_undone_merge_leaves_stays_and_views_as_if_it_had_never_been(
    før: list[tuple[int, str]], under: list[tuple[int, str]], etter: list[tuple[int, str]], snudd: bool
) -> None:
    rapporter = [hvem for hvem, hva in (*før, *under, *etter) if hva == "rapport"]
    assume(len(rapporter) == len(set(rapporter)))  # the same one twice is known to stand twice: docs/status.md
    like(Forløp(før, under, etter, snudd))


@pytest.mark.parametrize("snudd", [False, True])
@pytest.mark.parametrize("av_b", ["innlagt trukket", "rapport"])
def test_what_about_the_one_lay_in_the_others_stay_finds_no_stay_when_that_is_gone(av_b: str, snudd: bool) -> None:
    like(Forløp([], [(0, "innlagt"), (1, av_b)], [], snudd))


@pytest.mark.parametrize("snudd", [False, True])
@pytest.mark.parametrize("b_innlagt", ["innlagt", "innlagt senere"])
def test_a_report_about_the_one_while_they_were_joined_mixes_no_stay(b_innlagt: str, snudd: bool) -> None:
    like(Forløp([(0, "innlagt"), (1, b_innlagt), (1, "tidligmelding")], [(0, "rapport")], [(1, "rapport")], snudd))


def test_numbers_and_bydel_go_back_and_what_bears_both_numbers_is_a_doubt(tmp_path: Path) -> None:
    """Intake rule 4."""
    d_nummer = person_id(syntetisk(B.født or date.min, type_="DNR"), "DNR")
    med_begge = replace(B, identer=(d_nummer, *B.identer))
    med_d_nummer, as_og_bs = replace(B, identer=(d_nummer,)), replace(A, identer=(*A.identer, *B.identer))
    når = NÅ + TIME
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        a, b = (
            her.gjør("samhandling", registrer(aktør("enhet-aarstad"), hvem, bydel))
            for hvem, bydel in ((A, None), (B, "aarstad"))
        )
        her.gjør("samhandling", planer.slå_sammen(a, b, aktør(KOE)))
        her.melding(lag_innlagt(sending(1, når, pasient=med_begge), tid=NÅ), når)
        her.melding(lag_rapport(sending(2, når, pasient=med_d_nummer), "INNLEGGELSESRAPPORT", notat="x"), når)
        her.melding(lag_rapport(sending(3, når, pasient=as_og_bs), "INNLEGGELSESRAPPORT", notat="y"), når)
        her.gjør("samhandling", planer.omgjør_sammenslåing(a, b, (), aktør(KOE)))
        engine = her.inst.engines["samhandling"]
        en, annen = (slått_opp(her, ref) for ref in (a, b))
        assert (en.bydel, annen.bydel) == (None, "aarstad")
        assert (set(en.tvilsomme), set(annen.tvilsomme)) == ({b}, set())
        assert engine.look(lambda tx: tx.person_of(d_nummer.id, "DNR", "")) == b
        refs = engine.look(lambda tx: tx.streams_of(opphold.TOPIC, b))
        kilder = sorted(k.msg_id[-1] for r in refs for f in _stay(her, r).fakta.alle.values() for k in f.kilder)
        assert kilder == ["1", "2"]
