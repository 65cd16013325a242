"""Brings what cannot be folded again (log, inbox, keyring) to the layout of this release; never what can.

A new store is made as it is now, and an older one is migrated by Alembic, in one transaction. What is folded from the
log is dropped and folded anew instead (`bindeledd.ops.rebuild`).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bindeledd.core.errors import InvalidMessage
from bindeledd.store import intake, log
from bindeledd.store.db import Db

FIRST = "0001"
"""The layout of stores that were made before layouts had numbers."""
_VERSION = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"


@dataclass(frozen=True, slots=True)
class Kept:
    """Tables that are kept: how they are made now, which layout that is, and one of them to know them by."""

    scripts: str
    head: str
    known_by: str
    tables: str


SERVICE = Kept("service", "0002", "log", log.TABLES + intake.TABLES)


def bring_up(db: Db, kept: Kept) -> None:
    """Make or migrate the tables. Raises InvalidMessage for a store that a newer release has made; Occupied when others
    work in one that is to be migrated."""
    if _layout(db, kept) == kept.head:
        return
    with db.alone():
        db.begin()
        try:
            _to_head(db, kept, _layout(db, kept))
            db.commit()
        except BaseException:
            db.rollback()
            raise


def _to_head(db: Db, kept: Kept, layout: str | None) -> None:
    if layout is None:
        db.create(f"{kept.tables}; {_VERSION}")
        db.run("INSERT INTO alembic_version VALUES (?)", (kept.head,))
        return
    if layout > kept.head:
        raise InvalidMessage("this store was made by a newer release", fix="Use that release, or a newer one")
    _migrate(db, kept, layout)


def refuse_older(service: str, db: Db, kept: Kept) -> None:
    """Raises InvalidMessage for a store that must be migrated before it can be read."""
    with suppress(*db.faults):  # a damaged one: its reader finds where
        if _layout(db, kept) not in (None, kept.head):
            what = f"the store of {service} has another release's layout"
            raise InvalidMessage(what, fix="Start `bindeledd serve` of this release once: it migrates the store")


def _layout(db: Db, kept: Kept) -> str | None:
    """The layout's number; None when there is nothing yet."""
    if db.has_table("alembic_version"):
        row = db.one("SELECT version_num FROM alembic_version")
        return str(row[0]) if row else None
    return FIRST if db.has_table(kept.known_by) else None


def _migrate(db: Db, kept: Kept, layout: str) -> None:
    """Each step in turn, in the transaction that is open: Alembic would commit by itself."""
    # Rarely needed, and slow to load.
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    folder = Path(__file__).parent / kept.scripts
    scripts = ScriptDirectory(str(folder), version_locations=[str(folder / "versions")])
    with Operations.context(MigrationContext.configure(db.sqlalchemy(), opts={"db": db})):
        for step in reversed([*scripts.iterate_revisions("head", layout)]):
            step.module.upgrade()
    if not db.has_table("alembic_version"):
        db.create(_VERSION)
        db.run("INSERT INTO alembic_version VALUES (?)", (layout,))
    db.run("UPDATE alembic_version SET version_num = ?", (kept.head,))
