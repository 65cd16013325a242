"""Schemas in a real registry: registered, found, refused, fetched when first met, and waited for when it is away."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bindeledd.core.errors import InvalidMessage, SchemaRefused, TransientError, UnknownSchema
from bindeledd.resources import data_folder
from bindeledd.schema import registry as client
from bindeledd.schema.catalog import load_catalog
from bindeledd.schema.codec import Codec
from bindeledd.schema.framing import fingerprint_in
from bindeledd.schema.registry import Registry, register_all, subject_of
from bindeledd.schema.writers import Writers
from tests.broker import registry as real
from tests.broker.releases import Release, Releases
from tests.unit.app.conftest import Kjør, kjør
from tests.unit.schema.small_tree import (
    FILES,
    TING,
    TING_SKJEDD,
    TING_V2,
    and_field,
    changed,
    enum,
    envelope,
    event,
    field,
    record,
    with_field,
)

__all__ = ["kjør"]  # a fixture

pytestmark = pytest.mark.timeout(300)  # the first run fetches the registry
FLYTTET = "no.bindeledd.sak.TingFlyttet"
NOTAT = "no.bindeledd.sak.innhold.Notat"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real.Server]:
    """A running registry. A test that stops it starts it again."""
    if (reason := real.why_not()) is not None:
        pytest.skip(reason)
    started = real.Server(tmp_path_factory.mktemp("registry"))
    try:
        started.start()
        yield started
    finally:
        started.kill()


@pytest.fixture
def registry(server: real.Server) -> Iterator[Registry]:
    """Our client of it."""
    opened = Registry(server.url)
    yield opened
    opened.close()


@pytest.fixture
def releases(registry: Registry, tmp_path: Path) -> Releases:
    return Releases(registry, tmp_path, f"sak.t{uuid4().hex}")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """Every request that goes out, as it goes."""
    sent: list[httpx.Request] = []
    send = httpx.Client.send

    def noted(self: httpx.Client, request: httpx.Request, **how: Any) -> httpx.Response:
        sent.append(request)
        return send(self, request, **how)

    monkeypatch.setattr(httpx.Client, "send", noted)
    return sent


# -- register and look up -------------------------------------------------------------------------------------------


def test_the_whole_catalogue_is_registered_once_and_a_second_run_changes_nothing(
    server: real.Server, kjør: Kjør
) -> None:
    first = kjør("schemas", "register", "--url", server.url, "--json")
    again = kjør("schemas", "register", "--url", server.url, "--json")

    assert (first.kode, again.kode) == (0, 0), first.sagt + again.sagt
    rows = [json.loads(line) for line in first.linjer]
    repeated = [json.loads(line) for line in again.linjer]
    assert [row["new"] for row in repeated] == [False] * len(rows)
    assert [{**row, "new": True} for row in repeated] == rows
    catalog = load_catalog(data_folder("schemas"))
    carried = {subject_of(topic.name, name) for topic in catalog.topics.values() for name in topic.hendelser}
    carried |= {subject_of(f"{service}.til.x", name) for service, names in catalog.views.items() for name in names}
    content = {name for name, item in catalog.latest.items() if item.file.is_content}
    assert {row["subject"] for row in rows} == carried | content
    assert set(httpx.get(f"{server.url}/subjects").json()) >= carried | content


def test_every_schema_of_the_catalogue_comes_back_with_its_fingerprint(server: real.Server, registry: Registry) -> None:
    catalog = load_catalog(data_folder("schemas"))
    codec = Codec(catalog)
    writers = Writers(catalog, codec, registry)

    for done in register_all(catalog, registry):
        stored = b"\xc3\x01" + done.edition.fingerprint + b"kropp"
        framed = b"\x00" + done.schema_id.to_bytes(4, "big") + b"kropp"
        assert writers.unframed(framed) == stored
        assert registry.id_of(done.subject, done.edition.schema) == done.schema_id


def test_the_settings_name_the_registry_and_without_one_the_command_says_how(
    server: real.Server, kjør: Kjør, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BINDELEDD_REGISTRY_URL", raising=False)
    without = kjør("schemas", "register")
    monkeypatch.setenv("BINDELEDD_REGISTRY_URL", server.url)
    named = kjør("schemas", "register")

    assert without.kode == 2
    assert "BINDELEDD_REGISTRY_URL" in without.sagt
    assert named.kode == 0, named.sagt


def test_a_question_carries_one_correlation_id_and_nothing_of_a_record(
    releases: Releases, asked: list[httpx.Request]
) -> None:
    release = releases.make()
    releases.register(release)
    framed = release.writers.framed(release.ting(hva="Ola Plantet Nordmann"), releases.topic)
    release.writers.unframed(framed)

    ids = [request.headers["X-Correlation-Id"] for request in asked]
    assert len(set(ids)) == len(ids) > 0
    assert all(len(one) == 32 for one in ids)
    said = b"".join(str(request.url).encode() + request.content for request in asked)
    assert b"Plantet" not in said


def test_compatibility_is_full_transitive_before_the_first_version_and_after(
    server: real.Server, releases: Releases
) -> None:
    releases.register(releases.make())

    said = httpx.get(f"{server.url}/config/{subject_of(releases.topic, TING)}").json()
    assert said == {"compatibilityLevel": "FULL_TRANSITIVE"}


def test_many_who_set_the_same_at_once_all_have_it(server: real.Server) -> None:
    """The registry answers all but the first with 409; so it does to a second try whose first came through unheard."""
    subjects = [f"sak.t{uuid4().hex}-no.bindeledd.sak.Ting" for _ in range(10)]
    opened = [Registry(server.url) for _ in range(6)]
    try:
        with ThreadPoolExecutor(len(opened)) as many:
            for subject in subjects:
                list(many.map(lambda one, what=subject: one.require_compatibility(what), opened))
                said = httpx.get(f"{server.url}/config/{subject}").json()
                assert said == {"compatibilityLevel": "FULL_TRANSITIVE"}
    finally:
        for one in opened:
            one.close()


def test_an_incompatible_schema_is_refused_with_the_registrys_reason(releases: Releases) -> None:
    releases.register(releases.make())
    wrong = with_field(TING_SKJEDD, "antall", type="string")

    with pytest.raises(SchemaRefused) as refusal:
        releases.register(releases.make({TING_V2: wrong}))

    assert "409" in str(refusal.value)
    assert "INT not compatible with writer type: STRING at /fields/3/type" in refusal.value.why
    assert subject_of(releases.topic, TING) in str(refusal.value)


def test_every_version_is_held_against_every_other_not_only_the_last(registry: Registry, releases: Releases) -> None:
    subject = subject_of(releases.topic, "P")
    registry.require_compatibility(subject)
    first = record("P", field("a", "int"), field("b", "string", default=""))
    second = record("P", field("a", "int"))
    third = record("P", field("a", "int"), field("b", "int", default=0))  # goes with the second, not with the first

    registry.register(subject, first)
    registry.register(subject, second)
    with pytest.raises(SchemaRefused, match="not compatible"):
        registry.register(subject, third)


def test_the_command_says_which_schema_is_refused_and_ends_with_1(
    server: real.Server, releases: Releases, kjør: Kjør, tmp_path: Path
) -> None:
    releases.register(releases.make())
    releases.make({TING_V2: with_field(TING_SKJEDD, "antall", type="string")})

    refused = kjør("schemas", "register", "--url", server.url, "--schemas", tmp_path / "release2" / "schemas")

    assert refused.kode == 1
    assert "409" in refused.sagt
    assert "not compatible" in refused.sagt


def test_a_machine_without_java_or_maven_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert real.why_not() == real.MISSING


# -- cache ----------------------------------------------------------------------------------------------------------


def test_what_was_met_before_makes_no_request(releases: Releases, asked: list[httpx.Request]) -> None:
    release = releases.make()
    releases.register(release)
    stored = release.ting()
    framed = release.writers.framed(stored, releases.topic)
    release.writers.unframed(framed)
    asked.clear()

    for number in range(100):
        other = release.ting(antall=number)
        assert release.writers.unframed(release.writers.framed(other, releases.topic)) == other
    assert asked == []


def test_a_schema_that_the_registry_lacks_is_asked_for_again_the_next_time(releases: Releases) -> None:
    release = releases.make()

    with pytest.raises(TransientError, match="schemas register"):
        release.writers.framed(release.ting(), releases.topic)
    with pytest.raises(InvalidMessage, match="the registry has no schema 2000000"):
        release.writers.unframed(b"\x00" + (2_000_000).to_bytes(4, "big") + b"kropp")

    releases.register(release)
    assert release.writers.framed(release.ting(), releases.topic)


def test_a_changed_doc_is_the_same_schema_to_who_frames(releases: Releases) -> None:
    release, documented = releases.make(), releases.make({"sak/TingSkjedd.v1.avsc": changed(TING_SKJEDD, doc="New.")})
    releases.register(release)

    framed = documented.writers.framed(documented.ting(), releases.topic)

    assert release.writers.unframed(framed) == release.ting()


def test_a_name_in_two_parts_as_other_programs_write_it_is_the_same_schema(
    server: real.Server, releases: Releases
) -> None:
    release = releases.make()
    note = release.codec.encode_content(release.types[NOTAT](tekst="hei"))
    apart = record("Notat", field("tekst", "string"), namespace="no.bindeledd.sak.innhold")
    posted = httpx.post(f"{server.url}/subjects/{releases.topic}-n/versions", json={"schema": json.dumps(apart)})

    assert release.writers.unframed(b"\x00" + posted.json()["id"].to_bytes(4, "big") + note[10:]) == note


def test_what_a_registry_has_that_is_no_record_is_refused(releases: Releases, server: real.Server) -> None:
    body = {"schema": '{"type": "enum", "name": "no.bindeledd.E", "symbols": ["A"]}'}
    posted = httpx.post(f"{server.url}/subjects/{releases.topic}-enum/versions", json=body)
    value = b"\x00" + posted.json()["id"].to_bytes(4, "big") + b"kropp"

    with pytest.raises(InvalidMessage, match="no Avro record"):
        releases.make().writers.unframed(value)


# -- a rolling upgrade ----------------------------------------------------------------------------------------------


def upgraded(releases: Releases) -> Release:
    """The next release: a new field, a new symbol of a shared enum, and a new event type."""
    new = {
        TING_V2: and_field(TING_SKJEDD, field("ny", ["null", "string"], default=None)),
        "felles/Grad.v2.avsc": enum("Grad", "LITEN", "STOR", "ENORM", namespace="no.bindeledd"),
        "sak/TingFlyttet.v1.avsc": event("TingFlyttet", field("hvor", "string")),
        "sak/innhold/Notat.v2.avsc": and_field(
            FILES["sak/innhold/Notat.v1.avsc"], field("av", "string", default="")
        ),
    }  # fmt: skip
    release = releases.make(new, FLYTTET)
    assert any(releases.register(release)), "something is new"
    return release


def test_an_older_reader_reads_a_newer_schema_of_a_type_that_it_knows(releases: Releases) -> None:
    old = releases.make()
    releases.register(old)
    new = upgraded(releases)
    enorm = new.types["no.bindeledd.sak.Del"].from_avro({"del": "", "grad": "ENORM"}).grad
    stored = new.ting(ny="mer", grad=enorm)
    with pytest.raises(UnknownSchema):
        old.codec.decode(stored)

    received = old.writers.unframed(new.writers.framed(stored, releases.topic))

    assert received == stored, "the chain of hashes covers these bytes"
    head, read = old.codec.decode(received)
    assert head == envelope()
    assert read.hva == "noe"  # type: ignore[attr-defined]
    assert read.grad == "UKJENT"  # type: ignore[attr-defined]


def test_an_older_reader_keeps_a_type_that_it_does_not_know_and_reads_it_after_its_upgrade(releases: Releases) -> None:
    old = releases.make()
    releases.register(old)
    new = upgraded(releases)
    stored = new.codec.encode(envelope(FLYTTET), new.types[FLYTTET](hvor="dit"))

    kept = old.writers.unframed(new.writers.framed(stored, releases.topic))

    assert kept == stored
    with pytest.raises(UnknownSchema):
        old.codec.decode(kept)
    assert old.codec.peek(kept) == envelope(FLYTTET)
    assert new.codec.decode(kept)[1].hvor == "dit"  # type: ignore[attr-defined]


def test_a_newer_reader_reads_what_an_older_writer_sends(releases: Releases) -> None:
    old = releases.make()
    releases.register(old)
    new = upgraded(releases)

    received = new.writers.unframed(old.writers.framed(old.ting(), releases.topic))

    assert received == old.ting()
    assert new.codec.decode(received)[1].ny is None  # type: ignore[attr-defined]


def test_a_relay_that_was_rolled_back_still_frames_what_the_newer_release_wrote(releases: Releases) -> None:
    old = releases.make()
    releases.register(old)
    new = upgraded(releases)
    known, unknown = new.ting(), new.codec.encode(envelope(FLYTTET), new.types[FLYTTET](hvor="dit"))

    for stored in (known, unknown):
        assert old.writers.framed(stored, releases.topic) == new.writers.framed(stored, releases.topic)


def test_bytes_without_a_frame_and_opened_content_are_met_by_fingerprint(releases: Releases) -> None:
    old = releases.make()
    releases.register(old)
    new = upgraded(releases)
    stored = new.ting(ny="mer")
    note = new.codec.encode_content(new.types[NOTAT](tekst="hei", av="meg"))

    old.writers.meet(stored, releases.topic)
    old.writers.meet_content(fingerprint_in(note))

    assert old.codec.decode(stored)[1].hva == "noe"  # type: ignore[attr-defined]
    assert old.codec.decode_content(note).tekst == "hei"  # type: ignore[attr-defined]


def test_a_fingerprint_that_is_nowhere_waits_and_one_of_an_unknown_type_does_not(releases: Releases) -> None:
    old = releases.make()
    releases.register(old)
    unregistered = releases.make({TING_V2: and_field(TING_SKJEDD, field("ny", "int", default=1))})
    flyttet = "sak/TingFlyttet.v1.avsc"
    stranger = releases.make({flyttet: event("TingFlyttet", field("hvor", "string"))}, FLYTTET)
    unknown = stranger.codec.encode(envelope(FLYTTET), stranger.types[FLYTTET](hvor="dit"))

    with pytest.raises(TransientError, match="schemas register"):
        old.writers.meet(unregistered.ting(), releases.topic)
    old.writers.meet(unknown, releases.topic)  # kept, and read after an upgrade


# -- away -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same tries with shorter waits between them; each has its time, for a registry that has just begun is slow."""
    monkeypatch.setattr(client, "WAITS_S", (0.01, 0.01))


