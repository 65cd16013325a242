"""The person's own story of what each party has had, and that those who have to do with one person see no other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.nettsider import ACT, NAV, Nettleser, by, full_kriseplan, kriseplan, logg_inn, opphold, oppsett, person, ref
from tests.unit.web.test_innsyn import tekst
from web.delt import Gang, _nyeste_først
from web.vist import Tid


def _bruker(rolle: str) -> tuple[str, str]:
    """(user, party) of somebody in the role."""
    brukere = oppsett().katalog.users.values()
    return next((u.id, p.party) for u in brukere for p in u.posts if p.role == rolle)


def _som(leser: Nettleser, rolle: str, hvem: str) -> None:
    bruker, part = _bruker(rolle)
    logg_inn(leser, bruker, part, rolle)
    side = leser.get("/velg/person").text
    merke = side.partition('name="merke" value="')[2].partition('"')[0]
    assert leser.post("/velg/person", {"person": hvem, "merke": merke}).headers["location"] == "/tavle"


def test_what_was_given_stays_in_the_persons_story_after_the_consent_has_ended(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {"innbygger": person("Ola"), NAV: person("Ola"), ACT: person("Ola")})
        by_.gi("kriseplan", ref(105), ref(1), {ACT: full_kriseplan(), "legevakt": full_kriseplan()})
        by_.gå(timedelta(hours=2))
        by_.gi("kriseplan", ref(105), ref(1), {ACT: full_kriseplan(), "legevakt": kriseplan()})
        by_.gå(timedelta(hours=2))
        by_.gi("kriseplan", ref(105), ref(1), {ACT: full_kriseplan()})
        by_.gi("samhandling", ref(101), ref(1), {"innbygger": person("Ola"), ACT: person("Ola")})
        leser = Nettleser(by_.app())
        _som(leser, "innbygger", ref(1))
        side = tekst(leser.get("/innsyn/delt").text)
        legevakt = f"{oppsett().parter['legevakt'].navn} (har ikke noe nå)"
        assert side.index("ACT-team Kronstad") < side.index(legevakt), "who has it still stands first"
        assert "Kriseplanen Fra i går kl. 23.00 til i dag kl. 03.00" in side[side.index(legevakt) :]
        assert "NAV sosialtjeneste Årstad (har ikke noe nå) Hvem du er" in side
        assert side.count("Personen selv") == 1, "who is logged in, and nobody who was given anything"


def test_what_two_views_tell_of_is_named_once() -> None:
    fra = Tid("i dag", "2026-03-05")
    to = [Gang((hva,), ("at det finnes en plan",), fra, None, "Du har sagt ja.") for hva in ("Gruppen", "Planen")]
    assert _nyeste_først(to) == (Gang(("Gruppen", "Planen"), ("at det finnes en plan",), fra, None, "Du har sagt ja."),)


def test_nobody_is_told_of_what_barnevernet_has_nor_of_a_view_that_nobody_has_weighed(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {"innbygger": person("Ola"), "barnevern-aarstad": person("Ola")})
        leser = Nettleser(by_.app())
        _som(leser, "innbygger", ref(1))
        assert "Barnevern" not in leser.get("/innsyn/delt").text


def test_only_the_person_themself_reads_it(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {"innbygger": person("Ola"), ACT: person("Ola")})
        leser = Nettleser(by_.app())
        logg_inn(leser, "demo-102", ACT, "act-medlem")
        assert leser.get("/innsyn/delt").status_code == 403


@pytest.mark.parametrize("rolle", ["innbygger", "representant", "paaroerende"])
def test_who_has_to_do_with_one_person_sees_no_other(tmp_path: Path, rolle: str) -> None:
    with by(tmp_path) as by_:
        _, part = _bruker(rolle)
        for nr, navn in ((1, "Siri"), (2, "Trond")):
            by_.gi("samhandling", ref(100 + nr), ref(nr), {part: person(navn)})
            by_.gi("samhandling", ref(200 + nr), ref(nr), {part: opphold()})
        leser = Nettleser(by_.app())
        _som(leser, rolle, ref(1))
        assert leser.get("/tavle").headers["location"] == f"/pasient/{ref(1)}"
        assert "Siri Prøvesen" in leser.get(f"/pasient/{ref(1)}").text
        annen = leser.get(f"/pasient/{ref(2)}")
        assert annen.status_code == 403
        assert "Trond" not in annen.text
