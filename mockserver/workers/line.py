"""The line between a worker and who supervises it: words of one byte, and a file with one of them.

Either side that ends closes it, however it ends, and so the other one knows.
"""

from __future__ import annotations

import socket
from enum import Enum


class Word(bytes, Enum):
    READY = b"r"
    """The worker serves."""
    READ = b"f"
    """Read the scenarios in this file, and go on serving those that you have."""
    HAVE_READ = b"h"
    SERVE = b"s"
    """Serve from now on what you have read."""
    SERVES = b"n"


class Line:
    """One end."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def fileno(self) -> int:
        return self._end.fileno()

    def tell(self, word: Word, file: int | None = None) -> None:
        """Say a word, and hand a file over. Nothing happens where nobody hears any more."""
        try:
            if file is None:
                self._end.sendall(word)
            else:
                socket.send_fds(self._end, [word], [file])
        except OSError:
            pass  # it is told by what is heard: nothing

    def hear(self, seconds: float | None = None) -> tuple[list[Word], list[int]]:
        """The words that were said since, and the files that came with them; none where the other side has
        ended. TimeoutError if nothing comes for so many seconds.
        """
        self._end.settimeout(seconds)
        try:
            heard, files, _, _ = socket.recv_fds(self._end, 64, 1)
        except ConnectionError:
            return [], []
        return [Word(bytes([each])) for each in heard], files

    def close(self) -> None:
        self._end.close()


def line() -> tuple[Line, Line]:
    """A new line: the end of who supervises, and that of the worker."""
    ours, theirs = socket.socketpair()
    return Line(ours), Line(theirs)
