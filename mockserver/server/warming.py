"""Loading, while nobody asks, what else would be loaded when somebody does."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiohttp import web

from mockserver.protocols.late import loading
from mockserver.server.app import EDGE, Edge
from mockserver.service import Service

QUIET = 0.1
"""Seconds without a request before anything is loaded: the longest step takes less than that."""

_log = logging.getLogger("mockserver")


@asynccontextmanager
async def warming(app: web.Application, service: Service) -> AsyncIterator[None]:
    """Load, while the context lasts, whatever no request has needed yet, a step in each quiet moment."""
    task = asyncio.create_task(_warm_up(app, service))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _warm_up(app: web.Application, service: Service) -> None:
    try:
        for step in loading(service.vendors):
            await _quiet(app[EDGE])
            step()
        await _quiet(app[EDGE])
    except Exception:  # noqa: BLE001 - the server goes on, and who needs it is told then
        _log.exception("what some requests need could not be loaded")
    gc.freeze()


async def _quiet(edge: Edge) -> None:
    """Wait for a moment in which nothing is answered here, and nothing was since the last look."""
    seen = -1
    while edge.in_flight or edge.answered != seen:
        seen = edge.answered
        await asyncio.sleep(QUIET)
