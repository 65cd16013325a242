"""Knows what is to be done in a case of avvik, by whom and by when: its clocks and tasks, from how it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bindeledd.core.decider import Circumstances
from bindeledd.schema.generated.felles import FristTilstand, Oppgaveslag, Oppgavetilstand
from bindeledd.schema.generated.samhandling import Avvikskategori, Avvikstilstand
from services.felles.frister import Frist, avstem_frist
from services.felles.oppgaver import Ønsket
from services.felles.oppsett import Oppsett
from services.felles.tid import dagens_slutt, lokal_dag

if TYPE_CHECKING:
    from services.samhandling.avvik.avvik import Avvik

KVITTERING, SVAR, UENIGHET, SAMTALE = "avvik_kvittering", "avvik_svar", "avvik_uenighet", "avvik_lederne"
"""The clocks, by their rules' ids."""
AVTALEN = "samarbeidsavtalen, retningslinje ved avvik"
LEDERNE = "lokal rutine: uenighet om én pasient tas fra leder til leder samme dag"
UENIG_TIL_FORUM = "samarbeidsavtalen: det enhetene ikke blir enige om, løftes til neste møte"


# -- clocks --------------------------------------------------------------------------------------------------------


def avstem_frister(state: Avvik, om: Circumstances, dom_per: datetime | None) -> list[Any]:
    """The events that bring the clocks in step with the case."""
    if state.meldt is None:
        return []
    return [
        *_avstem(state, KVITTERING, state.meldt, state.mottatt, om, dom_per),
        *_avstem(state, SVAR, state.meldt, state.besvart, om, dom_per),
        *_avstem_uenighet(state, om, dom_per),
        *_avstem_samtale(state, om, dom_per),
    ]  # fmt: skip


def _avstem(
    state: Avvik, navn: str, start: datetime, holdt: datetime | None, om: Circumstances, dom_per: datetime | None
) -> list[Any]:
    """A clock runs from its start, by the rule of that day; of the leaders, to the end of the day in Norway."""
    oppsett: Oppsett = om.rules.oppsett
    regel = oppsett.regler.verdi(navn, lokal_dag(start))
    forfall = dagens_slutt(lokal_dag(start)) if navn == SAMTALE else start + regel.varighet
    ønsket = Frist(navn, start, forfall, FristTilstand.AAPEN, regel.paragraf)
    før = state.frister.get(navn)
    brutt_før = før is not None and før.forfall == forfall and før.tilstand is FristTilstand.OVERSKREDET
    if holdt is not None and holdt <= forfall:
        ønsket = replace(ønsket, tilstand=FristTilstand.HOLDT)
    elif (holdt or dom_per or start) >= forfall or brutt_før:
        ønsket = replace(ønsket, tilstand=FristTilstand.OVERSKREDET)
    return avstem_frist(før, ønsket, regel, dom_per or om.now)


def _avstem_uenighet(state: Avvik, om: Circumstances, dom_per: datetime | None) -> list[Any]:
    """How long a disagreement stands before it is proposed for a forum. It is over when they agree, or it is put up."""
    if state.uenig_fra is None:
        return []
    sak = state.forumsak
    løftet = sak.tid if sak is not None and sak.tid >= state.uenig_fra else None
    if state.uenige or løftet is not None:
        return _avstem(state, UENIGHET, state.uenig_fra, løftet, om, dom_per)
    før = state.frister.get(UENIGHET)
    if før is None or før.tilstand is not FristTilstand.AAPEN:
        return []  # what was missed, was missed
    return avstem_frist(før, None, None, dom_per or om.now)


def _avstem_samtale(state: Avvik, om: Circumstances, dom_per: datetime | None) -> list[Any]:
    """That the leaders talk the same day shows, held or missed. Of a case from before this clock nothing is said."""
    før = state.frister.get(SAMTALE)
    avgjort = før is not None and før.tilstand is not FristTilstand.AAPEN
    if state.meldt is None or not _bestridt(state) or avgjort or (før is None and state.frister):
        return []
    snakket = any(
        (o.slag, o.tilstand) == (Oppgaveslag.SNAKK_LEDER_TIL_LEDER, Oppgavetilstand.LOEST)
        for o in state.oppgaver.alle.values()
    )
    return _avstem(state, SAMTALE, state.meldt, om.now if snakket else state.lukket, om, dom_per)


