"""`bindeledd copy`: an installation moved between rungs."""

from __future__ import annotations

from typing import Annotated

import typer

from bindeledd.app.terminal import Data, Json, emit, progress, say, settings_of


def copy(
    source: Annotated[str, typer.Option("--from", metavar="URL", help="A data folder, or postgresql://… .")],
    target: Annotated[str, typer.Option("--to", metavar="URL", help="The same. It must be empty.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Move an installation between files and PostgreSQL. Nobody may work on it meanwhile; the source is left as it is.

    The data folder is the database's: it holds the master secret, which is copied unless BINDELEDD_KEK_FILE names it.
    Logs come over in order and byte for byte, with keys and all that is kept; the rest is folded from them anew.
    Counts, hashes and chains are compared, and nothing is left there when any of it fails.
    """
    from bindeledd.app.copy import copy_all, rows_in, stores_named

    settings = settings_of(data)
    old, new = stores_named(source, settings), stores_named(target, settings)
    with progress("copy", rows_in(old)) as step:
        copied = copy_all(old, new, settings.config(), settings.kek_file, step)
    for each in copied:
        emit(each.as_json(), as_json=as_json, line=each.line())
    say(f"copy: done. The master secret: {settings.kek_file or new.folder}. Work on one of the two only from now on")
