"""`bindeledd quarantine`: records that could not take effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, TypeVar

import typer

from bindeledd.app.terminal import DOES_NOT_HOLD, Data, Json, emit, epilog, say, settings_of
from bindeledd.core.errors import InvalidMessage

quarantine = typer.Typer(help="Parked records: list, show, retry, skip.", no_args_is_help=True, rich_markup_mode=None)

T = TypeVar("T")
Service = Annotated[str, typer.Argument(metavar="TJENESTE", help="The service that parked it.")]
Stream = Annotated[str, typer.Argument(metavar="STREAM", help="The stream's ref, as `list` shows it.")]


@quarantine.command("list", epilog=epilog("bindeledd quarantine list --json"))
def list_(data: Data = None, as_json: Json = False) -> None:
    """Every parked stream: the record that parked it, why, and how many wait behind. May run beside `serve`."""
    from bindeledd.app.stores import looking_at, stores_of
    from bindeledd.ops.quarantine import listing

    with looking_at(stores_of(settings_of(data))) as stores:
        for entry in listing(stores):
            row = {name: value for name, value in asdict(entry).items() if value != ""}
            place = f"{entry.service}  {entry.stream}  v{entry.version}  {entry.topic}"
            line = f"{place}  {entry.waiting} waiting  {entry.error}"
            emit(row, as_json=as_json, line=line)


@quarantine.command(epilog=epilog("bindeledd quarantine show kriseplan 3f0c… --json"))
def show(tjeneste: Service, stream: Stream, data: Data = None, as_json: Json = False) -> None:
    """All that is parked of one stream, in order. May run beside `serve`."""
    from bindeledd.app.installation import codec
    from bindeledd.app.stores import looking_at, stores_of
    from bindeledd.ops.quarantine import show as entries

    with looking_at(stores_of(settings_of(data))) as stores:
        for entry in entries(tjeneste, _one(stores, tjeneste), codec(), stream):
            why = entry.error or "waits"
            line = f"v{entry.version}  {entry.type}  {entry.registrert}  sha256 {entry.sha256[:16]}  {why}"
            emit(asdict(entry), as_json=as_json, line=line)


@quarantine.command(
    epilog=epilog("bindeledd quarantine retry kriseplan 3f0c…", "its first record still cannot take effect")
)
def retry(tjeneste: Service, stream: Stream, data: Data = None, as_json: Json = False) -> None:
    """Try a stream again from its first parked record. `serve` must be stopped."""
    from bindeledd.app.installation import open_all
    from bindeledd.app.stores import found_in, stores_of
    from bindeledd.ops.quarantine import retry as again

    settings = settings_of(data)
    found_in(stores_of(settings))
    with open_all(settings) as installation:
        effects = again(_one(installation.engines, tjeneste), stream)
        installation.embedded.pump()
    emit({"stream": stream, "effects": effects}, as_json=as_json, line=f"{effects} records took effect")
    if not effects:
        raise typer.Exit(DOES_NOT_HOLD)


@quarantine.command(
    epilog=epilog('bindeledd quarantine skip kriseplan 3f0c… --reason "Sent twice by mistake, see case 12"')
)
def skip(
    tjeneste: Service,
    stream: Stream,
    reason: Annotated[str, typer.Option(help="Why, for whoever reads it next year. It is kept, sealed.")],
    data: Data = None,
) -> None:
    """Let a stream's first parked record be known without anything following from it. `serve` must be stopped."""
    from bindeledd.app.installation import open_all
    from bindeledd.app.stores import found_in, stores_of
    from bindeledd.ops.quarantine import skip as skip_one

    settings = settings_of(data)
    found_in(stores_of(settings))
    with open_all(settings) as installation:
        skip_one(_one(installation.engines, tjeneste), stream, reason)
        installation.embedded.pump()
    say("Skipped, and written down.")


def _one(known: Mapping[str, T], name: str) -> T:
    if name not in known:
        raise InvalidMessage(f"there is no service {name} here", fix=f"Use one of: {', '.join(known)}")
    return known[name]
