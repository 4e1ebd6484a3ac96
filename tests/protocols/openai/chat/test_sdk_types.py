"""The official SDK's own types and its stream assembly, applied strictly to what is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from protocols.openai.chat_wire import chunks, completion
from pydantic import BaseModel

from mockserver.conversation import Image, Refusal, Reply, ReplyPart, Text, Thinking, ToolCall, Usage

BEYOND_THE_SDK = {
    "reasoning_content",  # documented by the gateway, on messages in both directions
}

texts = st.text(st.characters(codec="utf-8"), max_size=20)
parts: st.SearchStrategy[ReplyPart] = st.one_of(
    texts.map(Text),
    texts.map(Thinking),
    texts.map(Refusal),
    st.builds(ToolCall, st.just("f"), st.dictionaries(texts, texts, max_size=2)),
    st.just(Image("image/png", "aGk=")),
)
replies = st.builds(
    Reply,
    st.lists(parts, max_size=4).map(tuple),
    finish=st.sampled_from(["stop", "length", "tool_calls", "content_filter", "refusal", "pause"]),
    usage=st.builds(Usage, *[st.integers(0, 500)] * 5),
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(1, 3),
        "service_tier": st.sampled_from(["auto", "flex", "fast"]),
        "moderation": st.just({"model": "omni-moderation-latest"}),
        "functions": st.just([{"name": "f"}]),
    },
) | st.fixed_dictionaries({"logprobs": st.sampled_from([True]), "top_logprobs": st.integers(0, 4)})
stream_options = st.fixed_dictionaries(
    {}, optional={"include_usage": st.booleans(), "include_obfuscation": st.booleans()}
)


def unknown_members(value: Any) -> Iterator[str]:
    """The names of all members that a type of the SDK does not know."""
    match value:
        case BaseModel():
            yield from value.model_extra or ()
            for name in type(value).model_fields:
                yield from unknown_members(getattr(value, name))
        case list():
            for item in value:
                yield from unknown_members(item)
        case _:
            pass


@given(reply=replies, body=bodies)
@settings(deadline=None)
def test_a_completion_is_one_to_the_sdk(reply: Reply, body: dict[str, Any]) -> None:
    typed = ChatCompletion.model_validate(completion(reply, **body), strict=True)

    assert set(unknown_members(typed)) <= BEYOND_THE_SDK


@given(reply=replies, body=bodies, options=stream_options)
@settings(deadline=None)
def test_every_chunk_is_one_to_the_sdk(reply: Reply, body: dict[str, Any], options: dict[str, Any]) -> None:
    for chunk in chunks(reply, stream_options=options, **body):
        typed = ChatCompletionChunk.model_validate(chunk, strict=True)

        assert set(unknown_members(typed)) <= BEYOND_THE_SDK


def test_a_custom_call_is_one_to_the_sdk() -> None:
    tools = [{"type": "custom", "custom": {"name": "shell"}}]
    body = completion(Reply((ToolCall("shell", "ls"),), "tool_calls"), tools=tools)

    typed = ChatCompletion.model_validate(body, strict=True)

    assert not set(unknown_members(typed))


@pytest.mark.parametrize(
    "reply",
    [
        Reply((Text("Hello you"),), usage=Usage(3, 2)),
        Reply((Refusal("I can't."),), "refusal"),
        Reply((ToolCall("f", {"a": 1}),), "tool_calls"),
        Reply((ToolCall("f", {"a": 1}), ToolCall("g", {"b": [1, 2]})), "tool_calls"),
        Reply((Text("Let me see."), ToolCall("f", {})), "tool_calls"),
    ],
)
@pytest.mark.parametrize("n", [1, 2])
def test_the_sdk_assembles_the_stream_to_the_completion(reply: Reply, n: int) -> None:
    state = ChatCompletionStreamState()
    for chunk in chunks(reply, n=n, stream_options={"include_usage": True}):
        list(state.handle_chunk(ChatCompletionChunk.model_validate(chunk)))

    assembled: Any = state.get_final_completion().to_dict()

    whole = completion(reply, n=n)
    assert assembled["usage"] == whole["usage"]
    for choice, expected in zip(assembled["choices"], whole["choices"], strict=True):
        message = {name: value for name, value in choice["message"].items() if value not in (None, [])}
        wanted = {name: value for name, value in expected["message"].items() if value not in (None, [])}
        assert _without_parsing(message) == wanted
        assert choice["finish_reason"] == expected["finish_reason"]


def _without_parsing(message: dict[str, Any]) -> dict[str, Any]:
    """The SDK adds what it parsed, and keeps the index that only the stream needs."""
    for call in message.get("tool_calls", ()):
        call.pop("index", None)
        call["function"].pop("parsed_arguments", None)
    return {name: value for name, value in message.items() if name != "parsed"}
