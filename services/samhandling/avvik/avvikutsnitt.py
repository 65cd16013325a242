"""What each party may know of a case of avvik: its own side, and what the other has sent (access.md, "Avvik")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bindeledd.core.sealed import Forseglet, Klartekst, Sealed
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import (
    Avviksfakta,
    Avviksinnlegg,
    Avvikstilstand,
    AvvikUtsnitt,
    ForumsakUtsnitt,
    FristVist,
)
from services.felles.grunnlag import Relasjon, Svar
from services.felles.kjent import Kjent, delstatus, egne_oppgaver, grunn_av
from services.felles.oppsett import Oppsett
from services.felles.parter import part_for
from services.felles.samarbeid import ALLTID
from services.felles.tilgang import RelasjonSlag
from services.samhandling.avvik.avvik import Avvik, Innlegg
from services.samhandling.forum.forumsak import Forumsak, er_forum, forumene, vist
from services.samhandling.utsnitt import med_alle_opphold

INNLEGG_VIST, INNLEGG_BYTE = 5, 36_000
"""How many of what the parties have said a view holds, the latest, and how much room they and a forum's words may take:
a record has its limit, and what was reported needs up to a third of it."""
MÅ_VITE_HVEM = frozenset({"person.navn", "avvik.navn"})
"""Who shall answer for a stay of its own, or for what it sent, is told whose it was (hpl §39; docs/adr/0008)."""


def avdelingen_svarer(state: Avvik, kjent: Kjent) -> list[Relasjon]:
    """While the case is open, the ward that it is about knows whom: the patient was its own, also after discharge. So
    does who sent the message that was refused, for it wrote of them."""
    if state.mot_part is None or not state.parter or state.lukket is not None or state.fakta is None:
        return []
    opphold = {o.ref: o for o in kjent.opphold}.get(state.fakta.opphold_ref or "")
    if state.mot_part not in (opphold.avdeling if opphold is not None else None, state.avsender):
        return []
    return [Relasjon(state.mot_part, RelasjonSlag.AVDELING, ALLTID, deler=MÅ_VITE_HVEM)]


def kandidater_avvik(state: Avvik, kjent: Kjent) -> Iterable[str]:
    """The two parties, and the forums once it is put up; of a draft, whoever may have seen what it was made from."""
    if state.tilstand is Avvikstilstand.UTKAST:
        return {*med_alle_opphold(kjent).kandidater(kjent.adressert), *state.utkast_for}
    return (*state.parter, *(forumene(kjent.rammer.oppsett) if state.forumsak is not None else ()))


def utsnitt_avvik(state: Avvik, part_id: str, kjent: Kjent) -> AvvikUtsnitt | ForumsakUtsnitt | None:
    """One party's view of the case; None when it is no business of theirs. A forum's says neither whom it is about nor
    which units."""
    if kjent.forkastet or state.fakta is None or state.tilstand is Avvikstilstand.FORKASTET:
        return None
    if state.forumsak is not None and (lest := er_forum(kjent, part_id)) is not None:
        return _for_forumet(state, state.fakta, state.forumsak, lest, kjent.rammer.oppsett)
    egen = kjent.svar(part_id, "avvik.egen_side", egen=True)
    om = _om_oppholdet(state.fakta, part_id, med_alle_opphold(kjent))
    if state.tilstand is Avvikstilstand.UTKAST:
        return _utkast(state, state.fakta, part_id, egen, om, kjent)
    sendt = kjent.svar(part_id, "avvik.sendt", adressert=frozenset(state.parter))
    if part_id not in state.parter or not (egen.ja and sendt.ja):
        return None
    return _saken(state, state.fakta, part_id, (egen, sendt), om, kjent)


def _for_forumet(
    state: Avvik, fakta: Avviksfakta, sak: Forumsak, lest: Svar, oppsett: Oppsett
) -> ForumsakUtsnitt | None:  # fmt: skip
    """Kinds of unit and the DPS's area, what they ask, and what forums have come to (access.md: pseudonymised)."""
    if state.meldt is None or sak.spørsmål is None:
        return None
    behandlinger, tekster = vist(sak)

    def slag(id_: str | None) -> str:
        return part_for(oppsett, id_ or "").slag

    return ForumsakUtsnitt(
        aggregat="", grunn=grunn_av(lest, ()), tilstand=state.tilstand,
        forum=sak.forum, moete=sak.møte, dps=sak.dps, rus=sak.rus, kategori=fakta.kategori, alvor=fakta.alvor,
        avtale=fakta.avtale, avtale_versjon=fakta.avtale_versjon, punkt=fakta.punkt, av_slag=slag(state.av_part),
        mot_slag=slag(state.mot_part), eskalert_av_slag=slag(sak.part), meldt=state.meldt, besvart=state.besvart,
        eskalert=sak.tid, spoersmaal=sak.spørsmål, behandlinger=behandlinger, tekster=tekster, lukket=state.lukket,
        ved=state.ved,
    )  # fmt: skip


