"""The command line. Each command is a few lines: it opens what it needs, and leaves the work to others."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bindeledd.app.cli_archive import archive
from bindeledd.app.cli_copy import copy
from bindeledd.app.cli_docs import docs
from bindeledd.app.cli_keys import keys
from bindeledd.app.cli_proof import proof
from bindeledd.app.cli_quarantine import quarantine
from bindeledd.app.cli_replay import replay
from bindeledd.app.cli_report import report
from bindeledd.app.cli_schemas import schemas
from bindeledd.app.cli_topics import topics
from bindeledd.app.terminal import (
    BROKEN,
    CANNOT,
    DOES_NOT_HOLD,
    Data,
    Json,
    emit,
    epilog,
    moment,
    progress,
    say,
    settings_of,
)
from bindeledd.core.errors import BindeleddError
from bindeledd.ops import logs
from bindeledd.store.disk import refused_by_disk

if TYPE_CHECKING:
    from bindeledd.app.installation import Installation

LOADED_OBJECTS = 200_000
"""So many new objects between two looks for garbage: nothing of what is loaded at a start is, and to look for it in
that again and again takes a sixth of the start."""

app = typer.Typer(
    name="bindeledd",
    help="Bindeledd: what happens to a person reaches those who may know, and gives each the task that is theirs.",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip
app.add_typer(quarantine, name="quarantine")
app.add_typer(schemas, name="schemas")
app.add_typer(keys, name="keys")
app.add_typer(topics, name="topics")
app.add_typer(proof, name="proof")
app.add_typer(archive, name="archive")
app.add_typer(report, name="report")
app.command(epilog=epilog("bindeledd replay samhandling.opphold --kilde kafka", "a chain does not hold"))(replay)
app.command(epilog=epilog("bindeledd docs docs"))(docs)
app.command(epilog=epilog("bindeledd copy --from data --to postgresql://db/bindeledd --data data-db"))(copy)


def main() -> None:
    """The console script. An error becomes one line on stderr and an exit code."""
    gc.set_threshold(LOADED_OBJECTS)
    logs.configure()
    try:
        app()
    except BindeleddError as error:
        say(f"bindeledd: {error}")
        sys.exit(CANNOT)
    except Exception as error:  # noqa: BLE001 - a traceback's texts may hold anything
        if (refused := refused_by_disk(error)) is not None:
            say(f"bindeledd: {refused}")
            sys.exit(CANNOT)
        say(f"bindeledd: unexpected {type(error).__name__} at {logs.place_of(error)}. Please report it")
        sys.exit(BROKEN)
    finally:
        gc.freeze()  # or all that was loaded would be searched for garbage once more, only to end


@app.command(epilog=epilog("bindeledd serve --demo"))
def serve(
    data: Data = None,
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1.", min=1, max=65535)] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty data folder with a simulated Bergen.")] = False,
    stille: Annotated[
        bool, typer.Option("--stille", help="Let nothing happen in the demo but what visitors do themselves.")
    ] = False,
) -> None:
    """Run everything in one process: messages in, the four services, and the pages. For this machine only.

    In a demo a message comes, or somebody takes a task, every 20 to 40 seconds; not with --stille.
    """
    from bindeledd.app.serve import serve as run

    run(settings_of(data), port, demo=demo, stille=stille)


@app.command(epilog=epilog("bindeledd relay kriseplan"))
def relay(
    tjeneste: Annotated[str, typer.Argument(help="The service.")],
    fra: Annotated[
        int | None, typer.Option(help="Send again from this position of its log: after a broker lost records.", min=1)
    ] = None,
    data: Data = None,
) -> None:
    """Send what one service writes to Kafka. Set by the environment: BINDELEDD_KAFKA, BINDELEDD_PORT, …"""
    from bindeledd.app.process import relay as run

    run(settings_of(data), tjeneste, fra)


@app.command(epilog=epilog("bindeledd worker kriseplan"))
def worker(tjeneste: Annotated[str, typer.Argument(help="The service.")], data: Data = None) -> None:
    """Run one service, with Kafka between it and the others. Set by the environment, as `relay` is."""
    from bindeledd.app.process import worker as run

    run(settings_of(data), tjeneste)


@app.command(epilog=epilog("bindeledd watch"))
def watch() -> None:
    """Watch the topics, and say what should have happened and has not. Set by the environment, as `relay` is."""
    from bindeledd.app.watch import watch as run

    run(settings_of(None))


@app.command(epilog=epilog("bindeledd web bergen-kommune --demo"))
def web(
    organisasjon: Annotated[
        str | None, typer.Argument(help="Whose pages.  [default: $BINDELEDD_ORGANISASJON]", show_default=False)
    ] = None,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="Let whoever sits at this machine choose who they are: there is no login yet."),
    ] = False,
    data: Data = None,
) -> None:
    """Serve the pages of one organisation, with the keys of its own parties. Set by the environment, as `relay` is."""
    from bindeledd.app.process import web as run

    settings = settings_of(data)
    run(settings, organisasjon or settings.organisasjon, demo=demo)


@app.command(epilog=epilog("bindeledd mottak message.xml --apprec receipts/", "a file could not be read"))
def mottak(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Message files, or folders of *.xml.")],
    data: Data = None,
    apprec: Annotated[Path | None, typer.Option(help="Folder for the receipts.")] = None,
    as_json: Json = False,
) -> None:
    """Take in message files (PLO 1.5 and 1.6). One line per file: outcome, type, reason.

    A refused message is handled too: its receipt says why, and the exit code is 0.
    """
    from bindeledd.app.mottak import files_in, take_in_files

    files = files_in(paths)
    with _installation(data) as installation, progress("mottak", len(files)) as step:
        handled = True
        for number, taken in enumerate(take_in_files(installation, files, apprec), 1):
            emit(taken.as_json(), as_json=as_json, line=taken.line())
            handled = handled and taken.readable
            step(number)
    if not handled:
        raise typer.Exit(DOES_NOT_HOLD)


@app.command(epilog=epilog("bindeledd simulate --dager 14 --pasienter 40 --seed 7 --data demo"))
def simulate(
    dager: Annotated[int, typer.Option(help="How many days.", min=1, max=3660)],
    fra: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day. [default: so that it ends now]")
    ] = None,
    pasienter: Annotated[int, typer.Option(help="How many patients.", min=1, max=100_000)] = 30,
    seed: Annotated[int, typer.Option(help="The same seed and first day give the same history.", min=0)] = 1,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Fill an empty data folder with a made-up history: synthetic people, through the same commands that users give."""
    from bindeledd.app.simulate import Plan, first_day, simulate_into
    from bindeledd.app.stores import stores_of

    start = fra.date() if fra else first_day(_today(), dager)
    settings = settings_of(data)
    with progress("simulate", dager) as step:
        plan = Plan(start, dager, pasienter, seed, until=None if fra else datetime.now(UTC))
        done = simulate_into(stores_of(settings), settings.config(), plan, step)
    emit(done.as_json(), as_json=as_json, line=done.line())


