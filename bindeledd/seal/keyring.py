"""The keyring: which data key a stream has, whose it is, and how a person is found by a national id.

One per installation, in a file of its own. A key is durable before any record that uses it commits: a service's
transaction gathers the keys it makes in a `KeySession`, and flushes them right before its own commit. A flush says
which position the service's log will have reached when that commit is there too; a service that starts, and finds
itself short of it, settles: what was flushed for a commit that never came is undone.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bindeledd.core.clock import Entropy, new_ref
from bindeledd.core.errors import Shredded, TransientError
from bindeledd.seal import keys as crypto

CACHE_SECONDS = 60.0
CACHE_KEYS = 20_000

_PRAGMAS = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
PRAGMA secure_delete=ON;
PRAGMA temp_store=MEMORY;
"""
_TABLES = """
CREATE TABLE IF NOT EXISTS data_key (
  key_id TEXT PRIMARY KEY, service TEXT NOT NULL, stream TEXT NOT NULL UNIQUE,
  person_ref TEXT, party TEXT NOT NULL, wrapped BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS data_key_person ON data_key (person_ref);
CREATE TABLE IF NOT EXISTS blind_index (hmac BLOB PRIMARY KEY, person_ref TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS blind_index_person ON blind_index (person_ref);
CREATE TABLE IF NOT EXISTS flushed (service TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS flushed_key (service TEXT NOT NULL, stream TEXT NOT NULL, PRIMARY KEY (service, stream))
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blind_before (
  service TEXT NOT NULL, hmac BLOB NOT NULL, person_ref TEXT, PRIMARY KEY (service, hmac)
) WITHOUT ROWID;
"""
"""`flushed_key` names the keys of each service's latest flush, `blind_before` what the blind index said before it."""
_FORGET_WAY = (
    "UPDATE blind_before SET person_ref = NULL WHERE person_ref = ?",
    "DELETE FROM blind_before WHERE hmac IN (SELECT hmac FROM blind_index WHERE person_ref = ?)",
    "DELETE FROM blind_index WHERE person_ref = ?",
)


@dataclass(frozen=True, slots=True)
class DataKey:
    """A stream's data key, open."""

    key_id: str
    secret: bytes


