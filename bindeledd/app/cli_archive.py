"""`bindeledd archive`: audited topics in files that outlive the installation, and whether those are whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bindeledd.app.terminal import DOES_NOT_HOLD, Data, Json, emit, epilog, progress, say, settings_of

archive = typer.Typer(
    help="Audited topics in sealed Parquet files: written, checked, and removed when their time is up.",
    no_args_is_help=True, rich_markup_mode=None,
)  # fmt: skip
Folder = Annotated[Path, typer.Argument(metavar="MAPPE", help="The archive's folder.")]


@archive.command(epilog=epilog("bindeledd archive write /backup/archive"))
def write(mappe: Folder, data: Data = None, as_json: Json = False) -> None:
    """Write what each audited topic has gained, up to its last checkpoint. May run beside everything else."""
    from bindeledd.app.installation import codec
    from bindeledd.app.proving import places
    from bindeledd.app.stores import looking_at, stores_of
    from bindeledd.ops.archive import write as add
    from bindeledd.store import checkpoints

    settings = settings_of(data)
    with looking_at(stores_of(settings)) as dbs:
        for service, topic in places(dbs):
            if checkpoints.last(dbs[service], topic) is None:
                say(f"{service}, {topic}: nothing signed yet")
                continue
            keys = checkpoints.keys(settings.data, service, topic)
            with progress(topic, None) as step:
                count = add(service, topic, dbs[service], mappe / service / topic, codec(), keys, step)
            row = {"service": service, "topic": topic, "records": count}
            emit(row, as_json=as_json, line=f"{service}, {topic}: {count} records archived")


@archive.command(epilog=epilog("bindeledd archive verify /backup/archive", "an archive does not hold"))
def verify(mappe: Folder, data: Data = None, as_json: Json = False) -> None:
    """Check each segment against its hash, its records against the tree, and the tree against the signed checkpoint."""
    from dataclasses import asdict

    from bindeledd.app.installation import codec
    from bindeledd.ops.archive import check
    from bindeledd.store import checkpoints

    settings, bad = settings_of(data), False
    for folder in archives_in(mappe):
        keys = checkpoints.keys(settings.data, folder.parent.name, folder.name)
        with progress(folder.name, None) as step:
            found = check(folder, codec(), keys, step)
        emit(asdict(found), as_json=as_json, line=found.line())
        bad |= bool(found.bad)
    if bad:
        raise typer.Exit(DOES_NOT_HOLD)


@archive.command(epilog=epilog("bindeledd archive expire /backup/archive"))
def expire(mappe: Folder, as_json: Json = False) -> None:
    """Remove the segments whose time is up, as the catalogue says (`retention_days`; 0: never)."""
    from bindeledd.app.installation import catalog
    from bindeledd.core.clock import system_clock
    from bindeledd.ops.archive import expire as remove

    for folder in archives_in(mappe):
        days = catalog().topics[folder.name].retention_days
        gone = remove(folder, system_clock() - timedelta(days=days)) if days else 0
        emit({"archive": str(folder), "removed": gone}, as_json=as_json, line=f"{folder}: {gone} records removed")


def archives_in(mappe: Path) -> Iterator[Path]:
    """The archives of a folder. Raises BadParameter when there is none."""
    from bindeledd.ops.archive import MANIFEST

    found = sorted(file.parent for file in mappe.glob(f"*/*/{MANIFEST}"))
    if not found:
        raise typer.BadParameter("there is no archive. Make one with `bindeledd archive write`", param_hint="MAPPE")
    yield from found
