"""`bindeledd schemas`: the contract between programs that upgrade on different days."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from bindeledd.app.terminal import DOES_NOT_HOLD, Json, emit, epilog, say
from bindeledd.resources import data_folder

schemas = typer.Typer(
    help="Schemas: check, generate, lock, register, asyncapi.", no_args_is_help=True, rich_markup_mode=None
)

Folder = Annotated[
    Path | None, typer.Option("--schemas", help="The schema folder. [default: the one that came with us]")
]


@schemas.command(
    epilog=epilog("bindeledd schemas check", "something is wrong; each line says where, why and what to do")
)
def check(folder: Folder = None, as_json: Json = False) -> None:
    """Compatibility with all that is published, the lock, names, and the generated classes."""
    from bindeledd.schema.catalog import load_catalog
    from bindeledd.schema.compatibility import check as findings_in
    from bindeledd.schema.findings import Finding
    from bindeledd.schema.generate import drift

    root = folder or data_folder("schemas")
    findings = findings_in(root)
    if not findings and folder is None:
        fix = "Run `bindeledd schemas generate`"
        findings = [
            Finding(f"generated/{name}", "is not what the schemas say", fix) for name in drift(load_catalog(root))
        ]
    for finding in findings:
        row = {"file": finding.file, "reason": finding.reason, "fix": finding.fix}
        emit(row, as_json=as_json, line=str(finding))
    if findings:
        raise typer.Exit(DOES_NOT_HOLD)
    say("schemas: all held")


@schemas.command(epilog=epilog("bindeledd schemas generate"))
def generate(as_json: Json = False) -> None:
    """Write the event classes anew from the schemas. In a checkout only."""
    from bindeledd.schema.catalog import load_catalog
    from bindeledd.schema.generate import write_generated

    for name in write_generated(load_catalog(data_folder("schemas"))):
        emit({"file": name}, as_json=as_json, line=name)


@schemas.command(epilog=epilog("bindeledd schemas lock"))
def lock(
    afresh: Annotated[
        bool, typer.Option("--afresh", help="Forget what was published. Before the first release only.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Publish what is new: from then on it never changes."""
    from bindeledd.schema.lock import write_lock

    for line in write_lock(data_folder("schemas"), afresh=afresh):
        emit({"published": line}, as_json=as_json, line=line)


@schemas.command(
    epilog=epilog("bindeledd schemas register --url http://127.0.0.1:8080/apis/ccompat/v7", "a schema is refused")
)
def register(
    url: Annotated[
        str | None, typer.Option("--url", help="The registry with its API's path.  [default: $BINDELEDD_REGISTRY_URL]")
    ] = None,
    folder: Folder = None,
    as_json: Json = False,
) -> None:
    """Register every schema of the catalogue that the registry does not have, and require FULL_TRANSITIVE of each.

    Run it before the release that writes with them. A second run changes nothing.
    """
    from bindeledd.app.settings import Settings
    from bindeledd.core.errors import SchemaRefused
    from bindeledd.schema.catalog import load_catalog
    from bindeledd.schema.registry import Registry, register_all

    set_up = Settings().registry_url
    address = url or (set_up.get_secret_value() if set_up else None)
    if address is None:
        raise typer.BadParameter("no registry is named: give --url, or set BINDELEDD_REGISTRY_URL")
    catalog = load_catalog(folder or data_folder("schemas"))
    new = 0
    try:
        with closing(Registry(address)) as registry:
            for done in register_all(catalog, registry):
                emit(done.as_json(), as_json=as_json, line=done.line())
                new += done.is_new
    except SchemaRefused as refusal:
        say(f"bindeledd: {refusal}")
        raise typer.Exit(DOES_NOT_HOLD) from None
    say(f"schemas: {new} new in the registry, the others were there")


@schemas.command(epilog=epilog("bindeledd schemas asyncapi > bindeledd.asyncapi.json"))
def asyncapi() -> None:
    """The AsyncAPI 3 document of every topic and message, as JSON."""
    from bindeledd.schema.asyncapi import document
    from bindeledd.schema.catalog import load_catalog

    json.dump(document(load_catalog(data_folder("schemas"))), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
