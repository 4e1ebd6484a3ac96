"""The signals of who supervises: each is noted, and wakes who waits for them."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Self

_NOTED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


class Signals:
    """While the context lasts, those that came are in `noted`, and `fileno` is readable when one comes."""

    def __init__(self) -> None:
        self.noted: set[int] = set()

    def __enter__(self) -> Self:
        self._heard, self._wakes = socket.socketpair()
        for each in (self._heard, self._wakes):
            each.setblocking(False)  # noqa: FBT003 - the name of the method says it
        self._fd_before = signal.set_wakeup_fd(self._wakes.fileno(), warn_on_full_buffer=False)
        self._before = {each: signal.signal(each, self._note) for each in _NOTED}
        return self

    def __exit__(self, *_: object) -> None:
        for each, before in self._before.items():
            signal.signal(each, before)
        signal.set_wakeup_fd(self._fd_before)
        self._close()

    def fileno(self) -> int:
        return self._heard.fileno()

    def heard(self) -> None:
        """Wait anew."""
        with suppress(BlockingIOError):
            while self._heard.recv(4096):
                pass

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let signals come later: a process that is only just made must lose none."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _NOTED)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def leave(self) -> None:
        """In a new process: note nothing any more. That a terminal is closed is for who supervises."""
        signal.set_wakeup_fd(-1)
        for each in _NOTED:
            signal.signal(each, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _NOTED)
        self._close()

    def _note(self, number: int, _: FrameType | None) -> None:
        self.noted.add(number)

    def _close(self) -> None:
        self._heard.close()
        self._wakes.close()
