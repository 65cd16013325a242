"""XML from outside, parsed so that it can neither reach out nor hurt.

lxml, because the same libxml2 also validates against the official schemas; its own limits are kept on (no `huge_tree`),
and what it would allow beyond a care message is refused here, mostly by counting bytes before anything is parsed.
A document type declaration is refused outright, so there are no entities to expand and nothing external to fetch.
Counting bounds both memory and time: what remains to parse is small whatever the sender meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from lxml import etree

from bindeledd.core.errors import InvalidMessage
from services.samhandling.plo.melding import Funn


@dataclass(frozen=True, slots=True)
class Grenser:
    """What a message may cost: bytes in all, elements, attributes (in all, and of one element), nesting, and characters
    in one attribute or text."""

    byte: int = 5 * 1024 * 1024
    elementer: int = 20_000
    attributter: int = 40_000
    attributter_i_ett: int = 64
    dybde: int = 64
    attributt: int = 16 * 1024
    tekst: int = 1024 * 1024


STANDARDGRENSER: Final = Grenser()

_DEKLARASJON: Final = re.compile(rb"\s*<\?xml\s[^>]{0,200}?\?>")
_KODING: Final = re.compile(rb"""\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_KODINGER: Final = {b"utf-8": "UTF-8", b"iso-8859-1": "ISO-8859-1"}
_BEGYNNELSE: Final = 64 * 1024
_BOM: Final = b"\xef\xbb\xbf"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")


_ATTRIBUTT: Final = rb"""\s*+[^\s"'<>/=]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+')"""
"""An attribute as it must be written. A value holds no `<`, and nothing is tried twice: each byte is looked at once."""


class FarligXml(InvalidMessage):
    """The bytes are refused before or while they are parsed; `funn` says why."""

    def __init__(self, funn: Funn) -> None:
        self.funn = funn
        super().__init__(funn.tekst)


def les_tre(raw: bytes, grenser: Grenser = STANDARDGRENSER) -> etree._Element:
    """Parses a message into its tree. Raises `FarligXml` for what is too large, hostile, misencoded or malformed."""
    _avvis_for_mye(raw, grenser)
    tegnkoding = koding(raw)
    _avvis_doctype(raw)
    try:
        rot = etree.fromstring(raw, _parser(tegnkoding))
    except etree.XMLSyntaxError:
        raise FarligXml(Funn("T01", "ikke-xml", "Meldingen er ikke velformet XML")) from None
    _avvis_for_stort(rot, len(raw), grenser)
    return rot


def les_begynnelsen(raw: bytes, rot: bytes, grenser: Grenser = STANDARDGRENSER) -> etree._Element | None:
    """The tree of as much as can be read from the start of a broken message, from its first `rot` element on, or None.

    Looks at 64 KiB at most, and starts at the root element, past any document type declaration: nothing is expanded.
    """
    start = re.search(rb"<(?:[A-Za-z_][\w.-]{0,30}:)?" + rot + rb"[\s>]", raw[:_BEGYNNELSE])
    if start is None:
        return None
    stump = raw[start.start() : start.start() + _BEGYNNELSE]
    if (for_mange := _for_mange_i_ett(grenser.attributter_i_ett).search(stump)) is not None:
        stump = stump[: for_mange.start()]
    try:
        _avvis_for_mye(stump, grenser)
        return etree.fromstring(stump, _parser(koding(raw), reparer=True))
    except (FarligXml, etree.XMLSyntaxError):
        return None


def koding(raw: bytes) -> str:
    """The declared encoding, UTF-8 when there is none. Raises `FarligXml` for any but UTF-8 and ISO-8859-1."""
    if raw.startswith(_UTF16):
        raise FarligXml(_feil_koding())
    deklarasjon = _DEKLARASJON.match(raw.removeprefix(_BOM)[:300])
    treff = _KODING.search(deklarasjon.group()) if deklarasjon else None
    navn = _KODINGER.get(treff.group(1).lower()) if treff else "UTF-8"
    if navn is None or (raw.startswith(_BOM) and navn != "UTF-8"):
        raise FarligXml(_feil_koding())
    return navn


