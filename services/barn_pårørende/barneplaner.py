"""What people ask of a child's case, as plans: the same for the API, the pages and the simulator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import NotAllowed, RuleBroken
from bindeledd.core.sealed import Klartekst, Sealed
from bindeledd.runtime.service import Lookup, Plan
from bindeledd.schema.generated.barn_paaroerende import Barnenummer, Barnerelasjon, Barnet, Meldepliktutfall
from bindeledd.schema.generated.felles import Tekst
from services.barn_pårørende import barn, saksutsnitt, tall
from services.barn_pårørende.domain import TOPIC as KARTLEGGING
from services.barn_pårørende.domain import Kartlegging, KnyttBarn, NoterHenvisning
from services.barn_pårørende.reactions import avstem, avstem_sak
from services.barn_pårørende.sak import BARN, Barnesak
from services.barn_pårørende.saksgrunner import Saksgrunner
from services.barn_pårørende.sakskilder import for_saker, grunner, kartleggingsstrøm
from services.felles.kilder import eneste_strøm, må_ha_med_å_gjøre, tilstander
from services.felles.kjent import Rammer
from services.felles.parter import part_for

NUMMER, NAVN = "BARN_", "BARN_NAVN"
"""Blind-index kinds of our own: a child who is next of kin is no patient, and is found by nobody who looks for one."""
SAMME_NAVN = "samme navn og fødselsdato"


@dataclass(frozen=True, slots=True)
class Henvisningstekst:
    """What a receiver is told: what the child needs and whom to call; and, for those who may know it, more."""

    stoettebehov: Sealed[Tekst]
    kontakt: Sealed[Tekst]
    utdypende: Sealed[Tekst] | None = None


def registrer(
    person_ref: str, barnet: Barnet, nummer: Barnenummer | None, relasjon: Barnerelasjon, behov: Sealed[Tekst] | None,
    aktør: Actor, rammer: Rammer,
) -> Plan:  # fmt: skip
    """A child is next of kin of the person. Joins the child's case where there is one: found by its number, or the same
    adult's child by name and birth date; where only that looks alike, a person decides. Answers with the case's ref."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        må_ha_med_å_gjøre(lookup, person_ref, aktør.party, rammer)
        if aktør.party and part_for(rammer.oppsett, aktør.party).slag not in saksutsnitt.VOKSENTJENESTER:
            raise NotAllowed("this kind of unit registers no children. A service that follows the adult up does")
        funnet, ligner = _finn(lookup, person_ref, barnet, nummer)
        ref = funnet or lookup.ref()
        stream = eneste_strøm(lookup, BARN, ref)
        kartlegging = eneste_strøm(lookup, KARTLEGGING, person_ref)
        ny = barn.Registrer(
            person_ref, aktør.party, relasjon, Klartekst(barnet), Klartekst(nummer) if nummer else None, behov
        )
        knytt = KnyttBarn(stream, aktør.party, Klartekst(barnet), aktør.role)
        ordre = [
            Bestilling(BARN, stream, ny, aktør, person_ref=ref, blind=_pekere(lookup, barnet, nummer, ref, ligner)),
            Bestilling(KARTLEGGING, kartlegging, knytt, aktør, person_ref=person_ref),
        ]
        if ligner is not None:
            tvil = barn.MeldTvil(eneste_strøm(lookup, BARN, ligner), SAMME_NAVN)
            ordre.append(Bestilling(BARN, stream, tvil, aktør))
        elif funnet is None:
            ordre.append(Bestilling(tall.TALL, tall.STRØM, tall.TellBarn(), aktør))
        saken = avstem_sak(lookup, stream, aktør, rammer, forelder=person_ref, person_ref=ref)
        return [*ordre, *avstem(lookup, person_ref, aktør, rammer, kartlegging), saken], stream

    return plan


