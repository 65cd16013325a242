"""The services' commands in an app that is made once: one of so many routes takes longer to make than to ask."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from bindeledd.access.tokens import Tokens
from bindeledd.app.http import commands_app
from bindeledd.app.installation import Installation
from bindeledd.runtime.engine import Engine
from services.felles.oppsett import Oppsett

_SPURT: ContextVar[Mapping[str, Any]] = ContextVar("spurt")
"""What is asked now: its engines by name, and its passes."""
PASS = "pass"


class _Nå:
    """Stands where a route has an engine, or passes, of its own, and is those of the installation that is asked."""

    def __init__(self, navn: str) -> None:
        self._navn = navn

    def __getattr__(self, navn: str) -> Any:
        return getattr(_SPURT.get()[self._navn], navn)


@dataclass(frozen=True, slots=True)
class Kommandoer:
    """As `commands_app` is, of one installation; the routes are those of all that are configured alike."""

    engines: Mapping[str, Engine]
    oppsett: Oppsett
    tokens: Tokens

    @classmethod
    def av(cls, inst: Installation) -> Kommandoer:
        """Those of all services of an installation."""
        tokens = Tokens(inst.around.keyring, inst.around.clock)
        return cls(inst.engines, inst.config.oppsett, tokens)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _SPURT.set({**self.engines, PASS: self.tokens})
        await self._app()(scope, receive, send)

    def _app(self) -> FastAPI:
        rammer = [engine.service.rules for engine in self.engines.values()]
        for app, oppsett, navn, like in _LAGET:
            if oppsett is self.oppsett and navn == [*self.engines] and like == rammer:
                return app
        engines = {navn: cast("Engine", _Nå(navn)) for navn in self.engines}
        app = commands_app(engines, self.oppsett, cast("Tokens", _Nå(PASS)))
        _LAGET.append((app, self.oppsett, [*self.engines], rammer))
        return app


_LAGET: deque[tuple[FastAPI, Oppsett, list[str], list[Any]]] = deque(maxlen=8)
"""What few tests are configured like is not kept."""
