"""Who may reach a page before login exists, and what browsers may do with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.nettsider import ACT, Nettleser, by, som_act

INN = {"bruker": "demo-102", "part": ACT, "rolle": "act-medlem"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    with by(tmp_path_factory.mktemp("by")) as by_:
        yield by_.app()


@pytest.mark.parametrize("adresse", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may_come_in(app: FastAPI, adresse: str) -> None:
    assert Nettleser(app, adresse).get("/velg").status_code == 200


@pytest.mark.parametrize("adresse", ["10.0.0.7", "192.168.1.2", "2001:db8::1", "::ffff:10.0.0.7", "testclient", ""])
def test_every_other_machine_is_refused_with_a_plain_explanation(app: FastAPI, adresse: str) -> None:
    svar = Nettleser(app, adresse).get("/velg")
    assert svar.status_code == 403
    assert "bare brukes på maskinen der Bindeledd kjører" in svar.text


@pytest.mark.parametrize("hode", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"])
def test_a_forwarded_request_is_refused_whatever_address_it_claims(app: FastAPI, hode: str) -> None:
    assert Nettleser(app).get("/velg", **{hode: "127.0.0.1"}).status_code == 403


@pytest.mark.parametrize("navn", ["bindeledd.example", "127.0.0.1.example", "localhost.example", "10.0.0.7", ""])
def test_a_strange_name_that_points_here_is_refused(app: FastAPI, navn: str) -> None:
    assert Nettleser(app).get("/velg", Host=navn).status_code == 403


@pytest.mark.parametrize("navn", ["localhost", "localhost:8000", "127.0.0.1:9", "[::1]:8000"])
def test_the_machines_own_names_are_let_in(app: FastAPI, navn: str) -> None:
    assert Nettleser(app).get("/velg", Host=navn).status_code == 200


@pytest.mark.parametrize("opphav", [None, "null", "http://ond.example", "http://127.0.0.1:8001", "http://127.0.0.1"])
def test_a_form_from_another_page_is_refused(app: FastAPI, opphav: str | None) -> None:
    svar = Nettleser(app, opphav=opphav).post("/velg", INN)
    assert svar.status_code == 403
    assert "set-cookie" not in svar.headers


@pytest.mark.parametrize("sti", ["/velg", "/tavle", "/tavle/innhold", "/meldinger", "/pasient/tull", "/finnes-ikke"])
def test_no_page_is_kept_or_runs_anything_that_is_not_ours(tmp_path: Path, sti: str) -> None:
    with by(tmp_path) as by_:
        svar = som_act(by_).get(sti)
        assert svar.headers["cache-control"] == "no-store"
        assert "default-src 'none'; script-src 'self'" in svar.headers["content-security-policy"]
        assert "unsafe" not in svar.headers["content-security-policy"]
        assert "<script>" not in svar.text
        assert " style=" not in svar.text
        assert " onclick=" not in svar.text


def test_the_session_cookie_is_for_the_server_alone(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        kake = Nettleser(by_.app()).post("/velg", INN).headers["set-cookie"]
        assert "HttpOnly" in kake
        assert "SameSite=strict" in kake
        assert "demo-102" not in kake
