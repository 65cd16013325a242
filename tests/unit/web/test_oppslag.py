"""The look-up log: no write, no show."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.errors import TransientError
from bindeledd.schema.generated.tilgang import OppslagAvvist, OppslagGjort, Visning
from bindeledd.store import log
from tests.nettsider import (
    ACT,
    ENHET,
    GRUNN,
    NAV,
    By,
    Nettleser,
    by,
    logg_inn,
    melding,
    opphold,
    person,
    ref,
    som_act,
)  # fmt: skip
from web import oppslag
from web.økt import VARIGHET


def skrevet(by_: By) -> list[Any]:
    """What stands in the look-up log."""
    web = by_.inne.engines["web"]
    rader = web.read(lambda db: log.read_page(db, 0, 1_000_000))
    return [web.around.codec.decode(rad.data)[1] for rad in rader if rad.topic == oppslag.TOPIC]


def gi_ola(by_: By) -> None:
    by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola"), "innbygger": person("Ola")})
    by_.gi("samhandling", ref(102), ref(1), {ACT: opphold()})
    by_.gi("samhandling", ref(103), ref(1), {ACT: melding()})


def test_a_board_writes_who_was_shown_to_whom_and_on_which_ground(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_ola(by_)
        by_.gi("samhandling", ref(201), ref(2), {ACT: replace(opphold(), grunn=replace(GRUNN, grunnlag="C"))})
        som_act(by_).get("/tavle")
        første, andre = skrevet(by_)
        assert isinstance(første, OppslagGjort)
        assert (første.bruker, første.part, første.visning) == ("demo-102", ACT, Visning.TAVLE)
        assert [(o.grunn, o.personer) for o in (første, andre)] == [("C", (ref(2),)), ("R", (ref(1),))]


@pytest.mark.parametrize(
    "sti", ["/tavle", "/tavle/innhold", f"/pasient/{ref(1)}", f"/pasient/{ref(1)}/innhold", "/meldinger"]
)
def test_what_cannot_be_written_is_not_shown(tmp_path: Path, sti: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with by(tmp_path) as by_:
        gi_ola(by_)
        leser = som_act(by_)

        def full_disk(*_a: object, **_k: object) -> None:
            raise TransientError("the disk is full")

        monkeypatch.setattr(type(by_.inne.engines["web"]), "command", full_disk)
        svar = leser.get(sti)
        assert svar.status_code == 503
        assert "tilgangsloggen" in svar.text
        assert "Ola" not in svar.text
        assert "Innlagt" not in svar.text


@pytest.mark.parametrize("sti", ["/tavle", f"/pasient/{ref(1)}", "/meldinger"])
def test_the_look_up_is_durable_before_anything_is_opened(
    tmp_path: Path, sti: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with by(tmp_path) as by_:
        gi_ola(by_)
        leser = som_act(by_)
        antall_da_det_ble_vist: list[int] = []

        def spion(ekte: Callable[..., Any]) -> Callable[..., Any]:
            def render(*a: Any, **k: Any) -> Any:
                antall_da_det_ble_vist.append(len(skrevet(by_)))
                return ekte(*a, **k)

            return render

        import web.sider

        for navn in ("tavle", "pasient", "meldinger"):
            monkeypatch.setattr(web.sider, navn, spion(getattr(web.sider, navn)))
        assert leser.get(sti).status_code == 200
        assert antall_da_det_ble_vist == [1]


def test_a_page_that_refreshes_itself_adds_nothing_in_the_same_session(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_ola(by_)
        leser = som_act(by_)
        for _ in range(3):
            leser.get("/tavle")
            leser.get("/tavle/innhold")
            leser.get(f"/pasient/{ref(1)}")
        assert [o.visning for o in skrevet(by_)] == [Visning.TAVLE, Visning.PASIENT]


def test_a_new_person_a_new_ground_and_a_new_session_are_written(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_ola(by_)
        leser = som_act(by_)
        leser.get("/tavle")
        by_.gi("samhandling", ref(201), ref(2), {ACT: opphold()})
        leser.get("/tavle/innhold")
        by_.gi("samhandling", ref(201), ref(2), {ACT: replace(opphold(), grunn=replace(GRUNN, grunnlag="D"))})
        leser.get("/tavle/innhold")
        som_act(by_).get("/tavle")
        alle = skrevet(by_)
        assert [(o.grunn, o.personer) for o in alle[:3]] == [("R", (ref(1),)), ("R", (ref(2),)), ("D", (ref(2),))]
        assert len({o.oekt for o in alle}) == 2


def test_a_refusal_is_written_and_tells_nothing(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {ENHET: person("Ola")})
        leser = som_act(by_)
        kjent, ukjent = leser.get(f"/pasient/{ref(1)}"), leser.get(f"/pasient/{ref(99)}")
        assert kjent.status_code == ukjent.status_code == 403
        uten_merke = {re.sub(r"[0-9a-f]{96}", "", svar.text) for svar in (kjent, ukjent)}
        assert len(uten_merke) == 1, "a person of somebody else's looks like one who does not exist"
        (avvist, _) = skrevet(by_)
        assert isinstance(avvist, OppslagAvvist)
        assert (avvist.bruker, avvist.part, avvist.personer) == ("demo-102", ACT, (ref(1),))


def test_what_is_no_ref_is_not_written_anywhere(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som_act(by_)
        for tull in ("01018012345", "ola", ref(1).upper().replace("0", "A"), ref(1) + "0"):
            assert leser.get(f"/pasient/{tull}").status_code == 404
        assert skrevet(by_) == []


def test_a_board_of_a_whole_town_fits_the_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oppslag, "PERSONER_PER_HENDELSE", 2)
    with by(tmp_path) as by_:
        for nummer in range(1, 6):
            by_.gi("samhandling", ref(100 + nummer), ref(nummer), {ACT: opphold()})
        som_act(by_).get("/tavle")
        assert [len(o.personer) for o in skrevet(by_)] == [2, 2, 1]


def test_sessions_that_are_over_are_not_remembered(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_ola(by_)
        som_act(by_).get("/tavle")
        by_.gå(VARIGHET + timedelta(minutes=1))
        som_act(by_).get("/tavle")
        web = by_.inne.engines["web"]
        assert web.read(lambda db: db.one("SELECT COUNT(*) FROM oppslag"))[0] == 1
        assert len(skrevet(by_)) == 2


def test_the_log_names_refs_and_no_names(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_ola(by_)
        som_act(by_).get("/tavle")
        assert "Ola" not in repr(skrevet(by_))


def test_an_empty_board_writes_nothing(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = Nettleser(by_.app())
        logg_inn(leser, "demo-073", NAV, "nav-veileder")
        assert leser.get("/tavle").status_code == 200
        assert skrevet(by_) == []


def test_a_look_up_does_not_read_again_all_that_were_written_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with by(tmp_path) as by_:
        leser = som_act(by_)
        leser.get(f"/pasient/{ref(1)}")
        lest: list[str] = []

        def les(_db: object, strøm: str, _etter: int = 0) -> list[bytes]:
            lest.append(strøm)
            return []

        monkeypatch.setattr(log, "read_stream", les)
        assert leser.get(f"/pasient/{ref(2)}").status_code == 403
        assert not lest
