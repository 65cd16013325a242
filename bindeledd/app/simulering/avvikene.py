"""Lays out what comes of an avvik that a missed clock has drafted: reported, opened, answered, agreed on, or not; and
what forums make of what was not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from bindeledd.app.simulering.andeler import Andel, Hyppighet
from bindeledd.app.simulering.løp import Løp, Steg, klokka
from bindeledd.app.simulering.verden import Verden
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import Avvikstilstand, ForumsakUtsnitt, Forumutfall, MoensterUtsnitt
from services.felles.oppsett import Oppsett
from services.felles.tid import lokal_dag
from services.samhandling.avvik import avvik, avvikplaner
from services.samhandling.forum import mønster
from services.samhandling.forum.forumsak import FORUM, Behandle
from web.gitt import av_slag as gitt_av_slag

HVA = "Tidligmeldingen kom ikke innen fristen. Vi visste ikke at personen var innlagt."
SPØRSMÅL = "Hvem skal si fra når personen blir flyttet fra en avdeling til en annen det første døgnet?"
BESLUTNINGER = {
    Forumutfall.AVGJORT: "Avdelingen som legger inn, har ansvaret. Det blir skrevet inn i rutinene til begge enhetene.",
    Forumutfall.SENDT_VIDERE: "Det gjelder flere enn oss. Vi ber om at det blir avgjort for hele byen.",
    Forumutfall.UTSATT: "Vi trenger tall fra begge enhetene først.",
    Forumutfall.TILBAKE: "Snakk sammen på nytt. Dere er nærmere hverandre enn dere tror.",
}
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
            case Avvikstilstand.UENIG if sak.forumsak is None and _treffer(Andel.AVVIK_ESKALERT, løp, verden):
                _løft(ref, sak, verden)
            case Avvikstilstand.LUKKET if sak.tilbakemelding is None and _treffer(
                Andel.MELDEREN_FIKK_VITE, løp, verden
            ):
                vet = avvik.GiTilbakemelding(sak.av_part, _svarer(sak.av_part, verden), ord_("De har en ny rutine nå."))
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
            part, sak.mot_part, bruker, anonym=False, fakta=sak.fakta, hendelse=ord_(HVA), strakstiltak=ord_(STRAKS)
        )
        if verden.gjør("samhandling", avvikplaner.meld_utkast(ref, command, aktør, verden.rammer)) is not None:
            return


def _svar(ref: str, sak: avvik.Avvik, løp: Løp, verden: Verden) -> None:
    assert sak.mot_part is not None
    bruker = _svarer(sak.mot_part, verden)
    if _treffer(Andel.AVVIK_UENIG, løp, verden):
        uenig = avvik.VærUenig(sak.mot_part, bruker, ord_("Meldingen ble sendt, men til en annen tjeneste."))
        _gjør(ref, uenig, verden)
        return
    svar = avvik.Besvar(
        sak.mot_part, bruker, ord_("Det var travelt på vakta, og meldingen ble glemt."),
        ord_("Vi ser etter hver morgen om alle meldinger er sendt."), ord_("Vakta må vite hvem som sender."),
    )  # fmt: skip
    _gjør(ref, svar, verden)


def _løft(ref: str, sak: avvik.Avvik, verden: Verden) -> None:
    """The leader of the unit that reported it puts it up for a forum."""
    assert sak.av_part is not None
    leder = verden.bruker(sak.av_part, "avvik.eskaler")
    command = avvik.Eskaler(sak.av_part, leder, ord_(SPØRSMÅL))
    verden.gjør("samhandling", avvikplaner.i_saken(ref, command, verden.aktør(sak.av_part, "avvik.eskaler")))


def forummøter(oppsett: Oppsett, første: date, siste: date) -> Iterator[Steg]:
    """Every day on which a forum meets, the secretary writes down in the afternoon what became of each matter."""
    for nummer in range((siste - første).days + 1):
        dag = første + timedelta(days=nummer)
        if any(dag in forum.kalender.i_året(dag.year) for forum in oppsett.stige.på(dag)):
            yield klokka(dag, 14.5), _møtet_er_holdt


def _møtet_er_holdt(verden: Verden) -> None:
    dag, stige = lokal_dag(verden.klokke.now), verden.rammer.oppsett.stige
    if "web" not in verden.installasjon.engines:
        return  # nobody has the agenda at hand: its pages are a process of their own
    avgjort: set[str] = set()
    for slag, topic in ((ForumsakUtsnitt, avvik.TOPIC), (MoensterUtsnitt, mønster.TOPIC)):
        for gitt in sorted(gitt_av_slag(verden.installasjon.engines["web"], FORUM, slag), key=lambda g: str(g.gitt)):
            u = gitt.utsnitt
            sted = stige.møtet(u.forum, u.moete, dag) if u.moete is not None else None
            if sted is not None and sted[1] == dag:
                terning = random.Random(f"forum {u.forum} {dag} {u.kategori} {gitt.gitt}")  # noqa: S311 - as above
                utfall = _utfall(terning, kan_videre=stige.over(sted[0], dag) is not None)
                if sted[0].id not in avgjort:  # so that each meeting settles something, whatever the seed
                    utfall = Forumutfall.AVGJORT
                    avgjort.add(sted[0].id)
                svar = Behandle(FORUM, verden.bruker(FORUM, "forum.behandle"), utfall, ord_(BESLUTNINGER[utfall]))
                aktør = verden.aktør(FORUM, "forum.behandle")
                verden.gjør("samhandling", avvikplaner.behandle(topic, gitt.aggregat, svar, aktør))


def _utfall(terning: random.Random, *, kan_videre: bool) -> Forumutfall:
    if terning.random() < Andel.FORUM_AVGJØR.andel:
        return Forumutfall.AVGJORT
    if kan_videre and terning.random() < Andel.FORUM_SENDER_VIDERE.andel:
        return Forumutfall.SENDT_VIDERE
    return terning.choice((Forumutfall.UTSATT, Forumutfall.TILBAKE))


def _gjør(ref: str, command: avvikplaner.ISaken, verden: Verden) -> None:
    verden.gjør("samhandling", avvikplaner.i_saken(ref, command, verden.aktør(command.part, "avvik.svar")))


def _svarer(part: str | None, verden: Verden) -> str:
    assert part is not None
    return verden.bruker(part, "avvik.svar")


def ord_(tekst: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=tekst))
