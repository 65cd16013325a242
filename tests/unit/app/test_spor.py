"""One message can be followed from the intake to the boards, and nothing of a person is told on the way."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bindeledd.core.envelope import Actor, Envelope
from bindeledd.ops.tracing import did, traced
from services.samhandling.plo.skriv import lag_innlagt
from tests.leak.merker import former
from tests.rom import HELE_BERGEN, rom
from tests.samler import Spenn, samler
from tests.stories.folk import menneske
from tests.unit.samhandling.meldinger import sending, utc

NÅ = utc(2026, 3, 2, 20, 0)


def test_what_a_message_leads_to_is_one_trace_whose_every_span_follows_from_another(tmp_path: Path) -> None:
    with samler() as her, rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as oppe:
        person = menneske(oppe, date(1985, 5, 17), "aarstad", "enhet-aarstad")
        with traced(her.url, "serve"):
            oppe.melding(lag_innlagt(sending(1, NÅ, pasient=person.pasient), tid=NÅ), NÅ)
        (spor,) = {spenn.spor for spenn in her.spenn}
        innlagt = next(post for post in oppe.logg("samhandling") if post.navn == "PasientInnlagt")
        ident = person.pasient.identer[0].id
    assert spor == innlagt.envelope.correlation
    (rot,) = (spenn for spenn in her.spenn if not spenn.forelder)
    assert rot.navn == "samhandling carries out MeldingMottatt"
    etter = {spenn.id: spenn for spenn in her.spenn}
    assert all(spenn.forelder in etter for spenn in her.spenn if spenn.forelder)
    assert len(etter) == len(her.spenn)
    assert {"web takes in OppholdUtsnitt", "barn_paaroerende takes in PasientInnlagt"} <= navn(her.spenn)
    vei = [next(spenn for spenn in her.spenn if spenn.navn == "web takes in KartleggingUtsnitt")]
    while vei[-1].forelder:
        vei.append(etter[vei[-1].forelder])
    assert [spenn.navn for spenn in vei[1:]] == ["barn_paaroerende takes in PasientInnlagt", rot.navn]
    fortalt = b"".join(her.rå)
    for hemmelig in (ident, person.pasient.etternavn):
        assert not any(form in fortalt for form in former(hemmelig).values())


def test_a_record_whose_correlation_is_no_ref_is_told_of_all_the_same() -> None:
    aktør = Actor("system", "4601", "andre")
    konvolutt = Envelope(
        "a" * 32, "no.bindeledd.X", "b" * 32, 1, b"", 1, 1, None, (), NÅ, NÅ, NÅ, aktør, "", "ikke en ref", "", 0
    )  # fmt: skip
    with samler() as her, traced(her.url, "serve"):
        did("kriseplan", "takes in", konvolutt, 1, writer="andre")
        did("relay of andre", "sends", konvolutt, 1, writer="andre")
    assert len({hver.spor for hver in her.spenn}) == 1
    assert len(her.spenn) == 2


def test_nobody_is_told_where_no_collector_is_named_and_one_that_is_away_hinders_nothing(tmp_path: Path) -> None:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as oppe:
        with traced(None, "serve"):
            menneske(oppe, date(1985, 5, 17), "aarstad", "enhet-aarstad")
        with traced("http://127.0.0.1:9", "serve"):
            menneske(oppe, date(1985, 5, 18), "aarstad", "enhet-aarstad")
        assert len([post for post in oppe.logg("samhandling") if post.navn == "PersonRegistrert"]) == 2


def navn(spenn: list[Spenn]) -> set[str]:
    return {hver.navn for hver in spenn}
