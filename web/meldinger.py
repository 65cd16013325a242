"""The list of messages that have come to a unit: what came, what became of it, and what nobody has opened yet."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from bindeledd.schema.generated.samhandling import Meldingsutfall, MeldingUtsnitt
from web import ord as sagt
from web.gitt import Gitt
from web.rolle import Ser, smal
from web.vist import Hvem, Merke, Tid

VIST_MAKS = 200


@dataclass(frozen=True, slots=True)
class Melding:
    """One message in the list. `grunner` are the reasons in the words that the sender was given."""

    ref: str
    person_ref: str | None
    hva: str
    endring: str
    avsender: str
    mottatt: Tid
    utfall: Merke
    grunner: tuple[str, ...]
    kopi: bool
    åpnet: bool
    forsinket: bool
    kan_åpne: bool


@dataclass(frozen=True, slots=True)
class Meldinger:
    rader: tuple[Melding, ...]
    uåpnet: int
    flere: int
    """How many older ones are not in the list."""


_ENDRING = {"M": "Endring av en tidligere melding", "C": "Trekker tilbake en tidligere melding"}


def meldinger(gitte: Iterable[Gitt], kjente: Container[str | None], hvem: Hvem) -> Meldinger:
    """The unit's messages, as this role may see them: unopened and held ones first, then the newest first.

    `kjente`: the persons whom the unit may see; a message leads to its person only where that is one of them.
    """
    synlige = [(g, utsnitt) for g in gitte if (utsnitt := _smal(g, hvem.ser)) is not None]
    synlige.sort(key=lambda par: _rekkefølge(par[1]))
    rader = tuple(_melding(g, utsnitt, kjente, hvem) for g, utsnitt in synlige[:VIST_MAKS])
    return Meldinger(rader, len([1 for _, u in synlige if not u.aapnet]), max(0, len(synlige) - VIST_MAKS))


def _smal(gitt: Gitt, ser: Ser) -> MeldingUtsnitt | None:
    if not isinstance(gitt.utsnitt, MeldingUtsnitt):
        return None
    smalt = smal(gitt.utsnitt, ser)
    return smalt if isinstance(smalt, MeldingUtsnitt) else None


def _rekkefølge(utsnitt: MeldingUtsnitt) -> tuple[bool, bool, float]:
    venter = utsnitt.utfall in (Meldingsutfall.HOLDT, Meldingsutfall.KONFLIKT)
    return not utsnitt.forsinket or utsnitt.aapnet, utsnitt.aapnet and not venter, -utsnitt.mottatt.timestamp()


def _melding(gitt: Gitt, utsnitt: MeldingUtsnitt, kjente: Container[str | None], hvem: Hvem) -> Melding:
    return Melding(
        ref=gitt.aggregat,
        person_ref=gitt.person_ref if gitt.person_ref in kjente else None,
        hva=sagt.meldingstype(utsnitt.type),
        endring=_ENDRING.get(utsnitt.forsendelse, ""),
        avsender=utsnitt.avsender_navn or "Ukjent avsender",
        mottatt=hvem.tid(utsnitt.mottatt),
        utfall=Merke(*sagt.UTFALL[utsnitt.utfall]),
        grunner=tuple(grunn.tekst for grunn in utsnitt.grunner),
        kopi=utsnitt.kopi,
        åpnet=utsnitt.aapnet,
        forsinket=utsnitt.forsinket and not utsnitt.aapnet,
        kan_åpne=hvem.kan("melding.aapne") and not utsnitt.aapnet,
    )
