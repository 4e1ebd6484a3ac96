"""The process that serves nothing: it starts the workers, replaces those that end, and hands scenarios out to
all of them.

It has one thread and no event loop, so that a worker can be forked from it at any time, with the scenarios of
the day. A worker is gone when its line is closed, which the kernel does however it ends.
"""

from __future__ import annotations

import gc
import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import NoReturn, TypeAlias

from mockserver.scenario.model import Scenario
from mockserver.values import dataclass
from mockserver.workers.board import Board
from mockserver.workers.editions import write_edition
from mockserver.workers.line import Line, Word, line
from mockserver.workers.listeners import Listeners
from mockserver.workers.restarts import Restarts
from mockserver.workers.signals import Signals

_ANSWERS_WITHIN = 10.0
"""Seconds. A worker that has not read an edition by then hangs."""

_LEAVES_WITHIN = 3.0
"""Seconds that a worker may take to end, besides the grace time."""

_log = logging.getLogger("mockserver")

Work: TypeAlias = Callable[[Listeners, Line], None]
"""What a worker does until it is told to stop, in a process of its own."""


class WorkersError(Exception):
    """Why the workers do not serve."""


@dataclass(slots=True)
class _Slot:
    """A place for a worker, with what outlives it; `line` is None where there is none now."""

    listeners: Listeners
    restarts: Restarts = field(default_factory=Restarts)
    pid: int = 0
    line: Line | None = None
    born: float = 0.0
    ready: bool = False
    next_start: float = 0.0


