"""The municipality's file: what it holds, and what is refused with which words."""

from collections import Counter
from pathlib import Path

import pytest

from bindeledd.access.parties import posts_of, users_in
from services.barn_pårørende.saksutsnitt import VOKSENTJENESTER
from services.felles.oppsett import INNBYGGER, KOORDINERENDE_ENHET, Oppsett, les_oppsett
from services.felles.toml_leser import OppsettFeil
from tests.unit.felles.conftest import Endret
from web.gruppesiden import KOORDINERER

ÅRSTAD = '\naarstad = "Årstad"'


def test_every_bydel_has_its_units_and_every_dps_its_act_team(oppsett: Oppsett) -> None:
    assert len(oppsett.bydeler) == 8
    for slag in ("enhet", "forvaltning", "hjemmetjeneste", "helsestasjon", "nav", "barnevern", "kriseteam"):
        assert {p.bydel for p in oppsett.parter.values() if p.slag == slag} == set(oppsett.bydeler)
    dps = {p.id for p in oppsett.parter.values() if p.slag == "dps"}
    assert len(dps) == 4
    assert {p.dps for p in oppsett.parter.values() if p.slag == "act"} == dps


def test_every_bydel_has_exactly_one_dps(oppsett: Oppsett) -> None:
    assert Counter(b for område in oppsett.dps_områder for b in område.bydeler) == Counter(oppsett.bydeler.keys())


def test_every_party_has_a_role_to_choose_and_someone_in_it(oppsett: Oppsett) -> None:
    for part in oppsett.parter:
        stillinger = posts_of(oppsett.katalog, part)
        assert stillinger, part
        assert any(users_in(oppsett.katalog, s) for s in stillinger), part


def test_rules_1_4_every_unit_that_is_asked_who_follows_up_a_child_has_somebody_who_may_refer_it(
    oppsett: Oppsett,
) -> None:
    """HENVIS_BARN is given to who has registered a child, FOELG_OPP_ETTERLATTE to a ward, a DPS or a koordinator's unit
    (hpl §§10a, 10b); bergen.md names the same units."""
    spørres = [part.id for part in oppsett.parter.values() if part.slag in VOKSENTJENESTER]
    assert len(spørres) > 30
    assert not [part for part in spørres if not _noen_som_kan(oppsett, part, "barn.henvis")]


def test_rules_1_4_the_role_of_koordinator_is_for_units_that_have_somebody_who_may_refer_a_child(
    oppsett: Oppsett,
) -> None:
    """FOELG_OPP_ETTERLATTE may come to any of them (hpl §10b)."""
    for rolle in KOORDINERER:
        assert oppsett.katalog.roles[rolle].kinds <= VOKSENTJENESTER, rolle


def test_access_md_every_unit_that_assesses_the_duty_to_report_has_a_leader_who_reads_it(oppsett: Oppsett) -> None:
    vurderer = [part for part in oppsett.parter if _noen_som_kan(oppsett, part, "barn.meldeplikt")]
    assert {oppsett.parter[part].slag for part in vurderer} == VOKSENTJENESTER
    assert not [part for part in vurderer if not _noen_som_kan(oppsett, part, "barn.leder")]


def test_hpl_38a_somebody_of_every_kind_of_health_unit_may_say_that_a_person_needs_a_koordinator(
    oppsett: Oppsett,
) -> None:
    helse = {part.id: part.slag for part in oppsett.parter.values() if part.helsetjeneste}
    kan = {slag for part, slag in helse.items() if _noen_som_kan(oppsett, part, "plan.behov")}
    assert set(helse.values()) - kan == {KOORDINERENDE_ENHET}  # which is told


def _noen_som_kan(oppsett: Oppsett, part: str, handling: str) -> bool:
    """Whether somebody of the party has a post whose role may do this."""
    stillinger = (s for s in posts_of(oppsett.katalog, part) if handling in oppsett.katalog.roles[s.role].may)
    return any(users_in(oppsett.katalog, stilling) for stilling in stillinger)


def test_units_are_found_by_their_her_id_and_the_ids_are_from_the_made_up_range(oppsett: Oppsett) -> None:
    for her_id, part in oppsett.parter_etter_her_id.items():
        assert her_id in part.her_ider
        assert her_id.startswith("9901")
        assert len(her_id) == 8
    assert all(h.startswith("9900") for o in oppsett.organisasjoner.values() for h in o.her_ider)


def test_nothing_is_configured_about_whom_we_receive_for(oppsett: Oppsett) -> None:
    assert oppsett.mottar_for == frozenset()


def test_the_health_service_is_told_from_the_rest(oppsett: Oppsett) -> None:
    utenfor = {p.slag for p in oppsett.parter.values() if not p.helsetjeneste}
    assert {"nav", "skole", "barnehage", "ppt", "barnevern", "slt", "kriseteam", INNBYGGER} <= utenfor
    assert not utenfor & {"act", "dps", "pam", "enhet", "forvaltning", "hjemmetjeneste", "helsestasjon", "fastlege"}


