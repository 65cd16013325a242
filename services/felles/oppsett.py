"""Understands a municipality's file (`deploy/bergen.toml`): its parties, areas, hours, rules, roles and users."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from bindeledd.access.parties import Directory, DirectoryError, Party, Post, Role, User, directory
from services.felles.avtaler import Avtaler, les_avtaler
from services.felles.forum import Stige, les_stigen
from services.felles.regler import Regler, les_regler
from services.felles.sider import Side, les_sider
from services.felles.toml_leser import Leser, OppsettFeil, Periode, les_fil

INNBYGGER = "innbygger"
"""The party that every person is to themself: they share one topic, each with view streams of their own."""
REPRESENTANT = "representant"
"""The party that speaks for a person besides them; it too has view streams of its own for each."""
FORESATT = "foresatt"
"""The party that has parental responsibility for a person: another than whom they chose, for it may know more."""
TALER_FOR = (REPRESENTANT, FORESATT)
"""The parties that speak for a person besides them."""
OM_ÉN_PERSON = frozenset({INNBYGGER, *TALER_FOR, "annen-forelder", "paaroerende"})
"""Kinds of party whose people each have to do with one person: what the party has of others is not theirs to see."""
KOORDINERENDE_ENHET = "koordinerende-enhet"
"""The kind of the unit that answers for koordinators in the municipality (hol §7-3), and works the manual queue."""

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Partsslag:
    """What kind of unit a party is. `tjenesteadresse` is its PLO service address, empty where it has none."""

    id: str
    navn: str
    helsetjeneste: bool
    tjenesteadresse: str


@dataclass(frozen=True, slots=True)
class Organisasjon:
    id: str
    navn: str
    her_ider: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One unit. `bydel` and `dps` say which area it serves, None where it serves all."""

    id: str
    navn: str
    slag: str
    organisasjon: str
    bydel: str | None
    dps: str | None
    her_ider: tuple[str, ...]
    helsetjeneste: bool


@dataclass(frozen=True, slots=True)
class DpsOmråde:
    dps: str
    bydeler: frozenset[str]
    periode: Periode


@dataclass(frozen=True, slots=True)
class Åpningstid:
    """Open from `åpner` up to, not including, `stenger`, on weekdays 1 (Monday) to 7; `helligdager` when also then."""

    tjeneste: str
    ukedager: frozenset[int]
    åpner: time
    stenger: time
    helligdager: bool
    periode: Periode


@dataclass(frozen=True, slots=True)
class Ekstradag:
    """A day of the year that counts as a public holiday by local decision (julaften)."""

    måned: int
    dag: int
    navn: str
    periode: Periode


@dataclass(frozen=True, slots=True)
class Postområde:
    """Postcodes for which a bydel may be proposed to a person. Never decides anything."""

    første: str
    siste: str
    bydel: str


@dataclass(frozen=True, slots=True)
class Meldevei:
    """Where the national front door for serious incidents answers, and the file with the pass (HelseID) that it asks
    for, which somebody else keeps fresh."""

    adresse: str
    token_fil: Path


@dataclass(frozen=True, slots=True)
class Oppsett:
    """Everything that differs between municipalities. Made by `les_oppsett`, which refuses what does not fit."""

    kommune: str
    kommunenummer: str
    tillat_testnummer: bool
    mottar_for: frozenset[str]
    bydeler: Mapping[str, str]
    slag: Mapping[str, Partsslag]
    organisasjoner: Mapping[str, Organisasjon]
    parter: Mapping[str, Part]
    parter_etter_her_id: Mapping[str, Part]
    dps_områder: tuple[DpsOmråde, ...]
    åpningstider: tuple[Åpningstid, ...]
    pam: str
    legevakt_psykiatrisk: str
    ekstradager: tuple[Ekstradag, ...]
    postområder: tuple[Postområde, ...]
    regler: Regler
    avtaler: Avtaler
    stige: Stige
    handlinger: Mapping[str, str]
    katalog: Directory
    sider: Mapping[str, Side]
    melde: Meldevei | None = None


