"""The lines of server-sent events, rewritten while they pass: line ends, comments, fields, JSON over several
lines. The events stay what they are.

Works on lines, not on frames: a piece may hold several frames or half of one, or nothing of the kind. A line
that comes in parts is passed on as it comes.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import pairwise

from mockserver.scenario.delivery import Wire

LINE_ENDS: Mapping[str | None, bytes] = {"lf": b"\n", "crlf": b"\r\n", "cr": b"\r"}

_LINE = re.compile(rb"([^\r\n]*)(\r\n|\r|\n)|[^\r\n]+\Z")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_BLANK_LINE_AT_END = re.compile(rb"(?>\r\n|\r|\n)(\r\n|\r|\n)\Z")
_JSON_DATA = re.compile(rb"(data: ?)(\{.*\})([ \t]*)", re.DOTALL)
# A string, be it closed or not, or a mark behind which JSON allows a line break.
_STRING_OR_MARK = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|([{\[,:])', re.DOTALL)


class EventLines:
    """Rewrites one stream. `at_boundary` tells whether what has passed so far ends between two events."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._end = LINE_ENDS.get(wire.newline)
        self._events = 0
        self._behind_cr = False
        self._in_line = False
        self._in_event = False

    @property
    def at_boundary(self) -> bool:
        return not (self._in_event or self._in_line)

    def rewritten(self, piece: bytes) -> bytes:
        """What is sent instead of the next piece of the stream."""
        return b"".join(self._rewritten(piece))

    def _rewritten(self, piece: bytes) -> Iterator[bytes]:
        if self._behind_cr and piece.startswith(b"\n"):  # the other half of a line end
            yield b"" if self._end else b"\n"
            self._behind_cr = False
            piece = piece[1:]
        if piece:
            self._behind_cr = piece.endswith(b"\r")
        for found in _LINE.finditer(piece):
            if found[2] is None:
                yield from self._part(found[0])
            else:
                yield from self._line(found[1], found[2])

    def _part(self, part: bytes) -> Iterator[bytes]:
        """The beginning of a line, or more of it, whose end is still to come."""
        if not self._in_line:
            yield from self._opening(part, self._end or b"\n")
        self._in_line = True
        yield part

    def _line(self, line: bytes, own_end: bytes) -> Iterator[bytes]:
        end = self._end or own_end
        if self._in_line:
            yield line + end
        elif line:
            yield from self._opening(line, end)
            yield self._content(line, end) + end
        else:
            self._in_event = False
            yield end
        self._in_line = False

    def _opening(self, line: bytes, end: bytes) -> Iterator[bytes]:
        """What stands before a line that opens an event."""
        if self._in_event or line.startswith(b":"):
            return
        self._in_event = True
        if self._wire.comments is not None:
            yield comment(self._wire.comments, end)
        if self._wire.event_ids:
            yield b"id: %d" % self._events + end
        if self._wire.retry is not None and not self._events:
            yield b"retry: %d" % self._wire.retry + end
        self._events += 1

    def _content(self, line: bytes, end: bytes) -> bytes:
        if not (self._wire.padding or self._wire.data_lines > 1):
            return line
        found = _JSON_DATA.fullmatch(line)
        if found is None:
            return line
        field, value, behind = found.groups()
        padded = value[:-1] + b" " * self._wire.padding + b"}"
        return end.join(field + part for part in json_lines(padded, self._wire.data_lines)) + behind


def comment(text: str, end: bytes = b"\n") -> bytes:
    """A comment line for each line of a text."""
    return b"".join(b": " + line.encode() + end for line in re.split("\r\n|\r|\n", text))


def json_lines(value: bytes, count: int) -> Iterator[bytes]:
    """JSON on so many lines of about the same length, or as many as there are places for; line breaks stand
    where JSON allows white space, never in a string.
    """
    if count == 1:
        yield value
        return
    places = [found.end() for found in _STRING_OR_MARK.finditer(value) if found[1]]
    wanted = (len(value) * part // count for part in range(1, count))
    nearest = {places[min(bisect_left(places, place), len(places) - 1)] for place in wanted if places}
    for start, stop in pairwise((0, *sorted(nearest), len(value))):
        yield value[start:stop]


def line_end(piece: bytes) -> bytes:
    """How the first line of the piece ends; empty where none does."""
    found = _LINE_END.search(piece)
    return found[0] if found else b""


def without_blank_line(piece: bytes) -> bytes:
    """The piece without the blank line at its end, if there is one."""
    found = _BLANK_LINE_AT_END.search(piece)
    return piece[: found.start(1)] if found else piece
