"""Understands where an installation keeps its stores: in files of the data folder, or in a database beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bindeledd.app.folder import (
    DEMO,
    KEYRING,
    LOCK,
    UNFINISHED,
    alone,
    claim_part,
    is_empty,
    make,
    share,
    store_file,
    store_files,
)
from bindeledd.core.errors import InvalidMessage
from bindeledd.store.db import Db
from bindeledd.store.migrations import SERVICE, refuse_older
from bindeledd.store.sqlite import SqliteDb, Watcher

if TYPE_CHECKING:
    from bindeledd.app.settings import Settings


class Closing(Protocol):
    def close(self) -> None: ...


class Stores(Protocol):
    """Where the stores of an installation are. Its `folder` holds the rest: the lock, and the master secret."""

    @property
    def folder(self) -> Path: ...

    def services(self) -> list[str]:
        """The services that have a store here."""
        ...

    def has_keyring(self) -> bool: ...

    def own(self, service: str) -> Db:
        """The connection of the one process that takes messages in. Raises Occupied when another has it."""
        ...

    def join(self, service: str) -> Db:
        """The same beside other processes that have joined. Raises Occupied when somebody owns it."""
        ...

    def sending(self, service: str) -> Db:
        """The connection of the one process that sends what a service writes. Raises Occupied."""
        ...

    def open(self, service: str) -> Db:
        """One more connection."""
        ...

    def look(self, service: str) -> Db:
        """A connection that writes nothing."""
        ...

    def keyring(self, *, beside: bool) -> Db:
        """The keyring's store, for this process only, or `beside` others as with `join`. Raises Occupied."""
        ...

    def opening(self) -> AbstractContextManager[None]:
        """Wait until no other process makes stores here: two that begin together must not make one each."""
        ...

    def claim_part(self, part: str) -> AbstractContextManager[None]:
        """Take one part of the work for this process, beside others that take other parts; also beside others that
        take the same, where the stores can bear that. Raises Occupied."""
        ...

    def hear(self, service: str, wake: Callable[[], None]) -> Closing:
        """Call `wake` whenever the service's store may have changed, also by another process; until it is closed."""
        ...

    def filling(self) -> AbstractContextManager[Stores]:
        """Stores to fill from nothing: here as a whole when the context ends well, else none of it.

        Raises InvalidMessage when something is kept here already.
        """
        ...


@dataclass(frozen=True, slots=True)
class Files:
    """Each store a file of the folder."""

    folder: Path

    def services(self) -> list[str]:
        return list(store_files(self.folder))

    def has_keyring(self) -> bool:
        return (self.folder / KEYRING).exists()

    def own(self, service: str) -> Db:
        return self.open(service)

    def join(self, service: str) -> Db:
        return self.open(service)

    def sending(self, service: str) -> Db:
        return self.open(service)

    def open(self, service: str) -> Db:
        return SqliteDb(store_file(self.folder, service))

    def look(self, service: str) -> Db:
        return SqliteDb(store_file(self.folder, service), read_only=True)

    def keyring(self, *, beside: bool) -> Db:
        return SqliteDb(self.folder / KEYRING)

    def opening(self) -> AbstractContextManager[None]:
        return alone(self.folder)

    def claim_part(self, part: str) -> AbstractContextManager[None]:
        return claim_part(self.folder, part)

    def hear(self, service: str, wake: Callable[[], None]) -> Closing:
        return Watcher(store_file(self.folder, service), wake)

    @contextmanager
    def filling(self) -> Iterator[Stores]:
        with _work_in(self.folder) as work:
            yield Files(work)


