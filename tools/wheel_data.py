"""Knows what an installed Bindeledd needs beside its code: schemas, the default configuration, fetched assets."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR = "web/static/vendor"


class WheelData(BuildHookInterface[Any]):
    """Puts the data into a real wheel only; an editable install reads it where it lies, so it is never stale."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the data files to the wheel. Raises FileNotFoundError when the pages' assets are not fetched."""
        if version == "editable":
            return
        root = Path(self.root)
        if not (root / VENDOR).is_dir():
            raise FileNotFoundError(f"{VENDOR} is missing: run `make assets` before the wheel is built")
        build_data["force_include"]["schemas"] = "bindeledd/_data/schemas"
        for config in sorted((root / "deploy").glob("*.toml")):
            build_data["force_include"][f"deploy/{config.name}"] = f"bindeledd/_data/deploy/{config.name}"
