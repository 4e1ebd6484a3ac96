"""Requests as they come in on a raw socket, on both loops: bodies in all ways, and many on a connection."""

from __future__ import annotations

import socket

import pytest
from server.stepped import RawClient, Stepped, connected, parted

from mockserver.playback.steps import Whole
from mockserver.protocols.base import Answer

ANSWER = Whole(Answer(200, (), b"answer"))
KEPT = ["HTTP/1.1 200 OK", "content-length: 6"]


@pytest.fixture(autouse=True)
def _answers(server: Stepped) -> None:
    server.performs(ANSWER)


def sent(raw: RawClient, *lines: str, body: bytes = b"") -> RawClient:
    raw.socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)
    return raw


def bodies(server: Stepped, count: int = 1) -> list[bytes]:
    return [entry.http.body for entry in server.entries(count)]


def test_requests_that_come_together_are_answered_in_their_order(server: Stepped, raw: RawClient) -> None:
    request = "POST /{} HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n{}"
    raw.socket.sendall("".join(request.format(name, name) for name in "abc").encode())

    got = b""
    while got.count(b"answer") < 3:
        got += raw.read_until(b"answer")

    assert [(entry.http.path, entry.http.body) for entry in server.entries(3)] == [
        ("/a", b"a"),
        ("/b", b"b"),
        ("/c", b"c"),
    ]


def test_more_requests_may_wait_on_a_connection_than_are_read_at_once(
    server: Stepped, raw: RawClient
) -> None:
    raw.socket.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n".replace(b"/ ", b"/v1 ") * 200)

    got = b""
    while got.count(b"answer") < 200:
        got += raw.socket.recv(65536)

    assert len(server.entries(200)) == 200


def test_a_body_may_come_in_pieces(server: Stepped, raw: RawClient) -> None:
    sent(raw, "POST /v1 HTTP/1.1", "host: x", "content-length: 9", body=b"one")
    for piece in (b"two", b"six"):
        assert raw.is_quiet(0.02)
        raw.socket.sendall(piece)

    assert parted(raw.read_until(b"answer")) == (KEPT, b"answer")
    assert bodies(server) == [b"onetwosix"]


def test_a_body_may_come_in_chunks(server: Stepped, raw: RawClient) -> None:
    chunks = b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
    sent(raw, "POST /v1 HTTP/1.1", "host: x", "transfer-encoding: chunked", body=chunks)

    raw.read_until(b"answer")

    assert bodies(server) == [b"onetwo"]


def test_a_client_may_ask_before_it_sends_a_body(server: Stepped, raw: RawClient) -> None:
    sent(raw, "POST /v1 HTTP/1.1", "host: x", "content-length: 3", "expect: 100-continue")
    bidden = raw.read_until(b"\r\n\r\n")
    raw.socket.sendall(b"one")

    assert bidden == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert parted(raw.read_until(b"answer")) == (KEPT, b"answer")
    assert bodies(server) == [b"one"]


def test_what_else_a_client_expects_is_not_known(server: Stepped, raw: RawClient) -> None:
    sent(raw, "POST /v1 HTTP/1.1", "host: x", "content-length: 0", "expect: wonders")

    assert raw.read_until(b"wonders").startswith(b"HTTP/1.1 417 Expectation Failed\r\n")


def test_a_client_that_has_said_all_is_answered_before_it_is_left(server: Stepped, raw: RawClient) -> None:
    raw.ask()
    answer = raw.read_until(b"answer")
    raw.socket.shutdown(socket.SHUT_WR)

    assert parted(answer) == (KEPT, b"answer")
    assert raw.read() == b""


def test_what_is_no_http_is_refused_and_the_next_connection_is_answered(
    server: Stepped, raw: RawClient
) -> None:
    raw.socket.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")

    assert raw.read().startswith(b"HTTP/1.0 400 Bad Request\r\n")
    with connected(server) as other:
        assert other.ask().read_until(b"answer")


def test_a_body_that_is_never_sent_is_no_exchange(server: Stepped, raw: RawClient) -> None:
    sent(raw, "POST /v1 HTTP/1.1", "host: x", "content-length: 9", body=b"one")
    assert raw.is_quiet(0.05)

    raw.close()

    with connected(server) as other:
        other.ask().read_until(b"answer")
    assert bodies(server) == [b""]


def test_headers_that_are_no_utf_8_or_come_twice_are_read(server: Stepped, raw: RawClient) -> None:
    raw.socket.sendall(b"GET /v1 HTTP/1.1\r\nhost: x\r\nX-A: 1\r\nx-a: \xff2\r\n\r\n")

    raw.read_until(b"answer")

    assert server.entry.http.headers == {"host": "x", "x-a": "1,\ufffd2"}
