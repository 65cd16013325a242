"""The commands of samhandling over HTTP: who may, what is refused and by which rule, keys, versions, and no echo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bindeledd.core.envelope import Actor
from bindeledd.runtime.http import PROBLEM
from bindeledd.schema.generated.felles import Oppgaveslag
from services.samhandling import opphold, person
from services.samhandling.plo.skriv import lag_innlagt
from services.samhandling.tjeneste import tjeneste
from tests.klient import Klient
from tests.meldinger import FØDT, PASIENT, syntetisk
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.ruter import Kommandoer
from tests.unit.samhandling.meldinger import sending, utc

NÅ = utc(2026, 3, 2, 12, 0)
HJEMME, KOE, LEDER, NAV = "hjemmetjeneste-aarstad", "koordinerende-enhet", "enhet-aarstad", "nav-aarstad"
FANA = "enhet-fana"
SAKSBEHANDLER = "forvaltning-aarstad"
ROLLER = {
    HJEMME: "hjemmesykepleier", KOE: "koordinerende-ansatt", LEDER: "enhet-leder", FANA: "enhet-leder",
    NAV: "nav-veileder", SAKSBEHANDLER: "saksbehandler",
}  # fmt: skip
BRUKER = next(
    u.id for u in HELE_BERGEN.katalog.users.values() if any(post.party == HJEMME for post in u.posts)
)  # fmt: skip
NUMMER = syntetisk()
HEMMELIG = "Synteseprøve"


@dataclass(slots=True)
class Her:
    """samhandling behind an app. `som` is the unit that asks."""

    rom: Rom
    api: Kommandoer
    som: str = KOE

    def post(self, sti: str, kropp: Any = None, *, som: str = "", **hoder: str) -> httpx.Response:
        self.som = som or KOE
        hvem = Actor(ROLLER[self.som], HELE_BERGEN.parter[self.som].organisasjon, self.som)
        headers = {navn.replace("_", "-"): verdi for navn, verdi in hoder.items()}
        headers["Authorization"] = self.api.tokens.header(hvem)
        svar = Klient(self.api).post(f"/api/samhandling/{sti}", json=kropp, headers=headers)
        self.rom.pump()
        return svar

    def ok(self, sti: str, kropp: Any = None, *, som: str = "", **hoder: str) -> dict[str, Any]:
        svar = self.post(sti, kropp, som=som, **hoder)
        assert svar.status_code == 200, svar.text
        answer: dict[str, Any] = svar.json()
        return answer

    def avvist(self, sti: str, kropp: Any = None, *, som: str = "", **hoder: str) -> tuple[int, str]:
        """The status, and the rule or kind of problem that is named."""
        svar = self.post(sti, kropp, som=som, **hoder)
        assert svar.headers["content-type"] == PROBLEM
        problem = svar.json()
        assert problem["status"] == svar.status_code
        return svar.status_code, problem.get("rule") or problem["type"].rpartition(":")[2]

    def innlagt(self, nr: int = 1, **om: Any) -> tuple[str, str, str]:
        """Somebody is admitted: (message, stay, person)."""
        resultat = self.rom.melding(lag_innlagt(sending(nr, NÅ, **om), tid=NÅ), NÅ)
        hvem = [p.envelope.stream for p in self.rom.logg("samhandling") if p.navn == "PersonRegistrert"][-1]
        assert resultat.opphold_ref is not None
        return resultat.melding_ref, resultat.opphold_ref, hvem

    def tilstand(self, topic: str, ref: str) -> Any:
        return self.rom.inst.engines["samhandling"].look(lambda tx: tx.state(topic, ref))


@pytest.fixture
def her(tmp_path: Path) -> Iterator[Her]:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN, tjenester=[tjeneste(HELE_BERGEN, TABELL)], makulerer=True) as rommet:
        yield Her(rommet, Kommandoer.av(rommet.inst))


def ny_person(nummer: str = NUMMER, **annet: Any) -> dict[str, Any]:
    numre = [{"nummer": nummer, "type": "FNR"}]
    return {"fornavn": HEMMELIG, "etternavn": HEMMELIG, "født": FØDT.isoformat(), "numre": numre, **annet}


# -- the register --------------------------------------------------------------------------------------------------


def test_a_person_is_registered_once_however_often_it_is_said(her: Her) -> None:
    første = her.ok("personer", ny_person(bydel="aarstad"))
    assert her.tilstand(person.TOPIC, første["stream"]).bekreftet
    igjen = her.ok("personer", ny_person())
    assert (igjen["stream"], igjen["version"], igjen["changed"]) == (første["stream"], første["version"], False)
    assert len([p for p in her.rom.logg("samhandling") if p.navn == "PersonRegistrert"]) == 1


@pytest.mark.parametrize(
    "kropp",
    [ny_person("01010112345"), ny_person(bydel="oslo"), ny_person(født="1999-01-01")],
    ids=["no valid number", "no such bydel", "another birth date"],
)
def test_what_is_no_person_is_refused_without_a_word_of_it(her: Her, kropp: dict[str, Any]) -> None:
    svar = her.post("personer", kropp)
    assert svar.status_code == 400
    assert HEMMELIG not in svar.text
    assert kropp["numre"][0]["nummer"] not in svar.text


def test_a_malformed_request_says_where_and_never_what(her: Her) -> None:
    svar = her.post("personer", ny_person(numre=[{"nummer": NUMMER, "type": HEMMELIG}], hemmelig=HEMMELIG))
    assert svar.status_code == 422
    assert HEMMELIG not in svar.text
    assert {feil["where"] for feil in svar.json()["errors"]} == {"body.numre.0.type", "body"}


def test_a_bydel_routes_every_stay_again(her: Her) -> None:
    _, stay, hvem = her.innlagt()
    assert her.tilstand(opphold.TOPIC, stay).instans.dps is None
    her.ok(f"personer/{hvem}/bydel", {"bydel": "aarstad", "kommune": "4601"}, som=HJEMME)
    assert her.tilstand(opphold.TOPIC, stay).instans.dps == "dps-kronstad"


def test_an_unconfirmed_patient_is_confirmed_or_discarded_and_not_both(her: Her) -> None:
    """Intake rule 13."""
    _, _, hvem = her.innlagt()
    her.ok(f"personer/{hvem}/bekreft", {"grunn": "vedtak_om_tjenester"}, som=HJEMME)
    assert her.ok(f"personer/{hvem}/bekreft", {"grunn": "igjen"}, som=HJEMME)["changed"] is False
    assert her.avvist(f"personer/{hvem}/forkast", {"grunn": "ingen_sak"}) == (409, "person.bekreftet")


def test_a_discarded_patient_is_gone(her: Her) -> None:
    _, _, hvem = her.innlagt()
    her.ok(f"personer/{hvem}/forkast", {"grunn": "ingen_sak"}, som=HJEMME)
    assert her.tilstand(person.TOPIC, hvem).makulert
    assert her.avvist(f"personer/{hvem}/bydel", {"bydel": "fana"}) == (409, "person.forkastet")
    assert her.rom.inst.around.keyring.key_of_stream(hvem) is None


def test_two_records_are_joined_and_parted(her: Her) -> None:
    _, _, en = her.innlagt()
    født = PASIENT.født
    assert født is not None
    annen = her.ok("personer", ny_person(syntetisk(født, 7)))["stream"]
    her.ok(f"personer/{annen}/slaa-sammen", {"tapt": en})
    assert her.avvist(f"personer/{en}/bydel", {"bydel": "fana"}) == (409, "person.slått_sammen")
    assert her.avvist(f"personer/{annen}/slaa-sammen", {"tapt": en}) == (409, "person.slå_sammen")
    her.ok(f"personer/{annen}/skill-ut", {"gjenoppstått": en})
    assert her.tilstand(person.TOPIC, en).gjelder
    assert her.avvist(f"personer/{annen}/skill-ut", {"gjenoppstått": en}) == (409, "person.ikke_slått_sammen")


def test_a_doubtful_match_is_decided(her: Her) -> None:
    """Intake rule 4."""
    kjent = her.ok("personer", {**ny_person(syntetisk(FØDT, 3)), "fornavn": "Syntetisk", "etternavn": "Prøvesen"})
    _, _, ny = her.innlagt(pasient=PASIENT)
    assert set(her.tilstand(person.TOPIC, ny).tvilsomme) == {kjent["stream"]}
    assert (
        her.avvist(f"personer/{ny}/treff", {"kandidat": "f" * 32, "samme": True, "grunn": "snakket_med_personen"})[0]
        == 409
    )
    her.ok(f"personer/{ny}/treff", {"kandidat": kjent["stream"], "samme": True, "grunn": "snakket_med_personen"})
    assert her.tilstand(person.TOPIC, ny).slått_inn_i == kjent["stream"]


def test_an_unknown_person_is_refused_by_name_of_the_rule(her: Her) -> None:
    assert her.avvist(f"personer/{'f' * 32}/bekreft", {"grunn": "ukjent"}) == (409, "person.ukjent")
    assert her.avvist("personer/Kari/bekreft", {"grunn": "ukjent"})[0] == 422


# -- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sti", "kropp"),
    [("bydel", {"bydel": "fana"}), ("bekreft", {"grunn": "noe"}), ("forkast", {"grunn": "noe"})],
)
def test_a_unit_that_has_nothing_to_do_with_the_person_may_not(her: Her, sti: str, kropp: Any) -> None:
    _, _, hvem = her.innlagt()
    før = her.tilstand(person.TOPIC, hvem)
    assert her.avvist(f"personer/{hvem}/{sti}", kropp, som=FANA) == (403, "hpl §§25, 39, 45")
    assert her.tilstand(person.TOPIC, hvem) == før


@pytest.mark.parametrize("sti", ["bydel", "bekreft", "forkast"])
def test_a_role_without_the_act_may_not(her: Her, sti: str) -> None:
    _, _, hvem = her.innlagt()
    assert her.avvist(f"personer/{hvem}/{sti}", {"grunn": "noe"}, som=NAV) == (403, "access")


def test_records_are_joined_by_those_who_work_with_that_and_no_other(her: Her) -> None:
    _, _, hvem = her.innlagt()
    assert her.avvist(f"personer/{hvem}/slaa-sammen", {"tapt": "f" * 32}, som=HJEMME) == (403, "access")
    assert her.avvist(f"personer/{hvem}/slaa-sammen", {"tapt": hvem}, som=SAKSBEHANDLER) == (403, "hpl §§25, 39, 45")


# -- messages and tasks --------------------------------------------------------------------------------------------


def test_a_message_is_opened_by_those_it_was_sent_to(her: Her) -> None:
    """Intake rule 15."""
    melding, _, _ = her.innlagt()
    assert her.avvist(f"meldinger/{melding}/aapnet", {"av": BRUKER}, som=LEDER)[0] in (403, 409)
    assert her.ok(f"meldinger/{melding}/aapnet", {"av": BRUKER}, som=HJEMME)["changed"] is True
    assert her.ok(f"meldinger/{melding}/aapnet", {"av": BRUKER}, som=HJEMME)["changed"] is False
    her.rom.til(NÅ + timedelta(days=1))
    assert "MeldingForsinket" not in {p.navn for p in her.rom.logg("samhandling")}


def test_a_task_of_a_stay_is_taken_and_done_by_its_unit(her: Her) -> None:
    _, stay, _ = her.innlagt()
    bydelen = next(iter(her.tilstand(opphold.TOPIC, stay).oppgaver.alle))
    løs_den = f"opphold/{stay}/oppgaver/{bydelen}/loes"
    assert her.avvist(løs_den, {"av": BRUKER}, som=HJEMME) == (409, "oppgave.besvares")
    her.rom.til(NÅ + timedelta(days=1))
    åpne = her.tilstand(opphold.TOPIC, stay).oppgaver.for_part(HJEMME)
    (oppgave,) = (o.oppgave_ref for o in åpne if o.slag is Oppgaveslag.ETTERLYS_TIDLIGMELDING)
    sti = f"opphold/{stay}/oppgaver/{oppgave}"
    assert her.avvist(f"{sti}/ta", {"av": "demo-ukjent"}, som=HJEMME) == (403, "access")
    her.ok(f"{sti}/ta", {"av": BRUKER}, som=HJEMME)
    her.ok(f"{sti}/loes", {"av": BRUKER}, som=HJEMME)
    assert her.avvist(f"{sti}/loes", {"av": BRUKER}, som=HJEMME) == (409, "oppgave.lukket")


# -- versions and keys ---------------------------------------------------------------------------------------------


def test_a_command_on_an_older_version_changes_nothing(her: Her) -> None:
    _, _, hvem = her.innlagt()
    sti, kropp = f"personer/{hvem}/bekreft", {"grunn": "vaar_pasient"}
    gammel = her.post(f"personer/{hvem}/bydel", {"bydel": "aarstad"}).headers["ETag"]
    her.ok(f"personer/{hvem}/bydel", {"bydel": "fana"})
    assert her.avvist(sti, kropp, If_Match=gammel) == (412, "version")
    assert not her.tilstand(person.TOPIC, hvem).bekreftet
    ny = her.post(f"personer/{hvem}/bydel", {"bydel": "aasane"}).headers["ETag"]
    assert her.ok(sti, kropp, If_Match=ny)["changed"] is True


def test_a_command_that_has_nothing_to_do_holds_the_version_all_the_same(her: Her) -> None:
    første = her.post("personer", ny_person())
    hvem = første.json()["stream"]
    ny = her.post(f"personer/{hvem}/bydel", {"bydel": "fana"}).headers["ETag"]
    assert her.avvist("personer", ny_person(), If_Match=første.headers["ETag"]) == (412, "version")
    assert her.ok("personer", ny_person(), If_Match=ny)["stream"] == hvem


def test_a_repeated_key_has_no_second_effect_and_leads_to_the_same_answer(her: Her) -> None:
    første = her.ok("personer", ny_person(), Idempotency_Key="en-nokkel")
    igjen = her.ok("personer", ny_person(), Idempotency_Key="en-nokkel")
    assert igjen == første
    assert len([p for p in her.rom.logg("samhandling") if p.navn == "PersonRegistrert"]) == 1


def test_a_key_that_was_used_for_something_else_is_refused(her: Her) -> None:
    her.ok("personer", ny_person(), Idempotency_Key="en-nokkel")
    annen = ny_person(syntetisk(FØDT, 5))
    assert her.avvist("personer", annen, Idempotency_Key="en-nokkel") == (422, "idempotency-key")


def test_a_key_whose_person_was_shredded_says_so(her: Her) -> None:
    første = her.ok("personer", ny_person(), Idempotency_Key="en-nokkel")
    her.rom.inst.around.keyring.shred_person(første["stream"])
    assert her.avvist("personer", ny_person(), Idempotency_Key="en-nokkel") == (410, "shredded")


def test_numbers_are_found_without_the_issuer_that_only_some_of_them_have(her: Her) -> None:
    """Intake rule 4: an H-number is unique only together with its issuer, a fødselsnummer by itself."""
    første = her.ok("personer", ny_person(numre=[{"nummer": NUMMER, "type": "FNR", "utsteder": "HER:1"}]))
    assert her.ok("personer", ny_person())["stream"] == første["stream"]
    hjelp = syntetisk(FØDT, type_="HNR", tillegg=40)
    for utsteder in ("1.2.3", "4.5.6"):
        her.ok("personer", ny_person(numre=[{"nummer": hjelp, "type": "HNR", "utsteder": utsteder}]))
    assert len([p for p in her.rom.logg("samhandling") if p.navn == "PersonRegistrert"]) == 3
