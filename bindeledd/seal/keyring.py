"""The keyring: which data key a stream has, whose it is, and how a person is found by a national id.

One per installation, in a store of its own. A key is durable before any record that uses it commits: a service's
transaction gathers the keys it makes in a `KeySession`, and flushes them right before its own commit. A flush says
which position the service's log will have reached when that commit is there too; a service that starts, and finds
itself short of it, settles: what was flushed for a commit that never came is undone. Where keyring and service lie in
one database the flush is part of the service's commit, and there is nothing to settle: so several processes may work in
one service there, and any of them may end at any moment.

A service that finds itself short even of where it began that commit has lost more than one: its log was restored from a
backup. Then nothing is undone, for the log may come back, and a key may not.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from bindeledd.core.clock import Entropy, new_ref
from bindeledd.core.errors import InvalidMessage, NotAllowed, Shredded, TransientError
from bindeledd.ops import logs
from bindeledd.seal import keys as crypto
from bindeledd.seal.held import Given, Held
from bindeledd.seal.rewrap import BLIND_INDEX, FINGERPRINT, lasting, rewrap
from bindeledd.store.db import Db
from bindeledd.store.migrations import Kept, bring_up, refuse_older

CACHE_SECONDS = 60.0
CACHE_KEYS = 5_000

TABLES = """
CREATE TABLE IF NOT EXISTS data_key (
  key_id TEXT PRIMARY KEY, service TEXT NOT NULL, stream TEXT NOT NULL UNIQUE,
  person_ref TEXT, party TEXT NOT NULL, wrapped {blob} NOT NULL
) {clustered};
CREATE INDEX IF NOT EXISTS data_key_person ON data_key (person_ref);
CREATE TABLE IF NOT EXISTS blind_index (hmac {blob} PRIMARY KEY, person_ref TEXT NOT NULL) {clustered};
CREATE INDEX IF NOT EXISTS blind_index_person ON blind_index (person_ref);
CREATE TABLE IF NOT EXISTS flushed (
  service TEXT PRIMARY KEY, position BIGINT NOT NULL, begun BIGINT NOT NULL DEFAULT 0
) {clustered};
CREATE TABLE IF NOT EXISTS flushed_key (service TEXT NOT NULL, stream TEXT NOT NULL, PRIMARY KEY (service, stream))
  {clustered};
