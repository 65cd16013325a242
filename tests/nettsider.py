"""A small town for the tests of the pages: services that give parties whatever views a test says, and the real web.

The views are the real generated classes, and they travel the real way: sealed, appended to each party's stream, tailed
by `web`. Only what decides about them is left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from bindeledd.app.installation import Installation, open_installation
from bindeledd.app.settings import Config
from bindeledd.core.clock import SeededEntropy, SetClock
from bindeledd.core.decider import Aggregate, Bestilling, Circumstances, Views
from bindeledd.core.envelope import Actor
from bindeledd.core.sealed import Klartekst
from bindeledd.resources import data_folder
from bindeledd.runtime.service import Lookup, Service
from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeUtsnitt,
    Grupperolle,
    Medlem,
    Medlemstilstand,
    Plantilstand,
    PlanUtsnitt,
    SamtykkeUtsnitt,
    SamtykkeVist,
    SperringVist,
)
from bindeledd.schema.generated.barn_paaroerende import Kartleggingstilstand, KartleggingUtsnitt
from bindeledd.schema.generated.felles import (
    Deling,
    DelStatus,
    FristTilstand,
    Grunn,
    Oppgave,
    OppgaveFalt,
    Oppgaveslag,
    Oppgavetilstand,
    Tekst,
)
from bindeledd.schema.generated.kriseplan import (
    Kontakt,
    Kontakter,
    Kriseplantilstand,
    KriseplanUtsnitt,
    TegnOgTiltak,
)
from bindeledd.schema.generated.samhandling import (
    FristVist,
    Helseopplysninger,
    Historielinje,
    Meldingsutfall,
    MeldingUtsnitt,
    Oppholdshendelse,
    Oppholdsstatus,
    OppholdUtsnitt,
    Personalia,
    PersonUtsnitt,
    Sted,
    Utfall,
)
from bindeledd.store import log
from services.felles.oppsett import Oppsett, les_oppsett
from services.felles.tilgang import Tabell, les_tilgang
from tests.egen_logg import med_egen_logg
from web.app import lag_app
from web.tjeneste import tjeneste

NÅ = datetime(2024, 2, 3, 22, 0, tzinfo=UTC)
"""Saturday 3 February 2024, 23:00 in Bergen."""
TJENESTER = ("samhandling", "ansvarsgruppe", "kriseplan", "barn_paaroerende")
ACT, ENHET, NAV, PAM = "act-kronstad", "enhet-aarstad", "nav-aarstad", "pam"
GRUNN = Grunn(
    grunnlag="R",
    setning="ACT-teamet følger opp personen, og personen har ikke motsatt seg det (hpl §§25, 45).",
    samtykke_versjon=1,
    lov_versjon="hpl-2001",
    gjelder_til=None,
)
_AKTØR = Actor("system", "4601", "prøve")

Gis = dict[str, dict[str, Any]]
"""What is given now: aggregate → party → view."""


@dataclass(slots=True)
class By:
    """An installation with services that give what they are told to give."""

    inne: Installation
    klokke: SetClock
    gis: Gis
    stanset: list[str] = field(default_factory=list)
    svart: list[tuple[str, str, str, Any]] = field(default_factory=list)
    """What pages have answered: service, person, what, body."""
    nekter: str = ""
    """The reason with which every command is refused."""
    nøkler: set[str] = field(default_factory=set)
    sett: list[tuple[str | None, str | None]] = field(default_factory=list)
    """On what the pages' commands were decided: (view stream, If-Match)."""
    egen_logg: dict[str, Any] | None = field(default_factory=dict)
    """What the person's look-up log leans on, besides their own ref; None: nobody answers."""
    pumper: bool = True
    """False when threads do the tailing (a real server)."""

    def gi(self, tjeneste_: str, aggregat: str, person: str | None, views: Mapping[str, Any]) -> None:
        """Give parties these views of an aggregate; a party that had one and is not named has it ended."""
        self.gis[aggregat] = dict(views)
        endret = OppgaveFalt(oppgave_ref=aggregat, grunn="prøve")
        ordre = Bestilling(f"{tjeneste_}.proeve", aggregat, endret, _AKTØR, person_ref=person)
        self.inne.engines[tjeneste_].command(lambda _lookup: ((ordre,), None))
        if self.pumper:
            self.inne.embedded.pump()

    def gå(self, tid: timedelta) -> None:
        self.klokke.now += tid

    def app(self) -> FastAPI:
        """The pages, with commands going to a stand-in for the services' own routes."""
        ruter = api(self)

        def kommandoer(_aktør: Actor) -> httpx.AsyncClient:
            return httpx.AsyncClient(transport=httpx.ASGITransport(ruter), base_url="http://inne")

        web = self.inne.engines["web"]
        return lag_app(web, oppsett(), self.inne.config.tabell, kommandoer, lambda: self.stanset)


