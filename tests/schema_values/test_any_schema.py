"""Whatever satisfiable schema comes, the example is valid: judged by jsonschema, an independent validator.

Each schema is written around a value that fits it, so that it is never impossible to meet.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from time import perf_counter
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from patience import HANG

from mockserver.conversation import json_text
from mockserver.schema_values import example
from mockserver.schema_values.checking import _CHECKS, fits

_WORDS = st.text("abcXYZ019 _-/é", max_size=8)
_KEYS = st.sampled_from(["a", "b", "city", "count", "x-1", "x-2", "id"])
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1000, 1000),
    st.integers(-4000, 4000).map(lambda number: number / 4),
    _WORDS,
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_KEYS, inner, max_size=4)),
    max_leaves=8,
)


@st.composite
def _schema_around(draw: st.DrawFn, value: Any, depth: int = 3) -> dict[str, Any] | bool:
    """A schema that `value` fits."""
    if depth == 0 or draw(st.integers(0, 9)) == 0:
        plain: list[dict[str, Any] | bool] = [True, {}, {"const": value}, {"type": _type(value)}]
        return plain[draw(st.integers(0, len(plain) - 1))]
    schema: dict[str, Any] = {}
    if draw(st.booleans()):
        schema["type"] = draw(st.sampled_from([_type(value), [_type(value), "null"]]))
    schema |= draw(_keywords(value, depth - 1))
    for _ in range(draw(st.integers(0, 1))):
        schema |= draw(_combinators(value, depth - 1))
    return schema


def _type(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


@st.composite
def _some(draw: st.DrawFn, keywords: dict[str, Any]) -> dict[str, Any]:
    """Some of the keywords."""
    kept = draw(st.sets(st.sampled_from(sorted(keywords)))) if keywords else set()
    return {keyword: keywords[keyword] for keyword in sorted(kept)}


@st.composite
def _keywords(draw: st.DrawFn, value: Any, depth: int) -> dict[str, Any]:
    match value:
        case bool() | None:
            return draw(_some({"enum": [value, "other"]}))
        case int() | float():
            return draw(_number_keywords(value))
        case str():
            return draw(_string_keywords(value))
        case list():
            return draw(_array_keywords(value, depth))
        case _:
            return draw(_object_keywords(value, depth))


@st.composite
def _number_keywords(draw: st.DrawFn, value: float) -> dict[str, Any]:
    near = st.integers(0, 20)
    return draw(
        _some(
            {
                "minimum": value - draw(near),
                "maximum": value + draw(near),
                "exclusiveMinimum": value - 0.5 - draw(near),
                "exclusiveMaximum": value + 0.5 + draw(near),
                "multipleOf": draw(st.sampled_from([0.25, abs(value) or 3])),
                "enum": [value + 1, value],
            },
        ),
    )


@st.composite
def _string_keywords(draw: st.DrawFn, value: str) -> dict[str, Any]:
    cut = draw(st.integers(0, len(value)))
    patterns = [
        f"^{re.escape(value[:cut])}",
        f"{re.escape(value[cut:])}$",
        "^[a-zA-Z0-9é _/-]*$",
        "^(" + "|".join(re.escape(letter) for letter in sorted(set(value)) or ["q"]) + f"){{{len(value)},}}$",
        f"^.{{{len(value)}}}$",
    ]
    return draw(
        _some(
            {
                "minLength": draw(st.integers(0, len(value))),
                "maxLength": len(value) + draw(st.integers(0, 5)),
                "pattern": draw(st.sampled_from(patterns)),
                "default": draw(st.sampled_from([value, "", 5])),
            },
        ),
    )


@st.composite
def _array_keywords(draw: st.DrawFn, value: list[Any], depth: int) -> dict[str, Any]:
    fixed = draw(st.integers(0, len(value)))
    around = [draw(_schema_around(item, depth)) for item in value]
    keywords: dict[str, Any] = {
        "minItems": draw(st.integers(0, len(value))),
        "maxItems": len(value) + draw(st.integers(0, 3)),
    }
    if fixed:
        keywords["prefixItems"] = around[:fixed]
    if value:
        keywords["contains"] = draw(st.sampled_from(around))
    keywords = draw(_some(keywords))
    rest = around[len(keywords.get("prefixItems", [])) :]
    if draw(st.booleans()):
        keywords["items"] = {"anyOf": rest} if rest else draw(st.sampled_from([False, {"type": "string"}]))
    if len({json_text(item) for item in value}) == len(value) and 0 not in value and 1 not in value:
        keywords["uniqueItems"] = True
    return keywords


@st.composite
def _object_keywords(draw: st.DrawFn, value: dict[str, Any], depth: int) -> dict[str, Any]:
    around = {name: draw(_schema_around(item, depth)) for name, item in value.items()}
    declared = draw(_some(around))
    rest = {name: schema for name, schema in around.items() if name not in declared}
    keywords: dict[str, Any] = {
        "required": draw(st.lists(st.sampled_from(sorted(value)), unique=True)) if value else [],
        "minProperties": draw(st.integers(0, len(value))),
        "maxProperties": len(value) + draw(st.integers(0, 2)),
        "propertyNames": {"maxLength": 5, "pattern": "^[a-z]"},
        "dependentRequired": {"a": sorted(value)},
        "additionalProperties": {"anyOf": [*rest.values()]} if rest else False,
    }
    return {"properties": declared} | draw(_some(keywords))


@st.composite
def _combinators(draw: st.DrawFn, value: Any, depth: int) -> dict[str, Any]:
    around = _schema_around(value, depth)
    other = draw(_schema_around(draw(_VALUES), depth))
    first = draw(around)
    strange = {"type": "array" if _type(value) != "array" else "object"}
    kind = draw(st.sampled_from(["allOf", "anyOf", "oneOf", "not", "if", "else"]))
    match kind:
        case "allOf":
            return {"allOf": [first, draw(around)]}
        case "anyOf":
            return {"anyOf": draw(st.permutations([other, first]))}
        case "oneOf":
            return {"oneOf": draw(st.permutations([first, strange if first not in (True, {}) else False]))}
        case "not":
            return {"not": strange}
        case "if":
            return {"if": draw(around), "then": first}
        case _:
            return {"if": strange, "then": other, "else": first}


@st.composite
def _cases(draw: st.DrawFn) -> tuple[Any, Any]:
    value = draw(_VALUES)
    schema = draw(_schema_around(value))
    if draw(st.booleans()):
        schema = {"$defs": {"wanted": schema}, "$ref": "#/$defs/wanted"}
    return value, schema


# Derandomized: the search for an example is bounded, so an unlucky run could find a schema beyond the bounds.
_CALM = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@_CALM
@given(_cases())
def test_an_example_is_valid_whenever_a_valid_value_exists(case: tuple[Any, Any]) -> None:
    witness, schema = case
    validator = Draft202012Validator(schema)
    assume(validator.is_valid(witness))

    made = example(schema)

    assert validator.is_valid(made), (made, witness)


@_CALM
@given(_cases(), _VALUES)
def test_the_check_agrees_with_another_validator(case: tuple[Any, Any], value: Any) -> None:
    _, schema = case

    expected = Draft202012Validator(schema).is_valid(value)

    assert fits(value, schema, schema) == expected


_KEYWORDS = sorted(
    {*_CHECKS, "$defs", "default", "else", "examples", "maxContains", "minContains", "nullable", "then"}
)
_GARBAGE = st.recursive(
    st.one_of(
        _SCALARS, st.floats(), st.sampled_from(["#", "#/$defs/a", "object", "date", "^(a+)+$", "[", 2**70])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(_KEYWORDS), st.text(max_size=3)), inner, max_size=5),
    ),
    max_leaves=20,
)


@_CALM
@given(st.one_of(_GARBAGE, st.dictionaries(st.sampled_from(_KEYWORDS), _GARBAGE, min_size=1)))
def test_no_garbage_makes_it_raise(schema: Any) -> None:
    made = example(schema, "in Paris")

    assert orjson.dumps(made)


def _nested(depth: int, wrap: Callable[[Any], Any]) -> Any:
    schema: Any = {"type": "integer"}
    for _ in range(depth):
        schema = wrap(schema)
    return schema


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "minItems": 10**9},
        {"type": "string", "minLength": 10**12},
        {"type": "object", "minProperties": 10**9},
        {"type": "string", "pattern": "^(a{1000}){1000}$"},
        {"type": "string", "pattern": "^(a+)+$", "default": "a" * 40 + "!"},
        {"type": "string", "pattern": "(" * 3000 + ")" * 3000},
        {"type": "string", "pattern": "a{99999999999}"},
        {"type": "integer", "minimum": 10**400},
        {
            "allOf": [{"anyOf": [{"minimum": n}, {"maximum": -n}]} for n in range(40)],
            "type": "boolean",
            "not": {},
        },
        {
            "$ref": "#/$defs/many",
            "$defs": {"many": {"required": [*"abcdef"], "additionalProperties": {"$ref": "#/$defs/many"}}},
        },
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        _nested(900, lambda inner: {"type": "object", "properties": {"a": inner}, "required": ["a"]}),
        _nested(900, lambda inner: {"not": inner}),
        _nested(6, lambda inner: {"type": "array", "items": inner, "minItems": 1000}),
        {"default": _nested(400, lambda inner: [inner])},
    ],
    ids=range(15),
)
def test_no_schema_takes_for_ever(schema: Any) -> None:
    started = perf_counter()

    made = example(schema, "in Paris " * 10_000)

    assert orjson.dumps(made)
    assert perf_counter() - started < HANG
