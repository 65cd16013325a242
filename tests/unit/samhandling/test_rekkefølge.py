"""The same messages in any order, with duplicates, leave the same folded stay and the same views (intake rule 10)."""

from __future__ import annotations

import dataclasses
import random
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.core.sealed import Forseglet
from bindeledd.schema.generated.samhandling import MeldingUtsnitt
from services.samhandling import opphold, tjeneste
from services.samhandling.mottak import ta_imot
from services.samhandling.plo.melding import Adressat, Organisasjon
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
from tests.ladder import in_rooms
from tests.meldinger import her as her_id
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.unit.samhandling.meldinger import pam, sending, utc

INN = utc(2026, 3, 2, 20, 0)
UT = utc(2026, 3, 11, 11, 0)
SLUTT = utc(2026, 6, 30, 12, 0)
REFS = frozenset({"aggregat", "oppgave_ref", "melding_ref", "opphold_ref"})

Melding = tuple[datetime, bytes]


def _innlagt(nr: int, når: datetime = INN, **annet: Any) -> Melding:
    sendt = annet.pop("sendt", når)
    return (_mottatt(sendt), lag_innlagt(sending(nr, sendt, **annet), tid=når))


def _varsel(nr: int, sendt: datetime, om: str = "Prøvestatus", **annet: Any) -> Melding:
    notat = {"status": om, "forløp": "Prøveforløp", "forventet": date(2026, 3, 9 + nr % 3)}
    return (_mottatt(sendt), lag_tidligmelding(sending(nr, sendt, **annet), **notat))  # type: ignore[arg-type]


def _klar(nr: int, sendt: datetime, innlagt: datetime | None = INN, **annet: Any) -> Melding:
    return (_mottatt(sendt), lag_utskrivningsklar(sending(nr, sendt, **annet), dato=sendt.date(), innlagt=innlagt))


def _avmeldt(nr: int, sendt: datetime, innlagt: datetime | None = INN, **annet: Any) -> Melding:
    return (_mottatt(sendt), lag_avmelding(sending(nr, sendt, **annet), dato=sendt.date(), innlagt=innlagt))


def _utskrevet(nr: int, når: datetime | date = UT, **annet: Any) -> Melding:
    sendt = annet.pop("sendt", når)
    return (_mottatt(sendt), lag_utskrevet(sending(nr, sendt, **annet), tid=når))


def _rapport(nr: int, sendt: datetime, **annet: Any) -> Melding:
    return (_mottatt(sendt), lag_rapport(sending(nr, sendt, **annet), "INNLEGGELSESRAPPORT", notat="Prøve"))


def _mottatt(sendt: datetime) -> datetime:
    return sendt + timedelta(minutes=5)


ETT = [
    _innlagt(1),
    _varsel(2, utc(2026, 3, 3, 7, 50)),
    _varsel(3, utc(2026, 3, 4, 7, 50), "Prøvestatus 2", status="M", viser_til=2),
    _klar(4, utc(2026, 3, 9, 8, 55)),
    _avmeldt(5, utc(2026, 3, 9, 14, 55)),
    _avmeldt(6, utc(2026, 3, 9, 15, 55), status="C", viser_til=5),
    _utskrevet(7),
    _innlagt(8, sendt=utc(2026, 3, 2, 20, 1)),
]
"""One stay with an update, a retraction that is withdrawn, and the same event under two ids."""

SENERE = utc(2026, 4, 2, 10, 0)
TO = [
    *ETT[:4],
    ETT[6],
    _innlagt(20, SENERE),
    _utskrevet(21, utc(2026, 4, 5, 11, 0)),
]
"""Two stays, of which the second begins after the first has ended; a discharge names no admission."""

DPS = {"avsender": pam("99010050")}
"""Another ward than PAM's."""
ANNET_SYKEHUS: dict[str, Any] = {
    "avsender": Adressat(Organisasjon("Prøvesykehus", her_id("9000200")), Organisasjon("Post", her_id("9000201")))
}
DØD = utc(2026, 3, 6, 7, 0)


def _død(nr: int, når: datetime | date = DØD, **annet: Any) -> Melding:
    sendt = annet.pop("sendt", DØD + timedelta(hours=1))
    return (_mottatt(sendt), lag_død(sending(nr, sendt, **annet), tid=når))


TO_ÅPNE = [
    _innlagt(1),
    _klar(2, utc(2026, 3, 5, 8, 0)),
    _innlagt(3, utc(2026, 3, 5, 12, 0), **DPS),
    _død(4),
]
"""Two wards have the person at once, and one of them tells of the death; the other's clock has not run out."""

