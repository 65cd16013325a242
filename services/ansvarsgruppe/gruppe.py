"""The ansvarsgruppe: which units work together around a person, with or without a plan.

Source: rules 2.3. A unit is a member from the moment it says yes; what it may know follows from that, not from here. A
meeting of the group is a stream of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bindeledd.core.decider import Circumstances
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeAvsluttet,
    AnsvarsgruppeOpprettet,
    Grupperolle,
    MedlemFratraadte,
    MedlemInvitert,
    Medlemstilstand,
    MedlemSvarte,
    RepresentantOppnevnt,
)
from bindeledd.schema.generated.felles import OppgaveLoest, Oppgaveslag, Tekst
from services.ansvarsgruppe.oppfølging import KALL_INN, AvstemOppgaver
from services.felles.kjent import Rammer
from services.felles.oppgaver import LøsOppgave, TaOppgave, Ønsket, arbeid, avstem, som_de_er
from services.felles.oppholdsbilde import opphold_i
from services.felles.samarbeid import REPRESENTANTER, Gruppe

ROLLE_AV_SLAG: Mapping[str, Grupperolle] = {
    "enhet": Grupperolle.KOORDINATORS_ENHET,
    "act": Grupperolle.ACT,
    "dps": Grupperolle.DPS,
    "fastlege": Grupperolle.FASTLEGE,
    "hjemmetjeneste": Grupperolle.HJEMMETJENESTE,
    "nav": Grupperolle.NAV,
    "botilbud": Grupperolle.BOLIG,
    "barnevern": Grupperolle.BARNEVERN,
    "skole": Grupperolle.SKOLE,
    "helsestasjon": Grupperolle.HELSESTASJON,
}
"""What a unit is in a group follows from what kind of unit it is. A representative is no unit: the person names one."""

FRATREDELSESGRUNNER = ("ikke_lenger_hjelp", "personens_oenske", "flyttet", "annet")
INVITASJON = "lokal rutine: den som er invitert til en ansvarsgruppe, svarer"
SLUTTGRUNNER = ("personens_oenske", "ikke_lenger_behov", "flyttet", "doed", "annet")


@dataclass(frozen=True, slots=True)
class OpprettGruppe:
    """Command: the person has an ansvarsgruppe. The unit that makes it is its first member."""

    av_part: str


@dataclass(frozen=True, slots=True)
class Inviter:
    """Command: a unit is invited."""

    part: str


@dataclass(frozen=True, slots=True)
class Svar:
    """Command: the invited unit itself answers."""

    part: str
    med: bool
    av: str = ""


@dataclass(frozen=True, slots=True)
class Fratre:
    """Command: a member leaves."""

    part: str
    grunn: str


@dataclass(frozen=True, slots=True)
class OppnevnRepresentant:
    """Command: the person names a representative, who is invited besides the person. No `navn`: none any more."""

    slag: str
    navn: Sealed[Tekst] | None


@dataclass(frozen=True, slots=True)
class InnkallingErSendt:
    """Command: the group has been summoned because of this stay, which is what the task asked for."""

    opphold_ref: str
    av: str


@dataclass(frozen=True, slots=True)
class AvsluttGruppe:
    """Command: the group ends."""

    grunn: str


def decide(state: Gruppe, command: Any, omstendigheter: Circumstances) -> Sequence[Any]:
    """What a command leads to. Raises RuleBroken, which names the rule."""
    if isinstance(command, OpprettGruppe):
        return _opprett(state, command, omstendigheter)
    if isinstance(command, AvstemOppgaver):
        egne = () if command.død or not state.lever else _invitasjoner(state)
        return avstem(state.oppgaver, (*command.ønsker, *egne), omstendigheter)
    if not state.lever:
        raise RuleBroken("gruppe.lever", "Ansvarsgruppen finnes ikke, eller den er avsluttet")
    match command:
        case Inviter() | Svar() | Fratre():
            return _medlemskap(state, command, omstendigheter)
        case OppnevnRepresentant():
            return _representant(command)
        case InnkallingErSendt():
            return _innkalt(state, command)
        case AvsluttGruppe():
            _kjent_grunn(command.grunn, SLUTTGRUNNER)
            return [AnsvarsgruppeAvsluttet(grunn=command.grunn)]
        case TaOppgave() | LøsOppgave():
            return arbeid(state.oppgaver, command)
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _opprett(state: Gruppe, command: OpprettGruppe, omstendigheter: Circumstances) -> Sequence[Any]:
    if state.opprettet_av:
        raise RuleBroken("gruppe.én", "Ansvarsgruppen er opprettet fra før")
    rolle = _rolle(command.av_part, omstendigheter.rules)
    ref = omstendigheter.ref()
    return [
        AnsvarsgruppeOpprettet(av_part=command.av_part, fra=omstendigheter.now),
        MedlemInvitert(medlem_ref=ref, part=command.av_part, rolle=rolle),
        MedlemSvarte(medlem_ref=ref, med=True),
    ]


def _medlemskap(state: Gruppe, command: Inviter | Svar | Fratre, omstendigheter: Circumstances) -> Sequence[Any]:
    match command:
        case Inviter():
            return _inviter(state, command, omstendigheter)
        case Svar():
            return _svar(state, command)
        case Fratre():
            return _fratre(state, command)


def _innkalt(state: Gruppe, command: InnkallingErSendt) -> Sequence[Any]:
    åpne = (o for o in state.oppgaver.åpne() if o.slag is KALL_INN and opphold_i(o.gjelder) == command.opphold_ref)
    return [OppgaveLoest(oppgave_ref=o.oppgave_ref, av=o.tatt_av or command.av) for o in åpne]


def _inviter(state: Gruppe, command: Inviter, omstendigheter: Circumstances) -> Sequence[Any]:
    rolle = _rolle(command.part, omstendigheter.rules)
    if state.med(command.part) is not None:
        return []
    invitert = MedlemInvitert(medlem_ref=omstendigheter.ref(), part=command.part, rolle=rolle)
    ønsker = (*som_de_er(state.oppgaver), _invitasjon(command.part, invitert.medlem_ref))
    return [invitert, *avstem(state.oppgaver, ønsker, omstendigheter)]


def _invitasjoner(state: Gruppe) -> list[Ønsket]:
    venter = (m for m in state.medlemmer.values() if m.tilstand is Medlemstilstand.INVITERT)
    return [_invitasjon(m.part, m.medlem_ref) for m in venter]


def _invitasjon(part: str, medlem_ref: str) -> Ønsket:
    return Ønsket(Oppgaveslag.SVAR_PAA_INVITASJON, part, medlem_ref, INVITASJON)


def _svar(state: Gruppe, command: Svar) -> Sequence[Any]:
    medlem = state.med(command.part)
    if medlem is None:
        raise RuleBroken("gruppe.invitert", "Enheten er ikke invitert til ansvarsgruppen")
    if medlem.tilstand is Medlemstilstand.MED:
        if command.med:
            return []
        raise RuleBroken("gruppe.svart", "Enheten er allerede med. Bruk «fratre» for å gå ut")
    bedt = [o for o in state.oppgaver.åpne() if o.gjelder == medlem.medlem_ref]
    løst = [OppgaveLoest(oppgave_ref=o.oppgave_ref, av=o.tatt_av or command.av) for o in bedt]
    return [MedlemSvarte(medlem_ref=medlem.medlem_ref, med=command.med), *løst]


def _fratre(state: Gruppe, command: Fratre) -> Sequence[Any]:
    medlem = state.med(command.part)
    if medlem is None:
        raise RuleBroken("gruppe.medlem", "Enheten er ikke med i ansvarsgruppen")
    _kjent_grunn(command.grunn, FRATREDELSESGRUNNER)
    return [MedlemFratraadte(medlem_ref=medlem.medlem_ref, grunn=command.grunn)]


def _representant(command: OppnevnRepresentant) -> Sequence[Any]:
    if command.navn is None:
        return [RepresentantOppnevnt(slag="", navn=None)]
    if command.slag not in REPRESENTANTER:
        raise RuleBroken("gruppe.representant", f"Si hvem representanten er. Bruk en av: {', '.join(REPRESENTANTER)}")
    return [RepresentantOppnevnt(slag=command.slag, navn=command.navn)]


def _rolle(part_id: str, rammer: Rammer) -> Grupperolle:
    part = rammer.oppsett.parter.get(part_id)
    rolle = ROLLE_AV_SLAG.get(part.slag) if part is not None else None
    if rolle is None:
        raise RuleBroken("gruppe.rolle", "En enhet av dette slaget er ikke med i ansvarsgrupper")
    return rolle


def _kjent_grunn(grunn: str, kjente: tuple[str, ...]) -> None:
    if grunn not in kjente:
        raise RuleBroken("gruppe.grunn", f"Si hvorfor. Bruk en av: {', '.join(kjente)}")
