"""Makes the views of everybody again: when nobody could say any more what holds, and when somebody can."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bindeledd.core.errors import TransientError
from bindeledd.ops import logs
from bindeledd.runtime.engine import UNHEARD, Engine
from bindeledd.runtime.handle import make_again
from bindeledd.runtime.transaction import Tx
from bindeledd.runtime.views import REFRESH
from bindeledd.store import due, log

PERSONS_PAGE = 32
"""So many persons' views are made again in one transaction."""


def make_views_again(engine: Engine, after: str) -> str:
    """Make the views of the next persons, by their refs, again. Returns the last of them; "" when there is none."""
    topics = engine.service.shown_topics
    persons = engine.read(lambda db: log.persons_after(db, topics, after, PERSONS_PAGE)) if topics else []
    if not persons:
        return ""
    try:
        engine.change(lambda tx: make_again(tx, persons))
    except TransientError:
        raise
    except Exception as error:  # noqa: BLE001 - one of them; each is brought up by itself until it goes well
        logs.unexpected("views.again", error)
        engine.bring_up(_shown(engine, persons))
    return str(persons[-1])


def unheard(engine: Engine) -> str:
    """Names what was judged while nobody was heard, since all views were made again; "" when nothing was."""
    return str(engine.read(partial(log.meta, name=UNHEARD)) or "")


def settle_unheard(engine: Engine, known: str) -> None:
    """All views have been made again since `unheard` said `known`."""

    def settle(tx: Tx) -> None:
        if log.meta(tx.db, UNHEARD) == known:
            log.set_meta(tx.db, UNHEARD, "")

    engine.change(settle)


def _shown(engine: Engine, persons: Sequence[str]) -> list[due.DueRow]:
    """What is shown of these persons, to be brought up now."""
    now = engine.around.clock()
    return [
        due.DueRow(stream, REFRESH, topic, now)
        for person in persons
        for topic in engine.service.shown_topics
        for stream in engine.read(partial(log.streams_of, topic=topic, person_ref=person))
    ]
