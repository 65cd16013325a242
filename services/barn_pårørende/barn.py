"""What is decided in a child's case: one case whoever of its family is ill, each service with its own part (hpl §10a).

    registered ─ referred → HOLDT (opposed, or without the consent it takes) ─ sent later → SENDT
                   └────── SENDT ─ somebody there takes it → MOTTATT ─ answered → TAR_IMOT, or TAR_IKKE_IMOT

The baton is with the sender until somebody at the receiver takes it. What was assessed of the duty to report (§33)
sends nothing. Nothing here knows who may be told what: a command says what the adult has said of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bindeledd.core.decider import Circumstances
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.barn_paaroerende import (
    Barnenummer,
    Barnerelasjon,
    Barnet,
    BarnetHoert,
    BarnetiltakAvsluttet,
    BarnetiltakStartet,
    BarnHenvisningBesvart,
    BarnHenvisningMottatt,
    BarnHenvisningSendt,
    BarnHenvist,
    BarnRegistrert,
    EtterlatteFulgtOpp,
    Henvisningsgrunnlag,
    Henvisningstilstand,
    Meldepliktutfall,
    MeldepliktVurdert,
    TvilOmBarnAvgjort,
    TvilOmBarnMeldt,
)
from bindeledd.schema.generated.felles import OppgaveLoest, Oppgaveslag, Tekst
from services.barn_pårørende.sak import Barnesak, Henvisning
from services.felles.kjent import Rammer
from services.felles.oppgaver import LøsOppgave, TaOppgave, Ønsket, arbeid, avstem
from services.felles.parter import part_for

HELSEMOTTAKERE = frozenset({"helsestasjon", "bup", "fastlege"})
"""Kinds of unit that may be told unless the adult opposes (hpl §25 third para)."""
UTENFOR_HELSE = frozenset({"barnehage", "skole", "ppt"})
"""Kinds that may be told by consent only (hpl §22), and never of illness, medicine, place or dates of a stay."""
TILTAK_SLUTT = ("gjennomfoert", "flyttet", "ikke_lenger_oensket", "annet")
DELER_MAKS, HENVISNINGER_MAKS, LINJER_MAKS = 12, 60, 60
"""A record has its limit: of adults, referrals, and measures, assessments or hearings in one case."""


# -- commands ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Registrer:
    """Command: the child is next of kin of an adult whom the unit follows up."""

    forelder: str
    part: str
    relasjon: Barnerelasjon
    barnet: Sealed[Barnet]
    nummer: Sealed[Barnenummer] | None
    behov: Sealed[Tekst] | None


@dataclass(frozen=True, slots=True)
class MeldTvil:
    """Command: another case may be the same child's."""

    kandidat: str
    grunn: str


@dataclass(frozen=True, slots=True)
class AvgjørTvil:
    """Command: a person has decided. `barnet`: whose the case is from now on."""

    kandidat: str
    samme: bool
    barnet: str


@dataclass(frozen=True, slots=True)
class Henvis:
    """Command: refer the child. `grunnlag`: what the adult has said of telling this receiver."""

    ref: str
    forelder: str
    fra_part: str
    til_part: str
    grunnlag: Henvisningsgrunnlag
    stoettebehov: Sealed[Tekst]
    kontakt: Sealed[Tekst]
    utdypende: Sealed[Tekst] | None


@dataclass(frozen=True, slots=True)
class SendHoldt:
    """Command: a referral that was held can be sent now."""

    henvisning: str
    fra_part: str
    grunnlag: Henvisningsgrunnlag


@dataclass(frozen=True, slots=True)
class TaImot:
    """Command: somebody at the receiver takes the referral."""

    henvisning: str
    part: str
    av: str


@dataclass(frozen=True, slots=True)
class Besvar:
    """Command: the receiver says whether it helps the child."""

    henvisning: str
    part: str
    tar_imot: bool
    innhold: Sealed[Tekst] | None


