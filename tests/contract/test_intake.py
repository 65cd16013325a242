"""What every rung promises of cursors, quarantine, idempotency, what is due, and the register of views."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bindeledd.store import due, intake, log, views
from bindeledd.store.db import Db

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PARKED = intake.Parked("them", "them.topic", "s1", 3, 17, "person", "a rule refused it", b"\x00bytes")


def test_a_source_never_read_has_its_cursor_at_the_beginning(db: Db) -> None:
    assert intake.cursor(db, "them") == (0, 0)


def test_a_cursor_remembers_epoch_and_position(db: Db) -> None:
    intake.set_cursor(db, "them", 1, 10)
    intake.set_cursor(db, "them", 2, 5)
    intake.set_cursor(db, "others", 1, 99)
    assert intake.cursor(db, "them") == (2, 5)


def test_a_cursor_moves_back_when_its_transaction_is_rolled_back(db: Db) -> None:
    intake.set_cursor(db, "them", 1, 10)
    db.begin()
    intake.set_cursor(db, "them", 1, 20)
    db.rollback()
    assert intake.cursor(db, "them") == (1, 10)


def test_parked_records_of_a_stream_come_in_order_with_their_exact_bytes(db: Db) -> None:
    waiting = replace(PARKED, version=4, position=20, error="", data=b"next")
    for row in (waiting, PARKED, PARKED):
        intake.park(db, row)
    assert intake.parked(db, "s1") == [PARKED, waiting]
    assert intake.parked(db, "s2") == []


def test_only_the_record_that_parked_a_stream_counts_it(db: Db) -> None:
    intake.park(db, PARKED)
    intake.park(db, replace(PARKED, version=4, position=20, error=""))
    intake.park(db, replace(PARKED, stream="s2", position=18))
    assert [row.stream for row in intake.parked_streams(db)] == ["s1", "s2"]


def test_a_released_record_is_gone_and_the_rest_stay(db: Db) -> None:
    waiting = replace(PARKED, version=4, position=20, error="")
    intake.park(db, PARKED)
    intake.park(db, waiting)
    intake.release(db, PARKED)
    assert intake.parked(db, "s1") == [waiting]


def test_a_person_is_doubtful_only_by_what_is_parked_in_the_topics_asked_about(db: Db) -> None:
    intake.park(db, PARKED)
    assert intake.parked_about(db, {"them.topic"}) == {"person"}
    assert intake.parked_about(db, {"another.topic"}) == frozenset()


def test_a_request_is_remembered_once(db: Db) -> None:
    intake.remember_request(db, "scope", b"fingerprint", "s1", 4)
    assert intake.seen_request(db, "scope") == (b"fingerprint", "s1", 4)
    assert intake.seen_request(db, "another") is None
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        intake.remember_request(db, "scope", b"other", "s1", 5)


def test_what_has_fallen_due_comes_earliest_first(db: Db) -> None:
    late, soon, not_yet = (due.DueRow("s1", name, "t", NOW + timedelta(hours=h)) for name, h in _DUE)
    for row in (late, soon, not_yet):
        due.set_due(db, row)
    assert due.fallen(db, NOW + timedelta(hours=2)) == [soon, late]
    assert due.fallen(db, NOW + timedelta(hours=2), limit=1) == [soon]
    assert due.next_at(db) == soon.at


_DUE = (("late", 2), ("soon", 1), ("not yet", 3))


def test_a_due_thing_has_one_moment_to_the_microsecond(db: Db) -> None:
    due.set_due(db, due.DueRow("s1", "frist", "t", NOW))
    moved = due.DueRow("s1", "frist", "t", NOW + timedelta(microseconds=1))
    due.set_due(db, moved)
    assert due.fallen(db, NOW) == []
    assert due.fallen(db, moved.at) == [moved]


def test_a_cleared_thing_falls_no_more(db: Db) -> None:
    due.set_due(db, due.DueRow("s1", "frist", "t", NOW))
    due.clear(db, "s1", "frist")
    due.clear(db, "s1", "never set")
    assert due.fallen(db, NOW) == []
    assert due.next_at(db) is None


def test_an_aggregate_has_one_view_stream_per_party(db: Db) -> None:
    mine = views.ViewStream("a1", "act", "v1", "kind", b"one", ended=False)
    yours = views.ViewStream("a1", "dps", "v2", "kind", b"one", ended=False)
    views.save(db, mine)
    views.save(db, yours)
    ended = mine._replace(digest=b"two", ended=True)
    views.save(db, ended)
    assert views.of_aggregate(db, "a1") == {"act": ended, "dps": yours}
    assert views.of_aggregate(db, "a2") == {}


def test_a_gap_is_where_the_first_that_is_parked_does_not_follow_what_is_here(db: Db) -> None:
    db.create(log.HEADS)
    for stream, version in (("s2", 2), ("s3", 1)):
        log.set_heads(db, [(log.Head(stream, "them", "them.topic", None, 1, version, b"h"), None)])
    intake.park(db, PARKED)
    intake.park(db, replace(PARKED, version=5, position=19, error=""))
    intake.park(db, replace(PARKED, stream="s2", version=3, error="a rule refused it"))
    intake.park(db, replace(PARKED, stream="s3", version=3))
    intake.park(db, replace(PARKED, stream="s4", source="others"))
    assert intake.gaps(db, "them") == {"s1": 0, "s3": 1}
