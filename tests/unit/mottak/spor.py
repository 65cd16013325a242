"""What a message left behind: its bytes, its receipt, every row of every file, and what is shown of it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from bindeledd.core.sealed import Forseglet
from bindeledd.seal import keys as crypto
from bindeledd.store import log
from services.samhandling.mottak import Mottaksresultat
from services.samhandling.plo.skriv import lag_innlagt
from tests.rom import Post, Rom
from tests.unit.samhandling.meldinger import annen_pasient, sending, utc

NÅ = utc(2026, 3, 2, 20, 0)
MOTTAKER, MANUELL = "hjemmetjeneste-aarstad", "koordinerende-enhet"
_VERSJONER = {
    "http://www.kith.no/xmlstds/apprec/2004-11-21": "1.0",
    "http://www.kith.no/xmlstds/apprec/2012-02-15": "1.1",
}


@dataclass(frozen=True, slots=True)
class Svar:
    """A receipt: its version, its status (kodeverk 8258), what it answers, and (code, text) of each reason."""

    versjon: str
    status: str
    gjelder: str
    feil: tuple[tuple[str, str], ...]


def svar_i(resultat: Mottaksresultat) -> Svar:
    """The receipt that a message got."""
    assert resultat.apprec is not None
    rot = etree.fromstring(resultat.apprec)
    ns = etree.QName(rot).namespace or ""

    def finn(sti: str) -> list[etree._Element]:
        return rot.findall(sti, {"a": ns})

    feil = tuple((e.get("V", ""), e.get("OT", "")) for e in finn("a:Error"))
    return Svar(_VERSJONER[ns], finn("a:Status")[0].get("V", ""), finn("a:OriginalMsgId/a:Id")[0].text or "", feil)


def bytes_av(her: Rom, melding_ref: str) -> bytes:
    """A message's bytes as they came, opened with its stream's own key."""
    engine = her.inst.engines["samhandling"]
    kept = engine.read(lambda db: log.raw(db, melding_ref))
    key = engine.around.keyring.key_of_stream(melding_ref)
    assert kept is not None
    assert key is not None
    nonce, innhold = kept[: crypto.NONCE_BYTES], kept[crypto.NONCE_BYTES :]
    return crypto.unseal(key.secret, Forseglet(key.key_id, melding_ref, "raw", nonce, innhold))


def åpnet(her: Rom, verdi: Forseglet[Any]) -> Any:
    """What a sealed value holds."""
    return her.inst.engines["samhandling"].look(lambda tx: tx.open(verdi))


def rader(mappe: Path) -> Counter[str]:
    """How many rows every table of every file of a data folder holds: `file.table` → rows."""
    antall: Counter[str] = Counter()
    for fil in sorted(mappe.rglob("*.db")):
        with closing(sqlite3.connect(f"file:{fil}?mode=ro", uri=True)) as db:
            navn = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            # The keyring's notes of what its latest flush changed are written anew each time.
            for (tabell,) in set(navn.fetchall()) - {("blind_before",), ("flushed_key",)}:
                antall[f"{fil.stem}.{tabell}"] = db.execute(f"SELECT COUNT(*) FROM {tabell}").fetchone()[0]
    return antall


def nye_rader(før: Counter[str], etter: Counter[str]) -> dict[str, int]:
    """How many rows more each table holds, or fewer; tables that hold as many are left out."""
    return {tabell: etter[tabell] - før[tabell] for tabell in {*før, *etter} if etter[tabell] != før[tabell]}


def ordinær(her: Rom, nr: int = 900) -> Mottaksresultat:
    """Somebody else's ordinary admission, so that everything that only a first message makes is there."""
    raw = lag_innlagt(sending(nr, NÅ, pasient=annen_pasient(nr)), tid=NÅ)
    return her.melding(raw, her.klokke.now)


def poster(her: Rom, navn: str) -> list[Post]:
    """The records of samhandling with this name."""
    return [post for post in her.logg("samhandling") if post.navn == navn]


def vist(her: Rom, part: str, slag: str) -> list[Any]:
    """The views of a kind that samhandling has given a party, and that it still has."""
    return [view for view in her.utsnitt("samhandling", part).values() if type(view).__name__ == slag]


def melding_hos(her: Rom, part: str, resultat: Mottaksresultat) -> Any:
    """What a party is shown of a message, or None."""
    return her.utsnitt("samhandling", part).get(resultat.melding_ref)
