"""What a service remembers of its own store from one transaction to the next, so that it need not ask again.

Used under the writer lock only, and taken over from a transaction's savepoint when that has gone well. Whenever
something is undone all of it is forgotten: the store is asked again, and can't be remembered wrongly.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from bindeledd.store.log import Head
from bindeledd.store.views import ViewStream

K = TypeVar("K")
V = TypeVar("V")

ENTRIES_KEPT = 1_200
"""Of each kind, in each service: 2,000 took some 7 MiB more of a server, and saved no time in taking in messages."""
SECONDS_KEPT = 60.0


class Recent(Generic[K, V]):
    """The entries that were last written, at most ENTRIES_KEPT of them."""

    def __init__(self) -> None:
        self._entries: OrderedDict[K, V] = OrderedDict()
        self.get = self._entries.get

    def put(self, key: K, value: V) -> None:
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > ENTRIES_KEPT:
            self._entries.popitem(last=False)

    def drop(self, key: K) -> None:
        self._entries.pop(key, None)

    def clear(self) -> None:
        self._entries.clear()


class Passing(Generic[K, V]):
    """The entries of the last SECONDS_KEPT: they hold what has been opened, which may be shredded meanwhile."""

    def __init__(self) -> None:
        self._entries: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self.clear = self._entries.clear

    def get(self, key: K) -> V | None:
        found = self._entries.get(key)
        return found[1] if found is not None and time.monotonic() - found[0] < SECONDS_KEPT else None

    def put(self, key: K, value: V) -> None:
        now = time.monotonic()
        self._entries[key] = (now, value)
        self._entries.move_to_end(key)
        while now - next(iter(self._entries.values()))[0] >= SECONDS_KEPT:
            self._entries.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Known:
    """Where streams stand, what they fold to, whose they are, how they are shown, and why."""

    heads: Recent[str, Head] = field(default_factory=Recent)
    states: Recent[str, tuple[bytes, Any]] = field(default_factory=Recent)
    """Stream → the hash that it was folded up to, and its state: valid for that very hash only."""
    streams: Recent[tuple[str, str], list[str]] = field(default_factory=Recent)
    """(topic, person_ref) → the person's streams."""
    views: Recent[str, Mapping[str, ViewStream]] = field(default_factory=Recent)
    """Aggregate → its view streams by party."""
    grounds: Passing[str, Any] = field(default_factory=Passing)
    """Person → the grounds on which all views of the person were last made."""

    def state(self, stream: str, head_hash: bytes, unknown: Any) -> Any:
        """What a stream folds to; `unknown` where that is not remembered, for a state may itself be None."""
        found = self.states.get(stream)
        return found[1] if found is not None and found[0] == head_hash else unknown

    def forget(self) -> None:
        """Something was undone, or streams changed hands: ask the store again. Folded states hold by their hash."""
        self.heads.clear()
        self.streams.clear()
        self.views.clear()
        self.grounds.clear()
