"""A serious incident is reported to the national front door, once, within five virkedager (LOV-2025-06-20-74)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bindeledd.core.decider import Aggregate, FristUtloept
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import FristHoldt, FristOverskredet, FristSatt
from bindeledd.schema.generated.samhandling import (
    AlvorligHendelseAvvist,
    AlvorligHendelseMottatt,
    AlvorligHendelseNotert,
    AlvorligHendelseSendt,
    Alvorligoppfoelging,
    Identitet,
    Meldeskjema,
)
from services.felles.helligdager import etter_måneder, etter_virkedager
from services.felles.kjent import Rammer
from services.felles.meldeskjema import REGEL, fyll_ut
from services.felles.oppsett import Meldevei, Oppsett
from services.felles.regler import Regel, Regler
from services.felles.toml_leser import Periode
from services.samhandling import tjeneste
from services.samhandling.alvorlig import alvorlig
from services.samhandling.plo.skriv import lag_innlagt, lag_utskrevet
from tests.meldetjener import BORTE, MED_FEIL, Meldetjener, med_melde, meldetjener
from tests.meldinger import PASIENT
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.samples import sample_params
from tests.stories.folk import aktør, registrer
from tests.unit.samhandling.dsl import Fortalt, gitt
from tests.unit.samhandling.meldinger import sending, utc

DOKUMENT = pytest.mark.parametrize("dokument", sample_params("melde-no/swagger-v2.json"))
HENDT, NÅ = utc(2027, 3, 22, 11, 0), utc(2027, 3, 22, 15, 0)
"""Monday before Easter."""
FRIST = utc(2027, 3, 31, 21, 59, 59)
"""23:59:59: Tuesday, Wednesday, Saturday, then Tuesday and Wednesday after Easter."""
PAM, ACT = "pam", "act-kronstad"
DAG = timedelta(days=1)
I_KRAFT = Regel(REGEL, "2025-74", 5, "virkedager", "LOV-2025-06-20-74", "hendt", Periode(date(2027, 1, 1), None))
SKREVET = {
    "beskrivelse": "Syntetisk: et uventet dødsfall", "stilling": "Seksjonsleder", "telefon": "55000000",
    "rolle": "Manager",
}  # fmt: skip
SKJEMA = Meldeskjema(**SKREVET)
NUMMER = Klartekst(Identitet(nummer="0" * 11, type="FNR", utsteder=""))
NOTERT = AlvorligHendelseNotert(part=PAM, av="demo-109", hendt=HENDT, nummer=NUMMER)
SEND = alvorlig.Send(PAM, "demo-109", Klartekst(SKJEMA))


MØTET = Regel(alvorlig.MØTE, "2025-74", 10, "døgn", "pbrl §3-2", "hendt", I_KRAFT.periode)
RAPPORTEN = Regel(alvorlig.RAPPORT, "2025-74", 3, "måneder", "helsetilsynsloven §6", "hendt", I_KRAFT.periode)


def med_regel(oppsett: Oppsett, *regler: Regel) -> Oppsett:
    egne = {regel.id: (regel,) for regel in regler}
    return replace(oppsett, regler=Regler({**oppsett.regler.etter_id, **egne}))


MED_ALT = replace(med_regel(HELE_BERGEN, I_KRAFT), melde=Meldevei("https://melde.invalid", Path("/finnes/ikke")))
"""The rule is on, and there is a way to Melde.no."""


def hendelse(*hendt: Any, oppsett: Oppsett = MED_ALT) -> Fortalt:
    """What has happened, by `NÅ`."""
    aggregat = Aggregate(alvorlig.TOPIC, alvorlig.Alvorlig(), alvorlig.decide, alvorlig.evolve, alvorlig.due)
    return gitt(aggregat, *hendt, nå=NÅ, regler=Rammer(oppsett, TABELL))


# -- the law's days ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dag", "siste"), [
    (date(2027, 3, 22), date(2027, 3, 31)),  # over Easter
    (date(2027, 5, 3), date(2027, 5, 10)),   # Ascension Day is between
    (date(2027, 5, 12), date(2027, 5, 19)),  # the 16th and 17th of May
    (date(2027, 12, 23), date(2027, 12, 30)),
    (date(2027, 9, 4), date(2027, 9, 10)),   # a Saturday
])  # fmt: skip
def test_6_five_virkedager_leave_out_sundays_and_public_holidays(dag: date, siste: date) -> None:
    assert etter_virkedager(dag, 5) == siste


def test_6_the_clock_runs_from_the_day_it_happened_to_the_end_of_the_fifth_virkedag() -> None:
    notert = hendelse().når(alvorlig.Noter(PAM, "demo-109", HENDT, NUMMER)).så(AlvorligHendelseNotert, FristSatt)
    assert notert.hendelser[1].forfall == FRIST


def test_6_an_answer_in_time_meets_the_clock_and_one_after_it_does_not() -> None:
    sendt = hendelse().når(alvorlig.Noter(PAM, "demo-109", HENDT, NUMMER)).når(SEND).så(AlvorligHendelseSendt)
    svar = alvorlig.NoterMottatt(sendt.hendelser[0].melding_id, "U0001")
    sendt.når(svar, nå=FRIST - timedelta(seconds=1)).så(AlvorligHendelseMottatt, FristHoldt)
    sendt.når(svar, nå=FRIST + timedelta(seconds=1)).så(AlvorligHendelseMottatt, FristOverskredet)


# -- refused while the rule is off ------------------------------------------------------------------------------------


def test_kongen_bestemmer_as_long_as_the_rule_is_off_nothing_is_noted_and_the_shipped_one_is_off() -> None:
    notér = alvorlig.Noter(PAM, "demo-109", HENDT, NUMMER)
    hendelse(oppsett=HELE_BERGEN).avvist(notér, "alvorlig.ikke_i_kraft")
    assert REGEL not in HELE_BERGEN.regler.etter_id
    assert HELE_BERGEN.melde is None


def test_what_happened_before_the_rules_day_is_refused_by_when_it_happened() -> None:
    før = alvorlig.Noter(PAM, "demo-109", utc(2026, 12, 31, 22, 59), NUMMER)
    hendelse().avvist(før, "alvorlig.ikke_i_kraft")
    hendelse().når(replace(før, hendt=utc(2026, 12, 31, 23, 0))).så(AlvorligHendelseNotert, FristSatt, FristOverskredet)


def test_without_a_way_to_melde_no_the_report_is_refused_with_what_to_do_instead() -> None:
    hendelse(NOTERT, oppsett=med_regel(HELE_BERGEN, I_KRAFT)).avvist(SEND, "alvorlig.melde_no")


def test_nobody_but_the_unit_that_noted_it_reports_it_and_nobody_twice() -> None:
    hendelse(NOTERT).avvist(replace(SEND, part=ACT), "alvorlig.part")
    sendt = hendelse(NOTERT).når(SEND)
    sendt.avvist(SEND, "alvorlig.sendt")
    svar = sendt.når(alvorlig.NoterMottatt(sendt.hendelser[0].melding_id, "U0001"))
    svar.avvist(SEND, "alvorlig.sendt")


def test_what_was_refused_is_sent_again_as_another_report_and_a_late_answer_to_the_first_changes_nothing() -> None:
    første = hendelse(NOTERT).når(SEND)
    id_ = første.hendelser[0].melding_id
    avvist = første.når(alvorlig.NoterAvvist(id_, 400)).så(AlvorligHendelseAvvist)
    andre = avvist.når(SEND).så(AlvorligHendelseSendt)
    assert andre.hendelser[0].melding_id != id_
    andre.når(alvorlig.NoterAvvist(id_, 400)).så()
    andre.når(alvorlig.NoterMottatt(id_, "U0001")).så()


# -- what else the law asks for ---------------------------------------------------------------------------------------

LOVEN = med_regel(MED_ALT, I_KRAFT, MØTET, RAPPORTEN)
TILBUDT = alvorlig.FølgOpp(PAM, "demo-109", Alvorligoppfoelging.MOETE_TILBUDT)
OVERSENDT = replace(TILBUDT, hva=Alvorligoppfoelging.RAPPORT_SENDT)
OM_TI_DAGER, OM_TRE_MÅNEDER = utc(2027, 4, 1, 21, 59, 59), utc(2027, 6, 23, 21, 59, 59)
"""After it happened on 22 March; after the report was sent on the 23rd."""


def klokkene(fortalt: Fortalt) -> dict[str, tuple[str, datetime]]:
    return {f.navn: (f.tilstand.value, f.forfall) for f in fortalt.state.frister.values()}


def tatt_imot() -> Fortalt:
    """Noted, sent the day after, and taken in."""
    sendt = hendelse(oppsett=LOVEN).når(alvorlig.Noter(PAM, "demo-109", HENDT, NUMMER)).når(SEND, nå=NÅ + DAG)
    return sendt.når(alvorlig.NoterMottatt(sendt.hendelser[0].melding_id, "U0001"), nå=NÅ + DAG)


def test_pbrl_3_2_a_meeting_is_offered_within_ten_days_of_the_incident() -> None:
    notert = hendelse(oppsett=LOVEN).når(alvorlig.Noter(PAM, "demo-109", HENDT, NUMMER))
    assert klokkene(notert)[alvorlig.MØTE] == ("AAPEN", OM_TI_DAGER)
    for sekund, ble in ((-1, "HOLDT"), (1, "OVERSKREDET")):
        tilbudt = notert.når(TILBUDT, nå=OM_TI_DAGER + timedelta(seconds=sekund))
        assert klokkene(tilbudt)[alvorlig.MØTE][0] == ble
    ute = notert.når(FristUtloept(alvorlig.MØTE, OM_TI_DAGER), nå=OM_TI_DAGER)
    assert klokkene(ute)[alvorlig.MØTE][0] == "OVERSKREDET"
    assert ute.når(TILBUDT, nå=OM_TI_DAGER + DAG).state.møte_tilbudt == OM_TI_DAGER + DAG, "late is written down, too"
    notert.når(TILBUDT).når(TILBUDT).så()


def test_6_the_report_goes_within_three_months_of_when_the_message_was_sent() -> None:
    notert = hendelse(oppsett=LOVEN).når(alvorlig.Noter(PAM, "demo-109", HENDT, NUMMER))
    assert alvorlig.RAPPORT not in klokkene(notert), "there is no message yet"
    notert.avvist(OVERSENDT, "alvorlig.rapport")
    mottatt = tatt_imot()
    assert klokkene(mottatt)[alvorlig.RAPPORT] == ("AAPEN", OM_TRE_MÅNEDER)
    assert {d.name for d in alvorlig.due(mottatt.state)} == {alvorlig.MØTE, alvorlig.RAPPORT}
    for sekund, ble in ((-1, "HOLDT"), (1, "OVERSKREDET")):
        sendt = mottatt.når(OVERSENDT, nå=OM_TRE_MÅNEDER + timedelta(seconds=sekund))
        assert klokkene(sendt)[alvorlig.RAPPORT][0] == ble
    mottatt.avvist(replace(OVERSENDT, part=ACT), "alvorlig.part")


@pytest.mark.parametrize(("fra", "til"), [
    (date(2027, 11, 30), date(2028, 2, 29)), (date(2026, 11, 30), date(2027, 2, 28)),
    (date(2027, 1, 1), date(2027, 4, 1)),
])  # fmt: skip
def test_6_three_months_after_a_day_that_the_month_has_not_are_its_last(fra: date, til: date) -> None:
    assert etter_måneder(fra, 3) == til


def test_where_the_law_is_followed_no_further_than_the_report_there_are_no_more_clocks() -> None:
    notert = hendelse().når(alvorlig.Noter(PAM, "demo-109", HENDT, NUMMER))
    assert set(klokkene(notert.når(TILBUDT))) == {REGEL}


# -- on its way -------------------------------------------------------------------------------------------------------


@contextmanager
def sykehuset(mappe: Path, tjener: Meldetjener) -> Iterator[tuple[Rom, str]]:
    """Somebody died in PAM; the room, and the ref of the person."""
    oppsett = med_melde(med_regel(HELE_BERGEN, I_KRAFT), tjener.adresse, mappe)
    data = mappe / "data"
    data.mkdir()
    start = HENDT - timedelta(days=2)
    with rom(data, start, oppsett=oppsett, tjenester=[tjeneste.tjeneste(oppsett, TABELL)]) as her:
        person = str(her.gjør("samhandling", registrer(aktør("koordinerende-enhet"))))
        her.melding(lag_innlagt(sending(1, start), tid=start), start)
        her.melding(lag_utskrevet(sending(2, HENDT), tid=HENDT, uttilstand="2"), HENDT)
        her.til(NÅ)
        yield her, person


def leder(part: str) -> str:
    rolle = aktør(part, "alvorlig.meld").role
    return next(
        u.id for u in HELE_BERGEN.katalog.users.values() if any((p.party, p.role) == (part, rolle) for p in u.posts)
    )


def noter(her: Rom, person: str, part: str = PAM) -> str:
    return her.be(
        aktør(part, "alvorlig.meld"), f"samhandling/personer/{person}/alvorlig", av=leder(part), hendt=HENDT.isoformat()
    )  # fmt: skip


def send(her: Rom, ref: str, **endret: str) -> None:
    her.be(aktør(PAM, "alvorlig.meld"), f"samhandling/alvorlig/{ref}/send", av=leder(PAM), **SKREVET | endret)


def view(her: Rom, part: str = PAM) -> Any:
    """The incident as a party has been given it; None when it has been given nothing."""
    views = her.utsnitt("samhandling", part).values()
    return next((v for v in views if type(v).__name__ == "AlvorligHendelseUtsnitt"), None)


def flere_ganger(her: Rom, ganger: int) -> None:
    """Time goes by, and what waits is tried again."""
    for nr in range(1, ganger + 1):
        her.til(NÅ + timedelta(hours=nr))


@DOKUMENT
def test_6_a_report_goes_out_in_the_official_form_and_the_answers_reference_is_kept(
    tmp_path: Path, dokument: Path
) -> None:
    with meldetjener(dokument) as tjener, sykehuset(tmp_path, tjener) as (her, person):
        ref = noter(her, person)
        assert (view(her).tilstand.value, tjener.spurt) == ("NOTERT", []), "nobody has sent anything"
        send(her, ref)
        assert tjener.feil == []
        ((id_, kvittering),) = tjener.tatt_inn.items()
        v = view(her)
        assert (v.tilstand.value, v.referanse, v.melding_id) == ("MOTTATT", kvittering["Referansenummer"], id_)
        assert [f.tilstand.value for f in v.frister] == ["HOLDT"]
        assert tjener.tokens == {"Bearer proevepass"}
        flere_ganger(her, 3)
        assert len(tjener.spurt) == 1


@DOKUMENT
def test_gdpr_5_nothing_of_the_person_goes_out_but_the_number_that_the_form_asks_for(
    tmp_path: Path, dokument: Path
) -> None:
    with meldetjener(dokument) as tjener, sykehuset(tmp_path, tjener) as (her, person):
        send(her, noter(her, person))
        (spurt,) = tjener.spurt
        pasient = spurt["Header"].pop("Patient")
        assert pasient == {"Nin": PASIENT.identer[0].id}
        assert PASIENT.etternavn not in str(spurt)
        assert person not in str(spurt)
        assert view(her, ACT) is None
        assert PASIENT.identer[0].id.encode() not in b"".join(
            repr(p.event).encode() for p in her.logg("samhandling") if p.topic == "samhandling.alvorlig"
        )


@DOKUMENT
@pytest.mark.parametrize("svarer", [[BORTE], [503, 500, 401], [BORTE, BORTE, 503]])
def test_6_whatever_breaks_on_the_way_the_report_is_taken_in_once(
    tmp_path: Path, dokument: Path, svarer: list[int]
) -> None:
    with meldetjener(dokument) as tjener, sykehuset(tmp_path, tjener) as (her, person):
        tjener.svarer = [*svarer]
        ref = noter(her, person)
        send(her, ref)
        assert view(her).tilstand.value == "SENDES"
        flere_ganger(her, len(svarer) + 1)
        assert view(her).tilstand.value == "MOTTATT"
        assert len(tjener.tatt_inn) == 1
        assert len({hver["Header"]["ExternalMessageId"] for hver in tjener.spurt}) == 1
        assert len(tjener.spurt) == len(svarer) + 1


@DOKUMENT
@pytest.mark.parametrize("svarer", [400, MED_FEIL])
def test_6_a_report_that_the_form_refuses_is_told_and_can_be_written_again(
    tmp_path: Path, dokument: Path, svarer: int
) -> None:  # fmt: skip
    with meldetjener(dokument) as tjener, sykehuset(tmp_path, tjener) as (her, person):
        tjener.svarer = [svarer]
        ref = noter(her, person)
        send(her, ref)
        assert view(her).tilstand.value == "AVVIST"
        flere_ganger(her, 2)
        assert len(tjener.spurt) == 1, "what was refused is not sent again by itself"
        send(her, ref, telefon="55000001")
        assert view(her).tilstand.value == "MOTTATT"


@DOKUMENT
def test_6_a_report_that_never_came_out_leaves_the_clock_missed(tmp_path: Path, dokument: Path) -> None:
    with meldetjener(dokument) as tjener, sykehuset(tmp_path, tjener) as (her, person):
        tjener.svarer = [503] * 500
        send(her, noter(her, person))
        her.til(FRIST)
        v = view(her)
        assert (v.tilstand.value, [f.tilstand.value for f in v.frister]) == ("SENDES", ["OVERSKREDET"])


@DOKUMENT
def test_hpl_25_a_unit_that_has_nothing_to_do_with_the_person_reports_nothing_about_them(
    tmp_path: Path, dokument: Path
) -> None:
    with meldetjener(dokument) as tjener, sykehuset(tmp_path, tjener) as (her, person):
        kropp = {"av": leder("dps-solli"), "hendt": HENDT.isoformat()}
        svar = her.vei.be(
            "samhandling", aktør("dps-solli", "alvorlig.meld"), f"/api/samhandling/personer/{person}/alvorlig", kropp
        )
        assert svar.status_code == 403


def noter_når(her: Rom, person: str, hendt: datetime, part: str = PAM) -> tuple[int, str]:
    """Somebody notes it: the status, and what is said."""
    kropp = {"av": leder(part), "hendt": hendt.isoformat()}
    svar = her.vei.be(
        "samhandling", aktør(part, "alvorlig.meld"), f"/api/samhandling/personer/{person}/alvorlig", kropp
    )
    return svar.status_code, svar.text


@DOKUMENT
def test_6_what_a_unit_has_noted_of_a_person_and_a_day_is_not_noted_again(tmp_path: Path, dokument: Path) -> None:
    """Two leaders, or two tabs: two notes would become two reports."""
    with meldetjener(dokument) as tjener, sykehuset(tmp_path, tjener) as (her, person):
        noter(her, person)
        status, sagt = noter_når(her, person, HENDT + timedelta(minutes=30))
        assert (status, "notert fra før" in sagt) == (409, True)
        assert len([p for p in her.logg("samhandling") if p.navn == "AlvorligHendelseNotert"]) == 1
        assert noter_når(her, person, HENDT - timedelta(days=1))[0] == 200, "another day is another incident"


@DOKUMENT
def test_gdpr_5_the_unit_keeps_the_number_only_while_there_is_a_report_to_write(tmp_path: Path, dokument: Path) -> None:
    with meldetjener(dokument) as tjener, sykehuset(tmp_path, tjener) as (her, person):
        tjener.svarer = [400]
        ref = noter(her, person)
        assert view(her).nummer is not None
        send(her, ref)
        assert (view(her).tilstand.value, view(her).nummer is not None) == ("AVVIST", True)
        send(her, ref)
        assert (view(her).tilstand.value, view(her).nummer) == ("MOTTATT", None)


@DOKUMENT
def test_hpl_21_a_ward_that_the_person_has_left_notes_what_happened_in_the_stay_or_soon_after(
    tmp_path: Path, dokument: Path
) -> None:
    with meldetjener(dokument) as tjener, sykehuset(tmp_path, tjener) as (her, person):
        her.til(HENDT + timedelta(days=100))
        assert noter_når(her, person, HENDT - timedelta(days=4))[0] == 403, "before they came"
        assert noter_når(her, person, HENDT + timedelta(days=90, minutes=1))[0] == 403
        assert noter_når(her, person, HENDT + timedelta(days=90))[0] == 200


@DOKUMENT
def test_the_test_server_holds_requests_to_the_document(tmp_path: Path, dokument: Path) -> None:
    hel = fyll_ut(
        SKJEMA, HELE_BERGEN, part=PAM, saken="a" * 32, melding="8c3d9d5d-bf98-4ca7-8406-8df657ae3a82", hendt=HENDT,
        nummer="0" * 11,
    )  # fmt: skip
    feil: list[dict[str, Any]] = [
        hel | {"Annet": 1}, {"Header": hel["Header"]}, {**hel, "Header": {**hel["Header"], "ReportAreas": None}},
        {**hel, "Header": {**hel["Header"], "Patient": {"Nin": "123"}}},
        {**hel, "Header": {**hel["Header"], "Incident": {"IncidentDescription": ""}}},
    ]  # fmt: skip
    with meldetjener(dokument) as tjener:
        svar = [
            httpx.post(f"{tjener.adresse}/api/v2/report/adverse-incident", json=kropp).status_code
            for kropp in (hel, *feil)
        ]
    assert svar == [201, *[400] * len(feil)]
