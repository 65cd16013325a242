"""Reading and using a crisis plan: red level, one sheet with all of it, who has it, its versions, and its uses."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Deling, Oppgaveslag
from bindeledd.schema.generated.kriseplan import (
    Brukserfaring,
    Kontakt,
    Kontakter,
    KriseplanErfaring,
    KriseplanKopi,
    Kriseplannivaa,
    Kriseplantilstand,
    KriseplanUtsnitt,
    RoedtNivaa,
)
from bindeledd.schema.generated.tilgang import Visning
from services.kriseplan import revisjon
from services.kriseplan.plan import FELT
from tests.kriseplaner import brukt, kriseplan_i_nivåer
from tests.nettsider import (
    ACT,
    GRUNN,
    NÅ,
    PAM,
    By,
    Nettleser,
    by,
    full_kriseplan,
    kriseplan,
    logg_inn,
    oppgave,
    person,
    ref,
    som_act,
)
from tests.unit.web.test_krisesiden import HER, plan
from tests.unit.web.test_oppslag import skrevet
from web import ord as sagt
from web.krisedeler import SKJEMA, Deler, forskjell
from web.rolle import KRISEPLANDELER

C = replace(GRUNN, grunnlag="C", setning="Personen har samtykket.")
SIDER = ("roedt", "hele", "kopier", "versjoner", "brukt")


def gi(by_: By, utsnitt: KriseplanUtsnitt, part: str = ACT) -> Nettleser:
    by_.gi("samhandling", ref(101), ref(1), {part: person("Ola")})
    by_.gi("kriseplan", ref(103), ref(1), {part: utsnitt})
    return som(by_, part)


def som(by_: By, part: str) -> Nettleser:
    if part == ACT:
        return som_act(by_)
    leser = Nettleser(by_.app())
    logg_inn(
        leser, {PAM: "demo-109", "legevakt": "demo-112"}[part], part, {PAM: "pam-kontakt"}.get(part, "legevakt-lege")
    )
    return leser


def skjult(side: str, nivå: str) -> dict[str, str]:
    """What the button for a level would send."""
    form = next(f for f in re.findall(r"<form.*?</form>", side, re.DOTALL) if f'value="{nivå}"' in f)
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def test_the_pages_know_the_parts_the_fields_and_the_reasons_of_the_service() -> None:
    assert {felt: del_ for del_, alle in KRISEPLANDELER.items() for felt in alle} == FELT
    assert set(SKJEMA) == set(KRISEPLANDELER) == set(sagt.KRISEPLANDEL)
    grunner = {revisjon.UTSKREVET, revisjon.BRUKT, revisjon.KONTAKT_ENDRET, revisjon.DATO}
    assert set(sagt.KRISEPLAN_FORFALT) == grunner
    assert set(sagt.KRISEPLANNIVÅ) == set(Kriseplannivaa)


# -- red level -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [ACT, PAM, "legevakt"])
def test_the_board_leads_to_the_red_level_in_one_click(tmp_path: Path, part: str) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, kriseplan_i_nivåer(grunn=C), part)
        assert f'href="{HER}/roedt"' in leser.get("/tavle").text
        side = leser.get(f"{HER}/roedt").text
        assert side.index("Ring ACT-teamet med en gang") < side.index("Snakk rolig") < side.index("Åpner ikke døra")
        assert 'href="tel:+4755000001"' in side
        assert 'href="tel:113"' in side
        assert Visning.KRISEPLAN in {o.visning for o in skrevet(by_)}


def test_a_red_level_that_was_written_as_a_text_is_shown(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, full_kriseplan())
        side = leser.get(f"{HER}/roedt").text
        assert "Ring ACT-teamet med en gang." in side
        assert 'href="tel:40000000"' in side
        assert "Sover lite" in leser.get(f"{HER}/hele").text


def test_where_the_red_level_is_not_shared_there_is_no_way_to_it(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        bare_ring = replace(kriseplan_i_nivåer(grunn=C), roedt=None)
        leser = gi(by_, bare_ring, PAM)
        assert "roedt" not in leser.get("/tavle").text
        assert leser.get(f"{HER}/roedt").status_code == 403
        assert "40 00 00 00" in leser.get(f"{HER}/hele").text


def test_a_plan_that_is_not_there_or_not_shared_has_no_pages(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, kriseplan())
        assert {leser.get(f"{HER}/{side}").status_code for side in SIDER} == {403}


def test_an_open_page_goes_to_the_one_that_says_that_the_sharing_has_ended(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, kriseplan_i_nivåer(grunn=C), PAM)
        by_.gi("kriseplan", ref(103), ref(1), {})
        svar = leser.get(f"{HER}/roedt/innhold", **{"HX-Request": "true"})
        assert (svar.headers["hx-redirect"], "Ring ACT" in svar.text) == (f"/pasient/{ref(1)}", False)
        etter = leser.get(f"/pasient/{ref(1)}").text
        assert "delingen ble avsluttet" in etter
        assert "Ring ACT" not in etter


@pytest.mark.parametrize("side", ["kopier", "versjoner", "brukt", "status?versjon=1"])
def test_what_is_read_of_a_plan_or_written_in_it_closes_when_it_is_not_shared_any_more(
    tmp_path: Path, side: str
) -> None:
    spør = "" if "?" in side else f'hx-get="{HER}/{side}"'
    with by(tmp_path) as by_:
        leser = gi(by_, kriseplan_i_nivåer())
        assert spør in leser.get(f"{HER}/{side}").text
        by_.gi("kriseplan", ref(103), ref(1), {ACT: kriseplan(Deling.IKKE_DELT)})
        svar = leser.get(f"{HER}/{side}", **{"HX-Request": "true"})
        assert svar.headers["hx-redirect"] == f"/pasient/{ref(1)}"


# -- used ----------------------------------------------------------------------------------------------------------


def test_the_red_level_is_taken_into_use_from_its_page(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, kriseplan_i_nivåer(grunn=C), "legevakt")
        felt = skjult(leser.get(f"{HER}/roedt").text, "ROEDT")
        svar = leser.post(f"{HER}/bruk", felt)
        assert svar.headers["location"] == f"{HER}/roedt?gjort=brukt"
        assert by_.svart == [("kriseplan", ref(1), "plan/bruk", {"av": "demo-112", "nivaa": "ROEDT"})]
        assert "får vite det" in leser.get(f"{HER}/roedt?gjort=brukt").text


def test_the_yellow_level_is_taken_into_use_from_the_whole_plan(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, kriseplan_i_nivåer())
        side = leser.get(f"{HER}/hele").text
        assert len(re.findall(r'data-color="danger"[^>]*>Ta i bruk', side)) == 1, "the red level"
        leser.post(f"{HER}/bruk", skjult(side, "GULT"))
        assert by_.svart[0][3]["nivaa"] == "GULT"


def test_a_level_that_is_not_shared_cannot_be_taken_into_use(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, kriseplan_i_nivåer(grunn=C, tegn_og_tiltak=None, kontakter=None), "legevakt")
        assert leser.get(f"{HER}/roedt").status_code == 200, "without anybody to call"
        side = leser.get(f"{HER}/hele").text
        assert ('value="ROEDT"' in side, 'value="GULT"' in side) == (True, False)


def test_a_role_that_may_not_use_it_has_no_button_and_is_refused(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi(by_, kriseplan_i_nivåer())
        leser = Nettleser(by_.app())
        logg_inn(leser, "demo-101", "dps-kronstad", "barneansvarlig")
        by_.gi("samhandling", ref(101), ref(1), {"dps-kronstad": person("Ola")})
        by_.gi("kriseplan", ref(103), ref(1), {"dps-kronstad": kriseplan_i_nivåer()})
        side = leser.get(f"{HER}/hele").text
        assert "Mormor" in side
        assert "bruk-" not in side
        assert "Snakk rolig" not in side
        assert leser.post(f"{HER}/bruk", {"merke": "f" * 64, "noekkel": "n", "nivaa": "ROEDT"}).status_code == 403


def test_what_the_service_refuses_is_said_with_its_reason(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, kriseplan_i_nivåer(grunn=C), "legevakt")
        felt = skjult(leser.get(f"{HER}/roedt").text, "ROEDT")
        by_.nekter = "Det er ikke gitt samtykke som dekker dette."
        assert "Det er ikke gitt samtykke som dekker dette." in leser.post(f"{HER}/bruk", felt).text


def med_bruk(**endret: Any) -> KriseplanUtsnitt:
    erfart = Klartekst(Brukserfaring(virket="Å snakke rolig", virket_ikke="Blålys"))
    return kriseplan_i_nivåer(
        bruk=(brukt(61), brukt(60, ACT, "demo-102", nivaa=Kriseplannivaa.GULT)), erfaring=erfart,
        oppgaver=(oppgave(62, Oppgaveslag.LES_BRUKT_KRISEPLAN),), **endret,
    )  # fmt: skip


def test_those_who_follow_the_person_read_who_used_it_and_what_worked(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, med_bruk())
        assert "Kriseplanen er tatt i bruk: les hva som skjedde" in leser.get("/tavle").text
        assert f'href="{HER}/brukt"' in leser.get(f"/pasient/{ref(1)}").text
        side = leser.get(f"{HER}/brukt").text
        for tekst in (
            "Rødt nivå",
            "Ida Prøve 109, Psykiatrisk akuttmottak (PAM)",
            "Å snakke rolig",
            "Blålys",
            "Gult nivå",
        ):
            assert tekst in side


def test_two_accounts_of_one_use_both_stand_each_with_who_and_when(tmp_path: Path) -> None:
    siden = (Brukserfaring(virket="Kaffe ute"), Brukserfaring(virket_ikke="For mange folk"))
    view = med_bruk(
        erfaringer=(
            KriseplanErfaring(part="innbygger", av="", evaluert=NÅ, fortalt=0),
            KriseplanErfaring(part=ACT, av="demo-102", evaluert=NÅ - timedelta(hours=1), fortalt=1),
        ),
        fortalt=tuple(map(Klartekst, siden)), evaluering=Klartekst(siden[0]),
    )  # fmt: skip
    with by(tmp_path) as by_:
        side = " ".join(re.sub(r"<[^>]*>", " ", gi(by_, view).get(f"{HER}/brukt").text).split())
        først, siden_ = (
            r"Fortalt etterpå av Personen selv: .*? Virket Kaffe ute",
            "Fortalt etterpå av Bo Prøve 102, ACT",
        )
        assert re.search(f"{først} {siden_}", side)
        assert side.count("Kaffe ute") == side.count("For mange folk") == side.count("Å snakke rolig") == 1


def test_a_view_from_before_all_accounts_were_kept_has_the_newest(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, med_bruk(evaluering=Klartekst(Brukserfaring(virket="Kaffe ute"))))
        side = leser.get(f"{HER}/brukt").text
        assert "Kaffe ute" in side


def test_what_came_of_it_is_told_afterwards(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, med_bruk())
        side = leser.get(f"{HER}/brukt").text
        felt = dict(re.findall(r'name="(noekkel|merke)" value="([^"]*)"', side))
        her = f"{HER}/bruk/{ref(61)}"
        assert "Skriv hva som virket" in leser.post(her, {**felt, "virket": "  "}).text
        assert "høyst 1000 tegn" in leser.post(her, {**felt, "virket": "x" * 1001}).text
        assert by_.svart == []
        svar = leser.post(her, {**felt, "virket": "Turen\r\n", "virket_ikke": ""})
        assert svar.headers["location"] == f"{HER}/brukt?gjort=fortalt"
        kropp = {"av": "demo-102", "virket": "Turen", "virket_ikke": ""}
        assert by_.svart == [("kriseplan", ref(1), f"plan/bruk/{ref(61)}/evaluer", kropp)]


# -- who has it ----------------------------------------------------------------------------------------------------


def test_the_authors_see_who_has_which_version_and_who_had_it(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        side = gi(by_, kriseplan_i_nivåer()).get(f"{HER}/kopier").text
        pam, legevakt = side.index("Psykiatrisk akuttmottak"), side.index("Bergen legevakt")
        assert pam < legevakt, "who has it now comes first"
        assert "Har den nå" in side[pam:legevakt]
        assert "Versjon 2 (utdatert)" in side[pam:legevakt]
        assert "Har den nå" not in side[legevakt:]


def test_a_party_that_has_it_by_consent_sees_that_its_old_version_is_outdated(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        egne = tuple(k for k in kriseplan_i_nivåer().kopier if k.part == PAM)
        leser = gi(by_, kriseplan_i_nivåer(grunn=C, kopier=egne), PAM)
        side = " ".join(leser.get(f"{HER}/roedt").text.split())
        assert "Versjon 3 gjelder. Versjon 2, som dere fikk" in side
        assert "er utdatert" in side
        assert "Bergen legevakt" not in leser.get(f"{HER}/kopier").text


def test_who_writes_the_plan_is_not_told_that_the_old_versions_of_others_are_outdated(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        kopi = (KriseplanKopi(part=PAM, versjon=1, deler=("roedt_nivaa",), fra=NÅ, til=NÅ),)
        assert "er utdatert" not in gi(by_, kriseplan_i_nivåer(kopier=kopi)).get(f"{HER}/roedt").text


def test_the_first_version_says_nothing_of_an_older_one(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        kopi = (KriseplanKopi(part=PAM, versjon=3, deler=("roedt_nivaa",), fra=NÅ),)
        assert "utdatert" not in gi(by_, kriseplan_i_nivåer(grunn=C, kopier=kopi), PAM).get(f"{HER}/roedt").text


# -- versions ------------------------------------------------------------------------------------------------------


def rødt(*tegn: str) -> Klartekst[RoedtNivaa]:
    return Klartekst(RoedtNivaa(tegn=tegn, moetes="Rolig"))


def ny_versjon(by_: By, nr: int, part: str = ACT, **endret: Any) -> None:
    by_.gi("kriseplan", ref(103), ref(1), {part: kriseplan_i_nivåer(versjon=nr, laget=NÅ, **endret)})


def test_what_changed_between_two_versions_is_told_in_words(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, kriseplan_i_nivåer(versjon=1, roedt=rødt("Roper", "Gråter")))
        ny_versjon(by_, 2, roedt=rødt("Gråter", "Går ut om natta"))
        by_.gå(timedelta(hours=1))
        ny_versjon(by_, 2, roedt=rødt("Gråter", "Går ut om natta"), tilstand=Kriseplantilstand.REVISJON_FORFALT)
        side = leser.get(f"{HER}/versjoner").text
        assert "<del>Roper</del>" in side
        assert "<ins>Går ut om natta</ins>" in side
        assert "<del>Gråter</del>" not in side
        assert "Den første versjonen." in side
        assert side.count("<h2") == 2


def test_a_version_gone_through_without_changes_says_so_and_one_before_ours_is_named(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        samme: dict[str, Any] = {"roedt": rødt("Roper")}
        leser = gi(by_, kriseplan_i_nivåer(versjon=3, **samme))
        ny_versjon(by_, 4, **samme)
        side = leser.get(f"{HER}/versjoner").text
        assert "Gått gjennom uten endringer" in side
        assert "har ikke sett versjonen før denne" in side
        assert "Eldre versjoner vises ikke her." in side


def test_a_part_that_is_not_shared_any_more_is_not_in_the_history(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, kriseplan_i_nivåer(versjon=1, roedt=rødt("Hemmelig")))
        uten = tuple(d for d in kriseplan_i_nivåer().deler if d.del_ != "roedt_nivaa")
        ny_versjon(by_, 2, roedt=None, deler=uten)
        assert "Hemmelig" not in leser.get(f"{HER}/versjoner").text


def test_who_has_it_by_consent_has_no_history(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        assert gi(by_, kriseplan_i_nivåer(grunn=C), PAM).get(f"{HER}/versjoner").status_code == 403


def test_the_difference_between_two_texts_and_two_lists() -> None:
    før: Deler = {"roedt_nivaa.tegn": ("a", "b"), "roedt_nivaa.moetes": "Rolig"}
    nå: Deler = {"roedt_nivaa.tegn": ("b", "c"), "roedt_nivaa.moetes": "Rolig"}
    fyll: Deler = {f"roedt_nivaa.{f}": "" for f in ("tiltak", "hjelper_ikke", "annet")}
    (endring,) = forskjell({**før, **fyll}, {**nå, **fyll})
    assert (endring.bort, endring.nytt) == (("a",), ("c",))
    (endring,) = forskjell({**nå, **fyll}, {**nå, **fyll, "roedt_nivaa.tegn": ("c", "b")})
    assert (endring.bort, endring.nytt) == ((), ("Samme innhold i ny rekkefølge",))


# -- the person's page ---------------------------------------------------------------------------------------------


def test_the_persons_page_says_where_the_plan_stands_and_leads_on(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, med_bruk(tilstand=Kriseplantilstand.REVISJON_FORFALT, forfalt=("brukt", "utskrevet")))
        side = leser.get(f"/pasient/{ref(1)}").text
        for sti in ("roedt", "hele", "kopier", "versjoner", "brukt"):
            assert f'href="{HER}/{sti}"' in side
        assert "den er brukt siden den ble laget; personen har vært innlagt siden den ble laget" in side
        assert "Sist brukt" in side
        assert "Snakk rolig" not in side, "what it says stands on its own pages"


def test_the_numbers_to_call_keep_nothing_but_digits(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        rar = Klartekst(Kontakter(kontakter=(Kontakt(navn="N", telefon="javascript:1(2)", naar=""),)))
        assert 'href="tel:12"' in gi(by_, replace(plan(), kontakter=rar)).get(f"{HER}/roedt").text
