"""Understands that an error in a message itself is no avvik: its sender is told, in a dialogue message (HIS 1151).

The guide of 2012 used DIALOG_AVVIK for the content, the text of 2018 uses it for wrong address and technical faults,
and both are met (rules 2.4). So a DIALOG_AVVIK never becomes an avvik by itself; as evidence of one that a person
reports it is refused, unless its code says "Mangelfulle opplysninger" (8117: 2): what was missing may be what an
agreement asks for, and that is for the person who has read it to judge.
"""

from __future__ import annotations

from bindeledd.core.errors import RuleBroken
from bindeledd.runtime.service import Lookup
from bindeledd.schema.generated.samhandling import Loggreferanse
from services.samhandling import kvittering
from services.samhandling.plo.melding import Dialog, UleseligMelding
from services.samhandling.plo.parse import les_melding

MELDINGSFEIL = "DIALOG_AVVIK"
"""The type of message, and what it is called where a kind of avvik is chosen."""
MANGELFULLE_OPPLYSNINGER = "2"
I_STEDET = (
    "En feil i selve meldingen er ikke et avvik. Svar avsenderen fra fagsystemet, med dialogmeldingen "
    "«Tilbakemelding om feil i mottatt melding» (HIS 1151)"
)


def må_være_avvik(slag: str) -> None:
    """Raises RuleBroken for what is no kind of avvik, and says what to do instead."""
    if slag == MELDINGSFEIL:
        raise RuleBroken("avvik.meldingsfeil", I_STEDET)


def må_vise_avvik(lookup: Lookup, bevis: tuple[Loggreferanse, ...]) -> None:
    """The same, for evidence that is a message of that type and says no more than what is wrong with another."""
    for hvert in bevis:
        if hvert.tema == kvittering.TOPIC and _bare_meldingsfeil(lookup, hvert.stroem):
            raise RuleBroken("avvik.meldingsfeil", I_STEDET)


def _bare_meldingsfeil(lookup: Lookup, melding_ref: str) -> bool:
    mottatt = lookup.state(kvittering.TOPIC, melding_ref).mottatt
    if mottatt is None or mottatt.type != MELDINGSFEIL:
        return False
    return MANGELFULLE_OPPLYSNINGER not in _koder(lookup.raw(melding_ref))


def _koder(raw: bytes | None) -> set[str]:
    """The codes of a dialogue message (kodeverk 8117); none of one that cannot be read any more."""
    if raw is None:
        return set()
    try:
        innhold = les_melding(raw).innhold
    except UleseligMelding:
        return set()
    return {innlegg.tema.verdi for innlegg in innhold.innlegg} if isinstance(innhold, Dialog) else set()
