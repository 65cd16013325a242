"""Forums as those who sit in them see it: the next meetings, what comes up, and what was decided, without names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bindeledd.schema.generated.samhandling import (
    Avvikstilstand,
    ForumsakUtsnitt,
    Forumutfall,
    MoensterUtsnitt,
)
from services.felles.forum import Forum, Stige, saksnavn
from services.felles.oppsett import Oppsett
from services.felles.tid import lokal_dag
from web import avviksord as sagt
from web.avvik import Forumet, forumet
from web.gitt import Gitt
from web.vist import Hvem, Merke, Tid

SLAG = (ForumsakUtsnitt, MoensterUtsnitt)
VIST_MAKS = 50
VENTER = "sakslista"
FERDIG = (
    ("videre", "Sendt videre", Forumutfall.SENDT_VIDERE),
    ("tilbake", "Tilbake hos enhetene", Forumutfall.TILBAKE),
    ("avgjort", "Avgjort", Forumutfall.AVGJORT),
)
"""What has left a forum: (id, heading, by what)."""


@dataclass(frozen=True, slots=True)
class Punkt:
    """One matter in a list."""

    ref: str
    tittel: str
    merke: Merke
    om: str
    tall: str
    """Of a pattern: the figures that show it."""
    når: Tid | None


@dataclass(frozen=True, slots=True)
class Møte:
    """One forum, its next meeting, and how many matters come up in it."""

    id: str
    navn: str
    hva: str
    neste: Tid | None
    antall: int


@dataclass(frozen=True, slots=True)
class Saksliste:
    """What one forum has before it, and has had. `var`: what it was called before."""

    møte: Møte
    frist: Tid | None
    """The last day to put something up for the next meeting."""
    var: tuple[str, ...]
    grupper: tuple[tuple[str, str, tuple[Punkt, ...]], ...]
    """(id, heading, matters)."""


@dataclass(frozen=True, slots=True)
class Side:
    """The page of one matter."""

    punkt: Punkt
    versjon: int
    navn: str
    forum_id: str
    forum: Forumet
    meldt: Tid | None
    løftet: str
    avtale: str
    før_møtet: bool
    """The day on which it comes up is not here yet."""
    kan: bool
    """This user may write down what the forum came to, now."""


# -- the forums -------------------------------------------------------------------------------------------------------


def møter(gitte: Sequence[Gitt], oppsett: Oppsett, hvem: Hvem) -> tuple[Møte, ...]:
    """The forums that there are today, those that meet first, first."""
    i_dag = lokal_dag(hvem.nå)
    alle = [_møte(forum, gitte, oppsett.stige, hvem) for forum in oppsett.stige.på(i_dag)]
    return tuple(sorted(alle, key=lambda m: (m.antall == 0, m.neste.maskin if m.neste else "", m.id)))


def _møte(forum: Forum, gitte: Iterable[Gitt], stige: Stige, hvem: Hvem) -> Møte:
    i_dag = lokal_dag(hvem.nå)
    venter = [sted[1] for g in gitte if (sted := _hvor(g, stige, i_dag)) is not None and sted[0].id == forum.id]
    neste = stige.neste_møte(forum.id, i_dag)
    dager = [*venter, *([neste[1]] if neste is not None else [])]
    return Møte(forum.id, forum.navn, forum.hva, hvem.dag(min(dager)) if dager else None, len(venter))


def _hvor(gitt: Gitt, stige: Stige, i_dag: date) -> tuple[Forum, date] | None:
    """With which forum a matter is today, and for which meeting it waits; None for one that waits for none."""
    u = gitt.utsnitt
    if u.moete is None or (isinstance(u, ForumsakUtsnitt) and u.tilstand is not Avvikstilstand.ESKALERT):
        return None
    forum, møtet = stige.ble(u.forum, i_dag), stige.møtet(u.forum, u.moete, i_dag)
    return (forum, møtet[1]) if forum is not None and møtet is not None else None


def saksliste(id_: str, gitte: Sequence[Gitt], oppsett: Oppsett, frist: date | None, hvem: Hvem) -> Saksliste | None:
    """The agenda of a forum's meetings, and what became of what it took up; None for one that is not there today."""
    stige, i_dag = oppsett.stige, lokal_dag(hvem.nå)
    forum = stige.den(id_, i_dag)
    if forum is None:
        return None
    egne = stige.var(id_)
    venter = [(sted[1], g) for g in gitte if (sted := _hvor(g, stige, i_dag)) is not None and sted[0].id == id_]
    venter.sort(key=lambda par: (par[0], par[1].aggregat))
    her = {g.aggregat for _, g in venter}
    hadde = [g for g in gitte if g.aggregat not in her and any(b.forum in egne for b in g.utsnitt.behandlinger)]
    grupper = (
        (VENTER, "På sakslista", tuple(_punkt(g, oppsett, hvem, dag) for dag, g in venter)),
        *(
            (navn, tittel, tuple(_punkt(g, oppsett, hvem) for g in _nyeste(hadde, egne, utfall)))
            for navn, tittel, utfall in FERDIG
        ),
    )
    tidligere = tuple(sorted(f.navn for f in {f.id: f for f in stige.rader if f.id in egne - {id_}}.values()))
    return Saksliste(
        _møte(forum, gitte, stige, hvem), hvem.dag(frist) if frist is not None else None, tidligere,
        tuple(g for g in grupper if g[2]),
    )  # fmt: skip


