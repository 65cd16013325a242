"""The commands of kriseplan over HTTP: offer, decline, write, revise, recall, use, and the tasks.

What a plan says is sealed before it is stored; it is never in an address or an answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter
from pydantic import Field, model_validator

from bindeledd.core.errors import InvalidMessage
from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import PROBLEMS, Answer, Asked
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.kriseplan import (
    Barnedel,
    Brukserfaring,
    Hjemmedel,
    Innleggelsesoensker,
    Kontakt,
    Kontakter,
    Kriseplannivaa,
    RoedtNivaa,
    TegnOgTiltak,
    Tiltak,
)
from services.felles.api import Begrunnelse, Dag, Fritekst, Id, Kode, Kropp, Ref, oppgaveruter, spør, utfør
from services.felles.brukere import må_ha_stilling
from services.felles.kjent import Rammer
from services.felles.oppsett import Oppsett
from services.kriseplan import planer
from services.kriseplan.domain import TOPIC

Linjer = Annotated[tuple[Fritekst, ...], Field(max_length=40)]
Kort = Annotated[str, Field(max_length=200)]
Lang = Annotated[str, Field(max_length=4000)]
DEL_MAKS, ERFARING_MAKS = 5000, 3000
"""Bytes that a part, and what came of a use, may say: a whole plan with its copies, uses and tasks fits a record."""


def _lengde(verdi: object) -> int:
    """In bytes, about as it is stored."""
    return len(json.dumps(verdi, ensure_ascii=False).encode())


class Tiltaket(Kropp):
    """Something that helps: what, who does it, when and how."""

    hva: Annotated[str, Field(min_length=1, max_length=500)]
    hvem: Kort = ""
    naar: Kort = ""
    hvordan: Annotated[str, Field(max_length=500)] = ""


Tiltaksliste = Annotated[tuple[Tiltaket, ...], Field(max_length=40)]


class Tegn(Kropp):
    """Warning signs and what helps, on the green and the yellow level. Lines of no level are those of older forms."""

    varselsignaler: Linjer = ()
    tiltak: Linjer = ()
    utloesende: Linjer = ()
    groenne_tegn: Linjer = ()
    groenne_tiltak: Tiltaksliste = ()
    gule_tegn: Linjer = ()
    gule_tiltak: Tiltaksliste = ()
    hjulpet: Linjer = ()


class Roedt(Kropp):
    """The red level: what changes, what others do, and how the person wishes to be met."""

    tegn: Linjer = ()
    tiltak: Tiltaksliste = ()
    moetes: Lang = ""
    hjelper_ikke: Linjer = ()
    annet: Lang = ""


class Ringeliste(Kropp):
    """Somebody to call, who it is, and when."""

    navn: Kort
    telefon: Kort
    naar: Kort = ""
    rolle: Kort = ""


class Innleggelsen(Kropp):
    """What the person wishes if it comes to an admission."""

    sted: Lang = ""
    brukerstyrt_seng: Lang = ""
    oensket: Lang = ""
    uoensket: Lang = ""
    annet: Lang = ""


class Barna(Kropp):
    """The children's part."""

    hvem_tar_barna: Lang = ""
    hva_de_vet: Lang = ""
    hvem_informerer: Lang = ""
    barneansvarlig: Lang = ""
    annet: Lang = ""


class Hjemmet(Kropp):
    """What somebody must see to at home."""

    dyr: Lang = ""
    bolig: Lang = ""
    arbeid: Lang = ""
    oekonomi: Lang = ""
    annet: Lang = ""


Kontaktliste = Annotated[tuple[Ringeliste, ...], Field(max_length=40)]


class Deler(Kropp):
    """The parts of a plan, each in its own form or as a text. On a revision, a part that is not named stays as it was,
    and null takes it out."""

    tegn_og_tiltak: Tegn | None = None
    roedt_nivaa: Roedt | Fritekst | None = None
    kontakter: Kontaktliste | None = None
    innleggelse: Innleggelsen | Fritekst | None = None
    barn: Barna | Fritekst | None = None
    hjem_og_oekonomi: Hjemmet | Fritekst | None = None

    @model_validator(mode="after")
    def får_plass(self) -> Self:
        for del_ in self.model_fields_set:
            if _lengde(self.model_dump(mode="json", include={del_}, exclude_defaults=True)) > DEL_MAKS:
                raise ValueError(f"{del_} is longer than {DEL_MAKS} bytes. Shorten it")
        return self


class Planen(Kropp):
    """A plan or a revision: who took part, the parts, and the day on which it is gone through at the latest."""

    medvirkning: Annotated[tuple[Kode, ...], Field(min_length=1, max_length=10)]
    deler: Deler
    revideres: Dag | None = None


class Erfaring(Kropp):
    """What worked, and what did not. `av`: the user, who has to work in the unit that asks."""

    av: Id
    virket: Annotated[str, Field(max_length=1500)] = ""
    virket_ikke: Annotated[str, Field(max_length=1500)] = ""

    @model_validator(mode="after")
    def får_plass(self) -> Self:
        if _lengde([self.virket, self.virket_ikke]) > ERFARING_MAKS:
            raise ValueError(f"it is longer than {ERFARING_MAKS} bytes. Shorten it")
        return self


class Bruken(Erfaring):
    """The plan is taken into use on a level."""

    nivaa: Literal["GROENT", "GULT", "ROEDT"]


def ruter(engines: Mapping[str, Engine], oppsett: Oppsett) -> APIRouter:
    """The routes under /api/kriseplan."""
    engine = engines["kriseplan"]
    router = APIRouter(prefix="/api/kriseplan", tags=["kriseplan"], responses=PROBLEMS)
    _planen(router, engine, engine.service.rules)
    _bruken(router, engine, engine.service.rules)
    oppgaveruter(router, engine, oppsett, {"kriseplan": TOPIC})
    return router


