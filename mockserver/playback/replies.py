"""A chosen reply and its pace as lazy steps: head, send, wait.

Nothing here waits, sends or knows what time it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from mockserver.conversation import Reply
from mockserver.events import Begin, Delta, End, Event, PartBegin, PartEnd, events
from mockserver.playback.steps import Head, Send, Step, Wait, Whole
from mockserver.playback.tempo import Tempo
from mockserver.protocols.base import Answer, Encoder, Headers, Stream

Other = TypeVar("Other")


def play_stream(
    reply: Reply, encoder: Encoder, tempo: Tempo, *, begins_at_once: bool = False
) -> Iterator[Step]:
    """The steps of a streamed reply: the first wait before the head, a gap before each further delta. Where
    it begins at once, its head and what tells of the beginning come before the first wait.
    """
    return encoded(timed(reply, tempo, begins_at_once=begins_at_once), encoder)


def encoded(items: Iterable[Event | Other], encoder: Encoder) -> Iterator[Step | Other]:
    """The items, each event as the frames that are due with it; the head comes before those of the first."""
    for item in items:
        match item:
            case Begin():
                yield Head(200, encoder.headers)
                yield from map(Send, encoder.encode(item))
            case PartBegin() | Delta() | PartEnd() | End():
                yield from map(Send, encoder.encode(item))
            case _:
                yield item


def timed(reply: Reply, tempo: Tempo, *, begins_at_once: bool = False) -> Iterator[Wait | Event]:
    """The events of a streamed reply, and the waits before them; `play_stream` tells which."""
    if not tempo.waits:
        yield from events(reply, tempo.cut)
        return
    deadlines = tempo.begin()
    waited = 0.0
    if not begins_at_once and deadlines.first > waited:
        yield Wait(waited := deadlines.first)
    for event in events(reply, tempo.cut):
        due = deadlines.due(event) if isinstance(event, Delta) else deadlines.first
        if due > waited and not isinstance(event, Begin):
            yield Wait(waited := due)
        yield event


def due_pieces(reply: Reply, tempo: Tempo) -> Iterator[tuple[float, str]]:
    """The deltas of a streamed reply, each with the second it is due: at once where nothing waits. A reply
    without any is there when the first would have been.
    """
    deadlines = tempo.begin()
    deltas = [event for event in events(reply, tempo.cut) if isinstance(event, Delta)]
    if not deltas:
        yield deadlines.first, ""
    for delta in deltas:
        yield deadlines.due(delta), delta.text


def play_timed(stream: Stream) -> Iterator[Step]:
    """The steps of an answer that says itself when its pieces are due."""
    yield Head(stream.status, stream.headers)
    for due, frame in stream.frames:
        if due > 0:
            yield Wait(due)
        yield Send(frame)


def play_whole(answer: Answer, reply: Reply, tempo: Tempo) -> Iterator[Step]:
    """The steps of a reply in one piece: it is there when the last of its stream would have been."""
    if tempo.waits:
        *_, (due, _) = due_pieces(reply, tempo)
        if due > 0:
            yield Wait(due)
    yield Whole(answer)


def play_frames(status: int, headers: Headers, frames: Iterable[bytes], tempo: Tempo) -> Iterator[Step]:
    """The steps of verbatim frames, with a gap before each but the first."""
    deadlines = tempo.begin()
    waited = 0.0
    if deadlines.first > waited:
        yield Wait(waited := deadlines.first)
    yield Head(status, headers)
    for frame in frames:
        if (due := deadlines.due()) > waited:
            yield Wait(waited := due)
        yield Send(frame)
