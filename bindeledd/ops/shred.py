"""Understands crypto-shredding: what a person's keys opened can never be opened again. The logs stay whole."""

from __future__ import annotations

from bindeledd.core.errors import InvalidMessage
from bindeledd.ops import logs
from bindeledd.seal.keyring import Keyring


def shred_person(keyring: Keyring, person_ref: str) -> int:
    """Destroy all keys of a person, views included, and the way to find them by national id. Returns how many keys.

    Final when the last backup of the keyring has expired. Raises InvalidMessage when the person has no keys here;
    TransientError when the keys are gone but something of them may still lie in the file, for another process reads it.
    """
    return _done(keyring, "person", keyring.shred_person(person_ref))


def shred_stream(keyring: Keyring, stream: str) -> int:
    """Destroy one stream's key. Raises InvalidMessage when it has none, TransientError as `shred_person` does."""
    return _done(keyring, "stream", keyring.shred_stream(stream))


def _done(keyring: Keyring, kind: str, count: int) -> int:
    if not count:
        raise InvalidMessage(f"this {kind} has no keys here", fix="Check the ref; what is shredded once stays shredded")
    # Whoever asked waits to hear that it is done, so what is left of the keys in the file goes now.
    keyring.tidy()
    logs.warning("keys.shredded", kind=kind, count=count)
    return count
