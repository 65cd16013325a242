"""Who may know what of a child's case, party by party (access.md, "Children"; rules 1.3, 1.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bindeledd.schema.generated.barn_paaroerende import (
    Barnerelasjon,
    BarnesakUtsnitt,
    Henvisningsgrunnlag,
    Meldepliktutfall,
)
from bindeledd.schema.generated.felles import Oppgaveslag
from services.barn_pårørende import sak
from services.barn_pårørende.barn import (
    AvstemSak,
    Besvar,
    Henvis,
    HørBarnet,
    MeldTvil,
    Registrer,
    StartTiltak,
    TaImot,
    VurderMeldeplikt,
)
from services.barn_pårørende.saksgrunner import Saksgrunner, samme_svar, svar_endres
from services.barn_pårørende.saksutsnitt import kandidater, utsnitt
from services.barn_pårørende.tjeneste import tjeneste
from services.felles.kjent import Kjent
from services.felles.tilgang import RelasjonSlag as R
from tests.dsl import (
    ACT,
    ALDRI,
    BARNEHAGE,
    BARNEVERN,
    DPS,
    ENHET,
    FASTLEGE,
    GITT,
    HELSESTASJON,
    HJEMMETJENESTE,
    LEGEVAKT,
    NAV,
    NÅ,
    PAM,
    PERSONEN,
    RAMMER,
    SKOLE,
    SLT,
    TRUKKET,
    Gitt,
    forseglet,
    given,
    hjelper,
    kjent,
    opphold,
    samtykke,
    sperring,
    utskrevet,
)

SAK = next(a for a in tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates if a.topic == sak.BARN)
MOR, FAR, KOE, ANNEN = "m" * 32, "f" * 32, "koordinerende-enhet", "annen-forelder"
ALLE = (
    ENHET, ACT, HJEMMETJENESTE, FASTLEGE, HELSESTASJON, PAM, DPS, NAV, SKOLE, BARNEHAGE, BARNEVERN, SLT, PERSONEN,
    LEGEVAKT, KOE, ANNEN, "ppt", "bup", "helsestasjon-fana", "barnehage-fana",
)  # fmt: skip
IKKE_MOTSATT, SAMTYKKET = Henvisningsgrunnlag.IKKE_MOTSATT, Henvisningsgrunnlag.SAMTYKKET


def registrer(forelder: str, part: str) -> Registrer:
    return Registrer(forelder, part, Barnerelasjon.FORELDER, forseglet("barnet"), None, forseglet(f"behov-{part}"))


def henvis(til: str, forelder: str = MOR, fra: str = DPS, grunnlag: Henvisningsgrunnlag = IKKE_MOTSATT) -> Henvis:
    tekst = (forseglet(f"stoette-{til}"), forseglet(f"kontakt-{til}"), forseglet(f"utdypende-{til}"))
    return Henvis(f"h-{til}-{fra}", forelder, fra, til, grunnlag, *tekst)


BEGGE = given(SAK).og(
    registrer(MOR, DPS), registrer(FAR, PAM), henvis(HELSESTASJON), henvis(HELSESTASJON, FAR, PAM),
    henvis(BARNEHAGE, grunnlag=SAMTYKKET),
)  # fmt: skip


def grunner(mor: Kjent | None = None, far: Kjent | None = None, født: date | None = date(2020, 1, 1)) -> Saksgrunner:
    return Saksgrunner(RAMMER, NÅ, {MOR: mor or kjent(), FAR: far or kjent()}, født)


def se(gitt: Gitt, part: str, om: Saksgrunner) -> BarnesakUtsnitt | None:
    funnet: BarnesakUtsnitt | None = utsnitt(gitt.state, part, om)
    return funnet


def ser(gitt: Gitt, om: Saksgrunner) -> set[str]:
    return {part for part in ALLE if se(gitt, part, om) is not None}


def vist(gitt: Gitt, part: str, om: Saksgrunner) -> BarnesakUtsnitt:
    view = se(gitt, part, om)
    assert view is not None
    return view


def tekster(view: BarnesakUtsnitt) -> set[str]:
    return {verdi.field for verdi in view.tekster}  # type: ignore[union-attr]


def test_those_who_registered_the_child_and_those_it_was_referred_to_have_the_case_and_nobody_else() -> None:
    assert ser(BEGGE, grunner()) == {DPS, PAM, HELSESTASJON}
    assert {DPS, PAM, HELSESTASJON, BARNEHAGE} <= set(kandidater(BEGGE.state, grunner()))
    assert PERSONEN not in set(kandidater(BEGGE.state, grunner()))


def test_each_service_sees_its_own_part_and_not_that_somebody_else_is_ill() -> None:
    mors, fars = vist(BEGGE, DPS, grunner()), vist(BEGGE, PAM, grunner())
    assert ([d.forelder_ref for d in mors.familie], [d.forelder_ref for d in fars.familie]) == ([MOR], [FAR])
    assert {h.forelder_ref for h in mors.henvisninger} == {MOR}
    assert not {tekst for tekst in tekster(mors) if PAM in tekst}
    assert mors.grunn.grunnlag == "R"


def test_it_keeps_that_after_the_stay_and_the_ward_that_has_the_parent_now_has_the_part_too() -> None:
    om = grunner(kjent(hjelper("pam", R.AVDELING), opphold=[opphold()]))
    assert {d.forelder_ref for d in vist(BEGGE, PAM, om).familie} == {MOR, FAR}
    assert se(BEGGE, DPS, grunner(kjent(opphold=[utskrevet()]))) is not None


@pytest.mark.parametrize(("tilstand", "har"), [(GITT, True), (TRUKKET, False), (ALDRI, False)])
def test_hpl_22_the_barnehage_has_what_was_referred_by_consent_only(tilstand: str, har: bool) -> None:
    om = grunner(kjent(samtykker=samtykke(BARNEHAGE, tilstand, "barn.kartlagt")))
    assert (se(BEGGE, BARNEHAGE, om) is not None) is har


def test_a_consent_without_a_referral_tells_nothing() -> None:
    om = grunner(kjent(samtykker=[*samtykke(SKOLE, GITT, "barn.*"), *samtykke(NAV, GITT, "barn.*")]))
    assert ser(BEGGE, om) == {DPS, PAM, HELSESTASJON}


def test_the_barnehage_learns_that_the_child_needs_support_and_whom_to_call_and_nothing_else() -> None:
    view = vist(BEGGE, BARNEHAGE, grunner(kjent(samtykker=samtykke(BARNEHAGE, GITT, "barn.*", "*"))))
    assert tekster(view) == {f"stoette-{BARNEHAGE}", f"kontakt-{BARNEHAGE}"}
    assert (view.familie, view.deler, view.vurderinger, view.hoert, view.skal_hoeres) == ((), (), (), (), False)
    (henvisning,) = view.henvisninger
    assert (henvisning.fra_part, henvisning.forelder_ref, henvisning.utdypende) == (None, None, -1)
    assert henvisning.grunnlag is Henvisningsgrunnlag.UKJENT
    assert DPS not in repr(view).replace(henvisning.henvisning_ref, "")
    assert MOR not in repr(view)


def test_hpl_25_a_health_receiver_learns_that_somebody_is_ill_and_not_of_what_where_or_when() -> None:
    view = vist(BEGGE, HELSESTASJON, grunner())
    assert {d.relasjon for d in view.familie} == {Barnerelasjon.FORELDER}
    assert {(d.forelder_ref, d.part, d.behov) for d in view.familie} == {(None, None, -1)}
    assert {h.fra_part for h in view.henvisninger} == {None}
    assert not {tekst for tekst in tekster(view) if tekst.startswith(("utdypende", "behov"))}


def test_by_consent_to_that_it_learns_where_and_more() -> None:
    view = vist(BEGGE, HELSESTASJON, grunner(kjent(samtykker=samtykke(HELSESTASJON, GITT, "barn.diagnose"))))
    assert {h.fra_part for h in view.henvisninger} == {DPS, None}
    assert f"utdypende-{HELSESTASJON}" in tekster(view)


@pytest.mark.parametrize("hvem", [HELSESTASJON, None])
def test_when_the_parent_opposes_its_referral_is_gone_and_the_others_stays(hvem: str | None) -> None:
    view = se(BEGGE, HELSESTASJON, grunner(kjent(sperringer=sperring(hvem, "barn.*"))))
    assert view is not None
    assert [h.henvisning_ref for h in view.henvisninger] == [f"h-{HELSESTASJON}-{PAM}"]
    ingen = kjent(sperringer=sperring(hvem, "barn.*"))
    assert se(BEGGE, HELSESTASJON, grunner(ingen, ingen)) is None


def test_when_nobody_knows_what_the_parents_have_said_nobody_has_the_case() -> None:
    assert ser(BEGGE, grunner(kjent(fersk=False), kjent(fersk=False))) == set()


def test_the_sender_sees_that_the_receiver_may_not_have_it_any_more_and_has_the_baton() -> None:
    tatt = BEGGE.og(TaImot(f"h-{HELSESTASJON}-{DPS}", HELSESTASJON, "demo-072"))
    åpen, stengt = grunner(), grunner(kjent(sperringer=sperring(HELSESTASJON)))
    stafett = [
        [(h.stafett, h.aapen) for h in vist(tatt, DPS, om).henvisninger if h.til_part == HELSESTASJON]
        for om in (åpen, stengt)
    ]
    assert stafett == [[("mottaker", True)], [("avsender", False)]]


def test_who_does_not_help_the_child_has_it_no_more() -> None:
    ref = f"h-{HELSESTASJON}-{DPS}"
    nei = given(SAK).og(registrer(MOR, DPS), henvis(HELSESTASJON), TaImot(ref, HELSESTASJON, "x"))
    nei = nei.og(Besvar(ref, HELSESTASJON, False, forseglet("svar")))
    assert ser(nei, grunner()) == {DPS}
    assert "svar" in tekster(vist(nei, DPS, grunner()))


def test_the_sender_sees_that_something_is_done_and_not_what() -> None:
    ref = f"h-{HELSESTASJON}-{DPS}"
    ja = BEGGE.og(TaImot(ref, HELSESTASJON, "x"), Besvar(ref, HELSESTASJON, True, None))
    ja = ja.og(StartTiltak(ref, HELSESTASJON, forseglet("tiltak")))
    for part, innhold in ((DPS, False), (HELSESTASJON, True)):
        view = vist(ja, part, grunner())
        assert (len(view.tiltak), "tiltak" in tekster(view)) == (1, innhold)
    assert vist(ja, PAM, grunner()).tiltak == ()


def test_hpl_33_an_assessment_is_for_the_unit_of_its_author() -> None:
    vurdert = BEGGE.og(VurderMeldeplikt(MOR, DPS, "demo-101", Meldepliktutfall.MELD, forseglet("vurdering")))
    om = grunner(kjent([*hjelper(PAM, R.AVDELING), *hjelper(ACT, R.ACT)]))
    assert {p for p in ALLE if (v := se(vurdert, p, om)) is not None and "vurdering" in tekster(v)} == {DPS}
    assert se(vurdert, BARNEVERN, grunner(kjent(samtykker=samtykke(BARNEVERN, GITT, "barn.*")))) is None


def test_what_the_child_said_is_for_the_unit_that_it_said_it_to() -> None:
    hørt = BEGGE.og(HørBarnet(DPS, forseglet("sagt"), True))
    assert {p for p in ALLE if (v := se(hørt, p, grunner())) is not None and "sagt" in tekster(v)} == {DPS}


@pytest.mark.parametrize(
    ("født", "skal"), [(date(2014, 3, 2), True), (date(2014, 3, 3), False), (date(2020, 1, 1), False), (None, False)]
)
def test_rules_1_3_a_child_is_heard_from_twelve_and_that_is_told_at_its_birthday(født: date | None, skal: bool) -> None:
    om = grunner(født=født)
    assert vist(BEGGE, DPS, om).skal_hoeres is skal
    if født == date(2014, 3, 3):
        endres = svar_endres(om)
        assert endres is not None
        assert endres - NÅ < timedelta(hours=12)
        assert not samme_svar(om, replace(om, naa=endres))
    hørt = BEGGE.og(HørBarnet(DPS, None, False))
    assert vist(hørt, DPS, om).skal_hoeres is False


def test_rules_1_3_one_who_was_born_on_a_leap_day_is_twelve_on_one_or_on_the_first_of_march() -> None:
    assert replace(grunner(født=date(2014, 3, 1)), naa=NÅ).skal_høres
    assert grunner(født=date(2012, 2, 29)).skal_høres


def test_a_doubt_is_for_who_works_the_manual_queue_and_tells_nobody_else_that_somebody_more_is_ill() -> None:
    i_tvil = given(SAK).og(registrer(MOR, DPS), MeldTvil("k" * 32, "samme navn og fødselsdato"))
    assert ser(i_tvil, grunner()) == {DPS, KOE}
    koe = vist(i_tvil, KOE, grunner())
    assert ([t.kandidat for t in koe.tvil], koe.familie, koe.henvisninger, koe.tekster) == (["k" * 32], (), (), ())
    assert vist(i_tvil, DPS, grunner()).tvil == ()


def test_the_other_parent_knows_by_consent_that_the_child_is_mapped_and_of_no_referral() -> None:
    view = vist(BEGGE, ANNEN, grunner(kjent(samtykker=samtykke(ANNEN, GITT, "barn.kartlagt"))))
    assert ([d.forelder_ref for d in view.familie], view.henvisninger) == ([None], ())
    assert tekster(view) == {f"behov-{DPS}"}


def test_hpl_10b_who_looks_to_the_bereaved_has_the_task_and_the_part_of_the_one_who_died() -> None:
    død = grunner(kjent(opphold=[utskrevet(død=True)]))
    etter = BEGGE.og(AvstemSak(frozenset(), {MOR: ACT}))
    view = vist(etter, ACT, død)
    assert [o.slag for o in view.oppgaver] == [Oppgaveslag.FOELG_OPP_ETTERLATTE]
    assert [(d.forelder_ref, d.doed) for d in view.familie] == [(MOR, True)]
    assert not vist(etter, PAM, død).familie[0].doed


def test_a_receivers_task_is_not_shown_when_it_may_not_know_what_it_is_about() -> None:
    par = frozenset({(MOR, BARNEHAGE), (MOR, HELSESTASJON), (FAR, HELSESTASJON)})
    gitt = BEGGE.og(AvstemSak(par, {}))
    ja = grunner(kjent(samtykker=samtykke(BARNEHAGE, GITT, "barn.kartlagt", "barn.oppgaver")))
    uten = grunner(kjent(samtykker=samtykke(BARNEHAGE, TRUKKET, "barn.*")))
    assert [o.slag for o in vist(gitt, BARNEHAGE, ja).oppgaver] == [Oppgaveslag.TA_IMOT_HENVISNING]
    assert se(gitt, BARNEHAGE, uten) is None


@pytest.mark.parametrize("part", [NAV, BARNEVERN, SLT, LEGEVAKT, PERSONEN, "forum"])
def test_everybody_else_has_no_view_whatever_was_consented(part: str) -> None:
    alt: Any = samtykke(part, GITT, "*", "barn.*")
    assert se(BEGGE, part, grunner(kjent(samtykker=alt), kjent(samtykker=alt))) is None


def test_1_4_each_service_sees_the_child_by_the_name_that_it_has_written_down_itself() -> None:
    """Whoever registers a child by its number must not learn from another name that it was known to somebody else."""
    fars = replace(registrer(FAR, PAM), barnet=forseglet("barnet-hos-pam"))
    begge = given(SAK).og(registrer(MOR, DPS), fars, henvis(HELSESTASJON))
    om = grunner(kjent(hjelper(DPS, R.DPS_BEHANDLER)), kjent(hjelper(PAM, R.AVDELING)))
    navn = {part: vist(begge, part, om).barnet for part in (DPS, PAM, HELSESTASJON)}
    assert navn == {DPS: forseglet("barnet"), PAM: forseglet("barnet-hos-pam"), HELSESTASJON: forseglet("barnet")}
