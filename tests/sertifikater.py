"""Certificates for one test, of an authority that nobody else trusts."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Utsteder:
    """An authority for one test, whose files lie in a folder."""

    mappe: Path
    navn: str = "prøveutsteder"
    nøkkel: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def ca(self) -> Path:
        """The file with its own certificate, made the first time it is asked for."""
        fil = self.mappe / "ca.pem"
        if not fil.exists():
            bygd = self._bygg(self.navn, self.nøkkel.public_key()).add_extension(
                x509.BasicConstraints(ca=True, path_length=0), critical=True
            )
            fil.write_bytes(bygd.sign(self.nøkkel, hashes.SHA256()).public_bytes(Encoding.PEM))
        return fil

    def sertifikat(self, navn: str) -> tuple[Path, Path]:
        """(certificate, key) of somebody on this machine."""
        nøkkel = ec.generate_private_key(ec.SECP256R1())
        her = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        bygd = self._bygg(navn, nøkkel.public_key()).add_extension(her, critical=False)
        fil, nøkkelfil = self.mappe / f"{navn}.pem", self.mappe / f"{navn}.key"
        fil.write_bytes(bygd.sign(self.nøkkel, hashes.SHA256()).public_bytes(Encoding.PEM))
        nøkkelfil.write_bytes(nøkkel.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return fil, nøkkelfil

    def _bygg(self, navn: str, nøkkel: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        def kalt(hvem: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hvem)])

        nå = datetime.now(UTC)
        return (
            x509.CertificateBuilder(kalt(self.navn), kalt(navn), nøkkel, x509.random_serial_number())
            .not_valid_before(nå - timedelta(days=1))
            .not_valid_after(nå + timedelta(days=1))
        )
