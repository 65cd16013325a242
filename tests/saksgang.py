"""A case of avvik that an auditor follows: reported Monday 09:10, opened by PAM 13:02 (story A)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from services.felles.forum import saksnavn
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import Menneske, aktør, menneske
from tests.unit.samhandling.meldinger import utc

ENHET = "enhet-aarstad"
MELDT, ÅPNET = utc(2024, 2, 5, 8, 10), utc(2024, 2, 5, 12, 2)
KLOKKA_TOLV = "2024-02-05T12:00"


@dataclass(frozen=True, slots=True)
class Saken:
    """The room, whom the case is about, and the name that it goes by."""

    rom: Rom
    hvem: Menneske
    navn: str


@contextmanager
def saken(mappe: Path) -> Iterator[Saken]:
    with rom(mappe, MELDT - timedelta(hours=2), oppsett=HELE_BERGEN) as rommet:
        hvem = menneske(rommet, date(1989, 4, 3), "aarstad", ENHET)
        rommet.til(MELDT)
        ref = rommet.be(
            aktør(ENHET, "avvik.meld"), f"samhandling/personer/{hvem.ref}/avvik", av=ansatt(ENHET), mot="pam",
            kategori="TIDLIGMELDING", hendelse="Syntetisk", hendt=utc(2024, 2, 3, 21, 40).isoformat(),
            oppdaget=MELDT.isoformat(),
        )  # fmt: skip
        rommet.til(ÅPNET)
        rommet.be(aktør("pam", "avvik.svar"), f"samhandling/avvik/{ref}/mottatt", av=ansatt("pam"))
        yield Saken(rommet, hvem, saksnavn(ref))


def ansatt(part: str) -> str:
    return next(u.id for u in HELE_BERGEN.katalog.users.values() if any(p.party == part for p in u.posts))
