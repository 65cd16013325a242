"""Understands the pass with which one of our own processes says on whose behalf it asks: web → service.

Sealed under a key of its own, derived from the installation's secret, and good for a minute: it is made anew for each
request, and nobody outside the installation can make or read one.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken

from bindeledd.core.clock import Clock
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import NotAllowed
from bindeledd.seal.keyring import Keyring

SCHEME = "Bearer "
SECONDS_MAX = 60


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes and reads passes."""

    keyring: Keyring
    clock: Clock

    def header(self, actor: Actor) -> str:
        """The value of an `Authorization` header for one request of this actor's."""
        said = json.dumps([actor.role, actor.organisation, actor.party]).encode()
        return SCHEME + self._fernet().encrypt_at_time(said, self._seconds()).decode()

    def actor(self, header: str | None) -> Actor:
        """The actor behind an `Authorization` header. Raises NotAllowed: none, not ours, or too old."""
        if header is None or not header.startswith(SCHEME):
            raise NotAllowed("this needs a pass. Commands come from the pages until login exists")
        try:
            said = self._fernet().decrypt_at_time(header[len(SCHEME) :].encode(), SECONDS_MAX, self._seconds())
        except InvalidToken:
            raise NotAllowed("the pass is not ours, or too old. Ask again") from None
        role, organisation, party = json.loads(said)
        return Actor(role, organisation, party)

    def _seconds(self) -> int:
        return round(self.clock().timestamp())

    def _fernet(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self.keyring.fingerprint("access.tokens")))
