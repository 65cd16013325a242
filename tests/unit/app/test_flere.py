"""Several processes with one service, on one store in a database: each with an engine and a keyring of its own, they
are as one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bindeledd.app.installation import open_all, open_log, open_service
from bindeledd.app.settings import Settings
from bindeledd.core.errors import InvalidMessage, Occupied, TransientError
from bindeledd.runtime import engine as engine_module
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.handle import Received
from bindeledd.runtime.service import Lookup
from bindeledd.store import due, intake, log
from tests import postgres
from tests.prøvetjeneste import (
    CODEC,
    NAA,
    TELLING,
    Oppsatt,
    Uvilje,
    leser,
    lest,
    noter,
    satt_opp,
    skriver,
)
from tests.rom import husker_som_lageret

EN, TO = "a" * 31 + "b", "c" * 31 + "d"


@pytest.fixture
def mappe(tmp_path: Path) -> Path:
    """A folder whose stores are in a fresh database."""
    postgres.give(tmp_path, postgres.fresh())
    return tmp_path


@pytest.fixture
def to(mappe: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Oppsatt, Oppsatt]]:
    """Two that are open on the same stores."""
    monkeypatch.setattr(engine_module, "DUE_SECONDS", 0.0)
    with (
        satt_opp(mappe, skriver(), leser(), beside=True) as første,
        satt_opp(mappe, skriver(), leser(), beside=True, seed=2) as andre,
    ):
        yield første, andre
        for oppe in (første, andre):
            for engine in oppe.engines.values():
                engine.look(lambda _tx: None)
                husker_som_lageret(engine)


def alle(engine: Engine) -> list[log.Stored]:
    rader: list[log.Stored] = engine.read(lambda db: log.read_page(db, 0, 10_000))
    return rader


def tekster(engine: Engine, oppe: Oppsatt) -> list[str]:
    """What has been noted, opened with the keys of one of them."""
    hendelser: list[Any] = [CODEC.decode(rad.data)[1] for rad in alle(engine)]
    return [lest(hendelse.begrunnelse, oppe.keyring) for hendelse in hendelser]


def sql(mappe: Path, spørsmål: str) -> list[Any]:
    with psycopg.connect(postgres.database_of(mappe) or "", autocommit=True) as link:
        return link.execute(spørsmål.encode()).fetchall()


# -- what one has written, the others go on from -------------------------------------------------------------------


def test_those_who_write_in_turn_in_the_same_streams_make_one_log_without_holes(to: tuple[Oppsatt, Oppsatt]) -> None:
    for nr in range(8):
        to[nr // 2 % 2].engines["skriver"].command(noter((EN, TO)[nr % 2]))
    rader = alle(to[0].engines["skriver"])
    assert [rad.position for rad in rader] == list(range(1, 9))
    for strøm in (EN, TO):
        assert [rad.version for rad in rader if rad.stream == strøm] == [1, 2, 3, 4]


def test_those_who_write_at_the_same_time_make_one_log_without_holes(to: tuple[Oppsatt, Oppsatt]) -> None:
    feil: list[BaseException] = []

    def skriv(oppe: Oppsatt) -> None:
        try:
            for nr in range(15):
                oppe.engines["skriver"].command(noter((EN, TO)[nr % 2]))
        except BaseException as error:  # noqa: BLE001 - the test raises it
            feil.append(error)

    tråder = [threading.Thread(target=skriv, args=(oppe,)) for oppe in to for _ in range(2)]
    for tråd in tråder:
        tråd.start()
    for tråd in tråder:
        tråd.join()
    assert feil == []
    rader = alle(to[0].engines["skriver"])
    assert [rad.position for rad in rader] == list(range(1, 61))
    assert set(tekster(to[0].engines["skriver"], to[1])) == {"noe"}


def test_a_request_that_is_repeated_at_the_other_one_is_done_once(to: tuple[Oppsatt, Oppsatt]) -> None:
    svar = [oppe.engines["skriver"].command(noter(EN), request=("nøkkel", b"x")) for oppe in to]
    assert [each.repeated for each in svar] == [False, True]
    assert [(each.written[0].stream, each.written[0].version) for each in svar] == [(EN, 1), (EN, 1)]


def test_a_record_that_waits_behind_one_which_the_other_has_parked_is_no_gap(
    mappe: Path, to: tuple[Oppsatt, Oppsatt]
) -> None:
    for _ in range(3):
        to[0].engines["skriver"].command(noter(EN))
    poster = [Received("skriver", rad.topic, rad.position, rad.data) for rad in alle(to[0].engines["skriver"])]
    uvilje = Uvilje({1})
    with satt_opp(mappe, leser(uvilje), beside=True, seed=3) as uvillig:
        uvillig.engines["leser"].receive({}, poster[:1])
        to[1].engines["leser"].receive({}, poster[1:])
        parkert = to[0].engines["leser"].read(lambda db: intake.parked(db, EN))
        assert [(rad.version, bool(rad.error)) for rad in parkert] == [(1, True), (2, False), (3, False)]
    assert to[0].engines["leser"].retry(EN) == 3
    assert to[1].engines["leser"].look(lambda tx: tx.waiting) == frozenset()


def test_what_both_have_fetched_takes_effect_once_and_in_order(to: tuple[Oppsatt, Oppsatt]) -> None:
    """Two owners of a partition, for a moment."""
    for _ in range(6):
        to[0].engines["skriver"].command(noter(EN))
    poster = [Received("skriver", rad.topic, rad.position, rad.data) for rad in alle(to[0].engines["skriver"])]
    første, andre = (oppe.engines["leser"] for oppe in to)
    første.receive({"k": (0, 2)}, poster[:2])
    andre.receive({"k": (0, 5)}, poster[:5])
    første.receive({"k": (0, 4)}, poster[2:4])
    andre.receive({"k": (0, 6)}, poster[5:])
    rader = alle(første)
    assert [rad.version for rad in rader if rad.writer == "skriver"] == list(range(1, 7))
    assert sum(rad.writer == "leser" for rad in rader) == 6


def test_an_epoch_that_one_raises_stands_in_what_the_other_writes(to: tuple[Oppsatt, Oppsatt]) -> None:
    to[1].engines["skriver"].command(noter(EN))
    to[0].engines["skriver"].raise_epoch()
    to[1].engines["skriver"].command(noter(EN))
    assert [CODEC.peek(rad.data).epoch for rad in alle(to[0].engines["skriver"])] == [1, 2]


# -- what falls due ------------------------------------------------------------------------------------------------


def test_a_deadline_is_judged_by_whoever_is_there_and_once(to: tuple[Oppsatt, Oppsatt]) -> None:
    første, andre = (oppe.engines["skriver"] for oppe in to)
    assert andre.next_due() is None
    første.command(noter(EN, frist=timedelta(hours=1)))
    assert andre.next_due() == NAA + timedelta(hours=1)
    (rad,) = andre.read(lambda db: due.fallen(db, NAA + timedelta(hours=1)))
    andre._judge(rad)
    første._judge(rad)
    assert [CODEC.type_of(each.data).rpartition(".")[2] for each in alle(første)] == [  # type: ignore[union-attr]
        "MeldingHoppetOver", "OppgaveLoest",
    ]  # fmt: skip


def test_a_deadline_that_is_moved_while_another_judges_it_is_not_lost(to: tuple[Oppsatt, Oppsatt]) -> None:
    første, andre = (oppe.engines["skriver"] for oppe in to)
    første.command(noter(EN, frist=timedelta(hours=1)))
    (rad,) = andre.read(lambda db: due.fallen(db, NAA + timedelta(hours=1)))
    første.command(noter(EN, frist=timedelta(hours=2)))
    andre._judge(rad)
    assert første.next_due() == andre.next_due() == NAA + timedelta(hours=2)


def test_a_deadline_that_cannot_be_judged_now_is_postponed_only_where_it_still_stands(
    to: tuple[Oppsatt, Oppsatt],
) -> None:
    første, andre = (oppe.engines["skriver"] for oppe in to)
    første.command(noter(EN, frist=timedelta(hours=1)))
    (rad,) = andre.read(lambda db: due.fallen(db, NAA + timedelta(hours=1)))

    def feiler(_engine: Engine, _strøm: str, _at: object) -> None:
        første._judge(rad)
        raise TransientError("the world is not ready")

    andre.service = replace(andre.service, effects={"frist": feiler})
    andre._judge(rad)
    assert første.next_due() is None
    assert andre.next_due() is None


# -- keys ----------------------------------------------------------------------------------------------------------


def test_keys_of_a_commit_that_never_came_are_nowhere_and_hinder_nobody(
    mappe: Path, to: tuple[Oppsatt, Oppsatt]
) -> None:
    første, andre = (oppe.engines["skriver"] for oppe in to)

    ordentlig, igjen = første._db.commit, list[Any]()

    def kuttet() -> None:
        """The server ends the connection when the keys have been made durable, as far as they are before the commit."""
        number = første._db._link.info.backend_pid  # type: ignore[attr-defined]
        sql(mappe, f"SELECT pg_terminate_backend({number}, 5000)")
        igjen.extend(sql(mappe, "SELECT stream FROM keyring.data_key"))
        første._db.commit = ordentlig  # type: ignore[method-assign]
        ordentlig()

    def noter_og_finn(tx: Lookup) -> Any:
        tx.keys.add_blind(b"blind", "ingen")  # type: ignore[attr-defined]
        return noter(EN)(tx)

    første._db.commit = kuttet  # type: ignore[method-assign]
    with pytest.raises(TransientError):
        første.command(noter_og_finn)
    assert igjen == []
    assert sql(mappe, "SELECT stream FROM keyring.data_key") == []
    assert to[1].keyring.person_of(b"blind") is None
    andre.command(noter(EN))
    første.command(noter(EN))
    assert tekster(andre, to[0]) == ["noe", "noe"]


def test_a_key_whose_commit_failed_is_not_used_again(to: tuple[Oppsatt, Oppsatt]) -> None:
    engine = to[0].engines["skriver"]
    ordentlig = engine._db.commit

    def feiler() -> None:
        engine._db.commit = ordentlig  # type: ignore[method-assign]
        raise TransientError("the database does not answer")

    engine._db.commit = feiler  # type: ignore[method-assign]
    with pytest.raises(TransientError):
        engine.command(noter(EN))
    engine.command(noter(EN))
    assert tekster(engine, to[1]) == ["noe"]


def test_a_key_that_one_destroys_opens_nothing_for_the_other_a_minute_later(
    to: tuple[Oppsatt, Oppsatt], monkeypatch: pytest.MonkeyPatch
) -> None:
    to[0].engines["skriver"].command(noter(EN))
    nøkkel = to[1].keyring.key_of_stream(EN)
    assert nøkkel is not None
    assert to[0].keyring.shred_person("person") == 1
    to[0].keyring.tidy()
    monkeypatch.setattr("bindeledd.seal.keyring.CACHE_SECONDS", 0.0)
    assert to[1].keyring.key_of_stream(EN) is None


def nektes(åpne: Callable[[], AbstractContextManager[Any]]) -> None:
    with pytest.raises(Occupied, match="Stop it first"), åpne():
        pass


# -- who may be there ----------------------------------------------------------------------------------------------


def test_one_that_is_to_be_alone_is_refused_while_others_are_there_and_the_other_way_round(
    mappe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bindeledd.store.postgres.OWNER_SECONDS", 0.01)
    url = postgres.database_of(mappe)
    assert url is not None
    hemmelig = mappe / "hemmeligheten"

    def maskin(navn: str) -> Settings:
        return Settings(data=mappe / navn, kek_file=hemmelig, database=url)  # type: ignore[arg-type]

    with open_service(maskin("en"), "kriseplan"), open_service(maskin("to"), "kriseplan"):
        with open_service(maskin("tre"), "ansvarsgruppe"):
            pass
        nektes(lambda: open_all(maskin("fire")))
        with open_log(maskin("en"), "kriseplan", lambda: True):
            nektes(lambda: open_log(maskin("to"), "kriseplan", lambda: True))
    with open_all(maskin("fire")):
        nektes(lambda: open_service(maskin("en"), "kriseplan"))


def test_those_who_begin_together_on_an_empty_database_make_it_once(mappe: Path) -> None:
    feil: list[BaseException] = []
    alle_er_der = threading.Barrier(3)

    def begynn(seed: int) -> None:
        try:
            with satt_opp(mappe, skriver(), beside=True, seed=seed) as oppe:
                oppe.engines["skriver"].command(noter(EN))
                alle_er_der.wait(60)
        except BaseException as error:  # noqa: BLE001 - the test raises it
            feil.append(error)
            alle_er_der.abort()

    tråder = [threading.Thread(target=begynn, args=(seed,)) for seed in range(3)]
    for tråd in tråder:
        tråd.start()
    for tråd in tråder:
        tråd.join()
    assert feil == []
    assert sql(mappe, "SELECT MAX(version) FROM skriver.log") == [(3,)]
    assert sql(mappe, "SELECT COUNT(*) FROM keyring.secret_proof") == [(1,)]


def test_another_release_does_not_fold_anew_under_those_who_work(mappe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bindeledd.store.postgres.OWNER_SECONDS", 0.01)
    ny = replace(skriver(), projections=(replace(TELLING, version=2),))
    with satt_opp(mappe, skriver(), beside=True):
        nektes(lambda: satt_opp(mappe, ny, beside=True, seed=2))
    with satt_opp(mappe, ny, beside=True, seed=2) as oppe:
        oppe.engines["skriver"].command(noter(EN))


def test_a_machine_with_a_master_secret_of_its_own_is_refused(mappe: Path) -> None:
    url = postgres.database_of(mappe)
    assert url is not None
    with ExitStack() as stack:
        stack.enter_context(open_service(Settings(data=mappe / "en", database=url), "kriseplan"))  # type: ignore[arg-type]
        (mappe / "to").mkdir()
        (mappe / "to" / "keyring.kek").write_bytes(b"x" * 32)
        with pytest.raises(InvalidMessage, match="master secret"):
            stack.enter_context(open_service(Settings(data=mappe / "to", database=url), "kriseplan"))  # type: ignore[arg-type]
        with closing(psycopg.connect(url)) as link:
            assert link.execute("SELECT COUNT(*) FROM keyring.secret_proof").fetchone() == (1,)