ADRESSE = "http://127.0.0.1:8000"


@dataclass(slots=True)
class Nettleser:
    """A browser without a screen: keeps its cookies, follows no redirect, and says where its forms come from."""

    app: FastAPI
    fra: str = "127.0.0.1"
    opphav: str | None = ADRESSE
    kaker: httpx.Cookies = field(default_factory=httpx.Cookies)
    adresse: str = ADRESSE

    def get(self, sti: str, **hoder: str) -> httpx.Response:
        return self._be("GET", sti, None, hoder)

    def post(self, sti: str, data: Mapping[str, Any] | None = None) -> httpx.Response:
        return self._be("POST", sti, data or {}, {"Origin": self.opphav} if self.opphav is not None else {})

    def _be(self, metode: str, sti: str, data: Mapping[str, Any] | None, hoder: Mapping[str, str]) -> httpx.Response:
        async def be() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(self.fra, 50_000))
            async with httpx.AsyncClient(transport=transport, base_url=self.adresse, cookies=self.kaker) as klient:
                svar = await klient.request(metode, sti, data=data, headers=hoder)
                self.kaker = klient.cookies
                return svar

        return asyncio.run(be())


def logg_inn(leser: Nettleser, bruker: str, part: str, rolle: str) -> None:
    """Choose a role, as the demo's first page does."""
    svar = leser.post("/velg", {"bruker": bruker, "part": part, "rolle": rolle})
    assert svar.headers["location"] == "/tavle"


def bli(leser: Nettleser, person: str) -> None:
    """Say in the demo which person one is, or has to do with."""
    merke = leser.get("/velg/person").text.partition('name="merke" value="')[2].partition('"')[0]
    leser.post("/velg/person", {"merke": merke, "person": person})


def som_act(by_: By) -> Nettleser:
    """The browser of a member of the ACT team."""
    leser = Nettleser(by_.app())
    logg_inn(leser, "demo-102", ACT, "act-medlem")
    return leser


@contextmanager
def by(mappe: Path, parter: Sequence[str] | None = None) -> Iterator[By]:
    """A town on an empty data folder, at the moment NÅ."""
    gis: Gis = {}
    klokke = SetClock(NÅ)
    våre = tuple(oppsett().parter) if parter is None else parter
    alle = [*(_tjeneste(navn, gis) for navn in TJENESTER), tjeneste(oppsett(), våre)]
    valg = Config(oppsett(), tilgang())
    with open_installation(mappe, valg, alle, clock=klokke, entropy=SeededEntropy(1)) as inne:
        yield By(inne, klokke, gis)


@cache
def oppsett() -> Oppsett:
    return les_oppsett(data_folder("deploy") / "bergen.toml")


@cache
def tilgang() -> Tabell:
    return les_tilgang(data_folder("deploy") / "tilgang.toml")


def _tjeneste(navn: str, gis: Gis) -> Service:
    def decide(_state: str, command: Any, _omstendigheter: Circumstances) -> Sequence[Any]:
        return [command]

    def evolve(_state: str, event: OppgaveFalt) -> str:
        return event.oppgave_ref

    views = Views(
        candidates=lambda state, _grunner: gis.get(state, {}),
        utsnitt=lambda state, part, _grunner: gis.get(state, {}).get(part),
    )
    return Service(navn, aggregates=(Aggregate(f"{navn}.proeve", "", decide, evolve, views=views),))


