"""Who helps a child is never told of what its parent is ill, with what medicine, where or when: random histories, and
every byte of what each receiver has been given, sealed or not.

Nothing of the adults' is consented to but `barn.kartlagt`, `barn.foreldersyk` and `barn.oppgaver`: then no receiver, in
health or outside it, may have anything of it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.errors import BindeleddError
from bindeledd.core.sealed import Klartekst
from bindeledd.ops import utsnitt as eksport
from bindeledd.runtime.engine import Engine
from bindeledd.schema.generated.barn_paaroerende import Barnenummer, Barnerelasjon, Barnet, Meldepliktutfall
from bindeledd.schema.generated.felles import Tekst
from bindeledd.seal import keys as crypto
from bindeledd.store import log
from bindeledd.store.db import Db
from services.ansvarsgruppe import planer as ansvarsgruppe
from services.ansvarsgruppe import samtykke
from services.barn_pårørende import barneplaner, planer
from services.barn_pårørende.barneplaner import Henvisningstekst
from services.barn_pårørende.sak import BARN
from services.kriseplan import planer as kriseplan
from services.samhandling.plo.skriv import lag_død, lag_innlagt, lag_tidligmelding, lag_utskrevet
from tests.leak.merker import ORD, finn, former
from tests.meldinger import syntetisk
from tests.nettsider import Nettleser, logg_inn
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.stories.folk import RAMMER, Menneske, aktør, enhet, menneske
from tests.unit.samhandling.meldinger import sending, utc
from web.app import lag_app

DPS, PAM, ENHET = "dps-betanien", "pam", "enhet-laksevaag"
HELSE, UTENFOR = ("helsestasjon-laksevaag", "bup", "fastlege"), ("barnehage-laksevaag", "skole-laksevaag", "ppt")
MOTTAKERE = (*HELSE, *UTENFOR)
UTENFOR_HELSE = {p.id for p in HELE_BERGEN.parter.values() if not p.helsetjeneste} - {"innbygger", "auditor", "forum"}
DELER = ("barn.kartlagt", "barn.foreldersyk", "barn.oppgaver")
BEGYNT = utc(2026, 3, 10, 8, 0)
SKREVET = {
    ord_: ORD[ord_] for ord_ in ("status", "forløp", "beskrivelse", "tiltak", "rødt", "samtale", "notat", "post")
}
"""What is told of the adults: of the illness, the medicine, the place; of the talk, the assessment, and what more may
be told of them to who has consent for that."""
STØTTE, KONTAKT = ORD["hjem"], ORD["kontakt"]
"""What a receiver is told."""
Skritt = Callable[["Historie"], None]


@dataclass(slots=True)
class Historie:
    """A family, and what has happened to it so far."""

    rom: Rom
    tilfeldig: random.Random
    foreldre: list[Menneske]
    saker: dict[int, str] = field(default_factory=dict)
    tider: list[datetime] = field(default_factory=list)
    nr: int = 0

    def gjør(self, tjeneste: str, plan: Any) -> None:
        with suppress(BindeleddError):  # what the rules refuse at this point of a random history
            self.rom.gjør(tjeneste, plan)

    def en(self, *valg: Any) -> Any:
        return self.tilfeldig.choice(valg)

    def melding(self, lag: Callable[[Any, datetime], bytes], hvem: Menneske, part: str) -> None:
        """A message comes in about something that happened at a moment that nothing else has."""
        self.nr += 1
        hendt = self.rom.klokke.now - timedelta(minutes=7, seconds=11, microseconds=self.tilfeldig.randrange(1, 999))
        self.tider.append(hendt.replace(microsecond=0))
        sendt = replace(
            sending(self.nr, self.rom.klokke.now), pasient=hvem.pasient, avsender=enhet(part), mottaker=enhet(ENHET)
        )
        self.rom.melding(lag(sendt, hendt.replace(microsecond=0)), self.rom.klokke.now)


def tekst(ord_: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=ord_))


# -- what can happen -----------------------------------------------------------------------------------------------


def _innlagt(h: Historie) -> None:
    hvem, part = h.en(*h.foreldre), h.en(DPS, PAM)
    h.melding(lambda s, t: lag_innlagt(s, tid=t, beskrivelse=ORD["beskrivelse"]), hvem, part)
    forventet = h.rom.klokke.now.date() + timedelta(days=9)
    h.melding(
        lambda s, _t: lag_tidligmelding(s, status=ORD["status"], forløp=ORD["forløp"], forventet=forventet), hvem, part
    )


def _utskrevet(h: Historie) -> None:
    h.melding(lambda s, t: lag_utskrevet(s, tid=t), h.en(*h.foreldre), h.en(DPS, PAM))


def _død(h: Historie) -> None:
    h.melding(lambda s, t: lag_død(s, tid=t), h.foreldre[1], DPS)


def _registrer(h: Historie) -> None:
    hvem, nr = h.en(*h.foreldre), h.en(0, 1)
    født = date(2012 + 7 * nr, 4, 5)
    barnet = Barnet(fornavn=f"Prøve {nr}", etternavn="Prøvesen", foedt=født)
    nummer = Barnenummer(nummer=syntetisk(født), type="FNR")
    for part in (DPS, PAM, ENHET):
        with suppress(BindeleddError):
            plan = barneplaner.registrer(
                hvem.ref, barnet, nummer, Barnerelasjon.FORELDER, tekst(ORD["samtale"]), aktør(part), RAMMER
            )
            h.saker[nr] = str(h.rom.gjør("barn_paaroerende", plan))


def _samtale(h: Historie) -> None:
    hvem, part = h.en(*h.foreldre), h.en(DPS, PAM, ENHET)
    h.gjør("barn_paaroerende", planer.hold_samtale(hvem.ref, 2, tekst(ORD["samtale"]), aktør(part), RAMMER))


def _kriseplan(h: Historie) -> None:
    innhold = {"roedt_nivaa": tekst(ORD["rødt"])}
    h.gjør("kriseplan", kriseplan.opprett(h.en(*h.foreldre).ref, ("pasient",), innhold, aktør(ENHET), RAMMER))


def _henvis(h: Historie) -> None:
    ord_ = Henvisningstekst(tekst(STØTTE), tekst(KONTAKT), tekst(ORD["notat"]))
    for barn_ref in h.saker.values():
        for part in (DPS, PAM, ENHET):
            plan = barneplaner.henvis(barn_ref, h.en(*h.foreldre).ref, h.en(*MOTTAKERE), ord_, aktør(part), RAMMER)
            h.gjør("barn_paaroerende", plan)


def _barnehagen(h: Historie) -> None:
    """One thing that is sure: the barnehage is told."""
    for hvem in h.foreldre:
        gi = samtykke.GiSamtykke(UTENFOR[0], "oppfoelging", DELER)
        h.gjør("ansvarsgruppe", ansvarsgruppe.samtykke_for(hvem.ref, gi, aktør(ENHET), RAMMER))
        ord_ = Henvisningstekst(tekst(STØTTE), tekst(KONTAKT), tekst(ORD["notat"]))
        for barn_ref in h.saker.values():
            h.gjør(
                "barn_paaroerende", barneplaner.henvis(barn_ref, hvem.ref, UTENFOR[0], ord_, aktør(ENHET), RAMMER)
            )  # fmt: skip


def _send(h: Historie) -> None:
    for barn_ref in h.saker.values():
        for part in (DPS, PAM, ENHET):
            view = h.rom.utsnitt("barn_paaroerende", part).get(barn_ref)
            for henvisning in view.henvisninger if view is not None else ():
                plan = barneplaner.send(barn_ref, henvisning.henvisning_ref, aktør(part), RAMMER)
                h.gjør("barn_paaroerende", plan)


def _mottaker(h: Historie) -> None:
    for barn_ref in h.saker.values():
        for part in MOTTAKERE:
            view = h.rom.utsnitt("barn_paaroerende", part).get(barn_ref)
            for henvisning in view.henvisninger if view is not None else ():
                ref, av = henvisning.henvisning_ref, "demo-050"
                h.gjør("barn_paaroerende", barneplaner.ta_imot(barn_ref, ref, av, aktør(part), RAMMER))
                svar = barneplaner.besvar(barn_ref, ref, h.en(True, True, False), tekst("ja"), aktør(part), RAMMER)
                h.gjør("barn_paaroerende", svar)
                plan = barneplaner.start_tiltak(barn_ref, ref, tekst("tiltak"), aktør(part), RAMMER)
                h.gjør("barn_paaroerende", plan)


def _vurder(h: Historie) -> None:
    for barn_ref in h.saker.values():
        vurdert = Meldepliktutfall.MELD, tekst(ORD["tiltak"])
        hvem, part = h.en(*h.foreldre).ref, h.en(DPS, PAM, ENHET)
        plan = barneplaner.vurder_meldeplikt(barn_ref, hvem, "demo-091", *vurdert, aktør(part), RAMMER)
        h.gjør("barn_paaroerende", plan)
        hørt = barneplaner.hør_barnet(barn_ref, tekst(ORD["samtale"]), h.en(True, False), aktør(part), RAMMER)
        h.gjør("barn_paaroerende", hørt)


def _samtykke(h: Historie) -> None:
    gi = samtykke.GiSamtykke(h.en(*MOTTAKERE), "oppfoelging", tuple(h.tilfeldig.sample(DELER, h.en(1, 2, 3))))
    h.gjør("ansvarsgruppe", ansvarsgruppe.samtykke_for(h.en(*h.foreldre).ref, gi, aktør(ENHET), RAMMER))


def _trekk(h: Historie) -> None:
    gitt = [p for p in h.rom.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt"]
    if gitt:
        post = h.tilfeldig.choice(gitt)
        trekk = samtykke.TrekkSamtykke(post.event.samtykke_id)
        h.gjør(
            "ansvarsgruppe", ansvarsgruppe.samtykke_for(str(post.envelope.person_ref), trekk, aktør(ENHET), RAMMER)
        )  # fmt: skip


def _sperr(h: Historie) -> None:
    sperr = samtykke.RegistrerSperring(h.en(*MOTTAKERE), h.en((), ("barn.*",)))
    h.gjør("ansvarsgruppe", ansvarsgruppe.samtykke_for(h.en(*h.foreldre).ref, sperr, aktør(ENHET), RAMMER))


SKRITT: tuple[Skritt, ...] = (
    _innlagt, _utskrevet, _registrer, _registrer, _samtale, _kriseplan, _henvis, _henvis, _send, _mottaker, _mottaker,
    _vurder, _samtykke, _samtykke, _samtykke, _trekk, _sperr,
)  # fmt: skip


@contextmanager
def fortell(mappe: Path, frø: int) -> Iterator[Historie]:
    tilfeldig = random.Random(frø)
    with rom(mappe, BEGYNT, oppsett=HELE_BERGEN) as rommet:
        foreldre = [menneske(rommet, date(1985 + nr, 6, 7), "laksevaag", ENHET) for nr in (0, 1)]
        h = Historie(rommet, tilfeldig, foreldre)
        faste = [_innlagt, _innlagt, _registrer, _registrer, _barnehagen]
        skritt = [*faste, *tilfeldig.choices(SKRITT, k=14), *([_død] if tilfeldig.random() < 0.3 else []), _send]
        for gjør in skritt:
            rommet.til(rommet.klokke.now + timedelta(hours=tilfeldig.randrange(1, 60), seconds=13))
            gjør(h)
        yield h


# -- what the receivers have ---------------------------------------------------------------------------------------


def sagt_i_sakene(rommet: Rom) -> bytes:
    """All that was said in the children's own cases."""
    rader = rommet.inst.engines["barn_paaroerende"].read(partial(log.read_page, after=0, limit=1_000_000))
    return b"".join(_åpnet(rommet, rad.data) for rad in rader if rad.topic == BARN)