CREATE TABLE IF NOT EXISTS blind_before (
  service TEXT NOT NULL, hmac {blob} NOT NULL, person_ref TEXT, PRIMARY KEY (service, hmac)
) {clustered};
CREATE TABLE IF NOT EXISTS untidy (since TEXT PRIMARY KEY) {clustered};
CREATE TABLE IF NOT EXISTS secret_proof (proof {blob} PRIMARY KEY) {clustered};
CREATE TABLE IF NOT EXISTS lasting_secret (purpose TEXT PRIMARY KEY, wrapped {blob} NOT NULL) {clustered};
"""
"""`flushed_key` names the keys of each service's latest flush, `blind_before` what the blind index said before it.
`untidy` has a row while something that was destroyed may still lie in the files. `secret_proof` has one row, which only
the master secret that the keys are wrapped with leads to. `lasting_secret` is empty until they were wrapped anew."""
KEPT = Kept("keyring", "0004", "data_key", TABLES)
_FLUSHED = (
    "INSERT INTO flushed VALUES (?,?,?) ON CONFLICT (service) DO UPDATE SET "
    "position = excluded.position, begun = excluded.begun"
)
_BLIND = "INSERT INTO blind_index VALUES (?,?) ON CONFLICT (hmac) DO UPDATE SET person_ref = excluded.person_ref"
_BLIND_BEFORE = (
    "INSERT INTO blind_before VALUES (?,?,(SELECT person_ref FROM blind_index WHERE hmac = ?)) ON CONFLICT DO NOTHING"
)
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
    """All data keys of an installation, wrapped. Safe to use from several threads.

    Raises InvalidMessage when what is `held` is not of the secret that they are wrapped with; then nothing has been
    written.
    """

    def __init__(self, db: Db, held: Held, entropy: Entropy) -> None:
        _refuse_other_secret(db, held)
        self._make_ready(db, held)
        self._db = db
        self._held, self.entropy = held, entropy
        self._lock = threading.RLock()
        self._fingerprint_key = self._lasting(FINGERPRINT, held.fingerprint)
        self._keks: dict[str, bytes] = {}
        self._by_stream: OrderedDict[str, tuple[float, DataKey]] = OrderedDict()
        self._by_id: OrderedDict[str, tuple[float, DataKey]] = OrderedDict()

    def _make_ready(self, db: Db, held: Held) -> None:
        bring_up(db, KEPT)
        if db.one("SELECT proof FROM secret_proof") is None:
            db.run("INSERT INTO secret_proof VALUES (?)", (held.proof,))

    def close(self) -> None:
        """Tidies up, if nobody else reads: else whoever closes next does."""
        with self._lock:
            try:
                self.tidy()
            except TransientError as error:
                logs.warning("keyring.untidy", reason=str(error))
            finally:
                self._db.close()

    def fingerprint(self, *parts: str | bytes) -> bytes:
        """A keyed hash for recognising content again without saying anything of it."""
        return crypto.keyed_hash(self._fingerprint_key, *parts)

    def passing(self, *parts: str | bytes) -> bytes:
        """The same for what need not last: another one once the keys are wrapped under another master secret."""
        return crypto.keyed_hash(self._held.fingerprint(), *parts)

    def caller(self, name: str) -> bytes:
        """What a caller (a service, or an organisation) makes its passes with. Raises NotAllowed for another's."""
        return self._held.caller(name)

    @cached_property
    def _blind_key(self) -> bytes:
        return self._lasting(BLIND_INDEX, self._held.blind_index)

    def blind(self, number: str, kind: str, issuer: str) -> bytes:
        """The blind-index entry of a national id. Exact ids only."""
        return crypto.keyed_hash(self._blind_key, kind, issuer, number)

    def person_of(self, blind: bytes) -> str | None:
        """The person_ref that a blind-index entry leads to, or None."""
        with self._lock:
            row = self._db.one("SELECT person_ref FROM blind_index WHERE hmac = ?", (blind,))
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
        """The key-encryption key of a party ('' for the services' own streams). Raises NotAllowed for one not held."""
        if party not in self._keks:
            self._keks[party] = self._held.kek(party)
        return self._keks[party]

    def session(self, service: str) -> KeySession:
        return KeySession(self, service)

    def store(
        self, service: str, begun: int, position: int, rows: Sequence[tuple[object, ...]],
        blinds: Sequence[tuple[bytes, str]], relinks: Iterable[tuple[str, str]], within: Db | None,
    ) -> None:  # fmt: skip
        """Make new keys, blind-index entries and (person_ref, stream) relinks durable, in one commit.

        The commit that they are made for takes the service's log from `begun` to `position`. It is the same one where
        the service's open transaction, `within`, reaches the keyring.
        """
        together = within is not None and within.commits_with(self._db)
        with nullcontext(cast(Db, within)) if together else self._writing() as db:
            db.run("DELETE FROM blind_before WHERE service = ?", (service,))
            db.run(_FLUSHED, (service, position, begun))
            db.run_many("INSERT INTO data_key VALUES (?,?,?,?,?,?)", rows)
            db.run("DELETE FROM flushed_key WHERE service = ?", (service,))
            db.run_many("INSERT INTO flushed_key VALUES (?,?)", [(service, row[2]) for row in rows])
            for hmac, person_ref in blinds:
                db.run(_BLIND_BEFORE, (service, hmac, hmac))
                db.run(_BLIND, (hmac, person_ref))
            db.run_many("UPDATE data_key SET person_ref = ? WHERE stream = ?", relinks)

    def settle(self, service: str, position: int, owners: Callable[[], Mapping[str, str | None]]) -> int:
        """Undo the service's latest flush if the commit it was made for never came. Returns how many keys went.

        `position` is where the service's log stands; `owners` says whose each of its streams is.
        """
        with self._writing() as db:
            row = db.one("SELECT position, begun FROM flushed WHERE service = ?", (service,))
            if row is None or not row[1] <= position < row[0]:
                return 0
            for hmac, before in db.all("SELECT hmac, person_ref FROM blind_before WHERE service = ?", (service,)):
                db.run("DELETE FROM blind_index WHERE hmac = ?", (hmac,))
                if before is not None:
                    db.run(_BLIND, (hmac, before))
            gone = _match(db, service, owners())
            db.run("DELETE FROM blind_before WHERE service = ?", (service,))
            db.run("UPDATE flushed SET position = ? WHERE service = ?", (position, service))
            self._forget()
            return gone

    def knows_more(self, service: str, position: int) -> bool:
        """Whether the service's log has been further than `position`, where it stands now: it was restored then."""
        with self._lock:
            row = self._db.one("SELECT begun FROM flushed WHERE service = ?", (service,))
        return row is not None and row[0] > position

    def restored(self, service: str, position: int) -> None:
        """The service's log goes on from `position`, though it has been further."""
        with self._writing() as db:
            db.run("DELETE FROM blind_before WHERE service = ?", (service,))
            db.run("DELETE FROM flushed_key WHERE service = ?", (service,))
            db.run("UPDATE flushed SET position = ?, begun = ? WHERE service = ?", (position, position, service))

    def sealed_by(self, person_ref: str) -> frozenset[str]:
        """The services that hold sealed content of their own about a person, views not counted."""
        with self._lock:
            rows = self._db.all(
                "SELECT DISTINCT service FROM data_key WHERE person_ref = ? AND party = ''", (person_ref,)
            )
        return frozenset(row[0] for row in rows)

    def shred_person(self, person_ref: str) -> int:
        """Destroy every key of a person, and the way to find them by national id. Returns how many keys."""
        return self._shred("person_ref", person_ref)

    def shred_stream(self, stream: str) -> int:
        """Destroy one stream's key. Returns how many keys (0 or 1)."""
        return self._shred("stream", stream)

    def rewrap(self, new: Held) -> int:
        """Wrap every key under another master secret, in one commit; the keys themselves stay. Returns how many.

        Nobody else may work with the keyring. Raises InvalidMessage, and nothing has changed, when it is the same
        secret, or when one of the keys does not open.
        """
        if new.proof == self._held.proof:
            raise InvalidMessage("the keys are wrapped with this master secret already", fix="Name a new one")
        lasts = {FINGERPRINT: self._fingerprint_key, BLIND_INDEX: self._blind_key}
        with self._writing() as db:
            count = rewrap(db, self._held, new, lasts, self.entropy)
        self._held = new
        self._keks.clear()
        return count

    def remember(self, found: DataKey, stream: str) -> None:
        """Keep an open key at hand for at most CACHE_SECONDS."""
        now = time.monotonic()
        for cache, name in ((self._by_stream, stream), (self._by_id, found.key_id)):
            cache[name] = (now, found)
            if len(cache) > CACHE_KEYS:
                cache.popitem(last=False)

    def _lookup(self, cache: OrderedDict[str, tuple[float, DataKey]], column: str, name: str) -> DataKey | None:
        hit = cache.get(name)  # without the lock: whoever makes keys durable holds it while the disk works
        if hit is not None and time.monotonic() - hit[0] < CACHE_SECONDS:
            return hit[1]
        with self._lock:
            row = self._db.one(
                f"SELECT key_id, stream, party, wrapped FROM data_key WHERE {column} = ?",  # noqa: S608 - our own names
                (name,),
            )
            if row is None:
                return None
            found = DataKey(row[0], crypto.unwrap(self.kek(row[2]), row[0], row[3]))
            self.remember(found, row[1])
            return found

    def _lasting(self, purpose: str, first: Callable[[], bytes]) -> bytes:
        with self._lock:
            return lasting(self._db, self._held, purpose, first)

    def tidy(self) -> None:
        """Leave no byte of what was destroyed in the store's files. Does nothing when nothing was.

        Writing them anew takes its time, so it is done when there is some. Raises TransientError when another process
        reads.
        """
        with self._lock:
            if self._db.one("SELECT since FROM untidy") is None:
                return
            try:
                self._db.burn()
            except TransientError as error:
                why = f"what was destroyed may still lie in the keyring's files, for {error}. Try again"
                raise TransientError(why) from error
            with self._writing() as db:
                db.run("DELETE FROM untidy")

    def probe(self) -> None:
        """Write to see whether the disk takes it. Raises what the store raises while it does not."""
        with self._writing() as db:
            db.run("INSERT INTO untidy VALUES ('probe')")
            db.run("DELETE FROM untidy WHERE since = 'probe'")

    def _shred(self, column: str, name: str) -> int:
        with self._writing() as db:
            db.run("INSERT INTO untidy VALUES (?) ON CONFLICT DO NOTHING", (column,))
            gone = db.touched(f"DELETE FROM data_key WHERE {column} = ?", (name,))  # noqa: S608 - our own name
            if column == "person_ref":
                for forget in _FORGET_WAY:
                    db.run(forget, (name,))
            self._forget()
        with self._lock:
            # A write-ahead log of our own still holds the deleted rows until it is folded in and cut to nothing.
            self._db.idle()
        return gone

    def _forget(self) -> None:
        """No key is at hand any more."""
        self._by_stream.clear()
        self._by_id.clear()

    @contextmanager
    def _writing(self) -> Iterator[Db]:
        """One transaction: durable at the end, or nothing of it."""
        with self._lock:
            self._db.begin()
            try:
                yield self._db
                self._db.commit()
            except BaseException:
                self._db.rollback()
                raise


