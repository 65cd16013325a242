"""Validation against a folder of official XML schemas, for an operator who has them.

One schema set from local files only: MsgHead's Content is a strict wildcard and rejects valid messages when its schema
stands alone. Nothing is fetched: an import that names an address is answered by the file of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lxml import etree

from bindeledd.core.errors import BindeleddError
from services.samhandling.plo.sikker_xml import STANDARDGRENSER, FarligXml, Grenser, les_tre

_XSD: Final = "http://www.w3.org/2001/XMLSchema"
_VIST: Final = 20
_ELEMENT: Final = re.compile(r"Element '(?:\{[^}]*\})?([\w.-]{1,60})'")


class SkjemaMangler(BindeleddError):
    """The folder does not hold a usable schema set. The message says which file, and what to do."""


@dataclass(frozen=True, slots=True)
class Skjemasett:
    """Every official schema that was found, as one set."""

    skjema: etree.XMLSchema


def last_skjemasett(mapper: Iterable[Path]) -> Skjemasett:
    """Loads every `*.xsd` in these folders as one set; of files for the same namespace the first folder's is used.

    Raises `SkjemaMangler` when there is none, or when a file is malformed or imports a file that is not there.
    """
    filer = _finn_filer(mapper)
    if not filer:
        raise SkjemaMangler("ingen skjemafiler (*.xsd) i mappen. Oppgi mappen med de offisielle skjemaene")
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
    parser.resolvers.add(_BareLokale(filer))
    try:
        rot = etree.fromstring(_samlende_skjema(filer), parser, base_url="samlet.xsd")
        return Skjemasett(etree.XMLSchema(rot))
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError, OSError) as feil:
        raise SkjemaMangler(f"skjemasettet kan ikke brukes: {feil}. Legg til eller rett filen") from None


def valider(sett: Skjemasett, raw: bytes, *, grenser: Grenser = STANDARDGRENSER) -> tuple[str, ...]:
    """What the schemas find wrong with a message: line, element and kind of error, never a value. Empty when valid.

    The validator's own texts quote what stands in the message, so they are not passed on.
    """
    try:
        tre = les_tre(raw, grenser)
    except FarligXml as feil:
        return (feil.funn.tekst,)
    if sett.skjema.validate(tre):
        return ()
    feilliste: Any = sett.skjema.error_log
    return tuple(_kort(feil) for feil in list(feilliste)[:_VIST])


def _kort(feil: Any) -> str:
    element = _ELEMENT.match(str(feil.message))
    return f"linje {feil.line}, {element[1] if element else 'ukjent element'}: {feil.type_name}"


def _finn_filer(mapper: Iterable[Path]) -> dict[str, Path]:
    filer: dict[str, Path] = {}
    for mappe in mapper:
        for fil in sorted(mappe.glob("*.xsd")):
            filer.setdefault(fil.name, fil)
    return filer


def _samlende_skjema(filer: dict[str, Path]) -> bytes:
    """A schema that imports each namespace once."""
    rot = etree.Element(f"{{{_XSD}}}schema", nsmap={"xs": _XSD})
    sett: set[str] = set()
    for navn, fil in filer.items():
        navnerom = _navnerom(fil)
        if navnerom and navnerom not in sett:
            sett.add(navnerom)
            etree.SubElement(rot, f"{{{_XSD}}}import", namespace=navnerom, schemaLocation=navn)
    return etree.tostring(rot)


def _navnerom(fil: Path) -> str:
    try:
        return etree.parse(fil, etree.XMLParser(no_network=True, load_dtd=False)).getroot().get("targetNamespace") or ""
    except etree.XMLSyntaxError:
        raise SkjemaMangler(f"{fil.name} er ikke velformet XML. Hent filen på nytt") from None


class _BareLokale(etree.Resolver):
    """Answers every import with the local file of that name, and anything else with nothing at all."""

    def __init__(self, filer: dict[str, Path]) -> None:
        self._filer = filer

    def resolve(self: Any, system_url: str, public_id: str, context: Any = None) -> Any:
        fil = self._filer.get((system_url or "").rsplit("/", 1)[-1])
        if fil is None:
            return self.resolve_empty(context)
        return self.resolve_filename(str(fil), context)
