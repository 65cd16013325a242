"""Given what has happened, when this is asked, then that follows; and what is known of a person, short to write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bindeledd.core.clock import SeededEntropy
from bindeledd.core.decider import Aggregate, Circumstances
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Forseglet
from bindeledd.resources import data_folder
from bindeledd.schema.generated.felles import OppgaveOpprettet, Oppgaveslag
from services.felles.grunnlag import Grunnlag, Relasjon, Samtykke, Sperring
from services.felles.kjent import Kjent, Rammer
from services.felles.oppholdsbilde import Opphold
from services.felles.oppsett import les_oppsett
from services.felles.samarbeid import ALLTID
from services.felles.tilgang import RelasjonSlag, les_tilgang

_DEPLOY = data_folder("deploy")
RAMMER = Rammer(les_oppsett(_DEPLOY / "bergen.toml"), les_tilgang(_DEPLOY / "tilgang.toml"))
NÅ = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
VOKSEN = date(1985, 5, 17)

ENHET, ACT, DPS, PAM = "enhet-aarstad", "act-kronstad", "dps-kronstad", "pam"
HJEMMETJENESTE, FASTLEGE, HELSESTASJON, LEGEVAKT = (
    "hjemmetjeneste-aarstad",
    "fastlege",
    "helsestasjon-aarstad",
    "legevakt",
)
NAV, SKOLE, BARNEHAGE, BARNEVERN, SLT = "nav-aarstad", "skole-aarstad", "barnehage-aarstad", "barnevern-aarstad", "slt"
PERSONEN = "innbygger"
KOORDINATOR = "demo-069"
"""A user with a post in ENHET."""


class _Enhver:
    """Equal to everything: for refs, which are random."""

    def __eq__(self, _annet: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "…"


ENHVER: Any = _Enhver()


@dataclass(frozen=True, slots=True)
class Gitt:
    """An aggregate with a past."""

    aggregate: Aggregate
    state: Any
    now: datetime

    def at(self, now: datetime) -> Gitt:
        return replace(self, now=now)

    def when(self, command: Any) -> Resultat:
        """Ask for something. What the rules refuse is kept for `then_refused`."""
        try:
            events = self.aggregate.decide(
                self.state, command, Circumstances(self.now, SeededEntropy(len(repr(self.state))), RAMMER)
            )
        except RuleBroken as refused:
            return Resultat(self, (), refused)
        return Resultat(self, tuple(events), None)

    def og(self, *commands: Any) -> Gitt:
        """The same aggregate after more commands, none of them refused."""
        gitt = self
        for command in commands:
            gitt = gitt.when(command).etter()
        return gitt


@dataclass(frozen=True, slots=True)
class Resultat:
    """What a command led to."""

    gitt: Gitt
    events: tuple[Any, ...]
    refused: RuleBroken | None

    def then(self, *events: Any) -> None:
        """Exactly these events, in this order; ENHVER stands for a random ref."""
        assert self.refused is None, self.refused
        assert list(self.events) == list(events)

    def then_kinds(self, *kinds: str) -> None:
        """Exactly these kinds of event, in this order."""
        assert self.refused is None, self.refused
        assert [type(event).__name__ for event in self.events] == list(kinds)

    def then_nothing(self) -> None:
        self.then()

    def then_refused(self, rule: str) -> None:
        """The rule that says no."""
        if self.refused is None:
            pytest.fail(f"not refused: {[type(event).__name__ for event in self.events]}")
        assert self.refused.rule == rule

    def etter(self) -> Gitt:
        """The aggregate as it then stands."""
        assert self.refused is None, self.refused
        state = self.gitt.state
        for event in self.events:
            state = self.gitt.aggregate.evolve(state, event)
        return replace(self.gitt, state=state)


def given(aggregate: Aggregate, *events: Any, now: datetime = NÅ) -> Gitt:
    """An aggregate to which this has happened."""
    return Gitt(aggregate, aggregate.fold(events), now)


# -- what is known of a person -------------------------------------------------------------------------------------


def forseglet(felt: str) -> Forseglet[Any]:
    """A sealed value that nothing here can open."""
    return Forseglet("nøkkel", f"opphav-{felt}", felt, b"n", b"c")


def hjelper(part: str, *slag: RelasjonSlag, deler: Iterable[str] = ("*",)) -> list[Relasjon]:
    """A party that helps the person now."""
    return [Relasjon(part, hver, ALLTID, deler=frozenset(deler)) for hver in slag]


HJELPERE = [
    *hjelper(ENHET, RelasjonSlag.KOORDINATOR),
    *hjelper(ACT, RelasjonSlag.ACT, RelasjonSlag.MEDLEM),
    *hjelper(HJEMMETJENESTE, RelasjonSlag.HJEMMETJENESTE, RelasjonSlag.MEDLEM),
    *hjelper(FASTLEGE, RelasjonSlag.FASTLEGE, RelasjonSlag.MEDLEM),
    *hjelper(PAM, RelasjonSlag.AVDELING),
    *hjelper(DPS, RelasjonSlag.DPS_OMRAADE),
]
"""Those who help a person: the koordinator's unit, the health units of the group, and who has the stay."""

GITT, TRUKKET, ALDRI = "given", "withdrawn", "never asked"
"""The three states that a consent can be in."""


def samtykke(part: str, tilstand: str, *deler: str) -> list[Samtykke]:
    """A consent in one of its three states, as of NÅ."""
    match tilstand:
        case "given":
            return [Samtykke(part, frozenset(deler), NÅ - timedelta(days=2), NÅ + timedelta(days=100))]
        case "withdrawn":
            return [Samtykke(part, frozenset(deler), NÅ - timedelta(days=2), NÅ - timedelta(days=1))]
        case _:
            return []


def sperring(part: str | None, *deler: str) -> list[Sperring]:
    """The person opposes it."""
    return [Sperring(part, frozenset(deler), NÅ - timedelta(days=1))]


def kjent(
    relasjoner: Sequence[Relasjon] = (), samtykker: Sequence[Samtykke] = (), sperringer: Sequence[Sperring] = (),
    opphold: Sequence[Opphold] = (), *, født: date | None = VOKSEN, fersk: bool = True, naa: datetime = NÅ,
) -> Kjent:  # fmt: skip
    """What is known of a person, for an `utsnitt`."""
    grunnlag = Grunnlag(
        "p" * 32, tuple(relasjoner), tuple(samtykker), tuple(sperringer), fødselsdato=født, kilde_fersk=fersk
    )
    return Kjent(RAMMER, naa, grunnlag, opphold=tuple(opphold))


OPPHOLDET = "o" * 32


def oppgave(slag: Oppgaveslag, part: str) -> OppgaveOpprettet:
    """A task about the stay was given."""
    return OppgaveOpprettet(oppgave_ref="t1", slag=slag, part=part, paragraf="", gjelder=OPPHOLDET, frist=None)


def opphold(ref: str = OPPHOLDET, **annet: Any) -> Opphold:
    """A stay in PAM that began yesterday, told to somebody; `annet` says otherwise."""
    felt: dict[str, Any] = {"innlagt": NÅ - timedelta(days=1), "innlagt_sendt": True, "avdeling": PAM, "dps": DPS}
    return Opphold(ref, **{**felt, **annet})


def utskrevet(ref: str = OPPHOLDET, **annet: Any) -> Opphold:
    """The same stay, ended an hour ago."""
    return opphold(ref, **{"slutt": NÅ - timedelta(hours=1), "slutt_sendt": True, **annet})
