"""How cases of avvik went, as the page for who reads them without names says it: as of a moment, a lane to a party."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from bindeledd.schema.generated.samhandling import Avvikskategori, Avvikstilstand
from services.felles.avtaler import Avtaler
from services.felles.gang import Gang, GangBane, GangSak, GangSteg
from services.felles.oppsett import Oppsett
from services.felles.tid import OSLO, lokal_dag
from web import avviksord as sagt
from web.ord import Farge
from web.vist import Hvem, Merke, Tid

HER = "/avviksgang"
HENDT: Mapping[str, str] = {
    "AvvikUtkastLaget": "Det ble laget et utkast av det som hadde skjedd",
    "AvvikUtkastForkastet": "Utkastet ble lagt bort",
    "AvvikMeldt": "Meldte avviket",
    "AvvikMottatt": "Åpnet avviket",
    "AvvikBesvart": "Svarte",
    "AvvikUenighetMeldt": "Skrev at de ikke er enige",
    "AvvikEnighetMeldt": "Sa seg enig i at saken kan lukkes",
    "AvvikTilbakemeldingGitt": "Fortalte den som meldte, hva som kom ut av det",
    "AvvikEskalert": "Løftet saken til et samarbeidsforum",
    "AvvikForumBehandlet": "Tok opp saken, og skrev ned hva de bestemte",
    "AvvikLukket": "Saken ble lukket",
    "AvvikIdentitetAapnet": "Åpnet hvem saken gjelder, og skrev hvorfor",
    "AvvikIdentitetNektet": "Ville åpne hvem saken gjelder, og skrev ikke hvorfor. Ingenting ble vist",
    "FristSatt": "En frist begynte å løpe",
    "FristHoldt": "Det ble gjort innen fristen",
    "FristOverskredet": "Fristen gikk ut",
    "FristOmgjort": "Fristen ble regnet ut på nytt",
    "OppgaveOpprettet": "Det ble laget en oppgave",
    "OppgaveTatt": "Tok en oppgave",
    "OppgaveLoest": "Gjorde ferdig en oppgave",
    "OppgaveFalt": "En oppgave falt bort",
}
"""What a record of a case tells, by its name."""
UKJENT = "Noe skjedde som denne siden ikke kjenner ennå"
AV_SEG_SELV = "Av seg selv"
"""What a clock, a message or a rule led to, and nobody did."""
VENTER: Mapping[str, Farge] = {
    "sendt, ikke åpnet": "danger", "åpnet, ikke svart": "warning", "sendt, ikke svart": "info",
    "venter på møtet": "warning",
}  # fmt: skip
ROLLE = {"meldte": "Meldte avviket", "gjelder": "Fikk avviket", "forum": "Samarbeidsforum"}


@dataclass(frozen=True, slots=True)
class Valg:
    """Which cases somebody looks at, and as of when: what stands in the address, so that a page can be handed on."""

    sak: str = ""
    dps: str = ""
    bydel: str = ""
    kategori: str = ""
    tilstand: str = ""
    fra: str = ""
    til: str = ""
    per: datetime | None = None

    @property
    def utvalg(self) -> tuple[tuple[str, str], ...]:
        """The choices but the moment, those that are made."""
        navn = ("sak", "dps", "bydel", "kategori", "tilstand", "fra", "til")
        return tuple((n, verdi) for n in navn if (verdi := getattr(self, n)))

    def adresse(self, per: datetime | None, **annet: str) -> str:
        """The page with these choices, as of a moment."""
        felt = dict(replace(self, **annet).utvalg)  # type: ignore[arg-type]
        if per is not None:
            felt["per"] = per.astimezone(OSLO).isoformat()
        return f"{HER}?{urlencode(felt)}" if felt else HER


@dataclass(frozen=True, slots=True)
class Bane:
    """One party's lane. `linjer`: what it had sent, got, opened and answered, and when; None: not by then."""

    navn: str
    rolle: str
    merke: Merke
    linjer: tuple[tuple[str, Tid | None], ...]


@dataclass(frozen=True, slots=True)
class Sak:
    """One case, by the name that says nothing of whom it is about."""

    navn: str
    tittel: str
    merke: Merke
    når: Tid | None
    avtale: str
    mot: str
    baner: tuple[Bane, ...]
    adresse: str


