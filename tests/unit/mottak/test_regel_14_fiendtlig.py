"""Intake rule 14: nothing in a message can reach out or hurt, whichever way it comes in."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from bindeledd.app.door import limited
from bindeledd.app.http import make_app
from services.samhandling.mottak import ta_imot
from services.samhandling.plo.skriv import lag_innlagt, lag_tidligmelding
from tests.klient import Klient
from tests.rom import HELE_BERGEN, Rom, rom
from tests.unit.mottak.spor import MANUELL, NÅ, bytes_av, melding_hos, poster, svar_i
from tests.unit.samhandling.meldinger import sending

ROT = Path(__file__).resolve().parents[3]
FEM_MIB = 5 * 1024 * 1024
XML = {"Content-Type": "application/xml"}
GYLDIG = lag_innlagt(sending(1, NÅ), tid=NÅ)
HODE, REST = GYLDIG.split(b"?>", 1)[1].split(b"<Document>")
"""A head that can be answered, and the rest: what is hostile stands in its place."""


def fyll(enhet: bytes, start: bytes = b"", slutt: bytes = b"") -> bytes:
    """5 MiB, mostly of `enhet`."""
    return start + enhet * ((FEM_MIB - len(start) - len(slutt)) // len(enhet)) + slutt


def mange_attributter() -> bytes:
    return HODE + b"<Document " + b" ".join(b'a%d=""' % i for i in range(FEM_MIB // 11)) + b"/></MsgHead>"


LATTER = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10 if i else b"ha" * 10) for i in range(12))
FIENDTLIGE: dict[str, tuple[Callable[[], bytes], str]] = {
    # what it is: the file, and a word of the reason
    "entity bomb": (
        lambda: fyll(b" ", b"<!DOCTYPE MsgHead [" + LATTER + b"]>" + HODE, b"<Document>&l11;</Document></MsgHead>"),
        "DOCTYPE",
    ),
    "one entity blown up": (
        lambda: fyll(b"&a;", b'<!DOCTYPE MsgHead [<!ENTITY a "' + b"x" * 50_000 + b'">]>' + HODE, b"</MsgHead>"),
        "DOCTYPE",
    ),
    "external entity": (
        lambda: b'<!DOCTYPE MsgHead [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + HODE + b"&x;<Document>" + REST,
        "DOCTYPE",
    ),
    "deep nesting": (lambda: fyll(b"<a>", HODE), "elementer"),
    "deep nesting in few elements": (lambda: HODE + b"<a>" * 200 + b"</a>" * 200 + b"</MsgHead>", "nivåer"),
    "huge attribute": (lambda: fyll(b"x", HODE + b'<Document a="', b'"/></MsgHead>'), "Et attributt"),
    "many attributes": (mange_attributter, "attributter"),
    "huge text": (lambda: fyll(b"x", HODE + b"<Document>", b"</Document></MsgHead>"), "En tekst"),
    "many elements": (lambda: fyll(b"<a/>", HODE, b"</MsgHead>"), "elementer"),
    "zeros": (lambda: b"\x00" * FEM_MIB, "ikke velformet"),
}
STØRST_MIB = 80
"""How much a process may grow for all of them: the bytes are held a few times over, and nothing is expanded."""


def dør(her: Rom) -> Klient:
    """The app of the installation, behind the door's limit on what a request may hold."""
    app = make_app(her.inst, demo=False)

    async def bak_døra(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, limited(scope, receive), send)

    return Klient(bak_døra)


@pytest.mark.parametrize("navn", FIENDTLIGE)
def test_rule_14_a_hostile_file_is_refused_in_under_a_second_and_kept_and_shown(her: Rom, navn: str) -> None:
    lag, hvorfor = FIENDTLIGE[navn]
    raw = lag()
    assert len(raw) <= FEM_MIB
    start = time.process_time()
    resultat = ta_imot(her.inst.engines["samhandling"], raw)
    assert time.process_time() - start < 1
    her.pump()
    assert resultat.outcome == "negative"
    assert hvorfor in resultat.reasons[0].tekst
    assert resultat.reasons[0].kode in ("T01", "T99")
    assert bytes_av(her, resultat.melding_ref) == raw
    assert melding_hos(her, MANUELL, resultat).grunner == resultat.reasons
    assert {post.navn for post in her.logg("samhandling")} <= {"MeldingMottatt", "KvitteringSatt", "MeldingUtsnitt"}


