"""Framing as a socket sees it: heads, chunks and bytes of a served answer, with nothing in between."""

from __future__ import annotations

import json
import re
import socket
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from patience import HANG

from mockserver.protocols.sse import read_events
from mockserver.runner import MockServer

TEXT = "Héllo, wörld 🙂!"
PATHS = {
    "chat": "/v1/chat/completions",
    "responses": "/v1/responses",
    "anthropic": "/anthropic/v1/messages",
    "gemini": "/v1beta/models/gemini-3.6-flash:streamGenerateContent?alt=sse",
}
USER = {"role": "user", "content": "Hello!"}
BODIES: dict[str, Any] = {
    "chat": {"model": "m", "messages": [USER], "stream": True},
    "responses": {"model": "m", "input": "Hello!", "stream": True},
    "anthropic": {"model": "m", "messages": [USER], "stream": True, "max_tokens": 100},
    "gemini": {"contents": [{"role": "user", "parts": [{"text": "Hello!"}]}]},
}
EVERY_WIRE = pytest.mark.parametrize("name", PATHS)


@dataclass(frozen=True)
class Raw:
    """An answer as it came. `chunks` are those of HTTP; one where the body is not chunked."""

    head: str
    chunks: list[bytes]

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    @property
    def headers(self) -> dict[str, str]:
        pairs = (line.partition(": ") for line in self.head.splitlines()[1:])
        return {name.lower(): value for name, _, value in pairs}


@dataclass(frozen=True)
class Asker:
    """Scripts a reply with a wire, and asks for it over a socket of its own."""

    mock: MockServer
    key: str

    def stream(self, name: str, wire: dict[str, Any], **more: Any) -> Raw:
        self.mock.reset()  # so that the same request is the first of its kind again, and has the same ids
        self.mock.script({"scenario": "framed", "reply": TEXT, "wire": wire} | more.pop("script", {}))
        return self.ask(PATHS[name], BODIES[name], **more)

    def json(self, wire: dict[str, Any], **more: Any) -> Raw:
        self.mock.script({"scenario": "framed", "reply": TEXT, "wire": wire})
        return self.ask(PATHS["chat"], BODIES["chat"] | {"stream": False}, **more)

    def ask(self, path: str, body: Any, **headers: str) -> Raw:
        host, _, port = self.mock.url.removeprefix("http://").partition(":")
        content = json.dumps(body).encode()
        fields = {
            "host": host,
            "x-api-key": self.key,
            "anthropic-version": "2023-06-01",
            "content-length": str(len(content)),
            "connection": "close",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        with socket.create_connection((host, int(port)), timeout=HANG) as connected:
            connected.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + content)
            return raw_of(b"".join(iter(lambda: connected.recv(65536), b"")))


def raw_of(received: bytes) -> Raw:
    head, _, body = received.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" not in head.lower():
        return Raw(head.decode(), [body])
    return Raw(head.decode(), list(chunks_of(body)))


def chunks_of(body: bytes) -> Iterator[bytes]:
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        assert body[length : length + 2] == b"\r\n"
        if length:
            yield body[:length]
        body = body[length + 2 :]


def events_of(body: bytes) -> list[tuple[str, str]]:
    return [(event.event, compact(event.data)) for event in read_events(body.removeprefix(b"\xef\xbb\xbf"))]


def compact(data: str) -> str:
    return data if data == "[DONE]" else json.dumps(json.loads(data), separators=(",", ":"))


@pytest.fixture
def asker(mock: MockServer, key: str) -> Asker:
    return Asker(mock, key)


@pytest.fixture(scope="module")
def paced() -> Iterator[MockServer]:
    with MockServer(unmatched="auto") as running:
        yield running


WIRES: list[dict[str, Any]] = [
    {"newline": "lf"},
    {"newline": "crlf"},
    {"newline": "cr"},
    {"comments": True, "event_ids": True, "retry": "3s"},
    {"padding": 13, "data_lines": 4},
    {"write": 7, "bom": True},
    {"write": "whole", "split_characters": True},
    {"body": "length"},
    {"body": "close", "close": True},
]


