"""Knows the few things an installation may set, all of them in the environment as `BINDELEDD_<NAME>`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bindeledd.core.errors import InvalidMessage
from bindeledd.resources import data_folder
from services.felles.oppsett import Oppsett, les_oppsett
from services.felles.tilgang import Tabell, les_tilgang

if TYPE_CHECKING:
    from bindeledd.runtime.kafka import Cluster

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
    `kafka` is where the brokers are (host:port, …); `kafka_partitions` and `kafka_replication` are of the topics that
    services share. `port` is where a relay or a worker tells how it is (0: one that is free), on this machine only.
    `organisasjon` is whose pages a web serves, `keys_file` what that organisation was given of the keys; `tjenester` is
    where each service answers: {"samhandling": "http://127.0.0.1:8101", …}.
    """

    model_config = SettingsConfigDict(env_prefix="BINDELEDD_", frozen=True, extra="ignore")

    data: Path = Path("data")
    oppsett: Path | None = None
    kek_file: Path | None = None
    database: SecretStr | None = None
    registry_url: SecretStr | None = None
    kafka: str = ""
    kafka_partitions: Annotated[int, Field(ge=1)] = 6
    kafka_replication: Annotated[int, Field(ge=1)] = 3
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    organisasjon: str = ""
    keys_file: Path | None = None
    tjenester: dict[str, str] = {}

    def config(self) -> Config:
        """The municipality's file (the one that is set, else the one that came with us) and the access table.

        Raises OppsettFeil, which says file, key, fault and remedy.
        """
        shipped = data_folder("deploy")
        return Config(les_oppsett(self.oppsett or shipped / DEFAULT_CONFIG), les_tilgang(shipped / ACCESS_TABLE))

    def cluster(self, client: str) -> Cluster:
        """The Kafka cluster. Raises InvalidMessage when none is named."""
        from bindeledd.runtime.kafka import Cluster

        if not self.kafka:
            raise InvalidMessage("no Kafka is named", "BINDELEDD_KAFKA", "Name its brokers, such as localhost:9092")
        return Cluster(self.kafka, f"bindeledd.{client}")
