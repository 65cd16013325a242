"""The commands of barn_pårørende over HTTP: what the person answered, the children's cases, and the tasks.

What is said of a child is sealed before it is stored; it is never in an address or an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import PROBLEMS, Answer, Asked
from bindeledd.runtime.service import Plan
from bindeledd.schema.generated.barn_paaroerende import Barnenummer, Barnerelasjon, Barnet, Meldepliktutfall
from bindeledd.schema.generated.felles import Tekst
from services.barn_pårørende import barneplaner, planer
from services.barn_pårørende.domain import BARN_MAKS, TOPIC
from services.barn_pårørende.sak import BARN
from services.felles.api import Begrunnelse, Dag, Fritekst, Id, Kropp, Ref, oppgaveruter, spør, utfør
from services.felles.brukere import må_ha_stilling
from services.felles.kjent import Rammer
from services.felles.oppsett import Oppsett


class Samtale(Kropp):
    """How many children and siblings under 18, and (sealed) what was said."""

    antall_barn: Annotated[int, Field(ge=1, le=BARN_MAKS)]
    innhold: Fritekst | None = None


Navn = Annotated[str, Field(min_length=1, max_length=200)]
Nummer = Annotated[str, Field(pattern=r"^[0-9]{11}$")]


class NyttBarn(Kropp):
    """Who the child is, what the adult is to it, and what it needs."""

    fornavn: Navn
    etternavn: Navn
    født: Dag | None = None
    nummer: Nummer | None = None
    slag: Literal["FNR", "DNR"] = "FNR"
    relasjon: Literal["FORELDER", "OMSORG", "SOESKEN"] = "FORELDER"
    behov: Fritekst | None = None


class NyHenvisning(Kropp):
    """To whom, because of whom, and what the receiver is told."""

    forelder: Ref
    til: Id
    stoettebehov: Fritekst
    kontakt: Fritekst
    utdypende: Fritekst | None = None


class HvemSa(Kropp):
    """The user who has done it. Has to work in the unit that asks."""

    av: Id


class SvarPåHenvisning(Kropp):
    """Whether the receiver helps the child."""

    tar_imot: bool
    innhold: Fritekst | None = None


class Ord(Kropp):
    """What is done for the child."""

    innhold: Fritekst


class Vurdering(Kropp):
    """What somebody found of the duty to report."""

    forelder: Ref
    av: Id
    utfall: Literal["IKKE_GRUNN", "FOELG_MED", "MELD"]
    innhold: Fritekst


class Etterlatt(Kropp):
    """That the child has been looked to, after whose death, and by whom."""

    forelder: Ref
    av: Id
    innhold: Fritekst | None = None


class Hørt(Kropp):
    """What the child said, and whether it wants the parents to know."""

    innhold: Fritekst | None = None
    skjult_for_foreldre: bool = False


class Tvil(Kropp):
    """Whether the case is of the same child as `kandidat`."""

    kandidat: Ref
    samme: bool


def _forseglbar(tekst: str | None) -> Klartekst[Tekst] | None:
    return Klartekst(Tekst(tekst=tekst)) if tekst is not None else None


def _tekst(tekst: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=tekst))


def ruter(engines: Mapping[str, Engine], oppsett: Oppsett) -> APIRouter:
    """The routes under /api/barn_paaroerende."""
    engine = engines["barn_paaroerende"]
    rammer: Rammer = engine.service.rules
    router = APIRouter(prefix="/api/barn_paaroerende", tags=["barn_paaroerende"], responses=PROBLEMS)

    def om_personen(plan: Plan, asked: Asked) -> Answer:
        return utfør(engine, asked, plan)

    @router.post("/personer/{person_ref}/ingen-barn")
    def ingen_barn(person_ref: Ref, asked: Annotated[Asked, spør("barn.kartlegg")]) -> Answer:
        """The person has no children or siblings under 18 (hpl §10a)."""
        return om_personen(planer.ingen_barn(person_ref, asked.actor, rammer), asked)

    @router.post("/personer/{person_ref}/avslag")
    def avslag(person_ref: Ref, hvorfor: Begrunnelse, asked: Annotated[Asked, spør("barn.kartlegg")]) -> Answer:
        """The person would not, or could not, answer. Asked again at the next stay."""
        return om_personen(planer.avslå(person_ref, hvorfor.grunn, asked.actor, rammer), asked)

    @router.post("/personer/{person_ref}/samtale")
    def samtale(person_ref: Ref, holdt: Samtale, asked: Annotated[Asked, spør("barn.kartlegg")]) -> Answer:
        """The talk about the children has been held."""
        innhold = _forseglbar(holdt.innhold)
        return om_personen(planer.hold_samtale(person_ref, holdt.antall_barn, innhold, asked.actor, rammer), asked)

    @router.post("/personer/{person_ref}/utsett")
    def utsett(person_ref: Ref, hvorfor: Begrunnelse, asked: Annotated[Asked, spør("barn.kartlegg")]) -> Answer:
        """Nobody has asked the person, and why. The question comes up again."""
        return om_personen(planer.utsett(person_ref, hvorfor.grunn, asked.actor, rammer), asked)

    @router.post("/personer/{person_ref}/barn")
    def registrer(person_ref: Ref, nytt: NyttBarn, asked: Annotated[Asked, spør("barn.registrer")]) -> Answer:
        """Registers a child. The answer's `stream` is the case's ref, also where the child had one already."""
        barnet = Barnet(fornavn=nytt.fornavn, etternavn=nytt.etternavn, foedt=nytt.født)
        nummer = Barnenummer(nummer=nytt.nummer, type=nytt.slag) if nytt.nummer is not None else None
        relasjon, behov = Barnerelasjon(nytt.relasjon), _forseglbar(nytt.behov)
        plan = barneplaner.registrer(person_ref, barnet, nummer, relasjon, behov, asked.actor, rammer)
        return om_personen(plan, asked)

    _hos_avsender(router, engine, oppsett, rammer)
    _hos_mottaker(router, engine, oppsett, rammer)
    oppgaveruter(router, engine, oppsett, {"kartlegging": TOPIC, "barn": BARN})
    return router


def _hos_avsender(router: APIRouter, engine: Engine, oppsett: Oppsett, rammer: Rammer) -> None:
    """What the service that follows an adult up does in a child's case; and who decides a doubt."""

    def i_saken(plan: Plan, asked: Asked, barn_ref: str) -> Answer:
        return utfør(engine, asked, plan, stream=barn_ref)

    @router.post("/barn/{barn_ref}/henvisninger")
    def henvis(barn_ref: Ref, ny: NyHenvisning, asked: Annotated[Asked, spør("barn.henvis")]) -> Answer:
        """Refers the child: sent where the adult has said what it takes, else held."""
        tekst = barneplaner.Henvisningstekst(_tekst(ny.stoettebehov), _tekst(ny.kontakt), _forseglbar(ny.utdypende))
        return i_saken(
            barneplaner.henvis(barn_ref, ny.forelder, ny.til, tekst, asked.actor, rammer), asked, barn_ref
        )  # fmt: skip

    @router.post("/barn/{barn_ref}/henvisninger/{henvisning_ref}/send")
    def send(barn_ref: Ref, henvisning_ref: Ref, asked: Annotated[Asked, spør("barn.henvis")]) -> Answer:
        """Sends a referral that was held, now that the adult has said what it takes."""
        return i_saken(barneplaner.send(barn_ref, henvisning_ref, asked.actor, rammer), asked, barn_ref)

    @router.post("/barn/{barn_ref}/meldeplikt")
    def vurder(barn_ref: Ref, vurdert: Vurdering, asked: Annotated[Asked, spør("barn.meldeplikt")]) -> Answer:
        """The duty to report has been assessed (hpl §33). Nothing is sent: a person reports, to barnevernet."""
        av, utfall = må_ha_stilling(oppsett, vurdert.av, asked.actor.party), Meldepliktutfall(vurdert.utfall)
        innhold = _tekst(vurdert.innhold)
        plan = barneplaner.vurder_meldeplikt(barn_ref, vurdert.forelder, av, utfall, innhold, asked.actor, rammer)
        return i_saken(plan, asked, barn_ref)

    @router.post("/barn/{barn_ref}/etterlatt")
    def etterlatt(barn_ref: Ref, om: Etterlatt, asked: Annotated[Asked, spør("barn.henvis")]) -> Answer:
        """The child has been looked to after the death of an adult (hpl §10b)."""
        av, innhold = må_ha_stilling(oppsett, om.av, asked.actor.party), _forseglbar(om.innhold)
        plan = barneplaner.følg_opp_etterlatt(barn_ref, om.forelder, av, innhold, asked.actor, rammer)
        return i_saken(plan, asked, barn_ref)

    @router.post("/barn/{barn_ref}/hoert")
    def hørt(barn_ref: Ref, om: Hørt, asked: Annotated[Asked, spør("barn.registrer")]) -> Answer:
        """The child has been heard."""
        plan = barneplaner.hør_barnet(barn_ref, _forseglbar(om.innhold), om.skjult_for_foreldre, asked.actor, rammer)
        return i_saken(plan, asked, barn_ref)

    @router.post("/barn/{barn_ref}/tvil")
    def avgjør_tvil(barn_ref: Ref, om: Tvil, asked: Annotated[Asked, spør("barn.tvil")]) -> Answer:
        """A person has decided whether two cases are one child's."""
        return i_saken(barneplaner.avgjør_tvil(barn_ref, om.kandidat, om.samme, asked.actor, rammer), asked, barn_ref)


