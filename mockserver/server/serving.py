"""Running the application: listening, stopping within a grace time, signals."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.web_protocol import RequestHandler

from mockserver.server import connection
from mockserver.server.app import EDGE, Edge
from mockserver.server.straight import StraightHandler

try:
    import uvloop

    _new_event_loop: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
except ImportError:  # not every platform has it
    _new_event_loop = asyncio.new_event_loop

GRACE = 5.0
"""Seconds that open streams get to finish when the server stops."""

BACKLOG = 4096
"""Connections that may wait to be taken."""

_ACCEPTED_AT_ONCE = 16
_LEAVE_TIME = 1.0  # for connections to close once nothing is being answered any more

_COLLECTED = (5_000, 5, 800)
"""Thresholds of garbage collection. Nearly nothing of a request is garbage in cycles, and what the journal
holds is gone through in vain: with the usual thresholds all of it, once in a few long requests. Meanwhile no
stream gets on, so what is new is gone through in portions of some milliseconds.
"""


@asynccontextmanager
async def listening(
    app: web.Application, host: str, port: int, grace: float = GRACE, bound: Sequence[socket.socket] = ()
) -> AsyncIterator[str]:
    """Serve `app` while the context lasts; gives the origin, with the real port. OSError if the address is
    not to be had. `bound` are sockets that are bound to it already.
    """
    edge = app[EDGE]
    handler = _Server(edge)
    servers: list[asyncio.Server] = []
    try:
        servers += await _listen(handler, host, port, bound)
        yield origin_at(host, servers[0].sockets[0].getsockname()[1])
        _close(servers)
        edge.stopping.set()
        await asyncio.sleep(0)  # what was held ends now, and is not cut
        await edge.drain(grace, _LEAVE_TIME)
    finally:
        _close(servers)
        await asyncio.sleep(0)  # what has come in already is begun
        handler.pre_shutdown()
        edge.stopping.set()
        await handler.shutdown(_LEAVE_TIME)


class _Server(web.Server):
    """Connections that the edge answers on, without an application between them."""

    def __init__(self, edge: Edge) -> None:
        super().__init__(
            edge.handle, request_factory=self._request, handler_cancellation=True, access_log=None
        )
        self._edge = edge

    def __call__(self) -> RequestHandler:
        return StraightHandler(self, self._edge, self._loop, **self._kwargs)

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        connection.write_at_once(transport)

    def _request(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: RequestHandler,
        writer: AbstractStreamWriter,
        task: asyncio.Task[None],
    ) -> web.BaseRequest:
        return web.BaseRequest(
            message, payload, protocol, writer, task, self._loop, client_max_size=self._edge.max_body
        )


async def _listen(
    handler: web.Server, host: str, port: int, bound: Sequence[socket.socket]
) -> list[asyncio.Server]:
    """Take connections at the address, and more than one in each turn of the loop: with one, who is new waits
    for as many turns as others are new, each of them long where much is being answered.
    """
    loop = asyncio.get_running_loop()
    if bound:
        servers = [await loop.create_server(handler, sock=each, backlog=BACKLOG) for each in bound]
    else:
        servers = [await loop.create_server(handler, host, port, backlog=BACKLOG)]
    if not isinstance(loop, asyncio.BaseEventLoop):  # that of uvloop takes one for each listening socket
        listening = [each for server in servers for each in server.sockets]
        for each in listening * (_ACCEPTED_AT_ONCE - 1):
            again = socket.socket(fileno=os.dup(each.fileno()))
            servers.append(await loop.create_server(handler, sock=again, backlog=BACKLOG))
    return servers


def _close(servers: Iterable[asyncio.Server]) -> None:
    for server in servers:
        server.close()


def origin_at(host: str, port: int) -> str:
    """The origin of a server that listens there."""
    return f"http://{_for_url(host)}:{port}"


def _for_url(host: str) -> str:
    """A host that a client on this machine can reach."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


async def serve(served: AbstractAsyncContextManager[str], ready: Callable[[str], None]) -> None:
    """Serve, as `listening` does, until SIGINT or SIGTERM; `ready` is told the origin once requests are
    served.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with served as origin:
        settle()
        ready(origin)
        await stop.wait()


def settle() -> None:
    """Leave out of garbage collection what is there before anybody has asked: it stays, and while it is gone
    through, for about a tenth of a second, no stream gets on. What comes later is gone through less often.
    For a process that does nothing but serve.
    """
    gc.freeze()
    gc.set_threshold(*_COLLECTED)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run on the fastest loop there is."""
    with asyncio.Runner(loop_factory=_new_event_loop) as runner:
        runner.run(main)
