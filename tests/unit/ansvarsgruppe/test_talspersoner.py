"""Who has parental responsibility, and whom the person has chosen to speak for them: pbrl §§3-3, 3-4 and 4-4."""

from __future__ import annotations

import pytest

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.ansvarsgruppe import TalspersonFratraadt, TalspersonRegistrert
from bindeledd.schema.generated.felles import Tekst
from services.ansvarsgruppe.samtykke import TALSPERSONER_MAKS, AvsluttTalsperson, RegistrerTalsperson
from services.ansvarsgruppe.tjeneste import tjeneste
from services.felles.oppsett import FORESATT
from services.felles.samarbeid import FORELDREANSVAR
from tests.dsl import ENHET, ENHVER, NÅ, PERSONEN, RAMMER, given

SAMTYKKE = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates[0]
MOR = Klartekst(Tekst(tekst="Syntetisk Mor"))
PLANEN = ("plan.*",)


def foresatt(*, er_barn: bool = True, av: str = ENHET, deler: tuple[str, ...] = ()) -> RegistrerTalsperson:
    return RegistrerTalsperson(FORELDREANSVAR, MOR, deler, av, er_barn)


def valgt(deler: tuple[str, ...] = PLANEN, slag: str = "verge", *, i_gruppe: bool = False) -> RegistrerTalsperson:
    return RegistrerTalsperson(slag, MOR, deler, ENHET, i_gruppe=i_gruppe)


def skrevet(slag: str = FORELDREANSVAR, deler: tuple[str, ...] = (), id_: str = "t") -> TalspersonRegistrert:
    return TalspersonRegistrert(
        talsperson_id=id_, slag=slag, deler=deler, av_part=ENHET, gjelder_fra=NÅ, navn=MOR
    )  # fmt: skip


def test_pbrl_4_4_a_unit_writes_down_who_has_parental_responsibility() -> None:
    given(SAMTYKKE).when(foresatt()).then(
        TalspersonRegistrert(
            talsperson_id=ENHVER, slag=FORELDREANSVAR, deler=(), av_part=ENHET, gjelder_fra=NÅ, navn=MOR
        )
    )


@pytest.mark.parametrize(
    ("command", "regel"),
    [
        (foresatt(er_barn=False), "pbrl §4-4: alder"), (foresatt(av=PERSONEN), "pbrl §4-4: hvem"),
        (foresatt(deler=PLANEN), "pbrl §4-4: deler"), (valgt(()), "pbrl §3-3: fullmakt"),
        (valgt(slag="nabo"), "pbrl §3-3: hvem"), (valgt(("plan.hemmelig",)), "samtykke.deler"),
        (valgt(i_gruppe=True), "representant.én"),
    ],
)  # fmt: skip
def test_what_the_law_has_no_room_for_is_refused_by_its_section(command: RegistrerTalsperson, regel: str) -> None:
    given(SAMTYKKE).when(command).then_refused(regel)


def test_pbrl_3_3_there_is_one_chosen_representative_at_a_time() -> None:
    given(SAMTYKKE, skrevet("verge", PLANEN)).when(valgt(slag="annen")).then_refused("representant.én")
    slutt = TalspersonFratraadt(talsperson_id="t", grunn="annet", fratraadt=NÅ)
    assert given(SAMTYKKE, skrevet("verge", PLANEN), slutt).when(valgt(slag="annen")).events


def test_pbrl_4_4_two_parents_and_two_more_are_written_down_and_no_others() -> None:
    alle = [skrevet(id_=f"t{nr}") for nr in range(TALSPERSONER_MAKS)]
    assert given(SAMTYKKE, *alle[:-1]).when(foresatt()).events
    given(SAMTYKKE, *alle).when(foresatt()).then_refused("pbrl §4-4: antall")


def test_it_is_written_down_that_somebody_speaks_no_longer_and_why() -> None:
    slutt = AvsluttTalsperson("t", "ansvaret_er_slutt", ENHET)
    given(SAMTYKKE, skrevet()).when(slutt).then(
        TalspersonFratraadt(talsperson_id="t", grunn="ansvaret_er_slutt", fratraadt=NÅ)
    )
    given(SAMTYKKE).when(slutt).then()
    given(SAMTYKKE, skrevet()).when(AvsluttTalsperson("t", "", ENHET)).then_refused("talsperson.grunn")


@pytest.mark.parametrize("part", [PERSONEN, FORESATT])
def test_pbrl_4_4_neither_the_young_nor_another_parent_ends_that_somebody_has_parental_responsibility(
    part: str,
) -> None:
    selv = AvsluttTalsperson("t", "annet", part)
    given(SAMTYKKE, skrevet()).when(selv).then_refused("pbrl §4-4: hvem")
    given(SAMTYKKE).when(foresatt(av=part)).then_refused("pbrl §4-4: hvem")
    assert given(SAMTYKKE, skrevet("verge", PLANEN)).when(selv).events