def _hos_mottaker(router: APIRouter, engine: Engine, oppsett: Oppsett, rammer: Rammer) -> None:
    """What a receiver does for the child."""

    def i_saken(plan: Plan, asked: Asked, barn_ref: str) -> Answer:
        return utfør(engine, asked, plan, stream=barn_ref)

    @router.post("/barn/{barn_ref}/henvisninger/{henvisning_ref}/ta-imot")
    def ta_imot(
        barn_ref: Ref, henvisning_ref: Ref, hvem: HvemSa, asked: Annotated[Asked, spør("barn.hjelp")]
    ) -> Answer:  # fmt: skip
        """Somebody at the receiver takes the referral."""
        av = må_ha_stilling(oppsett, hvem.av, asked.actor.party)
        return i_saken(barneplaner.ta_imot(barn_ref, henvisning_ref, av, asked.actor, rammer), asked, barn_ref)

    @router.post("/barn/{barn_ref}/henvisninger/{henvisning_ref}/svar")
    def besvar(
        barn_ref: Ref, henvisning_ref: Ref, svar: SvarPåHenvisning, asked: Annotated[Asked, spør("barn.hjelp")]
    ) -> Answer:  # fmt: skip
        """The receiver says whether it helps the child."""
        innhold = _forseglbar(svar.innhold)
        plan = barneplaner.besvar(barn_ref, henvisning_ref, svar.tar_imot, innhold, asked.actor, rammer)
        return i_saken(plan, asked, barn_ref)

    @router.post("/barn/{barn_ref}/henvisninger/{henvisning_ref}/tiltak")
    def start_tiltak(
        barn_ref: Ref, henvisning_ref: Ref, hva: Ord, asked: Annotated[Asked, spør("barn.hjelp")]
    ) -> Answer:  # fmt: skip
        """The receiver has begun to help the child."""
        plan = barneplaner.start_tiltak(barn_ref, henvisning_ref, _tekst(hva.innhold), asked.actor, rammer)
        return i_saken(plan, asked, barn_ref)

    @router.post("/barn/{barn_ref}/tiltak/{tiltak_ref}/avslutt")
    def avslutt_tiltak(
        barn_ref: Ref, tiltak_ref: Ref, hvorfor: Begrunnelse, asked: Annotated[Asked, spør("barn.hjelp")]
    ) -> Answer:  # fmt: skip
        """A measure has ended."""
        plan = barneplaner.avslutt_tiltak(barn_ref, tiltak_ref, hvorfor.grunn, asked.actor, rammer)
        return i_saken(plan, asked, barn_ref)
