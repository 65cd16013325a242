"""The table of rules in the README is the table of rules in the code."""

from __future__ import annotations

import re
from pathlib import Path

from services.samhandling import plo
from services.samhandling.plo.koder import FEILMELDINGER

MAPPE = Path(plo.__file__).parent


def test_every_rule_in_the_code_is_in_the_readme_with_its_code_and_no_other() -> None:
    kilde = "\n".join(fil.read_text("utf-8") for fil in sorted(MAPPE.glob("*.py")))
    i_koden = {(regel, kode) for kode, regel in re.findall(r'Funn\(\s*"(\w*)",\s*"([a-z0-9-]+)"', kilde)}
    rader = re.findall(
        r"^\| (`[a-z0-9-]+`(?:, `[a-z0-9-]+`)*) \| (\w*) ?\|", (MAPPE / "README.md").read_text("utf-8"), re.MULTILINE
    )
    i_tabellen = {(regel, kode) for regler, kode in rader for regel in re.findall(r"`([a-z0-9-]+)`", regler)}
    assert i_tabellen == i_koden
    assert {kode for _, kode in i_koden} <= {"", *FEILMELDINGER}
