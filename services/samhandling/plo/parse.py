"""Understands the bytes of an official message: head, patient, references. The content is `innhold`'s."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from lxml import etree

from services.samhandling.plo.felter import (
    MSGHEAD,
    alle,
    finn,
    les_adressat,
    les_adresse,
    les_identer,
    les_kode,
    les_telefoner,
    navnerom,
    tekst,
    verdi,
)
from services.samhandling.plo.grenser import avgrens
from services.samhandling.plo.innhold import les_innhold
from services.samhandling.plo.melding import (
    Adressat,
    Annen,
    Funn,
    Hode,
    Kode,
    Melding,
    Pasient,
    Referanser,
    Standard,
    UleseligMelding,
)
from services.samhandling.plo.sikker_xml import STANDARDGRENSER, FarligXml, Grenser, les_begynnelsen, les_tre
from services.samhandling.plo.tid import les_tidspunkt

__all__ = ["Grenser", "les_melding"]

_PO: Final = re.compile(r"http://www\.kith\.no/xmlstds/po/\w+/(2009-06-30|2012-04-01)")
_STANDARDER: Final[dict[str, Standard]] = {"2009-06-30": "1.5", "2012-04-01": "1.6"}
_DIALOG: Final = "http://www.kith.no/xmlstds/dialog/2006-10-11"


def les_melding(raw: bytes, *, grenser: Grenser = STANDARDGRENSER) -> Melding:
    """Reads a message (MsgHead 1.2 with PLO 1.5, PLO 1.6 or dialogue 1.0 content) from its bytes as received.

    Lenient about what is missing, so that it can be said what is wrong with it (`kontroll.kontroller_melding`).
    Raises `UleseligMelding` for what is hostile, not XML, or has no head at all; as much of the head as there is goes
    with it. Takes well under a second and little memory whatever the bytes are (domain rule: intake 14).
    """
    try:
        rot = les_tre(raw, grenser)
    except FarligXml as feil:
        raise UleseligMelding(feil.funn, _delvis_hode(raw)) from None
    info = finn(rot, MSGHEAD, "MsgInfo") if rot.tag == f"{{{MSGHEAD}}}MsgHead" else None
    if info is None:
        raise UleseligMelding(Funn("T10", "uten-hode", "Meldingen har ikke hodet MsgHead 1.2 med MsgInfo"), None)
    return _les_fra(rot, info)


def _les_fra(rot: etree._Element, info: etree._Element) -> Melding:
    funn: list[Funn] = []
    faglig = _faglig_innhold(rot)
    innhold, status = les_innhold(faglig, funn) if faglig is not None else (Annen(""), "")
    melding: Melding = avgrens(
        Melding(
            hode=_les_hode(info, faglig, funn),
            kopimottakere=_les_kopimottakere(info),
            pasient=_les_pasient(finn(info, MSGHEAD, "Patient"), funn),
            referanser=_les_referanser(finn(info, MSGHEAD, "ConversationRef"), funn),
            status=status,
            innhold=innhold,
            vedlegg=max(0, len(alle(rot, MSGHEAD, "Document")) - 1),
        ),
        funn,
    )
    return replace(melding, lesefunn=tuple(dict.fromkeys(funn)))


def _faglig_innhold(rot: etree._Element) -> etree._Element | None:
    """The root element of the professional content: that of the first document that carries one."""
    for dokument in alle(rot, MSGHEAD, "Document"):
        ref = finn(dokument, MSGHEAD, "RefDoc")
        innhold = finn(ref, MSGHEAD, "Content") if ref is not None else None
        if innhold is not None and len(innhold):
            return innhold[0]
    return None


def _standard(faglig: etree._Element | None) -> Standard:
    if faglig is None:
        return "ukjent"
    rom = navnerom(faglig)
    if rom == _DIALOG:
        return "dialog-1.0"
    treff = _PO.fullmatch(rom)
    return _STANDARDER[treff[1]] if treff else "ukjent"


def _les_hode(info: etree._Element, faglig: etree._Element | None, funn: list[Funn]) -> Hode:
    skrevet = tekst(info, MSGHEAD, "GenDate")
    gen_date = les_tidspunkt(skrevet)
    if gen_date is None or gen_date.bare_dato:
        funn.append(Funn("T02", "gendate", "GenDate mangler eller er ikke et tidspunkt"))
        gen_date = None
    return Hode(
        type=les_kode(finn(info, MSGHEAD, "Type")) or Kode(""),
        standard=_standard(faglig),
        msg_id=tekst(info, MSGHEAD, "MsgId"),
        gen_date=gen_date,
        avsender=les_adressat(finn(info, MSGHEAD, "Sender")),
        mottaker=les_adressat(finn(info, MSGHEAD, "Receiver")),
    )


def _les_kopimottakere(info: etree._Element) -> tuple[Adressat, ...]:
    """The organisations that get a copy; a person who gets one is nobody that we receive for."""
    adressater = (les_adressat(annen) for annen in alle(info, MSGHEAD, "OtherReceiver"))
    return tuple(adressat for adressat in adressater if adressat is not None)


def _les_referanser(element: etree._Element | None, funn: list[Funn]) -> Referanser | None:
    if element is None:
        return None
    forrige, dialog = tekst(element, MSGHEAD, "RefToParent"), tekst(element, MSGHEAD, "RefToConversation")
    if forrige and dialog:
        return Referanser(forrige, dialog)
    funn.append(Funn("", "referanse", "Dialogreferansen er ufullstendig (RefToParent, RefToConversation)", False))
    return Referanser(forrige or dialog, dialog or forrige) if forrige or dialog else None


def _les_pasient(element: etree._Element | None, funn: list[Funn]) -> Pasient | None:
    if element is None:
        return None
    skrevet = tekst(element, MSGHEAD, "DateOfBirth")
    født = les_tidspunkt(skrevet) if skrevet else None
    if skrevet and (født is None or not født.bare_dato):
        funn.append(Funn("E36", "foedselsdato-ugyldig", "Pasientens fødselsdato er ikke en gyldig dato"))
    return Pasient(
        etternavn=tekst(element, MSGHEAD, "FamilyName"),
        fornavn=tekst(element, MSGHEAD, "GivenName"),
        mellomnavn=tekst(element, MSGHEAD, "MiddleName"),
        født=født.dato if født is not None and født.bare_dato else None,
        kjønn=verdi(finn(element, MSGHEAD, "Sex")),
        identer=les_identer(element, MSGHEAD),
        adresse=les_adresse(element, MSGHEAD),
        telefoner=les_telefoner(element, MSGHEAD),
    )


def _delvis_hode(raw: bytes) -> Hode | None:
    """What can be found of the head of a message that is refused unread: enough to answer it, or None."""
    rot = les_begynnelsen(raw, b"MsgHead")
    info = finn(rot, MSGHEAD, "MsgInfo") if rot is not None and rot.tag == f"{{{MSGHEAD}}}MsgHead" else None
    if rot is None or info is None:
        return None
    hode: Hode = avgrens(_les_hode(info, _faglig_innhold(rot), []), [])
    return hode