@dataclass(frozen=True, slots=True)
class Hendt:
    """Something that had happened, and who did it."""

    når: Tid
    sak: str
    hva: str
    hvem: str


@dataclass(frozen=True, slots=True)
class Bilde:
    """The page, as of a moment. `tekst` says the moment and where on the way it is."""

    per: Tid | None
    felt: str
    steg: int
    antall: int
    tekst: str
    adresse: str
    saker: tuple[Sak, ...]
    flere: int
    """So many more are not shown."""
    skjedd: tuple[Hendt, ...]
    eldre_utelatt: bool


def bilde(gang: Gang, valg: Valg, oppsett: Oppsett, hvem: Hvem) -> Bilde:
    per = gang.per
    når = hvem.tid(per) if per is not None else None
    steg = f"Steg {gang.steg} av {gang.antall}" if gang.steg else "Før det første steget"
    return Bilde(
        per=når, felt=_i_feltet(per), steg=gang.steg, antall=gang.antall,
        tekst=f"{når.tekst[:1].upper()}{når.tekst[1:]}. {steg}" if når is not None else "", adresse=valg.adresse(per),
        saker=tuple(_sak(sak, per, valg, oppsett, hvem) for sak in gang.saker),
        flere=gang.funnet - len(gang.saker), skjedd=tuple(_hendt(gang.skjedd, oppsett, hvem)),
        eldre_utelatt=gang.eldre_utelatt,
    )  # fmt: skip


def _i_feltet(per: datetime | None) -> str:
    """As a browser's field has a moment: with no part of a second, and not before what happened at it."""
    if per is None:
        return ""
    helt = per if per.microsecond == 0 else per.replace(microsecond=0) + timedelta(seconds=1)
    return helt.astimezone(OSLO).replace(tzinfo=None).isoformat(timespec="seconds")


def _sak(sak: GangSak, per: datetime | None, valg: Valg, oppsett: Oppsett, hvem: Hvem) -> Sak:
    kategori = Avvikskategori(sak.kategori) if sak.kategori else Avvikskategori.UKJENT
    return Sak(
        navn=sak.navn, tittel=sagt.KATEGORI[kategori], merke=Merke(*sagt.TILSTAND[Avvikstilstand(sak.tilstand)]),
        når=hvem.tid(sak.hendt) if sak.hendt is not None else None, avtale=_avtale(sak, oppsett.avtaler),
        mot=hvem.part(sak.mot) if sak.mot else "", baner=tuple(_bane(bane, oppsett, hvem) for bane in sak.baner),
        adresse=valg.adresse(per, sak=sak.navn),
    )  # fmt: skip


def _avtale(sak: GangSak, avtaler: Avtaler) -> str:
    if not sak.avtale or sak.hendt is None:
        return ""
    avtale = avtaler.finn(sak.avtale, sak.avtale_versjon, lokal_dag(sak.hendt))
    return f"{avtale.navn} ({avtale.versjon})" if avtale is not None else ""


def _navn(part: str, oppsett: Oppsett, hvem: Hvem) -> str:
    """What a party is called, or a forum, by its last name."""
    forum = oppsett.stige.siste(part)
    return forum.navn if forum is not None else hvem.part(part)


def _bane(bane: GangBane, oppsett: Oppsett, hvem: Hvem) -> Bane:
    status = bane.status or "ikke fått noe ennå"
    linjer: tuple[tuple[str, datetime | None], ...]
    linjer = (("Sendt", bane.sendt), ("Fått", bane.fått), ("Åpnet", bane.åpnet), ("Svart", bane.svart))
    if bane.rolle == "forum":
        linjer = (("Satt opp", bane.fått), ("Tatt opp", bane.svart))
    return Bane(
        navn=_navn(bane.part, oppsett, hvem), rolle=ROLLE[bane.rolle],
        merke=Merke(status.capitalize(), VENTER.get(status, "neutral")),
        linjer=tuple((hva, hvem.tid(når) if når is not None else None) for hva, når in linjer),
    )  # fmt: skip


def _hendt(skjedd: Iterable[GangSteg], oppsett: Oppsett, hvem: Hvem) -> Iterator[Hendt]:
    for steg in skjedd:
        part = _navn(steg.part, oppsett, hvem) if steg.part else AV_SEG_SELV
        yield Hendt(hvem.tid(steg.tid), steg.sak, HENDT.get(steg.hendelse, UKJENT), part)
