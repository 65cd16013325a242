"""Story A, "Rett ut igjen" (out again at once), as far as it can hold today. The payment comes later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from services.samhandling.avvik.avviksgang import Utvalg, per
from services.samhandling.plo.skriv import lag_innlagt, lag_utskrevet
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import Menneske, aktør, ansvarsgruppe_for, enhet, kall_inn, menneske, oppgaver
from tests.unit.samhandling.meldinger import sending

OSLO = ZoneInfo("Europe/Oslo")
ACT, ENHET, KRONSTAD, NAV = "act-kronstad", "enhet-aarstad", "dps-kronstad", "nav-aarstad"


def tid(*deler: int) -> datetime:
    """A moment in Norway."""
    return datetime(*deler, tzinfo=OSLO)  # type: ignore[arg-type,misc]


FREDAG_KVELD = tid(2024, 2, 2, 22, 40)
MANDAG, KLOKKA_TOLV = tid(2024, 2, 5, 8, 0), tid(2024, 2, 5, 12, 0)


def stay(rommet: Rom, part: str) -> Any:
    """The one stay that a party has been given."""
    views = [v for v in rommet.utsnitt("samhandling", part).values() if type(v).__name__ == "OppholdUtsnitt"]
    assert len(views) == 1, part
    return views[0]


@pytest.fixture
def uken(tmp_path: Path, hvert_trinn: str) -> Iterator[tuple[Rom, Menneske]]:
    """Friday 22:40 to PAM, told 22:55; nothing more until the discharge on Sunday."""
    with rom(tmp_path, tid(2024, 1, 15, 9, 0), oppsett=HELE_BERGEN) as rommet:
        hvem = menneske(rommet, date(1989, 4, 3), "aarstad", ENHET)
        ansvarsgruppe_for(rommet, hvem, ENHET, ACT, NAV)
        sendt = replace(sending(1, tid(2024, 2, 2, 22, 50)), pasient=hvem.pasient, avsender=enhet("pam"))
        inn = lag_innlagt(replace(sendt, mottaker=enhet("hjemmetjeneste-aarstad")), tid=FREDAG_KVELD)
        assert rommet.melding(inn, tid(2024, 2, 2, 22, 55)).outcome == "positive"
        yield rommet, hvem


def ut(rommet: Rom, hvem: Menneske) -> None:
    """Sunday 11:00."""
    sendt = replace(sending(2, tid(2024, 2, 4, 11, 5)), pasient=hvem.pasient, avsender=enhet("pam"))
    melding = lag_utskrevet(replace(sendt, mottaker=enhet("hjemmetjeneste-aarstad")), tid=tid(2024, 2, 4, 11, 0))
    assert rommet.melding(melding, tid(2024, 2, 4, 11, 10)).outcome == "positive"


def test_friday_22_55_act_and_koordinator_have_a_row(uken: tuple[Rom, Menneske]) -> None:
    for part in (ACT, ENHET):
        view = stay(uken[0], part)
        assert (view.innlagt, view.grunn.grunnlag) == (FREDAG_KVELD, "R"), part


def test_saturday_22_40_the_clock_is_missed(uken: tuple[Rom, Menneske]) -> None:
    rommet, _ = uken
    rommet.til(tid(2024, 2, 3, 22, 39))
    assert stay(rommet, ACT).frister[0].tilstand.value == "AAPEN"
    rommet.til(tid(2024, 2, 3, 22, 40))
    frist = stay(rommet, ACT).frister[0]
    assert (frist.tilstand.value, frist.forfall) == ("OVERSKREDET", tid(2024, 2, 3, 22, 40))
    assert "§8" in frist.paragraf


def test_monday_there_is_no_crisis_plan_and_the_koordinators_unit_has_its_tasks(uken: tuple[Rom, Menneske]) -> None:
    rommet, hvem = uken
    ut(rommet, hvem)
    rommet.til(MANDAG)
    assert stay(rommet, ACT).status.value == "UTSKREVET"
    (kriseplan,) = rommet.utsnitt("kriseplan", ACT).values()
    assert kriseplan.finnes.value == "FINNES_IKKE"
    assert {"LAG_KRISEPLAN", "FOELG_OPP_UTSKRIVNING", "KALL_INN_ANSVARSGRUPPE"} <= oppgaver(rommet, ENHET)


def test_dps_kronstad_is_told_with_the_sentence(uken: tuple[Rom, Menneske]) -> None:
    view = stay(uken[0], KRONSTAD)
    assert (view.dps, view.instans) == (KRONSTAD, "pam")
    assert "fredag" in view.forklaring.casefold()
    assert "Psykiatrisk akuttmottak" in view.forklaring


def siden(rommet: Rom, hvem: Menneske, part: str, rolle: str) -> str:
    """The page about the person, as somebody of a party sees it."""
    alle = HELE_BERGEN.katalog.users.values()
    bruker = next(u.id for u in alle if any((p.party, p.role) == (part, rolle) for p in u.posts))
    (side,) = rommet.vei.sider(bruker, part, rolle, f"/pasient/{hvem.ref}")
    return " ".join(side.split())


INGEN_AVTALE = "Ingen avtale om oppfølging er kjent her"


def test_monday_dps_kronstad_and_the_koordinator_see_that_no_follow_up_appointment_exists_until_one_is_made(
    uken: tuple[Rom, Menneske], hvert_trinn: str
) -> None:
    rommet, hvem = uken
    ut(rommet, hvem)
    rommet.til(MANDAG)
    leser = [(ENHET, "koordinator")]
    if hvert_trinn != "kafka":  # whose house has the municipality's web alone
        leser += [(KRONSTAD, "dps-koordinator"), (ACT, "act-medlem")]
    assert [INGEN_AVTALE in siden(rommet, hvem, *hver) for hver in leser] == [True] * len(leser)
    (gruppen,) = {v.aggregat for v in rommet.utsnitt("ansvarsgruppe", ENHET).values() if _er_gruppe(v)}
    kall_inn(rommet, hvem, gruppen, ENHET, tid(2024, 2, 8, 10, 0), ACT)
    assert INGEN_AVTALE not in siden(rommet, hvem, ENHET, "koordinator")


def _er_gruppe(view: Any) -> bool:
    return type(view).__name__ == "AnsvarsgruppeUtsnitt"


def test_nav_without_consent_learns_nothing_of_the_stay(uken: tuple[Rom, Menneske]) -> None:
    rommet, hvem = uken
    ut(rommet, hvem)
    rommet.til(MANDAG)
    assert rommet.utsnitt("samhandling", NAV) == {}
    assert rommet.utsnitt("kriseplan", NAV) == {}
    assert rommet.utsnitt("barn_paaroerende", NAV) == {}
    assert oppgaver(rommet, NAV) == set()


def avvik(rommet: Rom, part: str) -> list[tuple[str, Any]]:
    """The cases of avvik that a party has been given, by their refs."""
    views = rommet.utsnitt("samhandling", part).items()
    return [(view.aggregat, view) for _, view in views if type(view).__name__ == "AvvikUtsnitt"]


def tilstander(rommet: Rom, part: str) -> dict[str, str]:
    """The cases that a party has been given, by kind: how each stands."""
    return {view.fakta.kategori.value: view.tilstand.value for _, view in avvik(rommet, part)}


def utkastet(rommet: Rom, part: str, kategori: str) -> str:
    (ref,) = [ref for ref, view in avvik(rommet, part) if view.fakta.kategori.value == kategori]
    return ref


def ansatt(part: str) -> str:
    return next(u.id for u in HELE_BERGEN.katalog.users.values() if any(p.party == part for p in u.posts))


def meld(rommet: Rom, ref: str, *, mot: str = "pam") -> None:
    rommet.be(
        aktør(ACT, "avvik.meld"), f"samhandling/avvik/{ref}/meld", av=ansatt(ACT), mot=mot, kategori="TIDLIGMELDING",
        hendelse="Syntetisk: ingen tidligmelding", hendt=tid(2024, 2, 3, 22, 40).isoformat(),
        oppdaget=MANDAG.isoformat(), strakstiltak="Syntetisk: ringte PAM",
    )  # fmt: skip


def test_the_missed_clock_drafts_an_avvik_that_nobody_has_sent(uken: tuple[Rom, Menneske]) -> None:
    rommet, _ = uken
    rommet.til(tid(2024, 2, 3, 22, 39))
    assert avvik(rommet, ACT) == []
    rommet.til(MANDAG)
    for part in (ACT, ENHET, KRONSTAD, "hjemmetjeneste-aarstad"):
        ((_, view),) = avvik(rommet, part)
        assert (view.tilstand.value, view.mot_part, view.fakta.avtale_versjon) == ("UTKAST", "pam", "2022"), part
    assert (avvik(rommet, "pam"), avvik(rommet, NAV)) == ([], [])
    assert "TA_IMOT_AVVIK" not in oppgaver(rommet, "pam")


def test_two_avvik_are_drafted_of_the_weekend_and_none_is_sent(uken: tuple[Rom, Menneske]) -> None:
    rommet, hvem = uken
    ut(rommet, hvem)
    rommet.til(MANDAG)
    to = {"TIDLIGMELDING": "UTKAST", "UTSKREVET_UTEN_PLAN": "UTKAST"}
    assert [tilstander(rommet, part) for part in (ACT, ENHET)] == [to, to]
    assert [tilstander(rommet, part) for part in ("pam", NAV)] == [{}, {}]
    view = dict(avvik(rommet, ACT))[utkastet(rommet, ACT, "UTSKREVET_UTEN_PLAN")]
    assert (view.mot_part, view.fakta.hendt) == ("pam", tid(2024, 2, 4, 11, 0))
    (bevis,) = view.fakta.bevis
    (post,) = [
        p for p in rommet.logg("samhandling")
        if (p.envelope.stream, p.envelope.version) == (bevis.stroem, bevis.versjon)
    ]  # fmt: skip
    assert post.navn == "PasientUtskrevet"


def test_the_draft_shows_the_very_record_that_it_was_made_from(uken: tuple[Rom, Menneske]) -> None:
    rommet, _ = uken
    rommet.til(MANDAG)
    ((_, view),) = avvik(rommet, ACT)
    (bevis,) = view.fakta.bevis
    (post,) = [
        p for p in rommet.logg("samhandling")
        if (p.envelope.stream, p.envelope.version) == (bevis.stroem, bevis.versjon)
    ]  # fmt: skip
    assert (post.topic, post.navn) == (bevis.tema, "FristOverskredet")


def test_act_sends_monday_09_10_pam_opens_it_13_02_and_disagrees_20_feb(uken: tuple[Rom, Menneske]) -> None:
    rommet, hvem = uken
    ut(rommet, hvem)
    rommet.til(tid(2024, 2, 5, 9, 10))
    ref = utkastet(rommet, ACT, "TIDLIGMELDING")
    utkast = dict(avvik(rommet, ACT))[ref].fakta
    meld(rommet, ref)
    sendt = {"TIDLIGMELDING": "SENDT"}
    assert tilstander(rommet, ACT) == sendt | {"UTSKREVET_UTEN_PLAN": "UTKAST"}
    assert (tilstander(rommet, "pam"), tilstander(rommet, ENHET)) == (sendt, {"UTSKREVET_UTEN_PLAN": "UTKAST"})
    assert "TA_IMOT_AVVIK" in oppgaver(rommet, "pam")
    ((_, hos_pam),) = avvik(rommet, "pam")
    assert {d.del_: d.deling.value for d in hos_pam.deler}["navn"] == "DELT", "the ward is told whom it answers for"
    for view in (hos_pam, dict(avvik(rommet, ACT))[ref]):
        assert (len(view.fakta.bevis), view.fakta.bevis, view.fakta.opphold_ref) == (
            1,
            utkast.bevis,
            utkast.opphold_ref,
        )
    rommet.til(tid(2024, 2, 5, 13, 2))
    rommet.be(aktør("pam", "avvik.svar"), f"samhandling/avvik/{ref}/mottatt", av=ansatt("pam"))
    view = dict(avvik(rommet, ACT))[ref]
    assert (view.tilstand.value, view.mottatt) == ("MOTTATT", tid(2024, 2, 5, 13, 2))
    rommet.til(tid(2024, 2, 20, 9, 0))
    rommet.be(aktør("pam", "avvik.svar"), f"samhandling/avvik/{ref}/uenig", av=ansatt("pam"), tekst="Syntetisk")
    view = dict(avvik(rommet, ACT))[ref]
    assert (view.tilstand.value, view.lukket) == ("UENIG", None)
    assert {f.navn: f.tilstand.value for f in view.frister} == {
        "avvik_kvittering": "HOLDT", "avvik_svar": "HOLDT", "avvik_uenighet": "AAPEN",
    }  # fmt: skip
    ventet = {
        MANDAG: None, tid(2024, 2, 5, 9, 10): "sendt, ikke åpnet", KLOKKA_TOLV: "sendt, ikke åpnet",
        tid(2024, 2, 5, 13, 2): "åpnet, ikke svart",
    }  # fmt: skip
    assert {da: banen(rommet, "pam", da) for da in ventet} == ventet
    assert "Sendt, ikke åpnet" in pams_bane(rommet, KLOKKA_TOLV)
    assert "Åpnet, ikke svart" in pams_bane(rommet, tid(2024, 2, 5, 13, 2))


def test_when_the_disagreement_stands_the_dpr_of_the_area_has_a_case_without_name(uken: tuple[Rom, Menneske]) -> None:
    """Story A's forum. Nobody put it up by itself: two weeks after 20 February both leaders have it proposed."""
    rommet, hvem = uken
    rommet.til(tid(2024, 2, 5, 9, 10))
    ((ref, _),) = avvik(rommet, ACT)
    meld(rommet, ref)
    rommet.til(tid(2024, 2, 20, 9, 0))
    rommet.be(aktør("pam", "avvik.svar"), f"samhandling/avvik/{ref}/uenig", av=ansatt("pam"), tekst="Syntetisk")
    rommet.til(tid(2024, 3, 5, 8, 59))
    assert "ESKALER_AVVIK" not in oppgaver(rommet, ACT)
    rommet.til(tid(2024, 3, 5, 9, 0))
    assert "ESKALER_AVVIK" in oppgaver(rommet, ACT) & oppgaver(rommet, "pam")
    assert rommet.utsnitt("samhandling", "forum") == {}
    leder = aktør(ACT, "avvik.eskaler")
    rommet.be(leder, f"samhandling/avvik/{ref}/eskaler", av=ansatt(ACT), tekst="Hvem skal melde fra?")
    (sak,) = rommet.utsnitt("samhandling", "forum").values()
    assert (sak.forum, sak.moete, sak.dps) == ("dpr-kronstad", date(2024, 5, 14), KRONSTAD)
    assert (sak.av_slag, sak.mot_slag) == ("act", "pam")
    (post,) = rommet.vei.gitt("samhandling", "forum")
    assert post.envelope.person_ref is None
    for hemmelig in (hvem.ref, view_av_oppholdet(rommet), ansatt(ACT), ansatt("pam"), ACT):
        assert hemmelig not in repr(post.event), hemmelig
    rommet.til(tid(2024, 5, 14, 14, 0))
    sekretær = aktør("forum", "forum.behandle")
    rommet.be(
        sekretær,
        f"samhandling/avvik/{ref}/forum",
        av="demo-141",
        utfall="AVGJORT",
        tekst="Syntetisk: den som legger inn",
    )
    for part in (ACT, "pam"):
        ((_, view),) = avvik(rommet, part)
        assert (view.tilstand.value, view.ved.value) == ("LUKKET", "FORUM")
        assert "LES_FORUMSVAR" in oppgaver(rommet, part)


