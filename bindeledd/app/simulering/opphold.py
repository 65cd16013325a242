"""Lays out how a stay goes, as the ward sees it: what happens, and what it sends about it and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from bindeledd.app.simulering.andeler import Andel
from bindeledd.app.simulering.løp import Løp, Steg
from bindeledd.app.simulering.sykehus import Avdeling
from bindeledd.app.simulering.verden import Handling, Verden
from services.felles.tid import lokal_dag
from services.samhandling import planer

Skriv = Callable[[datetime], bytes]
"""Writes a message that is sent at a moment."""


def opphold(løp: Løp, inn: datetime, ut: datetime) -> Iterator[Steg]:
    """One stay. Now and then the tidligmelding is late or never sent, a message is sent twice, or refused.

    What comes is opened within hours, most of the time.
    """
    for tid, sendes in _sendes(løp, inn, ut):
        yield tid, sendes
        if løp.treffer(Andel.ÅPNET_SNART):
            yield løp.litt_etter(tid, 0.2, 3.5), lambda verden: åpne_uåpnede(løp, verden)


def _sendes(løp: Løp, inn: datetime, ut: datetime) -> Iterator[Steg]:
    avdeling = _avdeling(løp, inn)
    if løp.treffer(Andel.MELDING_UTEN_NAVN):
        yield løp.litt_etter(inn, 0.1, 0.2), _send(løp, avdeling, lambda t: avdeling.uten_navn(t, inn))
    innlagt = _send(løp, avdeling, lambda t: avdeling.innlagt(t, inn), to_ganger=løp.treffer(Andel.SENDT_TO_GANGER))
    yield løp.litt_etter(inn, 0.25, 2), innlagt
    if løp.treffer(Andel.TIDLIGMELDING):
        yield from _tidligmelding(løp, avdeling, inn, ut)
    if løp.treffer(Andel.DØR):
        løp.død = True
        yield løp.litt_etter(ut, 0.2, 1), _send(løp, avdeling, lambda t: avdeling.død(t, ut))
        return
    if ut - inn > timedelta(days=2) and løp.treffer(Andel.KLAR_MELDES):
        yield from _klar(løp, avdeling, ut)
    yield løp.litt_etter(ut, 0.1, 3), _send(løp, avdeling, lambda t: avdeling.utskrevet(t, ut))
    if løp.treffer(Andel.RAPPORT):
        yield løp.litt_etter(ut, 4, 20), _send(løp, avdeling, avdeling.rapport)


def _tidligmelding(løp: Løp, avdeling: Avdeling, inn: datetime, ut: datetime) -> Iterator[Steg]:
    tid = løp.litt_etter(inn, 26, 40) if løp.treffer(Andel.TIDLIGMELDING_FOR_SEN) else løp.litt_etter(inn, 3, 22)
    forventet = lokal_dag(ut)
    yield tid, _send(løp, avdeling, lambda t: avdeling.tidligmelding(t, forventet))
    if løp.treffer(Andel.OPPDATERT) and tid + timedelta(hours=20) < ut:
        ny = forventet + timedelta(days=1)
        yield tid + timedelta(hours=18), _send(løp, avdeling, lambda t: avdeling.oppdatering(t, ny))


def _klar(løp: Løp, avdeling: Avdeling, ut: datetime) -> Iterator[Steg]:
    """Ready for discharge, and sometimes not after all."""
    klar, lege = løp.litt_etter(ut, -44, -12), løp.treffer(Andel.LEGE_NEVNT)
    dag = lokal_dag(klar)
    yield klar, _send(løp, avdeling, lambda t: avdeling.klar(t, dag, lege=lege))
    if løp.treffer(Andel.AVMELDT):
        yield klar + timedelta(hours=3), _send(løp, avdeling, lambda t: avdeling.avmeldt(t, dag))
        yield klar + timedelta(hours=9), _send(løp, avdeling, lambda t: avdeling.klar(t, dag, lege=True))


def _avdeling(løp: Løp, inn: datetime) -> Avdeling:
    post = "pam" if løp.treffer(Andel.FRA_PAM) else løp.dps(lokal_dag(inn))
    mottaker, kopi = løp.egen("hjemmetjeneste"), løp.egen("forvaltning")
    if løp.treffer(Andel.TIL_FORVALTNING):
        mottaker, kopi = kopi, mottaker
    standard = "1.5" if løp.treffer(Andel.GAMMEL_STANDARD) else "1.6"
    return Avdeling(
        løp.innbygger, løp.oppsett, post, mottaker, kopi if løp.treffer(Andel.KOPI) else None, standard, løp.terning
    )  # fmt: skip


def _send(løp: Løp, avdeling: Avdeling, skriv: Skriv, *, to_ganger: bool = False) -> Handling:
    """A message is sent; `to_ganger`: the sender's system sends the very same bytes once more."""

    def send(verden: Verden) -> None:
        rå = skriv(verden.klokke())
        resultat = verden.send(rå)
        if to_ganger:
            verden.send(rå)
        if resultat.opphold_ref is not None:
            løp.person_ref = løp.person_ref or verden.person_bak(resultat.opphold_ref)
            løp.uåpnet += [(resultat.melding_ref, part) for part in (avdeling.mottaker, avdeling.kopi) if part]

    return send


def åpne_uåpnede(løp: Løp, verden: Verden) -> None:
    """Whoever has got something about the person opens it; and now and then says that the sender has been answered."""
    for melding_ref, part in løp.uåpnet:
        aktør, bruker = verden.aktør(part, "melding.aapne"), verden.bruker(part, "melding.aapne")
        verden.gjør("samhandling", planer.åpne_melding(melding_ref, part, bruker, aktør))
        if løp.treffer(Andel.BESVART):
            verden.gjør("samhandling", planer.besvar_melding(melding_ref, part, bruker, aktør))
    løp.uåpnet.clear()
