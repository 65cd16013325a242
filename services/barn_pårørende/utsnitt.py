"""What each party may know of the question about children (access.md, "Children"): pure.

Until there is an answer only those know who shall ask: that somebody is asked would tell that a parent is ill.
"""

from __future__ import annotations

from collections.abc import Iterable

from bindeledd.schema.generated.barn_paaroerende import (
    BarnKnyttet,
    BarnKnyttetVist,
    HenvisningNotertVist,
    Kartleggingstilstand,
    KartleggingUtsnitt,
)
from bindeledd.schema.generated.felles import Oppgaveslag
from services.barn_pårørende.domain import NOTERT_MAKS, SPØRRES, Kartlegging, tilstand
from services.felles.grunnlag import Relasjon, Svar
from services.felles.kjent import Kjent, delstatus, egne_oppgaver, grunn_av
from services.felles.samarbeid import ALLTID
from services.felles.tilgang import RelasjonSlag

ETTER_LOVEN = frozenset({Oppgaveslag.FOELG_OPP_ETTERLATTE})
"""Tasks that the law gives a unit whether or not it had the person (hpl §10b)."""


def kandidater(state: Kartlegging, kjent: Kjent) -> Iterable[str]:
    """The parties with any ground now, and those with a task."""
    return _med_barneansvarlig(state, kjent).kandidater(oppgave.part for oppgave in state.oppgaver.åpne())


def utsnitt(state: Kartlegging, part_id: str, kjent: Kjent) -> KartleggingUtsnitt | None:
    """The whole view for one party; None when it may know nothing."""
    kjent = _med_barneansvarlig(state, kjent)
    oppgaver, om = egne_oppgaver(kjent, state.oppgaver, part_id, "barn.oppgaver", uansett=ETTER_LOVEN)
    kartlagt = kjent.svar(part_id, "barn.kartlagt")
    nå = tilstand(state)
    spør = any(oppgave.slag in SPØRRES for oppgave in oppgaver)
    vet = nå is not None and (spør or _kan_vite(nå, kartlagt))
    if not vet and not oppgaver:
        return None
    alle = (kartlagt, *om)
    barn = _barna(state, part_id, kartlagt)
    utsatt = state.utsatt if nå is Kartleggingstilstand.UTSATT and vet else None
    svar = state.svar if state.svar is not None and nå is state.svar.tilstand and vet else None
    return KartleggingUtsnitt(
        aggregat="",
        grunn=grunn_av(next((s for s in alle if s.ja), kartlagt), alle),
        tilstand=nå if vet and nå is not None else Kartleggingstilstand.UKJENT,
        antall_barn=_antall(state, kartlagt) if vet else 0,
        oppgaver=oppgaver,
        deler=(delstatus("kartlagt", kartlagt, finnes=nå is Kartleggingstilstand.HAR_BARN),),
        barn=tuple(BarnKnyttetVist(barn_ref=knyttet.barn_ref, navn=nr) for nr, knyttet in enumerate(barn)),
        barnenavn=tuple(knyttet.barnet for knyttet in barn),
        henvisninger=tuple(_henvisninger(state, kartlagt)),
        spoer_igjen=utsatt.spoer_igjen if utsatt is not None else None,
        besvart=svar.svart if svar is not None else None,
    )


def _kan_vite(nå: Kartleggingstilstand, kartlagt: Svar) -> bool:
    """An answer is for those who help the adult or the child, and the adult. Who has it by consent is given the child's
    case, when it is referred, and nothing of the adult's."""
    return kartlagt.ja and kartlagt.grunn in ("R", "S") and nå in (
        Kartleggingstilstand.HAR_BARN, Kartleggingstilstand.INGEN_BARN,
    )  # fmt: skip


def _barna(state: Kartlegging, part_id: str, kartlagt: Svar) -> list[BarnKnyttet]:
    """The children's cases: all of them for the adult, for a service those that it has registered itself."""
    if not kartlagt.ja:
        return []
    mulige = (k for k in state.barn.values() if kartlagt.grunn == "S" or k.part == part_id)
    return [*{knyttet.barn_ref: knyttet for knyttet in mulige}.values()]


def _henvisninger(state: Kartlegging, kartlagt: Svar) -> Iterable[HenvisningNotertVist]:
    """To whom the children were referred, for the adult; a service sees that in the child's case."""
    for notert in [*state.henvist.values()][-NOTERT_MAKS:] if kartlagt.grunn == "S" else ():
        yield HenvisningNotertVist(
            barn_ref=notert.barn_ref, til_part=notert.til_part, grunnlag=notert.grunnlag, holdt=notert.holdt,
            notert=notert.notert,
        )  # fmt: skip


def _antall(state: Kartlegging, kartlagt: Svar) -> int:
    """How many they are is not said to those who may only know of one child, by consent."""
    if state.svar is None or not kartlagt.ja:
        return 0
    return state.svar.antall_barn


def _med_barneansvarlig(state: Kartlegging, kjent: Kjent) -> Kjent:
    """The units that had the talk or registered a child have the case, also after the stay: theirs is the baton when
    there are children."""
    if state.svar is None or tilstand(state) is not Kartleggingstilstand.HAR_BARN:
        return kjent
    parter = sorted({state.svar.part} | {knyttet.part for knyttet in state.barn.values()})
    barneansvarlig = RelasjonSlag.BARNEANSVARLIG
    return kjent.med(*(Relasjon(part, barneansvarlig, ALLTID, deler=frozenset({"barn.*"})) for part in parter))