def _nyeste(gitte: Iterable[Gitt], egne: frozenset[str], utfall: Forumutfall) -> Iterator[Gitt]:
    """Matters to which this is the last that the forum has said, the latest first."""
    med = [(siste.tid, g) for g in gitte if (siste := _siste(g, egne)).utfall is utfall]
    med.sort(key=lambda par: par[0], reverse=True)
    return (g for _, g in med[:VIST_MAKS])


def _siste(gitt: Gitt, egne: frozenset[str]) -> Any:
    return [b for b in gitt.utsnitt.behandlinger if b.forum in egne][-1]


def _punkt(gitt: Gitt, oppsett: Oppsett, hvem: Hvem, møte: date | None = None) -> Punkt:
    u = gitt.utsnitt
    når = hvem.dag(møte) if møte is not None else None
    if isinstance(u, MoensterUtsnitt):
        merke = Merke("Mange like avvik", "warning" if u.moete is not None else "neutral")
        return Punkt(
            gitt.aggregat, sagt.KATEGORI[u.kategori], merke, _mellom(u.slag, u.dps, oppsett), _tall(u, hvem), når
        )
    merke = Merke(*sagt.TILSTAND[u.tilstand])
    slag = (u.av_slag, u.mot_slag)
    return Punkt(gitt.aggregat, sagt.KATEGORI[u.kategori], merke, _mellom(slag, u.dps, oppsett), "", når)


def _mellom(slag: Sequence[str], dps: str | None, oppsett: Oppsett) -> str:
    enheter = " og ".join(oppsett.slag[s].navn if s in oppsett.slag else "en enhet" for s in slag)
    hvor = f", i området til {oppsett.parter[dps].navn}" if dps is not None and dps in oppsett.parter else ""
    return f"{enheter}{hvor}"


def _tall(u: MoensterUtsnitt, hvem: Hvem) -> str:
    """How many, from when to when; few are not counted (rules 1.6)."""
    fra, til = hvem.tid(u.fra, bare_dato=True), hvem.tid(u.til, bare_dato=True)
    antall = "Færre enn fem" if u.faa else f"{u.antall}"
    return f"{antall} avvik av samme slag mellom de samme to enhetene, fra {fra.tekst} til {til.tekst}."


# -- one matter -------------------------------------------------------------------------------------------------------


def side(gitt: Gitt, oppsett: Oppsett, hvem: Hvem) -> Side:
    """The page of one matter. Opens sealed values; nobody can be known from them, so no look-up is written."""
    u, i_dag = gitt.utsnitt, lokal_dag(hvem.nå)
    sted = _hvor(gitt, oppsett.stige, i_dag)
    er_sak = isinstance(u, ForumsakUtsnitt)
    forum = sted[0] if sted is not None else oppsett.stige.ble(u.forum, i_dag)
    return Side(
        punkt=_punkt(gitt, oppsett, hvem, sted[1] if sted is not None else None), versjon=gitt.versjon,
        navn=saksnavn(gitt.aggregat), forum_id=forum.id if forum is not None else "",
        forum=forumet(u, u.tekster, oppsett.stige, hvem), meldt=hvem.tid(u.meldt, bare_dato=True) if er_sak else None,
        løftet=_løftet(u, oppsett, hvem) if er_sak else "", avtale=_avtale(u, oppsett) if er_sak else "",
        før_møtet=sted is not None and sted[1] > i_dag, kan=sted is not None and hvem.kan("forum.behandle"),
    )  # fmt: skip


def _løftet(u: ForumsakUtsnitt, oppsett: Oppsett, hvem: Hvem) -> str:
    slag = oppsett.slag.get(u.eskalert_av_slag)
    return f"{hvem.tid(u.eskalert, bare_dato=True).tekst}, av {slag.navn if slag is not None else 'en enhet'}"


def _avtale(u: ForumsakUtsnitt, oppsett: Oppsett) -> str:
    avtale = oppsett.avtaler.finn(u.avtale, u.avtale_versjon, lokal_dag(u.meldt))
    navn = f"{avtale.navn} ({avtale.versjon})" if avtale is not None else ""
    return f"{navn}, punkt {u.punkt}" if navn and u.punkt else navn
