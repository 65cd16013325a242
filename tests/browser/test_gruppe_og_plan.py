"""The pages of the group and of the individual plan in a real browser: by keyboard, on a phone, and live."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.ansvarsgruppe import (
    Grupperolle,
    Medlem,
    Medlemstilstand,
    Moetedeltaker,
    Moetesvar,
    Moetetilstand,
    Plantilstand,
    Referat,
)
from bindeledd.schema.generated.felles import Tekst
from services.felles.oppsett import REPRESENTANT
from tests.i_nettleser import Axe, Åpen, god_på_begge_bredder, gå_inn, tab_til
from tests.nettsider import ACT, ENHET, NÅ, gruppe, opphold, person, plan, ref
from tests.plansider import full_plan, møte, tiltak, ung

pytestmark = pytest.mark.browser
HER = f"/pasient/{ref(1)}"
MEDLEMMER = tuple(
    Medlem(medlem_ref=ref(70 + nr), part=part, rolle=rolle, tilstand=Medlemstilstand.MED)
    for nr, (part, rolle) in enumerate(((ENHET, Grupperolle.KOORDINATORS_ENHET), (ACT, Grupperolle.ACT)))
)


def som_koordinator(page: Page, åpen: Åpen) -> None:
    åpen.by.gi("samhandling", ref(111), ref(1), {ENHET: person("Ola")})
    åpen.by.gi("samhandling", ref(112), ref(1), {ENHET: opphold()})
    åpen.by.gi("ansvarsgruppe", ref(80), ref(1), {ENHET: gruppe(medlemmer=MEDLEMMER, paa_vent=True)})
    åpen.by.gi("ansvarsgruppe", ref(104), ref(1), {ENHET: full_plan()})
    gå_inn(page, åpen.adresse, "Bydel Årstad", "^Koordinator i Enhet for psykisk helse Årstad")


def test_every_page_about_group_and_plan_is_accessible_and_fits_a_phone(page: Page, åpen: Åpen, axe: Axe) -> None:
    som_koordinator(page, åpen)
    referat = Klartekst(Referat(maal="Det går bra", beslutninger=("Søke bolig",), uenighet="Om medisin"))
    holdt = møte(tilstand=Moetetilstand.GODKJENT, tid=NÅ - timedelta(days=9), referat=referat, tiltak=(ref(90),))
    åpen.by.gi("ansvarsgruppe", ref(81), ref(1), {ENHET: møte()})
    åpen.by.gi("ansvarsgruppe", ref(82), ref(1), {ENHET: møte(tid=NÅ - timedelta(hours=1))})
    åpen.by.gi("ansvarsgruppe", ref(83), ref(1), {ENHET: holdt})
    åpen.by.gi("ansvarsgruppe", ref(90), ref(1), {ENHET: tiltak()})
    åpen.by.gi("ansvarsgruppe", ref(91), ref(1), {ENHET: tiltak("Rydde", ENHET, paa_vent=True, opphold_ref=ref(112))})
    for navn, sti in (
        ("gruppe", "gruppe"),
        ("koordinator", "koordinator"),
        ("gruppe-inviter", "gruppe/inviter"),
        ("gruppe-representant", "gruppe/representant"),
        ("innkalling", "gruppe/innkalling"),
        ("referat", f"gruppe/moete/{ref(82)}/referat"),
        ("plan", "plan"),
        ("plan-skriv", "plan/skriv"),
        ("plan-gjennomgang", "plan/gjennomgang"),
        ("tiltak", "plan/tiltak/nytt"),
    ):
        page.goto(f"{åpen.adresse}{HER}/{sti}")
        god_på_begge_bredder(page, åpen, axe, navn)


def test_pbrl_2_5c_and_hpl_38a_the_forms_about_who_coordinates_are_accessible_also_with_what_is_wrong(
    page: Page, åpen: Åpen, axe: Axe
) -> None:
    uten = replace(full_plan(), koordinator_part=None, koordinator=None)
    åpen.by.gi("samhandling", ref(111), ref(1), {ENHET: ung("Ola", 14)})
    åpen.by.gi("ansvarsgruppe", ref(104), ref(1), {ENHET: uten})
    gå_inn(page, åpen.adresse, "Bydel Årstad", "^Leder av enhet i Enhet for psykisk helse Årstad")
    page.goto(f"{åpen.adresse}{HER}/gruppe")
    god_på_begge_bredder(page, åpen, axe, "uten-koordinator")
    åpen.by.nekter = "Personen har en koordinator. Snakk med den"
    for sti, lenke in (("koordinator/behov", "Meld fra at personen"), ("barnekoordinator", "Skriv ned om barnek")):
        page.goto(f"{åpen.adresse}{HER}/gruppe")
        tab_til(page, lenke, "Enter")
        page.wait_for_url(f"**/{sti}")
        god_på_begge_bredder(page, åpen, axe, sti.replace("/", "-"))
        page.locator("form.skjema").evaluate("skjema => { skjema.noValidate = true; skjema.requestSubmit(); }")
        expect(page.get_by_role("alert")).to_be_visible()
        god_på_begge_bredder(page, åpen, axe, f"{sti.replace('/', '-')}-feil")


def test_a_form_with_a_day_that_cannot_be_read_is_accessible_and_fits_a_phone(page: Page, åpen: Åpen, axe: Axe) -> None:
    som_koordinator(page, åpen)
    page.goto(f"{åpen.adresse}{HER}/plan/tiltak/nytt")
    page.get_by_label("Frist").evaluate("felt => { felt.type = 'text'; }")  # as a browser without a field for days
    page.get_by_label("Frist").fill("i morgen")
    page.locator("form.skjema").evaluate("skjema => { skjema.noValidate = true; skjema.requestSubmit(); }")
    expect(page.get_by_label("Frist")).to_have_accessible_description(re.compile("Dette er ikke en dag som finnes"))
    expect(page.get_by_label("Frist")).to_have_value("i morgen")
    god_på_begge_bredder(page, åpen, axe, "tiltak-uleselig")


def test_the_group_is_summoned_with_the_keyboard_alone_and_the_form_says_what_is_missing(
    page: Page, åpen: Åpen
) -> None:
    som_koordinator(page, åpen)
    page.goto(åpen.adresse + HER)
    tab_til(page, "Koordinator, gruppe og møter", "Enter")
    expect(page.get_by_role("heading", name="Ansvarsgruppen til Ola Prøvesen")).to_be_visible()
    tab_til(page, "Kall inn til møte", "Enter")
    expect(page.get_by_role("heading", name="Kall inn ansvarsgruppen")).to_be_visible()
    expect(page.get_by_text("Mangler ennå: Dag, Klokkeslett, Sted, Hva skal møtet handle om.")).to_be_visible()
    page.get_by_label("Dag", exact=True).fill("2024-02-20")
    page.get_by_label("Klokkeslett").fill("10:00")
    page.get_by_label("Sted").focus()
    page.keyboard.type("Møterom 2")
    expect(page.get_by_text("Mangler ennå: Hva skal møtet handle om.")).to_be_visible()
    page.get_by_label("Hva skal møtet handle om?").focus()
    page.keyboard.type("Hva nå?")
    expect(page.get_by_text("Alt som må være med, er fylt ut.")).to_be_visible()
    tab_til(page, "Send innkallingen", "Enter")
    expect(page.get_by_text("Innkallingen er sendt.")).to_be_visible()
    (_, _, hva, kropp) = åpen.by.svart[-1]
    assert (hva, kropp["formaal"], kropp["inviterte"]) == (f"gruppe/{ref(80)}/moete", "Hva nå?", [ACT])


def test_an_open_plan_shows_by_itself_that_a_measure_was_put_on_hold(page: Page, åpen: Åpen) -> None:
    som_koordinator(page, åpen)
    åpen.by.gi("ansvarsgruppe", ref(90), ref(1), {ENHET: tiltak()})
    page.goto(f"{åpen.adresse}{HER}/plan")
    expect(page.get_by_role("heading", name="Personens egne mål")).to_be_visible()
    expect(page.get_by_text("Avtalt")).to_be_visible()
    åpen.by.gi("ansvarsgruppe", ref(90), ref(1), {ENHET: tiltak(paa_vent=True)})
    expect(page.get_by_text("På vent")).to_be_visible()


def test_a_person_without_a_plan_is_told_what_there_may_be_all_the_same(page: Page, åpen: Åpen, axe: Axe) -> None:
    som_koordinator(page, åpen)
    åpen.by.gi("ansvarsgruppe", ref(104), ref(1), {ENHET: replace(plan(), tilstand=Plantilstand.TAKKET_NEI)})
    page.goto(f"{åpen.adresse}{HER}/plan")
    expect(page.get_by_text("kan personen ha uten individuell plan")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "plan-takket-nei")


def test_who_represents_somebody_reads_the_group_and_says_whether_they_come(page: Page, åpen: Åpen, axe: Axe) -> None:
    verge = gruppe(medlemmer=MEDLEMMER, representant_slag="verge", representant=Klartekst(Tekst(tekst="Per Verge")))
    kommer = tuple(Moetedeltaker(part=p, svar=Moetesvar.IKKE_SVART, tilstede=False) for p in (ENHET, REPRESENTANT))
    åpen.by.gi("samhandling", ref(111), ref(1), {REPRESENTANT: person("Ola")})
    åpen.by.gi("ansvarsgruppe", ref(80), ref(1), {REPRESENTANT: verge})
    åpen.by.gi("ansvarsgruppe", ref(104), ref(1), {REPRESENTANT: full_plan()})
    åpen.by.gi("ansvarsgruppe", ref(81), ref(1), {REPRESENTANT: møte(deltakere=kommer)})
    gå_inn(page, åpen.adresse, "Hele Bergen", "^Representant")
    expect(page.get_by_role("heading", name="Hvem har du med å gjøre?")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "representant-velg")
    tab_til(page, "Ola", "Enter")
    expect(page.get_by_role("heading", name="Ola Prøvesen")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "representant-person")
    page.goto(f"{åpen.adresse}{HER}/plan")
    god_på_begge_bredder(page, åpen, axe, "representant-plan")
    page.goto(f"{åpen.adresse}{HER}/gruppe")
    expect(page.get_by_text("Per Verge (verge): representant")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "representant-gruppe")
    tab_til(page, "Jeg kommer", "Enter")
    expect(page.get_by_role("heading", name="Ansvarsgruppen til Ola Prøvesen")).to_be_visible()
    assert åpen.by.svart[-1] == ("ansvarsgruppe", ref(81), "moete/svar", {"kommer": True})
