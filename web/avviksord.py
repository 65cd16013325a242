"""Knows how a case of avvik is said in words: kinds, states, clocks, and what shows it."""

from __future__ import annotations

from bindeledd.schema.generated.felles import FristTilstand
from bindeledd.schema.generated.samhandling import (
    Alvorligtilstand,
    Avviksalvor,
    Avviksinnleggslag,
    Avvikskategori,
    Avvikslukking,
    Avvikstilstand,
    Forumutfall,
)
from web.ord import Farge

KATEGORI: dict[Avvikskategori, str] = {
    Avvikskategori.UKJENT: "Et avvik",
    Avvikskategori.TIDLIGMELDING: "Tidligmeldingen kom for sent, eller ikke i det hele tatt",
    Avvikskategori.UTSKREVET_UTEN_PLAN: "Utskrevet uten varsel eller plan",
    Avvikskategori.EPIKRISE: "Epikrisen mangler, eller kom for sent",
    Avvikskategori.LEGEMIDDELLISTE: "Legemiddellista mangler noe",
    Avvikskategori.FEIL_MOTTAKER: "Sendt til feil mottaker",
    Avvikskategori.KOMMUNEN_SVARER_IKKE: "Kommunen svarer ikke, eller sier nei",
    Avvikskategori.UTSKRIVNINGSKLAR_BESTRIDT: "Uenighet om personen er utskrivningsklar",
    Avvikskategori.ANSVARSGRUPPE: "Kom ikke til ansvarsgruppen",
    Avvikskategori.BARN_IKKE_KARTLAGT: "Ingen har spurt om personen har barn",
    Avvikskategori.TRANSPORT: "Transport eller følge",
    Avvikskategori.INNLEGGELSESRAPPORT: "Innleggelsesrapporten mangler",
    Avvikskategori.KOMMUNIKASJON: "Vi nådde ikke fram til hverandre",
    Avvikskategori.ANNET: "Noe annet",
}

ALVORLIG: dict[Alvorligtilstand, tuple[str, Farge]] = {
    Alvorligtilstand.UKJENT: ("Ukjent", "neutral"),
    Alvorligtilstand.NOTERT: ("Notert, ikke meldt", "warning"),
    Alvorligtilstand.SENDES: ("Sendes. Melde.no har ikke svart ennå", "info"),
    Alvorligtilstand.MOTTATT: ("Tatt imot av Melde.no", "success"),
    Alvorligtilstand.AVVIST: ("Melde.no tok den ikke imot", "danger"),
}
"""A serious incident, by how far its report has come."""

MELDINGSFEIL = {"DIALOG_AVVIK": "En feil i selve meldingen"}
"""What somebody may look for among the kinds, and is none (rules 2.4)."""
I_STEDET = (
    "En feil i selve meldingen er ikke et avvik. Svar avsenderen fra fagsystemet, med dialogmeldingen "
    "«Tilbakemelding om feil i mottatt melding» (HIS 1151)."
)

TILSTAND: dict[Avvikstilstand, tuple[str, Farge]] = {
    Avvikstilstand.UKJENT: ("Ukjent", "neutral"),
    Avvikstilstand.UTKAST: ("Utkast, ikke sendt", "info"),
    Avvikstilstand.FORKASTET: ("Ikke et avvik", "neutral"),
    Avvikstilstand.SENDT: ("Sendt, ikke åpnet ennå", "warning"),
    Avvikstilstand.MOTTATT: ("Åpnet, ikke svart ennå", "warning"),
    Avvikstilstand.SVART: ("Svart", "info"),
    Avvikstilstand.UENIG: ("Ikke enige", "danger"),
    Avvikstilstand.ESKALERT: ("Skal opp i et samarbeidsforum", "warning"),
    Avvikstilstand.LUKKET: ("Lukket", "success"),
}

LUKKING: dict[Avvikslukking, str] = {
    Avvikslukking.UKJENT: "Saken er lukket",
    Avvikslukking.ENIGE: "Begge er enige, og saken er lukket",
    Avvikslukking.FORUM: "Et møte mellom lederne har avgjort saken",
}

ALVOR: dict[Avviksalvor, str] = {
    Avviksalvor.UKJENT: "",
    Avviksalvor.LITEN: "Lite alvorlig",
    Avviksalvor.MODERAT: "Noe alvorlig",
    Avviksalvor.ALVORLIG: "Alvorlig",
}

INNLEGG: dict[Avviksinnleggslag, str] = {
    Avviksinnleggslag.UKJENT: "skrev",
    Avviksinnleggslag.SVAR: "svarte",
    Avviksinnleggslag.UENIGHET: "er ikke enig",
}

FRIST: dict[str, str] = {
    "avvik_kvittering": "Åpnes",
    "avvik_svar": "Besvares",
    "avvik_uenighet": "Bli enige",
    "avvik_lederne": "Lederne snakker sammen",
}
"""By the rules' ids: what shall be done within the clock."""

FRISTEN: dict[FristTilstand, tuple[str, Farge]] = {
    FristTilstand.UKJENT: ("Ukjent frist", "neutral"),
    FristTilstand.AAPEN: ("Fristen løper", "warning"),
    FristTilstand.HOLDT: ("I tide", "success"),
    FristTilstand.OVERSKREDET: ("Fristen gikk ut", "danger"),
    FristTilstand.BORTFALT: ("Fristen gjelder ikke lenger", "neutral"),
}

BEVIS = {
    "samhandling.opphold": "loggen over oppholdet",
    "samhandling.kvittering": "loggen over meldingen",
    "samhandling.person": "loggen over personen",
}
"""By topic: where a record that shows it stands."""

UTFALL: dict[Forumutfall, str] = {
    Forumutfall.UKJENT: "tok opp saken",
    Forumutfall.AVGJORT: "avgjorde saken",
    Forumutfall.SENDT_VIDERE: "sendte saken videre",
    Forumutfall.UTSATT: "utsatte saken",
    Forumutfall.TILBAKE: "sendte saken tilbake til enhetene",
}
"""What a forum did, after its name."""

VALG = {
    Forumutfall.AVGJORT: "Saken er avgjort",
    Forumutfall.SENDT_VIDERE: "Saken sendes videre til forumet over",
    Forumutfall.UTSATT: "Saken utsettes til neste møte",
    Forumutfall.TILBAKE: "Enhetene må snakke sammen på nytt",
}
"""What the secretary chooses between."""

FORKASTET = {
    "feil_registrert": "Det er registrert feil",
    "avklart": "Vi har avklart det med den andre enheten",
    "meldt_annet_sted": "Det er meldt et annet sted",
    "annet": "Noe annet",
}

UTKAST = {
    Avvikskategori.TIDLIGMELDING: "Tidligmeldingen kom ikke innen fristen, som gikk ut {når}.",
    Avvikskategori.UTSKREVET_UTEN_PLAN: (
        "Personen ble skrevet ut {når}. Da fantes det ingen kriseplan eller individuell plan, og ingen hadde kalt inn "
        "til møte i ansvarsgruppen."
    ),
    Avvikskategori.FEIL_MOTTAKER: "En melding som kom {når}, var sendt til feil mottaker. Den ble ikke tatt imot.",
    Avvikskategori.INNLEGGELSESRAPPORT: "Innleggelsesrapporten som kom {når}, kunne ikke tas imot.",
    Avvikskategori.KOMMUNIKASJON: "En melding om oppholdet kom {når}, men den kunne ikke tas imot.",
}
"""What a draft proposes to say happened."""


def bevis(tema: str, versjon: int) -> str:
    return f"Linje {versjon} i {BEVIS.get(tema, 'loggen')}"
