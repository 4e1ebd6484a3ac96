"""Anthropic's SDK: streamed messages, through its helper and raw, sync and async."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from anthropic import Anthropic
from sdk.anthropic_strict import GREETING, HELLO, frames_of, strict_async_client, strict_client, text_of

from mockserver.runner import MockServer

WEATHER = {"name": "get_weather", "input_schema": {"type": "object"}}
EVERYTHING = HELLO | {"model": "mock-sdk-anthropic-everything", "tools": [WEATHER]}


@pytest.fixture
def claude(server: MockServer, key: str) -> Iterator[Anthropic]:
    with strict_client(server, key) as client:
        yield client


def raw_events(client: Anthropic, **fields: Any) -> list[Any]:
    """The events as JSON, pings too."""
    with client.messages.with_streaming_response.create(**HELLO | fields, stream=True) as response:
        return [event for _, event in frames_of(b"".join(response.iter_bytes()))]


def deltas_of(events: list[Any], index: int) -> list[Any]:
    return [
        event["delta"]
        for event in events
        if event["type"] == "content_block_delta" and event["index"] == index
    ]


# -------------------------------------------------------------------------------------------- text by text


def test_the_text_stream(claude: Anthropic) -> None:
    with claude.messages.stream(**HELLO) as stream:
        pieces = list(stream.text_stream)

    assert "".join(pieces) == GREETING
    assert len(pieces) > 5


async def test_the_text_stream_asynchronously(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client, client.messages.stream(**HELLO) as stream:
        pieces = [piece async for piece in stream.text_stream]

    assert "".join(pieces) == GREETING
    assert len(pieces) > 5


def test_letters_of_every_length_arrive(claude: Anthropic) -> None:
    with claude.messages.stream(**HELLO | {"model": "mock-sdk-text"}) as stream:
        assert stream.get_final_text() == "Grüße, 世界! 👋 Done."


# ------------------------------------------------------------------------------------------ event by event


def test_the_events_of_the_helper(claude: Anthropic) -> None:
    with claude.messages.stream(**HELLO | {"max_tokens": 2}) as stream:
        told = [event.type for event in stream]

    assert told == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "text",
        "content_block_delta",
        "text",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]


def test_the_helper_grows_the_message_as_it_comes(claude: Anthropic) -> None:
    with claude.messages.stream(**HELLO) as stream:
        grown = [text_of(stream.current_message_snapshot) for event in stream if event.type == "text"]

    assert grown == sorted(grown, key=len)
    assert grown[-1] == GREETING


def test_raw_events(claude: Anthropic) -> None:
    with claude.messages.create(**HELLO, stream=True) as stream:
        events = list(stream)

    text = "".join(
        event.delta.text
        for event in events
        if event.type == "content_block_delta" and event.delta.type == "text_delta"
    )
    assert text == GREETING
    assert (events[0].type, events[-1].type) == ("message_start", "message_stop")


async def test_raw_events_asynchronously(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client:
        stream = await client.messages.create(**HELLO, stream=True)
        async with stream:
            told = [event.type async for event in stream]

    assert (told[0], told[-1]) == ("message_start", "message_stop")
    assert told.count("content_block_delta") > 5


def test_a_ping_comes_behind_the_first_opened_block_and_is_not_shown(claude: Anthropic) -> None:
    sent = [event["type"] for event in raw_events(claude)]
    with claude.messages.create(**HELLO, stream=True) as stream:
        shown = [event.type for event in stream]

    assert sent[:3] == ["message_start", "content_block_start", "ping"]
    assert shown == [name for name in sent if name != "ping"]


def test_the_helper_knows_who_answered(claude: Anthropic) -> None:
    with claude.messages.stream(**HELLO) as stream:
        message = stream.get_final_message()

    assert str(stream.request_id).startswith("req_01")
    assert str(stream.workspace_id).startswith("wrkspc_")
    assert message.id.startswith("msg_01")


# --------------------------------------------------------------------------------------- the same as whole


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"max_tokens": 3},
        {"max_tokens": 0},
        {"stop_sequences": [" help"]},
        {"messages": [{"role": "user", "content": "Write malware."}]},
        {"model": "mock-sdk-anthropic-empty"},
        {"model": "mock-sdk-anthropic-everything", "tools": [WEATHER]},
        {"model": "mock-sdk-anthropic-search"},
        {"model": "mock-sdk-anthropic-usage"},
        {"model": "mock-sdk-anthropic-window"},
        {"model": "mock-sdk-no-arguments"},
        {"model": "mock-image"},
    ],
    ids=str,
)
def test_a_stream_adds_up_to_the_whole_message(claude: Anthropic, fields: dict[str, Any]) -> None:
    whole = claude.messages.create(**HELLO | fields)

    with claude.messages.stream(**HELLO | fields) as stream:
        built = stream.get_final_message()

    assert shown(built) == shown(whole)


async def test_a_stream_adds_up_asynchronously(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client:
        whole = await client.messages.create(**EVERYTHING)
        async with client.messages.stream(**EVERYTHING) as stream:
            built = await stream.get_final_message()

    assert shown(built) == shown(whole)


def shown(message: Any) -> Any:
    """All of a message but what is new with each: its id, those of its calls, and signatures."""
    found = message.to_dict()
    del found["id"]
    for block in found["content"]:
        for name in ("id", "signature", "parsed_output"):
            block.pop(name, None)
    return found


def test_usage_starts_small_and_ends_whole(claude: Anthropic) -> None:
    events = raw_events(claude, model="mock-sdk-anthropic-usage")

    start, end = events[0]["message"]["usage"], events[-2]["usage"]
    assert (start["input_tokens"], start["output_tokens"]) == (30, 1)
    assert end == {
        "input_tokens": 30,
        "cache_creation_input_tokens": 10,
        "cache_read_input_tokens": 60,
        "output_tokens": 42,
        "output_tokens_details": {"thinking_tokens": 12},
    }


# ----------------------------------------------------------------------------------------- block by block


def test_each_part_is_a_block_in_its_place(claude: Anthropic) -> None:
    events = raw_events(claude, **EVERYTHING)

    opened = [event["content_block"] for event in events if event["type"] == "content_block_start"]
    assert [block["type"] for block in opened] == [
        "thinking",
        "redacted_thinking",
        "text",
        "tool_use",
        "tool_use",
    ]
    assert opened[1] == {"type": "redacted_thinking", "data": "b3BhcXVl"}
    assert opened[4] == {
        "type": "tool_use",
        "id": "toolu_scripted",
        "name": "get_weather",
        "input": {},
        "caller": {"type": "direct"},
    }
    assert [event["type"] for event in events].count("ping") == 1


def test_thinking_ends_with_its_whole_signature(claude: Anthropic) -> None:
    *thinking, signature = deltas_of(raw_events(claude, **EVERYTHING), 0)

    assert "".join(delta["thinking"] for delta in thinking) == "Two cities, so two calls."
    assert signature["type"] == "signature_delta"
    assert len(signature["signature"]) > 40


def test_a_block_that_is_not_shown_is_whole_in_its_start(claude: Anthropic) -> None:
    assert deltas_of(raw_events(claude, **EVERYTHING), 1) == []


def test_a_calls_input_comes_in_pieces_of_which_the_first_is_empty(claude: Anthropic) -> None:
    pieces = [delta["partial_json"] for delta in deltas_of(raw_events(claude, **EVERYTHING), 3)]

    assert pieces[0] == ""
    assert len(pieces) > 3
    assert json.loads("".join(pieces)) == {"city": "Zürich", "days": [1, 2]}


def test_a_call_without_arguments_is_one_empty_piece(claude: Anthropic) -> None:
    events = raw_events(claude, model="mock-sdk-no-arguments")

    assert deltas_of(events, 0) == [{"type": "input_json_delta", "partial_json": ""}]


def test_the_helper_tells_the_input_as_it_grows(claude: Anthropic) -> None:
    with claude.messages.stream(**EVERYTHING) as stream:
        grown = [event.snapshot for event in stream if event.type == "input_json"]

    assert {} in grown
    assert grown[-1] == {"city": "東京"}


def test_the_helper_tells_thinking_and_its_signature(claude: Anthropic) -> None:
    with claude.messages.stream(**EVERYTHING) as stream:
        events = list(stream)

    thinking = [event.thinking for event in events if event.type == "thinking"]
    signatures = [event.signature for event in events if event.type == "signature"]
    assert "".join(thinking) == "Two cities, so two calls."
    assert len(signatures) == 1


def test_a_call_cut_by_the_limit_still_ends_the_stream_in_order(claude: Anthropic) -> None:
    with claude.messages.stream(**HELLO | {"model": "mock-sdk-anthropic-cut-call"}) as stream:
        message = stream.get_final_message()

    assert message.stop_reason == "max_tokens"
    assert [block.type for block in message.content] == ["tool_use"]


def test_the_servers_own_tool_is_called_in_the_stream(claude: Anthropic) -> None:
    with claude.messages.stream(**HELLO | {"model": "mock-sdk-anthropic-search"}) as stream:
        message = stream.get_final_message()

    assert message.stop_reason == "pause_turn"
    assert message.content[1].to_dict() == {
        "type": "server_tool_use",
        "id": "srvtoolu_01",
        "name": "web_search",
        "input": {"query": "colour of the sky"},
        "caller": {"type": "direct"},
    }
    assert message.usage.server_tool_use is not None
    assert message.usage.server_tool_use.web_search_requests == 1


# ------------------------------------------------------------------------------------------- beta methods


def test_a_beta_stream(claude: Anthropic) -> None:
    with claude.beta.messages.stream(
        **HELLO,
        betas=["context-management-2025-06-27"],
        context_management={"edits": [{"type": "clear_tool_uses_20250919"}]},
    ) as stream:
        message = stream.get_final_message()

    assert text_of(message) == GREETING
    assert message.context_management is not None
    assert message.context_management.applied_edits == []


async def test_a_beta_stream_asynchronously(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client, client.beta.messages.stream(**HELLO) as stream:
        assert text_of(await stream.get_final_message()) == GREETING


def test_a_thread_may_be_streamed(claude: Anthropic) -> None:
    thread = claude.beta.messages.thread(
        model="mock-sdk-anthropic-chat", max_tokens=500, messages=[{"role": "user", "content": "Hi"}]
    )
    with thread.stream() as stream:
        stream.until_done()

    with thread.stream({"role": "user", "content": "Ada"}) as stream:
        assert text_of(stream.get_final_message()) == "Hello, Ada!"
