"""Answers that are ready, on the wire and in the journal: as if they were performed, on both loops."""

from __future__ import annotations

from contextlib import suppress

import pytest
from patience import HANG, wait
from server.stepped import API, RawClient, Stepped, connected

from mockserver.journal.entries import Entry
from mockserver.playback.steps import Burst, Head, HeadShape, Ready, WrittenHead, WrittenWhole
from mockserver.server import app
from mockserver.server.ready import ReadyHeads

BURST = Burst((3, 3), b"3\r\none\r\n3\r\ntwo\r\n")
KEEPS = b"connection: keep-alive\r\n"
MUCH = b"x" * 30_000_000


def head(lines: bytes = b"x-a: 1\r\n", status: int = 200) -> WrittenHead:
    names = [line.partition(b": ") for line in lines.splitlines()]
    sample = Head(status, tuple((name.decode(), value.decode()) for name, _, value in names))
    return WrittenHead(HeadShape(sample), lines)


READY: dict[str, Ready] = {
    "whole": (WrittenWhole(head(), b"answer"),),
    "whole and empty": (WrittenWhole(head(), b""),),
    "a failure": (WrittenWhole(head(status=529), b"answer"),),
    "no headers": (WrittenWhole(head(b""), b"answer"),),
    "without a body": (WrittenWhole(head(status=204), b""),),
    "a date of its own": (WrittenWhole(head(b"date: today\r\n"), b"answer"),),
    "a length of its own": (WrittenWhole(head(b"content-length: 6\r\n"), b"answer"),),
    "a wrong length of its own": (WrittenWhole(head(b"content-length: 3\r\n"), b"answer"),),
    "the last": (WrittenWhole(head(b"connection: close\r\n"), b"answer"),),
    "a stream": (head(), BURST),
    "a stream of nothing": (head(), Burst((), b"")),
    "a stream that fails": (head(status=500), BURST),
    "a stream that says how it ends": (head(b"transfer-encoding: chunked\r\n"), BURST),
    "a stream of a length": (head(b"content-length: 6\r\n"), BURST),
    "the last stream": (head(b"connection: close\r\n"), BURST),
}
REQUESTS = {
    "most": API,
    "from a page": API.replace(b"host", b"origin: http://page\r\nhost"),
    "the last": API.replace(b"host", b"connection: close\r\nhost"),
    "old": API.replace(b"HTTP/1.1", b"HTTP/1.0"),
    "old, and goes on": API.replace(b"1.1\r\n", b"1.0\r\n" + KEEPS),
    "head": b"HEAD /v1 HTTP/1.1\r\nhost: x\r\n\r\n",
    "get": b"GET /v1 HTTP/1.1\r\nhost: x\r\n\r\n",
}


def written(server: Stepped) -> Entry:
    """The only exchange, once its head is written."""
    (entry,) = server.begun(1)
    wait(lambda: entry.status)
    server.call(lambda: None)  # behind what is done in the same turn of its loop
    return entry


def take(raw: RawClient, got: bytearray) -> None:
    """Add what has come, or comes in a moment."""
    raw.socket.settimeout(0.02)
    with suppress(TimeoutError):
        while data := raw.socket.recv(65536):
            got += data
    raw.socket.settimeout(HANG)


def answers(server: Stepped, request: bytes) -> tuple[bytes, list[object]]:
    """What comes for a request, and for another behind it, which is the last; what is told of both."""
    before = len(server.service.journal.entries())
    got = bytearray()
    with connected(server) as raw, suppress(ConnectionError):
        raw.socket.sendall(request)
        server.entries(before + 1)
        take(raw, got)
        raw.socket.sendall(request.replace(KEEPS, b"").replace(b"host", b"connection: close\r\nhost"))
        while data := raw.socket.recv(65536):
            got += data
    told: list[object] = [
        (
            entry.status,
            entry.outcome,
            entry.delivery.sent,
            [(step.due, step.size, step.kind) for step in entry.steps],
        )
        for entry in server.entries(before + 1)[before:]
    ]
    return bytes(got), told


