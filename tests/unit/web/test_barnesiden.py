"""The pages about children: whose turn it is, one child's case for each kind of unit, and what is done from them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.barn_paaroerende import (
    Barnedel,
    Barnerelasjon,
    BarnesakUtsnitt,
    Barnet,
    Barnetall,
    BarnetallUtsnitt,
    BarnetiltakVist,
    BarnKnyttetVist,
    HenvisningNotertVist,
    Henvisningsgrunnlag,
    Henvisningstilstand,
    HenvisningVist,
    HoertVist,
    Kartleggingstilstand,
    Meldepliktutfall,
    MeldepliktVist,
    TvilOmBarnVist,
)
from bindeledd.schema.generated.felles import Deling, DelStatus, Oppgaveslag, Tekst
from services.barn_pårørende.barn import HELSEMOTTAKERE, TILTAK_SLUTT, UTENFOR_HELSE
from services.barn_pårørende.domain import AVSLÅTT_FORDI, UTSATT_FORDI
from tests.nettsider import GRUNN, NÅ, By, Nettleser, barn, by, logg_inn, oppgave, person, ref
from tests.unit.web.test_oppslag import skrevet
from web import ord as sagt
from web.barneskjema import MOTTAKERSLAG

DPS, HELSESTASJON, BARNEHAGE = "dps-kronstad", "helsestasjon-aarstad", "barnehage-aarstad"
MOR, BARNET, SAK, H = ref(1), ref(2), ref(105), ref(9)
HER = f"/barn/{BARNET}"
SOM = {
    DPS: ("demo-101", "barneansvarlig"), HELSESTASJON: ("demo-072", "helsesykepleier"),
    BARNEHAGE: ("demo-077", "barnehagekontakt"), "slt": ("demo-125", "slt-koordinator"),
    "koordinerende-enhet": ("demo-118", "koordinerende-ansatt"), "enhet-aarstad": ("demo-068", "enhet-leder"),
    "dps-solli": ("demo-135", "seksjonsleder"), "pam": ("demo-140", "seksjonsleder"),
    "act-kronstad": ("demo-138", "seksjonsleder"),
}  # fmt: skip
TEKSTER = ("Trenger noen å snakke med", "Ring Ada, 55 00 00 00", "Det vi skrev", "Sover dårlig")


def tekst(ord_: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=ord_))


def henvisning(til: str = HELSESTASJON, **endret: Any) -> HenvisningVist:
    felt: dict[str, Any] = {
        "henvisning_ref": H, "forelder_ref": None, "fra_part": None, "til_part": til,
        "grunnlag": Henvisningsgrunnlag.UKJENT, "tilstand": Henvisningstilstand.SENDT, "stafett": "avsender",
        "aapen": True, "stoettebehov": 0, "kontakt": 1, "utdypende": -1, "svar": -1, "henvist": NÅ - timedelta(days=2),
    }  # fmt: skip
    return HenvisningVist(**{**felt, **endret})


def sak(**endret: Any) -> BarnesakUtsnitt:
    """As a receiver outside the health service has it."""
    felt: dict[str, Any] = {
        "aggregat": "", "grunn": GRUNN, "familie": (), "henvisninger": (henvisning(BARNEHAGE),), "tiltak": (),
        "barnet": Klartekst(Barnet(fornavn="Lille", etternavn="Prøvesen", foedt=date(2016, 4, 5))), "vurderinger": (),
        "hoert": (), "skal_hoeres": False, "tvil": (), "tekster": tuple(map(tekst, TEKSTER)), "oppgaver": (),
        "deler": (),
    }  # fmt: skip
    return BarnesakUtsnitt(**{**felt, **endret})


def hos_avsender(**endret: Any) -> BarnesakUtsnitt:
    h = henvisning(forelder_ref=MOR, fra_part=DPS, grunnlag=Henvisningsgrunnlag.IKKE_MOTSATT)
    del_ = Barnedel(forelder_ref=MOR, part=DPS, relasjon=Barnerelasjon.FORELDER, behov=3, doed=False)
    deler = tuple(DelStatus(del_=d, deling=Deling.DELT) for d in ("kartlagt", "foreldersyk", "diagnose"))
    return replace(sak(henvisninger=(h,), familie=(del_,), deler=deler), **endret)


@pytest.fixture
def byen(tmp_path: Path) -> Iterator[By]:
    with by(tmp_path) as by_:
        yield by_


def som(by_: By, part: str) -> Nettleser:
    leser = Nettleser(by_.app())
    bruker, rolle = SOM[part]
    logg_inn(leser, bruker, part, rolle)
    return leser


def gi(by_: By, part: str, utsnitt: BarnesakUtsnitt) -> Nettleser:
    by_.gi("barn_paaroerende", SAK, BARNET, {part: utsnitt})
    return som(by_, part)


def rent(side: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", side)).split())


# -- the list ------------------------------------------------------------------------------------------------------


def test_the_list_says_whose_turn_it_is_and_since_when(byen: By) -> None:
    leser = gi(byen, DPS, hos_avsender())
    side = rent(leser.get("/barn").text)
    assert "1 barn venter på dere." in side
    assert "Lille Prøvesen Dere har neste skritt Sendt, ingen har tatt den ennå" in side
    assert "Siden" in side
    byen.gi("barn_paaroerende", SAK, BARNET, {
        DPS: hos_avsender(henvisninger=(replace(
            hos_avsender().henvisninger[0], tilstand=Henvisningstilstand.MOTTATT, stafett="mottaker",
            mottatt_tid=NÅ,
        ),)),
    })  # fmt: skip
    assert "Andre har neste skritt Tatt imot, ikke svart ennå" in rent(leser.get("/barn/innhold").text)


def test_who_has_figures_sees_figures_and_small_ones_as_words(byen: By) -> None:
    tall = (Barnetall(aar=2023, antall=0, faa=True), Barnetall(aar=2024, antall=17, faa=False))
    byen.gi("barn_paaroerende", ref(106), None, {"slt": BarnetallUtsnitt(aggregat="", grunn=GRUNN, tall=tall)})
    side = rent(som(byen, "slt").get("/barn").text)
    assert "2023 færre enn 5" in side
    assert "2024 17" in side


def test_an_empty_list_says_when_a_child_comes_there(byen: By) -> None:
    assert "Ingen barn er delt med dere akkurat nå." in rent(som(byen, DPS).get("/barn").text)


def test_a_role_without_children_has_no_such_page(byen: By) -> None:
    leser = Nettleser(byen.app())
    logg_inn(leser, "demo-112", "legevakt", "legevakt-lege")
    assert leser.get("/barn").status_code == 403
    assert 'href="/barn"' not in leser.get("/tavle").text


# -- one child -----------------------------------------------------------------------------------------------------


def test_the_barnehage_reads_that_the_child_needs_support_and_whom_to_call(byen: By) -> None:
    side = rent(gi(byen, BARNEHAGE, sak()).get(HER).text)
    for sagt_ in ("Lille Prøvesen", "Barnet trenger støtte.", TEKSTER[0], TEKSTER[1], "Ta henvisningen"):
        assert sagt_ in side
    for aldri in ("syk", "DPS", "Henvis barnet", "Vurder meldeplikten", "Gå til den voksne"):
        assert aldri not in side.replace("Helsepsyk", "")


def test_the_helsestasjon_reads_that_a_parent_is_ill(byen: By) -> None:
    del_ = Barnedel(relasjon=Barnerelasjon.FORELDER, behov=-1, doed=False)
    deler = (DelStatus(del_="kartlagt", deling=Deling.DELT),)
    side = rent(gi(byen, HELSESTASJON, sak(henvisninger=(henvisning(),), familie=(del_,), deler=deler)).get(HER).text)
    assert "En forelder er syk" in side
    for aldri in ("Gå til den voksne", "Ukjent"):
        assert aldri not in side


def test_the_sender_reads_whose_baton_it_is_what_the_parent_has_said_and_can_do_more(byen: By) -> None:
    side = gi(byen, DPS, hos_avsender(skal_hoeres=True)).get(HER).text
    for sagt_ in (
        "Dere har ansvaret til noen hos mottakeren tar imot.", "Personen har ikke sagt nei", "Sover dårlig",
        "Barnet er 12 år eller eldre.", "Henvis barnet", "Vurder meldeplikten", "Skriv hva barnet sa",
    ):  # fmt: skip
        assert sagt_ in rent(side)
    assert f'href="/pasient/{MOR}"' in side


def test_when_it_may_not_be_told_any_more_the_sender_reads_that(byen: By) -> None:
    h = replace(hos_avsender().henvisninger[0], aapen=False)
    leser = gi(byen, DPS, hos_avsender(henvisninger=(h,)))
    assert "Mottakeren får den ikke lenger" in rent(leser.get(HER).text)
    holdt = replace(h, tilstand=Henvisningstilstand.HOLDT)
    byen.gi("barn_paaroerende", SAK, BARNET, {DPS: hos_avsender(henvisninger=(holdt,))})
    assert "Ikke sendt: snakk med personen" in rent(leser.get(HER).text)


@pytest.mark.parametrize(
    ("part", "ser"),
    [
        (DPS, False),
        ("enhet-aarstad", True),
        ("dps-solli", True),
        ("pam", True),
        ("act-kronstad", True),
    ],
)
def test_hpl_33_an_assessment_is_for_its_author_and_the_leader(byen: By, part: str, ser: bool) -> None:
    vurdert = MeldepliktVist(
        vurdering_ref=ref(8), forfatter="demo-099", utfall=Meldepliktutfall.MELD, innhold=2, vurdert=NÅ
    )
    leser = gi(byen, part, hos_avsender(vurderinger=(vurdert,)))
    assert (TEKSTER[2] in leser.get(HER).text) is ser
    if part == DPS:
        min_egen = replace(vurdert, forfatter=SOM[DPS][0])
        byen.gi("barn_paaroerende", SAK, BARNET, {DPS: hos_avsender(vurderinger=(min_egen,))})
        side = rent(leser.get(HER).text)
        assert TEKSTER[2] in side
        assert "Ingenting er sendt herfra." in side


def test_what_the_child_said_and_that_the_parents_shall_not_know(byen: By) -> None:
    hørt = HoertVist(innhold=2, skjult_for_foreldre=True, hoert=NÅ)
    side = rent(gi(byen, DPS, hos_avsender(hoert=(hørt,))).get(HER).text)
    assert TEKSTER[2] in side
    assert "Foreldrene skal ikke få vite det" in side


def test_who_decides_a_doubt_sees_that_there_is_one_and_nothing_more(byen: By) -> None:
    i_tvil = sak(henvisninger=(), tekster=(), tvil=(TvilOmBarnVist(kandidat=ref(107), grunn="x"),))
    leser = gi(byen, "koordinerende-enhet", i_tvil)
    assert "Avgjør om det er samme barn" in rent(leser.get(HER).text)
    felt = skjemafelt(leser.get(f"{HER}/tvil?sak={SAK}&kandidat={ref(107)}").text, "tvil")
    leser.post(f"{HER}/tvil", {**felt, "samme": "ja"})
    assert byen.svart[-1][1:] == (SAK, "tvil", {"kandidat": ref(107), "samme": True})


def test_a_look_up_is_written_before_anything_is_shown_and_for_the_child(byen: By) -> None:
    gi(byen, BARNEHAGE, sak()).get(HER)
    assert any(oppslag.personer == (BARNET,) for oppslag in skrevet(byen))


def test_when_the_sharing_ends_the_open_page_closes_and_says_so(byen: By) -> None:
    leser = gi(byen, BARNEHAGE, sak())
    assert leser.get(f"{HER}/innhold").status_code == 200
    byen.gi("barn_paaroerende", SAK, BARNET, {})
    borte = leser.get(f"{HER}/innhold", **{"HX-Request": "true"})
    assert borte.headers["HX-Redirect"] == f"/pasient/{BARNET}"
    side = leser.get(f"/pasient/{BARNET}").text
    assert "Delingen er avsluttet" in side
    assert "Lille" not in side


def test_the_board_leads_to_the_child_and_the_task_is_taken_there(byen: By) -> None:
    ny = sak(oppgaver=(oppgave(1, Oppgaveslag.TA_IMOT_HENVISNING, BARNEHAGE),))
    leser = gi(byen, BARNEHAGE, ny)
    assert "Lille Prøvesen" in leser.get("/tavle").text
    assert leser.get(f"/pasient/{BARNET}").headers["location"] == HER
    assert "Ta imot henvisningen om et barn" in rent(leser.get(HER).text)


# -- what is done --------------------------------------------------------------------------------------------------


def skjemafelt(side: str, hva: str) -> dict[str, str]:
    """What the form would send, of what it carries unseen."""
    (form,) = re.findall(rf'<form method="post" action="/barn/\w+/{hva}".*?</form>', side, re.DOTALL)[:1]
    return {n: html.unescape(v) for n, v in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)}


def test_a_child_is_referred_on_what_the_user_saw(byen: By) -> None:
    leser = gi(byen, DPS, hos_avsender(henvisninger=()))
    skjema = leser.get(f"{HER}/henvis?sak={SAK}&forelder={MOR}").text
    assert "Skriv ikke diagnose, medisin, hvor den voksne er, eller når." in skjema
    fylt = {"til": BARNEHAGE, "stoettebehov": "Trygghet", "kontakt": "Ada"}
    svar = leser.post(f"{HER}/henvis", {**skjemafelt(skjema, "henvis"), **fylt})
    assert svar.headers["location"].startswith(HER)
    assert byen.svart[-1][1:] == (SAK, "henvisninger", {"forelder": MOR, **fylt})


def test_what_is_missing_is_said_and_what_was_written_stays(byen: By) -> None:
    leser = gi(byen, DPS, hos_avsender(henvisninger=()))
    felt = skjemafelt(leser.get(f"{HER}/henvis?sak={SAK}&forelder={MOR}").text, "henvis")
    svar = leser.post(f"{HER}/henvis", {**felt, "til": BARNEHAGE, "stoettebehov": "Det jeg skrev", "kontakt": ""})
    assert svar.status_code == 409
    assert "Skriv hvem mottakeren kan ringe" in rent(svar.text)
    assert "Det jeg skrev" in svar.text
    assert byen.svart == []


def test_a_rule_that_refuses_says_why_above_the_form(byen: By) -> None:
    leser = gi(byen, DPS, hos_avsender(henvisninger=()))
    felt = skjemafelt(leser.get(f"{HER}/henvis?sak={SAK}&forelder={MOR}").text, "henvis")
    byen.nekter = "Barnet er alt henvist dit herfra."
    svar = leser.post(f"{HER}/henvis", {**felt, "til": BARNEHAGE, "stoettebehov": "Mitt", "kontakt": "Ada"})
    assert "Barnet er alt henvist dit herfra." in svar.text
    assert "Mitt" in svar.text


def test_the_receiver_takes_answers_and_writes_what_it_does(byen: By) -> None:
    leser = gi(byen, BARNEHAGE, sak())
    leser.post(f"{HER}/ta-imot", skjemafelt(leser.get(HER).text, "ta-imot"))
    assert byen.svart[-1][1:] == (SAK, f"henvisninger/{H}/ta-imot", {"av": SOM[BARNEHAGE][0]})
    for tilstand, hva, fylt, blir in (
        (Henvisningstilstand.MOTTATT, "svar", {"tar_imot": "ja", "innhold": "Vi tar det"},
         {"tar_imot": True, "innhold": "Vi tar det"}),
        (Henvisningstilstand.TAR_IMOT, "tiltak", {"innhold": "Samtaler"}, {"innhold": "Samtaler"}),
    ):  # fmt: skip
        byen.gi("barn_paaroerende", SAK, BARNET, {BARNEHAGE: sak(henvisninger=(henvisning(tilstand=tilstand),))})
        skjema = leser.get(f"{HER}/{hva}?sak={SAK}&henvisning={H}").text
        leser.post(f"{HER}/{hva}", {**skjemafelt(skjema, hva), **fylt})
        assert byen.svart[-1][1:] == (SAK, f"henvisninger/{H}/{hva}", blir)


def test_a_stale_form_says_what_changed_and_keeps_what_was_written(byen: By) -> None:
    leser = gi(byen, BARNEHAGE, sak(henvisninger=(henvisning(tilstand=Henvisningstilstand.TAR_IMOT),)))
    felt = skjemafelt(leser.get(f"{HER}/tiltak?sak={SAK}&henvisning={H}").text, "tiltak")
    byen.gi("barn_paaroerende", SAK, BARNET, {
        BARNEHAGE: sak(henvisninger=(henvisning(tilstand=Henvisningstilstand.TAR_IMOT, svar=2),)),
    })  # fmt: skip
    svar = leser.post(f"{HER}/tiltak", {**felt, "innhold": "Mine ord"})
    assert svar.status_code == 409
    assert "Noe er endret mens du så på siden" in svar.text
    assert 'name="innhold" value="Mine ord"' in svar.text


@pytest.mark.parametrize(("part", "leser"), [(HELSESTASJON, True), (BARNEHAGE, False)])
def test_more_about_the_adult_is_read_by_roles_of_the_health_service_only(byen: By, part: str, leser: bool) -> None:
    side = gi(byen, part, sak(henvisninger=(henvisning(part, utdypende=3),))).get(HER).text
    assert (TEKSTER[3] in side) is leser


@pytest.mark.parametrize("avsluttet", [None, NÅ])
def test_what_is_done_for_the_child_is_ended_once(byen: By, avsluttet: datetime | None) -> None:
    h = henvisning(BARNEHAGE, tilstand=Henvisningstilstand.TAR_IMOT)
    tiltak = BarnetiltakVist(
        tiltak_ref=ref(95), henvisning_ref=H, part=BARNEHAGE, innhold=0, startet=NÅ, avsluttet=avsluttet
    )
    leser = gi(byen, BARNEHAGE, sak(henvisninger=(h,), tiltak=(tiltak,)))
    assert (f'id="avslutt-{ref(95)}"' in leser.get(HER).text) is (avsluttet is None)


@pytest.mark.parametrize("felt", ["henvisning", "forelder", "tiltak", "sak"])
def test_a_ref_that_is_not_in_the_users_own_view_is_not_believed(byen: By, felt: str) -> None:
    leser = gi(byen, BARNEHAGE, sak())
    skjult = skjemafelt(leser.get(HER).text, "ta-imot")
    assert leser.post(f"{HER}/ta-imot", {**skjult, felt: ref(77)}).status_code == 403
    assert leser.post(f"{HER}/henvis", skjult).status_code == 403
    assert byen.svart == []


# -- an adult's children -------------------------------------------------------------------------------------------


def kartlagt(**endret: Any) -> Any:
    return replace(
        barn(Kartleggingstilstand.HAR_BARN, antall_barn=1),
        barn=(BarnKnyttetVist(barn_ref=SAK, navn=0),),
        barnenavn=(Klartekst(Barnet(fornavn="Lille", etternavn="Prøvesen", foedt=None)),), **endret,
    )  # fmt: skip


def test_the_adults_page_leads_to_the_children_and_from_there_to_each(byen: By) -> None:
    byen.gi("samhandling", ref(101), MOR, {DPS: person("Ada")})
    byen.gi("barn_paaroerende", ref(104), MOR, {DPS: kartlagt()})
    leser = gi(byen, DPS, hos_avsender())
    assert f'href="/pasient/{MOR}/barn"' in leser.get(f"/pasient/{MOR}").text
    assert f'href="{HER}"' in leser.get(f"/pasient/{MOR}/barn").text


@pytest.mark.parametrize(
    ("hva", "fylt", "sti", "kropp"),
    [
        ("barn", {"fornavn": "Lille", "etternavn": "P", "relasjon": "FORELDER", "nummer": ""}, "barn",
         {"fornavn": "Lille", "etternavn": "P", "relasjon": "FORELDER"}),
        ("samtale", {"antall_barn": "2", "innhold": ""}, "samtale", {"antall_barn": 2}),
        ("ingen-barn", {}, "ingen-barn", {}),
        ("avslag", {"grunn": "senere"}, "avslag", {"grunn": "senere"}),
        ("utsett", {"grunn": "for_syk"}, "utsett", {"grunn": "for_syk"}),
    ],
)  # fmt: skip
def test_each_answer_is_written_down(byen: By, hva: str, fylt: dict[str, str], sti: str, kropp: Any) -> None:
    byen.gi("samhandling", ref(101), MOR, {DPS: person("Ada")})
    byen.gi("barn_paaroerende", ref(104), MOR, {DPS: barn()})
    leser = som(byen, DPS)
    side = leser.get(f"/pasient/{MOR}/barn").text
    skjult = dict(re.findall(r'<input type="hidden" name="(versjon|noekkel|merke)" value="([^"]*)"', side)[:3])
    leser.post(f"/pasient/{MOR}/barn", {**skjult, "hva": hva, **fylt})
    assert byen.svart[-1] == ("barn_paaroerende", MOR, sti, kropp)


def test_a_number_too_long_to_be_one_is_said_and_in_an_address_counts_as_none(byen: By) -> None:
    leser = gi(byen, DPS, hos_avsender(henvisninger=()))
    assert leser.get(f"{HER}/henvis?sak={SAK}&forelder={MOR}&versjon={'9' * 5000}").status_code == 200
    byen.gi("samhandling", ref(101), MOR, {DPS: person("Ada")})
    side = leser.get(f"/pasient/{MOR}/barn").text
    skjult = dict(re.findall(r'<input type="hidden" name="(versjon|noekkel|merke)" value="([^"]*)"', side)[:3])
    svar = leser.post(f"/pasient/{MOR}/barn", {**skjult, "hva": "samtale", "antall_barn": "9" * 5000})
    assert "Skriv hvor mange barn og søsken det gjelder" in svar.text


def test_a_number_of_the_wrong_length_is_said_and_nothing_is_lost(byen: By) -> None:
    byen.gi("samhandling", ref(101), MOR, {DPS: person("Ada")})
    leser = som(byen, DPS)
    side = leser.get(f"/pasient/{MOR}/barn").text
    skjult = dict(re.findall(r'<input type="hidden" name="(versjon|noekkel|merke)" value="([^"]*)"', side)[:3])
    fylt = {"hva": "barn", "fornavn": "Lillemor", "etternavn": "P", "relasjon": "FORELDER", "nummer": "123"}
    svar = leser.post(f"/pasient/{MOR}/barn", {**skjult, **fylt})
    assert "Fødselsnummeret har 11 sifre" in svar.text
    assert "Lillemor" in svar.text


def test_the_person_sees_the_children_and_who_was_asked_to_help_them(byen: By) -> None:
    notert = HenvisningNotertVist(
        barn_ref=SAK, til_part=BARNEHAGE, grunnlag=Henvisningsgrunnlag.MOTSATT, holdt=True, notert=NÅ
    )
    byen.gi("samhandling", ref(101), MOR, {"innbygger": person("Ada")})
    byen.gi("barn_paaroerende", ref(104), MOR, {"innbygger": kartlagt(henvisninger=(notert,))})
    leser = Nettleser(byen.app())
    logg_inn(leser, "demo-126", "innbygger", "innbygger")
    merke = re.findall(r'name="merke" value="(\w+)"', leser.get("/velg/person").text)[0]
    leser.post("/velg/person", {"person": MOR, "merke": merke})
    side = leser.get(f"/pasient/{MOR}/barn").text
    assert "Lille Prøvesen" in side
    assert "Ikke sendt" in rent(side)
    assert "/barn/" not in side.replace(f"/pasient/{MOR}/barn", "")


@pytest.mark.parametrize(("eldre", "sier"), [(Kartleggingstilstand.INGEN_BARN, True), (None, False)])
def test_of_two_answers_about_one_person_the_newest_stands_and_that_they_differ_is_said(
    byen: By, eldre: Kartleggingstilstand | None, sier: bool
) -> None:
    byen.gi("samhandling", ref(101), MOR, {DPS: person("Ada")})
    byen.gi("barn_paaroerende", ref(104), MOR, {DPS: kartlagt(besvart=NÅ)})
    like = kartlagt(besvart=NÅ - timedelta(days=1))
    ulik = replace(like, tilstand=eldre, antall_barn=0) if eldre is not None else like
    byen.gi("barn_paaroerende", ref(108), MOR, {DPS: ulik})
    side = rent(som(byen, DPS).get(f"/pasient/{MOR}/barn").text)
    assert rent(sagt.BARN[Kartleggingstilstand.HAR_BARN][0]) in side
    assert ("Det er skrevet ned to svar som ikke er like" in side) is sier
    assert side.count("Lille Prøvesen") == 1, "one child, whichever of the two it stands in"


def test_every_code_that_a_service_takes_has_a_word_on_the_page() -> None:
    assert set(sagt.UTSATT) == set(UTSATT_FORDI)
    assert set(sagt.AVSLAATT) == set(AVSLÅTT_FORDI)
    assert set(sagt.TILTAK_SLUTT) == set(TILTAK_SLUTT)
    assert set(MOTTAKERSLAG) == HELSEMOTTAKERE | UTENFOR_HELSE
