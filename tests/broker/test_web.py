"""Rung 3 with pages: the web of one organisation as a process of its own, on Kafka and on HTTP."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html import unescape
from pathlib import Path

import httpx
import pytest

from bindeledd.app.installation import codec, open_all, rebuild_all
from bindeledd.app.settings import Settings
from bindeledd.app.stores import looking_at, stores_of
from bindeledd.ops.verify import verify
from tests import postgres
from tests.broker.anlegg import KOMMUNEN, WEB, Anlegg, anlegg, hemmelighet, prosesser
from tests.broker.kafka import free_ports, vent
from tests.broker.mor import TAUS
from tests.crash.filer import ROT, les_mappe

pytestmark = pytest.mark.timeout(300)

ANNEN_WEB = f"{WEB}#2"
PART, BRUKER, ROLLE = "hjemmetjeneste-aarstad", "demo-071", "hjemmesykepleier"
OPPGAVE = "Etterlys tidligmelding fra sykehuset"
ANDRE = ("ansvarsgruppe", "kriseplan", "barn_paaroerende")


@contextmanager
def kommunen(mappe: Path, broker: str) -> Iterator[Anlegg]:
    """Samhandling, its relay and the municipality's web: the other services are away."""
    with anlegg(mappe, broker) as oppe:
        port, borte = free_ports(2)
        oppe.miljø = {"BINDELEDD_PORT": str(port)}
        oppe.start("worker samhandling")
        hemmelig = hemmelighet(mappe).rename(mappe / "hovednøkkel")
        tjenester = {"samhandling": port} | dict.fromkeys(ANDRE, borte)
        adresser = ",".join(f'"{navn}":"http://127.0.0.1:{nr}"' for navn, nr in tjenester.items())
        # The others are away for as long as the test takes: a web that has missed them for a minute shows nobody.
        oppe.miljø = oppe.webs = {
            "BINDELEDD_TJENESTER": f"{{{adresser}}}", TAUS: "600",
            "BINDELEDD_KEK_FILE": str(mappe / "ingen"),
        }  # fmt: skip
        oppe.start(WEB)
        oppe.miljø = {}
        oppe.start("relay samhandling")
        oppe.miljø = {"BINDELEDD_PORT": str(port), "BINDELEDD_KEK_FILE": str(hemmelig)}
        yield oppe


@contextmanager
def innlogget(oppe: Anlegg, web: str = WEB) -> Iterator[httpx.Client]:
    adresse = oppe.adresse(web)
    with httpx.Client(base_url=adresse, headers={"Origin": adresse}, timeout=60) as leser:
        valgt = leser.post("/velg", data={"bruker": BRUKER, "part": PART, "rolle": ROLLE})
        assert valgt.headers["location"] == "/tavle"
        yield leser


def skjema(side: str, knapp: str) -> tuple[str, dict[str, str]]:
    """Where the form with this button goes, and its hidden fields."""
    (form,) = [form for form in re.findall(r"<form.*?</form>", side, re.DOTALL) if f'id="{knapp}"' in form]
    felt = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    (sti,) = re.findall(r'action="([^"]+)"', form)
    return sti, {navn: unescape(verdi) for navn, verdi in felt}


def signert(adresse: str) -> bool:
    """Whether an outsider is given a checkpoint, and nothing is left that is under none."""
    svar = httpx.get(f"{adresse}/checkpoint")
    return svar.status_code == 200 and "Retry-After" not in svar.headers


def test_a_message_reaches_the_board_of_the_municipalitys_web_and_a_task_is_taken_from_there(
    tmp_path: Path, broker: str
) -> None:
    with kommunen(tmp_path, broker) as oppe, innlogget(oppe) as leser:
        tom = leser.get("/tavle")
        assert "Ingen personer er delt med dere akkurat nå" in tom.text
        with lytter(leser, tom.text) as hørt:
            oppe.send([1], ["innlagt"])
            vent(lambda: OPPGAVE in tavle(leser), "the board shows the task")
            assert "Prøvesen 1" in tavle(leser)
            vent(hørt.is_set, "the open page is told")

        sti, felt = skjema(tavle(leser), f"ta-{oppgave(tavle(leser))}")
        tatt = leser.post(sti, data=felt)
        assert (tatt.status_code, tatt.headers["location"]) == (303, "/tavle?gjort=ta")
        etter = tavle(leser, "?gjort=ta")
        assert "Du har tatt oppgaven." in etter
        assert "Tatt av deg." in etter

        oppe.drep("worker samhandling")
        siden = sti.removesuffix("/oppgave")
        sti, felt = skjema(leser.get(siden).text, f"loes-{oppgave(etter)}")
        borte = leser.post(sti, data=felt)
        assert borte.status_code == 503
        assert "Ingenting er endret" in borte.text
        igjen, samme = skjema(borte.text, "igjen")
        assert (igjen, samme | {"merke": ""}) == (sti, felt | {"merke": ""})  # each page has a mark of its own
        oppe.start("worker samhandling")
        assert leser.post(igjen, data=samme).headers["location"] == f"{siden}?gjort=loes"
        assert OPPGAVE not in tavle(leser)
        oppe.vent_til_innhentet()
        kontroller_oppslag(tmp_path)
        # What each process proves, it gives to whoever asks, without a pass.
        vent(partial(signert, f"{oppe.adresse(WEB)}/bevis/web.{KOMMUNEN}/tilgang.oppslag"), "all is signed")
        arbeider = oppe.adresse("worker samhandling")
        assert httpx.get(f"{arbeider}/bevis/samhandling/samhandling.avvik/keys").text == ""
    kontroller_hele(Settings(data=tmp_path, kek_file=tmp_path / "hovednøkkel"))


