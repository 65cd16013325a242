"""Orders that bring a person's stays in step with one more message: place it, move what it displaces, withdraw.

Everything is worked out anew from all that is known of the person, and only what differs is ordered: so the order in
which messages came says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.runtime.service import Lookup
from bindeledd.schema.generated.samhandling import (
    DoedsfallMeldt,
    MeldingKnyttet,
    MeldingMottatt,
    Meldingskilde,
    Meldingsutfall,
    OppholdKansellert,
    PasientUtskrevet,
)
from services.felles.kansellering import Faktum, trukket
from services.felles.kilder import tilstander
from services.samhandling import kvittering, opphold
from services.samhandling.fakta import Fakta
from services.samhandling.folkeregister import Identifisering
from services.samhandling.fordeling import plasser, strømmer_for, øyeblikk
from services.samhandling.projections import uten_opphold

FLYTTET = "det som er meldt siden, viser et annet opphold"
KOMMET = "det den hører til er kommet"
LØSNET = "det den ble lagt til, gjelder en annen person"


@dataclass(frozen=True, slots=True)
class Innpasset:
    """What a message leads to: the orders, the stay that it belongs to, and whether it must wait."""

    ordre: tuple[Bestilling, ...]
    opphold_ref: str | None
    utfall: Meldingsutfall


@dataclass(frozen=True, slots=True)
class Bilde:
    """All that messages have told of a person, and where it lies."""

    opphold: Mapping[str, Fakta]
    døde: Mapping[str, datetime | None]
    """The death that each stay has been told of, when it was told of another one."""
    løse: Mapping[str, Faktum]
    """Messages that belong to no stay: reports and dialogues."""
    ventende: Mapping[str, OppholdKansellert]
    """Cancellations that lie in no stay: mostly those that came before what they withdraw."""
    nytt: Faktum | None = None
    ny_kansellering: OppholdKansellert | None = None

    @property
    def fakta(self) -> dict[str, Faktum]:
        """Every fact, the new message among them."""
        alle = {ref: f for fakta in self.opphold.values() for ref, f in fakta.alle.items()} | dict(self.løse)
        if self.nytt is not None:
            alle[self.nytt.ref] = self.nytt
        return alle

    @property
    def kanselleringer(self) -> dict[str, OppholdKansellert]:
        """Every cancellation, by its message."""
        alle = {k.kilde.melding_ref: k for fakta in self.opphold.values() for k in fakta.kanselleringer}
        ny = self.ny_kansellering
        return {**alle, **self.ventende, **({ny.kilde.melding_ref: ny} if ny is not None else {})}


@dataclass(frozen=True, slots=True)
class _Mål:
    """Where everything belongs: the stay of each fact (None: no stay), and what each cancellation withdraws."""

    hjem: Mapping[str, str | None]
    rammer: Mapping[str, frozenset[str]]


def pass_inn(lookup: Lookup, person: Identifisering, event: Any, aktør: Actor) -> Innpasset:
    """What a fact or a cancellation about a person leads to. A cancellation of what is not here yet is held."""
    bilde = bilde_av(lookup, person.person_ref)
    if isinstance(event, OppholdKansellert):
        bilde = replace(bilde, ny_kansellering=event)
    else:
        bilde = replace(bilde, nytt=_nytt_faktum(bilde, event))
    mål = _mål(lookup, bilde)
    ordre = tuple(_ordre(bilde, mål, person, aktør))
    if isinstance(event, OppholdKansellert):
        ref = event.kilde.melding_ref
        utfall = Meldingsutfall.TATT_INN if mål.rammer[ref] else Meldingsutfall.HOLDT
        return Innpasset(ordre, min(_opphold_for(bilde, mål, ref), default=None), utfall)
    assert bilde.nytt is not None
    return Innpasset(ordre, mål.hjem[bilde.nytt.ref], Meldingsutfall.TATT_INN)


def ordne(lookup: Lookup, person: Identifisering, bilde: Bilde, aktør: Actor) -> Iterator[Bestilling]:
    """The orders that place all that a person's picture holds, where nothing new is told."""
    mål = _mål(lookup, bilde)
    yield from _ordre(bilde, mål, person, aktør)
    uten = [k.melding_ref for ref, f in bilde.løse.items() if mål.hjem[ref] is None for k in f.kilder]
    uten += [ref for ref in bilde.kanselleringer if not mål.rammer[ref]]
    for ref in uten:
        if lookup.state(kvittering.TOPIC, ref).opphold_ref is not None:
            løs = kvittering.TaInn(None, LØSNET)
            yield Bestilling(kvittering.TOPIC, ref, løs, aktør, person_ref=person.person_ref)


