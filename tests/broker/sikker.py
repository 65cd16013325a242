"""A real Kafka that lets nobody in unknown: TLS, a password or a certificate, and rights for whatever is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kafka.admin import ScramMechanism, UserScramCredentialUpsertion

from bindeledd.runtime.kafka import Cluster, Security
from tests.broker import kafka
from tests.sertifikater import Utsteder

ADMIN, PASSORD = "admin", "et-passord-til-proven"
_LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"


@dataclass(frozen=True, slots=True)
class Sikker:
    """The broker, as those who may reach it see it."""

    bootstrap: str
    bootstrap_ssl: str
    """Where those come in who have a certificate."""
    utsteder: Utsteder

    def cluster(self, navn: str, passord: str = PASSORD, sasl: str = "SCRAM-SHA-512") -> Cluster:
        return Cluster(self.bootstrap, navn, Security(self.utsteder.ca, navn, passord, sasl))

    def med_sertifikat(self, navn: str) -> Cluster:
        sertifikat, nøkkel = self.utsteder.sertifikat(navn)
        return Cluster(self.bootstrap_ssl, navn, Security(self.utsteder.ca, certificate=sertifikat, key=nøkkel))

    @property
    def admin(self) -> Cluster:
        return self.cluster(ADMIN, sasl="PLAIN")

    def slipp_inn(self, *navn: str) -> None:
        """Make these users, each with the password of this test."""
        nye = [UserScramCredentialUpsertion(hver, ScramMechanism.SCRAM_SHA_512, PASSORD) for hver in navn]
        with kafka.admin(self.bootstrap, **utenfra(self.admin)) as admin:
            assert not any(admin.alter_user_scram_credentials(nye).values())


def utenfra(cluster: Cluster) -> dict[str, Any]:
    """How a client of another make than ours, kafka-python, is let in as the same."""
    hvem = cluster.security
    slik: dict[str, Any] = {"security_protocol": "SSL", "ssl_context": hvem.context()}
    if hvem.user:
        slik |= {"security_protocol": "SASL_SSL", "sasl_mechanism": hvem.sasl}
        slik |= {"sasl_plain_username": hvem.user, "sasl_plain_password": hvem.password}
    return slik


@contextmanager
def sikker_broker(mappe: Path) -> Iterator[Sikker]:
    """A broker with nobody but an administrator, who may do everything."""
    utsteder = Utsteder(mappe)
    (port_ssl,) = kafka.free_ports(1)

    def innstillinger(folder: Path) -> str:
        sertifikat, nøkkel = utsteder.sertifikat("broker")
        (lager := folder / "broker.keystore.pem").write_bytes(nøkkel.read_bytes() + sertifikat.read_bytes())
        (ca := folder / "ca.pem").write_bytes(utsteder.ca.read_bytes())
        return _innstillinger(port_ssl, lager, ca)

    slik = Cluster("", security=Security(utsteder.ca, ADMIN, PASSORD, "PLAIN"))
    with kafka.running_broker(innstillinger, **utenfra(slik)) as oppe:
        yield Sikker(oppe.bootstrap, f"127.0.0.1:{port_ssl}", utsteder)


def _innstillinger(port_ssl: int, lager: Path, ca: Path) -> str:
    """What differs from the usual broker. What stands in single braces is filled in there."""
    return f"""
listeners=SASL_SSL://127.0.0.1:{{port}},SSL://127.0.0.1:{port_ssl},CONTROLLER://127.0.0.1:{{controller}}
advertised.listeners=SASL_SSL://127.0.0.1:{{port}},SSL://127.0.0.1:{port_ssl}
listener.security.protocol.map=SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:SASL_SSL
inter.broker.listener.name=SASL_SSL
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.sasl_ssl.plain.sasl.jaas.config={_login()}
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config={_login()}
listener.name.ssl.ssl.client.auth=required
listener.name.ssl.ssl.principal.mapping.rules=RULE:^CN=([^,]+).*$/$1/,DEFAULT
ssl.keystore.type=PEM
ssl.keystore.location={lager}
ssl.truststore.type=PEM
ssl.truststore.location={ca}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:{ADMIN}
"""


def _login() -> str:
    return f'{_LOGIN} username="{ADMIN}" password="{PASSORD}" user_{ADMIN}="{PASSORD}";'
