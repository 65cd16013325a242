"""The national code lists that the messages use, as far as decisions need them."""

from __future__ import annotations

from typing import Final

OID: Final = "2.16.578.1.12.4.1.1."
ID_TYPE_PERSON: Final = OID + "8116"
ID_TYPE_ORGANISASJON: Final = OID + "9051"
FEILKODE: Final = OID + "8221"
UTTILSTAND: Final = OID + "8431"
UT_TIL: Final = OID + "8408"
HENDELSE: Final = OID + "9121"
TYPE_INNHOLD: Final = OID + "9140"
OVERSKRIFT: Final = OID + "9145"

INNLAGT: Final = "1"
UTSKREVET: Final = "2"
UTSKRIVNINGSKLAR: Final = "3"
AVMELDT: Final = "4"
FORVENTET_UTSKRIVNINGSKLAR: Final = "5"
DØD: Final = "13"

HENDELSER: Final = {
    INNLAGT: "Pasient innlagt",
    UTSKREVET: "Pasient utskrevet",
    UTSKRIVNINGSKLAR: "Pasient utskrivningsklar",
    AVMELDT: "Avmelding av utskrivningsklar pasient",
    FORVENTET_UTSKRIVNINGSKLAR: "Forventet utskrivningsklar",
    DØD: "Pasienten er død",
}
UTTILSTANDER: Final = {"1": "Som levende", "2": "Som død", "3": "Suicid"}
STATUSER: Final = {"N": "Ny", "M": "Endring", "C": "Kansellering"}

PASIENTENS_STATUS: Final = "1"
ANTATT_FORLØP: Final = "2"
OVERSKRIFTER: Final = {PASIENTENS_STATUS: "Pasientens status", ANTATT_FORLØP: "Antatt forløp"}

LEGE: Final = "LE"
PSYKOLOG: Final = "PS"

LOGISTIKKTYPER: Final = {
    "LOG_INNLAGT": "Melding om innlagt pasient",
    "LOG_UTSKRIVNINGSKLAR": "Melding om utskrivningsklar pasient",
    "LOG_AVMELDING": "Avmelding av utskrivningsklar pasient",
    "LOG_UTSKREVET": "Melding om utskrevet pasient",
    "LOG_DOD": "Orientering om dødsfall",
}
HELSEOPPLYSNINGER: Final = "HELSEOPPL_SOKNAD"
RAPPORTTYPER: Final = {
    "INNLEGGELSESRAPPORT": "Innleggelsesrapport",
    "UTSKRIVNINGSRAPPORT": "Utskrivningsrapport",
}
DIALOGTYPER: Final = {
    "DIALOG_FORESPORSEL": "Forespørsel",
    "DIALOG_SVAR": "Svar på forespørsel",
    "DIALOG_NOTAT": "Notat",
    "DIALOG_AVVIK": "Tilbakemelding om feil i mottatt melding",
}
STØTTEDE_TYPER: Final = {
    **LOGISTIKKTYPER,
    HELSEOPPLYSNINGER: "Helseopplysninger",
    **RAPPORTTYPER,
    **DIALOGTYPER,
}

# Kodeverk 8221, "Feilmeldinger for applikasjonskvittering": the general codes, as public Norwegian code uses them.
FEILMELDINGER: Final = {
    "E10": "Ugyldig meldingsidentifikator",
    "E20": "Lege finnes ikke",
    "E21": "Mottaker finnes ikke",
    "E30": "Pasientens fødselsnummer mangler",
    "E31": "Pasientens fødselsnummer er feil",
    "E32": "Pasientens navn mangler",
    "E35": "Pasienten finnes ikke i mottakersystemet",
    "E36": "Pasientopplysninger er utilstrekkelige",
    "T01": "Ikke XML / ikke 'well formed' / uleselig",
    "T02": "XML validerer ikke",
    "T10": "Støtter ikke meldingsformatet",
    "T99": "Annen feil på format",
    "X99": "Annen feil",
}
KVITTERINGSSTATUS: Final = {"1": "OK", "2": "Avvist", "3": "OK, feil i delmelding"}