def henvis(
    barn_ref: str, forelder: str, til_part: str, tekst: Henvisningstekst, aktør: Actor, rammer: Rammer
) -> Plan:  # fmt: skip
    """Refers the child to a receiver: sent where the adult has said what it takes, else held."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        sak = _må_se(lookup, barn_ref, aktør.party, rammer)
        sagt = saksutsnitt.sagt_om(for_saker(lookup, [sak], rammer), forelder, til_part)
        if sagt is None:
            raise RuleBroken("samtykke.ukjent", "Vi vet ikke nå hva personen har sagt om dette. Prøv igjen om litt")
        ref = lookup.ref()
        ny = barn.Henvis(ref, forelder, aktør.party, til_part, sagt, tekst.stoettebehov, tekst.kontakt, tekst.utdypende)
        holdt = not barn.kan_sendes(part_for(rammer.oppsett, til_part).slag, sagt)
        notert = NoterHenvisning(barn_ref, ref, til_part, sagt, holdt)
        saken = avstem_sak(lookup, barn_ref, aktør, rammer, forelder=forelder, til_part=til_part)
        return [Bestilling(BARN, barn_ref, ny, aktør), _til_forelder(lookup, forelder, notert, aktør), saken], ref

    return plan


def send(barn_ref: str, henvisning: str, aktør: Actor, rammer: Rammer) -> Plan:
    """Sends a referral that was held, now that the adult has said what it takes."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        sak = _må_se(lookup, barn_ref, aktør.party, rammer)
        holdt = sak.henvisninger.get(henvisning)
        if holdt is None:
            raise RuleBroken("barn.henvisning", "Henvisningen finnes ikke")
        sagt = saksutsnitt.sagt_om(for_saker(lookup, [sak], rammer), holdt.forelder, holdt.til_part)
        if sagt is None:
            raise RuleBroken("samtykke.ukjent", "Vi vet ikke nå hva personen har sagt om dette. Prøv igjen om litt")
        notert = NoterHenvisning(barn_ref, henvisning, holdt.til_part, sagt, False)
        ordre = [
            Bestilling(BARN, barn_ref, barn.SendHoldt(henvisning, aktør.party, sagt), aktør),
            _til_forelder(lookup, holdt.forelder, notert, aktør),
        ]
        return [*ordre, avstem_sak(lookup, barn_ref, aktør, rammer)], barn_ref

    return plan


def ta_imot(barn_ref: str, henvisning: str, av: str, aktør: Actor, rammer: Rammer) -> Plan:
    """Somebody at the receiver takes the referral: the baton is theirs."""
    return _i_saken(barn_ref, barn.TaImot(henvisning, aktør.party, av), aktør, rammer, henvisning)


def besvar(
    barn_ref: str, henvisning: str, tar_imot: bool, innhold: Sealed[Tekst] | None, aktør: Actor, rammer: Rammer
) -> Plan:  # fmt: skip
    """The receiver says whether it helps the child."""
    return _i_saken(barn_ref, barn.Besvar(henvisning, aktør.party, tar_imot, innhold), aktør, rammer, henvisning)


def start_tiltak(barn_ref: str, henvisning: str, innhold: Sealed[Tekst], aktør: Actor, rammer: Rammer) -> Plan:
    """The receiver has begun to help the child."""
    return _i_saken(barn_ref, barn.StartTiltak(henvisning, aktør.party, innhold), aktør, rammer, henvisning)


def avslutt_tiltak(barn_ref: str, tiltak: str, grunn: str, aktør: Actor, rammer: Rammer) -> Plan:
    """A measure has ended."""
    return _i_saken(barn_ref, barn.AvsluttTiltak(tiltak, aktør.party, grunn), aktør, rammer)


def vurder_meldeplikt(
    barn_ref: str, forelder: str, forfatter: str, utfall: Meldepliktutfall, innhold: Sealed[Tekst], aktør: Actor,
    rammer: Rammer,
) -> Plan:  # fmt: skip
    """The duty to report has been assessed (hpl §33). Nothing is sent: a person reports, to barnevernet."""
    vurdert = barn.VurderMeldeplikt(forelder, aktør.party, forfatter, utfall, innhold)
    return _i_saken(barn_ref, vurdert, aktør, rammer, skriver_ned=True)


def følg_opp_etterlatt(
    barn_ref: str, forelder: str, av: str, innhold: Sealed[Tekst] | None, aktør: Actor, rammer: Rammer
) -> Plan:  # fmt: skip
    """The child has been looked to after the death of an adult (hpl §10b)."""
    fulgt_opp = barn.FølgOppEtterlatt(forelder, aktør.party, av, innhold)
    return _i_saken(barn_ref, fulgt_opp, aktør, rammer, skriver_ned=True)


def hør_barnet(barn_ref: str, innhold: Sealed[Tekst] | None, skjult: bool, aktør: Actor, rammer: Rammer) -> Plan:
    """The child has been heard."""
    return _i_saken(barn_ref, barn.HørBarnet(aktør.party, innhold, skjult), aktør, rammer, skriver_ned=True)


