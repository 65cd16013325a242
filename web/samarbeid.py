"""Knows how a plan, a group, its meetings and measures are shown: words, tags and moments, made from the views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bindeledd.core.errors import Shredded
from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeUtsnitt,
    Brukermaal,
    Medlemstilstand,
    Moeteinnhold,
    Moetested,
    Moetesvar,
    Moetetilstand,
    MoeteUtsnitt,
    Plantilstand,
    PlanUtsnitt,
    Referat,
    SamtykkeUtsnitt,
    Tiltakstilstand,
    TiltakUtsnitt,
)
from bindeledd.schema.generated.felles import Oppgaveslag, Tekst
from services.felles.oppsett import INNBYGGER
from web import ord as sagt
from web import talsord, vist
from web.bilde import Bilde
from web.gitt import Gitt
from web.vist import Hvem, Merke, Tid

FORELDREANSVAR, SKRIV_TALSPERSON = "foreldreansvar", "talsperson.skriv"
"""What somebody is who answers for a child, and the act of writing down who speaks for the person."""


@dataclass(frozen=True, slots=True)
class Tiltak:
    """What somebody is to do. `eget`: it is this party's. `vent`: why it waits, for those who may know."""

    ref: str
    versjon: int
    tekst: str
    ansvarlig: str
    part: str
    eget: bool
    frist: Tid | None
    frist_dag: str
    over_fristen: bool
    merke: Merke
    vent: str
    går_videre: bool
    pågår: bool


@dataclass(frozen=True, slots=True)
class Medlem:
    navn: str
    rolle: str
    tilstand: str


@dataclass(frozen=True, slots=True)
class Deltaker:
    part: str
    navn: str
    svar: str
    tilstede: bool


@dataclass(frozen=True, slots=True)
class Møte:
    """A meeting. `mitt`: this party is asked whether it comes. What is not shared is empty, and `delt` says so."""

    ref: str
    versjon: int
    når: Tid
    begynt: bool
    merke: Merke
    tilstand: str
    innkalt_av: str
    sted: str
    video: str
    innspill: Tid | None
    delt: bool
    om_opphold: bool
    formål: str
    saker: tuple[str, ...]
    deltakere: tuple[Deltaker, ...]
    mitt: bool
    mitt_svar: str
    maal: str
    beslutninger: tuple[str, ...]
    uenighet: str
    neste: Tid | None
    tiltak: tuple[Tiltak, ...]


@dataclass(frozen=True, slots=True)
class Gruppe:
    """The group, as this party knows it. `styrer`: it is one of those who decide on it."""

    ref: str
    versjon: int
    invitert: bool
    med: bool
    styrer: bool
    medlemmer: tuple[Medlem, ...]
    representant: str
    paa_vent: bool
    avsluttet: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The individual plan, as this party knows it."""

    versjon: int
    merke: Merke
    tilstand: str
    gjelder: bool
    delt: bool
    koordinator: str
    fra: Tid | None
    revisjon: Tid | None
    forfalt: bool
    maal: tuple[str, ...]
    ressurser: str
    behov: str
    bidrag: str
    vurdering: str


# -- the group --------------------------------------------------------------------------------------------------------


def gruppen(bilde: Bilde, part: str, hvem: Hvem) -> Gruppe | None:
    """The person's live group; the last one when all have ended. Opens sealed values, as all below do."""
    alle = sorted(bilde.alle(AnsvarsgruppeUtsnitt), key=lambda g: g.utsnitt.avsluttet)
    if not alle:
        return None
    gitt, utsnitt = alle[0], alle[0].utsnitt
    min_egen = [m.tilstand for m in utsnitt.medlemmer if m.part == part]
    med = Medlemstilstand.MED in min_egen
    plan = bilde.ett(PlanUtsnitt)
    koordinators = plan is not None and plan.koordinator_part == part
    return Gruppe(
        ref=gitt.aggregat, versjon=gitt.versjon, invitert=Medlemstilstand.INVITERT in min_egen, med=med,
        styrer=not utsnitt.avsluttet and (med or koordinators or part == INNBYGGER),
        medlemmer=tuple(
            Medlem(hvem.part(m.part), sagt.ROLLE[m.rolle], sagt.MEDLEM[m.tilstand]) for m in utsnitt.medlemmer
        ),
        representant=_representant(utsnitt, hvem), paa_vent=utsnitt.paa_vent, avsluttet=utsnitt.avsluttet,
    )  # fmt: skip


def _representant(utsnitt: AnsvarsgruppeUtsnitt, hvem: Hvem) -> str:
    navn = tekst(hvem.åpne(utsnitt.representant))
    slag = sagt.REPRESENTANT.get(utsnitt.representant_slag, "")
    return f"{navn} ({slag.lower()})" if navn and slag else navn