class LentKeyring(Keyring):
    """The keyring for a process that was given some of the keys: it opens what those open, and writes nothing.

    Raises TransientError while the services have not made it yet; InvalidMessage as the keyring does.
    """

    def __init__(self, db: Db, given: Given, entropy: Entropy) -> None:
        refuse_older("the keyring", db, KEPT)
        known = db.one("SELECT proof FROM secret_proof") if db.has_table("secret_proof") else None
        if known is None:
            raise TransientError("the keyring is not made yet. Start a service first")
        if known[0] != given.proof:
            raise InvalidMessage("this key file is of another keyring", fix="Make one with `bindeledd keys give`")
        super().__init__(db, given, entropy)

    def _make_ready(self, db: Db, held: Held) -> None: ...

    def _lasting(self, _purpose: str, first: Callable[[], bytes]) -> bytes:
        return first()

    def store(self, *_flush: object) -> None:
        raise NotAllowed("this process makes no keys")

    def settle(self, *_log: object) -> int:
        return 0

    def restored(self, *_log: object) -> None: ...

    def tidy(self) -> None: ...

    def probe(self) -> None: ...


def _refuse_other_secret(db: Db, held: Held) -> None:
    """Under another secret no key opens, and no message and no person is known again."""
    known = db.one("SELECT proof FROM secret_proof") if db.has_table("secret_proof") else None
    if not (_opens_a_key(db, held) if known is None else known[0] == held.proof):
        raise InvalidMessage(
            "this is not the master secret of this keyring", "keyring.kek",
            "Restore the one that belongs to it from the backup",
        )  # fmt: skip


