"""One message, row by row, as the design says: every row is read from the stores, and nothing else. On every rung."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bindeledd.app.installation import codec
from services.samhandling.mottak import Mottaksresultat
from services.samhandling.plo.skriv import lag_innlagt
from tests.meldinger import PASIENT
from tests.rom import HELE_BERGEN, Rom, lager, rom
from tests.stories.folk import Menneske, aktør, ansvarsgruppe_for, kjent, samtykker
from tests.trinn import TRINN, på_trinn
from tests.unit.samhandling.meldinger import sending, utc

ACT, ENHET, HJEMMETJENESTE, KRONSTAD, PAM, NAV = (
    "act-kronstad", "enhet-aarstad", "hjemmetjeneste-aarstad", "dps-kronstad", "pam", "nav-aarstad",
)  # fmt: skip
PERSONEN = "innbygger"
AVDELINGENS = (PAM,)
"""Beside the walkthrough's two: the ward is told the name of whom it is asked about (docs/adr/0008)."""
FØR = utc(2026, 3, 2, 12, 0)
INNLAGT = utc(2026, 3, 6, 21, 40)
"""Friday evening 22:40 in Norway."""
MOTTATT = INNLAGT + timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Rad:
    """One row of a log, as it stands in the file."""

    writer: str
    topic: str
    stream: str
    version: int
    navn: str

    def __str__(self) -> str:
        return f"{self.topic.partition('.')[2]} {self.navn} {self.version}"


@dataclass(frozen=True, slots=True)
class Fortalt:
    """What the message led to, with the positions that the files stood at before it."""

    her: Rom
    person: Menneske
    resultat: Mottaksresultat
    før: dict[str, int]
    nøkler_før: int


def rader(mappe: Path, tjeneste: str, etter: int) -> list[Rad]:
    """The rows of a service's file after a position."""
    with closing(lager(mappe).look(tjeneste)) as db:
        funnet = db.all(
            "SELECT writer, topic, stream, version, data FROM log WHERE position > ? ORDER BY position", (etter,)
        )
    return [Rad(w, t, s, v, codec().peek(data).type.rpartition(".")[2]) for w, t, s, v, data in funnet]


def nøkler(mappe: Path) -> list[tuple[str, str, str | None, str]]:
    """(service, stream, person_ref, party) of every key in the keyring's file."""
    with closing(lager(mappe).look("keyring")) as db:
        return [
            (rad[0], rad[1], rad[2], rad[3])
            for rad in db.all("SELECT service, stream, person_ref, party FROM data_key")
        ]


def tell(mappe: Path, tjeneste: str, sql: str, *verdier: object) -> int:
    """A count from a service's file."""
    with closing(lager(mappe).look(tjeneste)) as db:
        return int(db.all(sql, verdier)[0][0])


@pytest.fixture(scope="module", params=TRINN)
def fortalt(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fortalt]:
    """tx 0: a person of an ACT team with a koordinator, consent to ACT, none to NAV; then the message, and no more.

    The tests follow it, one after another: what it leads to afterwards comes with the first that asks for it.
    """
    mappe = tmp_path_factory.mktemp("en-melding")
    på_trinn(request, mappe)
    with rom(mappe, FØR, oppsett=HELE_BERGEN) as her:
        hvem = kjent(her, PASIENT, "aarstad", ENHET)
        ansvarsgruppe_for(her, hvem, ENHET, ACT, NAV)
        samtykker(her, hvem, ENHET, ACT, "opphold.*", "plan.*")
        her.til(MOTTATT)
        før = {
            navn: tell(mappe, navn, "SELECT COALESCE(MAX(position), 0) FROM log") for navn in lager(mappe).services()
        }
        antall = len(nøkler(mappe))
        resultat = her.bare_mottatt(lag_innlagt(sending(1, MOTTATT - timedelta(minutes=5)), tid=INNLAGT), MOTTATT)
        yield Fortalt(her, hvem, resultat, før, antall)


def nye(fortalt: Fortalt, tjeneste: str) -> list[Rad]:
    return rader(fortalt.her.inst.folder, tjeneste, fortalt.før[tjeneste])


def test_tx_0_samhandling_holds_what_grounds_lean_on(fortalt: Fortalt) -> None:
    mottatt = {r.topic for r in rader(fortalt.her.inst.folder, "samhandling", 0) if r.writer == "ansvarsgruppe"}
    assert mottatt == {"ansvarsgruppe.samtykke", "ansvarsgruppe.gruppe", "ansvarsgruppe.plan"}


