"""The processes' own HTTP over TLS: what they answer with, whom they believe, and that they find one another."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import httpx
import pytest

from bindeledd.app.installation import give
from bindeledd.app.settings import Settings
from services.samhandling.plo.skriv import lag_innlagt
from tests.broker.anlegg import TJENESTER, Anlegg, prosesser
from tests.broker.kafka import free_ports, vent
from tests.meldinger import NÅ, sending
from tests.sertifikater import Utsteder

pytestmark = pytest.mark.timeout(300)

ORGANISASJON = "bergen-kommune"
WEB = f"web {ORGANISASJON} --demo"
INGEN_KAFKA = "127.0.0.1:1"
"""Nobody answers there: what a reader lacks it fetches from the writer itself, over HTTP."""


@contextmanager
def med_sertifikat(mappe: Path, utsteder: Utsteder) -> Iterator[tuple[Anlegg, int]]:
    """An installation in which everybody answers over TLS and believes this authority; and samhandling's port."""
    sertifikat, nøkkel = utsteder.sertifikat("bindeledd")
    with prosesser(mappe, INGEN_KAFKA) as oppe:
        (port,) = free_ports(1)
        oppe.miljø = {
            "BINDELEDD_HTTP_CERT_FILE": str(sertifikat), "BINDELEDD_HTTP_KEY_FILE": str(nøkkel),
            "BINDELEDD_HTTP_CA_FILE": str(utsteder.ca), "BINDELEDD_PORT": str(port),
            "BINDELEDD_TJENESTER": json.dumps(dict.fromkeys(TJENESTER, f"https://127.0.0.1:{port}")),
        }  # fmt: skip
        yield oppe, port


def test_two_processes_find_one_another_over_tls_and_who_does_not_know_the_authority_asks_neither(
    tmp_path: Path,
) -> None:
    (her := tmp_path / "utsteder").mkdir()
    utsteder = Utsteder(her)
    kjent = ssl.create_default_context(cafile=str(utsteder.ca))
    with med_sertifikat(tmp_path, utsteder) as (oppe, port), httpx.Client(verify=kjent, timeout=30) as spør:
        samhandling = f"https://127.0.0.1:{port}"
        oppe.begynn("worker samhandling")
        vent(partial(lever, spør, samhandling), "samhandling answers")
        vent(partial(tatt_imot, spør, samhandling), "a message is taken in")
        give(Settings(data=tmp_path), ORGANISASJON).save(tmp_path / "keys")

        andre = dict(zip(("relay samhandling", WEB), free_ports(2), strict=True))
        oppe.miljø["BINDELEDD_KEYS_FILE"] = str(tmp_path / "keys")
        for navn, nr in andre.items():
            oppe.miljø["BINDELEDD_PORT"] = str(nr)
            oppe.begynn(navn)
        for navn, nr in andre.items():
            vent(partial(lever, spør, f"https://127.0.0.1:{nr}"), f"{navn} answers")
            assert f"https://127.0.0.1:{nr}" in oppe.sagt(navn)
        # What Kafka has not brought the web fetches from samhandling, which it believes and which believes its pass.
        web = f"https://127.0.0.1:{andre[WEB]}"
        vent(lambda: hentet(spør, web) > 0, "the web has what samhandling wrote")

        fremmed = Utsteder(tmp_path).ca
        for nr in (port, *andre.values()):
            for tro in (httpx.create_ssl_context(), ssl.create_default_context(cafile=str(fremmed))):
                with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                    httpx.get(f"https://127.0.0.1:{nr}/helse/live", verify=tro)
            with pytest.raises(httpx.HTTPError):
                httpx.get(f"http://127.0.0.1:{nr}/helse/live")


def lever(spør: httpx.Client, adresse: str) -> bool:
    with suppress(httpx.HTTPError):
        return spør.get(f"{adresse}/helse/live").status_code == 200
    return False


def tatt_imot(spør: httpx.Client, adresse: str) -> bool:
    with suppress(httpx.ConnectError):
        svar = spør.post(
            f"{adresse}/mottak/plo", content=lag_innlagt(sending(), tid=NÅ), headers={"content-type": "application/xml"}
        )
        assert svar.status_code in (200, 503), svar.text
        return svar.status_code == 200
    return False


def hentet(spør: httpx.Client, adresse: str) -> float:
    """How many records a process has fetched from their writers."""
    linjer = spør.get(f"{adresse}/metrics").text.splitlines()
    return sum(float(linje.rpartition(" ")[2]) for linje in linjer if linje.startswith("bindeledd_filled_total"))
