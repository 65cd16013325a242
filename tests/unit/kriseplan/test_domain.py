"""The crisis plan: made, revised and recalled with the person; missed at an admission, gone through after a stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bindeledd.core.sealed import Forseglet
from bindeledd.schema.generated.felles import (
    FristSatt,
    OppgaveFalt,
    OppgaveLoest,
    OppgaveOpprettet,
    Oppgaveslag,
    TellesFra,
)
from bindeledd.schema.generated.kriseplan import (
    KriseplanEtterlyst,
    KriseplanOpprettet,
    KriseplanRevidert,
    KriseplanrevisjonForfalt,
    KriseplanTakketNei,
    KriseplanTilbakekalt,
    KriseplanTilbudt,
    Kriseplantilstand,
)
from services.felles.oppgaver import LøsOppgave, TaOppgave
from services.felles.oppholdsbilde import Opphold
from services.kriseplan.domain import (
    LAGES_FORDI,
    Avstem,
    Opprett,
    Revider,
    TakkNei,
    Tilbakekall,
    Tilby,
)
from services.kriseplan.plan import tilstand
from services.kriseplan.tjeneste import tjeneste
from tests.dsl import (
    ACT,
    ENHET,
    ENHVER,
    KOORDINATOR,
    NAV,
    NÅ,
    PAM,
    PERSONEN,
    RAMMER,
    forseglet,
    given,
    opphold,
    utskrevet,
)

(KRISEPLAN,) = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates
STAY = "o" * 32
FØR = NÅ - timedelta(days=30)
RØDT, BARN = forseglet("roedt_nivaa"), forseglet("barn")
ETTERLYST = KriseplanEtterlyst(opphold_ref=STAY)
GYLDIG = FristSatt(
    navn="kriseplan_gyldig", regel="kriseplan_gyldig", regel_versjon="lokal-1", telles=TellesFra.UKJENT,
    paragraf="lokalt valg: kriseplanen gjennomgås minst én gang i året", start=NÅ,
    forfall=datetime(2027, 3, 1, 23, 0, tzinfo=UTC),
)  # fmt: skip
"""A version made now is to be gone through within a year."""
FORFALT = KriseplanrevisjonForfalt(opphold_ref=STAY, grunn="utskrevet")


def opprettet(laget: datetime = FØR, **annet: Any) -> KriseplanOpprettet:
    felt: dict[str, Any] = {
        "eier_part": ACT,
        "versjon": 1,
        "laget": laget,
        "medvirkning": ("pasient",),
        "roedt_nivaa": RØDT,
    }
    return KriseplanOpprettet(**{**felt, **annet})


def oppgave(slag: Oppgaveslag, part: str, frist: datetime | None = None, gjelder: str = STAY) -> OppgaveOpprettet:
    paragraf = LAGES_FORDI if slag is Oppgaveslag.LAG_KRISEPLAN else ENHVER
    return OppgaveOpprettet(
        oppgave_ref=ENHVER, slag=slag, part=part, paragraf=paragraf, gjelder=gjelder, frist=frist
    )  # fmt: skip


def avstem(*alle: Opphold, lager: str = ENHET, fra: datetime = FØR) -> Avstem:
    return Avstem(alle, lager, fra, ())


# -- made with the person ------------------------------------------------------------------------------------------


def test_a_plan_is_made_by_an_author_unit_and_kept_by_it() -> None:
    given(KRISEPLAN).when(Opprett(ACT, ("pasient",), {"roedt_nivaa": RØDT}, "act-medlem")).then(opprettet(NÅ), GYLDIG)


@pytest.mark.parametrize("part", [NAV, PAM, "finnes-ikke"])
def test_a_unit_that_writes_no_crisis_plans_is_refused(part: str) -> None:
    given(KRISEPLAN).when(Opprett(part, ("pasient",), {"barn": BARN}, "x")).then_refused("kriseplan.eier")


@pytest.mark.parametrize("medvirkning", [(), ("naboen",)])
def test_rules_2_1_a_plan_says_who_took_part(medvirkning: tuple[str, ...]) -> None:
    given(KRISEPLAN).when(Opprett(ACT, medvirkning, {"barn": BARN}, "x")).then_refused("kriseplan.medvirkning")
    given(KRISEPLAN, opprettet()).when(Revider(medvirkning, {"barn": BARN}, "x")).then_refused("kriseplan.medvirkning")


def test_an_empty_plan_is_refused() -> None:
    given(KRISEPLAN).when(Opprett(ACT, ("pasient",), {}, "x")).then_refused("kriseplan.innhold")
    given(KRISEPLAN, opprettet()).when(Revider(("pasient",), {"roedt_nivaa": None}, "x")).then_refused(
        "kriseplan.innhold"
    )


def test_a_person_has_one_plan() -> None:
    given(KRISEPLAN, opprettet()).when(Opprett(ENHET, ("pasient",), {"barn": BARN}, "x")).then_refused("kriseplan.én")


def test_a_revision_keeps_the_parts_that_it_does_not_name() -> None:
    given(KRISEPLAN, opprettet()).when(Revider(("pasient", "behandler"), {"barn": BARN}, "x")).then(
        KriseplanRevidert(versjon=2, laget=NÅ, medvirkning=("pasient", "behandler"), roedt_nivaa=RØDT, barn=BARN),
        GYLDIG,
    )


def test_a_revision_takes_out_what_it_names_as_none() -> None:
    given(KRISEPLAN, opprettet(barn=BARN)).when(Revider(("pasient",), {"roedt_nivaa": None}, "x")).then(
        KriseplanRevidert(versjon=2, laget=NÅ, medvirkning=("pasient",), barn=BARN), GYLDIG
    )


def test_a_plan_that_is_recalled_takes_no_revision_and_a_new_one_counts_on() -> None:
    tilbakekalt = KriseplanTilbakekalt(grunn="personens_oenske")
    given(KRISEPLAN, opprettet()).when(Tilbakekall("personens_oenske")).then(tilbakekalt)
    given(KRISEPLAN, opprettet()).when(Tilbakekall("hemmelig grunn")).then_refused("kriseplan.grunn")
    borte = given(KRISEPLAN, opprettet(), tilbakekalt)
    borte.when(Revider(("pasient",), {"barn": BARN}, "x")).then_refused("kriseplan.finnes")
    borte.when(Tilbakekall("annet")).then_refused("kriseplan.finnes")
    assert tilstand(borte.state) is Kriseplantilstand.TILBAKEKALT
    ny, _ = borte.when(Opprett(ENHET, ("pasient",), {"barn": BARN}, "x")).events
    assert (ny.versjon, ny.eier_part) == (2, ENHET)


def test_a_plan_is_offered_and_declined() -> None:
    given(KRISEPLAN).when(Tilby(ENHET)).then(KriseplanTilbudt(part=ENHET))
    given(KRISEPLAN).when(TakkNei(ENHET, "x")).then(KriseplanTakketNei(part=ENHET))
    for command in (Tilby(ENHET), TakkNei(ENHET, "x")):
        given(KRISEPLAN, opprettet()).when(command).then_refused("kriseplan.én")


# -- missed at an admission ----------------------------------------------------------------------------------------


def test_an_admission_without_a_plan_asks_the_unit_to_make_one() -> None:
    given(KRISEPLAN).when(avstem(opphold())).then(ETTERLYST, oppgave(Oppgaveslag.LAG_KRISEPLAN, ENHET))


def test_it_is_asked_for_once_for_each_stay() -> None:
    spurt = given(KRISEPLAN).og(avstem(opphold()))
    spurt.when(avstem(opphold())).then_nothing()
    spurt.when(avstem(utskrevet())).then_nothing()


def test_a_new_stay_asks_again() -> None:
    nytt = opphold("b" * 32)
    spurt = given(KRISEPLAN).og(avstem(utskrevet(innlagt=FØR)))
    spurt.when(avstem(utskrevet(innlagt=FØR), nytt)).then(
        KriseplanEtterlyst(opphold_ref=nytt.ref),
        OppgaveFalt(oppgave_ref=ENHVER, grunn=ENHVER),
        oppgave(Oppgaveslag.LAG_KRISEPLAN, ENHET, gjelder=nytt.ref),
    )


def test_the_task_moves_with_the_koordinator_and_is_not_asked_for_again() -> None:
    given(KRISEPLAN).og(avstem(opphold())).when(avstem(opphold(), lager=ACT)).then(
        OppgaveFalt(oppgave_ref=ENHVER, grunn=ENHVER), oppgave(Oppgaveslag.LAG_KRISEPLAN, ACT)
    )


@pytest.mark.parametrize("alle", [(), (opphold(død=True),), (opphold(innlagt_sendt=False),)])
def test_nothing_is_asked_for_where_no_stay_stands_or_only_a_copy_told_of_it(alle: tuple[Opphold, ...]) -> None:
    given(KRISEPLAN).when(avstem(*alle)).then_nothing()


def test_where_nobody_follows_the_person_nothing_is_asked_for() -> None:
    given(KRISEPLAN).when(avstem(opphold(), lager="")).then_nothing()


def test_a_unit_that_came_after_the_stay_is_not_asked() -> None:
    given(KRISEPLAN).when(avstem(utskrevet(), fra=NÅ)).then_nothing()


@pytest.mark.parametrize("etter", [(), (opphold(død=True),)])
def test_the_task_falls_when_the_stay_is_cancelled_or_the_person_dies(etter: tuple[Opphold, ...]) -> None:
    falt = given(KRISEPLAN).og(avstem(opphold())).when(avstem(*etter))
    falt.then(OppgaveFalt(oppgave_ref=ENHVER, grunn=ENHVER))
    assert tilstand(falt.etter().state) is None


@pytest.mark.parametrize(
    ("command", "blir"),
    [
        (Opprett(ENHET, ("pasient",), {"barn": BARN}, "x"), Kriseplantilstand.GJELDER),
        (TakkNei(ENHET, "x"), Kriseplantilstand.TAKKET_NEI),
    ],
)
def test_a_plan_or_a_no_is_what_the_task_asked_for(command: Any, blir: Kriseplantilstand) -> None:
    svart = given(KRISEPLAN).og(avstem(opphold())).when(command)
    assert [event.av for event in svart.events if isinstance(event, OppgaveLoest)] == ["x"]
    svart.etter().when(avstem(opphold())).then_nothing()
    assert tilstand(svart.etter().state) is blir


def test_the_one_who_took_the_task_is_the_one_who_did_it() -> None:
    spurt = given(KRISEPLAN).og(avstem(opphold()))
    (ref,) = spurt.state.oppgaver.alle
    tatt = spurt.og(TaOppgave(ref, KOORDINATOR, ENHET))
    løst = tatt.when(Opprett(ENHET, ("pasient",), {"barn": BARN}, "x")).events[-1]
    assert løst == OppgaveLoest(oppgave_ref=ref, av=KOORDINATOR)


def test_a_task_that_is_said_to_be_done_leaves_the_plan_missing() -> None:
    spurt = given(KRISEPLAN).og(avstem(opphold()))
    (ref,) = spurt.state.oppgaver.alle
    løst = spurt.og(LøsOppgave(ref, KOORDINATOR, ENHET))
    assert tilstand(løst.state) is Kriseplantilstand.ETTERLYST
    løst.when(avstem(opphold())).then_nothing()


# -- gone through after a stay -------------------------------------------------------------------------------------


def test_after_a_discharge_the_plan_has_to_be_gone_through_by_the_unit_that_keeps_it() -> None:
    ut = utskrevet()
    assert ut.slutt is not None
    given(KRISEPLAN, opprettet()).when(avstem(ut)).then(
        FORFALT, oppgave(Oppgaveslag.VURDER_KRISEPLAN, ACT, ut.slutt + timedelta(days=14))
    )


def test_a_plan_made_by_the_person_is_gone_through_with_the_koordinators_unit() -> None:
    (_, gitt) = given(KRISEPLAN, opprettet(eier_part=PERSONEN)).when(avstem(utskrevet())).events
    assert gitt.part == ENHET


def test_during_the_stay_nothing_has_to_be_gone_through() -> None:
    given(KRISEPLAN, opprettet()).when(avstem(opphold())).then_nothing()


def test_a_version_from_after_the_discharge_is_new_enough() -> None:
    given(KRISEPLAN, opprettet(NÅ)).when(avstem(utskrevet())).then_nothing()


def test_the_revision_is_what_the_task_asked_for() -> None:
    forfalt = given(KRISEPLAN, opprettet()).og(avstem(utskrevet()))
    assert tilstand(forfalt.state) is Kriseplantilstand.REVISJON_FORFALT
    revidert = forfalt.when(Revider(("pasient",), {"barn": BARN}, "x"))
    revidert.then_kinds("KriseplanRevidert", "FristSatt", "OppgaveLoest")
    assert tilstand(revidert.etter().state) is Kriseplantilstand.GJELDER
    revidert.etter().when(avstem(utskrevet())).then_nothing()


def test_a_discharge_that_is_cancelled_takes_the_task_with_it() -> None:
    forfalt = given(KRISEPLAN, opprettet()).og(avstem(utskrevet()))
    assert tilstand(forfalt.og(avstem(opphold())).state) is Kriseplantilstand.GJELDER


def test_decide_and_evolve_carry_sealed_values_and_never_open_them() -> None:
    state = given(KRISEPLAN, opprettet(barn=BARN)).state
    assert all(isinstance(verdi, Forseglet) for verdi in state.innhold.values())