def gitt(rommet: Rom, parter: set[str]) -> dict[str, bytes]:
    """Every record that these parties have been given, its bytes and all that is sealed in it; and what is exported of
    them."""
    funnet: dict[str, bytes] = {}
    for navn, engine in rommet.inst.engines.items():
        rader = engine.read(partial(log.read_page, after=0, limit=1_000_000))
        for rad in rader:
            if rad.writer == navn and ".til." in rad.topic and rad.topic.partition(".til.")[2] in parter:
                funnet[f"{rad.topic} v{rad.version} {rad.position}"] = rad.data + _åpnet(rommet, rad.data)
        for part in parter:
            funnet[f"export {navn} {part}"] = repr(engine.read(partial(_eksport, navn, engine, part))).encode()
    return funnet


def sider(rommet: Rom) -> dict[str, bytes]:
    """Every page about children that a receiver can open: the board, the list, each child."""
    app = lag_app(rommet.inst.engines["web"], HELE_BERGEN, TABELL.deler, _ingen_kommandoer, list)
    funnet: dict[str, bytes] = {}
    for part in (*UTENFOR, HELSE[0]):
        leser, rolle = Nettleser(app), aktør(part).role
        bruker = next(
            u.id for u in HELE_BERGEN.katalog.users.values() if any((p.party, p.role) == (part, rolle) for p in u.posts)
        )
        logg_inn(leser, bruker, part, rolle)
        poster = [p for p in rommet.logg("barn_paaroerende") if p.topic == f"barn_paaroerende.til.{part}"]
        barna = {p.envelope.person_ref for p in poster}
        for sti in ("/tavle", "/barn", *(f"/{hva}/{ref}" for ref in barna for hva in ("barn", "pasient"))):
            funnet[f"page {part} {sti}"] = leser.get(sti).content
    return funnet


