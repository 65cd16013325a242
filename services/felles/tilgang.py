"""Understands the access table (`deploy/tilgang.toml`): which ground opens which part for which kind of party."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal, assert_never

from bindeledd.core.errors import BindeleddError
from services.felles.oppsett import Oppsett
from services.felles.tid import lokal_midnatt
from services.felles.toml_leser import Leser, OppsettFeil, Periode, les_fil

ALLE_DELER = "*"
"""A consent, a relation or an override may name a part (`plan.innhold`), a table (`plan.*`), or everything (`*`)."""

ELLERS = "ellers"
"""The row for every act that has none of its own."""

Hjemmelsslag = Literal["A", "R", "C", "D", "S", "egen", "egen_med_samtykke", "rapport"]
Samtykkebredde = Literal["delen", "tabellen", "noe"]

_HJEMMELSSLAG: dict[str, Hjemmelsslag] = {
    x: x for x in ("A", "R", "C", "D", "S", "egen", "egen_med_samtykke", "rapport")
}
_GRUNNER = frozenset("ARCDS")
_BREDDER: dict[str, Samtykkebredde] = {x: x for x in ("delen", "tabellen", "noe")}


class UkjentDel(BindeleddError):
    """A part that the access table does not name. Nothing may be given of a part that nobody has judged."""


class RelasjonSlag(StrEnum):
    """How a party helps a person. The names are those of the access table."""

    UKJENT = "UKJENT"
    KOORDINATOR = "KOORDINATOR"
    ACT = "ACT"
    DPS_OMRAADE = "DPS_OMRAADE"
    DPS_BEHANDLER = "DPS_BEHANDLER"
    DPS_OPPHOLD = "DPS_OPPHOLD"
    AVDELING = "AVDELING"
    FASTLEGE = "FASTLEGE"
    HJEMMETJENESTE = "HJEMMETJENESTE"
    MEDLEM = "MEDLEM"
    MELDT_BEHOV = "MELDT_BEHOV"
    KRISEPLAN_FORFATTER = "KRISEPLAN_FORFATTER"
    BARNEANSVARLIG = "BARNEANSVARLIG"
    BARNETS_HELSETJENESTE = "BARNETS_HELSETJENESTE"
    REPRESENTANT = "REPRESENTANT"
    FORESATT = "FORESATT"


class OverstyringSlag(StrEnum):
    """Why an opposition was set aside."""

    UKJENT = "UKJENT"
    FARE = "FARE"
    BLAALYS = "BLAALYS"


class Form(StrEnum):
    """How a part is to be given: all of it, or the narrower form that the table names."""

    FULL = "full"
    NOEDVENDIG = "noedvendig"
    AVTALER_AVSLUTTET = "avtaler_avsluttet"
    STOETTEBEHOV = "stoettebehov"
    EGEN_DEL = "egen_del"
    UTEN_AARSAK = "uten_aarsak"
    NAVNGITT = "navngitt"
    ETTER_BEHOV = "etter_behov"
    MELDINGEN = "meldingen"
    PSEUDONYM = "pseudonym"
    DPS_OMRAADE = "dps_omraade"
    OM_KOMPLETT = "om_komplett"
    UTEN_NAVN = "uten_navn"
    ANTALL = "antall"


@dataclass(frozen=True, slots=True)
class Hjemmel:
    """One ground of one cell: the form it gives, and the sentence that says why."""

    form: Form
    setning: str
    nøkler: frozenset[str] | None
    """What a consent must name to open this; None: any part at all."""
    foreldreansvar: bool = False
    """Needed for parental responsibility: as long as that lasts, whatever the child withholds (pbrl §3-4)."""


@dataclass(frozen=True, slots=True)
class Celle:
    """Everything that can open one part for one kind of party under one version of the table."""

    egen: Hjemmel | None
    egen_med_samtykke: Hjemmel | None
    adressert: Hjemmel | None
    selv: Hjemmel | None
    relasjoner: Mapping[RelasjonSlag, Hjemmel]
    samtykke: Hjemmel | None
    nød: Hjemmel | None
    """Opens by any override, without a relation."""
    nød_med_etterkontroll: Hjemmel | None
    """Opens by emergency access (BLAALYS), without a relation."""
    rapport: Hjemmel | None
    nøkler: frozenset[str]
    """What a relation, an opposition or an override may name to reach this part."""


@dataclass(frozen=True, slots=True)
class Utgave:
    """The table between two moments in which nothing in it changes."""

    fra: datetime
    til: datetime | None
    lov: str
    celler: Mapping[tuple[str, str], Celle]


@dataclass(frozen=True, slots=True)
class Overstyringsregel:
    """From when an override counts, judged by the time of its event."""

    fra: datetime
    tekst: str


@dataclass(frozen=True, slots=True)
class Krav:
    """What a party must be able to know, now, to do something: one of `deler` by one of `grunner`.

    `sist_kjent`: as it was known last, while nobody can say what holds now.
    """

    deler: tuple[str, ...]
    grunner: frozenset[str]
    uansett_sperring: bool
    paragraf: str
    sist_kjent: bool = False


@dataclass(frozen=True, slots=True)
class Aldre:
    """Ages in years: from which a child is heard, from which the person is the one to answer to, and until which
    somebody has parental responsibility (pbrl §§3-4, 4-3, 4-4)."""

    høres: int
    myndig: int
    foreldreansvar: int


@dataclass(frozen=True, slots=True)
class Tabell:
    """The access table, ready to answer from. Made by `les_tilgang`."""

    utgaver: tuple[Utgave, ...]
    deler: Mapping[str, str]
    overstyring: Mapping[OverstyringSlag, Overstyringsregel]
    aldre: Aldre
    relasjonstekst: Mapping[RelasjonSlag, str]
    krav: Mapping[str, Krav | None]
    """Act → what it takes; None for one that is weighed where it is done."""
    krav_ellers: Krav
    """What every other act takes."""

    def krav_til(self, handling: str) -> Krav | None:
        """What an act takes; None when it is weighed where it is done."""
        return self.krav.get(handling, self.krav_ellers)

    def utgave(self, naa: datetime) -> Utgave:
        """The version in force at an aware moment. Raises UkjentDel before the first: nothing had been judged then."""
        for utgave in reversed(self.utgaver):
            if utgave.fra <= naa:
                return utgave
        raise UkjentDel(f"the access table says nothing before {self.utgaver[0].fra:%Y-%m-%d}")


@dataclass(frozen=True, slots=True)
class _Rad:
    """One ground as the file has it: column and cell together."""

    del_: str
    slag: frozenset[str]
    relasjoner: frozenset[RelasjonSlag]
    grunn: Hjemmelsslag
    form: Form
    paragraf: str
    bredde: Samtykkebredde
    periode: Periode
    foreldreansvar: bool


def les_tilgang(sti: Path) -> Tabell:
    """Reads and checks the access table. Raises OppsettFeil, which says file, key, fault and remedy."""
    fil = les_fil(sti)
    fil.bare("lov", "myndig", "hoeres", "foreldreansvar", "overstyring", "relasjon", "handling", "tabell")
    relasjonstekst = _les_relasjonstekst(fil.tabell("relasjon"))
    deler: dict[str, str] = {}
    rader: list[_Rad] = []
    for navn, tabell in fil.tabeller("tabell"):
        rader.extend(_les_tabell(navn, tabell, deler))
    krav = _les_krav(fil, deler)
    if (ellers := krav.pop(ELLERS, None)) is None:
        raise fil.feil(f"handling.{ELLERS}", "mangler", "Skriv hva en handling uten egen rad krever")
    return Tabell(
        utgaver=_utgaver(_les_lover(fil), rader, relasjonstekst),
        deler=deler,
        overstyring=_les_overstyring(fil),
        aldre=_les_aldre(fil),
        relasjonstekst=relasjonstekst,
        krav=krav,
        krav_ellers=ellers,
    )


def kontroller_sammen(oppsett: Oppsett, tabell: Tabell) -> None:
    """Refuses a municipality's file and an access table that do not fit together.

    Every kind and act in the table exists; what a role sees exists; outside the health service nothing opens by being
    addressed, by a relation or by an override (access.md: consent is the only ground there). Raises OppsettFeil.
    """
    for utgave in tabell.utgaver:
        for (slag, del_), celle in utgave.celler.items():
            kjent = oppsett.slag.get(slag)
            if kjent is None:
                raise OppsettFeil("tilgang.toml", del_, f"slaget {slag!r} finnes ikke", "Legg det i [slag] i oppsettet")
            if not kjent.helsetjeneste and (celle.adressert or celle.relasjoner or celle.nød):
                raise OppsettFeil("tilgang.toml", del_, f"{slag} er utenfor helsetjenesten", "Bare C, S eller egen der")
    for handling in sorted(tabell.krav.keys() - oppsett.handlinger.keys()):
        raise OppsettFeil("tilgang.toml", f"handling.{handling}", "finnes ikke", "Legg den i [handling] i oppsettet")
    tabeller = {del_.partition(".")[0] + ".*" for del_ in tabell.deler}
    for rolle in oppsett.katalog.roles.values():
        for del_ in sorted(rolle.sees - tabell.deler.keys() - tabeller):
            raise OppsettFeil(
                "oppsettet", f"rolle.{rolle.id}.ser", f"{del_!r} finnes ikke", "Bruk en del i tilgang.toml"
            )


def _les_aldre(fil: Leser) -> Aldre:
    def alder(navn: str) -> int:
        rad = fil.tabell(navn)
        rad.bare("alder", "paragraf")
        return rad.heltall("alder")

    return Aldre(høres=alder("hoeres"), myndig=alder("myndig"), foreldreansvar=alder("foreldreansvar"))


def _les_lover(fil: Leser) -> list[tuple[str, date]]:
    ut = []
    for rad in fil.rader("lov"):
        rad.bare("id", "gjelder_fra", "kilde")
        rad.tekst("kilde")
        ut.append((rad.tekst("id"), rad.dato("gjelder_fra")))
    if not ut or sorted({fra for _, fra in ut}) != [fra for _, fra in ut]:
        raise fil.feil("lov", "er tom, eller ikke i rekkefølge etter dato", "Skriv dem fra eldst til nyest")
    return ut


def _les_overstyring(fil: Leser) -> dict[OverstyringSlag, Overstyringsregel]:
    ut = {}
    for slag in (OverstyringSlag.FARE, OverstyringSlag.BLAALYS):
        rad = fil.tabell("overstyring").tabell(slag.value)
        rad.bare("gjelder_fra", "tekst", "paragraf")
        ut[slag] = Overstyringsregel(
            lokal_midnatt(rad.dato("gjelder_fra")), f"{rad.tekst('tekst')} ({rad.tekst('paragraf')})."
        )
    return ut


def _les_krav(fil: Leser, deler: Mapping[str, str]) -> dict[str, Krav | None]:
    ut: dict[str, Krav | None] = {}
    for handling, rad in fil.tabeller("handling"):
        if "vurderes" in rad.data:
            rad.bare("vurderes")
            rad.tekst("vurderes")
            ut[handling] = None
            continue
        rad.bare("deler", "grunner", "uansett_sperring", "sist_kjent", "paragraf")
        for del_ in rad.tekster("deler"):
            if del_ not in deler:
                raise rad.feil("deler", f"{del_!r} finnes ikke", "Bruk en del av denne tabellen")
        for grunn in rad.tekster("grunner"):
            if grunn not in _GRUNNER:
                raise rad.feil("grunner", f"{grunn!r} er ukjent", f"Bruk av: {', '.join(sorted(_GRUNNER))}")
        uansett = "uansett_sperring" in rad.data and rad.ja_nei("uansett_sperring")
        sist_kjent = "sist_kjent" in rad.data and rad.ja_nei("sist_kjent")
        ut[handling] = Krav(
            rad.tekster("deler"), frozenset(rad.tekster("grunner")), uansett, rad.tekst("paragraf"), sist_kjent
        )  # fmt: skip
    return ut


def _les_relasjonstekst(tabell: Leser) -> dict[RelasjonSlag, str]:
    kjente = [slag for slag in RelasjonSlag if slag is not RelasjonSlag.UKJENT]
    tabell.bare(*kjente)
    return {slag: tabell.tekst(slag.value) for slag in kjente}


def _les_tabell(navn: str, tabell: Leser, deler: dict[str, str]) -> Iterable[_Rad]:
    tabell.bare("gjelder_fra", "gjelder_til", "kolonner", "deler")
    kolonner = {id_: _les_kolonne(rad) for id_, rad in tabell.tabeller("kolonner")}
    for kort, rad in tabell.tabeller("deler"):
        rad.bare("tekst", *kolonner)
        del_ = f"{navn}.{kort}"
        deler[del_] = rad.tekst("tekst")
        for kolonne, (slag, relasjoner) in kolonner.items():
            for celle in _cellene(rad, kolonne):
                yield _les_celle(del_, celle, slag, relasjoner, tabell.periode())


def _les_kolonne(rad: Leser) -> tuple[frozenset[str], frozenset[RelasjonSlag]]:
    rad.bare("slag", "relasjoner")
    relasjoner = set()
    for tekst in rad.tekster("relasjoner") if "relasjoner" in rad.data else ():
        if tekst not in RelasjonSlag.__members__ or tekst == RelasjonSlag.UKJENT:
            raise rad.feil("relasjoner", f"{tekst!r} finnes ikke", "Bruk en av dem i [relasjon]")
        relasjoner.add(RelasjonSlag(tekst))
    return frozenset(rad.tekster("slag")), frozenset(relasjoner)


def _cellene(rad: Leser, kolonne: str) -> list[Leser]:
    if kolonne not in rad.data:
        return []
    return list(rad.rader(kolonne)) if isinstance(rad.data[kolonne], list) else [rad.tabell(kolonne)]


def _les_celle(
    del_: str, rad: Leser, slag: frozenset[str], relasjoner: frozenset[RelasjonSlag], tabellens: Periode
) -> _Rad:
    rad.bare("grunn", "paragraf", "form", "samtykke", "foreldreansvar", "gjelder_fra", "gjelder_til")
    grunn, bredde = _HJEMMELSSLAG.get(rad.tekst("grunn")), _BREDDER.get(rad.tekst("samtykke", ellers="delen"))
    form = rad.tekst("form", ellers=Form.FULL.value)
    if grunn is None:
        raise rad.feil("grunn", "er ukjent", f"Bruk en av: {', '.join(_HJEMMELSSLAG)}")
    if bredde is None:
        raise rad.feil("samtykke", "er ukjent", f"Bruk en av: {', '.join(_BREDDER)}")
    if form not in list(Form):
        raise rad.feil("form", "er ukjent", f"Bruk en av: {', '.join(Form)}")
    if grunn == "R" and not relasjoner:
        raise rad.feil("grunn", "er R, men kolonnen har ingen relasjoner", "Legg relasjoner på kolonnen")
    periode = rad.periode() if "gjelder_fra" in rad.data else tabellens
    ansvar = "foreldreansvar" in rad.data and rad.ja_nei("foreldreansvar")
    return _Rad(del_, slag, relasjoner, grunn, Form(form), rad.tekst("paragraf"), bredde, periode, ansvar)


def _utgaver(
    lover: list[tuple[str, date]], rader: list[_Rad], relasjonstekst: Mapping[RelasjonSlag, str]
) -> tuple[Utgave, ...]:
    """One version from each date on which the law or a cell changes, from the first law on."""
    første = lover[0][1]
    datoer = {fra for _, fra in lover} | {r.periode.fra for r in rader}
    datoer |= {_dagen_etter(r.periode.til) for r in rader if r.periode.til is not None}
    grenser = sorted(d for d in datoer if d >= første)
    ut: list[Utgave] = []
    før: dict[tuple[str, str], list[_Rad]] = {}
    for nr, dato in enumerate(grenser):
        lov = [id_ for id_, fra in lover if fra <= dato][-1]
        gjeldende: dict[tuple[str, str], list[_Rad]] = {}
        for rad in rader:
            if rad.periode.gjelder(dato):
                for slag in rad.slag:
                    gjeldende.setdefault((slag, rad.del_), []).append(rad)
        til = lokal_midnatt(grenser[nr + 1]) if nr + 1 < len(grenser) else None
        celler = {
            nøkkel: ut[-1].celler[nøkkel] if før.get(nøkkel) == liste else _celle(nøkkel[1], liste, relasjonstekst)
            for nøkkel, liste in gjeldende.items()
        }
        ut.append(Utgave(lokal_midnatt(dato), til, lov, celler))
        før = gjeldende
    return tuple(ut)


def _dagen_etter(dato: date) -> date:
    return date.fromordinal(dato.toordinal() + 1)


def _celle(del_: str, rader: list[_Rad], relasjonstekst: Mapping[RelasjonSlag, str]) -> Celle:
    """The columns of one kind put together: the first that names a ground gives its form and its sentence."""
    av: dict[Hjemmelsslag, _Rad] = {}
    relasjoner: dict[RelasjonSlag, Hjemmel] = {}
    for rad in rader:
        av.setdefault(rad.grunn, rad)
        for slag in sorted(rad.relasjoner) if rad.grunn == "R" else ():
            hvorfor = f"Parten {relasjonstekst[slag]}, og personen har ikke motsatt seg det"
            relasjoner.setdefault(slag, _lag_hjemmel(rad, hvorfor))
    samtykke = _hjemmel(av.get("C"), "Personen har samtykket")
    if samtykke is None and "R" in av:
        samtykke = _hjemmel(replace(av["R"], paragraf="hpl §22"), "Personen har samtykket")
    return Celle(
        egen=_hjemmel(av.get("egen"), "Det er partens eget"),
        egen_med_samtykke=_hjemmel(av.get("egen_med_samtykke"), "Det er partens eget, og personen har samtykket"),
        adressert=_hjemmel(av.get("A"), "Sendt til parten, eller parten skal ha det etter loven"),
        selv=_selv(av.get("S"), relasjonstekst),
        relasjoner=relasjoner,
        samtykke=samtykke,
        nød=_hjemmel(av.get("D"), "Nødtilgang"),
        nød_med_etterkontroll=_hjemmel(av.get("D") or av.get("R"), "Nødtilgang"),
        rapport=_hjemmel(av.get("rapport"), "Deles bare i rapporter, uten at personen kan kjennes igjen"),
        nøkler=_nøkler(del_, "delen") or frozenset(),
    )


def _selv(rad: _Rad | None, relasjonstekst: Mapping[RelasjonSlag, str]) -> Hjemmel | None:
    foresatt = rad is not None and RelasjonSlag.FORESATT in rad.relasjoner
    return _hjemmel(rad, f"Parten {relasjonstekst[RelasjonSlag.FORESATT]}" if foresatt else "Det gjelder personen selv")


def _hjemmel(rad: _Rad | None, hvorfor: str) -> Hjemmel | None:
    return None if rad is None else _lag_hjemmel(rad, hvorfor)


@cache
def _lag_hjemmel(rad: _Rad, hvorfor: str) -> Hjemmel:
    bredde: Samtykkebredde = "tabellen" if rad.grunn == "egen_med_samtykke" else rad.bredde
    return Hjemmel(rad.form, f"{hvorfor} ({rad.paragraf}).", _nøkler(rad.del_, bredde), rad.foreldreansvar)


@cache
def _nøkler(del_: str, bredde: Samtykkebredde) -> frozenset[str] | None:
    """What may be named to reach a part. One and the same set wherever it stands: the table has thousands of cells."""
    tabell = del_.partition(".")[0]
    match bredde:
        case "delen":
            return frozenset({del_, f"{tabell}.*", ALLE_DELER})
        case "tabellen":
            return frozenset({f"{tabell}.", ALLE_DELER})
        case "noe":
            return None
    assert_never(bredde)
