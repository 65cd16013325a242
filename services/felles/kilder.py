"""Understands who helps a person and what the person has said, as a service has received it; and when that is stale."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bindeledd.core.errors import NotAllowed, RuleBroken, Shredded
from bindeledd.runtime.service import NOBODY, Lookup, Reader
from bindeledd.schema.generated.ansvarsgruppe import Grupperolle, Medlem, Medlemstilstand, SamtykkeVist, SperringVist
from services.felles import oppholdsbilde
from services.felles.grunnlag import Grunnlag, Relasjon, Samtykke, Sperring
from services.felles.kjent import Kjent, Rammer
from services.felles.oppholdsbilde import OPPHOLD, Opphold, Oppholdsbilde, som_står
from services.felles.oppsett import FORESATT, REPRESENTANT, Oppsett
from services.felles.parter import part_for
from services.felles.samarbeid import (
    ALLTID,
    GRUPPE,
    PERSON,
    PLAN,
    SAMTYKKE,
    Gruppe,
    Personbilde,
    Plan,
    Samtykker,
    Talsperson,
    evolve_gruppe,
    evolve_person,
    evolve_plan,
    evolve_samtykke,
)
from services.felles.tilgang import RelasjonSlag

TEMAER = frozenset({SAMTYKKE, PLAN, GRUPPE})
"""The topics that grounds lean on in every service."""


_INVITERT_MÅ_VITE = frozenset({"plan.finnes", "person.navn"})
"""An invited unit learns that there is a group, and whose: it could not answer otherwise."""

_FULLMAKT = frozenset({"person.navn", "plan.finnes", "plan.innhold", "plan.eget_tiltak", "plan.moete"})
"""How far who was named for a group speaks for the person: in that group. More takes more than being named there."""
_ALLTID_VITE = frozenset({"person.navn", "plan.talspersoner"})
"""Whoever was chosen knows whom they speak for, and that they do."""
_BEDT = frozenset({"person.navn", "plan.behov"})
"""The koordinerende enhet learns whom a need was told of, and what was told (hpl §38a), until it has answered."""

_ROLLENS_RELASJON = {
    Grupperolle.ACT: RelasjonSlag.ACT,
    Grupperolle.DPS: RelasjonSlag.DPS_BEHANDLER,
    Grupperolle.FASTLEGE: RelasjonSlag.FASTLEGE,
    Grupperolle.HJEMMETJENESTE: RelasjonSlag.HJEMMETJENESTE,
}


LESERE = (
    Reader(SAMTYKKE, Samtykker(), evolve_samtykke),
    Reader(PLAN, Plan(), evolve_plan),
    Reader(GRUPPE, Gruppe(), evolve_gruppe),
)
PERSONLESER = Reader(PERSON, Personbilde(), evolve_person)
OPPHOLDSLESER = Reader(OPPHOLD, Oppholdsbilde(), oppholdsbilde.evolve)


ER_DØD = "Personen er død. Etter det kan ikke noe nytt avtales eller åpnes for"
KAN_IKKE_LENGER = "Dette kan ikke gjøres lenger. Ring koordinatoren til personen"

PSYKISK_HELSEVERN = frozenset({"dps"})
"""Kinds of unit that, with the person in their own ward, are the DPS of the stay."""


def tilstander(lookup: Lookup, topic: str, person_ref: str) -> dict[str, Any]:
    """The states of the person's streams of a topic, by stream."""
    return {ref: lookup.state(topic, ref) for ref in lookup.streams_of(topic, person_ref)}


def eneste_strøm(lookup: Lookup, topic: str, person_ref: str) -> str:
    """The stream of which a person has one: one that began as theirs; a new one when there is none.

    What is said of two records that became one is said on the page of the one that lives on, and stands in that one's
    own stream: should they be parted again, it opens and tells nothing of the other.
    """
    egne = (ref for ref in lookup.streams_of(topic, person_ref) if lookup.first_person_of(ref) == person_ref)
    return min(egne, default=None) or lookup.ref()


# -- what it says together -----------------------------------------------------------------------------------------


