"""The list of messages that have come to a unit: what became of each, from sent to answered, and what waits.

A receipt says that a message came and can be read. It does not say that anybody has read it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bindeledd.schema.generated.samhandling import Meldingsutfall, MeldingUtsnitt
from web import ord as sagt
from web.gitt import Gitt, venter
from web.ord import Farge
from web.rolle import Ser, smal
from web.vist import Hvem, Merke, Tid

VIST_MAKS = 60
"""A page stays below 150 kB, also where each message has its reasons."""
I_OPPHOLDET = 20

UTFALL: dict[Meldingsutfall, tuple[str, Farge]] = {
    Meldingsutfall.UKJENT: ("Ukjent", "neutral"),
    Meldingsutfall.TATT_INN: ("Tatt inn", "success"),
    Meldingsutfall.AVVIST: ("Avvist", "danger"),
    Meldingsutfall.HOLDT: ("Venter på avklaring", "warning"),
    Meldingsutfall.KONFLIKT: ("Strider mot en tidligere melding", "danger"),
}

RÅD: dict[Meldingsutfall, str] = {
    Meldingsutfall.UKJENT: "",
    Meldingsutfall.TATT_INN: "",
    Meldingsutfall.AVVIST: "Avsenderen vet at den ikke er tatt imot. Haster det, ring og be dem sende på nytt.",
    Meldingsutfall.HOLDT: "Den viser til en melding som ikke er kommet. Kommer den ikke snart, ring avsenderen.",
    Meldingsutfall.KONFLIKT: "Den sier noe annet enn en tidligere melding. Ring avsenderen og spør hva som gjelder.",
}
"""What to do about a message that nobody has opened."""
RÅD_UTEN_MOTTAKER = (
    "Tjenesten den er sendt til, får ikke meldinger her. Finn ut hvilken enhet som skal ha den, og gi den videre."
)

KVITTERING = {
    "1": "Avsenderen har fått kvittering: mottatt",
    "2": "Avsenderen har fått beskjed: avvist",
    "3": "Avsenderen har fått kvittering: mottatt, med merknader",
}
"""Kodeverk 8258."""


@dataclass(frozen=True, slots=True)
class Steg:
    """One step of a message's way. `nådd` False: it has not come so far; `tid` is then when it should have."""

    tekst: str
    tid: Tid | None
    nådd: bool = True


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
    råd: str
    """What somebody should do about it now; empty when nothing waits."""
    kopi: bool
    åpnet: bool
    venter: bool
    """Somebody of the unit must open it."""
    forsinket: bool
    steg: tuple[Steg, ...]
    kan_åpne: bool
    kan_besvares: bool
    kan_gis_videre: bool
    """Somebody must say which unit shall have it, and this user may."""


@dataclass(frozen=True, slots=True)
class Meldinger:
    rader: tuple[Melding, ...]
    uåpnet: int
    """How many somebody must open, shown or not. A copy is none of them (intake rule 6)."""
    flere: int
    """How many are not shown."""


SKAL_BESVARES = ("DIALOG_FORESPORSEL",)
"""Types of message to which the sender waits for an answer."""

_ENDRING = {"M": "Endring av en tidligere melding", "C": "Trekker tilbake en tidligere melding"}


def meldinger(gitte: Iterable[Gitt], kjente: Container[str | None], hvem: Hvem, høyst: int = VIST_MAKS) -> Meldinger:
    """The unit's messages, as this role may see them: unopened and held ones first, then the newest first.

    `kjente`: the persons whom the unit may see; a message leads to its person only where that is one of them.
    """
    synlige = [(g, utsnitt) for g in gitte if (utsnitt := _smal(g, hvem.ser)) is not None]
    synlige.sort(key=lambda par: _rekkefølge(par[1]))
    rader = tuple(_melding(g, utsnitt, kjente, hvem) for g, utsnitt in synlige[:høyst])
    return Meldinger(rader, len([1 for _, u in synlige if venter(u)]), len(synlige) - len(rader))


def i_oppholdet(gitte: Iterable[Gitt], opphold_ref: str, hvem: Hvem) -> Meldinger:
    """Those of these messages that told of one stay."""
    egne = [g for g in gitte if g.utsnitt.opphold_ref == opphold_ref]
    return meldinger(egne, (), hvem, I_OPPHOLDET)