def _ingen_kommandoer(_aktør: Any) -> Any:
    raise AssertionError("a page that is only looked at sends no command")


def _eksport(navn: str, engine: Engine, part: str, db: Db) -> list[dict[str, Any]]:
    return eksport.as_json(eksport.given(navn, db, engine.around.codec, part, None))


def _åpnet(rommet: Rom, data: bytes) -> bytes:
    kodek, ring = rommet.inst.around.codec, rommet.inst.around.keyring
    _, post = kodek.decode(data)
    felt = [getattr(post, navn) for navn in kodek.sealed_fields(post.avro_name)]
    alle = [verdi for hver in felt for verdi in (hver if isinstance(hver, tuple) else (hver,)) if verdi is not None]
    return b"\n".join([b"", *(crypto.unseal(ring.key(verdi.key).secret, verdi) for verdi in alle)])


def nåler(h: Historie) -> Mapping[tuple[str, str], bytes]:
    """What they may not have: words, the names and ids of where the adults are, who they are, and when."""
    ord_ = {**SKREVET, "DPS": "DPS Betanien", "PAM": "Psykiatrisk akuttmottak", "enheten": ENHET, "id": DPS}
    funnet = {(navn, form): nål for navn, merke in ord_.items() for form, nål in former(merke).items()}
    funnet |= {("pam", "avro"): b"\x06pam", ("pam", "repr"): b"'pam'"}  # too short to look for anywhere
    for nr, tid in enumerate(h.tider):
        mikro = round(tid.timestamp() * 1_000_000)
        funnet[f"tid {nr}", "avro"], funnet[f"tid {nr}", "tall"] = _varint(mikro), str(mikro).encode()
        funnet[f"tid {nr}", "iso"] = tid.isoformat()[:19].encode()
        funnet[f"tid {nr}", "plo"] = tid.strftime("%Y%m%d%H%M%S").encode()
    return funnet


