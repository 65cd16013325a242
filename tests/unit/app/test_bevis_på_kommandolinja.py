"""What the look-up log proves, from the running installation to an outsider: the commands, and what each says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bindeledd.app.installation import open_all
from bindeledd.app.proving import trees
from bindeledd.app.settings import Settings
from bindeledd.core.envelope import Actor
from bindeledd.schema.generated.tilgang import Visning
from bindeledd.store import checkpoints
from tests.postgres import database_of
from tests.unit.app.conftest import Kjør
from tests.unit.proof.anlegg import utenfor
from web.oppslag import Logg, avvis
from web.økt import Økt

TEMA = "tilgang.oppslag"
LEGE = Actor("behandler", "bergen-kommune", "act-kronstad")


def slå_opp(mappe: Path, *personer: str) -> None:
    """Somebody asks to see persons, and is refused; then the installation is stopped."""
    with open_all(Settings(data=mappe)) as installasjon:
        for worker in installasjon.embedded.workers:
            worker.beside += trees(Settings(data=mappe), worker.engine)
        web = installasjon.engines["web"]
        for person in personer:
            avvis(Logg(web, "prosess"), LEGE, Økt("o", "b", "act-kronstad", "behandler"), Visning.PASIENT, person, "x")
        installasjon.embedded.pump()


@pytest.fixture
def data(trinn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder where three refusals have been written, on each rung."""
    if trinn == "postgres":
        monkeypatch.setenv("BINDELEDD_DATABASE", database_of(tmp_path) or "")
    slå_opp(tmp_path / "data", "a", "b", "c")
    return tmp_path / "data"


def test_the_look_up_log_is_proved_from_the_first_look_up_to_an_outsider(
    data: Path, tmp_path: Path, kjør: Kjør
) -> None:
    vitne = tmp_path / "vitne"
    vitne.write_bytes(checkpoints.file_of(data, "web", TEMA).read_bytes())
    slå_opp(data, "d")
    verifisert = kjør("verify", "--mot", vitne, "--data", data)
    assert verifisert.kode == 0
    assert f"web, {TEMA}: 4 records, 2 checkpoints: holds" in verifisert.ut
    (nøkkel,) = kjør("proof", "key", "--data", data).ut.splitlines()
    assert nøkkel.startswith(f"bindeledd/4601/web/{TEMA}+")
    assert kjør("proof", "export", TEMA, tmp_path / "b.json", "--fra", vitne, "--data", data).kode == 0
    bunt = json.loads((tmp_path / "b.json").read_text("utf-8"))
    assert utenfor(tmp_path, bunt, nøkkel)[0] == 0
    assert "all 4 records" in utenfor(tmp_path, bunt, nøkkel)[1]
    checkpoints.file_of(data, "web", TEMA).write_bytes(b"")
    (tmp_path / "annet").write_text(vitne.read_text("utf-8").replace("/web/", "/wob/"), "utf-8")
    feil = kjør("verify", "--mot", tmp_path / "annet", "--data", data)
    assert (feil.kode, "no log here has that checkpoint's name" in feil.sagt) == (3, True)


def test_what_nobody_proves_cannot_be_exported(data: Path, tmp_path: Path, kjør: Kjør) -> None:
    svar = kjør("proof", "export", "samhandling.opphold", tmp_path / "b.json", "--data", data)
    assert svar.kode == 3
    assert "nobody here proves that" in svar.sagt
    assert not (tmp_path / "b.json").exists()


def test_a_key_that_is_moved_aside_hands_over_to_the_one_that_is_made_and_one_that_is_lost_needs_a_word(
    tmp_path: Path, kjør: Kjør
) -> None:
    data = tmp_path / "data"

    def nøkkelen() -> str:
        return next(linje for linje in kjør("proof", "key", "--data", data).ut.splitlines() if f"/web/{TEMA}+" in linje)

    slå_opp(data, "a")
    første = nøkkelen()
    (data / "proof.key").rename(data / "proof.key.before")
    slå_opp(data, "b")
    ny = nøkkelen()
    assert ny != første
    (data / "proof.key.before").unlink()
    (data / "proof.key").unlink()
    slå_opp(data, "c")
    assert nøkkelen() == ny, "what nobody vouches for signs nothing"
    assert kjør("proof", "trust", "--data", data).kode == 0
    slå_opp(data, "d")
    assert nøkkelen() not in (første, ny)
    assert kjør("verify", "--data", data).kode == 0
