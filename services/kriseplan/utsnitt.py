"""What each party may know of a crisis plan, part by part (access.md, "Crisis plan"): pure.

Author units on R, everybody else on C; that there is none is told on R or S only. Who has a copy, and when the plan was
used, is told to the person and the author units; everybody else is told of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bindeledd.schema.generated.felles import Deling, Oppgave, Oppgaveslag, Oppgavetilstand
from bindeledd.schema.generated.kriseplan import (
    KriseplanBruk,
    KriseplanErfaring,
    KriseplanEvaluert,
    KriseplanKopi,
    Kriseplantilstand,
    KriseplanUtsnitt,
)
from services.felles.grunnlag import Relasjon, Svar
from services.felles.kjent import Kjent, delstatus, egne_oppgaver, grunn_av
from services.felles.oppsett import INNBYGGER
from services.felles.samarbeid import ALLTID
from services.felles.tilgang import RelasjonSlag
from services.kriseplan.kopier import som_de_er
from services.kriseplan.plan import DELER, FELT, Bruk, Kriseplan, deler_i, tilstand
from services.kriseplan.revisjon import BRUKT, UTSKREVET

KOPIER_VIST, BRUK_VIST, FORTALT_VIST = 30, 20, 4
"""The newest are told: a record has its limit."""


@dataclass(frozen=True, slots=True)
class _Grunner:
    """The answers that one party's view rests on."""

    finnes: Svar
    deler: dict[str, Svar]
    oppgaver: tuple[Oppgave, ...]
    alle: tuple[Svar, ...]
    vet_om_opphold: bool
    forfalt: tuple[str, ...]
    """Why the plan must be gone through, as far as the party may know."""
    bruk: tuple[Bruk, ...]
    """The uses that the party may know of, the newest first."""
    kopier: tuple[KriseplanKopi, ...]
    evaluering: bool
    """Whether it may know what came of a use of somebody else's."""


def kandidater(state: Kriseplan, kjent: Kjent) -> Iterable[str]:
    """The parties with any ground now: among them the unit that keeps the plan, and those with a task."""
    return med_eier(state, kjent).kandidater(oppgave.part for oppgave in state.oppgaver.åpne())


def utsnitt(state: Kriseplan, part_id: str, kjent: Kjent) -> KriseplanUtsnitt | None:
    """The whole view for one party; None when it may know nothing, or when there is nothing to know."""
    nå = tilstand(state)
    if nå is None:
        return None
    grunner = _grunner(state, part_id, med_eier(state, kjent))
    if state.gjelder:
        if not grunner.finnes.ja and not grunner.oppgaver:
            return None
        return _av_plan(state, grunner)
    return _uten_plan(part_id, nå, grunner)


def _av_plan(state: Kriseplan, grunner: _Grunner) -> KriseplanUtsnitt:
    if not grunner.finnes.ja:
        return _bare_oppgaver(grunner)
    gitt: dict[str, Any] = {felt: v for felt, v in state.innhold.items() if grunner.deler[FELT[felt]].ja}
    finnes, siste = deler_i(gitt), next(iter(grunner.bruk), None)
    fortalt = _fortalt(siste, grunner) if siste is not None else ()
    return KriseplanUtsnitt(
        aggregat="",
        grunn=grunn_av(_bærende(grunner), grunner.alle),
        finnes=Deling.DELT,
        tilstand=Kriseplantilstand.REVISJON_FORFALT if grunner.forfalt else Kriseplantilstand.GJELDER,
        versjon=state.versjon,
        laget=state.laget,
        eier_part=state.eier_part,
        oppgaver=grunner.oppgaver,
        deler=tuple(delstatus(del_, svar, finnes=del_ in finnes) for del_, svar in grunner.deler.items()),
        medvirkning=state.medvirkning,
        revideres=state.frist.forfall if state.frist is not None else None,
        forfalt=grunner.forfalt,
        kopier=grunner.kopier,
        bruk=tuple(_vist(bruk) for bruk in grunner.bruk),
        erfaring=siste.erfaring if siste is not None else None,
        evaluering=fortalt[0].erfaring if fortalt else None,
        erfaringer=tuple(
            KriseplanErfaring(part=f.part, av=f.av, evaluert=f.evaluert, fortalt=nr) for nr, f in enumerate(fortalt)
        ),
        fortalt=tuple(f.erfaring for f in fortalt if f.erfaring is not None),
        **gitt,
    )


def _bare_oppgaver(grunner: _Grunner) -> KriseplanUtsnitt:
    """For a party with a task to do that may not know that there is a plan."""
    return KriseplanUtsnitt(
        aggregat="", grunn=grunn_av(_bærende(grunner), grunner.alle), finnes=Deling.IKKE_DELT,
        tilstand=Kriseplantilstand.UKJENT, versjon=0, oppgaver=grunner.oppgaver,
        deler=tuple(delstatus(del_, svar, finnes=False) for del_, svar in grunner.deler.items()),
    )  # fmt: skip