@pytest.mark.usefixtures("hurried")
def test_a_registry_that_is_away_at_start_is_waited_for(
    server: real.Server, releases: Releases, kjør: Kjør, asked: list[httpx.Request]
) -> None:
    release = releases.make()
    server.kill()
    try:
        with pytest.raises(TransientError, match="is away") as away:
            release.writers.framed(release.ting(), releases.topic)
        tried = {request.headers["X-Correlation-Id"] for request in asked}
        told = kjør("schemas", "register", "--url", server.url)
    finally:
        server.start()

    assert len(tried) == 1, "three tries are one question"
    assert tried.pop() in str(away.value)
    assert away.value.__cause__ is None
    assert told.kode == 3
    assert "is away" in told.sagt
    releases.register(release)
    assert release.writers.framed(release.ting(), releases.topic)


@pytest.mark.usefixtures("hurried")
def test_a_registry_that_is_killed_in_mid_flight_stops_only_what_is_new(
    server: real.Server, releases: Releases, asked: list[httpx.Request]
) -> None:
    old = releases.make()
    releases.register(old)
    new = upgraded(releases)
    before = old.writers.framed(old.ting(), releases.topic)
    met, first = new.writers.framed(old.ting(), releases.topic), new.writers.framed(new.ting(), releases.topic)
    assert old.writers.unframed(before) == old.ting()
    assert met == before
    asked.clear()
    server.kill()
    try:
        assert old.writers.unframed(old.writers.framed(old.ting(), releases.topic)) == old.ting()
        assert asked == []
        with pytest.raises(TransientError, match="is away"):
            old.writers.unframed(first)
        assert len(asked) == len(client.WAITS_S) + 1
    finally:
        server.start()

    assert old.writers.unframed(first) == new.ting(), "the same record, tried again"
    assert old.codec.decode(new.ting())


