"""Who helps a child is never told of what its parent is ill, with what medicine, where or when: random histories, and
every byte of what each receiver has been given, sealed or not, of every page that it can reach, and of its exports.

What somebody has consented to is no leak: a receiver may have the groups of needles that its consents open, and no
more. In the children's own streams no consent opens anything, but for a health receiver's to `barn.diagnose`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

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
from tests.leak.familie import ANDRE, DPS, ENHET, HELSE, MOTTAKERE, STØTTE, Historie, fortell
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


def sider(h: Historie, part: str, av_hver: int = 9) -> dict[str, bytes]:
    """Every page that somebody of this party can reach by its links, in each of its roles."""
    web = h.rom.inst.engines["web"]
    app = lag_app(web, HELE_BERGEN, TABELL.deler, _ingen_kommandoer, list)
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
                assert funn(om_barn, grupper, åpner_av_saken(h, part)) == [], frø
                if part in UTENFOR_HELSE:
                    assert funn(hos_dem, grupper, åpner(h, part)) == [], f"{frø}: nor by another service, out there"
            for part in (*MOTTAKERE, *ANDRE):
                assert funn(sider(h, part), grupper, åpner(h, part)) == [], frø
            assert STØTTE.encode() in fortalt, f"{frø}: nobody was told anything"
            assert ORD["notat"].encode() in sagt_i_sakene(h.rom)


def test_each_needle_is_such_as_the_pages_and_records_of_who_treats_them_hold(tmp_path: Path) -> None:
    with fortell(tmp_path, tilfeldige=0) as h:
        alle = {nøkkel: nål for nålene in nåler(h).values() for nøkkel, nål in nålene.items()}
        på_sidene = "\n".join(linje for part in BEHANDLER for linje in finn(sider(h, part, 2), alle))
        i_postene = "\n".join(linje for part in BEHANDLER for linje in finn(gitt(h.rom, part), alle))
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
