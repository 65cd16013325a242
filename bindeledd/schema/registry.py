"""Talks with a schema registry over the REST API that Confluent's has, and others offer too.

A definite answer is one of the API's own: found, not found, refused. Everything else – no connection, no answer in
time, a wrong address, a login that is asked for – is a TransientError: the world is not ready, and no message is to
blame.
Schemas are the contract between programs; nothing about a person comes here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx

from bindeledd.core.clock import new_ref, system_entropy
from bindeledd.core.errors import BindeleddError, InvalidMessage, SchemaRefused, TransientError
from bindeledd.schema.catalog import Catalog
from bindeledd.schema.expand import Edition

COMPATIBILITY: Final = "FULL_TRANSITIVE"
CONNECT_S = 2.0
ANSWER_S = 5.0
WAITS_S = (0.2, 1.0)
"""How long to wait before the second try and before the third, which is the last."""
CORRELATION: Final = "X-Correlation-Id"

_KIND: Final = "application/vnd.schemaregistry.v1+json"
_NOT_FOUND: Final = frozenset({40401, 40402, 40403})  # no such subject, version, schema
_REFUSED: Final = frozenset({409, 422})
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_AT_ONCE: Final = 409
"""To a setting: another made it at the same time, or the answer to our first try was lost. Trying again finds it."""
_REASON_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Registered:
    """One schema under one subject, and whether it was new there."""

    subject: str
    edition: Edition
    schema_id: int
    is_new: bool

    def as_json(self) -> dict[str, object]:
        return {
            "subject": self.subject,
            "version": self.edition.file.version,
            "fingerprint": self.edition.fingerprint.hex(),
            "id": self.schema_id,
            "new": self.is_new,
        }

    def line(self) -> str:
        state = "new" if self.is_new else "there already"
        return (
            f"{self.subject} v{self.edition.file.version} {self.edition.fingerprint.hex()} id {self.schema_id}: {state}"
        )


class Registry:
    """A client. Safe to share between threads; to be closed. It waits: call it outside every transaction."""

    def __init__(self, url: str) -> None:
        """Raises BindeleddError when `url` is no address of the web. Nothing is asked yet."""
        try:
            where = httpx.URL(url.rstrip("/") + "/")
        except httpx.InvalidURL:
            where = httpx.URL()
        if where.scheme not in {"http", "https"} or not where.host:
            fix = "Write it with its API, as in http://127.0.0.1:8080/apis/ccompat/v7"
            raise BindeleddError(f"the address of the schema registry is not one of the web. {fix}")
        self._where = f"{where.scheme}://{where.netloc.decode('ascii')}{where.path}"  # without a login
        patience = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
        self._http = httpx.Client(base_url=where, timeout=patience, headers={"Accept": f"{_KIND}, application/json"})

    def close(self) -> None:
        self._http.close()

    def schema(self, schema_id: int) -> dict[str, Any]:
        """The schema with an id. Raises InvalidMessage when the registry has none: no writer of ours has used it."""
        answer = self._ask("GET", f"schemas/ids/{schema_id}")
        if answer is None:
            fix = "It was written against another registry, or is no record of ours"
            raise InvalidMessage(f"the registry has no schema {schema_id}", "the frame", fix)
        return self._schema_in(answer)

    def id_of(self, subject: str, schema: Mapping[str, Any]) -> int | None:
        """The id that a schema has under a subject; None when it is not there, to the letter."""
        answer = self._ask("POST", f"subjects/{quote(subject, safe='')}", _written(schema))
        return None if answer is None else self._number(answer, "id")

    def versions(self, subject: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Id and schema of every version of a subject, the newest first; none when there is no such subject."""
        path = f"subjects/{quote(subject, safe='')}/versions"
        numbers = self._ask("GET", path) or []
        if not isinstance(numbers, list) or not all(isinstance(number, int) for number in numbers):
            raise self._strange("a list of versions is none")
        for number in sorted(numbers, reverse=True):
            if (answer := self._ask("GET", f"{path}/{number}")) is not None:
                yield self._number(answer, "id"), self._schema_in(answer)

    def require_compatibility(self, subject: str) -> None:
        """From now on every version under the subject reads every other. May be said before there is a version."""
        answer = self._ask("PUT", f"config/{quote(subject, safe='')}", {"compatibility": COMPATIBILITY}, subject)
        if not isinstance(answer, dict) or COMPATIBILITY not in answer.values():
            raise self._strange(f"{COMPATIBILITY} is not taken for {subject}")

    def register(self, subject: str, schema: Mapping[str, Any]) -> int:
        """The id of the schema, which is a new version of the subject unless it is there already.

        Raises SchemaRefused, with the registry's reason, when it is not compatible with what is there.
        """
        answer = self._ask("POST", f"subjects/{quote(subject, safe='')}/versions", _written(schema), subject)
        return self._number(answer, "id")

    def _ask(self, method: str, path: str, body: object = None, subject: str = "") -> Any:
        """The answer's JSON, or None for "not found". With `subject`, a refusal is a SchemaRefused about it."""
        correlation = new_ref(system_entropy)  # the same for every try: one question in the registry's own log
        headers = {CORRELATION: correlation} | ({"Content-Type": _KIND} if body is not None else {})
        content = None if body is None else json.dumps(body)
        reason = ""
        for wait in (*WAITS_S, None):
            try:
                answer = self._http.request(method, path, content=content, headers=headers)
            except httpx.RequestError as error:
                reason = type(error).__name__
            else:
                at_once = method == "PUT" and answer.status_code == _AT_ONCE
                if answer.status_code not in _AGAIN and not at_once:
                    return self._definite(answer, subject)
                reason = f"HTTP {answer.status_code}"
            if wait is not None:
                time.sleep(wait)
        raise TransientError(
            f"the schema registry at {self._where} is away ({reason}, {len(WAITS_S) + 1} tries, {CORRELATION} "
            f"{correlation}). Start it, or mend the way to it; what waits for it then goes on"
        )

    def _definite(self, answer: httpx.Response, subject: str) -> Any:
        try:
            said = answer.json()
        except ValueError:
            said = None
        if answer.is_success and said is not None:
            return said
        code, why = (said.get("error_code"), said.get("message")) if isinstance(said, dict) else (None, None)
        if answer.status_code == 404 and code in _NOT_FOUND:
            return None
        if subject and answer.status_code in _REFUSED:
            raise SchemaRefused(subject, f"HTTP {answer.status_code}: {str(why)[:_REASON_MAX]}")
        raise self._strange(f"HTTP {answer.status_code}")

    def _schema_in(self, answer: Any) -> dict[str, Any]:
        try:
            schema = json.loads(answer["schema"])
        except (TypeError, KeyError, ValueError, RecursionError):
            raise self._strange("a schema that is not JSON") from None
        return schema if isinstance(schema, dict) else {"type": schema}

    def _number(self, answer: Any, key: str) -> int:
        number = answer.get(key) if isinstance(answer, dict) else None
        if not isinstance(number, int):
            raise self._strange(f"no {key} in its answer")
        return number

    def _strange(self, what: str) -> TransientError:
        fix = "Look whether the address, with its API's path, and the login are right"
        return TransientError(f"what answers at {self._where} does not answer as a schema registry ({what}). {fix}")