@dataclass(frozen=True, slots=True)
class StartTiltak:
    """Command: the receiver has begun to help the child."""

    henvisning: str
    part: str
    innhold: Sealed[Tekst]


@dataclass(frozen=True, slots=True)
class AvsluttTiltak:
    """Command: a measure has ended."""

    tiltak: str
    part: str
    grunn: str


@dataclass(frozen=True, slots=True)
class VurderMeldeplikt:
    """Command: the duty to report has been assessed, by a person (hpl §33)."""

    forelder: str
    part: str
    forfatter: str
    utfall: Meldepliktutfall
    innhold: Sealed[Tekst]


@dataclass(frozen=True, slots=True)
class FølgOppEtterlatt:
    """Command: the child has been looked to after the death of an adult (hpl §10b)."""

    forelder: str
    part: str
    av: str
    innhold: Sealed[Tekst] | None


@dataclass(frozen=True, slots=True)
class HørBarnet:
    """Command: the child has been heard. `skjult`: it does not want the parents to know what it said (pbrl §3-4)."""

    part: str
    innhold: Sealed[Tekst] | None
    skjult: bool


@dataclass(frozen=True, slots=True)
class AvstemSak:
    """Command: look again. `kan_gis`: (adult, receiver) where the receiver may be told now. `døde`: the adults who are
    dead, and who looks to those left behind (empty: nobody)."""

    kan_gis: frozenset[tuple[str, str]]
    døde: Mapping[str, str]


# -- decide --------------------------------------------------------------------------------------------------------


def decide(state: Barnesak, command: Any, omstendigheter: Circumstances) -> Sequence[Any]:
    """What a command leads to. Raises RuleBroken, which names the rule."""
    naa = omstendigheter.now
    match command:
        case Registrer():
            return _registrer(state, command, naa)
        case MeldTvil() | AvgjørTvil():
            return _tvil(state, command)
        case VurderMeldeplikt():
            return _vurder(state, command, omstendigheter)
        case FølgOppEtterlatt():
            return _følg_opp(state, command, naa)
        case HørBarnet():
            _må_ha_plass(state.hørt)
            skjult = command.skjult
            return [BarnetHoert(part=command.part, innhold=command.innhold, skjult_for_foreldre=skjult, hoert=naa)]
        case AvstemSak():
            return _avstem(state, command, omstendigheter)
        case TaOppgave() | LøsOppgave():
            return _arbeid(state, command, naa)
        case _:
            return _om_henvisningen(state, command, omstendigheter)


def _om_henvisningen(state: Barnesak, command: Any, omstendigheter: Circumstances) -> Sequence[Any]:
    naa = omstendigheter.now
    match command:
        case Henvis():
            return _henvis(state, command, omstendigheter)
        case SendHoldt():
            return _send_holdt(state, command, omstendigheter)
        case TaImot():
            return _ta_imot(state, command, naa)
        case Besvar():
            return _besvar(state, command, naa)
        case StartTiltak():
            return _start_tiltak(state, command, omstendigheter)
        case AvsluttTiltak():
            return _avslutt_tiltak(state, command, naa)
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _tvil(state: Barnesak, command: MeldTvil | AvgjørTvil) -> Sequence[Any]:
    if isinstance(command, MeldTvil):
        kjent = command.kandidat in state.tvil
        return [] if kjent else [TvilOmBarnMeldt(kandidat=command.kandidat, grunn=command.grunn)]
    if command.kandidat not in state.tvil:
        raise RuleBroken("barn.tvil", "Det er ingen slik tvil å avgjøre")
    return [TvilOmBarnAvgjort(kandidat=command.kandidat, samme=command.samme, barnet_ref=command.barnet)]