def test_tx_1_nine_keys_and_the_wards_each_bound_to_the_person(fortalt: Fortalt) -> None:
    mappe, nye_nøkler = fortalt.her.inst.folder, nøkler(fortalt.her.inst.folder)
    nye_strømmer = {r.stream for r in nye(fortalt, "samhandling")}
    av_meldingen = [n for n in nye_nøkler if n[1] in nye_strømmer]
    assert len(nye_nøkler) - fortalt.nøkler_før == 9 + len(AVDELINGENS) == len(av_meldingen)
    assert {n[2] for n in av_meldingen} == {fortalt.person.ref}
    assert sorted(n[3] for n in av_meldingen) == sorted(
        ["", "", ACT, ENHET, HJEMMETJENESTE, KRONSTAD, PERSONEN, HJEMMETJENESTE, KRONSTAD, *AVDELINGENS]
    )
    assert tell(mappe, "samhandling", "SELECT COUNT(*) FROM raw_message") == 1


def test_tx_2_the_rows_in_their_order(fortalt: Fortalt) -> None:
    assert [str(rad) for rad in nye(fortalt, "samhandling")] == [
        "kvittering MeldingMottatt 1",
        "opphold PasientInnlagt 1",
        "opphold RettInstansAvklart 2",
        "opphold FristSatt 3",
        "kvittering KvitteringSatt 2",
        f"til.{HJEMMETJENESTE} MeldingUtsnitt 1",
        f"til.{ACT} OppholdUtsnitt 1",
        f"til.{KRONSTAD} OppholdUtsnitt 1",
        f"til.{ENHET} OppholdUtsnitt 1",
        f"til.{HJEMMETJENESTE} OppholdUtsnitt 1",
        f"til.{PERSONEN} OppholdUtsnitt 1",
        f"til.{KRONSTAD} PersonUtsnitt 1",
        f"til.{HJEMMETJENESTE} PersonUtsnitt 1",
        f"til.{PAM} PersonUtsnitt 1",
    ]


def test_tx_2_the_receipt_is_positive_and_the_deadline_lies_in_its_table(fortalt: Fortalt) -> None:
    mappe = fortalt.her.inst.folder
    assert fortalt.resultat.outcome == "positive"
    assert fortalt.resultat.apprec is not None
    forfall = round((INNLAGT + timedelta(hours=24)).timestamp() * 1_000_000)
    sql = "SELECT COUNT(*) FROM due WHERE stream = ? AND name = 'tidligmelding' AND at = ?"
    assert tell(mappe, "samhandling", sql, fortalt.resultat.opphold_ref, forfall) == 1


def test_tx_2_each_party_has_it_on_its_own_ground(fortalt: Fortalt) -> None:
    fortalt.her.pump()
    grunner = {
        part: next(iter(fortalt.her.utsnitt("samhandling", part).values())).grunn.grunnlag
        for part in (HJEMMETJENESTE, KRONSTAD)
    }
    stay = {
        part: view.grunn.grunnlag
        for part in (ACT, ENHET, HJEMMETJENESTE, KRONSTAD, PERSONEN)
        for ref, view in fortalt.her.utsnitt("samhandling", part).items()
        if ref == fortalt.resultat.opphold_ref
    }
    assert stay == {ACT: "R", ENHET: "R", HJEMMETJENESTE: "A", KRONSTAD: "R", PERSONEN: "S"}
    assert grunner == {HJEMMETJENESTE: "A", KRONSTAD: "R"}


def test_nav_has_no_key_stream_or_row_and_its_view_of_the_group_is_unchanged(fortalt: Fortalt) -> None:
    fortalt.her.pump()
    mappe = fortalt.her.inst.folder
    for tjeneste in fortalt.før:
        assert not [rad for rad in nye(fortalt, tjeneste) if NAV in rad.topic], tjeneste
    assert not [n for n in nøkler(mappe) if n[3] == NAV and n[0] != "ansvarsgruppe"]


