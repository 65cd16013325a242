"""Bytes from outside that would reach out or hurt, or are no message at all."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.samhandling.plo.apprec import skriv_apprec
from services.samhandling.plo.kontroll import kontroller_melding
from services.samhandling.plo.melding import UleseligMelding
from services.samhandling.plo.parse import Grenser, les_melding
from services.samhandling.plo.skriv import lag_innlagt
from tests.meldinger import NÅ, PASIENT, i_latin1, sending

GYLDIG = lag_innlagt(sending(), tid=NÅ)
FEM_MIB = 5 * 1024 * 1024


def avvist(raw: bytes, *, grenser: Grenser | None = None) -> UleseligMelding:
    with pytest.raises(UleseligMelding) as feil:
        les_melding(raw, grenser=grenser or Grenser())
    return feil.value


def fyll(enhet: bytes, start: bytes = b"", slutt: bytes = b"") -> bytes:
    """As much of `enhet` as makes 5 MiB."""
    return start + enhet * ((FEM_MIB - len(start) - len(slutt)) // len(enhet)) + slutt


def nummerert(mal: str, start: bytes, slutt: bytes) -> bytes:
    return start + b" ".join((mal % i).encode() for i in range(FEM_MIB // (len(mal) + 7))) + slutt


def attributter(antall: int, mal: str = 'a%d=""') -> bytes:
    return b" ".join((mal % i).encode() for i in range(antall))


def nivåer(innhold: bytes) -> bytes:
    """As many levels as may be, each with as many attributes as may be."""
    åpne = b"".join(b"<a " + attributter(64, f"xmlns:n{nivå}x%d='u'") + b">" for nivå in range(60))
    return åpne + innhold + b"</a>" * 60


LATTER = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10 if i else b"ha" * 10) for i in range(12))
FIENDTLIGE: dict[str, tuple[Callable[[], bytes], str]] = {
    "entity bomb": (lambda: b"<!DOCTYPE MsgHead [" + LATTER + b"]><MsgHead>&l11;</MsgHead>", "doctype"),
    "entity bomb padded to 5 MiB": (
        lambda: fyll(b" ", b"<!DOCTYPE MsgHead [" + LATTER + b"]>", b"<MsgHead>&l11;</MsgHead>"),
        "doctype",
    ),
    "one entity blown up many times": (
        lambda: fyll(b"&a;", b'<!DOCTYPE a [<!ENTITY a "' + b"x" * 50_000 + b'">]><a>', b"</a>"),
        "doctype",
    ),
    "external entity": (lambda: b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "doctype"),
    "external DTD": (lambda: b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', "doctype"),
    "DOCTYPE behind comments": (lambda: b"<?xml version='1.0'?><!-- > --><?x <a>?>\n<!DOCTYPE a><a/>", "doctype"),
    "DOCTYPE behind a tricky comment": (lambda: b"<!---><!DOCTYPE a><a/><!---->", "ikke-xml"),
    "DOCTYPE behind a byte order mark": (lambda: b"\xef\xbb\xbf<!DOCTYPE a><a/>", "doctype"),
    "undeclared entity": (lambda: b"<a>&x;</a>", "ikke-xml"),
    "deep nesting": (lambda: fyll(b"<a>"), "for-mange-elementer"),
    "nesting within the count": (lambda: b"<a>" * 15_000 + b"</a>" * 15_000, "ikke-xml"),
    "nesting just too deep": (lambda: b"<a>" * 65 + b"</a>" * 65, "for-dyp"),
    "many elements": (lambda: fyll(b"<a/>", b"<r>", b"</r>"), "for-mange-elementer"),
    "many comments": (lambda: fyll(b"<!---->", b"<r>", b"</r>"), "for-mange-elementer"),
    "many comments before the root": (lambda: fyll(b"<!---->", b"", b"<r/>"), "for-mange-elementer"),
    "many attributes": (lambda: nummerert('a%d=""', b"<r ", b"/>"), "for-mange-attributter"),
    "many attributes in single quotes": (lambda: nummerert("a%d=''", b"<r ", b"/>"), "for-mange-attributter"),
    "many namespaces": (lambda: nummerert('xmlns:a%d="u"', b"<r ", b"/>"), "for-mange-attributter"),
    "the same attribute again and again": (lambda: fyll(b'a="" ', b"<r ", b"/>"), "for-mange-attributter"),
    "many attributes of one element": (lambda: b"<r " + attributter(39_000) + b"/>", "for-mange-attributter"),
    "many attributes behind an angle bracket": (
        lambda: b"<r x='>' " + attributter(39_000) + b"/>",
        "for-mange-attributter",
    ),
    "many attributes behind a tricky comment": (
        lambda: b"<r><!-- <a ' --><s " + attributter(39_000, "a%d\n=\n''") + b"/></r>",
        "for-mange-attributter",
    ),
    "many attributes behind a broken one": (lambda: b"<r x='<' " + attributter(39_000) + b"/>", "ikke-xml"),
    "many attributes without room between": (
        lambda: b"<r " + attributter(39_000).replace(b" ", b"") + b"/>",
        "for-mange-attributter",
    ),
    "many namespaces of one element": (
        lambda: b"<r " + attributter(39_000, "xmlns:a%d='u'") + b"/>",
        "for-mange-attributter",
    ),
    "many namespaces on each level": (lambda: nivåer(b"<n0x0:b/>" * 19_000), "uten-hode"),
    "many attributes of many elements": (
        lambda: b"<r>" + (b"<b " + attributter(64) + b"/>") * 600 + b"</r>",
        "uten-hode",
    ),
    "many marked elements": (
        lambda: b"<r>" + b"".join(b"<a xml:id='i%d'/>" % i for i in range(19_000)) + b"</r>",
        "uten-hode",
    ),
    "a million tiny elements": (lambda: b"<r>" + b"<a/>" * 1_000_000 + b"</r>", "for-mange-elementer"),
    "a million instructions": (lambda: b"<r>" + b"<?a?>" * 1_000_000 + b"</r>", "for-mange-elementer"),
    "long comments": (lambda: b"<r>" + (b"<!--" + b"- " * 60 + b"-->") * 39_000 + b"</r>", "uten-hode"),
    "one endless comment": (lambda: fyll(b"- ", b"<r><!--", b"--></r>"), "uten-hode"),
    "much marked text": (lambda: fyll(b"]", b"<r><![CDATA[", b"]]></r>"), "for-lang-tekst"),
    "text in many pieces": (lambda: b"<r>" + (b"x" * 120 + b"<?a?>") * 39_000 + b"</r>", "for-lang-tekst"),
    "a million numbered letters": (lambda: b"<r>" + b"&#65;" * 1_000_000 + b"</r>", "uten-hode"),
    "a million numbered letters in an attribute": (
        lambda: b"<r a='" + b"&#65;" * 1_000_000 + b"'/>",
        "for-stort-attributt",
    ),
    "a tag of nothing but spaces": (lambda: fyll(b" ", b"<r", b"/>"), "uten-hode"),
    "names as long as may be": (
        lambda: b"<r>" + b"".join(b"<" + b"a" * 49_000 + b"%d/>" % i for i in range(100)) + b"</r>",
        "uten-hode",
    ),
    "attribute names as long as may be": (
        lambda: b"<r " + b" ".join(b"a" * 49_000 + b"%d=''" % i for i in range(60)) + b"/>",
        "uten-hode",
    ),
    "huge attribute": (lambda: fyll(b"x", b'<r a="', b'"/>'), "for-stort-attributt"),
    "attribute just too large": (lambda: b'<r a="' + b"x" * (16 * 1024 + 1) + b'"/>', "for-stort-attributt"),
    "huge text": (lambda: fyll(b"x", b"<r>", b"</r>"), "for-lang-tekst"),
    "huge text after an element": (lambda: fyll(b"x", b"<r><a/>", b"</r>"), "for-lang-tekst"),
    "huge name": (lambda: fyll(b"a", b"<", b"/>"), "ikke-xml"),
    "huge instruction": (lambda: fyll(b"x", b"<?x ", b"?>"), "ikke-xml"),
    "unclosed comment": (lambda: fyll(b"-", b"<!--"), "ikke-xml"),
    "nothing but angle brackets": (lambda: fyll(b"<"), "for-mange-elementer"),
    "nothing but quotes": (lambda: fyll(b'"'), "for-mange-attributter"),
    "zeros": (lambda: b"\x00" * FEM_MIB, "ikke-xml"),
    "too large": (lambda: b" " * (FEM_MIB + 1), "for-stor"),
    "nothing": (lambda: b"", "ikke-xml"),
    "no XML": (lambda: b"MSH|^~\\&|ADT", "ikke-xml"),
    "UTF-16": (lambda: '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"), "tegnkoding"),
    "UTF-16 without a mark": (lambda: "<!DOCTYPE a><a/>".encode("utf-16-be"), "tegnkoding"),
    "UTF-32": (lambda: "<!DOCTYPE a><a/>".encode("utf-32-be"), "ikke-xml"),
    "EBCDIC": (lambda: '<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("cp037"), "ikke-xml"),
    "UTF-7": (lambda: b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQBEAE8AQwBUAFkAUABFAD4-<a/>', "tegnkoding"),
    "UTF-16 in nothing but name": (lambda: b'<?xml version="1.0" encoding="UTF-16"?><a/>', "tegnkoding"),
    "UTF-16 behind another declaration": (
        lambda: b'<?xml version="1.0" encoding="UTF-8"?>' + "<!DOCTYPE a><a/>".encode("utf-16-le"),
        "ikke-xml",
    ),
    "Windows letters": (lambda: b'<?xml version="1.0" encoding="windows-1252"?><a/>', "tegnkoding"),
    "UTF-8 mark and another declaration": (
        lambda: b'\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
        "tegnkoding",
    ),
    "letters that are not UTF-8": (lambda: b'<?xml version="1.0" encoding="UTF-8"?><a>\xe6</a>', "ikke-xml"),
}


@pytest.mark.parametrize("navn", FIENDTLIGE)
def test_a_hostile_file_is_refused_in_under_a_second_with_a_reason(navn: str) -> None:
    lag, regel = FIENDTLIGE[navn]
    raw = lag()
    assert len(raw) <= FEM_MIB + 1
    start = time.perf_counter()
    feil = avvist(raw)
    assert time.perf_counter() - start < 1
    assert feil.funn.regel == regel
    assert feil.funn.avviser
    assert feil.hode is None


@pytest.mark.parametrize("navn", FIENDTLIGE)
def test_a_hostile_file_is_refused_with_the_head_it_hides_behind_in_under_a_second(navn: str) -> None:
    lag, _ = FIENDTLIGE[navn]
    hode = GYLDIG.split(b"?>", 1)[1].split(b"<Document>")[0]
    start = time.perf_counter()
    avvist(lag()[: FEM_MIB // 2] + hode + lag()[: FEM_MIB // 2])
    assert time.perf_counter() - start < 1


def test_refusing_them_all_takes_little_memory() -> None:
    # A process of its own, because resident memory never shrinks: the peak there is that of these files alone.
    skript = """
