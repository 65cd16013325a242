"""Checks a proof that `bindeledd proof export` wrote. Uses nothing of ours: Python, and `cryptography` for Ed25519.

    python check_proof.py proof.json 'bindeledd/4601/web/tilgang.oppslag+1f2e3d4c+AbCd…'

The key must have reached you by another way than the file. What holds then is told in one line a record, and the exit
code is 0; else one line says what does not, and it is 1. Where the log was handed over to another key, the key that you
were given vouches for the next one, in the file. Written by RFC 6962 (the tree), RFC 9162 (how to check it) and
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


def unbase(text: str) -> bytes:
    """Base64 as there is one way to write it."""
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "something was changed in the file")
    return data


def public_of(key: str) -> tuple[str, str, bytes]:
    """The log's name, the key's id and the key itself of a public key as text."""
    name, key_id, public = key.split("+", 2)
    algorithm, raw = unbase(public)[:1], unbase(public)[1:]
    said = hashlib.sha256(name.encode() + b"\n" + algorithm + raw).hexdigest()[:8]
    need(algorithm == b"\x01" and said == key_id, "this is no public key for checkpoints")
    return name, key_id, raw


def signed_by(note: str, key: str) -> bool:
    """Whether a key has signed a note. Raises InvalidSignature where it says so and it is not true."""
    name, key_id, raw = public_of(key)
    text, _, signatures = note.removesuffix("\n").rpartition("\n\n")
    for line in signatures.split("\n"):
        dash, signer, signature = line.split(" ")
        signed = unbase(signature)
        if (dash, signer, signed[:4].hex()) == ("\u2014", name, key_id):
            Ed25519PublicKey.from_public_bytes(raw).verify(signed[4:], f"{text}\n".encode())
            return True
    return False


def opened(note: str, keys: dict[str, float]) -> tuple[int, bytes, str, str]:
    """How many records a checkpoint tells of, their root, the key that signed it, and the one that it hands over to
    ('': none). `keys`: each with how many records it may sign for at most."""
    by = next((key for key in keys if signed_by(note, key)), None)
    if by is None:
        raise DoesNotHoldError("the checkpoint is not signed by that key")
    origin, size, root, *more = note.partition("\n\n")[0].split("\n")
    need(origin == public_of(by)[0] and len(more) < 2, "the checkpoint is another log's")
    need(int(size) <= keys[by], "the checkpoint is signed by a key that had handed the log over")
    return int(size), unbase(root), by, more[0] if more else ""


def keys_from(key: str, handovers: list[str]) -> dict[str, float]:
    """The key that you were given, and those that it handed the log over to."""
    keys, last = {key: float("inf")}, key
    for note in handovers:
        if not signed_by(note, last):
            continue  # from before the key that you were given
        size, _, by, successor = opened(note, {last: keys[last]})
        if successor != by:
            need(successor not in ("", *keys) and signed_by(note, successor), "a key hands the log over to none")
            keys[by], keys[successor], last = size, float("inf"), successor
    return keys


def check(proof: dict[str, Any], key: str) -> list[str]:
    """What holds, one line each. Raises DoesNotHoldError, InvalidSignature, ValueError and the like."""
    need(set(proof) - {"goes_on_from"} == {"format", "keys", "checkpoint", "records"}, "the file has another form")
    need(proof["format"] == "bindeledd-proof-2", "the file has another form")
    keys = keys_from(key, proof["keys"])
    size, root, *_ = opened(proof["checkpoint"], keys)
    records = [(each, unbase(each["record"])) for each in proof["records"]]
    whole = all("path" not in each for each, _ in records)
    need(all(set(each) == {"index", "record"} | (set() if whole else {"path"}) for each, _ in records), "another form")
    if whole:
        need([each["index"] for each, _ in records] == list(range(size)), f"not all of the {size} records are there")
        need(root_from_all([leaf(data) for _, data in records]) == root, "the records are not those that were signed")
        told = [f"all {size} records are those that were signed, in their order, and there are no others"]
    else:
        for each, data in records:
            got = root_from_path(leaf(data), each["index"], size, [unbase(text) for text in each["path"]])
            need(got == root, f"record {each['index']} is not what was signed")
        told = [f"record {each['index']} of {size} is what was signed" for each, _ in records]
    if "goes_on_from" in proof:
        before = proof["goes_on_from"]
        size1, root1, *_ = opened(before["checkpoint"], keys)
        check_consistency(size1, size, root1, root, [unbase(text) for text in before["path"]])
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
