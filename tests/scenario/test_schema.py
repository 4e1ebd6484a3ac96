"""The JSON Schema of the language: valid, complete, and never stricter than the reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from mockserver.scenario.files import load_text
from mockserver.scenario.read_manner import USAGE
from mockserver.scenario.read_match import EXPECT, MATCH
from mockserver.scenario.read_outcome import ERROR_SHAPE, RAW_SHAPE
from mockserver.scenario.read_pace import PACE, SIZES_SHAPE
from mockserver.scenario.read_reply import PARTS
from mockserver.scenario.read_scenario import SCENARIO
from mockserver.scenario.read_turn import ATTEMPT, OVERRIDE, TURN
from mockserver.scenario.read_value import JSON
from mockserver.scenario.read_wire import WIRE
from mockserver.scenario.reading import Reading, Shape
from mockserver.scenario.schema import schema, schema_json
from mockserver.scenario.yaml_nodes import compose, decode

HERE = Path(__file__).parent
GOOD_FILES = [*HERE.glob("valid/*.yaml"), *HERE.parent.parent.glob("scenarios/*.yaml")]
SHAPES = [
    SCENARIO,
    TURN,
    ATTEMPT,
    OVERRIDE,
    MATCH,
    EXPECT,
    ERROR_SHAPE,
    RAW_SHAPE,
    PACE,
    SIZES_SHAPE,
    USAGE,
    WIRE,
    *(form.shape for form in PARTS.values()),
]


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(schema(("openai", "openai.chat", "openai.responses", "anthropic", "gemini")))


def documents(text: str) -> list[Any]:
    """The documents as an editor sees them: YAML 1.2, core schema."""
    reading = Reading(())
    return [value for node in compose(text, "a").documents for value in reading.tried(JSON, node)]


def nested(value: Any) -> Iterator[dict[str, Any]]:
    match value:
        case dict():
            yield value
            for inner in value.values():
                yield from nested(inner)
        case list():
            for inner in value:
                yield from nested(inner)
        case _:
            pass


def test_it_is_a_json_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_it_is_printed_as_indented_json() -> None:
    printed = schema_json(("openai",))

    assert orjson.loads(printed) == schema(("openai",))
    assert printed.startswith('{\n  "$schema"')


def test_every_reference_leads_somewhere() -> None:
    whole = schema()
    references = {item["$ref"] for item in nested(whole) if "$ref" in item}

    assert {f"#/$defs/{name}" for name in whole["$defs"]} >= references


def test_every_definition_is_referred_to() -> None:
    whole = schema()
    references = {item["$ref"] for item in nested(whole) if "$ref" in item}

    assert {f"#/$defs/{name}" for name in whole["$defs"]} == references


def test_protocols_are_named_where_they_are_known() -> None:
    assert schema(("b", "a"))["$defs"]["protocol"] == {"enum": ["a", "b"]}


@pytest.mark.parametrize("path", GOOD_FILES, ids=lambda path: path.name)
def test_it_accepts_every_good_file(validator: Draft202012Validator, path: Path) -> None:
    errors = [
        error.message
        for document in documents(decode(path.read_bytes(), path.name))
        for error in validator.iter_errors(document)
    ]

    assert errors == []


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.title)
def test_every_key_is_described(shape: Shape) -> None:
    assert all(key.says.endswith(".") for key in shape.keys)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.title)
def test_every_shape_of_the_reader_is_in_the_schema(shape: Shape) -> None:
    known = [set(item["properties"]) for item in nested(schema()) if "properties" in item]

    assert set(shape.spellings) in known


@pytest.mark.parametrize(
    "text",
    [
        "repyl: Hello!",
        "reply: Hello!\nerror: quota",
        "scenario: a",
        "reply:",
        "reply: {text: Hello!}",
        "reply: [{text: a, refusal: b}]",
        "reply: [{tool_call: }]",
        "reply: [{text: a, arguments: {}}]",
        "error: ratelimit",
        "error: {kind: quota, status: 200}",
        "raw: {openai: {status: 500}}",
        "raw: {closedai: {body: x}}",
        "attempts: []",
        "attempts: [{finish: stop}]",
        "turns: [{finish: stop}]",
        "reply: x\nturns: [reply: x]",
        "reply: x\nfinish: stopp",
        "reply: x\nusage: {input: -1}",
        "reply: x\npace: {first: 3 weeks}",
        "reply: x\npace: {chunk: 0}",
        "reply: x\npace: {chunk: {uniform: [2]}}",
        "reply: x\npace: {first: [1s]}",
        "reply: x\npace: {gap: []}",
        "reply: x\npace: {gap: {normal: 1s}}",
        "reply: x\npace: {gap: {lognormal: 1s, sigma: 9}}",
        "reply: x\npace: {gap: {uniform: [1s, 2s, 3s]}}",
        "reply: x\npace: {rate: 50 words/s}",
        "reply: x\nwire: {write: 0}",
        "reply: x\nwire: {write: 7 words}",
        "reply: x\nwire: {encoding: lzw}",
        "reply: x\nwire: {keep_alive: true}",
        "reply: x\nwire: {crlf: true}",
        "reply: x\nheaders: {'x y': z}",
        "reply: x\nmatch: by_name",
        "reply: x\nmatch: {user: {equal: x}}",
        "reply: x\nmatch: {body: {a: x}}",
        "reply: x\nmatch: {stream: yes}",
        "reply: x\nfor: {openai: {for: {}}}",
        "reply: x\nafter: loop",
        "scenario: a b\nreply: x",
        "faults: [{do: explode}]\nreply: x",
    ],
)
def test_it_refuses_what_the_reader_refuses(validator: Draft202012Validator, text: str) -> None:
    (document,) = documents(text)

    assert load_text(text, "a", ("openai",)).problems
    assert not validator.is_valid(document)
