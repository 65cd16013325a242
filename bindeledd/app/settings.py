"""Knows the few things an installation may set, all of them in the environment as `BINDELEDD_<NAME>`.

docs/settings.md tells of each."""

from __future__ import annotations

import ssl
from contextlib import AbstractContextManager
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import httpx
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bindeledd.core.errors import InvalidMessage
from bindeledd.ops.tracing import traced
from bindeledd.resources import data_folder
from bindeledd.runtime.tls import answering, believing
from services.felles.oppsett import Oppsett, les_oppsett
from services.felles.tilgang import Tabell, les_tilgang

if TYPE_CHECKING:
    from bindeledd.runtime.kafka import Cluster, Security

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
    `proof_key_file` is the key that signs checkpoints: it lies in the data folder too unless it is set.
    `database` is PostgreSQL's address (postgresql://…); then the stores lie there, and only the rest in the folder.
    Its password may stand in `database_password_file`, a file of its own.
    `registry_url` is the schema registry with its API's path, as in `http://127.0.0.1:8080/apis/ccompat/v7`; a login
    stands in it, as in any web address. It is asked for where Kafka carries, and by `bindeledd schemas register`.
    `otlp_url` is an OpenTelemetry collector (OTLP over HTTP), told what is done with each message; none: nobody is.
    `kafka` is where the brokers are (host:port, …); `kafka_ca_file` who vouches for them, and turns TLS on; its fellows
    tell who we are. `kafka_partitions` and `kafka_replication` are of the topics that services share. `port` is where a
    process answers (0: one that is free), and `host` the address that it listens on: this machine's own unless another
    is set, as in a container. Pages are for this machine only, whatever is set. With `http_cert_file` and its key a
    process answers over TLS; `http_ca_file` is of those who vouch for the services that it asks.
    `organisasjon` is whose pages a web serves, `keys_file` what that organisation was given of the keys; `tjenester` is
    where each service answers: {"samhandling": "http://127.0.0.1:8101", …}.
    """

    model_config = SettingsConfigDict(env_prefix="BINDELEDD_", frozen=True, extra="ignore")

    data: Path = Path("data")
    oppsett: Path | None = None
    kek_file: Path | None = None
    proof_key_file: Path | None = None
    database: SecretStr | None = None
    database_password_file: Path | None = None
    registry_url: SecretStr | None = None
    otlp_url: SecretStr | None = None
    kafka: str = ""
    kafka_ca_file: Path | None = None
    kafka_user: str = ""
    kafka_password: SecretStr | None = None
    kafka_password_file: Path | None = None
    kafka_sasl: Literal["SCRAM-SHA-512", "PLAIN"] = "SCRAM-SHA-512"
    kafka_cert_file: Path | None = None
    kafka_key_file: Path | None = None
    kafka_partitions: Annotated[int, Field(ge=1)] = 6
    kafka_replication: Annotated[int, Field(ge=1)] = 3
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    host: IPv4Address = IPv4Address("127.0.0.1")
    http_cert_file: Path | None = None
    http_key_file: Path | None = None
    http_ca_file: Path | None = None
    organisasjon: str = ""
    keys_file: Path | None = None
    tjenester: dict[str, str] = {}

    def config(self) -> Config:
        """The municipality's file (the one that is set, else the one that came with us) and the access table.

        Raises OppsettFeil, which says file, key, fault and remedy.
        """
        shipped = data_folder("deploy")
        return Config(les_oppsett(self.oppsett or shipped / DEFAULT_CONFIG), les_tilgang(shipped / ACCESS_TABLE))

    def traced(self, process: str) -> AbstractContextManager[None]:
        """While the context lasts, the collector is told what this process does, if there is one."""
        return traced(self.otlp_url.get_secret_value() if self.otlp_url else None, process)

    @property
    def scheme(self) -> str:
        """How our own address begins."""
        return "http" if self.http_cert_file is None else "https"

    def certificate(self) -> ssl.SSLContext | None:
        """With what a process answers over TLS; None when it answers in the clear. Raises InvalidMessage."""
        both = "BINDELEDD_HTTP_CERT_FILE, BINDELEDD_HTTP_KEY_FILE"
        match self.http_cert_file, self.http_key_file:
            case None, None:
                return None
            case Path() as file, Path() as key:
                return answering(file, key, both)
            case _:
                raise InvalidMessage("a certificate and its key go together", both, "Name both")

    def trusted(self) -> ssl.SSLContext:
        """Whom to believe to be a service of ours: those for whom the named authority vouches, else one that this
        machine believes. Raises InvalidMessage, also for a service that would be asked in the clear beside it."""
        if self.http_ca_file is None:
            return httpx.create_ssl_context()
        if clear := sorted(name for name, at in self.tjenester.items() if not at.startswith("https://")):
            fix = "Write https://, or leave BINDELEDD_HTTP_CA_FILE out"
            raise InvalidMessage(f"{clear[0]} would be asked in the clear", "BINDELEDD_TJENESTER", fix)
        return believing(self.http_ca_file, "the services", "BINDELEDD_HTTP_CA_FILE")

    def cluster(self, client: str) -> Cluster:
        """The Kafka cluster. Raises InvalidMessage when none is named, or what is said of it does not hang together."""
        from bindeledd.runtime.kafka import Cluster

        if not self.kafka:
            raise InvalidMessage("no Kafka is named", "BINDELEDD_KAFKA", "Name its brokers, such as localhost:9092")
        return Cluster(self.kafka, f"bindeledd.{client}", self._security())

    def _security(self) -> Security:
        from bindeledd.runtime.kafka import Security

        known = self.kafka_user or self.kafka_cert_file
        if known and self.kafka_ca_file is None:
            fix = "Name the file with the certificate of the brokers' authority: nothing of ours is shown to others"
            raise InvalidMessage("it is not said whom to trust as a broker", "BINDELEDD_KAFKA_CA_FILE", fix)
        if (self.kafka_cert_file is None) != (self.kafka_key_file is None):
            raise InvalidMessage(
                "a certificate and its key go together", "BINDELEDD_KAFKA_CERT_FILE, BINDELEDD_KAFKA_KEY_FILE",
                "Name both",
            )  # fmt: skip
        said = Security(
            self.kafka_ca_file, self.kafka_user, self._kafka_password(), self.kafka_sasl, self.kafka_cert_file,
            self.kafka_key_file,
        )  # fmt: skip
        said.context()  # a file of no use is told of before anything is begun
        return said

    def _kafka_password(self) -> str:
        where, file = "BINDELEDD_KAFKA_PASSWORD, BINDELEDD_KAFKA_PASSWORD_FILE", self.kafka_password_file
        said = [each for each in (self.kafka_password, file) if each is not None]
        if len(said) != (1 if self.kafka_user else 0):
            what = "a user has one password" if self.kafka_user else "a password without BINDELEDD_KAFKA_USER"
            raise InvalidMessage(what, where, "Set the user and one of these, or neither")
        if self.kafka_password is not None:
            return self.kafka_password.get_secret_value()
        return _secret_in(file) if file else ""

    def database_url(self) -> str | None:
        """The database's address, with the password if that lies in a file; None when stores are files."""
        url, file = self.database.get_secret_value() if self.database else None, self.database_password_file
        if url is None or file is None:
            return url
        from bindeledd.store.postgres import with_password

        return with_password(url, _secret_in(file))


def _secret_in(file: Path) -> str:
    """The one line of a file. Raises InvalidMessage."""
    try:
        return file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise InvalidMessage("the file with the password cannot be read", str(file), "Name another") from None
