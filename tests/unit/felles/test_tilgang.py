"""The access table as a file: what is refused, and that a change of law is a change of data."""

from datetime import UTC, datetime

import pytest

from services.felles.grunnlag import Grunnlag, Relasjon, svar
from services.felles.oppsett import Oppsett, les_oppsett
from services.felles.tilgang import RelasjonSlag, Tabell, kontroller_sammen, les_tilgang
from services.felles.toml_leser import OppsettFeil
from tests.unit.felles.conftest import Endret

FRA = datetime(2023, 1, 1, tzinfo=UTC)
FASTLEGE = 'fastlege = { grunn = "R", paragraf = "hpl §§25, 45" }'


def test_the_table_and_the_municipality_fit_together(oppsett: Oppsett, tabell: Tabell) -> None:
    kontroller_sammen(oppsett, tabell)


@pytest.mark.parametrize(
    ("gammel", "ny", "nøkkel", "hva"),
    [
        (FASTLEGE, FASTLEGE.replace('"R"', '"X"'), "tabell.opphold.deler.finnes.fastlege.grunn", "ukjent"),
        (FASTLEGE, 'fastlege = { grunn = "R" }', "tabell.opphold.deler.finnes.fastlege.paragraf", "mangler"),
        (FASTLEGE, FASTLEGE.replace(" }", ', form = "alt" }'), "tabell.opphold.deler.finnes.fastlege.form", "ukjent"),
        (FASTLEGE, FASTLEGE.replace("fastlege", "fastlgee"), "tabell.opphold.deler.finnes.fastlgee", "ukjent nøkkel"),
        ('relasjoner = ["FASTLEGE"]', 'relasjoner = ["LEGE"]', "tabell.opphold.kolonner.fastlege.rel", "'LEGE' finnes"),
        ('relasjoner = ["FASTLEGE"]', 'relasjoner = ["UKJENT"]', "tabell.opphold.kolonner.fastlege.rel", "finnes ikke"),
        (', relasjoner = ["FASTLEGE"]', "", "tabell.opphold.deler.finnes.fastlege.grunn", "ingen relasjoner"),
        ('samtykke = "noe"', 'samtykke = "alt"', "tabell.person.deler.navn.hjelper.samtykke", "ukjent"),
        ('ACT = "følger', 'AKT = "følger', "relasjon.AKT", "ukjent nøkkel"),
        ("alder = 16", 'alder = "16"', "myndig.alder", "ikke et heltall"),
        ("[hoeres]\nalder = 12", "[hoeres]\nalder = true", "hoeres.alder", "ikke et heltall"),
        ('id = "hpl-2001"\ngjelder_fra = 2001-01-01', 'id = "x"\ngjelder_fra = 2027-01-01', "lov", "rekkefølge"),
    ],
)
def test_a_fault_is_refused_with_file_key_and_remedy(
    gammel: str, ny: str, nøkkel: str, hva: str, endret: Endret
) -> None:
    with pytest.raises(OppsettFeil) as feil:
        les_tilgang(endret("tilgang.toml", gammel, ny))
    assert feil.value.fil == "tilgang.toml"
    assert feil.value.nøkkel.startswith(nøkkel)
    assert hva in feil.value.hva
    assert feil.value.råd


@pytest.mark.parametrize(
    ("gammel", "ny", "hva"),
    [
        ('fastlege = { slag = ["fastlege"]', 'fastlege = { slag = ["huslege"]', "'huslege' finnes ikke"),
        ('fastlege = { slag = ["fastlege"]', 'fastlege = { slag = ["nav"]', "utenfor helsetjenesten"),
        ('forvaltning = { slag = ["forvaltning"] }', 'forvaltning = { slag = ["skole"] }', "utenfor helsetjenesten"),
        ('"psykiatrisk-legevakt", "pam"] }', '"psykiatrisk-legevakt", "ppt"] }', "utenfor helsetjenesten"),
    ],
)
def test_a_table_that_gives_the_outside_more_than_consent_is_refused(
    gammel: str, ny: str, hva: str, oppsett: Oppsett, endret: Endret
) -> None:
    with pytest.raises(OppsettFeil, match=hva):
        kontroller_sammen(oppsett, les_tilgang(endret("tilgang.toml", gammel, ny)))


def test_pbrl_3_4_an_age_in_the_table_is_the_age_that_services_and_pages_go_by(endret: Endret) -> None:
    aldre = les_tilgang(endret("tilgang.toml", "[hoeres]\nalder = 12", "[hoeres]\nalder = 7")).aldre
    assert (aldre.høres, aldre.myndig, aldre.foreldreansvar) == (7, 16, 18)


def test_a_role_that_sees_a_part_nobody_has_named_is_refused(tabell: Tabell, endret: Endret) -> None:
    fil = endret("bergen.toml", 'ser = ["barn.kartlagt"]', 'ser = ["barn.karlagt"]')
    with pytest.raises(OppsettFeil, match=r"rolle\.slt-koordinator\.ser.*barn\.karlagt"):
        kontroller_sammen(les_oppsett(fil), tabell)


def test_a_cell_that_changes_on_a_date_is_two_rows_and_no_code(oppsett: Oppsett, endret: Endret) -> None:
    gammel = FASTLEGE.removeprefix("fastlege = ").replace(
        " }", ", gjelder_fra = 2012-01-01, gjelder_til = 2024-06-30 }"
    )
    ny = FASTLEGE.removeprefix("fastlege = ").replace(" }", ', form = "noedvendig", gjelder_fra = 2024-07-01 }')
    tabell = les_tilgang(endret("tilgang.toml", FASTLEGE, f"fastlege = [{gammel}, {ny}]"))
    person = Grunnlag("p", relasjoner=(Relasjon("fastlege", RelasjonSlag.FASTLEGE, FRA),))
    skifte = datetime(2024, 6, 30, 22, 0, tzinfo=UTC)
    før = svar(tabell, person, oppsett.parter["fastlege"], "opphold.finnes", FRA)
    etter = svar(tabell, person, oppsett.parter["fastlege"], "opphold.finnes", skifte)
    assert (før.form.value, før.gjelder_til) == ("full", skifte)
    assert etter.form.value == "noedvendig"
