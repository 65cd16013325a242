"""The keyring: which data key a stream has, whose it is, and how a person is found by a national id.

One per installation, in a file of its own. A key is durable before any record that uses it commits: a service's
transaction gathers the keys it makes in a `KeySession`, and flushes them right before its own commit. What a crash
leaves between the two is an orphan, and is swept at the next start.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bindeledd.core.clock import Entropy, new_ref
from bindeledd.core.errors import Shredded
from bindeledd.seal import keys as crypto

CACHE_SECONDS = 60.0
CACHE_KEYS = 20_000

_TABLES = """
CREATE TABLE IF NOT EXISTS data_key (
  key_id TEXT PRIMARY KEY, service TEXT NOT NULL, stream TEXT NOT NULL UNIQUE,
  person_ref TEXT, party TEXT NOT NULL, wrapped BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS data_key_person ON data_key (person_ref);
CREATE TABLE IF NOT EXISTS blind_index (hmac BLOB PRIMARY KEY, person_ref TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS blind_index_person ON blind_index (person_ref);
"""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A stream's data key, open."""

    key_id: str
    secret: bytes


class Keyring:
    """All data keys of an installation, wrapped. Safe to use from several threads."""

    def __init__(self, path: Path, master: bytes, entropy: Entropy) -> None:
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;" + _TABLES)
        self._master, self.entropy = master, entropy
        self._blind_key = crypto.derive(master, "blind-index")
        self._fingerprint_key = crypto.derive(master, "fingerprint")
        self._keks: dict[str, bytes] = {}
        self._lock = threading.RLock()
        self._by_stream: OrderedDict[str, tuple[float, DataKey]] = OrderedDict()
        self._by_id: OrderedDict[str, tuple[float, DataKey]] = OrderedDict()

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def fingerprint(self, *parts: str | bytes) -> bytes:
        """A keyed hash for recognising content again without saying anything of it."""
        return crypto.keyed_hash(self._fingerprint_key, *parts)

    def blind(self, number: str, kind: str, issuer: str) -> bytes:
        """The blind-index entry of a national id. Exact ids only."""
        return crypto.keyed_hash(self._blind_key, kind, issuer, number)

    def person_of(self, blind: bytes) -> str | None:
        """The person_ref that a blind-index entry leads to, or None."""
        with self._lock:
            row = self._db.execute("SELECT person_ref FROM blind_index WHERE hmac = ?", (blind,)).fetchone()
        return row[0] if row else None

    def key_of_stream(self, stream: str) -> DataKey | None:
        """The stream's data key, or None when it has none (yet, or any more)."""
        return self._lookup(self._by_stream, "stream", stream)

    def key(self, key_id: str) -> DataKey:
        """The data key with this id. Raises Shredded when it has been destroyed."""
        found = self._lookup(self._by_id, "key_id", key_id)
        if found is None:
            raise Shredded("the key has been destroyed")
        return found

    def kek(self, party: str) -> bytes:
        """The key-encryption key of a party ('' for the services' own streams)."""
        if party not in self._keks:
            self._keks[party] = crypto.derive(self._master, f"kek:{party}")
        return self._keks[party]

    def session(self, service: str) -> KeySession:
        return KeySession(self, service)

    def store(
        self,
        rows: Iterable[tuple[object, ...]],
        blinds: Iterable[tuple[bytes, str]],
        relinks: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Make new keys, blind-index entries and (person_ref, stream) relinks durable, in one commit."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany("INSERT INTO data_key VALUES (?,?,?,?,?,?)", rows)
                self._db.executemany("INSERT OR REPLACE INTO blind_index VALUES (?,?)", blinds)
                self._db.executemany("UPDATE data_key SET person_ref = ? WHERE stream = ?", relinks)
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise

    def shred_person(self, person_ref: str) -> int:
        """Destroy every key of a person, and the way to find them by national id. Returns how many keys."""
        return self._shred("person_ref", person_ref)

    def shred_stream(self, stream: str) -> int:
        """Destroy one stream's key. Returns how many keys (0 or 1)."""
        return self._shred("stream", stream)

    def sweep(self, service: str, exists: set[str]) -> int:
        """Delete the service's keys whose stream never came to be (a crash between two commits)."""
        with self._lock:
            mine = {row[0] for row in self._db.execute("SELECT stream FROM data_key WHERE service = ?", (service,))}
            orphans = mine - exists
            self._db.executemany("DELETE FROM data_key WHERE stream = ?", [(stream,) for stream in orphans])
            return len(orphans)

    def remember(self, found: DataKey, stream: str) -> None:
        """Keep an open key at hand for at most CACHE_SECONDS."""
        now = time.monotonic()
        for cache, name in ((self._by_stream, stream), (self._by_id, found.key_id)):
            cache[name] = (now, found)
            if len(cache) > CACHE_KEYS:
                cache.popitem(last=False)

    def _lookup(self, cache: OrderedDict[str, tuple[float, DataKey]], column: str, name: str) -> DataKey | None:
        with self._lock:
            hit = cache.get(name)
            if hit is not None and time.monotonic() - hit[0] < CACHE_SECONDS:
                return hit[1]
            row = self._db.execute(
                f"SELECT key_id, stream, party, wrapped FROM data_key WHERE {column} = ?",  # noqa: S608 - our own names
                (name,),
            ).fetchone()
            if row is None:
                return None
            found = DataKey(row[0], crypto.unwrap(self.kek(row[2]), row[0], row[3]))
            self.remember(found, row[1])
            return found

    def _shred(self, column: str, name: str) -> int:
        with self._lock:
            gone = self._db.execute(f"DELETE FROM data_key WHERE {column} = ?", (name,)).rowcount  # noqa: S608
            if column == "person_ref":
                self._db.execute("DELETE FROM blind_index WHERE person_ref = ?", (name,))
            self._by_stream.clear()
            self._by_id.clear()
            # The write-ahead log still holds the deleted pages until it is folded in and cut to nothing.
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return gone


@dataclass(slots=True)
class KeySession:
    """The keys that one service's open transaction has made, not yet durable."""

    ring: Keyring
    service: str
    _keys: dict[str, DataKey] = field(default_factory=dict)
    _rows: list[tuple[object, ...]] = field(default_factory=list)
    _blinds: list[tuple[bytes, str]] = field(default_factory=list)
    _relinks: list[tuple[str, str]] = field(default_factory=list)

    def key_for(self, stream: str, person_ref: str | None, party: str = "") -> DataKey:
        """The stream's data key, made now if it has none."""
        found = self._keys.get(stream) or self.ring.key_of_stream(stream)
        if found is None:
            key_id, secret = new_ref(self.ring.entropy), self.ring.entropy(crypto.KEY_BYTES)
            wrapped = crypto.wrap(self.ring.kek(party), key_id, secret, self.ring.entropy(crypto.NONCE_BYTES))
            found = self._keys[stream] = DataKey(key_id, secret)
            self._rows.append((key_id, self.service, stream, person_ref, party, wrapped))
        return found

    def key(self, key_id: str) -> DataKey:
        """The data key with this id, also one made in this transaction. Raises Shredded."""
        for made in self._keys.values():
            if made.key_id == key_id:
                return made
        return self.ring.key(key_id)

    def person_of(self, blind: bytes) -> str | None:
        """As the keyring's, and what this transaction has added."""
        for entry, person_ref in reversed(self._blinds):
            if entry == blind:
                return person_ref
        return self.ring.person_of(blind)

    def add_blind(self, blind: bytes, person_ref: str) -> None:
        """From this commit on, the national id behind `blind` leads to the person."""
        self._blinds.append((blind, person_ref))

    def relink(self, streams: Iterable[str], person_ref: str) -> None:
        """The keys of these streams belong to another person from this commit on."""
        self._relinks.extend((person_ref, stream) for stream in streams)

    def mark(self) -> tuple[int, int, int]:
        return len(self._rows), len(self._blinds), len(self._relinks)

    def undo_to(self, mark: tuple[int, int, int]) -> None:
        """Forget what was made since `mark`: its savepoint was rolled back."""
        for row in self._rows[mark[0] :]:
            self._keys.pop(str(row[2]))
        del self._rows[mark[0] :]
        del self._blinds[mark[1] :]
        del self._relinks[mark[2] :]

    def flush(self) -> None:
        """Make all of it durable. Called once, right before the service's own commit."""
        if not (self._rows or self._blinds or self._relinks):
            return
        self.ring.store(self._rows, self._blinds, self._relinks)
        for stream, made in self._keys.items():
            self.ring.remember(made, stream)
        self._keys.clear()
        self._rows.clear()
        self._blinds.clear()
        self._relinks.clear()
