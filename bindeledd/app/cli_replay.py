"""`bindeledd replay`: records told again as they were written, for an auditor."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bindeledd.app import cli_avvik
from bindeledd.app.cli_avvik import Format
from bindeledd.app.terminal import DOES_NOT_HOLD, Data, moment, say, settings_of

if TYPE_CHECKING:
    from datetime import datetime

    from bindeledd.app.settings import Settings
    from bindeledd.ops.replay import Found, Replay
    from services.samhandling.avviksgang import Utvalg


class Kilde(StrEnum):
    """Where to read."""

    LOGG = "logg"
    KAFKA = "kafka"
    ARKIV = "arkiv"


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
        {"--som-av": som_av, "--dps": dps, "--bydel": bydel, "--kategori": kategori, "--tilstand": tilstand},
        fra or til,
    )
    with ExitStack() as stack:
        what = cli_avvik.TOPIC if hva == AVVIK else hva
        found = _found(settings, kilde, what, arkiv, stack)
        since, until = moment(fra, "--fra"), moment(til, "--til")
        if hva != AVVIK:
            told = _records(found, hva, since, until)
        else:
            told, read = cli_avvik.replay_of(found, in_order=kilde is not Kilde.KAFKA)
            asked = _asked(settings, dps, bydel, kategori, tilstand)
            at = moment(som_av, "--som-av")
            rows = cli_avvik.as_of(read, asked, at) if at else cli_avvik.steps(read, asked, since, until)
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


def _records(found: Iterator[Found], what: str, since: datetime | None, until: datetime | None) -> Replay:
    from bindeledd.app.installation import codec
    from bindeledd.ops.replay import Replay, envelopes

    told = Replay(envelopes(codec()), since, until)
    for each in told.tell(found, "" if "." in what else what):
        sys.stdout.write(json.dumps(each.as_json(), ensure_ascii=False) + "\n")
    return told


def _asked(settings: Settings, dps: str, bydel: str, kategori: str, tilstand: str) -> Utvalg:
    """Which cases are asked for. Raises BadParameter for what the configuration does not know."""
    from bindeledd.schema.generated.samhandling import Avvikskategori, Avvikstilstand
    from services.samhandling.avviksgang import Utvalg

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


def _found(settings: Settings, kilde: Kilde, what: str, arkiv: Path | None, stack: ExitStack) -> Iterator[Found]:
    match kilde:
        case Kilde.LOGG:
            return _in_logs(settings, what, stack)
        case Kilde.KAFKA:
            return _on_kafka(settings, what, stack)
        case Kilde.ARKIV:
            return _in_archive(arkiv, what)


def _in_logs(settings: Settings, what: str, stack: ExitStack) -> Iterator[Found]:
    from bindeledd.app.installation import codec
    from bindeledd.app.stores import looking_at, stores_of
    from bindeledd.core.errors import InvalidMessage
    from bindeledd.ops.replay import in_log
    from bindeledd.runtime.topics import writer_of

    stores = stack.enter_context(looking_at(stores_of(settings)))
    if "." not in what:
        return (found for service, db in stores.items() for found in in_log(service, db, ""))
    writer = codec().owner_of(what) or writer_of(what)
    if writer not in stores:
        raise InvalidMessage("nobody here writes that topic", what, f"Here are: {', '.join(stores)}")
    return in_log(writer, stores[writer], what)


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
