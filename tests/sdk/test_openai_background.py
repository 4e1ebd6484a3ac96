"""Responses in the background, at a pace that can be watched, through the official Python SDK."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from openai import AsyncOpenAI, BadRequestError, OpenAI
from openai.types.responses import Response
from sdk.openai_strict import Wire, strict_async_client, strict_client

from mockserver.runner import MockServer

SLOW = {"scenario": "slow", "reply": "One two three.", "pace": {"first": "300ms", "gap": "50ms"}}
NEVER = {"scenario": "never", "reply": "One two three.", "pace": {"first": "100ms", "gap": "60s"}}
TEXT = "One two three."


@pytest.fixture(scope="module")
def unhurried() -> Iterator[MockServer]:
    """A server whose scenarios play at their own pace."""
    with MockServer() as running:
        yield running


@pytest.fixture
def own(unhurried: MockServer, key: str) -> MockServer:
    return unhurried.namespace(key)


@pytest.fixture
def client(unhurried: MockServer, key: str, wire: Wire) -> Iterator[OpenAI]:
    with strict_client(unhurried, key, wire, max_retries=0) as found:
        yield found


@pytest.fixture
async def async_client(unhurried: MockServer, key: str, wire: Wire) -> AsyncIterator[AsyncOpenAI]:
    async with strict_async_client(unhurried, key, wire, max_retries=0) as found:
        yield found


def polled(client: OpenAI, name: str) -> list[Response]:
    """The response at every poll until it is done."""
    seen = [client.responses.retrieve(name)]
    while seen[-1].status in ("queued", "in_progress"):
        time.sleep(0.01)
        seen.append(client.responses.retrieve(name))
    return seen


def test_a_response_is_polled_until_it_is_done(client: OpenAI, own: MockServer) -> None:
    for slower in (1, 5, 25):  # who polls may be late itself, and see nothing of it
        own.reset()
        own.script({**SLOW, "pace": {"first": f"{300 * slower}ms", "gap": f"{50 * slower}ms"}})
        queued = client.responses.create(model="gpt-4o", input="Hi", background=True)
        seen = polled(client, queued.id)
        statuses = list(dict.fromkeys(response.status for response in seen))
        if len(statuses) > 2:
            break

    assert queued.status == "queued"
    assert statuses == ["queued", "in_progress", "completed"]
    assert all(response.output == [] for response in seen[:-1])
    assert seen[-1].output_text == TEXT


async def test_a_response_is_polled_asynchronously(async_client: AsyncOpenAI, own: MockServer) -> None:
    own.script(SLOW)
    response = await async_client.responses.create(model="gpt-4o", input="Hi", background=True)

    while response.status in ("queued", "in_progress"):
        await asyncio.sleep(0.02)
        response = await async_client.responses.retrieve(response.id)

    assert (response.status, response.output_text) == ("completed", TEXT)


def test_a_stream_that_was_left_is_resumed(client: OpenAI, own: MockServer) -> None:
    own.script({**SLOW, "pace": {"first": "50ms", "gap": "50ms", "chunk": 2}})
    stream = client.responses.create(model="gpt-4o", input="Hi", background=True, stream=True)
    seen = []
    for event in stream:
        seen.append(event)
        if event.type == "response.output_text.delta":
            break
    stream.close()
    (name,) = {event.response.id for event in seen if event.type == "response.created"}

    rest = list(client.responses.retrieve(name, stream=True, starting_after=seen[-1].sequence_number))

    told = [*seen, *rest]
    assert [event.sequence_number for event in told] == list(range(len(told)))
    assert "".join(event.delta for event in told if event.type == "response.output_text.delta") == TEXT
    assert rest[-1].type == "response.completed"


async def test_a_response_is_streamed_after_it_was_only_begun(
    async_client: AsyncOpenAI, own: MockServer
) -> None:
    own.script(SLOW)
    queued = await async_client.responses.create(model="gpt-4o", input="Hi", background=True)

    stream = await async_client.responses.retrieve(queued.id, stream=True)
    kinds = [event.type async for event in stream]

    assert kinds[:3] == ["response.created", "response.queued", "response.in_progress"]
    assert kinds[-1] == "response.completed"


def test_a_stream_begins_before_there_is_anything_to_tell(client: OpenAI, own: MockServer) -> None:
    own.script({**NEVER, "pace": {"first": "60s"}})

    stream = client.responses.create(model="gpt-4o", input="Hi", background=True, stream=True)
    kinds = [next(stream).type for _ in range(2)]
    stream.close()

    assert kinds == ["response.created", "response.queued"]


def test_what_is_running_is_cancelled(client: OpenAI, own: MockServer) -> None:
    own.script(NEVER)
    queued = client.responses.create(model="gpt-4o", input="Hi", background=True)

    cancelled = [client.responses.cancel(queued.id) for _ in range(2)]

    assert cancelled[0] == cancelled[1] == client.responses.retrieve(queued.id)
    assert (cancelled[0].status, cancelled[0].output) == ("cancelled", [])
    with pytest.raises(BadRequestError, match="Previous response with id"):
        client.responses.create(model="gpt-4o", input="And?", previous_response_id=queued.id)


async def test_the_stream_of_a_cancelled_response_ends(async_client: AsyncOpenAI, own: MockServer) -> None:
    own.script({**SLOW, "pace": {"first": "50ms", "gap": "2s"}})
    kinds, name = [], ""
    stream = await async_client.responses.create(model="gpt-4o", input="Hi", background=True, stream=True)
    async for event in stream:
        kinds.append(event.type)
        if event.type == "response.created":
            name = event.response.id
        elif event.type == "response.output_text.delta":
            await async_client.responses.cancel(name)

    assert kinds[-1] == "response.output_text.delta"


def test_what_is_still_running_cannot_be_gone_on_from(client: OpenAI, own: MockServer) -> None:
    own.script(NEVER)
    queued = client.responses.create(model="gpt-4o", input="Hi", background=True)

    with pytest.raises(BadRequestError) as raised:
        client.responses.create(model="gpt-4o", input="And?", previous_response_id=queued.id)

    assert raised.value.code == "previous_response_not_found"
