"""Understands `bindeledd watch`: a process that leans on Kafka alone, and on which nothing leans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bindeledd.app.door import Inside
from bindeledd.app.installation import catalog, codec
from bindeledd.app.process import framing_of, topics_wanted
from bindeledd.app.serve import HOST, run
from bindeledd.app.settings import Settings
from bindeledd.core.clock import system_clock, system_entropy
from bindeledd.ops import metrics
from bindeledd.runtime.watch.absence import Alarm
from bindeledd.runtime.watch.watch import OURS, Picture, Seen, Watch
from services.felles.oppholdstall import UTEN_DPS, Belegg, Oppholdstall
from services.felles.oppsett import Oppsett
from services.felles.parter import part_for
from web.drift import Alarmlinje, Antall, Bilde, Hendelser, Uteblitt, lag_drift

KNOWN_ALARMS: Mapping[str, Uteblitt] = {each.value: each for each in Uteblitt}


def watch(settings: Settings) -> None:
    """Watch until a signal asks to stop. Raises InvalidMessage."""
    told = f"Bindeledd: watch, {settings.scheme}://{HOST}"
    run(
        lambda _stopping: _watching(settings), settings.port, lambda port: f"{told}:{port}/ (stop with Ctrl-C)",
        settings.certificate(), settings.host,
    )  # fmt: skip


@contextmanager
def _watching(settings: Settings) -> Iterator[Inside]:
    oppsett = settings.config().oppsett
    with framing_of(settings) as framing:
        watching = Watch(
            settings.cluster("watch"), readers_of_events(), topics_wanted(settings),
            lambda: Seen(codec(), framing, system_clock, Oppholdstall()), system_clock, system_entropy,
        )  # fmt: skip
        watching.start()
        try:
            app = lag_drift(lambda: bilde(watching.picture, watching.trouble, oppsett))
            yield Inside(app, lambda: [*filter(None, [watching.trouble])], lambda: measure(watching.picture))
        finally:
            watching.stop()


def readers_of_events() -> dict[str, tuple[str, ...]]:
    """Event topic → the groups of the services that read it. What nobody reads is not sent."""
    return {
        topic.name: tuple(f"{OURS}{reader}" for reader in topic.readers)
        for topic in catalog().topics.values()
        if topic.readers
    }


def measure(picture: Picture) -> None:
    """Bring the gauges up to date. What there is no more of is not told."""
    for gauge in (metrics.ALARMS, metrics.RATE, metrics.GROUP_LAG, metrics.STAYS, metrics.CLOCKS):
        gauge.clear()
    for (kind, service), count in Counter((alarm.kind.value, alarm.service) for alarm in picture.alarms).items():
        metrics.ALARMS.labels(kind, service).set(count)
    for sort, rate in picture.rates.items():
        metrics.RATE.labels(sort.topic, sort.type).set(rate.minute)
    for group, count in picture.lag.items():
        metrics.GROUP_LAG.labels(group).set(count)
    for dps, belegg in picture.tally.items():
        metrics.STAYS.labels(dps).set(belegg.opphold)
        metrics.CLOCKS.labels(dps).set(belegg.klokker)
    metrics.WATCHED_UNTIL.set(picture.upto.timestamp() if picture.upto else 0)


def bilde(picture: Picture, trouble: str, oppsett: Oppsett) -> Bilde:
    """The picture as the page has it: with the names that people use."""
    return Bilde(
        nå=system_clock(), lest_til=picture.upto, lest=picture.read, stanset=trouble,
        alarmer=tuple(_linje(alarm) for alarm in picture.alarms),
        etterslep=tuple(Antall(group.removeprefix(OURS), count) for group, count in sorted(picture.lag.items())),
        belegg=tuple(_belegg(dps, belegg, oppsett) for dps, belegg in picture.tally.items()),
        hendelser=tuple(Hendelser(*sort, *rate) for sort, rate in picture.rates.items()),
    )  # fmt: skip


def _linje(alarm: Alarm) -> Alarmlinje:
    slag = KNOWN_ALARMS[alarm.kind.value]
    return Alarmlinje(slag, alarm.service.removeprefix(OURS), alarm.topic, alarm.stream, alarm.what, alarm.since)


def _belegg(dps: str, belegg: Belegg, oppsett: Oppsett) -> tuple[str, int, int]:
    navn = "Uten DPS" if dps == UTEN_DPS else part_for(oppsett, dps).navn
    return navn, belegg.opphold, belegg.klokker
