"""Understands what a process holds of an installation's secrets: the master secret, or what one organisation was given.

An organisation's web is given the key-encryption keys of its own parties and a secret of its own, and nothing that
another's could be made from. Its own streams (the look-up log) hold refs and codes only: nothing in them is sealed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bindeledd.core.errors import InvalidMessage, NotAllowed
from bindeledd.seal.keys import KEY_BYTES, derive, write_secret


class Held(Protocol):
    """What a keyring is opened with. Each asked-for secret is 32 bytes; raises NotAllowed for what is not held."""

    @property
    def proof(self) -> bytes:
        """By which a keyring knows whether this belongs to it. Says nothing of any secret."""
        ...

    def kek(self, party: str) -> bytes:
        """The key-encryption key of a party ('' for the services' own streams)."""
        ...

    def caller(self, name: str) -> bytes:
        """What a caller (a service, or an organisation) makes its passes with."""
        ...

    def blind_index(self) -> bytes: ...

    def fingerprint(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Master:
    """The master secret: everything is derived from it."""

    secret: bytes = field(repr=False)

    @property
    def proof(self) -> bytes:
        return derive(self.secret, "proof-of-secret")

    def kek(self, party: str) -> bytes:
        return derive(self.secret, f"kek:{party}")

    def caller(self, name: str) -> bytes:
        return derive(self.secret, f"caller:{name}")

    def blind_index(self) -> bytes:
        return derive(self.secret, "blind-index")

    def fingerprint(self) -> bytes:
        return derive(self.secret, "fingerprint")

    def given(self, organisation: str, parties: Iterable[str]) -> Given:
        """What the web of an organisation with these parties is given."""
        keks = {party: self.kek(party) for party in sorted(parties)}
        return Given(organisation, self.proof, self.caller(organisation), keks)


@dataclass(frozen=True, slots=True)
class Given:
    """What one organisation was given."""

    organisation: str
    proof: bytes
    own: bytes = field(repr=False)
    keks: Mapping[str, bytes] = field(repr=False)

    def kek(self, party: str) -> bytes:
        if party not in self.keks:
            raise NotAllowed(f"the keys of {self.organisation} do not open this")
        return self.keks[party]

    def caller(self, name: str) -> bytes:
        if name != self.organisation:
            raise NotAllowed(f"{self.organisation} makes passes in its own name only")
        return self.own

    def blind_index(self) -> bytes:
        raise NotAllowed(f"{self.organisation} finds nobody by a national id")

    def fingerprint(self) -> bytes:
        return derive(self.own, "fingerprint")

    def save(self, path: Path) -> None:
        """Write it to a new file that its owner alone can read. Raises InvalidMessage when something is there."""
        keks = {party: kek.hex() for party, kek in self.keks.items()}
        said = {"organisation": self.organisation, "proof": self.proof.hex(), "own": self.own.hex(), "keks": keks}
        if path.exists():
            raise InvalidMessage("there is a file here already", str(path), "Name another, or remove it first")
        write_secret(path, json.dumps(said, indent=1).encode() + b"\n")


def read_given(path: Path) -> Given:
    """What `Given.save` wrote. Raises InvalidMessage, which never quotes the file."""
    fix = "Make one with `bindeledd keys give`"
    try:
        said = json.loads(path.read_bytes())
        proof, own, *keks = (bytes.fromhex(key) for key in (said["proof"], said["own"], *said["keks"].values()))
        organisation = str(said["organisation"])
    except OSError as error:
        raise InvalidMessage(f"the key file cannot be read ({error.strerror})", str(path), fix) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InvalidMessage("this is no key file", str(path), fix) from None
    if any(len(key) != KEY_BYTES for key in (proof, own, *keks)):
        raise InvalidMessage("this is no key file", str(path), fix)
    return Given(organisation, proof, own, dict(zip(said["keks"], keks, strict=True)))
