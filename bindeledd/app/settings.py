"""Knows the few things an installation may set, all of them in the environment as `BINDELEDD_<NAME>`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bindeledd.resources import data_folder
from services.felles.oppsett import Oppsett, les_oppsett
from services.felles.tilgang import Tabell, les_tilgang

DEFAULT_CONFIG = "bergen.toml"
ACCESS_TABLE = "tilgang.toml"


@dataclass(frozen=True, slots=True)
class Config:
    """What differs between municipalities, and who may know what."""

    oppsett: Oppsett
    tabell: Tabell


class Settings(BaseSettings):
    """`data` is the folder with everything we keep; `oppsett` the municipality's file; `kek_file` the master secret.

    The master secret lies in the data folder unless it is set: keep it elsewhere where the folder is backed up whole.
    `database` is PostgreSQL's address (postgresql://…); then the stores lie there, and only the rest in the folder.
    `registry_url` is the schema registry with its API's path, as in `http://127.0.0.1:8080/apis/ccompat/v7`; a login
    stands in it, as in any web address. It is asked for where Kafka carries, and by `bindeledd schemas register`.
    """

    model_config = SettingsConfigDict(env_prefix="BINDELEDD_", frozen=True, extra="ignore")

    data: Path = Path("data")
    oppsett: Path | None = None
    kek_file: Path | None = None
    database: SecretStr | None = None
    registry_url: SecretStr | None = None

    def config(self) -> Config:
        """The municipality's file (the one that is set, else the one that came with us) and the access table.

        Raises OppsettFeil, which says file, key, fault and remedy.
        """
        shipped = data_folder("deploy")
        return Config(les_oppsett(self.oppsett or shipped / DEFAULT_CONFIG), les_tilgang(shipped / ACCESS_TABLE))