def _registrer(state: Barnesak, command: Registrer, naa: datetime) -> Sequence[Any]:
    if (command.forelder, command.part) in state.deler:
        raise RuleBroken("barn.registrert", "Barnet er alt registrert her. Åpne saken i stedet")
    if command.relasjon is Barnerelasjon.UKJENT:
        raise RuleBroken("barn.relasjon", "Si hva den voksne er for barnet: forelder, omsorgsperson eller søsken")
    if len(state.deler) >= DELER_MAKS:
        raise RuleBroken("barn.mange", "Saken har ikke plass til flere voksne")
    return [
        BarnRegistrert(
            forelder_ref=command.forelder, part=command.part, relasjon=command.relasjon, barnet=command.barnet,
            nummer=command.nummer, behov=command.behov, registrert=naa,
        )
    ]  # fmt: skip


def kan_sendes(slag: str, grunnlag: Henvisningsgrunnlag) -> bool:
    """May a receiver of this kind be told? A health receiver unless the adult opposes (hpl §25 third para), any other
    by consent only (hpl §22)."""
    if slag in HELSEMOTTAKERE:
        return grunnlag in (Henvisningsgrunnlag.SAMTYKKET, Henvisningsgrunnlag.IKKE_MOTSATT)
    return slag in UTENFOR_HELSE and grunnlag is Henvisningsgrunnlag.SAMTYKKET


def _henvis(state: Barnesak, command: Henvis, omstendigheter: Circumstances) -> Sequence[Any]:
    rammer: Rammer = omstendigheter.rules
    slag = part_for(rammer.oppsett, command.til_part).slag
    if (command.forelder, command.fra_part) not in state.deler:
        raise RuleBroken("barn.del", "Enheten har ikke registrert dette barnet for denne personen")
    if slag not in HELSEMOTTAKERE | UTENFOR_HELSE:
        raise RuleBroken("barn.mottaker", "Henvis til en helsestasjon, BUP, fastlege, barnehage, skole eller PPT")
    lever = (h for h in state.henvisninger.values() if h.tilstand is not Henvisningstilstand.TAR_IKKE_IMOT)
    if any(
        (h.forelder, h.fra_part, h.til_part) == (command.forelder, command.fra_part, command.til_part) for h in lever
    ):
        raise RuleBroken("barn.henvist", "Barnet er alt henvist dit herfra. Åpne saken i stedet")
    if len(state.henvisninger) >= HENVISNINGER_MAKS:
        raise RuleBroken("barn.mange", "Saken har ikke plass til flere henvisninger")
    return [
        BarnHenvist(
            henvisning_ref=command.ref, forelder_ref=command.forelder, fra_part=command.fra_part,
            til_part=command.til_part, grunnlag=command.grunnlag, holdt=not kan_sendes(slag, command.grunnlag),
            stoettebehov=command.stoettebehov, kontakt=command.kontakt, utdypende=command.utdypende,
            henvist=omstendigheter.now,
        )
    ]  # fmt: skip


def _send_holdt(state: Barnesak, command: SendHoldt, omstendigheter: Circumstances) -> Sequence[Any]:
    henvisning = _henvisning(state, command.henvisning, fra=command.fra_part)
    if henvisning.tilstand is not Henvisningstilstand.HOLDT:
        raise RuleBroken("barn.sendt", "Henvisningen er alt sendt")
    rammer: Rammer = omstendigheter.rules
    if not kan_sendes(part_for(rammer.oppsett, henvisning.til_part).slag, command.grunnlag):
        raise RuleBroken("hpl §22: samtykke", "Personen har ikke sagt ja til dette. Snakk med personen først")
    return [
        BarnHenvisningSendt(
            henvisning_ref=henvisning.ref, grunnlag=command.grunnlag, sendt=omstendigheter.now
        )
    ]  # fmt: skip


def _ta_imot(state: Barnesak, command: TaImot, naa: datetime) -> Sequence[Any]:
    henvisning = _henvisning(state, command.henvisning, til=command.part)
    if henvisning.tilstand is not Henvisningstilstand.SENDT:
        raise RuleBroken("barn.tatt", "Noen her har alt tatt henvisningen")
    return [BarnHenvisningMottatt(henvisning_ref=henvisning.ref, av=command.av, mottatt_tid=naa)]


