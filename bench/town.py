"""Understands what a whole town costs: to make, an answer, a team's board, a crisis plan, a withdrawal."""

from __future__ import annotations

import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from queue import SimpleQueue

import httpx

from bench.figures import Figure, Measured, Workload, rate
from bindeledd.app.http import serving
from bindeledd.app.installation import all_services, open_installation
from bindeledd.app.settings import Settings
from bindeledd.app.simulate import DEMO_DAYS, DEMO_PATIENTS, DEMO_SEED, Plan, first_day, simulate_into
from bindeledd.app.stores import Files
from bindeledd.schema.generated.felles import Oppgaveslag
from bindeledd.schema.generated.samhandling import OppholdUtsnitt
from bindeledd.store import log
from bindeledd.store.sqlite import SqliteDb
from services.ansvarsgruppe import planer, samtykke
from services.felles.grunnlag import Grunnlag, Relasjon, Samtykke, Sperring, svar
from services.felles.tilgang import RelasjonSlag
from services.samhandling.plo.skriv import lag_innlagt
from tests.i_nettleser import tjener
from tests.nettsider import (
    ACT,
    ENHET,
    NAV,
    By,
    barn,
    by,
    full_kriseplan,
    gruppe,
    oppgave,
    opphold,
    person,
    plan,
    ref,
    som_act,
)
from tests.rom import HELE_BERGEN, TABELL, rom
from tests.stories.folk import RAMMER, aktør, menneske, samtykker
from tests.unit.samhandling.meldinger import sending

PERSONS = 100_000
PATIENTS = 100
VIEWS = 2
"""Of each of the others, some unit has been given so many views."""
RECORD = bytes(600)
"""As long as a view is; nobody opens it."""
SLICE = 5_000
ASKED = 200_000
LOOKS = 15
KIB = 1024


def run(folder: Path) -> Measured:
    """One repetition."""
    return {"answers": _answers(), **_pages(folder / "town"), "withdrawn": _withdrawn(folder / "line")}


def made(folder: Path) -> Measured:
    """One repetition: the demo's town is made, and opened."""
    config, today = Settings().config(), datetime.now(UTC).date()
    plan = Plan(first_day(today, DEMO_DAYS), DEMO_DAYS, DEMO_PATIENTS, DEMO_SEED)
    started = time.perf_counter()
    simulate_into(Files(folder / "demo"), config, plan)
    done = time.perf_counter()
    with open_installation(folder / "demo", config, all_services(config)) as inst, serving(inst, demo=True):
        return {"made": done - started, "opened": time.perf_counter() - done}


# -- permission answers --------------------------------------------------------------------------------------------


def _answers() -> float:
    """Answers a second, of every sort: by relation, by consent, opposed, and none."""
    now, since = datetime.now(UTC), datetime(2020, 1, 1, tzinfo=UTC)
    helps = (Relasjon(ACT, RelasjonSlag.ACT, since), Relasjon(ENHET, RelasjonSlag.KOORDINATOR, since))
    consents = (Samtykke(NAV, frozenset({"opphold.finnes", "plan.*"}), since),)
    known = [
        Grunnlag("p", helps, consents, opposed, fødselsdato=date(1980, 1, 1))
        for opposed in ((), (Sperring(ACT, frozenset({"kriseplan.*"}), since),))
    ]
    parts = [HELE_BERGEN.parter[id_] for id_ in (ACT, ENHET, NAV, "pam", "legevakt", "innbygger")]
    asked = list(product(known, parts, sorted(TABELL.deler)))
    rounds = ASKED // len(asked)

    def ask() -> None:
        for _ in range(rounds):
            for grunnlag, part, del_ in asked:
                svar(TABELL, grunnlag, part, del_, now)

    return rate(rounds * len(asked), ask)


# -- the pages -----------------------------------------------------------------------------------------------------


def _pages(folder: Path) -> Measured:
    """Milliseconds of the server's for a team's board and one crisis plan, and the size of the larger."""
    folder.mkdir()
    with by(folder):
        pass
    _others(folder / "web.db")
    with by(folder) as town:
        for number in range(1, PATIENTS + 1):
            _patient(town, number)
        reader = som_act(town)
        board, size = _look(lambda: reader.get("/tavle"))
        crisis, _ = _look(lambda: reader.get(f"/pasient/{ref(1)}/kriseplan"))
    return {"board": board, "crisis": crisis, "size": size / KIB}


def _patient(town: By, number: int) -> None:
    task = oppgave(number, Oppgaveslag.LAG_KRISEPLAN, ACT)
    given = {"samhandling": (person("Syntetisk"), opphold(oppgaver=(task,))), "ansvarsgruppe": (plan(), gruppe()),
             "kriseplan": (full_kriseplan(),), "barn_paaroerende": (barn(),)}  # fmt: skip
    views = ((service, view) for service, alle in given.items() for view in alle)
    for nr, (service, view) in enumerate(views, 1):
        town.gi(service, ref(10_000 * nr + number), ref(number), {ACT: view})