@dataclass(frozen=True, slots=True)
class Database:
    """Each store a schema of the database."""

    folder: Path
    url: str

    def services(self) -> list[str]:
        from bindeledd.store.postgres import schemas_with

        return schemas_with(self.url, "log")

    def has_keyring(self) -> bool:
        from bindeledd.store.postgres import schemas_with

        return bool(schemas_with(self.url, "data_key"))

    def own(self, service: str) -> Db:
        from bindeledd.store.postgres import Hold, PostgresDb

        return PostgresDb(self.url, service, Hold.ALONE)

    def join(self, service: str) -> Db:
        from bindeledd.store.postgres import Hold, PostgresDb

        return PostgresDb(self.url, service, Hold.BESIDE)

    def sending(self, service: str) -> Db:
        from bindeledd.store.postgres import Hold, PostgresDb

        return PostgresDb(self.url, service, Hold.RELAY)

    def open(self, service: str) -> Db:
        from bindeledd.store.postgres import PostgresDb

        return PostgresDb(self.url, service)

    def look(self, service: str) -> Db:
        return self.open(service)

    def keyring(self, *, beside: bool) -> Db:
        name = Path(KEYRING).stem
        return self.join(name) if beside else self.own(name)

    @contextmanager
    def opening(self) -> Iterator[None]:
        from bindeledd.store.postgres import opening

        with alone(self.folder), opening(self.url):
            yield

    def claim_part(self, part: str) -> AbstractContextManager[None]:
        """The folder keeps the master secret only; who does what is settled in the database."""
        return share(self.folder)

    def hear(self, service: str, wake: Callable[[], None]) -> Closing:
        from bindeledd.store.postgres import Listener

        return Listener(self.url, [service], wake)

    @contextmanager
    def filling(self) -> Iterator[Stores]:
        from bindeledd.store.postgres import drop_schemas, make_schema, schemas_with

        with _work_in(self.folder) as work:
            begun, keyring = schemas_with(self.url, ""), Path(KEYRING).stem
            if UNFINISHED in begun:
                drop_schemas(self.url, *self.services(), keyring)
            elif self.services() or self.has_keyring():
                raise InvalidMessage("the database is not empty", fix="Name an empty one in BINDELEDD_DATABASE")
            make_schema(self.url, UNFINISHED)
            try:
                yield Database(work, self.url)
            except BaseException:
                drop_schemas(self.url, *self.services(), keyring, UNFINISHED)
                raise
        drop_schemas(self.url, UNFINISHED)


def stores_at(folder: Path, database: str | None) -> Stores:
    """The stores of an installation: in the database, if one is named."""
    return Database(folder, database) if database else Files(folder)


def stores_of(settings: Settings) -> Stores:
    """The stores that the settings name."""
    return stores_at(settings.data, settings.database_url())


def found_in(stores: Stores) -> list[str]:
    """The services that have a store here. Raises InvalidMessage when there is nothing here at all."""
    found = stores.services()
    if not found and not stores.has_keyring():
        raise InvalidMessage("there is no data here", str(stores.folder), "Name the data folder with --data")
    return found


@contextmanager
def looking_at(stores: Stores) -> Iterator[dict[str, Db]]:
    """Service → its store, beside a running installation if there is one. Raises InvalidMessage when there is none,
    or one has an older release's layout."""
    with ExitStack() as stack:
        opened = {service: stack.enter_context(closing(stores.look(service))) for service in found_in(stores)}
        for service, db in opened.items():
            refuse_older(service, db, SERVICE)
        yield opened


@contextmanager
def looking_at_keyring(stores: Stores) -> Iterator[Db | None]:
    """The keyring's store, beside a running installation if there is one; None when there is none."""
    if not stores.has_keyring():
        yield None
        return
    with closing(stores.look(Path(KEYRING).stem)) as db:
        yield db


def nothing_kept(stores: Stores) -> bool:
    """Whether an installation could begin here."""
    return is_empty(stores.folder) and not stores.services()


@contextmanager
def _work_in(folder: Path) -> Iterator[Path]:
    """A folder to work in, whose files are moved into `folder` at the end; the one that marks a demo last."""
    work = folder / UNFINISHED
    shutil.rmtree(work, ignore_errors=True)
    if not is_empty(folder):
        raise InvalidMessage("the data folder is not empty", str(folder), "Name an empty one with --data")
    make(work)
    yield work
    for path in sorted(work.iterdir(), key=lambda path: path.name == DEMO):
        if path.name != LOCK:
            path.replace(folder / path.name)
    shutil.rmtree(work)
