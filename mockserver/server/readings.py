"""What was read of requests, by their bytes: the same bytes again say the same.

Bounded. A connection looks here where it stands between two messages; nothing here knows of it.
"""

from __future__ import annotations

from mockserver.conversation import Http
from mockserver.values import dataclass

_HEAD_END = b"\r\n\r\n"

_HEADS = 512
_LONGEST_HEAD = 4 * 1024
_REQUESTS = 512
_LONGEST = 8 * 1024
"""Bytes. A longer request seldom comes twice."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A head, and what it says: a request without its body, of which there are `length` bytes."""

    head: bytes
    http: Http
    length: int


def head_of(data: bytes) -> bytes:
    """The head that these bytes begin with; empty if it is not whole, or something else comes first."""
    ends = data.find(_HEAD_END)
    return data[: ends + len(_HEAD_END)] if ends > 0 and data[:1].isalpha() else b""


class Readings:
    """What came last. All of it makes room for what does not fit any more: it is soon read again."""

    def __init__(self) -> None:
        self._heads: dict[bytes, Reading] = {}
        self._requests: dict[bytes, Http] = {}
        self.request = self._requests.get
        """The request of these bytes, if they came before."""

    def learn(self, head: bytes, http: Http, length: int) -> None:
        """A head that may come again, and what was read of a request that it had."""
        if len(head) <= _LONGEST_HEAD:
            if len(self._heads) >= _HEADS:
                self._heads.clear()
            self._heads[head] = Reading(head, _request(http, b""), length)

    def reading(self, data: bytes) -> Reading | None:
        """What the head says that these bytes begin with, if it came before."""
        return self._heads.get(head_of(data))

    def with_body(self, reading: Reading, body: bytes) -> Http:
        """The request of a head and its body; the very same one, if that came before."""
        if len(reading.head) + len(body) > _LONGEST:
            return _request(reading.http, body)
        data = reading.head + body
        request = self._requests.get(data)
        if request is None:
            if len(self._requests) >= _REQUESTS:
                self._requests.clear()
            self._requests[data] = request = _request(reading.http, body)
        return request


def _request(head: Http, body: bytes) -> Http:
    return Http(head.method, head.path, head.headers, head.query, body, head.params, head.key, head.origin)
