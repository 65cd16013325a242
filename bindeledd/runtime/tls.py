"""Understands TLS by files: whom we believe, with what we prove who we are, and what is wrong with a file."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bindeledd.core.errors import InvalidMessage

UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
"""What the TLS library says of somebody whom we do not believe."""


def believing(ca: Path, whom: str, setting: str) -> ssl.SSLContext:
    """To speak with those for whom the file's authorities vouch, and with nobody else. Raises InvalidMessage."""
    with _told_of(ca, f"certificates of those who vouch for {whom}", setting):
        return ssl.create_default_context(cafile=str(ca))


def show(context: ssl.SSLContext, certificate: Path, key: Path | None, setting: str) -> None:
    """Let the context prove who we are. Raises InvalidMessage."""
    with _told_of(certificate, "a certificate and its key", setting):
        context.load_cert_chain(certificate, key, password="")  # else an encrypted key asks at the terminal


def answering(certificate: Path, key: Path, setting: str) -> ssl.SSLContext:
    """To answer whoever asks. Raises InvalidMessage."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    show(context, certificate, key, setting)
    return context


@contextmanager
def _told_of(file: Path, what: str, setting: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:  # ssl's own among them
        why = "is not there to be read" if not isinstance(error, ssl.SSLError) else f"is not a PEM file with {what}"
        raise InvalidMessage(f"the file {why}", str(file), f"Name another in {setting}") from None
