"""What each party may know of a person's consents, koordinator and group (access.md, "Consent, plan, group"): pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeUtsnitt,
    Medlem,
    Medlemstilstand,
    PlanUtsnitt,
    SamtykkeUtsnitt,
    SamtykkeVist,
    SperringVist,
)
from bindeledd.schema.generated.felles import Grunn, Oppgave
from services.felles.grunnlag import Svar
from services.felles.kjent import OPPGAVER_VIST, Kjent, deling, delstatus, egne_oppgaver, grunn_av
from services.felles.samarbeid import Gruppe, Plan, Samtykker

SAMTYKKEBYTE = 40_000
"""How much of a view the consents and oppositions may fill: a record has its limit, and years of them have none."""
BYTE_UTENOM_DELER = 200
"""What one takes up besides the parts that it names, at the most."""
MEDLEMMER_VIST = 200

# -- consents ------------------------------------------------------------------------------------------------------


def kandidater_samtykke(state: Samtykker, kjent: Kjent) -> Iterable[str]:
    """The parties with any ground now."""
    return kjent.kandidater()


def utsnitt_samtykke(state: Samtykker, part_id: str, kjent: Kjent) -> SamtykkeUtsnitt | None:
    """All of it for the koordinator's unit, the treating DPS, the ward and the person; for others what is their own.

    A party that has neither a consent nor a relation is told nothing, not even that the person opposes it.
    """
    if not state.samtykker and not state.sperringer:
        return None
    hele = kjent.svar(part_id, "plan.samtykker")
    if hele.ja:
        return _vist(grunn_av(hele, ()), tuple(state.samtykker.values()), tuple(state.sperringer.values()))
    eget = kjent.svar(part_id, "plan.samtykker", egen=True)
    samtykker = tuple(s for s in state.samtykker.values() if s.part == part_id)
    sperringer = tuple(s for s in state.sperringer.values() if s.part == part_id)
    if not eget.ja or part_id not in kjent.kandidater() or not (samtykker or sperringer):
        return None
    return _vist(grunn_av(eget, (hele,)), samtykker, sperringer)


def _vist(grunn: Grunn, samtykker: tuple[SamtykkeVist, ...], sperringer: tuple[SperringVist, ...]) -> SamtykkeUtsnitt:
    """As many as a record has room for: first those that nobody has taken back, then the newest of the others."""
    alle: list[SamtykkeVist | SperringVist] = [*samtykker, *sperringer]
    plass, viste = SAMTYKKEBYTE, set[str]()
    for sagt in sorted(alle, key=lambda s: (_tatt_tilbake(s) is None, s.gjelder_fra, _id(s)), reverse=True):
        plass -= BYTE_UTENOM_DELER + sum(len(del_.encode()) + 2 for del_ in sagt.deler)
        if plass < 0:
            break
        viste.add(_id(sagt))
    return SamtykkeUtsnitt(
        aggregat="", grunn=grunn, samtykker=tuple(s for s in samtykker if _id(s) in viste),
        sperringer=tuple(s for s in sperringer if _id(s) in viste), eldre=len(alle) - len(viste),
    )  # fmt: skip


def _tatt_tilbake(sagt: SamtykkeVist | SperringVist) -> datetime | None:
    return sagt.trukket if isinstance(sagt, SamtykkeVist) else sagt.opphevet


def _id(sagt: SamtykkeVist | SperringVist) -> str:
    return sagt.samtykke_id if isinstance(sagt, SamtykkeVist) else sagt.sperring_id


# -- koordinator ---------------------------------------------------------------------------------------------------


def kandidater_plan(state: Plan, kjent: Kjent) -> Iterable[str]:
    """The parties with any ground now, and those with a task."""
    return kjent.kandidater(oppgave.part for oppgave in state.oppgaver.åpne())


def utsnitt_plan(state: Plan, part_id: str, kjent: Kjent) -> PlanUtsnitt | None:
    """Who the koordinator is, and that there is no plan: the latter only on R or S."""
    finnes = kjent.svar(part_id, "plan.finnes")
    oppgaver, svarene = _oppgaver(state, part_id, kjent)
    if not finnes.ja or state.koordinator_part is None:
        return None
    return PlanUtsnitt(
        aggregat="", grunn=grunn_av(finnes, svarene), koordinator_part=state.koordinator_part,
        koordinator=state.koordinator, plan=deling(finnes, finnes=False), oppgaver=oppgaver,
        deler=(delstatus("finnes", finnes, finnes=True),),
    )  # fmt: skip


# -- the group -----------------------------------------------------------------------------------------------------


def kandidater_gruppe(state: Gruppe, kjent: Kjent) -> Iterable[str]:
    """The parties with any ground now, and those with a task."""
    return kjent.kandidater(oppgave.part for oppgave in state.oppgaver.åpne())


def utsnitt_gruppe(state: Gruppe, part_id: str, kjent: Kjent) -> AnsvarsgruppeUtsnitt | None:
    """The group as a party may know it: who is in it goes with the plan's content; its own membership it knows."""
    finnes, innhold = kjent.svar(part_id, "plan.finnes"), kjent.svar(part_id, "plan.innhold")
    if not finnes.ja:
        return None
    oppgaver, svarene = _oppgaver(state, part_id, kjent)
    medlemmer = _medlemmer(m for m in state.medlemmer.values() if innhold.ja or m.part == part_id)
    return AnsvarsgruppeUtsnitt(
        aggregat="", grunn=grunn_av(finnes, (innhold, *svarene)), medlemmer=medlemmer, oppgaver=oppgaver,
        avsluttet=state.avsluttet,
        deler=(delstatus("finnes", finnes, finnes=True), delstatus("innhold", innhold, finnes=bool(state.medlemmer))),
    )  # fmt: skip


def _oppgaver(state: Plan | Gruppe, part_id: str, kjent: Kjent) -> tuple[tuple[Oppgave, ...], list[Svar]]:
    """The party's own tasks; for members of a group also that the koordinator's unit follows up a stay.

    The latter is the notice to those of the group who may know of the stay (intake, "Logistics messages"): nobody else
    learns that there is one.
    """
    egne, svarene = egne_oppgaver(kjent, state.oppgaver, part_id, "plan.oppgaver")
    if isinstance(state, Plan) or not _er_med(state, part_id):
        return egne, svarene
    andres = []
    for oppgave in state.oppgaver.åpne():
        om = kjent.om_opphold(part_id, oppgave.gjelder) if oppgave.part != part_id else None
        if om is not None:
            svarene.append(om)
            if om.ja:
                andres.append(oppgave)
    return (*egne, *andres)[:OPPGAVER_VIST], svarene


def _medlemmer(alle: Iterable[Medlem]) -> tuple[Medlem, ...]:
    """Those who are in the group or asked to be, and as many of the others, the latest, as a record has room for."""
    medlemmer = list(alle)
    ute = [m for m in medlemmer if m.tilstand not in (Medlemstilstand.INVITERT, Medlemstilstand.MED)]
    borte = {m.medlem_ref for m in ute[: max(0, len(medlemmer) - MEDLEMMER_VIST)]}
    return tuple(m for m in medlemmer if m.medlem_ref not in borte)


def _er_med(gruppe: Gruppe, part_id: str) -> bool:
    medlem = gruppe.med(part_id)
    return medlem is not None and medlem.tilstand is Medlemstilstand.MED
