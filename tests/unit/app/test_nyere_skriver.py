"""A writer that was upgraded first: what it says in a newer form counts here, after a restart too and beside others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from fastavro import parse_schema

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Envelope
from bindeledd.core.errors import TransientError, UnknownSchema
from bindeledd.resources import data_folder
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.handle import Received
from bindeledd.runtime.known import Known
from bindeledd.runtime.service import Lookup, Service
from bindeledd.schema.catalog import load_catalog
from bindeledd.schema.codec import Codec
from bindeledd.schema.expand import fingerprint_of, wire_form
from bindeledd.schema.framing import BODY, fingerprint_in, single_object
from bindeledd.schema.generated.felles import MeldingHoppetOver, Tekst
from bindeledd.seal import keys
from bindeledd.store import intake, log
from tests import prøvetjeneste
from tests.prøvetjeneste import AKTØR, ARKIV, NOTAT, Noter, Oppsatt, leser, noter, satt_opp, skriver
from web import gitt

KATALOG = load_catalog(data_folder("schemas"))
NYERE: dict[str, Any] = json.loads(json.dumps(KATALOG.latest[MeldingHoppetOver.avro_name].schema))
NYERE["fields"].append({"name": "nytt", "type": "int", "default": 0})
MED_NYTT = b"\x02"
NYERE_TEKST: dict[str, Any] = json.loads(json.dumps(KATALOG.latest[Tekst.avro_name].schema))
NYERE_TEKST["fields"].append({"name": "nytt", "type": "int", "default": 0})


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


# -- sealed content -------------------------------------------------------------------------------------------------


def åpner() -> Service:
    """Files what each note says, which it has to open."""

    def arkiver(lookup: Lookup, konvolutt: Envelope, event: Any) -> Iterable[Bestilling]:
        sagt = lookup.open(event.begrunnelse).tekst
        yield Bestilling(ARKIV, konvolutt.stream[::-1], Noter(sagt), AKTØR, person_ref=konvolutt.person_ref)

    return replace(leser(), reactions={MeldingHoppetOver.avro_name: arkiver})


@dataclass(slots=True)
class Register:
    """Who is asked for the schema of opened content: has it, or is away. Nobody may wait for it in a transaction."""

    oppsatt: Oppsatt
    borte: bool = False
    spurt: list[bytes] = field(default_factory=list)

    def __call__(self, fingerprint: bytes) -> Mapping[str, Any]:
        self.spurt.append(fingerprint)
        assert not self.oppsatt.engines["leser"]._writer._alone.locked(), "asked outside the transaction"
        if self.borte:
            raise TransientError("the registry is away")
        prøvetjeneste.CODEC.learn(NYERE_TEKST)
        return NYERE_TEKST


def nyforseglet(oppsatt: Oppsatt) -> bytes:
    """A note whose sealed content is of the next release's form: one field more."""
    skrev = oppsatt.engines["skriver"]
    skrev.command(noter("ab", "hørt"))
    (rad,) = skrev.read(lambda db: log.read_page(db, 0, 10))
    konvolutt, event = prøvetjeneste.CODEC.decode(rad.data)
    nøkkel = oppsatt.keyring.key(event.begrunnelse.key)  # type: ignore[attr-defined]
    gammelt = keys.unseal(nøkkel.secret, event.begrunnelse)  # type: ignore[attr-defined]
    innhold = single_object(fingerprint_of(parse_schema(wire_form(NYERE_TEKST))), gammelt[BODY:] + MED_NYTT)
    ny = keys.seal(nøkkel.key_id, nøkkel.secret, konvolutt.id, "begrunnelse", innhold, b"n" * 12)
    return prøvetjeneste.CODEC.encode(konvolutt, replace(event, begrunnelse=ny))  # type: ignore[type-var]


def arkivert(oppsatt: Oppsatt) -> int:
    return int(oppsatt.engines["leser"].look(lambda tx: tx.state(ARKIV, "ba").antall))


def test_newer_content_takes_effect_when_the_registry_has_told_of_it_also_after_a_restart_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with satt_opp(tmp_path, skriver(), åpner()) as oppsatt:
        data, engine = nyforseglet(oppsatt), oppsatt.engines["leser"]
        engine.meet = register = Register(oppsatt)
        ta_inn(engine, data)
        assert (arkivert(oppsatt), engine.parked, len(register.spurt)) == (1, 0, 1)
    glemt(monkeypatch)
    with satt_opp(tmp_path, skriver(), åpner(), seed=2) as oppsatt:
        engine = oppsatt.engines["leser"]
        engine.meet = register = Register(oppsatt, borte=True)
        forseglet = engine.look(lambda tx: tx.state(NOTAT, "ab").siste)
        lest = gitt.åpne(engine, forseglet)
        assert isinstance(lest, Tekst)
        assert (lest.tekst, register.spurt) == ("hørt", [])


def test_while_the_registry_is_away_newer_content_waits_and_nothing_is_parked(tmp_path: Path) -> None:
    with satt_opp(tmp_path, skriver(), åpner()) as oppsatt:
        data, engine = nyforseglet(oppsatt), oppsatt.engines["leser"]
        engine.meet = register = Register(oppsatt, borte=True)
        with pytest.raises(TransientError, match="away"):
            ta_inn(engine, data)
        assert (engine.parked, engine.read(lambda db: intake.cursor(db, "skriver"))[1]) == (0, 0)
        register.borte = False
        ta_inn(engine, data)
        assert (arkivert(oppsatt), engine.parked) == (1, 0)


def test_a_page_that_opens_newer_content_asks_the_registry_for_it(tmp_path: Path) -> None:
    with satt_opp(tmp_path, skriver(), leser()) as oppsatt:
        data, engine = nyforseglet(oppsatt), oppsatt.engines["leser"]
        ta_inn(engine, data)
        forseglet = engine.look(lambda tx: tx.state(NOTAT, "ab").siste)
        with pytest.raises(UnknownSchema):
            gitt.åpne(engine, forseglet)
        engine.meet = register = Register(oppsatt)
        lest = [gitt.åpne(engine, forseglet) for _ in range(2)]
        assert [each.tekst for each in lest if isinstance(each, Tekst)] == ["hørt", "hørt"]
        assert len(register.spurt) == 1


def test_without_a_registry_newer_content_is_parked(tmp_path: Path) -> None:
    with satt_opp(tmp_path, skriver(), åpner()) as oppsatt:
        ta_inn(oppsatt.engines["leser"], nyforseglet(oppsatt))
        assert oppsatt.engines["leser"].parked == 1
