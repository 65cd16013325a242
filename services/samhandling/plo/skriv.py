"""Writes the official messages that we understand, in PLO 1.6, PLO 1.5 and dialogue 1.0, from plain values.

What is written is valid against the official schemas and is read back to the same values.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from lxml import etree

from services.samhandling.plo import koder
from services.samhandling.plo.felter import FK1, MSGHEAD, navnerom, rotelement
from services.samhandling.plo.melding import (
    INGEN_KONTAKTER,
    Adressat,
    Helsepersonell,
    Ident,
    Kontakter,
    Logistikkslag,
    Organisasjon,
    Pasient,
    Pårørende,
    Referanser,
)
from services.samhandling.plo.tid import skriv_lokal, skriv_utc

_ÅRGANG: Final = {"1.5": "2009-06-30", "1.6": "2012-04-01"}
_PO: Final = "http://www.kith.no/xmlstds/po/"
_JOURNAL: Final = "http://www.kith.no/xmlstds/epj/epj2/2008-02-20"
_META: Final = "http://www.kith.no/xmlstds/epj/meta/2008-02-20"
_DIALOG: Final = "http://www.kith.no/xmlstds/dialog/2006-10-11"
_ROT: Final = {"INNLEGGELSESRAPPORT": "Innleggelsesrapport", "UTSKRIVNINGSRAPPORT": "TverrfagligEpikrise"}
_IDENT_NAVN: Final = {
    "FNR": "Fødselsnummer",
    "DNR": "D-nummer",
    "HNR": "H-nummer",
    "FHN": "Felles hjelpenummer",
    "DUF": "DUF-nummer",
    "HER": "HER-id",
    "HPR": "HPR-nummer",
}


@dataclass(frozen=True, slots=True, repr=False)
class Sending:
    """What every message needs: its id, when it is made (aware), from whom, to whom and about whom."""

    msg_id: str
    gen_date: datetime
    avsender: Adressat
    mottaker: Adressat
    pasient: Pasient
    status: Literal["N", "M", "C"] = "N"
    standard: Literal["1.5", "1.6"] = "1.6"
    referanser: Referanser | None = None
    kopimottakere: tuple[Adressat, ...] = ()
    kontakter: Kontakter = INGEN_KONTAKTER
    pårørende: tuple[Pårørende, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Hendelse:
    """A dated event to be written: a code of kodeverk 9121 and an aware instant or a date."""

    kode: str
    tid: datetime | date
    anslag: bool = False
    beskrivelse: str = ""
    merknad: str = ""


def lag_innlagt(sending: Sending, *, tid: datetime | date, beskrivelse: str = "") -> bytes:
    """LOG_INNLAGT: the patient was admitted at `tid`."""
    return _logistikk(sending, Logistikkslag.INNLAGT, (Hendelse(koder.INNLAGT, tid, beskrivelse=beskrivelse),))


def lag_utskrivningsklar(
    sending: Sending, *, dato: date, innlagt: datetime | date | None = None, anslag: bool = False
) -> bytes:
    """LOG_UTSKRIVNINGSKLAR: ready for discharge from `dato`. Who decided is in `sending.kontakter.ansvarlige`."""
    klar = Hendelse(koder.UTSKRIVNINGSKLAR, dato, anslag)
    return _logistikk(sending, Logistikkslag.UTSKRIVNINGSKLAR, (*_innlagt(innlagt), klar))


def lag_avmelding(
    sending: Sending,
    *,
    dato: date,
    innlagt: datetime | date | None = None,
    utskrivningsklar: date | None = None,
    merknad: str = "",
) -> bytes:
    """LOG_AVMELDING: from `dato` the patient is not ready for discharge after all."""
    klar = (Hendelse(koder.UTSKRIVNINGSKLAR, utskrivningsklar),) if utskrivningsklar is not None else ()
    avmeldt = Hendelse(koder.AVMELDT, dato, merknad=merknad)
    return _logistikk(sending, Logistikkslag.AVMELDING, (*_innlagt(innlagt), *klar, avmeldt))


def lag_utskrevet(
    sending: Sending, *, tid: datetime | date, uttilstand: str = "1", ut_til: str = "1", merknad: str = ""
) -> bytes:
    """LOG_UTSKREVET: discharged at `tid`; `uttilstand` of kodeverk 8431 (may be left out), `ut_til` of 8408."""
    hendelse = Hendelse(koder.UTSKREVET, tid, merknad=merknad)
    return _logistikk(sending, Logistikkslag.UTSKREVET, (hendelse,), uttilstand, ut_til)


def lag_død(sending: Sending, *, tid: datetime | date, beskrivelse: str = "") -> bytes:
    """LOG_DOD: the patient died."""
    return _logistikk(sending, Logistikkslag.DØD, (Hendelse(koder.DØD, tid, beskrivelse=beskrivelse),))


def lag_tidligmelding(
    sending: Sending, *, status: str = "", forløp: str = "", forventet: date | None = None, anslag: bool = True
) -> bytes:
    """HELSEOPPL_SOKNAD: the tidligmelding (status N) or its update (M).

    The schema of 1.6 demands an event; without `forventet` it is an admission on the day of sending, so that a notice
    without an expected date can be written at all. 1.5 has no place for the date.
    """
    rot, innhold = _begynn(sending, koder.HELSEOPPLYSNINGER, "HelseopplysningerVedSoknad")
    po = _po(sending)
    if sending.standard == "1.6":
        oppdatering = sending.status == "M"
        type_ = _under(_under(innhold, "TypeInnholdIMelding", po), "TypeInnhold")
        _sett(type_, *(("2", "Oppdaterte opplysninger") if oppdatering else ("1", "Varsel om innlagt pasient")))
        type_.set("S", koder.TYPE_INNHOLD)
        hendelse = Hendelse(koder.UTSKRIVNINGSKLAR, forventet, anslag) if forventet is not None else None
        opphold = _under(innhold, "OpplysningOpphold", po)
        _hendelse(opphold, sending, hendelse or Hendelse(koder.INNLAGT, sending.gen_date))
    else:
        _tekst(_under(innhold, "OpplysningerTilSoknad", po), "EgensoknadSendt", "false")
    notater = ((koder.PASIENTENS_STATUS, status), (koder.ANTATT_FORLØP, forløp))
    if any(notat for _, notat in notater):
        _journalnotat(_under(innhold, "MedisinskfagligeOpplysninger", po), sending, notater)
    return _skriv(rot)


def lag_rapport(
    sending: Sending, slag: Literal["INNLEGGELSESRAPPORT", "UTSKRIVNINGSRAPPORT"], *, notat: str = ""
) -> bytes:
    """INNLEGGELSESRAPPORT or UTSKRIVNINGSRAPPORT with one note from the nurse."""
    rot, innhold = _begynn(sending, slag, _ROT[slag])
    po = _po(sending)
    if slag == "UTSKRIVNINGSRAPPORT":
        type_ = _under(_under(innhold, "TypeInnholdIMelding", po), "TypeInnhold")
        _sett(type_, "11", "Utskrivningsrapport")
        type_.set("S", koder.OID + "9139")
    if notat:
        sykepleier = _under(_under(innhold, "Sykepleierdokumentasjon", po), "InfoFraSykepleier")
        _tekst(_under(sykepleier, "Journaltekst", _JOURNAL), "Notat", notat)
    return _skriv(rot)


def lag_dialog(
    sending: Sending,
    slag: Literal["DIALOG_FORESPORSEL", "DIALOG_SVAR", "DIALOG_NOTAT", "DIALOG_AVVIK"],
    *,
    tekst: str,
    tema: str = "99",
) -> bytes:
    """A dialogue message 1.0: a question, or a note that answers, tells, or reports an error in a received message."""
    rot, content = _hode(sending, slag, koder.DIALOGTYPER[slag])
    innhold = rotelement(_DIALOG, "Dialogmelding")
    content.append(innhold)
    if slag == "DIALOG_FORESPORSEL":
        spørsmål = _under(innhold, "Foresporsel")
        _sett(_under(spørsmål, "TypeForesp"), tema).set("S", koder.OID + "9152")
        _tekst(spørsmål, "Sporsmal", tekst)
        return _skriv(rot)
    notat = _under(innhold, "Notat")
    _sett(_under(notat, "TemaKodet"), tema).set("S", koder.OID + ("8117" if slag == "DIALOG_AVVIK" else "9069"))
    _tekst(notat, "TekstNotatInnhold", tekst)
    return _skriv(rot)


def _innlagt(tid: datetime | date | None) -> tuple[Hendelse, ...]:
    return (Hendelse(koder.INNLAGT, tid),) if tid is not None else ()


_DEL: Final = {
    Logistikkslag.INNLAGT: ("LOG_INNLAGT", "MeldingInnlagtPasient"),
    Logistikkslag.UTSKRIVNINGSKLAR: ("LOG_UTSKRIVNINGSKLAR", "MeldingUtskrivningsklarPasient"),
    Logistikkslag.AVMELDING: ("LOG_AVMELDING", "AvmeldingUtskrivningsklarPasient"),
    Logistikkslag.UTSKREVET: ("LOG_UTSKREVET", "MeldingOmUtskrevetPasient"),
    Logistikkslag.DØD: ("LOG_DOD", "OrienteringOmDod"),
}


def _logistikk(
    sending: Sending,
    slag: Logistikkslag,
    hendelser: tuple[Hendelse, ...],
    uttilstand: str = "",
    ut_til: str = "",
) -> bytes:
    type_, navn = _DEL[slag]
    rot, innhold = _begynn(sending, type_, "Pasientlogistikk")
    del_ = _under(innhold, navn)
    if ut_til:
        utskrevet = _under(del_, "UtskrevetTil", _po(sending))
        if uttilstand:
            kode = _sett(_under(utskrevet, "Uttilstand"), uttilstand, koder.UTTILSTANDER.get(uttilstand, ""))
            kode.set("S", koder.UTTILSTAND)
        _sett(_under(utskrevet, "UtTil"), ut_til).set("S", koder.UT_TIL)
    for hendelse in hendelser:
        _hendelse(del_, sending, hendelse)
    return _skriv(rot)


def _begynn(sending: Sending, type_: str, rotnavn: str) -> tuple[etree._Element, etree._Element]:
    """The head, and the content with what all PLO messages begin with. Returns the root and the content element."""
    rot, content = _hode(sending, type_, koder.STØTTEDE_TYPER[type_])
    po = _po(sending)
    eget = f"{_PO}{rotnavn}/{_ÅRGANG[sending.standard]}"
    innhold = etree.SubElement(content, f"{{{eget}}}{rotnavn}", nsmap={"m": eget, "po": po, "fk1": FK1})
    info = _under(innhold, "InformasjonOmForsendelsen", po)
    _sett(_under(info, "Forsendelsesstatus"), sending.status, koder.STATUSER[sending.status])
    for pårørende in sending.pårørende:
        _pårørende(innhold, sending, pårørende)
    for enhet in sending.kontakter.enheter:
        _fk1_organisasjon(_under(_under(innhold, "TilknyttetEnhet", po), "Kontaktenhet"), enhet)
    for person in sending.kontakter.kontaktpersoner:
        kontakt = _under(_under(innhold, "KontaktpersonHelsepersonell", po), "Kontaktperson")
        _helsepersonell(kontakt, person, FK1)
    for person in sending.kontakter.ansvarlige:
        ansvarlig = _under(_under(innhold, "AnsvarForRapport", po), "AnsvarligRapport")
        _helsepersonell(ansvarlig, person, FK1)
    return rot, innhold


def _hode(sending: Sending, type_: str, visning: str) -> tuple[etree._Element, etree._Element]:
    """MsgHead with one document. Returns its root and the empty Content."""
    rot = rotelement(MSGHEAD, "MsgHead")
    info = _under(rot, "MsgInfo")
    skrevet = _tid(sending, sending.gen_date)
    _sett(_under(info, "Type"), type_, visning)
    _tekst(info, "MIGversion", "v1.2 2006-05-24")
    _tekst(info, "GenDate", skrevet)
    _tekst(info, "MsgId", sending.msg_id)
    if sending.referanser is not None:
        referanser = _under(info, "ConversationRef")
        _tekst(referanser, "RefToParent", sending.referanser.forrige)
        _tekst(referanser, "RefToConversation", sending.referanser.dialog)
    _adressat(_under(info, "Sender"), sending.avsender)
    _adressat(_under(info, "Receiver"), sending.mottaker)
    for kopi in sending.kopimottakere:
        annen = _under(info, "OtherReceiver")
        _sett(_under(annen, "RoleReceiver"), "KM", "Kopimottaker")
        _adressat(annen, kopi)
    _pasient(_under(info, "Patient"), sending.pasient)
    ref = _under(_under(rot, "Document"), "RefDoc")
    _sett(_under(ref, "IssueDate"), skrevet)
    _sett(_under(ref, "MsgType"), "XML", "XML-instans")
    return rot, _under(ref, "Content")


def _adressat(element: etree._Element, adressat: Adressat) -> None:
    organisasjon = _under(element, "Organisation")
    _organisasjon(organisasjon, adressat.organisasjon, MSGHEAD)
    nederst = organisasjon
    if adressat.enhet is not None:
        nederst = _under(organisasjon, "Organisation")
        _organisasjon(nederst, adressat.enhet, MSGHEAD)
    if adressat.helsepersonell is not None:
        _helsepersonell(_under(nederst, "HealthcareProfessional"), adressat.helsepersonell, MSGHEAD)


def _pasient(element: etree._Element, pasient: Pasient) -> None:
    _valgfri(element, "FamilyName", pasient.etternavn)
    _valgfri(element, "MiddleName", pasient.mellomnavn)
    _valgfri(element, "GivenName", pasient.fornavn)
    if pasient.født is not None:
        _tekst(element, "DateOfBirth", pasient.født.isoformat())
    if pasient.kjønn:
        _sett(_under(element, "Sex"), pasient.kjønn, {"1": "Mann", "2": "Kvinne"}.get(pasient.kjønn, ""))
    _identer(element, pasient.identer, MSGHEAD, koder.ID_TYPE_PERSON)
    if pasient.adresse is not None:
        adresse = _under(element, "Address")
        if pasient.adresse.type:
            _sett(_under(adresse, "Type"), pasient.adresse.type)
        _valgfri(adresse, "StreetAdr", pasient.adresse.gate)
        _valgfri(adresse, "PostalCode", pasient.adresse.postnummer)
        _valgfri(adresse, "City", pasient.adresse.poststed)
        if pasient.adresse.kommune:
            _sett(_under(adresse, "County"), pasient.adresse.kommune)
    _telefoner(element, pasient.telefoner, MSGHEAD)


def _pårørende(innhold: etree._Element, sending: Sending, pårørende: Pårørende) -> None:
    element = _under(innhold, "ParorendeForesatt", _po(sending))
    if pårørende.slektskap:
        _sett(_under(element, "Slektskap"), pårørende.slektskap)
    if pårørende.omsorgsfunksjon:
        _sett(_under(element, "Omsorgsfunksjon"), pårørende.omsorgsfunksjon)
    if pårørende.født_år is not None and sending.standard == "1.6":
        _tekst(element, "FodselsarMindrearigParorende", str(pårørende.født_år))
    person = _under(element, "Referanseperson")
    _valgfri(person, "FamilyName", pårørende.etternavn, FK1)
    _valgfri(person, "GivenName", pårørende.fornavn, FK1)
    _telefoner(person, pårørende.telefoner, FK1)
    _valgfri(element, "Merknad", pårørende.merknad)


def _organisasjon(element: etree._Element, organisasjon: Organisasjon, ns: str) -> None:
    _tekst(element, "OrganisationName", organisasjon.navn, ns)
    _identer(element, organisasjon.identer, ns, koder.ID_TYPE_ORGANISASJON)
    _telefoner(element, organisasjon.telefoner, ns)


def _fk1_organisasjon(element: etree._Element, organisasjon: Organisasjon) -> None:
    _organisasjon(element, organisasjon, FK1)


def _helsepersonell(element: etree._Element, person: Helsepersonell, ns: str) -> None:
    if person.yrke:
        _sett(_under(element, "TypeHealthcareProfessional", ns), person.yrke)
    if person.rolle:
        _sett(_under(element, "RoleToPatient", ns), person.rolle).set("S", koder.OID + "9034")
    _valgfri(element, "FamilyName", person.etternavn, ns)
    _valgfri(element, "GivenName", person.fornavn, ns)
    _identer(element, person.identer, ns, koder.ID_TYPE_PERSON)
    _telefoner(element, person.telefoner, ns)


def _identer(element: etree._Element, identer: tuple[Ident, ...], ns: str, kodeverk: str) -> None:
    for ident in identer:
        under = _under(element, "Ident", ns)
        _tekst(under, "Id", ident.id)
        _sett(_under(under, "TypeId"), ident.type, _IDENT_NAVN.get(ident.type, "")).set("S", ident.system or kodeverk)


def _telefoner(element: etree._Element, telefoner: tuple[str, ...], ns: str) -> None:
    for telefon in telefoner:
        _sett(_under(_under(element, "TeleCom", ns), "TeleAddress"), f"tel:{telefon}")


def _hendelse(element: etree._Element, sending: Sending, hendelse: Hendelse) -> None:
    under = _under(element, "TidsfestetHendelse", _po(sending))
    if hendelse.kode:
        kode = _sett(_under(under, "Hendelsekode"), hendelse.kode, koder.HENDELSER.get(hendelse.kode, ""))
        kode.set("S", koder.HENDELSE)
    _valgfri(under, "BeskrivelseAvHendelse", hendelse.beskrivelse)
    _sett(_under(under, "TidspunktForHendelse"), _tid(sending, hendelse.tid))
    _tekst(under, "Anslag", "true" if hendelse.anslag else "false")
    _valgfri(under, "Merknad", hendelse.merknad)


def _journalnotat(element: etree._Element, sending: Sending, notater: tuple[tuple[str, str], ...]) -> None:
    notat = etree.SubElement(element, f"{{{_JOURNAL}}}GenereltJournalnotat", nsmap={"j": _JOURNAL, "meta": _META})
    notat.set("komponentID", f"{sending.msg_id}-1")
    notat.set(f"{{{_META}}}informasjonskategori", "Andre notater")
    notat.set(f"{{{_META}}}komponenttype", "2.16.578.1.12.4.1.6.13.11009.0")
    notat.set(f"{{{_META}}}basiskomponenttype", "EPJ dokument")
    for overskrift, innhold in notater:
        if innhold:
            journaltekst = _under(notat, "Journaltekst")
            kode = _sett(_under(journaltekst, "Overskriftskode"), overskrift, koder.OVERSKRIFTER[overskrift])
            kode.set("S", koder.OVERSKRIFT)
            _tekst(journaltekst, "Notat", innhold)


def _tid(sending: Sending, tid: datetime | date) -> str:
    if not isinstance(tid, datetime):
        return tid.isoformat()
    return skriv_lokal(tid) if sending.standard == "1.6" else skriv_utc(tid)


def _po(sending: Sending) -> str:
    return f"{_PO}poKomponent/{_ÅRGANG[sending.standard]}"


def _under(element: etree._Element, navn: str, ns: str = "") -> etree._Element:
    return etree.SubElement(element, f"{{{ns or navnerom(element)}}}{navn}")


def _tekst(element: etree._Element, navn: str, innhold: str, ns: str = "") -> None:
    _under(element, navn, ns).text = innhold


def _valgfri(element: etree._Element, navn: str, innhold: str, ns: str = "") -> None:
    if innhold:
        _tekst(element, navn, innhold, ns)


def _sett(element: etree._Element, kode: str, visning: str = "") -> etree._Element:
    element.set("V", kode)
    if visning:
        element.set("DN", visning)
    return element


def _skriv(rot: etree._Element) -> bytes:
    return etree.tostring(rot, xml_declaration=True, encoding="UTF-8")
