"""Understands the professional content of PLO 1.5, PLO 1.6 and dialogue 1.0: they hardly differ but in namespaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from services.samhandling.plo import koder
from services.samhandling.plo.felter import (
    FK1,
    alle,
    finn,
    les_helsepersonell,
    les_kode,
    les_organisasjon,
    les_telefoner,
    lokalnavn,
    navnerom,
    tekst,
    verdi,
)
from services.samhandling.plo.melding import (
    Annen,
    Avsnitt,
    Dialog,
    Funn,
    Helseopplysninger,
    Innhold,
    Innlegg,
    Kode,
    Kontakter,
    Logistikk,
    Logistikkslag,
    Pårørende,
    Rapport,
    TidfestetHendelse,
)
from services.samhandling.plo.tid import les_tidspunkt

_PO: Final = re.compile(r"(http://www\.kith\.no/xmlstds/po/)\w+/(2009-06-30|2012-04-01)")
_DIALOG: Final = "http://www.kith.no/xmlstds/dialog/2006-10-11"
_JOURNAL: Final = "http://www.kith.no/xmlstds/epj/epj2/2008-02-20"

_SLAG: Final = {
    "MeldingInnlagtPasient": Logistikkslag.INNLAGT,
    "MeldingUtskrivningsklarPasient": Logistikkslag.UTSKRIVNINGSKLAR,
    "AvmeldingUtskrivningsklarPasient": Logistikkslag.AVMELDING,
    "MeldingOmUtskrevetPasient": Logistikkslag.UTSKREVET,
    "OrienteringOmDod": Logistikkslag.DØD,
}
_SANN: Final = {"true": True, "1": True, "false": False, "0": False}


def les_innhold(rot: etree._Element, funn: list[Funn]) -> tuple[Innhold, str]:
    """The content under this root element and its Forsendelsesstatus (N, M, C or empty).

    What is malformed is left out and added to `funn`. Content of another kind becomes `Annen`.
    """
    navn = lokalnavn(rot)
    if navnerom(rot) == _DIALOG:
        return _les_dialog(rot), ""
    treff = _PO.fullmatch(navnerom(rot))
    if treff is None:
        return Annen(navn), ""
    po = f"{treff[1]}poKomponent/{treff[2]}"
    status = _les_status(rot, po, funn)
    match navn:
        case "Pasientlogistikk":
            return _les_logistikk(rot, po, funn), status
        case "HelseopplysningerVedSoknad":
            return _les_helseopplysninger(rot, po, funn), status
        case "Innleggelsesrapport" | "TverrfagligEpikrise":
            return Rapport(_les_kontakter(rot, po), _les_pårørende(rot, po, funn), _les_avsnitt(rot)), status
        case annet:
            return Annen(annet), status


def _les_status(rot: etree._Element, po: str, funn: list[Funn]) -> str:
    info = finn(rot, po, "InformasjonOmForsendelsen")
    status = verdi(finn(info, po, "Forsendelsesstatus")) if info is not None else ""
    if status in koder.STATUSER:
        return status
    funn.append(Funn("T02", "status", "Forsendelsesstatus mangler eller er ikke N, M eller C"))
    return ""


def _les_logistikk(rot: etree._Element, po: str, funn: list[Funn]) -> Logistikk | Annen:
    eget = navnerom(rot)
    for navn, slag in _SLAG.items():
        del_ = finn(rot, eget, navn)
        if del_ is None:
            continue
        til = finn(del_, po, "UtskrevetTil")
        return Logistikk(
            slag=slag,
            hendelser=_les_hendelser(del_, po, funn),
            uttilstand=les_kode(finn(til, po, "Uttilstand")) if til is not None else None,
            ut_til=les_kode(finn(til, po, "UtTil")) if til is not None else None,
            kontakter=_les_kontakter(rot, po),
            pårørende=_les_pårørende(rot, po, funn),
        )
    return Annen("Pasientlogistikk")


def _les_helseopplysninger(rot: etree._Element, po: str, funn: list[Funn]) -> Helseopplysninger:
    type_innhold = finn(rot, po, "TypeInnholdIMelding")
    hendelser = (h for opphold in alle(rot, po, "OpplysningOpphold") for h in _les_hendelser(opphold, po, funn))
    return Helseopplysninger(
        type_innhold=les_kode(finn(type_innhold, po, "TypeInnhold")) if type_innhold is not None else None,
        hendelser=tuple(hendelser),
        status=_journaltekst(rot, koder.PASIENTENS_STATUS),
        forløp=_journaltekst(rot, koder.ANTATT_FORLØP),
        kontakter=_les_kontakter(rot, po),
        pårørende=_les_pårørende(rot, po, funn),
        avsnitt=_les_avsnitt(rot),
    )


def _les_hendelser(element: etree._Element, po: str, funn: list[Funn]) -> tuple[TidfestetHendelse, ...]:
    hendelser = []
    for del_ in alle(element, po, "TidsfestetHendelse"):
        anslag = _SANN.get(tekst(del_, po, "Anslag"))
        if anslag is None:
            funn.append(Funn("T02", "anslag", "En tidfestet hendelse sier ikke om tidspunktet er et anslag"))
        tid = les_tidspunkt(verdi(finn(del_, po, "TidspunktForHendelse")), anslag=bool(anslag))
        if tid is None:
            funn.append(Funn("T02", "tidspunkt", "En tidfestet hendelse mangler et gyldig tidspunkt"))
            continue
        kode = verdi(finn(del_, po, "Hendelsekode"))
        hendelser.append(
            TidfestetHendelse(kode, tid, tekst(del_, po, "BeskrivelseAvHendelse"), tekst(del_, po, "Merknad"))
        )
    return tuple(hendelser)


def _les_kontakter(rot: etree._Element, po: str) -> Kontakter:
    enheter = (finn(e, po, "Kontaktenhet") for e in alle(rot, po, "TilknyttetEnhet"))
    kontakter = (finn(e, po, "Kontaktperson") for e in alle(rot, po, "KontaktpersonHelsepersonell"))
    ansvarlige = (finn(e, po, "AnsvarligRapport") for e in alle(rot, po, "AnsvarForRapport"))
    return Kontakter(
        tuple(les_organisasjon(e, FK1) for e in enheter if e is not None),
        tuple(les_helsepersonell(e, FK1) for e in kontakter if e is not None),
        tuple(les_helsepersonell(e, FK1) for e in ansvarlige if e is not None),
    )


def _les_pårørende(rot: etree._Element, po: str, funn: list[Funn]) -> tuple[Pårørende, ...]:
    return tuple(_les_én_pårørende(element, po, funn) for element in alle(rot, po, "ParorendeForesatt"))


def _les_én_pårørende(element: etree._Element, po: str, funn: list[Funn]) -> Pårørende:
    person = finn(element, po, "Referanseperson")
    år = tekst(element, po, "FodselsarMindrearigParorende")
    treff = re.fullmatch(r"([0-9]{4})(Z|[+-][0-9]{2}:[0-9]{2})?", år)
    if år and treff is None:
        funn.append(Funn("T02", "foedselsaar", "Et fødselsår for mindreårig pårørende er ikke et årstall"))
    return Pårørende(
        slektskap=verdi(finn(element, po, "Slektskap")),
        omsorgsfunksjon=verdi(finn(element, po, "Omsorgsfunksjon")),
        født_år=int(treff[1]) if treff else None,
        etternavn=tekst(person, FK1, "FamilyName") if person is not None else "",
        fornavn=tekst(person, FK1, "GivenName") if person is not None else "",
        telefoner=les_telefoner(person, FK1) if person is not None else (),
        merknad=tekst(element, po, "Merknad"),
    )


def _journaltekst(rot: etree._Element, overskrift: str) -> str:
    """The notes under this heading of kodeverk 9145, wherever in the content they stand."""
    notater = []
    for element in rot.iter(f"{{{_JOURNAL}}}Journaltekst"):
        kode = les_kode(finn(element, _JOURNAL, "Overskriftskode"))
        if kode is not None and kode.verdi == overskrift and kode.kodeverk in ("", koder.OVERSKRIFT):
            notater.append(tekst(element, _JOURNAL, "Notat"))
    return "\n".join(notat for notat in notater if notat)


def _les_dialog(rot: etree._Element) -> Dialog:
    spørsmål = (
        Innlegg(
            "foresporsel",
            les_kode(finn(del_, _DIALOG, "TypeForesp")) or Kode(""),
            _linjer(tekst(del_, _DIALOG, "Sporsmal"), tekst(del_, _DIALOG, "Begrunnelse")),
        )
        for del_ in alle(rot, _DIALOG, "Foresporsel")
    )
    return Dialog((*spørsmål, *(_les_notat(del_) for del_ in alle(rot, _DIALOG, "Notat"))))


def _les_notat(del_: etree._Element) -> Innlegg:
    fritekst = finn(del_, _DIALOG, "TekstNotatInnhold")
    innhold = "".join(str(del_) for del_ in fritekst.itertext()).strip() if fritekst is not None else ""
    return Innlegg(
        "notat",
        les_kode(finn(del_, _DIALOG, "TemaKodet")) or Kode(""),
        _linjer(tekst(del_, _DIALOG, "Tema"), innhold, tekst(del_, _DIALOG, "Merknad")),
    )


def _linjer(*deler: str) -> str:
    return "\n".join(del_ for del_ in deler if del_)


# Parts that are read into fields of their own, or that say something about the sending and not about the patient.
_IKKE_AVSNITT: Final = frozenset(
    (
        "InformasjonOmForsendelsen",
        "ParorendeForesatt",
        "TilknyttetEnhet",
        "KontaktpersonHelsepersonell",
        "AnsvarForRapport",
        "TypeInnholdIMelding",
    )
)
_UTEN_LEDETEKST: Final = frozenset(("Notat", "Merknad", "BeskrivelseAvHendelse", "CaveStikkord"))
_ORDGRENSE: Final = re.compile(r"(?<=[a-zæøå])(?=[A-ZÆØÅ])")


def _les_avsnitt(rot: etree._Element) -> tuple[Avsnitt, ...]:
    """Everything else in the content, as text a person can read: one section for each part, one line for each value."""
    avsnitt = []
    for del_ in rot:
        navn = lokalnavn(del_)
        if navn in _IKKE_AVSNITT:
            continue
        linjer = "\n".join(_les_linjer(del_))
        if linjer:
            avsnitt.append(Avsnitt(_ledetekst(navn), linjer))
    return tuple(avsnitt)


def _les_linjer(element: etree._Element) -> Iterator[str]:
    if len(element):
        for barn in element:
            yield from _les_linjer(barn)
        return
    navn = lokalnavn(element)
    innhold = (element.text or "").strip() or _kodet_tekst(element)
    if navn == "Overskriftskode" and innhold:
        yield f"{verdi(element, 'DN') or innhold}:"
    elif innhold in _SANN and innhold.isalpha():
        yield f"{_ledetekst(navn)}: {'ja' if _SANN[innhold] else 'nei'}"
    elif innhold:
        yield innhold if navn in _UTEN_LEDETEKST else f"{_ledetekst(navn)}: {innhold}"


def _kodet_tekst(element: etree._Element) -> str:
    """A coded value as `DN (V)`, a quantity as `V U`, anything else as `V`."""
    kode, navn, enhet = verdi(element), verdi(element, "DN"), verdi(element, "U")
    if navn:
        return f"{navn} ({kode})" if kode else navn
    return f"{kode} {enhet}".strip()


def _ledetekst(navn: str) -> str:
    return _ORDGRENSE.sub(" ", navn).capitalize()
