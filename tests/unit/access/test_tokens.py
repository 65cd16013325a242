"""The pass with which one of our processes says on whose behalf it asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bindeledd.access.tokens import Tokens
from bindeledd.core.clock import SeededEntropy, SetClock
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import NotAllowed
from bindeledd.seal.held import Master
from bindeledd.seal.keyring import Keyring, LentKeyring
from bindeledd.store.sqlite import SqliteDb
from tests.prøvetjeneste import NAA

AKTØR = Actor("act-medlem", "helse-bergen", "act-kronstad")


@pytest.fixture
def klokke() -> SetClock:
    return SetClock(NAA)


@pytest.fixture
def tokens(tmp_path: Path, klokke: SetClock) -> Iterator[Tokens]:
    with closing(Keyring(SqliteDb(tmp_path / "keyring.db"), Master(b"m" * 32), SeededEntropy(1))) as keyring:
        yield Tokens(keyring, klokke)


def test_a_pass_says_whose_it_is(tokens: Tokens) -> None:
    assert tokens.actor(tokens.header(AKTØR)) == AKTØR


def test_a_pass_is_good_for_a_minute(tokens: Tokens, klokke: SetClock) -> None:
    header = tokens.header(AKTØR)
    klokke.now += timedelta(minutes=1)
    assert tokens.actor(header) == AKTØR
    klokke.now += timedelta(seconds=1)
    with pytest.raises(NotAllowed, match="too old"):
        tokens.actor(header)


def test_a_pass_of_another_installation_is_not_ours(tokens: Tokens, tmp_path: Path, klokke: SetClock) -> None:
    with closing(Keyring(SqliteDb(tmp_path / "other.db"), Master(b"x" * 32), SeededEntropy(1))) as other:
        header = Tokens(other, klokke).header(AKTØR)
    with pytest.raises(NotAllowed, match="not ours"):
        tokens.actor(header)


def test_the_pass_that_an_organisation_makes_with_what_it_was_given_is_known_by_the_services(
    tokens: Tokens, tmp_path: Path, klokke: SetClock
) -> None:
    given = Master(b"m" * 32).given("helse-bergen", ["act-kronstad"])
    with closing(LentKeyring(SqliteDb(tmp_path / "keyring.db", read_only=True), given, SeededEntropy(2))) as lent:
        theirs = Tokens(lent, klokke)
        assert tokens.actor(theirs.header(AKTØR)) == AKTØR
        with pytest.raises(NotAllowed, match="in its own name only"):
            theirs.header(Actor("saksbehandler", "bergen-kommune", "enhet-fana"))
        header = theirs.header(AKTØR)
    with pytest.raises(NotAllowed, match="not ours"):
        tokens.actor(header.replace("helse-bergen", "bergen-kommune"))


def test_a_pass_that_was_changed_is_not_ours(tokens: Tokens) -> None:
    header = tokens.header(AKTØR)
    with pytest.raises(NotAllowed):
        tokens.actor(header[:-8] + "AAAAAAA=")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer æøå", "act-medlem@act"])
def test_what_is_no_pass_lets_nobody_in(tokens: Tokens, header: str | None) -> None:
    with pytest.raises(NotAllowed):
        tokens.actor(header)


def test_a_pass_says_no_more_than_which_organisation_asks_to_those_who_see_it(tokens: Tokens) -> None:
    header = tokens.header(AKTØR)
    assert header.startswith("Bearer helse-bergen.")
    assert "act-" not in header