def _opens_a_key(db: Db, held: Held) -> bool:
    """Whether a key of a keyring that has no proof yet opens; also when it has no key."""
    row = db.one("SELECT party, key_id, wrapped FROM data_key LIMIT 1") if db.has_table("data_key") else None
    try:
        return row is None or bool(crypto.unwrap(held.kek(row[0]), *row[1:]))
    except InvalidMessage:
        return False


def _match(db: Db, service: str, owners: Mapping[str, str | None]) -> int:
    """Each key its owner's, and none of the latest flush for a stream that never came. Returns how many were deleted.

    Older keys stay whatever the log says: a log that is gone may come back from a backup, a key may not.
    """
    latest = {row[0] for row in db.all("SELECT stream FROM flushed_key WHERE service = ?", (service,))}
    keys = db.all("SELECT stream, person_ref FROM data_key WHERE service = ?", (service,))
    orphans = [(stream,) for stream, _ in keys if stream in latest and stream not in owners]
    strayed = [(owners[stream], stream) for stream, person in keys if stream in owners and owners[stream] != person]
    db.run_many("DELETE FROM data_key WHERE stream = ?", orphans)
    db.run_many("UPDATE data_key SET person_ref = ? WHERE stream = ?", strayed)
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

    def flush(self, begun: int, position: int, within: Db | None = None) -> None:
        """Make all of it durable. Called once, right before the service's commit, which takes its log from `begun` to
        `position`; `within` is the transaction that it ends."""
        if self._rows or self._blinds or self._relinks:
            self.ring.store(self.service, begun, position, self._rows, self._blinds, self._relinks, within)

    def committed(self) -> None:
        """The service's commit is there: what was made is at hand from now on."""
        for stream, made in self._keys.items():
            self.ring.remember(made, stream)
