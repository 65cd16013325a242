"""Cases of avvik as one unit sees them: what each waits for, its own side, and what the other unit has sent."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bindeledd.core.errors import Shredded
from bindeledd.schema.generated.felles import FristTilstand, Oppgaveslag, Oppgavetilstand, Tekst
from bindeledd.schema.generated.samhandling import (
    Avviksinnlegg,
    Avvikstilstand,
    AvvikUtsnitt,
    Forumbehandling,
    PersonUtsnitt,
)
from services.felles.avtaler import Avtaler
from services.felles.forum import Stige
from services.felles.tid import lokal_dag
from web import avviksord as sagt
from web import vist
from web.bilde import Bilde
from web.gitt import Gitt
from web.vist import Hvem, Merke, Tid

VIST_MAKS = 100
UKJENT_FORUM = "Et samarbeidsforum"


@dataclass(frozen=True, slots=True)
class Sak:
    """One case in a list. `vår_tur`: it waits for this unit."""

    ref: str
    tittel: str
    merke: Merke
    mellom: str
    når: Tid
    venter: str
    vår_tur: bool
    lukket: bool
    navn: str
    """Whose it is; empty when that is not shared, or it is about nobody."""
    person_ref: str


@dataclass(frozen=True, slots=True)
class Saker:
    """The list: what waits for this unit, for the others, and what is closed."""

    grupper: tuple[tuple[str, str, tuple[Sak, ...]], ...]
    """(id, heading, cases)."""
    vår_tur: int
    eldre: int
    """How many closed ones are not in the list."""
    skjult: int
    """How many are about persons of whom something waits in quarantine: what we have may no longer hold."""


@dataclass(frozen=True, slots=True)
class Innlegg:
    """What one of the two has said. `vårt`: this unit has."""

    hvem: str
    vårt: bool
    hva: str
    når: Tid
    svar: str
    tiltak: str
    læring: str


@dataclass(frozen=True, slots=True)
class Frist:
    hva: str
    merke: Merke
    når: Tid


@dataclass(frozen=True, slots=True)
class Behandling:
    """What a forum came to, and its words where they are shown."""

    hva: str
    når: Tid
    videre: str
    beslutning: str


@dataclass(frozen=True, slots=True)
class Forumet:
    """Where a case is, or has been, before a forum. `møte`: when it is taken up; None when it waits for none."""

    navn: str
    møte: Tid | None
    spørsmål: str
    behandlinger: tuple[Behandling, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """The page of a case, for one of the two units; of a draft, for whoever may report it."""

    sak: Sak
    versjon: int
    utkast: bool
    meldte: bool
    """This unit reported it."""
    melder: str
    hendt: Tid
    oppdaget: Tid
    alvor: str
    avtale: str
    hendelse: str
    strakstiltak: str
    bevis: tuple[str, ...]
    frister: tuple[Frist, ...]
    åpnet: Tid | None
    åpnet_av: str
    innlegg: tuple[Innlegg, ...]
    eldre: int
    enige: tuple[str, ...]
    lukket: str
    tilbakemelding: str
    forum: Forumet | None
    kan: frozenset[str]
    """What this user may do now, by the end of its address."""


# -- the list ---------------------------------------------------------------------------------------------------------


def saker(gitte: Iterable[Gitt], bilde: Bilde | None, hvem: Hvem) -> tuple[Sak, ...]:
    """Cases, the latest first. `bilde`: the person that they are all about, as far as this user knows them."""
    navn = _navn(bilde, hvem) if bilde is not None else ""
    ordnet = sorted(gitte, key=lambda g: (g.utsnitt.fakta.hendt, g.aggregat), reverse=True)
    return tuple(_sak(g, navn, hvem) for g in ordnet)


def liste(gitte: Sequence[Gitt], personer: dict[str, Bilde], usikre: frozenset[str], hvem: Hvem) -> Saker:
    """All cases of a unit, by whom they wait for. Opens names: the look-ups must be written by now."""
    sikre = [g for g in gitte if g.person_ref not in usikre]
    alle = [sak for g in sikre for sak in saker([g], personer.get(g.person_ref or ""), hvem)]
    alle.sort(key=lambda s: (s.når.maskin, s.ref), reverse=True)
    lukket = [s for s in alle if s.lukket and not s.vår_tur]
    grupper = (
        ("vaare", "Venter på dere", tuple(s for s in alle if s.vår_tur)),
        ("andres", "Venter på den andre enheten", tuple(s for s in alle if not (s.vår_tur or s.lukket))),
        ("lukket", "Lukket", tuple(lukket[:VIST_MAKS])),
    )
    antall = len(grupper[0][2])
    skjult = len(gitte) - len(sikre)
    return Saker(tuple(g for g in grupper if g[2]), antall, max(0, len(lukket) - VIST_MAKS), skjult)


def hendelser(gitte: Iterable[Gitt], hvem: Hvem) -> list[tuple[str, Merke, Tid]]:
    """Serious incidents, the latest first: (ref, how far the report has come, when). Names nobody."""
    ordnet = sorted(gitte, key=lambda g: (g.utsnitt.hendt, g.aggregat), reverse=True)
    return [(g.aggregat, Merke(*sagt.ALVORLIG[g.utsnitt.tilstand]), hvem.tid(g.utsnitt.hendt)) for g in ordnet]


def _sak(gitt: Gitt, navn: str, hvem: Hvem) -> Sak:
    u: AvvikUtsnitt = gitt.utsnitt
    return Sak(
        ref=gitt.aggregat, tittel=sagt.KATEGORI[u.fakta.kategori], merke=Merke(*sagt.TILSTAND[u.tilstand]),
        mellom=_mellom(u, hvem), når=hvem.tid(u.meldt or u.fakta.hendt), venter=_venter(u, hvem), vår_tur=_vår_tur(u),
        lukket=u.tilstand is Avvikstilstand.LUKKET,
        navn=navn, person_ref=gitt.person_ref or "",
    )  # fmt: skip


def _navn(bilde: Bilde, hvem: Hvem) -> str:
    return vist.navn(vist.personalia(bilde, hvem)) if bilde.alle(PersonUtsnitt) else ""


def _mellom(u: AvvikUtsnitt, hvem: Hvem) -> str:
    mot = hvem.part(u.mot_part) if u.mot_part is not None else ""
    if u.av_part is None:
        return f"Ville gått til {mot}" if mot else "Ingen vet ennå hvem det skal gå til"
    return f"Fra {hvem.part(u.av_part)} til {mot}"


def _vår_tur(u: AvvikUtsnitt) -> bool:
    return u.tilstand is Avvikstilstand.UTKAST or bool(_åpne(u))


def _åpne(u: AvvikUtsnitt) -> dict[Oppgaveslag, str]:
    """The kinds of task that wait for the view's own unit, and a ref of each."""
    åpne = (Oppgavetilstand.AAPEN, Oppgavetilstand.TATT)
    return {o.slag: o.oppgave_ref for o in u.oppgaver if o.tilstand in åpne}