def test_two_webs_of_an_organisation_share_a_store_and_the_pages_of_both_hear_every_change(
    tmp_path: Path, broker: str
) -> None:
    postgres.give(tmp_path, postgres.fresh())
    with kommunen(tmp_path, broker) as oppe:
        felles, oppe.miljø = oppe.miljø, oppe.webs
        oppe.start(ANNEN_WEB)
        oppe.miljø = felles
        with innlogget(oppe) as en, innlogget(oppe, ANNEN_WEB) as annen:
            with lytter(en, tavle(en)) as den_ene, lytter(annen, tavle(annen)) as den_andre:
                oppe.send([1], ["innlagt"])
                vent(lambda: den_ene.is_set() and den_andre.is_set(), "both open pages are told")
            vent(lambda: OPPGAVE in tavle(en) and OPPGAVE in tavle(annen), "both boards show the task")
            sti, felt = skjema(tavle(en), f"ta-{oppgave(tavle(en))}")
            with lytter(annen, tavle(annen)) as den_andre:
                assert en.post(sti, data=felt).headers["location"] == "/tavle?gjort=ta"
                vent(den_andre.is_set, "the other web's page is told")
            vent(lambda: "Tatt av deg." in tavle(annen), "and shows the same")
            oppe.stopp(WEB)
            oppe.send([2], ["innlagt"])
            vent(lambda: "Prøvesen 2" in tavle(annen), "the one that is left takes in the rest")


def kontroller_hele(innstilt: Settings) -> None:
    """What works on a whole installation knows the municipality's web too."""
    har = {"samhandling", f"web.{KOMMUNEN}"}
    with looking_at(stores_of(innstilt)) as lagre:
        assert {funn.service: funn.bad for funn in verify(lagre, codec())} == dict.fromkeys(har)
    bygget = list(rebuild_all(innstilt, None, lambda _nr: None))
    assert {hver.service: (hver.drifted, hver.bad) for hver in bygget} == dict.fromkeys(har, ([], None))
    with open_all(innstilt) as alt:
        assert har <= alt.engines.keys()


def tavle(leser: httpx.Client, etter: str = "") -> str:
    return leser.get(f"/tavle{etter}").text


def oppgave(side: str) -> str:
    """The ref of the task."""
    (funnet,) = re.findall(rf'id="oppgave-(\w{{32}})">\s*<div>\s*<p class="oppgavetekst">{OPPGAVE}', side)
    return str(funnet)


@contextmanager
def lytter(leser: httpx.Client, side: str) -> Iterator[threading.Event]:
    """Listens as an open page does, until it is told that something changed."""
    hørt = threading.Event()
    sti = re.findall(r'sse-connect="([^"]+)"', side)[0]

    def lytt() -> None:
        with leser.stream("GET", sti, headers={"Accept": "text/event-stream"}) as strøm:
            if any(linje == "event: endret" for linje in strøm.iter_lines()):
                hørt.set()

    tråd = threading.Thread(target=lytt, daemon=True)
    tråd.start()
    yield hørt
    tråd.join(60)


def kontroller_oppslag(mappe: Path) -> None:
    """Whoever was shown a person stands in the web's own log, in the one stream of its process."""
    filer = les_mappe(mappe).filer
    (person,) = {post.strøm for post in filer["samhandling"].poster if post.navn == "PersonRegistrert"}
    oppslag = [post for post in filer[f"web.{KOMMUNEN}"].poster if post.navn == "OppslagGjort"]
    assert {post.strøm for post in oppslag} == {oppslag[0].strøm}
    assert {(post.felt["bruker"], post.felt["part"], *post.felt["personer"]) for post in oppslag} == {
        (BRUKER, PART, person)
    }


def test_a_web_that_may_not_or_cannot_says_why(tmp_path: Path) -> None:
    ekte = tmp_path / "ekte.toml"
    bergen = (ROT / "deploy" / "bergen.toml").read_text("utf-8")
    ekte.write_text(bergen.replace("tillat_testnummer = true", "tillat_testnummer = false"), "utf-8")
    forsøk: list[tuple[str, dict[str, str], str]] = [
        (f"web {KOMMUNEN}", {}, "there is no login yet"),
        ("web finnes-ikke --demo", {}, "organisasjon.finnes-ikke"),
        ("web --demo", {"BINDELEDD_ORGANISASJON": "ingen"}, "organisasjon.ingen"),
        (WEB, {"BINDELEDD_OPPSETT": str(ekte)}, "the people are real"),
        ("web solli --demo", {}, "no key file is named"),
    ]
    with prosesser(tmp_path, "127.0.0.1:9") as oppe:
        for navn, miljø, sagt in forsøk:
            oppe.miljø = miljø
            oppe.begynn(navn)
            vent(partial(oppe.borte, navn), "it is gone")
            assert sagt in oppe.sagt(navn)
            assert oppe.sagt(navn).endswith("slutt 3\n")
