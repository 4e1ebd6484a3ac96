"""What a worker does: it serves, and takes in the scenarios that who supervises has read."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from mockserver.scenario.model import Scenario
from mockserver.server import serving
from mockserver.service import Service
from mockserver.workers.editions import read_edition
from mockserver.workers.line import Line, Word

_log = logging.getLogger("mockserver")


async def serve_supervised(service: Service, line: Line, served: AbstractAsyncContextManager[str]) -> None:
    """Serve until told to stop, or until nobody supervises any more."""
    async with service.engine.state.connected():
        await serving.serve(_on_line(service, line, served), lambda _: line.tell(Word.READY))


@asynccontextmanager
async def _on_line(
    service: Service, line: Line, served: AbstractAsyncContextManager[str]
) -> AsyncIterator[str]:
    """The same, doing what is said on the line."""
    member = _Member(service, line)
    loop = asyncio.get_running_loop()
    async with served as origin:
        loop.add_reader(line.fileno(), member.hear)
        try:
            yield origin
        finally:
            loop.remove_reader(line.fileno())
            line.close()  # another takes this place now, though streams may go on for a while


class _Member:
    def __init__(self, service: Service, line: Line) -> None:
        self._service = service
        self._line = line
        self._next: tuple[Scenario, ...] = ()
        self._reading: asyncio.Task[None] | None = None

    def hear(self) -> None:
        words, files = self._line.hear()
        if not words:
            asyncio.get_running_loop().remove_reader(self._line.fileno())
            _stop()
        for word in words:
            if word is Word.READ:
                self._reading = asyncio.create_task(self._read(files.pop()))
            elif word is Word.SERVE:
                self._service.engine.load(self._next)
                self._line.tell(Word.SERVES)

    async def _read(self, file: int) -> None:
        """In a thread: streams must not wait for it."""
        try:
            self._next = await asyncio.to_thread(read_edition, file, self._service.engine.scenarios)
        except Exception:  # noqa: BLE001 - a bug here: the next worker has what this one could not read
            _log.exception("a worker could not take in the scenarios")
            _stop()
        else:
            self._line.tell(Word.HAVE_READ)
        finally:
            os.close(file)


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
