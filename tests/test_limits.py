"""What the client's limits do to a reply, and what is counted."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.conversation import (
    Attachment,
    Http,
    Image,
    Message,
    Native,
    Refusal,
    Reply,
    ReplyPart,
    Request,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
)
from mockserver.limits import count_input, count_output, limit

PICTURE = Image("image/png", "AAAA")
NATIVE = Native({"gemini": {"text": "one two three"}})


def asked(**fields: Any) -> Request:
    return Request("toy", "m", (), Http("POST", "/"), **fields)


@pytest.mark.parametrize(
    "fields",
    [{}, {"stop": ("absent", "")}, {"max_tokens": 5}, {"max_tokens": 9}, {"stop": (), "max_tokens": None}],
)
def test_a_reply_within_the_limits_is_left_alone(fields: dict[str, Any]) -> None:
    reply = Reply((Thinking("one two"), Text("three four five")))

    assert limit(reply, asked(**fields)) is reply


@pytest.mark.parametrize(
    ("parts", "stop", "kept", "matched"),
    [
        ([Text("one END two")], ["END"], [Text("one ")], "END"),
        ([Text("a, b. c")], [".", ","], [Text("a")], ","),
        ([Text("one END")], ["E", "END"], [Text("one ")], "END"),
        ([Text("one E"), Text("ND two")], ["END"], [Text("one ")], "END"),
        ([Text("one"), PICTURE, Text("END"), Text("x")], ["END"], [Text("one"), PICTURE], "END"),
        ([Text("END one")], ["END"], [], "END"),
        ([Text("go END"), ToolCall("f", {})], ["END"], [Text("go ")], "END"),
        ([Thinking("END"), Text("one END")], ["END"], [Thinking("END"), Text("one ")], "END"),
    ],
)
def test_a_stop_sequence_cuts_the_text(
    parts: list[ReplyPart], stop: list[str], kept: list[ReplyPart], matched: str
) -> None:
    reply = Reply(tuple(parts))

    cut = limit(reply, asked(stop=tuple(stop)))

    assert cut == Reply(tuple(kept), "stop_sequence", stop_sequence=matched)


def test_a_stop_sequence_in_thinking_or_arguments_cuts_nothing() -> None:
    reply = Reply((Thinking("END"), ToolCall("f", {"a": "END"})), "tool_calls")

    assert limit(reply, asked(stop=("END",))) is reply


@pytest.mark.parametrize(
    ("parts", "most", "kept"),
    [
        ([Text("one two three")], 2, [Text("one two")]),
        ([Text("one two three")], 0, []),
        ([Text("one two"), Text(" three")], 2, [Text("one two")]),
        ([Thinking("one two"), Text("three four")], 3, [Thinking("one two"), Text("three")]),
        ([Thinking("one two", "sig"), Text("three")], 1, [Thinking("one", "sig")]),
        ([Thinking("one two three", redacted=True), Text("four")], 2, []),
        ([Refusal("no no no")], 1, [Refusal("no")]),
        ([ToolCall("f", {"city": "Paris"}, "id1")], 2, [ToolCall("f", '{"city', "id1")]),
        ([Text("go"), ToolCall("f", {})], 1, [Text("go")]),
        ([PICTURE, NATIVE, Text("one two")], 1, [PICTURE, NATIVE, Text("one")]),
    ],
)
def test_the_token_limit_cuts_what_goes_beyond_it(
    parts: list[ReplyPart], most: int, kept: list[ReplyPart]
) -> None:
    reply = Reply(tuple(parts), "tool_calls")

    cut = limit(reply, asked(max_tokens=most))

    assert cut == Reply(tuple(kept), "length")


def test_a_reply_cut_by_tokens_forgets_the_stop_sequence_it_never_reached() -> None:
    cut = limit(Reply((Text("one two three END"),)), asked(stop=("END",), max_tokens=2))

    assert cut == Reply((Text("one two"),), "length")


def test_a_reply_cut_by_a_stop_sequence_may_be_short_enough() -> None:
    cut = limit(Reply((Text("one END two three"),)), asked(stop=(" END",), max_tokens=2))

    assert cut == Reply((Text("one"),), "stop_sequence", stop_sequence=" END")


@pytest.mark.parametrize("most", range(12))
def test_a_cut_reply_never_counts_more_than_the_limit(most: int) -> None:
    parts = (Thinking("I think, so"), Text("Hello, world"), ToolCall("f", {"a": [1, 2]}))

    cut = limit(Reply(parts), asked(max_tokens=most))

    assert count_output(cut)[0] == most


def test_output_counts_thinking_also_by_itself() -> None:
    reply = Reply((Thinking("one two"), Text("three"), Refusal("no"), ToolCall("f", {}), PICTURE, NATIVE))

    assert count_output(reply) == (5, 2)


@pytest.mark.parametrize(
    ("fields", "tokens"),
    [
        ({}, 1),
        ({"system": "x" * 40}, 10),
        ({"messages": (Message("user", (Text("x" * 41),)),)}, 4 + 11),
        ({"messages": (Message("user", (Attachment("image/png"), Attachment("image/png"))),)}, 4 + 170),
        ({"messages": (Message("assistant", (Thinking("abcd"), PICTURE, NATIVE)),)}, 4 + 1 + 85),
        ({"messages": (Message("assistant", (ToolCall("f", {"a": 1}), ToolCall("g", "abcde"))),)}, 4 + 3 + 3),
        ({"messages": (Message("tool", (ToolResult("id", "abcdefgh"),)),)}, 4 + 2),
        ({"tools": (Tool("f", "abcd", {"a": 1}), Tool("g", custom=True))}, (8 + 1 + 1 + 2) + (8 + 1)),
    ],
)
def test_input_is_estimated_from_lengths(fields: dict[str, Any], tokens: int) -> None:
    request = Request(
        **{"protocol": "toy", "model": "m", "messages": (), "http": Http("POST", "/"), **fields}
    )

    assert count_input(request) == tokens
