"""What a board showed is decoded once, and lives no longer for that."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.envelope import Envelope
from bindeledd.schema import wire
from tests.nettsider import ACT, barn, by, gruppe, kriseplan, opphold, person, plan, ref, som_act


def test_what_a_board_showed_a_moment_ago_ends_with_its_key_and_with_its_view(tmp_path: Path) -> None:
    """The records are decoded already at the second look: neither a name nor a view may live on in them."""
    with by(tmp_path) as by_:
        for nummer, navn in ((1, "Ola"), (2, "Kari")):
            by_.gi("samhandling", ref(100 + nummer), ref(nummer), {ACT: person(navn)})
        leser = som_act(by_)
        tavle = leser.get("/tavle").text
        assert "Ola Prøvesen" in tavle
        assert "Kari Prøvesen" in tavle

        by_.inne.around.keyring.shred_person(ref(1))
        tavle = leser.get("/tavle").text
        assert "Ola" not in tavle
        assert "Opplysningene er slettet" in tavle

        by_.gi("samhandling", ref(102), ref(2), {})
        assert "Kari" not in leser.get("/tavle").text


def test_a_board_of_a_hundred_is_decoded_once_for_all_its_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with by(tmp_path) as by_:
        views = (person("Ola"), opphold(), plan(), gruppe(), kriseplan(), barn())
        for nummer in range(1, 101):
            for del_, view in enumerate(views, 1):
                by_.gi("samhandling", ref(1_000 * del_ + nummer), ref(nummer), {ACT: view})
        leser = som_act(by_)
        assert "100 personer på tavla" in leser.get("/tavle").text

        lest, les = [], wire.envelope

        def telt(rad: Mapping[str, Any]) -> Envelope:
            lest.append(rad)
            return les(rad)

        monkeypatch.setattr(wire, "envelope", telt)
        assert "100 personer på tavla" in leser.get("/tavle").text
        assert not lest