def _besvar(state: Barnesak, command: Besvar, naa: datetime) -> Sequence[Any]:
    henvisning = _henvisning(state, command.henvisning, til=command.part)
    if henvisning.tilstand is not Henvisningstilstand.MOTTATT:
        raise RuleBroken("barn.besvart", "Ta henvisningen først, og svar på den én gang")
    return [
        BarnHenvisningBesvart(
            henvisning_ref=henvisning.ref, tar_imot=command.tar_imot, innhold=command.innhold, besvart=naa
        )
    ]  # fmt: skip


def _start_tiltak(state: Barnesak, command: StartTiltak, omstendigheter: Circumstances) -> Sequence[Any]:
    henvisning = _henvisning(state, command.henvisning, til=command.part)
    if henvisning.tilstand is not Henvisningstilstand.TAR_IMOT:
        raise RuleBroken("barn.tiltak", "Svar ja på henvisningen først")
    _må_ha_plass(tuple(state.tiltak))
    return [
        BarnetiltakStartet(
            tiltak_ref=omstendigheter.ref(), henvisning_ref=henvisning.ref, part=command.part,
            innhold=command.innhold, startet=omstendigheter.now,
        )
    ]  # fmt: skip


def _avslutt_tiltak(state: Barnesak, command: AvsluttTiltak, naa: datetime) -> Sequence[Any]:
    tiltak = state.tiltak.get(command.tiltak)
    if tiltak is None or tiltak.part != command.part:
        raise RuleBroken("barn.tiltak", "Tiltaket finnes ikke, eller det er en annen enhets")
    if tiltak.avsluttet is not None:
        raise RuleBroken("barn.tiltak", "Tiltaket er alt avsluttet")
    if command.grunn not in TILTAK_SLUTT:
        raise RuleBroken("barn.grunn", f"Si hvorfor. Bruk en av: {', '.join(TILTAK_SLUTT)}")
    return [BarnetiltakAvsluttet(tiltak_ref=tiltak.ref, grunn=command.grunn, avsluttet=naa)]


def _vurder(state: Barnesak, command: VurderMeldeplikt, omstendigheter: Circumstances) -> Sequence[Any]:
    if (command.forelder, command.part) not in state.deler:
        raise RuleBroken("barn.del", "Enheten har ikke registrert dette barnet for denne personen")
    if command.utfall is Meldepliktutfall.UKJENT:
        raise RuleBroken("hpl §33: utfall", "Si hva vurderingen kom fram til")
    _må_ha_plass(state.vurderinger)
    return [
        MeldepliktVurdert(
            vurdering_ref=omstendigheter.ref(), forelder_ref=command.forelder, part=command.part,
            forfatter=command.forfatter, utfall=command.utfall, innhold=command.innhold, vurdert=omstendigheter.now,
        )
    ]  # fmt: skip


def _følg_opp(state: Barnesak, command: FølgOppEtterlatt, naa: datetime) -> Sequence[Any]:
    spurt = [
        o for o in state.oppgaver.åpne()
        if (o.slag, o.part, o.gjelder) == (Oppgaveslag.FOELG_OPP_ETTERLATTE, command.part, command.forelder)
    ]  # fmt: skip
    if not spurt:
        raise RuleBroken("hpl §10b", "Det er ingen etterlatte å følge opp her")
    fulgt_opp = EtterlatteFulgtOpp(
        forelder_ref=command.forelder, part=command.part, av=command.av, innhold=command.innhold, fulgt_opp=naa
    )
    return [fulgt_opp, *(OppgaveLoest(oppgave_ref=o.oppgave_ref, av=command.av) for o in spurt)]