def _vist(bruk: Bruk) -> KriseplanBruk:
    return KriseplanBruk(
        bruk_ref=bruk.ref, part=bruk.part, av=bruk.av, nivaa=bruk.nivaa, versjon=bruk.versjon,
        tatt_i_bruk=bruk.tatt_i_bruk, evaluert=bruk.fortalt[-1].evaluert if bruk.fortalt else None,
    )  # fmt: skip


def _fortalt(bruk: Bruk, grunner: _Grunner) -> tuple[KriseplanEvaluert, ...]:
    """What the party may know of what was told afterwards, the newest first: who used the plan knows its own account.

    An account that says nothing is none, and they stand in `erfaringer` and `fortalt` one beside the other.
    """
    kjente = [f for f in reversed(bruk.fortalt) if f.erfaring is not None]
    return tuple(f for f in kjente if grunner.evaluering or f.part == bruk.part)[:FORTALT_VIST]


def _uten_plan(part_id: str, nå: Kriseplantilstand, grunner: _Grunner) -> KriseplanUtsnitt | None:
    """That there is none: on R or S, and only as far as it does not tell of a stay that the party may not know of.

    The person is not told by a page that a plan is missed; somebody offers one.
    """
    kan_lære = grunner.finnes.ja and grunner.finnes.grunn in ("R", "S")
    if nå is Kriseplantilstand.ETTERLYST and (part_id == INNBYGGER or not grunner.vet_om_opphold):
        kan_lære = False
    if not kan_lære and not grunner.oppgaver:
        return None
    return KriseplanUtsnitt(
        aggregat="",
        grunn=grunn_av(_bærende(grunner), grunner.alle),
        finnes=Deling.FINNES_IKKE if kan_lære else Deling.IKKE_DELT,
        tilstand=nå if kan_lære else Kriseplantilstand.UKJENT,
        versjon=0,
        oppgaver=grunner.oppgaver,
        deler=(),
        kopier=grunner.kopier if kan_lære else (),
    )


def _grunner(state: Kriseplan, part_id: str, kjent: Kjent) -> _Grunner:
    finnes = kjent.svar(part_id, "kriseplan.finnes")
    deler = {del_: kjent.svar(part_id, f"kriseplan.{del_}") for del_ in DELER}
    oppgaver, om_oppgaver = egne_oppgaver(kjent, state.oppgaver, part_id, "kriseplan.oppgaver")
    # By the tasks that stand, not by all that was ever asked for: then the order of arrival says nothing.
    stående = [o for o in state.oppgaver.alle.values() if o.tilstand is not Oppgavetilstand.FALT]
    om = {oppgave.gjelder: kjent.om_opphold(part_id, oppgave.gjelder) for oppgave in stående}
    kjente = [svar for svar in om.values() if svar is not None]
    om_bruk = kjent.svar(part_id, "kriseplan.bruk")
    egen_bruk = kjent.svar(part_id, "kriseplan.bruk", egen=True)
    om_kopier, egne_kopier = (kjent.svar(part_id, "kriseplan.kopier", egen=egen) for egen in (False, True))
    bruk = [b for b in reversed(state.brukt) if om_bruk.ja or (egen_bruk.ja and b.part == part_id)]
    kopier = [k for k in som_de_er(state, kjent) if om_kopier.ja or (egne_kopier.ja and k.part == part_id)]
    return _Grunner(
        finnes, deler, oppgaver, (finnes, *deler.values(), *om_oppgaver, *kjente, om_bruk, om_kopier),
        vet_om_opphold=any(svar.ja for svar in kjente),
        forfalt=_forfalt(state, om, vet_om_bruk=om_bruk.ja),
        bruk=tuple(bruk[:BRUK_VIST]), kopier=tuple(kopier[-KOPIER_VIST:]), evaluering=om_bruk.ja,
    )  # fmt: skip


def _forfalt(state: Kriseplan, om: dict[str, Svar | None], *, vet_om_bruk: bool) -> tuple[str, ...]:
    """The reasons behind the open tasks to go through the plan, without those that would tell of what is not shared."""
    grunner = set()
    for oppgave in state.oppgaver.åpne():
        if oppgave.slag is not Oppgaveslag.VURDER_KRISEPLAN:
            continue
        opphold, grunn = om[oppgave.gjelder], state.forfalt.get(oppgave.gjelder, UTSKREVET)
        if (opphold is not None and opphold.ja) or (grunn == BRUKT and vet_om_bruk) or grunn not in (UTSKREVET, BRUKT):
            grunner.add(grunn)
    return tuple(sorted(grunner))


def _bærende(grunner: _Grunner) -> Svar:
    return next((svar for svar in grunner.alle if svar.ja), grunner.finnes)


def med_eier(state: Kriseplan, kjent: Kjent) -> Kjent:
    """The unit that keeps the plan is its author, for as long as the plan holds."""
    if not state.gjelder or state.eier_part == INNBYGGER:
        return kjent
    return kjent.med(
        Relasjon(state.eier_part, RelasjonSlag.KRISEPLAN_FORFATTER, ALLTID, deler=frozenset({"kriseplan.*"}))
    )
