"""That somebody needs a koordinator is told (hpl §38a); the family of a child may have one (pbrl §2-5c, hol §7-2a)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.ansvarsgruppe import (
    BarnekoordinatorAvklart,
    KoordinatorOppnevnt,
    KoordineringsbehovMeldt,
)
from bindeledd.schema.generated.ansvarsgruppe import Barnekoordinatortilstand as T
from bindeledd.schema.generated.felles import OppgaveLoest, OppgaveOpprettet, Oppgaveslag, Tekst
from services.ansvarsgruppe.oppfølging import AvstemOppgaver
from services.ansvarsgruppe.plan import AvklarBarnekoordinator, MeldBehov, SettKoordinator
from services.ansvarsgruppe.tjeneste import tjeneste
from services.samhandling.plo.skriv import lag_innlagt
from tests.dsl import ACT, DPS, ENHET, ENHVER, KOORDINATOR, NAV, NÅ, PAM, RAMMER, given
from tests.rom import HELE_BERGEN, rom
from tests.stories.folk import aktør, oppgaver, registrer
from tests.unit.samhandling.meldinger import sending

PLAN = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates[1]
KØEN = "koordinerende-enhet"
HVORFOR = Klartekst(Tekst(tekst="syntetisk"))
MELDT = KoordineringsbehovMeldt(behov_ref="b", av_part=ACT, til_part=KØEN, meldt=NÅ, behov=HVORFOR)
OPPGAVE = OppgaveOpprettet(
    oppgave_ref="o", slag=Oppgaveslag.VURDER_KOORDINERING, part=KØEN, paragraf="hpl §38a", gjelder="b", frist=None
)  # fmt: skip
OPPNEVN = SettKoordinator(ENHET, KOORDINATOR, KØEN, har_med_å_gjøre=False)
I_KRAFT = datetime(2022, 7, 31, 22, tzinfo=UTC)


def barnets(tilstand: T = T.OPPNEVNT, part: str | None = ENHET, koordinator: str | None = KOORDINATOR,
            **annet: bool) -> AvklarBarnekoordinator:  # fmt: skip
    return AvklarBarnekoordinator(
        tilstand, part, koordinator, ENHET, annet.get("har", True), annet.get("barn", True)
    )  # fmt: skip


# -- hpl §38a ------------------------------------------------------------------------------------------------------


def test_hpl_38a_a_need_is_told_to_the_koordinerende_enhet_which_has_it_to_do() -> None:
    given(PLAN).when(MeldBehov(ACT, KØEN, HVORFOR)).then(
        replace(MELDT, behov_ref=ENHVER), replace(OPPGAVE, oppgave_ref=ENHVER, gjelder=ENHVER)
    )


def test_hpl_38a_a_need_is_told_once_until_it_is_answered() -> None:
    given(PLAN, MELDT, OPPGAVE).when(MeldBehov(ENHET, KØEN, None)).then()
    svart = OppgaveLoest(oppgave_ref="o", av="k")
    assert given(PLAN, MELDT, OPPGAVE, svart).when(MeldBehov(ENHET, KØEN, None)).events


def test_hpl_38a_who_has_a_koordinator_is_not_told_of_and_without_a_koordinerende_enhet_nobody_is() -> None:
    har = KoordinatorOppnevnt(part=ENHET, koordinator=KOORDINATOR, fra=NÅ)
    given(PLAN, har).when(MeldBehov(ACT, KØEN, None)).then_refused("hpl §38a")
    given(PLAN).when(MeldBehov(ACT, "", None)).then_refused("hol §7-3")


def test_hol_7_3_the_task_is_done_when_a_koordinator_is_appointed_and_lasts_through_a_stay() -> None:
    igjen = given(PLAN, MELDT, OPPGAVE).when(AvstemOppgaver(()))
    igjen.then()
    oppnevnt = given(PLAN, MELDT, OPPGAVE).when(OPPNEVN)
    assert OppgaveLoest(oppgave_ref="o", av=KØEN) in oppnevnt.events
    assert oppnevnt.etter().state.ubesvart_behov is None


def test_hpl_38a_the_koordinerende_enhet_learns_whom_and_what_until_it_has_appointed_one_and_nobody_else_does(
    tmp_path: Path,
) -> None:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        person = str(her.gjør("samhandling", registrer(aktør(KØEN))))
        her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), NÅ)
        før = (oppgaver(her, KØEN), her.utsnitt("ansvarsgruppe", KØEN), her.utsnitt("samhandling", KØEN))
        her.be(aktør(PAM, "plan.behov"), f"ansvarsgruppe/personer/{person}/koordinator/behov", tekst="syntetisk")
        assert oppgaver(her, KØEN) - før[0] == {"VURDER_KOORDINERING"}
        (hvem,), (vist,) = her.utsnitt("samhandling", KØEN).values(), her.utsnitt("ansvarsgruppe", KØEN).values()
        assert (type(hvem).__name__, hvem.grunn.grunnlag) == ("PersonUtsnitt", "R")
        assert (vist.behov_av, vist.behov is not None, vist.grunn.grunnlag) == (PAM, True, "R")
        har = {part for part in HELE_BERGEN.parter if her.utsnitt("ansvarsgruppe", part)}
        assert har == {KØEN, PAM, DPS, "innbygger"}
        oppnevn = f"ansvarsgruppe/personer/{person}/koordinator"
        her.be(aktør(KØEN, "plan.koordinator"), oppnevn, part=ENHET, koordinator=KOORDINATOR)
        assert (oppgaver(her, KØEN), her.utsnitt("ansvarsgruppe", KØEN), her.utsnitt("samhandling", KØEN)) == før


# -- pbrl §2-5c ----------------------------------------------------------------------------------------------------


def test_pbrl_2_5c_it_is_written_down_who_is_barnekoordinator_and_by_which_rule() -> None:
    given(PLAN).when(barnets()).then(
        BarnekoordinatorAvklart(
            tilstand=T.OPPNEVNT, part=ENHET, koordinator=KOORDINATOR, av_part=ENHET, regel_versjon="2022"
        )
    )


@pytest.mark.parametrize("tilstand", [T.TILBUDT, T.TAKKET_NEI])
def test_pbrl_2_5c_an_offer_and_a_no_name_nobody(tilstand: T) -> None:
    (avklart,) = given(PLAN).when(barnets(tilstand)).events
    assert (avklart.tilstand, avklart.part, avklart.koordinator) == (tilstand, None, None)


@pytest.mark.parametrize(
    ("command", "regel"),
    [
        (barnets(barn=False), "pbrl §2-5c: barn"), (barnets(T.UKJENT), "pbrl §2-5c: hva"),
        (barnets(part=NAV), "hol §7-2a"), (barnets(koordinator="demo-001"), "hol §7-2a"),
        (barnets(har=False), "hol §§7-2, 7-3"),
    ],
)  # fmt: skip
def test_what_is_no_barnekoordinator_is_refused_by_its_section(command: AvklarBarnekoordinator, regel: str) -> None:
    given(PLAN).when(command).then_refused(regel)


def test_pbrl_2_5c_the_right_holds_from_the_first_of_august_2022() -> None:
    før, etter = I_KRAFT - timedelta(microseconds=1), I_KRAFT
    given(PLAN).at(før).when(barnets()).then_refused("pbrl §2-5c: i kraft")
    assert given(PLAN).at(etter).when(barnets()).events
    assert RAMMER.oppsett.regler.verdi("barnekoordinator", date(2022, 7, 31)).verdi == 0
