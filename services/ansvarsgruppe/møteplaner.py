"""What people ask of the group's meetings, as plans: the same for the API, the pages and the simulator."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.runtime.service import Lookup, Plan
from bindeledd.schema.generated.ansvarsgruppe import Medlemstilstand, Referat
from bindeledd.schema.generated.felles import Tekst
from services.ansvarsgruppe import gruppe as g
from services.ansvarsgruppe import møte as m
from services.ansvarsgruppe import tiltak as t
from services.ansvarsgruppe.planer import må_styre
from services.ansvarsgruppe.reactions import venter_på
from services.felles.kilder import kjent_for, må_leve
from services.felles.kjent import Rammer
from services.felles.oppsett import TALER_FOR
from services.felles.samarbeid import GRUPPE


@dataclass(frozen=True, slots=True)
class Oppgave:
    """What the minutes say that somebody is to do."""

    part: str
    frist: date | None
    innhold: Sealed[Tekst]


@dataclass(frozen=True, slots=True)
class Møtereferat:
    """What came of a meeting."""

    innhold: Sealed[Referat]
    oppgaver: tuple[Oppgave, ...]
    neste: date | None


def kall_inn(person_ref: str, innkalling: m.KallInn, aktør: Actor, rammer: Rammer) -> Plan:
    """Summon the group; the person always among the invited, and whoever speaks for them besides (rules 2.3): whom they
    have named, and for a child who answers for it (pbrl §4-4). Answers with the meeting's stream.

    About a stay it is what the task to summon the group asked for. Raises NotAllowed for who is not in the group.
    """

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        gruppe = må_styre(lookup, person_ref, innkalling.gruppe_ref, aktør)
        if not gruppe.lever:
            raise RuleBroken("gruppe.lever", "Ansvarsgruppen finnes ikke, eller den er avsluttet")
        kjent = kjent_for(lookup, person_ref, rammer)
        må_leve(kjent, aktør.party)
        med = {medlem.part for medlem in gruppe.medlemmer.values() if medlem.tilstand is Medlemstilstand.MED}
        if not set(innkalling.inviterte) <= med:
            raise RuleBroken("møte.inviterte", "En av dem som kalles inn, er ikke med i ansvarsgruppen")
        om = innkalling.opphold_ref
        if om is not None and not ((svar := kjent.om_opphold(aktør.party, om)) and svar.ja):
            raise RuleBroken("møte.opphold", "Oppholdet finnes ikke, eller det er ikke delt med dere")
        stream = lookup.ref()
        også = [part for part in TALER_FOR if kjent.sist_kjent().svar(part, "plan.moete").ja]
        innkalt = replace(innkalling, av_part=aktør.party, inviterte=(*innkalling.inviterte, *også))
        ordrer = [Bestilling(m.TOPIC, stream, innkalt, aktør, person_ref=person_ref)]
        if om is not None:
            ordrer.append(Bestilling(GRUPPE, innkalling.gruppe_ref, g.InnkallingErSendt(om, aktør.role), aktør))
        return ordrer, stream

    return plan


def besvar(møte_ref: str, kommer: bool, aktør: Actor) -> Plan:
    """Who was invited says whether they come."""
    return lambda _lookup: ([Bestilling(m.TOPIC, møte_ref, m.Besvar(aktør.party, kommer, aktør.role), aktør)], møte_ref)


def styr(person_ref: str, møte_ref: str, command: m.Avlys | m.Hold, aktør: Actor) -> Plan:
    """Call a meeting off, or say that it has been held: for those of the group."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        _møtet(lookup, person_ref, møte_ref, aktør)
        return [Bestilling(m.TOPIC, møte_ref, command, aktør)], møte_ref

    return plan


def godkjenn(person_ref: str, møte_ref: str, referat: Møtereferat, aktør: Actor, rammer: Rammer) -> Plan:
    """The minutes, and a measure for each thing that somebody is to do, whether or not there is an individual plan."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        møtet = _møtet(lookup, person_ref, møte_ref, aktør)
        kjent = kjent_for(lookup, person_ref, rammer)
        if referat.oppgaver:
            må_leve(kjent, aktør.party)
        tiltak = [(lookup.ref(), oppgave) for oppgave in referat.oppgaver]
        godkjent = m.GodkjennReferat(referat.innhold, tuple(ref for ref, _ in tiltak), referat.neste, aktør.role)
        avtalt = [
            Bestilling(
                t.TOPIC, ref,
                t.Avtal(
                    oppgave.part, oppgave.frist, går_videre=møtet.opphold_ref is not None, innhold=oppgave.innhold,
                    moete_ref=møte_ref, gjelder_opphold=møtet.opphold_ref, venter_paa=venter_på(kjent.opphold),
                ),
                aktør, person_ref=person_ref,
            )
            for ref, oppgave in tiltak
        ]  # fmt: skip
        return [Bestilling(m.TOPIC, møte_ref, godkjent, aktør), *avtalt], møte_ref

    return plan


def _møtet(lookup: Lookup, person_ref: str, møte_ref: str, aktør: Actor) -> m.Møte:
    """The meeting, for those who decide on it. Raises RuleBroken for a meeting that is not about the person."""
    if møte_ref not in lookup.streams_of(m.TOPIC, person_ref):
        raise RuleBroken("møte.finnes", "Personen har ikke noe slikt møte")
    møtet: m.Møte = lookup.state(m.TOPIC, møte_ref)
    må_styre(lookup, person_ref, møtet.gruppe_ref, aktør)
    return møtet
