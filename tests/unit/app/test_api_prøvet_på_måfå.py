"""Whatever is sent to the API, as its own document describes it: an answer, or a problem that says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bindeledd.app.http import make_app
from bindeledd.app.installation import open_all
from bindeledd.app.settings import Settings
from bindeledd.core.envelope import Actor
from bindeledd.runtime.http import PROBLEM
from tests.klient import Klient
from tests.ladder import EXAMPLES_A_ROUND, rounds
from tests.stories.folk import registrer

AKTØR = Actor("koordinator", "bergen-kommune", "enhet-aarstad")
MERKE = "Hemmeligheten"


@pytest.fixture(scope="module")
def person_og_klient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Klient]]:
    """A registered person, and a client whose actor may do everything."""
    mappe: Path = tmp_path_factory.mktemp("api")
    with open_all(Settings(data=mappe)) as installasjon:
        app = make_app(installasjon, demo=False)
        app.state.authenticate = lambda _request: AKTØR
        app.state.may = lambda _actor, _act: True
        person = installasjon.engines["samhandling"].command(registrer(AKTØR)).answer
        installasjon.embedded.pump()
        yield person, Klient(app)


@pytest.mark.rounds
def test_every_command_answers_or_says_what_is_wrong(person_og_klient: tuple[str, Klient]) -> None:
    person, klient = person_og_klient
    schema = schemathesis.openapi.from_dict(klient.get("/openapi.json").json())
    operations: list[Any] = list(schema.get_all_operations())
    assert len(operations) > 25
    for operation in operations:
        _prøv(operation.ok(), person, klient)


def _prøv(operation: Any, person: str, klient: Klient) -> None:
    @settings(max_examples=EXAMPLES_A_ROUND * rounds(), database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), known=st.booleans())
    def send(case: Any, known: bool) -> None:
        if known and "person_ref" in case.path_parameters:
            case.path_parameters["person_ref"] = person
        _sjekk(operation.label, _sendt(case, klient))

    send()


def _sendt(case: Any, klient: Klient) -> httpx.Response:
    sent = case.as_transport_kwargs(base_url="http://127.0.0.1:8000")
    content = {"content": sent["data"]} if "data" in sent else {}
    rest = {name: sent[name] for name in ("headers", "params", "json") if name in sent}
    return klient.be(sent["method"], sent["url"], **rest, **content)


def _sjekk(label: str, svar: httpx.Response) -> None:
    assert svar.status_code < 500, label
    if svar.is_success and label.startswith("GET "):
        return
    if svar.is_success:
        assert {"stream", "version", "position", "changed"} <= svar.json().keys(), label
        return
    assert svar.headers["content-type"] == PROBLEM, label
    problem = svar.json()
    assert problem["status"] == svar.status_code
    assert problem["detail"], label
    assert svar.status_code != 409 or problem["rule"], label


@pytest.mark.parametrize(
    ("sti", "kropp"),
    [
        ("samhandling/personer", {"fornavn": MERKE, "etternavn": MERKE, "numre": [{"nummer": MERKE, "type": "FNR"}]}),
        ("kriseplan/personer/{person}/plan", {"medvirkning": [MERKE], "deler": {"roedt_nivaa": MERKE, MERKE: MERKE}}),
        ("barn_paaroerende/personer/{person}/samtale", {"antall_barn": MERKE, "innhold": MERKE}),
        ("ansvarsgruppe/personer/{person}/koordinator", {"part": MERKE, "koordinator": MERKE}),
    ],
)
def test_a_refusal_never_quotes_what_was_sent(
    person_og_klient: tuple[str, Klient], sti: str, kropp: dict[str, Any]
) -> None:
    person, klient = person_og_klient
    svar = klient.post(f"/api/{sti.format(person=person)}", json=kropp)
    assert svar.status_code in (400, 409, 422)
    assert MERKE not in svar.text


def test_a_date_of_birth_that_is_none_is_malformed(person_og_klient: tuple[str, Klient]) -> None:
    _, klient = person_og_klient
    ny = {"fornavn": "A", "etternavn": "B", "født": date.max.isoformat() + "x", "numre": []}
    assert klient.post("/api/samhandling/personer", json=ny).status_code == 422