FORLØP = {
    "død i ett av to åpne opphold": TO_ÅPNE,
    "død meldt som utskrivning i ett av to åpne opphold": [
        *TO_ÅPNE[:3],
        (_mottatt(DØD), lag_utskrevet(sending(4, DØD, **DPS), tid=DØD, uttilstand="3")),
    ],
    "død i ett av to åpne opphold, trukket": [
        *TO_ÅPNE, _død(5, sendt=utc(2026, 3, 6, 12, 0), status="C", viser_til=4),
    ],
    "død i ett av to, og det andre er skrevet ut for seg": [
        _innlagt(1), _innlagt(2, utc(2026, 3, 5, 12, 0), **ANNET_SYKEHUS), _utskrevet(3, utc(2026, 3, 5, 20, 0)),
        _død(4, **ANNET_SYKEHUS),
    ],
    "død i ett av to, og mer om det andre etterpå": [
        *TO_ÅPNE, _varsel(5, utc(2026, 3, 6, 9, 0)), _klar(6, utc(2026, 3, 7, 9, 0)),
        _rapport(7, utc(2026, 3, 7, 10, 0)),
    ],
    "innlagt etter at døden er meldt": [*TO_ÅPNE, _innlagt(5, SENERE, **DPS)],
    "død før et annet opphold begynte": [
        _innlagt(1), _død(2), _innlagt(3, utc(2026, 3, 6, 12, 0), **DPS),
    ],
    "død i samme øyeblikk som et annet opphold begynte": [
        _innlagt(1),
        (_mottatt(DØD), lag_utskrevet(sending(2, DØD), tid=DØD, uttilstand="2")),
        _innlagt(3, DØD, **ANNET_SYKEHUS),
    ],
    "samme dag klar, avmeldt og klar igjen": [
        _innlagt(1),
        _klar(2, utc(2026, 3, 9, 8, 0)),
        _avmeldt(3, utc(2026, 3, 9, 11, 0)),
        _klar(4, utc(2026, 3, 9, 14, 0)),
    ],
    "klar meldt to ganger med ulik id": [_innlagt(1), _klar(2, utc(2026, 3, 9, 8, 0)), _klar(3, utc(2026, 3, 9, 9, 0))],
    "innleggelsen trukket og meldt på nytt med annet klokkeslett": [
        _innlagt(1),
        _innlagt(2, sendt=utc(2026, 3, 2, 21, 0), status="C", viser_til=1),
        _innlagt(3, utc(2026, 3, 2, 22, 30)),
        _varsel(4, utc(2026, 3, 3, 8, 0)),
    ],
    "innleggelsen trukket, og varselet står": [
        _innlagt(1),
        _varsel(2, utc(2026, 3, 3, 8, 0)),
        _innlagt(3, sendt=utc(2026, 3, 3, 9, 0), status="C", viser_til=1),
    ],
    "det samme meldt igjen etter at det er trukket": [
        _innlagt(1),
        _innlagt(2, sendt=utc(2026, 3, 2, 21, 0), status="C", viser_til=1),
        _innlagt(3, sendt=utc(2026, 3, 2, 22, 0)),
    ],
    "kansellering uten referanse trekker bare det siste oppholdet": [
        *ETT[:1],
        _utskrevet(2),
        _innlagt(3, SENERE),
        (utc(2026, 4, 2, 12, 0), lag_innlagt(sending(4, utc(2026, 4, 2, 11, 0), status="C"), tid=SENERE)),
        _varsel(5, utc(2026, 4, 2, 12, 0)),
    ],
    "kansellering uten referanse og uten samme innhold": [
        _innlagt(1),
        _klar(2, utc(2026, 3, 5, 8, 0)),
        _avmeldt(3, utc(2026, 3, 6, 8, 0)),
        _klar(4, utc(2026, 3, 9, 8, 0)),
        _klar(5, utc(2026, 3, 9, 10, 0), innlagt=None, status="C"),
    ],
    "klar etter utskrivning er et annet opphold": [
        _innlagt(1),
        _utskrevet(2),
        _klar(3, utc(2026, 3, 20, 8, 0), innlagt=None),
        _varsel(4, utc(2026, 3, 18, 8, 0)),
        _utskrevet(5, utc(2026, 3, 22, 11, 0)),
    ],
    "utskrevet med bare dato, og innlagt igjen samme dag": [
        _innlagt(1),
        (utc(2026, 3, 11, 12, 0), lag_utskrevet(sending(2, UT), tid=date(2026, 3, 11))),
        _innlagt(3, utc(2026, 3, 11, 18, 0)),
        _klar(4, utc(2026, 3, 13, 8, 0), innlagt=None),
    ],
    "rapport og dialog før innleggelsen er meldt": [
        _rapport(1, utc(2026, 3, 3, 8, 0)),
        (utc(2026, 3, 3, 10, 0), lag_dialog(sending(2, utc(2026, 3, 3, 9, 0)), "DIALOG_FORESPORSEL", tekst="Hva?")),
        (utc(2026, 3, 3, 11, 0), lag_dialog(sending(3, INN, viser_til=2), "DIALOG_SVAR", tekst="Det.")),
        _rapport(4, utc(2026, 3, 4, 8, 0), status="C", viser_til=1),
        _innlagt(5),
    ],
    "død før fristen er ute": [
        _innlagt(1), (utc(2026, 3, 3, 9, 0), lag_død(sending(2, utc(2026, 3, 3, 8, 0)), tid=utc(2026, 3, 3, 7, 0))),
    ],
    "død lenge etter utskrivning": [
        _innlagt(1), _utskrevet(2),
        (utc(2026, 4, 3, 9, 0), lag_død(sending(3, utc(2026, 4, 3, 8, 0)), tid=date(2026, 4, 2))),
    ],
    "flere kanselleringer før det de trekker": [
        _innlagt(1),
        _innlagt(2, sendt=utc(2026, 3, 2, 20, 1)),
        _innlagt(3, sendt=utc(2026, 3, 2, 21, 0), status="C", viser_til=1),
        _innlagt(4, sendt=utc(2026, 3, 2, 21, 0), status="C", viser_til=2),
        _varsel(5, utc(2026, 3, 3, 8, 0)),
        _varsel(6, utc(2026, 3, 3, 9, 0), status="M", viser_til=5),
    ],
}  # fmt: skip


