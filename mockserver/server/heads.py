"""The head of an answer as HTTP has it: status line, headers, and how it tells where the body ends.

Values only: what the client asked and what the script wants in, what is written out. A script's own headers
are kept as they stand, be they true or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from mockserver.protocols.base import Headers
from mockserver.steps import Head, HeadShape, WrittenHead

_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_WITHOUT_BODY = frozenset({*range(100, 200), HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a request its answer depends on. `is_old` tells HTTP/1.0, which knows no chunks."""

    method: str = "POST"
    is_old: bool = False
    keeps_alive: bool = True


@dataclass(frozen=True, slots=True)
class FramedHead:
    """A head to be written. `length` is what it says of the body, None if nothing. The answers to some
    requests have no body, whatever their head says. `keeps_alive` is what HTTP makes of it all.
    """

    status: int
    line: str
    headers: Headers
    is_chunked: bool
    length: int | None
    has_body: bool
    keeps_alive: bool

    def encoded(self) -> bytes:
        """The bytes of it. ValueError for a control character, which would end a header or the head."""
        return _lines([self.line, *(f"{name}: {value}" for name, value in self.headers), ""])


def _lines(lines: Iterable[str]) -> bytes:
    lines = list(lines)
    if found := _CONTROL.search("".join(lines)):
        raise ValueError(f"a head cannot have the character {found[0]!r} in it")
    return "\r\n".join((*lines, "")).encode()


@lru_cache(maxsize=64)
def fixed_headers(second: float, *, shared: bool) -> Headers:
    """The headers of every answer in a Unix second; `shared` lets a web page from anywhere read it."""
    headers = (("date", formatdate(second, usegmt=True)), ("server", "mockserver"))
    if shared:
        return (*headers, ("access-control-allow-origin", "*"), ("access-control-expose-headers", "*"))
    return headers


def framed(head: Head, asked: Asked, fixed: Headers = ()) -> FramedHead:
    """`head` for this client, with those of the `fixed` headers that it does not have. What its headers say
    of the body goes before what it says itself.
    """
    told = {name.lower(): value for name, value in head.headers}
    more = tuple(item for item in fixed if item[0] not in told)
    has_body = asked.method != "HEAD" and head.status not in _WITHOUT_BODY
    length, is_chunked = _body(head, told, asked)
    ends_itself = is_chunked or length is not None or not has_body
    keeps_alive = asked.keeps_alive and ends_itself and not _has(told, "connection", "close")
    version = "1.0" if asked.is_old else "1.1"
    return FramedHead(
        status=head.status,
        line=f"HTTP/{version} {head.status} {_PHRASES.get(head.status, '')}",
        headers=(
            *_without_chunks(head.headers, asked),
            *more,
            *_told_of_body(told, length, is_chunked=is_chunked, status=head.status),
            *_told_of_connection(told, asked, keeps_alive=keeps_alive),
        ),
        is_chunked=is_chunked and has_body,
        length=length,
        has_body=has_body,
        keeps_alive=keeps_alive,
    )


def framed_as_written(
    written: WrittenHead, length: int | None, fixed: Headers, asked: Asked
) -> tuple[FramedHead, bytes]:
    """A head that is written out, framed as its like are, and the bytes of it, for a client of HTTP/1.1;
    `length` is that of a whole body.
    """
    around = _around(written.shape, length, fixed, asked)
    return around.head, b"".join((around.line, written.lines, around.rest))


@dataclass(frozen=True, slots=True)
class _Around:
    """What the heads of one shape have in common, for one kind of client: how they are framed, and what
    stands before and behind their own lines.
    """

    head: FramedHead
    line: bytes
    rest: bytes


@lru_cache(maxsize=1024)
def _around(shape: HeadShape, length: int | None, fixed: Headers, asked: Asked) -> _Around:
    sample = shape.sample if length is None else replace(shape.sample, body="length", length=length)
    head = framed(sample, asked, fixed)
    rest = [f"{name}: {value}" for name, value in head.headers[len(sample.headers) :]]
    return _Around(head, _lines([head.line]), _lines([*rest, ""]))


def _body(head: Head, told: Mapping[str, str], asked: Asked) -> tuple[int | None, bool]:
    """The length that the head says, and whether the body is chunked."""
    if "content-length" in told:
        length = told["content-length"].strip()
        return (int(length) if length.isascii() and length.isdigit() else None), False
    if _has(told, "transfer-encoding", "chunked"):
        return None, not asked.is_old
    if head.body == "length":
        return head.length, False
    return None, head.body == "chunked" and not asked.is_old


def _has(told: Mapping[str, str], name: str, word: str) -> bool:
    return word in (part.strip().lower() for part in told.get(name, "").split(","))


def _without_chunks(headers: Headers, asked: Asked) -> Headers:
    """The headers without what HTTP/1.0 does not know."""
    if not asked.is_old:
        return headers
    return tuple((name, value) for name, value in headers if name.lower() != "transfer-encoding")


def _told_of_body(told: Mapping[str, str], length: int | None, *, is_chunked: bool, status: int) -> Headers:
    if status in _WITHOUT_BODY:
        return ()
    if is_chunked and "transfer-encoding" not in told:
        return (("transfer-encoding", "chunked"),)
    if length is not None and "content-length" not in told:
        return (("content-length", str(length)),)
    return ()


def _told_of_connection(told: Mapping[str, str], asked: Asked, *, keeps_alive: bool) -> Headers:
    """What has to be said of the connection: what HTTP of this version would not take for granted."""
    if "connection" in told or keeps_alive is not asked.is_old:
        return ()
    return (("connection", "keep-alive" if keeps_alive else "close"),)
