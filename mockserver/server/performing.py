"""The steps of one answer, performed: waits become time, the rest becomes bytes or the end of a connection.

It writes straight to the connection, since scripts want of HTTP what aiohttp would put right; aiohttp has
read the request, and goes on with the connection where that is left sound. What is due at the same moment
leaves in one write: each piece is a chunk of its own, but a stream may have thousands, and a write costs more
than a chunk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from itertools import chain
from time import perf_counter
from typing import Literal, TypeAlias

from aiohttp.client_exceptions import ClientConnectionResetError
from aiohttp.http import StreamWriter
from aiohttp.web_protocol import RequestHandler

from mockserver.journal.entries import Entry, Outcome
from mockserver.playback.steps import (
    AnyStep,
    Burst,
    Disconnect,
    Head,
    Hold,
    Reset,
    Send,
    SendBare,
    Step,
    Timed,
    Wait,
    Whole,
    WrittenHead,
    WrittenWhole,
    plain,
)
from mockserver.protocols.base import Headers
from mockserver.server import connection
from mockserver.server.heads import Asked, FramedHead, put, put_written
from mockserver.server.pacing import TURN, Pacer
from mockserver.server.stretch import Stretch

_AT_ONCE = 64
"""How many steps what they give leaves in one write at most."""

_LAST_CHUNK = b"0\r\n\r\n"

Pause: TypeAlias = Literal["waits", "is held up", "holds", "is to end", "is over"]
"""Why an answer does not go on: it waits for its moment or its turn, for the socket, for the end of the
server, or for who finishes it; or it is over.
"""


class Performance:
    """One answer, on its way. `started` is the moment the request came in; `stopping` is set when the server
    stops. Only `perform` awaits: the pacer lets go on what waits.
    """

    __slots__ = (
        "_asked",
        "_begins",
        "_begun",
        "_done",
        "_entry",
        "_fixed",
        "_gathered",
        "_gathers",
        "_head",
        "_is_broken",
        "_is_ended",
        "_keeps_alive",
        "_length",
        "_next",
        "_pacer",
        "_pieces",
        "_protocol",
        "_started",
        "_steps",
        "_stopping",
        "_stretch",
        "_transport",
        "_waits_for",
        "_went_on",
        "_written",
    )

    def __init__(
        self,
        protocol: RequestHandler,
        entry: Entry,
        started: float,
        pacer: Pacer,
        stopping: asyncio.Event,
    ) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self._entry = entry
        self._started = started
        self._fixed: Headers = ()
        self._asked = Asked()
        self._pacer = pacer
        self._stopping = stopping
        self._begins = False
        self._begun: Pause | Exception = "is to end"
        self._steps: Iterator[AnyStep] = iter(())
        self._next: AnyStep | None = None  # the step that something has to happen before
        self._gathered: list[bytes] = []  # what is to be written
        self._gathers = False  # whether pieces may leave in one write, since each is a chunk
        self._done: list[AnyStep] = []  # the steps that are done with once all is written
        self._pieces = 0  # how many pieces of the body those gave
        self._head: FramedHead | None = None
        self._length: int | None = None  # of the body, as the head says
        self._written = 0  # bytes of the body
        self._is_ended = False
        self._is_broken = False  # whether HTTP was left, so that nothing can follow on the connection
        self._keeps_alive = False
        self._waits_for: float | None = None  # the moment that the pacer lets it go on at
        self._stretch: Stretch | None = None  # what is performed by itself, until it halts
        self._went_on: asyncio.Future[Pause] | None = None

    def begin(self, steps: Iterable[AnyStep], asked: Asked, fixed: Headers) -> None:
        """Perform the steps, the head with the `fixed` headers of every answer, as far as nothing has to be
        waited for and the connection is not let go of. It is to be finished, or abandoned.
        """
        self._asked, self._fixed = asked, fixed
        self._steps = plain(steps) if self._asked.is_old else iter(steps)  # written out for new ones
        self._begins = True
        try:
            self._begun = self._perform()
        except Exception as error:  # noqa: BLE001 - raised in `finish`
            self._begun = error
        self._begins = False
        if self._begun == "waits":
            self._went_on = asyncio.get_running_loop().create_future()

    async def finish(self) -> bool:
        """Perform the rest, and tell the entry how it went; whether the connection may go on. What the steps
        raise is raised, unless the client has left: that is no fault of the server.
        """
        try:
            pause = self._how_it_began()
            while pause != "is over":
                pause = await self._after(pause)
        except ClientConnectionResetError:
            self._entry.outcome = "left"
            return False
        except BaseException:
            if self._entry.outcome == "open":  # else all was done before, and the connection ended with it
                self._entry.outcome = self._broken_off()
            raise
        finally:
            self.abandon()
        return self._keeps_alive

    def _how_it_began(self) -> Pause:
        if isinstance(self._begun, Exception):
            raise self._begun
        return self._begun

    def abandon(self) -> None:
        """Let nothing more be performed."""
        if self._waits_for is not None:
            self._pacer.forget(self._waits_for, self)
        if self._stretch is not None:
            self._stretch.forget()
            self._stretch = None

    async def _after(self, pause: Pause) -> Pause:
        """Go on once it can."""
        match pause:
            case "waits":
                self._went_on = self._went_on or asyncio.get_running_loop().create_future()
                try:
                    return await self._went_on
                finally:
                    self._went_on = None
            case "is to end":
                return self._perform()
            case "is held up":
                await StreamWriter(self._protocol, asyncio.get_running_loop()).drain()
                return self._go_on()
            case "holds":
                await self._stopping.wait()
                connection.close(self._transport)
                return self._break(Hold())
            case "is over":
                return pause

    def go_on(self) -> None:
        """The moment has come that was waited for, says the pacer; or a stretch has halted."""
        self._waits_for = None
        went_on = self._went_on
        if went_on is None or went_on.done():  # cancelled: the client has left
            return
        try:
            pause = self._go_on()
        except Exception as error:  # noqa: BLE001 - raised in `finish`
            went_on.set_exception(error)
        else:
            if pause != "waits":
                went_on.set_result(pause)

    def _go_on(self) -> Pause:
        return self._behind(self._stretch) if self._stretch else self._perform()

    # ------------------------------------------------------------------------------------------ steps

    def _perform(self) -> Pause:
        """Perform steps until something else has to happen before the next."""
        ends = perf_counter() + TURN
        is_turn_over = False
        while step := self._next or next(self._steps, None):
            if is_turn_over:
                self._next = step
                return self._wait(ends)
            self._next = None
            match step:
                case Send(data=data):
                    self._pieces += 1
                    self._send(data)
                case Wait(until=until):
                    if self._started + until > perf_counter():
                        self._next = step
                        return self._wait(self._started + until)
                case Burst():
                    self._send_each(step)
                case Reset() | Disconnect() | Hold() | Timed():
                    return self._hand_over(step)
                case _:
                    self._do(step)
            self._done.append(step)
            if not self._gathers or len(self._done) >= _AT_ONCE:
                if not self._write_out():
                    return "is held up"
                is_turn_over = perf_counter() > ends
        return "is to end" if self._begins else self._end()

    def _do(self, step: Head | WrittenHead | Whole | WrittenWhole | SendBare) -> None:
        match step:
            case Head() | WrittenHead():
                self._begin(step)
            case Whole(answer=answer):
                self._begin(Head(answer.status, answer.headers, "length", len(answer.body)))
                self._send(answer.body)
            case WrittenWhole(head=head, body=body):
                self._begin(head, len(body))
                self._send(body)
            case SendBare(data=data):
                self._is_broken, self._gathers = True, False
                self._gathered.append(data)

    def _wait(self, moment: float) -> Pause:
        """Wait for an absolute moment, so that waits do not drift."""
        if not self._write_out():
            return "is held up"
        self._waits_for = moment
        self._pacer.at(moment, self)
        return "waits"

    def _hand_over(self, step: Reset | Disconnect | Hold | Timed) -> Pause:
        """Let go of the connection, hold it, or leave it to a stretch. All that comes before has reached the
        socket.
        """
        if isinstance(step, Timed) and not self._gathers:
            self._steps = chain(step.plain, self._steps)
            return self._perform()
        if self._begins and not isinstance(step, Timed):
            self._next = step
            return "is to end"
        if not self._write_out():
            self._next = step
            return "is held up"
        match step:
            case Timed():
                return self._leave_to(self._stretch_of(step))
            case Hold():
                return "holds"
            case Reset():
                connection.reset(self._transport)
            case Disconnect():
                connection.close(self._transport)
        return self._break(step)

    def _stretch_of(self, timed: Timed) -> Stretch:
        return Stretch(
            timed.timetable,
            timed.text,
            self._protocol,
            self._transport,
            self._entry.delivery,
            self._entry.steps.keep_to(timed.timetable),
            self._started,
            self._pacer,
            self.go_on,
        )

    def _leave_to(self, stretch: Stretch) -> Pause:
        """Let it go on by itself until it halts."""
        self._stretch = stretch
        stretch.wait()
        return "waits"

    def _behind(self, stretch: Stretch) -> Pause:
        """Go on where a stretch has halted."""
        if connection.is_lost(self._transport):
            raise ClientConnectionResetError("Cannot write to closing transport")
        if self._protocol.writing_paused:
            return "is held up"
        stretch.note()
        if not stretch.is_over:
            return self._leave_to(stretch)
        self._stretch = None
        return self._perform()

    def _break(self, step: Step) -> Pause:
        """Nothing follows, not even the end of the body."""
        self._is_broken = True
        self._done.append(step)
        self._note()
        self._entry.outcome = "faulted"
        return "is over"

    def _end(self) -> Pause:
        """End the body. The connection can go on where HTTP knows that it has ended."""
        head = self._head
        if head and head.is_chunked and not self._is_ended:
            self._gathered.append(_LAST_CHUNK)
        self._is_ended = True
        if not self._write_out():
            return "is held up"
        if head:
            is_as_told = self._length in {None, self._written} or not head.has_body
            self._keeps_alive = head.keeps_alive and is_as_told and not self._is_broken
        else:
            self._is_broken = True
            connection.close(self._transport)
        self._entry.outcome = "faulted" if self._is_broken or self._entry.faults else "complete"
        return "is over"

    def _broken_off(self) -> Outcome:
        """How an answer fared that was not performed to its end."""
        if connection.is_lost(self._transport):
            return "left"
        if self._head or self._is_broken:  # there is no place for an error any more
            self._write_out()
            connection.close(self._transport)
        return "failed"

    # ----------------------------------------------------------------------------------------- bytes

    def _begin(self, head: Head | WrittenHead, length: int | None = None) -> None:
        """Begin with the head, which leaves with the first piece; `length` is that of a whole body."""
        if isinstance(head, WrittenHead):
            ours, self._length, encoded = put_written(head, length, self._asked, self._fixed)
        else:
            ours, self._length, encoded = put(head, self._asked, self._fixed)
        self._head, self._entry.status = ours, ours.status
        self._gathers = ours.is_chunked
        self._gathered.append(encoded)

    def _send(self, data: bytes) -> None:
        """Send a piece of the body: one chunk, where the body is chunked."""
        self._written += len(data)
        if not data or self._head is None or not self._head.has_body:
            return
        if self._head.is_chunked:
            self._gathered.append(b"%x\r\n%b\r\n" % (len(data), data))
        else:
            self._gathered.append(data)

    def _send_each(self, burst: Burst) -> None:
        self._pieces += len(burst.sizes)
        if self._head is not None and self._head.is_chunked:
            self._written += sum(burst.sizes)
            self._gathered.append(burst.chunked)
        else:
            for piece in burst.plain:
                self._send(piece.data)

    def _write_out(self) -> bool:
        """Write what was gathered, in one go. Whether the socket has taken it: what it has not may never
        reach the client.
        """
        if self._gathered:
            connection.write(self._transport, b"".join(self._gathered))
            self._gathered.clear()
        if self._protocol.writing_paused:
            return False
        if self._done:
            self._note()
        return True

    def _note(self) -> None:
        """Note what is done with."""
        self._entry.steps.note_all(self._done, perf_counter() - self._started)
        self._entry.delivery.sent += self._pieces
        self._done.clear()
        self._pieces = 0
