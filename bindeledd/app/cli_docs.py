"""`bindeledd docs`: the pages that are made from the schemas and from the routes themselves."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bindeledd.app.terminal import Json, emit


def docs(
    folder: Annotated[Path, typer.Argument(help="Where to write them.", exists=True, file_okay=False)],
    as_json: Json = False,
) -> None:
    """Write events.md (topics, events, fields) and api.md (routes, who may, bodies). One line per file that changed."""
    for name, text in pages().items():
        file = folder / name
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
            emit({"file": name}, as_json=as_json, line=name)


def pages() -> dict[str, str]:
    """File name → text, by the schemas and the configuration that came with us, whatever is set."""
    from bindeledd.app.api_docs import api
    from bindeledd.app.http import make_app
    from bindeledd.app.installation import open_all
    from bindeledd.app.settings import Settings
    from bindeledd.resources import data_folder
    from bindeledd.schema.catalog import load_catalog
    from bindeledd.schema.docs import events

    root = data_folder("schemas")
    with tempfile.TemporaryDirectory() as empty:
        settings = Settings(data=Path(empty), oppsett=None, kek_file=None, database=None)
        with open_all(settings) as installation:
            routes = api(make_app(installation, demo=False), installation.config.oppsett)
    return {"events.md": events(load_catalog(root), root), "api.md": routes}
