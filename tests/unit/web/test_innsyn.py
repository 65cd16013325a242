"""The person reads who has looked them up: who, in which role, of which unit, when, and on which ground."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from bindeledd.app.folder import store_file
from bindeledd.core.errors import TransientError
from bindeledd.ops.rebuild import rebuild
from bindeledd.schema.generated.tilgang import OppslagGjort, Visning
from bindeledd.store.sqlite import SqliteDb
from tests.nettsider import ACT, ENHET, By, Nettleser, by, logg_inn, opphold, person, ref, som_act
from tests.unit.web.test_oppslag import skrevet
from web import innsyn


def som_personen(by_: By, nummer: int = 1) -> Nettleser:
    leser = Nettleser(by_.app())
    logg_inn(leser, "demo-126", "innbygger", "innbygger")
    merke = re.findall(r'name="merke" value="(\w+)"', leser.get("/velg/person").text)[0]
    leser.post("/velg/person", {"person": ref(nummer), "merke": merke})
    return leser


def gi_to(by_: By) -> None:
    for nummer, navn in ((1, "Ola"), (2, "Kari")):
        by_.gi("samhandling", ref(100 + nummer), ref(nummer), {ACT: person(navn), "innbygger": person(navn)})


def tekst(side: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", side).split())


def test_the_person_reads_who_saw_what_when_and_on_which_ground(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        som_act(by_).get(f"/pasient/{ref(1)}")
        sett = tekst(som_personen(by_).get("/innsyn").text)
        assert "Prøve 102, Medlem av ACT-team" in sett
        assert "ACT-team Kronstad" in sett
        assert "i dag kl. 23.00" in sett
        assert "Siden om deg" in sett
        assert "Enheten hjelper deg nå, og du har ikke sagt nei til at den får vite det" in sett


def test_an_attempt_that_was_refused_is_in_it(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        enhet = Nettleser(by_.app())
        logg_inn(enhet, "demo-069", ENHET, "koordinator")
        assert enhet.get(f"/pasient/{ref(1)}").status_code == 403
        sett = tekst(som_personen(by_).get("/innsyn").text)
        assert "Prøvde å se" in sett
        assert "De fikk ikke se noe" in sett


def test_what_others_were_looked_up_for_is_not_in_it(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        som_act(by_).get(f"/pasient/{ref(2)}")
        assert "Ingen andre enn du selv har sett noe om deg." in som_personen(by_).get("/innsyn").text


def test_nobody_else_reads_it_and_the_way_to_it_is_one_click_for_the_person(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        act = som_act(by_)
        assert act.get("/innsyn").status_code == 403
        assert "/innsyn" not in act.get(f"/pasient/{ref(1)}").text
        assert 'href="/innsyn" id="til-innsyn"' in som_personen(by_).get(f"/pasient/{ref(1)}").text


def test_one_who_has_not_said_which_person_they_are_chooses_first(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        leser = Nettleser(by_.app())
        logg_inn(leser, "demo-126", "innbygger", "innbygger")
        assert leser.get("/innsyn").headers["location"] == "/velg/person"


def test_reading_it_is_a_look_up_too_and_is_told_apart_as_ones_own(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        side = som_personen(by_).get("/innsyn").text
        assert [o.visning for o in skrevet(by_) if isinstance(o, OppslagGjort)][-1] is Visning.INNSYN
        assert "Dine egne besøk" in side


def test_what_cannot_be_written_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        som_act(by_).get("/tavle")
        leser = som_personen(by_)

        def full_disk(*_a: object, **_k: object) -> None:
            raise TransientError("the disk is full")

        monkeypatch.setattr(type(by_.inne.engines["web"]), "command", full_disk)
        svar = leser.get("/innsyn")
        assert svar.status_code == 503
        assert "ACT-team" not in svar.text


def test_a_long_list_is_read_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(innsyn, "VIST_MAKS", 2)
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola"), "innbygger": person("Ola")})
        by_.gi("samhandling", ref(102), ref(1), {ACT: opphold()})
        for _ in range(2):
            som_act(by_).get(f"/pasient/{ref(1)}")
        leser = som_personen(by_)
        første = leser.get("/innsyn").text
        assert 'href="/innsyn?fra=2"' in første
        assert tekst(leser.get("/innsyn?fra=2").text).count("Medlem av ACT-team") == 2
        assert leser.get("/innsyn?fra=-5").status_code == 200


def test_the_list_is_folded_from_the_log_alone(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        som_act(by_).get("/tavle")
        som_personen(by_).get("/innsyn")
        service, codec = by_.inne.engines["web"].service, by_.inne.around.codec
    with closing(SqliteDb(store_file(tmp_path, "web"))) as db:
        bygd = rebuild(db, service, codec)
    assert "innsyn" in bygd.after
    assert bygd.drifted == []
