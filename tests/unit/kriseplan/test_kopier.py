"""Who has a copy of which parts of which version: by consent, replaced by the next version, ended with the consent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bindeledd.schema.generated.kriseplan import (
    KriseplanDelt,
    KriseplanKopi,
    KriseplanKopiAvsluttet,
    KriseplanTilbakekalt,
)
from services.kriseplan.domain import Avstem, Opprett, Revider, Tilbakekall
from services.kriseplan.kopier import Delbart, delbart
from services.kriseplan.tjeneste import tjeneste
from services.kriseplan.utsnitt import utsnitt
from tests.dsl import (
    ACT,
    ENHET,
    GITT,
    HJELPERE,
    LEGEVAKT,
    NAV,
    NÅ,
    PAM,
    PERSONEN,
    RAMMER,
    TRUKKET,
    Gitt,
    forseglet,
    given,
    kjent,
    opphold,
    samtykke,
    sperring,
)
from tests.unit.kriseplan.test_domain import BARN, FØR, RØDT, opprettet

(KRISEPLAN,) = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates
ALT, KONTAKTER = ("roedt_nivaa", "kontakter"), ("kontakter",)


def avstem(*delbart: Delbart) -> Avstem:
    return Avstem((), ENHET, FØR, delbart)


def delt(part: str, deler: tuple[str, ...], versjon: int = 1) -> KriseplanDelt:
    return KriseplanDelt(part=part, deler=deler, versjon=versjon, delt=NÅ)


def planen(**annet: Any) -> Gitt:
    return given(KRISEPLAN, opprettet(kontakter=forseglet("kontakter"), **annet))


def test_who_may_have_parts_by_consent_has_a_copy_of_those_that_there_are() -> None:
    planen().when(avstem(Delbart(PAM, (*ALT, "barn")), Delbart(NAV, ()))).then(delt(PAM, ALT))


def test_the_same_copy_is_given_once() -> None:
    planen().og(avstem(Delbart(PAM, ALT))).when(avstem(Delbart(PAM, ALT))).then_nothing()


def test_a_new_version_takes_the_place_of_the_old_one_where_consent_stands() -> None:
    ny = planen().og(avstem(Delbart(PAM, ALT)), Revider(("pasient",), {"barn": BARN}, "x"))
    ny.when(avstem(Delbart(PAM, ALT))).then(delt(PAM, ALT, 2))
    gammel, nå = ny.og(avstem(Delbart(PAM, ALT))).state.kopier
    assert (gammel.versjon, gammel.til, nå.versjon, nå.til) == (1, NÅ, 2, None)


def test_a_consent_to_fewer_parts_leaves_a_smaller_copy() -> None:
    planen().og(avstem(Delbart(PAM, ALT))).when(avstem(Delbart(PAM, KONTAKTER))).then(delt(PAM, KONTAKTER))


@pytest.mark.parametrize("sluttet", [None, NÅ - timedelta(hours=3)])
def test_the_copy_ends_when_the_consent_does(sluttet: Any) -> None:
    hadde = planen().og(avstem(Delbart(PAM, ALT)))
    hadde.when(avstem(Delbart(PAM, (), sluttet))).then(KriseplanKopiAvsluttet(part=PAM, sluttet=sluttet or NÅ))
    hadde.og(avstem(Delbart(PAM, ()))).when(avstem(Delbart(PAM, ()))).then_nothing()


def test_who_gets_the_consent_back_gets_a_copy_anew() -> None:
    mistet = planen().og(avstem(Delbart(PAM, ALT)), avstem(Delbart(PAM, ())))
    mistet.when(avstem(Delbart(PAM, ALT))).then(delt(PAM, ALT))


def test_every_copy_ends_with_a_plan_that_is_recalled_and_begins_again_with_a_new_one() -> None:
    hadde = planen().og(avstem(Delbart(LEGEVAKT, KONTAKTER), Delbart(PAM, ALT)))
    borte = hadde.when(Tilbakekall("personens_oenske"))
    borte.then(
        KriseplanKopiAvsluttet(part=LEGEVAKT, sluttet=NÅ), KriseplanKopiAvsluttet(part=PAM, sluttet=NÅ),
        KriseplanTilbakekalt(grunn="personens_oenske"),
    )  # fmt: skip
    borte.etter().when(avstem(Delbart(PAM, ALT))).then_nothing()
    ny = borte.etter().og(Opprett(ENHET, ("pasient",), {"roedt_nivaa": RØDT}, "x"))
    ny.when(avstem(Delbart(PAM, ALT))).then(delt(PAM, ("roedt_nivaa",), 2))


# -- who could have one --------------------------------------------------------------------------------------------


def test_those_who_have_ever_had_a_consent_are_asked_about() -> None:
    om = kjent(HJELPERE, [*samtykke(PAM, GITT, "kriseplan.barn"), *samtykke(LEGEVAKT, TRUKKET, "kriseplan.*")])
    assert delbart(om) == (Delbart(LEGEVAKT, (), NÅ - timedelta(days=1)), Delbart(PAM, ("barn",)))


def test_a_consent_to_something_else_is_no_copy_and_neither_is_one_that_the_person_opposes() -> None:
    assert delbart(kjent(HJELPERE, samtykke(NAV, GITT, "plan.finnes"))) == ()
    om = kjent(HJELPERE, samtykke(PAM, GITT, "kriseplan.*"), sperring(PAM))
    assert delbart(om) == (Delbart(PAM, ()),)


# -- who may know of it --------------------------------------------------------------------------------------------


def sett(part: str, om: Any, gitt: Gitt) -> tuple[KriseplanKopi, ...]:
    view = utsnitt(gitt.state, part, om)
    return view.kopier if view is not None else ()


def test_the_person_and_the_authors_see_who_has_which_version_and_the_others_their_own() -> None:
    om = kjent(HJELPERE, [*samtykke(PAM, GITT, "kriseplan.*"), *samtykke(LEGEVAKT, GITT, "kriseplan.kontakter")])
    gitt = planen().og(avstem(*delbart(om)), Revider(("pasient",), {"barn": BARN}, "x"), avstem(*delbart(om)))
    for part in (PERSONEN, ACT, ENHET):
        assert {(k.part, k.versjon) for k in sett(part, om, gitt)} == {(PAM, 1), (PAM, 2), (LEGEVAKT, 1), (LEGEVAKT, 2)}
    assert [(k.part, k.versjon, k.til) for k in sett(PAM, om, gitt)] == [(PAM, 1, NÅ), (PAM, 2, None)]
    assert {k.deler for k in sett(LEGEVAKT, om, gitt)} == {("kontakter",)}


def test_when_the_consent_has_ended_the_party_has_no_view_and_the_person_still_sees_what_it_had() -> None:
    før = kjent(HJELPERE, samtykke(PAM, GITT, "kriseplan.*"))
    gitt = planen().og(avstem(*delbart(før)))
    etter = kjent(HJELPERE, samtykke(PAM, TRUKKET, "kriseplan.*"), opphold=[opphold()])
    assert utsnitt(gitt.state, PAM, etter) is None
    (kopi,) = sett(PERSONEN, etter, gitt)
    assert (kopi.part, kopi.versjon, kopi.til) == (PAM, 1, NÅ - timedelta(days=1))


def test_a_recalled_plan_still_says_to_the_person_who_had_it() -> None:
    om = kjent(HJELPERE, samtykke(PAM, GITT, "kriseplan.*"))
    gitt = planen().og(avstem(*delbart(om)), Tilbakekall("personens_oenske"))
    assert [(k.part, k.til) for k in sett(PERSONEN, om, gitt)] == [(PAM, NÅ)]
    assert sett(PAM, om, gitt) == ()
