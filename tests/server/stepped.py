"""A server that performs the steps it is told, on either loop, and a client that sees the raw bytes."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

import uvloop
from patience import HANG

from mockserver.answering import Exchange
from mockserver.assembly import build_service
from mockserver.conversation import Http
from mockserver.journal.entries import Entry
from mockserver.playback.steps import (
    CHUNK_END,
    AnyStep,
    Burst,
    Head,
    Ready,
    Timed,
    Timetable,
    Wait,
    chunk_head,
)
from mockserver.server import serving
from mockserver.server.app import create_app
from mockserver.service import Service
from mockserver.settings import FIXED_NOW, Settings

API = b"POST /v1 HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\none"
OK = Head(200, ())
CHUNKS = b"3\r\none\r\n3\r\ntwo\r\n"
"""Two pieces of a body, in chunks."""


def timed(*parts: tuple[float, Sequence[bytes]]) -> Timed:
    """A stretch of a body: pieces, and when they are due."""
    chunks = [b"".join(chunk_head(len(piece)) + piece + CHUNK_END for piece in pieces) for _, pieces in parts]
    steps: list[AnyStep] = []
    for (due, pieces), chunked in zip(parts, chunks, strict=True):
        steps += [Wait(due), Burst(tuple(map(len, pieces)), chunked)]
    return Timed(Timetable.of(steps, len(b"ahead")), b"".join((b"ahead", *chunks, b"behind")))


LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}


class ScriptedService(Service):
    """Answers every request with the same steps."""

    def __init__(self) -> None:
        built = build_service((), Settings())
        super().__init__(built.vendors, built.engine, built.journal, built.settings)
        self.steps: Callable[[], Iterable[AnyStep]] = tuple
        self.faults: tuple[str, ...] = ()
        self.ready: Ready | None = None

    def respond(self, http: Http, now: float = FIXED_NOW, elapsed: float = 0) -> Exchange:
        entry = self.journal.open(http, "stepped")
        entry.faults = self.faults
        return Exchange(self.ready or iter(self.steps()), entry)


class Stepped:
    """The running server. `performs` sets what is answered from now on."""

    def __init__(self, loop: str, grace: float = 0) -> None:
        self.service = ScriptedService()
        self.app = create_app(self.service)
        self.grace = grace
        self.loop: asyncio.AbstractEventLoop | None = None
        self.port = 0
        self._factory = LOOPS[loop]
        self._stop = asyncio.Event()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def performs(self, *steps: AnyStep, faults: tuple[str, ...] = ()) -> None:
        self.performs_each(lambda: steps, faults)

    def performs_each(self, steps: Callable[[], Iterable[AnyStep]], faults: tuple[str, ...] = ()) -> None:
        """What is answered is made anew for each request."""
        self.service.steps, self.service.faults, self.service.ready = steps, faults, None

    def has_ready(self, ready: Ready, faults: tuple[str, ...] = ()) -> None:
        """What is answered from now on, all of it at once."""
        self.service.ready, self.service.faults = ready, faults

    @property
    def entry(self) -> Entry:
        """The latest exchange, once it is over."""
        return self.entries(1)[-1]

    def entries(self, count: int, within: float = HANG) -> list[Entry]:
        """The exchanges, once there are so many and all are over, or the time is."""
        entries: list[Entry] = []
        for _ in within_time(within):
            entries = self.service.journal.entries()
            if len(entries) >= count and all(entry.outcome != "open" for entry in entries):
                break
        return entries

    def begun(self, count: int, within: float = HANG) -> list[Entry]:
        """The exchanges, once there are so many, or the time is over."""
        entries: list[Entry] = []
        for _ in within_time(within):
            entries = self.service.journal.entries()
            if len(entries) >= count:
                break
        return entries

    def call(self, act: Callable[[], Any]) -> Any:
        """What `act` gives, in the thread that serves."""

        async def done() -> Any:
            return act()

        assert self.loop
        return asyncio.run_coroutine_threadsafe(done(), self.loop).result()

    def stop(self) -> None:
        if self.loop and self._thread.is_alive():
            self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait(HANG)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=self._factory) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        async with serving.listening(self.app, "127.0.0.1", 0, self.grace) as origin:
            self.port = int(origin.rsplit(":", 1)[1])
            self._started.set()
            await self._stop.wait()


def within_time(seconds: float) -> Iterator[None]:
    """Turns of a loop that looks for something, until the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.005)


def request(path: str = "/v1", *headers: bytes, body: bytes = b"one", method: str = "POST") -> bytes:
    """A request that says how long its body is."""
    length = b"content-length: %d" % len(body)
    line = f"{method} {path} HTTP/1.1".encode()
    return b"\r\n".join((line, b"host: x", *headers, length, b"", body))


class RawClient:
    """A socket, and what has come through it. Who reads gets all of it, however it was cut on its way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=HANG)
        self._unread = bytearray()

    def ask(self, method: str = "POST", version: str = "1.1", *headers: str) -> Self:
        lines = [f"{method} /v1/anything HTTP/{version}", "host: x", "content-length: 0", *headers]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        return self

    def read(self) -> bytes:
        """What comes until the connection ends. ConnectionResetError if it is reset; see `read_reset`."""
        while self._receive():
            pass
        return self._taken(len(self._unread))

    def read_reset(self) -> bytes:
        """What comes until the connection is reset; it must be."""
        try:
            got = self.read()
        except ConnectionResetError:
            return self._taken(len(self._unread))
        raise AssertionError(f"closed, not reset, after {got!r}")

    def read_until(self, end: bytes) -> bytes:
        """What comes up to `end`, which is part of it."""
        seen = 0
        while (at := self._unread.find(end, seen)) < 0:
            seen = max(0, len(self._unread) - len(end) + 1)
            if not self._receive():
                raise AssertionError(f"the connection ended after {bytes(self._unread)!r}")
        return self._taken(at + len(end))

    def read_answer(self, request: bytes = b"") -> bytes:
        """The answer to a request; it must say how long its body is. What asks for a body is passed over."""
        head = self.read_until(b"\r\n\r\n")
        while head.startswith(b"HTTP/1.1 100 "):
            head = self.read_until(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: ([0-9]+)", head, re.IGNORECASE)
        return head + self.read_size(int(length[1]) if length and not request.startswith(b"HEAD ") else 0)

    def read_size(self, size: int) -> bytes:
        """So many bytes that come."""
        while len(self._unread) < size:
            if not self._receive():
                raise AssertionError(f"the connection ended after {bytes(self._unread)!r}")
        return self._taken(size)

    def _receive(self) -> bool:
        """Whether more has come, and not the end of the connection."""
        data = self.socket.recv(65536)
        self._unread += data
        return bool(data)

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken

    def is_quiet(self, seconds: float) -> bool:
        """Whether nothing comes for so long, and the connection stays."""
        if self._unread:
            return False
        self.socket.settimeout(seconds)
        try:
            self.socket.recv(1)
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(HANG)
        return False

    def reset_on_close(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def close(self) -> None:
        self.socket.close()


@contextmanager
def connected(server: Stepped) -> Iterator[RawClient]:
    client = RawClient(server.port)
    try:
        yield client
    finally:
        client.close()


def parted(answer: bytes) -> tuple[list[str], bytes]:
    """The lines of the head without those that every answer has, and the body as it came."""
    head, body = answer.split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    return [line for line in lines if not line.startswith(("date:", "server:"))], body
