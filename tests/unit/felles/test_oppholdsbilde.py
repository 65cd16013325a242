"""What the other services see of a stay: a set of facts, whatever order they came in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bindeledd.schema.generated.samhandling import (
    DoedsfallMeldt,
    MeldingKnyttet,
    Meldingskilde,
    OppholdKansellert,
    OppholdKorrigert,
    PasientInnlagt,
    PasientUtskrevet,
    RettInstansAvklart,
    Utfall,
)
from services.felles.oppholdsbilde import Opphold, Oppholdsbilde, evolve, som_står

INN = datetime(2026, 3, 2, 20, tzinfo=UTC)
UT = INN + timedelta(days=3)


def kilde(nr: int, type_: str, *, adressert: tuple[str, ...] = ("hjemmetjeneste-aarstad",), samtale: str = "") -> Any:
    sendt = INN + timedelta(minutes=nr)
    return Meldingskilde(
        melding_ref=f"ref{nr}", msg_id=f"id{nr}", type=type_, gen_dato=sendt, mottatt=sendt, avsender="99010057",
        samtale=samtale or f"id{nr}", adressert=adressert, kopi=() if adressert else ("forvaltning-aarstad",),
        innhold=b"",
    )  # fmt: skip


def inn(nr: int = 1, når: datetime = INN, **annet: Any) -> PasientInnlagt:
    return PasientInnlagt(
        kilde=kilde(nr, "LOG_INNLAGT", **annet), innlagt=når, anslag=False, tvetydig=False, avdeling="pam"
    )


def ut(nr: int = 2, utfall: Utfall = Utfall.LEVENDE) -> PasientUtskrevet:
    return PasientUtskrevet(
        kilde=kilde(nr, "LOG_UTSKREVET"), utskrevet=UT, bare_dato=False, utfall=utfall, livskrise=False
    )  # fmt: skip


def død(nr: int = 3) -> DoedsfallMeldt:
    return DoedsfallMeldt(kilde=kilde(nr, "LOG_DOD"), doed=UT, bare_dato=False, livskrise=False)


def kansellert(nr: int, samtale: str | None, type_: str = "LOG_INNLAGT") -> OppholdKansellert:
    return OppholdKansellert(kilde=kilde(nr, type_), gjelder_type=type_, gjelder_samtale=samtale)


def stay(*events: Any) -> Opphold | None:
    bilde = Oppholdsbilde()
    for event in events:
        bilde = evolve(bilde, event)
    return som_står("o", bilde)


def test_an_admission_says_where_since_when_and_that_it_lasts() -> None:
    rutet = RettInstansAvklart(dps="dps-kronstad", bydel=None, instans=None, forklaring="", regel_versjon="")
    assert stay(inn(), rutet) == Opphold(
        "o", INN, innlagt_sendt=True, avdeling="pam", dps="dps-kronstad",
        mottakere=frozenset({"hjemmetjeneste-aarstad"}),
    )  # fmt: skip


def test_a_discharge_ends_it_and_a_discharge_by_death_is_a_death() -> None:
    levende, borte = stay(inn(), ut()), stay(inn(), ut(utfall=Utfall.DOED))
    assert levende is not None
    assert borte is not None
    assert (levende.slutt, levende.død, borte.slutt, borte.død) == (UT, False, UT, True)


def test_a_death_without_an_admission_is_a_stay_that_is_over() -> None:
    alene = stay(død())
    assert alene is not None
    assert (alene.innlagt, alene.død, alene.pågår) == (None, True, False)


def test_intake_6_what_only_a_copy_told_is_known_and_sent_to_nobody() -> None:
    kopi = stay(inn(adressert=()))
    assert kopi is not None
    assert not kopi.innlagt_sendt
    assert kopi.mottakere == {"forvaltning-aarstad"}


def test_intake_6_the_same_fact_told_to_an_addressee_as_well_counts_as_sent() -> None:
    igjen = MeldingKnyttet(kilde=kilde(5, "LOG_INNLAGT"), status="", samme_som="ref1")
    kopi = stay(inn(adressert=()), igjen)
    assert kopi is not None
    assert kopi.innlagt_sendt


def test_intake_8_a_cancellation_leaves_nothing_of_a_stay_that_was_all_in_that_dialogue() -> None:
    assert stay(inn(), kansellert(9, "id1")) is None
    assert stay(kansellert(9, "id1"), inn()) is None


def test_intake_8_a_discharge_that_is_cancelled_leaves_the_stay_going_on() -> None:
    igjen = stay(inn(), ut(), kansellert(9, "id2", "LOG_UTSKREVET"))
    assert igjen is not None
    assert igjen.pågår


def test_a_fact_that_was_moved_to_another_stay_is_not_here() -> None:
    assert stay(inn(), OppholdKorrigert(melding_ref="ref1", til="annet", grunn="")) is None


def test_when_two_admissions_differ_the_one_sent_last_stands_whichever_came_first() -> None:
    sist = inn(4, INN + timedelta(hours=1))
    sent_fram = replace(inn(1), kilde=replace(kilde(1, "LOG_INNLAGT"), mottatt=INN + timedelta(days=1)))
    senere = stay(sist, sent_fram)
    assert senere is not None
    assert senere.innlagt == INN + timedelta(hours=1)


HENDELSER = [
    inn(1), inn(4, INN + timedelta(hours=1)), ut(2), ut(6, Utfall.DOED), kansellert(9, "id6", "LOG_UTSKREVET"),
    kansellert(3, "id1"), MeldingKnyttet(kilde=kilde(11, "INNLEGGELSESRAPPORT"), status="", samme_som=None),
]  # fmt: skip


@given(st.permutations(HENDELSER))
def test_the_order_of_arrival_says_nothing(rekke: list[Any]) -> None:
    assert stay(*rekke) == stay(*HENDELSER)
