"""The page of the group: who is in it, a meeting summoned, answered, held and written down, and who is shown what."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.ansvarsgruppe import (
    Grupperolle,
    Medlem,
    Medlemstilstand,
    Moetedeltaker,
    Moetesvar,
    Moetetilstand,
    Referat,
)
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import Oppholdsstatus
from bindeledd.schema.generated.tilgang import Visning
from services.ansvarsgruppe.gruppe import FRATREDELSESGRUNNER, ROLLE_AV_SLAG
from services.ansvarsgruppe.møte import AVLYST_FORDI
from services.ansvarsgruppe.plan import BYTTEGRUNNER, PLANSLUTT
from services.felles.samarbeid import REPRESENTANTER
from tests.nettsider import (
    ACT,
    ENHET,
    NAV,
    NÅ,
    By,
    Nettleser,
    by,
    gruppe,
    logg_inn,
    opphold,
    person,
    plan,
    ref,
)
from tests.plansider import møte, tiltak
from tests.unit.web.test_oppslag import skrevet
from web import gruppesiden
from web import ord as sagt
from web.møtesiden import Innkalling, sjekk_innkalling, sjekk_referat
from web.møtesiden import Referat as Ført

HER = f"/pasient/{ref(1)}/gruppe"
GRUPPE = ref(80)


def medlem(nr: int, part: str, tilstand: Medlemstilstand = Medlemstilstand.MED) -> Medlem:
    return Medlem(medlem_ref=ref(70 + nr), part=part, rolle=Grupperolle.ACT, tilstand=tilstand)


def som(by_: By, bruker: str, part: str, rolle: str) -> Nettleser:
    leser = Nettleser(by_.app())
    logg_inn(leser, bruker, part, rolle)
    return leser


def koordinator(by_: By, **endret: Any) -> Nettleser:
    """The koordinator of ENHET, for whom ACT and the unit are in the group."""
    medlemmer = (medlem(0, ENHET), medlem(1, ACT))
    by_.gi("samhandling", ref(101), ref(1), {ENHET: person("Ola"), ACT: person("Ola")})
    by_.gi("ansvarsgruppe", ref(104), ref(1), {ENHET: plan(), ACT: plan()})
    by_.gi("ansvarsgruppe", GRUPPE, ref(1), {ENHET: gruppe(medlemmer=medlemmer, **endret)})
    return som(by_, "demo-069", ENHET, "koordinator")


def felter(side: str) -> dict[str, Any]:
    """Everything that the page's main form would send as it stands."""
    (form,) = re.findall(r'<form method="post"[^>]*class="skjema">.*?</form>', side, re.DOTALL)
    funnet: dict[str, Any] = {}
    for inn in re.findall(r"<input [^>]*>", form):
        navn, verdi = (re.search(f'{felt}="([^"]*)"', inn) for felt in ("name", "value"))
        if navn and verdi and ("checkbox" not in inn or "checked" in inn):
            funnet.setdefault(navn[1], []).append(html.unescape(verdi[1]))
    for navn, verdi in re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        funnet[navn] = [html.unescape(verdi)]
    for navn, valg in re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        valgt = re.search(r'value="([^"]*)" selected', valg)
        funnet.setdefault(navn, []).append(valgt[1] if valgt else "")
    return funnet


def send(leser: Nettleser, sti: str, **endret: Any) -> Any:
    return leser.post(sti, {**felter(leser.get(sti).text), **endret})


def knapp(side: str, id_: str) -> dict[str, str]:
    """What the small form around a button sends."""
    (form,) = [f for f in re.findall(r"<form .*?</form>", side, re.DOTALL) if f'id="{id_}"' in f]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def test_the_words_are_those_that_the_service_knows() -> None:
    assert set(sagt.KOORDINATORBYTTE) == set(BYTTEGRUNNER)
    assert set(sagt.REPRESENTANT) == set(REPRESENTANTER)
    assert set(sagt.FRATRER) == set(FRATREDELSESGRUNNER)
    assert set(sagt.AVLYST) == set(AVLYST_FORDI) - {"doedsfall"}
    assert set(sagt.PLANSLUTT) == set(PLANSLUTT) - {"doed"}
    assert set(ROLLE_AV_SLAG) == gruppesiden.I_GRUPPER