class _Hvem(BaseModel):
    av: str


def api(by_: By) -> FastAPI:
    """The services' own routes, as far as the pages use them: the view changes, as it would."""
    app = FastAPI()
    _på_det_sette(app, by_)
    med_egen_logg(app, lambda: by_.egen_logg)

    def svar(tjeneste_: str, etter: int | None = None) -> dict[str, object]:
        engine = by_.inne.engines[tjeneste_]
        rader = engine.read(lambda db: log.read_page(db, engine.position if etter is None else etter, 1_000))
        gitt = {rad.stream: rad.version for rad in rader if ".til." in rad.topic}
        return {"stream": "", "version": 1, "position": engine.position, "changed": True, "views": gitt}

    def endre(tjeneste_: str, aggregat: str, endring: Callable[[Any], Any]) -> dict[str, object]:
        nye = {part: endring(view) for part, view in by_.gis[aggregat].items()}
        person = by_.inne.engines[tjeneste_].look(lambda tx: _person(tx, tjeneste_, aggregat))
        etter = by_.inne.engines[tjeneste_].position
        by_.gi(tjeneste_, aggregat, person, nye)
        return svar(tjeneste_, etter)

    @app.post("/api/{sted}/{slag}/{aggregat}/oppgaver/{oppgave}/{gjort}")
    def oppgave(sted: str, slag: str, aggregat: str, oppgave: str, gjort: str, hvem: _Hvem) -> dict[str, object]:
        tilstand = Oppgavetilstand.TATT if gjort == "ta" else Oppgavetilstand.LOEST
        return endre(sted, aggregat, lambda view: _med_oppgave(view, oppgave, tilstand, hvem.av))

    @app.post("/api/{sted}/personer/{person_ref}/{hva:path}")
    @app.post("/api/{sted}/barn/{person_ref}/{hva:path}")
    def svart(sted: str, person_ref: str, hva: str, kropp: dict[str, Any]) -> dict[str, object]:
        by_.svart.append((sted, person_ref, hva, kropp))
        return svar(sted)

    @app.post("/api/ansvarsgruppe/{slag}/{aggregat}/{hva}")
    def svart_om(slag: str, aggregat: str, hva: str, kropp: dict[str, Any]) -> dict[str, object]:
        by_.svart.append(("ansvarsgruppe", aggregat, f"{slag}/{hva}", kropp))
        return svar("ansvarsgruppe")

    @app.post("/api/samhandling/avvik")
    @app.post("/api/samhandling/avvik/{aggregat}/{hva}")
    def svart_i_saken(kropp: dict[str, Any], aggregat: str = "", hva: str = "") -> dict[str, object]:
        by_.svart.append(("samhandling", aggregat, f"avvik/{hva}", kropp))
        return svar("samhandling")

    @app.post("/api/samhandling/moenster/{aggregat}/forum")
    def behandlet(kropp: dict[str, Any], aggregat: str) -> dict[str, object]:
        by_.svart.append(("samhandling", aggregat, "moenster/forum", kropp))
        return svar("samhandling")

    @app.post("/api/samhandling/meldinger/{ref}/fordel")
    def gitt_videre(ref: str, kropp: dict[str, str]) -> dict[str, object]:
        return endre("samhandling", ref, lambda view: replace(view, aapnet=True, fordelt_til=kropp["til"]))

    @app.post("/api/samhandling/meldinger/{ref}/{gjort}")
    def lest(ref: str, gjort: str, hvem: _Hvem) -> dict[str, object]:
        return endre("samhandling", ref, lambda view: replace(view, aapnet=True, **{f"{gjort}_av": hvem.av}))

    return app