def les_oppsett(sti: Path) -> Oppsett:
    """Reads and checks a municipality's file. Raises OppsettFeil, which says file, key, fault and remedy."""
    fil = les_fil(sti)
    fil.bare(*_NØKLER)
    kommune = fil.tabell("kommune")
    kommune.bare("navn", "nummer", "tillat_testnummer", "mottar_for")
    bydeler = _les_bydeler(fil.tabell("bydel"))
    slag = _les_slag(fil)
    organisasjoner = _les_organisasjoner(fil)
    parter = _les_parter(fil, slag, organisasjoner, bydeler)
    pam, legevakt = _les_ruting(fil.tabell("ruting"), parter)
    handlinger = {navn: fil.tabell("handling").tekst(navn) for navn in fil.tabell("handling").data}
    return Oppsett(
        kommune=kommune.tekst("navn"),
        kommunenummer=kommune.tekst("nummer"),
        tillat_testnummer=kommune.ja_nei("tillat_testnummer"),
        mottar_for=frozenset(kommune.tekster("mottar_for")),
        bydeler=bydeler,
        slag=slag,
        organisasjoner=organisasjoner,
        parter=parter,
        parter_etter_her_id=_etter_her_id(fil, parter, organisasjoner),
        dps_områder=_les_dps_områder(fil, parter, bydeler),
        åpningstider=tuple(_les_åpningstid(rad, slag) for rad in fil.rader("aapningstid")),
        pam=pam,
        legevakt_psykiatrisk=legevakt,
        ekstradager=tuple(_les_ekstradag(rad) for rad in fil.rader("ekstradag")),
        postområder=_les_postområder(fil, bydeler),
        regler=les_regler(fil),
        avtaler=les_avtaler(fil),
        stige=les_stigen(fil, parter),
        handlinger=handlinger,
        katalog=_les_katalog(fil, slag, parter, handlinger),
        sider=les_sider(fil, fil.tabell("rolle").data),
        melde=_les_meldevei(fil),
    )


_NØKLER = (
    *("kommune", "bydel", "slag", "organisasjon", "part", "dps_omraade", "aapningstid", "ruting", "ekstradag"),
    *("postnummer", "regel", "avtale", "forum", "handling", "rolle", "side", "bruker", "melde"),
)


def _les_meldevei(fil: Leser) -> Meldevei | None:
    if "melde" not in fil.data:
        return None
    rad = fil.tabell("melde")
    rad.bare("adresse", "token_fil")
    adresse = rad.tekst("adresse")
    if not adresse.startswith(("https://", "http://127.0.0.1:")):
        raise rad.feil("adresse", "er ikke en adresse med https", "Ingenting om personer sendes i klartekst")
    return Meldevei(adresse.rstrip("/"), Path(rad.tekst("token_fil")))


def _sjekk_id(leser: Leser, id_: str) -> None:
    if not _ID.fullmatch(id_):
        raise leser.feil(id_, "er ikke en gyldig id", "Bruk små bokstaver a-z, tall og bindestrek (å→aa, ø→oe, æ→ae)")


def _kjent(leser: Leser, nøkkel: str, verdi: str, kjente: Mapping[str, object]) -> str:
    if verdi not in kjente:
        raise leser.feil(nøkkel, f"{verdi!r} finnes ikke", f"Bruk en av: {', '.join(sorted(kjente))}")
    return verdi


def _les_bydeler(tabell: Leser) -> dict[str, str]:
    for id_ in tabell.data:
        _sjekk_id(tabell, id_)
    return {id_: tabell.tekst(id_) for id_ in tabell.data}


def _les_slag(fil: Leser) -> dict[str, Partsslag]:
    ut = {}
    for id_, rad in fil.tabeller("slag"):
        _sjekk_id(fil.tabell("slag"), id_)
        rad.bare("navn", "helsetjeneste", "tjenesteadresse")
        ut[id_] = Partsslag(
            id_, rad.tekst("navn"), rad.ja_nei("helsetjeneste"), rad.tekst("tjenesteadresse", ellers="")
        )
    return ut


