"""A frame of a type that nobody knows, anywhere in a stream: the official SDKs let it pass."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from google import genai
from google.genai import types as genai_types
from protocols.anthropic import messages_wire
from protocols.gemini import gemini_wire
from protocols.openai import chat_wire, completions_wire, responses_wire

from mockserver.conversation import Reply, Request, Text
from mockserver.events import events
from mockserver.protocols.anthropic import MESSAGES
from mockserver.protocols.base import Context, Dialect
from mockserver.protocols.openai import chat, completions, responses

HELLO: Any = [{"role": "user", "content": "Hi"}]
REPLY = Reply((Text("Hello there"),))


def transport(body: bytes) -> httpx2.Client:
    headers = {"content-type": "text/event-stream"}
    return httpx2.Client(
        transport=httpx2.MockTransport(lambda _: httpx2.Response(200, headers=headers, content=body))
    )


def openai_client(body: bytes) -> openai.OpenAI:
    return openai.OpenAI(api_key="k", base_url="http://mock", max_retries=0, http_client=transport(body))


def anthropic_client(body: bytes) -> anthropic.Anthropic:
    return anthropic.Anthropic(
        api_key="k", base_url="http://mock", max_retries=0, http_client=transport(body)
    )


def by_chat_chunks(body: bytes) -> str:
    chunks = openai_client(body).chat.completions.create(model="m", messages=HELLO, stream=True)
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


def by_chat_helper(body: bytes) -> str:
    with openai_client(body).chat.completions.stream(model="m", messages=HELLO) as stream:
        return stream.get_final_completion().choices[0].message.content or ""


def by_completions(body: bytes) -> str:
    chunks = openai_client(body).completions.create(model="m", prompt="Hi", stream=True)
    return "".join(choice.text for chunk in chunks for choice in chunk.choices)


def by_response_events(body: bytes) -> str:
    found = openai_client(body).responses.create(model="m", input="Hi", stream=True)
    return "".join(event.delta for event in found if event.type == "response.output_text.delta")


def by_response_helper(body: bytes) -> str:
    with openai_client(body).responses.stream(model="m", input="Hi") as stream:
        return stream.get_final_response().output_text


def by_message_helper(body: bytes) -> str:
    with anthropic_client(body).messages.stream(model="m", max_tokens=9, messages=HELLO) as stream:
        return stream.get_final_text()


def by_message_events(body: bytes) -> str:
    found = anthropic_client(body).messages.create(model="m", max_tokens=9, messages=HELLO, stream=True)
    deltas = (event.delta for event in found if event.type == "content_block_delta")
    return "".join(delta.text for delta in deltas if delta.type == "text_delta")


def by_generate_content(body: bytes) -> str:
    options = genai_types.HttpOptions(
        base_url="http://mock",
        httpx_client=transport(body),
        httpx_async_client=httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: httpx2.Response(500))),
    )
    client = genai.Client(api_key="k", http_options=options)
    return "".join(
        chunk.text or "" for chunk in client.models.generate_content_stream(model="m", contents="Hi")
    )


CHAT = (chat.DIALECT, chat_wire.request(stream=True), chat_wire.CONTEXT)
COMPLETIONS = (completions.DIALECT, completions_wire.request(stream=True), completions_wire.CONTEXT)
RESPONSES = (responses.DIALECT, responses_wire.request(stream=True), responses_wire.CONTEXT)
ANTHROPIC = (MESSAGES, messages_wire.request(stream=True), messages_wire.CONTEXT)
GEMINI = (
    gemini_wire.DIALECT,
    gemini_wire.request(path=gemini_wire.STREAM, alt="sse"),
    gemini_wire.CONTEXT,
)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """The SDKs leave closing a client that was handed to them to the garbage collector."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield


@pytest.mark.parametrize(
    ("wire", "read"),
    [
        (CHAT, by_chat_chunks),
        (CHAT, by_chat_helper),
        (COMPLETIONS, by_completions),
        (RESPONSES, by_response_events),
        (RESPONSES, by_response_helper),
        (ANTHROPIC, by_message_events),
        (ANTHROPIC, by_message_helper),
        (GEMINI, by_generate_content),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.parametrize("behind", range(6))
def test_the_sdk_lets_a_frame_pass_that_nobody_knows(
    wire: tuple[Dialect, Request, Context], read: Callable[[bytes], str], behind: int
) -> None:
    dialect, request, context = wire
    encoder = dialect.encoder(request, context)
    sent: list[bytes] = []
    for number, event in enumerate(events(REPLY)):
        sent += encoder.encode(event)
        if number == behind:
            sent.append(encoder.extra())

    assert read(b"".join(sent)) == "Hello there"
