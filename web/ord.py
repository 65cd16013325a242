"""Knows what the codes of the views are called when one says them aloud."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeUtsnitt,
    Grupperolle,
    Medlemstilstand,
    Moetesvar,
    Moetetilstand,
    MoeteUtsnitt,
    Plantilstand,
    PlanUtsnitt,
    SamtykkeUtsnitt,
    Tiltakstilstand,
    TiltakUtsnitt,
)
from bindeledd.schema.generated.barn_paaroerende import (
    Barnerelasjon,
    BarnesakUtsnitt,
    BarnetallUtsnitt,
    Henvisningsgrunnlag,
    Henvisningstilstand,
    Kartleggingstilstand,
    KartleggingUtsnitt,
    Meldepliktutfall,
)
from bindeledd.schema.generated.felles import Oppgaveslag
from bindeledd.schema.generated.kriseplan import Kriseplannivaa, Kriseplantilstand, KriseplanUtsnitt
from bindeledd.schema.generated.samhandling import (
    AlvorligHendelseUtsnitt,
    AvvikUtsnitt,
    ForumsakUtsnitt,
    MeldingUtsnitt,
    MoensterUtsnitt,
    Oppholdshendelse,
    Oppholdsstatus,
    OppholdUtsnitt,
    PersonUtsnitt,
)
from bindeledd.schema.generated.tilgang import Visning

Farge = Literal["danger", "warning", "info", "success", "neutral"]
"""The colours of Designsystemet that we use. A colour never says anything that the words beside it do not."""

OPPGAVE: dict[Oppgaveslag, str] = {
    Oppgaveslag.UKJENT: "Oppgave som denne siden ikke kjenner ennå",
    Oppgaveslag.FOELG_OPP_INNLEGGELSE: "Følg opp innleggelsen",
    Oppgaveslag.FOELG_OPP_UTSKRIVNING: "Følg opp etter utskrivningen",
    Oppgaveslag.LAG_KRISEPLAN: "Tilby å lage kriseplan",
    Oppgaveslag.VURDER_KRISEPLAN: "Gå gjennom kriseplanen på nytt",
    Oppgaveslag.DEL_KRISEPLAN: "Spør om kriseplanen kan deles",
    Oppgaveslag.SPOER_OM_BARN: "Spør om personen har barn eller søsken under 18",
    Oppgaveslag.FOELG_OPP_ETTERLATTE: "Følg opp barn og søsken som har mistet noen",
    Oppgaveslag.ETTERLYS_TIDLIGMELDING: "Etterlys tidligmelding fra sykehuset",
    Oppgaveslag.AVKLAR_BYDEL: "Finn ut hvilken bydel personen hører til",
    Oppgaveslag.SVAR_PAA_UTSKRIVNINGSKLAR: "Svar sykehuset: når kan dere ta imot?",
    Oppgaveslag.KALL_INN_ANSVARSGRUPPE: "Kall inn ansvarsgruppen",
    Oppgaveslag.SVAR_PAA_INVITASJON: "Svar: vil dere være med i ansvarsgruppen?",
    Oppgaveslag.SVAR_PAA_INNKALLING: "Svar på møteinnkallingen",
    Oppgaveslag.SKRIV_REFERAT: "Skriv referat fra møtet",
    Oppgaveslag.FOELG_OPP_TILTAK: "Gjør tiltaket dere har ansvar for",
    Oppgaveslag.VURDER_PLAN: "Gå gjennom planen på nytt",
    Oppgaveslag.VURDER_KOORDINERING: "Noen er meldt å trenge koordinator: finn ut hvem",
    Oppgaveslag.LES_BRUKT_KRISEPLAN: "Kriseplanen er tatt i bruk: les hva som skjedde",
    Oppgaveslag.SNAKK_MED_FORELDER: "Snakk med personen om barnas behov",
    Oppgaveslag.SPOER_IGJEN_OM_BARN: "Spør igjen om personen har barn eller søsken under 18",
    Oppgaveslag.HENVIS_BARN: "Avklar hvem som skal følge opp barnet",
    Oppgaveslag.TA_IMOT_HENVISNING: "Ta imot henvisningen om et barn",
    Oppgaveslag.FOELG_OPP_BARN: "Følg opp barnet",
    Oppgaveslag.TA_IMOT_AVVIK: "Åpne avviket en annen enhet har meldt",
    Oppgaveslag.SVAR_PAA_AVVIK: "Svar på avviket",
    Oppgaveslag.LES_AVVIKSSVAR: "Les svaret i avvikssaken: er dere enige?",
    Oppgaveslag.GI_TILBAKEMELDING: "Fortell den som meldte avviket, hva som kom ut av det",
    Oppgaveslag.SNAKK_LEDER_TIL_LEDER: "Snakk med lederen i den andre enheten i dag om utskrivningen",
    Oppgaveslag.ESKALER_AVVIK: "Ta saken opp i samarbeidsforumet? Dere er ikke enige, eller har ikke fått svar",
    Oppgaveslag.LES_FORUMSVAR: "Les hva samarbeidsforumet sier om avviket",
}

STATUS: dict[Oppholdsstatus, tuple[str, Farge]] = {
    Oppholdsstatus.UKJENT: ("Ukjent", "neutral"),
    Oppholdsstatus.INNLAGT: ("Innlagt", "info"),
    Oppholdsstatus.UTSKRIVNINGSKLAR: ("Utskrivningsklar", "warning"),
    Oppholdsstatus.AVMELDT: ("Ikke utskrivningsklar likevel", "info"),
    Oppholdsstatus.UTSKREVET: ("Utskrevet", "neutral"),
    Oppholdsstatus.DOED: ("Død", "neutral"),
    Oppholdsstatus.KANSELLERT: ("Trukket tilbake av sykehuset", "neutral"),
}

HENDELSE: dict[Oppholdshendelse, str] = {
    Oppholdshendelse.UKJENT: "En melding som denne siden ikke kjenner ennå",
    Oppholdshendelse.INNLAGT: "Innlagt",
    Oppholdshendelse.TIDLIGMELDING: "Tidligmelding: sykehuset fortalte om forventet forløp",
    Oppholdshendelse.OPPDATERT: "Sykehuset oppdaterte opplysningene",
    Oppholdshendelse.UTSKRIVNINGSKLAR: "Meldt utskrivningsklar",
    Oppholdshendelse.AVMELDT: "Ikke utskrivningsklar likevel",
    Oppholdshendelse.UTSKREVET: "Utskrevet",
    Oppholdshendelse.DOED: "Døde",
    Oppholdshendelse.RAPPORT: "Rapport eller dialogmelding",
    Oppholdshendelse.KANSELLERT: "Sykehuset trakk en melding tilbake",
}

KRISEPLAN: dict[Kriseplantilstand, tuple[str, Farge]] = {
    Kriseplantilstand.UKJENT: ("Ukjent", "neutral"),
    Kriseplantilstand.ETTERLYST: ("Mangler", "danger"),
    Kriseplantilstand.TILBUDT: ("Tilbudt, ikke laget ennå", "warning"),
    Kriseplantilstand.TAKKET_NEI: ("Takket nei", "neutral"),
    Kriseplantilstand.GJELDER: ("Gjelder", "success"),
    Kriseplantilstand.REVISJON_FORFALT: ("Må gås gjennom på nytt", "warning"),
    Kriseplantilstand.TILBAKEKALT: ("Trukket tilbake av personen", "neutral"),
}

BARN: dict[Kartleggingstilstand, tuple[str, Farge]] = {
    Kartleggingstilstand.UKJENT: ("Ukjent", "neutral"),
    Kartleggingstilstand.KREVD: ("Ikke spurt ennå", "warning"),
    Kartleggingstilstand.FORFALT: ("Ingen har spurt innen fristen", "danger"),
    Kartleggingstilstand.INGEN_BARN: ("Har ikke barn eller søsken under 18", "neutral"),
    Kartleggingstilstand.HAR_BARN: ("Har barn eller søsken under 18", "info"),
    Kartleggingstilstand.AVSLAATT: ("Ville ikke svare", "neutral"),
    Kartleggingstilstand.UTSATT: ("Ikke spurt ennå, spørres igjen", "warning"),
}

BARNERELASJON: dict[Barnerelasjon, str] = {
    Barnerelasjon.UKJENT: "Noen i familien",
    Barnerelasjon.FORELDER: "En forelder",
    Barnerelasjon.OMSORG: "En som har omsorg for barnet",
    Barnerelasjon.SOESKEN: "Et søsken",
}

HENVISNINGSGRUNNLAG: dict[Henvisningsgrunnlag, str] = {
    Henvisningsgrunnlag.UKJENT: "Ukjent",
    Henvisningsgrunnlag.SAMTYKKET: "Personen har sagt ja",
    Henvisningsgrunnlag.IKKE_MOTSATT: "Personen har ikke sagt nei",
    Henvisningsgrunnlag.MOTSATT: "Personen har sagt nei",
}

HENVISNING: dict[Henvisningstilstand, tuple[str, Farge]] = {
    Henvisningstilstand.UKJENT: ("Ukjent", "neutral"),
    Henvisningstilstand.HOLDT: ("Kan sendes nå", "info"),
    Henvisningstilstand.SENDT: ("Sendt, ingen har tatt den ennå", "warning"),
    Henvisningstilstand.MOTTATT: ("Tatt imot, ikke svart ennå", "info"),
    Henvisningstilstand.TAR_IMOT: ("Hjelper barnet", "success"),
    Henvisningstilstand.TAR_IKKE_IMOT: ("Kan ikke hjelpe", "danger"),
}

MELDEPLIKT: dict[Meldepliktutfall, str] = {
    Meldepliktutfall.UKJENT: "Ukjent",
    Meldepliktutfall.IKKE_GRUNN: "Ikke grunn til å melde",
    Meldepliktutfall.FOELG_MED: "Følg med, og vurder på nytt",
    Meldepliktutfall.MELD: "Skal meldes til barnevernet",
}

UTSATT = {
    "for_syk": "Personen var for syk",
    "mangler_tolk": "Vi manglet tolk",
    "rakk_ikke": "Vi rakk det ikke",
    "annet": "Noe annet",
}
AVSLAATT = {
    "vil_ikke": "Ville ikke svare",
    "ikke_i_stand": "Var ikke i stand til å svare",
    "senere": "Ville svare senere",
}
TILTAK_SLUTT = {
    "gjennomfoert": "Det er gjennomført",
    "flyttet": "Familien har flyttet",
    "ikke_lenger_oensket": "Familien ønsker det ikke lenger",
    "annet": "Noe annet",
}

ROLLE: dict[Grupperolle, str] = {
    Grupperolle.UKJENT: "Medlem",
    Grupperolle.KOORDINATORS_ENHET: "Koordinators enhet",
    Grupperolle.ACT: "ACT-team",
    Grupperolle.DPS: "DPS",
    Grupperolle.FASTLEGE: "Fastlege",
    Grupperolle.HJEMMETJENESTE: "Hjemmetjeneste",
    Grupperolle.NAV: "NAV",
    Grupperolle.BOLIG: "Bolig",
    Grupperolle.BARNEVERN: "Barnevern",
    Grupperolle.SKOLE: "Skole",
    Grupperolle.HELSESTASJON: "Helsestasjon",
    Grupperolle.REPRESENTANT: "Representant for personen",
}

MEDLEM: dict[Medlemstilstand, str] = {
    Medlemstilstand.UKJENT: "",
    Medlemstilstand.INVITERT: "invitert, har ikke svart",
    Medlemstilstand.MED: "er med",
    Medlemstilstand.TAKKET_NEI: "takket nei",
    Medlemstilstand.FRATRAADT: "har sluttet",
}

PLAN: dict[Plantilstand, tuple[str, Farge]] = {
    Plantilstand.UKJENT: ("Ikke delt med dere", "neutral"),
    Plantilstand.INGEN: ("Ikke tilbudt ennå", "warning"),
    Plantilstand.TILBUDT: ("Tilbudt, ikke svart ennå", "warning"),
    Plantilstand.TAKKET_NEI: ("Takket nei", "neutral"),
    Plantilstand.GJELDER: ("Gjelder", "success"),
    Plantilstand.AVSLUTTET: ("Avsluttet", "neutral"),
}

MØTE: dict[Moetetilstand, tuple[str, Farge]] = {
    Moetetilstand.UKJENT: ("Ukjent", "neutral"),
    Moetetilstand.INNKALT: ("Innkalt", "info"),
    Moetetilstand.AVLYST: ("Avlyst", "neutral"),
    Moetetilstand.HOLDT: ("Holdt, referatet mangler", "warning"),
    Moetetilstand.GODKJENT: ("Holdt", "success"),
}

MØTESVAR: dict[Moetesvar, str] = {
    Moetesvar.UKJENT: "",
    Moetesvar.IKKE_SVART: "har ikke svart",
    Moetesvar.KOMMER: "kommer",
    Moetesvar.KOMMER_IKKE: "kommer ikke",
}

TILTAK: dict[Tiltakstilstand, tuple[str, Farge]] = {
    Tiltakstilstand.UKJENT: ("Ukjent", "neutral"),
    Tiltakstilstand.AVTALT: ("Avtalt", "info"),
    Tiltakstilstand.GJORT: ("Gjort", "success"),
    Tiltakstilstand.BORTFALT: ("Ikke aktuelt lenger", "neutral"),
}

PAA_VENT: tuple[str, Farge] = ("På vent", "neutral")

MELDINGSTYPE = {
    "LOG_INNLAGT": "Innlagt pasient",
    "LOG_UTSKRIVNINGSKLAR": "Utskrivningsklar pasient",
    "LOG_AVMELDING": "Ikke utskrivningsklar likevel",
    "LOG_UTSKREVET": "Utskrevet pasient",
    "LOG_DOD": "Dødsfall",
    "HELSEOPPL_SOKNAD": "Helseopplysninger (tidligmelding)",
    "INNLEGGELSESRAPPORT": "Innleggelsesrapport",
    "UTSKRIVNINGSRAPPORT": "Utskrivningsrapport",
    "DIALOG_FORESPORSEL": "Forespørsel",
    "DIALOG_SVAR": "Svar på forespørsel",
    "DIALOG_NOTAT": "Notat",
    "DIALOG_AVVIK": "Tilbakemelding om feil i en melding",
}

SLAG = {
    PersonUtsnitt.avro_name: "Hvem personen er",
    OppholdUtsnitt.avro_name: "Oppholdet på sykehus",
    MeldingUtsnitt.avro_name: "En melding",
    SamtykkeUtsnitt.avro_name: "Samtykker",
    PlanUtsnitt.avro_name: "Koordinator og plan",
    AnsvarsgruppeUtsnitt.avro_name: "Ansvarsgruppen",
    MoeteUtsnitt.avro_name: "Møter i ansvarsgruppen",
    TiltakUtsnitt.avro_name: "Tiltak",
    KriseplanUtsnitt.avro_name: "Kriseplanen",
    KartleggingUtsnitt.avro_name: "Barn som pårørende",
    BarnesakUtsnitt.avro_name: "Barnet og hva det trenger",
    BarnetallUtsnitt.avro_name: "Hvor mange barn som følges opp",
    AvvikUtsnitt.avro_name: "Et avvik mellom to enheter",
    AlvorligHendelseUtsnitt.avro_name: "En alvorlig hendelse som meldes til Melde.no",
    ForumsakUtsnitt.avro_name: "En sak i et samarbeidsforum",
    MoensterUtsnitt.avro_name: "Mange avvik av samme slag",
}

MANGEL = {
    "STATUS": "hvordan det står til",
    "FORLOEP": "antatt forløp",
    "FORVENTET_UTSKRIVNING": "forventet utskrivning",
    "KONTAKT": "hvem som kan kontaktes",
    "tidligmelding": "fullstendig tidligmelding",
    "beslutter": "navn på legen eller psykologen som har avgjort det",
    "samarbeidsmoete": "innkalling til samarbeidsmøte",
}

VISNING: dict[Visning, str] = {
    Visning.UKJENT: "En side med opplysninger om deg",
    Visning.TAVLE: "Oversikten over alle som enheten følger opp: navnet ditt, og hvordan det står til",
    Visning.PASIENT: "Siden om deg",
    Visning.MELDINGER: "Lista over meldinger til enheten: at det har kommet en melding om deg",
    Visning.SAMTYKKE: "Samtykkene dine",
    Visning.KRISEPLAN: "Kriseplanen din",
    Visning.KOE: "Lista over saker som noen må avklare: navn, fødselsdato og adresse",
    Visning.INNSYN: "Denne lista over hvem som har sett",
    Visning.GRUPPE: "Siden om ansvarsgruppen din og møtene",
    Visning.PLAN: "Den individuelle planen din",
    Visning.AVVIK: "Et avvik mellom to enheter, som gjelder deg",
    Visning.IDENTITET: "At en sak om et avvik, som ellers leses uten navn, gjelder deg: navnet og fødselsdatoen din",
}

GRUNNLAG = {
    "A": "Det er sendt til enheten, det er enhetens eget, eller loven sier at den skal vite det",
    "R": "Enheten hjelper deg nå, og du har ikke sagt nei til at den får vite det",
    "C": "Du har samtykket",
    "D": "Det var fare for liv, eller nødtilgang (blålys). Det blir kontrollert i etterkant",
    "S": "Det er deg selv, noen du har gitt fullmakt, eller noen som har foreldreansvaret for deg",
    "avsluttet": "Delingen var avsluttet. De fikk se at den var det, og ikke noe mer",
    "revisjon": "De skrev en grunn først",
}
REVISJON = "revisjon"
"""What somebody is shown who reads cases without names, and has said why they need one."""
"""The grounds of access.md, said to the person themself."""

AVVIST = "De fikk ikke se noe: det var ikke delt med enheten, eller ikke med rollen"
UTEN_GRUNN = "uten skriftlig grunn"
AVVIST_FORDI = {UTEN_GRUNN: "De fikk ikke se noe: de skrev ikke hvorfor de måtte vite det"}
"""By what the look-up log says; else AVVIST."""

FORMÅL = {
    "oppfoelging": "Oppfølging og behandling",
    "akutt_hjelp": "Hjelp når det haster",
    "barn": "Barna til personen",
    "bolig_og_oekonomi": "Bolig og økonomi",
    "skole_og_arbeid": "Skole og arbeid",
    "paaroerende": "At pårørende kan støtte personen",
}
"""What a consent may be for."""

KRISEPLANDEL = {
    "tegn_og_tiltak": "Grønt og gult nivå: tegn og tiltak",
    "roedt_nivaa": "Rødt nivå: når det er akutt",
    "kontakter": "Hvem skal kontaktes",
    "innleggelse": "Ønsker ved innleggelse",
    "barn": "Barn",
    "hjem_og_oekonomi": "Hjem, dyr, arbeid og penger",
}

KRISEPLANNIVÅ: dict[Kriseplannivaa, tuple[str, Farge]] = {
    Kriseplannivaa.UKJENT: ("Ukjent nivå", "neutral"),
    Kriseplannivaa.GROENT: ("Grønt nivå", "success"),
    Kriseplannivaa.GULT: ("Gult nivå", "warning"),
    Kriseplannivaa.ROEDT: ("Rødt nivå", "danger"),
}

KRISEPLAN_FORFALT = {
    "utskrevet": "personen har vært innlagt siden den ble laget",
    "brukt": "den er brukt siden den ble laget",
    "kontakt_endret": "noen som følger opp personen, er byttet ut",
    "revisjonsdato": "dagen for å gå gjennom den er kommet",
}
"""Why a crisis plan must be gone through again."""

MEDVIRKNING = {
    "pasient": "Personen selv",
    "paaroerende": "Pårørende",
    "behandler": "Behandler",
    "erfaringskonsulent": "Erfaringskonsulent",
}
"""Who took part in writing a crisis plan."""

TILBAKEKALT = {
    "personens_oenske": "Personen ønsker det",
    "feil_person": "Den er skrevet på feil person",
    "annet": "En annen grunn",
}
"""Why a crisis plan is recalled."""

KOORDINATORBYTTE = {
    "personens_oenske": "Personen ønsker det",
    "flyttet": "Personen har flyttet",
    "sluttet": "Koordinatoren har sluttet",
    "annet": "En annen grunn",
}

REPRESENTANT = {
    "verge": "Verge",
    "foresatt": "Foresatt",
    "paaroerende": "Pårørende",
    "advokat": "Advokat",
    "annen": "En annen",
}

AVLYST = {
    "personens_oenske": "Personen ønsker det",
    "ny_innkalling": "Det kommer en ny innkalling",
    "sykdom": "Sykdom",
    "annet": "En annen grunn",
}
"""Why a meeting is called off."""

FRATRER = {
    "ikke_lenger_hjelp": "Vi hjelper ikke personen lenger",
    "personens_oenske": "Personen ønsker det",
    "flyttet": "Personen har flyttet",
    "annet": "En annen grunn",
}

PLANSLUTT = {
    "samtykke_trukket": "Personen har trukket samtykket til planen",
    "maalene_naadd": "Målene er nådd",
    "flyttet": "Personen har flyttet",
    "annet": "En annen grunn",
}
"""Why an individual plan ends."""

TREFFGRUNN = {
    "snakket_med_personen": "Vi har snakket med personen",
    "sjekket_folkeregisteret": "Vi har sjekket i folkeregisteret",
    "sjekket_journal": "Vi har sjekket i journalen",
    "spurt_avsenderen": "Vi har spurt den som sendte meldingen",
}
"""What a decision about two records rests on."""

BEKREFTGRUNN = {
    "har_tjenester_her": "Har tjenester hos oss",
    "skal_ha_tjenester_her": "Skal ha tjenester hos oss",
    "bor_her": "Bor her, og kan trenge tjenester",
}
FORKASTGRUNN = {
    "ikke_relevant_sak": "Det er ikke en sak for kommunen",
    "feil_mottaker": "Meldingen er sendt til feil mottaker",
    "feil_person": "Meldingen gjelder feil person",
}

TABELLER = {
    "opphold": "Opphold på sykehus",
    "plan": "Plan, gruppe og koordinator",
    "kriseplan": "Kriseplanen",
    "barn": "Barn som pårørende",
}
"""The tables of which a person shares parts."""

_PARTEN = re.compile(r"\b[Pp]artens?\b")
_DERE = {"Parten": "Dere", "parten": "dere", "Partens": "Deres", "partens": "deres"}

ENDRING = {
    "status": "status",
    "forloep": "antatt forløp",
    "funksjon": "funksjon",
    "kontakt": "kontakt",
    "diagnoser": "diagnoser",
    "forventet_utskrivning": "forventet utskrivning",
    "sted": "sted",
    "annet": "annet",
}


def oppgave(slag: Oppgaveslag) -> str:
    return OPPGAVE[slag]


def meldingstype(kode: str) -> str:
    return MELDINGSTYPE.get(kode, f"Melding ({kode})" if kode else "Melding")


def slag(avro_navn: str) -> str:
    """What a kind of view is called, `opplysninger` for one that is newer than this page."""
    return SLAG.get(avro_navn, "Opplysninger")


def grunnlag(kode: str) -> str:
    """Why somebody was shown something, said to the person themself."""
    return GRUNNLAG.get(kode, "En grunn som denne siden ikke kjenner ennå")


def del_av_tabellen(kode: str, deler: Mapping[str, str]) -> str:
    """What a part of the access table is called; `kriseplan.*` is all of it."""
    tabell, _, del_ = kode.partition(".")
    if del_ == "*":
        return f"alt om {TABELLER.get(tabell, tabell).lower()}"
    navn = deler.get(kode, mangel(kode))
    return f"{TABELLER[tabell]}: {navn}" if tabell in TABELLER else navn


def mangel(kode: str) -> str:
    return MANGEL.get(kode, kode.lower().replace("_", " "))


def endring(kode: str) -> str:
    """What a part of a message is called, in "this changed"."""
    return ENDRING.get(kode, kode.lower().replace("_", " "))


def til_dere(setning: str) -> str:
    """A ground's sentence speaks of `parten`; to the party itself one says `dere`.

    >>> til_dere("Parten er DPS for bydelen. Det er partens eget.")
    'Dere er DPS for bydelen. Det er deres eget.'
    """
    return _PARTEN.sub(lambda treff: _DERE[treff[0]], setning)
