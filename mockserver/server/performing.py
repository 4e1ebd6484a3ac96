"""The steps of one answer, performed: waits become time, the rest becomes bytes or the end of a connection.

The only loop that awaits. It writes straight to the connection, since scripts want of HTTP what aiohttp would
put right; aiohttp has read the request, and goes on with the connection where that is left sound.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace

from aiohttp import web
from aiohttp.client_exceptions import ClientConnectionResetError
from aiohttp.http import HttpVersion11

from mockserver.journal import Entry, Outcome
from mockserver.protocols.base import Headers, merge_headers
from mockserver.server import connection
from mockserver.server.heads import Asked, FramedHead, framed
from mockserver.steps import Disconnect, Head, Hold, Reset, Send, SendBare, Step, Wait, Whole

_TIMER_GRAIN = 0.001
"""Seconds by which a timer of the loop may be early: uvloop's count whole milliseconds."""

_TURN = 0.001
"""Seconds for which a stream that never waits may go on before others have their turn."""


class Performed(web.StreamResponse):
    """An answer that is written already. All that aiohttp has left to do is to keep the connection or not."""

    def __init__(self) -> None:
        super().__init__()
        self.keeps_alive = False

    @property
    def keep_alive(self) -> bool:
        return self.keeps_alive

    async def prepare(self, _: web.BaseRequest) -> None:
        """Nothing: the head was written, or there is none."""

    async def write_eof(self, _: bytes = b"") -> None:
        """Nothing: the body has ended, or must not."""


class Performance:
    """One answer, on its way. `started` is the moment the request came in, `fixed` the headers of every
    answer; `stopping` is set when the server stops.
    """

    def __init__(
        self, request: web.BaseRequest, entry: Entry, started: float, fixed: Headers, stopping: asyncio.Event
    ) -> None:
        self._request = request
        self._entry = entry
        self._started = started
        self._resumed = started
        self._fixed = fixed
        self._stopping = stopping
        self._response = Performed()
        self._head: FramedHead | None = None
        self._written = 0  # bytes of the body
        self._is_broken = False  # whether HTTP was left, so that nothing can follow on the connection
        self._is_over = False

    async def perform(self, steps: Iterator[Step]) -> web.StreamResponse:
        """Perform the steps, and tell the entry how it went. What the steps raise is raised, unless the
        client has left: that is no fault of the server.
        """
        try:
            await self._perform(steps)
        except ClientConnectionResetError:
            self._entry.outcome = "left"
            return self._response
        except BaseException:
            self._entry.outcome = self._broken_off()
            raise
        self._entry.outcome = "faulted" if self._is_broken or self._entry.faults else "complete"
        return self._response

    async def _perform(self, steps: Iterator[Step]) -> None:
        """Only what takes time is awaited, since a stream may have thousands of steps."""
        started, note = self._started, self._entry.steps.note
        for step in steps:
            match step:
                case Wait(until=until):
                    await self._wait(started + until)
                case Hold():
                    await self._hold()
                case _:
                    self._do(step)
                    if self._is_held_up() and not self._is_over:  # whoever waits now would be cut off
                        await self._let_go_on()
                    if isinstance(step, Send):
                        self._entry.delivery.sent += 1
            note(step, time.perf_counter() - started)
            if self._is_over:
                return
        self._end()

    def _do(self, step: Send | Head | Whole | SendBare | Reset | Disconnect) -> None:
        match step:
            case Send(data=data):
                self._send(data)
            case Head():
                connection.write(self._request, self._begin(step))
            case Whole(answer=answer):
                head = self._begin(Head(answer.status, answer.headers, "length", len(answer.body)))
                self._send(answer.body, behind=head)
            case SendBare(data=data):
                self._is_broken = True
                connection.write(self._request, data)
            case Reset():
                connection.reset(self._request)
                self._break()
            case Disconnect():
                connection.close(self._request)
                self._break()

    # ------------------------------------------------------------------------------------------ time

    async def _wait(self, until: float) -> None:
        """Wait for an absolute moment, so that waits do not drift. One that is past is not waited for."""
        while (left := until - time.perf_counter()) > 0:
            await asyncio.sleep(left + _TIMER_GRAIN)
            self._resumed = time.perf_counter()

    async def _hold(self) -> None:
        await self._stopping.wait()
        connection.close(self._request)
        self._break()

    def _is_held_up(self) -> bool:
        """Whether the socket has not taken all yet, or others have waited for their turn long enough."""
        return self._request.protocol.writing_paused or time.perf_counter() - self._resumed > _TURN

    async def _let_go_on(self) -> None:
        if self._request.protocol.writing_paused:
            await self._request.writer.drain()
        else:
            await asyncio.sleep(0)
        self._resumed = time.perf_counter()

    # ----------------------------------------------------------------------------------------- bytes

    def _begin(self, head: Head) -> bytes:
        """The bytes of the head, which go out alone or in front of a whole body."""
        head = replace(head, headers=merge_headers(self._fixed, head.headers))
        ours = framed(head, _asked(self._request))
        encoded = ours.encoded()
        self._head, self._entry.status = ours, head.status
        return encoded

    def _send(self, data: bytes, behind: bytes = b"") -> None:
        """Write a piece of the body, in one write: one chunk, where the body is chunked."""
        self._written += len(data)
        if self._head is None or not self._head.has_body or not data:
            data = b""
        elif self._head.is_chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        connection.write(self._request, behind + data if behind else data)

    def _end(self) -> None:
        """End the body. The connection can go on where HTTP knows that it has ended."""
        head = self._head
        if head is None:
            self._break()
            connection.close(self._request)
            return
        if head.is_chunked:
            connection.write(self._request, b"0\r\n\r\n")
        is_as_told = head.length is None or not head.has_body or head.length == self._written
        self._response.keeps_alive = head.keeps_alive and is_as_told and not self._is_broken

    def _break(self) -> None:
        """Nothing follows, not even the end of the body."""
        self._is_broken = self._is_over = True

    def _broken_off(self) -> Outcome:
        """How an answer fared that was not performed to its end."""
        if connection.is_lost(self._request):
            return "left"
        if self._head or self._is_broken:  # there is no place for an error any more
            connection.close(self._request)
        return "failed"


def _asked(request: web.BaseRequest) -> Asked:
    return Asked(
        method=request.method, is_old=request.version < HttpVersion11, keeps_alive=request.keep_alive
    )
