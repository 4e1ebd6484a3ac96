"""A stretch of an answer of which all is known beforehand: parts of a body in chunks, and when they are due.

What many paced streams do most of the time: so nothing is decided here, framed, or kept but where it stands.
What else may happen on the way is left to who performs the answer.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable
from time import perf_counter

from aiohttp.web_protocol import RequestHandler

from mockserver.journal.entries import Delivery
from mockserver.playback.steps import Timetable
from mockserver.server.pacing import Pacer
from mockserver.values import dataclass


@dataclass(slots=True, eq=False)
class Stretch:
    """One stretch, on its way; what comes before it has been written. `halts` is called when it does not go
    on by itself: it is over, the socket takes no more, or the client has left. `at` is the part that is next.
    """

    timetable: Timetable
    text: bytes
    protocol: RequestHandler
    transport: asyncio.Transport | None
    delivery: Delivery
    done: array[float]
    started: float
    pacer: Pacer
    halts: Callable[[], None]
    at: int = 0

    @property
    def is_over(self) -> bool:
        return self.at == len(self.timetable)

    def go_on(self) -> None:
        """The next part is due: write it, and in the same go what else is."""
        table, begin, started, transport = self.timetable, self.at, self.started, self.transport
        if transport is None or transport.is_closing():
            self.halts()
            return
        dues, late = table.dues, perf_counter() - started
        end = begin + 1
        while dues[end] <= late:
            end += 1
        transport.write(self.text[table.places[begin] : table.places[end]])
        self.at = end
        if self.protocol.writing_paused or end == len(table.sizes):
            self.halts()
            return
        self.note()
        self.pacer.at(started + dues[end], self)

    def note(self) -> None:
        """Note what the socket has taken: all that was written."""
        noted, done = len(self.done), perf_counter() - self.started
        pieces = self.timetable.pieces
        self.done.extend([done] * (self.at - noted))
        self.delivery.sent += pieces[self.at] - pieces[noted]

    def wait(self) -> None:
        """Go on when the next part is due."""
        self.pacer.at(self._moment, self)

    def forget(self) -> None:
        """Do not go on."""
        if not self.is_over:
            self.pacer.forget(self._moment, self)

    @property
    def _moment(self) -> float:
        return self.started + self.timetable.dues[self.at]
