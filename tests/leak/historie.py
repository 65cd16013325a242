"""Everything that can be told about two people, told with markers: messages good and bad, commands, errors, parking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from bindeledd.access.tokens import Tokens
from bindeledd.app.door import Door, Inside
from bindeledd.app.http import make_app
from bindeledd.app.installation import all_services
from bindeledd.app.settings import Config
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import Shredded
from bindeledd.core.sealed import Forseglet
from bindeledd.runtime.service import Service
from bindeledd.schema.generated.samhandling import PasientUtskrevet
from bindeledd.seal import keys as crypto
from bindeledd.store import log
from bindeledd.store.db import Db
from services.samhandling.plo.melding import (
    Adresse,
    Helsepersonell,
    Ident,
    Kontakter,
    Organisasjon,
    Pasient,
    Pårørende,
)
from services.samhandling.plo.skriv import (
    lag_avmelding,
    lag_dialog,
    lag_død,
    lag_innlagt,
    lag_rapport,
    lag_tidligmelding,
    lag_utskrevet,
    lag_utskrivningsklar,
)
from tests.crash.filer import forseglede, les_mappe
from tests.klient import Klient
from tests.leak.merker import (
    D_NUMMER,
    FØDSELSNUMMER,
    H_NUMMER,
    KONTAKTTELEFON,
    MELDINGSTYPE,
    ORD,
    RINGES,
    TELEFON,
    UGYLDIG_NUMMER,
    UTSTEDER,
)
from tests.meldinger import FØDT, her, i_latin1, person_id, syntetisk
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.unit.samhandling.meldinger import sending, utc

INN = utc(2026, 3, 2, 20, 0)
NÅ = utc(2026, 3, 3, 8, 0)
ENHET, ACT, PAM, NAV, KO = "enhet-aarstad", "act-kronstad", "pam", "nav-aarstad", "koordinerende-enhet"
ROLLER = {ENHET: "koordinator", ACT: "act-medlem", PAM: "pam-kontakt", KO: "koordinerende-ansatt"}

HOVEDPERSON = Pasient(
    etternavn=ORD["etternavn"], fornavn=ORD["fornavn"], mellomnavn=ORD["mellomnavn"], født=FØDT, kjønn="2",
    identer=(person_id(FØDSELSNUMMER), person_id(D_NUMMER, "DNR"), Ident(H_NUMMER, "HNR", UTSTEDER)),
    adresse=Adresse(ORD["gate"], "5003", ORD["poststed"], "H", "4601"), telefoner=(TELEFON,),
)  # fmt: skip
KONTAKTER = Kontakter(
    enheter=(Organisasjon(ORD["post"], her("9000201"), (KONTAKTTELEFON,)),),
    kontaktpersoner=(Helsepersonell(ORD["kontakt"], "Test", "SP"),),
    ansvarlige=(Helsepersonell(ORD["lege"], "Test", "LE", "19", (person_id("9999999", "HPR"),)),),
)
PÅRØRENDE = Pårørende("BA", "1", 2015, ORD["pårørende"], "Test", (TELEFON,))


@dataclass(frozen=True, slots=True)
class Fortalt:
    """The installation, still open, and everything that it has said to anybody."""

    rom: Rom
    person: str
    """The main person's ref."""
    sagt: dict[str, bytes] = field(default_factory=dict)

    def hør(self, hvor: str, innhold: bytes) -> None:
        self.sagt[f"{len(self.sagt):03} {hvor}"] = innhold


# -- messages ------------------------------------------------------------------------------------------------------


def _om(nr: int, **annet: Any) -> Any:
    sendt = INN + timedelta(minutes=nr)
    return sending(nr, sendt, **{"pasient": HOVEDPERSON, "kontakter": KONTAKTER, "pårørende": (PÅRØRENDE,), **annet})


