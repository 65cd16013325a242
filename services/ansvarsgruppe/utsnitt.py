"""What each party may know of a person's consents, plan, group, meetings and measures: pure (access.md, "Consent, plan,
group")."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeUtsnitt,
    Barnekoordinatortilstand,
    Medlem,
    Medlemstilstand,
    Moetedeltaker,
    Moetesvar,
    MoeteUtsnitt,
    Plantilstand,
    PlanUtsnitt,
    SamtykkeUtsnitt,
    SamtykkeVist,
    SperringVist,
    TiltakUtsnitt,
)
from bindeledd.schema.generated.felles import Grunn, Oppgave
from services.ansvarsgruppe.møte import Møte
from services.ansvarsgruppe.tiltak import Tiltak
from services.felles.grunnlag import Svar
from services.felles.kjent import OPPGAVER_VIST, Kjent, deling, delstatus, egne_oppgaver, grunn_av
from services.felles.oppholdsbilde import Opphold, om_dagen
from services.felles.oppsett import FORESATT, REPRESENTANT
from services.felles.samarbeid import Gruppe, Plan, Samtykker, Talsperson

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
    """All of it for the koordinator's unit, the treating DPS, the ward and the person; for others what is their own,
    and for all who help, who speaks for the person.

    A party that has neither a consent nor a relation is told nothing, not even that the person opposes it. What a child
    withholds from those who answer for it, they are not told that it withholds (pbrl §3-4).
    """
    hele, taler = kjent.svar(part_id, "plan.samtykker"), kjent.svar(part_id, "plan.talspersoner")
    talspersoner = tuple(_talspersoner(state, part_id, kjent)) if taler.ja else ()
    bærende, samtykker, sperringer = hele, tuple(state.samtykker.values()), tuple(state.sperringer.values())
    if not hele.ja:
        eget = kjent.svar(part_id, "plan.samtykker", egen=True)
        ser = eget.ja and part_id in kjent.kandidater()
        samtykker = tuple(s for s in samtykker if ser and s.part == part_id)
        sperringer = tuple(s for s in sperringer if ser and s.part == part_id)
        bærende = eget if samtykker or sperringer else taler
    elif part_id == FORESATT:
        sperringer = tuple(s for s in sperringer if s.part != FORESATT)
    if not (samtykker or sperringer or talspersoner):
        return None
    return _vist(grunn_av(bærende, (hele, taler)), samtykker, sperringer, talspersoner)


def _talspersoner(state: Samtykker, part_id: str, kjent: Kjent) -> Iterable[Talsperson]:
    """Who speaks for the person, as far as they still do; who speaks themself is told of their own sort."""
    er_barn = kjent.yngre_enn(kjent.rammer.tabell.aldre.foreldreansvar)
    for talsperson in state.talspersoner.values():
        if (talsperson.ansvarlig and er_barn and part_id != REPRESENTANT) or (talsperson.valgt and part_id != FORESATT):
            yield talsperson


def _vist(
    grunn: Grunn, samtykker: tuple[SamtykkeVist, ...], sperringer: tuple[SperringVist, ...],
    talspersoner: tuple[Talsperson, ...],
) -> SamtykkeUtsnitt:  # fmt: skip
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
        talspersoner=tuple(t.vist for t in talspersoner), talsnavn=tuple(t.navn for t in talspersoner),
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
    """Who the koordinator is, and the plan. That there is none, or that it was declined, only on R or S.

    A need that somebody told of is shown to the koordinerende enhet, and to who helps, until it is answered.
    """
    finnes, innhold = kjent.svar(part_id, "plan.finnes"), kjent.svar(part_id, "plan.innhold")
    om_behov = kjent.svar(part_id, "plan.behov")
    oppgaver, svarene = _oppgaver(state, part_id, kjent)
    barn, behov = state.barnekoordinator, state.ubesvart_behov if om_behov.ja else None
    noe = state.koordinator_part is not None or state.tilstand is not Plantilstand.INGEN or barn is not None
    vet = finnes.ja and noe
    if not vet and behov is None:
        return None
    vises, hjelper = state.har_plan and innhold.ja, finnes.grunn in ("R", "S")
    oppnevnt = barn is not None and barn.tilstand is Barnekoordinatortilstand.OPPNEVNT
    return PlanUtsnitt(
        aggregat="", grunn=grunn_av(finnes if vet else om_behov, (innhold, om_behov, *svarene)),
        koordinator_part=state.koordinator_part if vet else None,
        koordinator=state.koordinator if vet else None, plan=deling(finnes, finnes=state.har_plan), oppgaver=oppgaver,
        deler=(
            delstatus("finnes", finnes, finnes=noe), delstatus("innhold", innhold, finnes=state.har_plan),
        ) if vet else (),
        tilstand=state.tilstand if vet and (state.har_plan or hjelper) else Plantilstand.UKJENT,
        fra=state.plan_fra if vises else None, revisjon=state.revisjon if vises else None,
        maal=state.maal if vises else None, vurdering=state.vurdering if vises else None,
        barnekoordinator_tilstand=barn.tilstand if barn is not None and vet and (oppnevnt or hjelper)
        else Barnekoordinatortilstand.UKJENT,
        barnekoordinator_part=barn.part if barn is not None and vet else None,
        barnekoordinator=barn.koordinator if barn is not None and vet else None,
        behov_av=behov.av_part if behov is not None else "", behov_meldt=behov.meldt if behov is not None else None,
        behov=behov.behov if behov is not None else None,
    )  # fmt: skip


# -- the group -----------------------------------------------------------------------------------------------------


def kandidater_gruppe(state: Gruppe, kjent: Kjent) -> Iterable[str]:
    """The parties with any ground now, and those with a task."""
    return kjent.kandidater(oppgave.part for oppgave in state.oppgaver.åpne())


def utsnitt_gruppe(state: Gruppe, part_id: str, kjent: Kjent) -> AnsvarsgruppeUtsnitt | None:
    """The group as a party may know it: who is in it goes with the plan's content; its own membership it knows.

    That the group waits because of a stay is told to those who may know of the stay; that it does no more, because the
    person is ready for discharge, to those who may know that.
    """
    finnes, innhold = kjent.svar(part_id, "plan.finnes"), kjent.svar(part_id, "plan.innhold")
    if not finnes.ja:
        return None
    oppgaver, svarene = _oppgaver(state, part_id, kjent)
    medlemmer = _medlemmer(m for m in state.medlemmer.values() if innhold.ja or m.part == part_id)
    om = [gitt for o in kjent.opphold if o.pågår for gitt in _ventegrunner(o, part_id, kjent)]
    return AnsvarsgruppeUtsnitt(
        aggregat="", grunn=grunn_av(finnes, (innhold, *svarene, *(gitt for gitt, _ in om))), medlemmer=medlemmer,
        oppgaver=oppgaver,
        representant_slag=state.representant_slag if innhold.ja else "",
        representant=state.representant if innhold.ja else None, paa_vent=any(venter for _, venter in om),
        avsluttet=state.avsluttet,
        deler=(delstatus("finnes", finnes, finnes=True), delstatus("innhold", innhold, finnes=bool(state.medlemmer))),
    )  # fmt: skip


def _ventegrunner(opphold: Opphold, part_id: str, kjent: Kjent) -> Iterable[tuple[Svar, bool]]:
    """The answers about a stay that goes on, each with whether the group waits by it for this party."""
    om = kjent.om_opphold(part_id, opphold.ref)
    om_klar = kjent.om_opphold(part_id, om_dagen(opphold.ref, opphold.klar)) if opphold.klar is not None else None
    if om is None:
        return
    yield om, om.ja and (om_klar is None or not om_klar.ja)
    if om_klar is not None:
        yield om_klar, False


def _oppgaver(state: Plan | Gruppe, part_id: str, kjent: Kjent) -> tuple[tuple[Oppgave, ...], list[Svar]]:
    """The party's own tasks; for members of a group also that the koordinator's unit follows up a stay.

    The latter is the notice to those of the group who may know of the stay (intake, "Logistics messages"): nobody else
    learns that there is one. After a death nothing is to be done, also where a deadline gives the task after that.
    """
    if any(o.død for o in kjent.opphold):
        return (), []
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


# -- meetings ------------------------------------------------------------------------------------------------------


def kandidater_møte(state: Møte, kjent: Kjent) -> Iterable[str]:
    """The parties with any ground now, and those who were invited."""
    return kjent.kandidater(state.inviterte)


def utsnitt_møte(state: Møte, part_id: str, kjent: Kjent) -> MoeteUtsnitt | None:
    """When and where, for those who are invited; what it is about, who comes, the minutes go with the plan's content.

    What a meeting about a stay is for, and what was said there, is told only to those who may know of that stay: to
    the others it is a meeting like any other.
    """
    finnes, innhold = kjent.svar(part_id, "plan.finnes"), kjent.svar(part_id, "plan.innhold")
    om = _om(state.opphold_ref, part_id, kjent)
    eget = kjent.svar(part_id, "plan.moete", egen=part_id in state.inviterte)
    ser_innhold = innhold.ja and (om is None or om.ja)
    if not finnes.ja or not (eget.ja or ser_innhold):
        return None
    oppgaver, svarene = egne_oppgaver(kjent, state.oppgaver, part_id, "plan.oppgaver")
    deltakere = (part for part in state.inviterte if ser_innhold or part == part_id)
    return MoeteUtsnitt(
        aggregat="", grunn=grunn_av(finnes, (innhold, eget, *([om] if om else []), *svarene)),
        gruppe_ref=state.gruppe_ref, av_part=state.av_part, tid=_tid(state), innspill_til=state.innspill_til,
        tilstand=state.tilstand, sted=state.sted,
        innhold=state.innhold if ser_innhold else None,
        opphold_ref=state.opphold_ref if om is not None and om.ja else None,
        deltakere=tuple(_deltaker(state, part) for part in deltakere),
        tiltak=state.tiltak if ser_innhold else (), neste=state.neste if ser_innhold else None,
        referat=state.referat if ser_innhold else None, oppgaver=oppgaver,
        deler=(
            delstatus("moete", eget, finnes=True),
            delstatus("innhold", innhold, finnes=ser_innhold),
        ),
    )  # fmt: skip


def _om(opphold_ref: str | None, part_id: str, kjent: Kjent) -> Svar | None:
    """May the party know of this stay; of one that turned out not to be, whether it may know of stays at all."""
    if opphold_ref is None:
        return None
    return kjent.om_opphold(part_id, opphold_ref) or kjent.svar(part_id, "opphold.finnes")


def _tid(state: Møte) -> datetime:
    assert state.tid is not None
    return state.tid


def _deltaker(state: Møte, part: str) -> Moetedeltaker:
    kommer = state.svar.get(part, True if part == state.av_part else None)
    svar = Moetesvar.IKKE_SVART if kommer is None else Moetesvar.KOMMER if kommer else Moetesvar.KOMMER_IKKE
    return Moetedeltaker(part=part, svar=svar, tilstede=part in state.tilstede)


# -- measures ------------------------------------------------------------------------------------------------------


def kandidater_tiltak(state: Tiltak, kjent: Kjent) -> Iterable[str]:
    """The parties with any ground now, and who is responsible."""
    return kjent.kandidater((state.part,))


def utsnitt_tiltak(state: Tiltak, part_id: str, kjent: Kjent) -> TiltakUtsnitt | None:
    """One's own measure, and with the plan's content the others'. Why it waits is told to who may know of the stay.

    Who speaks for the person has none of their own: one from a meeting about a stay is told only to who may know of it.
    So is that it goes on because the meeting was about a stay: to the others it is a measure like any other.
    """
    innhold = kjent.svar(part_id, "plan.innhold")
    eget = kjent.svar(part_id, "plan.eget_tiltak", egen=part_id == state.part)
    om, venter = _om(state.gjelder_opphold, part_id, kjent), _om(state.venter_paa, part_id, kjent)
    vet = om is None or om.ja
    andres = innhold.ja and vet
    får_eget = eget.ja and (vet or eget.grunn != "S" or part_id == state.part)
    if not (får_eget or andres):
        return None
    oppgaver, svarene = egne_oppgaver(kjent, state.oppgaver, part_id, "plan.oppgaver")
    bærende = eget if får_eget else innhold
    alle = (innhold, eget, *(gitt for gitt in (om, venter) if gitt is not None), *svarene)
    return TiltakUtsnitt(
        aggregat="", grunn=grunn_av(bærende, alle), part=state.part, frist=state.frist,
        gaar_videre=state.går_videre and vet, tilstand=state.tilstand, paa_vent=state.venter_paa is not None,
        opphold_ref=state.venter_paa if venter is not None and venter.ja else None, innhold=state.innhold,
        plan_ref=state.plan_ref if andres else None, moete_ref=state.moete_ref, oppgaver=oppgaver,
        deler=(delstatus("eget_tiltak" if får_eget else "innhold", bærende, finnes=True),),
    )  # fmt: skip
