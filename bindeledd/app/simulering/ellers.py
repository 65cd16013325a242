"""Understands what else may happen to a person at any hour, and whom a service would be asked by: one thing a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bindeledd.app.simulering.verden import Verden
from bindeledd.schema.generated.barn_paaroerende import Henvisningstilstand
from services.barn_pårørende.domain import TOPIC as KARTLEGGING
from services.barn_pårørende.domain import Kartlegging
from services.barn_pårørende.sak import BARN, Barnesak
from services.felles.oppsett import INNBYGGER
from services.felles.samarbeid import SAMTYKKE, Samtykker
from services.kriseplan.domain import TOPIC as KRISEPLAN
from services.kriseplan.plan import Kriseplan

IGJEN = timedelta(days=1)
"""So long nothing new happens to the same crisis plan or consent: a town that is watched for days keeps its size."""


@dataclass(frozen=True, slots=True)
class Hending:
    """Something that somebody of a party may do now, and how a service is asked for it. `av`: as which field the user
    is named, where they are."""

    hva: str
    part: str
    handling: str
    sti: str
    kropp: dict[str, Any]
    av: str = ""


def ellers(person: str, verden: Verden) -> Iterator[Hending]:
    """What may happen about a person, in an order that no chance decides."""
    yield from _kriseplanen(person, verden)
    yield from _samtykket(person, verden)
    yield from _barna(person, verden)


def _kriseplanen(person: str, verden: Verden) -> Iterator[Hending]:
    planen: Kriseplan
    for planen in verden.tilstander("kriseplan", KRISEPLAN, person):
        før = verden.klokke() - IGJEN
        sti, eier = f"kriseplan/personer/{person}/plan", planen.eier_part
        if not planen.gjelder or any(bruk.tatt_i_bruk > før for bruk in planen.brukt):
            continue
        brukt: dict[str, Any] = {"nivaa": "GULT"}
        yield Hending("kriseplan tatt i bruk", eier, "kriseplan.bruk", f"{sti}/bruk", brukt, "av")
        if planen.laget is not None and planen.laget < før:
            søster = {"navn": "En søster (oppdiktet)", "telefon": "55000001", "naar": "hele døgnet", "rolle": "søster"}
            ny = {"medvirkning": ["pasient", "behandler"], "deler": {"kontakter": [søster]}}
            yield Hending("kriseplan endret", eier, "kriseplan.skriv", f"{sti}/revider", ny)


def _samtykket(person: str, verden: Verden) -> Iterator[Hending]:
    """One is withdrawn; and given anew, another day."""
    sti = f"ansvarsgruppe/personer/{person}/samtykker"
    sagt: Samtykker
    for sagt in verden.tilstander("ansvarsgruppe", SAMTYKKE, person):
        nå, alle = verden.klokke(), sorted(sagt.samtykker.values(), key=lambda s: (s.gjelder_fra, s.part))
        if any(s.gjelder_fra > nå - IGJEN or (s.trukket and s.trukket > nå - IGJEN) for s in alle):
            continue
        gjelder = [s for s in alle if not s.trukket and (s.gjelder_til is None or s.gjelder_til > nå)]
        if gjelder:
            trekk = f"{sti}/{gjelder[0].samtykke_id}/trekk"
            yield Hending("samtykke trukket", INNBYGGER, "samtykke.trekk", trekk, {})
        elif alle:
            igjen = {"part": alle[0].part, "formaal": alle[0].formaal, "deler": list(alle[0].deler)}
            yield Hending("samtykke gitt", INNBYGGER, "samtykke.gi", sti, igjen)


def _barna(person: str, verden: Verden) -> Iterator[Hending]:
    """Whoever was asked to help a child takes the referral, and answers it."""
    kartlagt: Kartlegging
    for kartlagt in verden.tilstander("barn_paaroerende", KARTLEGGING, person):
        for barn in sorted(kartlagt.saker):
            sak: Barnesak = verden.tilstand("barn_paaroerende", BARN, barn)
            for henvisning in sak.henvisninger.values():
                sti, hos = f"barn_paaroerende/barn/{barn}/henvisninger/{henvisning.ref}", henvisning.til_part
                if henvisning.tilstand is Henvisningstilstand.SENDT:
                    yield Hending("henvisning tatt imot", hos, "barn.hjelp", f"{sti}/ta-imot", {}, "av")
                elif henvisning.tilstand is Henvisningstilstand.MOTTATT:
                    svar = {"tar_imot": True, "innhold": "Vi tar kontakt i løpet av uken."}
                    yield Hending("henvisning besvart", hos, "barn.hjelp", f"{sti}/svar", svar)
