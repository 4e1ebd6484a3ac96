"""The head of an answer as HTTP has it: status line, headers, and how it tells where the body ends.

Values only: what the client asked and what the script wants in, what is written out. A script's own headers
are kept as they stand, be they true or not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import TypeAlias

from mockserver.playback.steps import BodyEnd, Head, HeadShape, WrittenHead
from mockserver.protocols.base import Headers
from mockserver.values import dataclass

_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_TELLING = frozenset({"content-length", "transfer-encoding", "connection"})
"""Headers that say how the body ends, or the connection."""

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


def _lines(lines: Sequence[str]) -> bytes:
    """Lines, each with its end."""
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


PutHead: TypeAlias = tuple[FramedHead, int | None, bytes]
"""How a head is framed, what it says of the length of the body, and the bytes of it."""


def put(head: Head, asked: Asked, fixed: Headers) -> PutHead:
    """The head for this client. ValueError for a control character, which would end a header or the head."""
    around = _around(_kind(head), asked, fixed)
    own = [f"{name}: {value}" for name, value in _without_chunks(head.headers, asked)]
    return around.put(_lines(own) if own else b"", head.length)


def put_written(head: WrittenHead, whole: int | None, asked: Asked, fixed: Headers) -> PutHead:
    """A head that is written out, for a client of HTTP/1.1; `whole` is the length of a whole body."""
    around = around_written(head.shape, asked, fixed, is_whole=whole is not None)
    return around.put(head.lines, head.shape.sample.length if whole is None else whole)


_Kind: TypeAlias = tuple[int, BodyEnd, tuple[str, ...], tuple[str, ...]]
"""What many heads have in common: status, how the body ends, the names of the headers, and the values of
those that HTTP makes something of.
"""


def _kind(head: Head) -> _Kind:
    names = tuple([name for name, _ in head.headers])
    return head.status, head.body, names, tuple([head.headers[at][1] for at in _telling(names)])


@lru_cache(maxsize=1024)
def _telling(names: tuple[str, ...]) -> tuple[int, ...]:
    """Where the headers are that HTTP makes something of."""
    return tuple(at for at, name in enumerate(names) if name.lower() in _TELLING)


@dataclass(frozen=True, slots=True)
class Around:
    """How heads of one kind are framed for one kind of client, and what stands around their own lines. Where
    it `tells_length`, that stands between what is `before` and `behind` it; else all is behind.
    """

    framed: FramedHead
    line: bytes
    before: bytes
    behind: bytes
    tells_length: bool

    def put(self, lines: bytes, length: int) -> PutHead:
        if not self.tells_length:
            return self.framed, self.framed.length, b"".join((self.line, lines, self.behind))
        told = b"content-length: %d\r\n" % length
        return self.framed, length, b"".join((self.line, lines, self.before, told, self.behind))


@lru_cache(maxsize=1024)
def _around(kind: _Kind, asked: Asked, fixed: Headers) -> Around:
    status, body, names, values = kind
    telling = dict(zip(_telling(names), values, strict=True))
    headers = tuple((name, telling.get(at, "")) for at, name in enumerate(names))
    head = framed(Head(status, headers, body), asked, fixed)
    rest = [f"{name}: {value}" for name, value in head.headers[len(_without_chunks(headers, asked)) :]]
    tells_length = "content-length: 0" in rest
    at = rest.index("content-length: 0") if tells_length else -1
    behind = _lines([*rest[at + 1 :], ""])
    before = _lines(rest[:at]) if at > 0 else b""
    return Around(head, _lines([head.line]), before, behind, tells_length)


@lru_cache(maxsize=1024)
def around_written(shape: HeadShape, asked: Asked, fixed: Headers, *, is_whole: bool) -> Around:
    """What stands around heads that are written out."""
    head = shape.sample
    return _around(_kind(replace(head, body="length") if is_whole else head), asked, fixed)


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
