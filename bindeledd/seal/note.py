"""Understands a checkpoint: how a log stood, signed so that anyone with the public key can hold it against the log.

The text is C2SP's tlog-checkpoint in a signed note, as Go's checksum database and Sigstore's Rekor write theirs:
https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bindeledd.core.clock import Entropy
from bindeledd.core.errors import InvalidMessage
from bindeledd.seal.keys import kept_secret

KEY_ID_BYTES = 4
ED25519 = b"\x01"
"""The signed note's number for Ed25519."""
SIGNED = "\u2014 "
"""How a line with a signature begins: an em dash and a space."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How a log stood: its name, how many records there were, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


class Signer:
    """The private key of an installation's logs."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)

    @property
    def public(self) -> bytes:
        """The public key: 32 bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, checkpoint: Checkpoint) -> str:
        signature = key_id(checkpoint.origin, self.public) + self._key.sign(checkpoint.text.encode())
        return f"{checkpoint.text}\n{SIGNED}{checkpoint.origin} {_base64(signature)}\n"


def signer(path: Path, entropy: Entropy) -> Signer:
    """The one whose key lies in a file of 32 random bytes; made there, for its owner alone, when new."""
    return Signer(kept_secret(path, entropy, "a key that signs checkpoints"))


def key_id(origin: str, public: bytes) -> bytes:
    return hashlib.sha256(f"{origin}\n".encode() + ED25519 + public).digest()[:KEY_ID_BYTES]


def public_key(origin: str, public: bytes) -> str:
    """The public key as others take it: the log's name, the key's id, the key (https://c2sp.org/signed-note)."""
    return f"{origin}+{key_id(origin, public).hex()}+{_base64(ED25519 + public)}"


def opened(note: str, publics: Collection[bytes]) -> Checkpoint:
    """What a note says, if it is exactly as one of these keys signed it. Raises InvalidMessage."""
    text, _, signatures = note.removesuffix("\n").rpartition("\n\n")
    text += "\n"
    said = _read(text)
    known = {key_id(said.origin, public): public for public in publics}
    for name, signature in [_signature(line) for line in signatures.split("\n")]:
        public = known.get(signature[:KEY_ID_BYTES]) if name == said.origin else None
        if public is not None:
            _check(public, signature[KEY_ID_BYTES:], text)
            return said
    raise InvalidMessage("a checkpoint is not signed by a key that is known here", said.origin)


def _read(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4 or lines[-1] or not lines[1].isdecimal():
        raise InvalidMessage("this is no checkpoint")
    said = Checkpoint(lines[0], int(lines[1]), _bytes(lines[2]))
    if said.text != text or len(said.root) != hashlib.sha256().digest_size:
        raise InvalidMessage("this is no checkpoint")
    return said


def _signature(line: str) -> tuple[str, bytes]:
    """Whose signature a line is, and the signature: it may be a stranger's, as a witness's is."""
    name, _, said = line.removeprefix(SIGNED).partition(" ")
    signature = _bytes(said)
    if line != f"{SIGNED}{name} {_base64(signature)}":
        raise InvalidMessage("this is no checkpoint")
    return name, signature


def _check(public: bytes, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text.encode())
    except InvalidSignature:
        raise InvalidMessage("a checkpoint's signature does not hold: one of the two was changed") from None


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidMessage("this is no checkpoint") from None
