"""The auditor reads who has looked up whom, refusals too, and learns of nobody who it is (access.md: pseudonym)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bindeledd.schema.generated.tilgang import Visning
from tests.nettsider import ENHET, NÅ, By, Nettleser, by, logg_inn, ref, som_act
from tests.unit.web.test_innsyn import gi_to, som_personen, tekst
from web import loggsiden
from web.loggsiden import HER, personnavn


def som_revisor(by_: By) -> Nettleser:
    leser = Nettleser(by_.app())
    logg_inn(leser, "demo-130", "auditor", "revisor")
    return leser


def nektet(by_: By) -> None:
    """Somebody of another unit asks to see the first person."""
    enhet = Nettleser(by_.app())
    logg_inn(enhet, "demo-069", ENHET, "koordinator")
    assert enhet.get(f"/pasient/{ref(1)}").status_code == 403


def test_every_page_has_its_words() -> None:
    assert set(loggsiden.VISNING) == set(Visning)


def test_who_saw_what_when_and_why_is_told_and_no_person_is_named(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        som_act(by_).get(f"/pasient/{ref(1)}")
        nektet(by_)
        side = som_revisor(by_).get(HER).text
        sett = tekst(side)
        for ord_ in (
            "Medlem av ACT-team, ACT-team Kronstad", "Så siden om personen i dag kl. 23.00",
            "Enheten hjelper personen, som ikke har sagt nei", "Ble nektet å se siden om personen",
            f"person {personnavn(ref(1))}",
        ):  # fmt: skip
            assert ord_ in sett, ord_
        innhold = side[side.index("<main") :]
        for hemmelig in ("Ola", "Kari", ref(1), ref(2)):
            assert hemmelig not in innhold, hemmelig


def test_what_is_chosen_is_shown_alone(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        act = som_act(by_)
        for nummer in (1, 2):
            act.get(f"/pasient/{ref(nummer)}")
        nektet(by_)
        leser = som_revisor(by_)

        def antall(valg: str) -> int:
            return leser.get(f"{HER}?{valg}").text.count('<li class="rad')

        alle, i_går = antall(""), (NÅ - timedelta(days=1)).date()
        assert alle >= 3
        assert (antall("avvist=ja"), antall(f"part={ENHET}"), antall(f"til={i_går}")) == (1, 1, 0)
        assert antall(f"til={(NÅ + timedelta(days=2)).date()}") == antall("part=finnes-ikke") == alle
        om_en = leser.get(f"{HER}?person={personnavn(ref(1))}").text
        assert personnavn(ref(2)) not in re.sub(r"<li class=\"rad.*?tavla.*?</li>", "", om_en, flags=re.DOTALL)
        assert leser.get(f"{HER}?person={ref(1)}").status_code == 400


def test_it_is_read_page_by_page_from_the_newest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loggsiden, "VIST_MAKS", 1)
    with by(tmp_path) as by_:
        gi_to(by_)
        act = som_act(by_)
        for nummer in (1, 2):
            act.get(f"/pasient/{ref(nummer)}")
        leser, sti, funnet, side = som_revisor(by_), HER, list[str](), ""
        while sti:
            side = leser.get(sti).text
            funnet += re.findall(r"person ([0-9a-f]{12})</a></p>", side)
            eldre = re.search(r'id="eldre" href="([^"]+)"', side)
            sti = eldre[1] if eldre else ""
        assert funnet[:2] == [personnavn(ref(2)), personnavn(ref(1))]
        assert "Vis de nyeste" in side


def test_who_speaks_for_one_person_is_not_named(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        som_personen(by_).get(f"/pasient/{ref(1)}")
        side = som_revisor(by_).get(f"{HER}?part=innbygger").text
        assert "Personen selv" in side
        assert by_.inne.config.oppsett.katalog.users["demo-126"].name not in side


def test_nobody_else_reads_it(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        act = som_act(by_)
        assert act.get(HER).status_code == 403
        assert HER not in act.get("/tavle").text
