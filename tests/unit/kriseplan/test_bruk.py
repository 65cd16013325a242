"""A plan is used, those who follow the person are told, and what came of it is told afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bindeledd.schema.generated.felles import OppgaveLoest, Oppgaveslag
from bindeledd.schema.generated.kriseplan import KriseplanEvaluert, Kriseplannivaa, KriseplanTattIBruk
from services.felles.oppgaver import LøsOppgave
from services.kriseplan.domain import LESES_FORDI, Avstem, Evaluer, Revider, TaIBruk
from services.kriseplan.tjeneste import tjeneste
from services.kriseplan.utsnitt import FORTALT_VIST, utsnitt
from tests.dsl import (
    ACT,
    ENHET,
    ENHVER,
    GITT,
    HJELPERE,
    LEGEVAKT,
    NÅ,
    PAM,
    PERSONEN,
    RAMMER,
    Gitt,
    forseglet,
    given,
    kjent,
    opphold,
    samtykke,
)
from tests.unit.kriseplan.test_domain import BARN, FØR, opprettet

(KRISEPLAN,) = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates
RØDT = Kriseplannivaa.ROEDT
BEGGE = frozenset({ACT, ENHET})
ERFART, SIDEN = forseglet("erfaring"), forseglet("siden")


def avstem(lesere: frozenset[str] = BEGGE, *alle: Any) -> Avstem:
    return Avstem(alle, ENHET, FØR, (), lesere=lesere)


def brukt(av: str = LEGEVAKT, **annet: Any) -> TaIBruk:
    return TaIBruk(av, "demo-112", RØDT, (ACT, ENHET), **annet)


def brukt_av(part: str) -> tuple[Gitt, str]:
    gitt = given(KRISEPLAN, opprettet()).og(brukt(part), avstem())
    return gitt, gitt.state.brukt[0].ref


def åpne(gitt: Gitt, slag: Oppgaveslag) -> list[str]:
    return [o.part for o in gitt.state.oppgaver.åpne() if o.slag is slag]


def test_whoever_uses_the_plan_says_on_which_level_and_what_is_known_of_how_it_went() -> None:
    given(KRISEPLAN, opprettet()).when(brukt(erfaring=ERFART)).then(
        KriseplanTattIBruk(
            bruk_ref=ENHVER, part=LEGEVAKT, av="demo-112", nivaa=RØDT, versjon=1, tatt_i_bruk=NÅ,
            varsles=(ACT, ENHET), erfaring=ERFART,
        )
    )  # fmt: skip


def test_without_a_plan_there_is_nothing_to_use() -> None:
    given(KRISEPLAN).when(brukt()).then_refused("kriseplan.finnes")


def test_team_and_koordinator_are_each_told_to_read_of_it() -> None:
    gitt, ref = brukt_av(LEGEVAKT)
    leses = [o for o in gitt.state.oppgaver.åpne() if o.slag is Oppgaveslag.LES_BRUKT_KRISEPLAN]
    assert [(o.part, o.gjelder, o.paragraf) for o in leses] == [(ACT, ref, LESES_FORDI), (ENHET, ref, LESES_FORDI)]
    gitt.when(avstem()).then_nothing()


def test_who_used_it_is_not_told_of_it() -> None:
    assert åpne(brukt_av(ACT)[0], Oppgaveslag.LES_BRUKT_KRISEPLAN) == [ENHET]


def test_that_one_has_read_it_leaves_the_other_to_read_it() -> None:
    gitt, _ = brukt_av(LEGEVAKT)
    (egen,) = gitt.state.oppgaver.for_part(ENHET)
    lest = gitt.og(LøsOppgave(egen.oppgave_ref, "demo-069", ENHET))
    assert åpne(lest, Oppgaveslag.LES_BRUKT_KRISEPLAN) == [ACT]
    lest.when(avstem()).then_nothing()


def test_a_unit_that_may_not_know_any_more_has_nothing_to_read() -> None:
    gitt, _ = brukt_av(LEGEVAKT)
    assert åpne(gitt.og(avstem(frozenset({ENHET}))), Oppgaveslag.LES_BRUKT_KRISEPLAN) == [ENHET]


def test_a_death_leaves_nothing_to_read() -> None:
    gitt, _ = brukt_av(LEGEVAKT)
    assert gitt.og(avstem(BEGGE, opphold(død=True))).state.oppgaver.åpne() == ()


def test_a_new_version_does_not_read_it_for_them() -> None:
    gitt, _ = brukt_av(LEGEVAKT)
    ny = gitt.og(Revider(("pasient",), {"barn": BARN}, "x"), avstem())
    assert åpne(ny, Oppgaveslag.LES_BRUKT_KRISEPLAN) == [ACT, ENHET]


def test_what_came_of_it_is_told_afterwards_and_who_tells_has_read_it() -> None:
    gitt, ref = brukt_av(LEGEVAKT)
    (egen,) = [o for o in gitt.state.oppgaver.for_part(ACT) if o.slag is Oppgaveslag.LES_BRUKT_KRISEPLAN]
    gitt.when(Evaluer(ref, ACT, "demo-102", SIDEN)).then(
        KriseplanEvaluert(bruk_ref=ref, part=ACT, av="demo-102", evaluert=NÅ, erfaring=SIDEN),
        OppgaveLoest(oppgave_ref=egen.oppgave_ref, av="demo-102"),
    )


def test_a_use_that_is_not_there_is_not_told_of() -> None:
    given(KRISEPLAN, opprettet()).when(Evaluer("f" * 32, ACT, "x", SIDEN)).then_refused("kriseplan.bruk")


# -- who may know of it --------------------------------------------------------------------------------------------

OM = kjent(HJELPERE, [*samtykke(LEGEVAKT, GITT, "kriseplan.*"), *samtykke(PAM, GITT, "kriseplan.*")])


def fortalt() -> Gitt:
    """Used by the emergency clinic, and told of by ACT a day later."""
    gitt = given(KRISEPLAN, opprettet()).og(brukt(erfaring=ERFART))
    return gitt.at(NÅ + timedelta(days=1)).og(Evaluer(gitt.state.brukt[0].ref, ACT, "demo-102", SIDEN))


@pytest.mark.parametrize(
    ("part", "ser"),
    [
        (ACT, (1, ERFART, SIDEN)), (ENHET, (1, ERFART, SIDEN)), (PERSONEN, (1, ERFART, SIDEN)),
        (LEGEVAKT, (1, ERFART, None)), (PAM, (0, None, None)),
    ],
)  # fmt: skip
def test_authors_and_the_person_know_of_a_use_and_others_of_their_own(part: str, ser: Any) -> None:
    view = utsnitt(fortalt().state, part, OM)
    assert view is not None
    assert (len(view.bruk), view.erfaring, view.evaluering) == ser


def test_what_each_is_told_of_a_use() -> None:
    view = utsnitt(fortalt().state, ACT, OM)
    assert view is not None
    (bruk,) = view.bruk
    assert (bruk.part, bruk.av, bruk.nivaa, bruk.versjon) == (LEGEVAKT, "demo-112", RØDT, 1)
    assert (bruk.tatt_i_bruk, bruk.evaluert) == (NÅ, NÅ + timedelta(days=1))


def test_a_second_account_of_the_same_use_leaves_the_first_and_each_has_its_teller() -> None:
    eget = forseglet("eget")
    gitt = fortalt()
    bruk = gitt.state.brukt[0].ref
    gitt = gitt.og(Evaluer(bruk, LEGEVAKT, "demo-112", eget))
    view, egen = (utsnitt(gitt.state, part, OM) for part in (ACT, LEGEVAKT))
    assert view is not None
    assert egen is not None
    assert [(e.part, e.av, view.fortalt[e.fortalt]) for e in view.erfaringer] == [
        (LEGEVAKT, "demo-112", eget),
        (ACT, "demo-102", SIDEN),
    ]
    assert view.evaluering == eget, "the newest, for whoever reads only one"
    assert [(e.part, egen.fortalt[e.fortalt]) for e in egen.erfaringer] == [(LEGEVAKT, eget)], "its own"


def test_of_many_accounts_the_newest_are_told() -> None:
    gitt = given(KRISEPLAN, opprettet()).og(brukt(erfaring=ERFART))
    bruk = gitt.state.brukt[0].ref
    gitt = gitt.og(*(Evaluer(bruk, ACT, f"demo-{nr}", SIDEN) for nr in range(FORTALT_VIST + 2)))
    view = utsnitt(gitt.state, ACT, OM)
    assert view is not None
    assert [e.av for e in view.erfaringer] == [f"demo-{nr}" for nr in range(FORTALT_VIST + 1, 1, -1)]