def _nytt_faktum(bilde: Bilde, event: Any) -> Faktum:
    """A fact of its own; or one that is known, told once more."""
    for fakta in bilde.opphold.values():
        samme = fakta.samme(event)
        if samme is not None:
            return replace(samme, kilder=(*samme.kilder, event.kilde))
    return Faktum(event, (event.kilde,))


def _utvidet_med(løse: Mapping[str, Faktum], event: Any) -> Faktum:
    """What is told once more while it belongs to no stay is one fact too."""
    samme = Fakta(løse).samme(event)
    return replace(samme, kilder=(*samme.kilder, event.kilde)) if samme is not None else Faktum(event, (event.kilde,))


# -- what is known -------------------------------------------------------------------------------------------------


def bilde_av(lookup: Lookup, person_ref: str) -> Bilde:
    står = tilstander(lookup, opphold.TOPIC, person_ref)
    løse: dict[str, Faktum] = {}
    ventende: dict[str, OppholdKansellert] = {}
    for ref in uten_opphold(lookup.db, person_ref):
        mottatt: MeldingMottatt | None = lookup.state(kvittering.TOPIC, ref).mottatt
        if mottatt is None:
            continue
        kilde = _kilde(ref, mottatt)
        if mottatt.forsendelse != "C":
            faktum = _utvidet_med(løse, MeldingKnyttet(kilde=kilde, status=mottatt.forsendelse))
            løse[faktum.ref] = faktum
        else:
            samtale = mottatt.samtale if mottatt.samtale != mottatt.msg_id else None
            ventende[ref] = OppholdKansellert(kilde=kilde, gjelder_type=mottatt.type, gjelder_samtale=samtale)
    døde = {ref: state.død for ref, state in står.items()}
    return Bilde({ref: state.fakta for ref, state in står.items()}, døde, løse, ventende)


def _kilde(ref: str, mottatt: MeldingMottatt) -> Meldingskilde:
    return Meldingskilde(
        melding_ref=ref, msg_id=mottatt.msg_id, type=mottatt.type, mottatt=mottatt.mottatt,
        gen_dato=mottatt.gen_dato or mottatt.mottatt, avsender=mottatt.avsender, samtale=mottatt.samtale,
        forrige=mottatt.forrige, adressert=mottatt.adressert, kopi=mottatt.kopi, innhold=mottatt.innhold or b"",
    )  # fmt: skip


# -- where it belongs ----------------------------------------------------------------------------------------------


def _mål(lookup: Lookup, bilde: Bilde) -> _Mål:
    fakta = bilde.fakta
    kilder = [kilde for faktum in fakta.values() for kilde in faktum.kilder]
    rammer = trukket(bilde.kanselleringer.values(), kilder)
    plass_av = plasser(fakta.values(), frozenset().union(*rammer.values()))
    strøm_av = strømmer_for(bilde.opphold, plass_av)
    for ref, faktum in fakta.items():
        # A report or a dialogue begins no stay.
        if plass_av[ref] not in strøm_av and not isinstance(faktum.event, MeldingKnyttet):
            strøm_av[plass_av[ref]] = lookup.ref()
    return _Mål({ref: strøm_av.get(plass) for ref, plass in plass_av.items()}, rammer)


def _opphold_for(bilde: Bilde, mål: _Mål, kansellering: str) -> set[str]:
    """The stays that hold anything that a cancellation withdraws."""
    rammet = mål.rammer[kansellering]
    hjem = (mål.hjem[ref] for ref, f in bilde.fakta.items() if any(k.melding_ref in rammet for k in f.kilder))
    return {ref for ref in hjem if ref is not None}


# -- what must be done ---------------------------------------------------------------------------------------------


def _ordre(bilde: Bilde, mål: _Mål, person: Identifisering, aktør: Actor) -> Iterator[Bestilling]:
    døde = _døde(bilde, mål)
    fortalt = set()
    for strøm, event in _endringer(bilde, mål):
        if isinstance(event, tuple):
            command: Any = opphold.FlyttFaktum(*event)
        else:
            command = opphold.RegistrerFaktum(event, person.bydel, døde.get(strøm))
            fortalt.add(strøm)
        mottatt = None if isinstance(event, tuple) else event.kilde.mottatt
        yield Bestilling(opphold.TOPIC, strøm, command, aktør, person_ref=person.person_ref, mottatt=mottatt)
    for strøm, før in bilde.døde.items():
        if strøm not in fortalt and før != døde.get(strøm):
            settes = opphold.SettDød(døde.get(strøm))
            yield Bestilling(opphold.TOPIC, strøm, settes, aktør, person_ref=person.person_ref)
    for ref, hjem in _meldinger(bilde, mål):
        inn = kvittering.TaInn(hjem, KOMMET)
        yield Bestilling(kvittering.TOPIC, ref, inn, aktør, person_ref=person.person_ref)