def test_tx_3_ansvarsgruppe_gives_the_task_and_shows_it(fortalt: Fortalt) -> None:
    fortalt.her.pump()
    egne = [rad for rad in nye(fortalt, "ansvarsgruppe") if rad.writer == "ansvarsgruppe"]
    mottatt = [str(rad) for rad in nye(fortalt, "ansvarsgruppe") if rad.writer == "samhandling"]
    assert mottatt == ["opphold PasientInnlagt 1", "opphold RettInstansAvklart 2", "opphold FristSatt 3"]
    av_gruppen = [rad for rad in egne if rad.topic == "ansvarsgruppe.gruppe"]
    assert [rad.navn for rad in av_gruppen] == ["OppgaveOpprettet"]
    vist = {rad.topic.rpartition(".")[2]: rad for rad in egne if rad.navn == "AnsvarsgruppeUtsnitt"}
    assert {ACT, ENHET} <= set(vist)
    assert all(vist[part].version > 1 for part in (ACT, ENHET))


def test_tx_4_and_5_kriseplan_asks_for_the_plan_that_is_missing(fortalt: Fortalt) -> None:
    fortalt.her.pump()
    egne = [rad for rad in nye(fortalt, "kriseplan") if rad.writer == "kriseplan"]
    assert str(egne[0]) == "kriseplan KriseplanEtterlyst 1"
    vist = {rad.topic.rpartition(".")[2] for rad in egne if rad.navn == "KriseplanUtsnitt"}
    assert {ACT, ENHET} <= vist
    assert PAM not in vist
    for part in (ACT, ENHET):
        (view,) = fortalt.her.utsnitt("kriseplan", part).values()
        assert view.finnes.value == "FINNES_IKKE"


def test_tx_6_and_7_the_ward_is_asked_about_the_children(fortalt: Fortalt) -> None:
    fortalt.her.pump()
    egne = [rad for rad in nye(fortalt, "barn_paaroerende") if rad.writer == "barn_paaroerende"]
    assert str(egne[0]) == "kartlegging KartleggingKrevd 1"
    (view,) = fortalt.her.utsnitt("barn_paaroerende", PAM).values()
    assert [oppgave.slag.value for oppgave in view.oppgaver] == ["SPOER_OM_BARN"]
    assert view.oppgaver[0].paragraf.startswith("hpl §10a")


def test_tx_8_web_has_received_views_only(fortalt: Fortalt) -> None:
    fortalt.her.pump()
    mottatt = nye(fortalt, fortalt.her.tavle)
    assert mottatt
    assert all(".til." in rad.topic for rad in mottatt)


def test_consent_withdrawn_ends_no_view_that_a_relation_carries(fortalt: Fortalt) -> None:
    fortalt.her.pump()
    gitt = next(p for p in fortalt.her.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt").event.samtykke_id
    personen = f"ansvarsgruppe/personer/{fortalt.person.ref}"
    fortalt.her.be(aktør(ENHET, "samtykke.trekk"), f"{personen}/samtykker/{gitt}/trekk")
    assert fortalt.resultat.opphold_ref in fortalt.her.utsnitt("samhandling", ACT)


def test_opposition_ends_the_view_at_once(fortalt: Fortalt) -> None:
    fortalt.her.pump()
    sti = f"ansvarsgruppe/personer/{fortalt.person.ref}/sperringer"
    fortalt.her.be(aktør(ENHET, "sperring.registrer"), sti, part=ACT)
    assert fortalt.resultat.opphold_ref not in fortalt.her.utsnitt("samhandling", ACT)
    siste = [p for p in fortalt.her.logg("samhandling") if p.topic == f"samhandling.til.{ACT}"]
    assert "UtsnittAvsluttet" in {p.navn for p in siste}
    assert isinstance(siste[-1].envelope.hendt, datetime)


def test_tx_10_at_the_hour_the_clock_is_judged_as_of_the_due_time(fortalt: Fortalt) -> None:
    forfall = INNLAGT + timedelta(hours=24)
    fortalt.her.til(forfall - timedelta(seconds=1))
    assert "opphold FristOverskredet 4" not in [str(rad) for rad in nye(fortalt, "samhandling")]
    fortalt.her.til(forfall + timedelta(days=3))
    rad = next(p for p in fortalt.her.logg("samhandling") if p.navn == "FristOverskredet")
    assert rad.event.vurdert_per == forfall
    assert rad.envelope.stream == fortalt.resultat.opphold_ref
    stay = {part: fortalt.her.utsnitt("samhandling", part)[rad.envelope.stream] for part in (ENHET, KRONSTAD)}
    assert {part: view.frister[0].tilstand.value for part, view in stay.items()} == dict.fromkeys(
        (ENHET, KRONSTAD), "OVERSKREDET"
    )
