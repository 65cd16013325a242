"""What is derived from the installation's one master secret, and how a value is sealed under a data key."""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bindeledd.core.clock import Entropy
from bindeledd.core.errors import InvalidMessage, Shredded
from bindeledd.core.sealed import Forseglet

KEY_BYTES = 32
NONCE_BYTES = 12


def master_secret(path: Path, entropy: Entropy) -> bytes:
    """The installation's master secret (32 bytes) from `path`; made there, readable by its owner only, when new."""
    return kept_secret(path, entropy, "a master secret")


def kept_secret(path: Path, entropy: Entropy, what: str) -> bytes:
    """A secret of 32 bytes from `path`; made there, readable by its owner only, when new. Raises InvalidMessage."""
    if not path.exists():
        write_secret(path, entropy(KEY_BYTES))
    secret = path.read_bytes()
    if len(secret) != KEY_BYTES:
        raise InvalidMessage(f"{what} is {KEY_BYTES} bytes", str(path.name), "Restore it from the backup")
    return secret


def write_secret(path: Path, secret: bytes) -> None:
    """A file that its owner alone can read: whole and durable under its name, or not there at all (what is half written
    has another name)."""
    half = path.with_name(path.name + ".new")
    half.unlink(missing_ok=True)
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    half.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def derive(master: bytes, purpose: str) -> bytes:
    """A secret of its own (32 bytes) for each purpose: wrapping for a party, the blind index, fingerprints."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(master)


def keyed_hash(key: bytes, *parts: str | bytes) -> bytes:
    """HMAC-SHA-256 over the parts, each with its length, so that no two lists of parts collide."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        mac.update(len(raw).to_bytes(8, "big"))
        mac.update(raw)
    return mac.digest()


def wrap(kek: bytes, key_id: str, key: bytes, nonce: bytes) -> bytes:
    """A data key, closed under a key-encryption key and bound to its id."""
    return nonce + AESGCM(kek).encrypt(nonce, key, key_id.encode())


def unwrap(kek: bytes, key_id: str, wrapped: bytes) -> bytes:
    """The data key again. Raises InvalidMessage when the wrong secret, or another id's wrapping, is used."""
    try:
        return AESGCM(kek).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], key_id.encode())
    except InvalidTag:
        raise InvalidMessage(
            "a data key does not open with this master secret", f"key {key_id}", "Use this data folder's own secret"
        ) from None


def seal(key_id: str, key: bytes, origin: str, field: str, content: bytes, nonce: bytes) -> Forseglet[object]:
    """Content closed under a stream's data key (AES-256-GCM), bound to its key id, origin and field."""
    cipher = AESGCM(key).encrypt(nonce, content, _bound(key_id, origin, field))
    return Forseglet(key_id, origin, field, nonce, cipher)


def unseal(key: bytes, sealed: Forseglet[object]) -> bytes:
    """The content of a sealed value. Raises Shredded when nothing is left, InvalidMessage when it was changed."""
    if sealed.makulert:
        raise Shredded("the content has been shredded")
    try:
        bound = _bound(sealed.key, sealed.origin, sealed.field)
        return AESGCM(key).decrypt(sealed.nonce, sealed.ciphertext, bound)
    except InvalidTag:
        raise InvalidMessage("a sealed value was changed, or moved", f"origin {sealed.origin}") from None


def makulert(sealed: Forseglet[object]) -> Forseglet[object]:
    """What is carried on when a sealed value's key is gone."""
    return Forseglet("", sealed.origin, sealed.field, b"", b"")


def _bound(key_id: str, origin: str, field: str) -> bytes:
    return "\x1f".join((key_id, origin, field)).encode()
