"""Writing a crisis plan: only what was changed is sent, and nobody's words are lost when two write at once."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.errors import TransientError
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Deling, DelStatus, Tekst
from bindeledd.schema.generated.kriseplan import KriseplanUtsnitt
from bindeledd.schema.generated.tilgang import Visning
from services.kriseplan.domain import MEDVIRKNING, TILBAKEKALT_FORDI
from tests.nettsider import (
    ACT,
    GRUNN,
    By,
    Nettleser,
    by,
    full_kriseplan,
    kriseplan,
    logg_inn,
    person,
    ref,
    som_act,
)  # fmt: skip
from tests.unit.web.test_oppslag import skrevet
from web import ord as sagt
from web.krisesiden import slå_sammen
from web.rolle import KRISEPLANDELER

HER = f"/pasient/{ref(1)}/kriseplan"


def plan(**endret: Any) -> KriseplanUtsnitt:
    """Version 2, as an author unit has it."""
    deler = tuple(
        DelStatus(del_=d, deling=Deling.DELT if getattr(full_kriseplan(), d) else Deling.FINNES_IKKE)
        for d in KRISEPLANDELER
    )
    return replace(full_kriseplan(), deler=deler, **endret)


def tekst(ord_: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=ord_))


def gi(by_: By, utsnitt: KriseplanUtsnitt | None) -> Nettleser:
    by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
    if utsnitt is not None:
        by_.gi("kriseplan", ref(103), ref(1), {ACT: utsnitt})
    return som_act(by_)


def felter(side: str) -> dict[str, Any]:
    """Everything that the form would send as it stands."""
    (form,) = re.findall(r'<form method="post" action="[^"]*/kriseplan".*?</form>', side, re.DOTALL)
    funnet: dict[str, Any] = {}
    for navn, verdi in re.findall(r'<input [^>]*?name="(\w+)"[^>]*? value="([^"]*)"(?![^>]*checkbox)', form):
        if navn in ("del", "kontakt_navn", "kontakt_telefon", "kontakt_naar"):
            funnet.setdefault(navn, []).append(html.unescape(verdi))
        elif navn != "medvirkning":
            funnet[navn] = html.unescape(verdi)
    for navn, verdi in re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        funnet[navn] = html.unescape(verdi)
    return funnet


def send(leser: Nettleser, **endret: Any) -> Any:
    return leser.post(HER, {**felter(leser.get(HER).text), "medvirkning": ["pasient"], **endret})


def test_the_words_are_those_that_the_service_knows() -> None:
    assert set(sagt.MEDVIRKNING) == set(MEDVIRKNING)
    assert set(sagt.TILBAKEKALT) == set(TILBAKEKALT_FORDI)
    assert set(sagt.KRISEPLANDEL) == set(KRISEPLANDELER)


def test_a_first_plan_is_made_of_what_was_written(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, kriseplan())
        svar = send(
            leser, roedt_nivaa="Ring søster.\r\nSå ACT.  ", varselsignaler="Sover lite\r\n\r\nSpiser lite",
            kontakt_navn=["Søster", "", ""], kontakt_telefon=["40 00 00 00", "", ""], kontakt_naar=["", "", ""],
        )  # fmt: skip
        assert svar.headers["location"] == f"/pasient/{ref(1)}?gjort=kriseplan"
        deler = {
            "roedt_nivaa": "Ring søster.\nSå ACT.",
            "tegn_og_tiltak": {"varselsignaler": ["Sover lite", "Spiser lite"], "tiltak": []},
            "kontakter": [{"navn": "Søster", "telefon": "40 00 00 00", "naar": ""}],
        }
        assert by_.svart == [("kriseplan", ref(1), "plan", {"medvirkning": ["pasient"], "deler": deler})]
        assert by_.sett[-1][1] == '"1"'
        assert Visning.KRISEPLAN in {o.visning for o in skrevet(by_)}


def test_a_revision_sends_only_the_parts_that_were_changed_and_null_for_one_taken_out(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, plan())
        send(leser, barn="Mormor tar dem", kontakt_navn=[""] * 4, kontakt_telefon=[""] * 4, kontakt_naar=[""] * 4)
        (_, _, hva, kropp) = by_.svart[0]
        assert (hva, kropp["deler"]) == ("plan/revider", {"kontakter": None, "barn": "Mormor tar dem"})


def test_a_plan_that_was_gone_through_and_not_changed_can_be_saved(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        assert send(gi(by_, plan())).status_code == 303
        assert by_.svart[0][3]["deler"] == {}


@pytest.mark.parametrize(
    ("endret", "sier"),
    [
        ({"medvirkning": []}, "Kryss av for hvem som var med."),
        ({"barn": "x" * 4001}, "«Barn» er for lang."),
        ({"tiltak": "\n".join("x" * 41)}, "høyst 40 linjer"),
        (
            {"kontakt_navn": ["", "", ""], "kontakt_telefon": ["1", "", ""], "kontakt_naar": ["", "", ""]},
            "må ha et navn",
        ),
    ],
)
def test_what_cannot_be_saved_is_said_and_every_word_stands(tmp_path: Path, endret: dict[str, Any], sier: str) -> None:
    with by(tmp_path) as by_:
        svar = send(gi(by_, kriseplan()), **{"roedt_nivaa": "Ring søster", **endret})
        assert svar.status_code == 409
        assert sier in svar.text
        assert felter(svar.text)["roedt_nivaa"] == "Ring søster"
        assert by_.svart == []


def test_an_empty_first_plan_is_not_sent(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        assert "Skriv noe i minst én del." in send(gi(by_, kriseplan())).text


def test_what_the_service_refuses_leaves_every_word_in_the_form(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, kriseplan())
        by_.nekter = "En enhet av dette slaget holder ikke kriseplaner ved like"
        svar = send(leser, innleggelse="Ikke dårlig nytt på kvelden & <ro>")
        assert "holder ikke kriseplaner ved like" in svar.text
        assert felter(svar.text)["innleggelse"] == "Ikke dårlig nytt på kvelden & <ro>"


def test_two_who_write_at_once_lose_nothing(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, plan(barn=tekst("Mor")))
        mitt = {
            **felter(leser.get(HER).text),
            "medvirkning": ["pasient"],
            "roedt_nivaa": "Min tekst",
            "innleggelse": "Mitt",
        }
        by_.gi("kriseplan", ref(103), ref(1), {
            ACT: plan(versjon=3, roedt_nivaa=tekst("Deres tekst"), barn=tekst("Mormor")),
        })  # fmt: skip
        svar = leser.post(HER, mitt)
        assert (svar.status_code, by_.svart) == (409, [])
        assert "Kriseplanen er kommet i en ny versjon: 3." in svar.text
        assert "Deres tekst" in svar.text
        nå = felter(svar.text)
        assert (nå["roedt_nivaa"], nå["innleggelse"], nå["barn"]) == ("Min tekst", "Mitt", "Mormor")
        assert leser.post(HER, {**nå, "medvirkning": ["pasient"]}).status_code == 303
        assert by_.svart[0][3]["deler"] == {"roedt_nivaa": "Min tekst", "innleggelse": "Mitt"}


def test_a_plan_that_somebody_made_meanwhile_is_met_with_both_texts(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, None)
        mitt = {**felter(leser.get(HER).text), "medvirkning": ["pasient"], "roedt_nivaa": "Min tekst"}
        assert mitt["versjon"] == "0"
        by_.gi("kriseplan", ref(103), ref(1), {ACT: plan()})
        svar = leser.post(HER, mitt)
        assert (svar.status_code, by_.svart) == (409, [])
        assert "Ring ACT-teamet med en gang." in svar.text
        assert felter(svar.text)["roedt_nivaa"] == "Min tekst"


def test_the_merge_takes_what_only_one_of_them_changed() -> None:
    base, mine, deres = {"a": "1", "b": "1", "c": "1"}, {"a": "2", "b": "1", "c": "2"}, {"a": "1", "b": "3", "c": "3"}
    assert slå_sammen(base, mine, deres) == ({"a": "2", "b": "3", "c": "2"}, {"c": "3"})
    assert slå_sammen(base, deres, deres) == (deres, {})


def test_an_open_form_is_told_that_somebody_else_has_written(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, plan())
        assert "Noen andre" not in leser.get(f"{HER}/status?versjon=1").text
        by_.gi("kriseplan", ref(103), ref(1), {ACT: plan(versjon=3)})
        assert "Noen andre har endret kriseplanen mens du skriver." in leser.get(f"{HER}/status?versjon=1").text


@pytest.mark.parametrize(
    "utsnitt",
    [
        plan(grunn=replace(GRUNN, grunnlag="C")),
        kriseplan(Deling.IKKE_DELT),
    ],
    ids=["has it by consent", "not shared"],
)
def test_who_is_no_author_does_not_write(tmp_path: Path, utsnitt: KriseplanUtsnitt) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, utsnitt)
        assert leser.get(HER).status_code == 403
        assert "skriv-kriseplan" not in leser.get(f"/pasient/{ref(1)}").text


def test_a_role_that_may_not_write_is_refused_and_what_it_may_not_see_is_not_in_the_form(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi(by_, plan(barn=tekst("Mormor tar dem")))
        leser = Nettleser(by_.app())
        logg_inn(leser, "demo-103", ACT, "erfaringskonsulent")
        assert leser.get(HER).status_code == 403
        assert leser.post(HER, {"merke": "f" * 64, "noekkel": "n", "versjon": "1"}).status_code == 403


def test_a_part_that_the_party_has_not_been_given_stays_as_it_is(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        deler = tuple(
            DelStatus(del_=d, deling=Deling.IKKE_DELT if d == "barn" else Deling.DELT) for d in KRISEPLANDELER
        )
        leser = gi(by_, replace(full_kriseplan(), deler=deler))
        side = leser.get(HER).text
        assert 'name="barn"' not in side
        assert "De blir stående som de er: Barn." in side
        send(leser, barn="Smuglet inn")
        assert by_.svart[0][3]["deler"] == {}


def test_a_plan_is_recalled_with_a_reason(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, plan())
        side = leser.get(f"{HER}/tilbakekall").text
        data = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', side))
        assert leser.post(f"{HER}/tilbakekall", data).status_code == 409
        svar = leser.post(f"{HER}/tilbakekall", {**data, "grunn": "personens_oenske"})
        assert svar.headers["location"] == f"/pasient/{ref(1)}?gjort=tilbakekalt"
        assert by_.svart == [("kriseplan", ref(1), "plan/tilbakekall", {"grunn": "personens_oenske"})]


def test_where_no_look_up_is_written_no_word_of_the_plan_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, plan())

        def full_disk(*_a: object, **_k: object) -> None:
            raise TransientError("the disk is full")

        monkeypatch.setattr(type(by_.inne.engines["web"]), "command", full_disk)
        svar = leser.get(HER)
        assert (svar.status_code, "Sover lite" in svar.text, "Ola" in svar.text) == (503, False, False)
