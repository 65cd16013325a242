"""The registry's client where there is no registry: subjects, addresses, and answers that no registry gives."""

from __future__ import annotations

import socket
import threading

import pytest

from bindeledd.core.errors import BindeleddError, TransientError
from bindeledd.schema import registry as client
from bindeledd.schema.catalog import Catalog
from bindeledd.schema.registry import Registry, subject_of, subjects
from tests.unit.schema.small_tree import TING


def test_the_subject_is_the_topic_and_the_full_name_and_all_parties_of_a_service_share_one() -> None:
    assert subject_of("sak.ting", TING) == "sak.ting-no.bindeledd.sak.TingSkjedd"
    assert subject_of("sak.til.dps-nord", TING) == subject_of("sak.til.innbygger", TING) == f"sak.til.part-{TING}"


def test_the_newest_schema_of_each_subject_is_the_last_to_be_registered(real_catalog: Catalog) -> None:
    last = dict(subjects(real_catalog))

    assert {item.fingerprint for item in last.values()} == {
        real_catalog.latest[item.name].fingerprint for item in last.values()
    }


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 200 OK\r\n\r\nhei", b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", b"hei"]
)
def test_an_answer_that_no_registry_gives_is_transient_and_repeats_no_login(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "WAITS_S", (0.01, 0.01))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer, args=(listener, answer))
        thread.start()
        registry = Registry(f"http://bruker:hemmelig@127.0.0.1:{listener.getsockname()[1]}/api")
        with pytest.raises(TransientError) as refusal:
            registry.schema(1)
        registry.close()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
    assert "hemmelig" not in str(refusal.value)
    assert "127.0.0.1" in str(refusal.value)


def _answer(listener: socket.socket, answer: bytes) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.recv(4096)
            connection.sendall(answer)


@pytest.mark.parametrize("url", ["", "registry:8080", "file:///etc/passwd", "http://", "http://[broken]"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(BindeleddError, match="address of the schema registry"):
        Registry(url)
