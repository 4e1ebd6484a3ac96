"""aiohttp in, aiohttp out: requests become values, and what is answered to them is performed.

What to answer is decided in `mockserver.service`; nothing here knows a vendor or a scenario.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, replace
from email.utils import formatdate
from typing import Any, TypeAlias

from aiohttp import web

from mockserver.conversation import Failure, Http
from mockserver.protocols.base import Answer, Headers
from mockserver.protocols.credentials import find_key
from mockserver.server.access import NEAR, STRANGE_ORIGIN, Access
from mockserver.server.access_log import log_exchange
from mockserver.server.own_page import Events, OwnPage, PageError, error_page
from mockserver.server.pages import (
    CONTROL_PREFIX,
    control_answer,
    find_page,
)
from mockserver.server.performing import Performance
from mockserver.server.telling import tell
from mockserver.service import FIXED_NOW, Exchange, Service

MAX_BODY = 32 * 1024 * 1024
"""The largest body the documented APIs take, in bytes."""

Application: TypeAlias = web.Application
"""For those who may not know aiohttp."""

InFlight: TypeAlias = set[asyncio.Task[Any]]

IN_FLIGHT: web.AppKey[InFlight] = web.AppKey("in_flight")
"""The tasks of an application that are answering now; who stops it waits for them, or cancels them."""

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
    app[IN_FLIGHT] = set()
    app[STOPPING] = asyncio.Event()
    app.on_shutdown.append(_stop_holding)
    edge = _Edge(service, clock, app, access, log=log)
    app.router.add_route("*", r"/{path:[\s\S]*}", edge.handle)  # a path may hold line breaks
    return app


async def _stop_holding(app: web.Application) -> None:
    app[STOPPING].set()


class _Edge:
    def __init__(
        self, service: Service, clock: Clock, app: web.Application, access: Access, *, log: bool
    ) -> None:
        self._service = service
        self._access = access
        self._clock = clock
        self._in_flight = app[IN_FLIGHT]
        self._stopping = app[STOPPING]
        self._log = log

    async def handle(self, request: web.Request) -> web.StreamResponse:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._in_flight.add(task)
        try:
            return await self._answer(request)
        finally:
            self._in_flight.discard(task)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        started = time.perf_counter()
        http = _as_value(request)
        is_own = http.path == "/" or http.path.startswith(CONTROL_PREFIX)
        if request.method == "OPTIONS" and "access-control-request-method" in http.headers:
            if is_own and not self._access.token:
                return _response(error_page(403, STRANGE_ORIGIN))
            return web.Response(status=204, headers=_CORS_PREFLIGHT)
        if is_own:
            return await self._control(request, http)
        now = self._clock.now()
        exchange = await self._decide(request, http, now)
        fixed = _edge_headers(request, now)
        performance = Performance(request, exchange.entry, started, fixed, self._stopping)
        try:
            return await performance.perform(exchange.steps)
        finally:
            self._service.journal.close(exchange.entry)
            if self._log:
                log_exchange(exchange.entry, time.perf_counter() - started)

    async def _control(self, request: web.Request, http: Http) -> web.StreamResponse:
        """A page of the server's own, to whom it is for."""
        page = find_page(http)
        is_open = not isinstance(page, OwnPage) or page.open
        if not is_open and (refusal := self._access.refuses(http, _peer(request))):
            return _response(error_page(403, refusal))
        if self._access.is_key(http):
            http = replace(http, key="")
        match await _read(request):
            case Failure(kind="too_large"):
                answer: Answer | Events = error_page(413, "The body is too large.")
            case Failure():
                answer = error_page(400, "The body is not what its headers say.")
            case body:
                answer = await self._page(page, replace(http, body=body))
        shared = _SHARED if "origin" in http.headers and (is_open or self._access.token) else ()
        if isinstance(answer, Answer):
            return _response(replace(answer, headers=(*answer.headers, *shared)))
        return await tell(request, answer, shared, self._stopping)

    async def _page(self, page: OwnPage | Answer, http: Http) -> Answer | Events:
        try:
            if not isinstance(page, OwnPage) or not page.later:
                return control_answer(http, self._service)
            later = page.later(http, self._service, self._stopping)
            return later if isinstance(later, AsyncGenerator) else await later
        except PageError as error:
            return error.answer
        except Exception:  # noqa: BLE001 - a bug here is told as all refusals are
            _log.exception("a page could not be told: %s %s", http.method, http.path)
            return error_page(500, "The server could not tell this page; see its log.")

    async def _decide(self, request: web.Request, http: Http, now: float) -> Exchange:
        body = await _read(request)
        if isinstance(body, Failure):
            return self._service.refuse(http, body, now)
        http = replace(http, body=body)
        try:
            return self._service.respond(http, now, time.monotonic())
        except Exception:  # noqa: BLE001 - a bug here must reach the client as the vendor's own error
            _log.exception("a request could not be answered: %s %s", http.method, http.path)
            return self._service.refuse(http, Failure("server_error", retry=False), now)


async def _read(request: web.Request) -> bytes | Failure:
    """The body, or why it cannot be read."""
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return Failure("too_large")
    except web.RequestPayloadError:  # a body that its own headers misdescribe
        request.content.feed_eof()  # what is left of it cannot be read past,
        request.protocol.close()  # so the connection ends with this answer
        return Failure("malformed_json")


def _as_value(request: web.Request) -> Http:
    headers = _joined((name.lower(), value) for name, value in request.headers.items())
    query = _joined(request.query.items())
    return Http(
        method="GET" if request.method == "HEAD" else request.method,
        path=_text(request.path),
        headers=headers,
        query=query,
        key=find_key(headers, query),
        origin=f"{request.scheme}://{_text(request.host)}",
    )


def _peer(request: web.Request) -> str | None:
    """The address of the client; None where it is on this machine: with no address, or the server's own."""
    if request.transport is None:
        return ""
    name, own = (request.transport.get_extra_info(each) for each in ("peername", "sockname"))
    is_here = not isinstance(name, tuple | list) or name[:1] == own[:1]
    return None if is_here else str(name[0])


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Values by name; those of a repeated name joined with commas."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]},{_text(value)}" if name in found else _text(value)
    return found


def _text(value: str) -> str:
    """What a client sent, as text: bytes that are no UTF-8 reach us as lone surrogates."""
    return value if value.isascii() else value.encode(errors="surrogateescape").decode(errors="replace")


def _response(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body)


def _edge_headers(request: web.Request, now: float) -> Headers:
    headers = (("date", formatdate(now, usegmt=True)), ("server", "mockserver"))
    if "origin" in request.headers:
        return (*headers, ("access-control-allow-origin", "*"), ("access-control-expose-headers", "*"))
    return headers
