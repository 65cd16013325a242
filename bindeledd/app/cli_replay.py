"""`bindeledd replay`: records told again as they were written, for an auditor."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bindeledd.app.terminal import DOES_NOT_HOLD, Data, moment, say, settings_of

if TYPE_CHECKING:
    from bindeledd.app.settings import Settings
    from bindeledd.ops.replay import Found


class Kilde(StrEnum):
    """Where to read."""

    LOGG = "logg"
    KAFKA = "kafka"


def replay(
    hva: Annotated[str, typer.Argument(metavar="STRØM|TOPIC", help="A stream's ref, or a topic (kriseplan.til.nav).")],
    fra: Annotated[str | None, typer.Option(metavar="T", help="Written from this moment on, with its offset.")] = None,
    til: Annotated[str | None, typer.Option(metavar="T", help="Written before this moment.")] = None,
    kilde: Annotated[Kilde, typer.Option(help="The service's log, or what lies on Kafka.")] = Kilde.LOGG,
    data: Data = None,
) -> None:
    """Tell records again, one line of JSON each: envelope, hash, where it lies, and whether the stream's chain holds.

    Sealed content stays sealed. Kafka is read from the beginning of the topic to its end now, without a consumer group;
    a stream is looked for on every topic that may be read. May run beside everything else.
    """
    from bindeledd.app.installation import codec
    from bindeledd.ops.replay import Replay

    settings, stream = settings_of(data), "" if "." in hva else hva
    told = Replay(codec(), moment(fra, "--fra"), moment(til, "--til"))
    with ExitStack() as stack:
        found = _in_logs(settings, hva, stack) if kilde is Kilde.LOGG else _on_kafka(settings, hva, stack)
        for each in told.tell(found, stream):
            sys.stdout.write(json.dumps(each.as_json(), ensure_ascii=False) + "\n")
    say(f"replay: {told.line()}")
    if told.unsound:
        raise typer.Exit(DOES_NOT_HOLD)


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


def _on_kafka(settings: Settings, what: str, stack: ExitStack) -> Iterator[Found]:
    from bindeledd.app.process import framing_of, topics_wanted
    from bindeledd.ops.replay import on_kafka

    cluster = settings.cluster("replay")
    topics = [what] if "." in what else sorted(cluster.identity(topics_wanted(settings)).topics)
    return on_kafka(cluster, topics, stack.enter_context(framing_of(settings)))
