"""Answers that are ready: all of one is due at once and is written out, so that it leaves in one write and is
not performed step by step.

Only for clients that ask as most do, on connections that go on. What is noted of such an answer is what
`mockserver.server.performing` would note of it.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from time import perf_counter
from typing import NamedTuple

from aiohttp.client_exceptions import ClientConnectionResetError
from aiohttp.http import StreamWriter
from aiohttp.web_protocol import RequestHandler

from mockserver.answering import Exchange
from mockserver.journal.entries import Entry
from mockserver.playback.steps import Burst, HeadShape, Ready, WrittenHead, WrittenWhole
from mockserver.protocols.base import Headers
from mockserver.server import connection
from mockserver.server.heads import Asked, around_written, fixed_headers

_LAST_CHUNK = b"0\r\n\r\n"
MOST = Asked()
"""What a client asks that asks as most do."""
_SHAPES = 1_024


class _Frame(NamedTuple):
    """What stands around the own lines of a head; `told` begins to tell the length of the body, if anything
    does.
    """

    line: bytes
    told: bytes
    behind: bytes


class ReadyHeads:
    """What stands around the heads of answers that have the same `fixed` headers, by what those heads have in
    common. None for those whose answers have to be performed.
    """

    def __init__(self, fixed: Headers) -> None:
        self.fixed = fixed
        self._wholes: dict[HeadShape, _Frame | None] = {}
        self._streams: dict[HeadShape, _Frame | None] = {}

    def put(self, steps: Ready) -> bytes | None:
        """All of an answer as HTTP has it, for a client that asks as most do."""
        if len(steps) == 1:
            return self._put_whole(steps[0])
        return self._put_stream(*steps)

    def __len__(self) -> int:
        """How many kinds of heads are kept."""
        return len(self._wholes) + len(self._streams)

    def _put_whole(self, whole: WrittenWhole) -> bytes | None:
        head, body = whole.head, whole.body
        try:
            frame = self._wholes[head.shape]
        except KeyError:
            frame = _keep(self._wholes, head.shape, self._frame_of_whole(head.shape))
        if frame is None:
            return None
        line, told, behind = frame
        return b"".join((line, head.lines, told, b"%d\r\n" % len(body), behind, body))

    def _put_stream(self, head: WrittenHead, burst: Burst) -> bytes | None:
        try:
            frame = self._streams[head.shape]
        except KeyError:
            frame = _keep(self._streams, head.shape, self._frame_of_stream(head.shape))
        if frame is None:
            return None
        line, _, behind = frame
        return b"".join((line, head.lines, behind, burst.chunked, _LAST_CHUNK))

    def _frame_of_whole(self, shape: HeadShape) -> _Frame | None:
        around = around_written(shape, MOST, self.fixed, is_whole=True)
        if not (around.tells_length and around.framed.has_body and around.framed.keeps_alive):
            return None
        return _Frame(around.line, around.before + b"content-length: ", around.behind)

    def _frame_of_stream(self, shape: HeadShape) -> _Frame | None:
        around = around_written(shape, MOST, self.fixed, is_whole=False)
        if not (around.framed.is_chunked and around.framed.keeps_alive):
            return None
        return _Frame(around.line, b"", around.behind)


def _keep(frames: dict[HeadShape, _Frame | None], shape: HeadShape, frame: _Frame | None) -> _Frame | None:
    if len(frames) >= _SHAPES:
        frames.clear()
    frames[shape] = frame
    return frame


@lru_cache(maxsize=4)
def heads(second: float, shared: bool) -> ReadyHeads:  # noqa: FBT001 - cached by position
    """Those of a Unix second; see `fixed_headers`."""
    return ReadyHeads(fixed_headers(second, shared=shared))


def asks_as_most(asked: Asked) -> bool:
    """Whether a client knows chunks, goes on and wants a body."""
    return asked.keeps_alive and not asked.is_old and asked.method != "HEAD"


def write(transport: asyncio.Transport | None, exchange: Exchange, heads: ReadyHeads) -> Ready | None:
    """Write an answer if it is ready: its steps, which are to be noted once the socket has taken it. None if
    it has to be performed.
    """
    steps = exchange.steps
    if not isinstance(steps, tuple) or transport is None or transport.is_closing():
        return None
    written = heads.put(steps)
    if written is None:
        return None
    transport.write(written)
    first = steps[0]
    head = first if isinstance(first, WrittenHead) else first.head
    exchange.entry.status = head.shape.sample.status
    return steps


def note(entry: Entry, steps: Ready, seconds: float) -> None:
    """Note that the socket has taken an answer, so many seconds after the request came in."""
    entry.note_ready(steps, seconds)
    if len(steps) > 1:
        entry.delivery.sent += len(steps[1].sizes)
    entry.delivery.outcome = "faulted" if entry.faults else "complete"


async def note_once_taken(protocol: RequestHandler, entry: Entry, steps: Ready, started: float) -> bool:
    """The same, once the socket has taken what was written; whether it ever does."""
    transport = protocol.transport
    try:
        await StreamWriter(protocol, asyncio.get_running_loop()).drain()
    except ClientConnectionResetError:
        entry.outcome = "left"
        return False
    except BaseException:
        entry.outcome = "left" if connection.is_lost(transport) else "failed"
        connection.close(transport)
        raise
    note(entry, steps, perf_counter() - started)
    return True
