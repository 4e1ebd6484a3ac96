"""What is waited for over HTTP: requests that are to come, and events as they happen."""

from __future__ import annotations

import json
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, Self

import pytest
from patience import HANG, wait
from server.stepped import Stepped

from mockserver import MockServer
from mockserver.conversation import Http
from mockserver.server import live, serving

TICK = 0.002
"""Seconds by which timers of uvloop may be early: it counts milliseconds."""


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer(speed=0, unmatched="auto") as running:
        yield running


def get(mock: MockServer, page: str) -> Any:
    request = urllib.request.Request(f"{mock.url}/_mock/{page}", headers={"x-api-key": mock.key})
    with urllib.request.urlopen(request, timeout=HANG) as answer:
        return json.load(answer)


def ask(mock: MockServer, say: str = "Hello!", model: str = "m") -> None:
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": say}]}).encode()
    request = urllib.request.Request(f"{mock.urls.openai}/chat/completions", body, {"x-api-key": mock.key})
    with urllib.request.urlopen(request, timeout=HANG) as answer:
        answer.read()


class Stream:
    """A page that does not end, read from a bare socket."""

    def __init__(self, mock: MockServer, page: str, *headers: str, method: str = "GET") -> None:
        host, port = mock.url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=HANG)
        head = [f"{method} /_mock/{page} HTTP/1.1", f"host: {host}", f"x-api-key: {mock.key}", *headers]
        self.socket.sendall("\r\n".join([*head, "", ""]).encode())
        self.got = b""

    def until(self, end: bytes, times: int = 1) -> str:
        """All that has come, once `end` has."""
        while self.got.count(end) < times:
            data = self.socket.recv(65536)
            assert data, self.got
            self.got += data
        return self.got.decode()

    def rest(self) -> bytes:
        """What comes until the connection ends."""
        return b"".join(iter(lambda: self.socket.recv(65536), b""))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


@contextmanager
def meanwhile(mock: MockServer, act: Callable[[], None]) -> Iterator[None]:
    """Do something in another thread, as soon as somebody waits."""

    def act_once_waited_for() -> None:
        settle(mock, 1)
        act()

    with ThreadPoolExecutor(1) as threads:
        acted = threads.submit(act_once_waited_for)
        yield
    acted.result()


def listening(mock: MockServer) -> int:
    return mock._service.journal.listening  # noqa: SLF001 - nobody else asks


def settle(mock: MockServer, count: int) -> None:
    """Wait until so many wait; it fails if they never do."""
    wait(lambda: listening(mock) == count)


# ------------------------------------------------------------------------------------------ requests


def test_a_request_that_is_to_come_is_waited_for(server: MockServer) -> None:
    with meanwhile(server, lambda: ask(server)):
        started = time.monotonic()
        told = get(server, "requests?wait=60")

    assert [each["user"] for each in told["requests"]] == ["Hello!"]
    assert time.monotonic() - started < 50


def test_what_is_there_is_not_waited_for(server: MockServer) -> None:
    ask(server)
    started = time.monotonic()

    assert len(get(server, "requests?wait=60")["requests"]) == 1
    assert time.monotonic() - started < 50


def test_the_wait_ends_with_nothing_when_its_time_is_over(server: MockServer) -> None:
    started = time.monotonic()

    assert get(server, "requests?wait=0.2")["requests"] == []
    assert time.monotonic() - started > 0.2 - TICK


def test_what_does_not_fit_and_what_others_ask_does_not_end_the_wait(server: MockServer) -> None:
    def others() -> None:
        ask(server, "no")
        ask(server.namespace("other"), model="mock-hello")
        ask(server, "yes", model="mock-hello")

    with meanwhile(server, others):
        told = get(server, "requests?scenario=hello&outcome=complete&wait=60")

    assert [each["user"] for each in told["requests"]] == ["yes"]


def test_an_exchange_is_told_again_when_it_is_over(server: MockServer) -> None:
    server.hasten(1)
    server.script("scenario: slow\npace: {first: 300ms}\nreply: x")

    with meanwhile(server, lambda: ask(server)):
        began = get(server, "requests?wait=60")
        over = get(server, f"requests?since={began['latest']}&wait=60")

    assert [each["outcome"] for told in (began, over) for each in told["requests"]] == ["open", "complete"]


def test_a_client_that_leaves_waits_no_more(server: MockServer) -> None:
    with Stream(server, "requests?wait=60"):
        settle(server, 1)

    settle(server, 0)


# -------------------------------------------------------------------------------------------- events


def events(text: str) -> list[tuple[str, str, Any]]:
    """Number, name and data of each event."""
    found = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and line[0] in "ied")
        if "data" in fields:
            found.append((fields.get("id", ""), fields["event"], json.loads(fields["data"])))
    return found


def test_each_exchange_is_told_when_it_begins_and_when_it_is_over(server: MockServer) -> None:
    server.hasten(1)
    server.script("scenario: slow\npace: {first: 100ms}\nreply: x")
    with Stream(server, "events") as stream:
        stream.until(b": mockserver")
        ask(server)
        stream.until(b"event: over")
        told = stream.until(b"\n\n\r\n", times=3)  # the comment, and two events

    assert "content-type: text/event-stream" in told.lower()
    assert [(number, name, data["outcome"]) for number, name, data in events(told)] == [
        ("1", "began", "open"),
        ("2", "over", "complete"),
    ]


