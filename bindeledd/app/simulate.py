"""Fills an empty data folder with a made-up history. The same seed and first day give byte-identical logs."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection

from bindeledd.app.folder import DEMO, MASTER, claim
from bindeledd.app.installation import all_services, open_installation
from bindeledd.app.settings import Config, Settings
from bindeledd.app.simulering.andeler import Andel, Kvoter
from bindeledd.app.simulering.avvikene import forummøter
from bindeledd.app.simulering.folk import DAG_ÅR, lag_folk, lag_unge
from bindeledd.app.simulering.forumsakene import forumsakene
from bindeledd.app.simulering.hjelpere import en_ung, før_oppholdet
from bindeledd.app.simulering.hverdag import arbeidsdager
from bindeledd.app.simulering.løp import Løp, Steg, klokka
from bindeledd.app.simulering.opphold import opphold
from bindeledd.app.simulering.uavklart import PERSONER, uavklart
from bindeledd.app.simulering.verden import Verden
from bindeledd.app.stores import Stores, stores_of
from bindeledd.app.terminal import told
from bindeledd.core.clock import SeededEntropy, SetClock
from bindeledd.core.errors import BindeleddError, InvalidMessage, Stopped
from bindeledd.ops import logs
from services.felles.oppsett import Oppsett
from services.felles.tid import lokal_dag

DEMO_DAYS = 180
DEMO_PATIENTS = 50
RECENT_DAYS = 14
PATIENTS_PER_QUEUE = 5
PATIENTS_TO_A_YOUNG_ONE = 12
LONGEST_STAY = timedelta(days=12)
DEMO_SEED = 2028
Step = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate. `until`: nothing happens after this moment (None: the end of the last day)."""

    first_day: date
    days: int
    patients: int
    seed: int
    until: datetime | None = None

    @property
    def start(self) -> datetime:
        return klokka(self.first_day, 6)

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=self.days - 1)

    @property
    def recent(self) -> date:
        """The first of the last two weeks, which are told more closely: what people work with now."""
        return max(self.first_day, self.last_day - timedelta(days=RECENT_DAYS - 1))

    @property
    def end(self) -> datetime:
        end = klokka(self.last_day, 24)
        return end if self.until is None else min(end, self.until)


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came of it."""

    seed: int
    first_day: str
    days: int
    patients: int
    messages: int
    commands: int
    refused: int
    outcomes: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def line(self) -> str:
        return (
            f"{self.days} days from {self.first_day}, {self.patients} patients: {self.messages} messages, "
            f"{self.commands} commands, {self.refused} refused by a rule (seed {self.seed})"
        )


def first_day(last: date, days: int) -> date:
    """The day to begin on so that `last` is the last one."""
    return last - timedelta(days=days - 1)


def fill_demo(settings: Settings, now: datetime, stopping: Callable[[], bool]) -> None:
    """What `serve --demo` shows: months that end now, made in a process of its own, which takes its memory with it.

    Whoever is at the terminal is told how far it has come. Raises Stopped when the server is asked to stop meanwhile,
    InvalidMessage when it could not be made.
    """
    plan = Plan(first_day(lokal_dag(now), DEMO_DAYS), DEMO_DAYS, DEMO_PATIENTS, DEMO_SEED, until=now)
    spawn = get_context("spawn")
    hears, tells = spawn.Pipe(duplex=False)
    child = spawn.Process(target=_fill, args=(settings, plan, tells), name="demo")
    child.start()
    tells.close()
    with closing(hears), told("days of the demo's town", plan.days) as step:
        why = _until_done(hears, step, stopping)
    if why is None:
        child.terminate()
        child.join()
        raise Stopped("asked to stop before the demo was filled")
    child.join()
    if child.exitcode:
        said, fix = why or f"exit {child.exitcode}", "Empty the folder, or name another"
        raise InvalidMessage(f"the demo could not be filled: {said}", str(settings.data), fix)


def _until_done(hears: Connection, step: Step, stopping: Callable[[], bool]) -> str | None:
    """Listen to the process that fills until it ends. Returns why it could not, if it said so; None: it is to stop."""
    why = ""
    with suppress(EOFError):
        while not stopping():
            if not hears.poll(0.1):
                continue
            match hears.recv():
                case int(day):
                    step(day)
                case said:
                    why = str(said)
        return None
    return why


def _fill(settings: Settings, plan: Plan, tells: Connection) -> None:
    """The process that fills. Ctrl-C reaches it too, but it is the server that says when to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(1))
    logs.only_errors()  # what the made-up people were warned of, is nobody's concern
    try:
        simulate_into(stores_of(settings), settings.config(), plan, tells.send)
    except BindeleddError as error:
        tells.send(str(error))
        sys.exit(1)


def simulate_into(stores: Stores, config: Config, plan: Plan, step: Step = lambda _day: None) -> Simulated:
    """Simulate, and leave it in `stores`, which must be empty. All or nothing: a simulation cut off leaves nothing.

    `step` is told each day that is done. Raises InvalidMessage where something is kept already, or a first day on
    which some of the people could have no national id; Occupied.
    """
    if not DAG_ÅR[0] <= plan.first_day.year <= DAG_ÅR[1]:
        where, fix = f"first day {plan.first_day}", f"Begin in {DAG_ÅR[0]} to {DAG_ÅR[1]}"
        raise InvalidMessage("some of the people could have no national id then", where, fix)
    with closing(claim(stores.folder)), stores.filling() as work:
        return _simulate(work, config, plan, step)


