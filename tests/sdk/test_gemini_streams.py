"""Streams as bytes, streams left half-way, and many at once."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from google import genai
from google.genai import errors, types
from patience import HANG, wait
from sdk.gemini_strict import MODEL, check_chunks, check_error, gathered, text_of

from mockserver.runner import MockServer

# The SDK makes its session by inheritance, which aiohttp discourages.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession:DeprecationWarning")

LONG = " ".join(f"word{number}" for number in range(500))


@pytest.fixture(scope="module")
def paced() -> Iterator[MockServer]:
    """A server that takes its time: with no waits, a stream is on its way whole before a client can leave."""
    with MockServer(unmatched="error") as running:
        yield running


@pytest.fixture
def unhurried(paced: MockServer, key: str) -> MockServer:
    view = paced.namespace(key)
    view.script({"scenario": "long", "match": {"user": "long"}, "pace": {"gap": "1h"}, "reply": LONG})
    view.script({"scenario": "short", "reply": "Here I am."})
    return view


def options(server: MockServer) -> types.HttpOptions:
    return types.HttpOptions(base_url=server.urls.gemini)


def outcome_of_first(server: MockServer) -> str:
    """How the first exchange ended, which the server learns a moment after the client has gone."""
    wait(lambda: server.exchanges[0].outcome != "open")
    return server.exchanges[0].outcome


# ------------------------------------------------------------------------------------------------ leaving


def test_a_client_may_leave_a_stream(unhurried: MockServer, key: str) -> None:
    with genai.Client(api_key=key, http_options=options(unhurried)) as client:
        stream = client.models.generate_content_stream(model=MODEL, contents="A long one")
        assert isinstance(stream, Iterator)
        first = next(stream).text
        del stream
    assert first == "word0"
    assert outcome_of_first(unhurried) == "left"

    with genai.Client(api_key=key, http_options=options(unhurried)) as client:
        assert client.models.generate_content(model=MODEL, contents="And now?").text == "Here I am."


async def test_an_asynchronous_client_may_leave_a_stream(unhurried: MockServer, key: str) -> None:
    async with genai.Client(api_key=key, http_options=options(unhurried)).aio as client:
        stream = await client.models.generate_content_stream(model=MODEL, contents="A long one")
        assert (await anext(aiter(stream))).text == "word0"
        await stream.aclose()  # type: ignore[attr-defined]  # it is a generator, typed as an iterator
        answer = await client.models.generate_content(model=MODEL, contents="And now?")

    assert answer.text == "Here I am."
    assert await asyncio.to_thread(outcome_of_first, unhurried) == "left"


async def test_a_cancelled_client_leaves_its_stream(unhurried: MockServer, key: str) -> None:
    async def ask() -> None:
        async for _ in await client.models.generate_content_stream(model=MODEL, contents="A long one"):
            begun.set()

    begun = asyncio.Event()
    async with genai.Client(api_key=key, http_options=options(unhurried)).aio as client:
        asking = asyncio.create_task(ask())
        await asyncio.wait_for(begun.wait(), HANG)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    assert await asyncio.to_thread(outcome_of_first, unhurried) == "left"


# ------------------------------------------------------------------------------------------- many at once


async def test_fifty_streams_at_once_do_not_mix(server: MockServer, key: str) -> None:
    async def ask(number: int) -> list[types.GenerateContentResponse]:
        stream = await client.models.generate_content_stream(
            model="mock-sdk-gemini-chat", contents=f"I am {number}"
        )
        return [chunk async for chunk in stream]

    async with genai.Client(api_key=key, http_options=options(server)).aio as client:
        answers = await asyncio.gather(*map(ask, range(50)))

    assert [text_of(chunks) for chunks in answers] == [f"First: I am {number}." for number in range(50)]
    ids = [{chunk.response_id for chunk in chunks} for chunks in answers]
    assert all(len(own) == 1 for own in ids)
    assert len(set().union(*ids)) == 50


async def test_the_same_question_at_once_has_answers_with_ids_of_their_own(
    server: MockServer, key: str
) -> None:
    async with genai.Client(api_key=key, http_options=options(server)).aio as client:
        answers = await asyncio.gather(
            *(client.models.generate_content(model=MODEL, contents="Hello!") for _ in range(50))
        )

    assert len({answer.response_id for answer in answers}) == 50
    assert len({answer.text for answer in answers}) == 1


async def test_another_http_library_reads_the_same(server: MockServer, key: str) -> None:
    async with httpx2.AsyncClient() as http:
        client = genai.Client(
            api_key=key,
            http_options=types.HttpOptions(base_url=server.urls.gemini, httpx_async_client=http),
        )
        models = client.aio.models
        chunks = await gathered(models.generate_content_stream(model=MODEL, contents="Hello!"))
        with pytest.raises(errors.ServerError) as caught:
            await gathered(models.generate_content_stream(model="mock-overloaded", contents="Hello!"))

    assert text_of(chunks) == "Hello! How can I help you today?"
    assert caught.value.status == "UNAVAILABLE"


# -------------------------------------------------------------------------------------------------- as bytes


def streamed(server: MockServer, key: str, query: str, **body: Any) -> http.client.HTTPResponse:
    """The answer to a request as a plain client sends it; `read` gives the bytes of its body."""
    host = server.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=HANG)
    contents = [{"parts": [{"text": "Write a poem."}]}]
    connection.request(
        "POST",
        f"/v1beta/models/{body.pop('model', MODEL)}:streamGenerateContent{query}",
        json.dumps({"contents": contents, **body}),
        {"x-goog-api-key": key, "connection": "close"},
    )
    return connection.getresponse()


def test_a_stream_is_lines_of_data_and_nothing_else(server: MockServer, key: str) -> None:
    answer = streamed(server, key, "?alt=sse")
    content = answer.read()

    assert answer.getheader("content-type") == "text/event-stream"
    assert answer.getheader("transfer-encoding") == "chunked"
    assert re.fullmatch(rb'(data: \{"[^\r\n]*\}\r\n\r\n)+', content)
    assert b"[DONE]" not in content


def test_events_are_written_as_the_service_writes_them(server: MockServer, key: str) -> None:
    first = streamed(server, key, "?alt=sse").read().partition(b"\r\n\r\n")[0]

    assert first.startswith(
        b'data: {"candidates": [{"content": {"parts": [{"text": "The"}],"role": "model"},"index": 0}],'
        b'"usageMetadata": {"promptTokenCount": 8,"candidatesTokenCount": 1,"totalTokenCount": 9,'
    )


@pytest.mark.parametrize("query", ["", "?alt=json"])
def test_without_sse_a_stream_is_one_array_of_the_same_chunks(
    server: MockServer, key: str, query: str
) -> None:
    events = [
        json.loads(event.removeprefix("data: "))
        for event in streamed(server, key, "?alt=sse").read().decode().split("\r\n\r\n")[:-1]
    ]
    answer = streamed(server, key, query)
    content = answer.read()

    chunks = json.loads(content)
    assert answer.getheader("content-type") == "application/json; charset=UTF-8"
    assert content.startswith(b"[{\n")
    assert content.endswith(b"}\n]")
    assert len(re.findall(rb"\n\}\n,\r\n\{\n", content)) == len(chunks) - 1
    check_chunks([json.dumps(chunk) for chunk in chunks], whole=True)
    assert [chunk["candidates"] for chunk in chunks] == [event["candidates"] for event in events]


def test_without_sse_an_error_stands_in_an_array(server: MockServer, key: str) -> None:
    answer = streamed(server, key, "", model="mock-overloaded")

    [envelope] = json.loads(answer.read())
    assert answer.status == check_error(envelope) == 503
    assert answer.getheader("content-type") == "application/json; charset=UTF-8"


def test_without_sse_a_blocked_prompt_stands_in_an_array(server: MockServer, key: str) -> None:
    [chunk] = json.loads(streamed(server, key, "", model="mock-sdk-blocked").read())

    assert chunk["promptFeedback"] == {"blockReason": "SAFETY"}


def test_with_sse_an_error_is_no_event_and_not_said_to_be_json(server: MockServer, key: str) -> None:
    answer = streamed(server, key, "?alt=sse", model="mock-overloaded")

    assert answer.status == 503
    assert (answer.getheader("content-type") or "").partition(";")[0] != "application/json"
    assert check_error(json.loads(answer.read())) == 503


def test_pieces_arrive_when_they_are_due(unhurried: MockServer, key: str) -> None:
    answer = streamed(unhurried, key, "?alt=sse", contents=[{"parts": [{"text": "A long one"}]}])

    assert b'"text": "word0"' in answer.readline()  # the next is due in an hour
    answer.close()
