"""The commands of samhandling over HTTP: the register, the manual queue, tasks, and that a message has been opened.

No national id or name is ever in an address, only in a body.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from bindeledd.core.errors import InvalidMessage, NotAllowed
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import PROBLEMS, Answer, Asked
from bindeledd.runtime.service import Plan
from bindeledd.schema.generated.samhandling import Identitet, Personalia
from services.felles.api import Begrunnelse, Dag, HvemTar, Id, Kode, Kropp, Ref, oppgaveruter, spør, utfør
from services.felles.brukere import må_ha_stilling
from services.felles.oppsett import Oppsett
from services.felles.parter import koordinerende_enhet
from services.samhandling import planer
from services.samhandling.adgang import for_dem_som_kjenner
from services.samhandling.alvorlig.api_alvorlig import alvorligruter
from services.samhandling.avvik import avvik
from services.samhandling.avvik.api_avvik import avviksruter
from services.samhandling.avvik.api_avviksgang import gangruter
from services.samhandling.folkeregister import identitet
from services.samhandling.forum.api_forumrapport import rapportruter
from services.samhandling.opphold import TOPIC
from services.samhandling.plo.identitet import kontroller

Navn = Annotated[str, Field(min_length=1, max_length=500)]
"""A person's words, sealed before they are stored. All else that a caller may say is a ref, an id or a code."""


class Nummer(Kropp):
    """A national id. `utsteder` only for an H-number, which is unique together with its issuer."""

    nummer: Annotated[str, Field(max_length=20)]
    type: Annotated[str, Field(pattern=r"^[A-Z]{2,5}$")]
    utsteder: Annotated[str, Field(max_length=60)] = ""


class NyPerson(Kropp):
    """A person that somebody here knows."""

    fornavn: Navn
    etternavn: Navn
    født: Dag | None = None
    numre: Annotated[list[Nummer], Field(min_length=1, max_length=10)]
    bydel: str | None = None


class Bydel(Kropp):
    bydel: str | None
    kommune: Annotated[str, Field(pattern=r"^\d{4}$")] | None = None


class Avgjørelse(Kropp):
    """Whether two records are one person, and (a code) what that rests on."""

    kandidat: Ref
    samme: bool
    grunn: Kode


class Tapt(Kropp):
    tapt: Ref


class Fordeling(HvemTar):
    """The unit that shall have the message."""

    til: Id


class Utskilt(Kropp):
    """The record that is a person of its own again, and streams that go with it though they began after the merge."""

    gjenoppstått: Ref
    strømmer: Annotated[tuple[Ref, ...], Field(max_length=1000)] = ()


def ruter(engines: Mapping[str, Engine], oppsett: Oppsett) -> APIRouter:
    """The routes under /api/samhandling."""
    router = APIRouter(prefix="/api/samhandling", tags=["samhandling"], responses=PROBLEMS)
    _registeret(router, engines["samhandling"], oppsett)
    _sammenslåinger(router, engines["samhandling"])
    _meldingene(router, engines["samhandling"], oppsett)
    avviksruter(router, engines["samhandling"])
    gangruter(router, engines["samhandling"])
    rapportruter(router, engines["samhandling"])
    alvorligruter(router, engines["samhandling"])
    oppgaveruter(router, engines["samhandling"], oppsett, {"opphold": TOPIC, "avvik": avvik.TOPIC})
    return router


def _registeret(router: APIRouter, engine: Engine, oppsett: Oppsett) -> None:
    @router.post("/personer")
    def registrer(ny: NyPerson, asked: Annotated[Asked, spør("koe.avklar")]) -> Answer:
        """Registers a person. The answer's `stream` is the person's ref, also of one who was known."""
        plan = planer.registrer_person(_personalia(ny), _identer(ny, oppsett), _kjent(ny.bydel, oppsett), asked.actor)
        return utfør(engine, asked, plan)

    @router.post("/personer/{person_ref}/bydel")
    def bydel(person_ref: Ref, satt: Bydel, asked: Annotated[Asked, spør("koe.avklar")]) -> Answer:
        """Says where a person lives. Every stay is routed again."""
        plan = planer.sett_bydel(person_ref, _kjent(satt.bydel, oppsett), satt.kommune, asked.actor)
        return _om_person(engine, asked, plan, person_ref)

    @router.post("/personer/{person_ref}/bekreft")
    def bekreft(person_ref: Ref, hvorfor: Begrunnelse, asked: Annotated[Asked, spør("koe.avklar")]) -> Answer:
        """Confirms that the patient is ours."""
        plan = planer.bekreft_person(person_ref, hvorfor.grunn, asked.actor)
        return _om_person(engine, asked, plan, person_ref)

    @router.post("/personer/{person_ref}/forkast")
    def forkast(person_ref: Ref, hvorfor: Begrunnelse, asked: Annotated[Asked, spør("koe.avklar")]) -> Answer:
        """Says that the patient is no case of ours. The content is shredded; the receipt log remains."""
        plan = planer.forkast_person(person_ref, hvorfor.grunn, asked.actor)
        return _om_person(engine, asked, plan, person_ref)


