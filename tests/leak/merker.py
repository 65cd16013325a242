"""Understands markers: texts that stand nowhere else, the forms in which they could hide, and where they are found."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from urllib.parse import quote

from tests.meldinger import FØDT, syntetisk

FØDSELSNUMMER, D_NUMMER = syntetisk(FØDT, 3), syntetisk(FØDT, 3, type_="DNR")
H_NUMMER = syntetisk(FØDT, 3, type_="HNR", tillegg=40)
UGYLDIG_NUMMER = "29875299999"
UTSTEDER = "Qzx-utstederå"
MELDINGSTYPE = "Qzxtypeå Olsen"
"""What a sender may write where the type of a message stands. It is no marker: receipts give it back to the sender."""
TELEFON, KONTAKTTELEFON, RINGES = "77700111222", "77700333444", "77700555666"
NUMRE = (FØDSELSNUMMER, D_NUMMER, H_NUMMER, UGYLDIG_NUMMER, TELEFON, KONTAKTTELEFON, RINGES)
_ORD = (
    "fornavn", "mellomnavn", "etternavn", "annetfornavn", "annetetternavn", "gate", "poststed", "post", "lege",
    "kontakt", "pårørende", "status", "forløp", "oppdatert", "merknad", "beskrivelse", "rapport", "spørsmål", "notat",
    "avviksnotat", "varselsignal", "tiltak", "rødt", "ringes", "innleggelse", "barn", "hjem", "revidert", "samtale",
    "begrunnelse", "feiltekst", "nøkkel", "ukjentfelt", "ukjentverdi", "kodeforsøk", "ødelagtjson", "sti", "spørring",
    "uleselig", "bombe", "hale", "utløsende", "grønntegn", "grønthva", "grønthvem", "gultegn", "gulthva", "gultnår",
    "hjulpet", "rødttegn", "rødthva", "rødthvordan", "møtes", "hjelperikke", "rolle", "ønsketsted", "ønsket", "uønsket",
    "hvemtarbarna", "hvadevet", "dyr", "økonomi", "virket", "virketikke",
    "maal", "ressurser", "behov", "bidrag", "vurdering", "tiltakstekst", "møtested",
    "formål", "sak", "referat", "beslutning", "uenighet", "møteoppgave", "representant",
)  # fmt: skip
ORD: Mapping[str, str] = {ord_: f"Qzx{ord_.capitalize()}å" for ord_ in _ORD}
"""Each word once, with a letter that is not ASCII, so that every encoding shows."""
MERKER: Mapping[str, str] = {**ORD, **{nummer: nummer for nummer in NUMRE}, "utsteder": UTSTEDER}


def former(merke: str) -> dict[str, bytes]:
    """Every form in which a marker could lie in a file or be said: how → bytes."""
    utf8 = merke.encode()
    funnet = {koding: merke.encode(koding) for koding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be")}
    for navn, endret in (("upper", merke.upper()), ("lower", merke.lower()), ("casefold", merke.casefold())):
        funnet[navn] = endret.encode()
    funnet["hex"], funnet["HEX"] = utf8.hex().encode(), utf8.hex().upper().encode()
    funnet["json"], funnet["url"] = json.dumps(merke)[1:-1].encode(), quote(merke).encode()
    funnet["xml"] = merke.encode("ascii", "xmlcharrefreplace")
    funnet["html"], funnet["repr"] = escape(merke).encode(), ascii(merke)[1:-1].encode()
    for forskyvning in range(3):
        # Base64 says the same bytes in three ways, by where they begin; the ends hang on what stands beside.
        kodet = base64.b64encode(b"\0" * forskyvning + utf8)
        funnet[f"base64+{forskyvning}"] = kodet[4 if forskyvning else 0 : -4]
        funnet[f"base64url+{forskyvning}"] = kodet[4 if forskyvning else 0 : -4].translate(
            bytes.maketrans(b"+/", b"-_")
        )
    return funnet


_NÅLER = {(merke, form): nål for merke, tekst in MERKER.items() for form, nål in former(tekst).items()}


def finn(steder: Mapping[str, bytes], nåler: Mapping[tuple[str, str], bytes] = _NÅLER) -> list[str]:
    """Where markers are, and in which form: none when all is well.

    Their beginnings are looked for first: many markers share one, and where it is not, none of them is.
    """
    etter_begynnelse: dict[bytes, list[tuple[str, str]]] = {}
    for nøkkel, nål in nåler.items():
        etter_begynnelse.setdefault(nål[:6], []).append(nøkkel)
    return [
        f"{sted}: {merke} ({form})"
        for sted, innhold in steder.items()
        for begynnelse, nøkler in etter_begynnelse.items()
        if begynnelse in innhold
        for merke, form in nøkler
        if nåler[merke, form] in innhold
    ]


def alle_bytes(mappe: Path) -> dict[str, bytes]:
    """Every file of a folder, whatever it is called."""
    return {str(fil.relative_to(mappe)): fil.read_bytes() for fil in sorted(mappe.rglob("*")) if fil.is_file()}


def mangler(innhold: Iterable[bytes], merker: Iterable[str]) -> list[str]:
    """The markers that stand nowhere in the content."""
    alt = b"\n".join(innhold)
    return [merke for merke in merker if MERKER[merke].encode() not in alt]
