"""The person reads who has looked them up: who, in which role, of which unit, when, and on which ground."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bindeledd.app.folder import store_file
from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import TransientError
from bindeledd.ops.rebuild import rebuild
from bindeledd.resources import data_folder
from bindeledd.schema.catalog import load_catalog
from bindeledd.schema.generated.tilgang import OppslagAvvist, OppslagGjort, Visning
from bindeledd.store.sqlite import SqliteDb
from tests.nettsider import ACT, ENHET, By, Nettleser, by, logg_inn, opphold, person, ref, som_act
from tests.unit.web.test_oppslag import skrevet
from web import innsyn, oppslag
from web.ord import UTEN_GRUNN


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
    return re.sub(r" (?=[.)])", "", " ".join(re.sub(r"<[^>]+>", " ", side).split()))


def test_the_person_reads_who_saw_what_when_and_on_which_ground(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        som_act(by_).get(f"/pasient/{ref(1)}")
        sett = tekst(som_personen(by_).get("/innsyn").text)
        assert "Prøve 102, Medlem av ACT-team" in sett
        assert "i dag ACT-team Kronstad" in sett
        assert "kl. 23.00 Så: Siden om deg" in sett
        assert "Enheten hjelper deg nå, og du har ikke sagt nei til at den får vite det" in sett


def test_an_attempt_that_was_refused_is_in_it(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        enhet = Nettleser(by_.app())
        logg_inn(enhet, "demo-069", ENHET, "koordinator")
        assert enhet.get(f"/pasient/{ref(1)}").status_code == 403
        sett = tekst(som_personen(by_).get("/innsyn").text)
        assert "Prøvde å se" in sett
        assert "De fikk ikke se noe: det var ikke delt med enheten, eller ikke med rollen." in sett


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
        assert "Siden om deg (2 ganger)" in tekst(leser.get("/innsyn?fra=2").text)
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


# -- as a story (pbrl §5-1, pasientjournalloven §18) ------------------------------------------------------------------


def test_pjl_18_given_many_requests_then_a_day_is_told_once_by_place_and_by_who_with_first_and_last_time(
    tmp_path: Path,
) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        for _ in range(3):
            som_act(by_).get(f"/pasient/{ref(1)}")
            by_.gå(timedelta(minutes=10))
        by_.gå(timedelta(hours=12))
        som_act(by_).get("/tavle")
        side = som_personen(by_).get("/innsyn").text
        sett = tekst(side)
        assert "kl. 23.00 til kl. 23.20 Så: Siden om deg (3 ganger)." in sett
        assert sett.count("Prøve 102, Medlem av ACT-team") == 2, "once for each of the two days"
        assert re.findall(r'id="dag-([\d-]+)"', side) == ["2024-02-04", "2024-02-03"]


def test_pjl_18_given_a_refusal_for_want_of_a_ground_then_that_is_why(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        avvist = OppslagAvvist(
            bruker="demo-130", part="auditor", visning=Visning.IDENTITET, personer=(ref(1),), grunn=UTEN_GRUNN
        )
        skriv(by_, avvist, Actor("revisor", "bergen-kommune", "auditor"))
        sett = tekst(som_personen(by_).get("/innsyn").text)
        assert "Prøve 130, Revisor" in sett
        assert "Prøvde å se: At en sak om et avvik" in sett
        assert "de skrev ikke hvorfor de måtte vite det" in sett


def test_pjl_18_given_what_no_person_asked_for_then_that_is_said_as_such(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        gjort = OppslagGjort(bruker="", part=ACT, visning=Visning.TAVLE, personer=(ref(1),), grunn="R", oekt=ref(9))
        skriv(by_, gjort, Actor("system", "helse-bergen", "web"))
        sett = tekst(som_personen(by_).get("/innsyn").text)
        assert "Bindeledd, av seg selv" in sett
        assert "Ukjent bruker" not in sett
        assert "Bindeledd sender opplysninger videre til enhetene av seg selv" in sett


def test_pbrl_5_1_given_that_two_records_became_one_then_the_log_of_both_is_told(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        som_act(by_).get(f"/pasient/{ref(2)}")
        leser = som_personen(by_)
        assert "Siden om deg" not in tekst(leser.get("/innsyn").text).partition("Dine egne")[0]
        by_.egen_logg = {"oppføringer": [ref(1), ref(2)]}
        sett = tekst(leser.get("/innsyn").text)
        assert "Siden om deg" in sett.partition("Dine egne")[0]
        assert "Du har stått i systemet to ganger." in sett


def test_pjl_18_given_that_somebody_opened_whom_a_case_is_about_then_who_when_and_their_own_words_are_told(
    tmp_path: Path,
) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        åpning = {"tid": "2024-02-03T20:00:00Z", "part": "auditor", "av": "demo-130", "begrunnelse": "Du har <b>klaget"}
        by_.egen_logg = {
            "åpnet": [åpning, {**åpning, "begrunnelse": ""}, {**åpning, "begrunnelse": "", "avvist": True}]
        }
        side = som_personen(by_).get("/innsyn").text
        sett = tekst(side)
        assert "Prøve 130, Revisor i dag kl. 21.00" in sett
        assert "Du har &lt;b&gt;klaget" in side
        assert "Opplysningene er slettet" in sett
        assert "Skrev ikke hvorfor, og fikk ikke se noe." in sett


def test_given_that_nobody_answers_then_what_is_here_is_told_and_that_something_may_lack(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi_to(by_)
        som_act(by_).get(f"/pasient/{ref(1)}")
        by_.egen_logg = None
        sett = tekst(som_personen(by_).get("/innsyn").text)
        assert "Lista kan mangle noe" in sett
        assert "Prøve 102, Medlem av ACT-team" in sett


def test_what_the_list_is_made_from_is_covered_by_the_proof(tmp_path: Path) -> None:
    """Each of its records is a leaf of a tree that is signed (docs/proof.md)."""
    with by(tmp_path) as by_:
        gi_to(by_)
        som_act(by_).get(f"/pasient/{ref(1)}")
        som_personen(by_).get("/innsyn")
        spørring = "SELECT topic, position FROM log WHERE position IN (SELECT posisjon FROM innsyn)"
        linjer = by_.inne.engines["web"].read(lambda db: db.all(spørring))
        katalog = load_catalog(data_folder("schemas"))
        assert len(linjer) > 2
        assert all(katalog.topics[topic].audited for topic, _ in linjer)
        assert katalog.topics["samhandling.avvik"].audited, "and so is who opened whom a case is about"


def skriv(by_: By, oppslag_: OppslagGjort | OppslagAvvist, aktør: Actor) -> None:
    """Let this stand in the look-up log."""
    ordre = Bestilling(oppslag.TOPIC, ref(77), oppslag.SkrivOppslag((oppslag_,)), aktør)
    by_.inne.engines["web"].command(lambda _lookup: ((ordre,), None))