def _på_det_sette(app: FastAPI, by_: By) -> None:
    @app.middleware("http")
    async def på_det_sette(request: Request, videre: Any) -> Response:
        """Refuses what was decided on an older view, as the services do."""
        strøm, sett = request.headers.get("bindeledd-utsnitt"), request.headers.get("if-match")
        nøkkel = request.headers.get("idempotency-key", "")
        if strøm is not None and nøkkel not in by_.nøkler:
            engine = by_.inne.engines[request.url.path.split("/")[2]]
            if sett != f'"{engine.look(lambda tx: tx.version(strøm))}"':
                return JSONResponse({"title": "It has changed since it was read"}, 412)
        if by_.nekter:
            return JSONResponse({"title": "A rule refuses this", "detail": by_.nekter}, 409)
        by_.sett.append((strøm, sett))
        by_.nøkler.add(nøkkel)
        return await videre(request)  # type: ignore[no-any-return]


def _person(tx: Lookup, tjeneste_: str, aggregat: str) -> str | None:
    person: str | None = tx.load(f"{tjeneste_}.proeve", aggregat).person_ref  # type: ignore[attr-defined]
    return person


def _med_oppgave(view: Any, ref: str, tilstand: Oppgavetilstand, av: str) -> Any:
    oppgaver = tuple(replace(o, tilstand=tilstand, tatt_av=av) if o.oppgave_ref == ref else o for o in view.oppgaver)
    return replace(view, oppgaver=oppgaver)


# -- views, made of plainly invented people ---------------------------------------------------------------------------


def ref(nummer: int) -> str:
    """The same ref for the same number."""
    return f"{nummer:032x}"


def person(
    fornavn: str, etternavn: str = "Prøvesen", *, bydel: str | None = "aarstad", bekreftet: bool = True, **endret: Any
) -> PersonUtsnitt:
    personalia = Personalia(
        fornavn=fornavn, mellomnavn="", etternavn=etternavn, foedt=date(1987, 5, 4), kjoenn="", gateadresse="",
        postnummer="5067", poststed="Bergen",
    )  # fmt: skip
    return PersonUtsnitt(
        aggregat="", grunn=GRUNN, personalia=Klartekst(personalia), bydel=bydel, bekreftet=bekreftet, **endret
    )


def opphold(innlagt: datetime = NÅ - timedelta(hours=5), **endret: Any) -> OppholdUtsnitt:
    """A stay with the early-notice clock running."""
    forfall = innlagt + timedelta(hours=24)
    linje = Historielinje(
        slag=Oppholdshendelse.INNLAGT, hendt=innlagt, bare_dato=False, mottatt=innlagt + timedelta(minutes=15),
        melding_ref=ref(900), type="LOG_INNLAGT", trukket=False,
    )  # fmt: skip
    sted = Sted(institusjon="Haukeland", enhet="Psykiatrisk akuttmottak", telefon="55 00 00 00", kontakt="Vakthavende")
    vanlig: dict[str, Any] = {
        "aggregat": "", "grunn": GRUNN, "kopi": False, "status": Oppholdsstatus.INNLAGT, "innlagt": innlagt,
        "innlagt_anslag": False, "utskrevet": None, "utskrevet_bare_dato": False, "utfall": Utfall.UKJENT,
        "sted": Klartekst(sted), "dps": "dps-kronstad", "instans": "pam", "forklaring": "Lørdag kveld: PAM.",
        "tidligmelding": False, "tidligmelding_mangler": (), "forventet_utskrivning": None, "forventet_anslag": False,
        "helseopplysninger": None, "utskrivningsklar": None, "utskrivningsklar_mangler": (), "beslutter": None,
        "livskrise": False, "historie": (linje,), "oppgaver": (),
        "frister": (frist(forfall),),
        "deler": (DelStatus(del_="helse", deling=Deling.FINNES_IKKE), DelStatus(del_="klar", deling=Deling.IKKE_DELT)),
    }  # fmt: skip
    return OppholdUtsnitt(**{**vanlig, **endret})


def frist(forfall: datetime, tilstand: FristTilstand = FristTilstand.AAPEN) -> FristVist:
    return FristVist(navn="tidligmelding", forfall=forfall, tilstand=tilstand, paragraf="forskrift 2011-11-18-1115 §8")


