"""A command over HTTP: its key, its version, its answer, and each error as problem+json."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

from bindeledd.core.decider import Bestilling, Views
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import (
    BindeleddError,
    InvalidMessage,
    NotAllowed,
    Shredded,
    Stopped,
    TransientError,
    UsedKey,
    WrongVersion,
)
from bindeledd.ops.shred import shred_stream
from bindeledd.runtime.http import PROBLEM, Answer, Asked, caller, carry_out, install, problem_of, version_of
from bindeledd.store import log
from tests.klient import Klient
from tests.nettsider import person
from tests.prøvetjeneste import AKTØR, NOTAT, Ingenting, Noter, Oppsatt, satt_opp, skriver

HEMMELIG = "01810112345 Kari Synteseprøve"


class Kropp(BaseModel):
    model_config = ConfigDict(extra="forbid")
    tekst: str
    antall: int = 1


@pytest.fixture
def oppsatt(tmp_path: Path) -> Iterator[Oppsatt]:
    with satt_opp(tmp_path, skriver()) as oppsatt:
        yield oppsatt


@pytest.fixture
def aktører() -> list[Actor]:
    """Who asks: the last of these."""
    return [AKTØR]


@pytest.fixture
def klient(oppsatt: Oppsatt, aktører: list[Actor]) -> Klient:
    return lag_klient(oppsatt, aktører)


def lag_klient(oppsatt: Oppsatt, aktører: list[Actor]) -> Klient:
    app = FastAPI()
    install(app)
    app.state.authenticate = lambda _request: aktører[-1]
    app.state.may = lambda actor, act: act == "noter"
    engine = oppsatt.engines["skriver"]

    @app.post("/notater/{stream}")
    def noter(stream: str, kropp: Kropp, asked: Annotated[Asked, caller("noter")]) -> Answer:
        command = Noter(kropp.tekst) if kropp.tekst else Ingenting()
        order = Bestilling(NOTAT, stream, command, asked.actor, person_ref="person")
        return carry_out(engine, asked, lambda _lookup: ([order], None), stream=stream)

    @app.post("/kjent/{stream}")
    def kjent(stream: str, asked: Annotated[Asked, caller("noter")]) -> Answer:
        return carry_out(engine, asked, lambda _lookup: ([], stream))

    @app.post("/forbudt")
    def forbudt(asked: Annotated[Asked, caller("noe annet")]) -> None:
        raise AssertionError(asked)

    @app.get("/ødelagt")
    def ødelagt() -> None:
        raise KeyError(HEMMELIG)

    return Klient(app)


def sendt(klient: Klient, tekst: str = "noe", stream: str = "s1", **hoder: str) -> httpx.Response:
    headers = {name.replace("_", "-"): value for name, value in hoder.items()}
    return klient.post(f"/notater/{stream}", json={"tekst": tekst}, headers=headers)


def lagret(oppsatt: Oppsatt, stream: str = "s1") -> int:
    return len(oppsatt.engines["skriver"].read(lambda db: log.read_stream(db, stream)))


def test_an_answer_says_stream_version_and_position(klient: Klient) -> None:
    sendt(klient, stream="annen")
    svar = sendt(klient)
    assert svar.json() == {"stream": "s1", "version": 1, "position": 2, "changed": True, "views": {}}
    assert svar.headers["ETag"] == '"1"'
    assert svar.headers["Bindeledd-Position"] == "2"


def test_a_repeated_key_has_no_second_effect_and_leads_to_the_same_answer(klient: Klient, oppsatt: Oppsatt) -> None:
    sendt(klient)
    first = sendt(klient, idempotency_key="k1")
    sendt(klient, "mer")
    again = sendt(klient, idempotency_key="k1")
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["ETag"] == first.headers["ETag"] == '"2"'
    assert lagret(oppsatt) == 3


def test_a_repeated_key_of_a_request_that_changed_nothing_changes_nothing_either(
    klient: Klient, oppsatt: Oppsatt
) -> None:
    sendt(klient)
    first = sendt(klient, "", idempotency_key="k1")
    sendt(klient, "mer")
    again = sendt(klient, "", idempotency_key="k1")
    assert [svar.json()["changed"] for svar in (first, again)] == [False, False]
    assert first.json()["stream"] == again.json()["stream"] == "s1"
    assert sendt(klient, "noe annet", idempotency_key="k1").status_code == 422
    assert lagret(oppsatt) == 2


def test_an_answer_says_which_views_of_the_callers_own_party_it_led_to(tmp_path: Path, aktører: list[Actor]) -> None:
    views = Views(
        candidates=lambda _state, _grunner: (aktører[-1].party, "nav-fana"),
        utsnitt=lambda state, _part, _grunner: person("Ola", bydel=str(state.antall)),
    )
    tjeneste = skriver()
    med_utsnitt = replace(tjeneste, aggregates=(replace(tjeneste.aggregates[0], views=views),))
    with satt_opp(tmp_path, med_utsnitt) as oppsatt:
        klient = lag_klient(oppsatt, aktører)
        first = sendt(klient, idempotency_key="k1").json()["views"]
        rader = oppsatt.engines["skriver"].read(lambda db: log.read_page(db, 0, 10))
        assert first == {rad.stream: 1 for rad in rader if rad.topic == f"skriver.til.{aktører[-1].party}"} != {}
        assert sendt(klient, "mer").json()["views"] == dict.fromkeys(first, 2)
        assert sendt(klient, idempotency_key="k1").json()["views"] == first


@pytest.mark.parametrize(("sendt_id", "kjent"), [("a" * 32, True), ("Kari-Synteseprove", False), ("A" * 32, False)])
def test_the_callers_id_of_a_request_is_the_correlation_of_what_it_leads_to_if_it_is_a_ref(
    klient: Klient, oppsatt: Oppsatt, sendt_id: str, kjent: bool
) -> None:
    sendt(klient, X_Request_ID=sendt_id)
    engine = oppsatt.engines["skriver"]
    (data,) = engine.read(lambda db: log.read_stream(db, "s1"))
    assert (engine.around.codec.peek(data).correlation == sendt_id) is kjent


def test_without_a_key_each_request_counts(klient: Klient, oppsatt: Oppsatt) -> None:
    sendt(klient)
    sendt(klient)
    assert lagret(oppsatt) == 2


def test_a_key_used_with_another_body_is_422(klient: Klient, oppsatt: Oppsatt) -> None:
    sendt(klient, idempotency_key="k1")
    svar = sendt(klient, "noe annet", idempotency_key="k1")
    assert (svar.status_code, svar.json()["type"]) == (422, "urn:bindeledd:idempotency-key")
    assert lagret(oppsatt) == 1


def test_a_key_used_on_another_address_of_the_same_route_is_422(klient: Klient) -> None:
    sendt(klient, idempotency_key="k1")
    assert sendt(klient, stream="s2", idempotency_key="k1").status_code == 422


def test_a_key_used_on_another_version_is_422_for_that_is_another_decision(klient: Klient, oppsatt: Oppsatt) -> None:
    etag = sendt(klient).headers["ETag"]
    sendt(klient, "mer", idempotency_key="k1", if_match=etag)
    assert sendt(klient, "mer", idempotency_key="k1", if_match='"2"').status_code == 422
    assert sendt(klient, "mer", idempotency_key="k1", if_match=etag).status_code == 200
    assert lagret(oppsatt) == 2


def test_a_key_is_each_actors_own(klient: Klient, oppsatt: Oppsatt, aktører: list[Actor]) -> None:
    sendt(klient, idempotency_key="k1")
    aktører.append(replace(AKTØR, party="dps-kronstad"))
    assert sendt(klient, "noe annet", idempotency_key="k1").status_code == 200
    assert lagret(oppsatt) == 2


def test_a_key_whose_result_has_been_shredded_is_410(klient: Klient, oppsatt: Oppsatt) -> None:
    sendt(klient, idempotency_key="k1")
    shred_stream(oppsatt.keyring, "s1")
    svar = sendt(klient, idempotency_key="k1")
    assert (svar.status_code, svar.json()["type"]) == (410, "urn:bindeledd:shredded")


def test_a_refused_request_leaves_its_key_free(klient: Klient) -> None:
    assert sendt(klient, "forbudt", idempotency_key="k1").status_code == 409
    assert sendt(klient, idempotency_key="k1").status_code == 200


def test_the_key_itself_is_not_kept_for_it_might_hold_anything(klient: Klient, oppsatt: Oppsatt) -> None:
    sendt(klient, idempotency_key="Idempotensmerke")
    for fil in oppsatt.mappe.iterdir():
        assert b"Idempotensmerke" not in fil.read_bytes()


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "\x7f"])
def test_a_key_that_is_none_is_400(klient: Klient, key: str) -> None:
    svar = sendt(klient, idempotency_key=key)
    assert (svar.status_code, svar.json()["type"]) == (400, "urn:bindeledd:malformed")


def test_the_right_version_is_let_through(klient: Klient) -> None:
    etag = sendt(klient).headers["ETag"]
    assert sendt(klient, "mer", if_match=etag).json()["version"] == 2


def test_a_wrong_version_is_412_and_changes_nothing(klient: Klient, oppsatt: Oppsatt) -> None:
    etag = sendt(klient).headers["ETag"]
    sendt(klient, "mer")
    svar = sendt(klient, "på gammelt grunnlag", if_match=etag)
    assert (svar.status_code, svar.json()["type"]) == (412, "urn:bindeledd:version")
    assert lagret(oppsatt) == 2


def test_a_plan_that_has_nothing_to_do_holds_the_version_all_the_same(klient: Klient) -> None:
    gammel, ny = sendt(klient).headers["ETag"], sendt(klient, "mer").headers["ETag"]
    svar = klient.post("/kjent/s1", headers={"If-Match": gammel})
    assert (svar.status_code, svar.json()["type"]) == (412, "urn:bindeledd:version")
    assert klient.post("/kjent/s1", headers={"If-Match": ny}).json()["changed"] is False
    assert klient.post("/kjent/finnes-ikke", headers={"If-Match": ny}).status_code == 412


def test_no_version_is_never_428(klient: Klient) -> None:
    sendt(klient)
    assert sendt(klient, "uten If-Match").status_code == 200


@pytest.mark.parametrize("header", ['W/"1"', "1", '"en"', '"1", "2"', '"-1"'])
def test_a_version_that_is_none_is_refused(header: str) -> None:
    with pytest.raises(InvalidMessage):
        version_of(header)


@pytest.mark.parametrize(("header", "version"), [('"0"', 0), (' "12" ', 12), ("*", None), (None, None)])
def test_a_version_is_read(header: str | None, version: int | None) -> None:
    assert version_of(header) == version


def test_a_broken_rule_is_409_and_names_the_rule(klient: Klient) -> None:
    svar = sendt(klient, "forbudt")
    assert svar.status_code == 409
    assert svar.headers["content-type"] == PROBLEM
    assert svar.json()["rule"] == "prøve §1"
    assert svar.json()["detail"] == "det er ikke lov"


def test_what_changed_nothing_says_so_with_the_version_that_stands(klient: Klient) -> None:
    sendt(klient)
    svar = sendt(klient, "")
    assert svar.json() == {"stream": "s1", "version": 1, "position": 1, "changed": False, "views": {}}


def test_a_role_that_may_not_is_403(klient: Klient) -> None:
    svar = klient.post("/forbudt")
    assert (svar.status_code, svar.headers["content-type"]) == (403, PROBLEM)


@pytest.mark.parametrize(
    "kropp", [{"tekst": 1, HEMMELIG: HEMMELIG}, {"tekst": "a", "antall": HEMMELIG}, {}, HEMMELIG], ids=str
)
def test_a_malformed_body_is_422_and_never_quoted(klient: Klient, kropp: Any) -> None:
    svar = klient.post("/notater/s1", json=kropp)
    assert (svar.status_code, svar.headers["content-type"]) == (422, PROBLEM)
    assert svar.json()["errors"]
    assert "Kari" not in svar.text


def test_a_body_that_is_not_json_is_422_and_never_quoted(klient: Klient) -> None:
    svar = klient.post("/notater/s1", content=f'{{"tekst": {HEMMELIG}', headers={"content-type": "application/json"})
    assert (svar.status_code, "Kari" in svar.text) == (422, False)


def test_an_unknown_address_and_method_are_problems_too(klient: Klient) -> None:
    assert klient.get("/finnes/ikke").headers["content-type"] == PROBLEM
    assert klient.get("/notater/s1").status_code == 405


def test_what_nobody_foresaw_is_500_and_tells_only_its_kind_in_the_log(
    klient: Klient, capsys: pytest.CaptureFixture[str]
) -> None:
    svar = klient.get("/ødelagt")
    said = "".join(capsys.readouterr())
    assert (svar.status_code, svar.headers["content-type"]) == (500, PROBLEM)
    assert "KeyError" in said
    assert "Kari" not in svar.text + said


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (TransientError("opptatt"), 503), (Stopped("stanset"), 503), (NotAllowed("nei"), 403), (Shredded("borte"), 410),
        (UsedKey("brukt"), 422), (WrongVersion("s", 1, 2), 412), (InvalidMessage("galt"), 400),
        (BindeleddError("annet"), 500),
    ],
)  # fmt: skip
def test_each_error_has_its_status(error: BindeleddError, status: int) -> None:
    answer = problem_of(error)
    assert answer.status_code == status
    assert ("retry-after" in answer.headers) == (status == 503)
