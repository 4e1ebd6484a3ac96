"""Anthropic's SDK: tools, their calls answered by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic
from anthropic.types import Message, MessageParam, ToolUseBlock
from sdk.anthropic_strict import HELLO, strict_async_client, strict_client, text_of

from mockserver.runner import MockServer

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = {"name": "get_weather", "description": "The weather in a city.", "input_schema": CITY}
TIME = {"name": "get_time", "description": "The time in a city.", "input_schema": CITY}
NOW = {"name": "now", "input_schema": {"type": "object"}}

IN_PARIS: list[MessageParam] = [{"role": "user", "content": "What's the weather in Paris?"}]
WEATHER_AND_TIME: list[MessageParam] = [{"role": "user", "content": "What time is it, and what weather?"}]


@pytest.fixture
def claude(server: MockServer, key: str) -> Iterator[Anthropic]:
    with strict_client(server, key) as client:
        yield client


@pytest.fixture
def seen(server: MockServer, key: str) -> MockServer:
    """What the server saw of this test."""
    return server.namespace(key)


def create(client: Anthropic, **fields: Any) -> Message:
    message: Message = client.messages.create(**HELLO | fields)
    return message


def calls_of(message: Message) -> list[ToolUseBlock]:
    return [block for block in message.content if block.type == "tool_use"]


def result(call: ToolUseBlock, content: Any, **fields: Any) -> Any:
    return {"type": "tool_result", "tool_use_id": call.id, "content": content, **fields}


def answered(asked: list[MessageParam], message: Message, *results: Any) -> list[MessageParam]:
    """The talk so far, with the results of the calls in `message`."""
    return [*asked, message.to_param(), {"role": "user", "content": list(results)}]


# ------------------------------------------------------------------------------------------------ by hand


def test_the_round_trip_of_a_call(claude: Anthropic) -> None:
    asked = create(claude, tools=[WEATHER], messages=IN_PARIS)
    (call,) = calls_of(asked)

    told = create(claude, tools=[WEATHER], messages=answered(IN_PARIS, asked, result(call, "18 °C")))

    assert (asked.stop_reason, call.name, call.input) == ("tool_use", "get_weather", {"city": "Paris"})
    assert call.id.startswith("toolu_01")
    assert call.caller is not None
    assert call.caller.type == "direct"
    assert text_of(asked) == "Let me look that up."
    assert (told.stop_reason, text_of(told)) == (
        "end_turn",
        "Here is the weather in Paris: 18 °C",
    )


async def test_the_round_trip_asynchronously(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client:
        asking: Any = HELLO | {"tools": [WEATHER]}
        asked = await client.messages.create(**asking | {"messages": IN_PARIS})
        (call,) = calls_of(asked)
        told = await client.messages.create(
            **asking | {"messages": answered(IN_PARIS, asked, result(call, "18 °C"))}
        )

    assert text_of(told) == "Here is the weather in Paris: 18 °C"


def test_the_round_trip_in_streams(claude: Anthropic) -> None:
    with claude.messages.stream(**HELLO | {"tools": [WEATHER], "messages": IN_PARIS}) as stream:
        asked = stream.get_final_message()
    (call,) = (block for block in asked.content if block.type == "tool_use")
    talk = answered(IN_PARIS, asked, result(call, "18 °C"))

    with claude.messages.stream(**HELLO | {"tools": [WEATHER], "messages": talk}) as stream:
        assert stream.get_final_text() == "Here is the weather in Paris: 18 °C"


def test_several_calls_in_one_answer(claude: Anthropic) -> None:
    tools = [WEATHER, TIME]
    asked = create(claude, tools=tools, messages=WEATHER_AND_TIME, model="mock-parallel-tools")
    weather, time = calls_of(asked)

    told = create(
        claude,
        tools=tools,
        model="mock-parallel-tools",
        messages=answered(WEATHER_AND_TIME, asked, result(weather, "sun"), result(time, "noon")),
    )

    assert [weather.name, time.name] == ["get_weather", "get_time"]
    assert weather.id != time.id
    assert text_of(told) == "Weather: sun. Time: noon."


def test_results_may_come_in_several_messages(claude: Anthropic) -> None:
    tools = [WEATHER, TIME]
    asked = create(claude, tools=tools, messages=WEATHER_AND_TIME, model="mock-parallel-tools")
    weather, time = calls_of(asked)
    talk = answered(WEATHER_AND_TIME, asked, result(weather, "sun"))

    told = create(
        claude,
        tools=tools,
        model="mock-parallel-tools",
        messages=[*talk, {"role": "user", "content": [result(time, "noon")]}],
    )

    assert text_of(told) == "Weather: sun. Time: noon."


def test_a_call_without_arguments(claude: Anthropic) -> None:
    fields: Any = {"model": "mock-sdk-no-arguments", "tools": [NOW]}
    asked = create(claude, **fields)
    (call,) = calls_of(asked)

    told = create(claude, **fields, messages=answered(HELLO["messages"], asked, result(call, "noon")))

    assert call.input == {}
    assert text_of(told) == "It is noon."


@pytest.mark.parametrize(
    "content",
    ["18 °C", [{"type": "text", "text": "18 °C"}], [{"type": "text", "text": "18 °C", "citations": None}]],
    ids=["string", "blocks", "blocks with nulls"],
)
def test_a_result_is_a_string_or_blocks(claude: Anthropic, content: Any) -> None:
    asked = create(claude, tools=[WEATHER], messages=IN_PARIS)
    (call,) = calls_of(asked)

    told = create(claude, tools=[WEATHER], messages=answered(IN_PARIS, asked, result(call, content)))

    assert text_of(told).endswith("18 °C")


def test_a_result_may_say_that_the_call_failed(claude: Anthropic, seen: MockServer) -> None:
    asked = create(claude, tools=[WEATHER], messages=IN_PARIS)
    (call,) = calls_of(asked)

    create(
        claude,
        tools=[WEATHER],
        messages=answered(
            IN_PARIS, asked, result(call, "No such city.", is_error=True), {"type": "text", "text": "Hm."}
        ),
    )

    *_, results, words = seen.requests[-1].messages
    assert [part.is_error for part in results.parts if hasattr(part, "is_error")] == [True]
    assert words.text == "Hm."


def test_a_result_that_the_turn_expects_and_does_not_get_is_missed(claude: Anthropic) -> None:
    with pytest.raises(anthropic.BadRequestError, match="did not get what it expects"):
        create(
            claude,
            model="mock-sdk-no-arguments",
            messages=[
                *HELLO["messages"],
                {"role": "assistant", "content": "I look."},
                {"role": "user", "content": "Well?"},
            ],
        )


# ------------------------------------------------------------------------------------------ which tools


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"type": "auto"}, ["get_weather", "get_time"]),
        ({"type": "auto", "disable_parallel_tool_use": True}, ["get_weather"]),
        ({"type": "any"}, ["get_weather", "get_time"]),
        ({"type": "any", "disable_parallel_tool_use": True}, ["get_weather"]),
        ({"type": "tool", "name": "get_time"}, ["get_time"]),
        ({"type": "none"}, []),
    ],
    ids=str,
)
def test_the_choice_of_tools_holds(claude: Anthropic, choice: Any, expected: list[str]) -> None:
    message = create(
        claude,
        model="mock-auto",
        tools=[WEATHER, TIME],
        tool_choice=choice,
        messages=WEATHER_AND_TIME,
    )

    assert [call.name for call in calls_of(message)] == expected
    assert message.stop_reason == ("tool_use" if expected else "end_turn")


def test_tools_of_every_kind_may_be_offered(claude: Anthropic, seen: MockServer) -> None:
    create(
        claude,
        tools=[
            WEATHER | {"type": "custom", "strict": None, "cache_control": {"type": "ephemeral"}},
            {"type": "bash_20250124", "name": "bash"},
            {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool", "max_characters": 9},
            {"type": "memory_20250818", "name": "memory"},
            {"type": "web_search_20260318", "name": "web_search", "max_uses": 1},
            {"type": "web_fetch_20260318", "name": "web_fetch"},
            {"type": "code_execution_20260521", "name": "code_execution"},
            {"type": "tool_search_tool_regex", "name": "tool_search_tool_regex"},
            {"type": "computer_toolset_20260801"},
        ],
    )

    expected = ["get_weather", "bash", "str_replace_based_edit_tool", "memory"]
    assert [tool.name for tool in seen.requests[0].tools] == expected


def test_a_tool_of_the_api_itself_answers_within_the_message(claude: Anthropic) -> None:
    message = create(claude, model="mock-sdk-anthropic-search")

    assert message.stop_reason == "pause_turn"
    assert [block.type for block in message.content] == ["text", "server_tool_use"]
    assert message.usage.server_tool_use is not None
    assert message.usage.server_tool_use.web_search_requests == 1


def test_what_was_paused_goes_on(claude: Anthropic) -> None:
    paused = create(claude, model="mock-sdk-anthropic-search")

    message = create(
        claude, model="mock-sdk-anthropic-search", messages=[*HELLO["messages"], paused.to_param()]
    )

    search, cited = message.content
    assert search.type == "web_search_tool_result"
    assert cited.type == "text"
    assert [citation.cited_text for citation in cited.citations or []] == ["blue"]


def test_cited_words_come_behind_their_sources(claude: Anthropic) -> None:
    paused = create(claude, model="mock-sdk-anthropic-search")
    talk = [*HELLO["messages"], paused.to_param()]

    with claude.messages.stream(**HELLO | {"model": "mock-sdk-anthropic-search", "messages": talk}) as stream:
        told = [event.type for event in stream if event.type in {"citation", "text"}]

    assert told == ["citation", "text"]
