"""What a service would tell of a person's own look-up log, for towns in which only pages are real."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse


def med_egen_logg(app: FastAPI, svar: Callable[[], dict[str, Any] | None]) -> None:
    """Answers with the person's own ref and what a test says besides; None: nobody answers."""

    @app.get("/api/samhandling/personer/{person_ref}/innsyn")
    def egen_logg(person_ref: str) -> Response:
        sagt = svar()
        if sagt is None:
            return Response(status_code=503)
        return JSONResponse({"oppføringer": [person_ref], "åpnet": [], **sagt})
