"""Makes a small picture of a page: PNG with a palette, for a page has few colours and its letters edges of many."""

from __future__ import annotations

import base64
import struct
import zlib

from playwright.sync_api import Page

HØYDE = 720
FARGER = 32
TELL = """async ([png, maks]) => {
  const bilde = new Image();
  bilde.src = "data:image/png;base64," + png;
  await bilde.decode();
  const lerret = Object.assign(document.createElement("canvas"), {width: bilde.width, height: bilde.height});
  const penn = lerret.getContext("2d");
  penn.drawImage(bilde, 0, 0);
  const punkter = new Uint32Array(penn.getImageData(0, 0, bilde.width, bilde.height).data.buffer);
  const antall = new Map(), nærmest = new Map();
  punkter.forEach(farge => antall.set(farge, (antall.get(farge) ?? 0) + 1));
  const palett = [...antall].sort((a, b) => b[1] - a[1]).slice(0, maks).map(([farge]) => farge);
  const avstand = (a, b) => [0, 8, 16].reduce((sum, bit) => sum + ((a >> bit & 255) - (b >> bit & 255)) ** 2, 0);
  for (const farge of antall.keys())
    nærmest.set(farge, palett.reduce((best, b, nr) => avstand(farge, b) < avstand(farge, palett[best]) ? nr : best, 0));
  return {bredde: bilde.width, palett, punkter: Array.from(punkter, farge => nærmest.get(farge))};
}"""
"""In a page: the colours that are used most, and for each point which of them is nearest."""


def lite_bilde(page: Page) -> bytes:
    """What the upper part of the window shows now, in the `FARGER` colours that are used most there."""
    assert page.viewport_size is not None
    utsnitt = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": HØYDE}
    tatt = page.screenshot(animations="disabled", clip=utsnitt)  # type: ignore[arg-type]
    tegner = page.context.new_page()
    funnet = tegner.evaluate(TELL, [base64.b64encode(tatt).decode(), FARGER])
    tegner.close()
    return _png(funnet["bredde"], funnet["palett"], bytes(funnet["punkter"]))


def _png(bredde: int, palett: list[int], punkter: bytes) -> bytes:
    linjer = b"".join(b"\0" + punkter[fra : fra + bredde] for fra in range(0, len(punkter), bredde))
    hode = struct.pack(">IIBBBBB", bredde, len(punkter) // bredde, 8, 3, 0, 0, 0)
    farger = b"".join(struct.pack("<I", farge & 0xFFFFFFFF)[:3] for farge in palett)
    deler = ((b"IHDR", hode), (b"PLTE", farger), (b"IDAT", zlib.compress(linjer, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_del(*hver) for hver in deler)


def _del(navn: bytes, innhold: bytes) -> bytes:
    return struct.pack(">I", len(innhold)) + navn + innhold + struct.pack(">I", zlib.crc32(navn + innhold))