def _planen(router: APIRouter, engine: Engine, rammer: Rammer) -> None:
    @router.post("/personer/{person_ref}/tilby")
    def tilby(person_ref: Ref, asked: Annotated[Asked, spør("kriseplan.tilby")]) -> Answer:
        """The unit that asks offers the person to make a plan."""
        return utfør(engine, asked, planer.tilby(person_ref, asked.actor, rammer))

    @router.post("/personer/{person_ref}/takk-nei")
    def takk_nei(person_ref: Ref, asked: Annotated[Asked, spør("kriseplan.tilby")]) -> Answer:
        """The person declines. Nothing is closed for the person by that."""
        return utfør(engine, asked, planer.takk_nei(person_ref, asked.actor, rammer))

    @router.post("/personer/{person_ref}/plan")
    def opprett(person_ref: Ref, ny: Planen, asked: Annotated[Asked, spør("kriseplan.skriv")]) -> Answer:
        """Makes a plan. The unit that asks keeps it in step; the answer's `stream` is the plan's ref."""
        innhold = {felt: verdi for felt, verdi in forseglbart(ny.deler).items() if verdi is not None}
        plan = planer.opprett(person_ref, ny.medvirkning, innhold, asked.actor, rammer, ny.revideres)
        return utfør(engine, asked, plan)

    @router.post("/personer/{person_ref}/plan/revider")
    def revider(person_ref: Ref, ny: Planen, asked: Annotated[Asked, spør("kriseplan.skriv")]) -> Answer:
        """A new version. Everyone with a copy has it at once, part by part as the person has decided."""
        endringer = forseglbart(ny.deler)
        plan = planer.revider(person_ref, ny.medvirkning, endringer, asked.actor, rammer, ny.revideres)
        return utfør(engine, asked, plan)

    @router.post("/personer/{person_ref}/plan/tilbakekall")
    def tilbakekall(person_ref: Ref, hvorfor: Begrunnelse, asked: Annotated[Asked, spør("kriseplan.del")]) -> Answer:
        """Recalls the plan. Every copy ends."""
        return utfør(engine, asked, planer.tilbakekall(person_ref, hvorfor.grunn, asked.actor, rammer))


def _bruken(router: APIRouter, engine: Engine, rammer: Rammer) -> None:
    @router.post("/personer/{person_ref}/plan/bruk")
    def ta_i_bruk(person_ref: Ref, bruk: Bruken, asked: Annotated[Asked, spør("kriseplan.bruk")]) -> Answer:
        """Takes a level of the plan into use. Koordinator's unit, the team and the plan's author are told."""
        av = må_ha_stilling(rammer.oppsett, bruk.av, asked.actor.party)
        plan = planer.ta_i_bruk(person_ref, Kriseplannivaa(bruk.nivaa), av, asked.actor, rammer, erfaring(bruk))
        return utfør(engine, asked, plan)

    @router.post("/personer/{person_ref}/plan/bruk/{bruk_ref}/evaluer")
    def evaluer(
        person_ref: Ref, bruk_ref: Ref, fortalt: Erfaring, asked: Annotated[Asked, spør("kriseplan.bruk")]
    ) -> Answer:
        """Tells afterwards what worked, and what did not."""
        av, erfart = må_ha_stilling(rammer.oppsett, fortalt.av, asked.actor.party), erfaring(fortalt)
        if erfart is None:
            raise InvalidMessage("nothing is told", fix="Say what worked, or what did not")
        return utfør(engine, asked, planer.evaluer(person_ref, bruk_ref, av, erfart, asked.actor, rammer))


def erfaring(fortalt: Erfaring) -> Klartekst[Brukserfaring] | None:
    """What came of a use, as content to seal; None when nothing is told."""
    if not (fortalt.virket or fortalt.virket_ikke):
        return None
    return Klartekst(Brukserfaring(virket=fortalt.virket, virket_ikke=fortalt.virket_ikke))


def forseglbart(deler: Deler) -> dict[str, Any]:
    """The parts that were named, by the field that they are sealed in; None where a part was named as null."""
    return dict(_innhold(del_, getattr(deler, del_)) for del_ in deler.model_fields_set)


def _innhold(del_: str, verdi: Any) -> tuple[str, Any]:
    match verdi:
        case None:
            return del_, None
        case str():
            return del_, Klartekst(Tekst(tekst=verdi))
        case Tegn():
            felt = _felt(verdi) | {
                "groenne_tiltak": _tiltak(verdi.groenne_tiltak),
                "gule_tiltak": _tiltak(verdi.gule_tiltak),
            }
            return del_, Klartekst(TegnOgTiltak(**felt))
        case Roedt():
            return "roedt", Klartekst(RoedtNivaa(**_felt(verdi) | {"tiltak": _tiltak(verdi.tiltak)}))
        case Innleggelsen():
            return "innleggelsesoensker", Klartekst(Innleggelsesoensker(**_felt(verdi)))
        case Barna():
            return "barna", Klartekst(Barnedel(**_felt(verdi)))
        case Hjemmet():
            return "hjem", Klartekst(Hjemmedel(**_felt(verdi)))
        case _:
            return del_, Klartekst(Kontakter(kontakter=tuple(Kontakt(**_felt(k)) for k in verdi)))


def _felt(verdi: Kropp) -> dict[str, Any]:
    return {navn: getattr(verdi, navn) for navn in type(verdi).model_fields}


def _tiltak(liste: tuple[Tiltaket, ...]) -> tuple[Tiltak, ...]:
    return tuple(Tiltak(**_felt(t)) for t in liste)
