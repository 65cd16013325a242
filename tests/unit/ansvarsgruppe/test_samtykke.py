"""Consents and oppositions: hpl §22, §§25 and 45."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bindeledd.schema.generated.ansvarsgruppe import (
    SamtykkeGitt,
    SamtykkeTrukket,
    SperringOpphevet,
    SperringRegistrert,
)
from services.ansvarsgruppe.samtykke import GiSamtykke, OpphevSperring, RegistrerSperring, TrekkSamtykke
from services.ansvarsgruppe.tjeneste import tjeneste
from tests.dsl import ENHVER, NAV, NÅ, PERSONEN, RAMMER, given

SAMTYKKE = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates[0]
DELER = ("opphold.finnes", "plan.*")


def gitt(samtykke_id: str = "s1", part: str = NAV) -> SamtykkeGitt:
    return SamtykkeGitt(
        samtykke_id=samtykke_id, part=part, formaal="oppfoelging", deler=DELER, gjelder_fra=NÅ - timedelta(days=1),
        gjelder_til=NÅ + timedelta(days=30),
    )  # fmt: skip


def sperret(sperring_id: str = "x1", part: str | None = NAV) -> SperringRegistrert:
    return SperringRegistrert(sperring_id=sperring_id, part=part, deler=(), gjelder_fra=NÅ)


def test_hpl_22_a_consent_says_who_what_for_what_and_until_when() -> None:
    til = NÅ + timedelta(days=30)
    given(SAMTYKKE).when(GiSamtykke(NAV, "oppfoelging", DELER, til)).then(
        SamtykkeGitt(samtykke_id=ENHVER, part=NAV, formaal="oppfoelging", deler=DELER, gjelder_fra=NÅ, gjelder_til=til)
    )


def test_a_consent_that_does_not_say_until_when_lasts_as_long_as_the_rules_allow() -> None:
    (event,) = given(SAMTYKKE).when(GiSamtykke(NAV, "oppfoelging", DELER)).events
    assert event.gjelder_til == NÅ + timedelta(days=365)


@pytest.mark.parametrize("dager", [0, -1, 366])
def test_samtykke_maks_refuses_one_that_is_too_long_or_over_already(dager: int) -> None:
    til = NÅ + timedelta(days=dager)
    given(SAMTYKKE).when(GiSamtykke(NAV, "oppfoelging", DELER, til)).then_refused("samtykke_maks lokal-1")


def test_hpl_22_a_consent_without_a_purpose_that_we_know_is_refused() -> None:
    given(SAMTYKKE).when(GiSamtykke(NAV, "fordi det er fint", DELER)).then_refused("hpl §22: formål")


def test_hpl_22_a_consent_that_names_no_part_is_refused() -> None:
    given(SAMTYKKE).when(GiSamtykke(NAV, "oppfoelging", ())).then_refused("hpl §22: hva")


@pytest.mark.parametrize("del_", ["*", "plan", "plan.hemmelig", "ukjent.*"])
def test_a_consent_names_parts_of_the_access_table_only(del_: str) -> None:
    given(SAMTYKKE).when(GiSamtykke(NAV, "oppfoelging", (del_,))).then_refused("samtykke.deler")


@pytest.mark.parametrize("part", ["nav-finnes-ikke", PERSONEN])
def test_a_consent_is_for_a_unit_of_the_configuration(part: str) -> None:
    given(SAMTYKKE).when(GiSamtykke(part, "oppfoelging", DELER)).then_refused("samtykke.part")


def test_a_consent_is_withdrawn_from_now() -> None:
    given(SAMTYKKE, gitt()).when(TrekkSamtykke("s1")).then(SamtykkeTrukket(samtykke_id="s1", part=NAV, trukket=NÅ))


def test_a_withdrawal_of_what_is_withdrawn_changes_nothing() -> None:
    trukket = SamtykkeTrukket(samtykke_id="s1", part=NAV, trukket=NÅ)
    given(SAMTYKKE, gitt(), trukket).when(TrekkSamtykke("s1")).then_nothing()


def test_a_withdrawal_of_another_consent_is_refused() -> None:
    given(SAMTYKKE, gitt()).when(TrekkSamtykke("s2")).then_refused("samtykke.finnes")


def test_hpl_25_an_opposition_may_be_to_everyone_and_to_everything() -> None:
    given(SAMTYKKE).when(RegistrerSperring(None, ())).then(
        SperringRegistrert(sperring_id=ENHVER, part=None, deler=(), gjelder_fra=NÅ)
    )


def test_the_same_opposition_twice_is_one() -> None:
    given(SAMTYKKE, sperret()).when(RegistrerSperring(NAV, ())).then_nothing()


def test_an_opposition_is_lifted_and_may_come_again() -> None:
    opphevet = given(SAMTYKKE, sperret()).when(OpphevSperring("x1"))
    opphevet.then(SperringOpphevet(sperring_id="x1", opphevet=NÅ))
    opphevet.etter().when(RegistrerSperring(NAV, ())).then_kinds("SperringRegistrert")


def test_lifting_an_opposition_that_is_not_there_is_refused() -> None:
    given(SAMTYKKE).when(OpphevSperring("x1")).then_refused("sperring.finnes")


def test_the_version_that_an_answer_rests_on_counts_only_what_was_said_of_that_party() -> None:
    state = given(SAMTYKKE, gitt("s1", NAV), gitt("s2", "act-kronstad")).state
    assert (state.versjon_for(NAV), state.versjon_for("act-kronstad"), state.versjon_for("pam")) == (1, 2, 0)
    etter_sperring = SAMTYKKE.evolve(state, sperret(part=None))
    assert {etter_sperring.versjon_for(p) for p in (NAV, "act-kronstad", "pam")} == {3}
