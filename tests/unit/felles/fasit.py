"""The access tables as the domain description has them, typed again by hand: what `tilgang.toml` is held up against.

A column is a group of parties in one position, so a party may stand in several columns. A dot is nothing. Letters:
A addressed, R relation (consent opens there too), C consent, S the person or their representative, E the party's own,
M its own when some consent for the table is in force, D an override of any kind, P reports only.
"""

from dataclasses import dataclass

HELSE = (
    "enhet forvaltning hjemmetjeneste helsestasjon fastlege legevakt psykiatrisk-legevakt livskrisehjelp krisevakt "
    "koordinerende-enhet ruteam nyankomne botilbud dps act pam bup habilitering"
)
UTENFOR = "nav skole barnehage ppt barnevern slt paaroerende"
LEDD = "enhet hjemmetjeneste koordinerende-enhet ruteam nyankomne botilbud"
FØLGER = f"{LEDD} forvaltning helsestasjon dps act bup habilitering"
HJELPER = (
    "KOORDINATOR ACT DPS_OMRAADE DPS_BEHANDLER DPS_OPPHOLD AVDELING FASTLEGE HJEMMETJENESTE MEDLEM "
    "KRISEPLAN_FORFATTER BARNEANSVARLIG BARNETS_HELSETJENESTE"
)

# column → kinds : relations on which R stands
KOLONNER = {
    "person": {
        "adressert": (HELSE, ""),
        "hjelper": (HELSE, HJELPER),
        "akutt": ("legevakt psykiatrisk-legevakt pam", ""),
        "utenfor": (UTENFOR, ""),
        "personen": ("innbygger", ""),
        "repr": ("representant", ""),
    },
    "opphold": {
        "forvalt": ("forvaltning", ""),
        "ledd": (LEDD, ""),
        "følger": (FØLGER, "KOORDINATOR ACT DPS_OMRAADE DPS_BEHANDLER DPS_OPPHOLD"),
        "behandl": ("enhet act dps pam", "KOORDINATOR ACT DPS_BEHANDLER AVDELING"),
        "fastlege": ("fastlege", "FASTLEGE"),
        "avdeling": ("dps pam", ""),
        "livskr": ("livskrisehjelp", ""),
        "utenfor": (UTENFOR, ""),
        "personen": ("innbygger", ""),
        "repr": ("representant", ""),
        "forum": ("forum revisjon", ""),
    },
    "plan": {
        "koord": (HELSE, "KOORDINATOR"),
        "medlem": (HELSE, "MEDLEM"),
        "utenfor": ("nav skole barnehage ppt barnevern paaroerende", ""),
        "dps": ("dps", "DPS_OMRAADE DPS_BEHANDLER DPS_OPPHOLD"),
        "avdeling": ("dps pam", "AVDELING DPS_OPPHOLD"),
        "personen": ("innbygger", ""),
        "repr": ("representant", ""),
    },
    "kriseplan": {
        "forfatter": (
            "enhet act dps hjemmetjeneste botilbud ruteam koordinerende-enhet",
            "KOORDINATOR ACT DPS_BEHANDLER KRISEPLAN_FORFATTER",
        ),
        "akutt": ("legevakt psykiatrisk-legevakt pam", ""),
        "helse": (f"{LEDD} forvaltning fastlege livskrisehjelp krisevakt dps act bup habilitering", ""),
        "barnas": ("helsestasjon barnevern", ""),
        "nav": ("nav", ""),
        "pårør": ("paaroerende", ""),
        "personen": ("innbygger", ""),
        "repr": ("representant", ""),
    },
    "barn": {
        "voksen": ("enhet forvaltning hjemmetjeneste dps act pam", "BARNEANSVARLIG AVDELING"),
        "behandl": ("enhet dps act pam", "DPS_BEHANDLER ACT AVDELING"),
        "mottaker": ("helsestasjon bup fastlege", "BARNETS_HELSETJENESTE FASTLEGE"),
        "utenfor": ("barnehage skole ppt", ""),
        "barnevern": ("barnevern", ""),
        "slt": ("slt", ""),
        "personen": ("innbygger", ""),
        "andre": ("annen-forelder", ""),
        "koord": ("koordinerende-enhet", ""),
    },
    "avvik": {
        "part": (HELSE, "KOORDINATOR ACT DPS_OMRAADE DPS_BEHANDLER DPS_OPPHOLD AVDELING FASTLEGE HJEMMETJENESTE"),
        "personen": ("innbygger", ""),
        "forum": ("forum revisjon", ""),
    },
    "melding": {"mottaker": (HELSE, "")},
    "krise": {"livskr": ("livskrisehjelp", ""), "kriseteam": ("kriseteam", "")},
}