def helse() -> Klartekst[Helseopplysninger]:
    return Klartekst(
        Helseopplysninger(
            status="Rolig, sover bedre", forloep="Antatt en uke", funksjon="Klarer seg selv", kontakt="55 00 00 00",
            diagnoser=("F29 Uspesifisert psykose",), annet="",
        )
    )  # fmt: skip


def oppgave(nummer: int, slag: Oppgaveslag, part: str = ACT, **endret: Any) -> Oppgave:
    vanlig: dict[str, Any] = {
        "oppgave_ref": ref(nummer), "slag": slag, "part": part, "tilstand": Oppgavetilstand.AAPEN,
        "paragraf": "hol §7-2", "gjelder": ref(1), "frist": None, "tatt_av": "",
    }  # fmt: skip
    return Oppgave(**{**vanlig, **endret})


def kriseplan(finnes: Deling = Deling.FINNES_IKKE, **endret: Any) -> KriseplanUtsnitt:
    vanlig: dict[str, Any] = {
        "aggregat": "", "grunn": GRUNN, "finnes": finnes, "tilstand": Kriseplantilstand.ETTERLYST, "versjon": 0,
    }  # fmt: skip
    return KriseplanUtsnitt(**{**vanlig, **endret})


def full_kriseplan() -> KriseplanUtsnitt:
    kontakt = Kontakt(navn="Søster", telefon="40 00 00 00", naar="hele døgnet")
    return kriseplan(
        Deling.DELT, tilstand=Kriseplantilstand.GJELDER, versjon=2, laget=NÅ - timedelta(days=40), eier_part=ACT,
        tegn_og_tiltak=Klartekst(TegnOgTiltak(varselsignaler=("Sover lite",), tiltak=("Gå en tur", "Ring søster"))),
        roedt_nivaa=Klartekst(Tekst(tekst="Ring ACT-teamet med en gang.")),
        kontakter=Klartekst(Kontakter(kontakter=(kontakt,))),
    )  # fmt: skip


def gruppe(**endret: Any) -> AnsvarsgruppeUtsnitt:
    medlem = Medlem(medlem_ref=ref(70), part=ACT, rolle=Grupperolle.ACT, tilstand=Medlemstilstand.MED)
    vanlig: dict[str, Any] = {
        "aggregat": "",
        "grunn": GRUNN,
        "medlemmer": (medlem,),
        "oppgaver": (),
        "avsluttet": False,
    }
    return AnsvarsgruppeUtsnitt(**{**vanlig, **endret})


def samtykker(*gitt: SamtykkeVist, sperringer: tuple[SperringVist, ...] = ()) -> SamtykkeUtsnitt:
    return SamtykkeUtsnitt(aggregat="", grunn=GRUNN, samtykker=gitt, sperringer=sperringer)


def samtykke(nummer: int, part: str, *deler: str, **endret: Any) -> SamtykkeVist:
    vanlig: dict[str, Any] = {
        "samtykke_id": ref(nummer), "part": part, "formaal": "oppfoelging", "deler": deler,
        "gjelder_fra": NÅ - timedelta(days=30), "gjelder_til": NÅ + timedelta(days=300), "trukket": None,
    }  # fmt: skip
    return SamtykkeVist(**{**vanlig, **endret})


def sperring(nummer: int, part: str | None, *deler: str) -> SperringVist:
    return SperringVist(sperring_id=ref(nummer), part=part, deler=deler, gjelder_fra=NÅ - timedelta(days=3))


def plan(**endret: Any) -> PlanUtsnitt:
    vanlig: dict[str, Any] = {
        "aggregat": "", "grunn": GRUNN, "koordinator_part": ENHET, "koordinator": "demo-069",
        "plan": Deling.FINNES_IKKE, "tilstand": Plantilstand.INGEN,
    }  # fmt: skip
    return PlanUtsnitt(**{**vanlig, **endret})


def barn(tilstand: Kartleggingstilstand = Kartleggingstilstand.KREVD, **endret: Any) -> KartleggingUtsnitt:
    vanlig: dict[str, Any] = {"aggregat": "", "grunn": GRUNN, "tilstand": tilstand, "antall_barn": 0, "oppgaver": ()}
    return KartleggingUtsnitt(**{**vanlig, **endret})


