"""A forum reads a case without name (rules 2.6, access.md "Avvik"): no person, no stay, no unit, and nobody's id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.errors import RuleBroken, Shredded
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import Avvikskategori, Avvikstilstand, Forumutfall
from services.samhandling import tjeneste
from services.samhandling.avvik import avvik, avvikplaner
from services.samhandling.avvik.avvik import Eskaler, VærEnig, VærUenig
from services.samhandling.avvik.avvikutsnitt import kandidater_avvik, utsnitt_avvik
from services.samhandling.forum.forumsak import Behandle
from tests.dsl import ACT, DPS, ENHET, NAV, NÅ, OPPHOLDET, PAM, PERSONEN, kjent
from tests.meldinger import PASIENT
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.stories.folk import RAMMER, aktør, registrer
from tests.unit.samhandling.test_avvik import FAKTA, MELD
from tests.unit.samhandling.test_eskalering import AVGJORT, LØFTET, VIDERE, løftet, uenige

FORUM, REVISOR = "forum", "auditor"


def ord_(tekst: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=tekst))


# -- the view ------------------------------------------------------------------------------------------------------


def test_2_6_a_forum_has_the_case_once_it_is_put_up_and_nobody_else_besides_the_two() -> None:
    assert set(kandidater_avvik(uenige().state, kjent())) == {ACT, PAM}
    assert set(kandidater_avvik(løftet().state, kjent())) == {ACT, PAM, FORUM}
    assert utsnitt_avvik(uenige().state, FORUM, kjent()) is None
    assert [utsnitt_avvik(løftet().state, part, kjent()) for part in (ENHET, DPS, NAV, PERSONEN, REVISOR)] == [None] * 5


def test_1_6_it_says_kinds_of_unit_and_the_area_and_nothing_by_which_anybody_can_be_known() -> None:
    view: Any = utsnitt_avvik(løftet().og(VIDERE).state, FORUM, kjent())
    assert (view.av_slag, view.mot_slag, view.eskalert_av_slag, view.dps) == ("act", "pam", "act", DPS)
    assert view.grunn.setning.endswith("uten at personen kan kjennes igjen (hpl §26).")
    sagt = repr(view).replace(f"dps='{DPS}'", "")
    for hemmelig in (ACT, "'pam-", OPPHOLDET, "demo-", "kronstad'"):
        assert hemmelig not in sagt.replace("dpr-kronstad'", ""), hemmelig


def test_2_6_it_stays_with_the_forums_with_what_was_decided_when_it_is_closed() -> None:
    view: Any = utsnitt_avvik(løftet().og(VIDERE, AVGJORT).state, FORUM, kjent())
    assert (view.tilstand, view.moete, view.lukket) == (Avvikstilstand.LUKKET, None, NÅ)
    assert [(b.forum, b.utfall.value, b.beslutning) for b in view.behandlinger] == [
        ("dpr-kronstad", "SENDT_VIDERE", -1), ("fagleg-utval", "AVGJORT", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("tekst", "regel"), [
    ("Skal Testesen få plass først?", "forum.navn"), ("Skal TESTESENS plass gå først?", "forum.navn"),
    ("Gjelder 000000 00000. Hvem varsler?", "forum.nummer"),
    ("Gjelder 00000000000.", "forum.nummer"), ("Hvem skal varsle, og når?", ""), ("Skal testesen få plass?", ""),
    ("Vedtak 123456789012 gjelder", ""),
])  # fmt: skip
def test_1_6_what_a_forum_is_asked_holds_neither_the_persons_name_nor_anybodys_number(
    her: Rom, tekst: str, regel: str
) -> None:
    om_noen(her, løftes=False)
    tekst = tekst.replace("Testesen", PASIENT.etternavn).replace("TESTESEN", PASIENT.etternavn.upper())
    tekst = tekst.replace("testesen", PASIENT.etternavn.lower())  # as one writes a word
    spør = Eskaler(ACT, "demo-102", ord_(tekst))
    plan = avvikplaner.eskaler("a" * 32, spør, tekst, aktør(ACT), RAMMER)
    her.gjør("samhandling", avvikplaner.i_saken("a" * 32, VærUenig(PAM, "demo-109", ord_("x")), aktør(PAM)))
    if not regel:
        her.gjør("samhandling", plan)
        return
    with pytest.raises(RuleBroken) as brutt:
        her.gjør("samhandling", plan)
    assert brutt.value.rule == regel
    assert PASIENT.etternavn not in str(brutt.value)


def test_1_6_a_party_that_is_not_told_the_name_cannot_find_it_by_asking(her: Rom) -> None:
    om_noen(her, løftes=False)
    her.gjør("samhandling", avvikplaner.i_saken("a" * 32, VærUenig(PAM, "demo-109", ord_("x")), aktør(PAM)))
    spør = Eskaler(PAM, "demo-109", ord_(PASIENT.etternavn))
    her.gjør("samhandling", avvikplaner.eskaler("a" * 32, spør, PASIENT.etternavn, aktør(PAM), RAMMER))


def test_1_6_what_a_forum_says_holds_nobodys_number(her: Rom) -> None:
    _, ref = om_noen(her)
    kropp = {"av": "demo-141", "utfall": "AVGJORT", "tekst": "Gjelder 00000000000"}
    svar = her.vei.be("samhandling", aktør(FORUM, "forum.behandle"), f"/api/samhandling/avvik/{ref}/forum", kropp)
    assert svar.status_code == 409


def test_both_parties_see_what_the_forum_is_asked_and_what_it_came_to() -> None:
    for part in (ACT, PAM):
        view: Any = utsnitt_avvik(løftet().og(AVGJORT).state, part, kjent())
        assert (view.forum, view.moete, view.spoersmaal, view.forumtekster) == (
            "dpr-kronstad", None, LØFTET.spørsmål, (AVGJORT.beslutning,),
        )  # fmt: skip


# -- in the log ----------------------------------------------------------------------------------------------------


@pytest.fixture
def her(tmp_path: Path) -> Iterator[Rom]:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN, tjenester=[tjeneste.tjeneste(HELE_BERGEN, TABELL)]) as rommet:
        yield rommet


def løft(her: Rom, ref: str, part: str) -> None:
    sagt: tuple[avvikplaner.ISaken, ...] = (
        VærUenig(PAM, "demo-109", ord_("Syntetisk uenig")),
        Eskaler(part, "demo-102", ord_("Syntetisk spørsmål")),
    )
    for command in sagt:
        her.gjør("samhandling", avvikplaner.i_saken(ref, command, aktør(command.part)))


def om_noen(her: Rom, *, løftes: bool = True) -> tuple[str, str]:
    """A case about a person that ACT follows, put up for a forum: (person, case)."""
    person = str(her.gjør("samhandling", registrer(aktør("koordinerende-enhet"), PASIENT)))
    meld = replace(MELD, fakta=replace(FAKTA, opphold_ref=None), hendelse=ord_("Syntetisk"))
    ordre = avvikplaner._til("a" * 32, meld, aktør(ACT), person)
    her.gjør("samhandling", lambda _lookup: ([ordre], "a" * 32))
    if løftes:
        løft(her, "a" * 32, ACT)
    return person, "a" * 32


def forumets(her: Rom) -> list[Any]:
    return [post for post in her.vei.gitt("samhandling", FORUM) if post.navn == "ForumsakUtsnitt"]


def test_1_6_the_records_of_a_forum_say_not_whom_they_are_about(her: Rom) -> None:
    person, ref = om_noen(her)
    (post,) = forumets(her)
    assert (post.envelope.person_ref, post.event.aggregat) == (None, ref)
    bytene = her.inst.engines["samhandling"].around.codec.encode(post.envelope, post.event)
    for hemmelig in (person, ACT, "demo-1"):
        assert hemmelig.encode() not in bytene
    parten = [p for p in her.vei.gitt("samhandling", PAM) if p.navn == "AvvikUtsnitt"][-1]
    assert parten.envelope.person_ref == person


def test_1_6_what_a_forum_was_asked_goes_with_the_persons_keys(tmp_path: Path) -> None:
    tjenester = [tjeneste.tjeneste(HELE_BERGEN, TABELL)]
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN, tjenester=tjenester, makulerer=True) as her:
        person, _ = om_noen(her)
        (post,) = forumets(her)
        nøkler = her.inst.engines["samhandling"].around.keyring
        assert nøkler.key(post.event.spoersmaal.key) is not None
        nøkler.shred_person(person)
        with pytest.raises(Shredded):
            nøkler.key(post.event.spoersmaal.key)


def test_a_forum_decides_over_its_own_route_and_both_parties_are_told(her: Rom) -> None:
    _, ref = om_noen(her)
    sekretær = aktør(FORUM, "forum.behandle")
    her.be(sekretær, f"samhandling/avvik/{ref}/forum", av="demo-141", utfall="AVGJORT", tekst="Syntetisk beslutning")
    for part in (ACT, PAM):
        (view,) = [v for v in her.utsnitt("samhandling", part).values() if type(v).__name__ == "AvvikUtsnitt"]
        assert (view.tilstand.value, view.ved.value, len(view.forumtekster)) == ("LUKKET", "FORUM", 1)
        assert "LES_FORUMSVAR" in {o.slag.value for o in view.oppgaver}


def test_the_longest_that_can_be_written_has_room_in_every_view(her: Rom) -> None:
    lang, kort = ord_("🙂" * 2000), ord_("🙂" * 1000)
    meldt = replace(MELD, fakta=replace(FAKTA, opphold_ref=None), hendelse=lang, strakstiltak=kort)
    ref = str(her.gjør("samhandling", avvikplaner.meld(None, meldt, aktør(ACT), RAMMER)))
    sagt: list[avvikplaner.ISaken] = [avvik.Besvar(PAM, "demo-109", lang, kort, kort) for _ in range(3)]
    sagt += [VærUenig(PAM, "demo-109", lang), Eskaler(ACT, "demo-102", lang)]
    for command in (*sagt, avvik.GiTilbakemelding(ACT, "demo-102", lang)):
        her.gjør("samhandling", avvikplaner.i_saken(ref, command, aktør(command.part)))
    for utfall in (Forumutfall.UTSATT, Forumutfall.TILBAKE):
        svar = Behandle(FORUM, "demo-141", utfall, lang)
        her.gjør("samhandling", avvikplaner.behandle(avvik.TOPIC, ref, svar, aktør(FORUM)))
    (view,) = [v for v in her.utsnitt("samhandling", ACT).values() if type(v).__name__ == "AvvikUtsnitt"]
    assert (len(view.behandlinger), len(view.innlegg), view.innlegg_eldre) == (2, 1, 3)


def test_2_6_three_of_a_kind_raise_themselves_for_the_forum_in_the_same_commit(her: Rom) -> None:
    meldt = replace(MELD, fakta=replace(FAKTA, opphold_ref=None, kategori=Avvikskategori.EPIKRISE), hendelse=ord_("x"))
    for nr in range(3):
        mønstre = [v for v in her.utsnitt("samhandling", FORUM).values() if type(v).__name__ == "MoensterUtsnitt"]
        assert mønstre == [], nr
        her.gjør("samhandling", avvikplaner.meld(None, meldt, aktør(ACT), RAMMER))
    (view,) = her.utsnitt("samhandling", FORUM).values()
    assert (view.kategori, view.faa, view.antall) == (Avvikskategori.EPIKRISE, True, 0)
    sekretær = aktør(FORUM, "forum.behandle")
    her.be(sekretær, f"samhandling/moenster/{view.aggregat}/forum", av="demo-141", utfall="AVGJORT", tekst="Syntetisk")
    (view,) = her.utsnitt("samhandling", FORUM).values()
    assert (view.moete, [b.utfall.value for b in view.behandlinger]) == (None, ["AVGJORT"])


def test_2_5_they_agree_before_the_meeting_and_the_forum_sees_that_it_is_closed(her: Rom) -> None:
    _, ref = om_noen(her)
    for part, bruker in ((PAM, "demo-109"), (ACT, "demo-102")):
        her.gjør("samhandling", avvikplaner.i_saken(ref, VærEnig(part, bruker), aktør(part)))
    assert forumets(her)[-1].event.tilstand is Avvikstilstand.LUKKET
