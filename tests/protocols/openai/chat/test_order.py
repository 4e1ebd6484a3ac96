"""Tool calls and their answers, in the order in which the API takes them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.openai.chat_wire import Server, findings, read

from mockserver.conversation import Request

USER = {"role": "user", "content": "Hi"}
SAID = {"role": "assistant", "content": "Hi"}


def calls(*names: str) -> dict[str, Any]:
    made = [{"id": name, "type": "function", "function": {"name": "f", "arguments": "{}"}} for name in names]
    return {"role": "assistant", "content": None, "tool_calls": made}


def answer(name: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": name, "content": "x"}


def without_answer(*names: str) -> str:
    return (
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
        f"'tool_call_id'. The following tool_call_ids did not have response messages: {', '.join(names)}"
    )


ORPHAN = (
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
    "'tool_calls'."
)
UNKNOWN = "Invalid parameter: 'tool_call_id' of 'z' not found in 'tool_calls' of previous message."
TWICE = "Invalid parameter: Duplicate value for 'tool_call_id' of 'a', in messages[2] and messages[3]."


@pytest.mark.parametrize(
    ("messages", "message", "param"),
    [
        ([answer("a")], ORPHAN, "messages.[0].role"),
        ([USER, SAID, answer("a")], ORPHAN, "messages.[2].role"),
        ([USER, calls("a"), answer("a"), SAID, answer("a")], ORPHAN, "messages.[4].role"),
        ([USER, calls("a"), answer("z")], UNKNOWN, "messages.[2].tool_call_id"),
        ([USER, calls("a"), answer("a"), answer("a")], TWICE, "messages.[3].tool_call_id"),
        ([USER, calls("a")], without_answer("a"), "messages"),
        ([USER, calls("a", "b", "c"), answer("b")], without_answer("a", "c"), "messages"),
        ([USER, calls("a"), USER], without_answer("a"), "messages.[2].role"),
        ([USER, calls("a"), USER, answer("a")], without_answer("a"), "messages.[2].role"),
        ([USER, calls("a"), calls("b"), answer("a")], without_answer("a"), "messages.[2].role"),
    ],
)
def test_what_is_out_of_order_is_refused(messages: list[Any], message: str, param: str) -> None:
    answer = Server().post(messages=messages)

    error = {"message": message, "type": "invalid_request_error", "param": param, "code": None}
    assert (answer.status, orjson.loads(answer.body)) == (400, {"error": error})


def test_everything_that_is_out_of_order_is_noted_where_nothing_is_refused() -> None:
    told = findings("off", messages=[answer("a"), USER, calls("b"), USER, answer("b")])

    assert told == [
        "error invalid_request /messages/0/role",
        "error invalid_request /messages/3/role",
        "error invalid_request /messages/4/role",
    ]


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "system", "content": "s"}, USER, calls("a", "b"), answer("b"), answer("a"), SAID, USER],
        [USER, calls("a"), answer("a"), calls("a"), answer("a")],
        [calls("a"), answer("a"), USER],
    ],
    ids=["answers in any order", "an id used again later", "no user first"],
)
def test_what_is_in_order_is_read(messages: list[Any]) -> None:
    assert isinstance(read(messages=messages), Request)
