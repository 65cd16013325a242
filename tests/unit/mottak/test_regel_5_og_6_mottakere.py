"""Intake rules 5 and 6: which of our services a message is for, and what a copy receiver gets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.schema.generated.felles import Oppgaveslag
from bindeledd.schema.generated.samhandling import Meldingsutfall
from services.felles.oppsett import Oppsett
from services.samhandling.mottak import Mottaksresultat
from services.samhandling.plo.skriv import (
    Sending,
    lag_dialog,
    lag_innlagt,
    lag_rapport,
    lag_utskrevet,
    lag_utskrivningsklar,
)
from tests.rom import BERGEN, HELE_BERGEN, Rom, rom
from tests.stories.folk import aktør, enhet, oppgaver
from tests.unit.mottak.spor import MANUELL, MOTTAKER, NÅ, melding_hos, poster, svar_i, vist
from tests.unit.samhandling.meldinger import ANNEN_KOMMUNE, UKJENT_TJENESTE, sending

FORVALTNING = "forvaltning-aarstad"


def innlagt(nr: int, **annet: Any) -> bytes:
    return lag_innlagt(sending(nr, NÅ, **annet), tid=NÅ)


# -- rule 5 ---------------------------------------------------------------------------------------------------------

RETT: dict[str, tuple[Callable[[Sending], bytes], str]] = {
    "innlagt": (lambda s: lag_innlagt(s, tid=NÅ), "psykisk helsetjeneste (KP03)"),
    "utskrevet": (lambda s: lag_utskrevet(s, tid=NÅ), "psykisk helsetjeneste (KP03)"),
    "klar": (lambda s: lag_utskrivningsklar(s, dato=NÅ.date()), "saksbehandlertjenesten (KD0501)"),
}


@pytest.mark.parametrize("navn", RETT)
def test_rule_5_an_unknown_service_is_taken_in_and_the_sender_is_told_which_is_right(her: Rom, navn: str) -> None:
    lag, rett = RETT[navn]
    resultat = her.melding(lag(sending(1, NÅ, mottaker=UKJENT_TJENESTE)), NÅ)
    svar = svar_i(resultat)
    assert (resultat.outcome, svar.status) == ("positive", "3")
    ((kode, tekst),) = svar.feil
    assert kode == "E21"
    assert rett in tekst
    assert "manuell kø" in tekst


def test_rule_5_the_manual_queue_has_what_was_sent_to_an_unknown_service(her: Rom) -> None:
    resultat = her.melding(innlagt(1, mottaker=UKJENT_TJENESTE), NÅ)
    (opphold,) = vist(her, MANUELL, "OppholdUtsnitt")
    assert opphold.innlagt == NÅ
    assert {o.part for o in opphold.oppgaver} == {MANUELL}
    assert resultat.opphold_ref is not None
    assert vist(her, MOTTAKER, "OppholdUtsnitt") == []


def test_rule_5_an_unknown_service_in_the_copy_list_does_not_hide_the_receiver_that_is_right(her: Rom) -> None:
    resultat = her.melding(innlagt(1, kopimottakere=(UKJENT_TJENESTE,)), NÅ)
    assert svar_i(resultat).status == "1"
    assert len(vist(her, MOTTAKER, "OppholdUtsnitt")) == 1


def test_rule_5_a_dialogue_to_an_unknown_service_waits_in_the_manual_queue(her: Rom) -> None:
    raw = lag_dialog(sending(1, NÅ, mottaker=UKJENT_TJENESTE), "DIALOG_FORESPORSEL", tekst="Prøve")
    resultat = her.melding(raw, NÅ)
    assert melding_hos(her, MANUELL, resultat).utfall is Meldingsutfall.TATT_INN


def test_rule_5_the_wrong_organisation_is_refused_and_shown(her: Rom) -> None:
    resultat = her.melding(innlagt(1, mottaker=ANNEN_KOMMUNE), NÅ)
    svar = svar_i(resultat)
    assert (resultat.outcome, svar.status) == ("negative", "2")
    assert [kode for kode, _ in svar.feil] == ["E21"]
    assert "organisasjonen" in svar.feil[0][1]
    assert melding_hos(her, MANUELL, resultat).utfall is Meldingsutfall.AVVIST
    assert poster(her, "PersonRegistrert") == []


@pytest.mark.parametrize("oppsett", [HELE_BERGEN, BERGEN], ids=["organisations chosen", "none chosen"])
def test_rule_5_a_service_that_nobody_has_is_told_to_the_queue_and_to_the_sender_whatever_it_led_to(
    tmp_path: Path, oppsett: Oppsett
) -> None:
    with rom(tmp_path, NÅ, oppsett=oppsett) as her:
        resultat = her.melding(innlagt(1, mottaker=UKJENT_TJENESTE), NÅ)
        sett = melding_hos(her, MANUELL, resultat)
    assert (sett.uten_mottaker, sett.opphold_ref) == (True, resultat.opphold_ref)
    assert resultat.opphold_ref is not None
    assert svar_i(resultat).status == "3"
    assert "psykisk helsetjeneste (KP03)" in svar_i(resultat).feil[0][1]


@pytest.mark.parametrize("utenfor", ["barnevern-aarstad", "nav-aarstad"])
def test_rule_5_what_is_sent_to_a_unit_outside_the_health_service_waits_in_the_manual_queue(
    her: Rom, utenfor: str
) -> None:
    resultat = her.melding(innlagt(1, mottaker=enhet(utenfor)), NÅ)
    assert melding_hos(her, MANUELL, resultat).uten_mottaker
    assert her.utsnitt("samhandling", utenfor) == {}
    her.til(NÅ + timedelta(hours=5))
    assert [p.event.part for p in poster(her, "MeldingForsinket")] == [MANUELL]


def test_rule_5_what_a_unit_of_ours_was_sent_is_not_in_the_manual_queue(her: Rom) -> None:
    for nr, mottaker in enumerate((MOTTAKER, MANUELL), 1):
        resultat = her.melding(innlagt(nr, mottaker=enhet(mottaker)), NÅ)
        assert not melding_hos(her, mottaker, resultat).uten_mottaker


# -- given on ---------------------------------------------------------------------------------------------------------


def gi_videre(her: Rom, resultat: Mottaksresultat, til: str = MOTTAKER) -> None:
    av = next(u.id for u in HELE_BERGEN.katalog.users.values() if any(p.party == MANUELL for p in u.posts))
    her.be(aktør(MANUELL, "koe.avklar"), f"samhandling/meldinger/{resultat.melding_ref}/fordel", til=til, av=av)


def test_rule_5_the_unit_that_it_is_given_to_has_it_as_if_it_was_sent_there(her: Rom) -> None:
    resultat = her.melding(innlagt(1, mottaker=UKJENT_TJENESTE), NÅ)
    assert vist(her, MOTTAKER, "MeldingUtsnitt") == []
    her.til(NÅ + timedelta(hours=3))
    gi_videre(her, resultat)
    (deres,) = vist(her, MOTTAKER, "MeldingUtsnitt")
    assert (deres.aapnet, deres.aapnes_innen, deres.fordelt_til) == (False, NÅ + timedelta(hours=7), None)
    (opphold,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    assert (opphold.grunn.grunnlag, opphold.kopi, len(opphold.historie)) == ("A", False, 1)
    assert len(vist(her, MOTTAKER, "PersonUtsnitt")) == 1
    køens = melding_hos(her, MANUELL, resultat)
    assert (køens.aapnet, køens.fordelt_til) == (True, MOTTAKER)
    her.til(NÅ + timedelta(hours=26))
    assert [p.event.part for p in poster(her, "MeldingForsinket")] == [MOTTAKER]
    assert Oppgaveslag.ETTERLYS_TIDLIGMELDING.value in oppgaver(her, MOTTAKER)


def test_rule_5_a_report_that_was_given_on_takes_the_unit_with_it_into_the_stay_that_it_finds(her: Rom) -> None:
    rapport = lag_rapport(sending(1, NÅ, mottaker=UKJENT_TJENESTE), "INNLEGGELSESRAPPORT", notat="Prøve")
    resultat = her.melding(rapport, NÅ)
    assert resultat.opphold_ref is None
    gi_videre(her, resultat, FORVALTNING)
    assert len(vist(her, FORVALTNING, "PersonUtsnitt")) == 1
    her.melding(innlagt(2), NÅ)
    (opphold,) = vist(her, FORVALTNING, "OppholdUtsnitt")
    assert opphold.grunn.grunnlag == "A"


def test_rule_5_it_is_given_on_once_and_to_another_unit_of_the_health_service(her: Rom) -> None:
    resultat = her.melding(innlagt(1, mottaker=UKJENT_TJENESTE), NÅ)
    for ingen in ("nav-aarstad", MANUELL, "finnes-ikke"):
        with pytest.raises(AssertionError, match="Velg en annen enhet"):
            gi_videre(her, resultat, ingen)
    gi_videre(her, resultat)
    with pytest.raises(AssertionError, match="gitt videre alt"):
        gi_videre(her, resultat, FORVALTNING)
    rett = her.melding(innlagt(2), NÅ)
    with pytest.raises(AssertionError, match="venter ikke på"):
        gi_videre(her, rett, FORVALTNING)


@pytest.mark.parametrize("mottaker", [ANNEN_KOMMUNE, enhet(MOTTAKER)], ids=["any organisation", "a unit of ours"])
def test_rule_5_with_no_organisation_configured_any_is_taken_in_with_a_warning_that_says_so(
    tmp_path: Path, mottaker: Any
) -> None:
    with rom(tmp_path, NÅ, oppsett=BERGEN) as her:
        resultat = her.melding(innlagt(1, mottaker=mottaker), NÅ)
        har_det = MOTTAKER if mottaker != ANNEN_KOMMUNE else MANUELL
        assert len(vist(her, har_det, "OppholdUtsnitt")) == 1
        (meldingen,) = vist(her, har_det, "MeldingUtsnitt")
        assert "satt opp" not in repr(meldingen.grunner), "who reads it can do nothing about it"
    assert (resultat.outcome, svar_i(resultat).status) == ("positive", "1")
    assert any("ikke satt opp hvem vi mottar for" in advarsel for advarsel in resultat.warnings)


def test_rule_5_with_organisations_configured_there_is_no_such_warning(her: Rom) -> None:
    resultat = her.melding(innlagt(1), NÅ)
    assert not any("satt opp" in advarsel for advarsel in resultat.warnings)


# -- rule 6 ---------------------------------------------------------------------------------------------------------


def kopi(nr: int, **annet: Any) -> bytes:
    """A message to another municipality, of which hjemmetjenesten gets a copy."""
    return innlagt(nr, mottaker=ANNEN_KOMMUNE, kopimottakere=(enhet(MOTTAKER),), **annet)


def test_rule_6_a_copy_is_taken_in_and_shown_as_a_copy(her: Rom) -> None:
    resultat = her.melding(kopi(1), NÅ)
    assert (resultat.outcome, svar_i(resultat).status) == ("positive", "1")
    (opphold,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    assert (opphold.kopi, opphold.innlagt) == (True, NÅ)


def test_rule_6_a_copy_creates_no_task_and_no_clock_in_any_service(her: Rom) -> None:
    her.melding(kopi(1), NÅ)
    her.til(NÅ + timedelta(days=3))
    laget = {post.navn for tjeneste in her.inst.engines for post in her.logg(tjeneste)}
    assert not {navn for navn in laget if navn.startswith(("Oppgave", "Frist"))}
    assert oppgaver(her, MOTTAKER) == set()


def test_rule_6_the_receiver_has_task_and_clock_and_the_copy_receiver_of_the_same_message_none(her: Rom) -> None:
    her.melding(innlagt(1, kopimottakere=(enhet(FORVALTNING),)), NÅ)
    her.til(NÅ + timedelta(hours=25))
    (vår,), (deres,) = vist(her, MOTTAKER, "OppholdUtsnitt"), vist(her, FORVALTNING, "OppholdUtsnitt")
    assert (vår.kopi, deres.kopi) == (False, True)
    assert Oppgaveslag.ETTERLYS_TIDLIGMELDING in {o.slag for o in vår.oppgaver}
    assert deres.oppgaver == ()


def to_ganger(her: Rom, ekstra: timedelta = timedelta()) -> list[Mottaksresultat]:
    """The same event to the receiver and to the copy receiver of one organisation, under two ids."""
    til = {"mottaker": enhet(MOTTAKER), "kopimottakere": (enhet(FORVALTNING),)}
    første = her.melding(innlagt(1, **til), NÅ)
    annen = lag_innlagt(sending(2, NÅ + ekstra, **til), tid=NÅ)
    return [første, her.melding(annen, NÅ)]


def test_rule_6_receiver_and_copy_receiver_in_one_organisation_make_one_event_and_two_receipts(her: Rom) -> None:
    første, annen = to_ganger(her)
    assert (første.outcome, annen.outcome) == ("positive", "positive")
    assert (svar_i(første).gjelder, svar_i(annen).gjelder) == (
        "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002",
    )  # fmt: skip
    assert første.opphold_ref == annen.opphold_ref
    assert len(poster(her, "PasientInnlagt")) == 1
    (opphold,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    assert len(opphold.historie) == 1


def test_rule_6_a_second_telling_starts_no_second_clock_and_no_second_task(her: Rom) -> None:
    to_ganger(her, timedelta(minutes=1))
    her.til(NÅ + timedelta(hours=25))
    assert len(poster(her, "FristSatt")) == 1
    slag = [p.event.slag for p in poster(her, "OppgaveOpprettet")]
    assert len(slag) == len(set(slag))


def test_rule_6_a_copy_that_comes_first_gains_task_and_clock_when_the_receivers_own_comes(her: Rom) -> None:
    her.melding(kopi(1), NÅ)
    assert poster(her, "FristSatt") == []
    her.melding(innlagt(2), NÅ)
    assert len(poster(her, "PasientInnlagt")) == 1
    assert len(poster(her, "FristSatt")) == 1
    (opphold,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    assert not opphold.kopi
