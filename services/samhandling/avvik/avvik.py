"""An avvik between two units: drafted from what happened, reported by a person, answered, and closed when both agree.

    UTKAST ─ meldt → SENDT ─ åpnet → MOTTATT ─ besvart → SVART ─ begge enige → LUKKET
       └─ forkastet → FORKASTET                 └─ uenig → UENIG ─ enig → SVART
                                                             └─ løftet → ESKALERT ─ forumet avgjør → LUKKET
                                                                            └─ sendt tilbake → UENIG

Source: rules 2.5, 2.6. Nothing closes by itself: a disagreement stands until the party that disagrees says otherwise,
or a forum has settled it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bindeledd.core.decider import Circumstances, Due, FristUtloept
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.felles import FristTilstand, OppgaveLoest, Oppgaveslag, Tekst
from bindeledd.schema.generated.samhandling import (
    AvvikBesvart,
    AvvikEnighetMeldt,
    AvvikEskalert,
    AvvikForumBehandlet,
    AvvikLukket,
    AvvikMeldt,
    AvvikMottatt,
    Avviksfakta,
    Avviksinnleggslag,
    Avvikskategori,
    Avvikslukking,
    Avvikstilstand,
    AvvikTilbakemeldingGitt,
    AvvikUenighetMeldt,
    AvvikUtkastForkastet,
    AvvikUtkastLaget,
    Forumutfall,
)
from services.felles.frister import Frist, evolve_frist
from services.felles.kjent import Rammer
from services.felles.oppgaver import LøsOppgave, Oppgaver, TaOppgave, arbeid, avstem
from services.felles.oppsett import Oppsett
from services.felles.ruting import dps_for_saken
from services.felles.tid import lokal_dag
from services.samhandling.avvik.avviksarbeid import avstem_frister, ubesvart, ønsker
from services.samhandling.avvik.avviksavtale import under_avtale
from services.samhandling.forum.forumsak import Behandle, Forumsak, behandle, finn_møte

TOPIC = "samhandling.avvik"
I_SAKEN = "avvik.part"


@dataclass(frozen=True, slots=True)
class Innlegg:
    """What a party has said, in words that are sealed."""

    part: str
    av: str
    slag: Avviksinnleggslag
    tid: datetime
    svar: Sealed[Tekst]
    tiltak: Sealed[Tekst] | None = None
    laering: Sealed[Tekst] | None = None


@dataclass(frozen=True, slots=True)
class Avvik:
    """A case as it stands. `utkast_om`: the stay and the kind that a draft was made of, also after it was reported;
    `utkast_for`: who is shown a draft of what was sent to them."""

    utkast_om: tuple[str | None, Avvikskategori] | None = None
    utkast_for: frozenset[str] = frozenset()
    avsender: str | None = None
    """Who sent the refused message that a draft was made of."""
    forkastet: bool = False
    forkastet_av: str | None = None
    lagt_bort_av: frozenset[str] = frozenset()
    """Units that have said, for themselves, that a draft is no avvik."""
    av_part: str | None = None
    mot_part: str | None = None
    meldt: datetime | None = None
    melder: str = ""
    anonym: bool = False
    fakta: Avviksfakta | None = None
    hendelse: Sealed[Tekst] | None = None
    strakstiltak: Sealed[Tekst] | None = None
    mottatt: datetime | None = None
    innlegg: tuple[Innlegg, ...] = ()
    enige: frozenset[str] = frozenset()
    uenige: frozenset[str] = frozenset()
    uenig_fra: datetime | None = None
    """Since when they have not agreed."""
    forumsak: Forumsak | None = None
    lukket: datetime | None = None
    ved: Avvikslukking = Avvikslukking.UKJENT
    tilbakemelding: Sealed[Tekst] | None = None
    frister: Mapping[str, Frist] = field(default_factory=lambda: MappingProxyType({}))
    oppgaver: Oppgaver = field(default_factory=Oppgaver)

    @property
    def tilstand(self) -> Avvikstilstand:
        """How far the case has come."""
        if self.meldt is None:
            if self.fakta is None:
                return Avvikstilstand.UKJENT
            return Avvikstilstand.FORKASTET if self.forkastet else Avvikstilstand.UTKAST
        if self.lukket is not None:
            return Avvikstilstand.LUKKET
        if self.forumsak is not None and self.forumsak.venter:
            return Avvikstilstand.ESKALERT
        if self.uenige:
            return Avvikstilstand.UENIG
        if self.besvart is not None:
            return Avvikstilstand.SVART
        return Avvikstilstand.SENDT if self.mottatt is None else Avvikstilstand.MOTTATT

    @property
    def besvart(self) -> datetime | None:
        """When the other party first answered; that it disagrees is an answer too."""
        return next((i.tid for i in self.innlegg if i.part == self.mot_part), None)

    @property
    def parter(self) -> tuple[str, ...]:
        """The two parties of a case that has been reported."""
        if self.meldt is None or self.av_part is None or self.mot_part is None:
            return ()
        return (self.av_part, self.mot_part)


# -- commands ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LagUtkast:
    """Command: this looks like an avvik. `mot_part` None: nobody can say towards whom. `for_parter`: who sees the
    consequence, where that does not follow from a stay."""

    mot_part: str | None
    fakta: Avviksfakta
    for_parter: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForkastUtkast:
    """Command: the draft is no avvik. `av` None: what it was made from is otherwise. `part`: the unit that says so,
    where others have the draft still."""

    grunn: str
    av: str | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Meld:
    """Command: a person reports it to the other unit. An empty agreement is the one that the kind falls under."""

    av_part: str
    mot_part: str
    melder: str
    anonym: bool
    fakta: Avviksfakta
    hendelse: Sealed[Tekst]
    strakstiltak: Sealed[Tekst] | None = None


@dataclass(frozen=True, slots=True)
class Motta:
    """Command: somebody of the other unit has opened it."""

    part: str
    av: str


@dataclass(frozen=True, slots=True)
class Besvar:
    """Command: a party answers; with measures, and what was learned."""

    part: str
    av: str
    svar: Sealed[Tekst]
    tiltak: Sealed[Tekst] | None = None
    laering: Sealed[Tekst] | None = None


@dataclass(frozen=True, slots=True)
class VærUenig:
    """Command: a party disagrees, and says why."""

    part: str
    av: str
    begrunnelse: Sealed[Tekst]


@dataclass(frozen=True, slots=True)
class VærEnig:
    """Command: a party agrees that the case is closed as it stands."""

    part: str
    av: str


@dataclass(frozen=True, slots=True)
class GiTilbakemelding:
    """Command: whoever reported it is told what came of it, by their own unit."""

    part: str
    av: str
    tilbakemelding: Sealed[Tekst]


@dataclass(frozen=True, slots=True)
class HarSnakketSammen:
    """Command: a leader says that the leaders of both have talked."""

    part: str
    av: str


@dataclass(frozen=True, slots=True)
class Eskaler:
    """Command: a party puts what they do not agree on up for a forum. `spørsmål` names nobody; `rus`: it is about
    substance use; `dps`: that of the stay, where there is one."""

    part: str
    av: str
    spørsmål: Sealed[Tekst]
    rus: bool = False
    dps: str | None = None


# -- decide --------------------------------------------------------------------------------------------------------


def decide(state: Avvik, command: Any, om: Circumstances) -> Sequence[Any]:
    """What a command leads to. Raises RuleBroken, which names the rule."""
    match command:
        case LagUtkast():
            return _lag_utkast(state, command)
        case ForkastUtkast():
            return _forkast(state, command)
        case Meld():
            return _i_takt(state, [_meld(state, command, om)], om)
        case FristUtloept():
            return _i_takt(state, [], om, dom_per=command.as_of)
        case LøsOppgave() | TaOppgave():
            return arbeid(state.oppgaver, command)
        case _:
            return _mellom_partene(state, command, om)


def _mellom_partene(state: Avvik, command: Any, om: Circumstances) -> Sequence[Any]:
    match command:
        case Motta():
            _må_være_i_saken(state, command.part, andre_part=True)
            return _i_takt(state, _mottatt(state, command, om), om)
        case Besvar():
            svar = AvvikBesvart(
                part=command.part, av=command.av, besvart=om.now, svar=command.svar, tiltak=command.tiltak,
                laering=command.laering,
            )  # fmt: skip
            return _si(state, command, svar, om)
        case VærUenig():
            uenig = AvvikUenighetMeldt(
                part=command.part, av=command.av, tid=om.now, begrunnelse=command.begrunnelse
            )  # fmt: skip
            return _si(state, command, uenig, om)
        case VærEnig():
            return _vær_enig(state, command, om)
        case GiTilbakemelding():
            return _gi_tilbakemelding(state, command, om)
        case HarSnakketSammen():
            return _har_snakket(state, command, om)
        case Eskaler():
            return _eskaler(state, command, om)
        case Behandle():
            return _behandle(state, command, om)
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _lag_utkast(state: Avvik, command: LagUtkast) -> Sequence[Any]:
    """A draft that a person has discarded, or reported, is not made again; one that fell by itself is."""
    if state.meldt is not None or state.forkastet_av is not None:
        return []
    # Of the same nothing is drafted anew because another record shows it, too.
    før = replace(state.fakta, bevis=command.fakta.bevis) if state.fakta is not None else None
    like = not state.forkastet and (state.mot_part, før) == (command.mot_part, command.fakta)
    laget = AvvikUtkastLaget(mot_part=command.mot_part, fakta=command.fakta, for_parter=command.for_parter)
    return [] if like else [laget]


def _forkast(state: Avvik, command: ForkastUtkast) -> Sequence[Any]:
    if state.tilstand is Avvikstilstand.UTKAST:
        return [AvvikUtkastForkastet(av=command.av, grunn=command.grunn, part=command.part)]
    if command.av is None:
        return []
    raise RuleBroken("avvik.utkast", "Det er ikke noe utkast her: avviket er meldt, eller utkastet er forkastet")


def _meld(state: Avvik, command: Meld, om: Circumstances) -> AvvikMeldt:
    rammer: Rammer = om.rules
    if state.tilstand not in (Avvikstilstand.UKJENT, Avvikstilstand.UTKAST):
        raise RuleBroken("avvik.meldt", "Avviket er meldt fra før, eller utkastet er forkastet")
    mot = rammer.oppsett.parter.get(command.mot_part)
    if mot is None or not mot.helsetjeneste or mot.id == command.av_part:
        raise RuleBroken("avvik.mot", "Velg enheten det gjelder: en annen enn deres egen, i helsetjenesten")
    if not command.fakta.hendt <= command.fakta.oppdaget <= om.now:
        raise RuleBroken("avvik.tid", "Det må ha hendt før det ble oppdaget, og begge deler før nå")
    if command.fakta.kategori is Avvikskategori.UKJENT:
        raise RuleBroken("avvik.kategori", "Velg hva slags avvik det er")
    fakta, anonymt = under_avtale(command.fakta, rammer.oppsett.avtaler)
    if command.anonym and not anonymt:
        raise RuleBroken("avvik.anonym", "Etter avtalen skal den andre enheten få vite hvem som melder")
    return AvvikMeldt(
        av_part=command.av_part, mot_part=command.mot_part, meldt=om.now, melder=command.melder,
        anonym=command.anonym, fakta=fakta, hendelse=command.hendelse, strakstiltak=command.strakstiltak,
    )  # fmt: skip


def _mottatt(state: Avvik, command: Motta | Besvar | VærUenig, om: Circumstances) -> list[Any]:
    if state.mottatt is not None or command.part != state.mot_part:
        return []
    løst = _gjort(state, command.part, command.av, Oppgaveslag.TA_IMOT_AVVIK)
    return [AvvikMottatt(mottatt=om.now, av=command.av), *løst]


def _si(state: Avvik, command: Besvar | VærUenig, event: Any, om: Circumstances) -> Sequence[Any]:
    """A party says something: the other has to read it, and what was agreed before is agreed no more."""
    _må_være_i_saken(state, command.part)
    slag = (Oppgaveslag.SVAR_PAA_AVVIK, Oppgaveslag.LES_AVVIKSSVAR)
    løst = _gjort(state, command.part, command.av, *slag)
    return _i_takt(state, [*_mottatt(state, command, om), event, *løst], om)


def _vær_enig(state: Avvik, command: VærEnig, om: Circumstances) -> Sequence[Any]:
    _må_være_i_saken(state, command.part)
    if state.besvart is None:
        raise RuleBroken("avvik.svar", "Den andre enheten har ikke svart ennå")
    if command.part in state.enige:
        return []
    løst = _gjort(state, command.part, command.av, Oppgaveslag.LES_AVVIKSSVAR)
    enig = AvvikEnighetMeldt(part=command.part, av=command.av, tid=om.now)
    alle = {*state.enige, command.part} == set(state.parter)
    lukket = [AvvikLukket(lukket=om.now, ved=Avvikslukking.ENIGE)] if alle else []
    return _i_takt(state, [enig, *løst, *lukket], om)


def _gi_tilbakemelding(state: Avvik, command: GiTilbakemelding, om: Circumstances) -> Sequence[Any]:
    if state.meldt is None or command.part != state.av_part:
        raise RuleBroken(I_SAKEN, "Tilbakemelding til melderen gis av enheten som meldte avviket")
    gitt = AvvikTilbakemeldingGitt(av=command.av, tid=om.now, tilbakemelding=command.tilbakemelding)
    return [gitt, *_gjort(state, command.part, command.av, Oppgaveslag.GI_TILBAKEMELDING)]


def _har_snakket(state: Avvik, command: HarSnakketSammen, om: Circumstances) -> Sequence[Any]:
    _må_være_i_saken(state, command.part)
    løst = _gjort(state, command.part, command.av, Oppgaveslag.SNAKK_LEDER_TIL_LEDER)
    return _i_takt(state, løst, om) if løst else []


def _eskaler(state: Avvik, command: Eskaler, om: Circumstances) -> Sequence[Any]:
    """One patient's dispute goes from leader to leader first, the same day; what is left then is a question of
    principle (U14)."""
    _må_være_i_saken(state, command.part)
    if not state.uenige and not (ubesvart(state) and command.part == state.av_part):
        raise RuleBroken("avvik.uenighet", "Ingen av dere har sagt at dere ikke er enige")
    if state.tilstand is Avvikstilstand.ESKALERT:
        raise RuleBroken("avvik.eskalert", "Saken er løftet til et forum fra før")
    if any(o.slag is Oppgaveslag.SNAKK_LEDER_TIL_LEDER for o in state.oppgaver.for_part(command.part)):
        raise RuleBroken("avvik.lederne", "Lederne må snakke sammen først. En leder skriver at de har gjort det")
    oppsett: Oppsett = om.rules.oppsett
    dps = dps_for_saken(command.dps, reversed(state.parter), lokal_dag(om.now), oppsett)
    tas_opp = finn_møte(oppsett, dps, om.now, rus=command.rus)
    if tas_opp is None:
        raise RuleBroken("forum.finnes", "Det er ikke satt opp noe samarbeidsforum som tar slike saker")
    forum, møte = tas_opp
    eskalert = AvvikEskalert(
        part=command.part, av=command.av, tid=om.now, forum=forum.id, moete=møte, dps=dps, rus=command.rus,
        spoersmaal=command.spørsmål,
    )  # fmt: skip
    slag = (Oppgaveslag.ESKALER_AVVIK, Oppgaveslag.LES_AVVIKSSVAR)
    return _i_takt(state, [eskalert, *_gjort(state, command.part, command.av, *slag)], om)


def _behandle(state: Avvik, command: Behandle, om: Circumstances) -> Sequence[Any]:
    åpen = state.forumsak if state.tilstand is Avvikstilstand.ESKALERT else None
    gjort = behandle(åpen, command, om)
    behandlet = AvvikForumBehandlet(
        forum=gjort.forum, moete=gjort.møte, av=command.av, tid=om.now, utfall=command.utfall,
        til_forum=gjort.til_forum, neste_moete=gjort.neste_møte, beslutning=command.beslutning,
    )  # fmt: skip
    avgjort = command.utfall is Forumutfall.AVGJORT
    lukket = [AvvikLukket(lukket=om.now, ved=Avvikslukking.FORUM)] if avgjort else []
    return _i_takt(state, [behandlet, *lukket], om)


def _må_være_i_saken(state: Avvik, part: str, *, andre_part: bool = False) -> None:
    if part not in state.parter or (andre_part and part != state.mot_part):
        raise RuleBroken(I_SAKEN, "Avviket finnes ikke, eller det er en sak mellom andre enheter")
    if state.lukket is not None and not andre_part:
        raise RuleBroken("avvik.lukket", "Saken er lukket")


def _gjort(state: Avvik, part: str, av: str, *slag: Oppgaveslag) -> list[Any]:
    egne = (o for o in state.oppgaver.åpne() if o.part == part and o.slag in slag)
    return [OppgaveLoest(oppgave_ref=o.oppgave_ref, av=o.tatt_av or av) for o in egne]


# -- clocks and tasks ----------------------------------------------------------------------------------------------


def _i_takt(state: Avvik, events: list[Any], om: Circumstances, dom_per: datetime | None = None) -> list[Any]:
    """These events, and those that bring the clocks and the tasks in step with them."""
    for event in events:
        state = evolve(state, event)
    frister = avstem_frister(state, om, dom_per)
    for event in frister:
        state = evolve(state, event)
    return [*events, *frister, *avstem(state.oppgaver, ønsker(state), om)]


def due(state: Avvik) -> Sequence[Due]:
    """When a clock runs out."""
    return [Due(f.navn, f.forfall) for f in state.frister.values() if f.tilstand is FristTilstand.AAPEN]


# -- evolve --------------------------------------------------------------------------------------------------------


def evolve(state: Avvik, event: Any) -> Avvik:
    """The case after an event."""
    match event:
        case AvvikUtkastLaget():
            om = (event.fakta.opphold_ref, event.fakta.kategori)
            return replace(
                state, utkast_om=om, utkast_for=frozenset(event.for_parter), forkastet=False, mot_part=event.mot_part,
                fakta=event.fakta, avsender=event.mot_part if event.for_parter else None,
            )  # fmt: skip
        case AvvikUtkastForkastet():
            return _lagt_bort(state, event)
        case AvvikMeldt():
            return replace(
                state, av_part=event.av_part, mot_part=event.mot_part, meldt=event.meldt, melder=event.melder,
                anonym=event.anonym, fakta=event.fakta, hendelse=event.hendelse, strakstiltak=event.strakstiltak,
            )  # fmt: skip
        case AvvikMottatt():
            return replace(state, mottatt=event.mottatt)
        case AvvikBesvart() | AvvikUenighetMeldt():
            return _sagt(state, event)
        case AvvikEnighetMeldt():
            return replace(state, enige=state.enige | {event.part}, uenige=state.uenige - {event.part})
        case AvvikTilbakemeldingGitt():
            return replace(state, tilbakemelding=event.tilbakemelding)
        case AvvikEskalert() | AvvikForumBehandlet():
            return _i_forumet(state, event)
        case AvvikLukket():
            return replace(state, lukket=event.lukket, ved=event.ved)
        case _:
            return replace(state, frister=_frister(state, event), oppgaver=state.oppgaver.evolve(event))


def _lagt_bort(state: Avvik, event: AvvikUtkastForkastet) -> Avvik:
    if event.part is None:
        return replace(state, forkastet=True, forkastet_av=event.av)
    return replace(state, lagt_bort_av=state.lagt_bort_av | {event.part})


def _sagt(state: Avvik, event: AvvikBesvart | AvvikUenighetMeldt) -> Avvik:
    """What was agreed before is agreed no more."""
    if isinstance(event, AvvikBesvart):
        svar = Innlegg(
            event.part, event.av, Avviksinnleggslag.SVAR, event.besvart, event.svar, event.tiltak, event.laering
        )
        return replace(state, innlegg=(*state.innlegg, svar), enige=frozenset())
    imot = Innlegg(event.part, event.av, Avviksinnleggslag.UENIGHET, event.tid, event.begrunnelse)
    return replace(
        state, innlegg=(*state.innlegg, imot), enige=frozenset(), uenige=state.uenige | {event.part},
        uenig_fra=state.uenig_fra if state.uenige else event.tid,
    )  # fmt: skip


def _i_forumet(state: Avvik, event: AvvikEskalert | AvvikForumBehandlet) -> Avvik:
    """Put up, or taken up. What is sent back stands between the two anew, from then."""
    sak = state.forumsak
    if isinstance(event, AvvikForumBehandlet):
        fra = event.tid if event.utfall is Forumutfall.TILBAKE else state.uenig_fra
        return replace(state, forumsak=sak.etter(event) if sak is not None else None, uenig_fra=fra)
    før = sak.behandlinger if sak is not None else ()
    løftet = Forumsak(event.forum, event.moete, event.tid, event.part, event.dps, event.rus, event.spoersmaal, før)
    return replace(state, forumsak=løftet)


def _frister(state: Avvik, event: Any) -> Mapping[str, Frist]:
    navn = getattr(event, "navn", "")
    frist = evolve_frist(state.frister.get(navn), event)
    return state.frister if frist is None else MappingProxyType({**state.frister, navn: frist})