def _utfall(meldinger: list[Melding], pump_etter: frozenset[int]) -> list[Any]:
    with (
        tempfile.TemporaryDirectory() as mappe,
        rom(Path(mappe), SLUTT, oppsett=HELE_BERGEN, tjenester=[tjeneste.tjeneste(HELE_BERGEN, TABELL)]) as her,
    ):
        engine = her.inst.engines["samhandling"]
        for nr, (mottatt, raw) in enumerate(meldinger):
            ta_imot(engine, raw, mottatt=mottatt)
            if nr in pump_etter:
                her.pump()
        her.pump()
        return [*sorted((_bilde(her, ref) for ref in _levende(her)), key=repr), _listen(her)]


def _levende(her: Rom) -> list[str]:
    """The stays that hold anything; one that was emptied when its facts found their place is none."""
    refs = {post.envelope.stream for post in her.logg("samhandling") if post.topic == opphold.TOPIC}
    return [ref for ref in sorted(refs) if _stay(her, ref).fakta.alle]


def _stay(her: Rom, ref: str) -> opphold.Opphold:
    stay: opphold.Opphold = her.inst.engines["samhandling"].look(lambda tx: tx.state(opphold.TOPIC, ref))
    return stay


def _bilde(her: Rom, ref: str) -> dict[str, Any]:
    """Everything that may be seen of a stay, without the random refs and with the sealed parts opened."""
    stay = _stay(her, ref)
    parter = {post.topic.rpartition(".")[2] for post in her.logg("samhandling") if ".til." in post.topic}
    return {
        "status": opphold.status(stay),
        "frist": stay.frist and (stay.frist.tilstand, stay.frist.forfall),
        "fakta": sorted((type(f.event).__name__, sorted(k.msg_id for k in f.kilder)) for f in stay.fakta.gjeldende()),
        "trukket": sorted(type(f.event).__name__ for f in stay.fakta.trukket()),
        "oppgaver": sorted((o.slag, o.part, o.gjelder) for o in stay.oppgaver.åpne()),
        "utsnitt": {
            p: _uten_refs(her, gitt[ref]) for p in sorted(parter) if ref in (gitt := her.utsnitt("samhandling", p))
        },
    }


def _listen(her: Rom) -> list[Any]:
    """What hjemmetjenesten sees of messages that wait for it, or belong to no stay."""
    gitt = her.utsnitt("samhandling", "hjemmetjeneste-aarstad").values()
    return sorted((_uten_refs(her, view) for view in gitt if isinstance(view, MeldingUtsnitt)), key=repr)


def _uten_refs(her: Rom, verdi: Any) -> Any:
    match verdi:
        case Forseglet():
            return her.inst.engines["samhandling"].look(lambda tx: tx.open(verdi))
        case tuple():
            return tuple(_uten_refs(her, hver) for hver in verdi)
        case _ if dataclasses.is_dataclass(verdi) and not isinstance(verdi, type):
            felt = (f.name for f in dataclasses.fields(verdi) if f.name not in REFS)
            return {navn: _uten_refs(her, getattr(verdi, navn)) for navn in felt}
        case _:
            return verdi


