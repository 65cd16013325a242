"""A log that came back from a backup, tables that a release declares otherwise, and a commit whose answer was lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bindeledd.app.stores import Stores
from bindeledd.core.errors import TransientError
from bindeledd.ops.drift import with_drift
from bindeledd.ops.rebuild import rebuild, refold_changed
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Service
from bindeledd.store import intake, log
from tests.prøvetjeneste import CODEC, TELLING, Oppsatt, leser, noter, satt_opp, skriver
from tests.rom import lager


@pytest.fixture
def stores(tmp_path: Path, trinn: str) -> Stores:
    return lager(tmp_path)


@pytest.fixture
def oppsatt(tmp_path: Path, stores: Stores) -> Iterator[Oppsatt]:
    with satt_opp(tmp_path, skriver(), leser()) as oppe:
        yield oppe


def åpnet(stores: Stores) -> Any:
    return satt_opp(stores.folder, skriver(), leser(), seed=2)


def sett_tilbake(stores: Stores, service: Service, til: int) -> None:
    """What a backup from when the log stood there would give back."""
    with closing(stores.own(service.name)) as db:
        db.begin()
        db.run("DELETE FROM log WHERE position > ?", (til,))
        db.commit()
        rebuild(db, with_drift(service), CODEC)


def epoker(oppe: Oppsatt) -> tuple[int, int]:
    return oppe.engines["skriver"].epoch, oppe.engines["leser"].epoch


def tre_notater(stores: Stores) -> None:
    with satt_opp(stores.folder, skriver(), leser()) as oppe:
        for stream in ("ab", "cd", "ef"):
            oppe.engines["skriver"].command(noter(stream))
        oppe.embedded.pump()
        assert epoker(oppe) == (1, 1)


# -- restored ------------------------------------------------------------------------------------------------------


def test_a_log_that_has_been_further_raises_its_epoch_and_what_was_forked_is_seen(stores: Stores) -> None:
    tre_notater(stores)
    sett_tilbake(stores, skriver(), 1)
    with åpnet(stores) as oppe:
        assert epoker(oppe) == (2, 1)
        oppe.engines["skriver"].command(noter("cd", "noe annet enn før"))
        oppe.embedded.pump()
        (parkert,) = oppe.engines["leser"].read(intake.parked_streams)
        assert (parkert.stream, parkert.error.partition(":")[0]) == ("cd", "conflict")
    with åpnet(stores) as oppe:
        assert epoker(oppe) == (2, 1)


def test_a_restored_log_takes_no_keys_with_it(stores: Stores) -> None:
    """It may come back from another backup, and a key may not."""
    tre_notater(stores)
    sett_tilbake(stores, skriver(), 1)
    with åpnet(stores) as oppe:
        assert all(oppe.keyring.key_of_stream(stream) for stream in ("ab", "cd", "ef"))


def test_readers_that_have_read_further_tell_when_the_keyring_does_not(stores: Stores) -> None:
    tre_notater(stores)
    sett_tilbake(stores, skriver(), 2)
    with closing(stores.keyring(beside=False)) as ring:
        ring.run("DELETE FROM flushed")
    with åpnet(stores) as oppe:
        assert epoker(oppe) == (2, 1)


def test_a_commit_that_never_came_is_no_restored_log(stores: Stores) -> None:
    tre_notater(stores)
    with satt_opp(stores.folder, skriver(), leser(), seed=3) as oppe:
        økt = oppe.keyring.session("skriver")
        økt.key_for("gh", "person")
        økt.flush(3, 4)
    with åpnet(stores) as oppe:
        assert epoker(oppe) == (1, 1)
        assert oppe.keyring.key_of_stream("gh") is None


# -- folded anew ---------------------------------------------------------------------------------------------------


def talt(stores: Stores) -> dict[str, int]:
    with closing(stores.open("skriver")) as db:
        return dict(db.all("SELECT stream, antall FROM notater"))


def test_a_projection_that_means_something_else_now_is_folded_anew_at_the_start(stores: Stores) -> None:
    tre_notater(stores)

    def dobbelt(db: Any, konvolutt: Any, _event: Any) -> None:
        db.run("INSERT INTO notater VALUES (?, 2) ON CONFLICT DO NOTHING", (konvolutt.stream,))

    ny = replace(TELLING, folds=dict.fromkeys(TELLING.folds, dobbelt), version=2)
    with satt_opp(stores.folder, replace(skriver(), projections=(ny,))):
        assert talt(stores) == {"ab": 2, "cd": 2, "ef": 2}


def test_what_is_declared_as_before_is_left_alone(stores: Stores) -> None:
    tre_notater(stores)
    with closing(stores.own("skriver")) as db:
        db.run("UPDATE notater SET antall = 7")
        assert not refold_changed(db, with_drift(skriver()), CODEC)
    assert talt(stores) == {"ab": 7, "cd": 7, "ef": 7}


def test_a_store_of_before_there_were_fingerprints_is_folded_anew_once(stores: Stores) -> None:
    tre_notater(stores)
    with closing(stores.own("skriver")) as db:
        db.run("DELETE FROM meta WHERE name = 'folded'")
        db.run("DROP TABLE notater")
        assert refold_changed(db, with_drift(skriver()), CODEC)
        assert not refold_changed(db, with_drift(skriver()), CODEC)
    assert talt(stores) == {"ab": 1, "cd": 1, "ef": 1}


# -- a lost answer -------------------------------------------------------------------------------------------------


def test_a_commit_whose_answer_was_lost_is_found_to_have_come(
    oppsatt: Oppsatt, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = oppsatt.engines["skriver"]
    egentlig = type(engine._db).commit

    def uten_svar(self: Any) -> None:
        egentlig(self)
        if self is engine._db:
            raise TransientError("the answer was lost")

    with monkeypatch.context() as patch:
        patch.setattr(type(engine._db), "commit", uten_svar)
        with pytest.raises(TransientError):
            engine.command(noter("ab"), request=("nøkkel", b"hash"))
    assert engine.position == 1
    assert oppsatt.keyring.key_of_stream("ab") is not None
    assert engine.command(noter("ab"), request=("nøkkel", b"hash")).repeated
    oppsatt.embedded.pump()
    assert oppsatt.engines["leser"].read(lambda db: log.head(db, "ab")) is not None


def test_while_the_last_process_may_still_commit_the_next_one_does_not_settle(
    stores: Stores, trinn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server goes on with what it was asked, also when who asked is gone: keys that it needs must stay."""
    tre_notater(stores)
    with closing(stores.open("skriver")) as siste:
        siste.begin()
        log.append(siste, log.Stored(4, "skriver", "skriver.notat", "gh", 4, 1, b"under way"))
        with satt_opp(stores.folder, leser(), seed=3) as oppe:
            økt = oppe.keyring.session("skriver")
            økt.key_for("gh", "person")
            økt.flush(3, 4)
            with closing(stores.own("skriver")) as db, closing(stores.open("skriver")) as reader:
                db.run("SET lock_timeout = '1ms'" if trinn == "postgres" else "PRAGMA busy_timeout=0")
                with pytest.raises(TransientError):
                    Engine(with_drift(skriver()), db, reader, oppe.engines["leser"].around)
            assert oppe.keyring.key_of_stream("gh") is not None
        siste.rollback()
