"""`bindeledd proof`: what outsiders are given, so that they need not believe us."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bindeledd.app.terminal import Data, Json, emit, epilog, progress, settings_of

proof = typer.Typer(
    help="Proof for outsiders: the public key, and records with what proves them.",
    no_args_is_help=True, rich_markup_mode=None,
)  # fmt: skip


@proof.command(epilog=epilog("bindeledd proof key"))
def key(data: Data = None, as_json: Json = False) -> None:
    """Tell the public key of each log that has checkpoints. Outsiders must get it by another way than the rest."""
    from bindeledd.app.proving import public_keys

    for log, public in public_keys(settings_of(data)):
        emit({"log": log, "key": public}, as_json=as_json, line=public)


@proof.command(epilog=epilog("bindeledd proof trust"))
def trust(data: Data = None, as_json: Json = False) -> None:
    """Let the key that lies here sign though the one before it has not handed the logs over, for it is lost or was
    stolen. Outsiders must then be given the new public key as they were given the first. Takes effect at once."""
    from bindeledd.app.proving import trust as take

    public = take(settings_of(data)).hex()
    emit({"public": public}, as_json=as_json, line=f"signs from now on: {public} (see `bindeledd proof key`)")


@proof.command(epilog=epilog("bindeledd proof export tilgang.oppslag proof.json --posisjon 1204"))
def export(
    topic: Annotated[str, typer.Argument(help="A topic that is audited.")],
    fil: Annotated[Path, typer.Argument(help="The file to write.")],
    posisjon: Annotated[
        list[int] | None, typer.Option(help="A record, by its position (`bindeledd replay`).  [default: all]", min=1)
    ] = None,
    fra: Annotated[
        Path | None, typer.Option(metavar="FIL", help="An older checkpoint, to prove that the log goes on from it.")
    ] = None,
    tjeneste: Annotated[
        str | None, typer.Option(help="Whose log, where several services write the topic.", show_default=False)
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write records, the checkpoint over them and what proves it to a file; `tools/check_proof.py` checks it with the
    public key and nothing else of ours. What is sealed stays so; what a record says in the clear is in the file."""
    from bindeledd.app.proving import export as make

    with progress("proof export", None):
        made = make(settings_of(data), topic, tjeneste, posisjon or [], fra)
        fil.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    count = len(made["records"])
    emit({"records": count, "file": str(fil)}, as_json=as_json, line=f"{count} records with their proof are in {fil}")
