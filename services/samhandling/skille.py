"""Whose each message is when a merge is undone, and orders that place what was told anew for each of the two.

A message that came before the merge is whose it was. One that came while they were one belongs to whoever its own
numbers say, as if the merge had never been: the first number that is known decides, a number that a message brought is
its owner's. Where no number says it, it stays with the stay that it lies in; that, and a message with numbers of both,
is a doubt for a person to decide (intake rule 4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import Shredded
from bindeledd.runtime.service import Lookup
from bindeledd.schema.generated.samhandling import BydelKilde, Identitet, MeldingKnyttet, OppholdKansellert
from services.felles.kansellering import Faktum
from services.samhandling import folkeregister, opphold, person, tolkning
from services.samhandling.fakta import Fakta
from services.samhandling.folkeregister import Identifisering
from services.samhandling.plassering import Bilde, bilde_av, ordne
from services.samhandling.plo import melding as plo
from services.samhandling.plo.parse import les_melding
from services.samhandling.projections import meldinger_om

ANNEN_PERSON = "meldingen gjelder en annen person"
TVIL = "en melding fra da de var slått sammen, kan gjelde begge"


@dataclass(frozen=True, slots=True)
class Skille:
    """What an undone merge parts: two persons, and whose each message is."""

    felles: str
    """Who both were, and the one still is."""
    tilbake: str
    strømmer: tuple[str, ...]
    """The streams that go back besides those that began as the parted one's."""
    eier: Mapping[str, str]
    """Message → person."""
    innhold: Mapping[str, bytes]
    """The fingerprint of each message that changes hands: it tells the same of another person."""
    brakt: tuple[tuple[Identitet, str], ...]
    """Numbers of the parted one that became known meanwhile, and the message that brought each."""
    tvil: bool


# -- whose a message is --------------------------------------------------------------------------------------------


def skill(lookup: Lookup, person_ref: str, tilbake: str, strømmer: tuple[str, ...]) -> Skille:
    """Say whose each message is, once `tilbake` is parted from `person_ref`, with the streams that a person names."""
    felles = folkeregister.gjeldende(lookup, person_ref) or person_ref
    kjente = _nummer(lookup, felles, tilbake)
    eier: dict[str, str] = {}
    innhold: dict[str, bytes] = {}
    brakt: list[tuple[Identitet, str]] = []
    tvil = False
    for ref, opphav, opphold_ref in meldinger_om(lookup.db, felles):
        if opphav == tilbake:
            eier[ref] = tilbake
            continue
        melding = _les(lookup, ref)
        identer = folkeregister.identiteter(melding) if melding is not None else ()
        treff = tuple(dict.fromkeys(kjente[ident] for ident in identer if ident in kjente))
        valgt = {ref, opphold_ref} & set(strømmer)
        tvil = tvil or (len(treff) != 1 and ref not in strømmer)
        eier[ref] = tilbake if ref in strømmer else treff[0] if treff else tilbake if valgt else felles
        if eier[ref] == tilbake:
            brakt += [(ident, ref) for ident in identer if ident not in kjente]
            if melding is not None:
                innhold[ref] = tolkning.innhold_av(melding, lookup, tilbake)
        kjente.update((ident, eier[ref]) for ident in identer if ident not in kjente)
    også = (ref for ref, hvem in eier.items() if hvem == tilbake)
    return Skille(
        felles, tilbake, tuple(dict.fromkeys((*strømmer, *også))), eier, innhold, tuple(brakt), tvil
    )  # fmt: skip


def _nummer(lookup: Lookup, felles: str, tilbake: str) -> dict[Identitet, str]:
    """Whose each number is that a record began with. One that a message brought later is for that message to say."""
    funnet = dict.fromkeys(_egne(lookup, tilbake), tilbake)
    igjen = [felles]
    while igjen:
        ref = igjen.pop()
        if ref == tilbake:
            continue
        for ident in _egne(lookup, ref):
            funnet.setdefault(ident, felles)
        igjen += lookup.state(person.TOPIC, ref).slått_inn
    return funnet


def _egne(lookup: Lookup, ref: str) -> Iterator[Identitet]:
    state: person.Person = lookup.state(person.TOPIC, ref)
    for sealed, fra in zip(state.identiteter, state.identitet_fra, strict=True):
        if fra == state.identitet_fra[0]:
            try:
                yield lookup.open(sealed)
            except Shredded:
                continue


def _les(lookup: Lookup, ref: str) -> plo.Melding | None:
    raw = lookup.raw(ref)
    try:
        return les_melding(raw) if raw is not None else None
    except plo.UleseligMelding:
        return None


# -- what must be done ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Del:
    """What one of the two keeps where it lies, and what must find its place."""

    opphold: dict[str, Fakta] = field(default_factory=dict)
    ut: list[Any] = field(default_factory=list)
    ventende: dict[str, OppholdKansellert] = field(default_factory=dict)