def _sammenslåinger(router: APIRouter, engine: Engine) -> None:
    @router.post("/personer/{person_ref}/slaa-sammen")
    def slå_sammen(person_ref: Ref, med: Tapt, asked: Annotated[Asked, spør("person.slaa_sammen")]) -> Answer:
        """Another record is this person too."""
        return _om_person(engine, asked, planer.slå_sammen(person_ref, med.tapt, asked.actor), person_ref, med.tapt)

    @router.post("/personer/{person_ref}/skill-ut")
    def skill_ut(person_ref: Ref, hvem: Utskilt, asked: Annotated[Asked, spør("person.slaa_sammen")]) -> Answer:
        """Undoes a merge."""
        plan = planer.omgjør_sammenslåing(person_ref, hvem.gjenoppstått, hvem.strømmer, asked.actor)
        return _om_person(engine, asked, plan, person_ref)

    @router.post("/personer/{person_ref}/treff")
    def treff(person_ref: Ref, svar: Avgjørelse, asked: Annotated[Asked, spør("person.avgjoer_treff")]) -> Answer:
        """Decides a doubtful match."""
        plan = planer.avgjør_treff(person_ref, svar.kandidat, svar.grunn, asked.actor, samme=svar.samme)
        return _om_person(engine, asked, plan, person_ref, svar.kandidat)


def _meldingene(router: APIRouter, engine: Engine, oppsett: Oppsett) -> None:
    @router.post("/meldinger/{melding_ref}/aapnet")
    def åpnet(melding_ref: Ref, hvem: HvemTar, asked: Annotated[Asked, spør("melding.aapne")]) -> Answer:
        """Somebody of the receiving unit has opened the message."""
        av = må_ha_stilling(oppsett, hvem.av, asked.actor.party)
        plan = planer.åpne_melding(melding_ref, asked.actor.party, av, asked.actor)
        return utfør(engine, asked, plan, stream=melding_ref)

    @router.post("/meldinger/{melding_ref}/fordel")
    def fordel(melding_ref: Ref, hvem: Fordeling, asked: Annotated[Asked, spør("koe.avklar")]) -> Answer:
        """The koordinerende enhet says which unit shall have a message to a service that gets none here."""
        if asked.actor.party != koordinerende_enhet(oppsett):
            raise NotAllowed(
                "Bare koordinerende enhet sier hvem som skal ha det ingen her er sendt.", "melding.fordeles"
            )
        av = må_ha_stilling(oppsett, hvem.av, asked.actor.party)
        plan = planer.fordel_melding(melding_ref, hvem.til, asked.actor.party, av, asked.actor)
        return utfør(engine, asked, plan, stream=melding_ref)

    @router.post("/meldinger/{melding_ref}/besvart")
    def besvart(melding_ref: Ref, hvem: HvemTar, asked: Annotated[Asked, spør("melding.aapne")]) -> Answer:
        """Somebody of the receiving unit has answered the sender."""
        av = må_ha_stilling(oppsett, hvem.av, asked.actor.party)
        plan = planer.besvar_melding(melding_ref, asked.actor.party, av, asked.actor)
        return utfør(engine, asked, plan, stream=melding_ref)


def _om_person(engine: Engine, asked: Asked, plan: Plan, person_ref: str, *andre: str) -> Answer:
    kjent = for_dem_som_kjenner(engine, asked.actor.party, plan, person_ref, *andre)
    return utfør(engine, asked, kjent, stream=person_ref)


def _personalia(ny: NyPerson) -> Personalia:
    return Personalia(
        fornavn=ny.fornavn, mellomnavn="", etternavn=ny.etternavn, foedt=ny.født, kjoenn="", gateadresse="",
        postnummer="", poststed="",
    )  # fmt: skip


def _identer(ny: NyPerson, oppsett: Oppsett) -> tuple[Identitet, ...]:
    identer = []
    for nummer in ny.numre:
        feil = kontroller(
            nummer.nummer, nummer.type, nummer.utsteder, tillat_testnummer=oppsett.tillat_testnummer, født=ny.født
        )
        if feil is not None:
            raise InvalidMessage(feil.tekst, "numre", "Rett nummeret, eller typen")
        identer.append(identitet(nummer.nummer, nummer.type, nummer.utsteder))
    return tuple(identer)


def _kjent(bydel: str | None, oppsett: Oppsett) -> str | None:
    if bydel is not None and bydel not in oppsett.bydeler:
        raise InvalidMessage("ukjent bydel", "bydel", f"Bruk en av: {', '.join(sorted(oppsett.bydeler))}")
    return bydel
