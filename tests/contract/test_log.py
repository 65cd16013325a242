"""What every rung's log and heads promise."""

from __future__ import annotations

import pytest

from bindeledd.core.envelope import record_hash
from bindeledd.core.errors import TransientError
from bindeledd.store import log, views
from bindeledd.store.db import Db
from tests.contract.conftest import Connect, Rung


def row(position: int, stream: str = "s1", version: int = 1, data: bytes = b"data") -> log.Stored:
    return log.Stored(position, "writer", "writer.topic", stream, position - version + 1, version, data)


def test_an_empty_log_is_at_position_zero(db: Db) -> None:
    assert log.last_position(db) == 0
    assert log.read_page(db, 0, 10) == []
    assert log.head(db, "s1") is None


def test_records_come_back_as_their_exact_bytes_in_the_order_of_positions(db: Db) -> None:
    rows = [row(1, "a", 1, b"\x00\xff"), row(2, "b", 1, b""), row(3, "c", 1, bytes(range(256)))]
    db.begin()
    for one in rows:
        log.append(db, one)
    db.commit()
    assert log.read_page(db, 0, 10) == rows
    assert log.read_page(db, 1, 1) == rows[1:2]
    assert log.last_position(db) == 3


def test_many_records_are_written_at_once(db: Db) -> None:
    rows = [row(position, f"s{position}", 1, bytes([position % 256])) for position in range(1, 251)]
    db.begin()
    log.append(db, *rows)
    db.commit()
    assert log.read_page(db, 0, 1000) == rows


def test_the_writers_own_are_read_between_two_positions(db: Db) -> None:
    received = log.Stored(2, "another", "another.topic", "b", 2, 1, b"")
    db.begin()
    for one in (row(1, "a", 1), received, row(3, "c", 1)):
        log.append(db, one)
    db.commit()
    assert log.read_own(db, "writer", 0, 2) == [row(1, "a", 1)]
    assert log.read_own(db, "writer", 0, 9) == [row(1, "a", 1), row(3, "c", 1)]
    assert log.read_own(db, "writer", 1, 2) == []


def test_a_stream_is_read_by_version_from_where_one_wants(db: Db) -> None:
    db.begin()
    for version in (1, 2, 3):
        log.append(db, row(version, "a", version, f"v{version}".encode()))
    log.set_heads(db, [(log.Head("a", "writer", "writer.topic", None, 1, 3, record_hash(b"v3")), None)])
    db.commit()
    assert log.read_stream(db, "a") == [b"v1", b"v2", b"v3"]
    assert log.read_stream(db, "a", after=2) == [b"v3"]
    assert log.read_version(db, "a", 2) == b"v2"
    assert log.read_version(db, "a", 4) is None


@pytest.mark.parametrize("again", [row(1, "other", 1), row(2, "s1", 1)._replace(begins=1)], ids=["position", "version"])
def test_a_position_and_a_version_are_used_once(db: Db, again: log.Stored) -> None:
    db.begin()
    log.append(db, row(1))
    db.commit()
    db.begin()
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        _append_and_commit(db, again)
    db.rollback()
    assert log.read_page(db, 0, 10) == [row(1)]


def _append_and_commit(db: Db, one: log.Stored) -> None:
    log.append(db, one)
    db.commit()


def test_what_breaks_a_savepoint_is_heard_at_its_end_and_the_rest_of_the_transaction_stands(db: Db) -> None:
    db.begin()
    log.append(db, row(1))
    db.savepoint()
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        _append_and_release(db, row(1, "other"))
    db.undo()
    db.savepoint()
    log.append(db, row(2, "other"))
    db.release()
    db.commit()
    assert log.read_page(db, 0, 10) == [row(1), row(2, "other")]


def _append_and_release(db: Db, one: log.Stored) -> None:
    log.append(db, one)
    db.release()


def test_what_is_read_in_one_moment_does_not_see_what_is_written_meanwhile(connect: Connect) -> None:
    writer, reader = connect(), connect()
    reader.begin_reading()
    assert log.last_position(reader) == 0
    writer.begin()
    log.append(writer, row(1))
    writer.commit()
    assert log.last_position(reader) == 0
    reader.rollback()
    assert log.last_position(reader) == 1


def test_a_head_is_where_its_stream_stands_and_whose_it_is(db: Db) -> None:
    first = log.Head("s1", "writer", "writer.topic", "person", 7, 1, record_hash(b"one"))
    second = log.Head("s1", "writer", "writer.topic", "other", 7, 2, record_hash(b"two"))
    db.begin()
    log.set_heads(db, [(first, None)])
    log.set_heads(db, [(second, None)])
    db.commit()
    assert log.head(db, "s1") == second
    assert log.streams_of(db, "writer.topic", "other") == ["s1"]
    assert log.streams_of(db, "writer.topic", "person") == []


