"""A collector for tests: takes what is told of traces (OTLP over HTTP), and keeps it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True, slots=True)
class Spenn:
    """One span: where it belongs, what it says, and which process told of it."""

    prosess: str
    navn: str
    spor: str
    id: str
    forelder: str


@dataclass(slots=True)
class Samler:
    """What has been told so far."""

    url: str = ""
    spenn: list[Spenn] = field(default_factory=list)
    rå: list[bytes] = field(default_factory=list)

    def ta_imot(self, kropp: bytes) -> None:
        self.rå.append(kropp)
        for resource in ExportTraceServiceRequest.FromString(kropp).resource_spans:
            prosess = next(a.value.string_value for a in resource.resource.attributes if a.key == "service.name")
            for scope in resource.scope_spans:
                self.spenn += [
                    Spenn(prosess, s.name, s.trace_id.hex(), s.span_id.hex(), s.parent_span_id.hex())
                    for s in scope.spans
                ]


@contextmanager
def samler() -> Iterator[Samler]:
    """A collector on a free port of this machine, for as long as the context lasts."""
    her = Samler()

    class Svarer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            her.ta_imot(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_said: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Svarer) as server:
        her.url = f"http://127.0.0.1:{server.server_port}"
        tråd = threading.Thread(target=server.serve_forever)
        tråd.start()
        try:
            yield her
        finally:
            server.shutdown()
            tråd.join()
