"""JSON values: the core schema of YAML 1.2, and templates in strings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.scenario.model import JsonPart, Part, Template, TemplateValue

Parts = Callable[[str], tuple[Part, ...]]
Problems = Callable[[str], list[str]]


def value_of(parts: Parts, text: str) -> Any:
    (part,) = parts(f"reply: [json: {text}]")
    assert isinstance(part, JsonPart)
    return part.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-7", -7),
        ("+7", 7),
        ("010", 10),
        ("0o10", 8),
        ("0xfF", 255),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("18446744073709551615", 2**64 - 1),
        ("-9223372036854775808", -(2**63)),
    ],
)
def test_a_plain_scalar_is_what_it_looks_like(parts: Parts, text: str, value: Any) -> None:
    actual = value_of(parts, text)

    assert value == actual
    assert type(value) is type(actual)


@pytest.mark.parametrize(
    "text", ["yes", "no", "on", "off", "y", "12:30", "2026-11-01", "1_000", "0b1", "tRUE", "1e", "nan"]
)
def test_what_only_yaml_1_1_resolves_stays_text(parts: Parts, text: str) -> None:
    assert value_of(parts, text) == text


@pytest.mark.parametrize("text", ["'true'", '"1"', "!!str 1"])
def test_a_quoted_scalar_is_text(parts: Parts, text: str) -> None:
    assert value_of(parts, text) in {"true", "1"}


def test_keys_are_text(parts: Parts) -> None:
    assert value_of(parts, "{1: a, true: b}") == {"1": "a", "true": "b"}


def test_a_string_anywhere_may_be_a_template(parts: Parts) -> None:
    value = value_of(parts, '{a: [{b: "{{ user }}"}, plain]}')

    assert isinstance(value, TemplateValue)
    assert isinstance(value.value["a"][0]["b"], Template)
    assert value.value["a"][1] == "plain"


def test_a_key_is_no_template(parts: Parts) -> None:
    assert value_of(parts, '{"{{ city }}": 1}') == {"{{ city }}": 1}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (".inf", "JSON has no infinity and no NaN"),
        ("-.INF", "JSON has no infinity and no NaN"),
        (".NaN", "JSON has no infinity and no NaN"),
        ("1e999", "the number is too large"),
        ("18446744073709551616", "the number does not fit in 64 bits"),
        ("-9223372036854775809", "the number does not fit in 64 bits"),
        ("9" * 9000, "the number does not fit in 64 bits"),
        ("9" * 9000 + ".0", "the number is too large"),
    ],
)
def test_what_json_cannot_carry_is_a_problem(problems: Problems, text: str, what: str) -> None:
    assert problems(f"reply:\n  - json: {text}") == [f"2:11 `json`: {what}"]


def test_every_bad_value_is_told(problems: Problems) -> None:
    assert problems("reply:\n  - json: {a: .nan, b: [.inf]}") == [
        "2:15 `a`: JSON has no infinity and no NaN",
        "2:25 `b`: JSON has no infinity and no NaN",
    ]