import resource
from services.samhandling.plo.melding import UleseligMelding
from services.samhandling.plo.apprec import skriv_apprec
from services.samhandling.plo.kontroll import kontroller_melding
from services.samhandling.plo.parse import les_melding
from tests.unit.plo.test_sikker_xml import FIENDTLIGE
filer = [lag for lag, _ in FIENDTLIGE.values()]
før = max(len(lag()) for lag in filer) and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for lag in filer:
    try:
        les_melding(lag())
    except UleseligMelding:
        pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - før)
"""
    ferdig = subprocess.run([sys.executable, "-c", skript], capture_output=True, text=True, check=True, timeout=60)
    assert int(ferdig.stdout) < 48 * 1024, f"{ferdig.stdout.strip()} KiB"


def test_no_limit_stands_in_the_way_of_a_long_report() -> None:
    langt = b"<po:Merknad>" + b'ord og "sitater" ' * 20_000 + b"</po:Merknad>"
    les_melding(GYLDIG.replace(b"</po:InformasjonOmForsendelsen>", b"</po:InformasjonOmForsendelsen>" + langt, 1))


def test_a_smaller_limit_is_obeyed() -> None:
    assert avvist(GYLDIG, grenser=Grenser(byte=100)).funn.regel == "for-stor"
    assert avvist(GYLDIG, grenser=Grenser(elementer=10)).funn.regel == "for-mange-elementer"
    assert avvist(GYLDIG, grenser=Grenser(attributter=3)).funn.regel == "for-mange-attributter"
    assert avvist(GYLDIG, grenser=Grenser(attributter_i_ett=1)).funn.regel == "for-mange-attributter"
    assert avvist(GYLDIG, grenser=Grenser(dybde=5)).funn.regel == "for-dyp"


def test_utf_8_and_latin_1_are_read_as_declared() -> None:
    pasient = replace(PASIENT, etternavn="Ærøy-Ståhl")
    utf8 = lag_innlagt(sending(pasient=pasient), tid=NÅ)
    latin1 = i_latin1(utf8)
    assert utf8 != latin1
    assert les_melding(utf8).pasient == les_melding(latin1).pasient == pasient


def test_a_byte_order_mark_and_a_missing_declaration_mean_utf_8() -> None:
    uten_deklarasjon = GYLDIG.split(b"?>", 1)[1]
    assert les_melding(b"\xef\xbb\xbf" + GYLDIG) == les_melding(uten_deklarasjon) == les_melding(GYLDIG)


def test_a_comment_hides_no_part_of_a_value() -> None:
    melding = les_melding(GYLDIG.replace(b"<MsgId>0000", b"<MsgId>00<!-- x -->00"))
    assert melding.hode.msg_id == "00000000-0000-4000-8000-000000000001"


def test_what_only_looks_like_a_doctype_is_read() -> None:
    assert les_melding(GYLDIG.replace(b"?>", b"?><!-- <!DOCTYPE a> -->", 1)) == les_melding(GYLDIG)


def test_the_error_says_what_to_do_and_holds_nothing_of_the_message() -> None:
    feil = avvist(GYLDIG.replace(b"</FamilyName>", b"</Familyname>"))
    assert "ikke velformet" in str(feil)
    assert "Prøvesen" not in str(feil)
    assert feil.__cause__ is None
    assert feil.__suppress_context__


def test_the_head_of_a_broken_message_is_found_so_that_it_can_be_answered() -> None:
    hel = les_melding(GYLDIG).hode
    for ødelagt in (GYLDIG[:-40], b"<!DOCTYPE a [<!ENTITY x 'y'>]>" + GYLDIG.split(b"?>", 1)[1], GYLDIG + b"<"):
        delvis = avvist(ødelagt).hode
        assert delvis is not None
        assert (delvis.msg_id, delvis.avsender, delvis.mottaker) == (hel.msg_id, hel.avsender, hel.mottaker)
        assert delvis.standard == "1.6"


def test_a_message_that_is_too_large_is_answered_too() -> None:
    feil = avvist(GYLDIG + b" " * FEM_MIB)
    assert feil.funn.regel == "for-stor"
    assert feil.hode is not None


@settings(max_examples=300)
@given(st.integers(0, len(GYLDIG) - 1), st.integers(1, 60), st.binary(max_size=20))
def test_a_damaged_message_is_read_or_refused_and_nothing_else_happens(sted: int, lengde: int, nytt: bytes) -> None:
    try:
        melding = les_melding(GYLDIG[:sted] + nytt + GYLDIG[sted + lengde :])
    except UleseligMelding as feil:
        skriv_apprec(feil.hode, (feil.funn,), kvitterings_id="k", tidspunkt=NÅ)
        return
    funn = kontroller_melding(melding, vi_mottar_for=set(), kjente_enheter=set(), tillat_testnummer=True)
    skriv_apprec(melding.hode, funn, kvitterings_id="k", tidspunkt=NÅ)


@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_refused(raw: bytes) -> None:
    avvist(raw)


@pytest.mark.parametrize(
    "raw", [b"<a/>", b'<MsgHead xmlns="urn:other"/>', GYLDIG.replace(b"MsgInfo", b"Annet"), b"<MsgHead/>"]
)
def test_xml_that_is_no_message_has_no_usable_head(raw: bytes) -> None:
    feil = avvist(raw)
    assert feil.funn.regel == "uten-hode"
    assert feil.hode is None
