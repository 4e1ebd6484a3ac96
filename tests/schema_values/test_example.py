"""Examples of schemas: valid by an independent validator, plausible to a reader."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from mockserver.conversation import json_text
from mockserver.schema_values import example

TOOLS = yaml.safe_load(Path(__file__).with_name("tools.yaml").read_text(encoding="utf-8"))

FORMATS = FormatChecker(
    formats=("date", "email", "idn-email", "ipv4", "ipv6", "regex", "uuid", "idn-hostname")
)
for _name, _pattern in {
    "byte": r"[A-Za-z0-9+/]*={0,2}",
    "duration": r"P(\d+[YMWD])*(T(\d+[HMS])+)?",
    "hostname": r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*",
    "json-pointer": r"(/[^~]*)*",
    "relative-json-pointer": r"\d+(#|(/[^~]*)*)",
    "time": r"\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)",
    "uri-reference": r"\S*",
    "uri-template": r"[^{}]*(\{\w+\}[^{}]*)*",
}.items():
    FORMATS.checks(_name)(lambda text, pattern=_pattern: bool(re.fullmatch(pattern, str(text))))


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(text: object) -> bool:
    return datetime.fromisoformat(str(text)).tzinfo is not None and str(text)[10] == "T"


@FORMATS.checks("uri", raises=ValueError)
@FORMATS.checks("url", raises=ValueError)
@FORMATS.checks("iri", raises=ValueError)
def _is_uri(text: object) -> bool:
    return bool(urlsplit(str(text)).scheme)


def is_valid(value: Any, schema: Any) -> bool:
    return Draft202012Validator(schema, format_checker=FORMATS).is_valid(value)


@pytest.mark.parametrize("tool", TOOLS)
def test_arguments_of_a_real_tool_are_valid(tool: str) -> None:
    made = example(TOOLS[tool])

    assert is_valid(made, TOOLS[tool]), made
    assert isinstance(made, dict)


@pytest.mark.parametrize("tool", TOOLS)
def test_arguments_of_a_real_tool_are_valid_whatever_the_user_said(tool: str) -> None:
    said = "In New York, ask alex@example.org to open https://example.net/a_b on 2027-01-02. Use celsius!"

    made = example(TOOLS[tool], said)

    assert is_valid(made, TOOLS[tool]), made


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "format": format_, **bounds}
        for format_ in FORMATS.checkers
        for bounds in ({}, {"maxLength": 60}, {"minLength": 3})
        if not (format_ == "json-pointer" and bounds)
    ],
    ids=json_text,
)
def test_every_format_has_a_valid_sample(schema: dict[str, Any]) -> None:
    assert is_valid(example(schema), schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "format": "email", "minLength": 40},
        {"type": "string", "format": "email", "maxLength": 7},
        {"type": "string", "format": "uri", "minLength": 300},
        {"type": "string", "format": "uri", "maxLength": 11},
        {"type": "string", "format": "hostname", "minLength": 100, "maxLength": 120},
        {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        {"type": "string", "format": "uri", "pattern": r"^https://github\.com/[\w-]+/[\w-]+$"},
        {"type": "array", "items": {"type": "string", "format": "date"}, "minItems": 9, "uniqueItems": True},
        {"type": "array", "items": {"type": "string", "format": "uuid"}, "minItems": 5, "uniqueItems": True},
        {"type": "string", "minLength": 500},
        {"type": "string", "maxLength": 0},
        {"type": "string", "pattern": "^[A-Z]{2}\\d+$", "minLength": 8, "maxLength": 8},
        {"type": "string", "pattern": "\\d", "minLength": 30},
        {"type": "string", "pattern": "^[^\\s]+@corp\\.example$"},
        {"type": "string", "pattern": "^(yes|no)$", "not": {"const": "yes"}},
        {"type": "string", "allOf": [{"pattern": "^ab"}, {"pattern": "^.{7}$"}]},
        {"type": "string", "allOf": [{"pattern": "z$"}, {"pattern": "^.{4,}$"}], "minLength": 5},
        {"type": "number", "maximum": -2.5, "exclusiveMaximum": -2.5},
        {"type": "number", "minimum": 1.5e300},
        {"type": "string", "pattern": "^[\\u4e00-\\u9fff]+$"},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
        {"type": "number", "minimum": 0.1, "maximum": 0.3, "multipleOf": 0.1},
        {"type": "integer", "minimum": 1000, "multipleOf": 7},
        {"type": "integer", "maximum": -1000, "multipleOf": 7},
        {"type": "integer", "minimum": 2.5, "maximum": 3.5},
        {"allOf": [{"multipleOf": 4}, {"multipleOf": 6}, {"minimum": 13}], "type": "integer"},
        {"type": "integer", "minimum": 2**64},
        {"type": ["integer", "null"], "maximum": -5},
        {"oneOf": [{"type": "integer"}, {"type": "number"}]},
        {"not": {"type": ["string", "number", "boolean"]}},
        {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 2},
        {"type": "array", "items": {"enum": [1, True, "1"]}, "uniqueItems": True, "minItems": 3},
        {"type": "array", "items": {"type": "string", "maxLength": 1}, "uniqueItems": True, "minItems": 40},
        {"type": "array", "prefixItems": [{"const": 1}, {"type": "string"}], "items": False},
        {"type": "array", "contains": {"type": "integer"}, "minContains": 2, "maxContains": 2, "minItems": 4},
        {"type": "array", "items": {"properties": {"a": {"type": "string"}}, "required": ["a"]},
         "minItems": 12, "uniqueItems": True},
        {"type": "object", "minProperties": 3, "propertyNames": {"pattern": "^[a-z]{3}$"}},
        {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "required": ["c"], "maxProperties": 2},
        {"type": "object", "properties": {"a": {}, "b": {}}, "dependentRequired": {"a": ["z"]}},
        {"type": "object", "properties": {"a": {}}, "dependentSchemas": {"a": {"required": ["b"]}}},
        {"type": "object", "properties": {"a": {}, "b": False}},
        {"type": "object", "properties": {"a": {}, "b": {}}, "not": {"required": ["b"]}},
        {"type": "object", "required": ["free"]},
        {"type": "object", "patternProperties": {"^x-": {"type": "integer"}}, "required": ["x-rate"]},
        {"allOf": [{"properties": {"a": {"minimum": 3}}}, {"properties": {"a": {"maximum": 3}}}],
         "required": ["a"], "type": "object"},
        {"if": {"type": "string"}, "then": False, "else": {"type": "integer"}},
        {"$ref": "#/$defs/a~1b%20c", "$defs": {"a/b c": {"type": "boolean"}}},
        {"$ref": "#here", "$defs": {"x": {"$anchor": "here", "const": 4}}},
        {"$ref": "#/prefixItems/1", "prefixItems": [True, {"const": 4}]},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"type": "null"}}},
        {"enum": [5, "a", None], "type": "string"},
        {"enum": [5, "a"], "default": "b"},
        {"type": "integer", "default": "5", "examples": ["x", 7]},
        {"const": {"a": [1, None]}},
        {},
        True,
    ],
    ids=json_text,
)  # fmt: skip
def test_an_example_is_valid(schema: Any) -> None:
    made = example(schema)

    assert is_valid(made, schema), made


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "default": "kelvin"}, "kelvin"),
        ({"type": "string", "default": "kelvin", "examples": ["rankine"]}, "kelvin"),
        ({"type": "string", "examples": ["rankine"]}, "rankine"),
        ({"type": "integer", "default": "3"}, 1),
        ({"type": ["string", "null"]}, "example"),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, 1),
        ({"type": "boolean"}, True),
        ({"enum": ["b", "a"]}, "b"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"key": 1}),
        ({"type": "object", "additionalProperties": {"type": "string"}}, {"key": "example"}),
        ({"type": "object"}, {}),
        ({"type": "array", "items": {"type": "integer"}}, [1]),
        ({"type": "array", "items": {"$ref": "#"}}, []),
        ({"type": "string", "pattern": "^[A-Z]{3}-\\d{4}$"}, "ABC-5678"),
    ],
    ids=json_text,
)
def test_the_most_natural_value_is_taken(schema: Any, value: Any) -> None:
    assert example(schema) == value


@pytest.mark.parametrize(
    ("name", "schema", "value"),
    [
        ("city", {"type": "string"}, "Paris"),
        ("departureCity", {"type": "string"}, "Paris"),
        ("cities", {"type": "array", "items": {"type": "string"}}, ["Paris"]),
        ("customer_email", {"type": "string"}, "alex@example.com"),
        ("year", {"type": "integer"}, 2026),
        ("price", {"type": "number"}, 9.99),
        ("latitude", {"type": "number", "maximum": 10}, 1),
        ("flux_capacity", {"type": "string"}, "example flux capacity"),
    ],
)
def test_a_property_without_hints_is_filled_by_its_name(name: str, schema: Any, value: Any) -> None:
    assert example({"type": "object", "properties": {name: schema}}) == {name: value}


@pytest.mark.parametrize(
    ("said", "name", "schema", "value"),
    [
        ("What's the weather in London?", "city", {"type": "string"}, "London"),
        ("weather in New York tomorrow", "location", {"type": "string"}, "New York"),
        ("What's it like in Paris in July?", "city", {"type": "string"}, "Paris"),
        ("a flight from Rome to Oslo", "destination", {"type": "string"}, "Oslo"),
        ("a flight from Rome to Oslo", "origin", {"type": "string"}, "Rome"),
        ("what is it in London's centre", "city", {"type": "string"}, "London"),
        ("in the morning", "city", {"type": "string"}, "Paris"),
        ("In Rome", "city", {"type": "string", "maxLength": 3, "minLength": 3}, "Par"),
        ("use Fahrenheit please", "unit", {"enum": ["celsius", "fahrenheit"]}, "fahrenheit"),
        ("in business class", "cabin", {"enum": ["economy", "business"], "default": "economy"}, "business"),
        ("in premium economy", "cabin", {"enum": ["first", "premium_economy"]}, "premium_economy"),
        ("dark", "theme", {"anyOf": [{"const": "light"}, {"const": "dark"}]}, "dark"),
        ("write to kim@example.net.", "email", {"type": "string"}, "kim@example.net"),
        ("read https://example.net/x.", "url", {"type": "string", "format": "uri"}, "https://example.net/x"),
        ("on 2027-03-04", "start_date", {"type": "string", "format": "date"}, "2027-03-04"),
        ("cheap  flights", "query", {"type": "string"}, "cheap flights"),
    ],
)
def test_what_the_user_said_is_preferred(said: str, name: str, schema: Any, value: Any) -> None:
    assert example({"type": "object", "properties": {name: schema}}, said) == {name: value}


def test_all_optional_properties_are_there() -> None:
    schema = {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "required": ["b"]}

    assert list(example(schema)) == ["a", "b", "c"]


def test_a_recursive_property_is_left_out_where_it_may_be() -> None:
    schema = {"type": "object", "properties": {"id": {"type": "integer"}, "next": {"$ref": "#"}}}

    assert example(schema) == {"id": 1}


def test_a_required_recursion_goes_as_deep_as_it_must() -> None:
    tail = {"anyOf": [{"$ref": "#/$defs/link"}, {"type": "null"}]}
    link = {"type": "object", "properties": {"next": tail}, "required": ["next"]}

    assert example({"$defs": {"link": link}, "$ref": "#/$defs/link"}) == {"next": None}


def test_nullable_gives_a_value_where_there_is_one() -> None:
    assert example({"type": "integer", "nullable": True, "default": None}) == 1


def test_nullable_ends_a_required_recursion() -> None:
    schema = {"type": "object", "properties": {"up": {"$ref": "#"}}, "required": ["up"], "nullable": True}

    assert example(schema) in (None, {"up": None})


def test_the_same_schema_has_the_same_example() -> None:
    assert [example(schema) for schema in TOOLS.values()] == [example(schema) for schema in TOOLS.values()]


def test_an_integer_beyond_64_bits_can_still_be_written() -> None:
    assert json_text(example({"type": "integer", "minimum": 2**70}))


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (False, {}),
        ({"type": "string", "enum": []}, "example"),
        ({"type": "integer", "minimum": 5, "maximum": 1}, 1),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a", "b"],
          "additionalProperties": False}, {"a": "example a"}),
        ({"type": "array", "minItems": 2, "maxItems": 1, "items": {"type": "integer"}}, [1]),
        ({"$ref": "#/nowhere"}, "example"),
        ({"$ref": "#gone"}, "example"),
        ({"$ref": "#/prefixItems/7", "prefixItems": [True]}, ["example"]),
        ({"$ref": "https://example.com/schema"}, "example"),
        ({"type": "string", "pattern": "("}, "example"),
    ],
)  # fmt: skip
def test_an_impossible_schema_gets_a_best_effort(schema: Any, value: Any) -> None:
    assert example(schema) == value