def test_of_what_waits_every_record_is_written_and_of_each_stream_where_it_stands_in_the_end(db: Db) -> None:
    pending = log.Pending()
    stood: dict[str, log.Head] = {}

    def goes_on(position: int, stream: str, version: int, person: str) -> None:
        one = row(position, stream, version)
        head = log.Head(stream, "writer", "writer.topic", person, one.begins, version, b"%d" % position)
        pending.append(one, head, stood.get(stream))
        stood[stream] = head

    db.begin()
    goes_on(1, "a", 1, "p")
    goes_on(2, "b", 1, "p")
    pending.write(db)
    goes_on(3, "b", 2, "q")
    goes_on(4, "b", 3, "q")
    goes_on(5, "c", 1, "p")
    assert [one.position for one in log.read_page(db, 0, 10)] == [1, 2]
    pending.write(db)
    pending.write(db)
    db.commit()
    assert [one.position for one in log.read_page(db, 0, 10)] == [1, 2, 3, 4, 5]
    assert sorted(log.heads_of(db, ["a", "b", "c", "d"])) == sorted(stood.values())
    assert log.streams_of(db, "writer.topic", "p") == ["a", "c"]


def test_more_streams_than_go_in_one_statement_go_on_each_where_it_stands_and_whose_it_was(db: Db) -> None:
    begun = [log.Head(f"s{nr:03}", "us", "us.a", f"p{nr}" if nr % 3 else None, nr, 1, b"%d" % nr) for nr in range(250)]
    gone_on = [head._replace(version=2, hash=b"on" + head.hash) for head in begun]
    db.begin()
    log.set_heads(db, [(head, None) for head in begun])
    log.set_heads(db, list(zip(gone_on, begun, strict=True)))
    db.commit()
    assert log.heads(db, "us", ["us.a"]) == gone_on
    assert log.streams_of(db, "us.a", "p1") == ["s001"]


def test_heads_are_given_by_writer_and_topic_in_a_fixed_order(db: Db) -> None:
    heads = [log.Head(name, writer, topic, None, 1, 1, b"h") for name, writer, topic in _STREAMS]
    db.begin()
    for one in heads:
        log.set_heads(db, [(one, None)])
    db.commit()
    assert [head.stream for head in log.heads(db, "us", ["us.a", "us.b"])] == ["s1", "s2", "s3"]
    assert [head.stream for head in log.heads(db, "us", ["us.a"])] == ["s1", "s3"]
    assert log.owners(db, "us").keys() == {"s1", "s2", "s3"}


def test_a_view_that_says_not_whom_it_is_about_is_whose_its_aggregate_is(db: Db) -> None:
    """So that its key, which is the person's, is not taken from them when a commit never came."""
    heads = [log.Head("case", "us", "us.a", "p1", 1, 1, b"h"), log.Head("view", "us", "us.til.x", None, 2, 1, b"h")]
    db.begin()
    log.set_heads(db, [(one, None) for one in heads])
    views.save(db, views.ViewStream("case", "x", "view", "us.View", b"d", ended=False))
    db.commit()
    assert log.owners(db, "us") == {"case": "p1", "view": "p1"}


_STREAMS = [("s3", "us", "us.a"), ("s1", "us", "us.a"), ("s2", "us", "us.b"), ("s4", "them", "them.a")]


def test_relinked_streams_are_found_under_the_other_person(db: Db) -> None:
    db.begin()
    for name in ("a", "b", "c"):
        log.set_heads(db, [(log.Head(name, "us", "us.t", "lost", 1, 1, b"h"), None)])
    log.relink(db, ["a", "b"], "kept")
    db.commit()
    assert log.streams_of(db, "us.t", "kept") == ["a", "b"]
    assert log.streams_of(db, "us.t", "lost") == ["c"]


def test_raw_bytes_are_kept_once_and_come_back_as_they_were(db: Db) -> None:
    db.begin()
    log.keep_raw(db, "s1", b"\x00sealed")
    db.commit()
    assert log.raw(db, "s1") == b"\x00sealed"
    assert log.raw(db, "s2") is None


def test_a_rollback_leaves_no_hole_in_positions(db: Db) -> None:
    db.begin()
    log.append(db, row(1))
    db.rollback()
    assert log.last_position(db) == 0
    db.begin()
    log.append(db, row(log.last_position(db) + 1))
    db.commit()
    assert [one.position for one in log.read_page(db, 0, 10)] == [1]


def test_an_undone_savepoint_takes_only_its_own_work_with_it(db: Db) -> None:
    db.begin()
    db.savepoint()
    log.append(db, row(1, "kept"))
    db.release()
    db.savepoint()
    log.append(db, row(2, "undone"))
    db.undo()
    db.savepoint()
    log.append(db, row(2, "after"))
    db.release()
    db.commit()
    assert [(one.position, one.stream) for one in log.read_page(db, 0, 10)] == [(1, "kept"), (2, "after")]


