"""Knows how often each thing happens in the made-up Bergen, and where each figure is from: one table."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

BERGEN = "kommunens plan for psykisk helse 2016–2020"
VALG = "vårt valg, for at alt skal kunne sees"
FOLKETALL = {
    "arna": 14, "bergenhus": 43, "fana": 43, "fyllingsdalen": 30, "laksevaag": 40, "ytrebygda": 30, "aarstad": 42,
    "aasane": 41,
}  # fmt: skip
"""Thousands who live in each bydel, after Statistisk sentralbyrå: Bergenhus, Ytrebygda and Årstad on 1 January 2021,
Fana and Åsane in 2018; Arna, Fyllingsdalen and Laksevåg our estimate. Somebody who knows must confirm them."""


@dataclass(frozen=True, slots=True, eq=False)
class Hyppighet:
    """So often, of those whom it can happen to; and the source of the figure, or that it is our own.

    Equal to itself alone: two things that happen equally often are two things.
    """

    andel: float
    kilde: str


@dataclass(slots=True)
class Kvoter:
    """How much of each thing is due in a town where it happens as often as it should: below nothing, too much has."""

    skyldig: dict[Hyppighet, float] = field(default_factory=dict)

    def treffer(self, hyppighet: Hyppighet, terning: random.Random) -> bool:
        """True about so often. What has come too seldom comes sooner, so that also a small town, from any seed, has
        its proportions."""
        skyldig = self.skyldig.get(hyppighet, 0.0)
        traff = terning.random() < hyppighet.andel + skyldig
        self.skyldig[hyppighet] = skyldig + hyppighet.andel - traff
        return traff


class Andel:
    """The table."""

    # Who is known, and who follows them up
    KJENT_FRA_FØR = Hyppighet(0.85, f"{VALG}: de fleste som legges inn, får tjenester alt")
    UTEN_BOLIG = Hyppighet(277 / 3_661, f"{BERGEN}: 277 av 3 661 kartlagte er uten bolig")
    KOORDINATOR = Hyppighet(0.85, "pbrl §2-5, hol §7-2: koordinator også uten plan; noen mangler")
    ANSVARSGRUPPE = Hyppighet(0.6, VALG)
    REPRESENTANT = Hyppighet(0.2, VALG)
    ACT_ER_MED = Hyppighet(
        0.65, f"{BERGEN}: 913 av 1 655 med lav funksjon følges også av spesialister (0,55), flere i gruppe"
    )
    HJEMMETJENESTE_ER_MED = Hyppighet(0.5, VALG)
    NAV_ER_MED = Hyppighet(0.35, VALG)
    BOTILBUD_ER_MED = Hyppighet(147 / 3_661, f"{BERGEN}: 147 boliger bemannet hele døgnet, 3 661 kartlagte")
    BOTEAM_ER_MED = Hyppighet(95 / 3_661, f"{BERGEN}: 95 av 242 boliger er ikke bemannet hele døgnet, 3 661 kartlagte")
    SVARER_JA = Hyppighet(0.85, VALG)
    SVARER_PÅ_INNKALLING = Hyppighet(0.8, VALG)
    MØTE_AVLYST = Hyppighet(0.15, VALG)
    REFERAT = Hyppighet(0.75, VALG)

    # Individual plans
    PLAN_TILBUDT = Hyppighet(0.8, "pbrl §2-5: den som har rett til plan, får tilbud om det")
    PLAN_AVSLÅTT = Hyppighet(0.6, f"{BERGEN}: mer enn halvparten takker nei")
    PLAN_GÅTT_GJENNOM = Hyppighet(0.6, VALG)

    # Crisis plans
    KRISEPLAN = Hyppighet(0.55, f"{BERGEN}: mange mangler kriseplan")
    TAKKER_NEI_TIL_KRISEPLAN = Hyppighet(0.4, VALG)
    KRISEPLAN_MED_BARN = Hyppighet(0.4, VALG)
    KRISEPLAN_REVIDERT = Hyppighet(
        0.55, "rules 2.1: gjennomgås etter opphold, etter bruk og når en kontakt er en annen"
    )
    KRISEPLAN_TILBAKEKALT = Hyppighet(0.06, VALG)
    KRISEPLAN_BRUKT = Hyppighet(0.6, VALG)
    KRISEPLAN_BRUKT_RØDT = Hyppighet(0.35, VALG)
    BRUK_EVALUERT = Hyppighet(0.6, VALG)

    # What people consent to
    SAMTYKKE = Hyppighet(0.6, VALG)
    SAMTYKKE_TIL_ET_ANNET = Hyppighet(0.35, VALG)
    SAMTYKKE_TIL_RUSTJENESTE = Hyppighet(
        1_376 / 3_661, f"{BERGEN}: 1 376 av 3 661 kartlagte har rusmiddelproblemer også; her sier alle de ja"
    )
    SAMTYKKE_TRUKKET = Hyppighet(0.2, VALG)
    SAMTYKKE_KORT = Hyppighet(0.25, f"{VALG}: et samtykke som slutter av seg selv")
    SPERRING = Hyppighet(0.12, VALG)
    SPERRING_OPPHEVET = Hyppighet(0.5, VALG)

    # Children
    INGEN_BARN = Hyppighet(0.3, VALG)
    VIL_IKKE_SI_OM_BARN = Hyppighet(0.1, f"{BERGEN}: å kartlegge hvert barn, med eller uten samtykke, er vanskelig")
    SPURT_SENERE = Hyppighet(0.08, VALG)
    HAR_BARN = Hyppighet(0.35, VALG)
    BARN_REGISTRERT = Hyppighet(0.85, "hpl §10a; noen venter på å bli registrert")
    BARN_REGISTRERT_HJEMME = Hyppighet(
        0.3, f"{BERGEN}: hver etat for voksne har barneansvarlige, og bydelens enhet følger opp etter oppholdet"
    )
    BARN_HENVIST = Hyppighet(0.75, "hpl §10a; noen venter på å bli henvist")
    BARN_HENVIST_UTENFOR_HELSE = Hyppighet(0.45, "hpl §22: skole og barnehage bare med samtykke")
    SAMTYKKE_FOR_BARNET = Hyppighet(0.4, VALG)
    SPERRING_FOR_BARNET = Hyppighet(0.12, VALG)
    SENDT_ETTER_SAMTALE = Hyppighet(0.1, f"{VALG}: hver arbeidsdag")
    HENVISNING_TATT = Hyppighet(0.3, f"{VALG}: hver arbeidsdag")
    HENVISNING_AVVIST = Hyppighet(0.12, VALG)
    BARNETILTAK = Hyppighet(0.4, f"{VALG}: hver arbeidsdag")
    BARNETILTAK_SLUTT = Hyppighet(0.1, f"{VALG}: hver arbeidsdag")
    MELDEPLIKT_VURDERT = Hyppighet(0.25, "hpl §33: hver gang det er grunn til det")
    BARNET_HØRT = Hyppighet(0.3, VALG)
    SAMME_BARN_KANSKJE = Hyppighet(0.12, f"{VALG}: samme navn og fødselsdag hos to voksne")

    # The young
    HOS_DEN_UNGE = Hyppighet(0.8, f"{VALG}: skole og skolehelsetjeneste er med om barnet")
    TO_FORESATTE = Hyppighet(0.6, f"{VALG}: de fleste barn har to med foreldreansvar")
    BARNET_HOLDER_TILBAKE = Hyppighet(0.3, "pbrl §3-4: fra 12 år, av grunner som bør respekteres")

    # Stays and messages
    TIDLIGERE_OPPHOLD = Hyppighet(0.5, f"{VALG}: hver annen måned")
    MELDING_UTEN_NAVN = Hyppighet(0.06, VALG)
    SENDT_TO_GANGER = Hyppighet(0.1, VALG)
    TIDLIGMELDING = Hyppighet(0.88, f"{BERGEN}: utskriving uten varsel og plan er et kjent avvik")
    TIDLIGMELDING_FOR_SEN = Hyppighet(0.2, "forskrift 2011-11-18-1115 §8: innen 24 timer")
    OPPDATERT = Hyppighet(0.4, VALG)
    DØR = Hyppighet(0.03, VALG)
    KLAR_MELDES = Hyppighet(0.75, VALG)
    LEGE_NEVNT = Hyppighet(0.8, "forskrift 2011-11-18-1115 §9: lege eller psykolog")
    AVMELDT = Hyppighet(0.2, VALG)
    RAPPORT = Hyppighet(0.4, VALG)
    FRA_PAM = Hyppighet(0.6, f"{VALG}: akuttmottaket har vakt når DPS er stengt")
    TIL_FORVALTNING = Hyppighet(0.4, VALG)
    KOPI = Hyppighet(0.3, VALG)
    GAMMEL_STANDARD = Hyppighet(0.15, VALG)
    ÅPNET_SNART = Hyppighet(0.8, VALG)
    ÅPNET_NESTE_DAG = Hyppighet(0.7, f"{VALG}: resten blir liggende uåpnet")
    BESVART = Hyppighet(0.3, VALG)

    # Avvik that a missed clock has drafted, each working day
    UTKAST_SETT = Hyppighet(0.6, f"{BERGEN}: avvikssystemene er for lite kjent og brukt; resten blir liggende")
    AVVIK_MELDT = Hyppighet(0.6, VALG)
    AVVIK_ÅPNET = Hyppighet(0.8, VALG)
    AVVIK_BESVART = Hyppighet(0.6, VALG)
    AVVIK_UENIG = Hyppighet(0.25, VALG)
    AVVIK_ESKALERT = Hyppighet(0.2, f"{VALG}: hver arbeidsdag av dem som er uenige")
    FORUM_AVGJØR = Hyppighet(0.6, f"{VALG}: på møtet")
    FORUM_SENDER_VIDERE = Hyppighet(0.5, f"{VALG}: av det som ikke blir avgjort på møtet")
    AVVIK_LUKKET = Hyppighet(0.15, VALG)
    MELDEREN_FIKK_VITE = Hyppighet(0.35, VALG)

    # What is worked with, each working day
    OPPGAVE_TATT = Hyppighet(0.6, VALG)
    OPPGAVE_LØST = Hyppighet(0.5, VALG)
    PERSON_BEKREFTET = Hyppighet(0.5, VALG)
    BYDEL_SATT = Hyppighet(0.5, VALG)
    BYDEL_SATT_UTEN_BOLIG = Hyppighet(0.25, f"{VALG}: hvem som har ansvaret for den uten adresse, tar tid å avklare")
