"""Understands `bindeledd serve`: one process, on the loopback address only, with a graceful end."""

from __future__ import annotations

import errno
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import UTC, datetime
from ipaddress import IPv4Address

import uvicorn

from bindeledd.access.tokens import Tokens
from bindeledd.app.door import Door, Inside, Opening
from bindeledd.app.folder import DEMO
from bindeledd.app.http import commands, serving
from bindeledd.app.installation import Installation, open_all
from bindeledd.app.proving import trees
from bindeledd.app.settings import Settings
from bindeledd.app.stores import nothing_kept, stores_of
from bindeledd.app.terminal import say
from bindeledd.core.errors import InvalidMessage, Occupied
from bindeledd.ops import logs

HOST = IPv4Address("127.0.0.1")
GRACE_SECONDS = 3
"""Open pages listen for changes for ever: this long after a stop is asked for, they are cut off."""


def serve(settings: Settings, port: int, *, demo: bool, stille: bool = False) -> None:
    """Run until a signal asks to stop. In a demo something happens now and then, unless it is `stille`.

    Raises Occupied for a port or a data folder in use, InvalidMessage for a wrong folder, and whatever hindered the
    start.
    """
    refuse_others(settings)
    refuse_wrong_folder(settings, demo=demo)
    run(
        lambda stopping: opening(settings, stopping, demo=demo, stille=stille), port,
        lambda port: f"Bindeledd: {settings.scheme}://{HOST}:{port} (data in {settings.data}; stop with Ctrl-C)",
        settings.certificate(),
    )  # fmt: skip


def run(
    opening: Opening, port: int, said: Callable[[int], str], certificate: ssl.SSLContext | None,
    host: IPv4Address = HOST,
) -> None:  # fmt: skip
    """Run what `opening` opens until a signal asks to stop, and tell a person where it is.

    It answers with the `certificate`, else in the clear.
    With another `host` than this machine's own, whoever reaches it may come in: the network is to say who does, and
    what is inside must ask for a pass or for this machine where it matters.

    Raises Occupied for a port in use, and whatever hindered the start.
    """

    def give_up(*_signal: object) -> None:
        server.should_exit = True

    door = Door(opening, give_up, others=not host.is_loopback)
    server = uvicorn.Server(
        uvicorn.Config(
            door, lifespan="on", log_config=None, access_log=False, server_header=False, proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            ssl_context_factory=None if certificate is None else lambda _config, _default: certificate,
        )
    )  # fmt: skip
    with closing(_listen(host, port)) as listener:
        say(said(listener.getsockname()[1]))
        for number in (signal.SIGINT, signal.SIGTERM):
            # The server raises the signal once more when it has stopped, for whoever had it before: that is us.
            signal.signal(number, give_up)
        server.run(sockets=[listener])
    if door.failure is not None:
        raise door.failure


@contextmanager
def opening(settings: Settings, stopping: Callable[[], bool], *, demo: bool, stille: bool = False) -> Iterator[Inside]:
    """The installation at work; a demo's empty data folder is filled first, and its town lives on unless `stille`."""
    if demo and nothing_kept(stores_of(settings)):
        from bindeledd.app.simulate import fill_demo

        logs.info("demo.filling")
        fill_demo(settings, datetime.now(UTC), stopping)
    with settings.traced("serve"), open_all(settings) as installation:
        for worker in installation.embedded.workers:
            worker.beside += trees(settings, worker.engine)
        with (
            serving(installation, demo=demo) as inside,
            _living(installation, inside) if demo and not stille else nullcontext(),
        ):
            yield inside


def _living(installation: Installation, inside: Inside) -> AbstractContextManager[None]:
    from bindeledd.app.simulering.levende import levende, livlig

    tokens = Tokens(installation.around.keyring, installation.around.clock)
    return livlig(levende(installation, inside.app, commands(inside.app, tokens)))


def refuse_others(settings: Settings) -> None:
    """Pages are for this machine only until login exists. Raises InvalidMessage when another address is set."""
    if not settings.host.is_loopback:
        fix = "Leave it out for what has pages: until login exists they are for this machine only"
        raise InvalidMessage(f"pages cannot be served on {settings.host}", "BINDELEDD_HOST", fix)


def refuse_wrong_folder(settings: Settings, *, demo: bool) -> None:
    """A demo's keys can be made by anyone who knows its seed, and its visitors choose who they are: nothing real may
    be kept there. Raises InvalidMessage."""
    simulated = (settings.data / DEMO).exists()
    if simulated and not demo:
        raise InvalidMessage("this data folder is a demo's", str(settings.data), "Use --demo, or another --data")
    if demo and not simulated and not nothing_kept(stores_of(settings)):
        fix = "A demo needs an empty folder: name another with --data, or leave out --demo"
        raise InvalidMessage("this data folder is not a demo's", str(settings.data), fix)


def _listen(host: IPv4Address, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((str(host), port))
    except OSError as error:
        listener.close()
        if error.errno != errno.EADDRINUSE:
            raise
        raise Occupied(f"port {port} is in use. Stop what uses it, or choose another with --port") from None
    return listener
