"""Traces, by which one message can be followed from the intake to the boards, across processes.

A trace is a chain of causes: its id is the correlation, which every record of the chain bears. A span is what one
service did with one record or request; its id is worked out from these two. So who takes a record in knows which span
wrote it, and nothing has to travel beside the record. A span names services, topics and types, and nothing of a person.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    from bindeledd.core.envelope import Envelope

TRACES_PATH = "/v1/traces"
PATIENCE_SECONDS = 2.0
_TRACE_ID_BYTES, _SPAN_ID_BYTES = 16, 8
_REF = re.compile(r"[0-9a-f]{32}")

_ids = threading.local()
_provider: TracerProvider | None = None


@contextmanager
def traced(url: str | None, process: str) -> Iterator[None]:
    """While the context lasts, what this process does is told to the OpenTelemetry collector at `url` (OTLP over HTTP),
    in the background. None: to nobody, and at no cost. What a collector that is away does not take is dropped."""
    global _provider  # noqa: PLW0603 - one to a process, as its metrics
    if url is None:
        yield
        return
    _provider = _to(url, process)
    try:
        yield
    finally:
        told, _provider = _provider, None
        told.shutdown()


def on() -> bool:
    """Whether anybody is told."""
    return _provider is not None


def did(process: str, what: str, record: Envelope, since_ns: int, *, writer: str | None) -> None:
    """Tell what `process` has done, from `since_ns` (Unix time) until now.

    `writer` is the service that wrote the record which this was done with. None: it was done on a request, or because
    something fell due, and the record is the first that came of it.
    """
    if _provider is None:
        return
    from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

    trace = _trace_id(record.correlation)
    cause, context = "", None
    if writer is not None:
        cause = record.id
        parent = _span_id(writer, record.causation or record.correlation)
        context = set_span_in_context(
            NonRecordingSpan(SpanContext(trace, parent, True, TraceFlags(TraceFlags.SAMPLED)))
        )
    _ids.trace, _ids.span = trace, _span_id(process, cause or record.correlation)
    about: dict[str, str | int] = {
        "bindeledd.type": record.type,
        "bindeledd.stream": record.stream,
        "bindeledd.version": record.version,
    }
    tracer = _provider.get_tracer("bindeledd")
    name = f"{process} {what} {record.type.rpartition('.')[2]}"
    tracer.start_span(name, context, attributes=about, start_time=since_ns).end(time.time_ns())


def _trace_id(correlation: str) -> int:
    """The correlation itself, so that a trace is found by it; but of what another writer may have put there a number,
    for nothing that is merely told may hinder what is done."""
    if _REF.fullmatch(correlation):
        return int(correlation, 16)
    return int.from_bytes(hashlib.blake2b(correlation.encode(), digest_size=_TRACE_ID_BYTES).digest())


def _span_id(process: str, cause: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{process} {cause}".encode(), digest_size=_SPAN_ID_BYTES).digest())


def _to(url: str, process: str) -> TracerProvider:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.id_generator import IdGenerator

    class Known(IdGenerator):
        """The ids that were worked out for the span that this thread begins."""

        def generate_trace_id(self) -> int:
            return int(_ids.trace)

        def generate_span_id(self) -> int:
            return int(_ids.span)

    resource = Resource({SERVICE_NAME: f"bindeledd {process}"})
    provider = TracerProvider(resource=resource, id_generator=Known(), shutdown_on_exit=False)
    provider.add_span_processor(
        BatchSpanProcessor(OTLPSpanExporter(endpoint=url.rstrip("/") + TRACES_PATH, timeout=PATIENCE_SECONDS))
    )
    return provider