def uplassert(utsnitt: MeldingUtsnitt) -> bool:
    """Whether a message is part of no stay, or was sent to a service that gets none here."""
    plassert = utsnitt.utfall is Meldingsutfall.TATT_INN and utsnitt.opphold_ref is not None
    return not plassert or _uten_enhet(utsnitt)


def _uten_enhet(utsnitt: MeldingUtsnitt) -> bool:
    return utsnitt.uten_mottaker and utsnitt.fordelt_til is None


def _smal(gitt: Gitt, ser: Ser) -> MeldingUtsnitt | None:
    if not isinstance(gitt.utsnitt, MeldingUtsnitt):
        return None
    smalt = smal(gitt.utsnitt, ser)
    return smalt if isinstance(smalt, MeldingUtsnitt) else None


def _rekkefølge(utsnitt: MeldingUtsnitt) -> tuple[bool, bool, float]:
    uavklart = venter(utsnitt) or utsnitt.utfall in (Meldingsutfall.HOLDT, Meldingsutfall.KONFLIKT)
    return not utsnitt.forsinket or utsnitt.aapnet, not uavklart, -utsnitt.mottatt.timestamp()


def _melding(gitt: Gitt, utsnitt: MeldingUtsnitt, kjente: Container[str | None], hvem: Hvem) -> Melding:
    kan = hvem.kan("melding.aapne")
    return Melding(
        ref=gitt.aggregat,
        person_ref=gitt.person_ref if gitt.person_ref in kjente else None,
        hva=sagt.meldingstype(utsnitt.type),
        endring=_ENDRING.get(utsnitt.forsendelse, ""),
        avsender=utsnitt.avsender_navn or "Ukjent avsender",
        mottatt=hvem.tid(utsnitt.mottatt),
        utfall=Merke(*UTFALL[utsnitt.utfall]),
        grunner=tuple(grunn.tekst for grunn in utsnitt.grunner),
        råd=_råd(utsnitt),
        kopi=utsnitt.kopi,
        åpnet=utsnitt.aapnet,
        venter=venter(utsnitt),
        forsinket=utsnitt.forsinket and not utsnitt.aapnet,
        steg=tuple(_steg(utsnitt, hvem)),
        kan_åpne=not utsnitt.aapnet and kan,
        kan_besvares=utsnitt.type in SKAL_BESVARES and not utsnitt.besvart_av and kan,
        kan_gis_videre=_uten_enhet(utsnitt) and hvem.kan("koe.avklar"),
    )


def _råd(utsnitt: MeldingUtsnitt) -> str:
    if utsnitt.aapnet:
        return ""
    return RÅD[utsnitt.utfall] or (RÅD_UTEN_MOTTAKER if _uten_enhet(utsnitt) else "")


def _steg(utsnitt: MeldingUtsnitt, hvem: Hvem) -> Iterator[Steg]:
    """The message's way, as far as it has come, and the next step that it waits for."""

    def navn(bruker: str) -> str:
        return "deg" if bruker == hvem.bruker else hvem.brukere.get(bruker, "en kollega")

    def når(tid: datetime | None) -> Tid | None:
        return hvem.tid(tid) if tid is not None else None

    if utsnitt.sendt is not None:
        yield Steg("Sendt", hvem.tid(utsnitt.sendt))
    yield Steg("Kom fram", hvem.tid(utsnitt.mottatt))
    if utsnitt.kvittering:
        yield Steg(KVITTERING.get(utsnitt.kvittering, "Avsenderen har fått kvittering"), None)
    if utsnitt.aapnet:
        yield Steg(f"Åpnet av {navn(utsnitt.aapnet_av)}" if utsnitt.aapnet_av else "Åpnet", når(utsnitt.aapnet_tid))
    else:
        yield Steg(
            "Ikke åpnet. Skulle vært åpnet" if utsnitt.forsinket else "Ikke åpnet",
            når(utsnitt.aapnes_innen),
            nådd=False,
        )
    if utsnitt.fordelt_til is not None:
        yield Steg(f"Gitt videre til {hvem.part(utsnitt.fordelt_til)}", None)
    if utsnitt.besvart_av:
        yield Steg(f"Besvart av {navn(utsnitt.besvart_av)}", når(utsnitt.besvart_tid))
    elif utsnitt.type in SKAL_BESVARES:
        yield Steg("Ikke besvart", None, nådd=False)
