"""Follows a service's log with a tree over one topic's own records, and signs now and then how it stands.

A follower and not a part of the commit: what is appended waits for no hash. Until the next checkpoint, a minute away at
most while the process runs, an outsider has no proof against a log that lost its end; one who asks for it gets one
sooner (`soon`).
"""

from __future__ import annotations

import math
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from bindeledd.core.errors import InvalidMessage, TransientError
from bindeledd.core.merkle import leaf_hash, root
from bindeledd.ops import logs
from bindeledd.runtime.engine import Engine
from bindeledd.seal.note import Checkpoint, Keys, Signer
from bindeledd.store import checkpoints, log, tiles
from bindeledd.store.disk import refused_by_disk

PAGE_POSITIONS = 5000
SIGN_SECONDS, ASKED_SECONDS = 60.0, 10.0
"""How long after a checkpoint the next one comes at the earliest; and where somebody has asked for it."""


class Tree:
    """One topic's tree in a service's store. Made when the service is open; `advance` in one thread at a time."""

    def __init__(
        self, engine: Engine, topic: str, installation: str, folder: Path, signer: Signer, former: Signer | None = None
    ) -> None:
        """`former`: the one that signed before, while its key is there: it hands the log over."""
        self.engine, self.topic, self.folder = engine, topic, folder
        self._origin = f"{installation}/{engine.service.name}/{topic}"
        self._signer, self._former = signer, former
        self._file = checkpoints.file_of(folder, engine.service.name, topic)
        engine.change(lambda tx: tx.db.create(tiles.TABLES))
        if not checkpoints.publics(folder):
            checkpoints.remember_public(folder, (former or signer).public)
        _, self._looked = engine.read(lambda db: tiles.end(db, topic))
        self._signed_at = -math.inf
        self._asked = False
        self._signed = -1
        """The position of the log up to which all is under a checkpoint."""
        self._trouble = ""

    def soon(self) -> bool:
        """Somebody outside has asked how the log stands: the next checkpoint comes within seconds. From any
        thread. Returns whether there is something to wait for."""
        upto, name, topic = self.engine.position, self.engine.service.name, self.topic
        if self._asked:
            return True
        if not self.engine.read(lambda db: log.has_told(db, name, topic, self._signed, upto)):
            return False
        self._asked = True
        for wake in self.engine.listeners:
            wake()
        return True

    def advance(self) -> int:
        """When a minute has gone, or a page has been written: take in what waits, and sign when no page waits any more.
        Seldom, for each time is a commit of its own. Returns how many positions it moved over."""
        waits = self.engine.position - self._looked
        seconds = ASKED_SECONDS if self._asked else SIGN_SECONDS
        if waits < PAGE_POSITIONS and time.monotonic() - self._signed_at < seconds:
            return 0
        moved = self._grow() if waits > 0 else 0
        if waits < PAGE_POSITIONS:
            self.sign()
        return moved

    def stop(self) -> None:
        """Take in all that waits, and sign how the log is left."""
        with suppress(TransientError):
            while self._looked < self.engine.position:
                self._grow()
            self.sign()

    def sign(self) -> None:
        """Sign how the tree stands, unless that has been done. What does not go on from the last checkpoint is not
        signed: then somebody has changed the log, or it was restored, and the log says so until it is mended."""
        self._signed_at, self._asked = time.monotonic(), False
        try:
            upto = self._looked
            self._sign()
            self._signed, self._trouble = upto, ""
        except (InvalidMessage, OSError) as error:
            said = str(error) if isinstance(error, InvalidMessage) else str(refused_by_disk(error) or error.strerror)
            if said != self._trouble:
                self._trouble = said
                logs.warning("proof.refused", service=self.engine.service.name, topic=self.topic, reason=said)

    def _grow(self) -> int:
        name, topic, after = self.engine.service.name, self.topic, self._looked
        upto: int = min(self.engine.position, after + PAGE_POSITIONS)
        rows = self.engine.read(lambda db: log.read_topic(db, name, topic, after, upto))
        leaves = [tiles.Leaf(position, leaf_hash(data)) for position, data in rows]
        if leaves:
            self.engine.change(lambda tx: tiles.grow(tx.db, topic, leaves))
        self._looked = upto
        return upto - int(after)

    def _sign(self) -> None:
        topic = self.topic
        size, position = self.engine.read(lambda db: tiles.end(db, topic))
        keys = checkpoints.keys(self.folder, self.engine.service.name, topic)
        before = self._before(keys)
        if before is not None and (size < before.size or self._root(before.size) != before.root):
            fix = "See `bindeledd verify`; if the data came back from a backup, say so with `bindeledd restored`"
            raise InvalidMessage("the log does not go on from its last checkpoint", self._origin, fix)
        known = self._signer.public in keys
        if known and size == (before.size if before is not None else 0):
            return
        stands = Checkpoint(self._origin, size, self._root(size))
        note = self._signer.sign(stands) if known else self._handed_over(stands, keys)
        # The store first: its last checkpoint is then never older than a file's, which shows when somebody swaps it.
        self.engine.change(lambda tx: checkpoints.keep_last(tx.db, topic, note))
        checkpoints.append(self._file, note)
        logs.info("proof.signed", service=self.engine.service.name, topic=topic, position=position, checkpoint=note)

    def _handed_over(self, stands: Checkpoint, keys: Keys) -> str:
        """The checkpoint with which the key before this one hands the log over, kept. Raises InvalidMessage where it
        is not there."""
        if self._former is None or self._former.public not in keys:
            fix = (
                "Put the one before it beside it, its name ending in .before; if that is lost or was stolen, say so "
                "with `bindeledd proof trust`, and give outsiders the new public key"
            )
            raise InvalidMessage("the key that signs here was not vouched for by the one before it", self._origin, fix)
        note = self._former.sign(replace(stands, successor=self._signer.public), self._signer)
        Keys(checkpoints.publics(self.folder), [*keys.handovers, note])  # who had handed it over before may not again
        checkpoints.append(checkpoints.handovers_of(self.folder, self.engine.service.name, self.topic), note)
        return note

    def _before(self, keys: Keys) -> Checkpoint | None:
        """The last checkpoint that there is, in the store or in our file. Raises InvalidMessage for one that was
        changed."""
        said = [checkpoints.last_in(self._file), self.engine.read(lambda db: checkpoints.last(db, self.topic))]
        found = [keys.opened(note) for note in said if note is not None]
        return max(found, key=lambda each: each.size, default=None)

    def _root(self, size: int) -> bytes:
        topic = self.topic
        found: bytes = self.engine.read(lambda db: root(tiles.Nodes(db, topic), size))
        return found
