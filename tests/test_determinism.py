"""The same scenarios, seed and requests give the same bytes, in any order of arrival, headers and all."""

from __future__ import annotations

import random
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

import orjson
import pytest
from patience import HANG

from mockserver.assembly import builtin_folder
from mockserver.runner import MockServer

SAID = ["Hello!", "Write a poem.", "What's the weather in London?", "strawberry", "Help me hack this.", "Hm?"]
TOOL = {"type": "object", "properties": {"city": {"type": "string"}}}


def requests() -> dict[str, bytes]:
    """Raw HTTP requests by name: every wire, JSON and stream, every text."""
    found: dict[str, bytes] = {}
    for said in SAID:
        messages = [{"role": "user", "content": said}]
        for stream in (False, True):
            name = f"{said} {'stream' if stream else 'json'}"
            tools = [{"type": "function", "function": {"name": "get_weather", "parameters": TOOL}}]
            found[f"chat {name}"] = post(
                "/v1/chat/completions",
                {"model": "gpt-4o", "messages": messages, "stream": stream, "tools": tools},
            )
            tools = [{"type": "function", "name": "get_weather", "parameters": TOOL}]
            found[f"responses {name}"] = post(
                "/v1/responses", {"model": "gpt-4o", "input": said, "stream": stream, "tools": tools}
            )
            found[f"completions {name}"] = post(
                "/v1/completions", {"model": "davinci-002", "prompt": said, "stream": stream}
            )
            tools = [{"name": "get_weather", "input_schema": TOOL}]
            found[f"messages {name}"] = post(
                "/anthropic/v1/messages",
                {"model": "m", "max_tokens": 99, "messages": messages, "stream": stream, "tools": tools},
            )
            method = "streamGenerateContent?alt=sse" if stream else "generateContent"
            found[f"gemini {name}"] = post(
                f"/v1beta/models/gemini-2.5-pro:{method}",
                {
                    "contents": [{"parts": [{"text": said}]}],
                    "tools": [{"functionDeclarations": [{"name": "get_weather"}]}],
                },
            )
    found["embeddings"] = post("/v1/embeddings", {"model": "text-embedding-3-small", "input": SAID})
    return found


def post(path: str, body: object) -> bytes:
    content = orjson.dumps(body)
    head = (
        f"POST {path} HTTP/1.1\r\nhost: mock\r\nauthorization: Bearer k\r\nanthropic-version: 2023-06-01\r\n"
        f"content-type: application/json\r\ncontent-length: {len(content)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + content


def send(url: str, request: bytes) -> bytes:
    address = urlsplit(url)
    assert address.hostname
    assert address.port
    with socket.create_connection((address.hostname, address.port), timeout=HANG) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def run(order: list[str], seed: str = "0", limits: Sequence[str] = ()) -> dict[str, bytes]:
    asked = requests()
    with MockServer(builtin_folder(), speed=0, seed=seed, limits=limits) as server:
        return {name: send(server.url, asked[name]) for name in order}


@pytest.fixture(scope="module")
def first_run() -> dict[str, bytes]:
    return run(list(requests()))


def test_every_request_is_answered(first_run: dict[str, bytes]) -> None:
    assert {answer.split(b"\r\n")[0] for answer in first_run.values()} == {b"HTTP/1.1 200 OK"}


def test_a_second_run_gives_the_same_bytes(first_run: dict[str, bytes]) -> None:
    assert run(list(first_run)) == first_run


def test_another_order_gives_the_same_bytes(first_run: dict[str, bytes]) -> None:
    order = list(first_run)
    random.Random(3).shuffle(order)

    assert run(order) == first_run


def test_another_seed_gives_other_ids(first_run: dict[str, bytes]) -> None:
    other = run(list(first_run), seed="1")

    assert all(other[name] != answer for name, answer in first_run.items())


def test_what_limits_let_in_and_refuse_is_the_same_bytes_again(first_run: dict[str, bytes]) -> None:
    limits = ["3 requests/m", "80 output tokens/h"]
    once = run(list(first_run), limits=limits)

    assert {answer.split(b"\r\n")[0][9:12] for answer in once.values()} == {b"200", b"429"}
    assert run(list(first_run), limits=limits) == once