def subject_of(topic: str, name: str) -> str:
    """The subject of a type on a topic: TopicRecordNameStrategy, `<topic>-<full record name>`.

    The topics of a service's parties share theirs (as they share a channel in AsyncAPI): they carry the same types by
    the same writer, and a subject for each party would be a hundred times as many, of one and the same schema.
    """
    service, til, _party = topic.partition(".til.")
    return f"{service}{til}part-{name}" if til else f"{topic}-{name}"


def subjects(catalog: Catalog) -> Iterator[tuple[str, Edition]]:
    """Every schema of the catalogue under every subject it has, older ones first: what logs still hold is sent, too.

    Sealed content is on no topic by itself. Its subject is its name, so that who may open it can read it.
    """
    carried = [(name, topic.hendelser) for name, topic in sorted(catalog.topics.items())]
    carried += [(f"{service}.til.part", names) for service, names in sorted(catalog.views.items())]
    places = [(subject_of(topic, name), name) for topic, names in carried for name in names]
    places += [(name, name) for name, item in sorted(catalog.latest.items()) if item.file.is_content]
    editions: dict[str, list[Edition]] = {}
    for item in catalog.by_fingerprint.values():
        editions.setdefault(item.name, []).append(item)
    for subject, name in places:
        for item in sorted(editions.get(name, ()), key=lambda one: (one.file.version, sum(one.uses.values()))):
            yield subject, item


def register_all(catalog: Catalog, registry: Registry) -> Iterator[Registered]:
    """Registers what is not there yet, one schema at a time. Raises SchemaRefused at the first that is refused."""
    required = ""
    for subject, item in subjects(catalog):
        if subject != required:
            registry.require_compatibility(subject)
            required = subject
        known = registry.id_of(subject, item.schema)
        schema_id = registry.register(subject, item.schema) if known is None else known
        yield Registered(subject, item, schema_id, known is None)


def _written(schema: Mapping[str, Any]) -> dict[str, str]:
    return {"schema": json.dumps(schema, ensure_ascii=False, separators=(",", ":")), "schemaType": "AVRO"}
