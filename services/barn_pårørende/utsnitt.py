"""What each party may know of the question about children (access.md, "Children"): pure.

Until there is an answer only those know who shall ask: that somebody is asked would tell that a parent is ill.
"""

from __future__ import annotations

from collections.abc import Iterable

from bindeledd.schema.generated.barn_paaroerende import Kartleggingstilstand, KartleggingUtsnitt
from bindeledd.schema.generated.felles import Oppgaveslag
from services.barn_pårørende.domain import Kartlegging, tilstand
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
    spør = any(oppgave.slag is Oppgaveslag.SPOER_OM_BARN for oppgave in oppgaver)
    vet = nå is not None and (spør or _kan_vite(nå, kartlagt))
    if not vet and not oppgaver:
        return None
    alle = (kartlagt, *om)
    return KartleggingUtsnitt(
        aggregat="",
        grunn=grunn_av(next((s for s in alle if s.ja), kartlagt), alle),
        tilstand=nå if vet and nå is not None else Kartleggingstilstand.UKJENT,
        antall_barn=_antall(state, kartlagt) if vet else 0,
        oppgaver=oppgaver,
        deler=(delstatus("kartlagt", kartlagt, finnes=nå is Kartleggingstilstand.HAR_BARN),),
    )


def _kan_vite(nå: Kartleggingstilstand, kartlagt: Svar) -> bool:
    """An answer is for those who may know that a child has been mapped; that there is none, on R or S only."""
    if not kartlagt.ja:
        return False
    if nå is Kartleggingstilstand.HAR_BARN:
        return True
    return nå is Kartleggingstilstand.INGEN_BARN and kartlagt.grunn in ("R", "S")


def _antall(state: Kartlegging, kartlagt: Svar) -> int:
    """How many they are is not said to those who may only know of one child, by consent."""
    if state.svar is None or not kartlagt.ja or kartlagt.grunn == "C":
        return 0
    return state.svar.antall_barn


def _med_barneansvarlig(state: Kartlegging, kjent: Kjent) -> Kjent:
    """The unit that had the talk has the case, also after the stay: it holds the baton when there are children."""
    if state.svar is None or tilstand(state) is not Kartleggingstilstand.HAR_BARN:
        return kjent
    barneansvarlig = RelasjonSlag.BARNEANSVARLIG
    return kjent.med(Relasjon(state.svar.part, barneansvarlig, ALLTID, deler=frozenset({"barn.*"})))
