"""Why a crisis plan must be gone through again: after a stay, after use, after a changed contact, at its date. Pure.

No statute asks for it (rules 2.1): each is this project's own rule, and says so in the task.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bindeledd.core.errors import RuleBroken
from bindeledd.schema.generated.felles import FristTilstand, Oppgaveslag
from bindeledd.schema.generated.kriseplan import KriseplanrevisjonForfalt
from services.felles.frister import Frist
from services.felles.kjent import Rammer
from services.felles.oppgaver import Ønsket
from services.felles.oppholdsbilde import Opphold
from services.felles.regler import Regel
from services.felles.tid import lokal_dag, lokal_midnatt
from services.kriseplan.plan import Kriseplan

REGEL, GYLDIG = "kriseplan_revisjon", "kriseplan_gyldig"
UTSKREVET, BRUKT, KONTAKT_ENDRET, DATO = "utskrevet", "brukt", "kontakt_endret", "revisjonsdato"
BRUKT_FORDI = "lokalt valg: kriseplanen gjennomgås etter at den er brukt"
KONTAKT_FORDI = "lokalt valg: kriseplanen gjennomgås når noen som følger opp, er byttet"


@dataclass(frozen=True, slots=True)
class Krav:
    """One reason, and the task that it gives."""

    grunn: str
    ønske: Ønsket

    def hendelse(self) -> KriseplanrevisjonForfalt:
        opphold = self.ønske.gjelder if self.grunn == UTSKREVET else ""
        return KriseplanrevisjonForfalt(
            opphold_ref=opphold, grunn=self.grunn, gjelder="" if opphold else self.ønske.gjelder
        )


def krav(
    state: Kriseplan, opphold: Opphold | None, krets: frozenset[str], part: str, rammer: Rammer
) -> Iterator[Krav]:  # fmt: skip
    """What demands a revision of the version that holds. `opphold`: the latest stay; `part`: the unit that goes through
    it, empty when nobody does."""
    if state.laget is None or not state.gjelder:
        return
    if part and opphold is not None and opphold.slutt is not None and state.laget < opphold.slutt:
        regel = rammer.oppsett.regler.verdi(REGEL, lokal_dag(opphold.slutt))
        yield _krav(UTSKREVET, part, opphold.ref, regel.paragraf, opphold.slutt + regel.varighet)
    if part:
        for bruk in state.brukt:
            if bruk.tatt_i_bruk > state.laget:
                varighet = rammer.oppsett.regler.verdi(REGEL, lokal_dag(bruk.tatt_i_bruk)).varighet
                yield _krav(BRUKT, part, bruk.ref, BRUKT_FORDI, bruk.tatt_i_bruk + varighet)
        if borte := len(state.krets - krets):
            yield _krav(KONTAKT_ENDRET, part, f"kontakter-{state.versjon}-{borte}", KONTAKT_FORDI)
    if state.frist is not None and state.frist.tilstand is FristTilstand.OVERSKREDET:
        yield ved_dato(state, state.frist.paragraf)


def ved_dato(state: Kriseplan, paragraf: str) -> Krav:
    """The demand that comes by itself, at the plan's own date: to whoever keeps it, the person themself included."""
    return _krav(DATO, state.eier_part, f"revisjonsdato-{state.versjon}", paragraf)


def ny_frist(valgt: date | None, naa: datetime, rammer: Rammer) -> tuple[Frist, Regel]:
    """When a version made now is to be gone through: on the day chosen, at the latest when the rule says.

    Raises RuleBroken for a day that has been, or that is later than that.
    """
    i_dag = lokal_dag(naa)
    regel = rammer.oppsett.regler.verdi(GYLDIG, i_dag)
    senest = i_dag + timedelta(days=regel.verdi)
    if valgt is not None and not i_dag < valgt <= senest:
        raise RuleBroken("kriseplan.revisjonsdato", f"Velg en dag fra i morgen til {senest:%d.%m.%Y}")
    forfall = lokal_midnatt(valgt or senest)
    return Frist(GYLDIG, naa, forfall, FristTilstand.AAPEN, regel.paragraf), regel


def _krav(grunn: str, part: str, gjelder: str, paragraf: str, frist: datetime | None = None) -> Krav:
    return Krav(grunn, Ønsket(Oppgaveslag.VURDER_KRISEPLAN, part, gjelder, paragraf, frist))
