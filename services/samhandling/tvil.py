"""Understands which records may be one person while no unit sees both, so that the koordinerende enhet must decide.

A guess is never merged (intake rule 4), and nobody decides of two records who sees but one of them. Who works the
manual queue is told who the two are, on the ground of that task, until it is decided (access.md, last paragraph).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bindeledd.runtime.service import Lookup
from services.felles.kjent import Kjent
from services.felles.oppsett import Oppsett
from services.samhandling import person
from services.samhandling.projections import i_tvil_om
from services.samhandling.utsnitt import med_alle_opphold

AVGJØR = "person.avgjoer_treff"


def de_andre(lookup: Lookup, person_ref: str) -> frozenset[str]:
    """Whose grounds lean on this person's: the other record of every doubt, also one that has been decided."""
    state: person.Person = lookup.state(person.TOPIC, person_ref)
    return frozenset((*state.tvilsomme, *state.avgjorte, *i_tvil_om(lookup.db, person_ref)))


def avklares(lookup: Lookup, person_ref: str, kjent_om: Callable[[str], Kjent]) -> frozenset[str]:
    """The records that this one must be compared with by the koordinerende enhet, for no unit sees both.

    `kjent_om` says what is known of a person besides.
    """
    return frozenset(
        annen for annen, (ny, før) in _åpne(lookup, person_ref) if not _noen_kan(kjent_om(ny), kjent_om(før))
    )


def _åpne(lookup: Lookup, person_ref: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """The other record of each open doubt, and (the record that the doubt stands in, the one that it is about)."""
    state: person.Person = lookup.state(person.TOPIC, person_ref)
    if not state.gjelder:
        return
    for annen in sorted(state.tvilsomme):
        if lookup.state(person.TOPIC, annen).gjelder:
            yield annen, (person_ref, annen)
    for annen in i_tvil_om(lookup.db, person_ref):
        tviler: person.Person = lookup.state(person.TOPIC, annen)
        if tviler.gjelder and person_ref in tviler.tvilsomme:
            yield annen, (annen, person_ref)


def _noen_kan(ny: Kjent, før: Kjent) -> bool:
    """Whether some unit sees both records and the doubt, and has people who may decide. By what is known last: that
    nothing is heard tells nobody a name."""
    ny, før = med_alle_opphold(ny.sist_kjent()), med_alle_opphold(før.sist_kjent())
    felles = ny.kandidater(ny.adressert) & før.kandidater(før.adressert)
    return any(
        _har_noen(ny.rammer.oppsett, part)
        and ny.svar(part, "melding.koe", adressert=ny.adressert).ja
        and all(kjent.svar(part, "person.navn", adressert=kjent.adressert).ja for kjent in (ny, før))
        for part in felles
    )


def _har_noen(oppsett: Oppsett, part_id: str) -> bool:
    part = oppsett.parter.get(part_id)
    roller = oppsett.katalog.roles.values()
    return part is not None and any(part.slag in rolle.kinds and AVGJØR in rolle.may for rolle in roller)
