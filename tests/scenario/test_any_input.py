"""Whatever a file holds, loading it ends in scenarios or in problems to be shown, never in an exception.

And what the reader accepts the schema accepts: the other direction of `test_schema.py`, by generated files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mockserver.conversation import ERROR_KINDS, FINISHES
from mockserver.scenario.files import Loaded, load, load_text, report
from mockserver.scenario.read_scenario import SCENARIO
from mockserver.scenario.schema import schema

Values: TypeAlias = st.SearchStrategy[Any]

PROTOCOLS = ("openai", "openai.chat", "gemini")
VALIDATOR = Draft202012Validator(schema(PROTOCOLS))

WORDS = ["auto", "by-name", "{{ x }}", "{% if %}", "/a/i", "/(/", "1s", "50/s", "8x8", "a.png", "", "{"]
SCALARS = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=5),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
)
JUNK = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(sorted(SCENARIO.spellings)), inner, max_size=3),
    ),
    max_leaves=6,
)


def now_and_then_junk(good: Values) -> Values:
    """Mostly good values: of a document all of whose values are bad little is ever read."""
    return st.integers(0, 30).flatmap(lambda number: JUNK if number == 0 else good)


def words(*choices: object) -> Values:
    return now_and_then_junk(st.sampled_from(choices))


def one_or_many(values: Values) -> Values:
    return st.one_of(values, st.lists(values, min_size=1, max_size=3))


def some_of(needed: dict[str, Values] | None = None, /, **optional: Values) -> Values:
    return now_and_then_junk(st.fixed_dictionaries(needed or {}, optional=optional))


def by_protocol(values: Values) -> Values:
    return st.dictionaries(words(*PROTOCOLS).filter(lambda name: isinstance(name, str)), values, min_size=1)


SWITCHES = now_and_then_junk(st.booleans())
TEXTS = st.one_of(words("Hello!", "{{ user }}", "no", 12, 1.5, "two\nlines", "/a/i"), SWITCHES)
MATCHERS = st.recursive(
    TEXTS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=2), some_of({"not": inner}), some_of({"equals": TEXTS})
    ),
    max_leaves=3,
)
CONDITIONS: dict[str, Values] = {
    "protocol": one_or_many(words(*PROTOCOLS)),
    "model": one_or_many(words("gpt-*", "x")),
    "user": MATCHERS,
    "system": MATCHERS,
    "tools": one_or_many(TEXTS),
    "stream": SWITCHES,
    "format": one_or_many(words("text", "json", "json_schema")),
    "header": some_of({"X-A": MATCHERS}),
    "key": words("sk-*"),
    "body": some_of({"/a~1": st.one_of(MATCHERS, some_of({"equals": JUNK}))}),
}
TOOL_RESULTS = st.one_of(one_or_many(words("f")), some_of({"f": MATCHERS}))
PARTS = st.one_of(
    TEXTS,
    some_of({"text": TEXTS}),
    some_of({"thinking": TEXTS}, signature=TEXTS, redacted=SWITCHES),
    some_of({"tool_call": words("f")}, arguments=some_of(a=JUNK), id=TEXTS),
    some_of({"refusal": TEXTS}),
    some_of({"json": JUNK}),
    some_of({"image": st.one_of(words("8x8"), some_of({"width": words(8), "height": words(8)}))}),
    some_of({"native": by_protocol(JUNK)}),
)
REPLIES = st.one_of(TEXTS, words("auto"), st.lists(PARTS, max_size=3))
DURATIONS = words("300ms", "1.5 s", 2, 0.5, "1h")
ERRORS = st.one_of(
    words(*ERROR_KINDS),
    some_of(
        {"kind": words(*ERROR_KINDS)},
        message=TEXTS,
        retry_after=DURATIONS,
        status=words(429, 599),
        code=TEXTS,
    ),
)
RAW_HEAD: dict[str, Values] = {"status": words(200, 500), "headers": some_of({"x-a": words("b", 1)})}
RAW = by_protocol(
    st.one_of(
        some_of({"body": JUNK}, **RAW_HEAD),
        some_of({"events": st.lists(JUNK, max_size=2)}, **RAW_HEAD),
        some_of({"bytes": st.one_of(TEXTS, some_of({"base64": words("aGkK", "aGk")}))}, **RAW_HEAD),
    )
)
TOKENS = words(0, 7, 2**63 - 1)
DELAYS = st.one_of(
    DURATIONS,
    some_of({"uniform": st.lists(DURATIONS, min_size=2, max_size=3)}),
    some_of({"normal": DURATIONS}, deviation=DURATIONS),
    some_of({"lognormal": DURATIONS}, sigma=words(0, 0.6, 6)),
    some_of({"any_of": st.lists(DURATIONS, max_size=2)}),
)
MANNER: dict[str, Values] = {
    "finish": st.one_of(words(*FINISHES), some_of({"native": TEXTS})),
    "usage": some_of(
        input=TOKENS, output_tokens=TOKENS, cached=TOKENS, cache_write_tokens=TOKENS, thinking=TOKENS
    ),
    "headers": some_of({"x-a": words("{{ b }}", 1)}),
    "pace": st.one_of(
        some_of(first=DELAYS, gap=DELAYS, jitter=words("lognormal", "1ms"), chunk=words("word", 3)),
        some_of(rate=words("50/s", "10/m", 7, "5 tokens/s"), chunk=st.lists(words("a", "b"), min_size=1)),
        some_of(
            gap=st.lists(DURATIONS, max_size=2), chunk=some_of(uniform=st.lists(words(2, 9), max_size=3))
        ),
    ),
    "wire": some_of(
        write=words("event", "whole", "7 bytes", 512),
        split_characters=st.booleans(),
        newline=words("lf", "crlf", "cr", "native"),
        comments=st.one_of(st.booleans(), words("ping")),
        keep_alive=st.one_of(st.booleans(), words("15s", 0.5)),
        retry=words("3s", 0),
        padding=words(0, 9),
        data_lines=words(1, 3),
        encoding=words("gzip", "br", "identity"),
        body=words("chunked", "length", "close", "native"),
    ),
}


def outcomes(**beside: Values) -> list[Values]:
    return [
        some_of({"reply": REPLIES}, **beside),
        some_of({"error": ERRORS}, **beside),
        some_of({"raw": RAW}, **beside),
    ]


ATTEMPTS = st.lists(st.one_of(TEXTS, *outcomes(**MANNER)), min_size=1, max_size=2)
EXPECT = some_of(**CONDITIONS, tool_result=TOOL_RESULTS)
OVERRIDES = by_protocol(st.one_of(*outcomes(**MANNER, expect=EXPECT), some_of(**MANNER)))
TURN: dict[str, Values] = {**MANNER, "expect": EXPECT, "for": OVERRIDES}
TURNS = st.one_of(*outcomes(**TURN), some_of({"attempts": ATTEMPTS}, **TURN))
TOP: dict[str, Values] = {
    "scenario": words("a", "b.1", 1.5),
    "description": TEXTS,
    "match": st.one_of(words("by-name"), some_of(**CONDITIONS)),
    "after": words("repeat"),
}
DOCUMENTS = st.one_of(
    *outcomes(**TURN, **TOP),
    some_of({"attempts": ATTEMPTS}, **TURN, **TOP),
    some_of({"turns": st.lists(TURNS, min_size=1, max_size=2)}, **TOP),
)

PIECES = st.sampled_from(
    [
        *("{{", "}}", "{%", "*a ", "&a ", "<<: ", "\t", "!x ", "|\n", ">-\n", "'", '"', "[", "]", "{", "}"),
        *(": ", "- ", "---\n", "...\n", "\n", "\n  ", "\n    ", " ", "\r\n", "\x85", "\u2028", "\ufeff", "?"),
        *("#", "%", "@", "~", "\\", "🎈", "é", "reply: ", "turns:\n  - ", "match: ", "user: ", "text: "),
        *("tool_call: ", "json: ", "pace: ", "wire: ", "scenario: ", "hello", "/a/", "1", "auto"),
    ]
)


def check(loaded: Loaded) -> None:
    assert loaded.scenarios or loaded.problems
    assert report(loaded).encode()
    for problem in loaded.problems:
        place = problem.place
        assert place.line == 0 or 1 <= place.column <= len(place.source) + 2


@settings(deadline=None)
@given(st.text(st.characters()))
def test_any_text_is_loaded_or_told(text: str) -> None:
    check(load_text(text, "any.yaml", PROTOCOLS))


@settings(deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_pieces_of_yaml_are_loaded_or_told(text: str) -> None:
    check(load_text(text, "any.yaml", PROTOCOLS))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=st.binary())
def test_any_bytes_are_loaded_or_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.yaml"
    path.write_bytes(content)

    check(load([path], PROTOCOLS))


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(DOCUMENTS)
def test_what_the_reader_accepts_the_schema_accepts(document: Any) -> None:
    text = json.dumps(document, ensure_ascii=False)

    loaded = load_text(text, "any.yaml", PROTOCOLS)

    check(loaded)
    if not loaded.problems:
        assert [error.message for error in VALIDATOR.iter_errors(document)] == []


@pytest.mark.parametrize(
    "text",
    [
        "reply:\n" + "".join(f"{'  ' * depth}- json:\n" for depth in range(1, 200)),
        "match: {user: " + "{not: " * 500 + "a" + "}" * 500 + "}",
        "reply: " + "[" * 20_000,
        "reply: " + "{a: " * 20_000,
        "reply: x\nmatch: {user: '/" + "(" * 20_000 + "/'}",
        "reply: '{{ " + "[" * 20_000 + " }}'",
        "reply: '" + "{% if x %}" * 2_000 + "'",
        "reply: [json: " + "9" * 100_000 + "]",
        "a" * 1_000_000,
        "? " * 20_000,
        "- " * 20_000,
    ],
    ids=lambda text: text[:20],
)
def test_nothing_is_too_deep_or_too_long(text: str) -> None:
    check(load_text(text, "any.yaml", PROTOCOLS))