@EVERY_WIRE
@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_the_same_events_come_however_they_are_framed(asker: Asker, name: str, wire: dict[str, Any]) -> None:
    plain, framed = asker.stream(name, {}), asker.stream(name, wire)

    assert events_of(framed.body) == events_of(plain.body)


@EVERY_WIRE
def test_one_write_is_one_event(asker: Asker, name: str) -> None:
    chunks = asker.stream(name, {"newline": "lf"}).chunks

    assert len(chunks) > 3
    assert all(chunk.endswith(b"\n\n") and chunk.count(b"\n\n") == 1 for chunk in chunks)


@EVERY_WIRE
def test_a_whole_stream_is_one_chunk(asker: Asker, name: str) -> None:
    assert len(asker.stream(name, {"write": "whole"}).chunks) == 1


@EVERY_WIRE
def test_writes_of_some_bytes_are_chunks_of_that_size(asker: Asker, name: str) -> None:
    *chunks, last = asker.stream(name, {"write": 10}).chunks

    assert {len(chunk) for chunk in chunks} == {10}
    assert 0 < len(last) <= 10


@EVERY_WIRE
def test_chunks_end_inside_characters(asker: Asker, name: str) -> None:
    chunks = asker.stream(name, {"split_characters": True}).chunks

    endings = {chunk[-1:] for chunk in chunks}
    assert {b"\xc3", b"\xf0"} <= endings
    assert not any("é".encode() in chunk or "🙂".encode() in chunk for chunk in chunks)


@EVERY_WIRE
@pytest.mark.parametrize(("newline", "end"), [("lf", b"\n"), ("crlf", b"\r\n"), ("cr", b"\r")])
def test_every_line_ends_as_it_is_told(asker: Asker, name: str, newline: str, end: bytes) -> None:
    body = asker.stream(name, {"newline": newline, "comments": "hi", "event_ids": True}).body

    assert set(re.findall(rb"\r\n|\r|\n", body)) == {end}
    assert body.endswith(end + end)


@EVERY_WIRE
def test_the_last_event_is_not_ended(asker: Asker, name: str) -> None:
    whole, cut = (asker.stream(name, {"newline": "lf", "last_blank_line": value}) for value in (True, False))

    assert whole.body.endswith(b"\n\n")
    assert cut.body == whole.body[:-1]


@EVERY_WIRE
def test_a_stream_may_tell_its_length(asker: Asker, name: str) -> None:
    raw = asker.stream(name, {"body": "length", "comments": "hi"})

    assert "transfer-encoding" not in raw.headers
    assert raw.headers["content-length"] == str(len(raw.body))


@EVERY_WIRE
def test_a_body_may_end_with_its_connection(asker: Asker, name: str) -> None:
    raw = asker.stream(name, {"body": "close"}, connection="keep-alive")  # or this would wait for ever

    assert not raw.headers.keys() & {"transfer-encoding", "content-length"}
    assert raw.headers["connection"] == "close"
    assert len(events_of(raw.body)) > 3


def test_a_connection_is_closed_as_it_was_said(asker: Asker) -> None:
    for raw in (asker.stream("chat", {"close": True}, connection="keep-alive"), asker.json({"close": True})):
        assert raw.headers["connection"] == "close"
        assert raw.body


@EVERY_WIRE
def test_a_compressed_stream_can_be_read_chunk_by_chunk(asker: Asker, name: str) -> None:
    raw = asker.stream(name, {"encoding": "gzip", "newline": "lf"}, accept_encoding="gzip")
    decode = zlib.decompressobj(wbits=31).decompress

    *pieces, ending = [decode(chunk) for chunk in raw.chunks]

    assert raw.headers["content-encoding"] == "gzip"
    assert len(pieces) > 3
    assert all(piece.endswith(b"\n\n") for piece in pieces)
    assert ending == b""


