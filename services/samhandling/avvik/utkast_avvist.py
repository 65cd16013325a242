"""Understands that a message which had to be refused looks like the sender's avvik (rules 2.5): it came to nobody.

Whoever it was sent to sees the consequence. It is drafted of messages about a stay of somebody known here (of others
nothing is kept: intake rule 13), from a unit that is a party here, and falls when the same is sent again and taken in:
by the same ward, to all whom it was sent to, of a stay that had begun when it was written.
What is too large for us is our own limit, and none of theirs. Of a dialogue message there is none: what is wrong with
one is told to its sender (HIS 1151), and that a DIALOG_AVVIK was refused says nothing of what anybody agreed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.runtime.service import Follow, Lookup
from bindeledd.schema.generated.samhandling import (
    Avviksalvor,
    Avviksfakta,
    Avvikskategori,
    Avvikstilstand,
    KvitteringSatt,
    Loggreferanse,
    MeldingMottatt,
    Meldingsutfall,
    PersonerSlaattSammen,
)
from services.felles.oppsett import Oppsett
from services.felles.tid import lokal_dag
from services.samhandling import kvittering, opphold
from services.samhandling.avvik import avvik
from services.samhandling.mottak import FOR_STORT
from services.samhandling.plo import koder
from services.samhandling.projections import tatt_inn_av_slaget

OM_OPPHOLD = frozenset({*koder.LOGISTIKKTYPER, koder.HELSEOPPLYSNINGER, *koder.RAPPORTTYPER})
AVVIST, FEIL_MOTTAKER = "2", "E21"
"""Of kodeverk 8258 and 8221."""
TREKKER = "C"
"""A message that withdraws another one."""
GRUNN_BORTE = "meldingen_er_sendt_paa_nytt"


def følger_for(oppsett: Oppsett) -> Mapping[str, Follow]:
    """By own event: after a message got its receipt."""
    system = Actor("system", oppsett.kommunenummer, "samhandling")

    def ved_kvittering(lookup: Lookup, strøm: str, versjon: int, event: KvitteringSatt) -> Iterable[Bestilling]:
        mottatt = lookup.state(kvittering.TOPIC, strøm).mottatt
        if mottatt is None or mottatt.type not in OM_OPPHOLD:
            return ()
        person_ref = lookup.whose(strøm)
        if person_ref is None:
            return ()
        if event.status != AVVIST:
            return _rettet_opp(lookup, (person_ref,), system)
        if _sendt_på_nytt(lookup, person_ref, mottatt):
            return ()
        utkast = _utkast(strøm, versjon, event, mottatt, oppsett)
        if utkast is None:
            return ()
        return (Bestilling(avvik.TOPIC, lookup.ref(), utkast, system, person_ref=person_ref),)

    def ved_sammenslåing(lookup: Lookup, strøm: str, _versjon: int, event: PersonerSlaattSammen) -> list[Bestilling]:
        return _rettet_opp(lookup, (strøm, event.tapt), system)

    return {KvitteringSatt.avro_name: ved_kvittering, PersonerSlaattSammen.avro_name: ved_sammenslåing}


def _utkast(
    melding_ref: str, versjon: int, satt: KvitteringSatt, mottatt: MeldingMottatt, oppsett: Oppsett
) -> avvik.LagUtkast | None:  # fmt: skip
    """Towards the unit that sent it, for those whom it was sent to; None when there is nobody to report to, or nobody
    who misses it."""
    if any(feil.tekst == FOR_STORT.tekst for feil in satt.feil):
        return None
    mot = mottatt.avdeling
    savner = tuple(part for part in kvittering.mottakere(mottatt, oppsett) if part != mot)
    if mot is None or not oppsett.parter[mot].helsetjeneste or not savner:
        return None
    kategori = _kategori(mottatt.type, satt)
    avtale = oppsett.avtaler.for_kategori(kategori, lokal_dag(mottatt.mottatt))
    fakta = Avviksfakta(
        kategori=kategori, alvor=Avviksalvor.UKJENT, hendt=mottatt.mottatt, oppdaget=mottatt.mottatt,
        avtale=avtale.id if avtale else "", avtale_versjon=avtale.versjon if avtale else "", punkt="",
        opphold_ref=None,
        bevis=(Loggreferanse(tema=kvittering.TOPIC, stroem=melding_ref, versjon=versjon),),
    )  # fmt: skip
    return avvik.LagUtkast(mot, fakta, for_parter=savner)


def _kategori(meldingstype: str, satt: KvitteringSatt) -> Avvikskategori:
    if any(feil.kode == FEIL_MOTTAKER for feil in satt.feil):
        return Avvikskategori.FEIL_MOTTAKER
    if meldingstype == "INNLEGGELSESRAPPORT":
        return Avvikskategori.INNLEGGELSESRAPPORT
    return Avvikskategori.KOMMUNIKASJON


def _sendt_på_nytt(lookup: Lookup, person_ref: str, avvist: MeldingMottatt) -> bool:
    """Whether the same was sent later and taken in, though it came here first."""
    refs = tatt_inn_av_slaget(lookup.db, person_ref, avvist.type, avvist.avsender)
    andre = (lookup.state(kvittering.TOPIC, ref) for ref in refs)
    return any(annen.utfall is Meldingsutfall.TATT_INN and _er_det_samme(lookup, avvist, annen) for annen in andre)


def _er_det_samme(lookup: Lookup, avvist: MeldingMottatt, annen: kvittering.Kvitteringssak) -> bool:
    ny = annen.mottatt
    if ny is None or (ny.avdeling, ny.forsendelse == TREKKER) != (avvist.avdeling, avvist.forsendelse == TREKKER):
        return False
    if _skrevet(ny) < _skrevet(avvist) or {*avvist.adressert, *avvist.kopi} - {*ny.adressert, *ny.kopi}:
        return False
    begynte = opphold.start(lookup.state(opphold.TOPIC, annen.opphold_ref)) if annen.opphold_ref is not None else None
    return begynte is None or begynte <= _skrevet(avvist)


def _rettet_opp(lookup: Lookup, personer: Sequence[str], system: Actor) -> list[Bestilling]:
    """What the sender was refused before and has sent again falls."""
    utkastene = sorted({ref for person_ref in personer for ref in lookup.streams_of(avvik.TOPIC, person_ref)})
    avviste = ((ref, _avvist_i(lookup, lookup.state(avvik.TOPIC, ref))) for ref in utkastene)
    borte = avvik.ForkastUtkast(GRUNN_BORTE)
    return [
        Bestilling(avvik.TOPIC, ref, borte, system)
        for ref, avvist in avviste
        if avvist is not None and any(_sendt_på_nytt(lookup, person_ref, avvist) for person_ref in personer)
    ]


def _avvist_i(lookup: Lookup, state: avvik.Avvik) -> MeldingMottatt | None:
    """The refused message that a draft was made from; None when it was made from something else."""
    if state.tilstand is not Avvikstilstand.UTKAST or state.fakta is None:
        return None
    refs = [bevis.stroem for bevis in state.fakta.bevis if bevis.tema == kvittering.TOPIC]
    mottatt: MeldingMottatt | None = lookup.state(kvittering.TOPIC, refs[0]).mottatt if refs else None
    return mottatt


def _skrevet(mottatt: MeldingMottatt) -> datetime:
    return mottatt.gen_dato or mottatt.mottatt
