"""What a consent opened is not given once its withdrawal has been taken in, whatever comes before, between, after."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bindeledd.core.errors import BindeleddError
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.barn_paaroerende import Barnerelasjon, Barnet
from bindeledd.schema.generated.felles import Tekst
from bindeledd.store import log
from services.ansvarsgruppe import planer as ansvarsgruppe
from services.ansvarsgruppe.samtykke import Kommando, RegistrerSperring, TrekkSamtykke
from services.barn_pårørende import barneplaner
from services.barn_pårørende.barneplaner import Henvisningstekst
from services.kriseplan import planer as kriseplan
from services.samhandling.mottak import ta_imot
from services.samhandling.plo.skriv import lag_innlagt, lag_utskrevet
from tests.ladder import in_rooms
from tests.meldinger import PASIENT
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import RAMMER, Menneske, aktør, ansvarsgruppe_for, kall_inn, kjent, samtykker
from tests.unit.samhandling.meldinger import sending, utc

FØR = utc(2026, 3, 1, 8, 0)
ENHET, NAV, LEGEVAKT, SKOLE = "enhet-aarstad", "nav-aarstad", "legevakt", "skole-aarstad"
TJENESTER = ("samhandling", "ansvarsgruppe", "kriseplan", "barn_paaroerende")
DELER = ("opphold.finnes", "opphold.sted", "opphold.utfall", "kriseplan.*", "plan.*", "barn.*")
PLANEN = {"PersonUtsnitt", "PlanUtsnitt", "AnsvarsgruppeUtsnitt", "TiltakUtsnitt", "MoeteUtsnitt"}
FÅR = {
    NAV: PLANEN | {"OppholdUtsnitt", "KriseplanUtsnitt"},
    LEGEVAKT: PLANEN | {"KriseplanUtsnitt"},
    SKOLE: PLANEN | {"OppholdUtsnitt", "BarnesakUtsnitt"},
}
"""What each of them is given as long as the consent stands."""
INN = lag_innlagt(sending(1, utc(2026, 3, 1, 20, 20)), tid=utc(2026, 3, 1, 20))
UT = lag_utskrevet(sending(2, utc(2026, 3, 9, 11, 55)), tid=utc(2026, 3, 9, 11))
INN_IGJEN = lag_innlagt(sending(3, utc(2026, 3, 20, 20, 20)), tid=utc(2026, 3, 20, 20))


def _tekst(ord_: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=ord_))


def _gjør(her: Rom, tjeneste: str, plan: Any) -> Any:
    """What a rule refuses by now is refused, and that is well."""
    with suppress(BindeleddError):
        return her.inst.engines[tjeneste].command(plan).answer


def _skriv_kriseplan(her: Rom, person: str, ord_: str) -> None:
    skrevet = any(p.navn == "KriseplanOpprettet" for p in her.logg("kriseplan"))
    plan = kriseplan.revider if skrevet else kriseplan.opprett
    _gjør(her, "kriseplan", plan(person, ("pasient",), {"roedt_nivaa": _tekst(ord_)}, aktør(ENHET), RAMMER))


def _henvis(her: Rom, person: str, født: date) -> None:
    barnet = Barnet(fornavn="Prøve", etternavn="Prøvesen", foedt=født)
    ord_ = Henvisningstekst(_tekst("støtte"), _tekst("ring oss"), _tekst("mer"))
    registrert = barneplaner.registrer(
        person, barnet, None, Barnerelasjon.FORELDER, _tekst("spurt"), aktør(ENHET), RAMMER
    )
    barn = str(_gjør(her, "barn_paaroerende", registrert))
    _gjør(her, "barn_paaroerende", barneplaner.henvis(barn, person, SKOLE, ord_, aktør(ENHET), RAMMER))


def _ta_inn(her: Rom, raw: bytes, dag: int) -> None:
    ta_imot(her.inst.engines["samhandling"], raw, mottatt=utc(2026, 3, dag, 21, 0))


def _noen_tar_inn(her: Rom, tilfeldig: random.Random) -> None:
    """Some service takes in the next of what some other has written, and the rest of them wait."""
    haler = [hale for arbeider in her.inst.embedded.workers for hale in arbeider.tails]
    for hale in tilfeldig.sample(haler, k=tilfeldig.randrange(len(haler))):
        hale.advance()


def _gi_alt(her: Rom) -> tuple[Menneske, str, dict[str, str]]:
    """A person in a ward, of whom three units are let know all that may be consented to: a group, a meeting, a measure,
    a crisis plan and a child. Returns the person, the group, and the consents."""
    hvem = kjent(her, PASIENT, "aarstad", ENHET)
    gitte = {part: samtykker(her, hvem, ENHET, part, *DELER) for part in FÅR}
    gruppen = ansvarsgruppe_for(her, hvem, ENHET, NAV, SKOLE)
    maal = {"maal": ["Egen bolig"], "ressurser": "", "behov": "", "bidrag": ""}
    sti = f"ansvarsgruppe/personer/{hvem.ref}"
    her.be(aktør(ENHET, "plan.skriv"), f"{sti}/plan", samtykket=True, revisjon="2026-09-01", maal=maal)
    her.be(aktør(ENHET, "plan.skriv"), f"{sti}/tiltak", part=NAV, tekst="Søke om bolig")
    kall_inn(her, hvem, gruppen, ENHET, FØR + timedelta(days=30), NAV)
    _skriv_kriseplan(her, hvem.ref, "syntetisk")
    _henvis(her, hvem.ref, date(2015, 4, 5))
    _ta_inn(her, INN, 1)
    her.pump()
    return hvem, gruppen, gitte


def _spill(her: Rom, frø: int, slutter: Callable[[str, str], Kommando]) -> None:
    """What was consented to is given; then that ends, with more of each kind, in some order, and each service takes it
    in in some order."""
    hvem, gruppen, gitte = _gi_alt(her)
    for part, ventet in FÅR.items():
        assert {navn for tjeneste in TJENESTER for navn in _har(her, tjeneste, part)} == ventet, part
    tilfeldig = random.Random(frø)

    def avslutt(part: str) -> Callable[[], Any]:
        plan = ansvarsgruppe.samtykke_for(hvem.ref, slutter(part, gitte[part]), aktør(ENHET), RAMMER)
        return lambda: her.inst.engines["ansvarsgruppe"].command(plan)

    def møtes() -> None:
        with suppress(AssertionError):  # whom nobody may summon any more, the service refuses
            kall_inn(her, hvem, gruppen, ENHET, FØR + timedelta(days=60), NAV)

    hendelser: list[Callable[[], Any]] = [
        *(avslutt(part) for part in FÅR),
        lambda: _skriv_kriseplan(her, hvem.ref, "syntetisk, ny"),
        lambda: _henvis(her, hvem.ref, date(2018, 4, 5)),
        møtes,
        lambda: _ta_inn(her, UT, 9),
        lambda: _ta_inn(her, INN_IGJEN, 20),
    ]
    tilfeldig.shuffle(hendelser)
    for hendelse in hendelser:
        hendelse()
        _noen_tar_inn(her, tilfeldig)
    her.pump()


def _holder(view: Any) -> bool:
    """Whether a view holds anything but that it ended; what was said of the unit itself is its own to know."""
    return type(view).__name__ not in ("UtsnittAvsluttet", "SamtykkeUtsnitt")


def _har(her: Rom, tjeneste: str, part: str) -> list[str]:
    return [type(view).__name__ for view in her.utsnitt(tjeneste, part).values() if _holder(view)]


def _etter(her: Rom, tjeneste: str, slutt: str) -> list[tuple[str, str]]:
    """What a service gave each of the units after it had taken in that this one's consent ended, whoever's ended then:
    to whom, and what."""
    engine = her.inst.engines[tjeneste]
    ut: list[tuple[str, str]] = []
    trukket: dict[str, str] = {}
    event: Any
    for rad in engine.read(lambda db: log.read_page(db, 0, 1_000_000)):
        konvolutt, event = engine.around.codec.decode(rad.data)
        if konvolutt.type.endswith(f".{slutt}"):
            trukket[f"{tjeneste}.til.{event.part}"] = event.part
        elif rad.topic in trukket and _holder(event):
            ut.append((trukket[rad.topic], type(event).__name__))
    assert set(trukket.values()) == FÅR.keys(), f"{tjeneste} has not heard of it"
    return ut


@in_rooms
@given(st.integers(0, 2**32), st.booleans())
def test_after_a_withdrawal_or_an_opposition_no_later_view_holds_the_part_whatever_the_order_of_arrival(
    frø: int, sperret: bool
) -> None:
    slutt = "SperringRegistrert" if sperret else "SamtykkeTrukket"
    with tempfile.TemporaryDirectory() as mappe, rom(Path(mappe), FØR, oppsett=HELE_BERGEN) as her:
        _spill(her, frø, lambda part, id_: RegistrerSperring(part, ()) if sperret else TrekkSamtykke(id_))
        for tjeneste in TJENESTER:
            assert _etter(her, tjeneste, slutt) == [], tjeneste
            for part in FÅR:
                assert _har(her, tjeneste, part) == [], (tjeneste, part)