def _les_organisasjoner(fil: Leser) -> dict[str, Organisasjon]:
    ut = {}
    for id_, rad in fil.tabeller("organisasjon"):
        _sjekk_id(fil.tabell("organisasjon"), id_)
        rad.bare("navn", "her_id")
        ut[id_] = Organisasjon(id_, rad.tekst("navn"), rad.tekster("her_id"))
    return ut


def _les_parter(
    fil: Leser, slag: Mapping[str, Partsslag], organisasjoner: Mapping[str, Organisasjon], bydeler: Mapping[str, str]
) -> dict[str, Part]:
    ut = {}
    for id_, rad in fil.tabeller("part"):
        _sjekk_id(fil.tabell("part"), id_)
        rad.bare("navn", "slag", "organisasjon", "bydel", "dps", "her_id")
        type_ = slag[_kjent(rad, "slag", rad.tekst("slag"), slag)]
        bydel, dps = rad.tekst("bydel", ellers="") or None, rad.tekst("dps", ellers="") or None
        if bydel is not None:
            _kjent(rad, "bydel", bydel, bydeler)
        if dps is not None:
            _kjent(rad, "dps", dps, fil.tabell("part").data)
        ut[id_] = Part(
            id=id_,
            navn=rad.tekst("navn"),
            slag=type_.id,
            organisasjon=_kjent(rad, "organisasjon", rad.tekst("organisasjon"), organisasjoner),
            bydel=bydel,
            dps=dps,
            her_ider=rad.tekster("her_id") if "her_id" in rad.data else (),
            helsetjeneste=type_.helsetjeneste,
        )
    if INNBYGGER not in ut:
        raise fil.feil("part", f"parten {INNBYGGER} mangler", "Personen selv er alltid en part; legg den inn")
    return ut


def _etter_her_id(
    fil: Leser, parter: Mapping[str, Part], organisasjoner: Mapping[str, Organisasjon]
) -> dict[str, Part]:
    ut: dict[str, Part] = {}
    brukt = {her_id: o.id for o in organisasjoner.values() for her_id in o.her_ider}
    for part in parter.values():
        for her_id in part.her_ider:
            if her_id in brukt:
                raise fil.feil(
                    f"part.{part.id}.her_id", f"{her_id} er også {brukt[her_id]} sin", "Hver HER-id har én eier"
                )
            brukt[her_id] = part.id
            ut[her_id] = part
    return ut


def _les_dps_områder(fil: Leser, parter: Mapping[str, Part], bydeler: Mapping[str, str]) -> tuple[DpsOmråde, ...]:
    ut: list[DpsOmråde] = []
    for rad in fil.rader("dps_omraade"):
        rad.bare("dps", "bydeler", "gjelder_fra", "gjelder_til")
        dps = _kjent(rad, "dps", rad.tekst("dps"), parter)
        område = DpsOmråde(
            dps, frozenset(_kjent(rad, "bydeler", b, bydeler) for b in rad.tekster("bydeler")), rad.periode()
        )
        for annet in ut:
            felles = område.bydeler & annet.bydeler
            if felles and område.periode.overlapper(annet.periode):
                raise rad.feil("bydeler", f"{', '.join(sorted(felles))} har to DPS-er samtidig", "Sett gjelder_til")
        ut.append(område)
    return tuple(ut)


def _les_åpningstid(rad: Leser, slag: Mapping[str, Partsslag]) -> Åpningstid:
    rad.bare("slag", "ukedager", "aapner", "stenger", "helligdager", "gjelder_fra", "gjelder_til")
    ukedager = frozenset(rad.heltallene("ukedager"))
    if not ukedager or not ukedager <= set(range(1, 8)):
        raise rad.feil("ukedager", "er ikke ukedager", "Skriv tall fra 1 (mandag) til 7 (søndag)")
    åpner, stenger = rad.klokkeslett("aapner"), rad.klokkeslett("stenger")
    if stenger <= åpner:
        raise rad.feil("stenger", "er ikke etter aapner", "Del en åpningstid over midnatt i to rader")
    tjeneste = _kjent(rad, "slag", rad.tekst("slag"), slag)
    return Åpningstid(tjeneste, ukedager, åpner, stenger, rad.ja_nei("helligdager"), rad.periode())


