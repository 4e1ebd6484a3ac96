"""Calls of client tools and their results: each has the other, right before or after it."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.anthropic.messages_wire import HI, read, refused

from mockserver.conversation import Request

UNANSWERED = (
    "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: {}. Each "
    "`tool_use` block must have a corresponding `tool_result` block in the next message."
)
UNEXPECTED = (
    "{}: unexpected `tool_use_id` found in `tool_result` blocks: {}. Each `tool_result` block must have a "
    "corresponding `tool_use` block in the previous message."
)

WORDS = {"type": "text", "text": "And now?"}


def call(name: str, kind: str = "tool_use") -> dict[str, Any]:
    return {"type": kind, "id": name, "name": "get_weather", "input": {}}


def result(name: str) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": name, "content": "sunny"}


def assistant(*blocks: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


def user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


@pytest.mark.parametrize(
    "turns",
    [
        [assistant(call("a")), user(result("a"))],
        [assistant(call("a"), call("b")), user(result("b"), result("a"), WORDS)],
        [assistant(call("a"), call("b")), user(result("a")), user(result("b"))],
        [assistant(call("a")), assistant(call("b")), user(result("a"), result("b"))],
        [assistant(call("a")), user(result("a")), assistant(call("b")), user(result("b"))],
        [assistant(call("a")), user(result("a")), {"role": "system", "content": "Be brief."}],
        [assistant(call("srvtoolu_1", "server_tool_use"))],
    ],
)
def test_calls_with_their_results_are_taken(turns: list[Any]) -> None:
    assert isinstance(read(messages=[*HI, *turns]), Request)


@pytest.mark.parametrize(
    ("turns", "missing"),
    [
        ([assistant(call("a"))], "a"),
        ([assistant(call("a")), user(WORDS)], "a"),
        ([assistant(call("a")), {"role": "user", "content": "And now?"}], "a"),
        ([assistant(call("a"), call("b"), call("c")), user(result("b"))], "a, c"),
        ([assistant(call("a")), user(result("b"))], "a"),
        ([assistant(call("a")), user(WORDS, result("a"))], "a"),
        ([assistant(call("a"), call("b")), user(result("a"), WORDS), user(result("b"))], "b"),
    ],
)
def test_a_call_without_its_result_is_refused(turns: list[Any], missing: str) -> None:
    assert refused(messages=[*HI, *turns]) == UNANSWERED.format(missing)


@pytest.mark.parametrize(
    ("turns", "path", "unexpected"),
    [
        ([user(result("a"))], "messages.0.content.0", "a"),
        ([*HI, assistant(WORDS), user(WORDS, result("a"))], "messages.2.content.1", "a"),
        ([*HI, assistant(call("a")), user(result("a"), result("b"))], "messages.2.content.1", "b"),
        (
            [*HI, assistant(call("a")), user(result("a")), assistant(WORDS), user(result("a"))],
            "messages.4.content.0",
            "a",
        ),
    ],
)
def test_a_result_without_its_call_is_refused(turns: list[Any], path: str, unexpected: str) -> None:
    assert refused(messages=turns) == UNEXPECTED.format(path, unexpected)


def test_a_call_has_a_single_result() -> None:
    messages = [*HI, assistant(call("a")), user(result("a"), result("a"))]
    expected = (
        "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks "
        "with id: a"
    )

    assert refused(messages=messages) == expected


def test_ids_of_calls_are_unique() -> None:
    messages = [*HI, assistant(call("a")), user(result("a")), assistant(call("a")), user(result("a"))]

    assert refused(messages=messages) == "messages.3.content.0: `tool_use` ids must be unique"


def test_users_call_no_tools() -> None:
    sentence = refused(messages=[user(WORDS, call("a"))])

    assert sentence == "messages.0: `tool_use` blocks can only be in `assistant` messages"


def test_assistants_give_no_results() -> None:
    sentence = refused(messages=[*HI, assistant(result("a")), *HI])

    assert sentence == "messages.1: `tool_result` blocks can only be in `user` messages"