@app.command(epilog=epilog("bindeledd verify --data data", "a log does not hold; the first bad position is told"))
def verify(
    mot: Annotated[
        list[Path] | None, typer.Option(metavar="FIL", help="Checkpoints that somebody else has kept.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Follow every stream's chain of hashes, from what is stored alone. May run beside `serve`.

    What is audited is also held against every checkpoint: those that are kept here, and those that others were given.
    Also told: raw bytes beside a log that are not what it says, a record of a service that may not write it, a cursor
    behind what was received, and services whose stores are gone.
    """
    from bindeledd.app.verifying import verified

    held = True
    for found in verified(settings_of(data), mot or ()):
        emit(found.as_json(), as_json=as_json, line=found.line())
        held = held and found.bad is None
    if not held:
        raise typer.Exit(DOES_NOT_HOLD)


@app.command(
    epilog=epilog(
        "bindeledd rebuild kriseplan",
        "a table was not what its log says, and is now; or a log was changed, and nothing was",
    )
)
def rebuild(
    tjeneste: Annotated[str | None, typer.Argument(help="One service. [default: all]")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Fold projections and indexes from the logs again, and compare hashes. Folds, and never reacts.

    A log in which somebody changed a record is refused before anything is replaced; its first bad position is told.
    """
    from bindeledd.app.installation import rebuild_all

    matched = True
    with progress("rebuild", None) as step:
        for found in rebuild_all(settings_of(data), tjeneste, step):
            emit(found.as_json(), as_json=as_json, line=found.line())
            matched = matched and not found.drifted and found.bad is None
    if not matched:
        raise typer.Exit(DOES_NOT_HOLD)


@app.command(epilog=epilog("bindeledd utsnitt act-kronstad --som-av 2026-03-01T12:00:00+01:00"))
def utsnitt(
    part: Annotated[str, typer.Argument(metavar="PART", help="The party's id.")],
    som_av: Annotated[str | None, typer.Option(metavar="T", help="A moment with its offset. [default: now]")] = None,
    oppfrisk: Annotated[
        bool, typer.Option("--oppfrisk", help="First append the views this release makes differently.")
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """What one party has been given, as of any moment. Sealed content stays closed: look at it in the pages."""
    from bindeledd.app.installation import codec, refresh_views
    from bindeledd.app.stores import looking_at, stores_of
    from bindeledd.ops.utsnitt import as_json as whole
    from bindeledd.ops.utsnitt import given

    settings, as_of = settings_of(data), moment(som_av, "--som-av")
    if part not in settings.config().oppsett.parter:
        raise typer.BadParameter("there is no such party in the configuration", param_hint="PART")
    with looking_at(stores_of(settings)) as stores:
        if oppfrisk:
            with _installation(data) as installation:
                say(f"{refresh_views(installation)} aggregates looked at again")
        views = [view for service, db in stores.items() for view in given(service, db, codec(), part, as_of)]
    for view, row in zip(views, whole(views), strict=True):
        emit(row, as_json=as_json, line=view.line())


@app.command(epilog=epilog("bindeledd restored --data data"))
def restored(data: Data = None, as_json: Json = False) -> None:
    """Say that the data came back from a backup. `serve` must be stopped.

    Raises the epoch of every log: all who read it start over, and what is otherwise than before is seen. One log that
    is older than the rest is found out by itself at the start; when all are as old, somebody must say it.
    """
    from bindeledd.app.proving import set_aside
    from bindeledd.app.stores import found_in, stores_of

    found_in(stores_of(settings_of(data)))
    with _installation(data) as installation:
        for service, engine in installation.engines.items():
            engine.raise_epoch()
            set_aside(installation.folder, service, engine.epoch)
            row = {"service": service, "epoch": engine.epoch, "position": engine.position}
            emit(row, as_json=as_json, line=f"{service}: epoch {engine.epoch} from position {engine.position}")


@contextmanager
def _installation(data: Path | None) -> Iterator[Installation]:
    from bindeledd.app.installation import open_all

    with open_all(settings_of(data)) as installation:
        yield installation


def _today() -> date:
    return datetime.now(UTC).date()
