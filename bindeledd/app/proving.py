"""Understands where an installation has what it proves to outsiders: trees, keys, and the checkpoints kept here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bindeledd.app.folder import PROOF_KEY
from bindeledd.app.installation import catalog
from bindeledd.app.settings import Settings
from bindeledd.app.stores import looking_at, stores_of
from bindeledd.core.clock import system_entropy
from bindeledd.core.errors import InvalidMessage
from bindeledd.ops.proof import Proven, bundle, verify_tree
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import kind_of
from bindeledd.runtime.tree import Tree
from bindeledd.seal.note import opened, public_key, signer
from bindeledd.store import checkpoints
from bindeledd.store.db import Db


def trees(settings: Settings, engine: Engine) -> list[Tree]:
    """The trees over what an open service writes that is audited. The key that signs is made when new."""
    audited = catalog().audited_topics(kind_of(engine.service.name))
    if not audited:
        return []
    name, signs = f"bindeledd/{engine.around.organisation}", signer(proof_key(settings), system_entropy)
    return [Tree(engine, topic, name, settings.data, signs) for topic in audited]


def proof_key(settings: Settings) -> Path:
    """Where the key lies that signs checkpoints."""
    return settings.proof_key_file or settings.data / PROOF_KEY


def verify_trees(settings: Settings, dbs: Mapping[str, Db], others: Sequence[Path]) -> Iterator[Proven]:
    """Every tree that there is, against all checkpoints that are kept here and those that `others` kept.

    Raises InvalidMessage for a file of others that cannot be read, or whose log is none of these.
    """
    publics, given = checkpoints.publics(settings.data), [(path, _notes(path)) for path in others]
    logs = places(dbs)
    for path, notes in given:
        if not any(_is_of(note, *place) for note in notes for place in logs):
            raise InvalidMessage("no log here has that checkpoint's name", str(path))
    for service, topic in logs:
        kept = [*checkpoints.read(checkpoints.file_of(settings.data, service, topic))]
        kept += [note for _, notes in given for note in notes if _is_of(note, service, topic)]
        yield verify_tree(service, topic, dbs[service], kept, publics)


def set_aside(folder: Path, service: str, epoch: int) -> None:
    """A log came back from a backup, as somebody says: what was signed here since then is kept, and held against it no
    more. Whoever else has it sees that the end is lost."""
    for topic in catalog().audited_topics(kind_of(service)):
        checkpoints.set_aside(checkpoints.file_of(folder, service, topic), epoch)


def public_keys(settings: Settings) -> Iterator[tuple[str, str]]:
    """The name of each log that has a checkpoint, and the public key that signed the last one."""
    publics = checkpoints.publics(settings.data)
    with looking_at(stores_of(settings)) as dbs:
        for service, topic in places(dbs):
            note = checkpoints.last(dbs[service], topic)
            for public in publics if note is not None else ():
                with suppress(InvalidMessage):
                    origin = opened(note or "", [public]).origin
                    yield origin, public_key(origin, public)


def export(
    settings: Settings, topic: str, service: str | None, positions: Sequence[int], before: Path | None
) -> dict[str, Any]:
    """What an outsider is given of one log. Raises InvalidMessage, also when it is not said whose log is meant."""
    publics, older = checkpoints.publics(settings.data), _notes(before)[-1] if before is not None else None
    with looking_at(stores_of(settings)) as dbs:
        writers = [each for each, its in places(dbs) if its == topic and service in (None, each)]
        if len(writers) != 1:
            fix = f"Say which with --tjeneste: {', '.join(writers)}" if writers else "See `audited` in the catalogue"
            raise InvalidMessage("several services write that" if writers else "nobody here proves that", topic, fix)
        return bundle(writers[0], topic, dbs[writers[0]], positions, older, publics)


def places(dbs: Mapping[str, Db]) -> list[tuple[str, str]]:
    """The services and topics that are proved to outsiders."""
    return [(service, topic) for service in dbs for topic in catalog().audited_topics(kind_of(service))]


def _notes(path: Path) -> list[str]:
    if not path.is_file():
        raise InvalidMessage("there is no checkpoint", str(path), "Name the file that it was written to")
    return [*checkpoints.read(path)]


def _is_of(note: str, service: str, topic: str) -> bool:
    return note.partition("\n")[0].endswith(f"/{service}/{topic}")
