"""Understands a checkpoint: how a log stood, signed so that anyone with the public key can hold it against the log.

The text is C2SP's tlog-checkpoint in a signed note, as Go's checksum database and Sigstore's Rekor write theirs:
https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note. A log is handed over to another key by a checkpoint that
names it in a line of its own, signed by both.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bindeledd.core.clock import Entropy
from bindeledd.core.errors import InvalidMessage
from bindeledd.seal.keys import kept_secret

KEY_ID_BYTES, PUBLIC_BYTES = 4, 32
ED25519 = b"\x01"
"""The signed note's number for Ed25519."""
SIGNED = "\u2014 "
"""How a line with a signature begins: an em dash and a space."""
BEFORE = ".before"
"""How the name of the file ends where the key lies that is to hand over to the one beside it."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How a log stood: its name, how many records there were, and the root over them; and the public key that signs
    from there on, where it is handed over."""

    origin: str
    size: int
    root: bytes
    successor: bytes | None = None

    @property
    def text(self) -> str:
        handed = f"{public_key(self.origin, self.successor)}\n" if self.successor is not None else ""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n{handed}"


class Signer:
    """The private key of an installation's logs."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)

    @property
    def public(self) -> bytes:
        """The public key: 32 bytes."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, checkpoint: Checkpoint, *also: Signer) -> str:
        lines = (each.line(checkpoint) for each in (self, *also))
        return f"{checkpoint.text}\n{''.join(lines)}"

    def line(self, checkpoint: Checkpoint) -> str:
        """Its signature, as a line of a note."""
        signature = key_id(checkpoint.origin, self.public) + self._key.sign(checkpoint.text.encode())
        return f"{SIGNED}{checkpoint.origin} {_base64(signature)}\n"


def signer(path: Path, entropy: Entropy) -> Signer:
    """The one whose key lies in a file of 32 random bytes; made there, for its owner alone, when new."""
    return Signer(kept_secret(path, entropy, "a key that signs checkpoints"))


def former(path: Path, entropy: Entropy) -> Signer | None:
    """The one whose key lay there before, if it is still beside the new one, to hand its logs over."""
    before = path.with_name(path.name + BEFORE)
    return signer(before, entropy) if before.exists() else None


def key_id(origin: str, public: bytes) -> bytes:
    return hashlib.sha256(f"{origin}\n".encode() + ED25519 + public).digest()[:KEY_ID_BYTES]


def public_key(origin: str, public: bytes) -> str:
    """The public key as others take it: the log's name, the key's id, the key (https://c2sp.org/signed-note)."""
    return f"{origin}+{key_id(origin, public).hex()}+{_base64(ED25519 + public)}"


class Keys:
    """The public keys of a log: those that are known, and those that they have handed it over to.

    Who has handed it over may sign for no more records than there were: what a thief signs later with the old key is
    refused.
    """

    def __init__(self, publics: Iterable[bytes], handovers: Iterable[str] = ()) -> None:
        """`handovers`: the checkpoints with which the log was handed over, the oldest first. Raises InvalidMessage for
        one that does not hold."""
        self._most: dict[bytes, float] = dict.fromkeys(publics, math.inf)
        self._next: dict[bytes, bytes] = {}
        self.handovers = tuple(handovers)
        for note in self.handovers:
            self._hand_over(note)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._most)

    def __contains__(self, public: bytes) -> bool:
        return public in self._most

    def opened(self, note: str) -> Checkpoint:
        """What a note says, if it is exactly as one of these keys signed it, which might. Raises InvalidMessage."""
        said, public = _signed(note, self._most)
        if said.size <= self._most[public]:
            return said
        raise InvalidMessage("a checkpoint is signed by a key that had handed the log over", said.origin)

    def _hand_over(self, note: str) -> None:
        (said, giver), successor = _signed(note, self._most), self.opened(note).successor
        if successor is None:
            raise InvalidMessage("a checkpoint hands nothing over", said.origin)
        _signed(note, [successor])  # who is named has the key
        if giver == successor:
            return  # from before the first one that is known here
        if self._next.setdefault(giver, successor) != successor:
            raise InvalidMessage("a key handed the log over to two others", said.origin)
        self._most[giver] = min(self._most[giver], said.size)
        self._most.setdefault(successor, math.inf)


def opened(note: str, publics: Collection[bytes]) -> Checkpoint:
    """What a note says, if it is exactly as one of these keys signed it. Raises InvalidMessage."""
    return _signed(note, publics)[0]


def _signed(note: str, publics: Collection[bytes]) -> tuple[Checkpoint, bytes]:
    """What a note says, and the first of these keys that signed it so."""
    text, _, signatures = note.removesuffix("\n").rpartition("\n\n")
    text += "\n"
    said = _read(text)
    known = {key_id(said.origin, public): public for public in publics}
    for name, signature in [_signature(line) for line in signatures.split("\n")]:
        public = known.get(signature[:KEY_ID_BYTES]) if name == said.origin else None
        if public is not None:
            _check(public, signature[KEY_ID_BYTES:], text)
            return said, public
    raise InvalidMessage("a checkpoint is not signed by a key that is known here", said.origin)


def _read(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) not in (4, 5) or lines[-1] or not lines[1].isdecimal():
        raise InvalidMessage("this is no checkpoint")
    successor = _public(lines[3]) if len(lines) == 5 else None
    said = Checkpoint(lines[0], int(lines[1]), _bytes(lines[2]), successor)
    if said.text != text or len(said.root) != hashlib.sha256().digest_size:
        raise InvalidMessage("this is no checkpoint")
    return said


def _public(text: str) -> bytes:
    """The key of a text that `public_key` wrote; what else it says is held to the key by whoever reads it."""
    public = _bytes(text.split("+", 2)[-1])  # base64 may have a plus of its own
    if len(public) != 1 + PUBLIC_BYTES or public[:1] != ED25519:
        raise InvalidMessage("this is no checkpoint")
    return public[1:]


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
