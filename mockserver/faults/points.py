"""Where in an answer a fault stands: neutral positions as points of the reply, the same on every wire."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate
from typing import TypeAlias

from mockserver.conversation import Reply, ReplyPart, Text, Thinking, ToolCall
from mockserver.events import Chunker, Delta, Event, PartBegin, events, streamed_text
from mockserver.playback.steps import Wait
from mockserver.scenario.delivery import (
    Act,
    AfterChars,
    AfterEvents,
    AfterShare,
    AtByte,
    AtEnd,
    AtStart,
    PartKind,
    Position,
)
from mockserver.text.characters import character_bounds
from mockserver.values import dataclass

Timed: TypeAlias = Wait | Event
"""An event of a reply, or the wait before it."""


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """Behind so many code points of part `index`; 0 is where the part has begun and says nothing yet."""

    index: int
    chars: int


BEHIND_HEAD = Point(-1, 0)
"""Before anything of the reply was told, be it that it begins."""


@dataclass(frozen=True, slots=True)
class Course:
    """A reply as it is streamed: `pieces` are the points behind each piece that it is cut into."""

    reply: Reply
    pieces: tuple[Point, ...] = ()

    def point(self, position: Position) -> Point | None:
        """The point of the reply at a position. None where it has none: the reply is too short, or the
        position is outside of it. A reply that streams nothing has one point, before all of it.
        """
        match position:
            case AfterEvents(count=count):
                return (BEHIND_HEAD, *self.pieces)[count] if count <= len(self.pieces) else None
            case AfterChars(count=count, inside=None):
                return self._across(count)
            case AfterShare(share=share, inside=None):
                return self._across(round(share * sum(map(_characters, self.reply.parts))))
            case AfterChars(inside=kind) | AfterShare(inside=kind):
                index = _first(self.reply, kind)
                return None if index is None else self._inside(index, position)
            case AtStart() | AtEnd() | AtByte():
                return None

    def before(self, point: Point) -> Reply:
        """The reply with those of its parts that were told whole before a point."""
        return replace(self.reply, parts=self.reply.parts[: max(point.index, 0)])

    def pieces_before(self, point: Point) -> int:
        """How many pieces were told before a point."""
        return sum(end <= point for end in self.pieces)

    def share(self, position: Position) -> float | None:
        """How much of what is streamed stands before a position, from 0 to 1."""
        point = self.point(position)
        if point is None:
            return None
        lengths = _lengths(self.reply)
        return (sum(lengths[: max(point.index, 0)]) + point.chars) / (sum(lengths) or 1)

    def _across(self, chars: int) -> Point | None:
        """The point behind so many characters of all that is streamed."""
        for index, bounds in enumerate(map(_bounds, self.reply.parts)):
            length = len(bounds) - 1
            if length and chars <= length:
                return Point(index, bounds[chars])
            chars -= length
        return None if chars else BEHIND_HEAD

    def _inside(self, index: int, position: AfterChars | AfterShare) -> Point | None:
        bounds = _bounds(self.reply.parts[index])
        match position:
            case AfterChars(count=count):
                return Point(index, bounds[count]) if count < len(bounds) else None
            case AfterShare(share=share):
                return Point(index, bounds[round(share * (len(bounds) - 1))])


@dataclass(frozen=True, slots=True)
class Verbatim:
    """An answer that tells no reply: an error, or what a script gives as it stands. `frames` is how many
    frames it streams; 0 where it comes in one piece.
    """

    frames: int = 0

    def share(self, position: Position) -> float | None:
        """How much of the answer stands before a position, from 0 to 1."""
        match position:
            case AfterEvents(count=count):
                return count / (self.frames or 1) if count <= self.frames else None
            case AfterShare(share=share, inside=None):
                return share
            case _:
                return None


Extent: TypeAlias = Course | Verbatim
"""What an answer has for faults to stand in."""


def course(reply: Reply, chunk: Chunker) -> Course:
    """The course of a reply that is cut into these pieces."""
    deltas = [event for event in events(reply, chunk) if isinstance(event, Delta)]
    ends: list[Point] = []
    for index in range(len(reply.parts)):
        lengths = accumulate(len(delta.text) for delta in deltas if delta.index == index)
        ends += (Point(index, length) for length in lengths)
    return Course(reply, tuple(ends))


def kind_of(part: ReplyPart) -> PartKind | None:
    """The kind of a part that is streamed, in scenario words."""
    match part:
        case ToolCall():
            return "tool_call"
        case Text():
            return "text"
        case Thinking():
            return "thinking"
        case _:
            return None


def placed(timed: Iterable[Timed], points: Iterable[tuple[Point, Act]]) -> Iterator[Timed | Act]:
    """The events, with each act where it stands, those of one point in their order. A piece in which one
    stands is cut there. What stands before the reply is not placed.
    """
    waiting = defaultdict[int, deque[tuple[int, Act]]](deque)
    for point, act in sorted(points, key=lambda one: one[0]):
        waiting[point.index].append((point.chars, act))
    said = dict[int, int]()
    for item in timed:
        match item:
            case Delta(index=index, text=text) if text:
                begin = said.get(index, 0)
                said[index] = begin + len(text)
                yield from _cut(item, begin, _up_to(said[index], waiting[index]))
            case PartBegin(index=index):
                yield item
                yield from (act for _, act in _up_to(0, waiting[index]))
            case _:
                yield item


def _up_to(chars: int, waiting: deque[tuple[int, Act]]) -> Iterator[tuple[int, Act]]:
    """What stands no further than that; it waits no longer."""
    while waiting and waiting[0][0] <= chars:
        yield waiting.popleft()


def _bounds(part: ReplyPart) -> Sequence[int]:
    """Where the characters of what a part streams begin and end, as a reader takes them."""
    return _bounds_of(streamed_text(part))


@lru_cache(maxsize=8)  # every fault of an answer asks for the same
def _bounds_of(text: str) -> Sequence[int]:
    return character_bounds(text)


def _characters(part: ReplyPart) -> int:
    return len(_bounds(part)) - 1


def _lengths(reply: Reply) -> list[int]:
    """How many code points each part streams."""
    return [len(streamed_text(part)) for part in reply.parts]


def _first(reply: Reply, kind: PartKind | None) -> int | None:
    """The first part of a kind; one that streams nothing only where there is no other."""
    found = [index for index, part in enumerate(reply.parts) if kind_of(part) == kind]
    streaming = (index for index in found if streamed_text(reply.parts[index]))
    return next(streaming, found[0] if found else None)


def _cut(piece: Delta, begin: int, inside: Iterable[tuple[int, Act]]) -> Iterator[Delta | Act]:
    """A piece that begins `begin` characters into its part, cut at the points that stand in it."""
    sent = 0
    for chars, act in inside:
        here = chars - begin
        if here > sent:
            yield replace(piece, text=piece.text[sent:here])
            sent = here
        yield act
    if sent < len(piece.text):
        yield replace(piece, text=piece.text[sent:])
