"""Connections on which a request that has come in whole is answered straight away.

aiohttp makes a request object, a writer and a task for every request, of which the edge needs nothing where
an API is asked and the body is there: that is a quarter of what an answer costs. Nor does it take a switch of
tasks to write what is ready: a connection that nothing else is going on at is answered where its bytes come
in, and the parser is left out where the same head came before. What has to be waited for is the matter of the
connection's task. What is asked otherwise, and all that follows on the same connection, is left to aiohttp.

This goes on where aiohttp is not public, so it is for the releases that it was tried with; with others,
`RequestHandler` does all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from http import HTTPStatus
from time import perf_counter
from typing import Any

import aiohttp
from aiohttp import StreamReader, web
from aiohttp.http import HttpVersion11, RawRequestMessage, StreamWriter
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import ERROR, RequestHandler

from mockserver.conversation import Http
from mockserver.server import connection
from mockserver.server.app import Begun, Edge
from mockserver.server.heads import Asked
from mockserver.server.incoming import as_asked, as_value
from mockserver.server.readings import Reading, head_of, joined
from mockserver.server.ready import MOST, asks_as_most
from mockserver.values import dataclass

_IS_KNOWN = aiohttp.__version__.startswith("3.14.")


@dataclass(slots=True)
class _Arriving:
    """A request whose head came before: so many bytes of its body are still `missing`."""

    reading: Reading
    started: float
    parts: list[bytes | memoryview]
    missing: int


class StraightHandler(RequestHandler):
    """A connection of a server, which the edge answers on."""

    __slots__ = ("_arriving", "_awaited", "_begun", "_edge", "_head", "_is_prompt")

    def __init__(self, manager: web.Server, edge: Edge, loop: asyncio.AbstractEventLoop, **more: Any) -> None:
        super().__init__(manager, loop=loop, **more)
        if _IS_KNOWN:
            # Below where the parser is full: it counts a message that was taken before its body had come as
            # if it still waited, and what it holds back is read on only where this number is reached, too.
            self._max_msg_queue_size -= 1
        self._edge = edge
        self._is_prompt = _IS_KNOWN and edge.is_alone  # whether what comes in may be answered at once
        self._arriving: _Arriving | None = None  # what comes in past the parser
        # bytes of a body that the parser waits for; None where nobody knows
        self._awaited: int | None = 0 if _IS_KNOWN else None
        self._head = b""  # of the message that came last, if it is known where that began
        self._begun: Begun | Exception | None = None  # what the task is to finish

    async def start(self) -> None:
        """Answer straight what was not answered as it came in, in its order; aiohttp answers the rest."""
        while _IS_KNOWN and not self._force_close:
            if not self._messages and self._begun is None:
                await self._next_message()
            if self._begun is not None:
                is_kept = await self._finish(self._rest())
            else:
                started = perf_counter()
                message, content = self._messages[0]
                body = await self._body(message, content) if self._is_straight(message) else None
                if body is None:
                    break
                http, asked = self._take_message(body)
                is_kept = await self._finish(self._edge.exchange(self, http, asked, started))
            if not (self._goes_on() if is_kept else self._ends()):
                return
        self._is_prompt, self._awaited = False, None
        await super().start()

    # ------------------------------------------------------------------------------- what comes in

    def data_received(self, data: bytes) -> None:
        """Answer what comes in while nothing else goes on, as far as that can be; the task does the rest."""
        if self._arriving is not None:
            self._arrive(self._arriving, data)
        elif not data or not self._is_idle():
            self._parse(data)
        elif self._awaited == 0 and (http := self._edge.readings.request(data)) is not None:
            self._count()
            self._answer(http, MOST, perf_counter())
        elif self._awaited == 0 and (reading := self._edge.readings.reading(data)) is not None:
            self._read_again(reading, data)
        else:
            self._read(data)

    def _is_idle(self) -> bool:
        waiter = self._waiter
        return self._is_prompt and waiter is not None and not waiter.done() and not self._messages

    def _read_again(self, reading: Reading, data: bytes) -> None:
        """Read what begins with a head that came before."""
        begins = len(reading.head)
        missing = reading.length - (len(data) - begins)
        if missing < 0 or reading.length > self._edge.max_body:  # it is more than one request, or too much
            self._read(data)
            return
        self._count()
        if missing:
            self._stay()
            self._arriving = _Arriving(reading, perf_counter(), [memoryview(data)[begins:]], missing)
        else:
            self._answer(self._edge.readings.new(reading, data), MOST, perf_counter())

    def _arrive(self, arriving: _Arriving, data: bytes) -> None:
        """Take in more of a body."""
        if self._close or self._force_close:
            return
        arriving.parts.append(data[: arriving.missing])
        rest = data[arriving.missing :]
        arriving.missing -= len(arriving.parts[-1])
        self._stay()
        if arriving.missing:
            return
        self._arriving = None
        body = b"".join(arriving.parts)
        self._answer(self._edge.readings.with_body(arriving.reading, body), MOST, arriving.started)
        if rest:
            self.data_received(rest)

    def _read(self, data: bytes) -> None:
        """Read with the parser. The task is woken where it has something to do."""
        started = perf_counter()
        waiter, self._waiter = self._waiter, None
        try:
            self._parse(data)
        finally:
            self._waiter = waiter
        if not self._messages:
            return
        message, content = self._messages[0]
        is_one = len(self._messages) == 1 and content.is_eof() and self._is_straight(message)
        if is_one and (body := self._whole(content)) is not None:
            self._answer(*self._take_message(body), started)
        else:
            self._wake()

    def _parse(self, data: bytes) -> None:
        """Let the parser read, and keep track of where it stands: past it nothing may be read but between two
        messages.
        """
        before = len(self._messages)
        head = head_of(data) if self._awaited == 0 else b""
        said_once = joined(head)
        super().data_received(data if said_once is head else said_once + data[len(head) :])
        if not data or self._awaited is None:
            return
        left = self._awaited - len(data)
        if self._awaited == 0:
            self._head = head if len(self._messages) == before + 1 else b""
            length = _length(self._messages[-1][0]) if self._head else None
            left = -1 if length is None else len(self._head) + length - len(data)
        if left < 0:  # it is more than one message, or nobody knows where it begins or ends
            self._awaited, self._head = None, b""
        else:
            self._awaited = left

    # ----------------------------------------------------------------------------------- answers

    def _answer(self, http: Http, asked: Asked, started: float) -> None:
        """Answer at once. What is left to be done is for the task."""
        try:
            self._begun = self._edge.answer(self, http, asked, started)
        except Exception as error:  # noqa: BLE001 - told by the task
            self._begun = error
        if self._begun is None:
            self._goes_on()
        else:
            self._edge.in_flight[self] = self._task_handler
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _rest(self) -> bool:
        """Finish what has begun."""
        begun, self._begun = self._begun, None
        if isinstance(begun, Begun):
            return await self._edge.go_on(self, begun)
        assert begun is not None  # noqa: S101 - narrows the type; the caller has checked
        raise begun

    async def _finish(self, answering: Awaitable[bool]) -> bool:
        """Finish an answer; whether the connection may go on."""
        try:
            self._edge.in_flight[self] = self._task_handler
            return await answering
        except asyncio.CancelledError:
            self.force_close()
            raise
        except Exception as error:  # noqa: BLE001 - told as aiohttp does
            await self._tell_error(error)
            return False
        finally:
            self._edge.is_done_on(self)

    def _is_straight(self, message: object) -> bool:
        """Whether an API is asked, and nothing is expected but an answer."""
        if not isinstance(message, RawRequestMessage):
            return False
        headers = message.headers
        return (
            message.method != "OPTIONS"
            and not (message.upgrade or message.url.absolute)
            and "Host" in headers
            and "Expect" not in headers
            and not self._edge.is_own(message.url)
        )

    async def _body(self, message: object, content: StreamReader) -> bytes | None:
        """A body that comes in as it should; None for another, of which aiohttp tells what is wrong."""
        if content.is_eof():
            return self._whole(content)
        length = None if _is_coded(message) else _length(message)
        if length is None or length > self._edge.max_body:
            return None
        with suppress(Exception):
            return await content.read()
        return None

    def _whole(self, content: StreamReader) -> bytes | None:
        """The same, of one that is there."""
        if content.exception() is not None or content.total_bytes > self._edge.max_body:
            return None
        return content.read_nowait()

    def _take_message(self, body: bytes) -> tuple[Http, Asked]:
        """The first message as values. Nothing of what aiohttp made of it is kept while it is answered."""
        message, _ = self._messages.popleft()
        assert isinstance(message, RawRequestMessage)  # noqa: S101 - narrows the type; the caller has checked
        self._make_room()
        origin = f"{'https' if self.ssl_context else 'http'}://{message.headers['Host']}"
        http = as_value(message.method, message.url, message.raw_headers, origin, body)
        asked = as_asked(message.method, message.version < HttpVersion11, not message.should_close)
        if self._is_prompt and self._head and not self._messages:  # it was the last
            self._learn(message, http, asked)
        return http, asked

    def _learn(self, message: RawRequestMessage, http: Http, asked: Asked) -> None:
        """Have the head that was read last read no more."""
        length = None if _is_coded(message) else _length(message)
        if length is not None and length <= self._edge.max_body and asks_as_most(asked):
            self._edge.readings.learn(self._head, http, length)

    # ---------------------------------------------------------------------- what aiohttp does in its `start`

    async def _next_message(self) -> None:
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        except asyncio.CancelledError:
            self._abandon()
            raise
        finally:
            self._waiter = None

    def _abandon(self) -> None:
        """Nobody finishes what has begun."""
        if self._begun is not None:
            self._edge.is_done_on(self)
        if isinstance(self._begun, Begun):
            self._edge.abandon(self._begun, "left" if connection.is_lost(self.transport) else "failed")
            self.force_close()

    def _make_room(self) -> None:
        if self._parser is not None:
            self._parser.message_consumed()
        if self._buffer_paused and len(self._messages) <= self._msg_queue_resume_size:
            self._resume_reading_if_drained()
        if self._manager is not None:
            self._manager.requests_count += 1

    def _count(self) -> None:
        self._request_count += 1
        if self._manager is not None:
            self._manager.requests_count += 1

    async def _tell_error(self, error: Exception) -> None:
        if self._request_factory is None or self._task_handler is None:  # the client has left
            return
        writer = StreamWriter(self, self._loop)
        message = ERROR._replace(version=HttpVersion11)
        request = self._request_factory(message, EMPTY_PAYLOAD, self, writer, self._task_handler)
        try:
            answer = self.handle_error(request, HTTPStatus.INTERNAL_SERVER_ERROR, error)
            await self.finish_response(request, answer, None)
        finally:
            request._task = None  # type: ignore[assignment]  # noqa: SLF001 - a cycle, as aiohttp says

    def _goes_on(self) -> bool:
        if self._close or self._force_close:
            return self._ends()
        self._stay()
        return True

    def _stay(self) -> None:
        """Let the time begin anew that a client has to ask."""
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        if self._keepalive_handle is None:
            self._keepalive_handle = self._loop.call_at(
                self._next_keepalive_close_time, self._process_keepalive
            )

    def _ends(self) -> bool:
        if not self._force_close:
            self._task_handler = None
            if self.transport is not None:
                self.transport.close()
        return False

    def resume_reading(self, resume_parser: bool = True) -> None:  # noqa: FBT001, FBT002 - aiohttp's own
        """As aiohttp, which goes through all of it for every body though nothing was paused."""
        if self._reading_paused or self._buffer_paused:
            super().resume_reading(resume_parser)


def _is_coded(message: object) -> bool:
    return isinstance(message, RawRequestMessage) and message.compression is not None


def _length(message: object) -> int | None:
    """How many bytes the body has; None if that is not told before it comes."""
    if not isinstance(message, RawRequestMessage) or message.chunked:
        return None
    length = message.headers.get("Content-Length", "0")
    return int(length) if length.isascii() and length.isdigit() else None
