"""Lays out what happens with a person's crisis plan: made in levels, revised, used, told of, recalled, or declined."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from bindeledd.app.simulering.andeler import Andel
from bindeledd.app.simulering.løp import Løp, Steg
from bindeledd.app.simulering.verden import Verden
from bindeledd.core.envelope import Actor
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.kriseplan import (
    Barnedel,
    Brukserfaring,
    Hjemmedel,
    Innleggelsesoensker,
    Kontakt,
    Kontakter,
    Kriseplannivaa,
    RoedtNivaa,
    TegnOgTiltak,
    Tiltak,
)
from services.felles.oppsett import INNBYGGER
from services.kriseplan import planer
from services.kriseplan.domain import TOPIC
from services.kriseplan.plan import Kriseplan

MED = ("pasient", "behandler")
GRØNNE_TEGN = (
    ("Sover godt", "Lager middag og går ut hver dag"),
    ("Har lyst til å treffe folk", "Hører på musikk"),
    ("Svarer på telefon", "Er med på mandagsturen"),
)
GULE_TEGN = (
    ("Sover dårlig tre netter på rad", "Svarer ikke på telefon"),
    ("Trekker for gardinene", "Dropper avtaler uten å si fra"),
    ("Snakker fort og starter mye nytt", "Glemmer måltider"),
)
HJULPET = (
    ("Å få sove hos en søster",),
    ("At noen gikk tur med meg samme dag", "Faste tider for mat"),
    ("Fire dager i brukerstyrt seng",),
)
ERFARINGER = (
    Brukserfaring(virket="Å snakke rolig ved kjøkkenbordet. Sov etterpå.", virket_ikke="Å ringe flere ganger."),
    Brukserfaring(virket="Turen ut og maten. Ringte selv dagen etter."),
    Brukserfaring(virket="Søsteren kom.", virket_ikke="Det kom for mange på en gang."),
)


def kriseplan(løp: Løp, ny: datetime, første: date, siste: date) -> Iterator[Steg]:
    """A plan and its life, from a moment of the first day; or that the person declined one, or nothing."""
    if not løp.treffer(Andel.KRISEPLAN):
        if løp.treffer(Andel.TAKKER_NEI_TIL_KRISEPLAN):
            yield ny, lambda verden: _takk_nei(løp, verden)
        return
    yield ny, lambda verden: _lag(løp, verden)
    neste = første + timedelta(days=1)
    for fra, til in løp.perioder(neste, siste):
        if løp.treffer(Andel.KRISEPLAN_BRUKT):
            yield from _bruk(løp, fra, til)
        if løp.treffer(Andel.KRISEPLAN_REVIDERT):
            yield løp.i_arbeidstiden(løp.en_dag(fra, til)), lambda verden: _revider(løp, verden)
    if løp.treffer(Andel.KRISEPLAN_TILBAKEKALT):
        yield løp.i_arbeidstiden(løp.en_dag(neste, siste)), lambda verden: _tilbakekall(løp, verden)


def tilby_kriseplan(løp: Løp, verden: Verden) -> None:
    """Somebody comes to make a plan with the person, who has one made, declines, or thinks it over."""
    if løp.treffer(Andel.KRISEPLAN):
        _lag(løp, verden)
    elif løp.treffer(Andel.TAKKER_NEI_TIL_KRISEPLAN):
        _takk_nei(løp, verden)
    else:
        verden.gjør("kriseplan", planer.tilby(løp.person_ref, _enheten(løp, verden), verden.rammer))


def _bruk(løp: Løp, neste: date, siste: date) -> Iterator[Steg]:
    rødt = løp.treffer(Andel.KRISEPLAN_BRUKT_RØDT)
    nivå = Kriseplannivaa.ROEDT if rødt else Kriseplannivaa.GULT
    part = løp.terning.choice((løp.egen("enhet"), INNBYGGER, *løp.kan_kriseplan))
    tatt = løp.litt_etter(løp.i_arbeidstiden(løp.en_dag(neste, siste)), 0, 8)
    yield tatt, lambda verden: _ta_i_bruk(løp, part, nivå, verden)
    if løp.treffer(Andel.BRUK_EVALUERT):
        yield løp.litt_etter(tatt, 14, 60), lambda verden: _evaluer(løp, part, verden)


def _takk_nei(løp: Løp, verden: Verden) -> None:
    aktør = _enheten(løp, verden)
    verden.gjør("kriseplan", planer.tilby(løp.person_ref, aktør, verden.rammer))
    verden.gjør("kriseplan", planer.takk_nei(løp.person_ref, aktør, verden.rammer))


def _enheten(løp: Løp, verden: Verden) -> Actor:
    return verden.aktør(løp.egen("enhet"), "kriseplan.tilby")


def _lag(løp: Løp, verden: Verden) -> None:
    aktør = verden.aktør(løp.egen("enhet"), "kriseplan.skriv")
    innhold = _tegn(løp) | _rødt() | _kontakter("kveld og natt") | _ønsker()
    if løp.treffer(Andel.KRISEPLAN_MED_BARN):
        innhold |= _barna()
    verden.gjør("kriseplan", planer.opprett(løp.person_ref, MED, innhold, aktør, verden.rammer))


def _revider(løp: Løp, verden: Verden) -> None:
    """Another version: what helps has been learnt, or a contact's hours are others."""
    aktør = verden.aktør(løp.egen("enhet"), "kriseplan.skriv")
    endringer = løp.terning.choice((_tegn(løp), _kontakter("hele døgnet"), _hjem()))
    verden.gjør("kriseplan", planer.revider(løp.person_ref, MED, endringer, aktør, verden.rammer))