def _feil_koding() -> Funn:
    return Funn("T01", "tegnkoding", "Meldingens tegnkoding støttes ikke: bruk UTF-8 eller ISO-8859-1, som erklært")


def _parser(tegnkoding: str, *, reparer: bool = False) -> etree.XMLParser:
    # The encoding is forced, so that libxml2 cannot guess another one in which the checks above would be blind.
    return etree.XMLParser(
        encoding=tegnkoding,
        recover=reparer,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _avvis_for_mye(raw: bytes, grenser: Grenser) -> None:
    if len(raw) > grenser.byte:
        raise FarligXml(Funn("T99", "for-stor", f"Meldingen er større enn {grenser.byte} byte"))
    # Every element, comment and instruction has at least one `<`, and every attribute two quotation marks.
    if raw.count(b"<") > 2 * grenser.elementer:
        raise FarligXml(Funn("T99", "for-mange-elementer", f"Meldingen har mer enn {grenser.elementer} elementer"))
    if raw.count(b'"') + raw.count(b"'") > 2 * grenser.attributter:
        tekst = f"Meldingen har mer enn {grenser.attributter} attributter"
        raise FarligXml(Funn("T99", "for-mange-attributter", tekst))
    # libxml2 takes a walk past all attributes of an element for each that it adds.
    if _for_mange_i_ett(grenser.attributter_i_ett).search(raw):
        tekst = f"Et element har mer enn {grenser.attributter_i_ett} attributter"
        raise FarligXml(Funn("T99", "for-mange-attributter", tekst))


@cache
def _for_mange_i_ett(grense: int) -> re.Pattern[bytes]:
    """Recognises a start tag with more attributes than the limit."""
    return re.compile(rb"""<[^\s"'<>/=!?]++(?:%s){%d}""" % (_ATTRIBUTT, grense + 1))


def _avvis_doctype(raw: bytes) -> None:
    """Only comments and instructions may stand before the root element; after it a DOCTYPE is malformed anyway."""
    sted = raw.find(b"<")
    while sted >= 0:
        if raw.startswith(b"<!--", sted):
            slutt = raw.find(b"-->", sted + 4)
        elif raw.startswith(b"<?", sted):
            slutt = raw.find(b"?>", sted + 2)
        elif raw.startswith(b"<!", sted):
            raise FarligXml(Funn("T99", "doctype", "Meldingen har en DOCTYPE, og det godtas ikke"))
        else:
            return
        sted = raw.find(b"<", slutt) if slutt >= 0 else -1


def _avvis_for_stort(rot: etree._Element, byte: int, grenser: Grenser) -> None:
    for_dyp = etree.XPath("boolean(" + "/*" * (grenser.dybde + 1) + ")") if grenser != STANDARDGRENSER else _FOR_DYP
    if for_dyp(rot):
        raise FarligXml(Funn("T99", "for-dyp", f"Meldingen har flere enn {grenser.dybde} nivåer"))
    # A file smaller than the smallest limit cannot hold a value above it.
    if byte <= min(grenser.attributt, grenser.tekst):
        return
    for element in rot.iter():
        if any(len(verdi) > grenser.attributt for verdi in element.values()):
            raise FarligXml(Funn("T99", "for-stort-attributt", f"Et attributt er lengre enn {grenser.attributt} tegn"))
        if len(element.text or "") > grenser.tekst or len(element.tail or "") > grenser.tekst:
            raise FarligXml(Funn("T99", "for-lang-tekst", f"En tekst er lengre enn {grenser.tekst} tegn"))


_FOR_DYP: Final = etree.XPath("boolean(" + "/*" * (STANDARDGRENSER.dybde + 1) + ")")