class Supervisor:
    """Of one worker for each of the `listeners`. `grace` is how many seconds open streams get at the end."""

    def __init__(self, listeners: Sequence[Listeners], board: Board, work: Work, grace: float) -> None:
        self._slots = [_Slot(each) for each in listeners]
        self._board = board
        self._work = work
        self._grace = grace
        self._signals = Signals()
        self._leaving: dict[int, int] = {}
        """By process: which of the workers it was."""
        self._leaves = False

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have workers while the context lasts, all of them ready. At its end they leave."""
        gc.collect()
        with self._signals:
            try:
                while not all(slot.ready for slot in self._slots) and not self.is_stopped:
                    self.wait(_ANSWERS_WITHIN)
                yield
            finally:
                self._stop()

    @property
    def is_stopped(self) -> bool:
        return bool(self._signals.noted & {signal.SIGTERM, signal.SIGINT})

    def was_hung_up(self) -> bool:
        """Whether SIGHUP came since."""
        came = signal.SIGHUP in self._signals.noted
        self._signals.noted.discard(signal.SIGHUP)
        return came

    def wait(self, seconds: float | None) -> None:
        """Look after the workers until something has happened, or for so many seconds. WorkersError where
        they end as soon as they start.
        """
        self._start_those_due()
        waits = [slot.next_start - time.monotonic() for slot in self._slots if slot.line is None]
        limit = min([*waits, *(() if seconds is None else (seconds,))], default=None)
        self._listen(limit)
        self._reap()

    def hand_out(self, scenarios: Iterable[Scenario], before: Sequence[Scenario]) -> None:
        """Let all workers serve these scenarios, in one moment: first all read them, then all serve them.
        One that does not answer is ended, for the next one has them.
        """
        with write_edition(scenarios, before) as file:
            self._ask_all(Word.READ, Word.HAVE_READ, file.fileno())
        self._ask_all(Word.SERVE, Word.SERVES)

    # ------------------------------------------------------------------------------------ listening

    def _listen(self, seconds: float | None) -> None:
        poll = select.poll()
        poll.register(self._signals, select.POLLIN)
        lines = {slot.line.fileno(): slot for slot in self._slots if slot.line}
        for number in lines:
            poll.register(number, select.POLLIN)
        for number, _ in poll.poll(None if seconds is None else max(0.0, seconds) * 1000):
            if number in lines:
                self._hear(lines[number])
        self._signals.heard()

    def _hear(self, slot: _Slot, seconds: float | None = None) -> list[Word]:
        """What a worker says; that it is gone where it says nothing."""
        assert slot.line  # noqa: S101 - the caller has checked
        words, _ = slot.line.hear(seconds)
        if Word.READY in words:
            slot.ready = True
            self._board.note(self._slots.index(slot), serves=True)
        if not words:
            self._lose(slot)
        return words

    def _ask_all(self, question: Word, answer: Word, file: int | None = None) -> None:
        asked = [slot for slot in self._slots if slot.line]
        for slot in asked:
            assert slot.line  # noqa: S101 - see above
            slot.line.tell(question, file)
        until = time.monotonic() + _ANSWERS_WITHIN
        for slot in asked:
            try:
                while slot.line and answer not in self._hear(slot, max(0.01, until - time.monotonic())):
                    pass
            except TimeoutError:
                os.kill(slot.pid, signal.SIGKILL)
                self._lose(slot)

    # ------------------------------------------------------------------------------ coming and going

    def _start_those_due(self) -> None:
        for slot in self._slots:
            if slot.line is None and slot.next_start <= time.monotonic():
                self._start(slot)

    def _start(self, slot: _Slot) -> None:
        ours, theirs = line()
        gc.freeze()  # what is there stays as it is, and so stays shared
        sys.stdout.flush()
        with self._signals.held():
            slot.pid = os.fork()
            if not slot.pid:
                self._become_worker(slot, ours, theirs)
        theirs.close()
        slot.line, slot.born, slot.ready = ours, time.monotonic(), False

    def _become_worker(self, slot: _Slot, ours: Line, theirs: Line) -> NoReturn:
        """In the new process: let go of what is the supervisor's and the other workers', and work."""
        status = 1
        try:
            self._signals.leave()
            ours.close()
            for other in self._slots:
                if other.line:
                    other.line.close()
                if other is not slot:
                    _close(other.listeners)
            self._work(slot.listeners, theirs)
            status = 0
        except Exception:  # noqa: BLE001 - the process ends here
            _log.exception("a worker could not serve")
        finally:
            logging.shutdown()  # what has been gathered is written
            os._exit(status)  # what the supervisor would do at its end is not for this process

    def _lose(self, slot: _Slot) -> None:
        """A worker serves no more; it may still have streams to finish."""
        assert slot.line  # noqa: S101 - see above
        slot.line.close()
        slot.line = None
        self._board.note(self._slots.index(slot), serves=False)
        now = time.monotonic()
        slot.next_start = now + slot.restarts.wait(now - slot.born, served=slot.ready)
        self._leaving[slot.pid] = self._slots.index(slot) + 1

    def _reap(self, options: int = os.WNOHANG) -> None:
        """Take note of how workers have ended."""
        for pid, number in [*self._leaving.items()]:
            ended, status = os.waitpid(pid, options)
            if not ended:
                continue
            del self._leaving[pid]
            if not self._leaves:
                how = _how(os.waitstatus_to_exitcode(status))
                _log.warning("Worker %d (process %d) %s; another takes its place.", number, pid, how)
                if self._slots[number - 1].restarts.is_hopeless:
                    raise WorkersError(f"The workers end as soon as they start: the last one {how}.")

    def _stop(self) -> None:
        """Let all workers drain what they answer; end those that have not when the grace time is over."""
        self._leaves = True
        for slot in self._slots:
            _close(slot.listeners)
            if slot.line:
                self._lose(slot)
        self._kill(signal.SIGTERM)
        until = time.monotonic() + self._grace + _LEAVES_WITHIN
        while self._leaving and time.monotonic() < until:
            self._listen(until - time.monotonic())
            self._reap()
        self._kill(signal.SIGKILL)
        self._reap(options=0)

    def _kill(self, how: signal.Signals) -> None:
        for pid in self._leaving:
            os.kill(pid, how)


def _close(listeners: Listeners) -> None:
    for each in listeners:
        each.close()


def _how(code: int) -> str:
    """How a process ended, to stand behind its name."""
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
