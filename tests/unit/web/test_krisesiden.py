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
    for navn, verdi in re.findall(r'<input [^>]*?name="([\w.]+)"[^>]*? value="([^"]*)"(?![^>]*checkbox)', form):
        if navn == "del" or navn.count(".") == 2:
            funnet.setdefault(navn, []).append(html.unescape(verdi))
        elif navn != "medvirkning":
            funnet[navn] = html.unescape(verdi)
    for navn, verdi in re.findall(r'<textarea [^>]*name="([\w.]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        funnet[navn] = html.unescape(verdi)
    return funnet


def send(leser: Nettleser, **endret: Any) -> Any:
    """Fill in the form and send it; `roedt_nivaa__annet` is the field `roedt_nivaa.annet`."""
    skrevet_ = {navn.replace("__", "."): verdi for navn, verdi in endret.items()}
    return leser.post(HER, {**felter(leser.get(HER).text), "medvirkning": ["pasient"], **skrevet_})


def ring(*rader: tuple[str, str, str, str]) -> dict[str, list[str]]:
    """The contacts of the form: name, who it is, telephone, when."""
    celler = zip(*rader, strict=True)
    return dict(
        zip(
            [f"kontakter__kontakter__{n}" for n in ("navn", "rolle", "telefon", "naar")], map(list, celler), strict=True
        )
    )


def test_the_words_are_those_that_the_service_knows() -> None:
    assert set(sagt.MEDVIRKNING) == set(MEDVIRKNING)
    assert set(sagt.TILBAKEKALT) == set(TILBAKEKALT_FORDI)
    assert set(sagt.KRISEPLANDEL) == set(KRISEPLANDELER)


def test_a_first_plan_is_made_of_what_was_written(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, kriseplan())
        svar = send(
            leser, roedt_nivaa__moetes="Snakk rolig.\r\nHør først.  ",
            tegn_og_tiltak__gule_tegn="Sover lite\r\n\r\nSpiser lite",
            roedt_nivaa__tiltak__hva=["Ring ACT", ""], roedt_nivaa__tiltak__hvem=["Søster", ""],
            roedt_nivaa__tiltak__naar=["", ""], roedt_nivaa__tiltak__hvordan=["", ""],
            **ring(("Søster", "", "40 00 00 00", ""), ("", "", "", "")),
        )  # fmt: skip
        assert svar.headers["location"] == f"/pasient/{ref(1)}?gjort=kriseplan"
        deler = {
            "tegn_og_tiltak": {"gule_tegn": ["Sover lite", "Spiser lite"]},
            "roedt_nivaa": {
                "tiltak": [{"hva": "Ring ACT", "hvem": "Søster"}],
                "moetes": "Snakk rolig.\nHør først.",
            },
            "kontakter": [{"navn": "Søster", "telefon": "40 00 00 00"}],
        }
        assert by_.svart == [("kriseplan", ref(1), "plan", {"medvirkning": ["pasient"], "deler": deler})]
        assert by_.sett[-1][1] == '"1"'
        assert Visning.KRISEPLAN in {o.visning for o in skrevet(by_)}


def test_a_revision_sends_only_the_parts_that_were_changed_and_null_for_one_taken_out(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, plan())
        send(leser, barn__hvem_tar_barna="Mormor tar dem", **ring(*[("", "", "", "")] * 3))
        (_, _, hva, kropp) = by_.svart[0]
        barn = {"hvem_tar_barna": "Mormor tar dem"}
        assert (hva, kropp["deler"]) == ("plan/revider", {"kontakter": None, "barn": barn})


def test_what_was_written_as_a_text_stands_where_it_belongs_and_goes_along_when_the_part_is_changed(
    tmp_path: Path,
) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, plan())
        nå = felter(leser.get(HER).text)
        assert nå["roedt_nivaa.annet"] == "Ring ACT-teamet med en gang."
        assert nå["tegn_og_tiltak.gule_tegn"] == "Sover lite"
        assert nå["tegn_og_tiltak.gule_tiltak.hva"] == ["Gå en tur", "Ring søster", "", ""]
        send(leser, roedt_nivaa__tegn="Svarer ikke")
        rødt = {"tegn": ["Svarer ikke"], "annet": "Ring ACT-teamet med en gang."}
        assert by_.svart[0][3]["deler"] == {"roedt_nivaa": rødt}


def test_a_form_that_knows_fewer_fields_takes_none_of_the_others_out(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, plan())
        alle = felter(leser.get(HER).text)
        gammelt = {navn: alle[navn] for navn in ("versjon", "noekkel", "merke", "del")}
        assert (
            leser.post(HER, {**gammelt, "medvirkning": ["pasient"], "roedt_nivaa": "Gammelt felt"}).status_code == 303
        )
        assert by_.svart[0][3]["deler"] == {}


