"""Checks a proof that `bindeledd proof export` wrote. Uses nothing of ours: Python, and `cryptography` for Ed25519.

    python check_proof.py proof.json 'bindeledd/4601/web/tilgang.oppslag+1f2e3d4c+AbCd…'

The key must have reached you by another way than the file. What holds then is told in one line a record, and the exit
code is 0; else one line says what does not, and it is 1. Written by RFC 6962 (the tree), RFC 9162 (how to check it) and
https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note (what is signed).
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class DoesNotHoldError(Exception):
    """Something is not as it was signed."""


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def inner(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def need(holds: object, what: str) -> None:
    if not holds:
        raise DoesNotHoldError(what)


def root_from_all(hashes: list[bytes]) -> bytes:
    """The root over all leaves (RFC 6962 §2.1)."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256().digest()
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return inner(root_from_all(hashes[:split]), root_from_all(hashes[split:]))


def root_from_path(digest: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that a leaf and its inclusion proof lead to (RFC 9162 §2.1.3.2)."""
    need(0 <= index < size, f"record {index} is not in a log of {size}")
    at, last = index, size - 1
    for other in path:
        need(last, f"the proof of record {index} is too long")
        if at % 2 or at == last:
            digest = inner(other, digest)
            while at and not at % 2:
                at, last = at >> 1, last >> 1
        else:
            digest = inner(digest, other)
        at, last = at >> 1, last >> 1
    need(not last, f"the proof of record {index} is too short")
    return digest


def check_consistency(size1: int, size2: int, root1: bytes, root2: bytes, path: list[bytes]) -> None:
    """That the second log begins with all of the first (RFC 9162 §2.1.4.2)."""
    need(size1 <= size2, "the older checkpoint tells of more records than the newer")
    if size1 in {0, size2}:
        empty = hashlib.sha256().digest()
        need(not path and (root1 == root2 if size1 else root1 == empty), "the newer log is another one")
        return
    nodes = [root1, *path] if size1 & (size1 - 1) == 0 else path
    need(nodes, "the proof that the log goes on is missing")
    at, last = size1 - 1, size2 - 1
    while at % 2:
        at, last = at >> 1, last >> 1
    first = second = nodes[0]
    for other in nodes[1:]:
        need(last, "the proof that the log goes on is too long")
        if at % 2 or at == last:
            first, second = inner(other, first), inner(other, second)
            while at and not at % 2:
                at, last = at >> 1, last >> 1
        else:
            second = inner(second, other)
        at, last = at >> 1, last >> 1
    need(not last and first == root1 and second == root2, "the newer log does not begin with all of the older")


def opened(note: str, key: str) -> tuple[int, bytes]:
    """How many records a checkpoint tells of, and their root, if it is as the key signed it."""
    name, key_id, public = key.split("+", 2)
    algorithm, raw = base64.b64decode(public)[:1], base64.b64decode(public)[1:]
    said = hashlib.sha256(name.encode() + b"\n" + algorithm + raw).hexdigest()[:8]
    need(algorithm == b"\x01" and said == key_id, "this is no public key for checkpoints")
    text, _, signatures = note.removesuffix("\n").rpartition("\n\n")
    for line in signatures.split("\n"):
        dash, signer, signature = line.split(" ")
        signed = base64.b64decode(signature, validate=True)
        if (dash, signer, signed[:4].hex()) == ("\u2014", name, key_id):
            Ed25519PublicKey.from_public_bytes(raw).verify(signed[4:], f"{text}\n".encode())
            origin, size, root = text.split("\n")
            need(origin == name, "the checkpoint is another log's")
            return int(size), base64.b64decode(root, validate=True)
    raise DoesNotHoldError("the checkpoint is not signed by that key")


def check(proof: dict[str, Any], key: str) -> list[str]:
    """What holds, one line each. Raises DoesNotHoldError, InvalidSignature, ValueError and the like."""
    size, root = opened(proof["checkpoint"], key)
    records = [(each, base64.b64decode(each["record"], validate=True)) for each in proof["records"]]
    if all("path" not in each for each, _ in records):
        need([each["index"] for each, _ in records] == list(range(size)), f"not all of the {size} records are there")
        need(root_from_all([leaf(data) for _, data in records]) == root, "the records are not those that were signed")
        told = [f"all {size} records are those that were signed, in their order, and there are no others"]
    else:
        for each, data in records:
            path = [base64.b64decode(text, validate=True) for text in each["path"]]
            got = root_from_path(leaf(data), each["index"], size, path)
            need(got == root, f"record {each['index']} is not what was signed")
        told = [f"record {each['index']} of {size} is what was signed" for each, _ in records]
    if "goes_on_from" in proof:
        before = proof["goes_on_from"]
        size1, root1 = opened(before["checkpoint"], key)
        path = [base64.b64decode(text, validate=True) for text in before["path"]]
        check_consistency(size1, size, root1, root, path)
        told.append(f"the log of {size} records begins with all of the older one's {size1}, unchanged")
    return told


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    try:
        told = check(json.loads(Path(sys.argv[1]).read_text("utf-8")), sys.argv[2])
    except DoesNotHoldError as error:
        print(f"DOES NOT HOLD: {error}")
        return 1
    except InvalidSignature:
        print("DOES NOT HOLD: the checkpoint is not as it was signed")
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"DOES NOT HOLD: the file or the key is not as it should be ({type(error).__name__})")
        return 1
    print("\n".join(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
