"""Requests that are answered where their bytes come in, and those that a connection's task has to finish, on
both loops.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from server.stepped import API, OK, RawClient, Stepped, connected

from mockserver.playback.steps import Head, HeadShape, Send, Step, Wait, Whole, WrittenHead, WrittenWhole
from mockserver.protocols.base import Answer
from mockserver.server import straight
from mockserver.server.app import IN_FLIGHT, STOPPING, Begun, Edge
from mockserver.server.serving import _Server
from mockserver.server.straight import StraightHandler

READY = (WrittenWhole(WrittenHead(HeadShape(Head(200, ())), b""), b"answer"),)


def ask(raw: RawClient, request: bytes = API) -> bytes:
    raw.socket.sendall(request)
    return raw.read_until(b"answer")


def numbered() -> Iterator[Step]:
    """An answer that tells which it is."""
    yield Whole(Answer(200, (), b"answer %d;" % next(NUMBERS)))


NUMBERS: Iterator[int] = count()
KEPT = 0.8
"""Seconds for which a connection is kept on which nothing is asked."""
TRIES = 5
"""How often a client may be so late that its connection is closed, since the machine is busy."""


@pytest.fixture(autouse=True)
def _from_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "NUMBERS", count())


def test_what_is_ready_wakes_no_task(
    server: Stepped, raw: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.has_ready(READY)
    first = ask(raw)
    monkeypatch.setattr(StraightHandler, "_wake", None)
    monkeypatch.setattr(StraightHandler, "_finish", None)

    assert [ask(raw) for _ in range(3)] == [first] * 3
    assert ask(raw, API.replace(b"host", b"x-a: new\r\nhost")) == first


@pytest.mark.parametrize("together", [31, 32, 40, 100])
def test_requests_behind_a_body_that_came_late_are_all_answered(
    server: Stepped, raw: RawClient, together: int
) -> None:
    server.has_ready(READY)
    raw.socket.sendall(API[:-3].replace(b"content-length: 3", b"transfer-encoding: chunked"))
    time.sleep(0.02)
    raw.socket.sendall(b"3\r\none\r\n0\r\n\r\n")
    raw.read_until(b"answer")

    raw.socket.sendall(API * together)
    got = b""
    while got.count(b"answer") < together:
        got += raw.read_until(b"answer")

    assert len(server.entries(1 + together)) == 1 + together


@pytest.mark.parametrize("together", [2, 5, 60])
def test_requests_in_one_piece_are_answered_in_their_order(
    server: Stepped, raw: RawClient, together: int
) -> None:
    server.performs_each(numbered)
    bodies = [b"%03d" % number for number in range(together)]

    for _ in range(2):
        raw.socket.sendall(b"".join(API[:-3] + body for body in bodies))
    got = raw.read_until(b"answer %d;" % (2 * together - 1))

    assert [int(part.split(b";")[0]) for part in got.split(b"answer ")[1:]] == list(range(2 * together))
    assert [entry.http.body for entry in server.entries(2 * together)] == bodies * 2


def test_what_comes_in_behind_an_answer_that_waits_is_answered_behind_it(
    server: Stepped, raw: RawClient
) -> None:
    server.has_ready(READY)
    ask(raw)
    server.performs(Wait(0.1), Whole(Answer(200, (), b"first")))
    raw.socket.sendall(API)
    server.begun(2)
    server.has_ready(READY)

    for _ in range(3):
        raw.socket.sendall(API)
        time.sleep(0.01)
    got = raw.read_until(b"answer")
    while got.count(b"answer") < 3:
        got += raw.read_until(b"answer")

    assert got.index(b"first") < got.index(b"answer")
    assert [entry.outcome for entry in server.entries(5)] == ["complete"] * 5


@pytest.mark.parametrize("breaks", ["respond", "refuse"])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_server_that_breaks_tells_so_and_goes_on(
    server: Stepped, monkeypatch: pytest.MonkeyPatch, breaks: str, *, is_known: bool
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    server.has_ready(READY)
    monkeypatch.setattr(straight, "_IS_KNOWN", is_known)
    with connected(server) as raw:
        ask(raw)
        monkeypatch.setattr(server.service, "respond", broken)
        if breaks == "refuse":
            monkeypatch.setattr(server.service, "refuse", broken)

        raw.socket.sendall(API.replace(b"host", b"connection: close\r\nhost"))
        refused = raw.read()

    assert refused.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert not server.app[IN_FLIGHT]
    monkeypatch.undo()
    with connected(server) as raw:
        assert ask(raw).endswith(b"answer")


def test_a_client_that_leaves_before_its_answer_begins_has_left(
    server: Stepped, raw: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Edge.answer

    def then_it_leaves(self: Edge, protocol: StraightHandler, *args: Any) -> Begun | None:
        begun = answer(self, protocol, *args)
        assert protocol.transport
        protocol.transport.abort()
        return begun

    server.has_ready(READY)
    ask(raw)
    server.performs(Wait(60), OK, Send(b"one"))
    monkeypatch.setattr(Edge, "answer", then_it_leaves)

    raw.socket.sendall(API)

    assert [entry.outcome for entry in server.entries(2)] == ["complete", "left"]
    assert not server.app[IN_FLIGHT]


def test_an_answer_that_is_cut_before_it_begins_has_failed(
    server: Stepped, raw: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Edge.answer

    def then_it_is_cut(self: Edge, *args: Any) -> Begun | None:
        asyncio.get_running_loop().call_soon(
            lambda: [task.cancel() for task in self.in_flight.values() if task]
        )
        return answer(self, *args)

    server.has_ready(READY)
    ask(raw)
    server.performs(Wait(60), OK, Send(b"one"))
    monkeypatch.setattr(Edge, "answer", then_it_is_cut)

    raw.socket.sendall(API)

    assert raw.read() == b""
    assert [entry.outcome for entry in server.entries(2)] == ["complete", "failed"]
    assert not server.app[IN_FLIGHT]


def test_a_request_that_comes_while_the_server_stops_is_the_last(server: Stepped, raw: RawClient) -> None:
    server.has_ready(READY)
    assert b"connection" not in ask(raw)
    server.call(server.app[STOPPING].set)

    raw.socket.sendall(API)
    got = raw.read()

    assert b"\r\nconnection: close\r\n" in got
    assert got.endswith(b"answer")


@pytest.mark.parametrize("is_known", [True, False])
def test_a_connection_that_asks_nothing_for_long_is_closed(
    server: Stepped, monkeypatch: pytest.MonkeyPatch, *, is_known: bool
) -> None:
    def short(self: _Server) -> StraightHandler:
        return StraightHandler(self, self._edge, self._loop, keepalive_timeout=KEPT, access_log=None)

    monkeypatch.setattr(straight, "_IS_KNOWN", is_known)
    monkeypatch.setattr(_Server, "__call__", short)
    server.has_ready(READY)

    for _ in range(TRIES):
        with connected(server) as raw, suppress(AssertionError, ConnectionError):
            began = time.monotonic()
            for _ in range(4):
                time.sleep(0.3)
                ask(raw)
            answered = time.monotonic()
            assert raw.read() == b""
            break
    else:
        raise AssertionError("a connection that asks on is closed")

    assert answered - began > KEPT
    assert time.monotonic() - answered > KEPT - 0.1
