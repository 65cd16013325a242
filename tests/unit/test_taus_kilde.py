"""When who writes consents falls silent, nobody knows whether one was withdrawn: nothing rests on them until it is
heard again. samhandling asks ansvarsgruppe through its stream API here, as it does when Kafka is between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from bindeledd.access.tokens import Tokens
from bindeledd.app.audience import SERVICE, audience_of
from bindeledd.app.installation import all_services
from bindeledd.app.settings import Config
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import TransientError
from bindeledd.runtime.again import unheard
from bindeledd.runtime.http import add_routes
from bindeledd.runtime.kafka import AsStored
from bindeledd.runtime.sources import ASK_EVERY, SILENT_AFTER, Source, Sources
from bindeledd.runtime.streams import Streams, streams_router
from services.ansvarsgruppe import planer, samtykke
from services.felles.kilder import TEMAER, uten_opphold
from services.samhandling.plo.skriv import lag_innlagt
from tests.klient import Inne
from tests.rom import HELE_BERGEN, TABELL, Post, Rom, rom
from tests.stories.folk import RAMMER, Menneske, aktør, menneske, samtykker
from tests.unit.samhandling.meldinger import annen_pasient, sending, utc

NÅ = utc(2026, 3, 2, 20, 0)
ENHET, NAV = "enhet-aarstad", "nav-aarstad"
NAVS = ("opphold.finnes", "opphold.sted")
ETT_ØYEBLIKK = timedelta(seconds=1)


@dataclass(slots=True)
class Her:
    """An installation whose samhandling reads ansvarsgruppe over the stream API only."""

    rom: Rom
    nett: Inne
    kilde: Source
    kilder: Sources

    def etter(self, tid: timedelta) -> None:
        """So much time has passed, and samhandling has done what is to be done by then."""
        self.rom.klokke.now += tid
        self.spør()
        self.følg_opp()

    def spør(self) -> None:
        try:
            self.kilde.advance()
        except TransientError:
            assert self.nett.borte

    def følg_opp(self) -> None:
        assert any(not self.kilder.advance() for _ in range(100)), "it comes to an end"
        self.rom.pump()

    def begynn_på_nytt(self) -> None:
        """samhandling's process ends, and another begins."""
        engine = self.kilde.engine
        self.kilde = Source(engine, self.kilde._api, AsStored())
        self.kilder = Sources(engine, [self.kilde])

    def til_nav(self) -> list[str]:
        """What NAV has been given of a stay, in order."""
        gitt = [post for post in self.posten() if post.topic == f"samhandling.til.{NAV}"]
        return [post.navn for post in gitt if "OppholdUtsnitt" in (post.navn, getattr(post.event, "slag", "")[-14:])]

    def posten(self) -> list[Post]:
        return self.rom.logg("samhandling")


@pytest.fixture
def her(tmp_path: Path) -> Iterator[Her]:
    with åpent(tmp_path) as sted:
        yield sted


@contextmanager
def åpent(mappe: Path) -> Iterator[Her]:
    with ExitStack() as stack:
        rommet = stack.enter_context(rom(mappe, NÅ, oppsett=HELE_BERGEN))
        engines, around = rommet.inst.engines, rommet.inst.around
        for worker in rommet.inst.embedded.workers:
            if worker.engine is engines["samhandling"]:
                worker.tails = [tail for tail in worker.tails if tail.source is not engines["ansvarsgruppe"]]
                worker.engine.catch_up.clear()
        tokens = Tokens(around.keyring, around.clock)
        app = FastAPI()
        app.state.authenticate = lambda request: tokens.actor(request.headers.get("authorization"))
        leserne = audience_of(TEMAER, all_services(Config(HELE_BERGEN, TABELL)), HELE_BERGEN)
        add_routes(app, streams_router(engines["ansvarsgruppe"], leserne))
        nett = Inne(app)
        client = stack.enter_context(closing(httpx.Client(transport=nett, base_url="http://ansvarsgruppe.test")))
        api = Streams("ansvarsgruppe", client, lambda: tokens.header(Actor(SERVICE, "samhandling", "")))
        kilde = Source(engines["samhandling"], api, AsStored())
        sted = Her(rommet, nett, kilde, Sources(engines["samhandling"], [kilde]))
        yield sted
        nett.borte = False
        sted.etter(ASK_EVERY)


def innlagt_med_samtykke(her: Her) -> Menneske:
    person = menneske(her.rom, date(1985, 5, 17), "aarstad", ENHET)
    samtykker(her.rom, person, ENHET, NAV, *NAVS)
    her.etter(ASK_EVERY)
    nå = her.rom.klokke.now
    her.rom.melding(lag_innlagt(sending(1, nå, pasient=person.pasient), tid=nå), nå)
    assert her.til_nav() == ["OppholdUtsnitt"]
    return person


