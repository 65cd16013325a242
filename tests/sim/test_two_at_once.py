"""Many at once: whatever threads do at the same time, each thing happens once, and nobody's work is lost."""

from __future__ import annotations

import random
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bindeledd.core.errors import RuleBroken, UsedKey, WrongVersion
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Lookup
from bindeledd.store import log
from bindeledd.store.sqlite import SqliteDb
from services.felles.samarbeid import SAMTYKKE
from services.samhandling import opphold, person
from services.samhandling.mottak import ta_imot
from services.samhandling.planer import sett_bydel
from tests.broker.kafka import vent
from tests.crash.jobber import KOORDINATOR, NÅ, SLAG, Jobb, alle_jobber, melding, pasient, utfør
from tests.crash.kontroll import kontroller
from tests.rom import HELE_BERGEN, Rom, rom

T = TypeVar("T")
TRÅDER = 16
PERSONER = 4
BYDELER = sorted(HELE_BERGEN.bydeler.keys() - {"aarstad"})
"""Where the person does not live at first."""


@pytest.fixture
def her(tmp_path: Path, hvert_trinn: str) -> Iterator[Rom]:
    """An installation whose threads are at work. At the end it is looked at by the independent checker."""
    bytte = sys.getswitchinterval()
    sys.setswitchinterval(0.0001)
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as rommet:
        rommet.inst.embedded.start()
        yield rommet
        rommet.inst.embedded.stop()
        rommet.pump()
    sys.setswitchinterval(bytte)
    assert kontroller(tmp_path) == []


def samtidig(gjør: Callable[[int], T], antall: int = TRÅDER) -> list[T]:
    """Do it in so many threads that begin together. What one raises is raised."""
    klar = threading.Barrier(antall)

    def en(nr: int) -> T:
        klar.wait()
        return gjør(nr)

    with ThreadPoolExecutor(antall) as tråder:
        return list(tråder.map(en, range(antall)))


def utfall(gjør: Callable[[], Any]) -> str:
    """What came of it: `ok`, or the name of the refusal."""
    try:
        gjør()
    except (RuleBroken, WrongVersion, UsedKey) as feil:
        return type(feil).__name__
    return "ok"


def samhandling(her: Rom) -> Engine:
    return her.inst.engines["samhandling"]


def navn(her: Rom, tjeneste: str = "samhandling") -> Counter[str]:
    """How many there are of each event."""
    return Counter(post.navn for post in her.logg(tjeneste))


def personen(her: Rom, nr: int = 0) -> str:
    ring, ident = her.inst.around.keyring, pasient(nr).identer[0]
    ref = ring.person_of(ring.blind(ident.id, "FNR", ""))
    assert ref is not None
    return ref


# -- messages ------------------------------------------------------------------------------------------------------


def test_the_same_message_sent_by_many_at_once_has_one_effect_and_one_receipt(her: Rom) -> None:
    mottatt, raw = melding("innlagt", 0)
    svar = samtidig(lambda _nr: ta_imot(samhandling(her), raw, mottatt=mottatt))
    assert Counter(s.outcome for s in svar) == {"positive": 1, "duplicate": TRÅDER - 1}
    assert len({s.apprec for s in svar}) == 1
    assert [navn(her)[hendelse] for hendelse in ("MeldingMottatt", "KvitteringSatt", "PasientInnlagt")] == [1, 1, 1]


def test_two_messages_under_one_id_at_once_are_one_message_and_one_conflict(her: Rom) -> None:
    sendt = [melding("innlagt", 0), melding("konflikt", 0)]
    svar = samtidig(lambda nr: ta_imot(samhandling(her), sendt[nr % 2][1], mottatt=sendt[nr % 2][0]))
    antall = Counter(s.outcome for s in svar)
    assert antall["positive"] == 1
    assert antall["duplicate"] == TRÅDER // 2 - 1
    assert antall["conflict"] >= 1
    assert navn(her)["PasientInnlagt"] == 1


