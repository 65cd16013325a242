"""Understands what looks like an avvik: an early notice that did not come in time is drafted as one, for a person to
report or not (rules 2.5). A draft whose reason is gone falls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.runtime.service import Follow, Lookup
from bindeledd.schema.generated.felles import FristOmgjort, FristOverskredet, FristTilstand
from bindeledd.schema.generated.samhandling import Avviksalvor, Avviksfakta, Avvikskategori, Loggreferanse
from services.felles.oppsett import Oppsett
from services.felles.tid import lokal_dag
from services.samhandling import avvik, opphold

GRUNN_BORTE = "fristen_er_likevel_ikke_brutt"


def utkast_for(oppsett: Oppsett) -> Mapping[str, Follow]:
    """By event: after a clock of a stay was missed, or judged anew."""
    system = Actor("system", oppsett.kommunenummer, "samhandling")

    def ved_frist(lookup: Lookup, strøm: str, versjon: int, event: Any) -> Iterable[Bestilling]:
        person_ref = lookup.whose(strøm)
        if event.navn != opphold.TIDLIGMELDING or person_ref is None:
            return ()
        utkastet = _finn(lookup, person_ref, strøm)
        brutt = isinstance(event, FristOverskredet) or event.tilstand is FristTilstand.OVERSKREDET
        if not brutt:
            falt = avvik.ForkastUtkast(GRUNN_BORTE)
            return (Bestilling(avvik.TOPIC, utkastet, falt, system),) if utkastet is not None else ()
        utkast = _utkast(lookup.state(opphold.TOPIC, strøm), strøm, versjon, event, oppsett)
        return (Bestilling(avvik.TOPIC, utkastet or lookup.ref(), utkast, system, person_ref=person_ref),)

    return {FristOverskredet.avro_name: ved_frist, FristOmgjort.avro_name: ved_frist}


def _finn(lookup: Lookup, person_ref: str, opphold_ref: str) -> str | None:
    """The draft of this clock, also after it was reported; None when there has been none."""
    om = (opphold_ref, Avvikskategori.TIDLIGMELDING)
    alle = sorted(lookup.streams_of(avvik.TOPIC, person_ref))
    return next((ref for ref in alle if lookup.state(avvik.TOPIC, ref).utkast_om == om), None)


def _utkast(
    state: opphold.Opphold, opphold_ref: str, versjon: int, event: FristOverskredet | FristOmgjort, oppsett: Oppsett
) -> avvik.LagUtkast:  # fmt: skip
    """Towards the ward that should have told, under the agreement that held when the clock ran out."""
    innlagt = opphold.innleggelse(state)
    kategori = Avvikskategori.TIDLIGMELDING
    avtale = oppsett.avtaler.for_kategori(kategori, lokal_dag(event.forfall))
    fakta = Avviksfakta(
        kategori=kategori, alvor=Avviksalvor.UKJENT, hendt=event.forfall, oppdaget=event.forfall,
        avtale=avtale.id if avtale else "", avtale_versjon=avtale.versjon if avtale else "", punkt="",
        opphold_ref=opphold_ref,
        bevis=(Loggreferanse(tema=opphold.TOPIC, stroem=opphold_ref, versjon=versjon),),
    )  # fmt: skip
    return avvik.LagUtkast(innlagt.event.avdeling if innlagt is not None else None, fakta)