def _others(store: Path) -> None:
    """Everybody else in the town: what other units have been given of them, as rows that no page here reads."""
    units = [part.id for part in HELE_BERGEN.parter.values() if part.id != ACT]
    count = (PERSONS - PATIENTS) * VIEWS
    with closing(SqliteDb(store)) as db:
        for start in range(0, count, SLICE):
            db.begin()
            rows = [_row(nr, units[nr % len(units)]) for nr in range(start, min(start + SLICE, count))]
            log.append(db, *(stored for stored, _head, _given in rows))
            log.set_heads(db, ((head, None) for _stored, head, _given in rows))
            db.run_many("INSERT INTO gitt VALUES (?,?,?,?,?,?,?,?,?)", [given for _stored, _head, given in rows])
            db.commit()


def _row(nr: int, unit: str) -> tuple[log.Stored, log.Head, tuple[object, ...]]:
    stream, who = f"{nr:032x}", f"{nr // VIEWS + 1_000_000:032x}"
    at, topic = nr + 1, f"samhandling.til.{unit}"
    return (
        log.Stored(at, "samhandling", topic, stream, at, 1, RECORD),
        log.Head(stream, "samhandling", topic, who, at, 1, b""),
        (stream, unit, OppholdUtsnitt.avro_name, f"{nr:031x}a", who, 1, 0, None, False),
    )


def _look(get: Callable[[], httpx.Response]) -> tuple[float, int]:
    """(milliseconds, bytes) of a page; the first look is the one that is written in the look-up log."""
    took, size = [], 0
    for number in range(LOOKS + 1):
        started = time.perf_counter()
        page = get()
        assert page.status_code == 200
        size = int(page.headers["Content-Length"])
        if number:
            took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took), size


# -- a withdrawal --------------------------------------------------------------------------------------------------


def _withdrawn(folder: Path) -> float:
    """Milliseconds from the command until an open page, which was told and asked again, shows it no more."""
    folder.mkdir()
    now = datetime.now(UTC)
    with rom(folder, now, oppsett=HELE_BERGEN) as room:
        who = menneske(room, date(1985, 5, 17), "aarstad", ENHET)
        samtykker(room, who, ENHET, NAV, "opphold.finnes", "opphold.sted")
        room.melding(lag_innlagt(sending(1, now, pasient=who.pasient), tid=now), now)
        given = next(p.event.samtykke_id for p in room.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt")
        withdraw = planer.samtykke_for(who.ref, samtykke.TrekkSamtykke(given), aktør(ENHET), RAMMER)
        with (
            serving(room.inst, demo=True) as inside, tjener(inside.app) as address,
            httpx.Client(base_url=address, headers={"Origin": address}, timeout=20) as page,
        ):  # fmt: skip
            page.post("/velg", data={"bruker": "demo-073", "part": NAV, "rolle": "nav-veileder"})
            with _told(page, page.get(f"/pasient/{who.ref}").text) as told:
                started = time.perf_counter()
                room.inst.engines["ansvarsgruppe"].command(withdraw)
                while "Innlagt" in page.get(f"/pasient/{who.ref}/innhold").text:
                    told.get(timeout=10)
                return (time.perf_counter() - started) * 1000


@contextmanager
def _told(page: httpx.Client, shown: str) -> Iterator[SimpleQueue[str]]:
    """What the open page is told, as a browser listens: a line for each piece of news."""
    (since,) = re.findall(r"/hendelser\?siden=\d+", shown)
    news: SimpleQueue[str] = SimpleQueue()
    with page.stream("GET", since) as stream:
        assert stream.status_code == 200

        def listen() -> None:
            with suppress(httpx.HTTPError):
                for line in stream.iter_lines():
                    if line.startswith("event:"):
                        news.put(line)

        threading.Thread(target=listen, daemon=True).start()
        yield news


WORKLOAD = Workload(
    "The town's pages",
    "Answers of the access table one by one, on one core. Then the web of a town of "
    f"{PERSONS:,} persons, of whom an ACT team has {PATIENTS} with six views each (the others' rows lie beside them, "
    f"filled in bulk): the whole request to the app in this process, the median of {LOOKS} after the first. Last the "
    "whole line on files, with a real server: NAV has a page open on a consent, and the time runs from the command "
    "that withdraws it until the page was told, has asked again and shows nothing more.",
    (
        Figure("answers", "permission answers", at_least=200_000),
        Figure("board", f"the board of a team with {PATIENTS} patients", "ms", at_most=50),
        Figure("crisis", "a crisis plan", "ms", at_most=30),
        Figure("size", "that board, as it is sent", "KiB", at_most=150),
        Figure("withdrawn", "from a consent's withdrawal until the open page shows nothing", "ms", at_most=200),
    ),
    run,
)

MADE = Workload(
    "The demo's town",
    f"What the first `make run` waits for: {DEMO_DAYS} days with {DEMO_PATIENTS} patients made in this process, on "
    "files; then opened, until the pages can answer.",
    (
        Figure("made", "made", "s", at_most=60),
        Figure("opened", "opened", "s", at_most=5),
    ),
    made,
    repetitions=3,
)