class Keyring:
    """All data keys of an installation, wrapped. Safe to use from several threads."""

    def __init__(self, path: Path, master: bytes, entropy: Entropy) -> None:
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.executescript(_PRAGMAS + _TABLES)
        self._master, self.entropy = master, entropy
        self._blind_key = crypto.derive(master, "blind-index")
        self._fingerprint_key = crypto.derive(master, "fingerprint")
        self._keks: dict[str, bytes] = {}
        self._lock = threading.RLock()
        self._by_stream: OrderedDict[str, tuple[float, DataKey]] = OrderedDict()
        self._by_id: OrderedDict[str, tuple[float, DataKey]] = OrderedDict()

    def close(self) -> None:
        with self._lock:
            try:
                self.tidy()
            finally:
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
        self, service: str, position: int, rows: Iterable[tuple[object, ...]], blinds: Sequence[tuple[bytes, str]],
        relinks: Iterable[tuple[str, str]] = (),
    ) -> None:  # fmt: skip
        """Make new keys, blind-index entries and (person_ref, stream) relinks durable, in one commit.

        `position` is where the service's log will stand when the commit that they are made for is there.
        """
        with self._writing() as db:
            db.execute("DELETE FROM blind_before WHERE service = ?", (service,))
            db.execute("INSERT OR REPLACE INTO flushed VALUES (?,?)", (service, position))
            made = list(rows)
            db.executemany("INSERT INTO data_key VALUES (?,?,?,?,?,?)", made)
            db.execute("DELETE FROM flushed_key WHERE service = ?", (service,))
            db.executemany("INSERT INTO flushed_key VALUES (?,?)", [(service, row[2]) for row in made])
            for hmac, person_ref in blinds:
                before = db.execute("SELECT person_ref FROM blind_index WHERE hmac = ?", (hmac,)).fetchone()
                db.execute("INSERT OR IGNORE INTO blind_before VALUES (?,?,?)", (service, hmac, before and before[0]))
                db.execute("INSERT OR REPLACE INTO blind_index VALUES (?,?)", (hmac, person_ref))
            db.executemany("UPDATE data_key SET person_ref = ? WHERE stream = ?", relinks)

    def settle(self, service: str, position: int, owners: Callable[[], Mapping[str, str | None]]) -> int:
        """Undo the service's latest flush if the commit it was made for never came. Returns how many keys went.

        `position` is where the service's log stands; `owners` says whose each of its streams is.
        """
        with self._writing() as db:
            row = db.execute("SELECT position FROM flushed WHERE service = ?", (service,)).fetchone()
            if row is None or row[0] <= position:
                return 0
            for hmac, before in db.execute(
                "SELECT hmac, person_ref FROM blind_before WHERE service = ?", (service,)
            ).fetchall():
                db.execute("DELETE FROM blind_index WHERE hmac = ?", (hmac,))
                if before is not None:
                    db.execute("INSERT INTO blind_index VALUES (?,?)", (hmac, before))
            gone = _match(db, service, owners())
            db.execute("DELETE FROM blind_before WHERE service = ?", (service,))
            db.execute("UPDATE flushed SET position = ? WHERE service = ?", (position, service))
            self._forget()
            return gone

    def sealed_by(self, person_ref: str) -> frozenset[str]:
        """The services that hold sealed content of their own about a person, views not counted."""
        with self._lock:
            rows = self._db.execute(
                "SELECT DISTINCT service FROM data_key WHERE person_ref = ? AND party = ''", (person_ref,)
            )
            return frozenset(row[0] for row in rows)

    def shred_person(self, person_ref: str) -> int:
        """Destroy every key of a person, and the way to find them by national id. Returns how many keys."""
        return self._shred("person_ref", person_ref)

    def shred_stream(self, stream: str) -> int:
        """Destroy one stream's key. Returns how many keys (0 or 1)."""
        return self._shred("stream", stream)

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

    def tidy(self) -> None:
        """Leave no byte of what was destroyed in the file. Does nothing when nothing was.

        A deleted row is overwritten where it lies, but not where it lay before its page was split. Writing the whole
        file anew takes its time, so it is done when there is some. Raises TransientError when another process reads.
        """
        with self._lock:
            if not self._db.execute("PRAGMA user_version").fetchone()[0]:
                return
            self._db.execute("VACUUM")
            (busy, *_rest) = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise TransientError("somebody reads the keyring, so what was destroyed may still lie in it. Try again")
            self._db.execute("PRAGMA user_version = 0")

    def probe(self) -> None:
        """Write to see whether the disk takes it. Raises what SQLite raises while it does not."""
        with self._writing() as db:
            marked = db.execute("PRAGMA user_version").fetchone()[0]
            db.execute(f"PRAGMA user_version = {marked}")

    def _shred(self, column: str, name: str) -> int:
        with self._writing() as db:
            db.execute("PRAGMA user_version = 1")
            gone = db.execute(f"DELETE FROM data_key WHERE {column} = ?", (name,)).rowcount  # noqa: S608 - our own name
            if column == "person_ref":
                for forget in _FORGET_WAY:
                    db.execute(forget, (name,))
            self._forget()
        with self._lock:
            # The write-ahead log still holds the deleted pages until it is folded in and cut to nothing.
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def _forget(self) -> None:
        """No key is at hand any more."""
        self._by_stream.clear()
        self._by_id.clear()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: durable at the end, or nothing of it."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk ends it by itself
                    self._db.execute("ROLLBACK")
                raise


def _match(db: sqlite3.Connection, service: str, owners: Mapping[str, str | None]) -> int:
    """Each key its owner's, and none of the latest flush for a stream that never came. Returns how many were deleted.

    Older keys stay whatever the log says: a log that is gone may come back from a backup, a key may not.
    """
    latest = {row[0] for row in db.execute("SELECT stream FROM flushed_key WHERE service = ?", (service,))}
    keys = db.execute("SELECT stream, person_ref FROM data_key WHERE service = ?", (service,)).fetchall()
    orphans = [(stream,) for stream, _ in keys if stream in latest and stream not in owners]
    strayed = [(owners[stream], stream) for stream, person in keys if stream in owners and owners[stream] != person]
    db.executemany("DELETE FROM data_key WHERE stream = ?", orphans)
    db.executemany("UPDATE data_key SET person_ref = ? WHERE stream = ?", strayed)
    return len(orphans)


@dataclass(slots=True)
class KeySession:
    """The keys that one service's open transaction has made, not yet durable."""

    ring: Keyring
    service: str
    _keys: dict[str, DataKey] = field(default_factory=dict)
    _rows: list[tuple[object, ...]] = field(default_factory=list)
    _blinds: list[tuple[bytes, str]] = field(default_factory=list)
    _relinks: list[tuple[str, str]] = field(default_factory=list)
    flushed: bool = False
    """Something was made durable for the transaction: when that never comes, it must be settled."""

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

    def flush(self, position: int) -> None:
        """Make all of it durable. Called once, right before the service's commit, which takes its log to `position`."""
        if not (self._rows or self._blinds or self._relinks):
            return
        self.flushed = True
        self.ring.store(self.service, position, self._rows, self._blinds, self._relinks)
        for stream, made in self._keys.items():
            self.ring.remember(made, stream)
        self._keys.clear()
        self._rows.clear()
        self._blinds.clear()
        self._relinks.clear()
