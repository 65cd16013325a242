"""An avvik's whole way in the made-up town: born from a missed clock, answered, disagreed on, taken up in a DPR,
closed, told again to the byte, checked by somebody who trusts nobody, and shown in a quarter's report (rules 2.5, 2.6).
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.app.installation import open_all
from bindeledd.app.proving import trees
from bindeledd.app.settings import Settings
from services.felles.forum import saksnavn
from services.felles.kvartalsrapport import kvartalet_før
from services.felles.tid import lokal_dag, lokal_midnatt
from tests.broker.anlegg import hemmelighet
from tests.byens_avvik import BYEN, FORVALTNINGEN, PAM, Innlagt, uten_varsel
from tests.postgres import database_of
from tests.rom import Rom, rom
from tests.stories.folk import aktør
from tests.stories.test_a_rett_ut_igjen import ansatt
from tests.unit.app.conftest import Kjør, kjør
from tests.unit.proof.anlegg import utenfor

TEMA = "samhandling.avvik"
__all__ = ["kjør"]
SEKRETÆR, REVISOR = ("demo-141", "forum", "forumsekretaer"), ("demo-130", "auditor", "revisor")


def saken(rommet: Rom, part: str, ref: str) -> Any:
    return rommet.utsnitt("samhandling", part)[ref]


def si(rommet: Rom, part: str, ref: str, hva: str, handling: str = "avvik.svar", **kropp: object) -> None:
    """Somebody of a party, whose role may, does something in the case."""
    rommet.be(aktør(part, handling), f"samhandling/avvik/{ref}/{hva}", av=ansatt(part), **kropp)


def til_forumet(rommet: Rom, innlagt: Innlagt) -> None:
    """Reported, opened, disagreed on, answered all the same, and put up by a leader when the answer was not enough."""
    ref, utkast = innlagt.avvik_ref, saken(rommet, FORVALTNINGEN, innlagt.avvik_ref)
    assert (utkast.tilstand.value, utkast.mot_part, utkast.meldt) == ("UTKAST", PAM, None)
    si(
        rommet, FORVALTNINGEN, ref, "meld", "avvik.meld", mot=PAM, kategori="TIDLIGMELDING",
        hendelse="Syntetisk: ingen tidligmelding", hendt=utkast.fakta.hendt.isoformat(),
        oppdaget=rommet.klokke.now.isoformat(),
    )  # fmt: skip
    rommet.til(rommet.klokke.now + timedelta(hours=4))
    si(rommet, PAM, ref, "mottatt")
    rommet.til(rommet.klokke.now + timedelta(days=2))
    si(rommet, PAM, ref, "svar", svar="Syntetisk: den ble sendt", tiltak="Syntetisk: ny rutine")
    assert saken(rommet, FORVALTNINGEN, ref).tilstand.value == "SVART"
    rommet.til(rommet.klokke.now + timedelta(days=1))
    si(rommet, FORVALTNINGEN, ref, "uenig", tekst="Syntetisk: den kom ikke hit")
    rommet.til(rommet.klokke.now + timedelta(days=1))
    si(rommet, FORVALTNINGEN, ref, "eskaler", "avvik.eskaler", tekst="Syntetisk: hvem skal sende?")
    assert {saken(rommet, part, ref).tilstand.value for part in (FORVALTNINGEN, PAM)} == {"ESKALERT"}


def avgjort(rommet: Rom, innlagt: Innlagt) -> datetime:
    """The forum has it on its agenda without a name, and settles it when it meets. Returns when."""
    sak = saken(rommet, "forum", innlagt.avvik_ref)
    assert (sak.forum, sak.dps, sak.mot_slag) == ("dpr-kronstad", "dps-kronstad", "pam")
    assert innlagt.person_ref not in repr(sak)
    rommet.til(lokal_midnatt(sak.moete) + timedelta(hours=14))
    si(
        rommet,
        "forum",
        innlagt.avvik_ref,
        "forum",
        "forum.behandle",
        utfall="AVGJORT",
        tekst="Syntetisk: den som sender",
    )
    for part in (FORVALTNINGEN, PAM):
        view = saken(rommet, part, innlagt.avvik_ref)
        assert (view.tilstand.value, view.ved.value) == ("LUKKET", "FORUM"), part
    return rommet.klokke.now


def test_an_avvik_goes_from_a_missed_clock_to_a_quarters_report_and_to_an_outsider_who_checks_it(
    tmp_path: Path, hvert_trinn: str, monkeypatch: pytest.MonkeyPatch, kjør: Kjør
) -> None:
    with rom(tmp_path, BYEN.start) as rommet:
        innlagt = uten_varsel(rommet)
        til_forumet(rommet, innlagt)
        da = avgjort(rommet, innlagt)
        kvartal = kvartalet_før(lokal_dag(da) + timedelta(days=92))
        rommet.til(lokal_midnatt(kvartal.etter) + timedelta(days=1))
        navn = saksnavn(innlagt.avvik_ref)
        (rapporten,) = rommet.vei.sider(*SEKRETÆR, f"/forum/rapport?trinn=DPR&kvartal={kvartal}")
        (gangen,) = rommet.vei.sider(*REVISOR, f"/avviksgang?sak={navn}")
    innstill(tmp_path, hvert_trinn, monkeypatch)
    utenfra = Utenfra(tmp_path, kjør)
    assert (navn in rapporten, "avgjorde saken" in rapporten) == (True, True)
    assert gangen.count('<li class="bane">') == 3, "each party, and the forum"
    utenfra.ser_gangen(navn)
    utenfra.kontrollerer(innlagt.avvik_ref)
    utenfra.leser_rapporten(navn, str(kvartal))


@dataclass(frozen=True, slots=True)
class Utenfra:
    """Who has the data folder, and the commands."""

    mappe: Path
    kjør: Kjør

    def svar(self, *ord_: object) -> str:
        kjørt = self.kjør(*ord_)
        assert kjørt.kode == 0, kjørt.sagt
        return kjørt.ut

    def ser_gangen(self, navn: str) -> None:
        en, to = (i_egen_prosess("replay", "avvik", "--format", "jsonl", frø=frø) for frø in ("1", "2"))
        assert en == to, "the same arguments, the same bytes"
        steg = [rad["hendelse"] for rad in map(json.loads, en.splitlines()) if rad["sak"] == navn]
        meldt = [s for s in steg if s.startswith("Avvik")]
        assert meldt == [
            "AvvikUtkastLaget", "AvvikMeldt", "AvvikMottatt", "AvvikBesvart", "AvvikUenighetMeldt", "AvvikEskalert",
            "AvvikForumBehandlet", "AvvikLukket",
        ]  # fmt: skip

    def kontrollerer(self, ref: str) -> None:
        """What is written of the case is proved by a script that uses nothing of ours, with the public key alone."""
        poster = [json.loads(linje) for linje in self.svar("replay", ref).splitlines()]
        valg = [ord_ for post in poster for ord_ in ("--posisjon", post["position"])]
        self.svar("proof", "export", TEMA, self.mappe / "bevis.json", *valg)
        bunt = json.loads((self.mappe / "bevis.json").read_text("utf-8"))
        (nøkkel,) = (n for n in self.svar("proof", "key").splitlines() if n.partition("+")[0].endswith(TEMA))
        kode, sagt = utenfor(self.mappe, bunt, nøkkel)
        assert (kode, len(bunt["records"])) == (0, len(poster)), sagt
        en, to = bunt["records"][:2]
        en["record"], to["record"] = to["record"], en["record"]
        assert utenfor(self.mappe, bunt, nøkkel)[0] == 1, "they are told the other way round"

    def leser_rapporten(self, navn: str, kvartal: str) -> None:
        spørsmål = ("report", "forum", "DPR", "--kvartal", kvartal)
        rader = [*csv.DictReader(io.StringIO(self.svar(*spørsmål, "--format", "csv")))]
        saken_ = {rad["maal"]: rad["verdi"] for rad in rader if rad["hva"] == navn}
        assert (saken_["forum"], saken_["utfall"]) == ("dpr-kronstad", "AVGJORT")
        html = self.svar(*spørsmål)
        assert (navn in html, "avgjorde saken" in html) == (True, True)


def i_egen_prosess(*ord_: str, frø: str) -> bytes:
    """What a command writes, with Python's hashes of texts as `frø` makes them."""
    kommando = [str(Path(sys.executable).with_name("bindeledd")), *ord_]
    miljø = {**os.environ, "PYTHONHASHSEED": frø}
    return subprocess.run(kommando, check=True, capture_output=True, env=miljø, timeout=120).stdout


def innstill(mappe: Path, trinn: str, miljø: pytest.MonkeyPatch) -> None:
    """From now on commands are about this installation, whose trees are signed."""
    url = database_of(mappe)
    if url is not None:
        miljø.setenv("BINDELEDD_DATABASE", url)
    miljø.setenv("BINDELEDD_DATA", str(mappe / "worker samhandling" if trinn == "kafka" else mappe))
    if trinn == "kafka":  # where each process signs while it works
        miljø.setenv("BINDELEDD_KEK_FILE", str(hemmelighet(mappe)))
    else:
        signer(Settings())


def signer(settings: Settings) -> None:
    """The trees follow the logs, and are signed when all stops."""
    with open_all(settings) as installasjon:
        for worker in installasjon.embedded.workers:
            worker.beside += trees(settings, worker.engine)