def gode() -> Iterator[bytes]:
    """A whole stay, and what else comes about the person. Each is taken in."""
    yield lag_innlagt(_om(1), tid=INN, beskrivelse=ORD["beskrivelse"])
    yield lag_tidligmelding(_om(2), status=ORD["status"], forløp=ORD["forløp"], forventet=date(2026, 3, 9))
    yield lag_tidligmelding(_om(3, status="M", viser_til=2), status=ORD["oppdatert"], forventet=date(2026, 3, 10))
    yield lag_utskrivningsklar(_om(4), dato=date(2026, 3, 2), innlagt=INN)
    yield i_latin1(lag_avmelding(_om(5), dato=date(2026, 3, 2), innlagt=INN, merknad=ORD["merknad"]))
    yield lag_avmelding(_om(6, status="C", viser_til=5), dato=date(2026, 3, 2), innlagt=INN, merknad=ORD["merknad"])
    yield lag_rapport(_om(7), "INNLEGGELSESRAPPORT", notat=ORD["rapport"])
    yield lag_dialog(_om(8), "DIALOG_FORESPORSEL", tekst=ORD["spørsmål"])
    yield lag_dialog(_om(9, viser_til=8), "DIALOG_NOTAT", tekst=ORD["notat"])
    yield lag_dialog(_om(10, viser_til=8), "DIALOG_AVVIK", tekst=ORD["avviksnotat"])


def slutt() -> bytes:
    """The stay ends."""
    return lag_utskrevet(_om(11), tid=INN + timedelta(hours=2), merknad=ORD["merknad"])


def onde() -> Iterator[bytes]:
    """What is refused, held, in conflict or not even readable."""
    ugyldig = replace(HOVEDPERSON, identer=(person_id(UGYLDIG_NUMMER),))
    yield lag_innlagt(_om(20, pasient=ugyldig), tid=INN, beskrivelse=ORD["feiltekst"])
    yield lag_innlagt(_om(21, pasient=replace(HOVEDPERSON, født=None)), tid=INN)
    yield lag_innlagt(_om(1), tid=INN + timedelta(minutes=1), beskrivelse=ORD["feiltekst"])
    yield lag_avmelding(_om(22, status="C", viser_til=99), dato=date(2026, 3, 2), innlagt=INN, merknad=ORD["feiltekst"])
    yield lag_død(_om(23), tid=INN, beskrivelse=ORD["feiltekst"]).replace(b"LOG_DOD", b"LOG_UKJENT")
    yield lag_død(_om(25), tid=INN).replace(b'V="LOG_DOD"', f'V="{MELDINGSTYPE}"'.encode(), 1)
    yield lag_innlagt(_om(24), tid=INN)[:-40] + ORD["hale"].encode()
    yield f"<{ORD['uleselig']} {ORD['uleselig']}".encode()
    yield f'<!DOCTYPE x [<!ENTITY {ORD["bombe"]} "{ORD["bombe"]}">]><x>&{ORD["bombe"]};</x>'.encode()
    yield ORD["uleselig"].encode("utf-16")
    yield b""


# -- commands ------------------------------------------------------------------------------------------------------

KRISEPLAN = {
    "tegn_og_tiltak": {"varselsignaler": [ORD["varselsignal"]], "tiltak": [ORD["tiltak"]]},
    "roedt_nivaa": ORD["rødt"], "kontakter": [{"navn": ORD["ringes"], "telefon": RINGES, "naar": "om natten"}],
    "innleggelse": ORD["innleggelse"], "barn": ORD["barn"], "hjem_og_oekonomi": ORD["hjem"],
}  # fmt: skip

I_NIVÅER = {
    "tegn_og_tiltak": {
        "utloesende": [ORD["utløsende"]], "groenne_tegn": [ORD["grønntegn"]], "gule_tegn": [ORD["gultegn"]],
        "groenne_tiltak": [{"hva": ORD["grønthva"], "hvem": ORD["grønthvem"]}],
        "gule_tiltak": [{"hva": ORD["gulthva"], "naar": ORD["gultnår"]}], "hjulpet": [ORD["hjulpet"]],
    },
    "roedt_nivaa": {
        "tegn": [ORD["rødttegn"]], "tiltak": [{"hva": ORD["rødthva"], "hvordan": ORD["rødthvordan"]}],
        "moetes": ORD["møtes"], "hjelper_ikke": [ORD["hjelperikke"]],
    },
    "kontakter": [{"navn": ORD["ringes"], "telefon": RINGES, "naar": "om natten", "rolle": ORD["rolle"]}],
    "innleggelse": {"sted": ORD["ønsketsted"], "oensket": ORD["ønsket"], "uoensket": ORD["uønsket"]},
    "barn": {"hvem_tar_barna": ORD["hvemtarbarna"], "hva_de_vet": ORD["hvadevet"]},
    "hjem_og_oekonomi": {"dyr": ORD["dyr"], "oekonomi": ORD["økonomi"]},
}  # fmt: skip
"""The same plan when it is gone through in levels."""


