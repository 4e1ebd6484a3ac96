"""Where in a reply a fault stands: neutral positions as points of the reply, the same on every wire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from mockserver.conversation import Reply, ReplyPart, Text, Thinking, ToolCall
from mockserver.events import Delta, Event, PartBegin, streamed_text
from mockserver.scenario.delivery import (
    Act,
    AfterChars,
    AfterEvents,
    AfterShare,
    AtByte,
    AtEnd,
    AtStart,
    Fault,
    PartKind,
)
from mockserver.steps import Wait

Timed: TypeAlias = Wait | Event
"""An event of a reply, or the wait before it."""


@dataclass(frozen=True, slots=True)
class Point:
    """Behind so many characters of part `index`; 0 is where the part has begun and says nothing yet."""

    index: int
    chars: int


def point_of(fault: Fault, reply: Reply) -> Point | int | None:
    """The point of the reply where a fault stands; a number is one behind so many pieces. None where it has
    no point in the reply: the reply is too short, or the fault stands outside of it.
    """
    match fault.at:
        case AfterEvents(count=count):
            return count
        case AfterChars(count=count, inside=kind):
            return _inside(reply, kind, count) if kind else _across(reply, count)
        case AfterShare(share=share, inside=kind):
            return _inside_share(reply, kind, share) if kind else _across_share(reply, share)
        case AtStart() | AtEnd() | AtByte():
            return None


def _across(reply: Reply, chars: int) -> Point | None:
    """The point behind so many characters of all that is streamed."""
    for index, part in enumerate(reply.parts):
        length = len(streamed_text(part))
        if length and chars <= length:
            return Point(index, chars)
        chars -= length
    return None


def _across_share(reply: Reply, share: float) -> Point | None:
    return _across(reply, round(share * sum(len(streamed_text(part)) for part in reply.parts)))


def _inside(reply: Reply, kind: PartKind, chars: int) -> Point | None:
    for index, part in enumerate(reply.parts):
        if kind_of(part) == kind:
            return Point(index, chars) if chars <= len(streamed_text(part)) else None
    return None


def _inside_share(reply: Reply, kind: PartKind, share: float) -> Point | None:
    for index, part in enumerate(reply.parts):
        if kind_of(part) == kind:
            return Point(index, round(share * len(streamed_text(part))))
    return None


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


def share_of(fault: Fault, reply: Reply, pieces: int) -> float | None:
    """How far into the reply a fault stands, from 0 to 1; `pieces` is how many it is cut into."""
    match point_of(fault, reply):
        case None:
            return None
        case Point(index=index, chars=chars):
            lengths = [len(streamed_text(part)) for part in reply.parts]
            return (sum(lengths[:index]) + chars) / (sum(lengths) or 1)
        case count:
            return count / pieces if count <= pieces else None


def placed(timed: Iterable[Timed], reply: Reply, faults: Sequence[Fault]) -> Iterator[Timed | Act]:
    """The events, with the act of each fault where it stands. A piece in which one stands is cut there."""
    found = [(point_of(fault, reply), fault.act) for fault in faults]
    at_points = [(point, act) for point, act in found if isinstance(point, Point)]
    at_counts = [(count, act) for count, act in found if isinstance(count, int)]
    pieces, said = 0, dict[int, int]()
    yielded_start = False
    for item in timed:
        match item:
            case Delta(index=index, text=text):
                begin = said.get(index, 0)
                yield from _cut(item, begin, [(p.chars, act) for p, act in at_points if p.index == index])
                said[index] = begin + len(text)
                pieces += 1
                yield from (act for count, act in at_counts if count == pieces)
            case PartBegin(index=index):
                yield item
                if not yielded_start:
                    yield from (act for count, act in at_counts if count == 0)
                    yielded_start = True
                yield from (act for point, act in at_points if point == Point(index, 0))
            case _:
                yield item


def _cut(piece: Delta, begin: int, inside: Sequence[tuple[int, Act]]) -> Iterator[Delta | Act]:
    """A piece that begins `begin` characters into its part, cut at the points that stand in it."""
    sent = 0
    for chars, act in sorted(inside, key=lambda one: one[0]):
        here = chars - begin
        if not 0 < here <= len(piece.text):
            continue
        if here > sent:
            yield replace(piece, text=piece.text[sent:here])
            sent = here
        yield act
    if sent < len(piece.text):
        yield replace(piece, text=piece.text[sent:])