def test_a_registry_that_comes_back_between_two_tries_is_not_noticed(
    server: real.Server, releases: Releases, asked: list[httpx.Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    release = releases.make()
    releases.register(release)
    server.kill()
    monkeypatch.setattr(client, "WAITS_S", (0.2,) * 5 * real.START_S)
    start = threading.Thread(target=server.start)
    start.start()
    try:
        framed = release.writers.framed(release.ting(), releases.topic)
    finally:
        start.join()
    ours = [request for request in asked if "X-Correlation-Id" in request.headers]
    assert len(ours) > 2
    assert release.writers.unframed(framed) == release.ting()


@pytest.mark.usefixtures("hurried")
def test_a_registry_that_does_not_answer_is_given_up_in_time(
    server: real.Server, releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 0.5)
    registry = Registry(server.url)
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    try:
        with pytest.raises(TransientError, match="is away") as away:
            registry.schema(1)
        assert time.monotonic() - began < 20, "three tries of half a second, on a busy machine"
    finally:
        server.process.send_signal(signal.SIGCONT)
    assert "Timeout" in str(away.value)
    releases.register(releases.make())
    registry.close()


def test_a_wrong_path_is_told_as_such_and_never_as_an_unknown_schema(server: real.Server) -> None:
    registry = Registry(server.url.replace("ccompat", "nowhere"))

    with pytest.raises(TransientError, match="does not answer as a schema registry"):
        registry.schema(1)
    with pytest.raises(TransientError, match="does not answer as a schema registry"):
        registry.register("x", record("X", field("a", "int")))
    registry.close()
