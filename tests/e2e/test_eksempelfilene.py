"""The official example files taken in on each rung, in the order of their names and backwards.

They are read where they lie. Nobody is configured to receive, so all of it is for the manual queue.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.felles.tid import OSLO
from services.samhandling.plo.parse import les_melding
from services.samhandling.plo.skjema import last_skjemasett, valider
from tests.e2e.test_serve import for_mappen
from tests.rom import BERGEN, Rom, rom
from tests.trinn import TRINN, på_trinn

PROGRAM = "import sys; from bindeledd.app.cli import main; sys.argv[0] = 'bindeledd'; main()"
MANUELL = "koordinerende-enhet"
PLO = "Pasientlogistikk_"
IKKE_STØTTET = ("negative", "negative", "a type that we do not take in: refused as not supported, kept and shown")

RETT: dict[str, tuple[str, str, str]] = {
    # file: outcome in the order of the names, outcome backwards, and why
    "Dialogmelding_avvik_v1-0": ("positive", "positive", "a dialogue about no stay: listed"),
    "Dialogmelding_foresporsel_PLO_v1-0": ("positive", "positive", "a question about no stay: listed"),
    "Dialogmelding_svar_foresporsel_PLO_v1-0": ("positive", "positive", "its answer: listed with it"),
    "Helseopplysninger_Oppdaterte_opplysninger_v1-6_Endring1": ("positive", "positive", "M before its N: it will do"),
    "Helseopplysninger_Oppdaterte_opplysninger_v1-6_Endring2": ("positive", "positive", "the last word, whenever"),
    "Helseopplysninger_Varsel_om_innlagt_pasient_v1-6_Ny": ("positive", "positive", "N after its M: fills in"),
    "Helseopplysninger_til_lege_v1-6_Kansellering": IKKE_STØTTET,
    "Helseopplysninger_til_lege_v1-6_Ny": IKKE_STØTTET,
    "Innleggelsesrapport_v1-6_Endring": ("positive", "positive", "of a dialogue that is withdrawn: listed"),
    "Innleggelsesrapport_v1-6_Kansellering": ("positive", "positive", "withdraws the dialogue so far"),
    "Innleggelsesrapport_v1-6_Ny": ("positive", "positive", "of a dialogue that is withdrawn: listed"),
    "Medisinske_opplysninger_v1-6_Kansellering": IKKE_STØTTET,
    "Medisinske_opplysninger_v1-6_Ny": IKKE_STØTTET,
    "Orientering_om_tjenestetilbud_v1-6_Kansellering": IKKE_STØTTET,
    "Orientering_om_tjenestetilbud_v1-6_Ny": IKKE_STØTTET,
    f"{PLO}Avmelding_av_utskrivningsklar_pasient_v1-6_Ny": ("positive", "positive", "names its admission itself"),
    f"{PLO}Innlagt_pasient_v1-6_Kansellering": ("held", "positive", "waits where the admission comes later"),
    f"{PLO}Innlagt_pasient_v1-6_Ny": ("positive", "positive", "taken in, and shown as cancelled"),
    f"{PLO}Melding_om_utskrevet_pasient_v1-6_Ny": ("positive", "positive", "discharged alive, on a date"),
    f"{PLO}Orientering_om_dodsfall_v1-6_Kansellering": (
        "held",
        "positive",
        "waits where the death comes later",
    ),
    f"{PLO}Orientering_om_dodsfall_v1-6_Ny": ("positive", "positive", "taken in, and shown as cancelled"),
    f"{PLO}Utskrivningsklar_pasient_v1-6_Ny": ("positive", "positive", "taken in; warned that no doctor is named"),
    "Utskrivningsrapport_v1-6_Endring": ("positive", "positive", "linked to the stay"),
    "Utskrivningsrapport_v1-6_Kansellering": ("positive", "positive", "withdraws the dialogue so far"),
    "Utskrivningsrapport_v1-6_Ny": ("positive", "positive", "linked to the stay, and shown as withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Svar:
    """What a file was answered."""

    outcome: str
    msg_id: str
    koder: tuple[str, ...]
    opphold_ref: str | None
    apprec: bytes


@dataclass(frozen=True, slots=True)
class Inntak:
    """What was said of each file, and the same files once more; and what they led to."""

    svar: dict[str, Svar]
    igjen: dict[str, Svar]
    opphold: list[tuple[Any, ...]]
    tavle: str
    meldinger: str


def bindeledd(data: Path, *args: object) -> str:
    """What a command writes."""
    kjørt = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, args), "--data", str(data)],
        capture_output=True, text=True, timeout=90, check=False, env=for_mappen(data),
    )  # fmt: skip
    assert kjørt.returncode == 0, kjørt.stderr
    return kjørt.stdout


def med_kommandoen(mappe: Path, filer: Sequence[Path]) -> dict[str, Svar]:
    """Through `bindeledd mottak`."""
    kvitteringer = mappe.with_name("kvitteringer")
    ut = bindeledd(mappe, "mottak", *filer, "--apprec", kvitteringer, "--json")
    assert len(list(kvitteringer.iterdir())) == len(RETT)
    rader = [json.loads(linje) for linje in ut.splitlines()]
    return {
        Path(rad["file"]).stem: Svar(
            rad["outcome"], rad["msg_id"], (rad["reason"]["code"],) if rad["reason"] else (), rad["opphold_ref"],
            Path(rad["apprec"]).read_bytes(),
        )
        for rad in rader
    }  # fmt: skip


def over_nett(rommet: Rom, filer: Sequence[Path]) -> dict[str, Svar]:
    """One after another to the process that takes messages in."""
    svar = {}
    for fil in filer:
        fikk = rommet.vei.ta_imot(fil.read_bytes())
        assert fikk.apprec is not None
        koder = tuple(grunn.kode for grunn in fikk.reasons)
        svar[fil.stem] = Svar(fikk.outcome, fikk.msg_id, koder, fikk.opphold_ref, fikk.apprec)
    rommet.pump()
    return svar


def ta_inn(mappe: Path, filer: Sequence[Path], trinn: str) -> Inntak:
    if trinn == "kafka":
        with rom(mappe, datetime.now(UTC)) as rommet:
            return _ført_til(rommet, over_nett(rommet, filer), over_nett(rommet, filer))
    svar, igjen = med_kommandoen(mappe, filer), med_kommandoen(mappe, filer)
    bindeledd(mappe, "verify")
    with rom(mappe, datetime.now(UTC)) as rommet:
        return _ført_til(rommet, svar, igjen)


def _ført_til(rommet: Rom, svar: dict[str, Svar], igjen: dict[str, Svar]) -> Inntak:
    bruker = next(u for u in BERGEN.katalog.users.values() if any(p.party == MANUELL for p in u.posts))
    rolle = next(p.role for p in bruker.posts if p.party == MANUELL)
    tavle, meldinger = rommet.vei.sider(bruker.id, MANUELL, rolle, "/tavle", "/meldinger")
    return Inntak(svar, igjen, _opphold(rommet), tavle, meldinger)


@pytest.fixture(scope="module")
def filer(sample_folder: Path) -> list[Path]:
    funnet = [*(sample_folder / "plo-1.6" / "eksempel").glob("*.xml"), *(sample_folder / "dialogmelding").glob("*.xml")]
    return sorted(funnet, key=lambda fil: fil.name)


@pytest.fixture(scope="module", params=TRINN)
def inn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[Path]], Inntak]:
    """Takes files in on each rung in turn: by the command, or where a process of its own takes messages in, there."""

    def ta(filer: list[Path]) -> Inntak:
        mappe = tmp_path_factory.mktemp("inntak") / "data"
        mappe.mkdir()
        return ta_inn(mappe, filer, på_trinn(request, mappe))

    return ta


@pytest.fixture(scope="module")
def forlengs(filer: list[Path], inn: Callable[[list[Path]], Inntak]) -> Inntak:
    return inn(filer)


@pytest.fixture(scope="module")
def baklengs(filer: list[Path], inn: Callable[[list[Path]], Inntak]) -> Inntak:
    return inn(filer[::-1])


def utfall(svar: dict[str, Svar]) -> dict[str, str]:
    return {fil: hvert.outcome for fil, hvert in svar.items()}


def _opphold(rommet: Rom) -> list[tuple[Any, ...]]:
    """The stays as the manual queue is shown them, without what is random and when it arrived."""
    views = [v for v in rommet.utsnitt("samhandling", MANUELL).values() if type(v).__name__ == "OppholdUtsnitt"]
    return sorted(
        (
            v.status.value, v.utfall.value, str(v.innlagt), _dag(v.utskrevet), str(v.forventet_utskrivning),
            tuple((h.slag.value, _dag(h.hendt), "trukket" if h.trukket else "", h.endret) for h in v.historie),
        )
        for v in views
    )  # fmt: skip


def _dag(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(OSLO).date().isoformat()


# -- each file ------------------------------------------------------------------------------------------------------


def test_each_file_comes_to_its_right_outcome(forlengs: Inntak) -> None:
    assert utfall(forlengs.svar) == {fil: rett for fil, (rett, _, _) in RETT.items()}


def test_each_file_comes_to_its_right_outcome_backwards_too(baklengs: Inntak) -> None:
    assert utfall(baklengs.svar) == {fil: rett for fil, (_, rett, _) in RETT.items()}


def test_every_file_is_answered_once_by_the_version_of_its_standard_and_validly(
    forlengs: Inntak, sample_folder: Path
) -> None:
    skjemasett = last_skjemasett([sample_folder / "plo-1.6" / "xsd"])
    for fil, svar in forlengs.svar.items():
        assert valider(skjemasett, svar.apprec) == (), fil
        versjon = b"2004-11-21" if fil.startswith("Dialogmelding") else b"2012-02-15"
        assert b"xmlstds/apprec/" + versjon in svar.apprec, fil
        assert svar.msg_id.encode() in svar.apprec, fil


def test_what_is_refused_is_refused_as_not_supported_and_belongs_to_no_stay(forlengs: Inntak) -> None:
    avvist = [svar for svar in forlengs.svar.values() if svar.outcome == "negative"]
    assert {(svar.koder, svar.opphold_ref) for svar in avvist} == {(("T10",), None)}


def test_the_same_files_again_are_duplicates_with_the_same_receipts(forlengs: Inntak) -> None:
    assert set(utfall(forlengs.igjen).values()) == {"duplicate"}
    kvitteringer = [{fil: svar.apprec for fil, svar in gang.items()} for gang in (forlengs.svar, forlengs.igjen)]
    assert kvitteringer[0] == kvitteringer[1]


# -- what it led to -------------------------------------------------------------------------------------------------

INNLAGT_I_JANUAR = (
    "UTSKREVET", "LEVENDE", "None", "2018-02-01", "None",
    (
        ("INNLAGT", "2018-01-29", "trukket", ()),
        ("UTSKRIVNINGSKLAR", "2018-01-31", "", ()),
        ("AVMELDT", "2018-01-31", "", ()),
        ("UTSKREVET", "2018-02-01", "", ()),
        ("RAPPORT", "2018-02-02", "trukket", ()),
        ("RAPPORT", "2018-02-02", "trukket", ()),
    ),
)  # fmt: skip
VARSLET = (
    "INNLAGT", "UKJENT", "None", "", "2018-01-25",
    (
        ("TIDLIGMELDING", "2018-01-10", "", ()),
        ("OPPDATERT", "2018-01-11", "", ("annet", "forloep", "forventet_utskrivning", "status")),
        ("OPPDATERT", "2018-01-15", "", ("forloep", "forventet_utskrivning", "status")),
    ),
)  # fmt: skip
DØDSFALL_SOM_BLE_TRUKKET = ("KANSELLERT", "UKJENT", "None", "", "None", (("DOED", "2018-02-20", "trukket", ()),))


def test_the_stays_are_what_the_messages_tell_together(forlengs: Inntak) -> None:
    assert forlengs.opphold == sorted([INNLAGT_I_JANUAR, VARSLET, DØDSFALL_SOM_BLE_TRUKKET])


def test_backwards_the_stays_are_the_same(forlengs: Inntak, baklengs: Inntak) -> None:
    assert baklengs.opphold == forlengs.opphold


def test_the_board_and_the_message_list_show_the_result(forlengs: Inntak, filer: list[Path]) -> None:
    navn = set()
    for fil in filer:
        melding = les_melding(fil.read_bytes())
        assert melding.pasient is not None
        if RETT[fil.stem][0] != "negative":
            navn.add(f"{melding.pasient.fornavn} {melding.pasient.etternavn}")
    tavle, meldinger = forlengs.tavle, forlengs.meldinger
    assert len(navn) == 3
    assert {n for n in navn if n in tavle} == navn
    assert "torsdag 1. februar 2018" in tavle
    assert "Ikke bekreftet" in tavle
    assert "støttes ikke av dette mottaket" in meldinger