def test_the_page_says_who_is_in_it_that_the_person_always_is_and_what_can_be_done(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        side = (
            koordinator(by_, representant_slag="verge", representant=Klartekst(Tekst(tekst="Per Verge"))).get(HER).text
        )
        for ord_ in ("Personen selv: alltid innkalt", "Per Verge (verge)", "ACT-team Kronstad", "Ida Prøve 69"):
            assert ord_ in side
        for id_ in ("sett-koordinator", "kall-inn", "inviter", "representant"):
            assert f'id="{id_}"' in side
        assert Visning.GRUPPE in {o.visning for o in skrevet(by_)}


def test_a_koordinator_is_appointed_from_the_page(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_)
        assert "Velg hvem som er koordinator." in send(leser, f"/pasient/{ref(1)}/koordinator", hvem="x@y").text
        svar = send(leser, f"/pasient/{ref(1)}/koordinator", hvem=f"demo-102@{ACT}", grunn="flyttet")
        assert svar.headers["location"] == f"{HER}?gjort=koordinator"
        kropp = {"part": ACT, "koordinator": "demo-102", "grunn": "flyttet"}
        assert by_.svart == [("ansvarsgruppe", ref(1), "koordinator", kropp)]


def test_a_group_is_made_and_a_unit_invited(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {ENHET: person("Ola")})
        leser = som(by_, "demo-069", ENHET, "koordinator")
        side = leser.get(HER).text
        assert leser.post(f"{HER}/opprett", knapp(side, "opprett")).status_code == 303
        send(koordinator(by_), f"{HER}/inviter", part=NAV)
        assert [hva for _, _, hva, _ in by_.svart] == ["gruppe", f"gruppe/{GRUPPE}/inviter"]


def test_an_invited_unit_answers(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        invitert = gruppe(medlemmer=(medlem(1, ACT, Medlemstilstand.INVITERT),))
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        by_.gi("ansvarsgruppe", GRUPPE, ref(1), {ACT: invitert})
        leser = som(by_, "demo-102", ACT, "act-medlem")
        leser.post(f"{HER}/svar", knapp(leser.get(HER).text, "svar-ja"))
        assert by_.svart == [("ansvarsgruppe", GRUPPE, "gruppe/svar", {"med": True})]


def test_a_member_leaves_for_a_reason(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_)
        skjema = felter(leser.get(f"{HER}/inviter").text)
        assert "Velg hvorfor." in leser.post(f"{HER}/fratre", {**skjema, "grunn": "fordi"}).text
        leser.post(f"{HER}/fratre", {**skjema, "grunn": "annet"})
        assert by_.svart == [("ansvarsgruppe", GRUPPE, "gruppe/fratre", {"grunn": "annet"})]


def test_a_group_that_is_over_takes_no_answer(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_)
        skjema = felter(leser.get(f"{HER}/inviter").text)
        koordinator(by_, avsluttet=True)
        svar = leser.post(f"{HER}/svar", {**skjema, "svar": "ja"})
        assert "Det er ikke noen ansvarsgruppe" in svar.text
        assert by_.svart == []


def test_a_group_that_is_over_is_decided_on_by_nobody(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        koordinator(by_)
        by_.gi("ansvarsgruppe", ref(90), ref(1), {ENHET: møte()})
        for over in (False, True):
            leser = koordinator(by_, avsluttet=over)
            siden = leser.get(HER).text
            assert [ord_ for ord_ in ("Avlys møtet", "Kall inn til møte", "Inviter en enhet") if ord_ in siden] == (
                [] if over else ["Avlys møtet", "Kall inn til møte", "Inviter en enhet"]
            )
            for skjema in ("innkalling", "inviter", "representant"):
                assert leser.get(f"{HER}/{skjema}").status_code == (403 if over else 200), skjema


def test_the_units_of_the_persons_own_bydel_come_first(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_)
        steder = re.findall(r'<optgroup label="([^"]*)"', leser.get(f"{HER}/inviter").text)
        assert (steder[0], len(steder) > 1) == ("Bydel Årstad", True)


@pytest.mark.parametrize("sti", ["inviter", "representant"])
def test_where_there_is_no_group_there_is_no_form_about_one(tmp_path: Path, sti: str) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {ENHET: person("Ola")})
        assert som(by_, "demo-069", ENHET, "koordinator").get(f"{HER}/{sti}").status_code == 403


def test_who_represents_the_person_is_written_down_and_taken_away(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_)
        assert "Velg hvem representanten er." in send(leser, f"{HER}/representant", navn="Per").text
        send(leser, f"{HER}/representant", navn="Per", slag="verge")
        send(leser, f"{HER}/representant", navn=" ")
        assert [kropp for *_, kropp in by_.svart] == [{"slag": "verge", "navn": "Per"}, {}]


# -- a meeting --------------------------------------------------------------------------------------------------------

FYLT = {
    "dato": "2024-02-20", "klokke": "10:00", "sted": "Møterom 2", "formaal": "Hva nå?", "saker": "Bolig\n\nJobb ",
}  # fmt: skip


def test_the_group_is_summoned_with_the_norwegian_time_that_was_written(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        svar = send(koordinator(by_), f"{HER}/innkalling", **FYLT)
        assert svar.headers["location"] == f"{HER}?gjort=innkalt"
        assert by_.svart == [
            (
                "ansvarsgruppe", ref(1), f"gruppe/{GRUPPE}/moete",
                {
                    "tid": "2024-02-20T10:00:00+01:00", "sted": "Møterom 2", "video": "", "formaal": "Hva nå?",
                    "saker": ["Bolig", "Jobb"], "inviterte": [ACT], "innspill_til": None, "opphold_ref": None,
                },
            )
        ]  # fmt: skip


def test_when_the_person_is_ready_for_discharge_the_form_is_about_the_stay_and_says_who_learns_only_the_time(
    tmp_path: Path,
) -> None:
    with by(tmp_path) as by_:
        klar = opphold(status=Oppholdsstatus.UTSKRIVNINGSKLAR, utskrivningsklar=NÅ.date())
        by_.gi("samhandling", ref(102), ref(1), {ENHET: klar})
        leser = koordinator(by_)
        side = leser.get(f"{HER}/innkalling").text
        assert "får bare vite tid og sted" in side
        send(leser, f"{HER}/innkalling", **FYLT)
        assert by_.svart[-1][3]["opphold_ref"] == ref(102)


def test_what_must_be_there_is_marked_so_that_the_form_says_what_is_missing_while_one_writes(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        side = koordinator(by_).get(f"{HER}/innkalling").text
        må = {re.search(r'name="(\w+)"', felt)[1] for felt in re.findall(r"<(?:input|textarea)[^>]* required", side)}  # type: ignore[index]
        assert må == {"dato", "klokke", "sted", "formaal"}


def test_what_cannot_be_sent_is_said_and_every_word_stands(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        svar = send(koordinator(by_), f"{HER}/innkalling", **{**FYLT, "dato": "2024-01-20"})
        assert "Møtet må være fram i tid." in svar.text
        assert felter(svar.text)["formaal"] == ["Hva nå?"]
        assert by_.svart == []


def test_a_summons_on_what_has_changed_says_what_and_keeps_what_was_written(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_)
        skjema = felter(leser.get(f"{HER}/innkalling").text)
        tre = (medlem(0, ENHET), medlem(1, ACT), medlem(2, NAV))
        by_.gi("ansvarsgruppe", GRUPPE, ref(1), {ENHET: gruppe(medlemmer=tre)})
        svar = leser.post(f"{HER}/innkalling", {**skjema, **FYLT})
        assert "NAV sosialtjeneste Årstad er med." in svar.text
        assert 'name="formaal" value="Hva nå?"' in svar.text
        assert by_.svart == []


def test_a_summons_that_says_that_no_group_was_seen_is_decided_on_nothing_that_stands(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_)
        skjema = felter(leser.get(f"{HER}/innkalling").text)
        svar = leser.post(f"{HER}/innkalling", {**skjema, **FYLT, "versjon": "0"})
        assert (svar.status_code, by_.svart) == (409, [])
        assert 'name="formaal" value="Hva nå?"' in svar.text


@pytest.mark.parametrize(("svar", "kommer"), [("kommer", True), ("kommer-ikke", False)])
def test_who_is_summoned_answers(tmp_path: Path, svar: str, kommer: bool) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_)
        by_.gi("ansvarsgruppe", ref(81), ref(1), {ENHET: møte(av_part=ACT)})
        side = leser.get(HER).text
        assert "Dere har ikke svart ennå." in side
        leser.post(f"{HER}/moete/{ref(81)}/svar", knapp(side, f"{svar}-{ref(81)}"))
        assert by_.svart == [("ansvarsgruppe", ref(81), "moete/svar", {"kommer": kommer})]


def test_who_summons_is_not_asked_whether_they_come(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_)
        by_.gi("ansvarsgruppe", ref(81), ref(1), {ENHET: møte(av_part=ENHET)})
        side = leser.get(HER).text
        assert "Møterom 2" in side
        assert "Vi kommer" not in side


def test_who_is_told_only_when_and_where_is_told_that_the_rest_is_not_shared(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        alene = replace(møte(), innhold=None, deltakere=møte().deltakere[1:2], sted=møte().sted)
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        by_.gi("ansvarsgruppe", ref(81), ref(1), {ACT: alene})
        side = som(by_, "demo-102", ACT, "act-medlem").get(HER).text
        assert "Møterom 2" in side
        assert "Hva møtet handler om, er ikke delt med dere." in side
        assert "Avlys møtet" not in side


def test_a_meeting_is_called_off_for_a_reason(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_)
        by_.gi("ansvarsgruppe", ref(81), ref(1), {ENHET: møte(av_part=ACT)})
        skjema = knapp(leser.get(HER).text, f"kommer-{ref(81)}")
        sti = f"{HER}/moete/{ref(81)}/avlys"
        assert leser.post(sti, {**skjema, "grunn": "derfor"}).status_code == 409
        leser.post(sti, {**skjema, "grunn": "sykdom"})
        assert by_.svart == [("ansvarsgruppe", ref(1), f"moete/{ref(81)}/avlys", {"grunn": "sykdom"})]


def begynt(by_: By) -> Nettleser:
    leser = koordinator(by_)
    by_.gi("ansvarsgruppe", ref(81), ref(1), {ENHET: møte(tid=NÅ - timedelta(hours=1))})
    return leser


def test_the_minutes_say_who_was_there_what_was_decided_and_who_does_what(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        svar = send(
            begynt(by_), f"{HER}/moete/{ref(81)}/referat", tilstede=["innbygger", ENHET], beslutninger="Søke bolig",
            oppgave_part=[ACT, "", "", ""], oppgave_tekst=["Ringe kommunen", "", "", ""],
            oppgave_frist=["2024-03-01", "", "", ""], uenighet="Om medisin",
        )  # fmt: skip
        assert svar.headers["location"] == f"{HER}?gjort=referat"
        assert by_.svart == [
            ("ansvarsgruppe", ref(1), f"moete/{ref(81)}/holdt", {"tilstede": ["innbygger", ENHET]}),
            (
                "ansvarsgruppe", ref(1), f"moete/{ref(81)}/referat",
                {
                    "maal": "", "beslutninger": ["Søke bolig"], "uenighet": "Om medisin", "neste": None,
                    "oppgaver": [{"part": ACT, "tekst": "Ringe kommunen", "frist": "2024-03-01"}],
                },
            ),
        ]  # fmt: skip


def test_minutes_of_nothing_and_half_a_task_are_not_sent(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser, sti = begynt(by_), f"{HER}/moete/{ref(81)}/referat"
        assert "Mangler: hva dere kom fram til." in send(leser, sti).text
        halv = send(leser, sti, oppgave_part=[ACT], oppgave_tekst=[""], oppgave_frist=[""], maal="Bra")
        assert "Oppgave 1: velg hvem som har ansvaret" in halv.text
        assert by_.svart == []


def test_what_was_held_is_shown_with_its_tasks(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_)
        referat = Klartekst(Referat(maal="Bra", beslutninger=("Søke bolig",), uenighet="Om medisin"))
        holdt = møte(tilstand=Moetetilstand.GODKJENT, tid=NÅ - timedelta(days=1), referat=referat, tiltak=(ref(90),))
        by_.gi("ansvarsgruppe", ref(81), ref(1), {ENHET: holdt})
        by_.gi("ansvarsgruppe", ref(90), ref(1), {ENHET: tiltak("Ringe kommunen")})
        side = leser.get(HER).text
        for ord_ in (
            "Tidligere møter",
            "Søke bolig",
            "Om medisin",
            "Ringe kommunen",
            "ACT-team Kronstad har ansvaret.",
        ):
            assert ord_ in side


def test_nav_without_anything_shared_has_no_such_page(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        koordinator(by_)
        assert som(by_, "demo-073", NAV, "nav-veileder").get(HER).status_code == 403


@pytest.mark.parametrize("sti", ["inviter", "representant", "innkalling", f"moete/{ref(81)}/referat"])
def test_a_role_that_may_not_has_no_form(tmp_path: Path, sti: str) -> None:
    with by(tmp_path) as by_:
        koordinator(by_)
        assert som(by_, "demo-067", ENHET, "enhet-ansatt").get(f"{HER}/{sti}").status_code == 403


def test_a_role_that_appoints_nobody_has_no_form_for_it(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        koordinator(by_)
        assert som(by_, "demo-067", ENHET, "enhet-ansatt").get(f"/pasient/{ref(1)}/koordinator").status_code == 403


def test_what_is_missing_is_said_in_the_order_of_the_form() -> None:
    assert sjekk_innkalling(Innkalling(), NÅ).mangler == (
        "dag", "klokkeslett", "sted eller lenke til video", "hva møtet skal handle om",
    )  # fmt: skip
    sen = Innkalling("2024-02-20", "10:00", "her", "", "hva", "", innspill="2024-02-21")
    assert sjekk_innkalling(sen, NÅ).feil == ("Fristen for innspill må være senest på møtedagen.",)
    lang = Innkalling("2024-02-20", "10:00", "x" * 201, "", "x" * 4001, "\n".join("x" * 21))
    assert len(sjekk_innkalling(lang, NÅ).feil) == 3
    assert not sjekk_referat(Ført(maal="Bra"))


def representanten(navn: str, slag: str = "verge") -> Any:
    return gruppe(representant_slag=slag, representant=Klartekst(Tekst(tekst=navn)))


def taler(by_: By) -> Nettleser:
    leser = som(by_, "demo-127", "representant", "representant")
    merke = leser.get("/velg/person").text.partition('name="merke" value="')[2].partition('"')[0]
    assert leser.post("/velg/person", {"person": ref(1), "merke": merke}).headers["location"] == "/tavle"
    return leser


def test_rules_2_3_a_representative_reads_group_and_plan_says_whether_they_come_and_decides_nothing(
    tmp_path: Path,
) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {"representant": person("Ola")})
        by_.gi("ansvarsgruppe", ref(104), ref(1), {"representant": plan()})
        by_.gi("ansvarsgruppe", GRUPPE, ref(1), {"representant": representanten("Per Verge")})
        deltaker = Moetedeltaker(part="representant", svar=Moetesvar.IKKE_SVART, tilstede=False)
        by_.gi("ansvarsgruppe", ref(81), ref(1), {"representant": møte(deltakere=(deltaker,))})
        leser = taler(by_)
        side = leser.get(HER).text
        assert "Per Verge (verge): representant" in side
        assert "Jeg kommer" in side
        for id_ in ("sett-koordinator", "kall-inn", "inviter", "representant", "opprett"):
            assert f'id="{id_}"' not in side
        assert leser.post(f"{HER}/moete/{ref(81)}/svar", knapp(side, f"kommer-{ref(81)}")).status_code == 303
        assert by_.svart[-1] == ("ansvarsgruppe", ref(81), "moete/svar", {"kommer": True})


def test_who_was_the_representative_before_sees_nothing_once_the_person_has_named_another(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {"representant": person("Ola")})
        by_.gi("ansvarsgruppe", GRUPPE, ref(1), {"representant": representanten("Per Verge")})
        før = taler(by_)
        assert "Ola" in før.get(f"/pasient/{ref(1)}").text
        by_.gi("ansvarsgruppe", GRUPPE, ref(1), {"representant": representanten("Ada Advokat", "advokat")})
        for sti in (f"/pasient/{ref(1)}", HER):
            nei = før.get(sti)
            assert (nei.status_code, "Ola" in nei.text) == (403, False)
        assert "Ola" in taler(by_).get(f"/pasient/{ref(1)}").text
        by_.gi("ansvarsgruppe", GRUPPE, ref(1), {})
        by_.gi("samhandling", ref(101), ref(1), {})
        assert "Ola" not in før.get(f"/pasient/{ref(1)}").text