def _arbeid(state: Barnesak, command: TaOppgave | LøsOppgave, naa: datetime) -> Sequence[Any]:
    """Who takes the task of taking a referral has taken it; who has looked to a bereaved child says so."""
    oppgave = state.oppgaver.alle.get(command.oppgave_ref)
    arbeidet = arbeid(state.oppgaver, command)
    if oppgave is not None and oppgave.slag is Oppgaveslag.TA_IMOT_HENVISNING:
        mottatt = _ta_imot(state, TaImot(oppgave.gjelder, command.part, command.av), naa)
        return [*mottatt, OppgaveLoest(oppgave_ref=oppgave.oppgave_ref, av=command.av)]
    if oppgave is not None and oppgave.slag is Oppgaveslag.FOELG_OPP_ETTERLATTE and isinstance(command, LøsOppgave):
        return _følg_opp(state, FølgOppEtterlatt(oppgave.gjelder, command.part, command.av, None), naa)
    return arbeidet


def _henvisning(state: Barnesak, ref: str, *, fra: str | None = None, til: str | None = None) -> Henvisning:
    henvisning = state.henvisninger.get(ref)
    if henvisning is None or fra not in (None, henvisning.fra_part) or til not in (None, henvisning.til_part):
        raise RuleBroken("barn.henvisning", "Henvisningen finnes ikke, eller den er til en annen enhet")
    return henvisning


def _må_ha_plass(linjer: Sequence[Any]) -> None:
    if len(linjer) >= LINJER_MAKS:
        raise RuleBroken("barn.mange", "Saken har ikke plass til mer av dette")


# -- which tasks there should be -----------------------------------------------------------------------------------


def _avstem(state: Barnesak, command: AvstemSak, omstendigheter: Circumstances) -> Sequence[Any]:
    ønsker = [ø for ø in _ønsker(state, command) if not state.oppgaver.er_gjort(ø)]
    return avstem(state.oppgaver, ønsker, omstendigheter)


def _ønsker(state: Barnesak, command: AvstemSak) -> Iterable[Ønsket]:
    for forelder, følger_opp in sorted(command.døde.items()):
        if forelder in state.foreldre and følger_opp:
            yield Ønsket(Oppgaveslag.FOELG_OPP_ETTERLATTE, følger_opp, forelder, "hpl §10b")
    henvist = {(h.forelder, h.fra_part) for h in state.henvisninger.values()}
    for del_ in state.deler.values():
        if del_.forelder not in command.døde and (del_.forelder, del_.part) not in henvist:
            yield Ønsket(Oppgaveslag.HENVIS_BARN, del_.part, del_.forelder, "hpl §10a")
    for henvisning in state.henvisninger.values():
        yield from _om_henvisning(
            state, henvisning, kan_gis=(henvisning.forelder, henvisning.til_part) in command.kan_gis
        )


def _om_henvisning(state: Barnesak, henvisning: Henvisning, *, kan_gis: bool) -> Iterable[Ønsket]:
    """The baton: whose turn it is. The sender's, until somebody at the receiver has taken it."""
    ref, fra, til = henvisning.ref, henvisning.fra_part, henvisning.til_part
    if henvisning.tilstand is Henvisningstilstand.TAR_IKKE_IMOT:
        yield Ønsket(Oppgaveslag.HENVIS_BARN, fra, ref, "hpl §10a")
    elif not kan_gis:
        yield Ønsket(Oppgaveslag.SNAKK_MED_FORELDER, fra, ref, "hpl §10a")
    elif henvisning.tilstand is Henvisningstilstand.HOLDT:
        yield Ønsket(Oppgaveslag.HENVIS_BARN, fra, ref, "hpl §10a")
    elif henvisning.tilstand is Henvisningstilstand.SENDT:
        yield Ønsket(Oppgaveslag.TA_IMOT_HENVISNING, til, ref, "hpl §10a")
        yield Ønsket(Oppgaveslag.FOELG_OPP_BARN, fra, ref, "hpl §10a")
    elif not _ferdig(state, ref):
        yield Ønsket(Oppgaveslag.FOELG_OPP_BARN, til, ref, "hpl §10a")


def _ferdig(state: Barnesak, henvisning: str) -> bool:
    """Whether the receiver has done something for the child, and all of it has ended."""
    tiltak = [t for t in state.tiltak.values() if t.henvisning == henvisning]
    return bool(tiltak) and all(t.avsluttet is not None for t in tiltak)
