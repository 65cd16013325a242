"""How cases went, told again (rules 2.5, 2.6): who had sent, been sent, opened and answered what; nobody is named."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bindeledd.core.envelope import Actor, Envelope
from services.felles.forum import saksnavn
from services.samhandling.avvik.avviksgang import Saksgang, Utvalg, per, som_rader
from tests.dsl import ACT, PAM, given
from tests.rom import HELE_BERGEN
from tests.unit.samhandling.test_avvik import ACT_ENIG, AVVIK, FAKTA, MELD, PAM_ENIG, SVARER, UENIG, UTKAST, ÅPNET
from tests.unit.samhandling.test_eskalering import AVGJORT, LØFTET, VIDERE

START = datetime.fromisoformat("2024-02-05T08:00:00+00:00")
TIME = timedelta(hours=1)
Poster = list[tuple[Envelope, Any]]


def poster(strøm: str, *kommandoer: Any, fra: int = 1) -> Poster:
    """The records that these commands lead to, an hour between each two commands."""
    ut: Poster = []
    gitt = given(AVVIK)
    for nummer, kommando in enumerate(kommandoer):
        resultat = gitt.when(kommando)
        gitt = resultat.etter()
        for event in resultat.events:
            ut.append((konvolutt(strøm, fra + len(ut), START + nummer * TIME, event), event))
    return ut


def konvolutt(strøm: str, posisjon: int, tid: datetime, event: Any) -> Envelope:
    return Envelope(
        f"{posisjon:032x}", event.avro_name, strøm, posisjon, b"", 1, posisjon, "en-person", (), tid, tid, tid,
        Actor("system", "4601", "samhandling"), "", "", "", 0,
    )  # fmt: skip


def baner(gang: Saksgang) -> dict[str, str]:
    (sak,) = gang.saker.values()
    return {bane.part: bane.status for bane in sak.baner}


HELE = (UTKAST, MELD, ÅPNET, SVARER, ACT_ENIG, PAM_ENIG)


@pytest.mark.parametrize(
    ("timer", "ventet"),
    [
        (0, {}),
        (1, {ACT: "sendt, ikke svart", PAM: "sendt, ikke åpnet"}),
        (2, {ACT: "sendt, ikke svart", PAM: "åpnet, ikke svart"}),
        (3, {ACT: "sendt, ikke åpnet", PAM: "åpnet"}),
        (4, {ACT: "åpnet", PAM: "åpnet"}),
    ],
)
def test_each_partys_lane_says_what_it_had_to_do_by_then(timer: int, ventet: dict[str, str]) -> None:
    assert baner(per(poster("a" * 32, *HELE), START + timer * TIME)) == ventet


def test_a_moment_before_the_first_record_knows_no_case() -> None:
    assert per(poster("a" * 32, *HELE), START - TIME).saker == {}


def test_a_moment_is_counted_with_what_was_written_at_it() -> None:
    gang = per(poster("a" * 32, *HELE), START + TIME)
    (rad, _) = [rad for sak in gang.stilling(Utvalg(HELE_BERGEN)) for rad in som_rader(sak)]
    assert (rad["tilstand"], rad["meldt"] is not None) == ("SENDT", True)


def test_how_a_case_stood_is_the_same_whatever_came_later() -> None:
    """Cutting the log at a moment, and asking as of it, is one thing."""
    alle = [*poster("a" * 32, *HELE), *poster("b" * 32, UTKAST, MELD, UENIG, fra=100)]
    alle.sort(key=lambda post: (post[0].registrert, post[0].position))
    for timer in range(7):
        da = START + timer * TIME
        kuttet = [post for post in alle if post[0].registrert <= da]
        assert per(alle, da).saker == per(kuttet, da + 99 * TIME).saker


def test_the_steps_name_the_party_that_did_each() -> None:
    gang = Saksgang()
    steg = [gang.følg(*post) for post in poster("a" * 32, *HELE)]
    gjort = [(s.hendelse, s.part) for s in steg if s.hendelse.startswith("Avvik")]
    assert gjort == [
        ("AvvikUtkastLaget", ""), ("AvvikMeldt", ACT), ("AvvikMottatt", PAM), ("AvvikBesvart", PAM),
        ("AvvikEnighetMeldt", ACT), ("AvvikEnighetMeldt", PAM), ("AvvikLukket", ""),
    ]  # fmt: skip
    assert steg[-1].tilstand == "LUKKET"


def test_2_6_a_forum_has_a_lane_of_its_own_from_when_the_case_is_put_up_for_it() -> None:
    til = (UTKAST, MELD, ÅPNET, UENIG, LØFTET, VIDERE, AVGJORT)
    ventet = {
        3: None, 4: ("dpr-kronstad", "venter på møtet"), 5: ("fagleg-utval", "venter på møtet"),
        6: ("fagleg-utval", "behandlet"),
    }  # fmt: skip
    for timer, forumets in ventet.items():
        (da,) = per(poster("a" * 32, *til), START + timer * TIME).saker.values()
        bane = next(((b.part, b.status) for b in da.baner if b.forum), None)
        assert bane == forumets, timer
    (sak,) = per(poster("a" * 32, *til), START + 6 * TIME).saker.values()
    rader = [*som_rader(sak)]
    assert [rad["rolle"] for rad in rader] == ["meldte", "gjelder", "forum"]
    assert {rad["part"]: rad["status"] for rad in rader if rad["rolle"] != "forum"} == {
        ACT: "sendt, ikke åpnet", PAM: "sendt, ikke åpnet",
    }  # fmt: skip


def test_2_5_a_forum_waits_no_more_for_what_the_two_have_agreed_on() -> None:
    (sak,) = per(
        poster("a" * 32, UTKAST, MELD, UENIG, LØFTET, PAM_ENIG, ACT_ENIG), START + 6 * TIME
    ).saker.values()  # fmt: skip
    assert [b.status for b in sak.baner if b.forum] == ["behandlet"]


def test_the_steps_of_a_forum_name_it_and_nobody_who_sits_there() -> None:
    gang = Saksgang()
    steg = [gang.følg(*post) for post in poster("a" * 32, UTKAST, MELD, UENIG, LØFTET, VIDERE, AVGJORT)]
    av_forum = [(s.hendelse, s.part) for s in steg if s.hendelse in ("AvvikEskalert", "AvvikForumBehandlet")]
    assert av_forum == [
        ("AvvikEskalert", ACT), ("AvvikForumBehandlet", "dpr-kronstad"), ("AvvikForumBehandlet", "fagleg-utval"),
    ]  # fmt: skip
    assert "demo-141" not in repr(steg)


def test_2_6_no_person_no_stay_and_nobody_who_works_anywhere_is_named() -> None:
    om = replace(MELD, fakta=replace(FAKTA, opphold_ref="o" * 32))
    alle = poster("a" * 32, UTKAST, om, ÅPNET, SVARER)
    gang = Saksgang()
    sagt = repr([gang.følg(*post) for post in alle])
    sagt += repr([rad for sak in gang.stilling(Utvalg(HELE_BERGEN)) for rad in som_rader(sak)])
    for hemmelig in ("a" * 32, "o" * 32, "en-person", om.melder, ÅPNET.av, SVARER.av):
        assert hemmelig not in sagt
    assert saksnavn("a" * 32) in sagt


@pytest.mark.parametrize(
    ("utvalg", "er_med"),
    [
        ({}, True),
        ({"kategori": "TIDLIGMELDING"}, True),
        ({"kategori": "EPIKRISE"}, False),
        ({"dps": HELE_BERGEN.parter[ACT].dps or ""}, True),
        ({"dps": "dps-solli"}, False),
        ({"bydel": "arna"}, False),
    ],
)
def test_cases_are_chosen_by_what_and_whose_they_are(utvalg: dict[str, str], er_med: bool) -> None:
    gang = per(poster("a" * 32, UTKAST, MELD), START + 9 * TIME)
    assert bool([*gang.stilling(Utvalg(HELE_BERGEN, **utvalg))]) is er_med


def test_cases_beside_one_another_do_not_mix() -> None:
    en, to = poster("a" * 32, *HELE), poster("b" * 32, UTKAST, MELD, UENIG)
    hver_for_seg = {**per(en, START + 99 * TIME).saker, **per(to, START + 99 * TIME).saker}
    for nummer in range(20):
        tilfeldig, rekke, (a, b) = random.Random(nummer), Poster(), ([*en], [*to])
        while a or b:
            rekke.append((a if a and (not b or tilfeldig.random() < 0.5) else b).pop(0))
        assert per(rekke, START + 99 * TIME).saker == hver_for_seg
