"""Running the application: listening, stopping within a grace time, signals."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

try:
    import uvloop

    _new_event_loop: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
except ImportError:  # not every platform has it
    _new_event_loop = asyncio.new_event_loop

GRACE = 5.0
"""Seconds that open streams get to finish when the server stops."""

_BACKLOG = 4096
_SHORTEST_GRACE = 0.01  # aiohttp takes zero for "as long as it takes"


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int, grace: float = GRACE) -> AsyncIterator[str]:
    """Serve `app` while the context lasts; gives the origin, with the real port. OSError if the address is
    not to be had.
    """
    runner = web.AppRunner(
        app,
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=max(grace, _SHORTEST_GRACE),
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=_BACKLOG)
        await site.start()
        bound = runner.addresses[0][1]
        yield f"http://{_for_url(host)}:{bound}"
    finally:
        await runner.cleanup()


def _for_url(host: str) -> str:
    """A host that a client on this machine can reach."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


async def serve(
    app: web.Application, host: str, port: int, grace: float, ready: Callable[[str], None]
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is told the origin once requests are served."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with listening(app, host, port, grace) as origin:
        ready(origin)
        await stop.wait()


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run on the fastest loop there is."""
    with asyncio.Runner(loop_factory=_new_event_loop) as runner:
        runner.run(main)
