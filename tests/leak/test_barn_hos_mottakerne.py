"""Who helps a child is never told of what its parent is ill, with what medicine, where or when: random histories, and
every byte of what each receiver has been given, sealed or not, of every page that it can reach, and of its exports.

What somebody has consented to is no leak: a receiver may have the groups of needles that its consents open, and no
more. In the children's own streams no consent opens anything, but for a health receiver's to `barn.diagnose`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from bindeledd.access.parties import posts_of, users_in
from bindeledd.ops import utsnitt as eksport
from bindeledd.runtime.engine import Engine
from bindeledd.seal import keys as crypto
from bindeledd.store import log
from bindeledd.store.db import Db
from services.barn_pårørende.sak import BARN
from services.felles.oppsett import OM_ÉN_PERSON
from services.felles.tid import OSLO, lokal_dag
from tests.gåtur import Gåtur, gå_som
from tests.leak.familie import (
    ANDRE,
    DPS,
    ENHET,
    HELSE,
    MOTTAKERE,
    STØTTE,
    Historie,
    fortell,
    si_det_til,
    si_ja_til_oppholdet,
)
from tests.leak.merker import ORD, finn, former
from tests.rom import HELE_BERGEN, TABELL, Rom
from web import gitt as gitt_til_web
from web import tid
from web.app import lag_app
from web.økt import Økt, Økter

UTENFOR_HELSE = {p.id for p in HELE_BERGEN.parter.values() if not p.helsetjeneste} - {"innbygger", "auditor", "forum"}
BEHANDLER = (DPS, ENHET)
SÆRORD = {
    "melding": ("schizoaffektiv", "lidelse (F25.1)", "klozapin"),
    "kriseplan": ("bipolar lidelse", "litium"),
    "sak": ("paranoid psykose", "olanzapin"),
}
GRUPPER = {
    "melding": (*(ORD[ord_] for ord_ in ("status", "forløp", "beskrivelse")), *SÆRORD["melding"]),
    "kriseplan": (ORD["rødt"], *SÆRORD["kriseplan"]),
    "notat": (ORD["notat"], *SÆRORD["sak"]),
    "sak": (ORD["samtale"], ORD["tiltak"]),
    "sted": ("DPS Betanien", "Psykiatrisk akuttmottak", DPS),
    "enheten": (ENHET,),
}
"""What is told of the adults, by what could open it: of the illness in messages, in the crisis plan and in the
children's cases (`notat`: what more may be told to who has consent for that), of where they are and who helps them."""
ALLE_DPS = [p.navn for p in HELE_BERGEN.parter.values() if p.slag == "dps"]
VALG = re.compile(r"<(select|datalist)\b.*?</\1>", re.DOTALL)
Nåler = Mapping[tuple[str, str], bytes]


# -- what the receivers have ---------------------------------------------------------------------------------------


def sagt_i_sakene(rommet: Rom) -> bytes:
    """All that was said in the children's own cases."""
    rader = rommet.inst.engines["barn_paaroerende"].read(partial(log.read_page, after=0, limit=1_000_000))
    return b"".join(_åpnet(rommet, rad.data) for rad in rader if rad.topic == BARN)


def gitt(rommet: Rom, part: str) -> dict[str, bytes]:
    """Every record that this party has been given, its bytes and all that is sealed in it, and what is exported of
    them. What is `opened` holds no cipher, so that a day of three bytes is a day."""
    funnet: dict[str, bytes] = {}
    for navn, engine in rommet.inst.engines.items():
        for rad in engine.read(partial(log.read_page, after=0, limit=1_000_000)):
            if rad.writer == navn and rad.topic.endswith(f".til.{part}"):
                sted = f"{rad.topic} v{rad.version} {rad.position}"
                funnet[sted], funnet[f"opened {sted}"] = rad.data, _åpnet(rommet, rad.data)
        funnet[f"export {navn} {part}"] = repr(engine.read(partial(_eksport, navn, engine, part))).encode()
    return funnet


def uten_eksport(h: Historie, part: str, funnet: Mapping[str, bytes]) -> list[str]:
    """What this party has that is not in what is exported of it."""
    return [
        f"{tjeneste}: {ref}"
        for tjeneste in h.rom.inst.engines.keys() - {"web"}
        for ref in h.rom.utsnitt(tjeneste, part)
        if ref.encode() not in funnet[f"export {tjeneste} {part}"]
    ]


