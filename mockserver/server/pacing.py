"""When streams go on: one clock for all that wait, so that to wait costs no timer and no switch of tasks.

Deadlines are absolute, so nothing drifts. Streams that are due in the same tick go on in one pass; a pass
that takes long lets others have the loop in between, and who has waited longest goes on first. Nothing here
knows what a stream does when it goes on.
"""

from __future__ import annotations

import asyncio
from heapq import heapify, heappop, heappush
from math import ceil, inf
from time import perf_counter
from typing import Protocol

_TICK = 0.001
"""Seconds. The timers of uvloop count whole milliseconds, and so do those of the kernel's way to wait."""

TURN = 0.003
"""Seconds for which streams may go on before others have their turn: many times what it takes to begin an
answer, so that where all is too much, who is on the way gets on, and who comes waits a little.
"""

_FEW = 64


class Paced(Protocol):
    """What waits for its moment."""

    def go_on(self) -> None: ...


class Pacer:
    """Lets go on what is due, in the one loop it is used in. Moments are those of `time.perf_counter`."""

    def __init__(self) -> None:
        self._waiting: dict[int, set[Paced]] = {}  # by the tick that they are due in
        self._ticks: list[int] = []  # a heap; nobody may wait for one any more
        self._first = inf  # the tick that the timer is set to
        self._timer: asyncio.Handle | None = None

    def at(self, moment: float, paced: Paced) -> None:
        """Let it go on at that moment, or a little later."""
        tick = ceil(moment / _TICK)
        waiting = self._waiting.get(tick)
        if waiting is None:
            self._waiting[tick] = {paced}
            heappush(self._ticks, tick)
            if tick < self._first:
                self._set_timer()
        else:
            waiting.add(paced)

    def forget(self, moment: float, paced: Paced) -> None:
        """It does not wait for that moment any more, if it did."""
        tick = ceil(moment / _TICK)
        waiting = self._waiting.get(tick)
        if waiting is None:
            return
        waiting.discard(paced)
        if not waiting:
            del self._waiting[tick]
            if len(self._ticks) > _FEW + 2 * len(self._waiting):
                self._ticks = list(self._waiting)
                heapify(self._ticks)

    def catch_up(self, now: float) -> None:
        """Let go on who is late at that moment: something else is about to take long."""
        if now > self._first * _TICK:
            self._go_on()

    def _go_on(self) -> None:
        """Let go on all who are due, one turn long."""
        self._first = -inf  # no timer is needed meanwhile
        now = perf_counter()
        ends = now + TURN
        try:
            while self._ticks and self._ticks[0] * _TICK <= now < ends:
                tick = self._ticks[0]
                waiting = self._waiting.get(tick)
                while waiting and now < ends:
                    waiting.pop().go_on()
                    now = perf_counter()
                if not waiting:
                    self._waiting.pop(tick, None)
                    if self._ticks[0] == tick:  # else one that is due earlier came in between
                        heappop(self._ticks)
        finally:  # others wait, whatever becomes of this one
            self._set_timer()

    def _set_timer(self) -> None:
        """Have the loop come back when the first is due; at once, but after a turn of the loop, if one is."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._first = self._ticks[0] if self._ticks else inf
        if not self._ticks:
            return
        loop = asyncio.get_running_loop()
        left = self._first - int(perf_counter() / _TICK)  # whole ticks, as the clock of uvloop
        self._timer = loop.call_later(left * _TICK, self._go_on) if left > 0 else loop.call_soon(self._go_on)
