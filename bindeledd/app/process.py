"""Understands one part of an installation as a process of its own, with Kafka between it and the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial

from fastapi import FastAPI

from bindeledd.access.tokens import Tokens
from bindeledd.app.audience import ORGANISATION, SERVICE, audience_of
from bindeledd.app.calls import commands_at
from bindeledd.app.door import Inside
from bindeledd.app.http import APIS, commands_app
from bindeledd.app.installation import all_services, catalog, codec, given_to, open_log, open_service, open_web
from bindeledd.app.proving import trees
from bindeledd.app.serve import HOST, refuse_others, run
from bindeledd.app.settings import Settings
from bindeledd.app.stores import stores_of
from bindeledd.core.clock import system_clock
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import InvalidMessage, Stopped, TransientError
from bindeledd.ops import metrics
from bindeledd.runtime.ends import Ends
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import add_routes, install
from bindeledd.runtime.kafka import AsStored, Framing
from bindeledd.runtime.published import proof_router
from bindeledd.runtime.relay import Relay
from bindeledd.runtime.rights import Right, rights
from bindeledd.runtime.sources import Source, Sources
from bindeledd.runtime.streams import Streams, client_at, streams_router
from bindeledd.runtime.topics import Wanted, wanted_topics, writer_of
from bindeledd.runtime.worker import Topics, Working
from bindeledd.schema.registry import Registry
from bindeledd.schema.writers import Writers
from services.felles.parter import parter_i
from web.app import lag_app

BEHIND = "starting: taking in what waits on Kafka"


def topics_wanted(settings: Settings) -> dict[str, Wanted]:
    """Every topic of the installation that the settings describe."""
    return wanted_topics(catalog(), settings.config().oppsett.parter, settings.kafka_partitions)


def rights_wanted(settings: Settings) -> list[Right]:
    """What each process of the installation that the settings describe may do on the cluster."""
    parties: dict[str, list[str]] = {}
    for party in settings.config().oppsett.parter.values():
        parties.setdefault(party.organisasjon, []).append(party.id)
    return rights(catalog(), parties)


def relay(settings: Settings, service: str, start: int | None) -> None:
    """Send what a service writes to Kafka until a signal asks to stop. Raises Occupied; InvalidMessage."""
    topics = [topic for topic in topics_wanted(settings) if writer_of(topic) == service]
    if not topics:
        raise InvalidMessage(f"{service} writes no topic that anybody reads", fix="There is nothing to relay")
    run(
        lambda stopping: _relaying(settings, service, topics, start, stopping), settings.port,
        _told(settings, "relay", service), settings.certificate(), settings.host,
    )  # fmt: skip


def worker(settings: Settings, service: str) -> None:
    """Run a service: what Kafka brings, what falls due, and its commands, until a signal asks to stop.

    Raises Occupied; InvalidMessage for an unknown service.
    """
    told = _told(settings, "worker", service)
    run(lambda _stopping: _working(settings, service), settings.port, told, settings.certificate(), settings.host)


@contextmanager
def _relaying(
    settings: Settings, service: str, topics: list[str], start: int | None, stopping: Callable[[], bool]
) -> Iterator[Inside]:
    with (
        settings.traced(f"relay {service}"),
        open_log(settings, service, stopping) as db,
        framing_of(settings) as framing,
    ):
        running = Relay(service, db, settings.cluster(f"relay.{service}"), topics, codec(), framing, start)

        def measure() -> None:
            metrics.LAG.labels("kafka", service).set(running.lag_seconds(system_clock()))

        thread = threading.Thread(target=running.run, name="relay")
        thread.start()
        try:
            with closing(stores_of(settings).hear(service, running.wake)):
                yield Inside(
                    FastAPI(docs_url=None, redoc_url=None), lambda: [*filter(None, [running.stopped])], measure
                )
        finally:
            running.stop()
            thread.join()


@contextmanager
def _working(settings: Settings, service: str) -> Iterator[Inside]:
    cluster = settings.cluster(f"worker.{service}")
    with ExitStack() as stack:
        stack.enter_context(settings.traced(f"worker {service}"))
        codec().quicken()
        config, engine = stack.enter_context(open_service(settings, service))
        framing = stack.enter_context(framing_of(settings))
        wanted = topics_wanted(settings)
        read, own = [*filter(engine.service.reads, wanted)], [each for each in wanted if writer_of(each) == service]
        tokens = Tokens(engine.around.keyring, engine.around.clock)
        app = commands_app({service: engine}, config.oppsett, tokens)
        add_routes(app, streams_router(engine, audience_of(own, all_services(config), config.oppsett)))
        asking = partial(tokens.header, Actor(SERVICE, service, ""))
        sources = stack.enter_context(_sources(settings, engine, {*map(writer_of, read)}, framing, asking))
        ends = Ends(engine, cluster, own, framing)
        with suppress(TransientError, Stopped):  # it is looked at again; else this is before anything is written
            ends.advance()
        topics, proved = Topics(engine, cluster, read, framing), trees(settings, engine)
        add_routes(app, proof_router(proved))
        working = Working(engine, topics, sources, ends, followers=proved)
        working.start()
        try:
            yield Inside(app, working.unhealthy, working.measure)
        finally:
            working.stop()


def web(settings: Settings, organisation: str, *, demo: bool) -> None:
    """Serve the pages of an organisation's parties until a signal asks to stop.

    Raises Occupied; OppsettFeil for an unknown organisation; InvalidMessage when something is not set, and without a
    demo: there is no login yet, so whoever sits at this machine chooses who they are.
    """
    config = settings.config()
    if not demo:
        raise InvalidMessage("there is no login yet", fix="Use --demo, with made-up people, on this machine only")
    if not config.oppsett.tillat_testnummer:
        fix = "A demo needs one that says tillat_testnummer = true, and people who do not exist"
        raise InvalidMessage("by this configuration the people are real", "kommune.tillat_testnummer", fix)
    refuse_others(settings)
    parter_i(config.oppsett, organisation)
    given_to(settings, config, organisation)
    run(
        lambda stopping: _paging(settings, organisation, stopping), settings.port,
        lambda port: f"Bindeledd: pages of {organisation}, {settings.scheme}://{HOST}:{port} (stop with Ctrl-C)",
        settings.certificate(),
    )  # fmt: skip


@contextmanager
def _paging(settings: Settings, organisation: str, stopping: Callable[[], bool]) -> Iterator[Inside]:
    cluster = settings.cluster(f"web.{organisation}")
    with ExitStack() as stack:
        stack.enter_context(settings.traced(f"web {organisation}"))
        config, engine = stack.enter_context(open_web(settings, organisation, stopping))
        framing = stack.enter_context(framing_of(settings))
        read = [*filter(engine.service.reads, topics_wanted(settings))]
        tokens = Tokens(engine.around.keyring, engine.around.clock)
        asking = partial(tokens.header, Actor(ORGANISATION, organisation, ""))
        sources = stack.enter_context(_sources(settings, engine, {*map(writer_of, read)}, framing, asking))
        topics, proved = Topics(engine, cluster, read, framing), trees(settings, engine)
        working = Working(engine, topics, sources, followers=proved)
        commands = commands_at(settings.tjenester, APIS, tokens, settings.trusted())

        def unhealthy() -> list[str]:
            return working.unhealthy() or ([] if topics.caught_up else [BEHIND])

        pages = lag_app(engine, config.oppsett, config.tabell, commands, unhealthy)
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        install(app)
        add_routes(app, proof_router(proved))
        app.mount("/", pages)
        working.start()
        try:
            with closing(stores_of(settings).hear(engine.service.name, pages.state.web.varsler.vekk)):
                yield Inside(app, unhealthy, working.measure)
        finally:
            working.stop()


@contextmanager
def _sources(
    settings: Settings, engine: Engine, writers: Collection[str], framing: Framing, header: Callable[[], str]
) -> Iterator[Sources]:
    """The writers that a service reads, each at its address. Raises InvalidMessage when one has none."""
    if nowhere := sorted(set(writers) - settings.tjenester.keys()):
        said = f"{engine.service.name} reads {nowhere[0]}, which has no address"
        raise InvalidMessage(said, "BINDELEDD_TJENESTER", f'Add "{nowhere[0]}": "http://127.0.0.1:8101" to the object')
    trusted = settings.trusted()
    if isinstance(framing, Writers):
        engine.meet = framing.meet_content
    with ExitStack() as stack:
        clients = {name: stack.enter_context(client_at(settings.tjenester[name], trusted)) for name in sorted(writers)}
        apis = [Streams(name, client, header) for name, client in clients.items()]
        yield Sources(engine, [Source(engine, api, framing) for api in apis])


@contextmanager
def framing_of(settings: Settings) -> Iterator[Framing]:
    """As a registry has it, if one is named: then other people's tools can read the topics too."""
    if settings.registry_url is None:
        yield AsStored()
        return
    with closing(Registry(settings.registry_url.get_secret_value())) as registry:
        yield Writers(catalog(), codec(), registry)


def _told(settings: Settings, part: str, service: str) -> Callable[[int], str]:
    where = f"{settings.scheme}://{settings.host}"
    return lambda port: f"Bindeledd: {part} of {service}, {where}:{port}/helse/klar (stop with Ctrl-C)"
