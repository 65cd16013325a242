"""The commands of the three services over HTTP: who may, what is refused and why, and what an error never tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bindeledd.core.envelope import Actor
from services.ansvarsgruppe import tjeneste as ansvarsgruppe
from services.barn_pårørende import tjeneste as barn
from services.kriseplan import tjeneste as kriseplan
from services.samhandling import planer as samhandling
from services.samhandling import tjeneste as samhandling_tjeneste
from services.samhandling.mottak import ta_imot
from services.samhandling.plo.skriv import lag_innlagt
from tests.klient import Klient
from tests.meldinger import FØDT, PASIENT, person_id, syntetisk
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.ruter import Kommandoer
from tests.stories.folk import aktør, enhet, registrer
from tests.unit.samhandling.meldinger import sending, utc

NÅ = utc(2026, 3, 2, 12, 0)
ENHET, ACT, PAM, NAV, KOE = "enhet-aarstad", "act-kronstad", "pam", "nav-aarstad", "koordinerende-enhet"
FORVALTNING, DPS = "forvaltning-aarstad", "dps-kronstad"
ROLLER = {
    ENHET: "koordinator", ACT: "act-medlem", PAM: "pam-kontakt", NAV: "nav-veileder", "act-solli": "act-medlem",
    KOE: "koordinerende-ansatt", FORVALTNING: "saksbehandler",
    DPS: "dps-behandler", "representant": "representant",
}  # fmt: skip
BRUKERE = {
    part: next(
        u.id for u in HELE_BERGEN.katalog.users.values() if any((p.party, p.role) == (part, rolle) for p in u.posts)
    )
    for part, rolle in ROLLER.items()
}
KOORDINATOR = {"part": ENHET, "koordinator": BRUKERE[ENHET]}
HEMMELIG = "syntetisk hemmelighet"
TJENESTER = (samhandling_tjeneste, ansvarsgruppe, kriseplan, barn)


@dataclass(slots=True)
class Her:
    """The services behind one app. `som` is the unit that asks."""

    rom: Rom
    api: Kommandoer
    person: str
    som: str = ENHET

    def post(self, sti: str, kropp: Any = None, *, som: str = "", **hoder: str) -> httpx.Response:
        self.som = som or self.som
        hvem = Actor(ROLLER[self.som], HELE_BERGEN.parter[self.som].organisasjon, self.som)
        headers = {navn.replace("_", "-"): verdi for navn, verdi in hoder.items()}
        headers["Authorization"] = self.api.tokens.header(hvem)
        svar = Klient(self.api).post("/api/" + sti.format(p=self.person), json=kropp, headers=headers)
        self.rom.pump()
        return svar

    def ok(self, sti: str, kropp: Any = None, *, som: str = "") -> dict[str, Any]:
        svar = self.post(sti, kropp, som=som)
        assert svar.status_code == 200, svar.text
        answer: dict[str, Any] = svar.json()
        return answer

    def innlegg(self, nå: datetime) -> None:
        """The person is admitted to PAM."""
        ta_imot(self.rom.inst.engines["samhandling"], lag_innlagt(sending(1, nå), tid=nå), mottatt=nå)
        self.rom.pump()

    def oppgave(self, tjeneste: str, part: str) -> tuple[str, str]:
        """(aggregate, task) of the one task that a party has from a service."""
        funnet = [
            (ref, oppgave.oppgave_ref)
            for ref, view in self.rom.utsnitt(tjeneste, part).items()
            for oppgave in getattr(view, "oppgaver", ())
            if oppgave.part == part
        ]
        assert len(funnet) == 1
        return funnet[0]


@pytest.fixture
def her(tmp_path: Path) -> Iterator[Her]:
    tjenester = [lag.tjeneste(HELE_BERGEN, TABELL) for lag in TJENESTER]
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN, tjenester=tjenester) as rommet:
        person = str(rommet.gjør("samhandling", registrer(aktør(ENHET))))
        yield Her(rommet, Kommandoer.av(rommet.inst), person)


@pytest.fixture
def fulgt(her: Her) -> Her:
    """A person with a koordinator, and a group that ACT has said yes to."""
    her.ok("ansvarsgruppe/personer/{p}/koordinator", KOORDINATOR, som=KOE)
    gruppe = her.ok("ansvarsgruppe/personer/{p}/gruppe", som=ENHET)["stream"]
    her.ok(f"ansvarsgruppe/personer/{{p}}/gruppe/{gruppe}/inviter", {"part": ACT})
    her.ok(f"ansvarsgruppe/gruppe/{gruppe}/svar", {"med": True}, som=ACT)
    return her


PLAN = {"medvirkning": ["pasient"], "deler": {"roedt_nivaa": HEMMELIG, "kontakter": [{"navn": "N", "telefon": "1"}]}}


def test_a_group_is_made_invited_to_answered_left_and_ended(fulgt: Her) -> None:
    (gruppe,) = (ref for ref, v in fulgt.rom.utsnitt("ansvarsgruppe", ACT).items() if hasattr(v, "medlemmer"))
    fulgt.ok(f"ansvarsgruppe/gruppe/{gruppe}/fratre", {"grunn": "flyttet"}, som=ACT)
    assert gruppe not in fulgt.rom.utsnitt("ansvarsgruppe", ACT)
    fulgt.ok(f"ansvarsgruppe/personer/{{p}}/gruppe/{gruppe}/avslutt", {"grunn": "flyttet"}, som=ENHET)
    assert fulgt.rom.utsnitt("ansvarsgruppe", ENHET)[gruppe].avsluttet
    igjen = fulgt.post(f"ansvarsgruppe/personer/{{p}}/gruppe/{gruppe}/inviter", {"part": ACT})
    assert (igjen.status_code, igjen.json()["rule"]) == (409, "gruppe.lever")


def test_one_live_group_to_a_person(fulgt: Her) -> None:
    svar = fulgt.post("ansvarsgruppe/personer/{p}/gruppe", som=ACT)
    assert (svar.status_code, svar.json()["rule"]) == (409, "gruppe.én")


def test_only_those_of_the_group_invite(fulgt: Her) -> None:
    (gruppe,) = (ref for ref, v in fulgt.rom.utsnitt("ansvarsgruppe", ACT).items() if hasattr(v, "medlemmer"))
    sti = f"ansvarsgruppe/personer/{{p}}/gruppe/{gruppe}/inviter"
    assert fulgt.post(sti, {"part": NAV}, som="act-solli").status_code == 403
    assert fulgt.post(sti, {"part": NAV}, som=NAV).status_code == 403


def test_who_is_invited_and_has_not_said_yes_writes_no_consent_to_themself(her: Her) -> None:
    her.ok("ansvarsgruppe/personer/{p}/koordinator", KOORDINATOR, som=KOE)
    gruppe = her.ok("ansvarsgruppe/personer/{p}/gruppe", som=ENHET)["stream"]
    her.ok(f"ansvarsgruppe/personer/{{p}}/gruppe/{gruppe}/inviter", {"part": ACT})
    gi = {"part": ACT, "formaal": "akutt_hjelp", "deler": ["kriseplan.roedt_nivaa"]}
    assert her.post("ansvarsgruppe/personer/{p}/samtykker", gi, som=ACT).status_code == 403
    her.ok(f"ansvarsgruppe/gruppe/{gruppe}/svar", {"med": True}, som=ACT)
    her.ok("ansvarsgruppe/personer/{p}/samtykker", gi, som=ACT)


def test_a_consent_opens_at_once_and_closes_at_once(fulgt: Her) -> None:
    fulgt.ok("kriseplan/personer/{p}/plan", PLAN, som=ACT)
    gi = {"part": PAM, "formaal": "akutt_hjelp", "deler": ["kriseplan.roedt_nivaa"]}
    fulgt.ok("ansvarsgruppe/personer/{p}/samtykker", gi, som=ACT)
    (view,) = fulgt.rom.utsnitt("kriseplan", PAM).values()
    assert view.roedt_nivaa is not None
    assert view.kontakter is None
    gitt = next(p.event.samtykke_id for p in fulgt.rom.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt")
    fulgt.ok(f"ansvarsgruppe/personer/{{p}}/samtykker/{gitt}/trekk", som=ACT)
    assert fulgt.rom.utsnitt("kriseplan", PAM) == {}


def test_an_opposition_closes_what_a_relation_opened_until_it_is_lifted(fulgt: Her) -> None:
    fulgt.ok("ansvarsgruppe/personer/{p}/sperringer", {"part": ACT}, som=ENHET)
    assert not [v for v in fulgt.rom.utsnitt("ansvarsgruppe", ACT).values() if hasattr(v, "medlemmer")]
    sperret = next(p.event.sperring_id for p in fulgt.rom.logg("ansvarsgruppe") if p.navn == "SperringRegistrert")
    fulgt.ok(f"ansvarsgruppe/personer/{{p}}/sperringer/{sperret}/opphev", som=ACT)
    assert [v for v in fulgt.rom.utsnitt("ansvarsgruppe", ACT).values() if hasattr(v, "medlemmer")]


@pytest.mark.parametrize(
    ("sti", "kropp"),
    [
        (
            "ansvarsgruppe/personer/{p}/samtykker",
            {"part": "act-solli", "formaal": "oppfoelging", "deler": ["kriseplan.*"]},
        ),
        ("kriseplan/personer/{p}/tilby", None),
        ("kriseplan/personer/{p}/plan", PLAN),
        ("barn_paaroerende/personer/{p}/ingen-barn", None),
    ],
)
def test_a_unit_that_has_nothing_to_do_with_the_person_may_not(fulgt: Her, sti: str, kropp: Any) -> None:
    assert fulgt.post(sti, kropp, som="act-solli").status_code == 403


@pytest.mark.parametrize("sti", ["ansvarsgruppe/personer/{p}/gruppe", "kriseplan/personer/{p}/tilby"])
def test_a_role_that_may_not_do_it_is_refused(fulgt: Her, sti: str) -> None:
    assert fulgt.post(sti, som=NAV).status_code == 403


def test_a_plan_is_changed_by_those_who_write_it_only(fulgt: Her) -> None:
    fulgt.ok("kriseplan/personer/{p}/plan", PLAN, som=ACT)
    fulgt.innlegg(NÅ)
    ny = {"medvirkning": ["pasient"], "deler": {"barn": HEMMELIG}}
    fulgt.ok("kriseplan/personer/{p}/plan/revider", ny, som=ENHET)
    fulgt.ok("ansvarsgruppe/personer/{p}/sperringer", {"part": ENHET, "deler": ["kriseplan.barn"]}, som=ACT)
    assert fulgt.post("kriseplan/personer/{p}/plan/revider", ny, som=ENHET).status_code == 403
    (view,) = fulgt.rom.utsnitt("kriseplan", ACT).values()
    assert (view.versjon, view.roedt_nivaa is not None, view.barn is not None) == (2, True, True)


def test_a_copy_by_consent_makes_nobody_an_author(fulgt: Her) -> None:
    fulgt.ok("kriseplan/personer/{p}/plan", PLAN, som=ACT)
    fulgt.innlegg(NÅ)
    gitt = {"part": DPS, "formaal": "akutt_hjelp", "deler": ["kriseplan.*"]}
    fulgt.ok("ansvarsgruppe/personer/{p}/samtykker", gitt, som=ENHET)
    (kopi,) = fulgt.rom.utsnitt("kriseplan", DPS).values()
    assert kopi.roedt_nivaa is not None
    ny = {"medvirkning": ["pasient"], "deler": {"roedt_nivaa": HEMMELIG}}
    assert fulgt.post("kriseplan/personer/{p}/plan/revider", ny, som=DPS).status_code == 403
    assert (
        fulgt.post("kriseplan/personer/{p}/plan/tilbakekall", {"grunn": "personens_oenske"}, som=DPS).status_code == 403
    )
    assert next(iter(fulgt.rom.utsnitt("kriseplan", ACT).values())).versjon == 1


@pytest.mark.parametrize("hva", ["ansvarsgruppe/gruppe", "kriseplan/kriseplan", "barn_paaroerende/kartlegging"])
def test_the_ref_of_another_kind_of_thing_is_refused_and_hinders_nobody_afterwards(fulgt: Her, hva: str) -> None:
    fulgt.innlegg(NÅ)
    (opphold,) = (ref for ref, v in fulgt.rom.utsnitt("samhandling", ACT).items() if hasattr(v, "innlagt"))
    svar = fulgt.post(f"{hva}/{opphold}/oppgaver/{'0' * 32}/ta", {"av": BRUKERE[ACT]}, som=ACT)
    assert (svar.status_code, svar.json()["rule"]) == (409, "strøm.slag")
    fulgt.ok("kriseplan/personer/{p}/plan", PLAN, som=ACT)
    fulgt.ok("barn_paaroerende/personer/{p}/ingen-barn", som=ENHET)
    fulgt.ok("ansvarsgruppe/personer/{p}/sperringer", {"part": NAV, "deler": []}, som=ENHET)


def test_null_takes_a_part_out_of_the_plan(fulgt: Her) -> None:
    fulgt.ok("kriseplan/personer/{p}/plan", PLAN, som=ACT)
    uten = {"medvirkning": ["pasient"], "deler": {"kontakter": None}}
    fulgt.ok("kriseplan/personer/{p}/plan/revider", uten)
    (view,) = fulgt.rom.utsnitt("kriseplan", ACT).values()
    assert view.kontakter is None
    fulgt.ok("kriseplan/personer/{p}/plan/tilbakekall", {"grunn": "personens_oenske"})
    assert next(iter(fulgt.rom.utsnitt("kriseplan", ACT).values())).tilstand.value == "TILBAKEKALT"


def test_an_offer_and_a_no(fulgt: Her) -> None:
    fulgt.ok("kriseplan/personer/{p}/tilby", som=ENHET)
    fulgt.ok("kriseplan/personer/{p}/takk-nei")
    assert next(iter(fulgt.rom.utsnitt("kriseplan", ENHET).values())).tilstand.value == "TAKKET_NEI"


@pytest.mark.parametrize(
    ("sti", "kropp", "tilstand", "videre"),
    [
        ("ingen-barn", None, "INGEN_BARN", []),
        ("samtale", {"antall_barn": 2, "innhold": HEMMELIG}, "HAR_BARN", ["HENVIS_BARN"]),
    ],
)
def test_the_ward_answers_about_the_children(
    fulgt: Her, sti: str, kropp: Any, tilstand: str, videre: list[str]
) -> None:
    fulgt.innlegg(NÅ)
    fulgt.ok("barn_paaroerende/personer/{p}/" + sti, kropp, som=PAM)
    (view,) = fulgt.rom.utsnitt("barn_paaroerende", PAM).values()
    assert (view.tilstand.value, [o.slag.value for o in view.oppgaver]) == (tilstand, videre)


def test_that_the_person_would_not_answer_is_a_code(fulgt: Her) -> None:
    fulgt.innlegg(NÅ)
    fritt = fulgt.post("barn_paaroerende/personer/{p}/avslag", {"grunn": "Fordi hun gråt"}, som=PAM)
    assert fritt.status_code == 422
    assert "gråt" not in fritt.text
    fulgt.ok("barn_paaroerende/personer/{p}/avslag", {"grunn": "vil_ikke"})


@pytest.mark.parametrize(
    ("tjeneste", "hva", "part"),
    [("ansvarsgruppe", "gruppe", ENHET), ("kriseplan", "kriseplan", ENHET)],
)
def test_a_task_is_taken_and_done_by_somebody_of_its_unit(fulgt: Her, tjeneste: str, hva: str, part: str) -> None:
    fulgt.innlegg(NÅ)
    ref, oppgave = fulgt.oppgave(tjeneste, part)
    sti = f"{tjeneste}/{hva}/{ref}/oppgaver/{oppgave}"
    assert fulgt.post(f"{sti}/ta", {"av": BRUKERE[ACT]}, som=part).status_code == 403
    assert fulgt.post(f"{sti}/ta", {"av": BRUKERE[ACT]}, som=ACT).json()["rule"] == "oppgave.part"
    fulgt.ok(f"{sti}/ta", {"av": BRUKERE[part]}, som=part)
    fulgt.ok(f"{sti}/loes", {"av": BRUKERE[part]})
    assert fulgt.post(f"{sti}/loes", {"av": BRUKERE[part]}).json()["rule"] == "oppgave.lukket"


def test_hpl_10a_a_partys_system_does_not_call_the_question_about_children_done_it_answers(fulgt: Her) -> None:
    fulgt.innlegg(NÅ)
    ref, oppgave = fulgt.oppgave("barn_paaroerende", PAM)
    sti = f"barn_paaroerende/kartlegging/{ref}/oppgaver/{oppgave}"
    fulgt.ok(f"{sti}/ta", {"av": BRUKERE[PAM]}, som=PAM)
    nei = fulgt.post(f"{sti}/loes", {"av": BRUKERE[PAM]})
    assert (nei.status_code, nei.json()["rule"]) == (409, "oppgave.besvares")
    fulgt.ok("barn_paaroerende/personer/{p}/ingen-barn")
    assert fulgt.post(f"{sti}/loes", {"av": BRUKERE[PAM]}).json()["rule"] == "oppgave.lukket"


def test_where_there_is_no_group_the_task_lies_with_the_koordinator(her: Her) -> None:
    her.ok("ansvarsgruppe/personer/{p}/koordinator", KOORDINATOR, som=KOE)
    her.innlegg(NÅ)
    ref, oppgave = her.oppgave("ansvarsgruppe", ENHET)
    her.ok(f"ansvarsgruppe/plan/{ref}/oppgaver/{oppgave}/loes", {"av": BRUKERE[ENHET]}, som=ENHET)


def test_a_group_made_during_a_stay_takes_the_task_over(her: Her) -> None:
    her.ok("ansvarsgruppe/personer/{p}/koordinator", KOORDINATOR, som=KOE)
    her.innlegg(NÅ)
    før, _ = her.oppgave("ansvarsgruppe", ENHET)
    gruppe = her.ok("ansvarsgruppe/personer/{p}/gruppe", som=ENHET)["stream"]
    etter, _ = her.oppgave("ansvarsgruppe", ENHET)
    assert (før != etter, etter) == (True, gruppe)


@pytest.mark.parametrize("fremmed", [ENHET, ACT, FORVALTNING])
def test_hol_7_2_and_7_3_a_stranger_appoints_nobody_not_even_the_first_time(her: Her, fremmed: str) -> None:
    sti, seg_selv = "ansvarsgruppe/personer/{p}/koordinator", {"part": fremmed, "koordinator": BRUKERE[fremmed]}
    for først in (True, False):
        svar = her.post(sti, seg_selv, som=fremmed)
        assert (svar.status_code, svar.json()["rule"]) == (409, "hol §§7-2, 7-3"), f"the first: {først}"
        assert svar.headers["content-type"].startswith("application/problem+json")
        assert "koordinerende enhet" in svar.json()["detail"]
        her.ok(sti, {"part": "act-solli", "koordinator": BRUKERE["act-solli"]}, som=KOE)
    assert [p.navn for p in her.rom.logg("ansvarsgruppe") if p.topic == "ansvarsgruppe.plan"] == ["KoordinatorOppnevnt"]


@pytest.mark.parametrize("part", [ACT, NAV])
def test_a_stranger_makes_no_group_either(her: Her, part: str) -> None:
    assert her.post("ansvarsgruppe/personer/{p}/gruppe", som=part).status_code == 403
    assert not [p for p in her.rom.logg("ansvarsgruppe") if p.navn == "AnsvarsgruppeOpprettet"]


def test_hol_7_2_a_unit_that_was_sent_a_message_of_the_stay_appoints_the_first_koordinator(her: Her) -> None:
    assert her.post("ansvarsgruppe/personer/{p}/koordinator", KOORDINATOR, som=FORVALTNING).status_code == 409
    til = enhet(FORVALTNING)
    her.rom.melding(lag_innlagt(sending(1, NÅ, mottaker=til), tid=NÅ), NÅ)
    her.ok("ansvarsgruppe/personer/{p}/koordinator", KOORDINATOR, som=FORVALTNING)


def test_a_repeated_key_has_no_second_effect(fulgt: Her) -> None:
    gi = {"part": NAV, "formaal": "oppfoelging", "deler": ["plan.finnes"]}
    svar = [fulgt.post("ansvarsgruppe/personer/{p}/samtykker", gi, som=ACT, Idempotency_Key="k1") for _ in range(2)]
    assert [s.status_code for s in svar] == [200, 200]
    assert svar[0].json()["version"] == svar[1].json()["version"]
    assert sum(p.navn == "SamtykkeGitt" for p in fulgt.rom.logg("ansvarsgruppe")) == 1
    annet = fulgt.post("ansvarsgruppe/personer/{p}/samtykker", gi | {"part": PAM}, Idempotency_Key="k1")
    assert annet.status_code == 422


def test_a_wrong_version_changes_nothing(fulgt: Her) -> None:
    fulgt.ok("kriseplan/personer/{p}/plan", PLAN, som=ACT)
    assert fulgt.post("kriseplan/personer/{p}/plan/revider", PLAN, If_Match='"99"').status_code == 412
    assert next(iter(fulgt.rom.utsnitt("kriseplan", ACT).values())).versjon == 1


@pytest.mark.parametrize(
    ("sti", "kropp"),
    [
        ("ansvarsgruppe/personer/{p}/samtykker", {"part": NAV, "formaal": HEMMELIG, "deler": ["plan.*"]}),
        ("ansvarsgruppe/personer/{p}/samtykker", {"part": NAV, "formaal": "barn", "deler": [HEMMELIG]}),
        ("ansvarsgruppe/personer/{p}/koordinator", {"part": ENHET, "koordinator": HEMMELIG}),
        ("kriseplan/personer/{p}/plan", {"medvirkning": [HEMMELIG], "deler": {"barn": HEMMELIG}}),
        ("kriseplan/personer/{p}/plan", {"medvirkning": ["pasient"], "deler": {HEMMELIG: "x"}}),
        ("barn_paaroerende/personer/{p}/samtale", {"antall_barn": HEMMELIG}),
    ],
)
def test_a_malformed_request_is_refused_and_nothing_of_it_is_told(fulgt: Her, sti: str, kropp: Any) -> None:
    svar = fulgt.post(sti, kropp, som=ENHET)
    assert svar.status_code == 422
    assert svar.headers["content-type"].startswith("application/problem+json")
    assert HEMMELIG not in svar.text


def test_what_a_person_has_said_is_nowhere_in_the_clear(fulgt: Her) -> None:
    fulgt.ok("kriseplan/personer/{p}/plan", PLAN, som=ACT)
    fulgt.innlegg(NÅ)
    fulgt.ok("barn_paaroerende/personer/{p}/samtale", {"antall_barn": 1, "innhold": HEMMELIG}, som=PAM)
    for fil in fulgt.rom.inst.folder.rglob("*"):
        if fil.is_file():
            assert HEMMELIG.encode() not in fil.read_bytes(), fil.name


def test_an_unknown_person_is_refused_by_name_of_the_rule(fulgt: Her) -> None:
    for sti in (
        "ansvarsgruppe/personer/{}/gruppe",
        "kriseplan/personer/{}/tilby",
        "barn_paaroerende/personer/{}/ingen-barn",
    ):
        svar = fulgt.post(sti.replace("{}", "0" * 32), som=ACT)
        assert (svar.status_code, svar.json()["rule"]) == (409, "person.ukjent")


# -- what time and the register lead to, without anybody asking ----------------------------------------------------


def test_a_consent_that_runs_out_closes_by_itself(fulgt: Her) -> None:
    fulgt.ok("kriseplan/personer/{p}/plan", PLAN, som=ACT)
    til = NÅ + timedelta(days=30)
    gi = {"part": PAM, "formaal": "akutt_hjelp", "deler": ["kriseplan.*"], "gjelder_til": til.isoformat()}
    fulgt.ok("ansvarsgruppe/personer/{p}/samtykker", gi, som=ACT)
    fulgt.rom.til(til - timedelta(seconds=1))
    assert fulgt.rom.utsnitt("kriseplan", PAM)
    fulgt.rom.til(til)
    assert fulgt.rom.utsnitt("kriseplan", PAM) == {}


def test_two_records_that_become_one_person_get_the_tasks_of_one(fulgt: Her) -> None:
    dobbel = replace(PASIENT, etternavn="Dobbel", identer=(person_id(syntetisk(FØDT, 7)),))
    fulgt.innlegg(NÅ)
    ref, _ = fulgt.oppgave("ansvarsgruppe", ENHET)
    ny = str(fulgt.rom.gjør("samhandling", registrer(aktør(ENHET), dobbel, None)))
    fulgt.rom.gjør("samhandling", samhandling.slå_sammen(ny, fulgt.person, aktør(ENHET)))
    assert not fulgt.rom.inst.embedded.unhealthy()
    assert fulgt.oppgave("ansvarsgruppe", ENHET)[0] == ref
    siste = [p.envelope.person_ref for p in fulgt.rom.logg("ansvarsgruppe") if p.topic.endswith(ENHET)][-1]
    assert siste == ny
    fulgt.ok(f"ansvarsgruppe/personer/{ny}/samtykker", {"part": NAV, "formaal": "barn", "deler": ["barn.*"]}, som=ENHET)


# -- on what was seen ------------------------------------------------------------------------------------------------


SAMTYKKE = {"part": NAV, "formaal": "oppfoelging", "deler": ["plan.finnes"]}


def sett_av(her: Her, part: str) -> dict[str, str]:
    """The headers that say which version of its view of the plan a unit has seen."""
    siste = [p for p in her.rom.logg("kriseplan") if p.topic == f"kriseplan.til.{part}"][-1]
    return {"Bindeledd_Utsnitt": siste.envelope.stream, "If_Match": f'"{siste.envelope.version}"'}


def test_what_was_decided_on_the_view_that_stands_is_done_and_on_an_older_one_is_412(fulgt: Her) -> None:
    fulgt.ok("kriseplan/personer/{p}/plan", PLAN, som=ACT)
    gammelt = sett_av(fulgt, ACT)
    assert fulgt.post("kriseplan/personer/{p}/plan/revider", PLAN, **gammelt).status_code == 200
    svar = fulgt.post("kriseplan/personer/{p}/plan/revider", PLAN, **gammelt)
    assert (svar.status_code, svar.json()["type"]) == (412, "urn:bindeledd:version")
    assert fulgt.post("kriseplan/personer/{p}/plan/revider", PLAN, **sett_av(fulgt, ACT)).status_code == 200


def test_a_change_that_a_unit_may_not_know_of_does_not_make_what_it_saw_stale(fulgt: Her) -> None:
    fulgt.ok("ansvarsgruppe/personer/{p}/samtykker", SAMTYKKE, som=ENHET)
    egne = [p for p in fulgt.rom.logg("ansvarsgruppe") if p.topic == f"ansvarsgruppe.til.{NAV}"]
    sett = next(p for p in reversed(egne) if p.navn == "SamtykkeUtsnitt")
    fulgt.ok("ansvarsgruppe/personer/{p}/samtykker", {**SAMTYKKE, "part": "skole-aarstad"})
    hoder = {"Bindeledd_Utsnitt": sett.envelope.stream, "If_Match": f'"{sett.envelope.version}"'}
    (strøm,) = {p.envelope.stream for p in fulgt.rom.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt"}
    assert strøm != sett.envelope.stream
    assert fulgt.post("ansvarsgruppe/personer/{p}/samtykker", SAMTYKKE, som=ENHET, **hoder).status_code == 200


def test_a_view_without_a_version_is_400(fulgt: Her) -> None:
    svar = fulgt.post("kriseplan/personer/{p}/plan", PLAN, som=ACT, Bindeledd_Utsnitt="0" * 32)
    assert (svar.status_code, svar.json()["type"]) == (400, "urn:bindeledd:malformed")
