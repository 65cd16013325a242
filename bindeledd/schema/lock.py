"""`lock.json`: what has been published. A published version never changes, and its fingerprints stay readable.

    {"no.bindeledd.samhandling.PasientInnlagt": {"1": {"sha256": "…", "fingerprints": {"8f5c393f1ad57572": {}}}}}

`fingerprints` holds each schema that the version has been published as: the versions, other than 1, of the types it
refers to. A new version of a shared type gives the types that use it a new fingerprint; the old one stays listed, for
records written with it are in the logs for ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bindeledd.schema.expand import Edition, edition
from bindeledd.schema.findings import Finding, SchemaError
from bindeledd.schema.source import SchemaFile, Tree, latest, read_tree

LOCK_FILE = "lock.json"

Lock = dict[str, dict[str, dict[str, Any]]]
"""Full name → version → {"sha256", "fingerprints": {hex: {full name: version}}}."""


def read_lock(root: Path) -> Lock:
    """The lock, empty when there is none. Raises SchemaError when the file is not one."""
    path = root / LOCK_FILE
    if not path.exists():
        return {}
    try:
        lock = json.loads(path.read_text(encoding="utf-8"))
        for versions in lock.values():
            for published in versions.values():
                _ = published["sha256"], published["fingerprints"].items()
    except (ValueError, AttributeError, KeyError, TypeError):
        fix = "Take it back from version control; it is written by `bindeledd schemas lock`, never by hand"
        raise SchemaError(Finding(LOCK_FILE, "not a lock file", fix)) from None
    return lock  # type: ignore[no-any-return]


def check_lock(root: Path) -> list[Finding]:
    """What differs between the files and the lock: changed, removed, and not yet published."""
    tree = read_tree(root)
    lock = read_lock(root)
    return [*_broken_promises(tree, lock), *_unpublished(tree, lock)]


def write_lock(root: Path, *, afresh: bool = False) -> list[str]:
    """Publishes what is new and returns a line for each; with `afresh`, forgets what was published before.

    Raises SchemaError, and writes nothing, when a published version has been changed or removed. `afresh` is for the
    time before the first release tag only: records written with what it forgets can no longer be read.
    """
    tree = read_tree(root)
    lock = {} if afresh else read_lock(root)
    if findings := _broken_promises(tree, lock):
        raise SchemaError(*findings)
    lines = []
    for item in current_editions(tree):
        published = lock.setdefault(item.name, {}).setdefault(str(item.file.version), _entry(item.file))
        if item.fingerprint.hex() in published["fingerprints"]:
            continue
        published["fingerprints"][item.fingerprint.hex()] = _later_versions(item)
        lines.append(f"{item.name} v{item.file.version} {item.fingerprint.hex()}")
    text = json.dumps(lock, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (root / LOCK_FILE).write_text(text, encoding="utf-8")
    return lines


def current_editions(tree: Tree) -> list[Edition]:
    """Each version of each type, with the newest version of the types that it refers to."""
    newest = latest(tree)
    return [
        edition(name, {**newest, name: file}) for name, versions in sorted(tree.items()) for file in versions.values()
    ]


def older_editions(tree: Tree, lock: Lock, current: Iterable[Edition]) -> list[Edition]:
    """Each schema that the lock says has been published and that is not among `current`, made again from the files.

    Raises SchemaError when a file that one needs is gone.
    """
    known = {item.fingerprint.hex() for item in current}
    first = {name: versions[1] for name, versions in tree.items()}
    editions = []
    for name, versions in lock.items():
        for version, published in versions.items():
            own = _published_file(tree, name, int(version))
            for fingerprint, pins in published["fingerprints"].items():
                if fingerprint not in known:
                    pinned = {used: _published_file(tree, used, number) for used, number in pins.items()}
                    editions.append(edition(name, {**first, **pinned, name: own}))
    return editions


def _published_file(tree: Tree, name: str, version: int) -> SchemaFile:
    file = tree.get(name, {}).get(version)
    if file is None:
        fix = "Put the file back: records are written with it"
        raise SchemaError(Finding(LOCK_FILE, f"{name} v{version} is published, and its file is gone", fix))
    return file


def canonical_hash(file: SchemaFile) -> str:
    """SHA-256 over the file's JSON, keys sorted, without documentation: what may never change once published."""
    text = json.dumps(_without_doc(file.raw), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _entry(file: SchemaFile) -> dict[str, Any]:
    return {"sha256": canonical_hash(file), "fingerprints": {}}


def _later_versions(item: Edition) -> dict[str, int]:
    return {name: version for name, version in sorted(item.uses.items()) if version != 1 and name != item.name}


def _without_doc(raw: Any) -> Any:
    if isinstance(raw, list):
        return [_without_doc(part) for part in raw]
    if not isinstance(raw, dict):
        return raw
    return {key: _without_doc(value) for key, value in raw.items() if key != "doc"}


def _broken_promises(tree: Tree, lock: Lock) -> list[Finding]:
    findings = []
    for name, versions in sorted(lock.items()):
        for version, published in sorted(versions.items()):
            file = tree.get(name, {}).get(int(version))
            if file is None:
                fix = "Put the file back: records are written with it"
                findings.append(Finding(LOCK_FILE, f"{name} v{version} is published, and its file is gone", fix))
            elif canonical_hash(file) != published["sha256"]:
                fix = f"Undo the change and write it as v{max(tree[name]) + 1}"
                findings.append(Finding(file.file, "published, and changed since", fix))
    return findings


def _unpublished(tree: Tree, lock: Lock) -> list[Finding]:
    findings = []
    for item in current_editions(tree):
        published = lock.get(item.name, {}).get(str(item.file.version))
        if published is None or item.fingerprint.hex() not in published["fingerprints"]:
            fix = "Run `bindeledd schemas lock` when it is ready to be relied on"
            findings.append(Finding(item.file.file, "not published in lock.json", fix))
    return findings
