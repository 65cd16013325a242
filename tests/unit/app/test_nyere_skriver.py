"""A writer that was upgraded first: what it says in a newer form counts here, after a restart too and beside others."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastavro import parse_schema

from bindeledd.resources import data_folder
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.handle import Received
from bindeledd.runtime.known import Known
from bindeledd.schema.catalog import load_catalog
from bindeledd.schema.codec import Codec
from bindeledd.schema.expand import fingerprint_of, wire_form
from bindeledd.schema.framing import BODY, fingerprint_in, single_object
from bindeledd.schema.generated.felles import MeldingHoppetOver
from bindeledd.store import log
from tests import prøvetjeneste
from tests.prøvetjeneste import NOTAT, leser, noter, satt_opp, skriver

KATALOG = load_catalog(data_folder("schemas"))
NYERE: dict[str, Any] = json.loads(json.dumps(KATALOG.latest[MeldingHoppetOver.avro_name].schema))
NYERE["fields"].append({"name": "nytt", "type": "int", "default": 0})
MED_NYTT = b"\x02"


@pytest.fixture(autouse=True)
def codec(monkeypatch: pytest.MonkeyPatch) -> Codec:
    """A process of this test's own has learned nothing yet."""
    return glemt(monkeypatch)


def glemt(monkeypatch: pytest.MonkeyPatch) -> Codec:
    ny = Codec(KATALOG)
    monkeypatch.setattr(prøvetjeneste, "CODEC", ny)
    return ny


def nyskrevet(mappe: Path) -> bytes:
    """A note as the next release writes it: one field more."""
    mappe.mkdir()
    with satt_opp(mappe, skriver()) as oppsatt:
        oppsatt.engines["skriver"].command(noter("ab"))
        (rad,) = oppsatt.engines["skriver"].read(lambda db: log.read_page(db, 0, 10))
    return single_object(fingerprint_of(parse_schema(wire_form(NYERE))), rad.data[BODY:] + MED_NYTT)


def antall(engine: Engine) -> int:
    return int(engine.look(lambda tx: tx.state(NOTAT, "ab").antall))


def ta_inn(engine: Engine, data: bytes) -> None:
    engine.receive({"skriver": (1, 1)}, [Received("skriver", NOTAT, 1, data)])


def test_it_counts_and_still_does_when_the_process_that_learned_it_is_gone(
    tmp_path: Path, codec: Codec, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = nyskrevet(tmp_path / "skriver")
    codec.learn(NYERE)
    with satt_opp(tmp_path, leser()) as oppsatt:
        ta_inn(oppsatt.engines["leser"], data)
        assert antall(oppsatt.engines["leser"]) == 1
    assert not glemt(monkeypatch).knows(fingerprint_in(data))
    with satt_opp(tmp_path, leser(), seed=2) as oppsatt:
        assert antall(oppsatt.engines["leser"]) == 1


def test_a_process_beside_the_one_that_learned_it_reads_it_too(
    tmp_path: Path, codec: Codec, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = nyskrevet(tmp_path / "skriver")
    with satt_opp(tmp_path, leser()) as oppsatt:
        engine = oppsatt.engines["leser"]
        codec.learn(NYERE)
        ta_inn(engine, data)
        engine.around, engine._known = replace(engine.around, codec=glemt(monkeypatch)), Known()
        assert antall(engine) == 1


def test_what_nobody_here_can_read_of_a_known_type_is_parked_and_not_passed_over(tmp_path: Path) -> None:
    data = nyskrevet(tmp_path / "skriver")
    with satt_opp(tmp_path, leser()) as oppsatt:
        ta_inn(oppsatt.engines["leser"], data)
        assert oppsatt.engines["leser"].parked == 1
        prøvetjeneste.CODEC.learn(NYERE)
        assert oppsatt.engines["leser"].retry("ab") == 1
        assert antall(oppsatt.engines["leser"]) == 1
