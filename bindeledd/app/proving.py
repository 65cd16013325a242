"""Understands where an installation has what it proves to outsiders: trees, keys, and the checkpoints kept here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bindeledd.app.folder import PROOF_KEY
from bindeledd.app.installation import catalog
from bindeledd.app.settings import Settings
from bindeledd.app.stores import looking_at, stores_of
from bindeledd.core.clock import system_entropy
from bindeledd.core.errors import InvalidMessage
from bindeledd.ops.proof import Proven, bundle, verify_tree
from bindeledd.ops.verify import Bad
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import kind_of
from bindeledd.runtime.tree import Tree
from bindeledd.seal.note import former, opened, public_key, signer
from bindeledd.store import checkpoints
from bindeledd.store.db import Db


def trees(settings: Settings, engine: Engine) -> list[Tree]:
    """The trees over what an open service writes that is audited. The key that signs is made when new; the one before
    it hands its logs over, while it is there."""
    audited = catalog().audited_topics(kind_of(engine.service.name))
    if not audited:
        return []
    name, key = f"bindeledd/{engine.around.organisation}", proof_key(settings)
    before, signs = former(key, system_entropy), signer(key, system_entropy)
    return [Tree(engine, topic, name, settings.data, signs, before) for topic in audited]


def proof_key(settings: Settings) -> Path:
    """Where the key lies that signs checkpoints."""
    return settings.proof_key_file or settings.data / PROOF_KEY


def verify_trees(settings: Settings, dbs: Mapping[str, Db], others: Sequence[Path]) -> Iterator[Proven]:
    """Every tree that there is, against all checkpoints that are kept here and those that `others` kept.

    Raises InvalidMessage for a file of others that cannot be read, or whose log is none of these.
    """
    given, logs = [(path, _notes(path)) for path in others], places(dbs)
    for path, notes in given:
        if not any(_is_of(note, *place) for note in notes for place in logs):
            raise InvalidMessage("no log here has that checkpoint's name", str(path))
    for service, topic in logs:
        kept = [*checkpoints.read(checkpoints.file_of(settings.data, service, topic))]
        kept += [note for _, notes in given for note in notes if _is_of(note, service, topic)]
        try:
            keys = checkpoints.keys(settings.data, service, topic)
        except InvalidMessage as error:
            yield Proven(service, topic, 0, 0, Bad(1, f"the keys of its checkpoints: {error}"))
            continue
        yield verify_tree(service, topic, dbs[service], kept, keys)


def trust(settings: Settings) -> bytes:
    """The key that lies here signs from now on without the word of the one before it, which is lost. Returns its public
    part. Raises InvalidMessage where there is none."""
    key = proof_key(settings)
    if not key.exists():
        raise InvalidMessage("there is no key", str(key), "Bindeledd makes one when it starts")
    public = signer(key, system_entropy).public
    checkpoints.remember_public(settings.data, public)
    return public


@contextmanager
def verified_beside(settings: Settings, others: Sequence[Path]) -> Iterator[Callable[[], Sequence[Proven]]]:
    """The same in a process of its own, while this one does something else: what is given says what was found, when
    that has been."""
    with ProcessPoolExecutor(1, get_context("fork")) as pool:
        yield pool.submit(_verified, settings, others).result


def _verified(settings: Settings, others: Sequence[Path]) -> Sequence[Proven]:
    with looking_at(stores_of(settings)) as dbs:
        return [*verify_trees(settings, dbs, others)]


def set_aside(folder: Path, service: str, epoch: int) -> None:
    """A log came back from a backup, as somebody says: what was signed here since then is kept, and held against it no
    more. Whoever else has it sees that the end is lost."""
    for topic in catalog().audited_topics(kind_of(service)):
        checkpoints.set_aside(checkpoints.file_of(folder, service, topic), epoch)


def public_keys(settings: Settings) -> Iterator[tuple[str, str]]:
    """The name of each log that has a checkpoint, and the public key that signed the last one, or that it was handed
    over to by that."""
    with looking_at(stores_of(settings)) as dbs:
        for service, topic in places(dbs):
            note = checkpoints.last(dbs[service], topic)
            for public in checkpoints.keys(settings.data, service, topic) if note is not None else ():
                with suppress(InvalidMessage):
                    said = opened(note or "", [public])
                    if said.successor in (None, public):
                        yield said.origin, public_key(said.origin, public)


def export(
    settings: Settings, topic: str, service: str | None, positions: Sequence[int], before: Path | None
) -> dict[str, Any]:
    """What an outsider is given of one log. Raises InvalidMessage, also when it is not said whose log is meant."""
    older = _notes(before)[-1] if before is not None else None
    with looking_at(stores_of(settings)) as dbs:
        writers = [each for each, its in places(dbs) if its == topic and service in (None, each)]
        if len(writers) != 1:
            fix = f"Say which with --tjeneste: {', '.join(writers)}" if writers else "See `audited` in the catalogue"
            raise InvalidMessage("several services write that" if writers else "nobody here proves that", topic, fix)
        keys = checkpoints.keys(settings.data, writers[0], topic)
        return bundle(writers[0], topic, dbs[writers[0]], positions, older, keys)


def places(dbs: Mapping[str, Db]) -> list[tuple[str, str]]:
    """The services and topics that are proved to outsiders."""
    return [(service, topic) for service in dbs for topic in catalog().audited_topics(kind_of(service))]


def _notes(path: Path) -> list[str]:
    if not path.is_file():
        raise InvalidMessage("there is no checkpoint", str(path), "Name the file that it was written to")
    return [*checkpoints.read(path)]


def _is_of(note: str, service: str, topic: str) -> bool:
    return note.partition("\n")[0].endswith(f"/{service}/{topic}")