def test_different_messages_at_once_about_somebody_unknown_register_one_person_with_one_stay(her: Rom) -> None:
    slag = ("innlagt", "kopi", "tidlig", "klar", "avmelding", "trekk", "utskrevet")
    sendt = [melding(hver, 0) for hver in slag]
    samtidig(lambda nr: ta_imot(samhandling(her), sendt[nr][1], mottatt=sendt[nr][0]), len(slag))
    assert navn(her)["PersonRegistrert"] == 1
    ref = personen(her)
    stays = samhandling(her).look(lambda tx: [tx.state(opphold.TOPIC, s) for s in tx.streams_of(opphold.TOPIC, ref)])
    assert [opphold.status(stay).value for stay in stays if stay.fakta.alle] == ["UTSKREVET"]


def test_everything_about_many_people_at_once_ends_as_when_done_one_by_one(her: Rom, tmp_path: Path) -> None:
    # Of two messages under one id the first is the one that counts, so their order matters.
    i_rekkefølge = [jobb for jobb in alle_jobber(PERSONER) if jobb.slag != "konflikt"]
    jobber = random.Random(1).sample(i_rekkefølge, len(i_rekkefølge))
    samtidig(lambda nr: [utfør(her.inst, jobb) for jobb in jobber[nr::TRÅDER]])
    her.inst.embedded.stop()
    her.pump()
    for jobb in i_rekkefølge:
        # A command may have come before the person it is about was known.
        utfør(her.inst, jobb)
        her.pump()
    with rom(tmp_path.parent / f"{tmp_path.name}-rolig", NÅ, oppsett=HELE_BERGEN) as rolig:
        for jobb in i_rekkefølge:
            utfør(rolig.inst, jobb)
            rolig.pump()
        assert _bilde(her) == _bilde(rolig)


def _bilde(rommet: Rom) -> list[Any]:
    """For each person: status and open tasks of the stays, and the number of streams of consents."""
    personer = [personen(rommet, nr) for nr in range(PERSONER)]
    ansvarsgruppe = rommet.inst.engines["ansvarsgruppe"]
    return [
        (
            samhandling(rommet).look(partial(_stays, ref=ref)),
            len(ansvarsgruppe.read(partial(log.streams_of, topic=SAMTYKKE, person_ref=ref))),
        )
        for ref in personer
    ]


def _stays(tx: Any, ref: str) -> list[Any]:
    stays = [tx.state(opphold.TOPIC, stream) for stream in tx.streams_of(opphold.TOPIC, ref)]
    return sorted(
        (opphold.status(stay).value, sorted((o.slag.value, o.part, o.gjelder) for o in stay.oppgaver.åpne()))
        for stay in stays
        if stay.fakta.alle
    )


# -- commands ------------------------------------------------------------------------------------------------------


@pytest.fixture
def registrert(her: Rom) -> str:
    """A person that everybody knows."""
    assert utfør(her.inst, Jobb("registrer", 0)) is not None
    ref = personen(her)
    _vent(her, "ansvarsgruppe", ref)
    return ref


def _vent(her: Rom, tjeneste: str, stream: str) -> None:
    """Until a service has taken the stream in."""
    engine = her.inst.engines[tjeneste]
    vent(lambda: bool(engine.look(lambda tx: tx.version(stream))), f"{tjeneste} has taken it in")


def test_of_many_who_decide_on_the_same_version_one_is_first_and_the_others_are_told(her: Rom, registrert: str) -> None:
    versjon = samhandling(her).look(lambda tx: tx.version(registrert))

    def endre(nr: int) -> str:
        plan = _på_versjon(sett_bydel(registrert, BYDELER[nr % len(BYDELER)], None, KOORDINATOR), versjon)
        return utfall(lambda: samhandling(her).command(plan))

    assert Counter(samtidig(endre)) == {"ok": 1, "WrongVersion": TRÅDER - 1}
    assert navn(her)["BydelSatt"] == 1


