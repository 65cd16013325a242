"""A message's own life: its one receipt, who is shown it, and that nobody opened it (intake rules 2, 9 and 15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bindeledd.core.decider import Aggregate, FristUtloept
from bindeledd.core.errors import RuleBroken
from bindeledd.schema.generated.samhandling import (
    KvitteringSatt,
    MeldingAapnet,
    MeldingBesvart,
    MeldingForsinket,
    MeldingMottatt,
    Meldingsutfall,
    MeldingTattInn,
)
from services.felles.grunnlag import Grunnlag
from services.felles.kjent import Kjent
from services.samhandling import kvittering, planer
from services.samhandling.kvittering import Besvar, Fordel, SettKvittering, TaImot, TaInn, Åpne
from services.samhandling.plo.skriv import lag_dialog, lag_innlagt, lag_rapport
from services.samhandling.utsnitt import utsnitt_melding
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import RAMMER, aktør, enhet
from tests.unit.samhandling.dsl import Fortalt, gitt
from tests.unit.samhandling.meldinger import UKJENT_TJENESTE, sending, utc

NÅ = utc(2026, 3, 2, 20, 0)
INNEN = NÅ + timedelta(hours=4)
PART, KOPI, MANUELL, NAV = "hjemmetjeneste-aarstad", "enhet-aarstad", "koordinerende-enhet", "nav-aarstad"
FORVALTNING = "forvaltning-aarstad"
LOVENDRING = datetime(2026, 6, 1, tzinfo=ZoneInfo("Europe/Oslo"))
"""LOV-2025-06-20-67 del IV: the next day on which an answer may change by itself."""
MELDING = Aggregate(
    kvittering.TOPIC, kvittering.Kvitteringssak(), kvittering.decide, kvittering.evolve, kvittering.forfaller
)
MOTTATT = MeldingMottatt(
    msg_id="id-1", type="LOG_INNLAGT", standard="1.6", forsendelse="N", gen_dato=NÅ, avsender="9000200",
    avsender_navn="Prøvesykehus", samtale="id-1", adressert=(PART,), kopi=(KOPI,), utfall=Meldingsutfall.TATT_INN,
    opphold_ref="o1", fingeravtrykk=b"f", aapnes_innen=INNEN, mottatt=NÅ,
)  # fmt: skip
KVITTERING = KvitteringSatt(apprec_id="a", standard="1.1", status="1", feil=(), xml=b"<AppRec/>")


def en_melding(**annet: Any) -> Fortalt:
    return gitt(MELDING, nå=NÅ, regler=RAMMER).når(TaImot(replace(MOTTATT, **annet)))


@pytest.fixture
def her(tmp_path: Path) -> Iterator[Rom]:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as rommet:
        yield rommet


def vist(her: Rom, part: str, slag: str = "MeldingUtsnitt") -> list[Any]:
    return [view for view in her.utsnitt("samhandling", part).values() if type(view).__name__ == slag]


def forsinket(her: Rom) -> list[tuple[str, str]]:
    return [(p.envelope.stream, p.event.part) for p in her.logg("samhandling") if p.navn == "MeldingForsinket"]


# -- its own stream ------------------------------------------------------------------------------------------------


def test_there_is_only_ever_one_receipt() -> None:
    """Intake rule 2: never positive and then negative, never a second."""
    fortalt = en_melding().når(SettKvittering(KVITTERING)).så(KvitteringSatt)
    fortalt.når(SettKvittering(replace(KVITTERING, status="2"))).så()
    assert fortalt.state.kvittering == KVITTERING


def test_a_held_message_finds_its_place_and_a_placed_one_may_find_another() -> None:
    holdt = en_melding(utfall=Meldingsutfall.HOLDT, opphold_ref=None)
    inn = holdt.når(TaInn("o1", "det den hører til er kommet")).så(MeldingTattInn)
    assert (inn.state.utfall, inn.state.opphold_ref) == (Meldingsutfall.TATT_INN, "o1")
    inn.når(TaInn("o1", "igjen")).så()
    assert inn.når(TaInn(None, "av en annen person")).så(MeldingTattInn).state.opphold_ref is None
    assert inn.når(TaInn("o2", "flyttet")).så(MeldingTattInn).state.opphold_ref == "o2"


def test_each_unit_opens_it_once() -> None:
    fortalt = en_melding().når(Åpne(PART, "demo-1")).så(MeldingAapnet)
    fortalt.når(Åpne(PART, "demo-2")).så()
    fortalt.når(Åpne(KOPI, "demo-3")).så(MeldingAapnet)


@pytest.mark.parametrize("part", ["nav-aarstad", MANUELL, ""])
def test_a_unit_that_it_was_not_sent_to_cannot_open_it(part: str) -> None:
    en_melding().avvist(Åpne(part, "demo-1"), "melding.mottaker")
    en_melding().avvist(Besvar(part, "demo-1"), "melding.mottaker")


def test_an_answer_is_told_once_and_who_answers_has_opened_it() -> None:
    besvart = en_melding().når(Besvar(PART, "demo-1")).så(MeldingAapnet, MeldingBesvart)
    besvart.når(Besvar(PART, "demo-2")).så()
    en_melding().når(Åpne(PART, "demo-1")).så(MeldingAapnet).når(Besvar(PART, "demo-2")).så(MeldingBesvart)


@pytest.mark.parametrize("utfall", [Meldingsutfall.AVVIST, Meldingsutfall.KONFLIKT])
def test_what_nobody_could_take_in_may_be_opened_in_the_manual_queue(utfall: Meldingsutfall) -> None:
    en_melding(utfall=utfall).når(Åpne(MANUELL, "demo-1")).så(MeldingAapnet)


def test_what_nobody_opened_in_time_is_delayed_for_each_addressed_unit_and_never_for_a_copy() -> None:
    """Intake rule 15."""
    to = en_melding(adressert=(PART, "forvaltning")).når(Åpne("forvaltning", "demo-1"))
    fortalt = to.når(FristUtloept(kvittering.IKKE_ÅPNET, INNEN), nå=INNEN + timedelta(days=1)).så(MeldingForsinket)
    assert (fortalt.hendelser[0].part, fortalt.hendelser[0].forfall) == (PART, INNEN)
    assert kvittering.forfaller(fortalt.state) == ()
    fortalt.når(FristUtloept(kvittering.IKKE_ÅPNET, INNEN)).så()


def test_an_opened_message_falls_due_no_more() -> None:
    assert kvittering.forfaller(en_melding().state) != ()
    assert kvittering.forfaller(en_melding().når(Åpne(PART, "demo-1")).state) == ()


def test_a_refused_message_asks_nobody_to_open_it_in_time() -> None:
    assert kvittering.forfaller(en_melding(utfall=Meldingsutfall.AVVIST, aapnes_innen=None).state) == ()


def gitt_videre(nå: datetime, **annet: Any) -> Fortalt:
    return en_melding(uten_mottaker=True, **annet).når(Fordel(FORVALTNING, MANUELL, "demo-1"), nå=nå)


def test_rule_15_only_the_unit_that_it_was_given_to_gets_as_long_anew_to_open_it() -> None:
    sent = NÅ + timedelta(hours=3, minutes=50)
    videre = gitt_videre(sent)
    kjent = Kjent(RAMMER, sent, Grunnlag(""))
    frister = [
        view.aapnes_innen for part in (PART, FORVALTNING) if (view := utsnitt_melding(videre.state, part, kjent))
    ]
    assert frister == [INNEN, sent + timedelta(hours=4)]
    ute = videre
    for part, frist in zip((PART, FORVALTNING), frister, strict=True):
        assert frist is not None
        assert [(d.name, d.at) for d in kvittering.forfaller(ute.state)] == [(kvittering.IKKE_ÅPNET, frist)]
        ute = ute.når(FristUtloept(kvittering.IKKE_ÅPNET, frist), nå=frist).så(MeldingForsinket)
        assert (ute.hendelser[0].part, ute.hendelser[0].forfall) == (part, frist)
    assert kvittering.forfaller(ute.state) == ()


def test_rule_15_a_refused_message_that_is_given_on_asks_nobody_to_open_it_in_time() -> None:
    videre = gitt_videre(NÅ, utfall=Meldingsutfall.AVVIST, aapnes_innen=None)
    assert videre.state.fordelt_til == FORVALTNING
    assert kvittering.forfaller(videre.state) == ()


def test_rule_5_it_is_not_given_to_a_unit_of_another_organisation() -> None:
    en_melding(uten_mottaker=True).avvist(Fordel("pam", MANUELL, "demo-1"), "melding.fordel_til")


def test_only_a_unit_of_the_health_service_that_it_was_sent_to_may_know_that_it_came() -> None:
    """access.md, "Message log": the answer is that of the function that answers for all else, law and section in it."""
    state, kjent = en_melding(adressert=(PART, NAV)).state, Kjent(RAMMER, NÅ, Grunnlag(""))
    assert [utsnitt_melding(state, part, kjent) is not None for part in (PART, KOPI, NAV, MANUELL)] == [
        True, True, False, False,
    ]  # fmt: skip
    gitt_ = kjent.svar(PART, "melding.logg", adressert=frozenset({PART}))
    vist_ = utsnitt_melding(state, PART, kjent)
    assert vist_ is not None
    assert (vist_.grunn.grunnlag, vist_.grunn.lov_versjon) == ("A", gitt_.lov_versjon)
    assert vist_.grunn.setning == gitt_.setning
    assert "pasientjournalloven §19" in vist_.grunn.setning
    assert vist_.grunn.gjelder_til == gitt_.gjelder_til == LOVENDRING


# -- through the intake --------------------------------------------------------------------------------------------


def test_a_message_that_nobody_opens_is_told_to_the_unit_until_it_does(her: Rom) -> None:
    resultat = her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), NÅ)
    assert [(v.forsinket, v.aapnet, v.opphold_ref) for v in vist(her, PART)] == [(False, False, resultat.opphold_ref)]
    her.til(INNEN - timedelta(seconds=1))
    assert forsinket(her) == []
    her.til(INNEN + timedelta(hours=8))
    assert forsinket(her) == [(resultat.melding_ref, PART)]
    assert [(v.forsinket, v.aapnet) for v in vist(her, PART)] == [(True, False)]
    her.gjør("samhandling", planer.åpne_melding(resultat.melding_ref, PART, "demo-1", aktør(PART)))
    assert [(v.forsinket, v.aapnet) for v in vist(her, PART)] == [(True, True)]


def test_a_message_that_was_opened_in_time_raises_no_alarm(her: Rom) -> None:
    resultat = her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), NÅ)
    her.gjør("samhandling", planer.åpne_melding(resultat.melding_ref, PART, "demo-1", aktør(PART)))
    her.til(INNEN + timedelta(days=1))
    assert forsinket(her) == []


def test_a_unit_outside_cannot_say_that_it_has_opened_it(her: Rom) -> None:
    resultat = her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), NÅ)
    with pytest.raises(RuleBroken) as brutt:
        her.gjør("samhandling", planer.åpne_melding(resultat.melding_ref, "nav-aarstad", "demo-1", aktør(KOPI)))
    assert brutt.value.rule == "melding.mottaker"


def test_the_unit_that_got_a_report_about_nobodys_stay_sees_whom_it_is_about(her: Rom) -> None:
    her.melding(lag_rapport(sending(1, NÅ), "UTSKRIVNINGSRAPPORT", notat="Prøve"), NÅ)
    assert len(vist(her, PART)) == 1
    (person,) = vist(her, PART, "PersonUtsnitt")
    assert (person.grunn.grunnlag, person.bekreftet) == ("A", False)
    navn = her.inst.engines["samhandling"].look(lambda tx: tx.open(person.personalia))
    assert navn.etternavn == "Prøvesen"
    assert vist(her, "nav-aarstad", "PersonUtsnitt") == []


def test_when_the_report_finds_its_stay_the_list_says_so_and_the_story_shows_it(her: Rom) -> None:
    resultat = her.melding(lag_rapport(sending(1, NÅ), "INNLEGGELSESRAPPORT", notat="Prøve"), NÅ)
    assert [v.opphold_ref for v in vist(her, PART)] == [resultat.opphold_ref] == [None]
    inn = her.melding(lag_innlagt(sending(2, NÅ), tid=NÅ - timedelta(hours=1)), NÅ)
    assert [v.opphold_ref for v in vist(her, PART)] == [inn.opphold_ref] * 2
    (stay,) = vist(her, PART, "OppholdUtsnitt")
    assert [linje.type for linje in stay.historie] == ["LOG_INNLAGT", "INNLEGGELSESRAPPORT"]
    assert stay.historie[1].melding_ref == resultat.melding_ref


def test_a_dialogue_is_listed_with_what_it_answers(her: Rom) -> None:
    """Intake rule 9."""
    her.melding(lag_dialog(sending(1, NÅ), "DIALOG_FORESPORSEL", tekst="Når?"), NÅ)
    her.melding(lag_dialog(sending(2, NÅ + timedelta(hours=1), viser_til=1), "DIALOG_SVAR", tekst="Nå."), NÅ)
    først, svar = sorted(vist(her, PART), key=lambda v: str(v.msg_id))
    assert (først.samtale, først.forrige) == (først.msg_id, None)
    assert (svar.samtale, svar.forrige) == (først.msg_id, først.msg_id)


def test_a_copy_is_shown_as_a_copy_in_the_list(her: Rom) -> None:
    """Intake rule 6."""
    kopi = sending(1, NÅ, kopimottakere=(enhet(KOPI),))
    her.melding(lag_rapport(kopi, "UTSKRIVNINGSRAPPORT", notat="Prøve"), NÅ)
    assert [v.kopi for v in vist(her, PART)] == [False]
    assert [v.kopi for v in vist(her, KOPI)] == [True]


def test_what_is_sent_to_an_unknown_service_stands_in_the_manual_queue(her: Rom) -> None:
    """Intake rule 5."""
    her.melding(lag_innlagt(sending(1, NÅ, mottaker=UKJENT_TJENESTE), tid=NÅ), NÅ)
    (rad,) = vist(her, MANUELL)
    assert any("Tjenesten er ukjent" in grunn.tekst for grunn in rad.grunner)
    assert vist(her, MANUELL, "PersonUtsnitt") != []
