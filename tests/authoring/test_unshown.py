"""Faults of a script that show on none of the wires that it is for, with the wires that there are."""

from __future__ import annotations

import pytest

from mockserver.assembly import parse_scenarios
from mockserver.authoring.reviewing import warnings

CALL = "[{tool_call: f, arguments: {city: Paris}}]"


def hidden(text: str) -> list[str]:
    """The faults of a script that are told to show nowhere."""
    told = [
        warning.what for warning in warnings(parse_scenarios(text, "s")) if "none of these" in warning.what
    ]
    return [what.split("`")[1] for what in told]


@pytest.mark.parametrize(
    ("protocol", "told"),
    [
        ("[gemini, anthropic]", ["sequence-gap"]),
        ("[gemini, openai]", []),
        ("openai.responses", []),
        ("openai.chat", ["sequence-gap"]),
    ],
)
def test_a_fault_shows_on_one_of_the_wires_that_the_scenario_is_for_or_it_is_told(
    protocol: str, told: list[str]
) -> None:
    assert hidden(f"match: {{protocol: {protocol}}}\nreply: Hello!\nfault: sequence-gap") == told


@pytest.mark.parametrize(("reply", "told"), [("Hello!", ["unknown-tool"]), (CALL, [])])
def test_a_fault_of_calls_needs_one_in_the_reply(reply: str, told: list[str]) -> None:
    assert hidden(f"reply: {reply}\nfault: unknown-tool") == told


def test_attempts_are_judged_each_by_its_reply() -> None:
    text = (
        f"attempts:\n  - {{reply: Hi, fault: unknown-tool}}\n  - {{reply: {CALL}, fault: cut-in-tool-call}}"
    )

    (warning,) = warnings(parse_scenarios(text, "s"))

    assert (warning.place.line, warning.place.column) == (2, 24)
    assert "`unknown-tool`" in warning.what


def test_an_override_that_shows_it_is_enough() -> None:
    text = "reply: Hello!\nfault: cut-in-tool-call"

    assert hidden(text) == ["cut-in-tool-call"]
    assert hidden(f"{text}\nfor: {{gemini: {{reply: {CALL}}}}}") == []


def test_what_a_client_may_ask_for_besides_is_taken_as_asked() -> None:
    assert hidden("match: {protocol: openai.chat, stream: true}\nreply: Hello!\nfault: usage-zero") == []


def test_an_error_has_no_deviation_of_a_reply() -> None:
    assert hidden("error: overloaded\nfaults: [finish-null, reset-at-start, error-array]") == ["finish-null"]


def test_a_deviation_that_changes_nothing_in_the_reply_is_told() -> None:
    assert hidden("reply: Hello!\nfault: finish-lies") == ["finish-lies"]
    assert hidden("reply: Hello!\nfinish: length\nfault: finish-lies") == []


def test_a_script_that_cannot_be_played_here_is_let_pass() -> None:
    assert hidden('reply: "{{ 1 / 0 }}"\nfault: unknown-tool') == []