def _les_ruting(rad: Leser, parter: Mapping[str, Part]) -> tuple[str, str]:
    rad.bare("pam", "psykiatrisk_legevakt")
    pam, legevakt = rad.tekst("pam"), rad.tekst("psykiatrisk_legevakt")
    return _kjent(rad, "pam", pam, parter), _kjent(rad, "psykiatrisk_legevakt", legevakt, parter)


def _les_ekstradag(rad: Leser) -> Ekstradag:
    rad.bare("maaned", "dag", "navn", "gjelder_fra", "gjelder_til")
    måned, dag = rad.heltall("maaned"), rad.heltall("dag")
    try:
        date(2024, måned, dag)  # a leap year, so that 29 February is a day
    except ValueError as feil:
        raise rad.feil("dag", f"{dag}.{måned}. finnes ikke", "Skriv en dag i året") from feil
    return Ekstradag(måned, dag, rad.tekst("navn"), rad.periode())


def _les_postområder(fil: Leser, bydeler: Mapping[str, str]) -> tuple[Postområde, ...]:
    tabell = fil.tabell("postnummer")
    tabell.bare("status", "omraader")
    if tabell.tekst("status") != "foreslaatt":
        raise tabell.feil("status", "er ikke foreslaatt", "Et postnummer avgjør aldri en bydel; skriv foreslaatt")
    ut: list[Postområde] = []
    for bydel, rad in tabell.tabeller("omraader"):
        _kjent(tabell, "omraader", bydel, bydeler)
        rad.bare("nummer")
        for tekst in rad.tekster("nummer"):
            treff = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", tekst)
            if treff is None or (treff[2] and treff[2] < treff[1]):
                raise rad.feil("nummer", f"{tekst!r} er ikke et postnummer", 'Skriv "5221" eller "5221-5244"')
            nytt = Postområde(treff[1], treff[2] or treff[1], bydel)
            if any(nytt.første <= g.siste and g.første <= nytt.siste for g in ut):
                raise rad.feil("nummer", f"{tekst} er nevnt før", "Et nummer foreslår høyst én bydel")
            ut.append(nytt)
    return tuple(ut)


def _les_katalog(
    fil: Leser, slag: Mapping[str, Partsslag], parter: Mapping[str, Part], handlinger: Mapping[str, str]
) -> Directory:
    roller = []
    for id_, rad in fil.tabeller("rolle"):
        _sjekk_id(fil.tabell("rolle"), id_)
        rad.bare("navn", "slag", "ser", "gjoer")
        gjør = frozenset(_kjent(rad, "gjoer", h, handlinger) for h in rad.tekster("gjoer"))
        hos = frozenset(_kjent(rad, "slag", s, slag) for s in rad.tekster("slag"))
        roller.append(Role(id_, rad.tekst("navn"), hos, frozenset(rad.tekster("ser")), gjør))
    brukere = [_les_bruker(id_, rad) for id_, rad in fil.tabeller("bruker")]
    enheter = [Party(p.id, p.navn, p.slag, p.organisasjon) for p in parter.values()]
    try:
        return directory(enheter, roller, brukere)
    except DirectoryError as feil:
        raise OppsettFeil(fil.fil, "rolle/bruker", str(feil), "Rett raden som er nevnt") from feil


def _les_bruker(id_: str, rad: Leser) -> User:
    rad.bare("navn", "stillinger")
    stillinger = []
    for tekst in rad.tekster("stillinger"):
        rolle, skille, part = tekst.partition("@")
        if not (rolle and skille and part):
            raise rad.feil(
                "stillinger", f"{tekst!r} er ikke rolle@part", 'Skriv for eksempel "act-medlem@act-kronstad"'
            )
        stillinger.append(Post(part, rolle))
    return User(id_, rad.tekst("navn"), tuple(stillinger))
