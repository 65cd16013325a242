"""What a service remembers of its own store: no more than it may, and nothing for longer than that."""

from __future__ import annotations

import pytest

from bindeledd.runtime import known
from bindeledd.runtime.known import Passing, Recent


def test_the_entry_that_was_written_longest_ago_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "ENTRIES_KEPT", 2)
    recent: Recent[str, int] = Recent()
    recent.put("a", 1)
    recent.put("b", 2)
    recent.put("a", 3)
    recent.put("c", 4)
    assert [recent.get(key) for key in "abc"] == [3, None, 4]


def test_what_has_been_opened_is_gone_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    passing: Passing[str, str] = Passing()
    passing.put("a", "opened")
    clock[0] = known.SECONDS_KEPT - 1
    passing.put("b", "later")
    assert passing.get("a") == "opened"
    clock[0] = known.SECONDS_KEPT
    assert passing.get("a") is None
    passing.put("c", "last")
    assert passing._entries.keys() == {"b", "c"}