def relasjoner(lookup: Lookup, person_ref: str) -> tuple[Relasjon, ...]:
    """Who helps the person now: the koordinator's unit, and the members of a live group; and who speaks for them.

    A representative does so within the power given, in a group or whatever it is for: nobody after the choice is taken
    back (access.md "Grounds", S; pbrl §3-3). Until which age somebody has parental responsibility, the table says.
    """
    planer: list[Plan] = [*tilstander(lookup, PLAN, person_ref).values()]
    grupper = _grupper(lookup, person_ref)
    funnet = [Relasjon(p.koordinator_part, RelasjonSlag.KOORDINATOR, ALLTID) for p in planer if p.koordinator_part]
    if any(gruppe.representert for gruppe in grupper):
        funnet.append(Relasjon(REPRESENTANT, RelasjonSlag.REPRESENTANT, ALLTID, deler=_FULLMAKT))
    behov = [b for plan in planer if (b := plan.ubesvart_behov) is not None]
    funnet += [Relasjon(b.til_part, RelasjonSlag.MELDT_BEHOV, ALLTID, deler=_BEDT) for b in behov]
    funnet += [relasjon for t in talspersoner(lookup, person_ref) for relasjon in _taler(t)]
    medlemmer = (medlem for gruppe in grupper for medlem in gruppe.medlemmer.values())
    return (*funnet, *(relasjon for medlem in medlemmer for relasjon in _medlemskap(medlem)))


def talspersoner(lookup: Lookup, person_ref: str) -> tuple[Talsperson, ...]:
    """Who has parental responsibility for the person, or was chosen by them, whatever is said in a group."""
    alle: list[Samtykker] = [*tilstander(lookup, SAMTYKKE, person_ref).values()]
    return tuple(t for sagt in alle for t in sagt.talspersoner.values())


def _taler(talsperson: Talsperson) -> list[Relasjon]:
    if talsperson.ansvarlig:
        return [Relasjon(FORESATT, RelasjonSlag.FORESATT, ALLTID)]
    deler = _ALLTID_VITE.union(talsperson.vist.deler)
    return [Relasjon(REPRESENTANT, RelasjonSlag.REPRESENTANT, ALLTID, deler=deler)] if talsperson.valgt else []


def koordinator(lookup: Lookup, person_ref: str) -> Plan:
    """The person's koordinator, or that there is none; when two records became one person, the one appointed last."""
    oppnevnt = (plan for plan in tilstander(lookup, PLAN, person_ref).values() if plan.koordinator_part is not None)
    return max(oppnevnt, key=lambda plan: (plan.fra or ALLTID, plan.koordinator_part or ""), default=Plan())


def medlemmer_med_rolle(lookup: Lookup, person_ref: str, rolle: Grupperolle) -> tuple[str, ...]:
    """The parties that have said yes to a role in a live group of the person, in a fixed order."""
    medlemmer = (medlem for gruppe in _grupper(lookup, person_ref) for medlem in gruppe.medlemmer.values())
    return tuple(sorted(m.part for m in medlemmer if m.rolle is rolle and m.tilstand is Medlemstilstand.MED))


def gruppe_fra(lookup: Lookup, person_ref: str) -> datetime:
    """From when the person has had a live group; ALLTID when there is none."""
    return min((g.fra for g in _grupper(lookup, person_ref) if g.fra is not None), default=ALLTID)


def _grupper(lookup: Lookup, person_ref: str) -> list[Gruppe]:
    """The person's live groups: one, or more when two records became one person."""
    return [gruppe for gruppe in tilstander(lookup, GRUPPE, person_ref).values() if gruppe.lever]


def fødselsdato(lookup: Lookup, person_ref: str) -> date | None:
    """The birth date, opened for the one comparison that needs it; None when unknown or shredded."""
    personalia = lookup.state(PERSON, person_ref).personalia
    if personalia is None:
        return None
    try:
        født: date | None = lookup.open(personalia).foedt
    except Shredded:
        return None
    return født


def opphold_for(lookup: Lookup, person_ref: str) -> tuple[Opphold, ...]:
    """The person's stays of which anything stands, in the order in which they happened."""
    alle = (som_står(ref, bilde) for ref, bilde in tilstander(lookup, OPPHOLD, person_ref).items())
    return tuple(sorted((o for o in alle if o is not None), key=lambda o: o.rekkefølge))


def grunner_for(lookup: Lookup, person_ref: str | None, rammer: Rammer) -> Any:
    """The grounds of every view of a person; of a patient who was discarded nobody is shown anything."""
    if person_ref is not None and lookup.state(PERSON, person_ref).forkastet:
        return NOBODY
    return kjent_for(lookup, person_ref, rammer)


def må_finnes(lookup: Lookup, person_ref: str) -> None:
    """Raises RuleBroken when nobody here has registered the person."""
    if lookup.version(person_ref) == 0:
        raise RuleBroken("person.ukjent", "Personen finnes ikke her")


def må_ha_med_å_gjøre(lookup: Lookup, person_ref: str, part: str, rammer: Rammer) -> Kjent:
    """What is known of a person, for a unit that has to do with them. Raises NotAllowed, with why, for any other."""
    må_finnes(lookup, person_ref)
    kjent = kjent_for(lookup, person_ref, rammer)
    gitt = kjent.har_med_å_gjøre(part)
    if not gitt.ja:
        raise NotAllowed(gitt.setning, rammer.tabell.krav_ellers.paragraf)
    return kjent