def trekk(her: Her, person: Menneske) -> None:
    gitt = next(p.event for p in her.rom.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt")
    command = samtykke.TrekkSamtykke(gitt.samtykke_id)
    her.rom.gjør("ansvarsgruppe", planer.samtykke_for(person.ref, command, aktør(ENHET), RAMMER))


def test_after_a_minute_of_silence_what_rests_on_consent_ends_and_says_why_and_comes_back_when_it_is_heard(
    her: Her,
) -> None:
    innlagt_med_samtykke(her)
    adressert = her.rom.utsnitt("samhandling", "hjemmetjenesten-aarstad").keys()
    her.nett.borte = True
    her.etter(SILENT_AFTER - ETT_ØYEBLIKK)
    assert her.rom.utsnitt("samhandling", NAV)
    her.etter(ETT_ØYEBLIKK)
    assert her.rom.utsnitt("samhandling", NAV) == {}
    assert her.posten()[-1].event.grunn == "grunnlaget kan ikke kjennes nå"
    assert her.rom.utsnitt("samhandling", "hjemmetjenesten-aarstad").keys() == adressert
    her.nett.borte = False
    her.etter(ETT_ØYEBLIKK)
    assert her.til_nav() == ["OppholdUtsnitt", "UtsnittAvsluttet", "OppholdUtsnitt"]
    assert unheard(her.kilde.engine) == ""
    skrevet = len(her.posten())
    her.etter(ASK_EVERY)
    assert len(her.posten()) == skrevet


def test_an_answer_that_is_asked_for_meanwhile_is_no_and_says_why(her: Her) -> None:
    person = innlagt_med_samtykke(her)
    her.nett.borte = True
    her.rom.klokke.now += SILENT_AFTER
    svar = her.kilde.engine.look(lambda tx: uten_opphold(tx, person.ref, RAMMER).svar(NAV, "opphold.sted"))
    assert not svar.ja
    assert svar.setning.startswith("Vi vet ikke nå hva personen har samtykket til")


def test_a_withdrawal_that_kafka_does_not_bring_is_known_before_a_minute_is_over(her: Her) -> None:
    person = innlagt_med_samtykke(her)
    trekk(her, person)
    her.etter(ASK_EVERY)
    assert her.til_nav() == ["OppholdUtsnitt", "UtsnittAvsluttet"]
    assert her.posten()[-1].event.grunn == "grunnlaget er borte"


def test_what_came_while_nobody_was_heard_is_shown_afterwards_also_when_the_process_began_anew(her: Her) -> None:
    person = innlagt_med_samtykke(her)
    her.nett.borte = True
    her.begynn_på_nytt()
    nå = her.rom.klokke.now
    her.rom.melding(lag_innlagt(sending(2, nå, pasient=person.pasient), tid=nå), nå)
    her.etter(ETT_ØYEBLIKK)
    assert her.til_nav() == ["OppholdUtsnitt", "UtsnittAvsluttet"], "it is not known now what holds of this person"
    her.begynn_på_nytt()
    her.nett.borte = False
    her.etter(ETT_ØYEBLIKK)
    assert her.til_nav()[2:] == ["OppholdUtsnitt"]


def test_a_process_that_begins_takes_nothing_away_before_it_has_listened_for_a_minute(her: Her) -> None:
    innlagt_med_samtykke(her)
    her.nett.borte = True
    her.begynn_på_nytt()
    her.etter(SILENT_AFTER - ETT_ØYEBLIKK)
    assert her.til_nav() == ["OppholdUtsnitt"]
    her.etter(ETT_ØYEBLIKK)
    assert her.til_nav() == ["OppholdUtsnitt", "UtsnittAvsluttet"]


def test_everybody_has_lost_and_got_back_what_they_had_also_with_many_persons(
    her: Her, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bindeledd.runtime.again.PERSONS_PAGE", 2)
    innlagt_med_samtykke(her)
    for nr in range(2, 7):
        nå = her.rom.klokke.now
        her.rom.melding(lag_innlagt(sending(nr, nå, pasient=annen_pasient(nr)), tid=nå), nå)
    før = her.rom.utsnitt("samhandling", "pam")
    her.nett.borte = True
    her.etter(SILENT_AFTER)
    her.nett.borte = False
    her.etter(ETT_ØYEBLIKK)
    assert her.rom.utsnitt("samhandling", "pam").keys() == før.keys()
