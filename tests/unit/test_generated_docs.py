"""The pages that are made from schemas and routes are up to date, lead somewhere, and leave nothing unsaid."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from bindeledd.app.cli_docs import pages
from bindeledd.schema.catalog import load_catalog
from bindeledd.schema.docs import FIELDS_FILE, events
from bindeledd.schema.findings import SchemaError

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the schema folder, to be broken."""
    return Path(shutil.copytree(ROOT / "schemas", tmp_path / "schemas"))


@pytest.mark.parametrize("name", ["events.md", "api.md"])
def test_a_generated_page_is_up_to_date(made: dict[str, str], name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == made[name], f"docs/{name} is old: run `make generate`, and commit it"


@pytest.mark.parametrize("name", ["events.md", "api.md"])
def test_every_link_of_a_generated_page_leads_to_a_heading_or_a_file(made: dict[str, str], name: str) -> None:
    links = set(re.findall(r"\]\(([^)]+)\)", made[name]))
    inside = {link.removeprefix("#") for link in links if link.startswith("#")}
    assert inside - headings(made[name]) == set()
    assert [link for link in links if not link.startswith("#") and not (DOCS / link).exists()] == []


def headings(text: str) -> set[str]:
    """The anchors that a page of Markdown has: the second heading of a name gets -1."""
    seen, found = Counter[str](), set[str]()
    for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        slug = re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def test_every_command_says_which_act_it_is(made: dict[str, str]) -> None:
    routes = re.findall(r"^### `POST (/api/\S+)`$(.*?)(?=^##)", made["api.md"], re.MULTILINE | re.DOTALL)
    assert len(routes) > 25
    assert [path for path, said in routes if not re.search(r"\n- Who may: whoever has `[a-z_.]+` \(", said)] == []


def test_a_field_that_nothing_says_the_meaning_of_is_named(schemas: Path) -> None:
    file = schemas / FIELDS_FILE
    file.write_text(file.read_text("utf-8").replace('kommune = "Number of the municipality"\n', ""), "utf-8")
    with pytest.raises(SchemaError, match=r"PersonRegistrert\S+ nothing says what the field kommune is"):
        events(load_catalog(schemas), schemas)


def test_a_meaning_that_no_field_has_is_named(schemas: Path) -> None:
    file = schemas / FIELDS_FILE
    file.write_text(f'{file.read_text("utf-8")}"Konvolutt.finnes_ikke" = "Nothing"\n', "utf-8")
    with pytest.raises(SchemaError, match=r"no field needs the line Konvolutt\.finnes_ikke"):
        events(load_catalog(schemas), schemas)
