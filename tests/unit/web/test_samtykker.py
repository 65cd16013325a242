"""The page of consents: what holds, who may write down what, and that a withdrawal is not an opposition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.errors import TransientError
from bindeledd.schema.generated.tilgang import Visning
from services.ansvarsgruppe.samtykke import FORMÅL
from tests.nettsider import (
    ENHET,
    NAV,
    By,
    Nettleser,
    by,
    logg_inn,
    person,
    ref,
    samtykke,
    samtykker,
    sperring,
)  # fmt: skip
from tests.unit.web.test_oppslag import skrevet
from tests.unit.web.test_sider import skjema
from web import ord as sagt

HER = f"/pasient/{ref(1)}/samtykker"
NAVS = samtykke(80, NAV, "plan.finnes", "kriseplan.*")


def som(by_: By, rolle: str = "koordinator", bruker: str = "demo-069") -> Nettleser:
    by_.gi("samhandling", ref(101), ref(1), {ENHET: person("Ola")})
    leser = Nettleser(by_.app())
    logg_inn(leser, bruker, ENHET, rolle)
    return leser


def gi(by_: By, *gitt: Any, **annet: Any) -> None:
    by_.gi("ansvarsgruppe", ref(110), ref(1), {ENHET: samtykker(*gitt, **annet)})


def fyll(leser: Nettleser, sti: str, **felt: Any) -> Any:
    """Fill in and send the form on a page."""
    return leser.post(sti, {**skjema(leser.get(sti).text, "lagre"), **felt})


def test_the_purposes_are_those_that_a_consent_may_have() -> None:
    assert set(sagt.FORMÅL) == set(FORMÅL)


def test_what_holds_and_what_is_over_are_told_apart(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som(by_)
        gi(
            by_,
            NAVS,
            samtykke(81, "skole-aarstad", "plan.finnes", trukket=NAVS.gjelder_fra),
            sperringer=(sperring(90, None),),
        )
        side = leser.get(HER).text
        over = side.index("Gjelder ikke lenger")
        assert side.index("NAV sosialtjeneste Årstad") < side.index("alt om kriseplanen") < over
        assert side.index("Samtykke til deling med Skole") > over
        assert side.index("<li>alt</li>") < over
        assert skrevet(by_)[-1].visning is Visning.SAMTYKKE


def test_a_consent_is_written_down_as_it_was_given(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som(by_)
        svar = fyll(
            leser, f"{HER}/nytt", part=NAV, formaal="oppfoelging", deler=["plan.finnes", "kriseplan.kontakter"],
            til_dag="2024-03-01",
        )  # fmt: skip
        assert svar.headers["location"] == f"{HER}?gjort=samtykke"
        til = "2024-03-01T22:59:59+00:00"
        kropp = {
            "part": NAV,
            "formaal": "oppfoelging",
            "deler": ["plan.finnes", "kriseplan.kontakter"],
            "gjelder_til": til,
        }
        assert by_.svart == [("ansvarsgruppe", ref(1), "samtykker", kropp)]


@pytest.mark.parametrize(
    "mangler",
    [
        {"part": ""},
        {"part": "atlantis"},
        {"deler": []},
        {"formaal": "noe"},
        {"deler": ["opphold.livskrise"]},
    ],
)
def test_a_consent_that_lacks_something_is_not_sent_and_nothing_that_was_filled_in_is_lost(
    tmp_path: Path, mangler: dict[str, Any]
) -> None:
    with by(tmp_path) as by_:
        leser = som(by_)
        felt = {"part": NAV, "formaal": "barn", "deler": ["plan.finnes"], "til_dag": "2024-03-01"} | mangler
        svar = fyll(leser, f"{HER}/nytt", **felt)
        assert svar.status_code == 409
        assert by_.svart == []
        assert "Ingenting er lagret ennå." in svar.text
        if "formaal" not in mangler:
            assert 'value="barn" selected' in svar.text
        if "part" not in mangler:
            assert f'value="{NAV}" selected' in svar.text


def test_a_rule_that_refuses_leaves_the_form_as_it_was_filled_in(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som(by_)
        by_.nekter = "Et samtykke slutter innen 365 døgn"
        svar = fyll(leser, f"{HER}/nytt", part=NAV, formaal="barn", deler=["plan.finnes"], til_dag="2034-03-01")
        assert "Et samtykke slutter innen 365 døgn" in svar.text
        assert 'value="2034-03-01"' in svar.text


def test_the_page_asks_which_of_the_two_the_person_means(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som(by_)
        gi(by_, NAVS)
        sti = f"{HER}/{ref(80)}/trekk"
        assert fyll(leser, sti).status_code == 409
        assert by_.svart == []
        assert fyll(leser, sti, mener="trekker").headers["location"] == f"{HER}?gjort=trukket"
        assert by_.svart == [("ansvarsgruppe", ref(1), f"samtykker/{ref(80)}/trekk", {})]


def test_an_opposition_is_written_before_the_withdrawal_for_it_closes_more(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som(by_)
        gi(by_, NAVS)
        svar = fyll(leser, f"{HER}/{ref(80)}/trekk", mener="motsetter")
        assert svar.headers["location"] == f"{HER}?gjort=sperret"
        sperret = {"part": NAV, "deler": ["plan.finnes", "kriseplan.*"]}
        assert [s[2:] for s in by_.svart] == [("sperringer", sperret), (f"samtykker/{ref(80)}/trekk", {})]


def test_a_withdrawal_on_an_old_page_says_what_changed_and_can_be_sent_again(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som(by_)
        gi(by_, NAVS)
        sti = f"{HER}/{ref(80)}/trekk"
        data = {**skjema(leser.get(sti).text, "lagre"), "mener": "trekker"}
        gi(by_, NAVS, samtykke(81, "skole-aarstad", "plan.finnes"))
        svar = leser.post(sti, data)
        assert svar.status_code == 409
        assert "Personen har samtykket til deling med Skole" in svar.text
        assert by_.svart == []
        assert leser.post(sti, skjema(svar.text, "likevel")).headers["location"] == f"{HER}?gjort=trukket"


def test_an_opposition_may_be_towards_everybody_and_about_everything_and_is_lifted_again(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som(by_)
        assert fyll(leser, f"{HER}/sperring").status_code == 409
        assert fyll(leser, f"{HER}/sperring", part="alle").headers["location"] == f"{HER}?gjort=sperret"
        assert by_.svart == [("ansvarsgruppe", ref(1), "sperringer", {"deler": []})]
        gi(by_, sperringer=(sperring(90, None),))
        data = skjema(leser.get(HER).text, f"opphev-{ref(90)}")
        assert leser.post(f"{HER}/{ref(90)}/opphev", data).headers["location"] == f"{HER}?gjort=opphevet"
        assert by_.svart[1:] == [("ansvarsgruppe", ref(1), f"sperringer/{ref(90)}/opphev", {})]


def test_where_an_opposition_stands_the_form_says_that_a_consent_will_not_open(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som(by_)
        gi(by_, sperringer=(sperring(90, NAV),))
        assert "Så lenge det gjelder, åpner ikke et samtykke for dem." in leser.get(f"{HER}/nytt").text


def test_only_what_the_role_may_is_shown_and_taken(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        ansatt = som(by_, "enhet-ansatt", "demo-067")
        gi(by_, NAVS)
        assert ansatt.get(HER).status_code == 403
        assert "til-samtykker" not in ansatt.get(f"/pasient/{ref(1)}").text
        leder = som(by_, "enhet-leder", "demo-068")
        side = leder.get(HER).text
        assert "NAV sosialtjeneste Årstad" in side
        assert "/trekk" not in side
        assert "/nytt" not in side
        for sti in (f"{HER}/nytt", f"{HER}/sperring", f"{HER}/{ref(80)}/trekk"):
            assert leder.get(sti).status_code == 403
        data = {"merke": "f" * 64, "noekkel": "n", "versjon": "1", "mener": "trekker"}
        assert leder.post(f"{HER}/{ref(80)}/trekk", data).status_code == 403
        assert by_.svart == []


@pytest.mark.parametrize("sti", [HER, f"{HER}/nytt", f"{HER}/sperring", f"{HER}/{ref(80)}/trekk"])
def test_of_a_person_who_is_not_shared_and_where_no_look_up_is_written_nothing_is_shown(
    tmp_path: Path, sti: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with by(tmp_path) as by_:
        leser = som(by_)
        gi(by_, NAVS)
        assert leser.get(sti.replace(ref(1), ref(2))).status_code == 403
        by_.stanset.append("ansvarsgruppe")
        assert "NAV" not in leser.get(sti).text
        by_.stanset.clear()

        def full_disk(*_a: object, **_k: object) -> None:
            raise TransientError("the disk is full")

        monkeypatch.setattr(type(by_.inne.engines["web"]), "command", full_disk)
        svar = leser.get(sti)
        assert (svar.status_code, "Ola" in svar.text, "NAV" in svar.text) == (503, False, False)
