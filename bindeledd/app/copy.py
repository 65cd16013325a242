"""Understands how an installation moves from one rung to another: as a whole, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

from pydantic import SecretStr

from bindeledd.app.folder import DEMO, KEYRING, MASTER, PROOF_KEY, claim
from bindeledd.app.installation import all_services, codec, own_webs
from bindeledd.app.settings import Config, Settings
from bindeledd.app.stores import Database, Files, Stores, found_in, looking_at, looking_at_keyring
from bindeledd.core.clock import system_entropy
from bindeledd.core.errors import InvalidMessage
from bindeledd.ops.copy import Copied, copy_moments, copy_store
from bindeledd.ops.drift import with_drift
from bindeledd.ops.rebuild import refold_changed
from bindeledd.ops.verify import missing, verify
from bindeledd.runtime.service import Service
from bindeledd.seal import keyring
from bindeledd.seal.held import Master
from bindeledd.seal.keyring import Keyring
from bindeledd.seal.keys import master_secret, write_secret
from bindeledd.store import log
from bindeledd.store.checkpoints import FOLDER
from bindeledd.store.migrations import SERVICE, refuse_older

RING = Path(KEYRING).stem
Step = Callable[[int], None]


def stores_named(address: str, settings: Settings) -> Stores:
    """Where an installation is: a folder, or a database whose folder is the data folder. Raises InvalidMessage."""
    if not address.startswith(("postgresql://", "postgres://")):
        if "://" in address or "dbname=" in address:
            raise InvalidMessage("this is no place for an installation", fix="Name a folder, or postgresql://…")
        return Files(Path(address))
    url = settings.model_copy(update={"database": SecretStr(address)}).database_url()
    assert url is not None
    return Database(settings.data, url)


def rows_in(source: Stores) -> int:
    """How much there is to copy, about: the records of the logs. Raises InvalidMessage when there is nothing."""
    with looking_at(source) as dbs:
        return sum(log.last_position(db) for db in dbs.values())


def copy_all(source: Stores, target: Stores, config: Config, kek_file: Path | None, step: Step) -> list[Copied]:
    """Everything that `source` keeps, into `target`, which must be empty; then folded anew there, and verified.

    `kek_file` is where the master secret lies apart from the folders: else it is copied. The source stays as it is.
    Raises Occupied when somebody works on either; InvalidMessage, and leaves nothing, when a log does not hold.
    """
    if source.folder.resolve() == target.folder.resolve():
        fix = "Name another folder for the database's master secret with --data"
        raise InvalidMessage("from and to share a folder", str(target.folder), fix)
    services = {service.name: service for service in (*all_services(config), *own_webs(config, source))}
    if strangers := set(found_in(source)) - services.keys():
        raise InvalidMessage("this release has no such service", ", ".join(sorted(strangers)), "Use the one that has")
    secret = _secret(source, kek_file)
    with ExitStack() as stack:
        for folder in (source.folder, target.folder):
            stack.enter_context(closing(claim(folder)))
        _refuse_bad(source)
        work = stack.enter_context(target.filling())
        if kek_file is None:
            master_secret(work.folder / MASTER, lambda _size: secret)
        copied = [*_copies(source, work, services, step)]
        _copy_proof(source.folder, work.folder)
        if (source.folder / DEMO).exists():
            shutil.copyfile(source.folder / DEMO, work.folder / DEMO)
        with closing(
            Keyring(work.keyring(beside=False), Master(secret), system_entropy)
        ):  # refuses a secret that is another's
            _refuse_bad(work)
    return copied


def _copy_proof(source: Path, target: Path) -> None:
    """The key that signs checkpoints, unless it lies apart, and those that were signed: it is the same log."""
    if (source / PROOF_KEY).exists():
        write_secret(target / PROOF_KEY, (source / PROOF_KEY).read_bytes())
    if (source / FOLDER).exists():
        shutil.copytree(source / FOLDER, target / FOLDER)


def _secret(source: Stores, kek_file: Path | None) -> bytes:
    file = kek_file or source.folder / MASTER
    if not file.exists():
        raise InvalidMessage("the master secret is missing", str(file), "Restore it from the backup, or name it")
    return master_secret(file, system_entropy)


def _copies(source: Stores, work: Stores, services: Mapping[str, Service], step: Step) -> Iterator[Copied]:
    """Store by store: all of the source are held until the last one is done."""
    done = 0

    def tell(rows: int) -> None:
        nonlocal done
        done += rows
        step(done)

    with ExitStack() as stack:
        ours = {name: stack.enter_context(closing(source.own(name))) for name in source.services()}
        for name in ours:
            stack.enter_context(closing(source.sending(name)))
        ring = stack.enter_context(closing(source.keyring(beside=False)))
        for name, kept, db in (*((name, SERVICE, db) for name, db in ours.items()), (RING, keyring.KEPT, ring)):
            refuse_older(name, db, kept)
        for name, db in ours.items():
            with closing(work.own(name)) as target:
                yield copy_store(name, SERVICE, db, target, tell)
                copy_moments(db, target)
                refold_changed(target, with_drift(services[name]), codec())
        with closing(work.keyring(beside=False)) as target:
            yield copy_store(RING, keyring.KEPT, ring, target, tell)


def _refuse_bad(stores: Stores) -> None:
    with looking_at(stores) as dbs, looking_at_keyring(stores) as ring:
        for found in (*verify(dbs, codec()), *missing(dbs, ring)):
            if found.bad is not None:
                fix = "Nothing was moved. See `bindeledd verify`"
                raise InvalidMessage(found.bad.why, f"{found.service}, position {found.bad.position}", fix)
