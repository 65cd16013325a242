"""Understands the pass with which one of our own processes says on whose behalf it asks: web → service.

Made with the caller's own secret (an organisation's, or a service's), so that whoever reads it knows which one asks;
and good for a minute: it is made anew for each request, and nobody outside the installation can make or read one.
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
from bindeledd.seal.keys import derive

SCHEME = "Bearer "
SECONDS_MAX = 60


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes and reads passes."""

    keyring: Keyring
    clock: Clock

    def header(self, actor: Actor) -> str:
        """The value of an `Authorization` header for one request of this actor's. Raises NotAllowed when the secret of
        its organisation is not held here."""
        said = json.dumps([actor.role, actor.party]).encode()
        sealed = self._fernet(actor.organisation).encrypt_at_time(said, self._seconds()).decode()
        return f"{SCHEME}{actor.organisation}.{sealed}"

    def actor(self, header: str | None) -> Actor:
        """The actor behind an `Authorization` header. Raises NotAllowed: none, not ours, or too old."""
        if header is None or not header.startswith(SCHEME):
            raise NotAllowed("this needs a pass. Commands come from the pages until login exists")
        organisation, _, sealed = header[len(SCHEME) :].rpartition(".")
        try:
            said = self._fernet(organisation).decrypt_at_time(sealed.encode(), SECONDS_MAX, self._seconds())
        except InvalidToken:
            raise NotAllowed("the pass is not ours, or too old. Ask again") from None
        role, party = json.loads(said)
        return Actor(role, organisation, party)

    def _seconds(self) -> int:
        return round(self.clock().timestamp())

    def _fernet(self, caller: str) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(derive(self.keyring.caller(caller), "access.tokens")))
