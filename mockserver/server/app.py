"""aiohttp in, aiohttp out: requests become values, and what is answered to them is performed.

What to answer is decided in `mockserver.service`; nothing here knows a vendor or a scenario.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeAlias

from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from yarl import URL

from mockserver.answering import Exchange
from mockserver.conversation import Failure, Http
from mockserver.journal.entries import Entry, Outcome
from mockserver.playback.steps import Ready
from mockserver.protocols.base import Answer, Headers
from mockserver.server import connection, ready
from mockserver.server.access import NEAR, STRANGE_ORIGIN, Access
from mockserver.server.access_log import log_exchange
from mockserver.server.heads import Asked
from mockserver.server.incoming import asked_of, bid_continue, body_of, path_of, value_of
from mockserver.server.own_page import Events, OwnPage, PageError, error_page
from mockserver.server.pacing import Pacer
from mockserver.server.pages import (
    CONTROL_PREFIX,
    control_answer,
    find_page,
)
from mockserver.server.performing import Performance
from mockserver.server.readings import Readings
from mockserver.server.telling import tell
from mockserver.service import Service
from mockserver.settings import FIXED_NOW
from mockserver.state.interface import StateLostError
from mockserver.values import dataclass

MAX_BODY = 32 * 1024 * 1024
"""The largest body the documented APIs take, in bytes."""

Application: TypeAlias = web.Application
"""For those who may not know aiohttp."""

InFlight: TypeAlias = dict[RequestHandler, asyncio.Task[Any] | None]

IN_FLIGHT: web.AppKey[InFlight] = web.AppKey("in_flight")
"""The connections of an application that are answering now, each with the task that does."""

EDGE: web.AppKey[Edge] = web.AppKey("edge")
"""What answers in an application, and does without it as well."""

STOPPING: web.AppKey[asyncio.Event] = web.AppKey("stopping")
"""Set when an application stops: connections that are held open for nothing are let go."""

_log = logging.getLogger("mockserver")

_SHARED: Headers = (("access-control-allow-origin", "*"),)
"""Lets web pages from anywhere read an answer."""

_CORS_PREFLIGHT = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    "access-control-allow-headers": "*",
    "access-control-max-age": "86400",
}


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is for clients: a fixed moment in Unix seconds, or, when None, the real time."""

    fixed: float | None = FIXED_NOW

    def now(self) -> float:
        return time.time() if self.fixed is None else self.fixed


def create_app(
    service: Service,
    clock: Clock = Clock(),
    *,
    log: bool = True,
    max_body: int = MAX_BODY,
    access: Access = NEAR,
) -> web.Application:
    """An aiohttp application that answers every path. With `handler_cancellation`, clients that leave are
    noticed at once: `aiohttp.web.run_app(create_app(service), handler_cancellation=True)`. `access` tells who
    may ask the server's own pages.
    """
    app = web.Application(client_max_size=max_body)
    edge = Edge(service, clock, access, log=log, max_body=max_body)
    app[EDGE], app[IN_FLIGHT], app[STOPPING] = edge, edge.in_flight, edge.stopping
    app.on_shutdown.append(_stop_holding)
    any_path = r"/{path:[\s\S]*}"  # it may hold line breaks
    app.router.add_route("*", any_path, edge.handle_in_app, expect_handler=_as_ever)
    return app


async def _stop_holding(app: web.Application) -> None:
    app[STOPPING].set()


async def _as_ever(_: web.Request) -> None:
    """The edge sees to what a client expects."""


class Performed(web.StreamResponse):
    """An answer that is written already. All that aiohttp has left to do is to keep the connection or not."""

    def __init__(self, *, keeps_alive: bool) -> None:
        super().__init__()
        self._is_kept = keeps_alive

    @property
    def keep_alive(self) -> bool:
        return self._is_kept

    async def prepare(self, _: web.BaseRequest) -> None:
        """Nothing: the head was written, or there is none."""

    async def write_eof(self, _: bytes = b"") -> None:
        """Nothing: the body has ended, or must not."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An exchange that is not over. How to answer is decided: all of it is written, and the client only has
    to take it, or it is on its way.
    """

    exchange: Exchange
    started: float
    answer: Ready | Performance


_KEPT, _LAST = Performed(keeps_alive=True), Performed(keeps_alive=False)