def sider(h: Historie, part: str, av_hver: int = 9) -> dict[str, bytes]:
    """Every page that somebody of this party can reach by its links, in each of its roles."""
    web = h.rom.inst.engines["web"]
    app = lag_app(web, HELE_BERGEN, TABELL, _ingen_kommandoer, list)
    økter, nå = Økter(web.around.keyring, HELE_BERGEN.katalog), h.rom.klokke.now
    om_én = HELE_BERGEN.parter[part].slag in OM_ÉN_PERSON
    funnet: dict[str, bytes] = {}
    for stilling in posts_of(HELE_BERGEN.katalog, part):
        for bruker in users_in(HELE_BERGEN.katalog, stilling)[:1]:
            økt = Økt("1" * 32, bruker.id, part, stilling.role)
            for person in ("", *(sorted(gitt_til_web.personer(web, part)) if om_én else ())):
                tur = Gåtur(stilling.role, {"/velg"}, av_hver)
                for side in gå_som(app, økter, nå, økt, person, tur):
                    assert side.status == 200, f"{side}: {side.status}"
                    funnet[f"page {part} {person[:4]} {side}"] = VALG.sub(_uten_alles_valg, side.html).encode()
    return funnet


def unådd(h: Historie, part: str, sidene: Iterable[str]) -> list[str]:
    """Those whom this party has something about, and to whose page no walk came. SLT has figures, and no such page."""
    alle = frozenset[str]() if part == "slt" else gitt_til_web.personer(h.rom.inst.engines["web"], part)
    sist = {side.rpartition(" ")[2] for side in sidene}
    return [ref for ref in sorted(alle) if not sist & {f"/pasient/{ref}", f"/barn/{ref}"}]


def _uten_alles_valg(valg: re.Match[str]) -> str:
    """A list to choose from that offers every DPS, and has chosen none, says nothing of anybody."""
    return "" if "selected" not in valg[0] and all(navn in valg[0] for navn in ALLE_DPS) else valg[0]


def _ingen_kommandoer(_aktør: Any) -> Any:
    raise AssertionError("a page that is only looked at sends no command")


def _eksport(navn: str, engine: Engine, part: str, db: Db) -> list[dict[str, Any]]:
    return eksport.as_json(eksport.given(navn, db, engine.around.codec, part, None))


def _åpnet(rommet: Rom, data: bytes) -> bytes:
    """A record as it reads, and the content of all that is sealed in it."""
    kodek, ring = rommet.inst.around.codec, rommet.inst.around.keyring
    _, post = kodek.decode(data)
    felt = [getattr(post, navn) for navn in kodek.sealed_fields(post.avro_name)]
    alle = [verdi for hver in felt for verdi in (hver if isinstance(hver, tuple) else (hver,)) if verdi is not None]
    return b"\n".join([repr(post).encode(), *(crypto.unseal(ring.key(verdi.key).secret, verdi) for verdi in alle)])


# -- what they may not have ------------------------------------------------------------------------------------------


def nåler(h: Historie) -> Mapping[str, Nåler]:
    """Group → needles: words, the names and ids of where the adults are, and when."""
    grupper: dict[str, dict[tuple[str, str], bytes]] = {
        gruppe: {(merke, form): nål for merke in merker for form, nål in former(merke).items()}
        for gruppe, merker in GRUPPER.items()
    }
    grupper["sted"] |= {("pam", "avro"): b"\x06pam", ("pam", "repr"): b"'pam'"}  # too short to look for anywhere
    grupper["tid"] = {nål: som for t in h.tider for nål, som in _øyeblikk(t, h.rom.klokke.now).items()}
    for dag in (*(lokal_dag(t) for t in h.tider), *h.ventet):
        grupper["tid"] |= _dagen(dag, h.rom.klokke.now)
    return grupper


