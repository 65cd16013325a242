"""The commands about avvik over HTTP. What is said in words is sealed before it is stored."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import Answer, Asked
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import (
    Avviksalvor,
    Avviksfakta,
    Avvikskategori,
    Forumutfall,
    Loggreferanse,
)
from services.felles.api import HvemTar, Id, Kode, Kropp, Ref, Tidspunkt, spør, utfør
from services.felles.brukere import må_ha_stilling
from services.felles.kjent import Rammer
from services.samhandling.avvik import avvik, avvikplaner
from services.samhandling.avvik.meldingsfeil import må_være_avvik
from services.samhandling.forum import mønster
from services.samhandling.forum.forumsak import Behandle

Ord = Annotated[str, Field(min_length=1, max_length=2000)]
Kort = Annotated[str, Field(max_length=1000)]
Kategori = Literal[
    "TIDLIGMELDING", "UTSKREVET_UTEN_PLAN", "EPIKRISE", "LEGEMIDDELLISTE", "FEIL_MOTTAKER", "KOMMUNEN_SVARER_IKKE",
    "UTSKRIVNINGSKLAR_BESTRIDT", "ANSVARSGRUPPE", "BARN_IKKE_KARTLAGT", "TRANSPORT", "INNLEGGELSESRAPPORT",
    "KOMMUNIKASJON", "ANNET", "DIALOG_AVVIK",
]  # fmt: skip
Punkt = Annotated[str, Field(pattern=r"^[0-9]{0,2}([.-][0-9a-z]{1,2}){0,3}$")]


class Bevis(Kropp):
    """A record of the log."""

    tema: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=60)]
    strøm: Ref
    versjon: Annotated[int, Field(ge=1, le=2**31)]


class NyttAvvik(Kropp):
    """What happened, to whom it is reported, and what was done at once. `av`: who reports. An agreement that is not
    said is the one that the kind falls under. DIALOG_AVVIK is none, and is answered with what to do instead."""

    av: Id
    mot: Id
    kategori: Kategori
    hendelse: Ord
    hendt: Tidspunkt
    oppdaget: Tidspunkt
    strakstiltak: Kort = ""
    alvor: Literal["LITEN", "MODERAT", "ALVORLIG"] | None = None
    anonym: bool = False
    avtale: Id | None = None
    avtale_versjon: Annotated[str, Field(pattern=r"^[0-9a-z.-]{0,20}$")] = ""
    punkt: Punkt = ""
    opphold_ref: Ref | None = None
    bevis: Annotated[tuple[Bevis, ...], Field(max_length=10)] = ()


class Forkastet(Kropp):
    """Why a draft is no avvik, as a code."""

    av: Id
    grunn: Kode


class Avvikssvar(Kropp):
    """An answer, what is done so that it does not happen again, and what was learned."""

    av: Id
    svar: Ord
    tiltak: Kort = ""
    laering: Kort = ""


class Sagt(Kropp):
    """What somebody says, in words."""

    av: Id
    tekst: Ord


class Løftet(Kropp):
    """What a forum is asked, in words that name nobody. `rus`: it is about substance use."""

    av: Id
    tekst: Ord
    rus: bool = False


class Forumsvar(Kropp):
    """What a forum has come to: settled, sent on to the rung above, put off, or sent back to the two units."""

    av: Id
    utfall: Literal["AVGJORT", "SENDT_VIDERE", "UTSATT", "TILBAKE"]
    tekst: Ord


def avviksruter(router: APIRouter, engine: Engine) -> None:
    """`/personer/{person}/avvik`, `/avvik`, `/avvik/{ref}/…`, `/moenster/{ref}/forum`."""
    _meldingen(router, engine, engine.service.rules)
    _mellom_partene(router, engine, engine.service.rules)
    _i_forumene(router, engine, engine.service.rules)


def _meldingen(router: APIRouter, engine: Engine, rammer: Rammer) -> None:
    @router.post("/personer/{person_ref}/avvik")
    def meld_om(person_ref: Ref, nytt: NyttAvvik, asked: Annotated[Asked, spør("avvik.meld")]) -> Answer:
        """Reports an avvik about a person. The answer's `stream` is the case's ref."""
        command = _meld(nytt, _hvem(rammer, nytt.av, asked), asked.actor.party)
        return utfør(engine, asked, avvikplaner.meld(person_ref, command, asked.actor, rammer))

    @router.post("/avvik")
    def meld(nytt: NyttAvvik, asked: Annotated[Asked, spør("avvik.meld")]) -> Answer:
        """Reports an avvik that is about nobody in particular."""
        command = _meld(nytt, _hvem(rammer, nytt.av, asked), asked.actor.party)
        return utfør(engine, asked, avvikplaner.meld(None, command, asked.actor, rammer))

    @router.post("/avvik/{avvik_ref}/meld")
    def meld_utkast(avvik_ref: Ref, nytt: NyttAvvik, asked: Annotated[Asked, spør("avvik.meld")]) -> Answer:
        """Reports what was drafted."""
        command = _meld(nytt, _hvem(rammer, nytt.av, asked), asked.actor.party)
        plan = avvikplaner.meld_utkast(avvik_ref, command, asked.actor, rammer)
        return utfør(engine, asked, plan, stream=avvik_ref)

    @router.post("/avvik/{avvik_ref}/forkast")
    def forkast(avvik_ref: Ref, hvorfor: Forkastet, asked: Annotated[Asked, spør("avvik.meld")]) -> Answer:
        """Says that a draft is no avvik."""
        av = _hvem(rammer, hvorfor.av, asked)
        plan = avvikplaner.forkast_utkast(avvik_ref, hvorfor.grunn, av, asked.actor, rammer)
        return utfør(engine, asked, plan, stream=avvik_ref)


def _mellom_partene(router: APIRouter, engine: Engine, rammer: Rammer) -> None:
    def i_saken(avvik_ref: str, command: avvikplaner.ISaken, asked: Asked) -> Answer:
        return utfør(engine, asked, avvikplaner.i_saken(avvik_ref, command, asked.actor), stream=avvik_ref)

    @router.post("/avvik/{avvik_ref}/mottatt")
    def mottatt(avvik_ref: Ref, hvem_tar: HvemTar, asked: Annotated[Asked, spør("avvik.svar")]) -> Answer:
        """Somebody of the other unit has opened it."""
        return i_saken(avvik_ref, avvik.Motta(asked.actor.party, _hvem(rammer, hvem_tar.av, asked)), asked)

    @router.post("/avvik/{avvik_ref}/svar")
    def svar(avvik_ref: Ref, svaret: Avvikssvar, asked: Annotated[Asked, spør("avvik.svar")]) -> Answer:
        """Answers, with measures and what was learned."""
        command = avvik.Besvar(
            asked.actor.party, _hvem(rammer, svaret.av, asked), _forseglet(svaret.svar), _om_noe(svaret.tiltak),
            _om_noe(svaret.laering),
        )  # fmt: skip
        return i_saken(avvik_ref, command, asked)

    @router.post("/avvik/{avvik_ref}/uenig")
    def uenig(avvik_ref: Ref, sagt: Sagt, asked: Annotated[Asked, spør("avvik.svar")]) -> Answer:
        """Disagrees, and says why."""
        command = avvik.VærUenig(asked.actor.party, _hvem(rammer, sagt.av, asked), _forseglet(sagt.tekst))
        return i_saken(avvik_ref, command, asked)

    @router.post("/avvik/{avvik_ref}/enig")
    def enig(avvik_ref: Ref, hvem_tar: HvemTar, asked: Annotated[Asked, spør("avvik.svar")]) -> Answer:
        """Agrees that the case is closed as it stands; when both parties do, it is."""
        return i_saken(avvik_ref, avvik.VærEnig(asked.actor.party, _hvem(rammer, hvem_tar.av, asked)), asked)

    @router.post("/avvik/{avvik_ref}/tilbakemelding")
    def tilbakemelding(avvik_ref: Ref, sagt: Sagt, asked: Annotated[Asked, spør("avvik.svar")]) -> Answer:
        """Tells whoever reported it what came of it. The other party is not told of it."""
        command = avvik.GiTilbakemelding(asked.actor.party, _hvem(rammer, sagt.av, asked), _forseglet(sagt.tekst))
        return i_saken(avvik_ref, command, asked)


def _i_forumene(router: APIRouter, engine: Engine, rammer: Rammer) -> None:
    def behandlet(topic: str, ref: str, svaret: Forumsvar, asked: Asked) -> Answer:
        avvikplaner.må_være_uten_nummer(svaret.tekst)
        command = Behandle(
            asked.actor.party, _hvem(rammer, svaret.av, asked), Forumutfall(svaret.utfall), _forseglet(svaret.tekst)
        )
        return utfør(engine, asked, avvikplaner.behandle(topic, ref, command, asked.actor), stream=ref)

    @router.post("/avvik/{avvik_ref}/snakket")
    def snakket(avvik_ref: Ref, hvem_tar: HvemTar, asked: Annotated[Asked, spør("avvik.eskaler")]) -> Answer:
        """A leader says that the leaders of both have talked about one patient's dispute."""
        command = avvik.HarSnakketSammen(asked.actor.party, _hvem(rammer, hvem_tar.av, asked))
        return utfør(engine, asked, avvikplaner.i_saken(avvik_ref, command, asked.actor), stream=avvik_ref)

    @router.post("/avvik/{avvik_ref}/eskaler")
    def eskaler(avvik_ref: Ref, løftet: Løftet, asked: Annotated[Asked, spør("avvik.eskaler")]) -> Answer:
        """Puts what the two do not agree on up for the next meeting of the forum that takes such cases."""
        av = _hvem(rammer, løftet.av, asked)
        command = avvik.Eskaler(asked.actor.party, av, _forseglet(løftet.tekst), løftet.rus)
        plan = avvikplaner.eskaler(avvik_ref, command, løftet.tekst, asked.actor, rammer)
        return utfør(engine, asked, plan, stream=avvik_ref)

    @router.post("/avvik/{avvik_ref}/forum")
    def i_forumet(avvik_ref: Ref, svaret: Forumsvar, asked: Annotated[Asked, spør("forum.behandle")]) -> Answer:
        """Writes down what a forum came to in a case. Both units are told; when it is settled, the case is closed."""
        return behandlet(avvik.TOPIC, avvik_ref, svaret, asked)

    @router.post("/moenster/{moenster_ref}/forum")
    def mønsteret(moenster_ref: Ref, svaret: Forumsvar, asked: Annotated[Asked, spør("forum.behandle")]) -> Answer:
        """Writes down what a forum came to about a pattern."""
        return behandlet(mønster.TOPIC, moenster_ref, svaret, asked)


def _hvem(rammer: Rammer, bruker: str, asked: Asked) -> str:
    return må_ha_stilling(rammer.oppsett, bruker, asked.actor.party)


def _meld(nytt: NyttAvvik, melder: str, part: str) -> avvik.Meld:
    må_være_avvik(nytt.kategori)
    fakta = Avviksfakta(
        kategori=Avvikskategori(nytt.kategori), alvor=Avviksalvor(nytt.alvor or "UKJENT"), hendt=nytt.hendt,
        oppdaget=nytt.oppdaget, avtale=nytt.avtale or "", avtale_versjon=nytt.avtale_versjon, punkt=nytt.punkt,
        opphold_ref=nytt.opphold_ref,
        bevis=tuple(Loggreferanse(tema=b.tema, stroem=b.strøm, versjon=b.versjon) for b in nytt.bevis),
    )  # fmt: skip
    return avvik.Meld(
        part, nytt.mot, melder, nytt.anonym, fakta, _forseglet(nytt.hendelse), _om_noe(nytt.strakstiltak)
    )  # fmt: skip


def _forseglet(tekst: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=tekst))


def _om_noe(tekst: str) -> Klartekst[Tekst] | None:
    return _forseglet(tekst) if tekst.strip() else None
