"""Writes the catalogue as an AsyncAPI 3 document, for people and programs that want to know what goes on the bus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from bindeledd.schema.catalog import Catalog

ASYNCAPI: Final = "3.0.0"
AVRO: Final = "application/vnd.apache.avro+json;version=1.9.0"


def document(catalog: Catalog) -> dict[str, Any]:
    """The whole contract: a channel per topic, a message per event, an operation per writer and per reader."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for name, topic in sorted(catalog.topics.items()):
        channels[name] = _channel(name, f"Streams: {topic.stream}", topic.hendelser)
        operations[f"{topic.owner}.send.{name}"] = _operation("send", name)
        operations |= {f"{reader}.receive.{name}": _operation("receive", name) for reader in topic.readers}
    for service, kinds in sorted(catalog.views.items()):
        name = f"{service}.til.part"
        part = {"part": {"description": "The id of the one party that reads it"}}
        described = "What one party may know: a stream per aggregate"
        channels[name] = {**_channel(f"{service}.til.{{part}}", described, kinds), "parameters": part}
        operations[f"{service}.send.{name}"] = _operation("send", name)
    used = {name for channel in channels.values() for name in channel["messages"]}
    return {
        "asyncapi": ASYNCAPI,
        "info": {"title": "Bindeledd", "version": "1"},
        "defaultContentType": "application/avro",
        "channels": channels,
        "operations": operations,
        "components": {"messages": {name: _message(catalog, name) for name in sorted(used)}},
    }


def _channel(address: str, description: str, kinds: Iterable[str]) -> dict[str, Any]:
    messages = {kind: {"$ref": f"#/components/messages/{kind}"} for kind in kinds}
    return {"address": address, "description": description, "messages": messages}


def _operation(action: str, channel: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}}


def _message(catalog: Catalog, name: str) -> dict[str, Any]:
    schema = catalog.latest[name].schema
    message = {"name": name, "payload": {"schemaFormat": AVRO, "schema": _with_namespaces(schema)}}
    return {**message, "summary": schema["doc"]} if schema.get("doc") else message


def _with_namespaces(schema: Any) -> Any:
    """The same schema with each full name in two parts: AsyncAPI's form of Avro allows no dots in `name`."""
    if isinstance(schema, list):
        return [_with_namespaces(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    apart = {key: value if key == "default" else _with_namespaces(value) for key, value in schema.items()}
    namespace, dot, name = str(schema.get("name", "")).rpartition(".")
    return {**apart, "name": name, "namespace": namespace} if dot else apart
