"""Recorded answers as replies: the inverse of rendering and streaming, and what real traffic does besides."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protocols.openai.chat_wire import answer, stream

from mockserver.conversation import (
    Image,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.protocols.base import Answer
from mockserver.protocols.openai.chat import DIALECT

WITH_USAGE = {"include_usage": True}

texts = st.text(st.characters(codec="utf-8"), max_size=30)
arguments = st.dictionaries(
    texts, st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts, max_size=3
)
parts = st.one_of(
    texts.map(Text),
    texts.map(Thinking),
    st.builds(Thinking, texts, redacted=st.just(True)),  # noqa: FBT003 - hypothesis takes the value so
    st.builds(ToolCall, st.sampled_from(["f", "shell"]), arguments | texts),
    texts.map(Refusal),
    st.just(Image("image/png", "aGk=")),
    st.just(Native({"openai.chat": {"annotations": [{"type": "url_citation"}]}})),
    st.just(Native({"gemini": {"x": 1}})),
)
replies = st.builds(
    Reply,
    st.lists(parts, max_size=5).map(tuple),
    finish=st.sampled_from(["stop", "length", "tool_calls", "content_filter", "refusal"]),
    usage=st.builds(Usage, *[st.integers(0, 500)] * 5),
)
bodies = st.sampled_from(
    [
        {},
        {"n": 2},
        {"tools": [{"type": "custom", "custom": {"name": "shell"}}]},
        {"functions": [{"name": "f"}]},
        {"logprobs": True, "top_logprobs": 2},
    ]
)


@given(reply=replies, body=bodies, size=st.sampled_from([1, 3, 100]))
@settings(deadline=None)
def test_the_stream_tells_the_same_reply_as_the_json(reply: Reply, body: dict[str, Any], size: int) -> None:
    def chunk(text: str) -> list[str]:
        return [text[at : at + size] for at in range(0, len(text), size)]

    streamed = DIALECT.decode(stream(reply, chunk, stream_options=WITH_USAGE, **body))

    assert streamed == DIALECT.decode(answer(reply, **body))


@pytest.mark.parametrize(
    "reply",
    [
        Reply((Text("Grüß dich 👋"),), usage=Usage(9, 4, 3, 2, 1)),
        Reply((Thinking("Hm."), Text("Hi")), "length"),
        Reply((Refusal("No."),), "refusal"),
        Reply((ToolCall("f", {"a": [1, None]}, "call_1"), ToolCall("g", {}, "call_2")), "tool_calls"),
        Reply((Text("See"), ToolCall("f", '{"a":', "call_1")), "length"),
        Reply((Text("a "), Image("image/png", "aGk="), Text(" b"))),
        Reply((Text("Hi"), Native({"openai.chat": {"annotations": [{"type": "url_citation"}]}}))),
        Reply((Text("Hi"),), NativeFinish("insufficient_system_resource")),
        Reply((), "content_filter"),
    ],
)
def test_what_was_rendered_comes_back(reply: Reply) -> None:
    assert DIALECT.decode(answer(reply)) == reply


def test_a_custom_call_comes_back_as_text() -> None:
    reply = Reply((ToolCall("shell", "{}", "call_1"),), "tool_calls")

    assert DIALECT.decode(answer(reply, tools=[{"type": "custom", "custom": {"name": "shell"}}])) == reply


def decoded(*chunks: Any) -> Reply:
    body = b"".join(DIALECT.frame(chunk) for chunk in chunks)
    return DIALECT.decode(Answer(200, (), b": comment\n\n" + body))


def chunk(delta: Any, **choice: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, **choice}]}


def test_an_interrupted_stream_tells_what_came() -> None:
    reply = decoded(
        chunk({"role": "assistant", "content": "He"}), chunk({"role": "assistant", "content": "l"})
    )

    assert reply == Reply((Text("Hel"),), NativeFinish(""))


def test_what_is_not_documented_is_passed_over() -> None:
    reply = decoded(
        {"choices": [], "prompt_filter_results": []},
        {"object": "ping"},
        [],
        chunk(None),
        {"choices": None},
        chunk({"content": "Hi"}, finish_reason="stop"),
        "[DONE]",
        chunk({"content": "again"}),
    )

    assert reply == Reply((Text("Hi"),))


def test_calls_without_an_index_are_told_apart_by_their_ids() -> None:
    reply = decoded(
        chunk({"tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "{"}}]}),
        chunk({"tool_calls": [{"function": {"arguments": "}"}}]}),
        chunk(
            {"tool_calls": [{"id": "b", "function": {"name": "g", "arguments": "{}"}}]}, finish_reason="stop"
        ),
    )

    assert reply.tool_calls == (ToolCall("f", {}, "a"), ToolCall("g", {}, "b"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"choices":[]}',
        b'{"error":{"message":"no"}}',
        b"no",
        b"data: [DONE]\n\n",
        b'data: {"error":{"message":"no"}}\n\n',
        b"data: {\n\n",
        b'{"choices":[{"message":',
    ],
)
def test_what_is_no_completion_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        DIALECT.decode(Answer(200, (), body))


@pytest.mark.parametrize("message", [None, 1, [], {"content": 5, "tool_calls": [1, {}], "refusal": []}])
def test_an_odd_message_does_not_raise(message: Any) -> None:
    body = orjson.dumps({"choices": [{"message": message, "finish_reason": "stop"}], "usage": []})

    assert DIALECT.decode(Answer(200, (), body)).finish == "stop"
