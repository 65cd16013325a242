"""A store that is set back to what it was before its records were relayed, and its keyring with it: only the topics
know that it has been further. What is forked is seen; nothing that was acknowledged afterwards is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from bindeledd.app.folder import KEYRING
from bindeledd.core.errors import Stopped
from bindeledd.runtime.ends import Ends
from bindeledd.runtime.kafka import AsStored, Cluster
from bindeledd.store import intake
from bindeledd.store.sqlite import SqliteDb
from tests.broker.anlegg import Anlegg, nye_temaer, prosesser
from tests.broker.kafka import vent
from tests.broker.test_relay import nytt_tema, send_alt
from tests.broker.test_worker import legg_på, mottatt, ta_inn, topics
from tests.crash.filer import Post, les_mappe
from tests.prøvetjeneste import CODEC, NOTAT, Oppsatt, leser, noter, satt_opp, skriver

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def kafka(broker: str) -> str:
    """A broker on which the topic is new."""
    nytt_tema(broker)
    return broker


def noter_i(oppe: Oppsatt, *strømmer: str, tekst: str = "noe") -> None:
    for strøm in strømmer:
        oppe.engines["skriver"].command(noter(strøm, tekst))


def endene(oppe: Oppsatt, kafka: str) -> Ends:
    return Ends(oppe.engines["skriver"], Cluster(kafka), [NOTAT], AsStored())


def sett_tilbake(mappe: Path, kopi: Path, *tjenester: str) -> None:
    """The stores of these, and the keyring, are what the backup has; every service is down."""
    for navn in (KEYRING, *(f"{tjeneste}.db" for tjeneste in tjenester)):
        for rest in mappe.glob(f"{navn}*"):
            rest.unlink()
        shutil.copy(kopi / navn, mappe / navn)


def kopier(mappe: Path) -> Path:
    """A backup of a folder on which nobody works."""
    kopi = mappe.with_name(f"{mappe.name}-kopi")
    shutil.copytree(mappe, kopi)
    return kopi


def lest_til_slutt(oppe: Oppsatt, kafka: str, antall: int) -> None:
    with topics(oppe, kafka) as tail:
        ta_inn(tail, oppe, antall)
        vent(lambda: tail.advance() == 0 and tail.lag() == 0, "the topic is read to its end")


@pytest.fixture
def mappe(tmp_path: Path, kafka: str) -> Path:
    """The writer was set back to "ab" v1 and "cd" v1, after "ab" v2 and "ef" v1 had been relayed and read."""
    her = tmp_path / "data"
    her.mkdir()
    with satt_opp(her, skriver(), leser()) as oppe:
        noter_i(oppe, "ab", "cd")
        send_alt(her, kafka)
    kopi = kopier(her)
    with satt_opp(her, skriver(), leser(), seed=2) as oppe:
        noter_i(oppe, "ab", "ef")
        send_alt(her, kafka)
        lest_til_slutt(oppe, kafka, 4)
    sett_tilbake(her, kopi, "skriver")
    return her


def test_the_topic_tells_that_the_log_has_been_further_and_the_epoch_is_raised_once(mappe: Path, kafka: str) -> None:
    with satt_opp(mappe, skriver(), leser(), seed=3) as oppe:
        assert oppe.engines["skriver"].epoch == 1, "neither the keyring nor a reader in this process knows"
        legg_på(kafka, (b"ab", b"noe annet"), (b"cd", None))
        ender = endene(oppe, kafka)
        assert (ender.advance(), ender.advance()) == (1, 0)
        assert oppe.engines["skriver"].epoch == 2
    with satt_opp(mappe, skriver(), leser(), seed=4) as oppe:
        noter_i(oppe, "cd")
        send_alt(mappe, kafka)
        assert endene(oppe, kafka).advance() == 0
        assert oppe.engines["skriver"].epoch == 2


def test_a_log_that_has_not_been_further_is_left_alone(tmp_path: Path, kafka: str) -> None:
    with satt_opp(tmp_path, skriver(), leser()) as oppe:
        assert endene(oppe, kafka).advance() == 0
        noter_i(oppe, "ab", "cd", "ab")
        send_alt(tmp_path, kafka)
        noter_i(oppe, "ab")
        assert endene(oppe, kafka).advance() == 0
        assert oppe.engines["skriver"].epoch == 1


def test_while_a_topic_of_its_own_is_missing_nobody_takes_the_log_for_whole(tmp_path: Path, kafka: str) -> None:
    with satt_opp(tmp_path, skriver()) as oppe:
        ender = Ends(oppe.engines["skriver"], Cluster(kafka), [NOTAT, "skriver.finnes-ikke"], AsStored())
        for _ in range(2):
            with pytest.raises(Stopped, match=r"skriver\.finnes-ikke first\. Run `bindeledd topics apply`"):
                ender.advance()


def test_what_is_forked_is_parked_and_told_and_all_else_that_is_written_arrives(mappe: Path, kafka: str) -> None:
    with satt_opp(mappe, skriver(), leser(), seed=3) as oppe:
        endene(oppe, kafka).advance()
        noter_i(oppe, "ab", "cd", "gh", tekst="etter at det ble satt tilbake")
        send_alt(mappe, kafka)
        lest_til_slutt(oppe, kafka, 6)
        leseren = oppe.engines["leser"]
        (parkert,) = leseren.read(intake.parked_streams)
        assert (parkert.stream, parkert.version) == ("ab", 2)
        assert parkert.error.startswith("conflict")
        assert CODEC.peek(parkert.data).epoch == 2
        har = {(rad.stream, rad.version): CODEC.peek(rad.data).epoch for rad in mottatt(oppe)}
        assert har == {
            ("ab", 1): 1, ("ab", 2): 1, ("cd", 1): 1, ("ef", 1): 1, ("cd", 2): 2, ("gh", 1): 2,
        }  # fmt: skip


# -- as processes --------------------------------------------------------------------------------------------------

HVEM = ("worker samhandling", "worker kriseplan", "relay samhandling")


@pytest.fixture
def oppe(tmp_path: Path, broker: str) -> Iterator[Anlegg]:
    mappe = tmp_path / "data"
    mappe.mkdir()
    nye_temaer(broker)
    with prosesser(mappe, broker) as anlegget:
        yield anlegget


def test_a_service_whose_store_was_set_back_goes_on_under_a_new_epoch(oppe: Anlegg) -> None:
    """Person 1's stay was told more of than the backup knows, and is told of something else afterwards."""
    oppe.start(*HVEM)
    oppe.send([1], ["innlagt"])
    vent(partial(alt_har_kommet, oppe), "kriseplan has caught up")
    oppe.stopp(*HVEM)
    kopi = kopier(oppe.mappe)
    oppe.start(*HVEM)
    oppe.send([1], ["tidlig"])
    oppe.send([2], ["innlagt"])
    vent(partial(alt_har_kommet, oppe), "kriseplan has caught up")
    oppe.stopp(*HVEM)
    sett_tilbake(oppe.mappe, kopi, "samhandling")
    oppe.start(*HVEM)
    oppe.send([1], ["utskrevet"])
    oppe.send([3], ["innlagt"])
    oppe.stopp("worker samhandling")  # what falls due it has judged by now, or judges no more
    vent(partial(alt_har_kommet, oppe), "kriseplan has what is new, or has parked it")
    assert oppe.tall("worker kriseplan", 'bindeledd_received_total{service="kriseplan",verdict="conflict"') > 0
    assert oppe.tall("worker kriseplan", "bindeledd_parked_streams") > 0
    oppe.stopp(*HVEM[1:])
    with closing(SqliteDb(oppe.mappe / "samhandling.db", read_only=True)) as db:
        assert db.one("SELECT value FROM meta WHERE name = 'epoch'") == ("2",)
    with closing(SqliteDb(oppe.mappe / "kriseplan.db", read_only=True)) as db:
        assert all(rad.error.startswith("conflict") for rad in intake.parked_streams(db))
    nye = [post for post in skrevet(oppe) if post.konvolutt["epoch"] == 2]
    assert nye
    har = {post.data for post in les_mappe(oppe.mappe).filer["kriseplan"].poster}
    parkert = les_mappe(oppe.mappe).filer["kriseplan"].parkert
    nye_strømmer = {post.strøm for post in nye if post.versjon == 1}
    assert nye_strømmer
    assert all(post.data in har for post in nye if post.strøm in nye_strømmer), "other streams are unharmed"
    assert all(post.data in har or (post.strøm, post.versjon) in parkert for post in nye), "nothing is lost"


def skrevet(oppe: Anlegg) -> list[Post]:
    """What samhandling has written that kriseplan reads."""
    temaer = ("samhandling.person", "samhandling.opphold")
    return [post for post in les_mappe(oppe.mappe).filer["samhandling"].poster if post.egen and post.tema in temaer]


def alt_har_kommet(oppe: Anlegg) -> bool:
    fil = les_mappe(oppe.mappe).filer["kriseplan"]
    har = {post.data for post in fil.poster}
    return all(post.data in har or (post.strøm, post.versjon) in fil.parkert for post in skrevet(oppe))