def _venter(u: AvvikUtsnitt, hvem: Hvem) -> str:
    """What the case waits for, in a sentence."""
    oppgaver = _åpne(u)
    par = (hvem.part(p) for p in (u.mot_part, u.av_part) if p is not None and p != hvem.egen_part)
    andre = next(par, "den andre enheten")
    if vårt := _bare_vi_kan(oppgaver, andre, ubesvart=_ubesvart(u)):
        return vårt
    match u.tilstand:
        case Avvikstilstand.UTKAST:
            return "Ingen har sendt det. Meld det, eller si at det ikke er et avvik."
        case Avvikstilstand.LUKKET:
            return f"{sagt.LUKKING[u.ved]}."
        case Avvikstilstand.SENDT:
            return f"Venter på at {'dere' if u.mot_part == hvem.egen_part else andre} åpner det."
        case Avvikstilstand.MOTTATT:
            return f"Venter på svar fra {'dere' if u.mot_part == hvem.egen_part else andre}."
        case Avvikstilstand.SVART | Avvikstilstand.UENIG if Oppgaveslag.LES_AVVIKSSVAR in oppgaver:
            return f"Les hva {andre} sier. Er dere enige, kan saken lukkes."
        case Avvikstilstand.ESKALERT:
            return "Saken skal opp i et samarbeidsforum. Dere kan fortsatt bli enige."
        case Avvikstilstand.SVART | Avvikstilstand.UENIG:
            return f"Venter på {andre}."
        case Avvikstilstand.FORKASTET | Avvikstilstand.UKJENT:
            return ""


