"""What was read of requests, by their bytes: the same bytes again say the same.

Bounded. A connection looks here where it stands between two messages; nothing here knows of it.
"""

from __future__ import annotations

import re

from mockserver.conversation import Http
from mockserver.values import dataclass

_HEAD_END = b"\r\n\r\n"

_LENGTH = re.compile(rb"\r\ncontent-length: ?([0-9]{1,9})\r\n", re.IGNORECASE)

_SAID_TWICE = {
    name: re.compile(rb"\r\n%b:[ \t]*([^\r\n]*)" % name, re.IGNORECASE)
    for name in (b"user-agent", b"content-type")
}
"""The lines of these headers."""

_HEADS = 512
_LONGEST_HEAD = 4 * 1024
_REQUESTS = 512
_LONGEST = 8 * 1024
"""Bytes. A longer request seldom comes twice."""

_MET = 1_024
"""Requests that came once: marks of theirs."""


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


def joined(head: bytes) -> bytes:
    """The head with one line for each header that HTTP wants once and clients send twice: an SDK says who it
    is, and so does what wraps it, in another spelling. The APIs take it; aiohttp would not. The very same
    head where it has none.
    """
    for name, line in _SAID_TWICE.items():
        values: list[bytes] = line.findall(head)
        if len(values) > 1:
            others = line.sub(b"", head.removesuffix(_HEAD_END))
            head = b"%b\r\n%b: %b%b" % (others, name, b",".join(values), _HEAD_END)
    return head


class Readings:
    """What came last. All of it makes room for what does not fit any more: it is soon read again."""

    def __init__(self) -> None:
        self._heads: dict[bytes, Reading] = {}
        self._lengthless: dict[bytes, Reading] = {}  # apart: none of these keys is a head
        self._latest: Reading | None = None
        self._requests: dict[bytes, Http] = {}
        self._met = set[int]()

    def request(self, data: bytes) -> Http | None:
        """The request of these bytes, if they came before."""
        return self._requests.get(data) if len(data) <= _LONGEST else None

    def learn(self, head: bytes, http: Http, length: int) -> None:
        """A head that may come again, and what was read of a request that it had."""
        reading = Reading(head, _request(http, b""), length)
        _keep(self._heads, head, reading)
        if told := _LENGTH.search(head):
            _keep(self._lengthless, _lengthless(head, told), reading)

    def reading(self, data: bytes) -> Reading | None:
        """What the head says that these bytes begin with, if it came before, be it with another length of the
        body.
        """
        if self._latest is not None and data.startswith(self._latest.head):
            return self._latest
        head = head_of(data)
        reading = self._heads.get(head)
        if reading is None and (told := _LENGTH.search(head)):
            like = self._lengthless.get(_lengthless(head, told))
            if like is not None:
                reading = _of_length(like, head, told[1])
                _keep(self._heads, head, reading)
        self._latest = reading
        return reading

    def with_body(self, reading: Reading, body: bytes) -> Http:
        """The request of a head and its body; the very same one, if it is known."""
        if len(reading.head) + len(body) > _LONGEST:
            return _request(reading.http, body)
        data = reading.head + body
        return self._requests.get(data) or self.new(reading, data)

    def new(self, reading: Reading, data: bytes) -> Http:
        """The request of bytes that are not known, with this head. It is kept when it comes for the second
        time: most that are new never come again.
        """
        request = _request(reading.http, data[len(reading.head) :])
        if len(data) > _LONGEST:
            return request
        mark = hash(data)
        if mark in self._met:
            if len(self._requests) >= _REQUESTS:
                self._requests.clear()
            self._requests[data] = request
        else:
            if len(self._met) >= _MET:
                self._met.clear()
            self._met.add(mark)
        return request


def _keep(readings: dict[bytes, Reading], key: bytes, reading: Reading) -> None:
    if len(key) <= _LONGEST_HEAD:
        if len(readings) >= _HEADS:
            readings.clear()
        readings[key] = reading


def _request(head: Http, body: bytes) -> Http:
    return Http(head.method, head.path, head.headers, head.query, body, head.params, head.key, head.origin)


def _lengthless(head: bytes, told: re.Match[bytes]) -> bytes:
    """What is the same in heads that differ in the length of the body alone; no head itself."""
    return head[: told.start(1)] + head[told.end(1) :]


def _of_length(like: Reading, head: bytes, length: bytes) -> Reading:
    """What a head says that is like another but for the length of the body."""
    http = like.http
    headers = {**http.headers, "content-length": length.decode()}
    request = Http(http.method, http.path, headers, http.query, b"", http.params, http.key, http.origin)
    return Reading(head, request, int(length))
