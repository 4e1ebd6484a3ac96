"""Anthropic's SDK: tools that its tool runner calls, in threads on the server and with the whole history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from anthropic import Anthropic, beta_async_tool, beta_tool
from anthropic.types import MessageParam
from sdk.anthropic_strict import HELLO, strict_async_client, strict_client, text_of

from mockserver.runner import MockServer

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


@beta_tool
def get_weather(city: str) -> str:
    """The weather in a city.

    Args:
        city: Where.
    """
    return f"18 °C in {city}"


@beta_async_tool(name="get_weather")
async def get_weather_soon(city: str) -> str:
    """The weather in a city.

    Args:
        city: Where.
    """
    return f"18 °C in {city}"


@beta_tool
def get_time(city: str) -> str:
    """The time in a city.

    Args:
        city: Where.
    """
    return f"noon in {city}"


@beta_tool
def now() -> str:
    """What time it is."""
    return "noon"


THREADS = pytest.mark.parametrize("threads", [{}, {"thread": False}], ids=["thread", "whole history"])
TOLD = "Here is the weather in Paris: 18 °C in Paris"


def runner_fields(**fields: Any) -> Any:
    return {**HELLO, "system": "Be brief.", "tools": [get_weather], "messages": IN_PARIS, **fields}


@THREADS
def test_the_tool_runner_comes_to_its_end(claude: Anthropic, seen: MockServer, threads: Any) -> None:
    message = claude.beta.messages.tool_runner(**runner_fields(), **threads).until_done()

    assert text_of(message) == TOLD
    assert [len(request.messages) for request in seen.requests] == [1, 3]
    assert [request.system for request in seen.requests] == ["Be brief."] * 2
    assert [len(request.tools) for request in seen.requests] == [1, 1]
    assert [len(request.body["messages"]) for request in seen.requests] == [1, 3 if threads else 1]


@THREADS
async def test_the_tool_runner_asynchronously(server: MockServer, key: str, threads: Any) -> None:
    async with strict_async_client(server, key) as client:
        runner = client.beta.messages.tool_runner(**runner_fields(tools=[get_weather_soon]), **threads)
        message = await runner.until_done()

    assert text_of(message) == TOLD


@THREADS
def test_the_tool_runner_in_streams(claude: Anthropic, threads: Any) -> None:
    runner = claude.beta.messages.tool_runner(**runner_fields(), **threads, stream=True)

    texts = [stream.get_final_message() for stream in runner]

    assert [message.stop_reason for message in texts] == ["tool_use", "end_turn"]
    assert text_of(texts[-1]) == TOLD


@THREADS
def test_the_tool_runner_runs_tools_while_the_stream_goes_on(claude: Anthropic, threads: Any) -> None:
    runner = claude.beta.messages.tool_runner(
        **runner_fields(), **threads, stream=True, run_tools_eagerly=True
    )

    assert text_of(runner.until_done()) == TOLD


@THREADS
def test_the_tool_runner_answers_several_calls_at_once(claude: Anthropic, threads: Any) -> None:
    runner = claude.beta.messages.tool_runner(
        **runner_fields(
            tools=[get_weather, get_time], model="mock-parallel-tools", messages=WEATHER_AND_TIME
        ),
        **threads,
    )

    assert text_of(runner.until_done()) == "Weather: 18 °C in Paris. Time: noon in Paris."


@THREADS
def test_the_tool_runner_calls_a_tool_without_arguments(claude: Anthropic, threads: Any) -> None:
    runner = claude.beta.messages.tool_runner(
        **runner_fields(tools=[now], model="mock-sdk-no-arguments"), **threads
    )

    assert text_of(runner.until_done()) == "It is noon."


@THREADS
def test_the_tool_runner_hands_back_thinking(claude: Anthropic, seen: MockServer, threads: Any) -> None:
    runner = claude.beta.messages.tool_runner(**runner_fields(model="mock-sdk-thinking-tools"), **threads)

    message = runner.until_done()

    assert text_of(message) == "In Paris: 18 °C in Paris"
    parts = seen.requests[-1].messages[1].parts
    assert [type(part).__name__ for part in parts] == ["Thinking", "ToolCall"]


def test_the_tool_runner_goes_on_where_the_api_paused(claude: Anthropic) -> None:
    runner = claude.beta.messages.tool_runner(**runner_fields(model="mock-sdk-anthropic-search"))

    assert text_of(runner.until_done()) == "The sky is blue."


def test_the_tool_runner_may_force_its_tool(claude: Anthropic) -> None:
    runner = claude.beta.messages.tool_runner(
        **runner_fields(tool_choice={"type": "any"}, model="mock-weather")
    )

    assert text_of(next(iter(runner))) == "Let me look that up."


def test_the_tool_runner_recovers_from_a_thread_that_is_gone(claude: Anthropic, seen: MockServer) -> None:
    runner = claude.beta.messages.tool_runner(**runner_fields())
    turns = iter(runner)

    next(turns)
    seen.reset()
    message = next(turns)

    assert text_of(message) == TOLD
    told = [(entry.status, entry.failure.code if entry.failure else None) for entry in seen.exchanges]
    assert told == [(404, "thread_not_found"), (200, None)]