def _øyeblikk(t: datetime, nå: datetime) -> dict[tuple[str, str], bytes]:
    """A moment as records, messages and pages write it."""
    mikro = round(t.timestamp() * 1_000_000)
    her, klokke = t.astimezone(OSLO), tid.klokke(t)
    ord_ = {
        "iso": t.isoformat()[:19], "plo": t.strftime("%Y%m%d%H%M%S"), "tall": str(mikro),
        "sekunder": str(mikro // 10**6), "maskin": tid.maskin(t), "når": tid.når(t, nå), "klokke": klokke,
        "klokke, brutt": klokke.replace("\N{NO-BREAK SPACE}", " "), "felt": f'"{her:%H:%M}"',
        "kort": f"{her:%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    return {(str(t), "avro"): _varint(mikro)} | {(str(t), form): tekst.encode() for form, tekst in ord_.items()}


def _dagen(dag: date, nå: datetime) -> dict[tuple[str, str], bytes]:
    """A day alone. Before a date that begins with its number stands something else than a digit."""
    ord_ = {
        "dag": tid.dag(dag, nå), "dato": f" {tid.dato(dag)}", "dato i en rute": f">{tid.dato(dag)}",
        "dag iso": str(dag), "dag repr": repr(dag), "plo": f"{dag:%Y%m%d}", "kort": f"{dag:%d.%m.%Y}",
        "dag og tid repr": f"datetime.datetime({dag.year}, {dag.month}, {dag.day},",
    }  # fmt: skip
    tall = (dag - date(1970, 1, 1)).days
    return {(str(dag), "dag avro"): _varint(tall)} | {(str(dag), form): tekst.encode() for form, tekst in ord_.items()}


def _varint(tall: int) -> bytes:
    """An int or a long as Avro writes it."""
    rest, ut = tall << 1, bytearray()
    while rest > 0x7F:
        ut.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([*ut, rest])


def åpner(h: Historie, part: str) -> set[str]:
    """The groups of needles that a party may have by what was ever consented to, now or before it was withdrawn:
    access.md "The stay" (no health content outside the health service), "Crisis plan", "Consent, plan, group"."""
    tabeller = {del_.partition(".")[0] for del_ in h.samtykket[part]}
    ut = {"enheten"} if tabeller & {"opphold", "plan", "kriseplan"} else set[str]()
    if "opphold" in tabeller:
        ut |= {"sted", "tid"} | ({"melding"} if part in HELSE else set())
    if "kriseplan" in tabeller:
        ut |= {"kriseplan"}
    return ut | åpner_av_saken(h, part)


def åpner_av_saken(h: Historie, part: str) -> set[str]:
    """The same of a child's case: access.md "Children", the row of diagnosis, medicine, place and dates."""
    return {"notat", "sted", "enheten"} if part in HELSE and h.samtykket[part] & {"barn.diagnose", "barn.*"} else set()


def funn(steder: Mapping[str, bytes], grupper: Mapping[str, Nåler], lov: Iterable[str]) -> list[str]:
    alle = {nøkkel: nål for gruppe, nålene in grupper.items() if gruppe not in lov for nøkkel, nål in nålene.items()}
    lange = {nøkkel: nål for nøkkel, nål in alle.items() if nøkkel[1] != "dag avro"}
    åpne = {sted: innhold for sted, innhold in steder.items() if sted.startswith("opened")}
    return finn({s: b for s, b in steder.items() if s not in åpne}, lange) + finn(åpne, alle)


def test_no_receiver_has_a_byte_of_the_adults_illness_medicine_place_or_dates(tmp_path: Path, rounds: int) -> None:
    """A few histories, other ones in each run that is not CI's, and many in the runs that go round more often."""
    tilfeldig = random.Random(0 if settings().derandomize else None)
    for frø in (tilfeldig.randrange(1_000_000) for _ in range(rounds - 1)):
        with fortell(tmp_path / str(frø), frø) as h:
            grupper, fortalt = nåler(h), b""
            for part in sorted(UTENFOR_HELSE | set(HELSE)):
                hos_dem = gitt(h.rom, part)
                om_barn = {sted: innhold for sted, innhold in hos_dem.items() if "barn_paaroerende" in sted}
                fortalt += b"".join(om_barn.values())
                assert uten_eksport(h, part, hos_dem) == [], frø
                assert funn(om_barn, grupper, åpner_av_saken(h, part)) == [], frø
                if part in UTENFOR_HELSE:
                    assert funn(hos_dem, grupper, åpner(h, part)) == [], f"{frø}: nor by another service, out there"
            for part in (*MOTTAKERE, *ANDRE):
                sett = sider(h, part)
                assert sett, f"{frø}: {part} was not walked"
                assert unådd(h, part, sett) == [], f"{frø}: nor was {part} walked to the end"
                assert funn(sett, grupper, åpner(h, part)) == [], frø
            assert STØTTE.encode() in fortalt, f"{frø}: nobody was told anything"
            assert ORD["notat"].encode() in sagt_i_sakene(h.rom)


@pytest.fixture(scope="module")
def alle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Historie]:
    """The control: all receivers are told of the children, and who is outside of where the adults are."""
    with fortell(tmp_path_factory.mktemp("alle"), tilfeldige=0) as h:
        for part in MOTTAKERE:
            si_det_til(h, part)
        for part in ANDRE:
            si_ja_til_oppholdet(h, part)
        yield h


def test_every_receiver_has_a_page_and_an_export_where_a_leak_would_be_seen(alle: Historie) -> None:
    for part in (*MOTTAKERE, *ANDRE):
        sett, hos_dem = sider(alle, part, 4), gitt(alle.rom, part)
        assert unådd(alle, part, sett) == [], part
        assert uten_eksport(alle, part, hos_dem) == [], part
        sagt = {"slt": "færre enn 5"}.get(part, STØTTE if part in MOTTAKERE else "Prøvesen")
        assert [side for side in sett if sagt.encode() in sett[side]], part
        tjeneste = "samhandling" if part in ANDRE and part != "slt" else "barn_paaroerende"
        assert hos_dem[f"export {tjeneste} {part}"] != b"[]", part


def test_each_needle_is_such_as_the_pages_and_records_of_who_treats_them_hold(alle: Historie) -> None:
    h = alle
    nålene = {nøkkel: nål for gruppe in nåler(h).values() for nøkkel, nål in gruppe.items()}
    på_sidene = "\n".join(linje for part in BEHANDLER for linje in finn(sider(h, part, 2), nålene))
    i_postene = "\n".join(linje for part in BEHANDLER for linje in finn(gitt(h.rom, part), nålene))
    for t in h.tider:
        assert [form for form in ("maskin", "når", "klokke") if f": {t} ({form})" not in på_sidene] == []
        assert [form for form in ("avro", "iso") if f": {t} ({form})" not in i_postene] == []
        assert f": {lokal_dag(t)} (dag)" in på_sidene
    for dag in h.ventet:
        assert f": {dag} (dag)" in på_sidene
        assert f": {dag} (dag avro)" in i_postene
    for ord_ in (*SÆRORD["melding"], *SÆRORD["kriseplan"], *SÆRORD["sak"], ORD["samtale"], "DPS Betanien"):
        assert f": {ord_} (" in på_sidene, ord_
    assert f": {DPS} (" in i_postene


def test_each_form_of_a_moment_and_of_a_day_is_the_one_that_it_is_called_by() -> None:
    """Written by hand: a summer's evening, a winter's evening, and a day."""
    nå = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
    sommer, vinter = (datetime(2026, måned, 3, 20, 53, 17, tzinfo=UTC) for måned in (6, 1))
    assert {form: nål.decode("latin-1") for (_, form), nål in _øyeblikk(sommer, nå).items() if form != "når"} == {
        "avro": "\x80\xa5\xfe\xde\xf3\xd7\xa9\x06", "iso": "2026-06-03T20:53:17", "plo": "20260603205317",
        "tall": "1780519997000000", "sekunder": "1780519997", "maskin": "2026-06-03T22:53+02:00",
        "klokke": "kl.\xc2\xa022.53", "klokke, brutt": "kl. 22.53", "felt": '"22:53"', "kort": "2026-06-03T22:53",
    }  # fmt: skip
    om_vinteren = {form: nål for (_, form), nål in _øyeblikk(vinter, nå).items()}
    assert om_vinteren["når"].decode() == "lørdag 3. januar kl.\N{NO-BREAK SPACE}21.53"
    assert om_vinteren["felt"] == b'"21:53"'
    assert {form: nål.decode("latin-1") for (_, form), nål in _dagen(sommer.date(), nå).items()} == {
        "dag avro": "\xfe\xc1\x02", "dag": "onsdag 3. juni", "dato": " 3. juni 2026", "dato i en rute": ">3. juni 2026",
        "dag iso": "2026-06-03", "dag repr": "datetime.date(2026, 6, 3)", "plo": "20260603", "kort": "03.06.2026",
        "dag og tid repr": "datetime.datetime(2026, 6, 3,",
    }  # fmt: skip