def test_what_is_said_many_times_takes_effect_in_its_place(db: Db) -> None:
    db.begin()
    for value in "abc":
        log.set_meta(db, "x", value)
    db.run("UPDATE meta SET value = value || ? WHERE name = ?", ("-", "x"))
    db.run("UPDATE meta SET value = value || ? WHERE name = ?", ("+", "x"))
    log.set_meta(db, "y", "d")
    db.commit()
    assert (log.meta(db, "x"), log.meta(db, "y")) == ("c-+", "d")


def test_when_one_of_many_fails_the_savepoint_takes_all_of_them_with_it(db: Db) -> None:
    db.begin()
    log.append(db, row(1, "kept"))
    db.savepoint()
    for position in (2, 3, 4):
        db.run("INSERT INTO raw_message VALUES (?,?)", (f"s{position}", b""))
        log.append(db, row(position, f"s{position}"))
    log.append(db, row(5, "unlike the next"))

    def said() -> None:
        log.append(db, row(5, "again"), row(6, "after it"))
        db.release()

    with pytest.raises(db.faults):
        said()
    db.undo()
    log.append(db, row(2, "after"))
    db.commit()
    assert [(one.position, one.stream) for one in log.read_page(db, 0, 10)] == [(1, "kept"), (2, "after")]


def test_savepoints_nest(db: Db) -> None:
    db.begin()
    db.savepoint()
    log.append(db, row(1, "outer"))
    db.savepoint()
    log.append(db, row(2, "inner"))
    db.undo()
    db.release()
    db.commit()
    assert [one.stream for one in log.read_page(db, 0, 10)] == ["outer"]


def test_what_is_not_committed_is_seen_by_nobody_else(connect: Connect) -> None:
    writer, reader = connect(), connect()
    writer.begin()
    log.append(writer, row(1))
    assert log.last_position(reader) == 0
    writer.commit()
    assert log.last_position(reader) == 1


def test_a_store_that_another_writes_in_is_a_transient_error(connect: Connect, rung: Rung) -> None:
    first, second = connect(), connect()
    rung.give_up_at_once(second)
    first.begin()
    with pytest.raises(TransientError):
        second.begin()
    first.rollback()
    second.begin()
    second.rollback()


def test_rolling_back_nothing_is_allowed(db: Db) -> None:
    db.rollback()


def test_what_is_written_through_sqlalchemy_commits_and_rolls_back_with_the_rest(db: Db) -> None:
    db.begin()
    db.sqlalchemy().exec_driver_sql("INSERT INTO meta VALUES ('through', 'sqlalchemy')")
    db.rollback()
    assert log.meta(db, "through") is None
    db.begin()
    db.sqlalchemy().exec_driver_sql("INSERT INTO meta VALUES ('through', 'sqlalchemy')")
    db.commit()
    assert log.meta(db, "through") == "sqlalchemy"


def test_meta_holds_the_latest_value(db: Db) -> None:
    log.set_meta(db, "epoch", "1")
    log.set_meta(db, "epoch", "2")
    assert log.meta(db, "epoch") == "2"


def test_heads_are_found_by_ref_by_where_their_last_record_stands_and_by_whom_they_are_about(db: Db) -> None:
    db.begin()
    for position, stream, version, person in (
        (1, "b", 1, "p2"),
        (2, "a", 1, "p1"),
        (3, "b", 2, "p2"),
        (4, "c", 1, None),
    ):
        log.append(db, row(position, stream, version)._replace(begins=1 if stream == "b" else position))
        log.set_heads(
            db, [(log.Head(stream, "writer", "writer.topic", person, 1, version, b"h"), log.head(db, stream))]
        )
    log.append(db, log.Stored(5, "another", "another.topic", "d", 5, 1, b""))
    log.set_heads(db, [(log.Head("d", "another", "another.topic", "p3", 5, 1, b"h"), None)])
    db.commit()
    topics = ["writer.topic", "another.topic"]

    def refs(heads: list[log.Head]) -> list[str]:
        return [head.stream for head in heads]

    assert refs(log.heads_after(db, "writer", topics, "", 2)) == ["a", "b"]
    assert refs(log.heads_after(db, "writer", topics, "b", 2)) == ["c"]
    assert refs(log.heads_after(db, "writer", ["another.topic"], "", 2)) == []
    assert refs(log.heads_since(db, "writer", topics, 0, 3)) == ["a", "b"]
    assert refs(log.heads_since(db, "writer", topics, 2, 9)) == ["b", "c"]
    assert refs(log.heads_between(db, "writer", "a", "b")) == ["b"]
    assert refs(log.heads_between(db, "writer", "a", None)) == ["b", "c"]
    assert log.persons_after(db, topics, "", 2) == ["p1", "p2"]
    assert log.persons_after(db, topics, "p2", 2) == ["p3"]
    assert log.read_part(db, "b", 0, 1) == [b"data"]
