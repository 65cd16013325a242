"""Understands how a keyring is closed anew under another master secret, and what stays as the first one made it.

The data keys stay, for the logs are sealed with them and are never written anew. So do the two secrets with which
persons and messages are found again: their hashes stand in the logs and in the blind index. They are derived from the
first master secret, and kept from then on as the data keys are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Final

from bindeledd.core.clock import Entropy
from bindeledd.core.errors import InvalidMessage
from bindeledd.seal.held import Held
from bindeledd.seal.keys import NONCE_BYTES, unwrap, wrap
from bindeledd.store.db import Db

FINGERPRINT: Final = "fingerprint"
BLIND_INDEX: Final = "blind-index"
_OURS: Final = ""
"""As whose the lasting secrets are wrapped: the services' own."""

Keks = Callable[[str], bytes]
"""The key-encryption key of a party."""


def lasting(db: Db, held: Held, purpose: str, first: Callable[[], bytes]) -> bytes:
    """A secret that outlives the master secret it was derived from: as it is kept, else as `first` derives it."""
    row = db.one("SELECT wrapped FROM lasting_secret WHERE purpose = ?", (purpose,))
    return first() if row is None else unwrap(held.kek(_OURS), purpose, row[0])


def rewrap(db: Db, old: Held, new: Held, lasts: Mapping[str, bytes], entropy: Entropy) -> int:
    """Close every key, and the secrets that last, under another master secret. Returns how many keys.

    In the caller's transaction, which must be undone when this raises: InvalidMessage when a key does not open now, or
    would not as the same key afterwards.
    """
    theirs, ours = cache(old.kek), cache(new.kek)
    keys = _opened(db, theirs)

    def closed(party: str, name: str, secret: bytes) -> bytes:
        return wrap(ours(party), name, secret, entropy(NONCE_BYTES))

    # What they were wrapped as still lies in the files.
    db.run("INSERT INTO untidy VALUES ('rewrap') ON CONFLICT DO NOTHING")
    rows = [(closed(party, key_id, secret), key_id) for key_id, (party, secret) in keys.items()]
    db.run_many("UPDATE data_key SET wrapped = ? WHERE key_id = ?", rows)
    db.run("DELETE FROM lasting_secret")
    kept = [(purpose, closed(_OURS, purpose, secret)) for purpose, secret in lasts.items()]
    db.run_many("INSERT INTO lasting_secret VALUES (?,?)", kept)
    db.run("DELETE FROM secret_proof")
    db.run("INSERT INTO secret_proof VALUES (?)", (new.proof,))
    _refuse_other((keys, lasts), (_opened(db, ours), _kept(db, new, lasts)))
    return len(keys)


def _opened(db: Db, keks: Keks) -> dict[str, tuple[str, bytes]]:
    """Every data key: id → whose, and the key itself."""
    rows = db.all("SELECT key_id, party, wrapped FROM data_key")
    return {key_id: (party, unwrap(keks(party), key_id, wrapped)) for key_id, party, wrapped in rows}


def _kept(db: Db, held: Held, purposes: Iterable[str]) -> dict[str, bytes]:
    return {purpose: lasting(db, held, purpose, bytes) for purpose in purposes}


def _refuse_other(before: object, after: object) -> None:
    if before != after:
        raise InvalidMessage("a key would not be the same afterwards", fix="Nothing has changed. Please report it")