def avgjør_tvil(barn_ref: str, kandidat: str, samme: bool, aktør: Actor, rammer: Rammer) -> Plan:
    """A person has decided whether two cases are one child's. Where they are, both are the same child's from now on."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        sak = _må_se(lookup, barn_ref, aktør.party, rammer, tvil=True)
        barnet = lookup.whose(kandidat if samme else barn_ref)
        if barnet is None:
            raise RuleBroken("barn.ukjent", "Saken finnes ikke her")
        avgjort = Bestilling(
            BARN, barn_ref, barn.AvgjørTvil(kandidat, samme, barnet), aktør,
            blind=_sakens_pekere(lookup, sak, barnet) if samme else (),
        )  # fmt: skip
        telt = [] if samme else [Bestilling(tall.TALL, tall.STRØM, tall.TellBarn(), aktør)]
        return [avgjort, *telt], barn_ref

    return plan


# -- inside --------------------------------------------------------------------------------------------------------


def _i_saken(
    barn_ref: str, command: Any, aktør: Actor, rammer: Rammer, henvisning: str = "", *, skriver_ned: bool = False
) -> Plan:  # fmt: skip
    """The command, for a party that sees the case (and the referral), and then whatever it means for the tasks.

    `skriver_ned`: it tells nobody else anything, and the law bids the unit do it (hpl §§10b, 33, 39; pbrl §4-4): also
    while nobody can say what the adults have said of sharing.
    """

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        _må_se(lookup, barn_ref, aktør.party, rammer, henvisning, sist_kjent=skriver_ned)
        ordre = Bestilling(BARN, barn_ref, command, aktør)
        # In step with what the command leads to: it changes nothing that the facts of the second order rest on.
        return [ordre, avstem_sak(lookup, barn_ref, aktør, rammer)], barn_ref

    return plan


def _må_se(
    lookup: Lookup, barn_ref: str, part: str, rammer: Rammer, henvisning: str = "", *, tvil: bool = False,
    sist_kjent: bool = False,
) -> Barnesak:  # fmt: skip
    """The case, for a party that may know of it, and of the referral or a doubt; or could when it was known last.

    Raises RuleBroken when there is none, NotAllowed for any other party.
    """
    if lookup.version(barn_ref) == 0:
        raise RuleBroken("barn.ukjent", "Saken finnes ikke her")
    sak: Barnesak = lookup.state(BARN, barn_ref)
    nå = grunner(lookup, lookup.whose(barn_ref), rammer)
    vist = saksutsnitt.utsnitt(sak, part, nå.sist_kjent() if sist_kjent and isinstance(nå, Saksgrunner) else nå)
    henvist = {h.henvisning_ref for h in vist.henvisninger} if vist is not None else set()
    if vist is None or (henvisning and henvisning not in henvist) or (tvil and not vist.tvil):
        raise NotAllowed("this unit has no part in the case. A unit that has must do it")
    return sak


def _til_forelder(lookup: Lookup, forelder: str, notert: NoterHenvisning, aktør: Actor) -> Bestilling:
    """Noted where the adult told of the child."""
    person_ref = lookup.whose(forelder) or forelder
    kartlagt: dict[str, Kartlegging] = tilstander(lookup, KARTLEGGING, person_ref)
    fortalt = min((ref for ref, k in kartlagt.items() if notert.barn_ref in k.saker), default=None)
    stream = fortalt or kartleggingsstrøm(lookup, person_ref)
    return Bestilling(KARTLEGGING, stream, notert, aktør, person_ref=person_ref)


def _finn(lookup: Lookup, person_ref: str, barnet: Barnet, nummer: Barnenummer | None) -> tuple[str | None, str | None]:
    """(the child, another who may be the same)."""
    if nummer is not None and (funnet := lookup.person_of(nummer.nummer, NUMMER + nummer.type, "")) is not None:
        return funnet, None
    ligner = lookup.person_of(_navn(barnet), NAVN, "") if _navn(barnet) else None
    if ligner is None:
        return None, None
    saker: list[Barnesak] = [lookup.state(BARN, stream) for stream in lookup.streams_of(BARN, ligner)]
    if nummer is not None and any(sak.nummer is not None for sak in saker):
        return None, None
    samme_voksen = any(person_ref == lookup.whose(forelder) for sak in saker for forelder in sak.foreldre)
    return (ligner, None) if samme_voksen else (None, ligner)


def _pekere(
    lookup: Lookup, barnet: Barnet, nummer: Barnenummer | None, ref: str, ligner: str | None
) -> tuple[tuple[bytes, str], ...]:
    """Blind-index entries that lead to the child. A name leads to the first who had it."""
    funnet = [] if nummer is None else [lookup.blind(nummer.nummer, NUMMER + nummer.type, "")]
    if _navn(barnet) and ligner is None and lookup.person_of(_navn(barnet), NAVN, "") is None:
        funnet.append(lookup.blind(_navn(barnet), NAVN, ""))
    return tuple((blind, ref) for blind in funnet)


def _sakens_pekere(lookup: Lookup, sak: Barnesak, ref: str) -> tuple[tuple[bytes, str], ...]:
    if sak.nummer is None:
        return ()
    nummer: Barnenummer = lookup.open(sak.nummer)
    return ((lookup.blind(nummer.nummer, NUMMER + nummer.type, ""), ref),)


def _navn(barnet: Barnet) -> str:
    """Name and birth date as one comparable text; empty when one of them is missing."""
    if barnet.foedt is None or not barnet.etternavn:
        return ""
    return f"{barnet.fornavn} {barnet.etternavn} {barnet.foedt}".casefold()
