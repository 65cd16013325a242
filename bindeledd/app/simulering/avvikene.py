"""Lays out what comes of an avvik that a missed clock has drafted: reported, opened, answered, agreed on, or not."""

from __future__ import annotations

import random

from bindeledd.app.simulering.andeler import Andel, Hyppighet
from bindeledd.app.simulering.løp import Løp
from bindeledd.app.simulering.verden import Verden
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import Avvikstilstand
from services.felles.tid import lokal_dag
from services.samhandling import avvik, avvikplaner

HVA = "Tidligmeldingen kom ikke innen fristen. Vi visste ikke at personen var innlagt."
STRAKS = "Ringte avdelingen og fikk vite hvordan det står til."


def følg_avvik(løp: Løp, verden: Verden) -> None:
    """What a working day brings in the person's cases."""
    saker = verden.med_ref("samhandling", avvik.TOPIC, løp.person_ref)
    for ref, sak in sorted(saker, key=lambda par: (str(par[1].fakta), str(par[1].meldt))):
        match sak.tilstand:
            case Avvikstilstand.UTKAST if _noen_bryr_seg(sak, løp) and _treffer(Andel.AVVIK_MELDT, løp, verden):
                _meld(ref, sak, løp, verden)
            case Avvikstilstand.SENDT if _treffer(Andel.AVVIK_ÅPNET, løp, verden):
                _gjør(ref, avvik.Motta(sak.mot_part, _svarer(sak.mot_part, verden)), verden)
            case Avvikstilstand.MOTTATT if _treffer(Andel.AVVIK_BESVART, løp, verden):
                _svar(ref, sak, løp, verden)
            case Avvikstilstand.SVART if _treffer(Andel.AVVIK_LUKKET, løp, verden):
                for part in sak.parter:
                    _gjør(ref, avvik.VærEnig(part, _svarer(part, verden)), verden)
            case Avvikstilstand.LUKKET if sak.tilbakemelding is None and _treffer(
                Andel.MELDEREN_FIKK_VITE, løp, verden
            ):
                vet = avvik.GiTilbakemelding(sak.av_part, _svarer(sak.av_part, verden), _ord("De har en ny rutine nå."))
                _gjør(ref, vet, verden)
            case _:
                continue


def _noen_bryr_seg(sak: avvik.Avvik, løp: Løp) -> bool:
    """Whether anybody ever reports this draft; else it lies there."""
    assert sak.fakta is not None
    terning = random.Random(f"utkast {løp.innbygger.nr} {sak.fakta.hendt}")  # noqa: S311 - as below
    return terning.random() < Andel.UTKAST_SETT.andel


def _treffer(hyppighet: Hyppighet, løp: Løp, verden: Verden) -> bool:
    """By dice of its own: what becomes of an avvik changes nothing else of the town."""
    nå = f"avvik {løp.innbygger.nr} {hyppighet.andel} {verden.klokke.now}"
    terning = random.Random(nå)  # noqa: S311 - the same seed shall give the same history
    return løp.kvoter.treffer(hyppighet, terning)


def _meld(ref: str, sak: avvik.Avvik, løp: Løp, verden: Verden) -> None:
    """One of those who follow the person up, and may know of the stay, reports it."""
    if sak.mot_part is None or sak.fakta is None:
        return
    dag = lokal_dag(verden.klokke.now)
    for part in (løp.act(dag), løp.egen("enhet"), løp.dps(dag), løp.egen("hjemmetjeneste")):
        if part == sak.mot_part:
            continue
        aktør, bruker = verden.aktør(part, "avvik.meld"), verden.bruker(part, "avvik.meld")
        command = avvik.Meld(
            part, sak.mot_part, bruker, anonym=False, fakta=sak.fakta, hendelse=_ord(HVA), strakstiltak=_ord(STRAKS)
        )
        if verden.gjør("samhandling", avvikplaner.meld_utkast(ref, command, aktør, verden.rammer)) is not None:
            return


def _svar(ref: str, sak: avvik.Avvik, løp: Løp, verden: Verden) -> None:
    assert sak.mot_part is not None
    bruker = _svarer(sak.mot_part, verden)
    if _treffer(Andel.AVVIK_UENIG, løp, verden):
        uenig = avvik.VærUenig(sak.mot_part, bruker, _ord("Meldingen ble sendt, men til en annen tjeneste."))
        _gjør(ref, uenig, verden)
        return
    svar = avvik.Besvar(
        sak.mot_part, bruker, _ord("Det var travelt på vakta, og meldingen ble glemt."),
        _ord("Vi ser etter hver morgen om alle meldinger er sendt."), _ord("Vakta må vite hvem som sender."),
    )  # fmt: skip
    _gjør(ref, svar, verden)


def _gjør(ref: str, command: avvikplaner.ISaken, verden: Verden) -> None:
    verden.gjør("samhandling", avvikplaner.i_saken(ref, command, verden.aktør(command.part, "avvik.svar")))


def _svarer(part: str | None, verden: Verden) -> str:
    assert part is not None
    return verden.bruker(part, "avvik.svar")


def _ord(tekst: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=tekst))
