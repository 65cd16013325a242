"""A matter on its way through the forums: put up for a meeting, taken up there, settled, sent on, put off or sent back.

The same for a case of avvik that two parties do not agree on and for a pattern of many (rules 2.5, 2.6). Where it is
taken up follows from the ladder of the day: a forum that has become another has its matters there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bindeledd.core.decider import Circumstances
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import (
    AvvikForumBehandlet,
    Forumbehandling,
    Forumutfall,
    MoensterBehandlet,
)
from services.felles.forum import SAKSFRIST, Forum, Stige
from services.felles.grunnlag import Svar
from services.felles.kjent import Kjent
from services.felles.oppsett import Oppsett
from services.felles.tid import lokal_dag
from services.felles.tilgang import Form

FORUM = "forum"
"""The kind of the party that all forums are to the installation."""
VIST = 5
"""How many of what forums have come to a view holds, the latest."""


@dataclass(frozen=True, slots=True)
class Behandling:
    """What a forum came to. The words are sealed."""

    forum: str
    møte: date
    tid: datetime
    utfall: Forumutfall
    til_forum: str | None
    beslutning: Sealed[Tekst]


@dataclass(frozen=True, slots=True)
class Forumsak:
    """A matter that is, or has been, before a forum. `møte` None: it waits for none."""

    forum: str
    møte: date | None
    tid: datetime
    part: str = ""
    dps: str | None = None
    rus: bool = False
    spørsmål: Sealed[Tekst] | None = None
    behandlinger: tuple[Behandling, ...] = ()

    @property
    def venter(self) -> bool:
        """Whether a forum has it on its agenda."""
        return self.møte is not None

    @property
    def sett_av(self) -> frozenset[str]:
        """The forums that have, or have had, it."""
        return frozenset({self.forum, *(b.forum for b in self.behandlinger)})

    def etter(self, event: AvvikForumBehandlet | MoensterBehandlet) -> Forumsak:
        """The matter after a forum has taken it up."""
        gjort = Behandling(event.forum, event.moete, event.tid, event.utfall, event.til_forum, event.beslutning)
        return replace(
            self, forum=event.til_forum or event.forum, møte=event.neste_moete,
            behandlinger=(*self.behandlinger, gjort),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Behandle:
    """Command: a forum has come to this."""

    part: str
    av: str
    utfall: Forumutfall
    beslutning: Sealed[Tekst]


@dataclass(frozen=True, slots=True)
class Behandlet:
    """What is written down of it: where and when it was taken up, and where it goes on."""

    forum: str
    møte: date
    til_forum: str | None
    neste_møte: date | None


def finn_møte(oppsett: Oppsett, dps: str | None, tid: datetime, *, rus: bool) -> tuple[Forum, date] | None:
    """The forum that a matter is put up for now, and the first meeting whose papers can still hold it; None where the
    configuration has no forum for it."""
    dag = lokal_dag(tid)
    forum = oppsett.stige.tar(dps, dag, rus=rus)
    return oppsett.stige.neste_møte(forum.id, _papirene_går(oppsett, dag)) if forum is not None else None


def møtet(sak: Forumsak, stige: Stige, dag: date) -> tuple[Forum, date] | None:
    """Where and when a matter that waits is taken up, as it looks on a day; None for one that waits for nothing."""
    return stige.møtet(sak.forum, sak.møte, dag) if sak.møte is not None else None


def behandle(sak: Forumsak | None, command: Behandle, om: Circumstances) -> Behandlet:
    """What it leads to that a forum has come to something. Raises RuleBroken."""
    oppsett: Oppsett = om.rules.oppsett
    dag = lokal_dag(om.now)
    if oppsett.parter[command.part].slag != FORUM:
        raise RuleBroken("forum.part", "Bare et samarbeidsforum skriver ned hva det har bestemt")
    nå = møtet(sak, oppsett.stige, dag) if sak is not None else None
    forum = oppsett.stige.ble(sak.forum, dag) if sak is not None else None
    if nå is None or forum is None:
        raise RuleBroken("forum.sak", "Saken står ikke på sakslista til noe forum")
    _, møte = nå
    tatt_opp = min(møte, dag)  # a calendar is a plan: what is settled before its day was taken up by now
    match command.utfall:
        case Forumutfall.AVGJORT | Forumutfall.TILBAKE:
            return Behandlet(forum.id, tatt_opp, None, None)
        case Forumutfall.UTSATT:
            neste = oppsett.stige.neste_møte(forum.id, max(møte, dag))
            uten_neste = "Forumet har ikke flere møter. Send saken videre, eller tilbake til enhetene"
        case Forumutfall.SENDT_VIDERE:
            over = oppsett.stige.over(forum, dag)
            neste = oppsett.stige.neste_møte(over.id, _papirene_går(oppsett, dag)) if over is not None else None
            uten_neste = "Det er ikke noe forum over dette. Avgjør saken, utsett den, eller send den tilbake"
        case _:
            raise RuleBroken("forum.utfall", "Velg hva forumet kom til")
    if neste is None:
        raise RuleBroken("forum.videre", uten_neste)
    return Behandlet(forum.id, tatt_opp, neste[0].id, neste[1])


def _papirene_går(oppsett: Oppsett, dag: date) -> date:
    """A meeting up to this day has its papers out already."""
    return dag + timedelta(days=oppsett.regler.verdi(SAKSFRIST, dag).varighet.days)


# -- what a view shows of it ---------------------------------------------------------------------------------------


def vist(sak: Forumsak) -> tuple[tuple[Forumbehandling, ...], tuple[Sealed[Tekst], ...]]:
    """What forums have come to, the latest, and the words of the very last."""
    behandlinger = sak.behandlinger[-VIST:]
    siste = len(behandlinger) - 1
    linjer = tuple(
        Forumbehandling(
            forum=b.forum, moete=b.møte, tid=b.tid, utfall=b.utfall, til_forum=b.til_forum,
            beslutning=0 if nr == siste else -1,
        )
        for nr, b in enumerate(behandlinger)
    )  # fmt: skip
    return linjer, tuple(b.beslutning for b in behandlinger[siste:])


def er_forum(kjent: Kjent, part_id: str) -> Svar | None:
    """The answer by which a forum reads of cases without knowing whom they are about; None for who is none."""
    svar = kjent.svar(part_id, "avvik.sendt")
    part = kjent.rammer.oppsett.parter.get(part_id)
    return svar if svar.form is Form.PSEUDONYM and part is not None and part.slag == FORUM else None


def forumene(oppsett: Oppsett) -> tuple[str, ...]:
    """The parties that forums are."""
    return tuple(part.id for part in oppsett.parter.values() if part.slag == FORUM)
