"""`bindeledd replay`: records told again as they were written, for an auditor."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bindeledd.app import cli_avvik
from bindeledd.app.cli_avvik import Format, Row
from bindeledd.app.terminal import DOES_NOT_HOLD, Data, moment, progress, say, settings_of
from bindeledd.store import log

if TYPE_CHECKING:
    from datetime import datetime

    from bindeledd.app.settings import Settings
    from bindeledd.ops.laid import Lying
    from bindeledd.ops.replay import Follow, Found, Replay, Step
    from bindeledd.store.db import Db
    from services.samhandling.avvik.avviksgang import Utvalg


class Kilde(StrEnum):
    """Where to read."""

    LOGG = "logg"
    KAFKA = "kafka"
    ARKIV = "arkiv"


LONG = 20_000
"""From so many records on it is worth its while to make ready to read them quickly."""
AVVIK = "avvik"
"""What is asked for by its own name: the cases, and not the records."""


def replay(
    hva: Annotated[
        str, typer.Argument(metavar="avvik|STRØM|TOPIC", help="avvik, a stream's ref, or a topic (kriseplan.til.nav).")
    ],
    fra: Annotated[str | None, typer.Option(metavar="T", help="Written from this moment on, with its offset.")] = None,
    til: Annotated[str | None, typer.Option(metavar="T", help="Written before this moment.")] = None,
    som_av: Annotated[str | None, typer.Option(metavar="T", help="avvik: how each case stood at this moment.")] = None,
    dps: Annotated[str, typer.Option(metavar="ID", help="avvik: between units of this DPS's area.")] = "",
    bydel: Annotated[str, typer.Option(metavar="ID", help="avvik: with a unit of this bydel.")] = "",
    kategori: Annotated[str, typer.Option(metavar="K", help="avvik: of this kind (TIDLIGMELDING).")] = "",
    tilstand: Annotated[str, typer.Option(metavar="T", help="avvik: in this state (UENIG).")] = "",
    sak: Annotated[str, typer.Option(metavar="NAVN", help="avvik: the one case that goes by this name.")] = "",
    form: Annotated[Format, typer.Option("--format", help="avvik: how it is written.")] = Format.TABELL,
    kilde: Annotated[Kilde, typer.Option(help="The log, what lies on Kafka, or an archive.")] = Kilde.LOGG,
    arkiv: Annotated[
        Path | None, typer.Option(metavar="MAPPE", help="The archive's folder.", show_default=False)
    ] = None,
    data: Data = None,
) -> None:
    """Tell records again, one line of JSON each: envelope, hash, where it lies, and whether the stream's chain holds.

    `avvik` tells what happened in the cases instead, one row each, or with --som-av how they stood: what each party
    had sent, been sent, opened and answered. Nobody is named, and a case goes by a name that cannot be looked up.

    Sealed content stays sealed. Kafka is read from the beginning of the topic to its end now, without a consumer group;
    a stream is looked for on every topic that may be read. May run beside everything else.
    """
    settings = settings_of(data)
    _refuse_idle(
        hva,
        {
            "--som-av": som_av, "--dps": dps, "--bydel": bydel, "--kategori": kategori, "--tilstand": tilstand,
            "--sak": sak,
        },
        fra or til,
    )  # fmt: skip
    since, until, at = moment(fra, "--fra"), moment(til, "--til"), moment(som_av, "--som-av")
    with ExitStack() as stack:
        step = stack.enter_context(progress("replay", None))
        if hva != AVVIK:
            told = _records(*_followed(settings, kilde, hva, arkiv, stack, step), hva, since, until)
        else:
            asked = _asked(settings, dps, bydel, kategori, tilstand)
            lying = _lying(settings, kilde, arkiv, sak, stack, step)
            told, rows = _cases(lying, asked, since, until, at, step)
            cli_avvik.write(rows, form)
    say(f"replay: {told.line()}")
    if told.unsound:
        raise typer.Exit(DOES_NOT_HOLD)


def _refuse_idle(what: str, of_avvik: Mapping[str, str | None], between: str | None) -> None:
    """Raises BadParameter for an option that would change nothing."""
    said = [option for option, value in of_avvik.items() if value]
    if what != AVVIK and said:
        raise typer.BadParameter("it is for `replay avvik` alone", param_hint=said[0])
    if between and of_avvik["--som-av"]:
        raise typer.BadParameter("how cases stood at a moment has no --fra and --til", param_hint="--som-av")


def _followed(
    settings: Settings, kilde: Kilde, what: str, arkiv: Path | None, stack: ExitStack, step: Step
) -> tuple[Iterator[Found], Follow]:
    """The records, and how their chains are followed: a log can be asked again for what came before."""
    from bindeledd.ops.laid import InLog
    from bindeledd.ops.replay import InMind, Latest

    if kilde is not Kilde.LOGG or "." not in what:
        return _found(settings, kilde, what, arkiv, stack, step), InMind()
    lying = InLog(*_writer_of(settings, what, stack), what)
    return lying.in_order(step), Latest(lying.one)


def _records(
    found: Iterator[Found], follow: Follow, what: str, since: datetime | None, until: datetime | None
) -> Replay:
    from bindeledd.app.installation import codec
    from bindeledd.ops.replay import Replay, envelopes

    told = Replay(envelopes(codec()), since, until, follow)
    for each in told.tell(found, "" if "." in what else what):
        sys.stdout.write(json.dumps(each.as_json(), ensure_ascii=False) + "\n")
    return told


def _cases(
    lying: Lying, asked: Utvalg, since: datetime | None, until: datetime | None, at: datetime | None, step: Step
) -> tuple[Replay, Iterator[Row]]:
    """The cases as rows that are still to be read, and what is to be said of their chains when they have been."""
    told = cli_avvik.replay_of(lying)
    if at is not None:
        return told, cli_avvik.as_of(told.tell(lying.by_stream(step)), asked, at)
    read = told.tell(lying.in_order(step))
    return told, cli_avvik.steps(read, asked, since, until, cli_avvik.before_in(lying))


def _asked(settings: Settings, dps: str, bydel: str, kategori: str, tilstand: str) -> Utvalg:
    """Which cases are asked for. Raises BadParameter for what the configuration does not know."""
    from bindeledd.schema.generated.samhandling import Avvikskategori, Avvikstilstand
    from services.samhandling.avvik.avviksgang import Utvalg

    oppsett = settings.config().oppsett
    known = {
        "--dps": (dps, [part.id for part in oppsett.parter.values() if part.slag == "dps"]),
        "--bydel": (bydel, [*oppsett.bydeler]), "--kategori": (kategori, [each.value for each in Avvikskategori]),
        "--tilstand": (tilstand, [each.value for each in Avvikstilstand]),
    }  # fmt: skip
    for option, (said, there) in known.items():
        if said and said not in there:
            raise typer.BadParameter(f"{said!r} is none. Use one of: {', '.join(there)}", param_hint=option)
    return Utvalg(oppsett, dps, bydel, kategori, tilstand)


def _lying(settings: Settings, kilde: Kilde, arkiv: Path | None, sak: str, stack: ExitStack, step: Step) -> Lying:
    """Where the cases are followed: in the log itself, else laid in order in a private file."""
    from bindeledd.app.installation import codec
    from bindeledd.ops.laid import InLog, Laid
    from bindeledd.store.sqlite import SqliteDb

    if kilde is Kilde.LOGG:
        writer, db = _writer_of(settings, cli_avvik.TOPIC, stack)
        if not sak:
            return InLog(writer, db, cli_avvik.TOPIC)
        found: Iterator[Found] = _of_case(db, sak)
    else:
        found = _found(settings, kilde, cli_avvik.TOPIC, arkiv, stack, step)
        found = cli_avvik.of_case(found, sak) if sak else found
    return Laid.of(stack.enter_context(closing(SqliteDb(None))), found, codec())


def _of_case(db: Db, sak: str) -> Iterator[Found]:
    """The records of one case, found by its name."""
    from bindeledd.ops.replay import Found
    from services.samhandling.avvik.avvikssaker import strøm_for

    stream = strøm_for(db, sak)
    for data in log.read_stream(db, stream) if stream is not None else ():
        yield Found(cli_avvik.TOPIC, None, None, data)


def _found(
    settings: Settings, kilde: Kilde, what: str, arkiv: Path | None, stack: ExitStack, step: Step
) -> Iterator[Found]:
    match kilde:
        case Kilde.LOGG:
            return _in_logs(settings, what, stack, step)
        case Kilde.KAFKA:
            return _on_kafka(settings, what, stack)
        case Kilde.ARKIV:
            return _in_archive(arkiv, what)


def _in_logs(settings: Settings, stream: str, stack: ExitStack, step: Step) -> Iterator[Found]:
    from bindeledd.app.stores import looking_at, stores_of
    from bindeledd.ops.replay import in_log, stream_in_log

    stores = stack.enter_context(looking_at(stores_of(settings)))
    for service, db in stores.items():
        if found := stream_in_log(service, db, stream):
            return iter(found)
    return (found for service, db in stores.items() for found in in_log(service, db, "", step))


def _writer_of(settings: Settings, topic: str, stack: ExitStack) -> tuple[str, Db]:
    """The service that writes a topic, and its store. Raises InvalidMessage when it is not here."""
    from bindeledd.app.installation import codec
    from bindeledd.app.stores import looking_at, stores_of
    from bindeledd.core.errors import InvalidMessage
    from bindeledd.runtime.topics import writer_of

    stores = stack.enter_context(looking_at(stores_of(settings)))
    writer = codec().owner_of(topic) or writer_of(topic)
    if writer not in stores:
        raise InvalidMessage("nobody here writes that topic", topic, f"Here are: {', '.join(stores)}")
    if log.last_position(stores[writer]) > LONG:
        codec().quicken()
    return writer, stores[writer]


def _in_archive(folder: Path | None, topic: str) -> Iterator[Found]:
    from bindeledd.app.cli_archive import archives_in
    from bindeledd.ops.archive import in_archive

    if folder is None:
        raise typer.BadParameter("say where it is", param_hint="--arkiv")
    found = [each for each in archives_in(folder) if each.name == topic]
    if not found:
        raise typer.BadParameter(f"it has no {topic}", param_hint="--arkiv")
    return (record for each in found for record in in_archive(each, topic))


def _on_kafka(settings: Settings, what: str, stack: ExitStack) -> Iterator[Found]:
    from bindeledd.app.process import framing_of, topics_wanted
    from bindeledd.ops.replay import on_kafka

    cluster = settings.cluster("replay")
    topics = [what] if "." in what else sorted(cluster.identity(topics_wanted(settings)).topics)
    return on_kafka(cluster, topics, stack.enter_context(framing_of(settings)))
