"""Parked records: seen, tried again, and skipped with a written reason that is itself an event."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bindeledd.core.errors import InvalidMessage
from bindeledd.ops import drift
from bindeledd.ops.quarantine import listing, retry, show, skip
from bindeledd.ops.verify import verify
from bindeledd.runtime.engine import Engine
from bindeledd.schema.generated.felles import MeldingHoppetOver
from bindeledd.store import intake, log
from tests.prøvetjeneste import ARKIV, CODEC, NOTAT, Oppsatt, Uvilje, leser, lest, noter, satt_opp, skriver

GRUNN = "Sendt to ganger ved en feil, se sak 12"


@pytest.fixture
def uvilje() -> Uvilje:
    """What the reader will not react to: the second record of every stream."""
    return Uvilje({2})


@pytest.fixture
def oppsatt(tmp_path: Path, uvilje: Uvilje) -> Iterator[Oppsatt]:
    """Stream "ab" is parked at version 2, with one waiting; "cd" is not."""
    with satt_opp(tmp_path, skriver(), leser(uvilje)) as oppsatt:
        for stream in ("ab", "ab", "cd", "ab"):
            oppsatt.engines["skriver"].command(noter(stream))
        oppsatt.embedded.pump()
        yield oppsatt


@pytest.fixture
def engine(oppsatt: Oppsatt) -> Engine:
    return oppsatt.engines["leser"]


def versjon(engine: Engine, stream: str) -> int:
    head = engine.read(lambda db: log.head(db, stream))
    return head.version if head else 0


def test_a_record_that_cannot_take_effect_is_listed_with_its_error_and_what_waits(engine: Engine) -> None:
    (entry,) = listing({"leser": engine.reader})
    assert (entry.source, entry.topic, entry.stream, entry.version) == ("skriver", NOTAT, "ab", 2)
    assert (entry.error, entry.waiting) == ("denne kan ikke arkiveres (prøve §2)", 1)


def test_a_parked_stream_holds_back_its_own_records_only(engine: Engine) -> None:
    assert versjon(engine, "ab") == 1
    assert versjon(engine, "cd") == 1


def test_a_parked_stream_is_shown_in_order_with_what_the_envelopes_say(engine: Engine) -> None:
    first, second = show("leser", engine.reader, CODEC, "ab")
    assert (first.version, second.version, second.error) == (2, 3, "")
    assert first.type == MeldingHoppetOver.avro_name
    assert len(first.sha256) == 64


def test_nothing_is_shown_of_a_stream_that_is_not_parked(engine: Engine) -> None:
    with pytest.raises(InvalidMessage, match="nothing of this stream is parked"):
        show("leser", engine.reader, CODEC, "cd")


def test_a_retry_changes_nothing_while_the_reason_stands(engine: Engine) -> None:
    assert retry(engine, "ab") == 0
    assert versjon(engine, "ab") == 1
    assert len(show("leser", engine.reader, CODEC, "ab")) == 2


def test_a_retry_lets_the_whole_stream_through_once_the_reason_is_gone(engine: Engine, uvilje: Uvilje) -> None:
    uvilje.versjoner.clear()
    assert retry(engine, "ab") == 2
    assert versjon(engine, "ab") == 3
    assert versjon(engine, "ba") == 3
    assert listing({"leser": engine.reader}) == []


def test_a_skip_folds_the_record_without_its_reaction_and_lets_the_next_through(engine: Engine) -> None:
    skip(engine, "ab", GRUNN)
    assert versjon(engine, "ab") == 3
    assert versjon(engine, "ba") == 2
    assert engine.look(lambda tx: tx.state(NOTAT, "ab").antall) == 3
    assert engine.look(lambda tx: tx.state(ARKIV, "ba").antall) == 2
    assert listing({"leser": engine.reader}) == []


def test_a_skip_is_itself_an_event_with_its_reason_sealed(oppsatt: Oppsatt, engine: Engine) -> None:
    skip(engine, "ab", GRUNN)
    (row,) = [row for row in engine.read(lambda db: log.read_page(db, 0, 100)) if row.topic == drift.topic("leser")]
    envelope, event = CODEC.decode(row.data)
    assert isinstance(event, MeldingHoppetOver)
    assert (event.kilde, event.tema, event.stroem, event.versjon) == ("skriver", NOTAT, "ab", 2)
    assert envelope.actor.role == drift.OPERATOR
    assert GRUNN.encode() not in row.data
    assert lest(event.begrunnelse, oppsatt.keyring) == GRUNN


def test_the_reason_goes_with_the_keys_of_the_person_it_is_about(oppsatt: Oppsatt, engine: Engine) -> None:
    skip(engine, "ab", GRUNN)
    oppsatt.keyring.shred_person("person")
    (row,) = [row for row in engine.read(lambda db: log.read_page(db, 0, 100)) if row.topic == drift.topic("leser")]
    with pytest.raises(Exception, match="destroyed"):
        lest(CODEC.decode(row.data)[1].begrunnelse, oppsatt.keyring)  # type: ignore[attr-defined]


@pytest.mark.parametrize("reason", ["", "   ", "feil", "  kort    "])
def test_a_skip_needs_a_written_reason(engine: Engine, reason: str) -> None:
    with pytest.raises(InvalidMessage, match="written reason"):
        skip(engine, "ab", reason)
    assert len(show("leser", engine.reader, CODEC, "ab")) == 2


def test_what_is_not_parked_cannot_be_skipped(engine: Engine) -> None:
    with pytest.raises(InvalidMessage, match="nothing of this stream is parked"):
        skip(engine, "cd", GRUNN)


def test_a_record_in_conflict_is_dropped_by_a_skip_and_the_one_we_have_stands(engine: Engine) -> None:
    ours = engine.read(lambda db: log.read_version(db, "cd", 1))
    _park(engine, version=1, stream="cd", data=_altered(engine, "ab", 1, "cd"))
    skip(engine, "cd", GRUNN)
    assert engine.read(lambda db: log.read_version(db, "cd", 1)) == ours
    assert engine.read(lambda db: intake.parked(db, "cd")) == []


def test_a_record_after_a_gap_is_not_skipped_for_those_before_it_are_missing(oppsatt: Oppsatt, engine: Engine) -> None:
    data = oppsatt.engines["skriver"].read(lambda db: log.read_version(db, "ab", 3))
    for row in engine.read(lambda db: intake.parked(db, "ab")):
        _release(engine, row)
    _park(engine, version=3, stream="ab", data=data)
    with pytest.raises(InvalidMessage, match="records before this one are missing"):
        skip(engine, "ab", GRUNN)
    assert versjon(engine, "ab") == 1


def test_the_chains_hold_after_a_skip(oppsatt: Oppsatt, engine: Engine) -> None:
    skip(engine, "ab", GRUNN)
    stores = {name: oppsatt.engines[name].reader for name in oppsatt.engines}
    assert [one.bad for one in verify(stores, CODEC)] == [None, None]


def _altered(engine: Engine, stream: str, version: int, into: str) -> bytes:
    """Another record than the one we have, that says it is `into` v1."""
    data: bytes = engine.read(lambda db: log.read_version(db, stream, version))
    return data.replace(stream.encode(), into.encode(), 1)


def _park(engine: Engine, *, version: int, stream: str, data: bytes) -> None:
    row = intake.Parked("skriver", NOTAT, stream, version, 99, "person", "error", data)
    with engine._read_lock:
        intake.park(engine.reader, row)


def _release(engine: Engine, row: intake.Parked) -> None:
    with engine._read_lock:
        intake.release(engine.reader, row)
