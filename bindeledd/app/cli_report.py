"""`bindeledd report`: what a forum is given to read before it meets, from the logs alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bindeledd.app.terminal import DOES_NOT_HOLD, Data, epilog, progress, say, settings_of

if TYPE_CHECKING:
    from bindeledd.app.settings import Settings
    from bindeledd.ops.replay import Told

report = typer.Typer(help="Reports: what the forums read.", no_args_is_help=True, rich_markup_mode=None)
SERVICE = "samhandling"


class Format(StrEnum):
    """How it is written."""

    HTML = "html"
    CSV = "csv"


@report.callback()
def _only_one() -> None:
    """Reports, each from the logs alone."""


@report.command(epilog=epilog("bindeledd report forum DPR --kvartal 2026K3 > dpr.html", "a chain does not hold"))
def forum(
    trinn: Annotated[str, typer.Argument(metavar="DPR|SAPH|SAR|SU", help="The rung of the ladder.")],
    kvartal: Annotated[
        str | None, typer.Option(metavar="2026K3", help="The quarter. [default: the last that is over]")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="A page with plots, or figures.")] = Format.HTML,
    data: Data = None,
) -> None:
    """The meeting's case list with figures and plots: each DPS beside the others, on the stays that began there.

    Nobody is named, and fewer than five are not counted, nor left to be worked out. What was written after the quarter
    is not read, so the same log gives the same bytes whenever it is asked. May run beside everything else.
    """
    from services.felles.kvartalsrapport import kvartalet_før, les_kvartal
    from services.felles.tid import lokal_dag
    from services.samhandling.forum.forumrapport import Grunnlag, rapport
    from web.rapport import som_csv, som_html

    settings = settings_of(data)
    oppsett = settings.config().oppsett
    asked = les_kvartal(kvartal) if kvartal is not None else kvartalet_før(lokal_dag(datetime.now(UTC)))
    grunnlag = Grunnlag(asked)
    with ExitStack() as stack:
        unsound = 0
        for told in _told(settings, stack):
            unsound += not told.holds
            if told.envelope is not None and told.holds and hasattr(told.event, "avro_name"):
                grunnlag.ta(told.found.topic, told.envelope, told.event)
    made = rapport(trinn, grunnlag, oppsett)
    sys.stdout.write(som_csv(made) if form is Format.CSV else som_html(made, oppsett))
    if unsound:
        say(f"report: {unsound} records do not hold, and are not counted. `bindeledd verify` says where")
        raise typer.Exit(DOES_NOT_HOLD)


def _told(settings: Settings, stack: ExitStack) -> Iterator[Told]:
    from bindeledd.app.installation import codec
    from bindeledd.app.stores import looking_at, stores_of
    from bindeledd.ops.laid import InLog
    from bindeledd.ops.replay import Latest, Replay, whole
    from services.samhandling.forum.forumrapport import TEMAER

    stores = stack.enter_context(looking_at(stores_of(settings)))
    for topic in TEMAER:
        lying = InLog(SERVICE, stores[SERVICE], topic)
        with progress(f"report: {topic}", None) as step:
            yield from Replay(whole(codec()), follow=Latest(lying.one)).tell(lying.in_order(step))
