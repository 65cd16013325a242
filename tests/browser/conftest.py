"""A town on a Saturday night, behind a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.i_nettleser import Åpen, tjener
from tests.nettsider import by, fyll


@pytest.fixture
def åpen(page: Page, tmp_path: Path) -> Iterator[Åpen]:
    with by(tmp_path / "data") as by_:
        fyll(by_)
        by_.pumper = False
        by_.inne.embedded.start()
        with tjener(by_.app()) as adresse:
            yield Åpen(by_, adresse, tmp_path)
            page.goto("about:blank")  # an open page listens for ever, and the server would wait for it