def test_the_day_on_which_the_plan_is_gone_through_goes_along(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, plan())
        assert send(leser, revideres="i morgen").status_code == 422
        assert send(leser, revideres="2024-06-01").status_code == 303
        assert by_.svart[0][3]["revideres"] == "2024-06-01"


def test_the_open_form_says_what_the_plan_does_not_say_yet(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, plan())
        assert "hvordan personen vil bli møtt" in leser.get(HER).text
        skrevet_ = {
            **felter(leser.get(HER).text),
            "roedt_nivaa.moetes": "Rolig",
            "roedt_nivaa.tiltak.hva": ["Ring", ""],
        }
        svar = leser.post(f"{HER}/mangler", skrevet_)
        assert svar.status_code == 200
        for hva in ("hvem som gjør «Ring»", "hva andre ser når det er akutt", "hvem som var med på å skrive"):
            assert hva in svar.text
        assert "hvordan personen vil bli møtt" not in svar.text
        assert by_.svart == []


def test_a_plan_that_was_gone_through_and_not_changed_can_be_saved(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        assert send(gi(by_, plan())).status_code == 303
        assert by_.svart[0][3]["deler"] == {}


@pytest.mark.parametrize(
    ("endret", "sier"),
    [
        ({"medvirkning": []}, "Kryss av for hvem som var med."),
        ({"barn__annet": "x" * 4001}, "Skriv høyst 4000 tegn."),
        ({"barn__annet": "å" * 3500}, "«Barn» er for lang."),
        ({"tegn_og_tiltak__hjulpet": "\n".join("x" * 41)}, "høyst 40 linjer"),
        ({"tegn_og_tiltak__hjulpet": "x" * 4001}, "Hver linje kan ha høyst 4000 tegn."),
        (ring(("", "", "1", "")), "Fyll ut «navn» på hver linje."),
        (ring(("x" * 201, "", "1", "")), "høyst 200 tegn"),
    ],
)
def test_what_cannot_be_saved_is_said_and_every_word_stands(tmp_path: Path, endret: dict[str, Any], sier: str) -> None:
    with by(tmp_path) as by_:
        svar = send(gi(by_, kriseplan()), **{"roedt_nivaa__annet": "Ring søster", **endret})
        assert svar.status_code == 409
        assert sier in svar.text
        assert felter(svar.text)["roedt_nivaa.annet"] == "Ring søster"
        assert by_.svart == []


def test_an_empty_first_plan_is_not_sent(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        assert "Skriv noe i minst én del." in send(gi(by_, kriseplan())).text


def test_what_the_service_refuses_leaves_every_word_in_the_form(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, kriseplan())
        by_.nekter = "En enhet av dette slaget holder ikke kriseplaner ved like"
        svar = send(leser, innleggelse__annet="Ikke dårlig nytt på kvelden & <ro>")
        assert "holder ikke kriseplaner ved like" in svar.text
        assert felter(svar.text)["innleggelse.annet"] == "Ikke dårlig nytt på kvelden & <ro>"


def test_two_who_write_at_once_lose_nothing(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, plan(barn=tekst("Mor")))
        mitt = {
            **felter(leser.get(HER).text),
            "medvirkning": ["pasient"],
            "roedt_nivaa.annet": "Min tekst",
            "innleggelse.annet": "Mitt",
        }
        by_.gi("kriseplan", ref(103), ref(1), {
            ACT: plan(versjon=3, roedt_nivaa=tekst("Deres tekst"), barn=tekst("Mormor")),
        })  # fmt: skip
        svar = leser.post(HER, mitt)
        assert (svar.status_code, by_.svart) == (409, [])
        assert "Kriseplanen er kommet i en ny versjon: 3." in svar.text
        assert "Deres tekst" in svar.text
        nå = felter(svar.text)
        assert (nå["roedt_nivaa.annet"], nå["innleggelse.annet"], nå["barn.annet"]) == ("Min tekst", "Mitt", "Mormor")
        assert leser.post(HER, {**nå, "medvirkning": ["pasient"]}).status_code == 303
        assert by_.svart[0][3]["deler"] == {"roedt_nivaa": {"annet": "Min tekst"}, "innleggelse": {"annet": "Mitt"}}


def test_a_plan_that_somebody_made_meanwhile_is_met_with_both_texts(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, None)
        mitt = {**felter(leser.get(HER).text), "medvirkning": ["pasient"], "roedt_nivaa.annet": "Min tekst"}
        assert mitt["versjon"] == "0"
        by_.gi("kriseplan", ref(103), ref(1), {ACT: plan()})
        svar = leser.post(HER, mitt)
        assert (svar.status_code, by_.svart) == (409, [])
        assert "Ring ACT-teamet med en gang." in svar.text
        assert felter(svar.text)["roedt_nivaa.annet"] == "Min tekst"


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
        assert 'name="barn.' not in side
        assert "De blir stående som de er: Barn." in side
        send(leser, barn__annet="Smuglet inn")
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
