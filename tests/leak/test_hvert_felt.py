"""Every text and every attribute of every kind of message, each filled with a marker in turn: nowhere in the clear."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from services.samhandling.mottak import ta_imot
from tests.leak.historie import NÅ, gode, slutt
from tests.leak.merker import alle_bytes, finn, former
from tests.rom import HELE_BERGEN, rom

TRANSPORT = (
    "MsgInfo/MsgId", "MsgInfo/Type@V", "ConversationRef/RefToConversation", "ConversationRef/RefToParent",
    "Organisation/OrganisationName", "Organisation/Ident/Id", "Organisation/Ident/TypeId@V",
)  # fmt: skip
"""What a receipt must repeat, and what messages are told apart and routed by: in the clear by design, in the
head of the message only. It names messages and organisations, never people."""


def blader(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """(where, the message with `MERKE` there) for every text and attribute of a message."""
    rot = etree.fromstring(raw)
    for element in rot.iter(etree.Element):
        sti = "/".join(etree.QName(e).localname for e in (*reversed(list(element.iterancestors())), element))
        if element.text and element.text.strip():
            tekst, element.text = element.text, "MERKE"
            yield sti, etree.tostring(rot, xml_declaration=True, encoding="UTF-8")
            element.text = tekst
        for navn, verdi in list(element.items()):
            element.set(navn, "MERKE")
            yield f"{sti}@{etree.QName(navn).localname}", etree.tostring(rot, xml_declaration=True, encoding="UTF-8")
            element.set(navn, verdi)


def prøver() -> Iterator[tuple[str, str, bytes]]:
    """(where, its own marker, the message), each place once, and each message with an id of its own."""
    prøvd: dict[str, bytes] = {}
    for raw in (*gode(), slutt()):
        prøvd.update((sti, endret) for sti, endret in blader(raw) if sti not in prøvd)
    for nr, (sti, endret) in enumerate(prøvd.items(), 1001):
        egen_id = re.sub(rb"00000000-0000-4000-8000-\d{12}(?=</[^>]*MsgId>)", b"id-%d" % nr, endret)
        yield sti, f"Qzx{nr}", egen_id.replace(b"MERKE", b"Qzx%d" % nr)


def test_whatever_part_of_a_message_a_name_stands_in_it_is_sealed_or_gone(tmp_path: Path) -> None:
    steder: dict[str, str] = {}
    sagt: list[bytes] = []
    utfall: Counter[str] = Counter()
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as rommet:
        for sti, merke, raw in prøver():
            svar = ta_imot(rommet.inst.engines["samhandling"], raw)
            utfall[svar.outcome] += 1
            steder[merke] = sti
            fortalt = " ".join([svar.outcome, *(grunn.tekst for grunn in svar.reasons), *svar.warnings])
            sagt.append((svar.apprec or b"") + fortalt.encode())
        rommet.pump()
        mens_åpen = alle_bytes(tmp_path)
    assert utfall["positive"] > 100 < len(steder)
    assert utfall["negative"] > 20
    nåler = {
        (sti, form): nål for merke, sti in steder.items() if not _transport(sti)
        for form, nål in former(merke).items() if form in ("utf-8", "utf-16-le", "hex", "base64+0")
    }  # fmt: skip
    assert finn({**mens_åpen, **alle_bytes(tmp_path), "sagt": b"\n".join(sagt)}, nåler) == []


def _transport(sti: str) -> bool:
    return sti.endswith(TRANSPORT) and "/Document/" not in sti and "/Patient/" not in sti
