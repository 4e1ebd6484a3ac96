"""Anthropic's wire as bytes on a socket: what a stream looks like to those who read it without an SDK."""

from __future__ import annotations

import json
import re
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from patience import HANG
from sdk.anthropic_strict import GREETING, HELLO, check_order, frames_of

from mockserver.runner import MockServer

CHUNK = re.compile(rb"([0-9a-f]+)\r\n", re.IGNORECASE)


def exchange(server: MockServer, request: bytes) -> tuple[bytes, bytes]:
    """Send a request on a connection of its own; the head and the body that come back until it ends."""
    address = urlsplit(server.url)
    received = b""
    with socket.create_connection((address.hostname, address.port), timeout=HANG) as connection:
        connection.sendall(request)
        while piece := connection.recv(65_536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    return head, body


def request_of(key: str, **fields: Any) -> bytes:
    """A request as curl would send it, for a connection that ends with its answer."""
    body = json.dumps(HELLO | fields).encode()
    lines = [
        "POST /anthropic/v1/messages HTTP/1.1",
        "Host: mock",
        "Connection: close",
        "Content-Type: application/json",
        "anthropic-version: 2023-06-01",
        f"x-api-key: {key}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunks_of(body: bytes) -> list[bytes]:
    """The chunks of a body in chunked transfer encoding, up to the empty one that ends it."""
    chunks: list[bytes] = []
    while True:
        size = CHUNK.match(body)
        assert size is not None
        length = int(size[1], 16)
        content, body = body[size.end() : size.end() + length], body[size.end() + length + 2 :]
        if not length:
            return chunks
        chunks.append(content)


def streamed(server: MockServer, key: str, **fields: Any) -> bytes:
    _, body = exchange(server, request_of(key, stream=True, **fields))
    return b"".join(chunks_of(body))


def test_the_head_of_a_stream(server: MockServer, key: str) -> None:
    head, _ = exchange(server, request_of(key, stream=True))

    status, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert status == "HTTP/1.1 200 OK"
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-cache"
    assert headers["transfer-encoding"] == "chunked"
    assert headers["request-id"].startswith("req_01")
    assert "content-length" not in headers


def test_every_frame_is_an_event_and_a_line_of_data(server: MockServer, key: str) -> None:
    body = streamed(server, key)

    frames = body.split(b"\n\n")
    assert frames.pop() == b""
    for frame in frames:
        event, data = frame.split(b"\n")
        told = json.loads(data.removeprefix(b"data: "))
        assert event == b"event: " + told["type"].encode()


def test_frames_are_compact_but_for_the_ping(server: MockServer, key: str) -> None:
    for frame in streamed(server, key).split(b"\n\n")[:-1]:
        _, _, data = frame.partition(b"\ndata: ")
        told = json.loads(data)
        compact = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
        assert data == (b'{"type": "ping"}' if told["type"] == "ping" else compact)


def test_the_first_frames_byte_by_byte(server: MockServer, key: str) -> None:
    body = streamed(server, key)

    behind_start = body.partition(b"\n\n")[2]
    assert body.startswith(b'event: message_start\ndata: {"type":"message_start","message":{"model":')
    assert behind_start.startswith(
        b"event: content_block_start\n"
        b'data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n'
        b'event: ping\ndata: {"type": "ping"}\n\n'
        b"event: content_block_delta\n"
        b'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}\n\n'
    )


def test_the_last_frame_byte_by_byte(server: MockServer, key: str) -> None:
    body = streamed(server, key)

    assert body.endswith(b'\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n')
    assert b"[DONE]" not in body
    assert b"\r" not in body
    assert not re.search(rb"^(id|retry|:)", body, re.MULTILINE)


@pytest.mark.parametrize(
    "model",
    [
        "mock-sdk-text",
        "mock-sdk-long",
        "mock-sdk-no-arguments",
        "mock-sdk-redacted",
        "mock-sdk-anthropic-everything",
        "mock-sdk-anthropic-search",
        "mock-sdk-anthropic-empty",
        "mock-sdk-anthropic-cut-call",
    ],
)
def test_events_are_in_their_order(server: MockServer, key: str, model: str) -> None:
    events = [event for name, event in frames_of(streamed(server, key, model=model)) if name != "ping"]

    check_order(events, complete=True)


def test_letters_are_sent_as_utf_8_and_not_escaped(server: MockServer, key: str) -> None:
    body = streamed(server, key, model="mock-sdk-text")

    assert "Grüße".encode() in body
    assert "👋".encode() in body
    assert b"\\u" not in body


def test_each_frame_is_sent_when_it_is_due(server: MockServer, key: str) -> None:
    _, body = exchange(server, request_of(key, stream=True))

    chunks = chunks_of(body)

    assert len(chunks) > 10
    assert all(chunk.endswith(b"\n\n") for chunk in chunks)


def test_an_error_is_json_though_a_stream_was_asked_for(server: MockServer, key: str) -> None:
    head, body = exchange(server, request_of(key, stream=True, model="mock-overloaded"))

    assert head.startswith(b"HTTP/1.1 529 ")
    assert b"application/json" in head
    assert json.loads(body)["error"] == {"type": "overloaded_error", "message": "Overloaded"}


def test_an_error_inside_of_a_stream_is_its_last_frame(server: MockServer, key: str) -> None:
    body = streamed(server, key, model="mock-sdk-anthropic-breaks-off")

    assert body.endswith(
        b"event: error\n"
        b'data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},'
        b'"request_id":"req_1"}\n\n'
    )


def test_a_whole_answer_is_compact_json_of_a_known_length(server: MockServer, key: str) -> None:
    head, body = exchange(server, request_of(key))

    told = json.loads(body)
    assert f"content-length: {len(body)}" in head.decode().lower()
    assert body == json.dumps(told, separators=(",", ":")).encode()
    assert told["content"] == [{"type": "text", "text": GREETING}]


def test_a_connection_serves_one_request_after_the_other(server: MockServer, key: str) -> None:
    kept = request_of(key).replace(b"Connection: close\r\n", b"")

    _, answers = exchange(server, kept + request_of(key, stream=True))

    assert answers.count(b"HTTP/1.1 200 OK") == 1  # the head of the first was split off
    assert answers.endswith(b"0\r\n\r\n")


def test_to_ask_for_the_head_alone_is_not_allowed(server: MockServer, key: str) -> None:
    request = request_of(key).replace(b"POST", b"HEAD", 1)

    head, body = exchange(server, request)

    assert head.startswith(b"HTTP/1.1 405 ")
    assert b"request-id: req_01" in head
    assert body == b""