def test_no_change_of_an_exchange_is_told_twice(server: MockServer) -> None:
    with Stream(server, "events") as stream:
        stream.until(b": mockserver")
        ask(server, "one")
        ask(server, "two")
        told = stream.until(b'"user":"two"')

    numbers = [number for number, _, data in events(told[: told.rindex("id: ")]) if data["user"] == "one"]
    assert numbers
    assert len(numbers) == len(set(numbers))


def test_a_stream_goes_on_behind_the_event_that_was_read_last(server: MockServer) -> None:
    for say in ("one", "two", "three"):
        ask(server, say)

    with Stream(server, "events", "last-event-id: 2") as stream:
        told = stream.until(b"three")
    with Stream(server, "events?since=4") as again:
        rest = again.until(b"three")

    assert ["one" in told, "two" in told] == [False, True]
    assert ["one" in rest, "two" in rest] == [False, False]


def test_events_of_another_key_are_not_told_unless_all_are_asked_for(server: MockServer) -> None:
    with Stream(server, "events") as own, Stream(server, "events?key=*") as every:
        own.until(b": mockserver")
        every.until(b": mockserver")
        ask(server.namespace("other"), "theirs")
        ask(server, "mine")

        assert "theirs" in every.until(b"mine")
        assert "theirs" not in own.until(b"mine")


def test_a_comment_tells_that_a_quiet_stream_lives(
    server: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.05)

    with Stream(server, "events") as stream:
        assert stream.until(b": mockserver", times=3)


def test_a_reader_that_is_slow_is_told_how_many_it_missed(
    server: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_PENDING", 3)
    for _ in range(5):
        ask(server)

    with Stream(server, "events?since=0") as stream:
        told = stream.until(b'"number":5')

    assert events(told)[0] == ("", "dropped", {"dropped": 2})
    assert [number for number, _, _ in events(told)[1:]] == ["6", "8", "10"][: len(events(told)) - 1]


def test_a_reader_that_leaves_is_forgotten(server: MockServer) -> None:
    with Stream(server, "events") as stream:
        stream.until(b": mockserver")
        assert listening(server) == 1

    settle(server, 0)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("events?since=x", "`since` cannot be 'x'"),
        ("events?limit=3", "There is no parameter 'limit'"),
        ("events?outcome=x", "There is no outcome 'x'"),
    ],
)
def test_events_that_cannot_be_asked_for_are_refused(server: MockServer, page: str, message: str) -> None:
    with Stream(server, page) as stream:
        assert message in stream.until(b'"}}')


def test_the_head_of_the_events_alone_ends(server: MockServer) -> None:
    with Stream(server, "events", "connection: close", method="HEAD") as stream:
        assert b"200 OK" in stream.rest()
    settle(server, 0)


def test_only_so_many_can_wait(server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_WAITING", 1)

    with Stream(server, "events") as first, Stream(server, "requests?wait=60") as second:
        first.until(b": mockserver")
        settle(server, 1)
        assert "1 clients wait already" in second.until(b'"}}')


# ------------------------------------------------------------------------------------------ all at once


def test_who_waits_does_not_keep_a_server_that_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_LEAVE_TIME", HANG)
    with ExitStack() as streams, MockServer(unmatched="auto") as server:
        for page in ("events", "requests?wait=60", "events?key=*"):
            streams.enter_context(Stream(server, page))
        settle(server, 3)
        started = time.monotonic()

    assert time.monotonic() - started < 50


def test_a_reader_that_does_not_read_does_not_keep_a_server_that_stops() -> None:
    stopped = time.monotonic()
    with socket.socket() as reader, Stepped("uvloop", grace=HANG) as server:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        reader.connect(("127.0.0.1", server.port))
        reader.sendall(b"GET /_mock/events?key=* HTTP/1.1\r\nhost: localhost\r\n\r\n")
        journal = server.service.journal
        wait(lambda: journal.listening)

        for _ in range(40):  # more than the sockets take
            server.call(
                lambda: [journal.open(Http("POST", "/v1/any", key="k"), "stepped") for _ in range(500)]
            )
        stopped = time.monotonic()
        assert journal.listening

    assert time.monotonic() - stopped < 50  # the grace is longer


async def test_what_happens_is_written_once_for_all_and_wakes_nobody_who_waits_for_something_else(
    server: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, looked = list[object](), list[object]()
    write, look = live._event, live._Changes.found  # noqa: SLF001 - they are counted

    def counted_write(*event: Any) -> bytes:
        written.append(event)
        return write(*event)

    async def counted_look(self: live._Changes) -> Any:
        looked.append(self)
        return await look(self)

    monkeypatch.setattr(live, "_event", counted_write)
    monkeypatch.setattr(live._Changes, "found", counted_look)  # noqa: SLF001 - to count
    with ExitStack() as held:
        for _ in range(50):
            held.enter_context(Stream(server, "requests?outcome=left&wait=60"))
        streams = [held.enter_context(Stream(server, "events?key=*")) for _ in range(20)]
        settle(server, 70)

        for _ in range(40):
            ask(server)

        for stream in streams:
            stream.until(b'"number":40')
    assert len(written) <= 2 * 40
    assert len(looked) == 50  # before they wait
