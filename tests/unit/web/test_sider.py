"""The pages as a browser asks for them: who gets what, and what a form leads to."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.schema.generated.barn_paaroerende import Kartleggingstilstand
from bindeledd.schema.generated.felles import Oppgaveslag, Oppgavetilstand
from bindeledd.schema.generated.samhandling import Oppholdsstatus, Utfall
from tests.nettsider import (
    ACT,
    ENHET,
    NAV,
    NÅ,
    PAM,
    By,
    Nettleser,
    barn,
    by,
    full_kriseplan,
    helse,
    kriseplan,
    logg_inn,
    oppgave,
    opphold,
    person,
    ref,
    som_act,
)
from tests.parkering import parker  # fmt: skip

LAG = oppgave(50, Oppgaveslag.LAG_KRISEPLAN)


def skjema(side: str, knapp: str) -> dict[str, Any]:
    """The hidden fields of the form with this button; a list where a name stands more than once."""
    (form,) = [form for form in re.findall(r"<form.*?</form>", side, re.DOTALL) if f'id="{knapp}"' in form]
    felt: dict[str, Any] = {}
    for navn, verdi in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form):
        felt[navn] = [*felt[navn], verdi] if isinstance(felt.get(navn), list) else [verdi] if navn == "deler" else verdi
    return felt


def test_a_visitor_without_a_session_is_asked_who_they_are(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = Nettleser(by_.app())
        for sti in ("/tavle", "/meldinger", f"/pasient/{ref(1)}", "/hendelser?siden=0"):
            assert leser.get(sti).headers["location"] == "/velg"
        assert leser.get("/hendelser?siden=0", Accept="text/event-stream").status_code == 204
        fragment = leser.get("/tavle/innhold", **{"HX-Request": "true"})
        assert (fragment.status_code, fragment.headers["HX-Redirect"], fragment.text) == (200, "/velg", "")


@pytest.mark.parametrize("siden", ["-1", str(2**63), "9" * 40, "i går"])
def test_news_since_a_place_that_no_log_has_is_refused(tmp_path: Path, siden: str) -> None:
    with by(tmp_path) as by_:
        assert som_act(by_).get(f"/hendelser?siden={siden}").status_code == 400


def test_a_page_that_one_session_opened_is_not_filled_by_another(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola"), NAV: person("Kari")})
        leser = som_act(by_)
        (merke,) = re.findall(r'{"Bindeledd-Merke": "(\w+)"}', leser.get("/tavle").text)
        spør = {"HX-Request": "true", "Bindeledd-Merke": merke}
        assert "Ola" in leser.get("/tavle/innhold", **spør).text
        logg_inn(leser, "demo-073", NAV, "nav-veileder")  # in another tab
        svar = leser.get("/tavle/innhold", **spør)
        assert (svar.headers["HX-Redirect"], svar.text) == ("/tavle", "")
        assert "Kari" in leser.get("/tavle").text


def test_a_party_outside_health_without_consent_gets_nothing_at_all(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        leser = Nettleser(by_.app())
        logg_inn(leser, "demo-073", NAV, "nav-veileder")
        assert "Ingen personer er delt med dere" in leser.get("/tavle").text
        assert leser.get(f"/pasient/{ref(1)}").status_code == 403


def test_who_may_write_of_the_children_finds_their_page_before_anybody_has_asked(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        leser = Nettleser(by_.app())
        logg_inn(leser, "demo-102", ACT, "act-medlem")
        side = leser.get(f"/pasient/{ref(1)}").text
        assert "Dere har ikke fått vite om personen har barn." in side
        assert f'href="/pasient/{ref(1)}/barn"' in side
        logg_inn(leser, "demo-103", ACT, "erfaringskonsulent")
        assert f'href="/pasient/{ref(1)}/barn"' not in leser.get(f"/pasient/{ref(1)}").text


def test_what_the_party_has_and_the_role_may_not_see_is_not_shown(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(102), ref(1), {ENHET: opphold(helseopplysninger=helse())})
        leser = Nettleser(by_.app())
        logg_inn(leser, "demo-067", ENHET, "enhet-ansatt")
        side = leser.get(f"/pasient/{ref(1)}").text
        assert "Innlagt" in side
        assert "psykose" not in side
        logg_inn(leser, "demo-069", ENHET, "koordinator")
        assert "psykose" in leser.get(f"/pasient/{ref(1)}").text


def test_the_patient_page_says_how_many_lines_of_a_long_stay_are_older_than_those_it_shows(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(102), ref(1), {ENHET: opphold(historie_eldre=7)})
        leser = Nettleser(by_.app())
        logg_inn(leser, "demo-069", ENHET, "koordinator")
        assert "Og 7 tidligere." in leser.get(f"/pasient/{ref(1)}").text


def test_the_patient_page_says_what_is_given_and_why_and_what_is_not_shared(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        by_.gi("samhandling", ref(102), ref(1), {ACT: opphold()})
        side = som_act(by_).get(f"/pasient/{ref(1)}").text
        assert "ACT-teamet følger opp personen, og personen har ikke motsatt seg det (hpl §§25, 45)." in side
        assert "Ikke delt: utskrivningsklar" in side
        assert "Finnes ikke ennå: helseopplysningene" in side


def test_words_do_not_run_together_in_the_rendered_text(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        snart = replace(LAG, frist=NÅ + timedelta(hours=3))
        by_.gi("samhandling", ref(102), ref(1), {ACT: opphold(
            forventet_utskrivning=NÅ.date(), forventet_anslag=True, oppgaver=(snart,),
        )})  # fmt: skip
        by_.gi("kriseplan", ref(103), ref(1), {ACT: full_kriseplan()})
        tekst = " ".join(re.sub(r"<[^>]+>", "", som_act(by_).get(f"/pasient/{ref(1)}").text).split())
        assert "omtrent i dag" in tekst
        assert "2, fra mandag 25. desember 2023" in tekst
        assert "Frist i morgen kl. 02.00. Ingen har tatt den." in tekst


@pytest.mark.parametrize(
    ("bruker", "part", "rolle", "først"),
    [
        ("demo-102", ACT, "act-medlem", "Rødt nivå"),
        ("demo-109", PAM, "pam-kontakt", "Rødt nivå"),
        ("demo-099", "dps-kronstad", "dps-koordinator", "Det som har skjedd"),
        ("demo-069", "enhet-aarstad", "koordinator", "Det som har skjedd"),
    ],
)
def test_what_a_role_needs_first_stands_first(tmp_path: Path, bruker: str, part: str, rolle: str, først: str) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(102), ref(1), {part: opphold()})
        by_.gi("kriseplan", ref(103), ref(1), {part: full_kriseplan()})
        leser = Nettleser(by_.app())
        logg_inn(leser, bruker, part, rolle)
        side = leser.get(f"/pasient/{ref(1)}").text
        assert min(("Rødt nivå", "Det som har skjedd"), key=side.index) == først


def test_a_task_leads_to_the_page_on_which_it_is_done(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = med_oppgave(by_)
        side = leser.get(f"/pasient/{ref(1)}").text
        assert f'href="/pasient/{ref(1)}/kriseplan" id="steg-{LAG.oppgave_ref}"' in side
        min_egen = oppgave(52, Oppgaveslag.FOELG_OPP_INNLEGGELSE, tilstand=Oppgavetilstand.TATT, tatt_av="demo-102")
        by_.gi("samhandling", ref(102), ref(1), {ACT: opphold(oppgaver=(min_egen,))})
        assert f'#oppgave-{ref(52)}" id="ferdig-{ref(52)}"' in leser.get("/tavle").text


def test_a_death_is_said_plainly_and_never_the_cause(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        død = opphold(status=Oppholdsstatus.DOED, utfall=Utfall.DOED, utskrevet=NÅ, frister=())
        by_.gi("samhandling", ref(102), ref(1), {ACT: død})
        side = som_act(by_).get(f"/pasient/{ref(1)}").text
        assert "Personen er død" in side
        assert "selvmord" not in side.lower()
        assert "livskrise" not in side.lower()


def test_what_has_been_shredded_is_said_to_be_gone(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        by_.gi("samhandling", ref(102), ref(1), {ACT: opphold(helseopplysninger=helse())})
        by_.gi("kriseplan", ref(103), ref(1), {ACT: full_kriseplan()})
        by_.inne.around.keyring.shred_person(ref(1))
        leser = som_act(by_)
        for sti in ("/tavle", f"/pasient/{ref(1)}"):
            side = leser.get(sti).text
            assert "Opplysningene er slettet" in side
            assert "Ola" not in side


def test_a_page_whose_source_stands_still_shows_no_person_and_says_so(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        leser = som_act(by_)
        by_.stanset.append("samhandling: 12 streams are parked")
        for sti in ("/tavle", f"/pasient/{ref(1)}", "/meldinger"):
            side = leser.get(sti).text
            assert "Vi får ikke inn nye opplysninger akkurat nå" in side
            assert "Ola" not in side


def test_of_a_person_with_a_record_in_quarantine_only_the_name_is_shown(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        by_.gi("samhandling", ref(102), ref(1), {ACT: opphold(helseopplysninger=helse())})
        parker(by_, ref(1))
        leser = som_act(by_)
        for sti in ("/tavle", f"/pasient/{ref(1)}"):
            side = leser.get(sti).text
            assert "Ola Prøvesen" in side
            assert "en melding ikke er kommet fram som den skal" in side
            assert "Innlagt" not in side
            assert "psykose" not in side


def test_when_the_last_view_ends_the_page_says_that_it_ended_and_when_and_no_more(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        leser = som_act(by_)
        by_.gi("samhandling", ref(101), ref(1), {})
        svar = leser.get(f"/pasient/{ref(1)}")
        assert svar.status_code == 200
        assert "Delingen er avsluttet" in svar.text
        assert "i dag kl.\N{NO-BREAK SPACE}23.00" in svar.text
        assert "Ola" not in svar.text
        assert "Ingen personer er delt med dere" in leser.get("/tavle").text


def test_a_citizen_sees_themself_and_nobody_else(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {"innbygger": person("Ola")})
        by_.gi("samhandling", ref(201), ref(2), {"innbygger": person("Kari")})
        leser = Nettleser(by_.app())
        logg_inn(leser, "demo-126", "innbygger", "innbygger")
        assert leser.get("/tavle").headers["location"] == "/velg/person"
        assert leser.get(f"/pasient/{ref(1)}").status_code == 403
        merke = re.findall(r'name="merke" value="(\w+)"', leser.get("/velg/person").text)[0]
        leser.post("/velg/person", {"person": ref(1), "merke": merke})
        assert leser.get("/tavle").headers["location"] == f"/pasient/{ref(1)}"
        assert "Ola Prøvesen" in leser.get(f"/pasient/{ref(1)}").text
        assert leser.get(f"/pasient/{ref(2)}").status_code == 403


# -- what a user does -------------------------------------------------------------------------------------------------


def med_oppgave(by_: By) -> Nettleser:
    by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
    by_.gi("kriseplan", ref(103), ref(1), {ACT: kriseplan(oppgaver=(LAG,))})
    return som_act(by_)


def gitt_nå(by_: By) -> tuple[Oppgavetilstand, str]:
    (o,) = by_.gis[ref(103)][ACT].oppgaver
    return o.tilstand, o.tatt_av


def test_a_task_is_taken_and_done_and_the_page_knows_it_at_once(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = med_oppgave(by_)
        sti = f"/pasient/{ref(1)}"
        svar = leser.post(f"{sti}/oppgave", skjema(leser.get(sti).text, f"ta-{LAG.oppgave_ref}"))
        assert (svar.status_code, svar.headers["location"]) == (303, f"{sti}?gjort=ta")
        assert gitt_nå(by_) == (Oppgavetilstand.TATT, "demo-102")
        side = leser.get(svar.headers["location"]).text
        assert "Du har tatt oppgaven." in side
        assert "Tatt av deg." in side
        leser.post(f"{sti}/oppgave", skjema(side, f"loes-{LAG.oppgave_ref}"))
        assert gitt_nå(by_)[0] is Oppgavetilstand.LOEST
        assert "Oppgaver for dere" not in leser.get(sti).text


def test_from_the_board_one_comes_back_to_the_board(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = med_oppgave(by_)
        svar = leser.post(f"/pasient/{ref(1)}/oppgave", skjema(leser.get("/tavle").text, f"ta-{LAG.oppgave_ref}"))
        assert svar.headers["location"] == "/tavle?gjort=ta"


def test_a_page_that_has_not_had_the_news_after_a_second_says_that_it_is_under_way(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = med_oppgave(by_)
        data = skjema(leser.get("/tavle").text, f"ta-{LAG.oppgave_ref}")
        by_.pumper = False
        svar = leser.post(f"/pasient/{ref(1)}/oppgave", data)
        assert svar.headers["location"] == "/tavle?gjort=underveis"


@pytest.mark.parametrize(
    ("felt", "verdi", "status"),
    [
        ("merke", "f" * 64, 403),
        ("oppgave", ref(51), 409),
        ("gjoer", "slett", 400),
        ("tilbake", "http://ond.example", 400),
        ("versjon", "2", 409),
        ("versjon", "en", 400),
        ("noekkel", "x" * 65, 400),
    ],
)
def test_a_form_that_was_tampered_with_does_nothing(tmp_path: Path, felt: str, verdi: str, status: int) -> None:
    with by(tmp_path) as by_:
        leser = med_oppgave(by_)
        data = skjema(leser.get("/tavle").text, f"ta-{LAG.oppgave_ref}")
        svar = leser.post(f"/pasient/{ref(1)}/oppgave", {**data, felt: verdi})
        assert svar.status_code == status
        assert gitt_nå(by_)[0] is Oppgavetilstand.AAPEN


def test_a_task_of_another_party_cannot_be_taken_by_its_ref(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("kriseplan", ref(103), ref(1), {ACT: kriseplan(oppgaver=(LAG,)), ENHET: kriseplan()})
        act, enhet = som_act(by_), Nettleser(by_.app())
        logg_inn(enhet, "demo-069", ENHET, "koordinator")
        data = skjema(act.get("/tavle").text, f"ta-{LAG.oppgave_ref}")
        merke = re.findall(r'name="merke" value="(\w+)"', enhet.get("/velg").text)
        assert merke == []
        assert enhet.post(f"/pasient/{ref(1)}/oppgave", data).status_code == 403
        assert gitt_nå(by_)[0] is Oppgavetilstand.AAPEN


def test_a_rule_that_refuses_is_told_in_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    import web.handling
    from web.kommandoer import Svar, send

    async def nekt(_klient: httpx.AsyncClient, _sti: str, _kropp: object, nøkkel: str, _sett: object) -> Svar:
        def svar(_forespørsel: httpx.Request) -> httpx.Response:
            return httpx.Response(409, json={"title": "A rule refuses this", "detail": "Oppgaven er allerede løst"})

        async with httpx.AsyncClient(transport=httpx.MockTransport(svar), base_url="http://inne") as klient:
            return await send(klient, "/", {}, nøkkel)

    with by(tmp_path) as by_:
        leser = med_oppgave(by_)
        data = skjema(leser.get("/tavle").text, f"ta-{LAG.oppgave_ref}")
        monkeypatch.setattr(web.handling, "send", nekt)
        svar = leser.post(f"/pasient/{ref(1)}/oppgave", data)
        assert svar.status_code == 409
        assert "Oppgaven er allerede løst" in svar.text


def test_a_command_says_which_version_of_which_view_it_was_decided_on(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = med_oppgave(by_)
        sti = f"/pasient/{ref(1)}"
        leser.post(f"{sti}/oppgave", skjema(leser.get(sti).text, f"ta-{LAG.oppgave_ref}"))
        leser.post(f"{sti}/oppgave", skjema(leser.get(sti).text, f"loes-{LAG.oppgave_ref}"))
        (første, en), (andre, to) = by_.sett
        assert første == andre
        assert (en, to) == ('"1"', '"2"')


def test_a_stale_form_does_nothing_says_what_changed_and_can_be_sent_again(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = med_oppgave(by_)
        sti = f"/pasient/{ref(1)}"
        data = skjema(leser.get(sti).text, f"ta-{LAG.oppgave_ref}")
        tatt = replace(LAG, tilstand=Oppgavetilstand.TATT, tatt_av="demo-103")
        by_.gi("kriseplan", ref(103), ref(1), {ACT: kriseplan(oppgaver=(tatt,))})
        svar = leser.post(f"{sti}/oppgave", data)
        assert svar.status_code == 409
        assert "Noe er endret mens du så på siden" in svar.text
        assert "tok oppgaven «Tilby å lage kriseplan»." in svar.text
        assert gitt_nå(by_) == (Oppgavetilstand.TATT, "demo-103")
        igjen = leser.post(f"{sti}/oppgave", skjema(svar.text, "likevel"))
        assert igjen.headers["location"] == f"{sti}?gjort=ta"
        assert gitt_nå(by_) == (Oppgavetilstand.TATT, "demo-102")


def test_what_was_answered_is_kept_when_the_form_is_stale(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        spør = oppgave(60, Oppgaveslag.SPOER_OM_BARN)
        by_.gi("barn_paaroerende", ref(106), ref(1), {ACT: barn(oppgaver=(spør,))})
        leser = som_act(by_)
        data = skjema(leser.get(f"/pasient/{ref(1)}").text, f"har-barn-{spør.oppgave_ref}")
        forfalt = barn(Kartleggingstilstand.FORFALT, oppgaver=(spør,))
        by_.gi("barn_paaroerende", ref(106), ref(1), {ACT: forfalt})
        svar = leser.post(f"/pasient/{ref(1)}/svar", {**data, "verdi": "2"})
        assert "Svare: Ja, samtalen er holdt (2)" in svar.text
        assert "Barn som pårørende: Ingen har spurt innen fristen." in svar.text
        assert by_.svart == []
        leser.post(f"/pasient/{ref(1)}/svar", skjema(svar.text, "likevel"))
        assert by_.svart == [("barn_paaroerende", ref(1), "samtale", {"antall_barn": 2})]


def test_of_a_person_who_is_not_shared_any_more_a_stale_form_is_told_nothing(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = med_oppgave(by_)
        data = skjema(leser.get(f"/pasient/{ref(1)}").text, f"ta-{LAG.oppgave_ref}")
        by_.gi("kriseplan", ref(103), ref(1), {ACT: kriseplan(oppgaver=(replace(LAG, tatt_av="x"),))})
        by_.stanset.append("kriseplan")
        svar = leser.post(f"/pasient/{ref(1)}/oppgave", data)
        assert svar.status_code == 409
        assert "Opplysningene er oppdatert." in svar.text
        assert 'id="likevel"' not in svar.text


def test_a_form_that_is_sent_twice_takes_effect_once_and_is_not_called_stale(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = med_oppgave(by_)
        sti = f"/pasient/{ref(1)}"
        data = skjema(leser.get(sti).text, f"ta-{LAG.oppgave_ref}")
        assert {leser.post(f"{sti}/oppgave", data).status_code for _ in range(2)} == {303}


@pytest.mark.parametrize(
    ("knapp", "verdi", "blir"),
    [
        ("ingen-barn", "", ("barn_paaroerende", "ingen-barn", {})),
        ("har-barn", "2", ("barn_paaroerende", "samtale", {"antall_barn": 2})),
        ("vil-ikke", "", ("barn_paaroerende", "avslag", {"grunn": "vil_ikke"})),
        ("ikke-i-stand", "", ("barn_paaroerende", "avslag", {"grunn": "ikke_i_stand"})),
    ],
)
def test_the_question_about_children_is_answered_and_not_only_called_done(
    tmp_path: Path, knapp: str, verdi: str, blir: tuple[str, str, object]
) -> None:
    with by(tmp_path) as by_:
        spør = oppgave(60, Oppgaveslag.SPOER_OM_BARN)
        by_.gi("barn_paaroerende", ref(106), ref(1), {ACT: barn(oppgaver=(spør,))})
        leser = som_act(by_)
        side = leser.get(f"/pasient/{ref(1)}").text
        assert f'id="loes-{spør.oppgave_ref}"' not in side
        data = {**skjema(side, f"{knapp}-{spør.oppgave_ref}"), **({"verdi": verdi} if verdi else {})}
        svar = leser.post(f"/pasient/{ref(1)}/svar", data)
        assert svar.headers["location"] == f"/pasient/{ref(1)}?gjort=svart"
        assert by_.svart == [(blir[0], ref(1), blir[1], blir[2])]


@pytest.mark.parametrize("verdi", ["", "0", "31", "-1", "to", "²", "1e1"])
def test_an_answer_that_says_nothing_is_not_sent(tmp_path: Path, verdi: str) -> None:
    with by(tmp_path) as by_:
        spør = oppgave(60, Oppgaveslag.SPOER_OM_BARN)
        by_.gi("barn_paaroerende", ref(106), ref(1), {ACT: barn(oppgaver=(spør,))})
        leser = som_act(by_)
        data = skjema(leser.get(f"/pasient/{ref(1)}").text, f"har-barn-{spør.oppgave_ref}")
        assert leser.post(f"/pasient/{ref(1)}/svar", {**data, "verdi": verdi}).status_code == 422
        assert by_.svart == []


def test_an_answer_that_the_role_may_not_give_is_neither_offered_nor_taken(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        avklar = oppgave(61, Oppgaveslag.AVKLAR_BYDEL)
        by_.gi("samhandling", ref(102), ref(1), {ACT: opphold(oppgaver=(avklar,))})
        leser = som_act(by_)
        side = leser.get(f"/pasient/{ref(1)}").text
        assert "Velg bydel" not in side
        data = {**skjema(side, f"ta-{avklar.oppgave_ref}"), "svar": "bydel", "verdi": "aarstad"}
        assert leser.post(f"/pasient/{ref(1)}/svar", data).status_code == 409
        assert by_.svart == []


def test_the_bydel_is_chosen_from_those_there_are(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        avklar = oppgave(61, Oppgaveslag.AVKLAR_BYDEL, part="dps-kronstad")
        by_.gi("samhandling", ref(102), ref(1), {"dps-kronstad": opphold(oppgaver=(avklar,))})
        leser = Nettleser(by_.app())
        logg_inn(leser, "demo-099", "dps-kronstad", "dps-koordinator")
        data = skjema(leser.get(f"/pasient/{ref(1)}").text, f"bydel-{avklar.oppgave_ref}")
        assert leser.post(f"/pasient/{ref(1)}/svar", {**data, "verdi": "atlantis"}).status_code == 409
        assert leser.post(f"/pasient/{ref(1)}/svar", {**data, "verdi": "aarstad"}).status_code == 303
        assert by_.svart == [("samhandling", ref(1), "bydel", {"bydel": "aarstad"})]


def test_an_unconfirmed_person_is_confirmed_by_one_who_may(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        ubekreftet = person("Ola", bekreftet=False)
        by_.gi("samhandling", ref(101), ref(1), {ACT: ubekreftet, "dps-kronstad": ubekreftet})
        assert 'value="bekreft"' not in som_act(by_).get(f"/pasient/{ref(1)}").text
        leser = Nettleser(by_.app())
        logg_inn(leser, "demo-099", "dps-kronstad", "dps-koordinator")
        data = skjema(leser.get(f"/pasient/{ref(1)}").text, "bekreft-")
        assert leser.post(f"/pasient/{ref(1)}/svar", data).status_code == 303
        assert by_.svart == [("samhandling", ref(1), "bekreft", {"grunn": "bekreftet_av_enheten"})]