def _simulate(stores: Stores, config: Config, plan: Plan, step: Step) -> Simulated:
    clock, entropy = SetClock(plan.start), SeededEntropy(plan.seed)
    work = stores.folder
    # Whoever knows the seed can make the keys. So the folder is marked, and `serve` keeps nothing else in it.
    (work / MASTER).write_bytes(hashlib.sha256(f"simulated {plan.seed}".encode()).digest())
    with open_installation(
        work, config, all_services(config), stores=stores, clock=clock, entropy=entropy
    ) as installation:
        world = Verden(installation, clock)
        live(world, plan, step)
    done = Simulated(
        plan.seed, plan.first_day.isoformat(), plan.days, plan.patients, world.meldinger, world.kommandoer,
        world.avvist, dict(sorted(world.utfall.items())),
    )  # fmt: skip
    (work / DEMO).write_text(json.dumps(done.as_json()) + "\n", encoding="utf-8")
    return done


def live(world: Verden, plan: Plan, step: Step = lambda _day: None) -> None:
    """Let everything happen, in a world whose clock shows the plan's start. `step` is told each day that is done."""
    for at, happens in _everything(world.rammer.oppsett, plan):
        world.avtal(at, happens)
    day = plan.first_day
    for at, happens in world.avtaler_til(plan.end):
        while day < lokal_dag(at):
            day += timedelta(days=1)
            step((day - plan.first_day).days)
        world.gå_til(at)
        happens(world)
    world.gå_til(plan.end)


def _everything(oppsett: Oppsett, plan: Plan) -> Iterator[Steg]:
    """All that is laid out to happen to all, person by person."""
    kvoter, bydeler = Kvoter(), tuple(sorted(oppsett.bydeler))
    queues = min(len(bydeler), plan.patients // PATIENTS_PER_QUEUE)
    people = lag_folk(plan.patients + queues * PERSONER, bydeler, plan.first_day, chance(plan.seed))
    for person in people[: plan.patients]:
        yield from _one(Løp(person, oppsett, chance(plan.seed, person.nr), kvoter), plan)
    yield from forummøter(oppsett, plan.first_day, plan.last_day)
    yield from forumsakene(oppsett, plan.first_day, plan.last_day)
    for number in range(queues):
        first, *others = people[plan.patients + number :: queues][:PERSONER]
        first = replace(first, bydel=bydeler[number])
        yield from uavklart(Løp(first, oppsett, chance(plan.seed, first.nr), kvoter), others, plan.end)
    yield from _young(oppsett, plan, len(people), bydeler)


def _young(oppsett: Oppsett, plan: Plan, number: int, bydeler: tuple[str, ...]) -> Iterator[Steg]:
    """Those for whom somebody else consents: besides the patients, and with quotas of their own."""
    kvoter, many = Kvoter(), plan.patients // PATIENTS_TO_A_YOUNG_ONE
    for person in lag_unge(many, bydeler, plan.first_day, chance(plan.seed, number), number):
        løp = Løp(person, oppsett, chance(plan.seed, person.nr), kvoter)
        known = løp.en_dag(plan.first_day, plan.recent)
        yield from en_ung(løp, known, plan.last_day)
        yield from arbeidsdager(løp, known, plan.last_day)


def _one(løp: Løp, plan: Plan) -> Iterator[Steg]:
    """One person's way: known here since some day, a stay now and then, and most likely one in the last weeks."""
    known = løp.en_dag(plan.first_day, plan.recent)
    if løp.treffer(Andel.KJENT_FRA_FØR):
        yield from før_oppholdet(løp, known, plan.last_day)
    for start, end in løp.perioder(known, plan.recent - LONGEST_STAY):
        if start < end and not løp.død and løp.treffer(Andel.TIDLIGERE_OPPHOLD):
            inn = klokka(løp.en_dag(start + timedelta(days=1), end - LONGEST_STAY), løp.terning.uniform(0, 24))
            yield from opphold(løp, inn, _ut(løp, inn))
    inn = klokka(plan.recent, 12 + løp.terning.uniform(0, max(1, (plan.last_day - plan.recent).days) * 24))
    for _ in range(løp.terning.choice((0, 1, 1, 1, 1, 1, 1, 1, 2, 2))):
        if løp.død:
            break
        ut = _ut(løp, inn)
        yield from opphold(løp, inn, ut)
        inn = løp.litt_etter(ut, 24, 120)
    yield from arbeidsdager(løp, known, plan.last_day)


def _ut(løp: Løp, inn: datetime) -> datetime:
    """When a stay ends that begins then."""
    return inn + timedelta(minutes=round(løp.terning.choice((1.2, 2, 3, 4, 5, 7, 10)) * 1440))


def chance(*seed: int) -> random.Random:
    """Chance that can be had again."""
    return random.Random("-".join(map(str, seed)))  # noqa: S311 - the same seed shall give the same history
