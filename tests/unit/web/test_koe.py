"""The manual queue: two records side by side, who may decide, and that nobody decides on what they do not see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.errors import TransientError
from bindeledd.schema.generated.felles import Oppgaveslag
from bindeledd.schema.generated.samhandling import Meldingsutfall, TvilVist
from bindeledd.schema.generated.tilgang import Visning
from tests.nettsider import (
    ACT,
    NÅ,
    By,
    Nettleser,
    by,
    logg_inn,
    melding,
    oppgave,
    opphold,
    oppsett,
    person,
    ref,
    som_act,
)
from tests.parkering import parker  # fmt: skip
from tests.unit.web.test_innsyn import tekst
from tests.unit.web.test_oppslag import skrevet
from tests.unit.web.test_sider import skjema
from web import meldinger
from web import ord as sagt

FORVALTNING, HJEMME, KOORDINERENDE = "forvaltning-aarstad", "hjemmetjeneste-aarstad", "koordinerende-enhet"
TVIL = (TvilVist(kandidat=ref(1), grunn="samme navn og fødselsdato, et annet nummer"),)
SAK = f"{ref(2)}-{ref(1)}"


def ny(**endret: Any) -> Any:
    return person("Ola", bydel=None, bekreftet=False, bekreftes_innen=NÅ + timedelta(days=14), **endret)


def gi(by_: By, part: str = FORVALTNING, *, begge: bool = True) -> Nettleser:
    by_.gi("samhandling", ref(101), ref(1), {part if begge else ACT: person("Ola")})
    by_.gi("samhandling", ref(201), ref(2), {part: ny(tvil=TVIL)})
    by_.gi("samhandling", ref(202), ref(2), {part: opphold()})
    leser = Nettleser(by_.app())
    bruker, rolle = {
        FORVALTNING: (_bruker("saksbehandler", FORVALTNING), "saksbehandler"),
        HJEMME: (_bruker("hjemmesykepleier", HJEMME), "hjemmesykepleier"),
    }[part]
    logg_inn(leser, bruker, part, rolle)
    return leser


def som_koordinerende(by_: By) -> Nettleser:
    leser = Nettleser(by_.app())
    logg_inn(leser, _bruker("koordinerende-ansatt", KOORDINERENDE), KOORDINERENDE, "koordinerende-ansatt")
    return leser


def _bruker(rolle: str, part: str) -> str:
    brukere = oppsett().katalog.users.values()
    return next(u.id for u in brukere if any((p.role, p.party) == (rolle, part) for p in u.posts))


def test_the_two_records_stand_side_by_side_with_the_reason(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        side = gi(by_).get("/koe").text
        assert "Hvorfor vi spør: samme navn og fødselsdato, et annet nummer." in side
        assert side.index("Ny: Ola Prøvesen") < side.index("Fra før: Ola Prøvesen")
        assert "Innlagt" in side
        (sett,) = [o for o in skrevet(by_) if o.visning is Visning.KOE]
        assert set(sett.personer) == {ref(1), ref(2)}


@pytest.mark.parametrize(("svar", "samme"), [("samme", True), ("ikke", False)])
def test_a_person_decides_and_says_on_what(tmp_path: Path, svar: str, samme: bool) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_)
        data = {**skjema(leser.get("/koe").text, f"samme-{SAK}"), "svar": svar}
        assert leser.post(f"/koe/{ref(2)}/treff", data).status_code == 409
        assert by_.svart == []
        ble = leser.post(f"/koe/{ref(2)}/treff", {**data, "grunn": "sjekket_journal"})
        assert ble.headers["location"] == "/koe?gjort=treff"
        kropp = {"kandidat": ref(1), "samme": samme, "grunn": "sjekket_journal"}
        assert by_.svart == [("samhandling", ref(2), "treff", kropp)]
        assert by_.sett[-1][1] == '"1"'


def test_who_does_not_see_both_does_not_decide_and_is_told_whom_to_ask(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, begge=False)
        side = leser.get("/koe").text
        assert "Den andre registreringen er ikke delt med dere." in side
        assert f'id="samme-{SAK}"' not in side
        data = skjema(side, f"bekreft-{ref(2)}") | {"kandidat": ref(1), "svar": "samme", "grunn": "sjekket_journal"}
        assert leser.post(f"/koe/{ref(2)}/treff", data).status_code == 409
        assert by_.svart == []


def test_the_koordinerende_enhet_decides_what_no_other_unit_sees_and_is_shown_nothing_else_of_them(
    tmp_path: Path,
) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(101), ref(1), {KOORDINERENDE: person("Ola", bare_tvil=True)})
        by_.gi("samhandling", ref(201), ref(2), {KOORDINERENDE: ny(tvil=TVIL, bare_tvil=True)})
        leser = som_koordinerende(by_)
        assert "Prøvesen" not in leser.get("/tavle").text
        side = leser.get("/koe").text
        assert "Fra før: Ola Prøvesen" in side
        for annet in ("Er dette en av våre?", "Hvilken bydel hører"):
            assert annet not in side
        (sett,) = [o for o in skrevet(by_) if o.visning is Visning.KOE]
        assert set(sett.personer) == {ref(1), ref(2)}
        assert leser.get(f"/koe/{ref(2)}/forkast").status_code == 409
        assert 'id="bekreft-' not in leser.get(f"/pasient/{ref(2)}").text
        data = {**skjema(side, f"samme-{SAK}"), "svar": "ikke", "grunn": "sjekket_folkeregisteret"}
        assert leser.post(f"/koe/{ref(2)}/treff", data).headers["location"] == "/koe?gjort=treff"
        for nr in (1, 2):
            by_.gi("samhandling", ref(100 * nr + 1), ref(nr), {})
        assert "Prøvesen" not in leser.get("/koe").text + leser.get(f"/pasient/{ref(2)}").text


def test_a_role_that_may_not_decide_sees_the_case_and_who_can(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_, HJEMME)
        side = leser.get("/koe").text
        assert "Rollen din kan ikke avgjøre dette." in side
        data = skjema(side, f"bekreft-{ref(2)}") | {"kandidat": ref(1), "svar": "samme", "grunn": "sjekket_journal"}
        assert leser.post(f"/koe/{ref(2)}/treff", data).status_code == 403
        assert by_.svart == []


def test_an_unconfirmed_patient_is_confirmed_with_a_reason(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_)
        side = leser.get("/koe").text
        assert "Innholdet slettes lørdag 17. februar" in tekst(side)
        data = skjema(side, f"bekreft-{ref(2)}")
        assert leser.post(f"/koe/{ref(2)}/bekreft", data).status_code == 409
        ble = leser.post(f"/koe/{ref(2)}/bekreft", {**data, "grunn": "har_tjenester_her"})
        assert ble.headers["location"] == "/koe?gjort=bekreft"
        assert by_.svart == [("samhandling", ref(2), "bekreft", {"grunn": "har_tjenester_her"})]


def test_what_is_no_case_of_ours_is_asked_about_once_more_before_it_is_destroyed(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_)
        sti = f"/koe/{ref(2)}/forkast"
        side = leser.get(sti).text
        assert "Da slettes innholdet for godt" in side
        data = skjema(side, "lagre")
        assert leser.post(sti, data).status_code == 409
        assert leser.post(sti, {**data, "grunn": "feil_mottaker"}).headers["location"] == "/koe?gjort=forkast"
        assert by_.svart == [("samhandling", ref(2), "forkast", {"grunn": "feil_mottaker"})]
        assert leser.get(f"/koe/{ref(1)}/forkast").status_code == 409, "who is confirmed is never discarded"


def test_a_decision_on_an_old_page_says_what_changed(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_)
        data = skjema(leser.get("/koe").text, f"samme-{SAK}") | {"svar": "samme", "grunn": "sjekket_journal"}
        by_.gi("samhandling", ref(201), ref(2), {FORVALTNING: person("Ola", tvil=TVIL)})
        svar = leser.post(f"/koe/{ref(2)}/treff", data)
        assert "Noen har bekreftet personen." in svar.text
        assert by_.svart == []
        assert leser.post(f"/koe/{ref(2)}/treff", skjema(svar.text, "likevel")).status_code == 303


def test_the_queue_is_for_those_who_work_it(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        by_.gi("samhandling", ref(201), ref(2), {ACT: ny(tvil=TVIL)})
        leser = som_act(by_)
        assert leser.get("/koe").status_code == 403
        assert 'href="/koe"' not in leser.get("/tavle").text


def test_what_has_not_come_through_is_not_shown(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_)
        parker(by_, ref(1))
        side = leser.get("/koe").text
        assert "1 sak vises ikke nå" in side
        assert "Prøvesen" not in side
        by_.stanset.append("samhandling")
        assert "Vi får ikke inn nye opplysninger" in leser.get("/koe").text


@pytest.mark.parametrize("sti", ["/koe", f"/koe/{ref(2)}/forkast"])
def test_what_cannot_be_written_is_not_shown(tmp_path: Path, sti: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_)

        def full_disk(*_a: object, **_k: object) -> None:
            raise TransientError("the disk is full")

        monkeypatch.setattr(type(by_.inne.engines["web"]), "command", full_disk)
        svar = leser.get(sti)
        assert (svar.status_code, "Ola" in svar.text) == (503, False)


def test_an_empty_queue_says_what_comes_there(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = Nettleser(by_.app())
        logg_inn(leser, _bruker("saksbehandler", FORVALTNING), FORVALTNING, "saksbehandler")
        assert "Det er ingenting å avklare." in leser.get("/koe").text


def test_the_reasons_are_codes() -> None:
    for grunner in (sagt.TREFFGRUNN, sagt.BEKREFTGRUNN, sagt.FORKASTGRUNN):
        assert all(kode.replace("_", "").isascii() and kode.islower() and len(kode) <= 40 for kode in grunner)


# -- unknown bydel, and messages that did not find their place ---------------------------------------------------------


def test_a_bydel_that_nobody_knows_is_said_in_the_queue_and_nothing_is_guessed(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_)
        finn = oppgave(70, Oppgaveslag.AVKLAR_BYDEL, FORVALTNING)
        by_.gi("samhandling", ref(301), ref(3), {FORVALTNING: person("Mona", bydel=None)})
        by_.gi("samhandling", ref(302), ref(3), {FORVALTNING: opphold(oppgaver=(finn,))})
        side = leser.get("/koe").text
        assert "Hvilken bydel hører personen til?" in side
        assert "selected" not in side[side.index("Hvilken bydel") :], "a guess is never made for them"
        data = skjema(side, f"bydel-{ref(70)}")
        uten = leser.post(f"/pasient/{ref(3)}/svar", {**data, "verdi": ""})
        assert "Svaret mangler" in uten.text
        svar = leser.post(f"/pasient/{ref(3)}/svar", {**data, "verdi": "fana"})
        assert svar.headers["location"].startswith("/koe?gjort=")
        assert by_.svart == [("samhandling", ref(3), "bydel", {"bydel": "fana"})]


@pytest.mark.parametrize("utfall", [Meldingsutfall.HOLDT, Meldingsutfall.KONFLIKT, Meldingsutfall.AVVIST])
def test_a_message_that_did_not_find_its_place_says_what_to_do_and_is_looked_at_once(
    tmp_path: Path, utfall: Meldingsutfall
) -> None:
    with by(tmp_path) as by_:
        leser = gi(by_)
        by_.gi("samhandling", ref(501), None, {FORVALTNING: melding(utfall=utfall)})
        by_.gi(
            "samhandling", ref(502), None, {FORVALTNING: melding(utfall=Meldingsutfall.TATT_INN, opphold_ref=ref(9))}
        )
        side = leser.get("/koe").text
        assert meldinger.RÅD[utfall] in side
        assert ref(502) not in side, "what became part of a stay has found its place"
        svar = leser.post(f"/meldinger/{ref(501)}/aapnet", skjema(side, f"aapne-{ref(501)}"))
        assert svar.headers["location"] == "/koe?gjort=aapnet"
        assert "Meldinger som ikke fant fram" not in leser.get("/koe").text


def test_a_message_to_a_service_that_nobody_has_is_given_to_the_unit_that_shall_have_it(tmp_path: Path) -> None:
    """Intake rule 5."""
    with by(tmp_path) as by_:
        uten = melding(utfall=Meldingsutfall.TATT_INN, opphold_ref=ref(9), uten_mottaker=True)
        by_.gi("samhandling", ref(501), ref(1), {KOORDINERENDE: uten})
        by_.gi("samhandling", ref(502), None, {KOORDINERENDE: replace(uten, uten_mottaker=False)})
        leser = som_koordinerende(by_)
        side = leser.get("/koe").text
        assert 'Meldinger som ikke fant fram <span class="antall">(1)</span>' in side
        assert meldinger.RÅD_UTEN_MOTTAKER in side
        assert ref(502) not in side, "what was sent to the unit itself and became part of a stay has found its place"
        sti = f"/koe/melding/{ref(501)}"
        valg = leser.get(sti).text
        assert set(skrevet(by_)[-1].personer) == {ref(1)}
        assert "Hjemmebaserte tjenester Årstad" in valg
        for borte in ("Barnevernet Årstad", "DPS Kronstad", ">Koordinerende enhet</option>"):
            assert borte not in valg
        data = skjema(valg, "lagre")
        uvalgt = leser.post(sti, data)
        assert (uvalgt.status_code, "Velg hvilken enhet" in uvalgt.text) == (422, True)
        assert leser.post(sti, {**data, "til": "nav-aarstad"}).status_code == 422
        assert leser.post(sti, {**data, "til": HJEMME}).headers["location"] == "/koe?gjort=fordel"
        assert "Meldinger som ikke fant fram" not in leser.get("/koe").text
        assert "Gitt videre til Hjemmebaserte tjenester Årstad" in leser.get("/meldinger").text
        assert leser.get(sti).status_code == 409


def test_who_shall_have_a_message_is_said_by_those_who_work_the_queue_and_have_it(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        uten = melding(utfall=Meldingsutfall.TATT_INN, uten_mottaker=True)
        by_.gi("samhandling", ref(501), None, {KOORDINERENDE: uten, ACT: uten})
        assert som_act(by_).get(f"/koe/melding/{ref(501)}").status_code == 403
        assert gi(by_).get(f"/koe/melding/{ref(501)}").status_code == 409, "it is not this unit's"
