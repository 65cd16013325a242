"""The runbooks' own commands, run as somebody would who follows them: a restore, lost keys, another master secret."""

from __future__ import annotations

import json
import shlex
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from bindeledd.app.cli import app
from bindeledd.app.folder import MASTER
from bindeledd.app.installation import given_to
from bindeledd.app.settings import Settings
from bindeledd.app.stores import stores_of
from bindeledd.core.clock import system_entropy
from bindeledd.core.errors import BindeleddError, InvalidMessage
from bindeledd.seal.keyring import LentKeyring
from tests import postgres
from tests.crash.filer import ROT
from tests.crash.jobber import melding
from tests.unit.test_runbooks import to_be_run_in

KOMMUNEN = "bergen-kommune"
FØR, ETTER = 1, 2
"""Who comes before the backup, and who after it."""


@dataclass(slots=True)
class Drift:
    """An installation, and whoever has the runbook open beside it."""

    mappe: Path
    ny: Path
    """Where commands are run, and files that are none of the installation's lie."""

    def kjør(self, *ord_: str) -> str:
        """What a command says. Raises what it would have been refused with."""
        svar = CliRunner().invoke(app, ord_, input="y\n")
        if isinstance(svar.exception, BindeleddError):
            raise svar.exception
        assert svar.exit_code == 0, (ord_, svar.output, svar.exception)
        return svar.stdout

    def følg(self, runbook: str, **er: str) -> list[str]:
        """Run every command of a runbook in its order, with the names that hold here. What they were."""
        kjørt = []
        for linje in to_be_run_in(ROT / "docs" / "runbooks" / f"{runbook}.md"):
            ord_ = [er.get(hvert, hvert) for hvert in shlex.split(linje)[1:]]
            kjørt.append(" ".join(hvert for hvert in shlex.split(linje)[1:] if hvert not in er))
            self.kjør(*ord_)
        return kjørt

    def send(self, nr: int) -> str:
        """What became of a person's admission."""
        fil = self.ny / f"{nr}.xml"
        fil.write_bytes(melding("innlagt", nr)[1])
        return str(json.loads(self.kjør("mottak", str(fil), "--json"))["outcome"])

    def spør(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(stores_of(Settings()).look("keyring")) as db:
            return [tuple(rad) for rad in db.all(sql)]


@pytest.fixture
def her(tmp_path: Path, trinn: str, monkeypatch: pytest.MonkeyPatch) -> Drift:
    (ny := tmp_path.with_name(f"{tmp_path.name}-ved-siden-av")).mkdir()
    monkeypatch.chdir(ny)
    monkeypatch.setenv("BINDELEDD_DATA", str(tmp_path))
    if database := postgres.database_of(tmp_path):
        monkeypatch.setenv("BINDELEDD_DATABASE", database)
    drift = Drift(tmp_path, ny)
    assert drift.send(FØR) == "positive"
    return drift


def tatt_kopi(drift: Drift) -> None:
    """The backup: the folder, or the database, with everything stopped."""
    shutil.copytree(drift.mappe, drift.ny / "kopi")
    if database := postgres.database_of(drift.mappe):
        _lag_database(database, "kopi", "")


def lagt_tilbake(drift: Drift) -> None:
    shutil.rmtree(drift.mappe)
    shutil.copytree(drift.ny / "kopi", drift.mappe)
    if database := postgres.database_of(drift.mappe):
        _lag_database(database, "", "kopi")


def _lag_database(url: str, til: str, fra: str) -> None:
    """Make one database of another, as it stands: the one of the url, or what is kept of it under a name."""
    navn = str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])
    with psycopg.connect(psycopg.conninfo.make_conninfo(url, dbname="postgres"), autocommit=True) as link:
        link.execute(f"DROP DATABASE IF EXISTS {navn}{til}".encode())
        link.execute(f"CREATE DATABASE {navn}{til} TEMPLATE {navn}{fra}".encode())


def test_backup_and_restore(her: Drift) -> None:
    tatt_kopi(her)
    ((person,),) = her.spør("SELECT DISTINCT person_ref FROM data_key WHERE person_ref IS NOT NULL")
    her.kjør("keys", "shred", "--person", person)
    assert her.send(ETTER) == "positive"
    lagt_tilbake(her)
    assert her.spør(f"SELECT 1 FROM data_key WHERE person_ref = '{person}'") != []

    kjørt = her.følg("backup-and-restore", **{"9b1d4a0e": person})

    assert kjørt == ["verify", "rebuild", "restored", "keys shred --person", "verify", "quarantine list"]
    assert her.spør(f"SELECT 1 FROM data_key WHERE person_ref = '{person}'") == []
    assert her.kjør("quarantine", "list") == ""
    # What is here gets its first receipt; what came in between is sent again, and is new.
    assert (her.send(FØR), her.send(ETTER), her.send(ETTER)) == ("duplicate", "positive", "duplicate")


def test_a_key_is_lost(her: Drift) -> None:
    (her.mappe / MASTER).rename(her.ny / "safen")
    with pytest.raises(InvalidMessage, match="the master secret is missing"):
        her.send(ETTER)
    (her.mappe / MASTER).write_bytes(b"x" * 32)
    with pytest.raises(InvalidMessage, match="not the master secret of this keyring"):
        her.send(ETTER)
    shutil.copy(her.ny / "safen", her.mappe / MASTER)
    assert her.send(FØR) == "duplicate"

    assert her.følg("key-lost") == [f"keys give {KOMMUNEN} bergen-kommune.keys"]
    assert åpner(her, "bergen-kommune.keys")


def test_another_master_secret(her: Drift) -> None:
    her.kjør("keys", "give", KOMMUNEN, "gammel.keys")
    (her.ny / "new-master-secret").write_bytes(b"n" * 32)

    commands = [shlex.split(linje)[1:] for linje in to_be_run_in(ROT / "docs" / "runbooks" / "master-secret.md")]
    assert [ord_[:2] for ord_ in commands] == [["keys", "rewrap"], ["keys", "give"], ["verify"]]
    her.kjør(*commands[0])
    with pytest.raises(InvalidMessage, match="not the master secret of this keyring"):
        her.kjør(*commands[0])
    shutil.copy(her.ny / "new-master-secret", her.mappe / MASTER)
    for ord_ in commands[1:]:
        her.kjør(*ord_)

    assert åpner(her, "bergen-kommune.keys")
    assert not åpner(her, "gammel.keys")
    assert her.send(FØR) == "duplicate"


def åpner(drift: Drift, fil: str) -> bool:
    """Whether an organisation's key file is of the keyring as it is now."""
    settings = Settings(keys_file=drift.ny / fil)
    given = given_to(settings, settings.config(), KOMMUNEN)
    with closing(stores_of(settings).look("keyring")) as db:
        try:
            LentKeyring(db, given, system_entropy)
        except InvalidMessage:
            return False
    return True