def koordinator(bilde: Bilde, hvem: Hvem) -> str:
    """`Ada Prøve, Enhet for psykisk helse`; empty when there is none, or it is not shared."""
    plan = bilde.ett(PlanUtsnitt)
    if plan is None or plan.koordinator_part is None:
        return ""
    navn, enhet = hvem.brukere.get(plan.koordinator or "", ""), hvem.part(plan.koordinator_part)
    return f"{navn}, {enhet}" if navn else enhet


# -- meetings ---------------------------------------------------------------------------------------------------------


def møter(bilde: Bilde, part: str, hvem: Hvem) -> tuple[list[Møte], list[Møte]]:
    """(those to come, the soonest first; those that were held or called off, the latest first)."""
    alle = sorted((_møte(g, bilde, part, hvem) for g in bilde.alle(MoeteUtsnitt)), key=lambda m: m.når.maskin)
    kommer = [m for m in alle if m.tilstand in (Moetetilstand.INNKALT, Moetetilstand.HOLDT)]
    return kommer, [m for m in reversed(alle) if m not in kommer]


def _møte(gitt: Gitt, bilde: Bilde, part: str, hvem: Hvem) -> Møte:
    m: MoeteUtsnitt = gitt.utsnitt
    sted, innhold, referat = hvem.åpne(m.sted), hvem.åpne(m.innhold), hvem.åpne(m.referat)
    mitt = next((d for d in m.deltakere if d.part == part != m.av_part), None)
    spurt = any(o.slag is Oppgaveslag.SVAR_PAA_INNKALLING for o in m.oppgaver)
    return Møte(
        ref=gitt.aggregat, versjon=gitt.versjon, når=hvem.tid(m.tid), begynt=m.tid <= hvem.nå,
        merke=Merke(*sagt.MØTE[m.tilstand]), tilstand=m.tilstand.value, innkalt_av=hvem.part(m.av_part),
        sted=sted.sted if isinstance(sted, Moetested) else _slettet(sted),
        video=sted.video if isinstance(sted, Moetested) else "",
        innspill=hvem.dag(m.innspill_til) if m.innspill_til is not None else None,
        delt=m.innhold is not None, om_opphold=m.opphold_ref is not None,
        formål=innhold.formaal if isinstance(innhold, Moeteinnhold) else _slettet(innhold),
        saker=innhold.saker if isinstance(innhold, Moeteinnhold) else (),
        deltakere=tuple(
            Deltaker(d.part, hvem.part(d.part), sagt.MØTESVAR[d.svar], d.tilstede) for d in m.deltakere
        ),
        mitt=mitt is not None or spurt,  # a role that is not told who else comes answers what it is asked
        mitt_svar=sagt.MØTESVAR[mitt.svar] if mitt is not None and mitt.svar is not Moetesvar.IKKE_SVART else "",
        maal=referat.maal if isinstance(referat, Referat) else _slettet(referat),
        beslutninger=referat.beslutninger if isinstance(referat, Referat) else (),
        uenighet=referat.uenighet if isinstance(referat, Referat) else "",
        neste=hvem.dag(m.neste) if m.neste is not None else None,
        tiltak=tuple(tiltak((g for g in bilde.alle(TiltakUtsnitt) if g.aggregat in m.tiltak), part, hvem)),
    )  # fmt: skip


# -- plan and measures ------------------------------------------------------------------------------------------------


def planen(bilde: Bilde, hvem: Hvem) -> Plan | None:
    """The individual plan, or that there is none; None when nothing of it is shared."""
    gitte = sorted(bilde.alle(PlanUtsnitt), key=lambda g: g.utsnitt.tilstand is not Plantilstand.GJELDER)
    if not gitte:
        return None
    gitt, p = gitte[0], gitte[0].utsnitt
    maal = hvem.åpne(p.maal)
    sagt_om = maal if isinstance(maal, Brukermaal) else Brukermaal(maal=(), ressurser="", behov="", bidrag="")
    return Plan(
        versjon=gitt.versjon, merke=Merke(*sagt.PLAN[p.tilstand]), tilstand=p.tilstand.value,
        gjelder=p.tilstand is Plantilstand.GJELDER, delt=p.revisjon is not None, koordinator=koordinator(bilde, hvem),
        fra=hvem.tid(p.fra, bare_dato=True) if p.fra is not None else None,
        revisjon=hvem.dag(p.revisjon) if p.revisjon is not None else None,
        forfalt=p.revisjon is not None and p.revisjon <= hvem.nå.date(),
        maal=sagt_om.maal if not isinstance(maal, Shredded) else (vist.SLETTET,),
        ressurser=sagt_om.ressurser, behov=sagt_om.behov, bidrag=sagt_om.bidrag,
        vurdering=tekst(hvem.åpne(p.vurdering)),
    )  # fmt: skip


