"""A working session: at most twelve hours, and only while the post is held."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from bindeledd.core.errors import NotAllowed
from tests.nettsider import ACT, ADRESSE, By, Nettleser, by, oppsett, som_act
from web.økt import IngenØkt, Økt, Økter

ØKT = Økt("a" * 32, "demo-102", ACT, "act-medlem")


def økter(by_: By) -> Økter:
    return Økter(by_.inne.around.keyring, oppsett().katalog)


def test_a_session_comes_back_as_it_was_made(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        alle = økter(by_)
        assert alle.les(alle.kake(ØKT, by_.klokke.now), by_.klokke.now) == ØKT


def test_a_session_ends_after_twelve_hours(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som_act(by_)
        by_.gå(timedelta(hours=12))
        assert leser.get("/tavle").status_code == 200
        by_.gå(timedelta(seconds=1))
        assert leser.get("/tavle").headers["location"] == "/velg"


@pytest.mark.parametrize("kake", [None, "", "tull", "gAAAAA"])
def test_what_is_not_our_cookie_is_no_session(tmp_path: Path, kake: str | None) -> None:
    with by(tmp_path) as by_, pytest.raises(IngenØkt):
        økter(by_).les(kake, by_.klokke.now)


def test_a_changed_cookie_is_no_session(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        alle = økter(by_)
        kake = alle.kake(ØKT, by_.klokke.now)
        for sted in (10, len(kake) // 2, len(kake) - 5):
            endret = kake[:sted] + ("A" if kake[sted] != "A" else "B") + kake[sted + 1 :]
            with pytest.raises(IngenØkt):
                alle.les(endret, by_.klokke.now)


def test_a_session_ends_when_the_user_no_longer_has_the_post(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        kake = økter(by_).kake(ØKT, by_.klokke.now)
        bruker = replace(oppsett().katalog.users["demo-102"], posts=())
        katalog = replace(oppsett().katalog, users=MappingProxyType({"demo-102": bruker}))
        with pytest.raises(IngenØkt):
            Økter(by_.inne.around.keyring, katalog).les(kake, by_.klokke.now)


def test_a_role_that_the_user_does_not_have_cannot_be_chosen(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        svar = Nettleser(by_.app()).post("/velg", {"bruker": "demo-103", "part": ACT, "rolle": "act-medlem"})
        assert svar.status_code == 403
        assert "set-cookie" not in svar.headers


def test_a_session_that_is_left_is_gone(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som_act(by_)
        leser.post("/ut")
        assert leser.get("/tavle").headers["location"] == "/velg"


@pytest.mark.parametrize(("skjema", "bare_kryptert"), [("https", True), ("http", False)])
def test_a_session_that_began_over_tls_is_never_sent_in_the_clear(
    tmp_path: Path, skjema: str, bare_kryptert: bool
) -> None:
    adresse = ADRESSE.replace("http:", f"{skjema}:")
    with by(tmp_path) as by_:
        leser = Nettleser(by_.app(), opphav=adresse, adresse=adresse)
        svar = leser.post("/velg", {"bruker": "demo-102", "part": ACT, "rolle": "act-medlem"})
        assert ("; secure" in svar.headers["set-cookie"].lower()) is bare_kryptert


def test_each_page_has_a_mark_of_its_own_and_no_other_sessions_is_taken(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        alle = økter(by_)
        første, neste = alle.merke(ØKT, "1" * 32), alle.merke(ØKT, "2" * 32)
        assert første != neste
        alle.krev_merke(ØKT, første)
        alle.krev_merke(ØKT, neste)
        andres = alle.merke(replace(ØKT, ref="b" * 32), "1" * 32)
        for galt in ("", "1" * 32, neste[:32] + første[32:], andres):
            with pytest.raises(NotAllowed):
                alle.krev_merke(ØKT, galt)


def test_a_page_is_sent_compressed(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        assert som_act(by_).get("/tavle").headers["content-encoding"] == "gzip"