# -- tasks ---------------------------------------------------------------------------------------------------------


def ønsker(state: Avvik) -> list[Ønsket]:
    """The tasks that there should be."""
    if not state.parter or state.av_part is None or state.mot_part is None:
        return []
    if state.lukket is not None:
        gitt = state.tilbakemelding is not None
        si_ifra = [] if gitt else [Ønsket(Oppgaveslag.GI_TILBAKEMELDING, state.av_part, "melder", AVTALEN)]
        return [*_fra_forumet(state), *si_ifra]
    lederne = _leder_til_leder(state)
    if state.mottatt is None:
        frist = state.frister[KVITTERING]
        åpne = Ønsket(Oppgaveslag.TA_IMOT_AVVIK, state.mot_part, "avvik", frist.paragraf, frist.forfall)
        return [*lederne, åpne, *_å_løfte(state), *_fra_forumet(state)]
    if state.besvart is None:
        frist = state.frister[SVAR]
        svare = [Ønsket(Oppgaveslag.SVAR_PAA_AVVIK, state.mot_part, "avvik", frist.paragraf, frist.forfall)]
    else:
        svare = []
    return [*lederne, *svare, *_å_lese(state), *_å_løfte(state), *_fra_forumet(state)]


def _å_lese(state: Avvik) -> list[Ønsket]:
    """Who has not said anything to what was said last, and has not agreed; and who alone has not agreed."""
    alle = []
    for part in state.parter:
        hva = f"innlegg-{len(state.innlegg)}" if state.innlegg and state.innlegg[-1].part != part else ""
        if not hva and state.enige - {part} and part not in state.uenige:
            hva = "enig"
        if hva and part not in state.enige:
            alle.append(Ønsket(Oppgaveslag.LES_AVVIKSSVAR, part, hva, AVTALEN))
    return alle


def _leder_til_leder(state: Avvik) -> list[Ønsket]:
    """One patient's dispute cannot wait for a meeting: the leaders of both have it at once, for the same day (U14)."""
    if not _bestridt(state) or state.meldt is None:
        return []
    i_dag = dagens_slutt(lokal_dag(state.meldt))
    return [Ønsket(Oppgaveslag.SNAKK_LEDER_TIL_LEDER, part, "lederne", LEDERNE, i_dag) for part in state.parter]


def _bestridt(state: Avvik) -> bool:
    return state.fakta is not None and state.fakta.kategori is Avvikskategori.UTSKRIVNINGSKLAR_BESTRIDT


def _å_løfte(state: Avvik) -> list[Ønsket]:
    """The clock of a disagreement, or of an answer that did not come, proposes; a person puts it up."""
    runde = len(state.forumsak.behandlinger) if state.forumsak is not None else 0
    if ubesvart(state) and state.av_part is not None and state.tilstand is not Avvikstilstand.ESKALERT:
        return [Ønsket(Oppgaveslag.ESKALER_AVVIK, state.av_part, f"ubesvart-{runde}", UENIG_TIL_FORUM)]
    if not _gikk_ut(state, UENIGHET) or state.tilstand is not Avvikstilstand.UENIG:
        return []
    hva = f"uenighet-{runde}"
    return [Ønsket(Oppgaveslag.ESKALER_AVVIK, part, hva, UENIG_TIL_FORUM) for part in state.parter]


def ubesvart(state: Avvik) -> bool:
    """Whether the time to answer is out, and nobody has: then whoever reported it may put it up alone (rules 2.5)."""
    return state.besvart is None and _gikk_ut(state, SVAR)


def _gikk_ut(state: Avvik, navn: str) -> bool:
    frist = state.frister.get(navn)
    return frist is not None and frist.tilstand is FristTilstand.OVERSKREDET


def _fra_forumet(state: Avvik) -> list[Ønsket]:
    """What a forum came to is told to both parties."""
    if state.forumsak is None or not state.forumsak.behandlinger:
        return []
    hva = f"forum-{len(state.forumsak.behandlinger)}"
    return [Ønsket(Oppgaveslag.LES_FORUMSVAR, part, hva, UENIG_TIL_FORUM) for part in state.parter]
