"""The served API as an OpenAPI 3.1 document, made from what each route says of itself.

Mirrors the OpenAPI Specification 3.1.1 (2024-10). Schemas come from the same pydantic models that judge
requests and review answers. Routes of several vendors that share a path and a method are one operation, which
takes and gives any of theirs. No vendor, no socket.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.base import Operation, Vendor
from mockserver.values import dataclass

_SCHEMAS = "#/components/schemas/"
_JSON = "application/json"
_STREAM = "text/event-stream"
_ANY_ERROR = "Error"
_MODE: JsonSchemaMode = "validation"

_KEY_PLACES: Mapping[str, JsonObject] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "x-api-key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
    "x-goog-api-key": {"type": "apiKey", "in": "header", "name": "x-goog-api-key"},
    "key": {"type": "apiKey", "in": "query", "name": "key"},
}
"""Where a key may be, on every route."""

_UNKNOWN = Operation(summary="")


@dataclass(frozen=True, slots=True)
class Described:
    """One route and what it says of itself. `tag` names the group it is shown in; `error` is the envelope of
    its errors; `open` tells that it asks for no key.
    """

    method: str
    path: str
    tag: str
    operation: Operation = _UNKNOWN
    error: type[BaseModel] | None = None
    open: bool = False

    @property
    def models(self) -> Iterator[type[BaseModel]]:
        operation = self.operation
        candidates = (operation.body, operation.query, operation.answer, operation.event, self.error)
        return (model for model in candidates if model is not None)


def routes_of(vendors: Iterable[Vendor]) -> Iterator[Described]:
    """All routes of all vendors, in order of registration."""
    for vendor in vendors:
        title = vendor.sdk.title if vendor.sdk else vendor.name
        described = vendor.describe()
        for route in vendor.routes:
            operation = described.operations.get((route.method, route.path), _UNKNOWN)
            yield Described(route.method, route.path, title, operation, described.error)


def document(described: Iterable[Described], version: str) -> JsonObject:
    """The document for these routes."""
    groups = _grouped(described)
    schemas = _Schemas(model for group in groups.values() for route in group for model in route.models)
    paths: dict[str, JsonObject] = {}
    for (path, method), group in groups.items():
        paths.setdefault(path, {})[method] = _operation(path, method, group, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "mockserver",
            "version": version,
            "description": "A mock upstream LLM server. Nothing here is a real model.",
        },
        "servers": [{"url": "/"}],
        "security": [{name: []} for name in _KEY_PLACES],
        "paths": paths,
        "components": {"schemas": schemas.components, "securitySchemes": dict(_KEY_PLACES)},
    }


# --------------------------------------------------------------------------------------------- schemas


class _Tolerant(GenerateJsonSchema):
    """What has no JSON schema, such as a check written by hand, is described as anything. A default is what
    stands in our models for what was not sent; no page documents it, so it is not described.
    """

    def handle_invalid_for_json_schema(self, *_: Any, **__: Any) -> JsonSchemaValue:
        return {}

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Where a function tells the variants apart, one may be open and take what is another's, too."""
        described = super().tagged_union_schema(schema)
        if "discriminator" not in described and "oneOf" in described:
            described["anyOf"] = described.pop("oneOf")
        return described


class _Schemas:
    """The schemas of all models, each named once."""

    def __init__(self, models: Iterable[type[BaseModel]]) -> None:
        distinct = [(model, _MODE) for model in dict.fromkeys(models)]
        references, definitions = models_json_schema(
            distinct, ref_template=f"{_SCHEMAS}{{model}}", schema_generator=_Tolerant
        )
        self._references = {model: schema for (model, _), schema in references.items()}
        self.components: dict[str, JsonObject] = {
            _ANY_ERROR: {"description": "An error in the vendor's own envelope."},
            **definitions.get("$defs", {}),
        }

    def of(self, model: type[BaseModel]) -> JsonObject:
        return self._references[model]

    def any_of(self, models: Iterable[type[BaseModel] | None]) -> JsonObject:
        """The schema of what is any of the models; anything where one of them is not known."""
        distinct = list(dict.fromkeys(models))
        known = [self.of(model) for model in distinct if model]
        if len(known) < len(distinct) or not known:
            return {}
        return known[0] if len(known) == 1 else {"anyOf": known}

    def members(self, model: type[BaseModel]) -> Iterator[tuple[str, JsonObject, bool]]:
        """The members of a model: name, schema, whether it is needed."""
        schema = self.components[self.of(model)["$ref"].removeprefix(_SCHEMAS)]
        needed = schema.get("required", ())
        for name, member in schema.get("properties", {}).items():
            yield name, member, name in needed


