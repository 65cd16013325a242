"""An outsider who fetches and keeps: what they see of a log that was cut off or changed since the last time."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from bindeledd.runtime.http import add_routes
from bindeledd.runtime.published import proof_router
from bindeledd.runtime.tree import Tree
from bindeledd.seal.note import Checkpoint, Signer, opened, public_key
from bindeledd.store import checkpoints
from tests.crash.filer import ROT
from tests.prøvetjeneste import NOTAT, noter, satt_opp, skriver
from tests.unit.proof.anlegg import FRØ, LOGG, NØKKEL, UTENFOR, Anlegg

NY = Signer(b"n" * 32)


@pytest.fixture(autouse=True)
def _ikke_lenge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks need not wait as long as they must elsewhere."""
    monkeypatch.setattr("bindeledd.runtime.tree.ASKED_SECONDS", 0.3)


@pytest.fixture
def anlegg(tmp_path: Path) -> Anlegg:
    (mappe := tmp_path / "data").mkdir()
    made = Anlegg(mappe)
    made.skriv(*["ab"] * 4)
    return made


@contextmanager
def åpent(anlegg: Anlegg, *strømmer: str, nøkkel: Signer = NØKKEL, forrige: Signer | None = None) -> Iterator[str]:
    """The installation at work, with these notes written; where an outsider finds its log."""
    with satt_opp(anlegg.mappe, skriver(), seed=next(FRØ)) as oppsatt:
        engine = oppsatt.engines["skriver"]
        tree = Tree(engine, NOTAT, "bindeledd/4601", anlegg.mappe, nøkkel, forrige)
        while tree.advance():
            pass
        tree.advance()  # how it stood: from now on it is a minute to the next, unless somebody asks
        for strøm in strømmer:
            engine.command(noter(strøm))
        app, slutt = FastAPI(), threading.Event()
        add_routes(app, proof_router([tree]))
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))

        def arbeid() -> None:
            while not slutt.wait(0.02):
                tree.advance()

        tråder = [threading.Thread(target=server.run), threading.Thread(target=arbeid)]
        for tråd in tråder:
            tråd.start()
        try:
            while not server.started:
                assert not slutt.wait(0.02)
            port = server.servers[0].sockets[0].getsockname()[1]
            yield f"http://127.0.0.1:{port}/bevis/skriver/{NOTAT}"
        finally:
            slutt.set()
            server.should_exit = True
            for tråd in tråder:
                tråd.join()


def vitne(anlegg: Anlegg, adresse: str, nøkkel: str = UTENFOR) -> tuple[int, str]:
    """What the outsider's script says, and keeps beside the installation."""
    ferdig = subprocess.run(
        [sys.executable, str(ROT / "tools/witness.py"), adresse, str(anlegg.mappe.parent / "vitne"), nøkkel],
        capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip
    assert ferdig.stderr == ""
    return ferdig.returncode, ferdig.stdout


def test_what_was_written_a_moment_ago_and_is_cut_off_is_seen_by_who_had_fetched(anlegg: Anlegg) -> None:
    with åpent(anlegg, "cd", "ef") as adresse:
        kode, sagt = vitne(anlegg, adresse)
        assert (kode, "the log of 6 records begins with all of the 0 that were there" in sagt) == (0, True)
    eldre = next(iter(checkpoints.read(anlegg.fil)))
    for sql in ("DELETE FROM log WHERE position > 5", "DELETE FROM stream_head", "DELETE FROM tile"):
        anlegg.sett(sql)
    anlegg.sett("UPDATE meta SET value = ? WHERE name LIKE 'checkpoint:%'", eldre)
    anlegg.fil.write_text(f"{eldre}\n", "utf-8")
    holdt = list(checkpoints.read(anlegg.mappe.parent / "vitne/checkpoints"))
    assert anlegg.funnet().bad is None, "all that was kept here was changed alike"
    bad = anlegg.funnet(*holdt).bad
    assert bad is not None
    assert (bad.position, "the end was cut off" in bad.why) == (6, True)
    with åpent(anlegg) as adresse:
        kode, sagt = vitne(anlegg, adresse)
        assert (kode, "the end was cut off: there were 6 records, and now there are 5" in sagt) == (1, True)


def test_a_log_with_another_record_and_a_checkpoint_that_was_swapped_for_one_over_it_is_seen_and_where(
    anlegg: Anlegg,
) -> None:
    with åpent(anlegg) as adresse:
        assert vitne(anlegg, adresse)[0] == 0
    anlegg.sett("UPDATE log SET data = (SELECT data FROM log WHERE position = 1) WHERE position = 3")
    for sql in ("DELETE FROM tile", "DELETE FROM meta WHERE name LIKE 'checkpoint:%'"):
        anlegg.sett(sql)
    anlegg.fil.unlink()
    with åpent(anlegg) as adresse:
        assert vitne(anlegg, adresse) == (1, "DOES NOT HOLD: the log is another one, from record 2 on\n")
    refusert = (anlegg.mappe.parent / "vitne/refused").read_text("utf-8").removesuffix("\n")
    assert opened(refusert, [NØKKEL.public]).size == 4, "two signed checkpoints of one size: the evidence"


def test_who_fetches_follows_the_log_over_tiles_and_to_another_key(anlegg: Anlegg) -> None:
    with åpent(anlegg) as adresse:
        assert vitne(anlegg, adresse)[0] == 0
    with åpent(anlegg, *["ab"] * 300, nøkkel=NY, forrige=NØKKEL) as adresse:
        assert "the log of 304 records begins with all of the 4" in vitne(anlegg, adresse)[1]
        assert vitne(anlegg, adresse, public_key(LOGG, b"x" * 32))[0] == 1


def test_tiles_have_the_form_that_others_read_and_hold_no_more_than_hashes(anlegg: Anlegg) -> None:
    with åpent(anlegg, *["ab"] * 252) as adresse, httpx.Client(base_url=adresse) as utenfor:
        while utenfor.get("/checkpoint").headers.get("Retry-After"):
            pass
        sjekkpunkt = utenfor.get("/checkpoint")
        assert sjekkpunkt.headers["content-type"] == "text/plain; charset=utf-8"
        said = opened(sjekkpunkt.text, [NØKKEL.public])
        dypt = "/tile/0/" + "x999/" * 6 + "999"
        hel, over = utenfor.get("/tile/0/000").content, utenfor.get("/tile/1/000.p/1").content
        assert (len(hel), said) == (256 * 32, Checkpoint(LOGG, 256, over))
        assert utenfor.get("/tile/0/000.p/7").content == hel[: 7 * 32]
        for ingen in (
            "/tile/0/001",
            "/tile/0/000.p/257",
            "/tile/0/x000",
            "/tile/9/000",
            "/tile/entries/000",
            "/x",
            dypt,
        ):
            assert utenfor.get(ingen).status_code == 404, ingen
        assert utenfor.get("/keys").text == ""
        assert httpx.get(adresse.replace("notat", "annet") + "/checkpoint").status_code == 404