def test_of_many_who_try_again_until_it_works_nobodys_change_is_lost(her: Rom, registrert: str) -> None:
    før = navn(her)["BydelSatt"]

    def til_det_går(nr: int) -> int:
        for forsøk in range(1, 1000):
            lest = samhandling(her).look(lambda tx: (tx.version(registrert), tx.state(person.TOPIC, registrert)))
            annen = next(b for b in BYDELER[nr % 2 :] if b != lest[1].bydel)
            plan = _på_versjon(sett_bydel(registrert, annen, None, KOORDINATOR), lest[0])
            if utfall(partial(samhandling(her).command, plan)) == "ok":
                return forsøk
        raise AssertionError("never")

    samtidig(til_det_går)
    assert navn(her)["BydelSatt"] - før == TRÅDER


def test_the_same_key_used_by_many_at_once_has_one_effect_and_one_answer(her: Rom) -> None:
    assert len(set(samtidig(lambda _nr: utfør(her.inst, Jobb("registrer", 0))))) == 1
    assert navn(her)["PersonRegistrert"] == 1


def test_one_key_for_two_requests_at_once_is_the_firsts(her: Rom, registrert: str) -> None:
    def be(nr: int) -> str:
        plan = sett_bydel(registrert, BYDELER[nr % 2], None, KOORDINATOR)
        return utfall(lambda: samhandling(her).command(plan, request=("scope", bytes([nr % 2]))))

    assert Counter(samtidig(be)) == {"ok": TRÅDER // 2, "UsedKey": TRÅDER // 2}
    assert navn(her)["BydelSatt"] == 1


@pytest.mark.parametrize(
    ("først", "slag", "hendelse"),
    [((), "koordinator", "KoordinatorOppnevnt"), (("koordinator",), "gruppe", "AnsvarsgruppeOpprettet")],
)
def test_what_a_person_has_one_of_is_made_once_by_many_at_once(
    her: Rom, registrert: str, først: tuple[str, ...], slag: str, hendelse: str
) -> None:
    for annet in først:
        assert utfør(her.inst, Jobb(annet, 0)) is not None
    samtidig(lambda _nr: utfall(lambda: SLAG[slag](her.inst, 0)))
    assert navn(her, "ansvarsgruppe")[hendelse] == 1
    assert registrert


# -- the disk ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hvert_trinn", ["sqlite"], indirect=True)
def test_a_commit_that_fails_fails_for_all_who_shared_it_and_leaves_nothing(
    her: Rom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was made for it in the keyring goes too, and the same messages are taken in when the disk is well."""
    her.inst.embedded.stop()
    egentlig, syk = SqliteDb.commit, threading.Event()

    def commit(self: SqliteDb) -> None:
        if syk.is_set():
            raise sqlite3.OperationalError("disk I/O error")
        egentlig(self)

    monkeypatch.setattr(SqliteDb, "commit", commit)
    sendt = [melding("innlagt", nr) for nr in range(TRÅDER)]
    syk.set()
    for feil in samtidig(lambda nr: _feil(lambda: ta_imot(samhandling(her), sendt[nr][1], mottatt=sendt[nr][0]))):
        assert isinstance(feil, sqlite3.OperationalError)
    syk.clear()
    assert her.logg("samhandling") == []
    with pytest.raises(AssertionError):
        personen(her)
    svar = samtidig(lambda nr: ta_imot(samhandling(her), sendt[nr][1], mottatt=sendt[nr][0]))
    assert {s.outcome for s in svar} == {"positive"}
    assert navn(her)["PersonRegistrert"] == TRÅDER


def _feil(gjør: Callable[[], Any]) -> BaseException | None:
    try:
        gjør()
    except Exception as feil:  # noqa: BLE001 - it is what is looked at
        return feil
    return None


def _på_versjon(plan: Any, versjon: int) -> Any:
    def planlagt(lookup: Lookup) -> Any:
        (første, *resten), svar = plan(lookup)
        return [replace(første, expected_version=versjon), *resten], svar

    return planlagt
