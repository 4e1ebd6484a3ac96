"""Anthropic's SDK: streams left early, requests cut short, and many at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic, DefaultHttpxClient
from patience import wait
from sdk.anthropic_strict import GREETING, HELLO, strict_async_client, strict_client, text_of

from mockserver.runner import MockServer

LONG: Any = HELLO | {"model": "mock-sdk-long"}
SLOW: Any = HELLO | {"model": "mock-sdk-anthropic-slow"}
LATE: Any = HELLO | {"model": "mock-sdk-anthropic-late"}


@pytest.fixture(scope="module")
def in_time() -> Iterator[MockServer]:
    """A server that keeps to the pace of its scenarios."""
    with MockServer(Path(__file__).parent / "scenarios" / "anthropic.yaml", unmatched="auto") as running:
        yield running


@pytest.fixture
def claude(server: MockServer, key: str) -> Iterator[Anthropic]:
    with strict_client(server, key) as client:
        yield client


def outcomes(server: MockServer, key: str) -> list[str]:
    """How the exchanges ended, once all have."""
    view = server.namespace(key)
    wait(lambda: "open" not in [entry.outcome for entry in view.exchanges])
    return [entry.outcome for entry in view.exchanges]


# ------------------------------------------------------------------------------------------- left early


def test_a_stream_may_be_left(claude: Anthropic) -> None:
    with claude.messages.stream(**LONG) as stream:
        first = next(iter(stream.text_stream))

    assert first == "one"
    assert text_of(claude.messages.create(**HELLO)) == GREETING


def test_a_raw_stream_may_be_left(claude: Anthropic) -> None:
    stream = claude.messages.create(**LONG, stream=True)
    first = next(iter(stream))
    stream.close()

    assert first.type == "message_start"
    assert text_of(claude.messages.create(**HELLO)) == GREETING


async def test_a_stream_may_be_left_asynchronously(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client:
        async with client.messages.stream(**LONG) as stream:
            first = await anext(aiter(stream.text_stream))
        message = await client.messages.create(**HELLO)

    assert first == "one"
    assert text_of(message) == GREETING


def test_the_server_knows_that_the_client_has_left(in_time: MockServer, key: str) -> None:
    with strict_client(in_time, key) as client:
        with client.messages.stream(**SLOW) as stream:
            next(iter(stream.text_stream))
        client.messages.create(**HELLO)

    assert outcomes(in_time, key) == ["left", "complete"]


async def test_a_task_that_reads_may_be_cancelled(in_time: MockServer, key: str) -> None:
    began = asyncio.Event()

    async with strict_async_client(in_time, key) as client:

        async def read() -> None:
            async with client.messages.stream(**SLOW) as stream:
                async for _ in stream:
                    began.set()

        task = asyncio.create_task(read())
        await began.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        message = await client.messages.create(**HELLO)

    assert task.cancelled()
    assert message.stop_reason == "end_turn"
    assert await asyncio.to_thread(outcomes, in_time, key) == ["left", "complete"]


def test_a_client_may_lose_its_patience(in_time: MockServer, key: str) -> None:
    with strict_client(in_time, key) as client:
        with pytest.raises(anthropic.APITimeoutError):
            client.messages.create(**LATE, timeout=0.1)
        client.messages.create(**HELLO)

    assert outcomes(in_time, key) == ["left", "complete"]


async def test_a_client_may_lose_its_patience_asynchronously(in_time: MockServer, key: str) -> None:
    async with strict_async_client(in_time, key) as client:
        with pytest.raises(anthropic.APITimeoutError):
            await client.messages.create(**LATE, stream=True, timeout=0.1)
        await client.messages.create(**HELLO)

    assert await asyncio.to_thread(outcomes, in_time, key) == ["left", "complete"]


# ------------------------------------------------------------------------------------------ many at once


async def test_fifty_streams_at_once(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client:

        async def ask(number: int) -> Any:
            words = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Name?"}]
            talk = [*words, {"role": "user", "content": f"number {number}"}]
            asked: Any = HELLO | {"model": "mock-sdk-anthropic-chat", "messages": talk}
            async with client.messages.stream(**asked) as stream:
                return await stream.get_final_message()

        messages = await asyncio.gather(*(ask(number) for number in range(50)))

    assert [text_of(message) for message in messages] == [f"Hello, number {n}!" for n in range(50)]
    assert len({message.id for message in messages}) == 50


async def test_fifty_times_the_same_request_has_fifty_ids(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client:
        messages = await asyncio.gather(*(client.messages.create(**HELLO) for _ in range(50)))

    assert len({message.id for message in messages}) == 50


def test_requests_share_a_connection(server: MockServer, key: str) -> None:
    ports = set()
    with (
        DefaultHttpxClient() as http,
        Anthropic(base_url=server.urls.anthropic, api_key=key, http_client=http) as client,
    ):
        for _ in range(3):
            response = client.messages.with_raw_response.create(**HELLO).http_response
            ports.add(response.extensions["network_stream"].get_extra_info("client_addr")[1])

    assert len(ports) == 1
