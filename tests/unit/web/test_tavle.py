"""The board: who stands first, and what each row says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bindeledd.core.errors import Shredded
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.ansvarsgruppe import Moetetilstand
from bindeledd.schema.generated.barn_paaroerende import Kartleggingstilstand
from bindeledd.schema.generated.felles import Deling, FristTilstand, Oppgaveslag, Oppgavetilstand
from bindeledd.schema.generated.kriseplan import Kriseplantilstand
from bindeledd.schema.generated.samhandling import Oppholdsstatus
from services.felles.sider import FORHOLD, PERSONENS_DELER, RADENS_FELT, Side, side_for
from services.felles.tilgang import Aldre
from tests.nettsider import ACT, NÅ, PAM, barn, frist, gruppe, kriseplan, oppgave, opphold, oppsett, person, plan, ref
from tests.plansider import møte, tiltak
from web.bilde import Bilde, bilder
from web.gitt import Gitt
from web.tavle import Felt, Nivå, Rad, forhold, nivå, rekkefølge, tavle
from web.vist import Hvem

SIDER = oppsett().sider
VANLIG = SIDER["ellers"]


ALDRE = Aldre(høres=12, myndig=16, foreldreansvar=18)


def alt(_del: str) -> bool:
    return True


def hvem(nå: datetime = NÅ, bruker: str = "demo-102", side: Side = VANLIG) -> Hvem:
    def åpne(verdi: Any) -> Any:
        return verdi.content if isinstance(verdi, Klartekst) else verdi

    return Hvem(nå, åpne, {"demo-103": "Cato"}, str, {"aarstad": "Årstad"}, {}, bruker, alt, alt, ALDRE, side)


def bilde(*utsnitt: Any, nummer: int = 1) -> Bilde:
    gitte = [
        Gitt(u.avro_name, "samhandling", ref(100 * nummer + i), ref(nummer), NÅ, None, u, ref(900 + i), 1)
        for i, u in enumerate(utsnitt)
    ]
    return bilder(gitte, alt, ACT)[0]


def rad(*utsnitt: Any, nå: datetime = NÅ) -> Rad:
    return tavle([bilde(*utsnitt)], frozenset(), hvem(nå)).grupper[0].rader[0]


def felt(navn: str, *utsnitt: Any) -> Felt | None:
    return next((f for f in rad(*utsnitt).felt if f.id == navn), None)


def oppfølging(*utsnitt: Any) -> str | None:
    """What the row says of what follows the stay."""
    return next((f.tekst for f in rad(*utsnitt).felt if f.navn == "Oppfølging"), None)


BRUTT = opphold(NÅ - timedelta(hours=30), frister=(frist(NÅ - timedelta(hours=6), FristTilstand.OVERSKREDET),))
HJEMME = opphold(
    NÅ - timedelta(days=9), status=Oppholdsstatus.UTSKREVET, utskrevet=NÅ - timedelta(days=2), frister=BRUTT.frister
)


def test_a_clock_that_ran_out_needs_somebody_now() -> None:
    assert nivå(bilde(BRUTT), NÅ, VANLIG) is Nivå.NÅ


def test_a_clock_that_nobody_has_judged_yet_needs_somebody_the_moment_it_runs_out() -> None:
    løper = bilde(opphold(NÅ - timedelta(hours=24)))
    assert nivå(løper, NÅ - timedelta(seconds=1), VANLIG) is Nivå.FØLG_MED
    assert nivå(løper, NÅ, VANLIG) is Nivå.NÅ


def test_a_clock_of_a_stay_that_is_over_needs_nobody() -> None:
    assert nivå(bilde(HJEMME), NÅ, VANLIG) is Nivå.ELLERS


def test_a_task_that_nobody_has_taken_needs_somebody_now_and_one_that_is_taken_is_followed() -> None:
    ledig = oppgave(50, Oppgaveslag.LAG_KRISEPLAN)
    tatt = oppgave(51, Oppgaveslag.LAG_KRISEPLAN, tilstand=Oppgavetilstand.TATT, tatt_av="demo-103")
    assert nivå(bilde(kriseplan(oppgaver=(ledig,))), NÅ, VANLIG) is Nivå.NÅ
    assert nivå(bilde(kriseplan(oppgaver=(tatt,))), NÅ, VANLIG) is Nivå.FØLG_MED


def test_a_task_that_is_taken_needs_somebody_again_when_its_deadline_has_passed() -> None:
    sen = oppgave(51, Oppgaveslag.LAG_KRISEPLAN, tilstand=Oppgavetilstand.TATT, tatt_av="demo-103", frist=NÅ)
    assert nivå(bilde(kriseplan(oppgaver=(sen,))), NÅ, VANLIG) is Nivå.NÅ


def test_rules_2_3_a_task_says_which_measure_it_is_and_which_meeting_as_far_as_the_view_does() -> None:
    def om(utsnitt: Any, slag: Oppgaveslag) -> str:
        return rad(person("Ola"), replace(utsnitt, oppgaver=(oppgave(1, slag, ACT),))).oppgaver[0].om

    assert om(tiltak("Søke om bolig"), Oppgaveslag.FOELG_OPP_TILTAK) == "Søke om bolig"
    assert om(tiltak("ord " * 300), Oppgaveslag.FOELG_OPP_TILTAK).endswith("ord …")
    adresse = om(tiltak("https://eksempel.test/" + "x" * 4000), Oppgaveslag.FOELG_OPP_TILTAK)
    assert (adresse[:22], adresse[-1], len(adresse)) == ("https://eksempel.test/", "…", 120)
    assert om(tiltak(innhold=None), Oppgaveslag.FOELG_OPP_TILTAK) == ""
    assert om(tiltak(innhold=Shredded("borte")), Oppgaveslag.FOELG_OPP_TILTAK) == "Opplysningene er slettet"
    assert om(møte(tid=NÅ + timedelta(hours=12)), Oppgaveslag.SVAR_PAA_INNKALLING) == "Møtet i morgen kl.\xa011.00"
    assert om(plan(), Oppgaveslag.VURDER_PLAN) == ""


def test_a_task_of_another_party_or_one_that_is_done_is_not_shown() -> None:
    annens = oppgave(50, Oppgaveslag.LAG_KRISEPLAN, part=PAM)
    løst = oppgave(51, Oppgaveslag.LAG_KRISEPLAN, tilstand=Oppgavetilstand.LOEST)
    assert bilde(kriseplan(oppgaver=(annens, løst))).arbeid == ()


def test_the_deadline_that_runs_out_first_stands_first_within_a_level() -> None:
    def med_frist(timer: int, nummer: int) -> Bilde:
        o = oppgave(nummer, Oppgaveslag.LAG_KRISEPLAN, frist=NÅ + timedelta(hours=timer))
        return bilde(kriseplan(oppgaver=(o,)), nummer=nummer)

    vist = tavle([med_frist(9, 1), med_frist(2, 2), med_frist(5, 3)], frozenset(), hvem())
    assert [r.person_ref for r in vist.grupper[0].rader] == [ref(2), ref(3), ref(1)]


BILDER = [
    bilde(person("A"), BRUTT, nummer=1), bilde(opphold(), nummer=2), bilde(HJEMME, nummer=3), bilde(gruppe(), nummer=4),
    bilde(kriseplan(oppgaver=(oppgave(50, Oppgaveslag.LAG_KRISEPLAN),)), nummer=5), bilde(barn(), nummer=6),
]  # fmt: skip


@given(st.permutations(BILDER))
def test_the_order_does_not_depend_on_the_order_in_which_things_came(rekke: Iterable[Bilde]) -> None:
    vist = tavle(rekke, frozenset(), hvem())
    rader = [r.person_ref for gruppe_ in vist.grupper for r in gruppe_.rader]
    assert rader == [b.person_ref for b in sorted(BILDER, key=lambda b: rekkefølge(b, NÅ, VANLIG))]
    assert (vist.antall, vist.trenger_noen) == (6, 2)


def test_the_stay_that_goes_on_is_the_one_that_counts_also_when_an_older_one_was_told_of_later() -> None:
    assert felt("opphold", opphold(), HJEMME) == felt("opphold", HJEMME, opphold()) == felt("opphold", opphold())


def test_a_stay_that_was_withdrawn_is_not_on_the_board() -> None:
    assert felt("opphold", opphold(status=Oppholdsstatus.KANSELLERT)) is None


def test_the_clock_says_how_much_is_left() -> None:
    frist_ = felt("frist", opphold())
    assert frist_ is not None
    assert frist_.merke is not None
    assert frist_.merke.tekst == "Venter på tidligmelding: 19 timer igjen"


def test_no_crisis_plan_is_another_thing_than_one_that_is_not_shared_and_than_nothing_said() -> None:
    felter = (felt("kriseplan", kriseplan(deling)) for deling in (Deling.FINNES_IKKE, Deling.IKKE_DELT))
    assert [f.merke.tekst for f in felter if f and f.merke] == ["Mangler", "Ikke delt med dere"]
    assert felt("kriseplan", opphold()) is None


def test_a_person_who_declined_a_crisis_plan_is_not_said_to_lack_one() -> None:
    nei = felt("kriseplan", kriseplan(Deling.FINNES_IKKE, tilstand=Kriseplantilstand.TAKKET_NEI))
    assert nei is not None
    assert nei.merke is not None
    assert nei.merke.tekst == "Takket nei"


def test_a_name_that_is_not_given_is_not_guessed() -> None:
    assert rad(opphold()).navn == "Navnet er ikke delt med dere"
    assert rad(person("Ola"), opphold()).navn == "Ola Prøvesen"


def test_of_a_person_whose_views_may_no_longer_hold_only_the_name_is_shown() -> None:
    vist = tavle([bilde(person("Ola"), BRUTT, kriseplan())], frozenset({ref(1)}), hvem()).grupper[0].rader[0]
    assert (vist.navn, vist.usikker) == ("Ola Prøvesen", True)
    assert (vist.felt, vist.oppgaver, vist.flere_oppgaver) == ((), (), ())


def test_who_has_taken_a_task_is_said_by_name_and_to_themself_as_you() -> None:
    tatt = oppgave(51, Oppgaveslag.LAG_KRISEPLAN, tilstand=Oppgavetilstand.TATT, tatt_av="demo-103")
    b = bilde(kriseplan(oppgaver=(tatt,)))
    (andres,) = tavle([b], frozenset(), hvem()).grupper[0].rader[0].oppgaver
    (egen,) = tavle([b], frozenset(), hvem(bruker="demo-103")).grupper[0].rader[0].oppgaver
    assert (andres.tatt_av, andres.kan_ta, egen.tatt_av, egen.kan_ta) == ("Cato", True, "deg", False)


# -- in the order of the role ------------------------------------------------------------------------------------------


KLAR = opphold(status=Oppholdsstatus.UTSKRIVNINGSKLAR, frister=())
UTEN_PLAN = kriseplan(Deling.FINNES_IKKE)
UTE = opphold(NÅ - timedelta(hours=30), frister=(frist(NÅ - timedelta(hours=6), FristTilstand.OVERSKREDET),))


def rekke(rolle: str, *bilder_: Bilde) -> list[str]:
    vist = tavle(bilder_, frozenset(), hvem(side=SIDER[rolle]))
    return [r.person_ref for g in vist.grupper for r in g.rader]


def test_of_those_who_wait_equally_much_each_role_finds_first_whom_it_looks_for_first() -> None:
    ledig = oppgave(50, Oppgaveslag.FOELG_OPP_INNLEGGELSE)
    klar = bilde(replace(KLAR, oppgaver=(ledig,)), nummer=1)
    ute = bilde(replace(UTE, oppgaver=(ledig,)), nummer=2)
    assert rekke("act-medlem", klar, ute) == [ref(2), ref(1)]
    assert rekke("saksbehandler", klar, ute) == [ref(1), ref(2)]


def test_a_list_to_look_a_name_up_in_is_in_the_order_of_the_names() -> None:
    delt = kriseplan(Deling.DELT, tilstand=Kriseplantilstand.GJELDER, versjon=1)
    alle = [bilde(person(navn), delt, nummer=nr) for nr, navn in enumerate(("Trond", "Anne", "Mona"), 1)]
    assert rekke("legevakt-lege", *alle) == [ref(2), ref(3), ref(1)]


def test_a_row_says_what_the_role_asks_for_in_its_order_and_nothing_else() -> None:
    alt_mulig = bilde(person("Ola"), opphold(), UTEN_PLAN, barn(), plan())
    for rolle, side in SIDER.items():
        (gruppe_,) = tavle([alt_mulig], frozenset(), hvem(side=side)).grupper
        assert [f.id for f in gruppe_.rader[0].felt] == list(side.tavle), rolle


def test_tasks_stand_in_the_order_in_which_the_role_does_them_but_what_is_late_stands_first() -> None:
    slag = (Oppgaveslag.DEL_KRISEPLAN, Oppgaveslag.LAG_KRISEPLAN, Oppgaveslag.LES_BRUKT_KRISEPLAN)
    sen = oppgave(60, Oppgaveslag.SPOER_OM_BARN, frist=NÅ - timedelta(hours=1))
    b = bilde(kriseplan(oppgaver=tuple(oppgave(50 + nr, s) for nr, s in enumerate(slag))), barn(oppgaver=(sen,)))
    (gruppe_,) = tavle([b], frozenset(), hvem(side=SIDER["act-medlem"])).grupper
    rad_ = gruppe_.rader[0]
    assert [o.ref for o in (*rad_.oppgaver, *rad_.flere_oppgaver)] == [ref(60), ref(52), ref(51), ref(50)]
    assert len(rad_.flere_oppgaver) == 1


def test_everything_that_a_role_may_look_for_first_is_seen_on_somebody() -> None:
    gammel = kriseplan(Deling.DELT, tilstand=Kriseplantilstand.REVISJON_FORFALT, versjon=1)
    alle = [
        bilde(UTE, UTEN_PLAN, person("A", bekreftet=False)), bilde(KLAR, gammel), bilde(HJEMME),
        *(bilde(barn(tilstand=t)) for t in (Kartleggingstilstand.FORFALT, Kartleggingstilstand.KREVD)),
    ]  # fmt: skip
    assert frozenset().union(*(forhold(b, NÅ) for b in alle)) == frozenset(FORHOLD)


def test_every_role_has_a_page_of_its_own_or_that_of_the_others_and_leaves_no_section_out() -> None:
    for rolle in oppsett().katalog.roles:
        side = side_for(SIDER, rolle)
        assert set(side.person) == set(PERSONENS_DELER), rolle
        assert set(side.tavle) <= set(RADENS_FELT), rolle


def test_a_board_with_nobody_on_it_says_when_somebody_comes() -> None:
    assert "kriseplanen" in tavle([], frozenset(), hvem(side=SIDER["legevakt-lege"])).tom


def test_what_hastens_for_one_role_is_no_more_than_news_to_another() -> None:
    forfalt = bilde(person("Ola"), barn(tilstand=Kartleggingstilstand.FORFALT))
    assert nivå(forfalt, NÅ, SIDER["barneansvarlig"]) is Nivå.NÅ
    assert nivå(forfalt, NÅ, SIDER["act-medlem"]) is Nivå.ELLERS


def test_a_stay_that_has_ended_says_that_no_appointment_is_known_until_the_group_is_summoned() -> None:
    assert oppfølging(HJEMME) == "Ingen avtale om oppfølging er kjent her"
    assert oppfølging(HJEMME, møte()) == "Ansvarsgruppemøte"
    assert oppfølging(HJEMME, møte(tilstand=Moetetilstand.AVLYST)) == "Ingen avtale om oppfølging er kjent her"
    assert oppfølging(HJEMME, møte(tid=NÅ - timedelta(days=5))) == "Ingen avtale om oppfølging er kjent her"


def test_nothing_is_said_of_appointments_while_a_stay_goes_on_long_after_it_or_after_a_death() -> None:
    lenge_siden = replace(HJEMME, utskrevet=NÅ - timedelta(days=15))
    død = replace(HJEMME, status=Oppholdsstatus.DOED)
    assert [oppfølging(o) for o in (opphold(), lenge_siden, død)] == [None, None, None]


def test_a_role_that_is_not_told_how_a_stay_went_is_not_told_of_what_follows_it() -> None:
    utenfor = replace(hvem(), ser=lambda del_: del_ != "opphold.status")
    felter = tavle([bilde(HJEMME)], frozenset(), utenfor).grupper[0].rader[0].felt
    assert [f.navn for f in felter if f.navn == "Oppfølging"] == []
