"""Understands how many official messages go through: from their bytes to the last service's reaction and last board."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

from bench.figures import Figure, Measured, Workload
from bindeledd.app.installation import Installation, open_all
from bindeledd.app.settings import Settings
from services.samhandling.mottak import ta_imot
from services.samhandling.plo.identitet import syntetiske_numre
from services.samhandling.plo.koder import ID_TYPE_ORGANISASJON, ID_TYPE_PERSON
from services.samhandling.plo.melding import Adressat, Helsepersonell, Ident, Kontakter, Organisasjon, Pasient
from services.samhandling.plo.parse import les_melding
from services.samhandling.plo.skriv import (
    Sending,
    lag_innlagt,
    lag_tidligmelding,
    lag_utskrevet,
    lag_utskrivningsklar,
)

PATIENTS = 150
CALLERS = 4
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=4)
WARD = Adressat(
    Organisasjon("Helse Bergen", (Ident("99000002", "HER", ID_TYPE_ORGANISASJON),)),
    Organisasjon("Prøvepost", (Ident("99019999", "HER", ID_TYPE_ORGANISASJON),)),
)
UNIT = Adressat(
    Organisasjon("Bergen kommune", (Ident("99000001", "HER", ID_TYPE_ORGANISASJON),)),
    Organisasjon("Enhet for psykisk helse Arna", (Ident("99010001", "HER", ID_TYPE_ORGANISASJON),)),
)
DOCTOR = Helsepersonell("Prøvelege", "Test", "LE", "19", (Ident("9999999", "HPR", ID_TYPE_PERSON),))


def run(folder: Path) -> Measured:
    """One repetition: messages a second, until every service and every board has what they led to."""
    told = _messages()
    count = sum(len(of_one) for of_one in told)
    read = _seconds_to_read(told)
    with open_all(Settings(data=folder)) as installation:
        installation.embedded.start()
        started = time.perf_counter()
        _send(installation, told)
        answered = time.perf_counter()
        _until_quiet(installation)
        done = time.perf_counter()
        records = sum(engine.position for engine in installation.engines.values())
    return {
        "through": count / (done - started),
        "answered": count / (answered - started),
        "read": count / read,
        "records": records / count,
    }


def _send(installation: Installation, told: Sequence[Sequence[bytes]]) -> None:
    """Four senders, each with patients of its own, as hospitals send: one message after another."""
    samhandling = installation.engines["samhandling"]

    def send(of_some: Sequence[Sequence[bytes]]) -> None:
        for raw in (raw for of_one in of_some for raw in of_one):
            result = ta_imot(samhandling, raw)
            assert result.outcome == "positive", result.reasons

    with ThreadPoolExecutor(CALLERS) as pool:
        for done in [pool.submit(send, told[caller::CALLERS]) for caller in range(CALLERS)]:
            done.result()


def _until_quiet(installation: Installation) -> None:
    """Until no tail has anything left, twice in a row: what the first round led to is counted too."""
    quiet = 0
    while quiet < 2:
        tails = [tail for worker in installation.embedded.workers for tail in worker.tails]
        quiet = quiet + 1 if all(tail.position >= tail.source.position for tail in tails) else 0
        time.sleep(0.002)
    assert not installation.embedded.unhealthy()


def _seconds_to_read(told: Sequence[Sequence[bytes]]) -> float:
    """The raw limit: the same messages only parsed, by one caller."""
    started = time.perf_counter()
    for of_one in told:
        for raw in of_one:
            les_melding(raw)
    return time.perf_counter() - started


@cache
def _messages() -> list[list[bytes]]:
    """What is told of each patient: admitted, tidligmelding, ready for discharge, discharged."""
    numbers = islice(syntetiske_numre(date(1970, 3, 1)), PATIENTS)
    return [_of_one(number, place) for place, number in enumerate(numbers)]


def _of_one(number: str, place: int) -> list[bytes]:
    patient = Pasient(
        etternavn="Prøvesen", fornavn=f"Syntetisk {place}", født=date(1970, 3, 1), kjønn="2",
        identer=(Ident(number, "FNR", ID_TYPE_PERSON),),
    )  # fmt: skip
    first = Sending(str(uuid.uuid4()), NOW, WARD, UNIT, patient, kontakter=Kontakter(ansvarlige=(DOCTOR,)))
    later = [replace(first, msg_id=str(uuid.uuid4()), gen_date=NOW + timedelta(hours=hours)) for hours in (1, 2, 3)]
    return [
        lag_innlagt(first, tid=NOW),
        lag_tidligmelding(later[0], status="Stabil", forløp="En uke", forventet=NOW.date() + timedelta(days=7)),
        lag_utskrivningsklar(later[1], dato=NOW.date(), innlagt=NOW),
        lag_utskrevet(later[2], tid=NOW + timedelta(hours=3)),
    ]


WORKLOAD = Workload(
    "Official messages through the whole installation",
    f"{PATIENTS} patients with four PLO messages each (admitted, tidligmelding, ready for discharge, discharged), sent "
    f"by {CALLERS} callers, each after the answer to the one before; every service and the web of every party in one "
    "process. The time ends when nothing is left for any of them to take in. Beside it: the same messages only parsed.",
    (
        Figure("through", "to the last reaction and the last board", beside="read", at_least=250, of_ratio=False),
        Figure("answered", "answered with a receipt, durably", beside="read"),
        Figure("records", "records that one message leads to, in all logs", "records"),
    ),
    run,
)
