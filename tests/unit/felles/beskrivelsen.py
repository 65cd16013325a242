"""Understands `domain/access.md` as data: which ground opens which part for which kind of party, in which form.

The description speaks to people. What is written here is only how it speaks: which kinds of party a column means, which
parts a row, and which grounds each cell's words. A cell, column, row or sentence that nobody has read is an error.

A reading is one term for each ground: A addressed, R relation (consent opens there too), C consent, S the person or who
represents them, E the party's own, M its own when some consent for the table is in force, D an override of any kind, P
reports only. After it: `:tabellen` or `:noe`, what a consent must touch when it need not name the part; `/form`;
`@column`, when it is for fewer than the column; `#part`, when it is for fewer parts than the row. A dash is nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

HELSE = (
    "enhet forvaltning hjemmetjeneste helsestasjon fastlege legevakt psykiatrisk-legevakt livskrisehjelp krisevakt "
    "koordinerende-enhet ruteam nyankomne botilbud dps act pam bup habilitering"
)
UTENFOR = "nav skole barnehage ppt barnevern slt paaroerende"
LEDD = "enhet hjemmetjeneste koordinerende-enhet ruteam nyankomne botilbud"
HJELPER = (
    "KOORDINATOR ACT DPS_OMRAADE DPS_BEHANDLER DPS_OPPHOLD AVDELING FASTLEGE HJEMMETJENESTE MEDLEM "
    "KRISEPLAN_FORFATTER BARNEANSVARLIG BARNETS_HELSETJENESTE MELDT_BEHOV"
)
KOLONNER = {
    "forvaltning": ("forvaltning", ""),
    "adressert": (f"forvaltning {LEDD}", ""),
    "følger": (
        f"{LEDD} forvaltning helsestasjon dps act bup habilitering",
        "KOORDINATOR ACT DPS_OMRAADE DPS_BEHANDLER DPS_OPPHOLD",
    ),
    "behandler": ("enhet act dps pam", "KOORDINATOR ACT DPS_BEHANDLER AVDELING"),
    "fastlege": ("fastlege", "FASTLEGE"),
    "avdeling": ("dps pam", ""),
    "livskrise": ("livskrisehjelp", ""),
    "kriseteam": ("kriseteam", ""),
    "utenfor": (UTENFOR, ""),
    "personen": ("innbygger", ""),
    "representant": ("representant", ""),
    "foresatt": ("foresatt", ""),
    "bedt": ("koordinerende-enhet", "MELDT_BEHOV"),
    "rapport": ("forum revisjon", ""),
    "mottaker": (HELSE, ""),
    "hjelper": (HELSE, HJELPER),
    "akutt": ("legevakt psykiatrisk-legevakt pam", ""),
    "koordinator": (HELSE, "KOORDINATOR"),
    "medlem": (HELSE, "MEDLEM"),
    "medlem-utenfor": ("nav skole barnehage ppt barnevern paaroerende", ""),
    "dps": ("dps", "DPS_OMRAADE DPS_BEHANDLER DPS_OPPHOLD"),
    "ved-opphold": ("dps pam", "AVDELING DPS_OPPHOLD"),
    "forfatter": (
        "enhet act dps hjemmetjeneste botilbud ruteam koordinerende-enhet",
        "KOORDINATOR ACT DPS_BEHANDLER KRISEPLAN_FORFATTER",
    ),
    "andre-helse": (f"{LEDD} forvaltning fastlege livskrisehjelp krisevakt dps act bup habilitering", ""),
    "nav": ("nav", ""),
    "barnas": ("helsestasjon barnevern", ""),
    "pårørende": ("paaroerende", ""),
    "voksentjeneste": (
        "enhet forvaltning hjemmetjeneste botilbud ruteam nyankomne dps act pam",
        "BARNEANSVARLIG AVDELING",
    ),
    "barnets-behandler": ("enhet dps act pam", "DPS_BEHANDLER ACT AVDELING"),
    "barnets-helse": ("helsestasjon bup fastlege", "BARNETS_HELSETJENESTE FASTLEGE"),
    "barnas-hverdag": ("barnehage skole ppt", ""),
    "barnevern": ("barnevern", ""),
    "slt": ("slt", ""),
    "annen-forelder": ("annen-forelder", ""),
    "koordinerende": ("koordinerende-enhet", ""),
    "part": (HELSE, "KOORDINATOR ACT DPS_OMRAADE DPS_BEHANDLER DPS_OPPHOLD AVDELING FASTLEGE HJEMMETJENESTE"),
}
"""Our name of a column → the kinds it may be, and the relations on which R stands. A column is a position about one
person, so a kind may stand in several."""

OVERSKRIFTER = {
    "The stay": {
        "addressed unit (forvaltning, hjemmetjeneste)": "adressert",
        "koordinator's unit, ACT, DPS of the bydel": "følger",
        "fastlege": "fastlege",
        "ward, PAM": "avdeling",
        "NAV, school, others outside health": "utenfor",
        "person": "personen representant foresatt",
        "forum, auditor": "rapport",
    },
    "Consent, plan, group": {
        "koordinator's unit": "koordinator",
        "other members, health": "medlem",
        "other members, outside health": "medlem-utenfor",
        "DPS, ward": "dps ved-opphold",
        "person": "personen representant foresatt",
        "everyone else": "",
    },
    "Children": {
        "barneansvarlig's unit (adult service)": "voksentjeneste",
        "helsestasjon, skolehelsetjeneste, BUP, fastlege": "barnets-helse",
        "barnehage, school, PPT": "barnas-hverdag",
        "barnevern": "barnevern",
        "SLT": "slt",
        "the parent": "personen representant",
        "the other parent": "annen-forelder",
    },
}
RADER = {
    "that there is a stay, its dates": "opphold.finnes",
    "place and ward": "opphold.sted",
    "status, expected course and discharge (tidligmelding)": "opphold.status",
    "ready for discharge: checklist, decider, meeting, dispute": "opphold.klar",
    "§11 answer, clocks, payment days": "opphold.svar opphold.betaling",
    "health content of messages": "opphold.helse",
    "outcome (8431)": "opphold.utfall",
    "tasks": "opphold.oppgaver",
    "that there is a plan or group, koordinator's name": "plan.finnes",
    "goals, measures, minutes": "plan.innhold",
    "own measure: responsible, deadline, on hold": "plan.eget_tiltak",
    "consents, oppositions": "plan.samtykker",
    "that a child has been mapped; its needs, contact": "barn.kartlagt",
    "that a parent is ill": "barn.foreldersyk",
    "diagnosis, medicine, place and dates of a stay": "barn.diagnose",
    "§33 assessment": "barn.meldeplikt",
}
CELLER = {
    "–": "", "never": "", "A": "A", "A (forvaltning)": "A@forvaltning", "R": "R", "R (not payment)": "R#opphold.svar",
    "R unless opposed": "R", "R unless the parent opposes": "R", "R in the treating unit only": "R@barnets-behandler",
    "R, as far as needed": "R/noedvendig", "R, the parts their task needs": "R/noedvendig",
    "R during a stay": "R@ved-opphold", "C": "C", "C, the parts named": "C",
    "S": "S", "representative": "S@representant S@foresatt",
    '"appointments ended" with C, never a cause': "C/avtaler_avsluttet",
    '"needs support, contact X" with C': "C/stoettebehov",
    "own": "E", "own (never the cause)": "E/uten_aarsak", "that one's own": "E/egen_del", "own, and the answer": "E",
    "own part; C": "E/egen_del C", "author and leader": "E", "melding's own content": "E/meldingen",
    "the melding, if sent": "E/meldingen", "as the melding needs": "E/etter_behov",
    "pseudonym": "P/pseudonym", "DPS area only": "P/dps_omraade", "whether complete": "P/om_komplett",
    "yes, no names": "P/uten_navn", "yes": "P/uten_navn", "counts, small numbers suppressed": "P/antall",
    "figures": "P/antall",
}  # fmt: skip
"""What each cell's words give, whole. What is a party's own needs a consent besides where it stands outside the health
service ("without consent nothing"); a "yes" to forum and auditor names nobody either."""
PLANEN = "kriseplan.{tegn_og_tiltak,roedt_nivaa,innleggelse,barn,hjem_og_oekonomi,kontakter}"
SETNINGER: dict[str, tuple[str, str]] = {
    "bd23ff0a": ("The table behind every", ""),
    "06f52096": ("It is the starting table", ""),
    "db019e01": ("An answer is always", ""),
    "bd22a7a3": ("A addressed", ""),
    "efff0d10": ("R relation", ""),
    "18f2c5b3": ("Opposition may be to all", ""),
    "08ea3ae3": ("C consent", ""),
    "59c2ba10": ("The only ground outside health", ""),
    "29a558b1": ("D danger override", ""),
    "69dec86f": ("S the person themself", ""),
    "67ae3bcb": ("A party is a unit", ""),
    "5d627cb8": ("A koordinator or a barneansvarlig is a person", ""),
    "324a7694": ("Candidates for a view", ""),
    "dc1566b4": ("finnes_ikke and ikke_delt", ""),
    "3a8605a4": ("A party outside health without consent gets nothing", ""),
    "970a82ca": ("Suicide", "opphold.livskrise: A@livskrise R@behandler E@avdeling"),
    "61f94395": (
        "The person decides, part by part",
        f"{PLANEN}: $0@andre-helse $0@nav $0@barnas-hverdag $0@slt $1@forfatter",
    ),
    "01dbee59": ("Emergency clinic and PAM", f"{PLANEN}: $0@akutt $1@akutt"),
    "1fdaf8ed": ("Helsestasjon and barnevern", "kriseplan.barn: $0@barnas"),
    "fcc884fd": (
        "Pårørende",
        f"kriseplan.kontakter: $0@pårørende; {PLANEN.replace(',kontakter', '')}: $0/navngitt@pårørende",
    ),
    "242aff78": ("Everyone with a copy learns", ""),
    "b71a8e07": ("When consent ends", ""),
    "f10556bc": ("One case per child", ""),
    "fb547524": ("A child of 12 or more is heard", ""),
    "be52e7f3": (
        "Avvik",
        "avvik.egen_side: E@part P/pseudonym@rapport; avvik.sendt: A@part P/pseudonym@rapport; avvik.navn: R@part",
    ),
    "7571459e": ("Message log and manual queue", "melding.{logg,innhold,koe}: A@mottaker"),
    "ffec9301": ("Crisis events", "krise.hendelse: $0@livskrise; krise.moete: $0@livskrise E@kriseteam"),
}
"""Each sentence outside the tables: the start of its digest, its beginning, and the cells it gives; `$0` is the first
ground that it names in bold. Those without cells say how grounds are weighed, as `forventet` does in the test beside,
or what a service does."""

NOEN_AV_PLANEN = ("akutt", "andre-helse", "barnas", "nav", "pårørende")
SELV = "S@personen S@representant S@foresatt"
FORELDREANSVAR = frozenset({"person.navn", "opphold.finnes", "opphold.sted", "plan.talspersoner"})
"""What parental responsibility takes until 18, whatever the child withholds (rules 1.3, pbrl §3-4 third paragraph)."""
FORKLART = (
    ("ADR 0008: who has something to do about a person is told who it is", "person.navn",
     f"A@mottaker E@mottaker R:noe@hjelper D@akutt C:noe@utenfor {SELV}"),
    ("ADR 0020: who is summoned knows when and where", "plan.moete",
     f"E@koordinator E@medlem M/uten_aarsak@medlem-utenfor E@dps E@ved-opphold {SELV}"),
    ("rules 1.3: whoever helps knows who answers for a child, or speaks for the person", "plan.talspersoner",
     f"R@koordinator R@medlem R@dps R@ved-opphold {SELV}"),
    ("hpl §38a: a need is told to the koordinerende enhet", "plan.behov",
     "R@koordinator R@medlem R@dps R@ved-opphold R@bedt S@personen S@foresatt"),
    ("'tasks: own' of the stay, in each service", "plan.oppgaver",
     "E@koordinator E@medlem M@medlem-utenfor E@dps E@ved-opphold E@personen"),
    ("the same", "kriseplan.oppgaver", "E@forfatter E@akutt E@andre-helse M@barnas M@nav E@personen"),
    ("the same", "barn.oppgaver",
     "E@voksentjeneste E@barnets-behandler E@barnets-helse M@barnas-hverdag E@barnevern E@personen"),
    ("the same", "opphold.oppgaver", "E@livskrise"),
    ("the same", "krise.oppgaver", "E@livskrise E@kriseteam"),
    ("the same", "avvik.oppgaver", "E@part"),
    ("'S the person themself, or their representative'", PLANEN, SELV),
    ("the same; a case has two parties, and no representative is one", "avvik.navn", "S@personen"),
    ("rules 2.1: that there is a plan goes with any part of it", "kriseplan.finnes",
     f"R@forfatter {' '.join(f'C:tabellen@{k}' for k in NOEN_AV_PLANEN)} D@akutt {SELV}"),
    ("rules 2.1: who took it into use knows that", "kriseplan.bruk",
     f"R@forfatter E@akutt E@andre-helse M@nav {SELV}"),
    ("'everyone with a copy learns of a new version'", "kriseplan.kopier",
     f"R@forfatter E@akutt E@andre-helse M@barnas M@nav M@pårørende {SELV}"),
    ("rules 2.1: 'skole sees none', nor who is told of children as it is", PLANEN,
     "–@barnas-hverdag –@slt"),
    ("a representative is one of a group, and a child's case has none", "barn.{kartlagt,foreldersyk,diagnose}",
     "–@representant"),
    ("ADR 0008: who keeps the register settles whether two are one", "barn.tvil person.tvil", "E@koordinerende"),
)  # fmt: skip
"""Every difference from the description, each with its reason: what it has no cell for, and, with a dash, what it would
give and we do not."""

_TERM = re.compile(
    r"(?P<grunn>[ARCSEMDP–])(:(?P<bredde>tabellen|noe))?(/(?P<form>\w+))?(@(?P<kolonne>[\w-]+))?(#(?P<del>[\w.]+))?"
)
_UTEN_SAMTYKKE_INTET = ("utenfor", "medlem-utenfor")


@dataclass(frozen=True, slots=True)
class Fasit:
    """What one kind of party may have of one part, by all columns it stands in."""

    former: Mapping[str, str]
    """Letter → form."""
    relasjoner: Mapping[str, str]
    """Each relation on which R stands → form."""
    bredde: str = "delen"
    """What a consent must touch."""
    ansvar: bool = False
    """Whether parental responsibility takes it."""


@dataclass(frozen=True, slots=True)
class Celle:
    """One ground for one column."""

    del_: str
    kolonne: str
    grunn: str
    form: str
    bredde: str


def les(beskrivelse: str) -> dict[tuple[str, str], Fasit]:
    """(kind, part) → what opens it. A pair that is not here opens by nothing."""
    celler = list(_celler(beskrivelse))
    fjernet = {(slag, c.del_) for c in celler if c.grunn == "–" for slag in KOLONNER[c.kolonne][0].split()}
    ut: dict[tuple[str, str], Fasit] = {}
    for celle in celler:
        slagene, relasjoner = KOLONNER[celle.kolonne]
        for nøkkel in {(slag, celle.del_) for slag in slagene.split()} - fjernet:
            før = ut.get(nøkkel, Fasit({}, {}))
            av_r = dict.fromkeys(relasjoner.split() if celle.grunn == "R" else (), celle.form)
            ut[nøkkel] = Fasit(
                {celle.grunn: celle.form, **før.former}, {**av_r, **før.relasjoner},
                celle.bredde if før.bredde == "delen" else før.bredde, celle.del_ in FORELDREANSVAR,
            )  # fmt: skip
    return ut


def setninger(beskrivelse: str) -> Iterator[tuple[str, str]]:
    """(the start of its digest, the sentence) of everything that stands outside the tables, but for headings."""
    linjer = [linje for linje in beskrivelse.splitlines() if not linje.startswith(("|", "#"))]
    for avsnitt in re.split(r"\n\n|\n(?=- )", "\n".join(linjer)):
        for setning in re.split(r"(?<=[.])\s+(?=[A-Z*`])", avsnitt.strip()):
            tekst = " ".join(setning.split())
            if tekst:
                yield hashlib.sha256(tekst.encode()).hexdigest()[:8], tekst


def _celler(beskrivelse: str) -> Iterator[Celle]:
    for avsnitt in beskrivelse.split("\n## ")[1:]:
        yield from _tabell(avsnitt.partition("\n")[0], [linje for linje in avsnitt.splitlines() if linje[:1] == "|"])
    for merke, setning in setninger(beskrivelse):
        assert merke in SETNINGER, f"nobody has read {setning!r}: say under {merke!r} in SETNINGER what it gives"
        lest = SETNINGER[merke][1]
        for nr, grunn in enumerate(re.findall(r"\*\*([ARCDS])\*\*", setning)):
            lest = lest.replace(f"${nr}", grunn)
        yield from _les_termer(lest)
    for _hvorfor, deler, termer in FORKLART:
        yield from _les_termer(f"{deler}: {termer}")


def _tabell(tittel: str, linjer: list[str]) -> Iterator[Celle]:
    if not linjer:
        return
    (_, *hode), _, *rader = [[c.strip() for c in linje.strip("|").split("|")] for linje in linjer]
    assert hode == list(OVERSKRIFTER[tittel]), f"{tittel}: nobody has said which parties {hode} are"
    for hva, *celler in rader:
        for overskrift, ord_ in zip(hode, celler, strict=True):
            kolonner = OVERSKRIFTER[tittel][overskrift].split()
            assert ord_ in CELLER, f"{tittel}, {hva}, {overskrift}: nobody has said what {ord_!r} means"
            assert kolonner or not CELLER[ord_], f"{tittel}, {hva}: {overskrift} is to have nothing"
            yield from _les_celle(RADER[hva].split(), CELLER[ord_], kolonner)


def _les_termer(tekst: str) -> Iterator[Celle]:
    """Cells as they are written here: `part part: term term; part: term`, where `table.{a,b}` is two parts."""
    for ledd in filter(None, tekst.split("; ")):
        deler, _, termer = ledd.partition(": ")
        yield from _les_celle([del_ for ord_ in deler.split() for del_ in _utvidet(ord_)], termer, [])


def _utvidet(ord_: str) -> list[str]:
    tabell, _, korte = ord_.partition("{")
    return [tabell + kort for kort in korte.rstrip("}").split(",")]


def _les_celle(deler: list[str], termer: str, kolonner: list[str]) -> Iterator[Celle]:
    for ord_ in termer.split():
        term = _TERM.fullmatch(ord_)
        assert term, f"{ord_!r} is no term"
        for kolonne in [term["kolonne"]] if term["kolonne"] else kolonner:
            if kolonne in ("representant", "foresatt") and term["grunn"] not in "S–":
                continue  # speaks for the person, and owns nothing
            egen = "M" if kolonne in _UTEN_SAMTYKKE_INTET and term["grunn"] == "E" else term["grunn"]
            for del_ in [term["del"]] if term["del"] else deler:
                yield Celle(del_, kolonne, egen, term["form"] or "full", term["bredde"] or "delen")
