"""Nothing that a client sends raises: it is read and answered, or refused."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from protocols.openai.responses_wire import CONTEXT, post

from mockserver.conversation import (
    CONTRACT_MODES,
    ContractMode,
    Failure,
    Http,
    Json,
    Reply,
    Request,
    Text,
    Thinking,
    ToolCall,
)
from mockserver.events import events
from mockserver.limits import count_input
from mockserver.protocols.base import Answer, Context, Route, Stream
from mockserver.protocols.openai import conversations
from mockserver.protocols.openai.responses import DIALECT, ROUTES
from mockserver.protocols.openai.responses.conversation_state import new_conversation, with_items

VALID: dict[str, Any] = {
    "model": "m",
    "input": [
        {"role": "developer", "content": "Be terse."},
        {"role": "user", "content": [{"type": "input_text", "text": "Hi"}, {"type": "input_image"}]},
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm"}]},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]},
        {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_1", "output": "18"},
        {"type": "item_reference", "id": "msg_1"},
        {"type": "additional_tools", "role": "developer", "tools": [{"type": "custom", "name": "x"}]},
        {"type": "mcp_approval_response", "approval_request_id": "m", "approve": True},
        {"type": "image_generation_call", "id": "ig_1", "result": "aGk="},
    ],
    "instructions": "Be kind.",
    "conversation": {"id": "conv_1"},
    "include": ["message.output_text.logprobs"],
    "max_output_tokens": 16,
    "metadata": {"a": "b"},
    "parallel_tool_calls": True,
    "previous_response_id": "resp_1",
    "prompt": {"id": "p"},
    "prompt_cache_options": {"mode": "implicit"},
    "reasoning": {"effort": "low", "summary": "auto"},
    "service_tier": "flex",
    "store": False,
    "stream": True,
    "stream_options": {"include_obfuscation": True},
    "temperature": 1,
    "text": {"format": {"type": "json_schema", "name": "n", "schema": {}}, "verbosity": "low"},
    "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]},
    "tools": [
        {"type": "function", "name": "f", "parameters": {}},
        {"type": "namespace", "name": "n", "tools": [{"type": "function", "name": "g"}]},
        {"type": "image_generation", "size": "auto", "partial_images": 1},
    ],
    "top_logprobs": 2,
    "user": "u",
}
REPLY = Reply((Thinking("Hm"), Text("Hello"), ToolCall("f", {"a": 1})))

anything: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def answer_all(http: Http, context: Context) -> None:
    """Everything that may happen to a request, in every mode."""
    for mode in CONTRACT_MODES:
        answer_in(http, replace(context, contract=mode))


def answer_in(http: Http, context: Context) -> None:
    found = DIALECT.read(http, context)
    if isinstance(found, Failure):
        assert context.contract != "off" or found.kind == "malformed_json"
        refused = DIALECT.refuse(found, http, context)
        assert 400 <= refused.status < 500
        assert orjson.loads(refused.body)["error"]["type"] == "invalid_request_error"
        return
    assert isinstance(found, Request)
    count_input(found)
    orjson.loads(DIALECT.render(REPLY, found, context).body)
    encoder = DIALECT.encoder(found, context)
    assert [frame for event in events(REPLY) for frame in encoder.encode(event)]
    DIALECT.keep(REPLY, found, context)


def places(value: Json, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every value inside `value`."""
    members: list[tuple[str | int, Json]] = []
    if isinstance(value, dict):
        members = list(value.items())
    elif isinstance(value, list):
        members = list(enumerate(value))
    return [path] * bool(path) + [found for key, inner in members for found in places(inner, (*path, key))]


def replaced(path: tuple[str | int, ...], new: Json, *, drop: bool) -> dict[str, Any]:
    body = deepcopy(VALID)
    inside: Any = body
    for key in path[:-1]:
        inside = inside[key]
    if drop:
        del inside[path[-1]]
    else:
        inside[path[-1]] = new
    return body


@given(
    path=st.sampled_from(places(VALID)),
    new=anything,
    drop=st.booleans(),
    without=st.sets(st.sampled_from(["conversation", "previous_response_id", "input"])),
)
@settings(max_examples=200, deadline=None)
def test_a_body_with_anything_in_any_place_is_answered_or_refused(
    path: tuple[str | int, ...], new: Json, without: set[str], *, drop: bool
) -> None:
    body = replaced(path, new, drop=drop)

    kept = {name: value for name, value in body.items() if name not in without}
    answer_all(post(json.dumps(kept).encode()), CONTEXT)


@given(items=st.lists(st.sampled_from(VALID["input"]), max_size=4), new=anything)
@settings(deadline=None)
def test_any_items_in_any_order_are_answered_or_refused(items: list[Json], new: Json) -> None:
    for given_items in (items, [*items, new]):
        answer_all(post(json.dumps({"model": "m", "input": given_items}).encode()), CONTEXT)


@given(
    body=anything
    | st.dictionaries(st.sampled_from(sorted(VALID)), anything)
    | st.fixed_dictionaries({"model": st.text(max_size=3), "input": anything})
)
@settings(deadline=None)
def test_any_json_is_answered_or_refused(body: Json) -> None:
    # The standard library writes numbers that orjson will not.
    answer_all(post(json.dumps(body).encode()), CONTEXT)


@given(body=st.binary(max_size=40))
def test_any_bytes_are_refused(body: bytes) -> None:
    answer_all(post(body), CONTEXT)


@given(
    route=st.sampled_from([route for route in (*ROUTES, *conversations.ROUTES) if callable(route.serve)]),
    name=st.sampled_from(["", "conv_1", "resp_x"]) | st.text(max_size=20),
    query=st.dictionaries(
        st.sampled_from(["after", "limit", "order", "include[]", "stream", "starting_after"]),
        st.sampled_from(["true", "1", "asc"]) | st.text(max_size=4),
    ),
    body=anything
    | st.dictionaries(
        st.sampled_from(["items", "metadata", "input", "model", "previous_response_id"]),
        anything | st.lists(st.sampled_from(VALID["input"]), max_size=2),
    ),
    mode=st.sampled_from(CONTRACT_MODES),
)
@settings(deadline=None)
def test_any_query_and_any_id_and_any_body_are_answered_or_refused(
    route: Route, name: str, query: dict[str, str], body: Json, mode: ContractMode
) -> None:
    kept = dict(KEPT)
    context = Context(recall=kept.get, keep=kept.__setitem__, contract=mode)
    ids = dict.fromkeys(("response_id", "conversation_id", "item_id"), name)
    http = Http(route.method, route.path, query=query, body=json.dumps(body).encode(), params=ids)

    assert callable(route.serve)
    match route.serve(http, context):
        case Failure() as failure:
            assert 400 <= DIALECT.refuse(failure, http, context).status < 500
        case Answer(body=told):
            assert orjson.loads(told)
        case Stream(frames=frames):
            assert all(frame for _, frame in frames)


def _kept() -> dict[str, Any]:
    found = DIALECT.read(post({"model": "m", "input": "Hi"}), CONTEXT)
    assert isinstance(found, Request)
    kept = DIALECT.keep(REPLY, found, CONTEXT)
    assert kept is not None
    told = {"id": "conv_1", "object": "conversation", "created_at": 0, "metadata": {}}
    conversation, _ = with_items(new_conversation(told), [{"role": "user", "content": "Hi"}])
    return {"": kept[1], kept[0]: kept[1], "conv_1": conversation}


KEPT = _kept()
