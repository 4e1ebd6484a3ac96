"""A Gemini `Schema` (the API's OpenAPI subset) as JSON Schema.

Mirrors "Schema" of the Gemini API reference (2026-11). Pure; takes a normalised, checked value.
"""

from __future__ import annotations

from collections.abc import Callable

from mockserver.conversation import Json, JsonObject

_SAME = frozenset(
    {
        "title",
        "description",
        "required",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "pattern",
        "default",
    }
)
_NESTING = frozenset({"items", "properties", "anyOf", "additionalProperties", "defs", "ref"})
_NUMBERS: dict[Json, Callable[[str], int | float]] = {"INTEGER": int, "NUMBER": float}


def json_schema(schema: JsonObject) -> JsonObject:
    """`schema` with JSON Schema's lower-case types; `nullable` becomes an alternative."""
    converted = {name: value for name, value in schema.items() if name in _SAME and value is not None}
    if (kind := schema.get("type")) and kind != "TYPE_UNSPECIFIED":
        converted["type"] = str(kind).lower()
    if (form := schema.get("format")) and form != "enum":
        converted["format"] = form
    if values := schema.get("enum"):
        converted["enum"] = [_enum_value(value, kind) for value in values]
    if schema.get("example") is not None:
        converted["examples"] = [schema["example"]]
    if not _NESTING.isdisjoint(schema):
        converted |= _nested(schema)
    return {"anyOf": [converted, {"type": "null"}]} if schema.get("nullable") else converted


def _nested(schema: JsonObject) -> JsonObject:
    nested: JsonObject = {}
    if schema.get("items") is not None:
        nested["items"] = json_schema(schema["items"])
    if schema.get("properties") is not None:
        nested["properties"] = _properties(schema["properties"], schema.get("propertyOrdering") or ())
    if schema.get("anyOf"):
        nested["anyOf"] = [json_schema(option) for option in schema["anyOf"]]
    if schema.get("additionalProperties") is not None:
        nested["additionalProperties"] = schema["additionalProperties"]
    if schema.get("defs") is not None:
        nested["$defs"] = {name: json_schema(value) for name, value in schema["defs"].items()}
    if schema.get("ref"):
        nested["$ref"] = schema["ref"]
    return nested


def _properties(properties: dict[str, JsonObject], ordering: list[str] | tuple[str, ...]) -> JsonObject:
    """The properties in the order the client asked for, the rest behind."""
    names = [name for name in dict.fromkeys(ordering) if name in properties]
    names += [name for name in properties if name not in names]
    return {name: json_schema(properties[name]) for name in names}


def _enum_value(value: str, kind: Json) -> Json:
    """The API's enums are strings; beside a number type they mean numbers."""
    try:
        return _NUMBERS[kind](value) if kind in _NUMBERS else value
    except ValueError:
        return value
