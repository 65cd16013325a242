"""Writes the commands over HTTP as a page for people: each route, what it does, who may, what it takes and answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from bindeledd.runtime.http import PROBLEMS
from bindeledd.schema.docs import table
from services.felles.oppsett import Oppsett

ANSWER: Final = "Answer"
_INTRO: Final = """\
# The HTTP API

Made from the OpenAPI document by `make generate`; a change by hand is lost. A running service gives the document itself
at `/openapi.json`. One process has every address below; where each service is a process of its own, each has those of
its section, and samhandling also `mottak`. What services ask one another for is no part of it.

- **Who asks** is said by a pass in `Authorization`, for one person's act in one role of one party. The pages make it:
  there is no login yet, so nobody else has one. Then the role must have the [act](#acts), and the access table
  (`deploy/tilgang.toml`) must let the party do it to the person. An answer of 403 says why in a sentence.
- **`Idempotency-Key`**: a new one for each new request, the same to repeat it. What was asked once is done once.
- **`If-Match`**: the `ETag` of what the caller decided on; when something else has come since, the answer is 412. With
  **`Bindeledd-Utsnitt`** it is the version of the view stream that this header names.
- A command answers with an [Answer](#answers) unless something else is said.
- A ref is 32 hexadecimal digits. A field with a star must be there. A field that is not known is refused.
- A body may say something of a person; an address, an answer and an error never do.
"""
_PROBLEM: Final = """\
All else is a problem (RFC 9457, `application/problem+json`): `title` and `detail` say what was wrong and what to do,
`rule` which rule refused, `errors` where a body is malformed."""
_PLAIN: Final = {
    "boolean": "yes or no", "integer": "number", "date": "day (YYYY-MM-DD)", "date-time": "moment with offset",
}  # fmt: skip
_REF: Final = "^[0-9a-f]{32}$"


def api(app: FastAPI, oppsett: Oppsett) -> str:
    """The page as Markdown, of the app that has every service's commands; roles and acts as `oppsett` has them."""
    document = app.openapi()
    routes = [each for each in iter_route_contexts(app.routes) if isinstance(each.original_route, APIRoute)]
    acts = {route.path: sorted(_acts(route.dependant)) for route in routes}
    sections: dict[str, list[str]] = defaultdict(list)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            route = _route(f"{method.upper()} {path}", operation, acts[path], oppsett.handlinger)
            sections[operation["tags"][0]].append(route)
    bodies = document["components"]["schemas"]
    parts = [_INTRO, _answers(bodies[ANSWER])]
    for name, described in sections.items():
        parts += [f"## {name}", *described]
    parts += ["## Acts", "As `deploy/bergen.toml` has them.", _act_table(oppsett)]
    parts += ["## Bodies", *(_body(name, bodies[name]) for name in sorted(_used(document)))]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _acts(dependant: Dependant) -> Iterator[str]:
    yield from dependant.own_oauth_scopes or ()
    for each in dependant.dependencies:
        yield from _acts(each)


def _route(title: str, operation: Mapping[str, Any], acts: list[str], words: Mapping[str, str]) -> str:
    lines = [f"### `{title}`", "", _one_line(operation["description"]), ""]
    if acts:
        lines.append(f"- Who may: whoever has {' and '.join(f'`{act}` ({words[act]})' for act in acts)}")
    else:
        lines.append("- Who may: whoever reaches the address; the network says who does")
    lines += [f"- Takes {said}" for said in _parameters(operation)]
    content = operation.get("requestBody", {}).get("content", {})
    lines += [f"- Body: {_kind(each['schema'])}{_media(media)}" for media, each in content.items()]
    answers = operation["responses"]["200"]
    for media, each in answers.get("content", {}).items():
        if _kind(each["schema"]) != ANSWER:
            lines.append(f"- Answers: {answers['description']}{_media(media)}")
    return "\n".join(lines)


def _parameters(operation: Mapping[str, Any]) -> Iterator[str]:
    """What is asked for in the query; the address shows its own, and the headers are the same everywhere."""
    for each in operation.get("parameters", ()):
        if each["in"] == "query":
            yield f"`?{each['name']}=`: {_kind(each['schema'])}"


def _answers(answer: Mapping[str, Any]) -> str:
    refused = [(str(status), HTTPStatus(int(status)).phrase) for status in PROBLEMS]
    return "\n\n".join(
        [
            "## Answers",
            "A command that was carried out, or had been before, answers 200 with an Answer:",
            table(("field", "type"), _fields(answer)),
            _one_line(answer["description"]),
            _PROBLEM,
            table(("status", "means"), refused),
        ]
    )


def _act_table(oppsett: Oppsett) -> str:
    roles = oppsett.katalog.roles.values()
    rows = [
        (f"`{act}`", words, ", ".join(role.name for role in roles if act in role.may) or "nobody yet")
        for act, words in oppsett.handlinger.items()
    ]
    return table(("act", "in words", "roles"), rows)


def _body(name: str, schema: Mapping[str, Any]) -> str:
    return f"### {name}\n\n{_one_line(schema.get('description', ''))}\n\n{table(('field', 'type'), _fields(schema))}"


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    needed = schema.get("required", ())
    for name, each in schema["properties"].items():
        yield f"`{name}`{'*' if name in needed else ''}", _kind(each)


def _used(document: Mapping[str, Any]) -> set[str]:
    """Every named type of a body, and what these hold."""
    schemas = document["components"]["schemas"]
    bodies = [
        each["requestBody"] for path in document["paths"].values() for each in path.values() if "requestBody" in each
    ]
    found, waiting = set[str](), [*_refs(bodies)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _refs(schemas[name])
    return found


def _refs(node: Any) -> Iterable[str]:
    match node:
        case {"$ref": str(ref)}:
            yield ref.rpartition("/")[2]
        case dict():
            for each in node.values():
                yield from _refs(each)
        case list():
            for each in node:
                yield from _refs(each)
        case _:
            return


def _kind(schema: Mapping[str, Any]) -> str:
    match schema:
        case {"$ref": str(ref)}:
            name = ref.rpartition("/")[2]
            return name if name == ANSWER else f"[{name}](#{name.lower()})"
        case {"anyOf": list(kinds)}:
            return " or ".join(_kind(each) for each in kinds)
        case {"enum": list(values)}:
            return "one of " + ", ".join(f"`{value}`" for value in values)
        case {"type": "array"}:
            return f"list of {_kind(schema.get('items', {}))}{_limit(schema, 'maxItems')}"
        case {"type": "string"}:
            return _text(schema)
        case {"type": str(kind)}:
            return _PLAIN.get(kind, kind)
        case _:
            return "anything"


def _text(schema: Mapping[str, Any]) -> str:
    match schema:
        case {"format": str(form)}:
            return _PLAIN.get(form, form)
        case {"pattern": str(pattern)}:
            return "ref" if pattern == _REF else f"text like `{pattern}`{_limit(schema, 'maxLength')}"
        case _:
            return f"text{_limit(schema, 'maxLength')}"


def _media(media: str) -> str:
    return "" if media == "application/json" else f" ({media})"


def _limit(schema: Mapping[str, Any], key: str) -> str:
    return f" (at most {schema[key]})" if key in schema else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
