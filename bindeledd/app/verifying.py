"""Understands how an installation is verified: every log's chains, and beside them every tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from bindeledd.app.installation import codec
from bindeledd.app.proving import verified_beside, verify_trees
from bindeledd.app.settings import Settings
from bindeledd.app.stores import looking_at, looking_at_keyring, stores_of
from bindeledd.app.terminal import progress
from bindeledd.ops.proof import Proven
from bindeledd.ops.verify import Verified, missing, verify_one
from bindeledd.store import log
from bindeledd.store.db import Db

LONG = 200_000
"""From so many records on the trees are verified by a process of their own meanwhile."""


def verified(settings: Settings, others: Sequence[Path]) -> Iterator[Verified | Proven]:
    """Every log, then every tree against the checkpoints that are kept here and by `others`, then what is missing.

    Raises InvalidMessage for a file of others that cannot be read, or whose log is none of these; DiskRefuses.
    """
    stores = stores_of(settings)
    with ExitStack() as stack:
        dbs = stack.enter_context(looking_at(stores))
        keyring = stack.enter_context(looking_at_keyring(stores))
        lengths = {service: _length(db) for service, db in dbs.items()}
        is_long = max(lengths.values(), default=0) > LONG
        beside = stack.enter_context(verified_beside(settings, others)) if is_long else None
        for service in dbs:
            with progress(f"verify: {service}", lengths[service]) as step:
                found = verify_one(service, dbs, codec(), step)
            yield found
        with progress("verify: what is proved to outsiders", None):
            proven = beside() if beside is not None else [*verify_trees(settings, dbs, others)]
        yield from proven
        yield from missing(dbs, keyring)


def _length(db: Db) -> int:
    """How many records a log has, 0 for one that cannot be asked: why, its verification tells."""
    with suppress(*db.faults):
        return log.last_position(db) if db.has_table("log") else 0
    return 0