class Edge:
    """Answers requests of any path. `in_flight` are the connections that answer now, with their tasks;
    `answered` tells how many exchanges are over; `stopping` is to be set when the server stops: connections
    that are held open for nothing are let go, and no other goes on behind what it answers now.
    """

    def __init__(self, service: Service, clock: Clock, access: Access, *, log: bool, max_body: int) -> None:
        self.in_flight: InFlight = {}
        self.answered = 0
        self._none_in_flight: asyncio.Event | None = None  # for who waits until none is
        self.stopping = asyncio.Event()
        self.max_body = max_body
        self.readings = Readings()
        self.is_alone = not service.engine.state.is_shared
        self._service = service
        self._access = access
        self._clock = clock
        self._log = log
        self._pacer = Pacer()
        self._state = service.engine.state
        self._elapsed = time.time if self._state.is_shared else time.monotonic

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer on a connection that is written to at once."""
        started = time.perf_counter()
        self.in_flight[request.protocol] = asyncio.current_task()
        try:
            return await self._answer(request, started)
        finally:
            self.is_done_on(request.protocol)

    async def handle_in_app(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer on any connection."""
        if request.transport is not None:
            connection.write_at_once(request.transport)
        return await self.handle(request)

    def is_done_on(self, protocol: RequestHandler) -> None:
        """Nothing is being answered on a connection any more."""
        del self.in_flight[protocol]
        if self._none_in_flight and not self.in_flight:
            self._none_in_flight.set()

    async def drain(self, grace: float, leave_time: float) -> None:
        """Let what is being answered finish within the grace time, then cut it."""
        await self._until_none_in_flight(grace)
        for task in self.in_flight.values():
            if task:
                task.cancel()
        await self._until_none_in_flight(leave_time)

    async def _until_none_in_flight(self, within: float) -> None:
        if self.in_flight and within:
            self._none_in_flight = asyncio.Event()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._none_in_flight.wait(), within)

    @staticmethod
    def is_own(url: URL) -> bool:
        """Whether it is of a page of the server's own."""
        return url.path == "/" or path_of(url).startswith(CONTROL_PREFIX)

    async def _answer(self, request: web.BaseRequest, started: float) -> web.StreamResponse:
        is_own = self.is_own(request.rel_url)
        if request.method == "OPTIONS" and "access-control-request-method" in request.headers:
            if is_own and not self._access.token:
                return _response(error_page(403, STRANGE_ORIGIN))
            return web.Response(status=204, headers=_CORS_PREFLIGHT)
        if "expect" in request.headers:
            await bid_continue(request)
        if is_own:
            return await self._control(request)
        body = await body_of(request)
        failure = body if isinstance(body, Failure) else None
        http = value_of(request, b"" if isinstance(body, Failure) else body)
        is_kept = await self.exchange(request.protocol, http, asked_of(request), started, failure)
        return _KEPT if is_kept else _LAST

    async def exchange(
        self,
        protocol: RequestHandler,
        http: Http,
        asked: Asked,
        started: float,
        failure: Failure | None = None,
    ) -> bool:
        """Answer who asks an API, or refuse what could not be read; whether the connection may go on."""
        if self.is_alone:
            begun = self.answer(protocol, http, asked, started, failure)
        else:
            self._pacer.catch_up(started)
            now = self._clock.now()
            exchange = await self._decide_shared(http, now, failure)
            begun = self._write(protocol, exchange, asked, started, now)
        return begun is None or await self.go_on(protocol, begun)

    def answer(
        self,
        protocol: RequestHandler,
        http: Http,
        asked: Asked,
        started: float,
        failure: Failure | None = None,
    ) -> Begun | None:
        """The same, as far as nothing has to be waited for: what remains to be done, if anything does. Not
        for a state that is shared.
        """
        self._pacer.catch_up(started)
        now = self._clock.now()
        exchange = self._service.refuse(http, failure, now) if failure else self._decide(http, now)
        return self._write(protocol, exchange, asked, started, now)

    def _write(
        self, protocol: RequestHandler, exchange: Exchange, asked: Asked, started: float, now: float
    ) -> Begun | None:
        """Write an answer if it is ready, or begin with it; what remains to be done."""
        entry = exchange.entry
        heads = ready.heads(now // 1, "origin" in entry.http.headers)
        written = None
        if ready.asks_as_most(asked) and not self.stopping.is_set():
            written = ready.write(protocol.transport, exchange, heads)
        if written is None:
            if self.stopping.is_set():
                asked = replace(asked, keeps_alive=False)
            performance = Performance(protocol, entry, started, self._pacer, self.stopping)
            performance.begin(exchange.steps, asked, heads.fixed)
            return Begun(exchange, started, performance)
        if protocol.writing_paused:
            return Begun(exchange, started, written)
        seconds = time.perf_counter() - started
        ready.note(entry, written, seconds)
        self._close(entry, seconds)
        return None

    async def go_on(self, protocol: RequestHandler, begun: Begun) -> bool:
        """Finish an exchange; whether the connection may go on."""
        entry = begun.exchange.entry
        try:
            if isinstance(begun.answer, Performance):
                is_kept = await begun.answer.finish()
            else:
                is_kept = await ready.note_once_taken(protocol, entry, begun.answer, begun.started)
            return is_kept and not self.stopping.is_set()
        finally:
            self._close(entry, time.perf_counter() - begun.started)

    def abandon(self, begun: Begun, outcome: Outcome) -> None:
        """Nobody will finish it."""
        if isinstance(begun.answer, Performance):
            begun.answer.abandon()
        begun.exchange.entry.outcome = outcome
        self._close(begun.exchange.entry, time.perf_counter() - begun.started)

    def _close(self, entry: Entry, seconds: float) -> None:
        self.answered += 1
        self._service.journal.close(entry)
        if self._log:
            log_exchange(entry, seconds)

    def _decide(self, http: Http, now: float) -> Exchange:
        try:
            return self._service.respond(http, now, self._elapsed())
        except StateLostError:
            raise
        except Exception:  # noqa: BLE001 - a bug here must reach the client as the vendor's own error
            _log.exception("a request could not be answered: %s %s", http.method, http.path)
            return self._service.refuse(http, Failure("server_error", retry=False), now)

    async def _decide_shared(self, http: Http, now: float, failure: Failure | None) -> Exchange:
        """The same, while the loop goes on. What needs a state that is lost is refused."""
        run, refuse = self._state.run, self._service.refuse
        try:
            return await run(lambda: refuse(http, failure, now) if failure else self._decide(http, now))
        except StateLostError as lost:
            failed = Failure("server_error", str(lost), status=503)
        return await self._state.run_unset(http.key, lambda: refuse(http, failed, now))

    async def _control(self, request: web.BaseRequest) -> web.StreamResponse:
        """A page of the server's own, to whom it is for."""
        http = value_of(request)
        page = find_page(http)
        is_open = not isinstance(page, OwnPage) or page.open
        if not is_open and (refusal := self._access.refuses(http, _peer(request))):
            return _response(error_page(403, refusal))
        if self._access.is_key(http):
            http = replace(http, key="")
        match await body_of(request):
            case Failure(kind="too_large"):
                answer: Answer | Events = error_page(413, "The body is too large.")
            case Failure():
                answer = error_page(400, "The body is not what its headers say.")
            case body:
                answer = await self._page(page, replace(http, body=body))
        shared = _SHARED if "origin" in http.headers and (is_open or self._access.token) else ()
        if isinstance(answer, Answer):
            return _response(replace(answer, headers=(*answer.headers, *shared)))
        return await tell(request, answer, shared, self.stopping)

    async def _page(self, page: OwnPage | Answer, http: Http) -> Answer | Events:
        try:
            if not isinstance(page, OwnPage) or not page.later:
                return await self._state.run(lambda: control_answer(http, self._service))
            later = page.later(http, self._service, self.stopping)
            return await later
        except PageError as error:
            return error.answer
        except StateLostError as lost:
            return error_page(503, str(lost))
        except Exception:  # noqa: BLE001 - a bug here is told as all refusals are
            _log.exception("a page could not be told: %s %s", http.method, http.path)
            return error_page(500, "The server could not tell this page; see its log.")


def _peer(request: web.BaseRequest) -> str | None:
    """The address of the client; None where it is on this machine: with no address, or the server's own."""
    if request.transport is None:
        return ""
    name, own = (request.transport.get_extra_info(each) for each in ("peername", "sockname"))
    is_here = not isinstance(name, tuple | list) or name[:1] == own[:1]
    return None if is_here else str(name[0])


def _response(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body)
