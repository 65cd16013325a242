"""Understands a working session: who, for which party, in which role, and that it ends after at most twelve hours.

Until login exists a session is chosen on the loopback address (demo). It is a sealed cookie and nothing else: the
server keeps no list of sessions, and whether the user still has the post is looked up again at every request.
"""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken

from bindeledd.access.parties import Directory, Post, require_post
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import NotAllowed
from bindeledd.seal.keyring import Keyring

KAKE = "bindeledd_oekt"
VARIGHET = timedelta(hours=12)
REF_TEGN = 32


class IngenØkt(NotAllowed):
    """There is no working session (any more). The user chooses again who they are."""


class AnnenØkt(NotAllowed):
    """An open page asks for its content anew, and the user has chosen meanwhile to be somebody else."""


@dataclass(frozen=True, slots=True)
class Økt:
    """One working session. `person_ref` is set for a citizen, and one who speaks for a citizen or is close to one:
    the one person whom they may see. `fullmakt`: the choice by which a representative speaks for them."""

    ref: str
    bruker: str
    part: str
    rolle: str
    person_ref: str | None = None
    fullmakt: str = ""

    @property
    def stilling(self) -> Post:
        return Post(self.part, self.rolle)


@dataclass(frozen=True, slots=True)
class Økter:
    """Makes and reads session cookies, under a key of their own derived from the installation's secret."""

    keyring: Keyring
    katalog: Directory

    def kake(self, økt: Økt, nå: datetime) -> str:
        """The cookie's value. It names refs and ids only, and is sealed all the same."""
        felt = {
            "o": økt.ref, "b": økt.bruker, "p": økt.part, "r": økt.rolle, "s": økt.person_ref, "f": økt.fullmakt,
        }  # fmt: skip
        return self._fernet().encrypt_at_time(json.dumps(felt).encode(), round(nå.timestamp())).decode()

    def les(self, kake: str | None, nå: datetime) -> Økt:
        """The session behind a cookie. Raises IngenØkt: none, changed, too old, or a post no longer held."""
        if not kake:
            raise IngenØkt("no session. Choose who you are")
        try:
            sekunder = round(VARIGHET.total_seconds())
            felt = json.loads(self._fernet().decrypt_at_time(kake.encode(), sekunder, round(nå.timestamp())))
        except (InvalidToken, ValueError):
            raise IngenØkt("the session has ended. Choose again who you are") from None
        økt = Økt(felt["o"], felt["b"], felt["p"], felt["r"], felt["s"], felt.get("f", ""))
        try:
            require_post(self.katalog, økt.bruker, økt.stilling)
        except NotAllowed as borte:
            raise IngenØkt(str(borte)) from None
        return økt

    def merke(self, økt: Økt, side: str) -> str:
        """The session's mark against forged forms (CSRF), another one on each page (`side`, a ref): pages are sent
        compressed, and their lengths must not tell what stands in all of them (BREACH)."""
        return side + self.keyring.passing("web.skjema", økt.ref + side).hex()

    def er_merket(self, økt: Økt, merke: str) -> bool:
        """Whether a mark is one of this session's."""
        return hmac.compare_digest(merke.encode(), self.merke(økt, merke[:REF_TEGN]).encode())

    def krev_merke(self, økt: Økt, merke: str) -> None:
        """Refuses a form that was made for another session. Raises NotAllowed."""
        if not self.er_merket(økt, merke):
            raise NotAllowed("the form was made for another session. Open the page again and send it from there")

    def aktør(self, økt: Økt) -> Actor:
        """Who a command from this session is from."""
        return Actor(økt.rolle, self.katalog.parties[økt.part].organisation, økt.part)

    def _fernet(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self.keyring.passing("web.oekt")))
