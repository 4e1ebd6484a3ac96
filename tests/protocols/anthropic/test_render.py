"""A reply as the JSON of a message."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.anthropic.messages_wire import CONTEXT, HI, rendered, request

from mockserver.conversation import (
    Image,
    Native,
    Refusal,
    Reply,
    ReplyPart,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.protocols.anthropic import MESSAGES

SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}


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


def test_a_request_without_a_body_has_every_default() -> None:
    from_show = request(messages=HI)
    bare = type(from_show)("anthropic", "m", from_show.messages, from_show.http)

    answer = MESSAGES.render(Reply((Thinking("Hm."), ToolCall("f", {}))), bare, CONTEXT)

    assert b'"inference_geo":"global"' in answer.body
