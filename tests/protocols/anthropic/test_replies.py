"""A reply as the JSON of a message."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.anthropic.messages_wire import CONTEXT, HI, rendered, request

from mockserver.conversation import (
    Finish,
    Image,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    ReplyPart,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.protocols.anthropic import MESSAGES
from mockserver.protocols.base import Context

SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}
FETCH = SEARCH | {"name": "web_fetch"}


def content(*parts: ReplyPart, **fields: Any) -> Any:
    return rendered(Reply(parts), **fields)["content"]


def test_the_bytes_of_a_plain_message() -> None:
    usage = Usage(input=30, output=6, cached=10, cache_write=12, thinking=2)

    body = MESSAGES.render(Reply((Text("Hello"),), usage=usage), request(), CONTEXT).body

    expected = (
        b'{"model":"claude-opus-5-5","id":"msg_01sAuhivvXjwP9Q4qWN1mAeg","type":"message","role":"assistant",'
        b'"content":[{"type":"text","text":"Hello"}],'
        b'"stop_reason":"end_turn","stop_sequence":null,"stop_details":null,'
        b'"usage":{"input_tokens":8,"cache_creation_input_tokens":12,"cache_read_input_tokens":10,'
        b'"cache_creation":{"ephemeral_5m_input_tokens":12,"ephemeral_1h_input_tokens":0},'
        b'"output_tokens":6,"output_tokens_details":{"thinking_tokens":2},'
        b'"service_tier":"standard","inference_geo":"global"}}'
    )
    assert body == expected


def test_the_parts_of_input_usage_add_up() -> None:
    usage = rendered(Reply((), usage=Usage(input=30, cached=10, cache_write=12)))["usage"]

    names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    assert sum(usage[name] for name in names) == 30


def test_ids_differ_with_the_request_and_not_otherwise() -> None:
    ids = {rendered(Reply(()), Context(identity))["id"] for identity in (b"a", b"b", b"a")}

    assert len(ids) == 2
    assert all(len(found) == len("msg_01") + 22 for found in ids)


# ------------------------------------------------------------------------------------------------ blocks


@pytest.mark.parametrize(
    ("part", "block"),
    [
        (Text("Hi"), {"type": "text", "text": "Hi"}),
        (Refusal("No."), {"type": "text", "text": "No."}),
        (Image("image/png", "aGk="), {"type": "text", "text": "[image/png image]"}),
        (Thinking("Hm.", "c2ln"), {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}),
        (Thinking("b3BhcXVl", redacted=True), {"type": "redacted_thinking", "data": "b3BhcXVl"}),
        (
            ToolCall("f", {"a": 1}, "toolu_1"),
            {
                "type": "tool_use",
                "id": "toolu_1",
                "name": "f",
                "input": {"a": 1},
                "caller": {"type": "direct"},
            },
        ),
        (Native({"anthropic": SEARCH}), SEARCH),
    ],
)
def test_a_part_is_a_block(part: ReplyPart, block: Any) -> None:
    assert content(part) == [block]


@pytest.mark.parametrize("part", [Text(""), Refusal("")])
def test_nothing_said_is_no_block(part: ReplyPart) -> None:
    assert content(part) == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, {}),
        ('{"a": 1}', {"a": 1}),
        ('{"a": ', '{"a": '),
        ("[1]", "[1]"),
        ("", {}),
    ],
)
def test_arguments_are_an_object_where_they_tell_one(arguments: Any, expected: Any) -> None:
    assert content(ToolCall("f", arguments))[0]["input"] == expected


@pytest.mark.parametrize(
    "part", [Native({"gemini": {"text": "x"}}), Native({"anthropic": "no block"}), Native({})]
)
def test_a_native_part_without_a_block_for_this_wire_is_left_out(part: Native) -> None:
    assert content(Text("a"), part, Text("b")) == [
        {"type": "text", "text": "a"},
        {"type": "text", "text": "b"},
    ]


def test_derived_ids_are_of_their_kind_and_all_different() -> None:
    ids = [block["id"] for block in content(ToolCall("f", {}), ToolCall("f", {}))]

    assert len(set(ids)) == 2
    assert all(found.startswith("toolu_01") and len(found) == 30 for found in ids)


def test_thinking_without_a_signature_is_given_one() -> None:
    (block,) = content(Thinking("Hm."))

    assert len(block["signature"]) > 40


def test_thinking_is_left_out_when_it_is_turned_off() -> None:
    parts = (Thinking("Hm."), Thinking("b3BhcXVl", redacted=True), Text("Hi"))

    assert content(*parts, thinking={"type": "disabled"}) == [{"type": "text", "text": "Hi"}]


def test_omitted_thinking_leaves_its_signature() -> None:
    found = content(Thinking("Hm.", "c2ln"), thinking={"type": "adaptive", "display": "omitted"})

    assert found == [{"type": "thinking", "thinking": "", "signature": "c2ln"}]


@pytest.mark.parametrize(
    ("toolset", "family"),
    [("computer_toolset_20260801", "computer"), ("browser_toolset_20260801", "browser")],
)
def test_a_member_of_a_toolset_names_its_family(toolset: str, family: str) -> None:
    tools = [{"type": toolset}, {"name": "f", "input_schema": {"type": "object"}}]

    member, own = content(ToolCall("screenshot", {}), ToolCall("f", {}), tools=tools)

    assert member["toolset_name"] == family
    assert "toolset_name" not in own


# ------------------------------------------------------------------------------------------------- stops


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("stop", "end_turn"),
        ("length", "max_tokens"),
        ("tool_calls", "tool_use"),
        ("content_filter", "refusal"),
        ("stop_sequence", "stop_sequence"),
        ("refusal", "refusal"),
        ("pause", "pause_turn"),
        (NativeFinish("model_context_window_exceeded"), "model_context_window_exceeded"),
    ],
)
def test_every_finish_has_a_stop_reason(finish: Finish | NativeFinish, reason: str) -> None:
    assert rendered(Reply((Text("Hi"),), finish))["stop_reason"] == reason


@pytest.mark.parametrize(
    ("parts", "finish", "reason"),
    [
        ((ToolCall("f", {}),), "stop", "tool_use"),
        ((ToolCall("f", "{"),), "length", "max_tokens"),
        ((Refusal("No."),), "stop", "refusal"),
        ((Refusal("No."),), "length", "max_tokens"),
        ((ToolCall("f", {}),), NativeFinish("end_turn"), "end_turn"),
    ],
)
def test_a_plain_stop_is_told_by_what_the_reply_holds(parts: Any, finish: Any, reason: str) -> None:
    assert rendered(Reply(parts, finish))["stop_reason"] == reason


def test_a_refusal_stops_with_its_details() -> None:
    found = rendered(Reply((Refusal("I can't."),), "refusal"))

    assert found["content"] == [{"type": "text", "text": "I can't."}]
    assert found["stop_details"] == {"type": "refusal", "category": None, "explanation": "I can't."}


def test_a_refusal_in_no_words_has_no_explanation() -> None:
    details = rendered(Reply((), "content_filter"))["stop_details"]

    assert details == {"type": "refusal", "category": None, "explanation": None}


def test_the_matched_stop_sequence_is_named() -> None:
    found = rendered(Reply((Text("Hi"),), "stop_sequence", stop_sequence="END"))

    assert (found["stop_reason"], found["stop_sequence"]) == ("stop_sequence", "END")


def test_a_limit_of_no_tokens_generates_nothing() -> None:
    found = rendered(Reply((Text("Hi"),), usage=Usage(input=5, output=3)), max_tokens=0)

    assert (found["content"], found["stop_reason"]) == ([], "max_tokens")
    assert (found["usage"]["input_tokens"], found["usage"]["output_tokens"]) == (5, 0)


# ----------------------------------------------------------------------------------------- model, usage


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("claude-opus-4-5", "claude-opus-4-5-20251101"),
        ("claude-sonnet-4-6", "claude-sonnet-4-6"),
        ("mock-weather", "mock-weather"),
    ],
)
def test_the_model_is_the_one_that_the_name_stands_for(asked: str, told: str) -> None:
    assert rendered(Reply(()), model=asked)["model"] == told


def test_runs_of_server_tools_are_counted() -> None:
    parts = (Native({"anthropic": SEARCH}), Native({"anthropic": FETCH}), Native({"anthropic": SEARCH}))

    usage = rendered(Reply(parts))["usage"]

    assert usage["server_tool_use"] == {"web_search_requests": 2, "web_fetch_requests": 1}


def test_usage_tells_where_and_how_fast_it_ran() -> None:
    usage = rendered(Reply(()), inference_geo="us", speed="fast")["usage"]

    assert (usage["inference_geo"], usage["speed"]) == ("us", "fast")


def test_edits_and_a_diagnosis_are_told_to_those_who_ask() -> None:
    asked: Any = {"context_management": {"edits": []}, "diagnostics": {"previous_message_id": None}}

    found = rendered(Reply(()), **asked)

    assert list(found.items())[-2:] == [("context_management", {"applied_edits": []}), ("diagnostics", None)]
    assert not {"context_management", "diagnostics"} & rendered(Reply(())).keys()


def test_usage_of_nothing_is_zeros() -> None:
    usage = rendered(Reply(()))["usage"]

    assert (usage["input_tokens"], usage["output_tokens"]) == (0, 0)
    assert "output_tokens_details" not in usage


def test_a_request_without_a_body_has_every_default() -> None:
    from_show = request(messages=HI)
    bare = type(from_show)("anthropic", "m", from_show.messages, from_show.http)

    answer = MESSAGES.render(Reply((Thinking("Hm."), ToolCall("f", {}))), bare, CONTEXT)

    assert b'"inference_geo":"global"' in answer.body