@in_rooms
@given(st.integers(0, 2**32))
def test_any_order_with_duplicates_gives_the_same_stay_and_views(frø: int) -> None:
    tilfeldig = random.Random(frø)
    rekke = [*ETT, *tilfeldig.choices(ETT, k=3)]
    tilfeldig.shuffle(rekke)
    pump = frozenset(tilfeldig.sample(range(len(rekke)), k=4))
    assert _utfall(rekke, pump) == _utfall(ETT, frozenset())


@in_rooms
@given(st.permutations([*TO_ÅPNE, _varsel(5, utc(2026, 3, 3, 7, 50)), _innlagt(6, sendt=utc(2026, 3, 2, 20, 1))]))
def test_in_any_order_a_death_stops_the_clocks_and_tasks_of_every_open_stay(rekke: list[Melding]) -> None:
    """Intake rule 12."""
    utfall = _utfall(rekke, frozenset(range(0, len(rekke), 2)))
    stays = [bilde for bilde in utfall[:-1] if bilde["fakta"]]
    assert [stay["status"].value for stay in stays] == ["DOED", "DOED"]
    assert [stay["oppgaver"] for stay in stays] == [[], []]
    assert [stay["frist"] for stay in stays if stay["frist"] and stay["frist"][0].value == "AAPEN"] == []
    assert utfall == _utfall(sorted(rekke, key=lambda melding: melding[0]), frozenset())


@in_rooms
@given(st.permutations(TO))
def test_a_late_admission_takes_over_what_belongs_to_it(rekke: list[Melding]) -> None:
    *fasit, _ = _utfall(TO, frozenset())
    assert [stay["status"].value for stay in fasit] == ["UTSKREVET", "UTSKREVET"]
    assert _utfall(rekke, frozenset())[:-1] == fasit


STÅR = {
    "død i ett av to åpne opphold": ["DOED", "DOED"],
    "død meldt som utskrivning i ett av to åpne opphold": ["DOED", "DOED"],
    "død i ett av to åpne opphold, trukket": ["INNLAGT", "UTSKRIVNINGSKLAR"],
    "død i ett av to, og det andre er skrevet ut for seg": ["DOED", "UTSKREVET"],
    "død i ett av to, og mer om det andre etterpå": ["DOED", "DOED"],
    "innlagt etter at døden er meldt": ["DOED", "DOED", "INNLAGT"],
    "død før et annet opphold begynte": ["DOED", "INNLAGT"],
    "død i samme øyeblikk som et annet opphold begynte": ["DOED", "DOED"],
    "samme dag klar, avmeldt og klar igjen": ["UTSKRIVNINGSKLAR"],
    "klar meldt to ganger med ulik id": ["UTSKRIVNINGSKLAR"],
    "innleggelsen trukket og meldt på nytt med annet klokkeslett": ["INNLAGT"],
    "innleggelsen trukket, og varselet står": ["INNLAGT"],
    "det samme meldt igjen etter at det er trukket": ["INNLAGT"],
    "kansellering uten referanse trekker bare det siste oppholdet": ["INNLAGT", "UTSKREVET"],
    "kansellering uten referanse og uten samme innhold": ["AVMELDT"],
    "klar etter utskrivning er et annet opphold": ["UTSKREVET", "UTSKREVET"],
    "utskrevet med bare dato, og innlagt igjen samme dag": ["UTSKREVET", "UTSKRIVNINGSKLAR"],
    "rapport og dialog før innleggelsen er meldt": ["INNLAGT"],
    "død før fristen er ute": ["DOED"],
    "død lenge etter utskrivning": ["DOED", "UTSKREVET"],
    "flere kanselleringer før det de trekker": ["INNLAGT"],
}
"""How the stays of each course stand in the end."""


@pytest.mark.parametrize("navn", FORLØP)
def test_the_order_of_arrival_says_nothing(navn: str) -> None:
    """Forwards, backwards, and shuffled."""
    meldinger = FORLØP[navn]
    fasit = _utfall(meldinger, frozenset())
    assert sorted(stay["status"].value for stay in fasit[:-1]) == STÅR[navn]
    tilfeldig = random.Random(navn)
    for _ in range(3):
        rekke = [*meldinger]
        tilfeldig.shuffle(rekke)
        assert _utfall(rekke, frozenset()) == fasit
    assert _utfall(meldinger[::-1], frozenset()) == fasit
