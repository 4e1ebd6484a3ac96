"""The steps of an answer as lines that a person can read: what is on the wire, and in brackets what happens.

Values in, text out; nothing here knows a vendor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus

from mockserver.playback.steps import Disconnect, Head, Hold, Reset, Send, SendBare, Step, Wait, Whole
from mockserver.protocols.base import Headers, header_lookup
from mockserver.values import dataclass

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")
_ENDS = {"\r\n": "␍␊", "\r": "␍"}
_EVERY_END = re.compile(r"\r\n|\r|\n")


def told_lines(steps: Iterable[Step], *, line_ends: bool = False) -> Iterator[str]:
    """The lines of an answer. With `line_ends`, those that do not end in a line feed alone show it."""
    teller = _Teller(line_ends)
    for step in steps:
        match step:
            case Send(data=data):
                teller.unread += data
            case _:
                yield from teller.read()
                yield from teller.told(step)
    yield from teller.read()


def told_writes(steps: Iterable[Step]) -> Iterator[str]:
    """What each write of the body holds, its line ends as marks; and the rest of the answer."""
    teller = _Teller()
    for step in steps:
        match step:
            case Send(data=data):
                yield _EVERY_END.sub(lambda end: _ENDS.get(end[0], "␊"), _text(data))
            case Whole(answer=answer):
                yield from _head(answer.status, answer.headers)
                yield _EVERY_END.sub(lambda end: _ENDS.get(end[0], "␊"), _text(answer.body))
            case _:
                yield from teller.told(step)


@dataclass(slots=True)
class _Teller:
    """Tells step by step; `unread` are bytes of the body that are not told yet."""

    line_ends: bool = False
    coding: str = ""
    unread: bytes = b""

    def read(self) -> Iterator[str]:
        """The lines of what is not told yet."""
        data, self.unread = self.unread, b""
        if data and self.coding:
            yield f"({len(data)} bytes, {self.coding})"
        elif data:
            yield from _lines(data, line_ends=self.line_ends)

    def told(self, step: Step) -> Iterator[str]:
        """The lines of a step that is no part of the body, or all of it."""
        match step:
            case Wait(until=until):
                yield f"(at {until * 1000:.0f} ms)"
            case Whole(answer=answer):
                yield from _head(answer.status, answer.headers)
                self.coding = header_lookup(answer.headers).get("content-encoding", "")
                self.unread = answer.body if self.coding else answer.body.rstrip(b"\n")
                yield from self.read()
            case Head():
                yield from _head(step.status, (*step.headers, *_told_length(step)))
                self.coding = header_lookup(step.headers).get("content-encoding", "")
            case Send():
                pass
            case SendBare(data=data):
                yield "(past the framing of HTTP:)"
                yield from _lines(data, line_ends=self.line_ends)
            case Reset():
                yield "(the connection is reset)"
            case Disconnect(behind_body=True):
                yield "(the connection is closed, unannounced)"
            case Disconnect():
                yield "(the connection is closed)"
            case Hold():
                yield "(silence; the connection stays open)"


def _told_length(head: Head) -> Headers:
    """The header that tells where the body ends, where it is not chunked."""
    match head.body:
        case "chunked":
            return ()
        case "length":
            return (("content-length", str(head.length)),)
        case "close":
            return (("connection", "close"),)


def _head(status: int, headers: Headers) -> Iterator[str]:
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = ""
    yield f"HTTP/1.1 {status} {reason}".rstrip()
    yield from (f"{name}: {value}" for name, value in headers)
    yield ""


def _lines(data: bytes, *, line_ends: bool) -> Iterator[str]:
    for line, end in _LINE.findall(_text(data)):
        if line or end:
            yield line + _ENDS.get(end, "") if line_ends else line


def _text(data: bytes) -> str:
    return data.decode(errors="backslashreplace")
