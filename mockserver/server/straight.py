"""Connections on which a request that has come in whole is answered straight away.

aiohttp makes a request object, a writer and a task for every request, of which the edge needs nothing where
an API is asked and the body is there: that is a quarter of what an answer costs. What is asked otherwise, and
all that follows on the same connection, is left to aiohttp.

This goes on where aiohttp is not public, so it is for the releases that it was tried with; with others,
`RequestHandler` does all.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from time import perf_counter
from typing import Any

import aiohttp
from aiohttp import StreamReader, web
from aiohttp.http import HttpVersion11, RawRequestMessage, StreamWriter
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import RequestHandler

from mockserver.server.app import Edge
from mockserver.server.incoming import as_asked, as_value

_IS_KNOWN = aiohttp.__version__.startswith("3.14.")


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
            message, content = self._messages[0]
            if not isinstance(message, RawRequestMessage) or not self._is_straight(message, content):
                break
            self._take_message()
            if not await self._answer(message, content.read_nowait()):
                return
        await super().start()

    def _is_straight(self, message: RawRequestMessage, content: StreamReader) -> bool:
        """Whether an API is asked, all has come in, and nothing is expected but an answer."""
        headers = message.headers
        return (
            content.is_eof()
            and content.exception() is None
            and content.total_bytes <= self._edge.max_body
            and message.method != "OPTIONS"
            and not (message.upgrade or message.url.absolute)
            and "Host" in headers
            and "Expect" not in headers
            and not self._edge.is_own(message.url)
        )

    async def _answer(self, message: RawRequestMessage, body: bytes) -> bool:
        """Answer; whether the connection goes on."""
        started = perf_counter()
        scheme = "https" if self.ssl_context else "http"
        origin = f"{scheme}://{message.headers['Host']}"
        http = as_value(message.method, message.url, message.raw_headers, origin, body)
        asked = as_asked(message.method, message.version < HttpVersion11, not message.should_close)
        try:
            self._edge.in_flight[self] = self._task_handler
            is_kept = await self._edge.exchange(self, http, asked, started)
        except asyncio.CancelledError:
            self.force_close()
            raise
        except Exception as error:  # noqa: BLE001 - told as aiohttp does
            await self._tell_error(message, error)
            is_kept = False
        finally:
            self._edge.is_done_on(self)
        return self._goes_on() if is_kept else self._ends()

    # ---------------------------------------------------------------------- what aiohttp does in its `start`

    async def _next_message(self) -> None:
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _take_message(self) -> None:
        self._messages.popleft()
        if self._parser is not None:
            self._parser.message_consumed()
        if self._buffer_paused and len(self._messages) <= self._msg_queue_resume_size:
            self._resume_reading_if_drained()
        if self._manager is not None:
            self._manager.requests_count += 1

    async def _tell_error(self, message: RawRequestMessage, error: Exception) -> None:
        if self._request_factory is None or self._task_handler is None:  # the client has left
            return
        writer = StreamWriter(self, self._loop)
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
