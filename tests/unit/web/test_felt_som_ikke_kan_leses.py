"""Each field of each form that is more than words says at the field when it cannot be read, and keeps what was written.

The fields are those that the templates have: a new one is asked about here by itself.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from bindeledd.schema.generated.felles import Oppgaveslag
from tests.nettsider import ACT, NAV, By, Nettleser, barn, by, oppgave, person, plan, ref, som_act
from tests.unit.web import test_gruppesiden as gruppe
from tests.unit.web import test_krisesiden as krise
from tests.unit.web import test_plansiden as planen
from tests.unit.web import test_samtykker as samtykke
from web.ramme import HER
from web.skjema import dag, klokke

MALER = HER / "templates"
HAR_FELT = re.compile(r"(?:\bs\.felt|\blest)\((?P<hva>[^\n]*?)\) }}")
BARE_VALG = {"gang.html", "tilgangslogg.html"}
"""Chooses what is shown, and writes nothing: what cannot be read there chooses nothing."""
UTEN_LESER = re.compile(r'type="(?:date|time|number|datetime-local|month|week|tel|email)"')
IKKE_LESBART = {
    "date": ("2026-02-30", "i morgen"),
    "time": ("25:10", "ti"),
    "number": ("31", "9" * 5000),
}
NUMMER = ("123", "1234567890x")


def feltene() -> list[tuple[str, str, str]]:
    """(template, field, what cannot be read there) of all forms."""
    funnet = []
    for mal in sorted(MALER.glob("*.html")):
        for treff in HAR_FELT.finditer(mal.read_text()):
            ord_ = [del_.strip() for del_ in treff["hva"].split(",")]
            navn, slag = (
                ord_[0 if treff[0].startswith("s.felt") else 1].strip('"'),
                re.findall(r'"(\w+)"', treff["hva"]),
            )
            galt = NUMMER if navn == "nummer" else next((IKKE_LESBART[s] for s in slag if s in IKKE_LESBART), ())
            funnet += [(mal.name, navn, tekst) for tekst in galt]
    return funnet


@dataclass(frozen=True, slots=True)
class Skjema:
    """How one comes to a form, and what has to be filled in besides."""

    åpne: Callable[[By], tuple[Nettleser, str]]
    fylt: Mapping[str, Any]


def _krise(by_: By) -> tuple[Nettleser, str]:
    return krise.gi(by_, krise.plan()), krise.HER


def _om_barn(by_: By) -> tuple[Nettleser, str]:
    by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
    by_.gi("barn_paaroerende", ref(105), ref(1), {ACT: barn(oppgaver=(oppgave(1, Oppgaveslag.SPOER_OM_BARN),))})
    return som_act(by_), f"/pasient/{ref(1)}"


SKJEMAENE = {
    "innkalling.html": Skjema(lambda by_: (gruppe.koordinator(by_), f"{gruppe.HER}/innkalling"), gruppe.FYLT),
    "referat.html": Skjema(
        lambda by_: (gruppe.begynt(by_), f"{gruppe.HER}/moete/{ref(81)}/referat"),
        {"maal": "Bra", "oppgave_part": ACT, "oppgave_tekst": "Ringe"},
    ),
    "tiltak.html": Skjema(
        lambda by_: (planen.koordinator(by_), f"{planen.HER}/tiltak/nytt"), {"tekst": "Søke bolig", "part": ACT}
    ),
    "plan_gjennomgang.html": Skjema(lambda by_: (planen.koordinator(by_), f"{planen.HER}/gjennomgang"), {}),
    "plan_skriv.html": Skjema(lambda by_: (planen.koordinator(by_, plan()), f"{planen.HER}/skriv"), planen.NY),
    "samtykke_nytt.html": Skjema(
        lambda by_: (samtykke.som(by_), f"{samtykke.HER}/nytt"),
        {"part": NAV, "formaal": "barn", "deler": ["plan.finnes"]},
    ),
    "kriseplan.html": Skjema(_krise, {"medvirkning": ["pasient"]}),
    "barn_kartlegging.html": Skjema(
        lambda by_: (_om_barn(by_)[0], f"/pasient/{ref(1)}/barn"),
        {"fornavn": "Lille", "etternavn": "Prøvesen", "relasjon": "FORELDER"},
    ),
    "deler.html": Skjema(_om_barn, {}),
}  # fmt: skip


def skjema_med(side: str, navn: str) -> tuple[str | None, dict[str, Any]]:
    """(where it goes, what it would send as it stands) of the form with this field."""
    (form,) = [f for f in re.findall(r"<form .*?</form>", side, re.DOTALL) if f' name="{navn}"' in f]
    sendes: dict[str, list[str]] = {}
    for inn in re.findall(r"<input [^>]*>", form):
        felt = dict(re.findall(r'([\w-]+)="([^"]*)"', inn))
        if felt.get("type") not in ("checkbox", "radio") or " checked" in inn:
            sendes.setdefault(felt["name"], []).append(html.unescape(felt["value"]))
    for felt_, verdi in re.findall(r'<textarea [^>]*name="([\w.]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        sendes.setdefault(felt_, []).append(html.unescape(verdi))
    til = re.search(r'action="([^"]*)"', form.split(">")[0])
    return til[1] if til else None, sendes


def test_every_field_of_a_day_a_time_or_a_number_is_read_in_the_one_place() -> None:
    assert {mal.name for mal in MALER.glob("*.html") if UTEN_LESER.search(mal.read_text())} == BARE_VALG
    assert {mal for mal, _, _ in feltene()} == set(SKJEMAENE)


@pytest.mark.parametrize("skrevet", ["20260324", "2026-W12-1", "2026-3-24", "٢026-03-24", ""])
def test_a_day_is_read_in_the_one_way_in_which_browsers_send_it(skrevet: str) -> None:
    assert dag(skrevet) is None
    assert dag(" 2026-03-24 ") == date(2026, 3, 24)


@pytest.mark.parametrize("skrevet", ["10", "10:00+02:00", "1000", ""])
def test_a_time_of_day_is_read_in_the_one_way_in_which_browsers_send_it(skrevet: str) -> None:
    assert klokke(skrevet) is None
    assert klokke("09:30") == time(9, 30)


@pytest.mark.parametrize(
    ("mal", "navn", "skrevet"), [pytest.param(*f, id=f"{f[0]}-{f[1]}-{f[2][:12]}") for f in feltene()]
)
def test_what_cannot_be_read_is_said_at_the_field_kept_there_and_not_sent(
    tmp_path: Path, mal: str, navn: str, skrevet: str
) -> None:
    with by(tmp_path) as by_:
        leser, sti = SKJEMAENE[mal].åpne(by_)
        side = leser.get(sti).text
        til, felt = skjema_med(side, navn)
        assert "aria-invalid" not in side
        svar = leser.post(til or sti, {**felt, **SKJEMAENE[mal].fylt, navn: skrevet})
        assert svar.status_code == 422
        assert by_.svart == []
        (galt,) = re.findall(r'<input [^>]*aria-invalid="true"[^>]*>', svar.text)
        assert f' name="{navn}"' in galt
        assert f' value="{skrevet}"' in galt
        assert 'type="text"' in galt, "a browser shows nothing in a field of a day that holds no day"
        sagt = re.search(r'aria-describedby="([\w-]+-feil)', galt)
        assert sagt is not None
        assert re.search(rf'id="{sagt[1]}">[^<]+</p>', svar.text)
        _, kommer_igjen = skjema_med(svar.text, navn)
        assert all(kommer_igjen[hva] == verdi for hva, verdi in felt.items() if hva in ("versjon", "del"))
        for hva, verdi in SKJEMAENE[mal].fylt.items():
            if isinstance(verdi, str) and hva in kommer_igjen and hva != navn:
                assert verdi.strip() in [v.strip() for v in kommer_igjen[hva]]