def må_leve(kjent: Kjent, part: str) -> None:
    """Refuses what is agreed with, or decided by, somebody who is dead: only they themself could (hpl §22; pbrl §2-5).

    What closes something, what is written down of what has been, and what the law gives those left behind (hpl §10b)
    does not come here. Raises RuleBroken, with the cause only for a party that may know the outcome of the stay.
    """
    døde = [o for o in kjent.opphold if o.død]
    if not døde:
        return
    svarene = [kjent.svar(part, "opphold.utfall", egen=part == o.avdeling, adressert=o.mottakere) for o in døde]
    vet = any(gitt.ja and gitt.grunn != "C" for gitt in svarene)
    raise RuleBroken("hpl §22", ER_DØD if vet else KAN_IKKE_LENGER)


def kjent_for(lookup: Lookup, person_ref: str | None, rammer: Rammer) -> Kjent:
    """What is known now of a person, with the relations that a stay brings: the ward, and the DPS that it is routed to.

    Both last as long as the stay (access.md: "DPS, ward: R during a stay").
    """
    kjent = uten_opphold(lookup, person_ref, rammer)
    opphold = opphold_for(lookup, person_ref) if person_ref is not None else ()
    kjent = kjent.med(*(relasjon for o in opphold for relasjon in _under_opphold(o, rammer.oppsett)))
    return replace(kjent, opphold=opphold, adressert=frozenset().union(*(o.mottakere for o in opphold)))


def uten_opphold(lookup: Lookup, person_ref: str | None, rammer: Rammer) -> Kjent:
    """What is known now of who helps a person, and of what the person has consented to and opposes.

    Without what a stay brings with it. A membership that UKJENT says anything of grants nothing.
    """
    if person_ref is None:
        return Kjent(rammer, lookup.now, Grunnlag(""))
    samtykker: list[Samtykker] = [*tilstander(lookup, SAMTYKKE, person_ref).values()]
    grunnlag = Grunnlag(
        person_ref,
        relasjoner=relasjoner(lookup, person_ref),
        samtykker=tuple(_i_grunnlaget(vist) for alle in samtykker for vist in alle.samtykker.values()),
        sperringer=tuple(_sperret(vist) for alle in samtykker for vist in alle.sperringer.values()),
        fødselsdato=fødselsdato(lookup, person_ref),
        kilde_fersk=not lookup.in_doubt(person_ref),
    )
    return Kjent(rammer, lookup.now, grunnlag, tuple(samtykker))


def _under_opphold(opphold: Opphold, oppsett: Oppsett) -> list[Relasjon]:
    if opphold.innlagt is None:
        return []
    funnet = []
    if opphold.avdeling is not None:
        funnet.append(Relasjon(opphold.avdeling, RelasjonSlag.AVDELING, ALLTID, opphold.slutt))
        if part_for(oppsett, opphold.avdeling).slag in PSYKISK_HELSEVERN:
            funnet.append(Relasjon(opphold.avdeling, RelasjonSlag.DPS_OPPHOLD, ALLTID, opphold.slutt))
    if opphold.dps is not None:
        funnet.append(Relasjon(opphold.dps, RelasjonSlag.DPS_OMRAADE, ALLTID, opphold.slutt))
    return funnet


def _medlemskap(medlem: Medlem) -> list[Relasjon]:
    if medlem.rolle is Grupperolle.UKJENT:
        return []
    if medlem.tilstand is Medlemstilstand.INVITERT:
        return [Relasjon(medlem.part, RelasjonSlag.MEDLEM, ALLTID, deler=_INVITERT_MÅ_VITE)]
    if medlem.tilstand is not Medlemstilstand.MED:
        return []
    slag = [RelasjonSlag.MEDLEM]
    if medlem.rolle in _ROLLENS_RELASJON:
        slag.append(_ROLLENS_RELASJON[medlem.rolle])
    return [Relasjon(medlem.part, hver, ALLTID) for hver in slag]


def _i_grunnlaget(vist: SamtykkeVist) -> Samtykke:
    slutt = [tid for tid in (vist.gjelder_til, vist.trukket) if tid is not None]
    return Samtykke(vist.part, frozenset(vist.deler), vist.gjelder_fra, min(slutt, default=None))


def _sperret(vist: SperringVist) -> Sperring:
    return Sperring(vist.part, frozenset(vist.deler), vist.gjelder_fra, vist.opphevet)
