"""The messages of a unit on their page: what each waits for, and who may see and open it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bindeledd.schema.generated.samhandling import Meldingsutfall
from tests.nettsider import (
    ACT,
    ENHET,
    NÅ,
    Nettleser,
    by,
    logg_inn,
    melding,
    person,
    ref,
    som_act,
)  # fmt: skip
from tests.unit.web.test_sider import skjema
from web.meldinger import VIST_MAKS


def test_the_unit_sees_its_messages_and_says_that_one_is_opened(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(501), ref(1), {ACT: melding(forsinket=True)})
        leser = som_act(by_)
        side = leser.get("/meldinger").text
        assert "1 melding er ikke åpnet." in side
        assert "Ikke åpnet innen fristen" in side
        svar = leser.post(f"/meldinger/{ref(501)}/aapnet", skjema(side, f"aapne-{ref(501)}"))
        assert svar.headers["location"] == "/meldinger?gjort=aapnet"
        assert "Alle meldinger er åpnet." in leser.get("/meldinger").text


def test_a_message_leads_to_its_person_only_where_the_unit_may_see_who_that_is(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(501), ref(1), {ACT: melding()})
        leser = som_act(by_)
        assert "Gå til personen" not in leser.get("/meldinger").text
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        assert "Gå til personen" in leser.get("/meldinger").text


def test_a_message_of_another_unit_cannot_be_opened(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(501), ref(1), {ACT: melding()})
        by_.gi("samhandling", ref(502), ref(1), {ENHET: melding()})
        leser = som_act(by_)
        data = skjema(leser.get("/meldinger").text, f"aapne-{ref(501)}")
        assert leser.post(f"/meldinger/{ref(502)}/aapnet", data).status_code == 403
        assert not by_.gis[ref(502)][ENHET].aapnet


def test_messages_that_wait_stand_first(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi(
            "samhandling",
            ref(501),
            None,
            {ACT: melding(type="LOG_UTSKREVET", utfall=Meldingsutfall.TATT_INN, aapnet=True, mottatt=NÅ)},
        )
        by_.gi("samhandling", ref(502), None, {ACT: melding(type="DIALOG_NOTAT")})
        by_.gi("samhandling", ref(503), None, {ACT: replace(melding(type="LOG_INNLAGT"), forsinket=True)})
        side = som_act(by_).get("/meldinger").text
        assert re.findall(r"<h2[^>]*>([^<]+)</h2>", side) == ["Innlagt pasient", "Notat", "Utskrevet pasient"]


def test_of_very_many_what_waits_is_shown_and_the_newest_and_how_many_there_are_besides(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(501), None, {ACT: melding(type="DIALOG_NOTAT", mottatt=NÅ - timedelta(days=300))})
        for nr in range(502, 502 + 2 * VIST_MAKS):
            lest = melding(utfall=Meldingsutfall.TATT_INN, opphold_ref=ref(9), aapnet=True, aapnet_av="demo-102")
            by_.gi("samhandling", ref(nr), None, {ACT: lest})
        svar = som_act(by_).get("/meldinger")
        assert "1 melding er ikke åpnet." in svar.text
        assert re.findall(r"<h2[^>]*>([^<]+)</h2>", svar.text)[0] == "Notat"
        assert svar.text.count('class="rad') - svar.text.count('class="rader') == VIST_MAKS
        assert f"{VIST_MAKS + 1} meldinger er ikke vist." in svar.text
        assert len(svar.content) < 150_000


def test_a_role_without_the_message_list_is_told_so(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = Nettleser(by_.app())
        logg_inn(leser, "demo-103", ACT, "erfaringskonsulent")
        assert leser.get("/meldinger").status_code == 403
        assert 'href="/meldinger"' not in leser.get("/tavle").text


def test_a_message_tells_its_way_from_sent_to_answered_and_what_it_waits_for(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        spørsmål = melding(
            type="DIALOG_FORESPORSEL",
            sendt=NÅ - timedelta(hours=3),
            kvittering="1",
            aapnes_innen=NÅ + timedelta(hours=2),
        )
        by_.gi("samhandling", ref(501), None, {ACT: spørsmål})
        leser = som_act(by_)
        side = " ".join(leser.get("/meldinger").text.split())
        steg = ("Sendt", "Kom fram", "Avsenderen har fått kvittering: mottatt", "Ikke åpnet innen", "Ikke besvart")
        assert sorted(steg, key=side.index) == list(steg)
        åpnet = replace(spørsmål, aapnet=True, aapnet_av="demo-103", aapnet_tid=NÅ)
        by_.gi("samhandling", ref(501), None, {ACT: åpnet})
        side = leser.get("/meldinger").text
        assert "Åpnet av Cato Prøve 103" in side
        svar = leser.post(f"/meldinger/{ref(501)}/besvart", skjema(side, f"besvart-{ref(501)}"))
        assert svar.headers["location"] == "/meldinger?gjort=besvart"
        by_.gi("samhandling", ref(501), None, {ACT: replace(åpnet, besvart_av="demo-102", besvart_tid=NÅ)})
        side = leser.get("/meldinger").text
        assert "Besvart av deg" in side
        assert "Merk som besvart" not in side