@pytest.mark.parametrize("request_name", REQUESTS)
@pytest.mark.parametrize("name", READY)
def test_it_is_told_as_if_it_was_performed(server: Stepped, name: str, request_name: str) -> None:
    server.performs(*READY[name])
    performed = answers(server, REQUESTS[request_name])
    server.has_ready(READY[name])

    assert answers(server, REQUESTS[request_name]) == performed


@pytest.mark.parametrize("name", ["whole", "a stream"])
def test_what_goes_wrong_in_it_on_purpose_is_told_as_if_it_was_performed(server: Stepped, name: str) -> None:
    server.performs(*READY[name], faults=("slow",))
    performed = answers(server, API)
    server.has_ready(READY[name], faults=("slow",))

    assert answers(server, API) == performed
    assert server.entry.outcome == "faulted"


@pytest.mark.parametrize(("name", "end"), [("whole", b"answer"), ("a stream", b"\r\n0\r\n\r\n")])
def test_it_is_not_performed(
    server: Stepped, raw: RawClient, monkeypatch: pytest.MonkeyPatch, name: str, end: bytes
) -> None:
    monkeypatch.setattr(app, "Performance", None)
    server.has_ready(READY[name])

    for _ in range(3):
        raw.socket.sendall(API)
        assert raw.read_until(end).startswith(b"HTTP/1.1 200 OK")
        server.entries(1)


def test_it_is_over_once_the_socket_has_taken_all_of_it(server: Stepped, raw: RawClient) -> None:
    server.has_ready((WrittenWhole(head(), MUCH),))
    raw.socket.sendall(API)
    begun = written(server)
    assert (begun.outcome, list(begun.steps)) == ("open", [])

    raw.read_until(b"\r\n\r\n")
    raw.read_size(len(MUCH))

    assert server.entry.outcome == "complete"
    assert [step.size for step in server.entry.steps] == [len(MUCH)]
    server.has_ready(READY["whole"])
    raw.socket.sendall(API)
    assert raw.read_until(b"answer")


def test_a_client_that_leaves_it_has_left(server: Stepped) -> None:
    server.has_ready((WrittenWhole(head(), MUCH),))
    with connected(server) as raw:
        raw.socket.sendall(API + API)
        raw.read_until(b"\r\n\r\n")

    assert [(entry.outcome, len(entry.steps)) for entry in server.entries(1)] == [("left", 0)]


def test_what_is_cut_before_the_client_has_taken_it_has_failed(server: Stepped, raw: RawClient) -> None:
    server.has_ready((WrittenWhole(head(), MUCH),))
    raw.socket.sendall(API)
    written(server)

    server.call(lambda: [task.cancel() for task in server.app[app.IN_FLIGHT].values() if task])

    assert server.entry.outcome == "failed"
    assert raw.read().startswith(b"HTTP/1.1 200 OK")


def test_what_came_in_while_it_was_not_taken_is_answered_behind_it(server: Stepped, raw: RawClient) -> None:
    server.has_ready((WrittenWhole(head(), MUCH),))
    raw.socket.sendall(API)
    written(server)
    server.has_ready(READY["whole"])
    raw.socket.sendall(API)

    got = raw.read_size(len(MUCH)) + raw.read_until(b"answer")

    assert len(got) > len(MUCH)
    assert {entry.outcome for entry in server.entries(2)} == {"complete"}


def test_the_heads_of_many_answers_do_not_gather() -> None:
    heads = ReadyHeads((("date", "today"),))

    for _ in range(3_000):
        whole = heads.put((WrittenWhole(head(), b"answer"),))
        stream = heads.put((head(), BURST))

    told = b"HTTP/1.1 200 OK\r\nx-a: 1\r\ndate: today\r\n"
    assert whole == told + b"content-length: 6\r\n\r\nanswer"
    assert stream == told + b"transfer-encoding: chunked\r\n\r\n" + BURST.chunked + b"0\r\n\r\n"
    assert len(heads) <= 2 * 1_024
