"""Understands an installation's data as an outsider would: SQLite files or a database, and nothing of ours."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
from fastavro import parse_schema, schemaless_reader
from fastavro.schema import fingerprint, to_parsing_canonical_form

from tests import postgres

ROT = Path(__file__).absolute().parents[2]
NØKKELRING = "keyring"
FORSEGLET = frozenset({"key", "origin", "field", "nonce", "ciphertext"})
"""The fields of a sealed value: what a sealed value is recognised by."""


_LOGGEN = "SELECT position, writer, topic, stream, version, data FROM log ORDER BY position"


class Uleselig(Exception):
    """A record that is not what its schema says."""


@dataclass(frozen=True, slots=True)
class Post:
    """One row of a log, decoded. `felt` is the record as Avro has it."""

    fil: str
    posisjon: int
    skriver: str
    tema: str
    strøm: str
    versjon: int
    data: bytes
    type: str
    felt: Mapping[str, Any]

    @property
    def egen(self) -> bool:
        return self.skriver == self.fil

    @property
    def navn(self) -> str:
        return self.type.rpartition(".")[2]

    @property
    def konvolutt(self) -> Mapping[str, Any]:
        konvolutt: Mapping[str, Any] = self.felt["konvolutt"]
        return konvolutt

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(self.data).digest()

    def __str__(self) -> str:
        return f"{self.fil} #{self.posisjon} {self.tema} {self.strøm[:8]} v{self.versjon} {self.navn}"


@dataclass(frozen=True, slots=True)
class Tjenestefil:
    """One service's file: its log, and the tables beside it."""

    navn: str
    poster: tuple[Post, ...]
    hoder: tuple[tuple[str, int, bytes, str | None], ...]
    """(stream, version, hash, person_ref)."""
    markører: Mapping[str, int]
    """Writer → the position up to which its log has been read."""
    parkert: frozenset[tuple[str, int]]
    """(stream, version) of what is in quarantine."""
    rå: frozenset[str]
    """Streams with a message's bytes beside the log."""
    idempotens: tuple[tuple[str, int], ...]
    """(stream, version) that each Idempotency-Key led to."""


@dataclass(frozen=True, slots=True)
class Nøkkel:
    """A row of the keyring."""

    id: str
    tjeneste: str
    strøm: str
    person: str | None
    part: str
    innpakket: bytes


@dataclass(frozen=True, slots=True)
class Mappe:
    """A whole data folder, read at a moment when nobody writes in it."""

    filer: Mapping[str, Tjenestefil]
    nøkler: tuple[Nøkkel, ...]
    blinde: tuple[tuple[bytes, str], ...]
    """The blind index: (hmac, person_ref)."""


def les_mappe(mappe: Path) -> Mappe:
    """Everything that a data folder's files say. Raises Uleselig for a record that cannot be read."""
    kjente = skjemaer(ROT / "schemas")
    with closing(_åpne(mappe, NØKKELRING)) as db:
        nøkler = db.execute("SELECT key_id, service, stream, person_ref, party, wrapped FROM data_key").fetchall()
        blinde = db.execute("SELECT hmac, person_ref FROM blind_index").fetchall()
    return Mappe(
        {navn: _les_tjeneste(mappe, navn, kjente) for navn in _tjenester(mappe)},
        tuple(Nøkkel(*rad) for rad in nøkler),
        tuple((hmac, person) for hmac, person in blinde),
    )


def forseglede(verdi: Any) -> Iterator[Mapping[str, Any]]:
    """Every sealed value inside a decoded record."""
    match verdi:
        case dict() if verdi.keys() == FORSEGLET:
            yield verdi
        case dict():
            for hver in verdi.values():
                yield from forseglede(hver)
        case list():
            for hver in verdi:
                yield from forseglede(hver)
        case _:
            return


def _åpne(mappe: Path, navn: str) -> Any:
    """A connection with `execute`, to a file or to a schema."""
    url = postgres.database_of(mappe)
    if url is not None:
        return psycopg.connect(url, options=f"-c search_path={navn}")
    fil = mappe / f"{navn}.db"
    return sqlite3.connect(f"{fil.resolve().as_uri()}?mode=ro", uri=True)


