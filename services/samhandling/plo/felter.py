"""The small parts that every message is made of: texts, codes, identifiers, organisations, professionals."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from services.samhandling.plo.melding import Adressat, Adresse, Helsepersonell, Ident, Kode, Organisasjon

MSGHEAD: Final = "http://www.kith.no/xmlstds/msghead/2006-05-24"
FK1: Final = "http://www.kith.no/xmlstds/felleskomponent1"

_MELLOMROM: Final = re.compile(r"\s+")


def rotelement(ns: str, navn: str) -> etree._Element:
    """A new element in this namespace, without a prefix."""
    return etree.Element(f"{{{ns}}}{navn}", nsmap={None: ns})  # type: ignore[dict-item]  # the stubs forget None


def lokalnavn(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def navnerom(element: etree._Element) -> str:
    """The element's namespace, or an empty string. Also for the odd names that a repaired tree may hold."""
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def finn(element: etree._Element, ns: str, navn: str) -> etree._Element | None:
    """The first child of that name, or None."""
    return element.find(f"{{{ns}}}{navn}")


def alle(element: etree._Element, ns: str, navn: str) -> list[etree._Element]:
    """Every child of that name."""
    return element.findall(f"{{{ns}}}{navn}")


def tekst(element: etree._Element, ns: str, navn: str) -> str:
    """The trimmed text of the first child of that name, or an empty string."""
    return (element.findtext(f"{{{ns}}}{navn}") or "").strip()


def verdi(element: etree._Element | None, attributt: str = "V") -> str:
    """An attribute with white space collapsed, or an empty string."""
    if element is None:
        return ""
    return _MELLOMROM.sub(" ", element.get(attributt) or "").strip()


def les_kode(element: etree._Element | None) -> Kode | None:
    """A coded value (CS or CV), or None when the element is missing or has no code."""
    kode = verdi(element)
    return Kode(kode, verdi(element, "DN"), verdi(element, "S")) if kode else None


def les_identer(element: etree._Element, ns: str) -> tuple[Ident, ...]:
    """The identifiers that have both a number and a type."""
    identer = []
    for ident in alle(element, ns, "Ident"):
        nummer, type_ = tekst(ident, ns, "Id"), finn(ident, ns, "TypeId")
        if nummer and verdi(type_):
            identer.append(Ident(nummer, verdi(type_), verdi(type_, "S")))
    return tuple(identer)


def les_telefoner(element: etree._Element, ns: str) -> tuple[str, ...]:
    """Telephone numbers and other addresses, without the `tel:` in front."""
    adresser = (verdi(finn(tele, ns, "TeleAddress")) for tele in alle(element, ns, "TeleCom"))
    return tuple(adresse.removeprefix("tel:") for adresse in adresser if adresse.removeprefix("tel:"))


def les_adresse(element: etree._Element, ns: str) -> Adresse | None:
    """The postal address, or None."""
    adresse = finn(element, ns, "Address")
    if adresse is None:
        return None
    return Adresse(
        tekst(adresse, ns, "StreetAdr"),
        tekst(adresse, ns, "PostalCode"),
        tekst(adresse, ns, "City"),
        verdi(finn(adresse, ns, "Type")),
        verdi(finn(adresse, ns, "County")),
    )


def les_organisasjon(element: etree._Element, ns: str) -> Organisasjon:
    """One organisational unit, without those below it."""
    return Organisasjon(tekst(element, ns, "OrganisationName"), les_identer(element, ns), les_telefoner(element, ns))


def les_helsepersonell(element: etree._Element, ns: str) -> Helsepersonell:
    """A professional."""
    return Helsepersonell(
        tekst(element, ns, "FamilyName"),
        tekst(element, ns, "GivenName"),
        verdi(finn(element, ns, "TypeHealthcareProfessional")),
        verdi(finn(element, ns, "RoleToPatient")),
        les_identer(element, ns),
        les_telefoner(element, ns),
    )


def les_adressat(element: etree._Element | None) -> Adressat | None:
    """One end of a message: the top organisation, and the unit or professional furthest down. None without one."""
    øverst = finn(element, MSGHEAD, "Organisation") if element is not None else None
    if øverst is None:
        return None
    nederst = øverst
    while (under := finn(nederst, MSGHEAD, "Organisation")) is not None:
        nederst = under
    person = finn(nederst, MSGHEAD, "HealthcareProfessional")
    return Adressat(
        les_organisasjon(øverst, MSGHEAD),
        les_organisasjon(nederst, MSGHEAD) if nederst is not øverst else None,
        les_helsepersonell(person, MSGHEAD) if person is not None else None,
    )
