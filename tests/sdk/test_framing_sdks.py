"""What the official Python SDKs make of each framing.

All of it is legal, and most of it they do not see. What they do not stand is a matter of theirs, told here so
that it is known of the wires that scenarios ask for.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeAlias

import aiohttp
import httpx2
import pytest
from anthropic import Anthropic
from google import genai
from google.genai import types
from openai import OpenAI

from mockserver.runner import MockServer

Ask: TypeAlias = Callable[[MockServer, str], Awaitable[str]]

TEXT = "Héllo, wörld 🙂!"
USER: Any = {"role": "user", "content": "Hello!"}
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def http() -> httpx2.Client:
    return httpx2.Client(trust_env=False, verify=NO_TLS)


async def ask_chat(mock: MockServer, key: str) -> str:
    with OpenAI(base_url=mock.urls.openai, api_key=key, http_client=http(), max_retries=0) as client:
        chunks = client.chat.completions.create(model="m", messages=[USER], stream=True)
        return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


async def ask_responses(mock: MockServer, key: str) -> str:
    with OpenAI(base_url=mock.urls.openai, api_key=key, http_client=http(), max_retries=0) as client:
        events = client.responses.create(model="m", input="Hello!", stream=True)
        return "".join(event.delta for event in events if event.type == "response.output_text.delta")


async def ask_anthropic(mock: MockServer, key: str) -> str:
    client = Anthropic(base_url=mock.urls.anthropic, api_key=key, http_client=http(), max_retries=0)
    with client, client.messages.stream(model="m", messages=[USER], max_tokens=99) as stream:
        (block,) = stream.get_final_message().content
        assert block.type == "text"
        return block.text


async def ask_gemini(mock: MockServer, key: str) -> str:
    with http() as used:
        options = types.HttpOptions(base_url=mock.urls.gemini, httpx_client=used)
        client = genai.Client(api_key=key, http_options=options)
        chunks = client.models.generate_content_stream(model="gemini-3.6-flash", contents="Hello!")
        return "".join(chunk.text or "" for chunk in chunks)


async def ask_gemini_async(mock: MockServer, key: str) -> str:
    async with aiohttp.ClientSession() as session:
        options = types.HttpOptions(
            base_url=mock.urls.gemini, aiohttp_client=session, async_client_args={"ssl": NO_TLS}
        )
        client = genai.Client(api_key=key, http_options=options)
        chunks = await client.aio.models.generate_content_stream(model="gemini-3.6-flash", contents="Hello!")
        return "".join([chunk.text or "" async for chunk in chunks])


@pytest.fixture(scope="module")
def paced() -> Iterator[MockServer]:
    with MockServer(unmatched="auto") as running:
        yield running


ASKS: tuple[Ask, ...] = (ask_chat, ask_responses, ask_anthropic, ask_gemini, ask_gemini_async)

WIRES: dict[str, dict[str, Any]] = {
    "write 1": {"write": 1},
    "whole": {"write": "whole"},
    "split": {"split_characters": True},
    "crlf": {"newline": "crlf"},
    "cr": {"newline": "cr"},
    "comments": {"comments": True},
    "ids": {"event_ids": True},
    "retry": {"retry": "3s"},
    "bom": {"bom": True},
    "open end": {"last_blank_line": False},
    "padding": {"padding": 13},
    "data lines": {"data_lines": 3},
    "gzip": {"encoding": "gzip"},
    "br": {"encoding": "br"},
    "zstd": {"encoding": "zstd"},
    "length": {"body": "length"},
}


GEMINI: tuple[Ask, ...] = (ask_gemini, ask_gemini_async)
NOT_STOOD: dict[str, dict[Ask, str]] = {
    # Google's SDK knows no line but `data:`.
    **{
        wire: dict.fromkeys(GEMINI, "UnknownApiResponseError") for wire in ("comments", "ids", "retry", "bom")
    },
    "cr": {ask_gemini_async: "UnknownApiResponseError"},
}
NOT_STOOD["bom"][ask_anthropic] = "AssertionError"  # the first event is lost, and nothing goes without it


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize("wire", WIRES)
async def test_an_sdk_gets_the_whole_text_or_fails_as_is_known(
    mock: MockServer, key: str, ask: Ask, wire: str
) -> None:
    mock.script({"scenario": "framed", "reply": TEXT, "wire": WIRES[wire]})
    error = NOT_STOOD.get(wire, {}).get(ask)

    try:
        told = await ask(mock, key)
    except Exception as raised:
        if type(raised).__name__ != error:
            raise
        return

    assert (told, error) == (TEXT, None)


def chat_chunks(mock: MockServer, key: str) -> list[Any]:
    with OpenAI(base_url=mock.urls.openai, api_key=key, http_client=http(), max_retries=0) as client:
        return list(client.chat.completions.create(model="m", messages=[USER], stream=True))


def test_openai_loses_an_event_behind_a_byte_order_mark(mock: MockServer, key: str) -> None:
    mock.script({"scenario": "framed", "reply": "Hi", "wire": {"bom": True}})

    assert chat_chunks(mock, key)[0].choices[0].delta.role is None


def test_openai_takes_a_comment_behind_an_event_with_an_id_for_an_event(paced: MockServer, key: str) -> None:
    mock = paced.namespace(key)
    wire = {"event_ids": True, "keep_alive": "50ms"}
    mock.script({"scenario": "framed", "reply": "one two", "pace": {"gap": "80ms"}, "wire": wire})

    with pytest.raises(json.JSONDecodeError):
        chat_chunks(mock, key)


def test_comments_alone_do_no_harm_to_openai(paced: MockServer, key: str) -> None:
    mock = paced.namespace(key)
    pace = {"first": "120ms", "gap": "80ms"}
    mock.script({"scenario": "framed", "reply": "one two", "pace": pace, "wire": {"keep_alive": "50ms"}})

    texts = [choice.delta.content or "" for chunk in chat_chunks(mock, key) for choice in chunk.choices]

    assert "".join(texts) == "one two"