def tiltakene(bilde: Bilde, part: str, hvem: Hvem) -> list[Tiltak]:
    """All measures that the party sees: what goes on first, by deadline."""
    return sorted(
        tiltak(bilde.alle(TiltakUtsnitt), part, hvem), key=lambda t: (not t.pågår, t.frist_dag or "9999", t.ref)
    )


def tiltak(gitte: Iterable[Gitt], part: str, hvem: Hvem) -> Iterator[Tiltak]:
    """Each measure in words."""
    for gitt in gitte:
        t: TiltakUtsnitt = gitt.utsnitt
        pågår = t.tilstand is Tiltakstilstand.AVTALT
        yield Tiltak(
            ref=gitt.aggregat, versjon=gitt.versjon, tekst=tekst(hvem.åpne(t.innhold)), part=t.part,
            ansvarlig=hvem.part(t.part), eget=t.part == part,
            frist=hvem.dag(t.frist) if t.frist is not None else None,
            frist_dag=t.frist.isoformat() if t.frist is not None else "",
            over_fristen=pågår and not t.paa_vent and _før(t.frist, hvem.nå),
            merke=Merke(*(sagt.PAA_VENT if t.paa_vent and pågår else sagt.TILTAK[t.tilstand])),
            vent="Venter mens personen er innlagt" if t.paa_vent and t.opphold_ref is not None else "",
            går_videre=t.gaar_videre, pågår=pågår,
        )  # fmt: skip


def _før(frist: date | None, nå: datetime) -> bool:
    return frist is not None and frist < nå.date()


def tekst(innhold: Any) -> str:
    """What an opened text says; that it is deleted where its key is gone."""
    return innhold.tekst if isinstance(innhold, Tekst) else _slettet(innhold)


def _slettet(innhold: Any) -> str:
    return vist.SLETTET if isinstance(innhold, Shredded) else ""


# -- koordinator ------------------------------------------------------------------------------------------------------


def koordinering(bilde: Bilde, hvem: Hvem) -> dict[str, Any]:
    """What is known besides who the koordinator is: a barnekoordinator, and a need that somebody told of (hpl §38a)."""
    planer: list[PlanUtsnitt] = [g.utsnitt for g in bilde.alle(PlanUtsnitt)]
    om_barnet = next((p for p in planer if p.barnekoordinator_tilstand.value in talsord.BARNEKOORDINATOR), None)
    meldt = next((p for p in planer if p.behov_meldt is not None), None)
    alder = vist.alder(bilde, hvem)
    return {
        "barnekoordinator": _barnekoordinator(om_barnet, hvem) if om_barnet is not None else "",
        "er_barn": alder is not None and alder < hvem.aldre.foreldreansvar,
        "behov": tekst(hvem.åpne(meldt.behov)) if meldt is not None else "",
        "behov_av": hvem.part(meldt.behov_av) if meldt is not None else "",
        "behov_meldt": hvem.tid(meldt.behov_meldt) if meldt is not None and meldt.behov_meldt is not None else None,
    }  # fmt: skip


def _barnekoordinator(plan: PlanUtsnitt, hvem: Hvem) -> str:
    ord_ = talsord.BARNEKOORDINATOR[plan.barnekoordinator_tilstand.value]
    if plan.barnekoordinator_part is None:
        return ord_
    navn = hvem.brukere.get(plan.barnekoordinator or "", "")
    return f"{ord_}: {', '.join(d for d in (navn, hvem.part(plan.barnekoordinator_part)) if d)}"


# -- who speaks for the person ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Talsperson:
    """Somebody who speaks for the person. `deler`: in what, for one who was chosen; the law says it for the others."""

    id: str
    navn: str
    hva: str
    deler: tuple[str, ...]
    fra: Tid
    kan_endre: bool


def talspersoner(bilde: Bilde, hvem: Hvem) -> tuple[Talsperson, ...]:
    """Those that the user's party has been told of. Opens sealed values."""
    return tuple(_alle(bilde, hvem))


def _alle(bilde: Bilde, hvem: Hvem) -> Iterator[Talsperson]:
    for gitt in bilde.alle(SamtykkeUtsnitt):
        sagt_om: SamtykkeUtsnitt = gitt.utsnitt
        for t, navn in zip(sagt_om.talspersoner, sagt_om.talsnavn, strict=True):
            egen = t.slag != FORELDREANSVAR or hvem.egen_part != INNBYGGER
            yield Talsperson(
                t.talsperson_id, tekst(hvem.åpne(navn)), talsord.TALSPERSON.get(t.slag, "Representant"),
                tuple(sagt.del_av_tabellen(del_, hvem.deler) for del_ in t.deler), hvem.tid(t.gjelder_fra),
                hvem.kan(SKRIV_TALSPERSON) and egen,
            )  # fmt: skip