def kommandoer(person: str) -> Iterator[tuple[str, str, Any]]:
    """(who, route, body) of what people here do. Each is carried out."""
    ny = {
        "fornavn": ORD["annetfornavn"], "etternavn": ORD["annetetternavn"], "født": "1950-02-02",
        "numre": [{"nummer": syntetisk(date(1950, 2, 2)), "type": "FNR"}], "bydel": "aarstad",
    }  # fmt: skip
    yield KO, "samhandling/personer", ny
    yield KO, f"samhandling/personer/{person}/bydel", {"bydel": "aarstad", "kommune": "4601"}
    yield KO, f"samhandling/personer/{person}/bekreft", {"grunn": "bekreftet_av_enheten"}
    yield KO, f"ansvarsgruppe/personer/{person}/koordinator", {"part": ENHET, "koordinator": "demo-069"}
    yield ENHET, f"ansvarsgruppe/personer/{person}/gruppe", None
    samtykke = {"part": ACT, "formaal": "oppfoelging", "deler": ["opphold.*", "kriseplan.*", "plan.*"]}
    yield ENHET, f"ansvarsgruppe/personer/{person}/samtykker", samtykke
    yield ENHET, f"ansvarsgruppe/personer/{person}/samtykker", {**samtykke, "part": PAM}
    yield ENHET, f"ansvarsgruppe/personer/{person}/sperringer", {"part": "skole-aarstad", "deler": []}
    yield from _plan_og_møte(person)
    yield ENHET, f"kriseplan/personer/{person}/tilby", None
    medvirket = {"medvirkning": ["pasient"]}
    yield ENHET, f"kriseplan/personer/{person}/plan", {**medvirket, "deler": KRISEPLAN}
    yield ENHET, f"kriseplan/personer/{person}/plan/revider", {**medvirket, "deler": {"barn": ORD["revidert"]}}
    yield ENHET, f"kriseplan/personer/{person}/plan/revider", {**medvirket, "deler": I_NIVÅER}
    brukt = {"av": "demo-109", "nivaa": "ROEDT", "virket": ORD["virket"], "virket_ikke": ORD["virketikke"]}
    yield PAM, f"kriseplan/personer/{person}/plan/bruk", brukt
    samtale = {"antall_barn": 1, "innhold": ORD["samtale"]}
    yield ENHET, f"barn_paaroerende/personer/{person}/samtale", samtale


def _plan_og_møte(person: str) -> Iterator[tuple[str, str, Any]]:
    """`{gruppe}` and `{moete}` stand for the ref that the last such command gave."""
    her, dag = f"ansvarsgruppe/personer/{person}", "2026-09-01"
    maal = {"maal": [ORD["maal"]], "ressurser": ORD["ressurser"], "behov": ORD["behov"], "bidrag": ORD["bidrag"]}
    yield ENHET, f"{her}/plan", {"samtykket": True, "revisjon": dag, "maal": maal}
    yield ENHET, f"{her}/plan/evaluer", {"revisjon": dag, "vurdering": ORD["vurdering"]}
    yield ENHET, f"{her}/tiltak", {"part": ENHET, "tekst": ORD["tiltakstekst"]}
    yield ENHET, f"{her}/gruppe/{{gruppe}}/representant", {"slag": "verge", "navn": ORD["representant"]}
    møte = {"sted": ORD["møtested"], "formaal": ORD["formål"], "saker": [ORD["sak"]], "inviterte": []}
    yield ENHET, f"{her}/gruppe/{{gruppe}}/moete", {**møte, "tid": (NÅ + timedelta(minutes=1)).isoformat()}


def referatet(person: str) -> Iterator[tuple[str, str, Any]]:
    """What came of the meeting, once it has begun."""
    møtet = f"ansvarsgruppe/personer/{person}/moete/{{moete}}"
    yield ENHET, f"{møtet}/holdt", {"tilstede": [ENHET]}
    oppgave = {"part": ENHET, "tekst": ORD["møteoppgave"]}
    innhold = {"maal": ORD["referat"], "beslutninger": [ORD["beslutning"]], "uenighet": ORD["uenighet"]}
    yield ENHET, f"{møtet}/referat", {**innhold, "oppgaver": [oppgave]}


