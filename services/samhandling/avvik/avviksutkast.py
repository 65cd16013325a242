"""Understands what looks like an avvik: an early notice that did not come in time is drafted as one, for a person to
report or not (rules 2.5). A draft whose reason is gone falls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.runtime.service import Follow, Lookup
from bindeledd.schema.generated.felles import FristOmgjort, FristOverskredet, FristTilstand
from bindeledd.schema.generated.samhandling import Avviksalvor, Avviksfakta, Avvikskategori, Loggreferanse
from services.felles.oppsett import Oppsett
from services.felles.tid import lokal_dag
from services.samhandling import opphold
from services.samhandling.avvik import avvik

KATEGORI = Avvikskategori.TIDLIGMELDING
GRUNN_BORTE = "fristen_er_likevel_ikke_brutt"


def utkast_for(oppsett: Oppsett) -> Mapping[str, Follow]:
    """By event: after a clock of a stay was missed, or judged anew."""
    system = Actor("system", oppsett.kommunenummer, "samhandling")

    def ved_frist(lookup: Lookup, strøm: str, versjon: int, event: Any) -> Iterable[Bestilling]:
        person_ref = lookup.whose(strøm)
        if event.navn != opphold.TIDLIGMELDING or person_ref is None:
            return ()
        utkastet = finn_om_opphold(lookup, person_ref, strøm, KATEGORI)
        brutt = isinstance(event, FristOverskredet) or event.tilstand is FristTilstand.OVERSKREDET
        if not brutt:
            falt = avvik.ForkastUtkast(GRUNN_BORTE)
            return (Bestilling(avvik.TOPIC, utkastet, falt, system),) if utkastet is not None else ()
        bevis = Loggreferanse(tema=opphold.TOPIC, stroem=strøm, versjon=versjon)
        utkast = lag_utkast(lookup.state(opphold.TOPIC, strøm), strøm, KATEGORI, event.forfall, bevis, oppsett)
        ref = utkastet or utkastnavn(lookup, strøm, KATEGORI)
        return (Bestilling(avvik.TOPIC, ref, utkast, system, person_ref=person_ref),)

    return {FristOverskredet.avro_name: ved_frist, FristOmgjort.avro_name: ved_frist}


def finn_om_opphold(lookup: Lookup, person_ref: str, opphold_ref: str, kategori: Avvikskategori) -> str | None:
    """The draft of this kind that was made of a stay, also after it was reported; None when there has been none."""
    alle = sorted(lookup.streams_of(avvik.TOPIC, person_ref))
    return next((ref for ref in alle if lookup.state(avvik.TOPIC, ref).utkast_om == (opphold_ref, kategori)), None)


def utkastnavn(lookup: Lookup, opphold_ref: str, kategori: Avvikskategori) -> str:
    """The stream of a new draft: the same however often it is found within one commit that there shall be one. Under a
    key, so that who sees it cannot find the stay by it."""
    return lookup.fingerprint(avvik.TOPIC, opphold_ref, kategori.value).hex()[:32]


def lag_utkast(
    state: opphold.Opphold, opphold_ref: str, kategori: Avvikskategori, hendt: datetime, bevis: Loggreferanse,
    oppsett: Oppsett,
) -> avvik.LagUtkast:  # fmt: skip
    """Towards the ward of the stay, under the agreement that held when it happened."""
    innlagt = opphold.innleggelse(state)
    avtale = oppsett.avtaler.for_kategori(kategori, lokal_dag(hendt))
    fakta = Avviksfakta(
        kategori=kategori, alvor=Avviksalvor.UKJENT, hendt=hendt, oppdaget=hendt,
        avtale=avtale.id if avtale else "", avtale_versjon=avtale.versjon if avtale else "", punkt="",
        opphold_ref=opphold_ref, bevis=(bevis,),
    )  # fmt: skip
    return avvik.LagUtkast(innlagt.event.avdeling if innlagt is not None else None, fakta)
