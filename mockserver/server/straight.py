"""Connections on which a request that has come in whole is answered straight away.

aiohttp makes a request object, a writer and a task for every request, of which the edge needs nothing where
an API is asked and the body is there: that is a quarter of what an answer costs. What is asked otherwise, and
all that follows on the same connection, is left to aiohttp.

This goes on where aiohttp is not public, so it is for the releases that it was tried with; with others,
`RequestHandler` does all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from math import inf
from time import perf_counter
from typing import Any

import aiohttp
from aiohttp import StreamReader, web
from aiohttp.http import HttpVersion11, RawRequestMessage, StreamWriter
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import ERROR, RequestHandler

from mockserver.conversation import Http
from mockserver.server.app import Edge
from mockserver.server.heads import Asked
from mockserver.server.incoming import as_asked, as_value

_IS_KNOWN = aiohttp.__version__.startswith("3.14.")

_LITTLE = 256 * 1024
"""Bytes of a body that aiohttp takes in without anybody reading it."""


class StraightHandler(RequestHandler):
    """A connection of a server, which the edge answers on."""

    __slots__ = ("_edge",)

    def __init__(self, manager: web.Server, edge: Edge, loop: asyncio.AbstractEventLoop, **more: Any) -> None:
        super().__init__(manager, loop=loop, **more)
        self._edge = edge

    async def start(self) -> None:
        """Answer straight what can be, in its order; aiohttp answers the rest."""
        while _IS_KNOWN and not self._force_close:
            if not self._messages:
                await self._next_message()
            started = perf_counter()
            if not self._is_straight(*self._messages[0]) or not await self._has_come_in(self._messages[0][1]):
                break
            if not await self._answer(started):
                return
        await super().start()

    def _is_straight(self, message: object, content: StreamReader) -> bool:
        """Whether an API is asked, with a body that is there or needs little room, and nothing is expected
        but an answer.
        """
        if not isinstance(message, RawRequestMessage):
            return False
        headers = message.headers
        return (
            (content.is_eof() or (message.compression is None and _length(headers) <= _LITTLE))
            and message.method != "OPTIONS"
            and not (message.upgrade or message.url.absolute)
            and "Host" in headers
            and "Expect" not in headers
            and not self._edge.is_own(message.url)
        )

    async def _has_come_in(self, content: StreamReader) -> bool:
        """Whether a body has come in as it should; if not, aiohttp tells why."""
        if not content.is_eof():
            with suppress(Exception):
                await content.wait_eof()
        return content.is_eof() and content.exception() is None and content.total_bytes <= self._edge.max_body

    async def _answer(self, started: float) -> bool:
        """Answer what has come in; whether the connection goes on."""
        http, asked = self._take_message()
        try:
            self._edge.in_flight[self] = self._task_handler
            is_kept = await self._edge.exchange(self, http, asked, started)
        except asyncio.CancelledError:
            self.force_close()
            raise
        except Exception as error:  # noqa: BLE001 - told as aiohttp does
            await self._tell_error(error)
            is_kept = False
        finally:
            self._edge.is_done_on(self)
        return self._goes_on() if is_kept else self._ends()

    def _take_message(self) -> tuple[Http, Asked]:
        """The first message as values. Nothing of what aiohttp made of it is kept while it is answered."""
        message, content = self._messages.popleft()
        assert isinstance(message, RawRequestMessage)  # noqa: S101 - narrows the type; the caller has checked
        self._make_room()
        origin = f"{'https' if self.ssl_context else 'http'}://{message.headers['Host']}"
        return (
            as_value(message.method, message.url, message.raw_headers, origin, content.read_nowait()),
            as_asked(message.method, message.version < HttpVersion11, not message.should_close),
        )

    # ---------------------------------------------------------------------- what aiohttp does in its `start`

    async def _next_message(self) -> None:
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _make_room(self) -> None:
        if self._parser is not None:
            self._parser.message_consumed()
        if self._buffer_paused and len(self._messages) <= self._msg_queue_resume_size:
            self._resume_reading_if_drained()
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
        self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        if self._keepalive_handle is None:
            self._keepalive_handle = self._loop.call_at(
                self._next_keepalive_close_time, self._process_keepalive
            )
        return True

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


def _length(headers: Mapping[str, str]) -> float:
    """How long a body is said to be."""
    length = headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() else inf
