"""The Responses API as a stream of events, through the official Python SDK and its own assembly."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from openai import APIError, AsyncOpenAI, OpenAI
from sdk.openai_strict import Wire

from mockserver.runner import MockServer

GREETING = "Hello! How can I help you today?"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER: Any = {"type": "function", "name": "get_weather", "parameters": SCHEMA, "strict": False}
TIME: Any = {"type": "function", "name": "get_time", "parameters": SCHEMA, "strict": False}
SHELL: Any = {"type": "custom", "name": "shell"}
SUMMARY: Any = {"effort": "low", "summary": "auto"}
TEXT = [
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
]
CALL = [
    "response.output_item.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.output_item.done",
]
CUSTOM_CALL = [name.replace("function_call_arguments", "custom_tool_call_input") for name in CALL]
REASONING = [
    "response.output_item.added",
    "response.reasoning_summary_part.added",
    "response.reasoning_summary_text.delta",
    "response.reasoning_summary_text.done",
    "response.reasoning_summary_part.done",
    "response.output_item.done",
]
SILENT = ["response.output_item.added", "response.output_item.done"]
REFUSAL = [name.replace("output_text", "refusal") for name in TEXT]


def stream(client: OpenAI, **members: Any) -> list[Any]:
    """The events of an answer to a greeting, or to what the members say."""
    asked = {"model": "gpt-4o", "input": "Hello!", **members}
    return list(client.responses.create(stream=True, **asked))


def kinds(events: list[Any]) -> list[str]:
    """The types of the events, with deltas of one kind told once."""
    names = [event.type for event in events]
    return [
        name
        for at, name in enumerate(names)
        if not (name.endswith(".delta") and at and names[at - 1] == name)
    ]


def life(*items: list[str], end: str = "completed") -> list[str]:
    """The types of a whole stream of these items."""
    told = [name for item in items for name in item]
    return ["response.created", "response.in_progress", *told, f"response.{end}"]


# ---------------------------------------------------------------------------------------------------- order


@pytest.mark.parametrize(
    ("model", "members", "expected"),
    [
        ("gpt-4o", {}, life(TEXT)),
        ("mock-refusal", {}, life(REFUSAL)),
        ("mock-thinking", {}, life(SILENT, TEXT)),
        ("mock-thinking", {"reasoning": SUMMARY}, life(REASONING, TEXT)),
        ("mock-parallel-tools", {"tools": [WEATHER, TIME]}, life(CALL, CALL)),
        ("mock-weather", {"tools": [WEATHER]}, life(TEXT, CALL)),
        ("mock-auto", {"tools": [SHELL], "tool_choice": "required"}, life(CUSTOM_CALL)),
        ("mock-truncated", {}, life(TEXT, end="incomplete")),
        ("mock-sdk-failed-response", {}, life(TEXT, end="failed")),
    ],
    ids=["text", "refusal", "thinking", "summary", "calls", "text and call", "custom", "cut", "failed"],
)
def test_events_come_in_the_order_of_the_live_api(
    openai_client: OpenAI, model: str, members: Any, expected: list[str]
) -> None:
    assert kinds(stream(openai_client, model=model, **members)) == expected


async def test_events_come_asynchronously(async_openai_client: AsyncOpenAI) -> None:
    told = await async_openai_client.responses.create(model="gpt-4o", input="Hello!", stream=True)

    assert kinds([event async for event in told]) == life(TEXT)


def test_a_stream_begins_with_nothing_and_ends_with_everything(openai_client: OpenAI, wire: Wire) -> None:
    stream(openai_client)

    created, begun, *_, done = (event["response"] for event in wire.data if "response" in event)
    for response in (created, begun):
        assert (response["status"], response["output"], response["usage"]) == ("in_progress", [], None)
        assert (response["completed_at"], response["service_tier"]) == (None, "auto")
    assert (done["id"], done["status"], done["service_tier"]) == (created["id"], "completed", "default")
    items = [event["item"] for event in wire.data if event["type"] == "response.output_item.done"]
    assert done["output"] == items
    assert done["usage"]["output_tokens"] > 0


def test_the_end_of_a_stream_is_the_whole_answer(openai_client: OpenAI, wire: Wire) -> None:
    def told(response: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in response.items() if name not in ("id", "output")}

    whole = openai_client.responses.create(model="mock-weather", input="Hello!", tools=[WEATHER])
    body = wire.json
    stream(openai_client, model="mock-weather", tools=[WEATHER])

    last = wire.data[-1]["response"]
    assert told(last) == told(body)
    assert [item["type"] for item in last["output"]] == [item.type for item in whole.output]


def test_events_tell_where_they_belong(openai_client: OpenAI) -> None:
    events = stream(openai_client, model="mock-weather", tools=[WEATHER])

    announced = {
        event.output_index: event.item.id for event in events if event.type == "response.output_item.added"
    }
    assert sorted(announced) == [0, 1]
    for event in events:
        if hasattr(event, "item_id"):
            assert event.item_id == announced[event.output_index]


def test_deltas_are_padded_to_lengths_that_tell_nothing(openai_client: OpenAI, wire: Wire) -> None:
    stream(openai_client)
    padded = wire.data
    stream(openai_client, stream_options={"include_obfuscation": False})

    for event in padded:
        assert ("obfuscation" in event) == event["type"].endswith(".delta")
        assert (len(event.get("delta", "")) + len(event.get("obfuscation", ""))) % 16 == 0
    assert not [event for event in wire.data if "obfuscation" in event]


def test_log_probabilities_come_with_their_pieces(openai_client: OpenAI) -> None:
    events = stream(openai_client, include=["message.output_text.logprobs"], top_logprobs=2)

    for event in events:
        if event.type == "response.output_text.delta":
            assert "".join(entry.token for entry in event.logprobs) == event.delta
            assert all(len(entry.top_logprobs) == 2 for entry in event.logprobs)


def test_what_was_cut_is_incomplete(openai_client: OpenAI) -> None:
    *_, done, end = stream(openai_client, model="mock-sdk-long", max_output_tokens=16)

    assert (done.item.status, end.response.status) == ("incomplete", "incomplete")
    assert end.response.incomplete_details.reason == "max_output_tokens"
    assert end.response.usage.output_tokens == 16


def test_encrypted_reasoning_is_complete_when_it_is_done(openai_client: OpenAI) -> None:
    events = stream(
        openai_client, model="mock-thinking", store=False, include=["reasoning.encrypted_content"]
    )

    items = [event.item for event in events if event.type in SILENT and event.item.type == "reasoning"]
    assert [bool(item.encrypted_content) for item in items] == [True, True]
    assert events[-1].response.output[0] == items[1]


def test_an_image_is_told_as_it_is_made(openai_client: OpenAI) -> None:
    events = stream(
        openai_client, input="Draw a cat", tools=[{"type": "image_generation", "partial_images": 1}]
    )

    names = kinds(events)
    at = names.index("response.image_generation_call.in_progress")
    stages = [name.rpartition(".")[2] for name in names[at : at + 4]]
    assert stages == ["in_progress", "generating", "partial_image", "completed"]
    (partial,) = (event for event in events if event.type == "response.image_generation_call.partial_image")
    assert partial.partial_image_b64.startswith("iVBOR")


# --------------------------------------------------------------------------------------- the SDK's assembly


def test_the_stream_helper_tells_what_the_whole_answer_tells(openai_client: OpenAI) -> None:
    asked: Any = {"model": "mock-sdk-thinking-tools", "input": "Hi", "tools": [WEATHER], "reasoning": SUMMARY}

    whole = openai_client.responses.create(**asked)
    with openai_client.responses.stream(**asked) as told:
        names = [event.type for event in told]
        final = told.get_final_response()

    def shape(response: Any) -> list[Any]:
        hidden = {"id", "call_id", "parsed_arguments"}
        return [{k: v for k, v in item.to_dict().items() if k not in hidden} for item in response.output]

    assert (names[0], names[-1]) == ("response.created", "response.completed")
    assert shape(final) == shape(whole)
    assert final.usage == whole.usage


def test_the_stream_helper_hears_text_and_arguments_grow(openai_client: OpenAI) -> None:
    with openai_client.responses.stream(model="mock-weather", input="Hi", tools=[WEATHER]) as told:
        events = list(told)

    texts = [event.snapshot for event in events if event.type == "response.output_text.delta"]
    arguments = [event.snapshot for event in events if event.type == "response.function_call_arguments.delta"]
    assert texts[-1] == "Let me look that up."
    assert arguments[-1] == '{"city":"London"}'


async def test_the_asynchronous_stream_helper_hears_a_refusal(async_openai_client: AsyncOpenAI) -> None:
    async with async_openai_client.responses.stream(model="mock-refusal", input="Hi") as told:
        pieces = [event.delta async for event in told if event.type == "response.refusal.delta"]
        final = await told.get_final_response()

    assert "".join(pieces) == "I'm sorry, but I can't help with that."
    assert final.output_text == ""


def test_the_stream_helper_wants_a_response_that_completes(openai_client: OpenAI) -> None:
    with (
        openai_client.responses.stream(model="mock-truncated", input="Hi") as told,
        pytest.raises(RuntimeError, match=r"response\.completed"),
    ):
        told.get_final_response()


# --------------------------------------------------------------------------------- many at once, and failures


async def test_streams_at_the_same_time_do_not_mix(async_openai_client: AsyncOpenAI) -> None:
    async def ask(number: int) -> tuple[str, str]:
        async with async_openai_client.responses.stream(model="mock-auto", input=f"I am {number}") as told:
            final = await told.get_final_response()
        return final.id, final.output_text

    told = await asyncio.gather(*[ask(number) for number in range(50)])

    assert len({name for name, _ in told}) == 50
    assert all(f'"I am {number}"' in text for number, (_, text) in enumerate(told))


async def test_chains_at_the_same_time_do_not_mix(async_openai_client: AsyncOpenAI) -> None:
    async def talk(number: int) -> None:
        before = None
        for turn in range(3):
            response = await async_openai_client.responses.create(
                model="mock-auto", input=f"{number}.{turn}", previous_response_id=before
            )
            assert f'"{number}.{turn}"' in response.output_text
            before = response.id

    await asyncio.gather(*[talk(number) for number in range(10)])


def test_a_failure_within_a_stream_is_raised(openai_client: OpenAI, mock: MockServer, wire: Wire) -> None:
    wire.verbatim = True
    error = {"type": "insufficient_quota", "code": "insufficient_quota", "message": "No more.", "param": None}
    events = [{"type": "error", "sequence_number": 0, "error": error}]
    mock.script({"scenario": "broken", "raw": {"openai.responses": {"events": events}}})

    with pytest.raises(APIError) as raised:
        stream(openai_client)

    assert (raised.value.message, raised.value.code) == ("No more.", "insufficient_quota")
    assert wire.frames[0].startswith("event: error\ndata: ")
