"""The sentence that refuses a body which breaks the contract."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.anthropic.messages_wire import CONTEXT, HI, NEW, OLD, body_of, post, refused

from mockserver.conversation import Failure
from mockserver.protocols.anthropic import MESSAGES


def user(*blocks: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": list(blocks)}]}


def tool(**fields: Any) -> dict[str, Any]:
    return {"tools": [fields]}


MEDIA_TYPE = (
    "messages.0.content.0.image.source.base64.media_type: "
    "Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'"
)
CHOICE_TYPE = (
    "tool_choice: Input tag 'function' found using 'type' does not match any of the expected tags: "
    "'auto', 'any', 'tool', 'none'"
)

SENTENCES = [
    # required members and their types
    ({"model": ...}, "model: Field required"),
    ({"model": 7}, "model: Input should be a valid string"),
    ({"model": ""}, "model: String should have at least 1 character"),
    ({"max_tokens": ...}, "max_tokens: Field required"),
    ({"max_tokens": "5"}, "max_tokens: Input should be a valid integer"),
    ({"max_tokens": 1.5}, "max_tokens: Input should be a valid integer"),
    ({"max_tokens": True}, "max_tokens: Input should be a valid integer"),
    ({"max_tokens": -1}, "max_tokens: must be greater than or equal to 0"),
    ({"messages": ...}, "messages: Field required"),
    ({"messages": "Hi"}, "messages: Input should be a valid array"),
    # messages and their content
    ({"messages": [7]}, "messages.0: Input should be an object"),
    ({"messages": [{"content": "Hi"}]}, "messages.0.role: Field required"),
    (
        {"messages": [*HI, {"role": "tool", "content": "Hi"}]},
        "messages.1.role: Input should be 'user' or 'assistant'",
    ),
    ({"messages": [{"role": "user"}]}, "messages.0.content: Field required"),
    ({"messages": [{"role": "user", "content": None}]}, "messages.0.content: Input should be a valid array"),
    (user("Hi"), "messages.0.content.0: Input should be an object"),
    (user({"text": "Hi"}), "messages.0.content.0.type: Field required"),
    (user({"type": "text"}), "messages.0.content.0.text.text: Field required"),
    (
        user({"type": "text", "text": "Hi"}, {"type": "image"}),
        "messages.0.content.1.image.source: Field required",
    ),
    (
        user({"type": "image", "source": {"type": "base64", "media_type": "image/tiff", "data": ""}}),
        MEDIA_TYPE,
    ),
    (
        {
            "messages": [
                *HI,
                {"role": "assistant", "content": [{"type": "tool_use", "name": "f", "input": {}}]},
            ]
        },
        "messages.1.content.0.tool_use.id: Field required",
    ),
    (
        user({"type": "tool_use", "id": "toolu_1", "name": "f", "input": "{}"}),
        "messages.0.content.0.tool_use.input: Input should be an object",
    ),
    (
        user({"type": "tool_use", "id": "no spaces", "name": "f", "input": {}}),
        "messages.0.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ),
    (
        user({"type": "thinking", "thinking": "Hm"}),
        "messages.0.content.0.thinking.signature: Field required",
    ),
    (
        user({"type": "tool_result", "tool_use_id": "t", "content": [{"text": "5"}]}),
        "messages.0.content.0.tool_result.content.0.type: Field required",
    ),
    # system
    ({"system": 7}, "system: Input should be a valid array"),
    ({"system": [{"type": "image"}]}, "system.0.type: Input should be 'text'"),
    # tools and the choice among them
    ({"tools": {}}, "tools: Input should be a valid array"),
    ({"tools": [7]}, "tools.0: Input should be an object"),
    (tool(input_schema={"type": "object"}), "tools.0.custom.name: Field required"),
    (
        tool(name="a b", input_schema={"type": "object"}),
        "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
    ),
    (tool(name="f"), "tools.0.custom.input_schema: Field required"),
    (tool(name="f", input_schema={}), "tools.0.custom.input_schema.type: Field required"),
    (
        tool(name="f", input_schema={"type": "array"}),
        "tools.0.custom.input_schema.type: Input should be 'object'",
    ),
    (tool(type="custom", name="f"), "tools.0.custom.input_schema: Field required"),
    (tool(type="bash_20250124"), "tools.0.bash_20250124.name: Field required"),
    ({"tool_choice": "auto"}, "tool_choice: Input should be an object"),
    ({"tool_choice": {}}, "tool_choice.type: Field required"),
    ({"tool_choice": {"type": "tool"}}, "tool_choice.tool.name: Field required"),
    (
        {"tool_choice": {"type": "function"}},
        CHOICE_TYPE,
    ),
    (
        {"tool_choice": {"type": "none", "disable_parallel_tool_use": True}},
        "tool_choice.none.disable_parallel_tool_use: Extra inputs are not permitted",
    ),
    # the rest
    (
        {"thinking": {"type": "enabled", "budget_tokens": 512}},
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
    ),
    ({"thinking": {"type": "enabled"}}, "thinking.enabled.budget_tokens: Field required"),
    (
        {"output_config": {"effort": "huge"}},
        "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'",
    ),
    ({"output_config": {"format": {"type": "json_schema"}}}, "output_config.format.schema: Field required"),
    ({"metadata": {"user": "me"}}, "metadata.user: Extra inputs are not permitted"),
    ({"stop_sequences": "END"}, "stop_sequences: Input should be a valid array"),
    ({"stop_sequences": [1]}, "stop_sequences.0: Input should be a valid string"),
    ({"stream": "yes"}, "stream: Input should be a valid boolean"),
    ({"service_tier": "fast"}, "service_tier: Input should be 'auto' or 'standard_only'"),
    ({"cache_control": {"type": "persistent"}}, "cache_control.type: Input should be 'ephemeral'"),
    ({"thread": {"type": "continue"}}, "thread.continue.previous_message_id: Field required"),
]


@pytest.mark.parametrize(("fields", "sentence"), SENTENCES, ids=[sentence for _, sentence in SENTENCES])
def test_the_first_fault_is_told_with_its_path(fields: dict[str, Any], sentence: str) -> None:
    assert refused(**fields) == sentence


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"temperature": 1.5}, "temperature: range: 0..1"),
        ({"temperature": -0.1}, "temperature: range: 0..1"),
        ({"temperature": "hot"}, "temperature: Input should be a valid number"),
        ({"top_p": 2}, "top_p: range: 0..1"),
        ({"top_k": -1}, "top_k: Input should be greater than or equal to 0"),
        ({"top_k": 0.5}, "top_k: Input should be a valid integer"),
    ],
)
def test_the_older_version_checks_how_it_samples(fields: dict[str, Any], sentence: str) -> None:
    assert refused(version=OLD, **fields) == sentence


def test_an_unknown_block_is_told_the_known_ones() -> None:
    expected = (
        "messages.0.content.0: Input tag 'input_text' found using 'type' does not match any of the expected "
        "tags: 'text', 'image', 'document', 'search_result', "
    )

    assert str(refused(**user({"type": "input_text"}))).startswith(expected)


def test_an_unknown_tool_is_told_the_known_ones() -> None:
    expected = (
        "tools.0: Input tag 'function' found using 'type' does not match any of the expected tags: 'custom', "
    )

    assert str(refused(**tool(type="function", function={}))).startswith(expected)


def test_of_two_faults_the_one_in_the_earlier_member_is_told() -> None:
    assert refused(stream="yes", max_tokens=...) == "max_tokens: Field required"
    assert refused(max_tokens="x", messages="x") == "messages: Input should be a valid array"
    assert refused(messages="x", tools="x") == "tools: Input should be a valid array"


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"model": }', b"\xff", b'{"a": "\\ud800"}', b"{}}"], ids=repr
)
def test_a_body_that_is_no_json_is_refused(content: bytes) -> None:
    found = MESSAGES.read(post(content), CONTEXT)

    assert isinstance(found, Failure)
    assert found.kind == "malformed_json"
    assert str(found.message).startswith("The request body is not valid JSON: ")


@pytest.mark.parametrize("content", [b"[]", b"null", b"5", b'"text"'], ids=repr)
def test_a_body_that_is_no_object_is_refused(content: bytes) -> None:
    found = MESSAGES.read(post(content), CONTEXT)

    assert isinstance(found, Failure)
    assert found.message == "Input should be an object"


@pytest.mark.parametrize("version", [NEW, OLD])
def test_members_that_are_not_documented_are_let_through(version: str) -> None:
    body = body_of(some_day={"a": 1})

    assert not isinstance(MESSAGES.read(post(body, version), CONTEXT), Failure)
