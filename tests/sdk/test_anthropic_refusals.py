"""Anthropic's SDK: bodies that the API would not take, each with its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic import Anthropic
from sdk.anthropic_strict import HELLO, strict_async_client, strict_client

from mockserver.runner import MockServer

WEATHER = {"name": "get_weather", "input_schema": {"type": "object"}}
USER = {"role": "user", "content": "Hello!"}


@pytest.fixture
def claude(server: MockServer, key: str) -> Iterator[Anthropic]:
    with strict_client(server, key) as client:
        yield client


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"max_tokens": -1}, "max_tokens: must be greater than or equal to 0"),
    ({"max_tokens": "5"}, "max_tokens: Input should be a valid integer"),
    ({"max_tokens": 1.5}, "max_tokens: Input should be a valid integer"),
    ({"max_tokens": None}, "max_tokens: Input should be a valid integer"),
    ({"model": ""}, "model: String should have at least 1 character"),
    ({"messages": []}, "messages: at least one message is required"),
    ({"messages": "Hello!"}, "messages: Input should be a valid array"),
    (
        {"messages": [{"role": "assistant", "content": "Hi"}]},
        'messages: first message must use the "user" role',
    ),
    (
        {"messages": [USER, {"role": "tool", "content": "x"}]},
        "messages.1.role: Input should be 'user' or 'assistant'",
    ),
    ({"messages": [{"role": "user"}]}, "messages.0.content: Field required"),
    (
        {"messages": [{"role": "user", "content": [{"type": "banana"}]}]},
        "messages.0.content.0: Input tag 'banana' found using 'type' does not match any of the expected tags",
    ),
    (
        {"messages": [USER, {"role": "assistant", "content": [{"type": "tool_use", "name": "f"}]}]},
        "messages.1.content.0.tool_use.id: Field required",
    ),
    ({"tools": [{"name": "f"}]}, "tools.0.custom.input_schema: Field required"),
    (
        {"tools": [WEATHER | {"name": "get weather"}]},
        "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
    ),
    ({"tools": [WEATHER, WEATHER]}, "tools: Tool names must be unique."),
    ({"tool_choice": {"type": "any"}}, "tool_choice may only be specified while providing tools"),
    (
        {"tools": [WEATHER], "tool_choice": {"type": "tool", "name": "g"}},
        "Tool 'g' not found in provided tools",
    ),
    (
        {"tools": [WEATHER], "tool_choice": {"type": "none", "disable_parallel_tool_use": True}},
        "tool_choice.none.disable_parallel_tool_use: Extra inputs are not permitted",
    ),
    (
        {"stop_sequences": [" "]},
        "stop_sequences: each stop sequence must contain non-whitespace",
    ),
    ({"metadata": {"name": "x"}}, "metadata.name: Extra inputs are not permitted"),
    ({"system": 5}, "system: Input should be a valid array"),
]


@pytest.mark.parametrize(("body", "sentence"), REFUSED, ids=lambda value: str(value)[:60])
@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_a_body_is_refused_in_the_words_of_the_api(
    claude: Anthropic, body: dict[str, Any], sentence: str, *, streamed: bool
) -> None:
    with pytest.raises(anthropic.BadRequestError) as raised:
        claude.messages.create(**HELLO, stream=streamed, extra_body=body)

    assert raised.value.type == "invalid_request_error"
    assert str(raised.value.api_message).startswith(sentence)


@pytest.mark.parametrize("name", ["model", "max_tokens", "messages"])
async def test_what_is_required_is_missed(server: MockServer, key: str, name: str) -> None:
    body = {member: value for member, value in HELLO.items() if member != name}

    async with strict_async_client(server, key) as client:
        with pytest.raises(anthropic.BadRequestError) as raised:
            await client.post("/v1/messages", cast_to=object, body=body)

    assert raised.value.api_message == f"{name}: Field required"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe{}", b"[]", b"null", b"5", b'"text"'])
def test_what_is_no_json_object_is_refused_in_the_envelope(
    server: MockServer, key: str, content: bytes
) -> None:
    answer = httpx2.post(
        f"{server.urls.anthropic}/v1/messages",
        content=content,
        headers={"x-api-key": key, "anthropic-version": "2026-10-21"},
    )

    told = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json")
    assert (told["type"], told["error"]["type"]) == ("error", "invalid_request_error")
    assert told["request_id"] == answer.headers["request-id"]


NEWER_RULES: list[tuple[dict[str, Any], str]] = [
    (
        {
            "messages": [
                USER,
                {
                    "role": "assistant",
                    "content": [
                        {
                            "type": "document",
                            "source": {"type": "text", "media_type": "text/plain", "data": "x"},
                        }
                    ],
                },
            ]
        },
        "messages.1.content.0",
    ),
    (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "x", "citations": [{}]}]}]},
        "messages.0.content.0",
    ),
]


@pytest.mark.parametrize(("body", "path"), NEWER_RULES, ids=["document", "citations"])
def test_the_newest_version_takes_less(
    server: MockServer, key: str, claude: Anthropic, body: dict[str, Any], path: str
) -> None:
    with pytest.raises(anthropic.BadRequestError) as raised:
        claude.messages.create(**HELLO, extra_body=body)
    with strict_client(server, key, default_headers={"anthropic-version": "2023-06-01"}) as older:
        older.messages.create(**HELLO, extra_body=body)

    assert str(raised.value.api_message).startswith(path)