def melding(**endret: Any) -> MeldingUtsnitt:
    vanlig: dict[str, Any] = {
        "aggregat": "", "grunn": replace(GRUNN, grunnlag="A"), "msg_id": "prøve-1", "type": "LOG_INNLAGT",
        "forsendelse": "N", "utfall": Meldingsutfall.HOLDT, "grunner": (), "avsender_navn": "Haukeland",
        "mottatt": NÅ - timedelta(hours=2), "opphold_ref": None, "kopi": False, "aapnet": False, "forsinket": False,
    }  # fmt: skip
    return MeldingUtsnitt(**{**vanlig, **endret})


def fyll(by_: By) -> None:
    """A Saturday night: one who needs somebody now, one to keep an eye on, one who has gone home, and more."""
    fredag = NÅ - timedelta(hours=24, minutes=20)
    rapport = Historielinje(
        slag=Oppholdshendelse.TIDLIGMELDING, hendt=NÅ - timedelta(hours=3), bare_dato=False,
        mottatt=NÅ - timedelta(hours=3), melding_ref=ref(901), type="HELSEOPPL_SOKNAD", trukket=True,
    )  # fmt: skip
    oppgaver = (
        oppgave(50, Oppgaveslag.FOELG_OPP_INNLEGGELSE, frist=NÅ - timedelta(hours=1)),
        oppgave(51, Oppgaveslag.LAG_KRISEPLAN),
    )
    brutt = opphold(
        fredag, frister=(frist(fredag + timedelta(hours=24), FristTilstand.OVERSKREDET),), helseopplysninger=helse()
    )
    brutt = replace(brutt, historie=(*brutt.historie, rapport))
    by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola"), PAM: person("Ola")})
    by_.gi("samhandling", ref(102), ref(1), {ACT: brutt, PAM: brutt})
    by_.gi("ansvarsgruppe", ref(103), ref(1), {ACT: gruppe(oppgaver=oppgaver[:1])})
    by_.gi("ansvarsgruppe", ref(104), ref(1), {ACT: plan()})
    by_.gi("kriseplan", ref(105), ref(1), {ACT: kriseplan(oppgaver=oppgaver[1:])})
    by_.gi("barn_paaroerende", ref(106), ref(1), {ACT: barn()})

    tatt = oppgave(52, Oppgaveslag.FOELG_OPP_INNLEGGELSE, tilstand=Oppgavetilstand.TATT, tatt_av="demo-103")
    by_.gi("samhandling", ref(201), ref(2), {ACT: person("Kari Elisabeth", "Prøvesen-Eksempelstad", bekreftet=False)})
    by_.gi("samhandling", ref(202), ref(2), {ACT: opphold(oppgaver=(tatt,))})
    by_.gi("kriseplan", ref(203), ref(2), {ACT: full_kriseplan()})

    hjem = NÅ - timedelta(days=20)
    utskrevet = opphold(
        hjem, status=Oppholdsstatus.UTSKREVET, utskrevet=hjem + timedelta(days=6), utskrevet_bare_dato=True
    )
    by_.gi("samhandling", ref(301), ref(3), {ACT: person("Anne", bydel=None)})
    by_.gi("samhandling", ref(302), ref(3), {ACT: utskrevet})
    by_.gi(
        "samhandling",
        ref(402),
        ref(4),
        {
            ACT: opphold(
                status=Oppholdsstatus.UTSKRIVNINGSKLAR,
                utskrivningsklar=date(2024, 2, 2),
                utskrivningsklar_mangler=("tidligmelding", "samarbeidsmoete"),
            )
        },
    )
    by_.gi("samhandling", ref(501), ref(1), {ACT: melding(forsinket=True)})
    by_.gi(
        "samhandling", ref(502), None, {ACT: melding(type="DIALOG_NOTAT", kopi=True, mottatt=NÅ - timedelta(days=2))}
    )