def ordre(lookup: Lookup, delt: Skille, aktør: Actor) -> Iterator[Bestilling]:
    """The orders that leave to each of the two what is its own. To be carried out once their streams are parted."""
    alt = bilde_av(lookup, delt.felles)
    hos = {strøm: _hos(lookup, delt, strøm) for strøm in alt.opphold}
    deler = {delt.felles: _Del(), delt.tilbake: _Del()}
    for strøm, fakta in alt.opphold.items():
        deler[hos[strøm]].opphold[strøm] = _som_blir(delt, hos[strøm], fakta, deler)
    for faktum in alt.løse.values():
        _løsne(delt, faktum, deler)
    for kansellering in alt.ventende.values():
        _vent(delt, kansellering, deler)
    bilder = {ref: _samlet(del_, alt) for ref, del_ in deler.items()}
    for strøm, fakta in alt.opphold.items():
        blir = bilder[hos[strøm]].opphold[strøm]
        borte = [*(fakta.alle.keys() - blir.alle.keys())]
        borte += [k.kilde.melding_ref for k in fakta.kanselleringer if k not in blir.kanselleringer]
        for ref in sorted(borte):
            # It does not say where it went: the one's stay has no business with the other's.
            flytt = opphold.FlyttFaktum(ref, "", ANNEN_PERSON)
            yield Bestilling(opphold.TOPIC, strøm, flytt, aktør, person_ref=hos[strøm])
    yield from _register(lookup, delt, aktør)
    for ref, bilde in bilder.items():
        bydel = _bydel(lookup, delt, ref)
        for strøm in bilde.opphold:
            yield Bestilling(opphold.TOPIC, strøm, opphold.SettBydel(bydel), aktør, person_ref=ref)
        yield from ordne(lookup, Identifisering(ref, True, bydel), bilde, aktør)


def _hos(lookup: Lookup, delt: Skille, strøm: str) -> str:
    tilbake = strøm in delt.strømmer or lookup.first_person_of(strøm) == delt.tilbake
    return delt.tilbake if tilbake else delt.felles


def _bydel(lookup: Lookup, delt: Skille, ref: str) -> str | None:
    """Where each lives. What the one had from the other only, is not known of it."""
    state: person.Person = lookup.state(person.TOPIC, ref)
    annen: person.Person = lookup.state(person.TOPIC, delt.tilbake)
    arvet = ref == delt.felles and state.bydel_arvet and state.bydel == annen.bydel
    return None if arvet else state.bydel


def _register(lookup: Lookup, delt: Skille, aktør: Actor) -> Iterator[Bestilling]:
    state: person.Person = lookup.state(person.TOPIC, delt.felles)
    if _bydel(lookup, delt, delt.felles) != state.bydel:
        glem = person.SettBydel(None, None, BydelKilde.REGISTER)
        yield Bestilling(person.TOPIC, delt.felles, glem, aktør, person_ref=delt.felles)
    for ident, ref in delt.brakt:
        knytt = person.KnyttIdentiteter(folkeregister.forsegl((ident,)), ref)
        blind = ((lookup.blind(ident.nummer, ident.type, ident.utsteder), delt.tilbake),)
        yield Bestilling(person.TOPIC, delt.tilbake, knytt, aktør, person_ref=delt.tilbake, blind=blind)
    if delt.tvil:
        tvil = person.MeldTvilsomtTreff(delt.tilbake, TVIL)
        yield Bestilling(person.TOPIC, delt.felles, tvil, aktør, person_ref=delt.felles)


def _som_blir(delt: Skille, hvem: str, fakta: Fakta, deler: Mapping[str, _Del]) -> Fakta:
    """The part of a stay that is its person's own and stays as it is. The rest is noted with whose it is."""
    egne = {
        ref for ref, faktum in fakta.alle.items()
        if all(delt.eier.get(k.melding_ref) == hvem and k.melding_ref not in delt.innhold for k in faktum.kilder)
    }  # fmt: skip
    if all(isinstance(fakta.alle[ref].event, MeldingKnyttet) for ref in egne):
        egne = set()  # a report or a dialogue is no stay when what it belonged to is gone
    blir = {}
    for ref, faktum in fakta.alle.items():
        if ref in egne:
            blir[ref] = faktum
        else:
            _løsne(delt, faktum, deler)
    kanselleringer = []
    for kansellering in fakta.kanselleringer:
        ref = kansellering.kilde.melding_ref
        if delt.eier.get(ref) == hvem and ref not in delt.innhold:
            kanselleringer.append(kansellering)
        else:
            _vent(delt, kansellering, deler)
    return Fakta(blir, tuple(kanselleringer))


def _løsne(delt: Skille, faktum: Faktum, deler: Mapping[str, _Del]) -> None:
    """Each message tells its own person of it, by itself."""
    for kilde in faktum.kilder:
        hvem = delt.eier.get(kilde.melding_ref, delt.felles)
        egen = replace(kilde, innhold=delt.innhold.get(kilde.melding_ref, kilde.innhold))
        deler[hvem].ut.append(replace(faktum.event, kilde=egen))


def _vent(delt: Skille, kansellering: OppholdKansellert, deler: Mapping[str, _Del]) -> None:
    ref, kilde = kansellering.kilde.melding_ref, kansellering.kilde
    egen = replace(kilde, innhold=delt.innhold.get(ref, kilde.innhold))
    deler[delt.eier.get(ref, delt.felles)].ventende[ref] = replace(kansellering, kilde=egen)


def _samlet(del_: _Del, alt: Bilde) -> Bilde:
    """One person's picture; what is told twice of the person is one fact again."""
    stays = dict(del_.opphold)
    løse: dict[str, Faktum] = {}
    for event in sorted(del_.ut, key=lambda e: (e.kilde.mottatt, e.kilde.msg_id)):
        samme = Fakta(løse).samme(event)
        for strøm, fakta in stays.items():
            if samme is None and (samme := fakta.samme(event)) is not None:
                # It is told anew with all its sources.
                stays[strøm] = fakta.uten(samme.ref)
                break
        løse_faktum = replace(samme, kilder=(*samme.kilder, event.kilde)) if samme else Faktum(event, (event.kilde,))
        løse[løse_faktum.ref] = løse_faktum
    return Bilde(stays, {strøm: alt.døde[strøm] for strøm in stays}, løse, del_.ventende)
