"""An answer as a socket sees it: the head, the pieces of the body, and how it ended."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field
from typing import Literal

from faults.asking import Case

from mockserver.runner import MockServer

Ending = Literal["kept", "closed", "reset", "open"]


@dataclass(slots=True)
class Seen:
    """`pieces` are the chunks of HTTP; one where the body is not chunked. `rest` is what is no HTTP.
    `silence` is behind how many bytes of the body nothing came for longest, -1 before the head.
    """

    head: list[str] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)
    rest: bytes = b""
    is_whole: bool = False
    ending: Ending = "open"
    silence: int = -1

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def headers(self) -> dict[str, str]:
        pairs = (line.partition(": ") for line in self.head[1:])
        return {name.lower(): value for name, _, value in pairs}

    @property
    def is_chunked(self) -> bool:
        return self.headers.get("transfer-encoding") == "chunked"

    @property
    def ends_with_connection(self) -> bool:
        """Whether nothing but the end of the connection tells where the body ends."""
        return bool(self.head) and not self.headers.keys() & {"transfer-encoding", "content-length"}

    def take(self, received: bytes) -> None:
        """Add what has come."""
        self.rest += received
        if not self.head:
            head, blank, body = self.rest.partition(b"\r\n\r\n")
            if not blank:
                return
            self.head, self.rest = head.decode("latin-1").split("\r\n"), body
        if self.is_chunked:
            self._take_chunks()
            return
        body = self.body + self.rest
        self.pieces, self.rest = [body] if body else [], b""
        length = self.headers.get("content-length")
        self.is_whole = length is not None and len(body) >= int(length)

    def _take_chunks(self) -> None:
        at = 0
        while not self.is_whole:
            end = self.rest.find(b"\r\n", at)
            size = _hexadecimal(self.rest[at:end]) if end >= 0 else None
            if size is None or len(self.rest) < end + 2 + size + 2:
                break
            if size:
                self.pieces.append(self.rest[end + 2 : end + 2 + size])
            self.is_whole = not size
            at = end + 2 + size + 2
        self.rest = self.rest[at:]


def _hexadecimal(digits: bytes) -> int | None:
    try:
        return int(digits, 16)
    except ValueError:
        return None


def observe(mock: MockServer, case: Case, patience: float = 30) -> Seen:
    """What comes back for a request, until nothing has come for so many seconds. The request is the first of
    its kind, so that the answer has the same ids each time.
    """
    mock.reset()
    host, _, port = mock.url.removeprefix("http://").partition(":")
    path, content = case.http
    fields = {
        "host": "mock",
        "authorization": f"Bearer {mock.key}",
        "anthropic-version": "2023-06-01",
        "accept-encoding": "gzip, br, zstd",
        "content-length": str(len(content)),
        **case.headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    with socket.create_connection((host, int(port)), timeout=patience) as connected:
        connected.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + content)
        return _read(connected)


def _read(connected: socket.socket) -> Seen:
    seen, longest, last = Seen(ending="kept"), 0.0, time.monotonic()
    while not seen.is_whole:
        try:
            data = connected.recv(1 << 20)
        except ConnectionResetError:
            seen.ending = "reset"
            return seen
        except TimeoutError:
            seen.ending = "open"
            return seen
        if not data:
            seen.ending, seen.is_whole = "closed", seen.ends_with_connection
            return seen
        now = time.monotonic()
        if now - last > longest:
            longest, seen.silence = now - last, len(seen.body) if seen.head else -1
        last = now
        seen.take(data)
    if not _is_kept(connected):
        seen.ending = "closed"
    return seen


def _is_kept(connected: socket.socket) -> bool:
    """Whether the connection takes another request."""
    try:
        connected.sendall(b"GET /_mock/nothing HTTP/1.1\r\nhost: mock\r\n\r\n")
        return connected.recv(1) == b"H"
    except OSError:
        return False
