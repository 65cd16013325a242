"""The pages of avvik: what waits for whom, reported in three fields, each party's side, and who is shown what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from bindeledd.schema.generated.felles import Oppgaveslag
from bindeledd.schema.generated.samhandling import (
    Avviksalvor,
    Avviksinnleggslag,
    Avvikskategori,
    Avvikslukking,
    Avvikstilstand,
    Forumutfall,
)
from bindeledd.schema.generated.tilgang import Visning
from services.samhandling.avvik.api_avvik import Kategori
from tests.avvikssider import FAKTA, besvart, meldt, sagt, utkast
from tests.nettsider import (
    ACT,
    ENHET,
    NÅ,
    PAM,
    By,
    Nettleser,
    by,
    oppgave,
    opphold,
    oppsett,
    person,
    ref,
    som_act,
)
from tests.parkering import parker
from tests.unit.web.test_gruppesiden import felter, knapp, send, som
from tests.unit.web.test_oppslag import skrevet
from web import avviksord

SAK, HER = ref(300), f"/avvik/{ref(300)}"
MOTTAKET = oppsett().parter[PAM].navn


def hos_act(by_: By, sak: object, *, om: str | None = ref(1)) -> Nettleser:
    by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
    by_.gi("samhandling", SAK, om, {ACT: sak})
    return som_act(by_)


def hos_pam(by_: By, sak: object) -> Nettleser:
    by_.gi("samhandling", SAK, ref(1), {PAM: sak})
    return som(by_, "demo-109", PAM, "pam-kontakt")


def test_every_code_has_its_words() -> None:
    for ord_, koder in (
        (avviksord.KATEGORI, Avvikskategori), (avviksord.TILSTAND, Avvikstilstand), (avviksord.ALVOR, Avviksalvor),
        (avviksord.LUKKING, Avvikslukking), (avviksord.INNLEGG, Avviksinnleggslag), (avviksord.UTFALL, Forumutfall),
    ):  # fmt: skip
        assert set(ord_) == set(koder)
    kategorier = {k.value for k in avviksord.KATEGORI} - {"UKJENT"}
    assert kategorier | set(avviksord.MELDINGSFEIL) == set(get_args(Kategori))


# -- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_says_what_waits_for_whom_and_whom_it_is_about(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = hos_act(by_, utkast())
        by_.gi("samhandling", ref(301), ref(1), {ACT: meldt()})
        by_.gi(
            "samhandling",
            ref(302),
            None,
            {ACT: besvart(tilstand=Avvikstilstand.LUKKET, lukket=NÅ, ved=Avvikslukking.ENIGE)},
        )
        side = leser.get("/avvik").text
        for ord_ in (
            "1 venter på dere.", f"Ville gått til {MOTTAKET}",
            "Meld det, eller si at det ikke er et avvik.",
            f"Fra ACT-team Kronstad til {MOTTAKET}", f"Venter på at {MOTTAKET} åpner det.",
            "Begge er enige, og saken er lukket.", "Gjelder Ola Prøvesen",
        ):  # fmt: skip
            assert ord_ in side
        assert side.index("Venter på dere") < side.index("Venter på den andre enheten") < side.index(">Lukket</h2>")
        assert [(o.visning, o.personer) for o in skrevet(by_) if o.visning is Visning.AVVIK] == [
            (Visning.AVVIK, (ref(1),))
        ]


def test_a_unit_that_is_not_told_whom_it_is_about_reads_no_name(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = hos_pam(by_, meldt())
        assert "Navnet er ikke delt med dere" in leser.get("/avvik").text
        side = leser.get(HER).text
        assert "Navnet er ikke delt med dere" in side
        assert f"/pasient/{ref(1)}" not in side


def test_nobody_but_who_has_business_with_avvik_finds_the_page(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {"nav-aarstad": person("Ola"), ACT: person("Ola")})
        nav = som(by_, "demo-073", "nav-aarstad", "nav-veileder")
        assert 'href="/avvik"' not in nav.get("/tavle").text
        assert [nav.get(sti).status_code for sti in ("/avvik", HER, "/avvik/nytt")] == [403, 403, 403]
        assert 'href="/avvik"' in som_act(by_).get("/tavle").text


def test_a_case_of_others_is_not_found_and_one_that_ended_leads_back_to_the_list(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = hos_act(by_, utkast())
        by_.gi("samhandling", SAK, ref(1), {ENHET: utkast()})
        assert leser.get(HER).status_code == 404
        assert leser.get(f"{HER}/innhold", **{"HX-Request": "true"}).headers["hx-redirect"] == "/avvik"
        assert "Dere har ingen avvik." in leser.get("/avvik").text


def test_nothing_is_shown_of_a_person_of_whom_something_is_parked(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = hos_act(by_, utkast())
        parker(by_, ref(1))
        side = leser.get("/avvik").text
        assert "Noen saker er ikke vist nå" in side
        assert HER not in side
        assert leser.get(HER).headers["location"] == "/avvik"


def test_while_something_stands_still_no_case_is_shown(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = hos_act(by_, meldt())
        by_.stanset.append("samhandling står")
        for sti in ("/avvik", HER, f"{HER}/svar"):
            side = leser.get(sti).text
            assert "Vi får ikke inn nye opplysninger" in side
            assert "Ingen meldte fra" not in side


# -- reporting --------------------------------------------------------------------------------------------------------


def test_a_draft_is_reported_as_it_stands_with_the_very_moment_that_it_was_made_of(tmp_path: Path) -> None:
    fakta = replace(FAKTA, hendt=NÅ - timedelta(days=1, seconds=-7), oppdaget=NÅ - timedelta(hours=20))
    with by(tmp_path) as by_:
        leser = hos_act(by_, utkast(fakta=fakta))
        side = leser.get(f"{HER}/meld").text
        assert "Gjelder Ola Prøvesen. Vi har fylt ut det vi vet." in " ".join(side.split())
        assert "Tidligmeldingen kom ikke innen fristen, som gikk ut 2. februar 2024 kl." in side
        svar = send(leser, f"{HER}/meld")
        assert svar.headers["location"] == f"{HER}?gjort=avviksmeldt"
        ((_, sak, hva, kropp),) = by_.svart
        assert (sak, hva) == (SAK, "avvik/meld")
        assert (kropp["mot"], kropp["kategori"], kropp["av"], kropp["alvor"]) == (
            PAM,
            "TIDLIGMELDING",
            "demo-102",
            None,
        )
        assert (kropp["hendt"], kropp["oppdaget"]) == (fakta.hendt.isoformat(), fakta.oppdaget.isoformat())


def test_2_5_the_form_says_that_what_is_urgent_is_told_by_phone_too(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        assert "Haster det, må du også ringe enheten." in hos_act(by_, meldt()).get("/avvik/nytt").text


def test_one_is_reported_about_a_person_and_about_nobody(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = hos_act(by_, meldt())
        assert f'href="/pasient/{ref(1)}/avvik"' in leser.get(f"/pasient/{ref(1)}").text
        for sti in (f"/pasient/{ref(1)}/avvik", "/avvik/nytt"):
            svar = send(leser, sti, kategori="EPIKRISE", mot=PAM, hendelse="Den kom aldri", anonym="ja", punkt="4.2")
            assert svar.headers["location"] == "/avvik?gjort=avviksmeldt"
        assert [(p, hva) for _, p, hva, _ in by_.svart] == [(ref(1), "avvik"), ("", "avvik/")]
        for _, _, _, kropp in by_.svart:
            assert (kropp["hendelse"], kropp["anonym"], kropp["punkt"]) == ("Den kom aldri", True, "4.2")


def test_of_several_stays_one_may_be_chosen_and_of_one_alone_nothing_is_asked(tmp_path: Path) -> None:
    sti, velg = f"/pasient/{ref(1)}/avvik", "Hvilken innleggelse gjelder det?"
    with by(tmp_path) as by_:
        leser = hos_act(by_, meldt())
        by_.gi("samhandling", ref(112), ref(1), {ACT: opphold()})
        assert velg not in leser.get(sti).text
        by_.gi("samhandling", ref(113), ref(1), {ACT: opphold(NÅ - timedelta(days=90))})
        side = leser.get(sti).text
        assert (velg in side, side.index(ref(112)) < side.index(ref(113))) == (True, True)
        assert velg not in leser.get("/avvik/nytt").text
        ført = {"kategori": "EPIKRISE", "mot": PAM, "hendelse": "Den kom aldri"}
        assert "Velg et av oppholdene" in send(leser, sti, **ført, opphold="finnes-ikke").text
        for valgt in ("", ref(113)):
            send(leser, sti, **ført, opphold=valgt)
        assert [kropp["opphold_ref"] for _, _, _, kropp in by_.svart] == [None, ref(113)]


@pytest.mark.parametrize(("endret", "feil"), [
    ({"kategori": ""}, "Velg hva det gjelder."),
    ({"kategori": "UKJENT"}, "Velg hva det gjelder."),
    ({"mot": "finnes-ikke"}, "Velg hvilken enhet"),
    ({"hendelse": "  "}, "Skriv hva som skjedde."),
    ({"dato": "2024-02-04"}, "en dag og et klokkeslett som har vært"),
    ({"punkt": "fire"}, "Punktet i avtalen er et nummer"),
    ({"alvor": "HELT"}, "Velg hvor alvorlig"),
    ({"hendelse": "x" * 2001}, "Skriv høyst 2000 tegn."),
    ({"strakstiltak": "x" * 1001}, "Skriv høyst 1000 tegn."),
])  # fmt: skip
def test_a_form_that_cannot_be_sent_says_why_and_keeps_what_was_written(
    tmp_path: Path, endret: dict[str, str], feil: str
) -> None:
    with by(tmp_path) as by_:
        leser = hos_act(by_, utkast())
        for sti in (f"{HER}/meld", f"/pasient/{ref(1)}/avvik", "/avvik/nytt"):
            ut = {"kategori": "EPIKRISE", "mot": PAM, "hendelse": "Skrevet før", **endret}
            svar = send(leser, sti, **ut)
            assert (svar.status_code, feil in svar.text) == (409, True), sti
            assert (felter(svar.text)["mot"] == [PAM]) is ("mot" not in endret)
        assert by_.svart == []


def test_2_4_an_error_in_a_message_is_none_and_the_form_says_what_to_do_instead(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = hos_act(by_, utkast())
        for sti in (f"{HER}/meld", f"/pasient/{ref(1)}/avvik", "/avvik/nytt"):
            assert "En feil i selve meldingen" in leser.get(sti).text
            svar = send(leser, sti, kategori="DIALOG_AVVIK", mot=PAM, hendelse="Skrevet før")
            assert (svar.status_code, "Svar avsenderen fra fagsystemet" in svar.text) == (409, True), sti
            assert "HIS 1151" in svar.text
        assert by_.svart == []


def test_a_day_that_cannot_be_read_is_said_at_its_field(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = hos_act(by_, utkast())
        for sti in (f"{HER}/meld", f"/pasient/{ref(1)}/avvik", "/avvik/nytt"):
            svar = send(leser, sti, kategori="EPIKRISE", mot=PAM, hendelse="Skrevet før", dato="i går")
            assert (svar.status_code, "Dette er ikke en dag som finnes" in svar.text) == (422, True), sti
            assert "Skrevet før" in svar.text


def test_what_a_rule_refuses_is_said_at_the_form(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = hos_act(by_, utkast())
        by_.nekter = "Etter avtalen skal den andre enheten få vite hvem som melder"
        for sti in (f"{HER}/meld", f"/pasient/{ref(1)}/avvik", "/avvik/nytt"):
            svar = send(leser, sti, kategori="EPIKRISE", mot=PAM, hendelse="Skrevet før")
            assert (svar.status_code, by_.nekter in svar.text, "Skrevet før" in svar.text) == (409, True, True), sti


def test_a_draft_that_is_no_avvik_is_put_away_with_a_reason(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = hos_act(by_, utkast())
        skjema = knapp(leser.get(HER).text, "forkast")
        assert "Velg hvorfor." in leser.post(f"{HER}/forkast", {**skjema, "grunn": "finnes_ikke"}).text
        svar = leser.post(f"{HER}/forkast", {**skjema, "grunn": "avklart"})
        assert svar.headers["location"] == "/avvik?gjort=avvikforkastet"
        assert by_.svart == [("samhandling", SAK, "avvik/forkast", {"av": "demo-102", "grunn": "avklart"})]


# -- between the two --------------------------------------------------------------------------------------------------


def test_who_it_was_sent_to_says_that_it_is_opened_and_answers_with_measures(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = hos_pam(by_, meldt(oppgaver=(oppgave(40, Oppgaveslag.TA_IMOT_AVVIK, PAM),)))
        side = leser.get(HER).text
        for ord_ in (
            "Venter på at dere åpner det.", "Ingen meldte fra", "Ringte avdelingen", "Linje 7 i loggen over oppholdet",
            "Overordna samarbeidsavtale og tenesteavtale 1 (2022)",
        ):  # fmt: skip
            assert ord_ in side
        leser.post(f"{HER}/mottatt", knapp(side, "mottatt"))
        assert "Skriv hva du vil si." in send(leser, f"{HER}/svar", svar=" ", tiltak="Rutine").text
        send(leser, f"{HER}/svar", svar="Vi visste det ikke", tiltak="Rutine")
        assert [(hva, kropp) for _, _, hva, kropp in by_.svart] == [
            ("avvik/mottatt", {"av": "demo-109"}),
            ("avvik/svar", {"av": "demo-109", "svar": "Vi visste det ikke", "tiltak": "Rutine", "laering": ""}),
        ]


def test_who_reported_reads_the_answer_agrees_disagrees_and_tells_the_reporter(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        les = (oppgave(41, Oppgaveslag.LES_AVVIKSSVAR),)
        leser = hos_act(by_, besvart(oppgaver=les))
        side = leser.get(HER).text
        for ord_ in (
            f"Les hva {MOTTAKET} sier. Er dere enige, kan saken lukkes.", f"{MOTTAKET} svarte",
            "Vakten visste det ikke", "Ny rutine på vakta", "Besvares innen",
        ):  # fmt: skip
            assert ord_ in side
        assert 'id="mottatt"' not in side
        leser.post(f"{HER}/enig", knapp(side, "enig"))
        send(leser, f"{HER}/uenig", svar="Det var ikke første gang")
        send(leser, f"{HER}/tilbakemelding", svar="De har fått en ny rutine")
        assert [(hva, kropp) for _, _, hva, kropp in by_.svart] == [
            ("avvik/enig", {"av": "demo-102"}),
            ("avvik/uenig", {"av": "demo-102", "tekst": "Det var ikke første gang"}),
            ("avvik/tilbakemelding", {"av": "demo-102", "tekst": "De har fått en ny rutine"}),
        ]
        leser.post(f"{HER}/lest", knapp(leser.get(HER).text, "lest"))
        assert f"Venter på {MOTTAKET}." in leser.get(HER).text


def test_what_is_own_stays_own_and_a_closed_case_offers_nothing_more(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        lukket = besvart(
            tilstand=Avvikstilstand.LUKKET, lukket=NÅ, ved=Avvikslukking.ENIGE, enige=(ACT, PAM),
            tilbakemelding=sagt("Det ble en rutine av det"),
        )  # fmt: skip
        leser = hos_act(by_, lukket)
        side = leser.get(HER).text
        for ord_ in ("Det ble en rutine av det", "Dere er enige", f"{MOTTAKET} er enig", "saken er lukket"):
            assert ord_ in side
        for id_ in ("svar", "uenig", "enig", "tilbakemelding", "mottatt", "meld"):
            assert f'id="{id_}"' not in side
        for hva in ("svar", "uenig", "tilbakemelding"):
            assert leser.get(f"{HER}/{hva}").status_code == 403
        skjema = {"versjon": "1", "noekkel": "n" * 32, "merke": knapp_merke(leser), "svar": "mer"}
        assert leser.post(f"{HER}/svar", skjema).status_code == 409
        assert by_.svart == []


def knapp_merke(leser: Nettleser) -> str:
    return str(felter(leser.get("/avvik/nytt").text)["merke"][0])


def test_who_reported_namelessly_is_not_told_to_the_other_party(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        assert "Hvem som meldte, er ikke oppgitt" in hos_pam(by_, meldt(melder="", anonym=True)).get(HER).text


def test_what_is_decided_on_an_older_version_is_not_sent_and_keeps_what_was_written(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = hos_act(by_, besvart())
        skjema = {**felter(leser.get(f"{HER}/svar").text), "svar": "Skrevet før"}
        by_.gi("samhandling", SAK, ref(1), {ACT: besvart(enige=(PAM,))})
        svar = leser.post(f"{HER}/svar", skjema)
        assert (svar.status_code, by_.svart) == (409, [])
        assert "Noe er endret mens du så på siden" in svar.text
        assert "Skrevet før" in svar.text


# -- where else it shows ----------------------------------------------------------------------------------------------


def test_the_person_page_shows_the_cases_and_leads_to_them_from_the_task(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = hos_act(by_, besvart(oppgaver=(oppgave(41, Oppgaveslag.LES_AVVIKSSVAR),)))
        side = leser.get(f"/pasient/{ref(1)}").text
        assert side.count(f'href="{HER}"') == 2
        assert "Les svaret i avvikssaken" in leser.get("/tavle").text


def test_a_person_is_on_the_board_for_a_case_of_avvik_only_while_it_asks_for_something(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = hos_pam(by_, meldt(oppgaver=(oppgave(40, Oppgaveslag.TA_IMOT_AVVIK, PAM),)))
        assert "Åpne avviket en annen enhet har meldt" in leser.get("/tavle").text
        by_.gi("samhandling", SAK, ref(1), {PAM: besvart()})
        assert f"/pasient/{ref(1)}" not in leser.get("/tavle").text
        by_.gi("samhandling", ref(112), ref(1), {PAM: opphold()})
        assert f"/pasient/{ref(1)}" in leser.get("/tavle").text
