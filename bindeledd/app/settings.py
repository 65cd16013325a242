"""Knows the few things an installation may set, all of them in the environment as `BINDELEDD_<NAME>`."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from bindeledd.resources import data_folder

DEFAULT_CONFIG = "bergen.toml"


class Settings(BaseSettings):
    """`data` is the folder with everything we keep; `oppsett` the municipality's file; `kek_file` the master secret.

    The master secret lies in the data folder unless it is set: keep it elsewhere where the folder is backed up whole.
    """

    model_config = SettingsConfigDict(env_prefix="BINDELEDD_", frozen=True, extra="ignore")

    data: Path = Path("data")
    oppsett: Path | None = None
    kek_file: Path | None = None

    def config_file(self) -> Path:
        """The municipality's file: the one that is set, else the one that came with us."""
        return self.oppsett or data_folder("deploy") / DEFAULT_CONFIG