# ------------------------------------------------------------------------------------------ operations


def _grouped(described: Iterable[Described]) -> dict[tuple[str, str], list[Described]]:
    """The routes by path and method. Paths that differ only in the names of their parameters are one path,
    and have the names of the first.
    """
    spellings: dict[str, str] = {}
    groups: dict[tuple[str, str], list[Described]] = {}
    for route in described:
        path = spellings.setdefault(re.sub(r"\{\w+\}", "{}", route.path), route.path)
        groups.setdefault((path, route.method.lower()), []).append(route)
    return groups


def _operation(path: str, method: str, group: Sequence[Described], schemas: _Schemas) -> JsonObject:
    operations = [route.operation for route in group]
    parameters = [*_path_parameters(path), *_query_parameters(operations, schemas)]
    bodies = [operation.body for operation in operations if operation.body]
    return {
        "operationId": re.sub(r"\W+", "_", f"{method}{path}").strip("_"),
        "summary": " / ".join(dict.fromkeys(filter(None, (each.summary for each in operations)))),
        "tags": list(dict.fromkeys(route.tag for route in group)),
        **({"security": []} if all(route.open for route in group) else {}),
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": _body(bodies, schemas)} if bodies else {}),
        "responses": _responses(group, schemas),
    }


def _body(bodies: Sequence[type[BaseModel]], schemas: _Schemas) -> JsonObject:
    return {"required": True, "content": {_JSON: {"schema": schemas.any_of(bodies)}}}


def _path_parameters(path: str) -> Iterator[JsonObject]:
    for name in re.findall(r"\{(\w+)\}", path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _query_parameters(operations: Sequence[Operation], schemas: _Schemas) -> Iterator[JsonObject]:
    """The parameters of all; what not every one of them asks for is needed by none."""
    found: dict[str, JsonObject] = {}
    for operation in operations:
        for name, schema, needed in schemas.members(operation.query) if operation.query else ():
            required = needed and len(operations) == 1
            found.setdefault(name, {"name": name, "in": "query", "required": required, "schema": schema})
    yield from found.values()


def _responses(group: Sequence[Described], schemas: _Schemas) -> dict[str, JsonObject]:
    responses = {
        str(status): _answer(
            status, [route.operation for route in group if route.operation.status == status], schemas
        )
        for status in sorted({route.operation.status for route in group})
    }
    for status in sorted({status for route in group for status in route.operation.errors}):
        envelope = schemas.any_of(route.error for route in group) or {"$ref": _SCHEMAS + _ANY_ERROR}
        # Some wires tell even a refusal as an event, where a stream was asked for.
        kinds = (_JSON, _STREAM) if any(route.operation.event for route in group) else (_JSON,)
        content = {kind: {"schema": envelope} for kind in kinds}
        responses.setdefault(str(status), _described(status, content))
    return responses


def _answer(status: int, operations: Sequence[Operation], schemas: _Schemas) -> JsonObject:
    content: dict[str, JsonObject] = {}
    if status != HTTPStatus.NO_CONTENT:
        for media in dict.fromkeys(operation.media for operation in operations):
            answers = (operation.answer for operation in operations if operation.media == media)
            content[media] = {"schema": schemas.any_of(answers)}
    if events := [operation.event for operation in operations if operation.event]:
        content[_STREAM] = {"schema": schemas.any_of(events)}
    return _described(status, content)


def _described(status: int, content: Mapping[str, Json]) -> JsonObject:
    phrases = {known.value: known.phrase for known in HTTPStatus}
    return {
        "description": phrases.get(status, f"Status {status}"),
        **({"content": dict(content)} if content else {}),
    }
