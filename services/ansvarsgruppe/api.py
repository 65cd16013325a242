"""The commands of ansvarsgruppe over HTTP: consents and oppositions, the koordinator, the group, and their tasks.

Those about the individual plan and about meetings are in `api_plan.py` and `api_møte.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import PROBLEMS, Answer, Asked
from bindeledd.schema.generated.ansvarsgruppe import Barnekoordinatortilstand
from bindeledd.schema.generated.felles import Tekst
from services.ansvarsgruppe import gruppe, møte, planer, samtykke, tiltak
from services.ansvarsgruppe.api_møte import møteruter
from services.ansvarsgruppe.api_plan import planruter, tiltaksruter
from services.felles.api import Begrunnelse, Del, Id, Kode, Kropp, Ref, Tidspunkt, oppgaveruter, spør, utfør
from services.felles.kjent import Rammer
from services.felles.oppsett import Oppsett
from services.felles.samarbeid import GRUPPE, PLAN


class NyttSamtykke(Kropp):
    """Who may know what, for what, until when (the rules' longest when it does not say); whether a child was heard."""

    part: Id
    formaal: Kode
    deler: Annotated[list[Del], Field(min_length=1, max_length=40)]
    gjelder_til: Tidspunkt | None = None
    barnet_hoert: bool = False


class NySperring(Kropp):
    """Towards whom (everybody when it does not say), and about what (everything when it does not say)."""

    part: Id | None = None
    deler: Annotated[tuple[Del, ...], Field(max_length=40)] = ()


class NyTalsperson(Kropp):
    """Who has parental responsibility (`foreldreansvar`, without parts), or is chosen to speak in some parts."""

    slag: Kode
    navn: Annotated[str, Field(min_length=1, max_length=200)]
    deler: Annotated[tuple[Del, ...], Field(max_length=40)] = ()


class NyKoordinator(Kropp):
    part: Id
    koordinator: Id
    grunn: Kode = "annet"


class NyBarnekoordinator(Kropp):
    """What came of it that the family of a child may have a barnekoordinator; who it is, when there is one."""

    tilstand: Literal["TILBUDT", "TAKKET_NEI", "OPPNEVNT"]
    part: Id | None = None
    koordinator: Id | None = None


class Behov(Kropp):
    """Why the person needs a koordinator or an individual plan."""

    tekst: Annotated[str, Field(min_length=1, max_length=4000)] | None = None


class Invitasjon(Kropp):
    part: Id


class Gruppesvar(Kropp):
    med: bool


class Representant(Kropp):
    """Who speaks for the person, as the person chooses; nobody any more when there is no name."""

    slag: Kode = "annen"
    navn: Annotated[str, Field(min_length=1, max_length=200)] | None = None


def ruter(engines: Mapping[str, Engine], oppsett: Oppsett) -> APIRouter:
    """The routes under /api/ansvarsgruppe."""
    engine = engines["ansvarsgruppe"]
    router = APIRouter(prefix="/api/ansvarsgruppe", tags=["ansvarsgruppe"], responses=PROBLEMS)
    _samtykker(router, engine, engine.service.rules)
    _koordinatoren(router, engine, engine.service.rules)
    _gruppen(router, engine, engine.service.rules)
    planruter(router, engine, engine.service.rules)
    tiltaksruter(router, engine, engine.service.rules)
    møteruter(router, engine, engine.service.rules)
    temaer = {"plan": PLAN, "gruppe": GRUPPE, "moete": møte.TOPIC, "tiltak": tiltak.TOPIC}
    oppgaveruter(router, engine, oppsett, temaer)
    return router


def _samtykker(router: APIRouter, engine: Engine, rammer: Rammer) -> None:
    def om_personen(person_ref: str, command: samtykke.Kommando, asked: Asked) -> Answer:
        return utfør(engine, asked, planer.samtykke_for(person_ref, command, asked.actor, rammer))

    @router.post("/personer/{person_ref}/samtykker")
    def gi(person_ref: Ref, nytt: NyttSamtykke, asked: Annotated[Asked, spør("samtykke.gi")]) -> Answer:
        """Writes down a consent. A view of what it opens is made at once."""
        til: datetime | None = nytt.gjelder_til
        command = samtykke.GiSamtykke(nytt.part, nytt.formaal, tuple(nytt.deler), til, nytt.barnet_hoert)
        return om_personen(person_ref, command, asked)

    @router.post("/personer/{person_ref}/samtykker/{samtykke_id}/trekk")
    def trekk(person_ref: Ref, samtykke_id: Ref, asked: Annotated[Asked, spør("samtykke.trekk")]) -> Answer:
        """Withdraws a consent. What it alone opened is closed at once; a withdrawal is not an opposition."""
        return om_personen(person_ref, samtykke.TrekkSamtykke(samtykke_id), asked)

    @router.post("/personer/{person_ref}/sperringer")
    def sperr(person_ref: Ref, ny: NySperring, asked: Annotated[Asked, spør("sperring.registrer")]) -> Answer:
        """Writes down that the person opposes sharing (hpl §§25, 45)."""
        return om_personen(person_ref, samtykke.RegistrerSperring(ny.part, ny.deler), asked)

    @router.post("/personer/{person_ref}/sperringer/{sperring_id}/opphev")
    def opphev(person_ref: Ref, sperring_id: Ref, asked: Annotated[Asked, spør("sperring.opphev")]) -> Answer:
        """Writes down that the person no longer opposes it."""
        return om_personen(person_ref, samtykke.OpphevSperring(sperring_id), asked)

    @router.post("/personer/{person_ref}/talspersoner")
    def taler(person_ref: Ref, ny: NyTalsperson, asked: Annotated[Asked, spør("talsperson.skriv")]) -> Answer:
        """Writes down who has parental responsibility for the person, or whom they have chosen to speak for them."""
        navn = Klartekst(Tekst(tekst=ny.navn))
        return utfør(engine, asked, planer.talsperson_for(person_ref, ny.slag, navn, ny.deler, asked.actor, rammer))

    @router.post("/personer/{person_ref}/talspersoner/{talsperson_id}/fratre")
    def taler_ikke(
        person_ref: Ref, talsperson_id: Ref, hvorfor: Begrunnelse, asked: Annotated[Asked, spør("talsperson.skriv")]
    ) -> Answer:
        """Writes down that they speak for the person no longer. What they alone were shown is closed at once."""
        command = samtykke.AvsluttTalsperson(talsperson_id, hvorfor.grunn, asked.actor.party)
        return om_personen(person_ref, command, asked)


def _koordinatoren(router: APIRouter, engine: Engine, rammer: Rammer) -> None:
    @router.post("/personer/{person_ref}/koordinator")
    def koordinator(person_ref: Ref, ny: NyKoordinator, asked: Annotated[Asked, spør("plan.koordinator")]) -> Answer:
        """Appoints or changes the koordinator, with or without a plan."""
        plan = planer.sett_koordinator(person_ref, ny.part, ny.koordinator, asked.actor, rammer, ny.grunn)
        return utfør(engine, asked, plan)

    @router.post("/personer/{person_ref}/barnekoordinator")
    def barnekoordinator(
        person_ref: Ref, ny: NyBarnekoordinator, asked: Annotated[Asked, spør("plan.koordinator")]
    ) -> Answer:
        """Writes down that the family of a child was offered a barnekoordinator, declined, or has one (pbrl §2-5c)."""
        plan = planer.avklar_barnekoordinator(
            person_ref, Barnekoordinatortilstand(ny.tilstand), ny.part, ny.koordinator, asked.actor, rammer
        )  # fmt: skip
        return utfør(engine, asked, plan)

    @router.post("/personer/{person_ref}/koordinator/behov")
    def meld(person_ref: Ref, ny: Behov, asked: Annotated[Asked, spør("plan.behov")]) -> Answer:
        """Tells the koordinerende enhet that the person needs a koordinator or an individual plan (hpl §38a)."""
        behov = Klartekst(Tekst(tekst=ny.tekst)) if ny.tekst is not None else None
        return utfør(engine, asked, planer.meld_behov(person_ref, behov, asked.actor, rammer))


def _gruppen(router: APIRouter, engine: Engine, rammer: Rammer) -> None:
    @router.post("/personer/{person_ref}/gruppe")
    def opprett(person_ref: Ref, asked: Annotated[Asked, spør("gruppe.opprett")]) -> Answer:
        """Makes an ansvarsgruppe; the unit that asks is its first member. The answer's `stream` is the group's ref."""
        return utfør(engine, asked, planer.opprett_gruppe(person_ref, asked.actor, rammer))

    @router.post("/personer/{person_ref}/gruppe/{gruppe_ref}/inviter")
    def inviter(
        person_ref: Ref, gruppe_ref: Ref, ny: Invitasjon, asked: Annotated[Asked, spør("gruppe.inviter")]
    ) -> Answer:
        """Invites a unit."""
        plan = planer.inviter(person_ref, gruppe_ref, ny.part, asked.actor, rammer)
        return utfør(engine, asked, plan, stream=gruppe_ref)

    @router.post("/personer/{person_ref}/gruppe/{gruppe_ref}/representant")
    def representant(
        person_ref: Ref, gruppe_ref: Ref, ny: Representant, asked: Annotated[Asked, spør("gruppe.representant")]
    ) -> Answer:
        """Writes down whom the person has chosen to speak for them, besides themself."""
        navn = Klartekst(Tekst(tekst=ny.navn)) if ny.navn is not None else None
        command = gruppe.OppnevnRepresentant(ny.slag, navn)
        plan = planer.oppnevn_representant(person_ref, gruppe_ref, command, asked.actor, rammer)
        return utfør(engine, asked, plan, stream=gruppe_ref)

    @router.post("/personer/{person_ref}/gruppe/{gruppe_ref}/avslutt")
    def avslutt(
        person_ref: Ref, gruppe_ref: Ref, hvorfor: Begrunnelse, asked: Annotated[Asked, spør("gruppe.opprett")]
    ) -> Answer:
        """Ends the group. What waits goes to the koordinator's unit."""
        plan = planer.avslutt_gruppe(person_ref, gruppe_ref, hvorfor.grunn, asked.actor)
        return utfør(engine, asked, plan, stream=gruppe_ref)

    @router.post("/gruppe/{gruppe_ref}/svar")
    def svar(gruppe_ref: Ref, svaret: Gruppesvar, asked: Annotated[Asked, spør("gruppe.svar")]) -> Answer:
        """The invited unit itself answers."""
        command = gruppe.Svar(asked.actor.party, svaret.med, asked.actor.role)
        return utfør(engine, asked, planer.for_egen_enhet(gruppe_ref, command, asked.actor, rammer), stream=gruppe_ref)

    @router.post("/gruppe/{gruppe_ref}/fratre")
    def fratre(gruppe_ref: Ref, hvorfor: Begrunnelse, asked: Annotated[Asked, spør("gruppe.svar")]) -> Answer:
        """A member leaves."""
        command = gruppe.Fratre(asked.actor.party, hvorfor.grunn)
        return utfør(engine, asked, planer.for_egen_enhet(gruppe_ref, command, asked.actor, rammer), stream=gruppe_ref)
