"""What lies at the ends of a service's own topics: whether its log has been further than it stands now.

A store that was restored from a backup, and its keyring with it, knows nothing of what it had written afterwards. If
that was relayed, the topics know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial

from bindeledd.core.envelope import Envelope
from bindeledd.core.errors import InvalidMessage, Stopped
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.kafka import Cluster, Framing, transient
from bindeledd.runtime.lying import records
from bindeledd.store import log

LAST_RECORDS = 10
"""So many of each partition are looked at, in case the very last are garbage."""
PATIENCE_SECONDS = 20.0


@dataclass(slots=True)
class Ends:
    """The ends of the topics that a service writes, looked at once."""

    engine: Engine
    cluster: Cluster
    topics: Collection[str]
    framing: Framing
    looked: bool = False

    def advance(self) -> int:
        """Raise the log's epoch if the topics hold what it does not. Returns 1 when it did.

        What stands there under an older epoch than ours was found out before. Raises TransientError when the topics
        cannot be read now, Stopped when one is not there for us.
        """
        if self.looked:
            return 0
        beyond = max(map(self._unknown, _ends(self.cluster, self.topics)), default=0)
        if beyond:
            self.engine.raise_epoch(beyond)
        self.looked = True
        return int(beyond > 0)

    def _unknown(self, value: bytes | None) -> int:
        """The epoch of a record that our log should hold, and does not; 0 for any other."""
        try:
            data = self.framing.unframed(value)
            envelope = self.engine.around.codec.peek(data)
        except InvalidMessage:
            return 0
        return 0 if envelope.epoch < self.engine.epoch or _holds(self.engine, envelope, data) else envelope.epoch


def _holds(engine: Engine, envelope: Envelope, data: bytes) -> bool:
    """Whether the record stands in the log, as a record of its own service."""
    find = partial(log.read_version, stream=envelope.stream, version=envelope.version)
    return bool(engine.read(find) == data)


def _ends(cluster: Cluster, topics: Collection[str]) -> Iterator[bytes | None]:
    """The values of the last records of every partition of the topics."""
    if not topics:
        return
    with cluster.admin() as admin:
        there = admin.partitions(topics)
        if missing := sorted(set(topics) - {topic for topic, _ in there}):
            raise Stopped(
                f"{len(missing)} of our own topics are missing, or not ours to read, {missing[0]} first. "
                "Run `bindeledd topics apply`"
            )
        bounds = admin.bounds(there)
    last = {each: (max(begin, end - LAST_RECORDS), end) for each, (begin, end) in bounds.items()}
    with transient():
        for record in records(cluster, last, PATIENCE_SECONDS):
            yield record.value()