def gale_kommandoer(person: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(who, address, request) of what is refused: for its form, its rule, its key, or for not being there at all."""
    fritt = {"grunn": ORD["begrunnelse"]}
    nummer = {"numre": [{"nummer": UGYLDIG_NUMMER, "type": "FNR"}]}
    navn = {"fornavn": ORD["annetfornavn"], "etternavn": ORD["annetetternavn"]}
    yield KO, "/api/samhandling/personer", {"json": {**navn, **nummer}}
    yield KO, "/api/samhandling/personer", {"json": {**navn, "født": ORD["kodeforsøk"], **nummer}}
    yield KO, "/api/samhandling/personer", {"json": {ORD["ukjentfelt"]: ORD["ukjentverdi"]}}
    yield KO, "/api/samhandling/personer", {"json": {**navn, "bydel": ORD["kodeforsøk"], **nummer}}
    yield KO, "/api/samhandling/personer", {"content": f'{{"fornavn": "{ORD["ødelagtjson"]}'.encode()}
    yield KO, f"/api/samhandling/personer/{person}/bydel", {"json": {"bydel": "aarstad", "kommune": ORD["kodeforsøk"]}}
    yield KO, f"/api/samhandling/personer/{person}/bekreft", {"json": fritt}
    yield KO, f"/api/samhandling/personer/{person}/forkast", {"json": fritt}
    yield ENHET, f"/api/ansvarsgruppe/personer/{person}/samtykker", {"json": {"part": ORD["kodeforsøk"]}}
    yield ENHET, f"/api/kriseplan/personer/{person}/plan/tilbakekall", {"json": fritt}
    yield (
        ENHET,
        f"/api/kriseplan/personer/{person}/plan",
        {"json": {"medvirkning": [ORD["kodeforsøk"]], "deler": KRISEPLAN}},
    )
    yield PAM, f"/api/barn_paaroerende/personer/{person}/avslag", {"json": fritt}
    yield ENHET, f"/api/samhandling/meldinger/{person}/aapnet", {"json": {"av": ORD["kodeforsøk"]}}
    yield ENHET, f"/api/samhandling/opphold/{person}/oppgaver/{person}/ta", {"json": {"av": ORD["kodeforsøk"]}}
    yield ENHET, f"/api/samhandling/personer/{ORD['sti']}/bekreft", {"json": fritt}
    yield ENHET, f"/{ORD['sti']}", {"params": {"q": ORD["spørring"]}}
    for hode in ("Idempotency-Key", "If-Match", "Authorization"):
        yield KO, f"/api/samhandling/personer/{person}/bydel", {"headers": {hode: FØDSELSNUMMER}, "json": fritt}


# -- all of it -----------------------------------------------------------------------------------------------------


def tjenester() -> list[Service]:
    """The services, of which one cannot bear that a stay ends, and says so with everything it knows."""

    def ødelagt(_lookup: Any, _konvolutt: Any, event: Any) -> Any:
        raise RuntimeError(f"{ORD['fornavn']} {FØDSELSNUMMER} {ORD['merknad']} {event}")

    alle = {tjeneste.name: tjeneste for tjeneste in all_services(Config(HELE_BERGEN, TABELL))}
    barn = alle["barn_paaroerende"]
    alle[barn.name] = replace(barn, reactions={**barn.reactions, PasientUtskrevet.avro_name: ødelagt})
    return list(alle.values())


@contextmanager
def fortell(mappe: Path) -> Iterator[Fortalt]:
    """Everything, told over HTTP to an installation on `mappe`, which is open until the context ends."""
    with rom(mappe, NÅ, oppsett=HELE_BERGEN, tjenester=tjenester()) as rommet:
        app = Klient(_dør(rommet))
        fortalt = Fortalt(rommet, "")
        for raw in gode():
            _mottak(fortalt, app, raw, ventet=200)
        fortalt = replace(fortalt, person=_personen(rommet))
        _kommandoer(fortalt, app)
        _gale_kommandoer(fortalt, app)
        for raw in onde():
            _mottak(fortalt, app, raw)
        _mottak(fortalt, app, slutt(), ventet=200)
        fortalt.hør("metrics", app.get("/metrics").content)
        yield fortalt


def _kommandoer(fortalt: Fortalt, app: Klient) -> None:
    refs: dict[str, str] = {}
    for nr, (som, mal, kropp) in enumerate((*kommandoer(fortalt.person), *referatet(fortalt.person))):
        if mal.endswith("/holdt"):
            fortalt.rom.til(NÅ + timedelta(minutes=1))
        sti = mal.format(**refs)
        nøkkel = {"Idempotency-Key": f"{FØDSELSNUMMER}-{nr}"}
        svar = app.post(f"/api/{sti}", json=kropp, headers={**_pass(fortalt.rom, som), **nøkkel})
        assert svar.status_code == 200, f"{sti}: {svar.text}"
        refs[sti.rpartition("/")[2]] = svar.json()["stream"]
        fortalt.hør(f"200 {sti.rpartition('/')[2]}", _alt(svar))
        fortalt.rom.pump()


def _gale_kommandoer(fortalt: Fortalt, app: Klient) -> None:
    for som, sti, valg in gale_kommandoer(fortalt.person):
        hoder = {**_pass(fortalt.rom, som), **valg.pop("headers", {})}
        svar = app.post(sti, headers=hoder, **valg)
        assert svar.status_code >= 400, f"{sti}: {svar.text}"
        fortalt.hør(f"{svar.status_code}", _alt(svar))


def _mottak(fortalt: Fortalt, app: Klient, raw: bytes, *, ventet: int | None = None) -> None:
    svar = app.post("/mottak/plo", content=raw, headers={"Content-Type": "application/xml"})
    assert ventet in (None, svar.status_code), svar.text
    fortalt.hør(f"mottak {svar.headers.get('Bindeledd-Outcome')}", _alt(svar))
    fortalt.rom.pump()


def _dør(rommet: Rom) -> Door:
    """The outermost app, opened on this installation."""
    embedded = rommet.inst.embedded
    inne = Inside(make_app(rommet.inst, demo=True), embedded.unhealthy, embedded.measure)
    door = Door(lambda _stopping: _åpen(inne))
    door._open()
    return door


@contextmanager
def _åpen(inne: Inside) -> Iterator[Inside]:
    yield inne


def _pass(rommet: Rom, part: str) -> dict[str, str]:
    around = rommet.inst.around
    return {"Authorization": Tokens(around.keyring, around.clock).header(_aktør(part))}


def _aktør(part: str) -> Actor:
    return Actor(ROLLER[part], HELE_BERGEN.parter[part].organisasjon, part)


def _personen(rommet: Rom) -> str:
    ring = rommet.inst.around.keyring
    person = ring.person_of(ring.blind(FØDSELSNUMMER, "FNR", ""))
    assert person is not None
    return person


def _alt(svar: httpx.Response) -> bytes:
    """An answer whole: head and body."""
    return repr(svar.headers).encode() + b"\n\n" + svar.content


def åpnet(rommet: Rom) -> dict[str, list[bytes]]:
    """Everything sealed that its keys still open: stream → contents. Proof that the markers are in there."""
    lest, ring = les_mappe(rommet.inst.folder), rommet.inst.around.keyring
    funnet: dict[str, list[bytes]] = defaultdict(list)
    for fil in lest.filer.values():
        for post in fil.poster:
            for verdi in forseglede(dict(post.felt)):
                with suppress(Shredded):
                    sealed: Forseglet[object] = Forseglet(**verdi)
                    innhold = crypto.unseal(ring.key(sealed.key).secret, sealed)
                    funnet[post.strøm].append(innhold)
    for strøm, innhold in _rå(rommet, lest.filer["samhandling"].rå):
        funnet[strøm].append(innhold)
    return funnet


def _rå(rommet: Rom, strømmer: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The messages' bytes that can still be opened, by stream."""
    for strøm in strømmer:
        nøkkel = rommet.inst.around.keyring.key_of_stream(strøm)
        rå: bytes = rommet.inst.engines["samhandling"].read(partial(_rå_bytes, strøm))
        if nøkkel is not None:
            delt = rå[: crypto.NONCE_BYTES], rå[crypto.NONCE_BYTES :]
            yield strøm, crypto.unseal(nøkkel.secret, Forseglet(nøkkel.key_id, strøm, "raw", *delt))


def _rå_bytes(strøm: str, db: Db) -> bytes | None:
    return log.raw(db, strøm)
