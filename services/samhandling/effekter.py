"""What happens outside the log when something falls due: an unconfirmed patient is discarded, a discarded one shredded,
the bytes of a refused message about nobody known here are shredded (intake rule 13), and a report goes to Melde.no.

Each may be done twice, after a crash between the doing and the writing down: the second time finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bindeledd.core.envelope import Actor
from bindeledd.ops import logs
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Effect
from services.felles.oppsett import Oppsett
from services.samhandling import kvittering, person, planer
from services.samhandling.alvorlig import alvorlig, melde_no

IKKE_BEKREFTET = "ingen bekreftet pasienten innen fristen"


def effekter(oppsett: Oppsett) -> Mapping[str, Effect]:
    """By the name of what falls due."""
    system = Actor("system", oppsett.kommunenummer, "samhandling")

    def forkast(engine: Engine, person_ref: str, frist: datetime) -> None:
        engine.command(planer.forkast_person(person_ref, IKKE_BEKREFTET, system, frist))

    def makuler(engine: Engine, person_ref: str, _siden: datetime) -> None:
        """The stays are emptied first, so that every service lets go of the patient; then the keys are destroyed."""
        engine.command(planer.lukk_opphold(person_ref, system))
        nøkler = engine.around.keyring.shred_person(person_ref)
        logs.warning("keys.shredded", kind="person", count=nøkler)
        engine.command(planer.noter_makulert(person_ref, nøkler, system))

    def makuler_bytene(engine: Engine, melding_ref: str, _frist: datetime) -> None:
        nøkler = engine.around.keyring.shred_stream(melding_ref)
        logs.warning("keys.shredded", kind="stream", count=nøkler)

    return {
        person.UBEKREFTET: forkast, person.MAKULER: makuler, kvittering.MAKULER_BYTENE: makuler_bytene,
        alvorlig.SENDES: melde_no.sender(oppsett, system),
    }  # fmt: skip
