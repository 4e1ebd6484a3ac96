"""Whatever a client sends is answered: garbage of any type at any place raises nothing."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protocols.openai.chat_wire import CONTEXT, HELLO, Server, read_body

from mockserver.conversation import (
    CONTRACT_MODES,
    ContractMode,
    Failure,
    Http,
    Reply,
    Request,
    Text,
    ToolCall,
)
from mockserver.events import events
from mockserver.protocols.openai.chat import DIALECT

WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
FUNCTION_CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def called(call: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": None, "tool_calls": [call], **members}


FULL = {
    "model": "gpt-4o",
    "messages": [
        {"role": "system", "content": "s", "name": "n"},
        user([{"type": "text", "text": "x"}, {"type": "image_url", "image_url": {"url": "data:,x"}}]),
        user([{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}]),
        user([{"type": "file", "file": {"file_data": "x", "filename": "y"}}]),
        called(FUNCTION_CALL, reasoning_content="r", refusal=None, audio={"id": "a"}),
        {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "x"}]},
        called({"id": "call_2", "type": "custom", "custom": {"name": "c", "input": "x"}}),
        {"role": "tool", "tool_call_id": "call_2", "content": "x"},
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "name": "f", "content": "x"},
    ],
    "contents": ["x", {"role": "user", "parts": [{"text": "x"}]}],
    "extra_body": {"google": {"image_config": {"aspect_ratio": "1:1", "image_size": "1K"}}},
    "google": {"image_config": {"aspect_ratio": "1:1"}},
    "audio": {"format": "wav", "voice": "alloy"},
    "frequency_penalty": 0,
    "logit_bias": {"1": 1},
    "logprobs": True,
    "top_logprobs": 2,
    "max_tokens": 10,
    "metadata": {"k": "v"},
    "modalities": ["text"],
    "moderation": {"model": "m", "policy": {"input": {"mode": "score"}}},
    "n": 2,
    "parallel_tool_calls": True,
    "prediction": {"type": "content", "content": "x"},
    "prompt_cache_options": {"mode": "implicit", "ttl": "30m"},
    "reasoning_effort": "low",
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {}}},
    "seed": 1,
    "service_tier": "flex",
    "stop": ["x"],
    "stream": True,
    "stream_options": {"include_usage": True, "include_obfuscation": True},
    "temperature": 1.0,
    "tools": [WEATHER, {"type": "custom", "custom": {"name": "c", "format": {"type": "text"}}}],
    "tool_choice": {
        "type": "allowed_tools",
        "allowed_tools": {"mode": "auto", "tools": [{"type": "function", "function": {"name": "f"}}]},
    },
    "user": "u",
    "web_search_options": {"user_location": {"type": "approximate", "approximate": {"city": "Paris"}}},
    "functions": [{"name": "f", "parameters": {}}],
    "function_call": {"name": "f"},
}


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths to everything in a JSON value."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    if isinstance(value, list):
        items = enumerate(value)
    return [path, *(found for step, item in items for found in places(item, (*path, step)))]


def replaced(value: Any, path: tuple[str | int, ...], garbage: Any) -> Any:
    if not path:
        return garbage
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], garbage)
    return copy


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


def test_the_body_that_garbage_is_put_into_is_valid() -> None:
    assert isinstance(read_body(FULL), Request)


@given(place=st.sampled_from(places(FULL)), garbage=json_values, mode=st.sampled_from(CONTRACT_MODES))
@settings(max_examples=400, deadline=None)
def test_garbage_anywhere_is_answered_and_never_raises(place: Any, garbage: Any, mode: ContractMode) -> None:
    outcome = read_body(replaced(FULL, place, garbage), mode)

    match outcome:
        case Failure(kind=kind):
            answer = DIALECT.refuse(outcome, Http("POST", "/v1/chat/completions"), CONTEXT)
            assert mode != "off" or kind == "malformed_json"
            assert answer.status == 400
            assert set(orjson.loads(answer.body)["error"]) == {"message", "type", "param", "code"}
        case Request():
            answer_in_both_forms(outcome)


@given(body=json_values, mode=st.sampled_from(CONTRACT_MODES))
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("path", ["", "/{stored}"])
def test_any_json_on_any_route_gets_a_well_formed_answer(path: str, body: Any, mode: ContractMode) -> None:
    server = Server("scenario: hi\nreply: Hi!", contract=mode)
    stored = server.json("POST", "", {**HELLO, "store": True})["id"]

    answer = server.answer("POST", f"/v1/chat/completions{path.format(stored=stored)}", body)

    told = orjson.loads(answer.body)
    assert answer.status in {200, 400}
    assert told.keys() == {"error"} if answer.status == 400 else told["object"] == "chat.completion"


@given(
    query=st.dictionaries(
        st.sampled_from(["after", "limit", "order", "model", "metadata", "metadata[k]", "x"]), st.text()
    )
)
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("path", ["", "/{stored}/messages"])
def test_any_query_gets_a_well_formed_answer(path: str, query: dict[str, str]) -> None:
    server = Server("scenario: hi\nreply: Hi!")
    stored = server.json("POST", "", {**HELLO, "store": True})["id"]

    told = server.json("GET", path.format(stored=stored), **query)

    assert told.keys() in ({"error"}, {"object", "data", "first_id", "last_id", "has_more"})


def answer_in_both_forms(asked: Request) -> None:
    """Rendering looks into the body for its options."""
    reply = Reply((Text("Hello"), ToolCall("c", "x")), "tool_calls")
    DIALECT.render(reply, asked, CONTEXT)
    encoder = DIALECT.encoder(asked, CONTEXT)
    assert b"".join(frame for event in events(reply) for frame in encoder.encode(event))