def test_nothing_is_compressed_for_who_does_not_ask_for_it(asker: Asker) -> None:
    raw = asker.stream("chat", {"encoding": "gzip"}, accept_encoding="gzip;q=0, *")

    assert "content-encoding" not in raw.headers
    assert (raw.headers["vary"], raw.body[:6]) == ("accept-encoding", b"data: ")


def test_json_is_framed_where_that_makes_sense(asker: Asker) -> None:
    raw = asker.json({"write": 100, "body": "chunked", "bom": True, "newline": "cr", "comments": True})

    assert {len(chunk) for chunk in raw.chunks[:-1]} == {100}
    assert json.loads(raw.body.decode("utf-8-sig"))["choices"][0]["message"]["content"] == TEXT


def test_an_array_of_gemini_is_cut_but_not_commented(asker: Asker, mock: MockServer) -> None:
    wire = {"write": 50, "comments": True, "newline": "cr", "data_lines": 3, "last_blank_line": False}
    mock.script({"scenario": "framed", "reply": TEXT, "wire": wire})

    raw = asker.ask(PATHS["gemini"].removesuffix("?alt=sse"), BODIES["gemini"])

    texts = [item["candidates"][0]["content"]["parts"][0]["text"] for item in json.loads(raw.body)]
    assert "".join(texts) == TEXT
    assert {len(chunk) for chunk in raw.chunks[:-1]} == {50}


def test_verbatim_events_are_framed_as_well(asker: Asker) -> None:
    raw_events = {"openai.chat": {"events": [{"a": 1}, "not JSON", "[DONE]"]}}
    wire = {"comments": "hi", "newline": "crlf", "padding": 2, "event_ids": True}
    asker.mock.script({"scenario": "framed", "wire": wire, "raw": raw_events})

    raw = asker.ask(PATHS["chat"], BODIES["chat"])

    assert raw.body == (
        b': hi\r\nid: 0\r\ndata: {"a":1  }\r\n\r\n'
        b": hi\r\nid: 1\r\ndata: not JSON\r\n\r\n"
        b": hi\r\nid: 2\r\ndata: [DONE]\r\n\r\n"
    )


def test_a_stream_that_waits_says_that_it_is_alive(paced: MockServer, key: str) -> None:
    mock = paced.namespace(key)
    asker = Asker(mock, key)

    raw = asker.stream("chat", {"keep_alive": "60ms"}, script={"pace": {"first": "200ms"}})

    assert raw.chunks[:3] == [b": keep-alive\n\n"] * 3
    assert raw.chunks[3].startswith(b"data: ")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
@EVERY_WIRE
def test_an_http_client_decodes_every_coding(mock: MockServer, key: str, name: str, encoding: str) -> None:
    mock.script({"scenario": "framed", "reply": TEXT, "wire": {"encoding": encoding}})
    headers = {"x-api-key": key, "anthropic-version": "2023-06-01", "accept-encoding": encoding}

    with httpx2.Client(base_url=mock.url, headers=headers, trust_env=False) as client:
        answer = client.post(PATHS[name], json=BODIES[name])

    assert answer.headers["content-encoding"] == encoding
    assert len(events_of(answer.content)) > 3


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_json_comes_in_every_coding_with_its_length(mock: MockServer, key: str, encoding: str) -> None:
    mock.script({"scenario": "framed", "reply": TEXT, "wire": {"encoding": encoding}})
    headers = {"x-api-key": key, "accept-encoding": encoding}

    with httpx2.Client(base_url=mock.url, headers=headers, trust_env=False) as client:
        answer = client.post(PATHS["chat"], json=BODIES["chat"] | {"stream": False})

    assert (answer.headers["content-encoding"], "content-length" in answer.headers) == (encoding, True)
    assert answer.json()["choices"][0]["message"]["content"] == TEXT
