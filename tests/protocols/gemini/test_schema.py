"""The API's own schemas become JSON Schema."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mockserver.protocols.gemini.schema import json_schema


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "STRING"}, {"type": "string"}),
        ({"type": "TYPE_UNSPECIFIED"}, {}),
        ({"type": "INTEGER", "format": "int32"}, {"type": "integer", "format": "int32"}),
        (
            {"type": "STRING", "format": "enum", "enum": ["a", "b"]},
            {"type": "string", "enum": ["a", "b"]},
        ),
        ({"type": "INTEGER", "enum": ["1", "2"]}, {"type": "integer", "enum": [1, 2]}),
        ({"type": "INTEGER", "enum": ["one"]}, {"type": "integer", "enum": ["one"]}),
        ({"type": "STRING", "nullable": True}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        (
            {"type": "ARRAY", "items": {"type": "NUMBER"}, "maxItems": 3},
            {"maxItems": 3, "type": "array", "items": {"type": "number"}},
        ),
        (
            {"anyOf": [{"type": "STRING"}, {"type": "NULL"}]},
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
        ),
        ({"type": "STRING", "example": "x"}, {"type": "string", "examples": ["x"]}),
        (
            {"type": "OBJECT", "additionalProperties": False, "required": ["a"]},
            {"required": ["a"], "type": "object", "additionalProperties": False},
        ),
        (
            {"ref": "#/$defs/a", "defs": {"a": {"type": "BOOLEAN"}}},
            {"$defs": {"a": {"type": "boolean"}}, "$ref": "#/$defs/a"},
        ),
    ],
)
def test_a_schema_says_the_same_in_json_schema(schema: Any, expected: Any) -> None:
    Draft202012Validator.check_schema(expected)

    assert json_schema(schema) == expected


def test_properties_stand_in_the_order_asked_for() -> None:
    properties = {name: {"type": "STRING"} for name in ("a", "b", "c")}

    ordered = json_schema({"properties": properties, "propertyOrdering": ["c", "a", "gone", "c"]})

    assert list(ordered["properties"]) == ["c", "a", "b"]
