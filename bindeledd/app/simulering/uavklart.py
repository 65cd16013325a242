"""Lays out what somebody must settle: of each kind of thing that ends in the manual queue, one that has just come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bindeledd.app.simulering.folk import Innbygger, annet_nummer
from bindeledd.app.simulering.hjelpere import registrer
from bindeledd.app.simulering.løp import Løp, Steg
from bindeledd.app.simulering.sykehus import Avdeling
from bindeledd.app.simulering.verden import Handling, Verden

PERSONER = 3
"""So many people a bydel's queue takes."""


def uavklart(løp: Løp, andre: list[Innbygger], slutt: datetime) -> Iterator[Steg]:
    """In the queue of a bydel's forvaltning, from the last hours: somebody whom nobody knows, and whose bydel is not
    known; somebody who has the name of one who is known, and another number; a cancellation of what never came; and a
    message to a service that there is not, which is for the koordinerende enhet."""
    ukjent, avlyst = andre
    lik = replace(løp.innbygger, ident=annet_nummer(løp.innbygger))
    inn = slutt - timedelta(hours=9)
    yield inn - timedelta(hours=1), lambda verden: registrer(løp, verden)
    for minutt, innbygger in enumerate((løp.innbygger, lik, ukjent)):
        yield inn + timedelta(minutes=10 * minutt), _innlagt(_post(løp, innbygger), inn)
    yield inn + timedelta(minutes=40), _avlyst(_post(løp, avlyst), inn)
    yield inn + timedelta(minutes=50), _til_ukjent_tjeneste(_post(løp, løp.innbygger))


def _post(løp: Løp, innbygger: Innbygger) -> Avdeling:
    return Avdeling(innbygger, løp.oppsett, "pam", løp.egen("forvaltning"), None, "1.6", løp.terning)


def _innlagt(avdeling: Avdeling, inn: datetime) -> Handling:
    def send(verden: Verden) -> None:
        verden.send(avdeling.innlagt(verden.klokke(), inn))

    return send


def _avlyst(avdeling: Avdeling, inn: datetime) -> Handling:
    def send(verden: Verden) -> None:
        verden.send(avdeling.innlagt_avlyst(verden.klokke(), inn))

    return send


def _til_ukjent_tjeneste(avdeling: Avdeling) -> Handling:
    def send(verden: Verden) -> None:
        verden.send(avdeling.til_ukjent_tjeneste(verden.klokke()))

    return send