def _tjenester(mappe: Path) -> list[str]:
    url = postgres.database_of(mappe)
    if url is None:
        return sorted(fil.stem for fil in mappe.glob("*.db") if fil.stem != NØKKELRING)
    with closing(psycopg.connect(url)) as db:
        skjemaer = db.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'log' ORDER BY 1").fetchall()
    return [rad[0] for rad in skjemaer]


def _les_tjeneste(mappe: Path, navn: str, kjente: Mapping[bytes, Any]) -> Tjenestefil:
    with closing(_åpne(mappe, navn)) as db:
        rader = db.execute(_LOGGEN).fetchall()
        hoder = db.execute("SELECT stream, version, hash, person_ref FROM stream_head").fetchall()
        markører = db.execute("SELECT source, position FROM cursor WHERE epoch > 0").fetchall()
        parkert = db.execute("SELECT stream, version FROM quarantine").fetchall()
        rå = db.execute("SELECT stream FROM raw_message").fetchall()
        idempotens = db.execute("SELECT stream, version FROM idempotency").fetchall()
    return Tjenestefil(
        navn, tuple(_post(navn, rad, kjente) for rad in rader), tuple(hoder), dict(markører),
        frozenset(parkert), frozenset(rad[0] for rad in rå), tuple(idempotens),
    )  # fmt: skip


def _post(fil: str, rad: tuple[int, str, str, str, int, bytes], kjente: Mapping[bytes, Any]) -> Post:
    posisjon, skriver, tema, strøm, versjon, data = rad
    skjema = kjente.get(data[2:10])
    if data[:2] != b"\xc3\x01" or skjema is None:
        raise Uleselig(f"{fil} #{posisjon}: no Avro single object of a known schema")
    kropp = BytesIO(data)
    kropp.seek(10)
    felt: Any = schemaless_reader(kropp, skjema, None)
    if kropp.tell() != len(data):
        raise Uleselig(f"{fil} #{posisjon}: bytes too many")
    return Post(fil, posisjon, skriver, tema, strøm, versjon, data, skjema["name"], felt)


# -- schemas -------------------------------------------------------------------------------------------------------


@cache
def skjemaer(rot: Path) -> dict[bytes, Any]:
    """Fingerprint (CRC-64-AVRO) → parsed schema, for every type that has an envelope."""
    rå: dict[str, dict[str, Any]] = {}
    for fil in sorted(rot.rglob("*.avsc"), key=lambda fil: int(fil.stem.rpartition(".v")[2])):
        lest = json.loads(fil.read_text("utf-8"))
        rå[f"{lest['namespace']}.{lest['name']}"] = lest
    funnet: dict[bytes, Any] = {}
    for navn, lest in rå.items():
        if any(felt["name"] == "konvolutt" for felt in lest.get("fields", ())):
            skjema = parse_schema(_utvid(navn, rå, set()))
            avtrykk = fingerprint(to_parsing_canonical_form(skjema), "CRC-64-AVRO")
            funnet[bytes.fromhex(avtrykk)] = skjema
    return funnet


def _utvid(verdi: Any, rå: Mapping[str, dict[str, Any]], sett: set[str]) -> Any:
    """A schema with each named type written out where it first stands."""
    match verdi:
        case str() if verdi in rå and verdi not in sett:
            sett.add(verdi)
            lest = rå[verdi]
            uten = {nøkkel: del_ for nøkkel, del_ in lest.items() if nøkkel not in ("namespace", "doc")}
            if "fields" in lest:
                uten["fields"] = [{**felt, "type": _utvid(felt["type"], rå, sett)} for felt in lest["fields"]]
            return {**uten, "name": verdi}
        case list():
            return [_utvid(hver, rå, sett) for hver in verdi]
        case {"type": "array", "items": ting}:
            return {"type": "array", "items": _utvid(ting, rå, sett)}
        case _:
            return verdi