def _tilbakekall(løp: Løp, verden: Verden) -> None:
    selv = verden.aktør(INNBYGGER, "kriseplan.del")
    verden.gjør("kriseplan", planer.tilbakekall(løp.person_ref, "personens_oenske", selv, verden.rammer))


def _ta_i_bruk(løp: Løp, part: str, nivå: Kriseplannivaa, verden: Verden) -> None:
    aktør, bruker = verden.aktør(part, "kriseplan.bruk"), verden.bruker(part, "kriseplan.bruk")
    verden.gjør("kriseplan", planer.ta_i_bruk(løp.person_ref, nivå, bruker, aktør, verden.rammer))


def _evaluer(løp: Løp, part: str, verden: Verden) -> None:
    aktør, bruker = verden.aktør(part, "kriseplan.bruk"), verden.bruker(part, "kriseplan.bruk")
    planen: Kriseplan
    for planen in verden.tilstander("kriseplan", TOPIC, løp.person_ref):
        for bruk in planen.brukt:
            erfart = Klartekst(løp.terning.choice(ERFARINGER))
            evaluert = planer.evaluer(løp.person_ref, bruk.ref, bruker, erfart, aktør, verden.rammer)
            verden.gjør("kriseplan", evaluert)


# -- what stands in it ---------------------------------------------------------------------------------------------


def _tegn(løp: Løp) -> dict[str, Any]:
    velg = løp.terning.choice
    tegn = TegnOgTiltak(
        utloesende=("Flytting og brev fra det offentlige", "Lite søvn"),
        groenne_tegn=velg(GRØNNE_TEGN),
        groenne_tiltak=(Tiltak(hva="Gå tur", hvem="jeg selv", naar="hver formiddag"),),
        gule_tegn=velg(GULE_TEGN),
        gule_tiltak=(
            Tiltak(hva="Ring meg", hvem="koordinator", naar="samme dag", hvordan="Ring på nytt etter en time"),
            Tiltak(hva="Spis middag sammen", hvem="en søster (oppdiktet)", naar="om kvelden"),
        ),
        hjulpet=velg(HJULPET),
    )
    return {"tegn_og_tiltak": Klartekst(tegn)}


def _rødt() -> dict[str, Any]:
    rødt = RoedtNivaa(
        tegn=("Hører stemmer som gir ordrer", "Har ikke sovet på to døgn"),
        tiltak=(
            Tiltak(hva="Ring akuttelefonen på DPS", hvem="koordinator eller jeg selv", naar="hverdager 8–15"),
            Tiltak(hva="Ring akuttmottaket", hvem="den som er hos meg", naar="ellers", hvordan="Si at jeg har en plan"),
        ),
        moetes="Snakk rolig, og kom ikke flere enn to. Ring før dere kjører.",
        hjelper_ikke=("Å bli holdt fast", "At mange snakker samtidig"),
    )
    return {"roedt": Klartekst(rødt)}


def _kontakter(når: str) -> dict[str, Any]:
    kontakter = (
        Kontakt(navn="En søster (oppdiktet)", telefon="55000001", naar=når, rolle="søster"),
        Kontakt(navn="Koordinatoren min", telefon="55000002", naar="hverdager 8–15", rolle="koordinator"),
    )
    return {"kontakter": Klartekst(Kontakter(kontakter=kontakter))}


def _ønsker() -> dict[str, Any]:
    ønsker = Innleggelsesoensker(
        sted="Helst på DPS, ikke akuttmottaket", oensket="Enerom og egne klær", uoensket="Sprøyter uten at noen spør"
    )
    return {"innleggelsesoensker": Klartekst(ønsker)}


def _barna() -> dict[str, Any]:
    barna = Barnedel(
        hvem_tar_barna="Besteforeldrene henter på skolen",
        hva_de_vet="At jeg av og til må ha ro, og at det ikke er deres skyld",
        hvem_informerer="Søsteren min",
    )
    return {"barna": Klartekst(barna)}


def _hjem() -> dict[str, Any]:
    hjem = Hjemmedel(dyr="Katten må ha mat. Naboen har nøkkel.", oekonomi="Husleien går av den 15.")
    return {"hjem": Klartekst(hjem)}
