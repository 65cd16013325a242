"""Opens stores for looking, beside a running installation if there is one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from bindeledd.app.folder import store_files
from bindeledd.core.errors import InvalidMessage
from bindeledd.store.sqlite import SqliteDb


@contextmanager
def stores(folder: Path) -> Iterator[dict[str, SqliteDb]]:
    """Service → its store, for every store in the folder. Raises InvalidMessage when there is none."""
    with ExitStack() as stack:
        files = store_files_in(folder)
        yield {service: stack.enter_context(closing(SqliteDb(file))) for service, file in files.items()}


def store_files_in(folder: Path) -> dict[str, Path]:
    """Service → its file. Raises InvalidMessage when there is none."""
    files = store_files(folder)
    if not files:
        raise InvalidMessage("there is no data here", str(folder), "Name the data folder with --data")
    return files
