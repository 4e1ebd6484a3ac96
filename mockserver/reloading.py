"""Scenario files taken in while serving: at SIGHUP, and where they are watched, as soon as they have changed.

Files are looked at and read in a thread, so that streams get on; what was read is swapped in by the loop, all
at once. Answers that have begun end as they began. An edit that has a problem changes nothing, and is told in
the log with the picture that `mockserver check` draws.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from mockserver.assembly import BrokenScenariosError, sound
from mockserver.scenario.files import Library, Loaded, Look, report
from mockserver.service import Service

EVERY = 0.5
"""Seconds between two looks at the files."""

SETTLING = 0.1
"""Seconds that files must have stayed as they are before they are read: an editor may still be writing."""

MOST_LOOKS = 20
"""Files that never settle are read as they are after so many."""

_STDERR = 2

_log = logging.getLogger("mockserver")


@asynccontextmanager
async def reloading(library: Library, service: Service, *, watch: bool) -> AsyncIterator[None]:
    """Take in edits of a library while the context lasts, which must be that of the main thread's loop."""
    reloader = _Reloader(library, service)
    loop = asyncio.get_running_loop()
    terminal = Terminal()

    def hang_up() -> None:
        if terminal.is_closed:
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            reloader.asked.set()

    loop.add_signal_handler(signal.SIGHUP, hang_up)
    task = asyncio.create_task(reloader.run(EVERY if watch else None))
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Terminal:
    """The one that the server was started from, if any."""

    def __init__(self) -> None:
        self._was_there = os.isatty(_STDERR)

    @property
    def is_closed(self) -> bool:
        """Whether SIGHUP says that nobody is left to stop the server."""
        return self._was_there and not os.isatty(_STDERR)


class _Reloader:
    def __init__(self, library: Library, service: Service) -> None:
        self._library = library
        self._service = service
        self.asked = asyncio.Event()

    async def run(self, every: float | None) -> None:
        """Reload when asked, and when a look shows that something has changed; None looks never."""
        while True:
            try:
                await self._once(every)
            except Exception:  # noqa: BLE001 - a bug here must not end the watch, still less the server
                _log.exception("the scenarios could not be reloaded")

    async def _once(self, every: float | None) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.asked.wait(), every)
        if self.asked.is_set():
            self.asked.clear()
            self._library.distrust()
            await self._reload()
        elif await self._have_changed():
            await self._reload()

    async def _have_changed(self) -> bool:
        """Whether the files are others than were loaded. Waits until they have settled."""
        seen = await self._look()
        if seen == self._library.seen:
            return False
        for _ in range(MOST_LOOKS):
            await asyncio.sleep(SETTLING)
            before, seen = seen, await self._look()
            if seen == before:
                break
        return True

    async def _look(self) -> Look:
        return await asyncio.to_thread(self._library.look)

    async def _reload(self) -> None:
        loaded = await asyncio.to_thread(self._library.load)
        try:
            changed = self._service.engine.load(sound(loaded))
        except BrokenScenariosError as error:
            tell_refused(error)
        else:
            tell_reloaded(loaded, changed)


def tell_refused(error: BrokenScenariosError) -> None:
    _log.error("The scenarios stay as they were; this cannot be served:\n%s", error)


def tell_reloaded(loaded: Loaded, changed: Sequence[str]) -> None:
    what = f"Changed: {', '.join(changed)}." if changed else "None has changed."
    _log.info("The scenarios were reloaded: %s %s", report(loaded), what)
