"""Requests that are answered straight, those that aiohttp has to see to, and both on one connection."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from aiohttp.web_protocol import RequestHandler
from patience import HANG
from server.stepped import API, LOOPS, OK, RawClient, Stepped, connected, parted

from mockserver.playback.steps import Send, Step, Wait, Whole
from mockserver.protocols.base import Answer
from mockserver.server import serving, straight

OWN = b"GET /_mock/health HTTP/1.1\r\nhost: x\r\n\r\n"
ASKS_FIRST = b"POST /v1 HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\nexpect: 100-continue\r\n\r\none"
NO_HOST = b"POST /v1 HTTP/1.0\r\ncontent-length: 3\r\nconnection: keep-alive\r\n\r\none"
ABSOLUTE = b"POST http://x/v1 HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\none"
PREFLIGHT = b"OPTIONS /v1 HTTP/1.1\r\nhost: x\r\naccess-control-request-method: POST\r\n\r\n"


def answered(raw: RawClient, request: bytes) -> bytes:
    """The answer to a request, its body included."""
    raw.socket.sendall(request)
    return raw.read_answer()


@pytest.mark.parametrize("other", [OWN, ASKS_FIRST, NO_HOST, ABSOLUTE, PREFLIGHT])
def test_requests_of_all_kinds_may_follow_each_other(server: Stepped, raw: RawClient, other: bytes) -> None:
    server.performs(Whole(Answer(200, (), b"answer")))

    answers = [answered(raw, request) for request in (API, API, other, API, other, API)]

    straight = answers[0]
    assert answers == [straight, straight, answers[2], straight, answers[2], straight]
    assert straight.endswith(b"\r\n\r\nanswer")
    assert answers[2].split()[1] in {b"200", b"204"}


def test_what_aiohttp_answers_for_the_edge_is_the_same(
    server: Stepped, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.performs(Whole(Answer(200, (("x-a", "1"),), b"answer")))
    with connected(server) as raw:
        first = answered(raw, API)
    monkeypatch.setattr(straight, "_IS_KNOWN", False)

    with connected(server) as raw:
        second, third = answered(raw, API), answered(raw, API)

    assert first == second == third
    assert [entry.http for entry in server.entries(3)] == [server.entry.http] * 3


def test_an_api_request_makes_no_request_of_aiohttp(
    server: Stepped, raw: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RequestHandler, "_handle_request", None)
    server.performs(Whole(Answer(200, (), b"answer")))

    assert [answered(raw, API)[-6:] for _ in range(3)] == [b"answer"] * 3


@pytest.mark.parametrize(
    "body",
    [b"content-length: 3\r\n\r\none", b"content-length: 200000\r\n\r\n" + b"x" * 200_000],
    ids=["little", "more than comes at once"],
)
def test_a_body_that_comes_behind_its_head_makes_no_difference(
    server: Stepped, raw: RawClient, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    monkeypatch.setattr(RequestHandler, "_handle_request", None)
    server.performs(Whole(Answer(200, (), b"answer")))
    head, _, rest = body.partition(b"\r\n\r\n")

    for _ in range(2):
        raw.socket.sendall(b"POST /v1 HTTP/1.1\r\nhost: x\r\n" + head + b"\r\n\r\n")
        assert raw.is_quiet(0.02)
        assert answered(raw, rest).endswith(b"answer")

    assert [len(entry.http.body) for entry in server.entries(2)] == [len(rest)] * 2


@pytest.mark.parametrize("size", [100, 1_000_000])
def test_a_body_that_is_not_compressed_as_it_says_is_refused(
    server: Stepped, raw: RawClient, size: int
) -> None:
    head = f"POST /v1 HTTP/1.1\r\nhost: x\r\ncontent-encoding: gzip\r\ncontent-length: {size}\r\n\r\n"

    with suppress(ConnectionError):
        raw.socket.sendall(head.encode() + b"x" * size)

    assert raw.read_until(b"\r\n\r\n").startswith(b"HTTP/1.1 4")


def test_a_body_that_is_much_larger_when_it_is_read_is_read(server: Stepped, raw: RawClient) -> None:
    body = gzip.compress(b"x" * 5_000_000)
    head = f"POST /v1 HTTP/1.1\r\nhost: x\r\ncontent-encoding: gzip\r\ncontent-length: {len(body)}\r\n\r\n"
    server.performs(Whole(Answer(200, (), b"answer")))

    assert answered(raw, head.encode() + body).endswith(b"answer")
    assert len(server.entry.http.body) == 5_000_000


def broken(*before: Step) -> Iterator[Step]:
    yield from before
    raise ZeroDivisionError


@pytest.mark.parametrize("is_known", [True, False])
def test_steps_that_break_are_told_and_end_the_connection(
    server: Stepped, monkeypatch: pytest.MonkeyPatch, *, is_known: bool
) -> None:
    monkeypatch.setattr(straight, "_IS_KNOWN", is_known)
    server.performs_each(broken)

    with connected(server) as raw:
        raw.socket.sendall(API + API)
        got = raw.read()

    assert got.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert got.count(b"HTTP/1.1 ") == 1
    assert server.entry.outcome == "failed"


def test_a_request_behind_one_that_the_client_cut_off_is_not_answered(server: Stepped) -> None:
    server.performs(OK, Wait(60), Send(b"one"))
    with connected(server) as raw:
        raw.socket.sendall(API + API)
        raw.read_until(b"\r\n\r\n")

    assert [entry.outcome for entry in server.entries(1)] == ["left"]


@pytest.mark.parametrize("loop", LOOPS)
def test_a_connection_that_asks_on_does_not_hold_up_a_stop_and_no_answer_is_cut(loop: str) -> None:
    answers: list[bytes] = []

    def ask_on() -> None:
        with connected(server) as raw, suppress(OSError):
            while True:
                raw.socket.sendall(API)
                got = raw.socket.recv(65536)
                answers.append(got)
                if not got:
                    break

    with Stepped(loop, grace=HANG) as server:
        server.performs(Wait(0.05), Whole(Answer(200, (), b"answer")))
        asking = threading.Thread(target=ask_on)
        asking.start()
        server.begun(3)
        stopped = time.monotonic()
        server.stop()
        took = time.monotonic() - stopped
        asking.join(HANG)

    assert took < HANG / 2
    assert len(answers) >= 3
    assert all(got.endswith(b"answer") for got in answers if got)
    assert {entry.outcome for entry in server.service.journal.entries()} == {"complete"}


def test_a_connection_that_asks_nothing_does_not_hold_up_a_stop(
    server: Stepped, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_LEAVE_TIME", HANG)
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    with connected(server) as raw:
        server.performs(Whole(Answer(200, (), b"answer")))
        answered(raw, API)
        stopped = time.monotonic()

        server.stop()

        assert time.monotonic() - stopped < HANG / 2
        assert raw.read() == b""
    for each in idle:
        each.close()


def test_a_head_alone_is_parted_from_what_follows(server: Stepped, raw: RawClient) -> None:
    server.performs(Whole(Answer(200, (), b"answer")))
    raw.socket.sendall(b"HEAD /v1 HTTP/1.1\r\nhost: x\r\n\r\n" + API)

    got = raw.read_until(b"answer")

    assert got.count(b"HTTP/1.1 200 OK") == 2
    assert parted(got)[1].startswith(b"HTTP/1.1 200 OK")