def _utkast(
    state: Avvik, fakta: Avviksfakta, part_id: str, egen: Svar, om: Svar | None, kjent: Kjent
) -> AvvikUtsnitt | None:  # fmt: skip
    """A draft is for those who see the consequence: who may know of the stay because it was sent to them, or because
    they help, and is not the unit that the draft is about; of a message that was refused, to whom it was sent. Who has
    put it away has it no more."""
    if part_id in state.lagt_bort_av:
        return None
    if fakta.opphold_ref is None and part_id in state.utkast_for:
        om = kjent.svar(part_id, "avvik.sendt", adressert=state.utkast_for)
    om_dem_selv = part_id in (state.mot_part, _avdeling(fakta, kjent))
    if om is None or not om.ja or om.grunn not in ("A", "R") or om_dem_selv or not egen.ja:
        return None
    return AvvikUtsnitt(
        aggregat="", grunn=grunn_av(om, (egen,)), tilstand=state.tilstand, av_part=None, mot_part=state.mot_part,
        meldt=None, melder="", anonym=False, fakta=fakta, hendelse=None, strakstiltak=None, mottatt=None, innlegg=(),
        innlegg_eldre=0, tekster=(), enige=(), lukket=None, ved=state.ved, tilbakemelding=None, forum=None, moete=None,
        spoersmaal=None, behandlinger=(), forumtekster=(), frister=(),
        oppgaver=(), deler=(delstatus("egen_side", egen, finnes=True),),
    )  # fmt: skip


def _saken(
    state: Avvik, fakta: Avviksfakta, part_id: str, svarene: tuple[Svar, Svar], om: Svar | None, kjent: Kjent
) -> AvvikUtsnitt:  # fmt: skip
    egen, sendt = svarene
    meldte = part_id == state.av_part
    navn = kjent.svar(part_id, "avvik.navn")
    oppgaver, oppgavesvar = egne_oppgaver(kjent, state.oppgaver, part_id, "avvik.oppgaver")
    vet_om_oppholdet = meldte or (om is not None and om.ja)
    sak = state.forumsak
    behandlinger, forumtekster = vist(sak) if sak is not None else ((), ())
    spørsmål = sak.spørsmål if sak is not None else None
    innlegg = _siste(state.innlegg, INNLEGG_BYTE - sum(_byte(tekst) for tekst in (spørsmål, *forumtekster)))
    tekster: list[Sealed[Tekst]] = []
    return AvvikUtsnitt(
        aggregat="", grunn=grunn_av(egen, (sendt, navn, *([om] if om is not None else []), *oppgavesvar)),
        tilstand=state.tilstand, av_part=state.av_part, mot_part=state.mot_part, meldt=state.meldt,
        melder=state.melder if meldte or not state.anonym else "", anonym=state.anonym,
        fakta=fakta if vet_om_oppholdet else replace(fakta, opphold_ref=None, bevis=()),
        hendelse=state.hendelse, strakstiltak=state.strakstiltak, mottatt=state.mottatt,
        innlegg=tuple(_innlegg(i, part_id, tekster) for i in innlegg), innlegg_eldre=len(state.innlegg) - len(innlegg),
        tekster=tuple(tekster), enige=tuple(sorted(state.enige)), lukket=state.lukket, ved=state.ved,
        tilbakemelding=state.tilbakemelding if meldte else None,
        forum=sak.forum if sak is not None else None, moete=sak.møte if sak is not None else None,
        spoersmaal=spørsmål, behandlinger=behandlinger, forumtekster=forumtekster,
        frister=tuple(
            FristVist(navn=f.navn, forfall=f.forfall, tilstand=f.tilstand, paragraf=f.paragraf)
            for f in state.frister.values()
        ),
        oppgaver=oppgaver,
        deler=(
            delstatus("egen_side", egen, finnes=True), delstatus("sendt", sendt, finnes=True),
            delstatus("navn", navn, finnes=True),
        ),
    )  # fmt: skip


def _siste(innlegg: Sequence[Innlegg], plass: int) -> list[Innlegg]:
    """As many of the latest as there is room for."""
    siste = list[Innlegg]()
    for sagt in reversed(innlegg[-INNLEGG_VIST:]):
        plass -= sum(_byte(tekst) for tekst in (sagt.svar, sagt.tiltak, sagt.laering))
        if plass < 0:
            break
        siste.append(sagt)
    return siste[::-1]


def _byte(tekst: Sealed[Tekst] | None) -> int:
    match tekst:
        case None:
            return 0
        case Forseglet():
            return len(tekst.ciphertext)
        case Klartekst():
            return len(tekst.content.tekst.encode())


def _innlegg(innlegg: Innlegg, part_id: str, tekster: list[Sealed[Tekst]]) -> Avviksinnlegg:
    """What was said, with its words by index. Who of the other unit said it is that unit's own side."""

    def plass(tekst: Sealed[Tekst] | None) -> int:
        if tekst is None:
            return -1
        tekster.append(tekst)
        return len(tekster) - 1

    return Avviksinnlegg(
        part=innlegg.part, slag=innlegg.slag, tid=innlegg.tid, av=innlegg.av if innlegg.part == part_id else "",
        svar=plass(innlegg.svar), tiltak=plass(innlegg.tiltak), laering=plass(innlegg.laering),
    )  # fmt: skip


def _om_oppholdet(fakta: Avviksfakta, part_id: str, kjent: Kjent) -> Svar | None:
    """May the party know how the stay's early notice stands; None when the case is about no stay that we have."""
    opphold = next((o for o in kjent.opphold if o.ref == fakta.opphold_ref), None)
    if opphold is None:
        return None
    return kjent.svar(
        part_id, "opphold.status", egen=part_id == opphold.avdeling, adressert=opphold.mottakere
    )  # fmt: skip


def _avdeling(fakta: Avviksfakta, kjent: Kjent) -> str | None:
    return next((o.avdeling for o in kjent.opphold if o.ref == fakta.opphold_ref), None)
