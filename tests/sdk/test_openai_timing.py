"""Waits, timeouts and partings as the official Python SDK sees them, on a server that keeps its pace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import openai
import pytest
from openai import OpenAI
from patience import wait
from sdk.openai_strict import Wire, strict_async_client, strict_client

from mockserver.runner import MockServer

Ask: TypeAlias = Callable[[OpenAI], Any]

HELLO: Any = [{"role": "user", "content": "Hello!"}]
WORDS = "one two three four five six seven eight"
PATIENCES = (0.2, 2.0, 20.0)
"""Seconds that a client waits for a piece; the next where the machine has been late itself."""


@pytest.fixture(scope="module")
def paced() -> Iterator[MockServer]:
    with MockServer(unmatched="auto") as running:
        yield running


@pytest.fixture
def mock(paced: MockServer, key: str) -> MockServer:
    return paced.namespace(key)


@pytest.fixture
def client(paced: MockServer, key: str, wire: Wire) -> Iterator[OpenAI]:
    with strict_client(paced, key, wire, max_retries=0) as found:
        yield found


def reply(mock: MockServer, **pace: Any) -> None:
    mock.script({"scenario": "paced", "reply": WORDS, "pace": pace})


def ask_chat(client: OpenAI) -> Any:
    return client.chat.completions.create(model="m", messages=HELLO, stream=True)


def ask_responses(client: OpenAI) -> Any:
    return client.responses.create(model="m", input="Hello!", stream=True)


@pytest.mark.parametrize("ask", [ask_chat, ask_responses])
def test_the_first_piece_is_there_before_the_last_is_sent(client: OpenAI, mock: MockServer, ask: Ask) -> None:
    reply(mock, gap="1h")

    with ask(client) as stream:
        next(iter(stream))

        assert mock.exchanges[-1].outcome == "open"


def test_an_answer_that_does_not_come_is_given_up(client: OpenAI, mock: MockServer) -> None:
    reply(mock, first="1h")

    with pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(model="m", messages=HELLO, timeout=0.1)


def test_an_answer_that_does_not_come_is_asked_for_again(client: OpenAI, mock: MockServer) -> None:
    slow = {"reply": "Too late.", "pace": {"first": "1h"}}
    mock.script({"scenario": "slow", "attempts": [slow, {"reply": "Here I am."}]})
    patient = client.with_options(max_retries=9, timeout=0.5)  # the machine may be late, too

    completion = patient.chat.completions.create(model="m", messages=HELLO)

    assert completion.choices[0].message.content == "Here I am."
    retries = [entry.http.headers["x-stainless-retry-count"] for entry in mock.exchanges]
    assert retries[:2] == ["0", "1"]


def test_a_stream_that_stalls_is_given_up(client: OpenAI, mock: MockServer) -> None:
    reply(mock, gap="1h")

    pieces: list[str | None] = []

    def take(patience: float) -> None:
        pieces.clear()
        stream = client.chat.completions.create(model="m", messages=HELLO, stream=True, timeout=patience)
        pieces.extend(chunk.choices[0].delta.content for chunk in stream)

    for patience in PATIENCES:
        with pytest.raises(openai.APITimeoutError):
            take(patience)
        if len(pieces) > 1:
            break

    assert pieces == ["", "one"]


def test_slow_pieces_are_no_stall(client: OpenAI, mock: MockServer) -> None:
    """All of it takes longer than the client waits for a piece."""
    for patience in PATIENCES:
        mock.reset()
        reply(mock, gap=f"{patience / 5}s")
        try:
            stream = client.chat.completions.create(model="m", messages=HELLO, stream=True, timeout=patience)
            said = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
        except openai.APITimeoutError:
            continue
        break

    assert said == WORDS


def all_left(mock: MockServer, streams: int) -> bool:
    """That the server gets to know, in a while, that so many streams were left."""
    wait(lambda: [entry.outcome for entry in mock.exchanges].count("left") == streams)
    return True


@pytest.mark.parametrize("ask", [ask_chat, ask_responses])
def test_a_stream_may_be_left_and_the_next_request_is_answered(
    client: OpenAI, mock: MockServer, ask: Ask
) -> None:
    reply(mock, gap="1h")

    with ask(client) as stream:
        next(iter(stream))

    assert all_left(mock, 1)
    assert client.models.retrieve("gpt-4o").id == "gpt-4o"


async def test_streams_may_be_left_asynchronously(
    paced: MockServer, mock: MockServer, key: str, wire: Wire
) -> None:
    reply(mock, gap="1h")

    async with strict_async_client(paced, key, wire) as client:
        for _ in range(3):
            async with await client.chat.completions.create(model="m", messages=HELLO, stream=True) as left:
                await anext(aiter(left))
            async with client.responses.stream(model="m", input="Hello!") as told:
                await anext(aiter(told))

        assert all_left(mock, 6)
        assert (await client.models.retrieve("gpt-4o")).id == "gpt-4o"


def test_a_server_that_goes_away_is_a_lost_connection(wire: Wire, key: str) -> None:
    with MockServer(unmatched="auto", key=key) as going, strict_client(going, key, wire) as client:
        reply(going, gap="1h")
        stream = client.chat.completions.create(model="m", messages=HELLO, stream=True)
        pieces = [next(stream).choices[0].delta.content for _ in range(2)]
        going.stop()

        with pytest.raises(openai.APIConnectionError):
            list(stream)

    assert pieces == ["", "one"]