def _bare_vi_kan(oppgaver: Container[Oppgaveslag], andre: str, *, ubesvart: bool) -> str:
    """What waits for this unit whatever the other does; empty: nothing."""
    if Oppgaveslag.SNAKK_LEDER_TIL_LEDER in oppgaver:
        return f"Lederne skal snakke sammen i dag. Ring lederen hos {andre}."
    if Oppgaveslag.LES_FORUMSVAR in oppgaver:
        return "Les hva samarbeidsforumet sier."
    if Oppgaveslag.GI_TILBAKEMELDING in oppgaver:
        return "Fortell den som meldte avviket, hva som kom ut av det."
    if Oppgaveslag.ESKALER_AVVIK in oppgaver and ubesvart:
        return f"Fristen for å svare er ute. Ring {andre}, eller ta saken opp i samarbeidsforumet."
    if Oppgaveslag.ESKALER_AVVIK in oppgaver:
        return "Dere har vært uenige lenge. Skal saken opp i samarbeidsforumet?"
    return ""


# -- one case ---------------------------------------------------------------------------------------------------------


def side(gitt: Gitt, bilde: Bilde | None, avtaler: Avtaler, stige: Stige, hvem: Hvem) -> Side:
    """The page of one case. Opens sealed values: the look-up must be written by now."""
    u: AvvikUtsnitt = gitt.utsnitt
    (sak,) = saker([gitt], bilde, hvem)
    return Side(
        sak=sak, versjon=gitt.versjon, utkast=u.tilstand is Avvikstilstand.UTKAST, meldte=u.av_part == hvem.egen_part,
        melder=hvem.brukere.get(u.melder, "") if u.melder else "", hendt=hvem.tid(u.fakta.hendt),
        oppdaget=hvem.tid(u.fakta.oppdaget), alvor=sagt.ALVOR[u.fakta.alvor], avtale=_avtale(u, avtaler),
        hendelse=tekst(hvem.åpne(u.hendelse)), strakstiltak=tekst(hvem.åpne(u.strakstiltak)),
        bevis=tuple(sagt.bevis(b.tema, b.versjon) for b in u.fakta.bevis), frister=tuple(_frister(u, hvem)),
        åpnet=hvem.tid(u.mottatt) if u.mottatt is not None else None,
        åpnet_av="dere" if u.mot_part == hvem.egen_part else "den andre enheten",
        innlegg=tuple(_innlegg(u, i, hvem) for i in u.innlegg), eldre=u.innlegg_eldre,
        enige=tuple("Dere" if p == hvem.egen_part else hvem.part(p) for p in u.enige),
        lukket=sagt.LUKKING[u.ved] if u.lukket is not None else "", tilbakemelding=tekst(hvem.åpne(u.tilbakemelding)),
        forum=forumet(u, u.forumtekster, stige, hvem) if u.forum is not None else None,
        kan=frozenset(mulig(u, hvem)),
    )  # fmt: skip


def _avtale(u: AvvikUtsnitt, avtaler: Avtaler) -> str:
    avtale = avtaler.finn(u.fakta.avtale, u.fakta.avtale_versjon, lokal_dag(u.fakta.hendt))
    navn = f"{avtale.navn} ({avtale.versjon})" if avtale is not None else ""
    return f"{navn}, punkt {u.fakta.punkt}" if navn and u.fakta.punkt else navn


def _frister(u: AvvikUtsnitt, hvem: Hvem) -> Iterator[Frist]:
    for f in u.frister:
        if f.tilstand is not FristTilstand.BORTFALT:
            yield Frist(sagt.FRIST.get(f.navn, "Frist"), Merke(*sagt.FRISTEN[f.tilstand]), hvem.tid(f.forfall))


def _innlegg(u: AvvikUtsnitt, i: Avviksinnlegg, hvem: Hvem) -> Innlegg:
    def nr(plass: int) -> str:
        return tekst(hvem.åpne(u.tekster[plass])) if plass >= 0 else ""

    vårt = i.part == hvem.egen_part
    return Innlegg(
        hvem=hvem.brukere.get(i.av, "Dere") if vårt else hvem.part(i.part), vårt=vårt, hva=sagt.INNLEGG[i.slag],
        når=hvem.tid(i.tid), svar=nr(i.svar), tiltak=nr(i.tiltak), læring=nr(i.laering),
    )  # fmt: skip


