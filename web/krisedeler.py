"""Understands what a crisis plan says: what each part asks for, as a form has it, in whichever form it was written.

A part that was written as a mere text, or without levels, stands where it belongs in the form that parts have now.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from starlette.datastructures import FormData

from bindeledd.core.errors import Shredded
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.kriseplan import KriseplanUtsnitt, TegnOgTiltak
from web import ord as sagt
from web import vist
from web.rolle import KRISEPLANDELER
from web.vist import Hvem, Åpner

TEKST_MAKS, LINJER_MAKS, KORT_MAKS, DEL_MAKS = 4000, 40, 200, 4900
"""The bounds of the service: characters of a text, lines and rows of a list, characters of a cell, bytes of a part."""

SKRIV, BRUK = "kriseplan.skriv", "kriseplan.bruk"

Rad = tuple[str, ...]
Verdi = str | tuple[str, ...] | tuple[Rad, ...]
"""A text, lines, or rows of cells. Empty: nothing."""
Deler = Mapping[str, Verdi]
"""What a plan says, by `part.field`."""


@dataclass(frozen=True, slots=True)
class Felt:
    """One thing that a part asks for. `celler`: (name, words) of each cell, where it is rows of them."""

    navn: str
    ledetekst: str
    slag: Literal["tekst", "linjer", "rader"]
    hjelp: str = ""
    celler: tuple[tuple[str, str], ...] = ()


_TILTAK = (("hva", "Hva"), ("hvem", "Hvem"), ("naar", "Når"), ("hvordan", "Hvordan"))
_RING = (("navn", "Navn"), ("rolle", "Hvem det er"), ("telefon", "Telefon"), ("naar", "Når de svarer"))
_PÅ_LINJER = "Én ting på hver linje."

SKJEMA: Mapping[str, tuple[Felt, ...]] = {
    "tegn_og_tiltak": (
        Felt("utloesende", "Dette kan gjøre det verre", "linjer", f"Situasjoner eller påkjenninger. {_PÅ_LINJER}"),
        Felt("groenne_tegn", "Grønt: slik er det når det går bra", "linjer", _PÅ_LINJER),
        Felt("groenne_tiltak", "Grønt: dette holder det ved like", "rader", celler=_TILTAK),
        Felt("gule_tegn", "Gult: dette endrer seg når det begynner å gå dårligere", "linjer", _PÅ_LINJER),
        Felt("gule_tiltak", "Gult: dette gjør vi da", "rader", celler=_TILTAK),
        Felt("hjulpet", "Dette har hjulpet før", "linjer", _PÅ_LINJER),
    ),
    "roedt_nivaa": (
        Felt("tegn", "Rødt: dette ser andre når det er akutt", "linjer", _PÅ_LINJER),
        Felt("tiltak", "Rødt: gjør dette nå", "rader", celler=_TILTAK),
        Felt("moetes", "Slik vil personen bli møtt", "tekst"),
        Felt("hjelper_ikke", "Dette hjelper ikke", "linjer", _PÅ_LINJER),
        Felt("annet", "Annet den som møter personen må vite", "tekst"),
    ),
    "kontakter": (Felt("kontakter", "Ring", "rader", "Den viktigste først. Tøm feltene for å ta en bort.", _RING),),
    "innleggelse": (
        Felt("sted", "Hvor personen helst vil være", "tekst"),
        Felt(
            "brukerstyrt_seng", "Brukerstyrt seng", "tekst", "Har personen en avtale? Hvor, og hvordan får de plassen?"
        ),
        Felt("oensket", "Behandling og medisin personen ønsker", "tekst"),
        Felt("uoensket", "Behandling og medisin personen ikke ønsker", "tekst"),
        Felt("annet", "Annet som er viktig ved innleggelse", "tekst"),
    ),
    "barn": (
        Felt("hvem_tar_barna", "Hvem tar seg av barna?", "tekst"),
        Felt("hva_de_vet", "Hva vet barna?", "tekst"),
        Felt("hvem_informerer", "Hvem forteller dem hva som skjer?", "tekst"),
        Felt("barneansvarlig", "Barneansvarlig", "tekst", "Navn, tjeneste og telefon."),
        Felt("annet", "Annet om barna", "tekst"),
    ),
    "hjem_og_oekonomi": (
        Felt("dyr", "Dyr", "tekst", "Hvem tar seg av dem?"),
        Felt("bolig", "Bolig", "tekst", "Nøkler, lås, post: hva må noen se til?"),
        Felt("arbeid", "Arbeid eller skole", "tekst", "Hvem skal ha beskjed, og om hva?"),
        Felt("oekonomi", "Penger", "tekst", "Regninger eller avtaler som noen må passe på."),
        Felt("annet", "Annet hjemme", "tekst"),
    ),
}
"""What each part of a plan asks for (rules 2.1)."""

_FRA_TEKST = "annet"
"""Where the words of a part stand that was written as a mere text."""


def felt_i(deler: Iterable[str]) -> Iterator[tuple[str, str, Felt]]:
    """(part, key, field) of everything that these parts ask for, in the order of a form."""
    for del_ in deler:
        for felt in SKJEMA[del_]:
            yield del_, f"{del_}.{felt.navn}", felt


# -- out of what is sealed --------------------------------------------------------------------------------------------


def innhold_av(utsnitt: KriseplanUtsnitt | None, del_: str, åpne: Åpner) -> Any:
    """The content of a part: None when there is none, Shredded when its key is gone. Opens sealed values."""
    sealed = (getattr(utsnitt, felt) for felt in KRISEPLANDELER[del_]) if utsnitt is not None else ()
    return next((åpne(verdi) for verdi in sealed if verdi is not None), None)


def har(utsnitt: KriseplanUtsnitt | None, del_: str) -> bool:
    """Whether a view holds a part at all. Opens nothing."""
    return utsnitt is not None and any(getattr(utsnitt, felt) is not None for felt in KRISEPLANDELER[del_])


def les(utsnitt: KriseplanUtsnitt | None, deler: Iterable[str], åpne: Åpner) -> Deler:
    """What the plan says in these parts. Opens sealed values: the look-up must be written by now."""
    innhold = {del_: innhold_av(utsnitt, del_, åpne) for del_ in deler}
    return {nøkkel: _les(innhold[del_], felt) for del_, nøkkel, felt in felt_i(innhold)}


def _les(innhold: Any, felt: Felt) -> Verdi:
    tomt: Verdi = "" if felt.slag == "tekst" else ()
    match innhold:
        case None | Shredded():
            return tomt
        case Tekst(tekst=tekst):
            return ren(tekst) if felt.navn == _FRA_TEKST else tomt
        case TegnOgTiltak(varselsignaler=uten_nivå) if felt.navn == "gule_tegn" and uten_nivå:
            return (*uten_nivå, *innhold.gule_tegn)
        case TegnOgTiltak(tiltak=uten_nivå) if felt.navn == "gule_tiltak" and uten_nivå:
            return (*((linje, "", "", "") for linje in uten_nivå), *_rader(innhold.gule_tiltak, felt))
        case _:
            verdi = getattr(innhold, felt.navn)
            return _rader(verdi, felt) if felt.slag == "rader" else verdi


def _rader(liste: Iterable[Any], felt: Felt) -> tuple[Rad, ...]:
    return tuple(tuple(getattr(rad, navn) for navn, _ in felt.celler) for rad in liste)


# -- out of a form, and into a command --------------------------------------------------------------------------------


def fra_skjema(skjema: FormData, deler: Iterable[str]) -> Deler:
    """What somebody has filled in, in the same shape: of the fields that their form had."""
    return {
        nøkkel: _fra_skjema(skjema, nøkkel, felt)
        for _, nøkkel, felt in felt_i(deler)
        if (f"{nøkkel}.{felt.celler[0][0]}" if felt.celler else nøkkel) in skjema
    }


def _fra_skjema(skjema: FormData, nøkkel: str, felt: Felt) -> Verdi:
    if felt.slag == "rader":
        celler = [[ren(str(v)) for v in skjema.getlist(f"{nøkkel}.{navn}")] for navn, _ in felt.celler]
        return tuple(rad for rad in zip(*celler, strict=False) if any(rad))
    tekst = str(skjema.get(nøkkel, ""))
    if felt.slag == "linjer":
        return tuple(linje for rå in tekst.splitlines() if (linje := ren(rå)))
    return ren(tekst)


def ren(tekst: str) -> str:
    return "\n".join(linje.rstrip() for linje in tekst.splitlines()).strip()


def kropp(alt: Deler, endret: Iterable[str]) -> dict[str, object]:
    """The parts in which something has changed (by key), whole, as the service takes them; None takes a part out."""
    deler = dict.fromkeys(nøkkel.partition(".")[0] for nøkkel in endret)
    return {del_: _kropp(alt, del_) for del_ in deler}


def _kropp(alt: Deler, del_: str) -> object:
    felter = {felt.navn: _json(alt[nøkkel], felt) for _, nøkkel, felt in felt_i((del_,)) if alt[nøkkel]}
    return felter.get("kontakter") if del_ == "kontakter" else felter or None


def _json(verdi: Verdi, felt: Felt) -> object:
    if felt.slag != "rader":
        return verdi
    return [
        {navn: celle for (navn, _), celle in zip(felt.celler, rad, strict=True) if celle or navn in ("navn", "telefon")}
        for rad in verdi
    ]


def feil_i(deler: Deler) -> str:
    """What is wrong with what was filled in, and what to do; empty when nothing is."""
    deler_i = dict.fromkeys(nøkkel.partition(".")[0] for nøkkel in deler)
    for del_, nøkkel, felt in felt_i(deler_i):
        if feil := _feil(deler[nøkkel], felt):
            return f"«{sagt.KRISEPLANDEL[del_]}», «{felt.ledetekst}»: {feil}"
    for del_ in deler_i:
        if len(json.dumps(_kropp(deler, del_), ensure_ascii=False).encode()) > DEL_MAKS:
            return f"«{sagt.KRISEPLANDEL[del_]}» er for lang. Kort den ned."
    return ""


def _feil(verdi: Any, felt: Felt) -> str:
    if felt.slag == "tekst":
        return f"Skriv høyst {TEKST_MAKS} tegn." if len(verdi) > TEKST_MAKS else ""
    if len(verdi) > LINJER_MAKS:
        return f"Skriv høyst {LINJER_MAKS} linjer."
    if felt.slag == "linjer":
        lange = any(len(linje) > TEKST_MAKS for linje in verdi)
        return f"Hver linje kan ha høyst {TEKST_MAKS} tegn." if lange else ""
    if any(not rad[0] for rad in verdi):
        return f"Fyll ut «{felt.celler[0][1].lower()}» på hver linje."
    if any(len(celle) > KORT_MAKS for rad in verdi for celle in rad):
        return f"Hvert felt kan ha høyst {KORT_MAKS} tegn."
    return ""


# -- what is missing --------------------------------------------------------------------------------------------------

_BØR_HA = (
    ("tegn_og_tiltak.gule_tegn", "hva som endrer seg når det begynner å gå dårligere (gult)"),
    ("tegn_og_tiltak.gule_tiltak", "hva dere gjør da (gult)"),
    ("roedt_nivaa.tegn", "hva andre ser når det er akutt (rødt)"),
    ("roedt_nivaa.tiltak", "hva den som møter personen skal gjøre (rødt)"),
    ("roedt_nivaa.moetes", "hvordan personen vil bli møtt"),
    ("kontakter.kontakter", "hvem som skal ringes"),
)


def mangler(deler: Deler, medvirkning: Iterable[str]) -> tuple[str, ...]:
    """What a plan should say and this one does not yet: advice, in words. Only of the parts that the form has."""
    funnet = [hva for nøkkel, hva in _BØR_HA if nøkkel in deler and not deler[nøkkel]]
    funnet += [
        f"hvem som gjør «{rad[0]}»"
        for nøkkel in ("tegn_og_tiltak.gule_tiltak", "roedt_nivaa.tiltak")
        for rad in deler.get(nøkkel, ())
        if rad[0] and not rad[1]
    ]
    ringes = deler.get("kontakter.kontakter", ())
    funnet += [f"telefonnummer til {rad[0]}" for rad in ringes if rad[0] and not rad[2]]
    funnet += [f"når {rad[0]} svarer" for rad in ringes if rad[0] and rad[2] and not rad[3]]
    return (*funnet, *(() if tuple(medvirkning) else ("hvem som var med på å skrive",)))


# -- for a page -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Avsnitt:
    """One thing that a part says: words over it, and a text, lines, or rows to do or to call."""

    ledetekst: str
    slag: str
    verdi: Verdi
    ring: bool = False


_LESES_FØRST = ("roedt_nivaa.tiltak", "roedt_nivaa.moetes", "roedt_nivaa.hjelper_ikke")


@dataclass(frozen=True, slots=True)
class Lest:
    """A part as it is read. `slettet`: its key is gone."""

    del_: str
    navn: str
    avsnitt: tuple[Avsnitt, ...]
    slettet: bool = False


def lest(utsnitt: KriseplanUtsnitt, deler: Iterable[str], åpne: Åpner) -> Iterator[Lest]:
    """What these parts say, without what they do not. Opens sealed values."""
    for del_ in deler:
        if not har(utsnitt, del_):
            continue
        slettet = isinstance(innhold_av(utsnitt, del_, åpne), Shredded)
        sagt_der = les(utsnitt, (del_,), åpne)
        avsnitt = tuple(
            Avsnitt(felt.ledetekst, felt.slag, sagt_der[nøkkel], ring=del_ == "kontakter")
            for _, nøkkel, felt in sorted(felt_i((del_,)), key=_haster)
            if sagt_der[nøkkel]
        )
        yield Lest(del_, sagt.KRISEPLANDEL[del_], avsnitt, slettet)


def _haster(felt: tuple[str, str, Felt]) -> int:
    """What to do, and how, is read before what one sees."""
    return _LESES_FØRST.index(felt[1]) if felt[1] in _LESES_FØRST else len(_LESES_FØRST)


def som_linjer(verdi: Verdi) -> tuple[str, ...]:
    """A value as lines to compare and to read."""
    if isinstance(verdi, str):
        return tuple(verdi.splitlines())
    return tuple(rad if isinstance(rad, str) else ", ".join(celle for celle in rad if celle) for rad in verdi)


@dataclass(frozen=True, slots=True)
class Endring:
    """What was taken out of one thing that the plan says, and what came in."""

    hva: str
    bort: tuple[str, ...]
    nytt: tuple[str, ...]


def forskjell(før: Deler, nå: Deler) -> tuple[Endring, ...]:
    """What has changed between two versions, in the parts that both were read in."""
    endret = []
    for del_, nøkkel, felt in felt_i(dict.fromkeys(nøkkel.partition(".")[0] for nøkkel in nå)):
        var, er = som_linjer(før.get(nøkkel, ())), som_linjer(nå[nøkkel])
        bort, nytt = (tuple(x for x in a if x not in b) for a, b in ((var, er), (er, var)))
        hva = sagt.KRISEPLANDEL[del_] if del_ == "kontakter" else felt.ledetekst
        if bort or nytt:
            endret.append(Endring(hva, bort, nytt))
        elif var != er:
            endret.append(Endring(hva, (), ("Samme innhold i ny rekkefølge",)))
    return tuple(endret)


def forfalt(utsnitt: KriseplanUtsnitt) -> tuple[str, ...]:
    """Why the plan must be gone through, in words."""
    return tuple(sagt.KRISEPLAN_FORFALT.get(grunn, grunn) for grunn in utsnitt.forfalt)


def sider_av(utsnitt: KriseplanUtsnitt, hvem: Hvem) -> tuple[tuple[str, str], ...]:
    """(end of the address, words) of the pages about a plan that holds, that this user has business on."""
    forfatter = utsnitt.grunn.grunnlag in ("R", "S")
    alle = (
        ("kriseplan/roedt", "Rødt nivå", har(utsnitt, "roedt_nivaa")),
        ("kriseplan/hele", "Hele planen", True),
        ("kriseplan/kopier", "Hvem har planen", hvem.ser("kriseplan.kopier") and bool(forfatter or utsnitt.kopier)),
        ("kriseplan/versjoner", "Versjoner", forfatter),
        ("kriseplan/brukt", "Når den er brukt", hvem.ser(BRUK) and bool(forfatter or utsnitt.bruk)),
        ("kriseplan", "Gå gjennom og endre", hvem.kan(SKRIV) and vist.kan_skrives(utsnitt)),
    )  # fmt: skip
    return tuple((sti, tekst) for sti, tekst, vises in alle if vises)
