"""Over TLS, and with a password from a file: PostgreSQL is spoken to only when it is the right one.

The server of the tests knows no TLS itself: before it stands somebody who does, as a pooler would.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import SecretStr

from bindeledd.app.settings import Settings
from bindeledd.core.errors import TransientError
from bindeledd.store.postgres import PostgresDb
from tests import postgres
from tests.sertifikater import Utsteder

PASSORD = "et-passord-til-proven"
ASKS_FOR_TLS = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


@pytest.fixture(scope="module")
def utsteder(tmp_path_factory: pytest.TempPathFactory) -> Utsteder:
    return Utsteder(tmp_path_factory.mktemp("utsteder"))


@pytest.fixture(scope="module")
def adresse(utsteder: Utsteder) -> Iterator[str]:
    """A database whose user must say a password, behind TLS."""
    if postgres.server_url() is None:
        pytest.skip(postgres.MISSING)
    with closing(postgres.Server()) as server:
        with psycopg.connect(server.url, autocommit=True) as link:
            link.execute(f"CREATE ROLE sikker LOGIN PASSWORD '{PASSORD}'")
            link.execute("CREATE DATABASE sikker OWNER sikker")
        regler = server.folder / "pg_hba.conf"
        regler.write_text("local all sikker scram-sha-256\n" + regler.read_text("utf-8"), "utf-8")
        server.control("reload")
        with tls_foran(server.url, *utsteder.sertifikat("db")) as port:
            yield f"postgresql://sikker@127.0.0.1:{port}/sikker?sslmode=verify-full&sslrootcert={utsteder.ca}"


@contextmanager
def tls_foran(url: str, sertifikat: Path, nøkkel: Path) -> Iterator[int]:
    """Somebody who speaks TLS before the server. The port."""
    sagt = conninfo_to_dict(url)
    bak = f"{sagt['host']}/.s.PGSQL.{sagt.get('port', 5432)}"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sertifikat, nøkkel)
    with closing(socket.create_server(("127.0.0.1", 0))) as dør:
        threading.Thread(target=_ta_imot, args=(dør, context, bak), daemon=True).start()
        yield dør.getsockname()[1]


def _ta_imot(dør: socket.socket, context: ssl.SSLContext, bak: str) -> None:
    with suppress(OSError):
        while True:
            threading.Thread(target=_betjen, args=(dør.accept()[0], context, bak), daemon=True).start()


def _betjen(klient: socket.socket, context: ssl.SSLContext, bak: str) -> None:
    with suppress(OSError), closing(klient), closing(socket.socket(socket.AF_UNIX)) as server:
        assert klient.recv(8, socket.MSG_WAITALL) == ASKS_FOR_TLS
        klient.sendall(b"S")
        server.connect(bak)
        with context.wrap_socket(klient, server_side=True) as sikret:
            svar = threading.Thread(target=_pump, args=(server, sikret), daemon=True)
            svar.start()
            _pump(sikret, server)
            svar.join()


def _pump(fra: socket.socket, til: socket.socket) -> None:
    with suppress(OSError):
        while data := fra.recv(65536):
            til.sendall(data)
        til.shutdown(socket.SHUT_WR)


def skriv_og_les(url: str) -> None:
    with closing(PostgresDb(url, "prove")) as db:
        db.create("CREATE TABLE IF NOT EXISTS t (n TEXT PRIMARY KEY)")
        assert db._link.pgconn.ssl_in_use


def med_fil(adresse: str, mappe: Path, passord: str = PASSORD) -> str:
    (fil := mappe / "passord").write_text(f"{passord}\n", "utf-8")
    url = Settings(database=SecretStr(adresse), database_password_file=fil).database_url()
    assert url is not None
    return url


def test_the_right_server_is_spoken_to_with_a_password_from_a_file(adresse: str, tmp_path: Path) -> None:
    skriv_og_les(med_fil(adresse, tmp_path))


def test_libpqs_own_password_file_does_too(adresse: str, tmp_path: Path) -> None:
    (fil := tmp_path / "pgpass").write_text(f"127.0.0.1:*:sikker:sikker:{PASSORD}\n", "utf-8")
    fil.chmod(0o600)
    skriv_og_les(make_conninfo(adresse, passfile=str(fil)))


@pytest.mark.parametrize("feil", ["another authority", "another name", "another password"])
def test_a_server_that_is_not_the_right_one_and_a_wrong_password_are_told_without_the_secret(
    adresse: str, tmp_path: Path, feil: str
) -> None:
    riktig, hemmelig = med_fil(adresse, tmp_path), "noe-som-ikke-skal-sees"
    url, grunn = {
        "another authority": (
            make_conninfo(riktig, sslrootcert=str(Utsteder(tmp_path, "en annen").ca)),
            "verify failed",
        ),
        "another name": (make_conninfo(riktig, host="localhost"), "does not match host name"),
        "another password": (med_fil(adresse, tmp_path, hemmelig), "password authentication failed"),
    }[feil]
    with pytest.raises(TransientError, match=grunn) as sagt:
        PostgresDb(url, "prove")
    assert "\n" not in str(sagt.value)
    assert not {PASSORD, hemmelig} & set(str(sagt.value).split())
