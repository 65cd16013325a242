"""The pages of forums: the meetings, the agenda, one matter without names, and what was decided (rules 2.6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.schema.generated.felles import FristTilstand, Oppgaveslag
from bindeledd.schema.generated.samhandling import Avvikslukking, Avvikstilstand, Forumutfall, FristVist
from services.felles.forum import saksnavn
from tests.avvikssider import behandling, eskalert, forumsak, meldt, mønster, sagt, uenig
from tests.nettsider import ACT, NÅ, PAM, By, Nettleser, by, oppgave, ref, som_act
from tests.unit.web.test_avvikssiden import HER as SAKEN
from tests.unit.web.test_avvikssiden import hos_act
from tests.unit.web.test_gruppesiden import knapp, send, som
from tests.unit.web.test_oppslag import skrevet
from web import avviksord

FORUM, SAK, MØNSTER = "forum", ref(300), ref(301)
LISTE, HER = "/forum/saksliste?forum=dpr-kronstad", f"/forum/sak/{SAK}"


def i_forumet(by_: By, views: dict[str, Any] | None = None, rolle: str = "forumsekretaer") -> Nettleser:
    for ref_, view in (views or {SAK: forumsak()}).items():
        by_.gi("samhandling", ref_, None, {FORUM: view})
    return som(by_, "demo-141" if rolle == "forumsekretaer" else "demo-131", FORUM, rolle)


def test_every_outcome_has_its_words_and_its_choice() -> None:
    assert set(avviksord.UTFALL) == set(Forumutfall)
    assert set(avviksord.VALG) == set(Forumutfall) - {Forumutfall.UKJENT}


# -- the meetings and the agenda --------------------------------------------------------------------------------------


def test_whoever_sits_in_a_forum_begins_with_its_meetings_those_with_something_on_first(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = i_forumet(by_, rolle="forumdeltaker")
        assert leser.get("/tavle").headers["location"] == "/forum"
        side = leser.get("/forum").text
        assert "1 sak på sakslista" in side
        assert "tirsdag 13. februar</time>" in side
        assert side.index("DPR Kronstad") < side.index("DPR Betanien")
        assert "Områdeutval for Bergen" in side
        assert ">SAPH<" not in side, "it is no more"


def test_the_agenda_tells_cases_and_patterns_with_the_figures_that_show_them(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = i_forumet(by_, {SAK: forumsak(), MØNSTER: mønster()})
        side = leser.get(LISTE).text
        for ord_ in (
            "Tidligmeldingen kom for sent", "ACT-/FACT-team og Psykiatrisk akuttmottak, i området til DPS Kronstad",
            "7 avvik av samme slag mellom de samme to enhetene", "Møtet <time", "senest", "mandag 5. februar",
        ):  # fmt: skip
            assert ord_ in side, ord_
        assert "PAM" not in side.partition("<main")[2]
        assert "Ingen saker er løftet hit." in leser.get("/forum/saksliste?forum=dpr-solli").text
        assert leser.get("/forum/saksliste?forum=saph").status_code == 404


def test_1_6_few_of_a_kind_are_not_counted(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        assert "Færre enn fem avvik" in i_forumet(by_, {MØNSTER: mønster(antall=0, faa=True)}).get(LISTE).text


def test_what_was_settled_sent_on_and_sent_back_stands_with_the_forum_that_did_it(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        videre = behandling(Forumutfall.SENDT_VIDERE, til_forum="fagleg-utval")
        leser = i_forumet(
            by_,
            {
                ref(310): forumsak(
                    tilstand=Avvikstilstand.LUKKET, lukket=NÅ, ved=Avvikslukking.FORUM, moete=None,
                    behandlinger=(behandling(Forumutfall.AVGJORT),), tekster=(sagt("Den som legger inn, melder"),),
                ),
                ref(311): forumsak(forum="fagleg-utval", behandlinger=(videre,), tekster=(sagt("For stort for oss"),)),
                ref(312): forumsak(
                    tilstand=Avvikstilstand.UENIG, moete=None, behandlinger=(behandling(Forumutfall.TILBAKE),),
                    tekster=(sagt("Snakk sammen"),),
                ),
            },
        )  # fmt: skip
        side = leser.get(LISTE).text
        assert [side.index(f">{t}</h2>") for t in ("Sendt videre", "Tilbake hos enhetene", "Avgjort")] == sorted(
            side.index(f">{t}</h2>") for t in ("Sendt videre", "Tilbake hos enhetene", "Avgjort")
        )
        assert "På sakslista" not in side
        oppe = leser.get("/forum/saksliste?forum=fagleg-utval").text
        assert "På sakslista" in oppe
        sak = leser.get(f"/forum/sak/{ref(311)}").text
        for ord_ in ("DPR Kronstad sendte saken videre", "Neste: Fagleg utval psykisk helse.", "For stort for oss"):
            assert ord_ in sak


def test_2_6_what_was_put_up_for_saph_stands_with_what_saph_became(tmp_path: Path) -> None:
    """The ladder changed on 1 August 2022; this is 2024."""
    with by(tmp_path) as by_:
        leser = i_forumet(
            by_,
            {
                SAK: forumsak(
                    forum="saph", behandlinger=(behandling(Forumutfall.UTSATT, forum="saph"),), tekster=(sagt("x"),)
                )
            },
        )
        side = leser.get("/forum/saksliste?forum=fagleg-utval").text
        assert "Har tatt over for SAPH." in side
        assert "På sakslista" in side
        assert "SAPH utsatte saken" in leser.get(HER).text


def test_2_6_what_is_put_up_for_what_a_forum_is_to_become_stands_on_the_forums_own_agenda_till_then(
    tmp_path: Path,
) -> None:
    """The last day of the old ladder; the matter is for a meeting in October."""
    sist = datetime(2022, 7, 31, 10, 0, tzinfo=UTC)
    with by(tmp_path) as by_:
        by_.klokke.now = sist
        sak = forumsak(forum="fagleg-utval", moete=date(2022, 10, 13))
        side = i_forumet(by_, {SAK: sak}).get("/forum/saksliste?forum=saph").text
        assert "På sakslista" in side
        assert "torsdag 13. oktober" in side


# -- one matter -------------------------------------------------------------------------------------------------------


def test_a_case_is_read_without_names_and_no_look_up_is_written_for_nobody_can_be_known(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = i_forumet(by_)
        side = leser.get(HER).text
        for ord_ in ("Hvem skal melde fra?", f"Sak {saksnavn(SAK)}", "punkt 4.2", "av ACT-/FACT-team"):
            assert ord_ in side, ord_
        assert SAK not in side.partition("<main")[2].replace(f"/forum/sak/{SAK}", "")
        assert skrevet(by_) == []


def test_only_the_secretary_writes_down_what_was_decided_and_only_of_what_waits(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        deltaker = i_forumet(by_, rolle="forumdeltaker")
        assert "Skriv hva forumet bestemte" not in deltaker.get(HER).text
        assert deltaker.get(f"{HER}/beslutning").status_code == 403
        leser = i_forumet(by_, {SAK: forumsak(tilstand=Avvikstilstand.LUKKET, lukket=NÅ, moete=None)})
        assert "Skriv hva forumet bestemte" not in leser.get(HER).text
        assert leser.get(f"{HER}/beslutning").status_code == 403


@pytest.mark.parametrize(
    ("ref_", "view", "hva"), [(SAK, forumsak(), "avvik/forum"), (MØNSTER, mønster(), "moenster/forum")]
)
def test_what_was_decided_is_sent_on_what_was_seen(tmp_path: Path, ref_: str, view: Any, hva: str) -> None:
    with by(tmp_path) as by_:
        leser = i_forumet(by_, {ref_: view})
        sti = f"/forum/sak/{ref_}/beslutning"
        assert "Skriver du dette før den dagen, står det at saken ble tatt opp i dag." in leser.get(sti).text
        svar = send(leser, sti, utfall="SENDT_VIDERE", tekst=" For stort for oss ")
        assert svar.headers["location"].startswith(f"/forum/sak/{ref_}?gjort=")
        assert by_.svart[-1] == (
            "samhandling", ref_, hva, {"av": "demo-141", "utfall": "SENDT_VIDERE", "tekst": "For stort for oss"},
        )  # fmt: skip
        assert by_.sett[-1][1] is not None


@pytest.mark.parametrize(
    ("felt", "feil"),
    [
        ({"utfall": "", "tekst": "x"}, "Velg hva forumet kom til."),
        ({"utfall": "UKJENT", "tekst": "x"}, "Velg hva forumet kom til."),
        ({"utfall": "AVGJORT", "tekst": "  "}, "Skriv hva forumet bestemte."),
        ({"utfall": "AVGJORT", "tekst": "x" * 2001}, "er for lang"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_what_was_written_is_kept(tmp_path: Path, felt: dict[str, str], feil: str) -> None:
    with by(tmp_path) as by_:
        svar = send(i_forumet(by_), f"{HER}/beslutning", **felt)
        assert (svar.status_code, feil in svar.text) == (409, True)
        assert felt["tekst"].strip() in svar.text
        assert by_.svart == []


def test_what_a_rule_refuses_and_what_has_changed_meanwhile_is_said(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = i_forumet(by_)
        by_.nekter = "Det er ikke noe forum over dette."
        svar = send(leser, f"{HER}/beslutning", utfall="SENDT_VIDERE", tekst="Syntetisk")
        assert (by_.nekter in svar.text, "Syntetisk" in svar.text) == (True, True)
        by_.nekter = ""
        gammel = knapp_felt(leser)
        by_.gi("samhandling", SAK, None, {FORUM: forumsak(punkt="5")})
        svar = leser.post(f"{HER}/beslutning", {**gammel, "utfall": "AVGJORT", "tekst": "Syntetisk"})
        assert svar.status_code == 409
        assert by_.svart == []


def knapp_felt(leser: Nettleser) -> dict[str, str]:
    return knapp(leser.get(f"{HER}/beslutning").text, "lagre")


def test_nobody_else_finds_the_pages_and_while_something_stands_still_nothing_is_shown(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = i_forumet(by_)
        act = som_act(by_)
        assert [act.get(sti).status_code for sti in ("/forum", LISTE, HER)] == [403, 403, 403]
        assert 'href="/forum"' not in act.get("/tavle").text
        assert leser.get(f"/forum/sak/{ref(999)}").status_code == 404
        assert leser.get(f"/forum/sak/{ref(999)}/innhold", **{"HX-Request": "true"}).headers["hx-redirect"] == "/forum"
        by_.stanset.append("samhandling")
        svar = leser.get(LISTE)
        assert (svar.status_code, "Hvem skal melde fra?" in svar.text) == (503, False)


# -- the two units ----------------------------------------------------------------------------------------------------


def leder(by_: By, view: object) -> Nettleser:
    by_.gi("samhandling", SAK, ref(1), {ACT: view})
    return som(by_, "demo-138", ACT, "seksjonsleder")


def test_2_6_a_leader_puts_a_disagreement_up_and_who_is_none_cannot(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        ansatt = hos_act(by_, uenig())
        assert "Ta saken opp i samarbeidsforumet" not in ansatt.get(SAKEN).text
        leser = leder(by_, uenig())
        assert "Ta saken opp i samarbeidsforumet" in leser.get(SAKEN).text
        svar = send(leser, f"{SAKEN}/eskaler", svar="Hvem skal melde fra?", rus="ja")
        assert svar.status_code == 303
        assert by_.svart[-1] == (
            "samhandling", SAK, "avvik/eskaler", {"av": "demo-138", "tekst": "Hvem skal melde fra?", "rus": True},
        )  # fmt: skip


def test_both_read_where_it_is_taken_up_and_what_came_of_it(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = leder(by_, eskalert())
        side = leser.get(SAKEN).text
        for ord_ in (
            "DPR Kronstad tar opp saken",
            "tirsdag 13. februar",
            "Hvem skal melde fra?",
            "kan fortsatt bli enige",
        ):
            assert ord_ in side, ord_
        lest = (oppgave(41, Oppgaveslag.LES_FORUMSVAR, part=ACT),)
        avgjort = eskalert(
            tilstand=Avvikstilstand.LUKKET, lukket=NÅ, ved=Avvikslukking.FORUM, moete=None, oppgaver=lest,
            behandlinger=(behandling(Forumutfall.AVGJORT),), forumtekster=(sagt("Den som legger inn, melder"),),
        )  # fmt: skip
        by_.gi("samhandling", SAK, ref(1), {ACT: avgjort})
        side = leser.get(SAKEN).text
        for ord_ in ("DPR Kronstad avgjorde saken", "Den som legger inn, melder", "Les hva samarbeidsforumet sier."):
            assert ord_ in side, ord_
        leser.post(f"{SAKEN}/forumlest", knapp(side, "forumlest"))
        assert [o.tilstand.value for o in by_.gis[SAK][ACT].oppgaver] == ["LOEST"]


def test_2_5_who_got_no_answer_in_time_is_told_to_phone_or_put_it_up_and_the_other_unit_is_not(tmp_path: Path) -> None:
    ute = FristVist(
        navn="avvik_svar", forfall=NÅ - timedelta(days=1), tilstand=FristTilstand.OVERSKREDET, paragraf="lokalt valg"
    )
    with by(tmp_path) as by_:
        leser = leder(by_, meldt(frister=(ute,), oppgaver=(oppgave(41, Oppgaveslag.ESKALER_AVVIK, part=ACT),)))
        side = leser.get(SAKEN).text
        assert "Fristen for å svare er ute. Ring" in side
        assert "Ta saken opp i samarbeidsforumet" in side
        by_.gi("samhandling", SAK, ref(1), {ACT: meldt(av_part=PAM, mot_part=ACT, frister=(ute,))})
        assert 'id="eskaler"' not in leser.get(SAKEN).text


def test_u14_the_leaders_talk_first_and_say_that_they_have(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        i_dag = (oppgave(41, Oppgaveslag.SNAKK_LEDER_TIL_LEDER, part=ACT, frist=NÅ + timedelta(minutes=50)),)
        leser = leder(by_, uenig(oppgaver=i_dag))
        side = leser.get(SAKEN).text
        assert "Lederne skal snakke sammen i dag." in side
        assert "Ta saken opp i samarbeidsforumet" not in side
        leser.post(f"{SAKEN}/snakket", knapp(side, "snakket"))
        assert by_.svart == [("samhandling", SAK, "avvik/snakket", {"av": "demo-138"})]
        by_.gi("samhandling", SAK, ref(1), {ACT: uenig()})
        assert "Ta saken opp i samarbeidsforumet" in leser.get(SAKEN).text


def test_u14_who_is_no_leader_does_not_say_that_the_leaders_have_talked(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        i_dag = (oppgave(41, Oppgaveslag.SNAKK_LEDER_TIL_LEDER, part=ACT, frist=NÅ + timedelta(minutes=50)),)
        ansatt = hos_act(by_, uenig(oppgaver=i_dag))
        side = ansatt.get(SAKEN).text
        assert ("Lederne skal snakke sammen i dag." in side, 'id="snakket"' in side) == (True, False)
        ansatt.post(f"{SAKEN}/snakket", knapp(side, "lest") if 'id="lest"' in side else knapp(side, "enig"))
        assert by_.svart == []