def _varint(tall: int) -> bytes:
    """A long as Avro writes it."""
    rest, ut = tall << 1, bytearray()
    while rest > 0x7F:
        ut.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([*ut, rest])


@pytest.mark.parametrize("frø", range(2))
def test_no_receiver_has_a_byte_of_the_adults_illness_medicine_place_or_dates(tmp_path: Path, frø: int) -> None:
    with fortell(tmp_path, frø) as h:
        nålene = nåler(h)
        saker = {s: b for s, b in gitt(h.rom, UTENFOR_HELSE | set(HELSE)).items() if "barn_paaroerende" in s}
        assert finn(saker, nålene) == []
        assert finn(gitt(h.rom, UTENFOR_HELSE), nålene) == [], "nor by any other service, outside the health service"
        sidene = sider(h.rom)
        assert finn(sidene, nålene) == []
        assert any(STØTTE.encode() in innhold for innhold in saker.values()), "nobody was told anything"
        # Those who may know have it: the needles are such as can be found.
        hos_dem = "\n".join(finn(gitt(h.rom, {DPS, PAM, ENHET}), nålene))
        borte = [navn for navn in ("samtale", "id", "pam", "tid 0") if f": {navn} (" not in hos_dem]
        assert borte == []
        assert ORD["notat"].encode() in sagt_i_sakene(h.rom)
