"""The application receipt (AppRec) that answers a message: 1.1 for PLO 1.6, 1.0 for PLO 1.5 and dialogue 1.0.

Holds no patient data: only who sent, who received, the message's own id, type and time, a status and its reasons.
Source: HITS 1168 chapters 5 and 8, kodeverk 8258 (status) and 8221 (reasons).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from lxml import etree

from services.samhandling.plo import koder
from services.samhandling.plo.felter import navnerom, rotelement
from services.samhandling.plo.melding import Adressat, Funn, Helsepersonell, Hode, Ident, Organisasjon
from services.samhandling.plo.tid import skriv_med_avvik, skriv_utc

_NAVNEROM: Final = {
    "1.0": "http://www.kith.no/xmlstds/apprec/2004-11-21",
    "1.1": "http://www.kith.no/xmlstds/apprec/2012-02-15",
}
_VERSJON: Final = {"1.0": "1.0 2004-11-21", "1.1": "v1.1 2012-02-15"}
# What others wrote and we repeat is cut, so that a receipt stays small whatever came in.
_LENGST: Final = 200


def skriv_apprec(
    hode: Hode | None,
    funn: tuple[Funn, ...],
    *,
    kvitterings_id: str,
    tidspunkt: datetime,
    svarer: Adressat | None = None,
) -> bytes | None:
    """The receipt for a message with this head and these findings, in UTF-8. The same arguments give the same bytes.

    `kvitterings_id` is the receipt's own id, `tidspunkt` when it is made (aware), `svarer` the receiver that answers
    (the message's own unless told otherwise). None when the message names no sender that can be answered.
    Where the head is not whole, what the schema demands is filled with the nearest true thing: an empty id or type,
    and the time of the receipt for a time of sending that could not be read.
    """
    avsender = hode.avsender if hode is not None else None
    if hode is None or avsender is None or not avsender.organisasjon.identer:
        return None
    versjon = apprec_versjon(hode)
    ns = _NAVNEROM[versjon]
    rot = rotelement(ns, "AppRec")
    skrevet = skriv_med_avvik(tidspunkt) if versjon == "1.1" else skriv_utc(tidspunkt)
    _kode(rot, "MsgType", "APPREC", "Applikasjonskvittering")
    _tekst(rot, "MIGversion", _VERSJON[versjon])
    _tekst(rot, "SoftwareName", "Bindeledd")
    _tekst(rot, "GenDate", skrevet)
    _tekst(rot, "Id", kvitterings_id)
    _part(_under(rot, "Sender"), svarer or hode.mottaker)
    _part(_under(rot, "Receiver"), avsender)
    status = kvitteringsstatus(funn)
    _kode(rot, "Status", status, koder.KVITTERINGSSTATUS[status])
    for feil in _grunner(funn, status):
        _feil(rot, feil)
    _original(rot, hode, skrevet)
    return etree.tostring(rot, xml_declaration=True, encoding="UTF-8")


def apprec_versjon(hode: Hode) -> str:
    """Which AppRec answers a message (HITS 1168 8.3): 1.1 for PLO 1.6, else 1.0, which every system can read."""
    return "1.1" if hode.standard == "1.6" else "1.0"


def kvitteringsstatus(funn: tuple[Funn, ...]) -> str:
    """Kodeverk 8258: 2 refused, 3 taken in with something the sender should know, 1 taken in."""
    if any(f.avviser for f in funn):
        return "2"
    return "3" if any(f.kode for f in funn) else "1"


def _grunner(funn: tuple[Funn, ...], status: str) -> tuple[Funn, ...]:
    if status == "2":
        return tuple(f for f in funn if f.avviser)
    return tuple(f for f in funn if f.kode)


def _feil(rot: etree._Element, funn: Funn) -> None:
    kode = funn.kode or "X99"
    element = _under(rot, "Error")
    element.set("V", kode)
    element.set("S", koder.FEILKODE)
    element.set("DN", koder.FEILMELDINGER.get(kode, koder.FEILMELDINGER["X99"]))
    element.set("OT", funn.tekst)


def _original(rot: etree._Element, hode: Hode, ellers: str) -> None:
    original = _under(rot, "OriginalMsgId")
    type_ = hode.type.verdi[:_LENGST]
    _kode(original, "MsgType", type_, koder.STØTTEDE_TYPER.get(type_, ""))
    _tekst(original, "IssueDate", hode.gen_date.skrevet.strip() if hode.gen_date is not None else ellers)
    _tekst(original, "Id", hode.msg_id[:_LENGST])


def _part(element: etree._Element, adressat: Adressat | None) -> None:
    institusjon = _under(_under(element, "HCP"), "Inst")
    if adressat is None:
        return
    _enhet(institusjon, adressat.organisasjon)
    if adressat.enhet is not None:
        _enhet(_under(institusjon, "Dept"), adressat.enhet)
    _flere_identer(institusjon, adressat.organisasjon.identer)
    if adressat.helsepersonell is not None:
        _person(_under(institusjon, "HCPerson"), adressat.helsepersonell)


def _enhet(element: etree._Element, organisasjon: Organisasjon) -> None:
    if organisasjon.navn:
        _tekst(element, "Name", organisasjon.navn[:_LENGST])
    _første_ident(element, organisasjon.identer)


def _person(element: etree._Element, person: Helsepersonell) -> None:
    _første_ident(element, person.identer)
    _flere_identer(element, person.identer)


def _første_ident(element: etree._Element, identer: tuple[Ident, ...]) -> None:
    for ident in _med_her_først(identer)[:1]:
        _tekst(element, "Id", ident.id[:_LENGST])
        _kode(element, "TypeId", ident.type[:_LENGST], "HER-id" if ident.type == "HER" else "")


def _flere_identer(element: etree._Element, identer: tuple[Ident, ...]) -> None:
    for ident in _med_her_først(identer)[1:]:
        annen = _under(element, "AdditionalId")
        _tekst(annen, "Id", ident.id[:_LENGST])
        _kode(annen, "Type", ident.type[:_LENGST], "")


def _med_her_først(identer: tuple[Ident, ...]) -> tuple[Ident, ...]:
    """HER-id first. National ids of professionals are left out: a receipt needs to name nobody by them."""
    return tuple(sorted((i for i in identer if i.type not in ("FNR", "DNR")), key=lambda i: i.type != "HER"))


def _under(element: etree._Element, navn: str) -> etree._Element:
    return etree.SubElement(element, f"{{{navnerom(element)}}}{navn}")


def _tekst(element: etree._Element, navn: str, innhold: str) -> None:
    _under(element, navn).text = innhold


def _kode(element: etree._Element, navn: str, kode: str, visning: str) -> None:
    under = _under(element, navn)
    under.set("V", kode)
    if visning:
        under.set("DN", visning)
