"""Where state may be kept, for tests that must hold wherever it is: here, or on Redis."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, TypeVar

from patience import HANG

from mockserver.assembly import parse_written
from mockserver.journal.entries import Journal
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Vendor
from mockserver.state.interface import Exchanges, State
from mockserver.state.memory import MemoryState
from mockserver.state.shared.asking import read_address
from mockserver.state.shared.scripts import DEFAULT, Bounds
from mockserver.state.shared.state import SharedState

Result = TypeVar("Result")


class Place(Protocol):
    """Where state is kept. What asks for it is done by `do`."""

    @property
    def state(self) -> State: ...

    @property
    def journal(self) -> Exchanges: ...

    def do(self, act: Callable[..., Result], *given: Any, **named: Any) -> Result: ...


class Here:
    def __init__(self, bounds: Bounds = DEFAULT) -> None:
        self.state = MemoryState()
        self.journal = Journal(bounds.entries, bounds.entries_weight)

    def do(self, act: Callable[..., Result], *given: Any, **named: Any) -> Result:
        return act(*given, **named)


class OnRedis:
    """One worker with a loop of its own."""

    def __init__(
        self, url: str, prefix: str, bounds: Bounds = DEFAULT, vendors: Sequence[Vendor] = VENDORS
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._is_up = threading.Event()
        self.state = SharedState(
            replace(read_address(url), prefix=prefix), lambda written: parse_written(written, vendors), bounds
        )
        self.journal = self.state.journal
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._is_up.wait(HANG)

    def do(self, act: Callable[..., Result], *given: Any, **named: Any) -> Result:
        done: Result = self.wait(lambda: self.state.run(partial(act, *given, **named)))
        return done

    def wait(self, begin: Callable[[], Any]) -> Any:
        """What comes of a coroutine in the loop of this worker."""

        async def done() -> Any:
            return await begin()

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(HANG)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        async with self.state.connected():
            self._is_up.set()
            await self._stop.wait()


class Asked:
    """Anything that asks for state, with each of its acts done where that is kept."""

    def __init__(self, asking: Any, place: Place) -> None:
        self._asking = asking
        self._place = place

    def __getattr__(self, name: str) -> Any:
        value = self._place.do(lambda: getattr(self._asking, name))
        if not callable(value):
            return value
        return partial(self._place.do, value)


@contextmanager
def on_redis(
    url: str, prefix: str, bounds: Bounds = DEFAULT, vendors: Sequence[Vendor] = VENDORS
) -> Iterator[OnRedis]:
    place = OnRedis(url, prefix, bounds, vendors)
    try:
        yield place
    finally:
        place.stop()