def view_av_oppholdet(rommet: Rom) -> str:
    """The ref of the stay."""
    return next(ref for ref, v in rommet.utsnitt("samhandling", ENHET).items() if type(v).__name__ == "OppholdUtsnitt")


def banen(rommet: Rom, part: str, da: datetime) -> str | None:
    """What an auditor sees in a party's lane of the one case, as of a moment; None before there is one."""
    poster = [(p.envelope, p.event) for p in rommet.logg("samhandling") if p.topic == "samhandling.avvik"]
    saker = per(poster, da).stilling(Utvalg(HELE_BERGEN))
    return next((bane.status for sak in saker for bane in sak.baner if bane.part == part), None)


def pams_bane(rommet: Rom, da: datetime) -> str:
    """PAM's lane of the one case, on the auditor's page as of a moment."""
    sti = f"/avviksgang?{urlencode({'per': da.isoformat()})}"
    (side,) = rommet.vei.sider("demo-130", "auditor", "revisor", sti)
    return next(
        bane.partition("</li>")[0]
        for bane in side.split('<li class="bane">')[1:]
        if HELE_BERGEN.parter["pam"].navn in bane
    )


def test_an_admission_that_was_none_takes_the_draft_with_it(uken: tuple[Rom, Menneske]) -> None:
    rommet, hvem = uken
    rommet.til(MANDAG)
    trukket = replace(
        sending(3, MANDAG, status="C", viser_til=1), pasient=hvem.pasient, avsender=enhet("pam"),
        mottaker=enhet("hjemmetjeneste-aarstad"),
    )  # fmt: skip
    rommet.melding(lag_innlagt(trukket, tid=FREDAG_KVELD), MANDAG)
    assert [avvik(rommet, part) for part in (ACT, ENHET, KRONSTAD)] == [[], [], []]