RADER = """
person      adressert hjelper akutt utenfor personen repr
navn        AE        R       D     C       S        S

opphold     forvalt ledd følger behandl fastlege avdeling livskr utenfor personen repr forum
finnes      A       A    R      .       R        E        .      C       S        S    P
sted        A       A    R      .       R        E        .      C       S        S    P
status      A       A    R      .       R        E        .      .       S        S    P
klar        A       A    R      .       .        E        .      .       S        S    P
svar        A       .    R      .       .        E        .      .       S        S    P
betaling    A       .    .      .       .        E        .      .       S        S    P
helse       A       A    R      .       R        E        .      .       S        S    .
utfall      A       A    R      .       R        E        .      C       .        S    P
livskrise   .       .    .      R       .        E        A      .       .        .    .
oppgaver    E       E    E      .       E        E        E      M       E        .    .

plan        koord medlem utenfor dps avdeling personen repr
finnes      R     R      C       R   R        S        S
innhold     R     R      C       .   R        S        S
eget_tiltak E     E      M       E   E        S        S
moete       E     E      M       E   E        S        S
samtykker   R     E      M       R   R        S        S
oppgaver    E     E      M       E   E        E        .

kriseplan         forfatter akutt helse barnas nav pårør personen repr
finnes            R         CD    C     C      C   C     S        S
tegn_og_tiltak    R         CD    C     .      C   C     S        S
roedt_nivaa       R         CD    C     .      C   C     S        S
kontakter         R         CD    C     .      C   C     S        S
innleggelse       R         CD    C     .      C   C     S        S
barn              R         CD    C     C      C   C     S        S
hjem_og_oekonomi  R         CD    C     .      C   C     S        S
bruk              R         E     E     .      M   .     S        S
kopier            R         E     E     M      M   M     S        S
oppgaver          E         E     E     M      M   .     E        .

barn        voksen behandl mottaker utenfor barnevern slt personen andre koord
kartlagt    R      .       R        C       E         P   S        EC    .
foreldersyk R      .       R        C       E         .   S        C     .
diagnose    .      R       C        .       E         .   S        C     .
meldeplikt  E      .       .        .       E         .   .        .     .
tvil        .      .       .        .       .         .   .        .     E
oppgaver    E      E       E        M       E         .   E        .     .

avvik       part personen forum
egen_side   E    .        P
sendt       A    .        P
navn        R    S        .
oppgaver    E    .        .

melding     mottaker
logg        A
innhold     A
koe         A

krise       livskr kriseteam
hendelse    A      .
moete       A      E
oppgaver    E      E
"""

VIDERE = {"person.navn": {"C": "noe", "R": "noe"}, "kriseplan.finnes": {"C": "tabellen"}}
"""Where a consent to more than the part itself opens: by any part of the table, or any part at all."""


@dataclass(frozen=True, slots=True)
class Fasit:
    """What one kind of party may have of one part, by the letters of all columns it stands in."""

    bokstaver: frozenset[str]
    relasjoner: frozenset[str]
    bredde: str


def les_fasit() -> dict[tuple[str, str], Fasit]:
    """(kind, part) → what opens it. A pair that is not here opens by nothing."""
    ut: dict[tuple[str, str], Fasit] = {}
    for blokk in RADER.strip().split("\n\n"):
        (tabell, *kolonner), *rader = [linje.split() for linje in blokk.splitlines()]
        assert kolonner == list(KOLONNER[tabell]), tabell
        for kort, *celler in rader:
            for kolonne, bokstaver in zip(kolonner, celler, strict=True):
                _legg_til(ut, f"{tabell}.{kort}", KOLONNER[tabell][kolonne], bokstaver)
    return ut


def _legg_til(ut: dict[tuple[str, str], Fasit], del_: str, kolonne: tuple[str, str], bokstaver: str) -> None:
    if bokstaver == ".":
        return
    slagene, relasjoner = kolonne
    bredder = [VIDERE.get(del_, {}).get(b, "delen") for b in bokstaver if b in "CR"]
    for slag in slagene.split():
        før = ut.get((slag, del_), Fasit(frozenset(), frozenset(), "delen"))
        bredde = før.bredde if not bredder else bredder[0]
        ut[slag, del_] = Fasit(
            før.bokstaver | set(bokstaver),
            før.relasjoner | set(relasjoner.split() if "R" in bokstaver else ()),
            "tabellen" if "tabellen" in {bredde, før.bredde} and "C" in før.bokstaver | set(bokstaver) else bredde,
        )
