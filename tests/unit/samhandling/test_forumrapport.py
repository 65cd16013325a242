"""A quarter's figures for the forums (rules 2.6): the same for every DPS, on the stays there; few are hidden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bindeledd.core.envelope import Actor, Envelope
from bindeledd.core.errors import InvalidMessage
from bindeledd.schema.generated.samhandling import Avvikskategori, RettInstansAvklart
from services.felles.kvartalsrapport import Kvartal, Linje, Rapport, kvartalet_før, les_kvartal
from services.felles.oppholdsbilde import OPPHOLD
from services.samhandling.avvik import avvik
from services.samhandling.avvik.avvik import VærEnig
from services.samhandling.forum import mønster
from services.samhandling.forum.forumrapport import Grunnlag, rapport
from services.samhandling.forum.mønster import TellAvvik
from tests.dsl import ACT, PAM, RAMMER, given
from tests.unit.felles.test_oppholdsbilde import inn
from tests.unit.samhandling.test_avvik import AVVIK, MELD, SVARER, UENIG
from tests.unit.samhandling.test_eskalering import AVGJORT, LØFTET, VIDERE
from tests.unit.samhandling.test_mønster import MØNSTER

OPPSETT = RAMMER.oppsett
KVARTALET = Kvartal(2026, 1)
START = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
DAG = timedelta(days=1)
Poster = list[tuple[str, Envelope, Any]]
DPSENE = ("betanien", "bjoergvin", "kronstad", "solli")


def konvolutt(strøm: str, posisjon: int, tid: datetime, event: Any) -> Envelope:
    return Envelope(
        f"{posisjon:032x}", event.avro_name, strøm, posisjon, b"", 1, posisjon, None, (), tid, tid, tid,
        Actor("system", "4601", "samhandling"), "", "", "", 0,
    )  # fmt: skip


def sak(
    nr: int, act: str, *kommandoer: tuple[float, Any], fra: datetime = START, mot: str = PAM, **fakta: Any
) -> Iterator[Any]:  # fmt: skip
    """A case that an ACT team reports, about PAM where nothing else is said; each command so many days after."""
    om = replace(MELD.fakta, hendt=fra - 2 * DAG, oppdaget=fra - DAG, **fakta)
    gitt, strøm = given(AVVIK, now=fra), f"{nr:032x}"
    for dager, kommando in ((0, replace(MELD, av_part=act, mot_part=mot, fakta=om)), *kommandoer):
        gitt = gitt.at(fra + dager * DAG)
        resultat = gitt.when(kommando)
        gitt = resultat.etter()
        for event in resultat.events:
            yield avvik.TOPIC, konvolutt(strøm, nr, gitt.now, event), event


def stays(dps: str | None, antall: int, fra: int = 0, når: datetime = START) -> Iterator[Any]:
    """So many stays that began in the quarter, routed to a DPS."""
    for nr in range(fra, fra + antall):
        strøm = oppholdet(dps, nr)
        rute = RettInstansAvklart(dps=dps, bydel=None, instans=None, forklaring="", regel_versjon="")
        for event in (inn(når=når), rute):
            yield OPPHOLD, konvolutt(strøm, nr, når, event), event


def oppholdet(dps: str | None, nr: int) -> str:
    return f"{dps}-{nr:04}".ljust(32, "0")


def av(poster: Iterable[Any], trinn: str = "DPR", kvartal: Kvartal = KVARTALET) -> Rapport:
    grunnlag = Grunnlag(kvartal)
    for topic, envelope, event in poster:
        grunnlag.ta(topic, envelope, event)
    return rapport(trinn, grunnlag, OPPSETT)


def byen(avvikene: dict[str, int], opphold: int = 40) -> list[Any]:
    """So many cases in each area, each answered after two days, and as many stays in all of them."""
    poster: list[Any] = []
    for dps in DPSENE:
        poster += stays(f"dps-{dps}", opphold)
        for nr in range(avvikene.get(dps, 0)):
            poster += sak(1000 + 100 * DPSENE.index(dps) + nr, f"act-{dps}", (2, SVARER))
    return poster


def enige(act: str, dag: int) -> list[tuple[float, Any]]:
    """Both agree, and the case is closed."""
    return [(dag, VærEnig(PAM, "demo-109")), (dag, VærEnig(act, "demo-102"))]


def linje(r: Rapport, dps: str) -> Linje:
    return next(linje for linje in r.linjer if linje.dps == f"dps-{dps}")


# -- equal offers --------------------------------------------------------------------------------------------------


def test_2_6_each_dps_has_the_same_figures_per_hundred_stays_that_began_there() -> None:
    r = av([*byen({"betanien": 6, "bjoergvin": 12, "kronstad": 8, "solli": 8}), *stays("dps-solli", 40, fra=100)])
    vist = {dps: (linje(r, dps).opphold, linje(r, dps).meldt, linje(r, dps).per_hundre) for dps in DPSENE}
    assert vist == {
        "betanien": (40, 6, 15.0), "bjoergvin": (40, 12, 30.0), "kronstad": (40, 8, 20.0), "solli": (80, 8, 10.0),
    }  # fmt: skip
    assert (r.alle.opphold, r.alle.meldt, r.alle.dager) == (200, 34, 2.0)


def test_2_6_a_figure_stands_at_the_area_that_the_case_is_about_and_not_at_the_one_that_reports() -> None:
    def meldt(act: str, **annet: Any) -> dict[str, tuple[int | None, int | None]]:
        r = av([*byen({}), *(p for nr in range(6) for p in sak(900 + nr, act, **annet))])
        return {dps: (linje(r, dps).meldt, linje(r, dps).meldt_av) for dps in ("kronstad", "solli")}

    assert meldt("act-kronstad", mot="dps-solli") == {"kronstad": (0, 6), "solli": (6, 0)}
    assert meldt("act-solli", mot="dps-kronstad") == {"kronstad": (6, 0), "solli": (0, 6)}
    assert meldt("act-kronstad", opphold_ref=oppholdet("dps-solli", 3)) == {"kronstad": (0, 6), "solli": (6, 0)}
    assert meldt("act-kronstad") == {"kronstad": (6, 6), "solli": (0, 0)}


def test_2_6_no_cases_are_none_and_not_few() -> None:
    r = av(byen({"solli": 8}))
    assert (linje(r, "kronstad").meldt, linje(r, "kronstad").per_hundre, linje(r, "kronstad").dager) == (0, 0.0, None)


def test_1_6_beside_a_number_that_is_hidden_nothing_tells_how_many() -> None:
    """Five and one: of a hidden six, that a middle number stands would say which of them is the five. So it is of those
    reported, and of those that are open."""
    poster = byen({"bjoergvin": 12, "solli": 8})
    lukkede = [p for nr in range(5) for p in sak(900 + nr, "act-betanien", (2, SVARER), *enige("act-betanien", 3))]
    r = av([*poster, *lukkede, *sak(910, "act-kronstad", (2, SVARER), *enige("act-kronstad", 3))])
    for dps in ("betanien", "kronstad"):
        en = linje(r, dps)
        assert (en.meldt, en.per_hundre, en.i_tide, en.dager, en.åpne) == (None, None, None, None, 0), dps
    assert (linje(r, "solli").i_tide, linje(r, "solli").dager) == (100, 2.0)
    åpen = av([*poster, *lukkede, *sak(911, "act-betanien", (2, SVARER))])
    en = linje(åpen, "betanien")
    assert (en.meldt, en.i_tide, en.dager, en.åpne) == (6, None, None, None)


def test_2_6_the_figures_are_of_the_quarter_and_what_is_of_no_area_is_no_dpss() -> None:
    før = datetime(2025, 10, 6, 9, 0, tzinfo=UTC)
    poster = byen({"betanien": 6, "bjoergvin": 12, "kronstad": 8, "solli": 8})
    gamle: list[Any] = [*stays(None, 7)]
    for dps in DPSENE:
        gamle += stays(f"dps-{dps}", 40, fra=500, når=før)
        act = f"act-{dps}"
        for nr in range(6):
            gamle += sak(2000 + 100 * DPSENE.index(dps) + nr, act, (50, SVARER), *enige(act, 51), fra=før)
    uten, med = av(poster), av([*gamle, *poster])
    assert (med.linjer[:-1], med.kategorier, med.åpne_etter_alder) == (
        uten.linjer[:-1], uten.kategorier, uten.åpne_etter_alder
    )  # fmt: skip
    assert (med.linjer[-1].opphold, med.alle) == (7, replace(uten.alle, opphold=167, per_hundre=20.4))


def test_the_time_to_answer_and_the_share_in_time_are_of_those_settled_in_the_quarter() -> None:
    sent = [p for nr in range(5) for p in sak(900 + nr, "act-solli", (40, SVARER))]
    r = av([*byen({"solli": 5}), *sent])
    solli = linje(r, "solli")
    assert (solli.i_tide, solli.dager) == (50, 21.0)


def test_1_6_a_small_number_is_hidden_and_so_is_one_that_it_could_be_found_from() -> None:
    r = av(byen({"betanien": 2, "bjoergvin": 12, "kronstad": 8, "solli": 9}))
    assert {dps: linje(r, dps).meldt for dps in DPSENE} == {
        "betanien": None, "bjoergvin": 12, "kronstad": None, "solli": 9,
    }  # fmt: skip
    assert (linje(r, "betanien").per_hundre, linje(r, "kronstad").per_hundre) == (None, None)
    assert (linje(r, "betanien").dager, linje(r, "bjoergvin").dager) == (None, 2.0)


def test_1_6_a_share_is_not_told_where_those_or_the_others_are_few() -> None:
    sent = [p for nr in range(2) for p in sak(900 + nr, "act-solli", (40, SVARER))]
    assert linje(av([*byen({"solli": 9}), *sent]), "solli").i_tide is None


def test_1_6_kinds_and_ages_are_hidden_in_the_same_way() -> None:
    epikriser = [
        p for nr in range(3) for p in sak(800 + nr, "act-solli", (2, SVARER), kategori=Avvikskategori.EPIKRISE)
    ]
    r = av([*byen({"solli": 20}), *epikriser])
    assert dict(r.kategorier) == {Avvikskategori.TIDLIGMELDING: None, Avvikskategori.EPIKRISE: None}
    assert dict(r.åpne_etter_alder) == {"under en måned": 0, "en til tre måneder": 23, "over tre måneder": 0}


# -- of the quarter, and nothing that came later --------------------------------------------------------------------


def test_what_is_written_after_the_quarter_changes_nothing_of_it() -> None:
    poster = byen({"solli": 8})
    etter = datetime(2026, 3, 31, 22, 0, tzinfo=UTC)  # the first moment of April here
    senere = [*sak(900, "act-solli", fra=etter), *sak(901, "act-solli", (80, SVARER))]
    før = [p for p in senere if p[1].registrert < etter]
    assert av([*poster, *senere]) == av([*poster, *før])


def test_the_order_in_which_streams_are_told_changes_nothing() -> None:
    poster = byen({"solli": 8, "kronstad": 6})
    strømmer: dict[str, list[Any]] = {}
    for post in poster:
        strømmer.setdefault(post[1].stream, []).append(post)
    assert av(poster) == av([post for strøm in reversed([*strømmer.values()]) for post in strøm])


@pytest.mark.parametrize(
    ("kvartal", "første", "etter"),
    [("2026K1", date(2026, 1, 1), date(2026, 4, 1)), ("2026K4", date(2026, 10, 1), date(2027, 1, 1))],
)
def test_a_quarter_begins_and_ends_where_it_does(kvartal: str, første: date, etter: date) -> None:
    k = les_kvartal(kvartal)
    assert (k.første, k.etter, str(k)) == (første, etter, kvartal)
    assert kvartalet_før(k.etter) == k


@pytest.mark.parametrize("kvartal", ["2026", "2026K5", "K1", "2026k1", "2026K1 ", "1999K1", "0000K1"])
def test_what_is_no_quarter_is_refused(kvartal: str) -> None:
    with pytest.raises(InvalidMessage):
        les_kvartal(kvartal)


def test_a_rung_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidMessage, match="SAPH"):
        av([], trinn="FINNES-IKKE")


# -- what the forums had before them --------------------------------------------------------------------------------


def i_forumet() -> list[Any]:
    return [*sak(1, ACT, (3, UENIG), (5, LØFTET), (40, VIDERE), (70, AVGJORT)), *sak(2, ACT, (3, UENIG), (5, LØFTET))]


def test_2_6_each_rung_has_what_it_took_up_and_what_waits_for_it_without_names() -> None:
    dpr, saph = av(i_forumet()), av(i_forumet(), "SAPH")
    assert [(s.forum, s.utfall) for s in dpr.saker] == [("dpr-kronstad", "SENDT_VIDERE"), ("dpr-kronstad", "")]
    assert [(s.forum, s.utfall, s.slag) for s in saph.saker] == [("fagleg-utval", "AVGJORT", ("act", "pam"))]
    assert (dpr.forumene[2], saph.forumene) == ("DPR Kronstad", ("Fagleg utval psykisk helse",))
    for hemmelig in (ACT, "demo-", f"{1:032x}"):
        assert hemmelig not in repr((dpr, saph)).replace("dps-kronstad", ""), hemmelig


def test_2_6_before_august_2022_it_is_saph_that_is_told_of() -> None:
    fra = datetime(2022, 3, 1, 9, 0, tzinfo=UTC)
    poster = [*sak(1, ACT, (3, UENIG), (5, LØFTET), (40, VIDERE), fra=fra)]
    saph = av(poster, "SAPH", Kvartal(2022, 2))
    assert (saph.forumene, [(s.forum, s.møte) for s in saph.saker]) == (("SAPH",), [("saph", date(2022, 6, 9))])
    etter = av(poster, "SAPH", Kvartal(2022, 3))
    assert (etter.forumene, len(etter.saker)) == (("Fagleg utval psykisk helse",), 1)


def test_2_6_a_pattern_stands_among_them_with_how_many_unless_they_are_few() -> None:
    def mange(antall: int) -> list[Any]:
        gitt, poster = given(MØNSTER, now=START), []
        for nr in range(antall):
            resultat = gitt.at(START + nr * DAG).when(TellAvvik(Avvikskategori.EPIKRISE, (ACT, PAM), START + nr * DAG))
            gitt = resultat.etter()
            poster += [(mønster.TOPIC, konvolutt("m" * 32, nr, gitt.now, e), e) for e in resultat.events]
        return poster

    assert [(s.antall, s.kategori) for s in av(mange(3)).saker] == [(0, Avvikskategori.EPIKRISE)]
    assert [s.antall for s in av(mange(6)).saker] == [6]