@pytest.mark.parametrize(
    ("gammel", "ny", "nøkkel", "hva"),
    [
        ("tillat_testnummer = true", 'tillat_testnummer = "ja"', "kommune.tillat_testnummer", "true eller false"),
        ("tillat_testnummer = true", "", "kommune.tillat_testnummer", "mangler"),
        ("tillat_testnummer = true", "tillat_testnumer = true", "kommune.tillat_testnumer", "ukjent nøkkel"),
        ("mottar_for = []", "mottar_for = [99000001]", "kommune.mottar_for", "noe annet enn tekster"),
        (ÅRSTAD, '\n"årstad" = "Årstad"', "bydel.årstad", "gyldig id"),
        (ÅRSTAD, "", "part.enhet-aarstad.bydel", "'aarstad' finnes ikke"),
        ('slag = "pam"', 'slag = "pamm"', "part.pam.slag", "'pamm' finnes ikke"),
        ('her_id = ["99010002"]', 'her_id = ["99010001"]', "part.enhet-bergenhus.her_id", "enhet-arna sin"),
        ('her_id = ["99010001"]', 'her_id = ["99000001"]', "part.enhet-arna.her_id", "bergen-kommune sin"),
        (
            'innbygger = { navn = "Personen selv", slag = "innbygger", organisasjon',
            'x = { navn = "x", slag = "innbygger", organisasjon',
            "part",
            "innbygger mangler",
        ),
        ('bydeler = ["fana"]', 'bydeler = ["fana", "arna"]', "dps_omraade[4].bydeler", "arna har to DPS-er"),
        ("stenger = 15:00:00", "stenger = 08:00:00", "aapningstid[1].stenger", "ikke etter aapner"),
        ("stenger = 15:00:00", 'stenger = "15:00"', "aapningstid[1].stenger", "klokkeslett"),
        ("ukedager = [1, 2, 3, 4, 5]\n", "ukedager = [0, 1]\n", "aapningstid[1].ukedager", "ikke ukedager"),
        ('pam = "pam"', 'pam = "pammen"', "ruting.pam", "'pammen' finnes ikke"),
        ("maaned = 12\ndag = 24", "maaned = 2\ndag = 30", "ekstradag[1].dag", "30.2. finnes ikke"),
        ('status = "foreslaatt"', 'status = "avgjort"', "postnummer.status", "ikke foreslaatt"),
        ('"5031-5038"', '"5038-5031"', "postnummer.omraader.bergenhus.nummer", "ikke et postnummer"),
        ('"5052-5059"', '"5015-5059"', "postnummer.omraader.aarstad.nummer", "nevnt før"),
        ("verdi = 24\n", "verdi = -1\n", "regel[1].verdi", "utenfor det mulige"),
        ("verdi = 24\n", "verdi = true\n", "regel[1].verdi", "ikke et heltall"),
        ('enhet = "timer"', 'enhet = "uker"', "regel[1].enhet", "ukjent"),
        ('teller = "mottatt"', 'teller = "sendt"', "regel[1].teller", "ukjent"),
        ("gjelder_til = 2018-12-31", "gjelder_til = 2019-01-01", "regel[3].gjelder_fra", "to verdier på samme dato"),
        ("gjelder_til = 2018-12-31", "gjelder_til = 2011-12-31", "regel[2].gjelder_til", "er før gjelder_fra"),
        ("gjelder_til = 2018-12-31", 'gjelder_til = "2018"', "regel[2].gjelder_til", "dato"),
        (
            'gjoer = ["melding.aapne", ',
            'gjoer = ["melding.åpne", ',
            "rolle.act-medlem.gjoer",
            "'melding.åpne' finnes ikke",
        ),
        ('["enhet-ansatt@enhet-arna"]', '["enhet-ansatt"]', "bruker.demo-001.stillinger", "ikke rolle@part"),
        ('["enhet-ansatt@enhet-arna"]', '["enhet-ansatt@nav-arna"]', "rolle/bruker", "does not exist in nav-arna"),
    ],
)
def test_a_fault_is_refused_with_file_key_and_remedy(
    gammel: str, ny: str, nøkkel: str, hva: str, endret: Endret
) -> None:
    with pytest.raises(OppsettFeil) as feil:
        les_oppsett(endret("bergen.toml", gammel, ny))
    assert feil.value.fil == "bergen.toml"
    assert feil.value.nøkkel.startswith(nøkkel)
    assert hva in feil.value.hva
    assert feil.value.råd


@pytest.mark.parametrize(
    ("innhold", "hva"),
    [
        (b"[kommune", "ikke gyldig TOML"),
        ("[kommune]\nnavn='Å'".encode("latin-1"), "ikke UTF-8"),
        (None, "kan ikke leses"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_without_naming_its_folder(
    innhold: bytes | None, hva: str, tmp_path: Path
) -> None:
    fil = tmp_path / "oslo.toml"
    if innhold is not None:
        fil.write_bytes(innhold)
    with pytest.raises(OppsettFeil, match=hva) as feil:
        les_oppsett(fil)
    assert str(tmp_path) not in str(feil.value)
