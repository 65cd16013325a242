"""A role narrows what its party has been given, and never adds to it."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.access.parties import Post, sees
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import FristTilstand, Oppgaveslag
from bindeledd.schema.generated.samhandling import Fagperson, Oppholdshendelse, Oppholdsstatus, TvilVist, Utfall
from tests.nettsider import (
    ACT,
    ENHET,
    NÅ,
    barn,
    frist,
    full_kriseplan,
    gruppe,
    helse,
    melding,
    oppgave,
    opphold,
    oppsett,
    person,
    plan,
)  # fmt: skip
from tests.plansider import tiltak
from web.rolle import KRISEPLANDELER, Ser, smal

DELER = (
    "person.navn", "opphold.finnes", "opphold.sted", "opphold.status", "opphold.klar", "opphold.svar",
    "opphold.helse", "opphold.utfall", "opphold.livskrise", "opphold.oppgaver", "plan.finnes", "plan.oppgaver",
    "plan.samtykker", "kriseplan.finnes", "kriseplan.oppgaver", "barn.kartlagt", "barn.oppgaver", "melding.logg",
    *(f"kriseplan.{del_}" for del_ in KRISEPLANDELER),
)  # fmt: skip
FULLT_OPPHOLD = opphold(
    status=Oppholdsstatus.UTSKRIVNINGSKLAR, helseopplysninger=helse(), utskrivningsklar=NÅ.date(), tidligmelding=True,
    utfall=Utfall.LEVENDE, livskrise=True, frister=(frist(NÅ, FristTilstand.OVERSKREDET),),
    beslutter=Klartekst(Fagperson(navn="Lege Prøvesen", yrke="lege", telefon="")),
    oppgaver=(oppgave(50, Oppgaveslag.FOELG_OPP_INNLEGGELSE),),
)  # fmt: skip
ALLE = (
    FULLT_OPPHOLD, full_kriseplan(), person("Ola"), plan(), gruppe(oppgaver=(oppgave(51, Oppgaveslag.LAG_KRISEPLAN),)),
    barn(oppgaver=(oppgave(52, Oppgaveslag.SPOER_OM_BARN),)), melding(),
)  # fmt: skip


def rolle(rolle_id: str, part: str) -> Ser:
    return partial(sees, oppsett().katalog, Post(part, rolle_id))


@given(sett=st.sets(st.sampled_from(DELER)), utsnitt=st.sampled_from(ALLE))
def test_no_role_sees_anything_that_its_party_was_not_given(sett: set[str], utsnitt: Any) -> None:
    smalt = smal(utsnitt, lambda del_: del_ in sett)
    if smalt is None:
        return
    for felt in fields(utsnitt):
        før, nå = getattr(utsnitt, felt.name), getattr(smalt, felt.name)
        tomt = nå in (None, (), "", False, 0) or getattr(nå, "name", "") == "UKJENT"
        mindre = isinstance(nå, tuple) and set(nå) <= set(før)
        grovere = felt.name == "status" and nå in (Oppholdsstatus.INNLAGT, Oppholdsstatus.UTSKREVET)
        assert nå == før or tomt or mindre or grovere, felt.name


@given(sett=st.sets(st.sampled_from(DELER)))
def test_content_is_shown_only_to_a_role_that_sees_that_very_part(sett: set[str]) -> None:
    o = smal(FULLT_OPPHOLD, lambda del_: del_ in sett)
    if o is not None:
        assert (o.helseopplysninger is not None) == ({"opphold.finnes", "opphold.helse"} <= sett)
        assert (o.sted is not None) == ({"opphold.finnes", "opphold.sted"} <= sett)
        assert (o.beslutter is not None) == ({"opphold.finnes", "opphold.klar"} <= sett)
        assert o.livskrise == ("opphold.livskrise" in sett)
    kp = smal(full_kriseplan(), lambda del_: del_ in sett)
    assert (kp is not None) == ("kriseplan.finnes" in sett)
    if kp is not None:
        assert (kp.roedt_nivaa is not None) == ("kriseplan.roedt_nivaa" in sett)


def test_a_role_that_sees_only_that_there_is_a_task_is_not_told_what_the_measure_is() -> None:
    oppgaven = replace(tiltak(), oppgaver=(oppgave(1, Oppgaveslag.FOELG_OPP_TILTAK, ACT),))
    for ser, vises in (({"plan.oppgaver"}, False), ({"plan.oppgaver", "plan.eget_tiltak"}, True)):
        smalt = smal(oppgaven, ser.__contains__)
        assert (len(smalt.oppgaver), smalt.innhold is not None) == (1, vises)


@pytest.mark.parametrize("utsnitt", ALLE, ids=lambda u: type(u).__name__)
def test_a_role_that_sees_nothing_is_shown_nothing(utsnitt: Any) -> None:
    assert smal(utsnitt, lambda _del: False) is None


def test_an_employee_of_the_unit_sees_that_there_is_a_stay_and_not_the_health_content() -> None:
    sett = smal(FULLT_OPPHOLD, rolle("enhet-ansatt", ENHET))
    assert sett is not None
    assert sett.sted is not None
    assert (sett.helseopplysninger, sett.beslutter, sett.frister) == (None, None, ())
    assert Oppholdshendelse.RAPPORT not in [linje.slag for linje in sett.historie]


def test_how_many_lines_are_older_is_told_only_to_a_role_that_sees_every_kind_of_line() -> None:
    langt = replace(FULLT_OPPHOLD, historie_eldre=7)
    assert smal(langt, lambda _del: True).historie_eldre == 7
    sett = smal(langt, rolle("enhet-ansatt", ENHET))
    assert sett is not None
    assert sett.historie_eldre == 0


def test_a_barneansvarlig_sees_the_childrens_part_of_a_crisis_plan_and_no_other() -> None:
    sett = smal(full_kriseplan(), rolle("barneansvarlig", ACT))
    assert sett is not None
    assert (sett.roedt_nivaa, sett.kontakter, sett.tegn_og_tiltak) == (None, None, None)


def test_a_death_is_a_discharge_to_a_role_that_may_not_know_the_outcome() -> None:
    dødt = opphold(status=Oppholdsstatus.DOED, utfall=Utfall.DOED)
    sett = smal(dødt, rolle("enhet-ansatt", ENHET))
    assert sett is not None
    assert (sett.status, sett.utfall) == (Oppholdsstatus.UTSKREVET, Utfall.UKJENT)


def test_livskrisehjelpen_gets_its_task_and_nothing_of_the_stay() -> None:
    sett = smal(FULLT_OPPHOLD, rolle("livskrise-kontakt", "livskrisehjelpen"))
    assert sett is not None
    assert (sett.livskrise, len(sett.oppgaver)) == (True, 1)
    assert (sett.innlagt, sett.historie, sett.forklaring, sett.status) == (None, (), "", Oppholdsstatus.UKJENT)


def test_a_view_of_a_kind_that_the_pages_do_not_know_is_shown_to_nobody() -> None:
    assert smal(object(), lambda _del: True) is None


def test_that_somebody_may_be_here_twice_is_for_those_who_work_the_manual_queue() -> None:
    i_tvil = person("Ola", tvil=(TvilVist(kandidat="k" * 32, grunn="samme navn"),))
    assert smal(i_tvil, rolle("koordinator", ENHET)).tvil == i_tvil.tvil
    assert smal(i_tvil, rolle("enhet-ansatt", ENHET)).tvil == ()
