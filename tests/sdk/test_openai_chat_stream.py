"""Chat Completions as a stream, through the official Python SDK: raw chunks and its own assembly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import pytest
from openai import APIError, AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletionChunk
from sdk.openai_strict import Wire, frames_of

from mockserver.runner import MockServer

HELLO: Any = [{"role": "user", "content": "Hello!"}]
CONSTANT = ("id", "object", "created", "model", "service_tier", "system_fingerprint")
GREETING = "Hello! How can I help you today?"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Any = {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}
TIME: Any = {"type": "function", "function": {"name": "get_time", "parameters": SCHEMA}}
SHELL: Any = {"type": "custom", "custom": {"name": "shell"}}


def stream(client: OpenAI, **members: Any) -> list[ChatCompletionChunk]:
    """The chunks of an answer to a greeting, or to what the members say."""
    asked = {"model": "gpt-4o", "messages": HELLO, **members}
    return list(client.chat.completions.create(stream=True, **asked))


def choices(wire: Wire, index: int = 0) -> list[Any]:
    """What the last stream said of one choice."""
    said = (choice for chunk in wire.data for choice in chunk["choices"])
    return [choice for choice in said if choice["index"] == index]


def deltas(wire: Wire, index: int = 0) -> list[Any]:
    """The deltas of a choice, without the empty one at the end."""
    said = [choice["delta"] for choice in choices(wire, index)]
    assert said[-1] == {}
    return said[:-1]


def joined(chunks: Iterable[ChatCompletionChunk]) -> str:
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


# ----------------------------------------------------------------------------------------------------- text


def test_a_text_comes_in_pieces_with_one_role_and_one_end(openai_client: OpenAI, wire: Wire) -> None:
    chunks = stream(openai_client)

    assert joined(chunks) == GREETING
    first, *middle = deltas(wire)
    assert first == {"role": "assistant", "content": "", "refusal": None}
    assert len(middle) > 5
    assert all(delta.keys() == {"content"} for delta in middle)
    reasons = [choice["finish_reason"] for choice in choices(wire)]
    assert reasons == [None] * (len(middle) + 1) + ["stop"]


async def test_a_text_comes_in_pieces_asynchronously(async_openai_client: AsyncOpenAI) -> None:
    chunks = await async_openai_client.chat.completions.create(
        model="mock-sdk-text", messages=HELLO, stream=True
    )

    assert joined([chunk async for chunk in chunks]) == "Grüße, 世界! 👋 Done."


def test_the_members_of_a_chunk_are_those_of_the_live_api(openai_client: OpenAI, wire: Wire) -> None:
    stream(openai_client)

    for chunk in wire.data:
        assert set(chunk) == {*CONSTANT, "choices", "obfuscation"}
        assert [set(choice) for choice in chunk["choices"]] == [
            {"index", "delta", "logprobs", "finish_reason"}
        ]


def test_usage_is_told_at_the_end_to_those_who_ask(openai_client: OpenAI, wire: Wire) -> None:
    whole = openai_client.chat.completions.create(model="gpt-4o", messages=HELLO)
    stream(openai_client, stream_options={"include_usage": True})

    *others, last = wire.data
    assert last["choices"] == []
    assert whole.usage
    assert last["usage"] == whole.usage.to_dict()
    assert [chunk["usage"] for chunk in others] == [None] * len(others)


def test_usage_is_not_spoken_of_unless_asked(openai_client: OpenAI, wire: Wire) -> None:
    stream(openai_client)

    assert not [chunk for chunk in wire.data if "usage" in chunk or not chunk["choices"]]


def test_chunks_are_padded_to_lengths_that_tell_nothing(openai_client: OpenAI, wire: Wire) -> None:
    stream(openai_client, stream_options={"include_usage": True})

    frames = wire.frames[:-1]
    assert {len(frame.removeprefix("data: ")) % 16 for frame in frames} == {1}
    assert all(chunk["obfuscation"].isalnum() for chunk in wire.data)


def test_padding_can_be_declined(openai_client: OpenAI, wire: Wire) -> None:
    stream(openai_client, stream_options={"include_obfuscation": False})

    assert not [chunk for chunk in wire.data if "obfuscation" in chunk]


def test_moderation_comes_after_usage(openai_client: OpenAI, wire: Wire) -> None:
    stream(
        openai_client,
        moderation={"model": "omni-moderation-latest"},
        stream_options={"include_usage": True},
    )

    usage, moderation = wire.data[-2:]
    assert (usage["choices"], moderation["choices"], moderation["usage"]) == ([], [], None)
    assert moderation["moderation"].keys() == {"input", "output"}


def test_choices_take_turns(openai_client: OpenAI, wire: Wire) -> None:
    stream(openai_client, n=3, stream_options={"include_usage": True})

    for index in range(3):
        first, *middle = deltas(wire, index)
        assert first["role"] == "assistant"
        assert not [delta for delta in middle if "role" in delta]
        assert "".join(delta["content"] for delta in middle) == GREETING
        assert [choice["finish_reason"] for choice in choices(wire, index)].count("stop") == 1
    assert sum(not chunk["choices"] for chunk in wire.data) == 1


def test_log_probabilities_come_with_their_pieces(openai_client: OpenAI, wire: Wire) -> None:
    stream(openai_client, logprobs=True, top_logprobs=1)

    first, *pieces, last = choices(wire)
    assert first["logprobs"] == {"content": [], "refusal": None}
    for choice in pieces:
        entries = choice["logprobs"]["content"]
        assert "".join(entry["token"] for entry in entries) == choice["delta"]["content"]
    assert last["logprobs"] is None


def test_a_refusal_comes_in_pieces_of_its_own(openai_client: OpenAI, wire: Wire) -> None:
    stream(openai_client, model="mock-refusal", logprobs=True)

    first, *middle = deltas(wire)
    assert first == {"role": "assistant", "content": None, "refusal": ""}
    assert "".join(delta["refusal"] for delta in middle) == "I'm sorry, but I can't help with that."
    assert choices(wire)[-1]["finish_reason"] == "stop"
    assert choices(wire)[1]["logprobs"]["content"] is None
    assert choices(wire)[1]["logprobs"]["refusal"][0]["token"] == middle[0]["refusal"]


def test_reasoning_comes_before_the_text(openai_client: OpenAI, wire: Wire) -> None:
    stream(openai_client, model="mock-thinking")

    kinds = [name for delta in deltas(wire)[1:] for name in delta]
    told = kinds.count("reasoning_content")
    assert kinds == ["reasoning_content"] * told + ["content"] * (len(kinds) - told)
    assert 5 < told < len(kinds)


# ---------------------------------------------------------------------------------------------------- tools


def test_one_call_is_announced_with_the_role(openai_client: OpenAI, wire: Wire) -> None:
    stream(openai_client, model="mock-sdk-thinking-tools", messages=HELLO, tools=[WEATHER])
    stream(openai_client, model="mock-auto", tools=[WEATHER], tool_choice="required")

    first, *middle = deltas(wire)
    (call,) = first.pop("tool_calls")
    assert first == {"role": "assistant", "content": None, "refusal": None}
    assert call == {
        "index": 0,
        "id": call["id"],
        "type": "function",
        "function": {"name": "get_weather", "arguments": ""},
    }
    pieces = [piece for delta in middle for piece in delta["tool_calls"]]
    assert all(piece.keys() == {"index", "function"} for piece in pieces)
    assert all(piece["function"].keys() == {"arguments"} for piece in pieces)
    assert json.loads("".join(piece["function"]["arguments"] for piece in pieces)).keys() == {"city"}
    assert choices(wire)[-1]["finish_reason"] == "tool_calls"


def test_parallel_calls_come_one_after_the_other(openai_client: OpenAI, wire: Wire) -> None:
    stream(openai_client, model="mock-parallel-tools", tools=[WEATHER, TIME])

    first, *middle = deltas(wire)
    assert first == {"role": "assistant", "content": None}
    pieces = [piece for delta in middle for piece in delta["tool_calls"]]
    assert [piece["index"] for piece in pieces] == sorted(piece["index"] for piece in pieces)
    heads = [piece for piece in pieces if "id" in piece]
    assert [(head["index"], head["function"]["name"]) for head in heads] == [
        (0, "get_weather"),
        (1, "get_time"),
    ]


def test_a_call_may_follow_a_text(openai_client: OpenAI, wire: Wire) -> None:
    stream(openai_client, messages=[{"role": "user", "content": "Weather in Rome?"}], tools=[WEATHER])

    members = [name for delta in deltas(wire) for name in delta if name not in ("role", "refusal")]
    told = members.count("content")
    assert told > 3
    assert members == ["content"] * told + ["tool_calls"] * (len(members) - told)


def test_a_custom_call_comes_in_pieces_of_its_input(openai_client: OpenAI, wire: Wire) -> None:
    stream(openai_client, model="mock-auto", tools=[SHELL], tool_choice="required")

    (first, *pieces) = [piece for delta in deltas(wire) for piece in delta["tool_calls"]]
    assert first == {
        "index": 0,
        "id": first["id"],
        "type": "custom",
        "custom": {"name": "shell", "input": ""},
    }
    assert "".join(piece["custom"]["input"] for piece in pieces) == "echo hello"


def test_a_legacy_function_call_comes_in_pieces(openai_client: OpenAI, wire: Wire) -> None:
    stream(
        openai_client,
        model="mock-auto",
        functions=[WEATHER["function"]],
        function_call={"name": "get_weather"},
    )

    first, *middle = deltas(wire)
    assert first == {
        "role": "assistant",
        "content": None,
        "function_call": {"name": "get_weather", "arguments": ""},
    }
    arguments = "".join(delta["function_call"]["arguments"] for delta in middle)
    assert json.loads(arguments).keys() == {"city"}
    assert choices(wire)[-1]["finish_reason"] == "function_call"


# --------------------------------------------------------------------------------------- the SDK's assembly


def test_the_stream_helper_tells_what_the_whole_answer_tells(openai_client: OpenAI) -> None:
    whole = openai_client.chat.completions.create(model="mock-sdk-text", messages=HELLO)
    with openai_client.chat.completions.stream(
        model="mock-sdk-text", messages=HELLO, stream_options={"include_usage": True}
    ) as told:
        pieces = [event.delta for event in told if event.type == "content.delta"]
        final = told.get_final_completion()

    assert "".join(pieces) == whole.choices[0].message.content == final.choices[0].message.content
    assert final.usage == whole.usage
    assert final.system_fingerprint == whole.system_fingerprint
    assert (final.object, final.choices[0].finish_reason) == ("chat.completion", "stop")


async def test_the_asynchronous_stream_helper_hears_calls(async_openai_client: AsyncOpenAI) -> None:
    async with async_openai_client.chat.completions.stream(
        model="mock-parallel-tools", messages=HELLO, tools=[WEATHER, TIME]
    ) as told:
        done = [event async for event in told if event.type == "tool_calls.function.arguments.done"]
        final = await told.get_final_completion()

    assert [(event.index, event.name, event.arguments) for event in done] == [
        (0, "get_weather", '{"city":"Paris"}'),
        (1, "get_time", '{"city":"Paris"}'),
    ]
    calls: Any = final.choices[0].message.tool_calls
    assert [(call.type, call.function.name) for call in calls] == [
        ("function", "get_weather"),
        ("function", "get_time"),
    ]
    assert all(len(call.id) == len("call_") + 24 for call in calls)
    assert calls[0].id != calls[1].id


def test_the_stream_helper_hears_a_refusal(openai_client: OpenAI) -> None:
    with openai_client.chat.completions.stream(model="mock-refusal", messages=HELLO, logprobs=True) as told:
        kinds = {event.type for event in told}
        final = told.get_final_completion()

    assert {"refusal.delta", "refusal.done", "logprobs.refusal.delta"} <= kinds
    assert final.choices[0].message.refusal == "I'm sorry, but I can't help with that."
    assert final.choices[0].message.content is None


def test_the_stream_helper_tells_choices_apart(openai_client: OpenAI) -> None:
    with openai_client.chat.completions.stream(model="gpt-4o", messages=HELLO, n=3, logprobs=True) as told:
        final = told.until_done().get_final_completion()

    assert [choice.message.content for choice in final.choices] == [GREETING] * 3
    for choice in final.choices:
        assert choice.logprobs
        assert "".join(entry.token for entry in choice.logprobs.content or []) == GREETING


# --------------------------------------------------------------------------------- many at once, and failures


async def test_streams_at_the_same_time_do_not_mix(async_openai_client: AsyncOpenAI, wire: Wire) -> None:
    async def ask(number: int) -> tuple[set[str], str]:
        chunks = [
            chunk
            async for chunk in await async_openai_client.chat.completions.create(
                model="mock-auto", messages=[{"role": "user", "content": f"I am {number}"}], stream=True
            )
        ]
        return {chunk.id for chunk in chunks}, joined(chunks)

    told = await asyncio.gather(*[ask(number) for number in range(50)])

    assert all(len(ids) == 1 for ids, _ in told)
    assert len({min(ids) for ids, _ in told}) == 50
    assert all(f'"I am {number}"' in text for number, (_, text) in enumerate(told))
    assert {frames_of(answer)[-1] for answer in wire.received} == {"data: [DONE]"}


async def test_the_same_request_at_the_same_time_has_ids_of_its_own(async_openai_client: AsyncOpenAI) -> None:
    async def ask() -> str:
        chunks = await async_openai_client.chat.completions.create(
            model="gpt-4o", messages=HELLO, stream=True
        )
        return {chunk.id async for chunk in chunks}.pop()

    assert len(set(await asyncio.gather(*[ask() for _ in range(50)]))) == 50


def test_an_error_within_a_stream_is_raised_after_what_came(
    openai_client: OpenAI, mock: MockServer, wire: Wire
) -> None:
    wire.verbatim = True
    error = {"message": "It broke.", "type": "server_error", "param": None, "code": "oops"}
    chunk = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": {"content": "So"}, "logprobs": None, "finish_reason": None}],
    }
    mock.script({"scenario": "broken", "raw": {"openai.chat": {"events": [chunk, {"error": error}]}}})
    told = openai_client.chat.completions.create(model="gpt-4o", messages=HELLO, stream=True)

    pieces: list[str | None] = []
    with pytest.raises(APIError) as raised:
        pieces.extend(chunk.choices[0].delta.content for chunk in told)

    assert pieces == ["So"]
    assert raised.value.body == error
    assert (raised.value.type, raised.value.code) == ("server_error", "oops")