def _døde(bilde: Bilde, mål: _Mål) -> dict[str, datetime]:
    """The stays that a death told of another one ends, and when: those that had begun and have no end of their own.

    An admission after the death contradicts it. It is left open, for a person to sort out: it may be the death that is
    wrong.
    """
    borte = frozenset().union(*mål.rammer.values())
    fakta_i: dict[str, dict[str, Faktum]] = {}
    for ref, faktum in bilde.fakta.items():
        kilder = tuple(kilde for kilde in faktum.kilder if kilde.melding_ref not in borte)
        hjem = mål.hjem[ref]
        if hjem is not None and kilder:
            fakta_i.setdefault(hjem, {})[ref] = replace(faktum, kilder=kilder)
    står = {strøm: opphold.Opphold(Fakta(fakta)) for strøm, fakta in fakta_i.items()}
    død = min((egen for state in står.values() if (egen := opphold.egen_død(state)) is not None), default=None)
    if død is None:
        return {}
    return {strøm: død for strøm, state in står.items() if _åpent_ved(state, død)}


def _åpent_ved(state: opphold.Opphold, moment: datetime) -> bool:
    if state.fakta.av_type(PasientUtskrevet, DoedsfallMeldt):
        return False
    begynt = opphold.start(state) or min(øyeblikk(faktum) for faktum in state.fakta.gjeldende())
    return begynt <= moment


def _endringer(bilde: Bilde, mål: _Mål) -> Iterator[tuple[str, Any]]:
    """(stay, event to be told of; or (message, its new stay, why) for what leaves it)."""
    # First what is withdrawn: a fact that comes after its cancellation starts no clock and no task, not for a moment.
    for ref, kansellering in bilde.kanselleringer.items():
        yield from _kansellert(bilde, ref, kansellering, _opphold_for(bilde, mål, ref))
    ligger = {ref: strøm for strøm, fakta in bilde.opphold.items() for ref in fakta.alle}
    for ref, faktum in bilde.fakta.items():
        hjem, her = mål.hjem[ref], ligger.get(ref)
        if hjem is None:
            continue
        if her is None:
            yield from _inn(hjem, faktum)
        elif her != hjem:
            yield her, (ref, hjem, FLYTTET)
            yield from _inn(hjem, faktum)
        elif faktum is bilde.nytt:
            yield hjem, MeldingKnyttet(kilde=faktum.kilder[-1], status="", samme_som=ref)


def _inn(hjem: str, faktum: Faktum) -> Iterator[tuple[str, Any]]:
    yield hjem, faktum.event
    for kilde in faktum.kilder[1:]:
        yield hjem, MeldingKnyttet(kilde=kilde, status="", samme_som=faktum.ref)


def _kansellert(
    bilde: Bilde, ref: str, kansellering: OppholdKansellert, skal: Iterable[str]
) -> Iterator[tuple[str, Any]]:
    """A cancellation lies with what it withdraws; one without a reference lies nowhere else."""
    er = {
        strøm for strøm, fakta in bilde.opphold.items() if any(k.kilde.melding_ref == ref for k in fakta.kanselleringer)
    }
    for strøm in sorted(set(skal) - er):
        yield strøm, kansellering
    if kansellering.gjelder_samtale is None and skal:
        for strøm in sorted(er - set(skal)):
            yield strøm, (ref, min(skal), FLYTTET)


def _meldinger(bilde: Bilde, mål: _Mål) -> Iterator[tuple[str, str | None]]:
    """The messages that came earlier and have found their place, or another one."""
    ligger = {ref: strøm for strøm, fakta in bilde.opphold.items() for ref in fakta.alle}
    for ref, faktum in bilde.fakta.items():
        if mål.hjem[ref] is not None and mål.hjem[ref] != ligger.get(ref) and faktum is not bilde.nytt:
            yield from ((kilde.melding_ref, mål.hjem[ref]) for kilde in faktum.kilder)
    for ref in bilde.ventende:
        if mål.rammer[ref]:
            yield ref, min(_opphold_for(bilde, mål, ref), default=None)
