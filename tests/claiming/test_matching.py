"""Every key of `match`, and what is told when it does not hold."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.claiming.matching import Absent, captured, differences, look_up
from mockserver.conversation import (
    Format,
    Http,
    Message,
    Request,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from mockserver.scenario.files import load_text
from mockserver.scenario.model import Conditions

PROTOCOLS = frozenset({"openai", "openai.chat", "openai.responses", "anthropic", "gemini"})


def conditions(match: str) -> Conditions:
    loaded = load_text(f"scenario: s\nmatch: {match}\nreply: x\n", "test.yaml", PROTOCOLS)

    assert not loaded.problems
    return loaded.scenarios[0].match


def request(**fields: Any) -> Request:
    given: dict[str, Any] = {
        "protocol": "openai.chat",
        "model": "gpt-4o-mini",
        "messages": (Message("user", (Text("What's up in Paris?"),)),),
        "http": Http("POST", "/", headers={"user-agent": "sdk/1.0"}, key="key-7"),
        "body": {"temperature": 0.2, "user": "Ann", "tags": ["a", "b/c"], "strict": True, "top": 1},
        "system": "You are brief.",
        "tools": (Tool("get_weather"), Tool("get_time")),
    }
    return Request(**{**given, **fields})


def told(match: str, **fields: Any) -> list[str]:
    found = request(**fields)
    return [str(difference) for difference in differences(conditions(match), found, found.user)]


HOLDS = [
    "{}",
    "{protocol: openai}",
    "{protocol: openai.chat}",
    "{protocol: [anthropic, openai]}",
    "{model: gpt-*}",
    "{model: [claude-*, gpt-4o*]}",
    "{user: PARIS}",
    "{user: '/in (Rome|Paris)/'}",
    "{user: '/IN paris/i'}",
    "{user: {equals: What's up in Paris?}}",
    "{user: {not: Rome}}",
    "{user: [Rome, Paris]}",
    "{user: {not: [Rome, Oslo]}}",
    "{system: brief}",
    "{tools: get_time}",
    "{tools: [get_time, get_weather]}",
    "{tool_choice: auto}",
    "{tool_choice: [none, auto]}",
    "{stream: false}",
    "{format: text}",
    "{format: [json, text]}",
    "{header: {User-Agent: sdk}}",
    "{key: key-*}",
    "{body: {/temperature: 0.2}}",
    "{body: {/user: ann}}",
    "{body: {/tags/1: {equals: b/c}}}",
    "{body: {/strict: true}}",
    "{body: {/user: {not: Bob}}}",
    "{body: {/top: [2, 1]}}",
]


@pytest.mark.parametrize("match", HOLDS)
def test_a_condition_that_holds_tells_nothing(match: str) -> None:
    assert told(match) == []


@pytest.mark.parametrize(
    ("match", "difference"),
    [
        ("{protocol: gemini}", "protocol: wanted gemini, got openai.chat"),
        ("{protocol: openai.responses}", "protocol: wanted openai.responses, got openai.chat"),
        ("{model: claude-*}", 'model: wanted claude-*, got "gpt-4o-mini"'),
        ("{user: Rome}", 'user: wanted text containing "Rome", got "What\'s up in Paris?"'),
        ("{user: {equals: Paris}}", 'user: wanted exactly "Paris", got "What\'s up in Paris?"'),
        (
            "{user: {not: Paris}}",
            'user: wanted anything but text containing "Paris", got "What\'s up in Paris?"',
        ),
        ("{user: '/^in/is'}", 'user: wanted text matching /^in/is, got "What\'s up in Paris?"'),
        ("{user: '/^in/'}", 'user: wanted text matching /^in/, got "What\'s up in Paris?"'),
        ("{system: verbose}", 'system: wanted text containing "verbose", got "You are brief."'),
        ("{tools: [get_time, send]}", "tools: wanted send, got get_weather, get_time"),
        ("{tool_choice: required}", "tool_choice: wanted required, got auto"),
        ("{stream: true}", "stream: wanted true, got false"),
        ("{format: json}", "format: wanted json, got text"),
        ("{header: {x-no: a}}", 'header: wanted x-no: text containing "a", got no such header'),
        (
            "{header: {user-agent: curl}}",
            'header: wanted user-agent: text containing "curl", got another value',
        ),
        ("{key: other*}", "key: wanted other*, got another key"),
        ("{body: {/temperature: 1}}", "body: wanted /temperature: exactly 1, got 0.2"),
        ("{body: {/strict: 1}}", "body: wanted /strict: exactly 1, got true"),
        ("{body: {/no/such: 1}}", "body: wanted /no/such: exactly 1, got no such field"),
    ],
)
def test_a_condition_that_does_not_hold_tells_what_was_wanted_and_what_came(
    match: str, difference: str
) -> None:
    assert told(match) == [difference]


def test_all_differences_are_told_not_only_the_first() -> None:
    assert len(told("{protocol: gemini, user: Rome, stream: true}")) == 3


@pytest.mark.parametrize("choice", [ToolChoice("none"), ToolChoice("required", ("get_weather",))])
def test_a_tool_that_may_not_be_called_is_not_offered(choice: ToolChoice) -> None:
    assert len(told("{tools: get_time}", tool_choice=choice)) == 1


def test_once_results_are_there_the_tool_choice_does_not_matter() -> None:
    messages = (
        Message("user", (Text("Paris?"),)),
        Message("assistant", (ToolCall("get_time", {}, "1"),)),
        Message("tool", (ToolResult("1", "noon"),)),
    )

    assert told("{tools: get_time}", tool_choice=ToolChoice("none"), messages=messages) == []


def test_a_json_schema_is_a_format_of_its_own() -> None:
    assert told("{format: json_schema}", format=Format("json_schema", {})) == []


def test_a_text_that_has_to_fit_a_schema_is_not_any_text() -> None:
    assert told("{format: text}", format=Format("text", {"enum": ["a"]})) == [
        "format: wanted text, got json_schema"
    ]


def test_a_long_value_is_shown_shortened() -> None:
    (difference,) = told("{user: Rome}", messages=(Message("user", (Text("x" * 500),)),))

    assert difference.endswith("… (502 characters)")


def test_named_groups_of_every_matcher_are_captured() -> None:
    match = "{user: '/in (?P<city>\\w+)/', system: '/are (?P<style>\\w+)/', body: {/user: '/(?P<who>.+)/'}}"

    assert captured(conditions(match), request(), request().user) == {
        "city": "Paris",
        "style": "brief",
        "who": "Ann",
    }


def test_a_group_that_took_no_part_is_not_defined() -> None:
    assert captured(conditions("{user: '/Paris(?P<more> and .+)?/'}"), request(), request().user) == {}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", {"a/b": [{"c~d": 1}], "n": None}),
        ("/a~1b/0/c~0d", 1),
        ("/n", None),
        ("/a~1b/1", Absent()),
        ("/a~1b/x", Absent()),
        ("/n/x", Absent()),
        ("/missing", Absent()),
    ],
)
def test_a_pointer_finds_its_place(pointer: str, value: object) -> None:
    assert look_up({"a/b": [{"c~d": 1}], "n": None}, pointer) == value