def forumet(u: Any, tekster: Sequence[Any], stige: Stige, hvem: Hvem) -> Forumet:
    """Of any view that is before a forum: where it is taken up as the ladder is now, and what has been said."""
    i_dag = lokal_dag(hvem.nå)
    nå = stige.møtet(u.forum, u.moete, i_dag) if u.moete is not None else None
    forum = nå[0] if nå is not None else stige.siste(u.forum)
    return Forumet(
        navn=forum.navn if forum is not None else UKJENT_FORUM, møte=hvem.dag(nå[1]) if nå is not None else None,
        spørsmål=tekst(hvem.åpne(getattr(u, "spoersmaal", None))),
        behandlinger=tuple(_behandling(b, tekster, stige, hvem) for b in u.behandlinger),
    )  # fmt: skip


def _behandling(b: Forumbehandling, tekster: Sequence[Any], stige: Stige, hvem: Hvem) -> Behandling:
    def navn(id_: str) -> str:
        forum = stige.siste(id_)
        return forum.navn if forum is not None else UKJENT_FORUM

    videre = f"Neste: {navn(b.til_forum)}." if b.til_forum not in (None, b.forum) else ""
    beslutning = tekst(hvem.åpne(tekster[b.beslutning])) if b.beslutning >= 0 else ""
    return Behandling(f"{navn(b.forum)} {sagt.UTFALL[b.utfall]}", hvem.dag(b.moete), videre, beslutning)


LESES = {
    Oppgaveslag.LES_AVVIKSSVAR: "lest",
    Oppgaveslag.LES_FORUMSVAR: "forumlest",
    Oppgaveslag.SNAKK_LEDER_TIL_LEDER: "snakket",
}
"""Tasks that are done by a button in the case, and the end of its address."""


def å_gjøre(u: AvvikUtsnitt, hva: str) -> str:
    """Ref of this unit's task that a button says is done; empty: it has none."""
    åpne = _åpne(u)
    return next((åpne[slag] for slag, slutt in LESES.items() if slutt == hva and slag in åpne), "")


def mulig(u: AvvikUtsnitt, hvem: Hvem) -> Iterator[str]:
    """What this user may do in the case as it stands, by the end of its address. The service decides."""
    if u.tilstand is Avvikstilstand.UTKAST:
        yield from ("meld", "forkast") if hvem.kan("avvik.meld") else ()
        return
    if not hvem.kan("avvik.svar"):
        return
    leder = hvem.kan("avvik.eskaler")
    yield from (slutt for slutt in LESES.values() if å_gjøre(u, slutt) and (leder or slutt != "snakket"))
    if u.mot_part == hvem.egen_part and u.mottatt is None:
        yield "mottatt"
    if u.lukket is None:
        yield from ("svar", "uenig")
        yield from ("enig",) if _svart(u) and hvem.egen_part not in u.enige else ()
        kan_løftes = u.tilstand is Avvikstilstand.UENIG or (_ubesvart(u) and u.av_part == hvem.egen_part)
        løftes = kan_løftes and u.tilstand is not Avvikstilstand.ESKALERT and not å_gjøre(u, "snakket")
        yield from ("eskaler",) if løftes and leder else ()
    if u.av_part == hvem.egen_part and u.tilbakemelding is None and u.mottatt is not None:
        yield "tilbakemelding"


def _svart(u: AvvikUtsnitt) -> bool:
    return any(i.part == u.mot_part for i in u.innlegg) or bool(u.innlegg_eldre)


def _ubesvart(u: AvvikUtsnitt) -> bool:
    """Whether the time to answer is out, and nobody has."""
    ute = any(f.navn == "avvik_svar" and f.tilstand is FristTilstand.OVERSKREDET for f in u.frister)
    return ute and not _svart(u)


def tekst(innhold: Any) -> str:
    """What an opened text says; that it is deleted where its key is gone."""
    if isinstance(innhold, Shredded):
        return vist.SLETTET
    return innhold.tekst if isinstance(innhold, Tekst) else ""