@pytest.mark.parametrize("navn", FIENDTLIGE)
def test_rule_14_over_http_too_and_it_is_answered_by_its_head_where_there_is_one(her: Rom, navn: str) -> None:
    raw, klient = FIENDTLIGE[navn][0](), dør(her)
    start = time.process_time()
    svar = klient.post("/mottak/plo", content=raw, headers=XML)
    assert time.process_time() - start < 1
    assert svar.headers["bindeledd-outcome"] == "negative"
    har_hode = HODE[:200] in raw
    assert svar.status_code == (200 if har_hode else 422)
    assert (b'<Status V="2"' in svar.content) is har_hode
    assert b"ha" * 10 not in svar.content


def test_rule_14_nothing_is_fetched_and_no_file_is_read(her: Rom, tmp_path: Path) -> None:
    hemmelig = tmp_path / "hemmelig.txt"
    hemmelig.write_text("MERKE-FRA-DISKEN")
    doctype = f'<!DOCTYPE MsgHead [<!ENTITY x SYSTEM "{hemmelig.as_uri()}">]>'.encode()
    resultat = her.melding(doctype + GYLDIG.split(b"?>", 1)[1].replace(b"Syntetisk", b"&x;"), NÅ)
    assert resultat.outcome == "negative"
    assert b"MERKE" not in (resultat.apprec or b"")
    assert poster(her, "PersonRegistrert") == []


def test_rule_14_refusing_them_all_takes_little_memory(tmp_path: Path) -> None:
    # A process of its own, because resident memory never shrinks: the peak there is that of taking in these files.
    filer = tmp_path / "filer"
    filer.mkdir()
    for nr, (lag, _) in enumerate(FIENDTLIGE.values()):
        (filer / f"{nr}.xml").write_bytes(lag())
    skript = f"from tests.unit.mottak.test_regel_14_fiendtlig import mål; mål({str(filer)!r}, {str(tmp_path / 'd')!r})"
    svar = subprocess.run([sys.executable, "-c", skript], capture_output=True, text=True, cwd=ROT, check=True)
    assert int(svar.stdout) < STØRST_MIB, svar.stderr


def mål(filer: str, mappe: str) -> None:
    """Take in every file of a folder, and print how many MiB the process grew by at the most."""
    with rom(Path(mappe), NÅ, oppsett=HELE_BERGEN) as her:
        her.melding(lag_innlagt(sending(2, NÅ), tid=NÅ), NÅ)
        før = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for fil in sorted(Path(filer).iterdir()):
            assert her.melding(fil.read_bytes(), NÅ).outcome in ("negative", "conflict")  # most have the same head
        print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - før) // 1024)


# -- at the door ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json", "multipart/form-data", "application/x-www-form-urlencoded", ""]
)
def test_rule_14_what_does_not_say_that_it_is_xml_is_refused_and_leaves_nothing(her: Rom, kind: str) -> None:
    svar = dør(her).post("/mottak/plo", content=GYLDIG, headers={"Content-Type": kind})
    assert (svar.status_code, svar.headers["content-type"]) == (415, "application/problem+json")
    assert "application/xml" in svar.json()["detail"]
    assert her.logg("samhandling") == []


@pytest.mark.parametrize("kind", ["application/xml", "text/xml", "Application/XML; charset=utf-8"])
def test_rule_14_xml_is_taken_in_however_its_type_is_written(her: Rom, kind: str) -> None:
    svar = dør(her).post("/mottak/plo", content=GYLDIG, headers={"Content-Type": kind})
    assert (svar.status_code, svar.headers["bindeledd-outcome"]) == (200, "positive")


def test_rule_14_an_empty_body_is_answered_with_what_is_wrong(her: Rom) -> None:
    svar = dør(her).post("/mottak/plo", content=b"", headers=XML)
    assert (svar.status_code, svar.headers["bindeledd-outcome"]) == (422, "negative")
    assert "XML" in svar.json()["detail"]


def test_rule_14_a_body_above_the_limit_is_refused_while_it_comes_in_and_leaves_nothing(her: Rom) -> None:
    svar = dør(her).post("/mottak/plo", content=b" " * (FEM_MIB + 1), headers=XML)
    assert (svar.status_code, svar.headers["content-type"]) == (413, "application/problem+json")
    assert her.logg("samhandling") == []


def test_rule_14_an_ordinary_message_with_much_text_is_not_taken_for_hostile(her: Rom) -> None:
    notat = "Prøvetekst. " * 40_000
    raw = lag_tidligmelding(sending(2, NÅ), status=notat, forløp="Prøve", forventet=NÅ.date())
    assert len(raw) > 400_000
    assert her.melding(raw, NÅ).outcome == "positive"


def test_rule_14_what_is_hostile_is_answered_once(her: Rom) -> None:
    raw = FIENDTLIGE["entity bomb"][0]()
    første, igjen = her.melding(raw, NÅ), her.melding(raw, NÅ)
    assert (igjen.outcome, igjen.apprec) == ("duplicate", første.apprec)
    assert svar_i(første).status == "2"
