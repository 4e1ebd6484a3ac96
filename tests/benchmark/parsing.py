"""What one connection receives, read just far enough to know when an answer is over. No sockets, no clock."""

from __future__ import annotations

_END_OF_HEAD = b"\r\n\r\n"
_END_OF_CHUNKS = b"\r\n0\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"


class WrongAnswerError(Exception):
    """An answer that is not what was asked for."""


class Answers:
    """The answers on a connection, one after another, none asked before the last one is over.

    That the answer is a 200 and is framed is checked, and no more: the client must not cost what the server
    does. `body` is that of the answer that comes in, as it is framed, where it is to be kept.
    """

    __slots__ = ("_head", "_keeps", "_left", "_tail", "body", "size")

    def __init__(self, *, keeps: bool = False) -> None:
        self._keeps = keeps
        self._head = b""
        self._tail = b""
        self._left: int | None = 0
        self.size = -1  # of the body so far, as it is framed; -1 while there is none
        self.body = b""

    def feed(self, data: bytes) -> bool:
        """Whether an answer is over with these bytes."""
        if self.size < 0:
            head, found, data = (self._head + data).partition(_END_OF_HEAD)
            if not found:
                self._head = head
                return False
            self._begin(head)
        self.size += len(data)
        if self._keeps:
            self.body += data
        if not self._is_over(data):
            return False
        self.size = -1
        return True

    def _begin(self, head: bytes) -> None:
        if not head.startswith(b"HTTP/1.1 200 "):
            raise WrongAnswerError(f"not a 200: {head[:200]!r}")
        head = head.lower()
        at = head.find(_LENGTH)
        self._left = None if at < 0 else int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
        if self._left is None and b"\r\ntransfer-encoding: chunked" not in head:
            raise WrongAnswerError(f"no end is to be seen: {head[:200]!r}")
        self._head, self._tail, self.body, self.size = b"", b"\r\n", b"", 0

    def _is_over(self, data: bytes) -> bool:
        if self._left is not None:
            self._left -= len(data)
            return self._left == 0
        self._tail = data if len(data) >= len(_END_OF_CHUNKS) else self._tail[-len(_END_OF_CHUNKS) :] + data
        return self._tail.endswith(_END_OF_CHUNKS)
