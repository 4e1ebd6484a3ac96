"""A stream of events of the server's own, written while somebody reads it and the server does not stop."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from aiohttp import web
from aiohttp.client_exceptions import ClientConnectionResetError

from mockserver.protocols.base import Headers
from mockserver.server import connection
from mockserver.server.own_page import Events

_HEADERS = (
    ("content-type", "text/event-stream"),
    ("cache-control", "no-store"),
    ("x-accel-buffering", "no"),  # a proxy must not keep them
)


async def tell(
    request: web.BaseRequest, events: Events, headers: Headers, stopping: asyncio.Event
) -> web.StreamResponse:
    """Write the events. What is not read by its client when the server stops is not waited for."""
    response = web.StreamResponse(headers=(*_HEADERS, *headers))
    stopped = asyncio.ensure_future(stopping.wait())
    stopped.add_done_callback(lambda _: _let_go(request) if stopping.is_set() else None)
    try:
        async with aclosing(events):
            await response.prepare(request)
            if request.method != "HEAD":
                async for event in events:
                    await response.write(event)
            await response.write_eof()
    except ClientConnectionResetError:
        pass  # the client has left
    finally:
        stopped.cancel()
    return response


def _let_go(request: web.BaseRequest) -> None:
    """Do not wait for a client that does not read."""
    if request.protocol.writing_paused:
        connection.reset(request.transport)
