"""What kriseplan does when a stay, the helpers or the consents of a person change: it looks at the plan again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.runtime.service import Lookup, Reaction
from bindeledd.schema.generated.ansvarsgruppe import Grupperolle
from services.felles import kilder
from services.felles.kjent import Kjent, Rammer
from services.felles.oppsett import INNBYGGER
from services.felles.reaksjoner import HJELPERNE, OPPHOLDET, SAMTYKKENE, reaksjoner
from services.felles.samarbeid import ALLTID
from services.kriseplan.domain import TOPIC, Avstem
from services.kriseplan.kopier import delbart
from services.kriseplan.plan import Kriseplan
from services.kriseplan.utsnitt import med_eier

LAGER_UTEN_KOORDINATOR = (Grupperolle.ACT, Grupperolle.DPS)
KONTAKTER = (Grupperolle.ACT, Grupperolle.DPS, Grupperolle.FASTLEGE, Grupperolle.HJEMMETJENESTE)
"""The members of a group that a plan names as somebody to call."""


def avstem(
    lookup: Lookup, person_ref: str, aktør: Actor, rammer: Rammer, stream: str | None = None
) -> list[Bestilling]:
    """The orders that bring the plan in step with what is known of the person. `stream`: where it is, if known.

    Two records that became one have two: nobody is asked to make a plan in the other one.
    """
    kjent = kilder.kjent_for(lookup, person_ref, rammer)
    lager, fra = _lager(lookup, person_ref)
    planen = stream or planstrøm(lookup, person_ref)
    andre = sorted(set(lookup.streams_of(TOPIC, person_ref)) - {planen})
    # Silence closes what is shown; what the person has said of it stands, and no copy ends by it.
    sagt = kjent.sist_kjent()
    delt, kretsen = delbart(sagt), krets(lookup, person_ref)
    return [
        Bestilling(
            TOPIC, ref,
            Avstem(
                kjent.opphold, lager if ref == planen else "", fra, delt, kretsen,
                frozenset(lesere(lookup, person_ref, sagt, lookup.state(TOPIC, ref))),
            ),
            aktør, person_ref=person_ref,
        )
        for ref in (planen, *andre)
    ]  # fmt: skip


def planstrøm(lookup: Lookup, person_ref: str) -> str:
    """Where the person's plan is, or would be: of several that hold, the one that was made last."""
    planer: dict[str, Kriseplan] = kilder.tilstander(lookup, TOPIC, person_ref)
    gjelder = sorted(ref for ref, planen in planer.items() if planen.gjelder)
    if not gjelder:
        return kilder.eneste_strøm(lookup, TOPIC, person_ref)
    return max(gjelder, key=lambda ref: planer[ref].laget or ALLTID)


def reaksjoner_for(rammer: Rammer) -> Mapping[str, Reaction]:
    """By event."""
    system = Actor("system", rammer.oppsett.kommunenummer, "kriseplan")
    return reaksjoner(
        lambda lookup, person_ref: avstem(lookup, person_ref, system, rammer), (*OPPHOLDET, *HJELPERNE, *SAMTYKKENE)
    )


def _lager(lookup: Lookup, person_ref: str) -> tuple[str, datetime]:
    """Who makes a plan with the person: the koordinator's unit, else ACT, else the DPS of the group; and since when."""
    koordinator = kilder.koordinator(lookup, person_ref)
    if koordinator.koordinator_part is not None:
        return koordinator.koordinator_part, koordinator.fra or ALLTID
    for rolle in LAGER_UTEN_KOORDINATOR:
        medlemmer = kilder.medlemmer_med_rolle(lookup, person_ref, rolle)
        if medlemmer:
            return medlemmer[0], kilder.gruppe_fra(lookup, person_ref)
    return "", ALLTID


def krets(lookup: Lookup, person_ref: str) -> frozenset[str]:
    """Who follows the person now: the koordinator, and the members of a group that a plan would name."""
    koordinator = kilder.koordinator(lookup, person_ref)
    medlemmer = {part for rolle in KONTAKTER for part in kilder.medlemmer_med_rolle(lookup, person_ref, rolle)}
    if koordinator.koordinator_part is None:
        return frozenset(medlemmer)
    return frozenset({*medlemmer, f"{koordinator.koordinator}@{koordinator.koordinator_part}"})


def lesere(lookup: Lookup, person_ref: str, kjent: Kjent, state: Kriseplan) -> list[str]:
    """Who is told that the plan was used, where they may know: koordinator's unit, the team, the unit that keeps it."""
    følger = (
        part for rolle in LAGER_UTEN_KOORDINATOR for part in kilder.medlemmer_med_rolle(lookup, person_ref, rolle)
    )
    alle = (kilder.koordinator(lookup, person_ref).koordinator_part, *følger, state.eier_part)
    parter = sorted({part for part in alle if part and part != INNBYGGER})
    kjent = med_eier(state, kjent)
    return [part for part in parter if kjent.svar(part, "kriseplan.bruk").ja]
