"""A chosen reply and its pace as lazy steps: head, send, wait.

Nothing here waits, sends or knows what time it is. Deadlines are absolute within the exchange, so that waits
do not drift.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice, repeat
from random import Random

from mockserver.conversation import Reply
from mockserver.events import Begin, Chunker, Delta, events
from mockserver.protocols.base import Answer, Encoder, Headers, Stream
from mockserver.scenario.delivery import Pace
from mockserver.steps import Head, Send, Step, Wait, Whole
from mockserver.tokens import split_tokens

_LOGNORMAL_SPREAD = 0.6


@dataclass(frozen=True, slots=True)
class Tempo:
    """A pace as it is played: `random` draws the jitter, `speed` divides every wait, 0 skips them all."""

    pace: Pace
    random: Random
    speed: float = 1.0

    @property
    def waits(self) -> bool:
        return self.speed > 0 and bool(self.pace.first or self.pace.gap)

    def deadlines(self) -> Iterator[float]:
        """When the first piece is due, the second, and so on, in seconds."""
        due = self._spread(self.pace.first)
        while True:
            yield due / self.speed
            due += self._spread(self.pace.gap)

    def _spread(self, wait: float) -> float:
        """A wait with its jitter, never negative."""
        match self.pace.jitter:
            case "lognormal":
                # This mu keeps the mean of the waits at what the script says.
                return wait * self.random.lognormvariate(-(_LOGNORMAL_SPREAD**2) / 2, _LOGNORMAL_SPREAD)
            case width:
                return max(0.0, wait + self.random.uniform(-width, width)) if wait else 0.0


def chunker(pace: Pace) -> Chunker:
    """How `pace` cuts streamed text."""
    match pace.chunk:
        case "word":
            return split_tokens
        case "char":
            return partial(_in_pieces_of, 1)
        case int(size):
            return partial(_in_pieces_of, size)
        case tuple(pieces):
            return partial(_as_listed, pieces)


def _in_pieces_of(size: int, text: str) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def _as_listed(pieces: tuple[str, ...], text: str) -> tuple[str, ...]:
    """The listed pieces, for the text that they make up; any other text in words."""
    return pieces if "".join(pieces) == text else split_tokens(text)


def play_stream(
    reply: Reply, encoder: Encoder, tempo: Tempo, *, begins_at_once: bool = False
) -> Iterator[Step]:
    """The steps of a streamed reply: the first wait before the head, a gap before each further delta. Where
    it begins at once, its head and what tells of the beginning come before the first wait.
    """
    due = tempo.deadlines()
    if tempo.waits and not begins_at_once:
        yield Wait(next(due))
    yield Head(200, encoder.headers)
    has_waited = not (tempo.waits and begins_at_once)
    started = False
    for event in events(reply, chunker(tempo.pace)):
        if not (has_waited or isinstance(event, Begin)):
            yield Wait(next(due))
            has_waited = True
        if tempo.waits and isinstance(event, Delta):
            if started:
                yield Wait(next(due))
            started = True
        for frame in encoder.encode(event):
            yield Send(frame)


def due_pieces(reply: Reply, tempo: Tempo) -> Iterator[tuple[float, str]]:
    """The deltas of a streamed reply, each with the second it is due: at once where nothing waits. A reply
    without any is there when the first would have been.
    """
    due = tempo.deadlines() if tempo.waits else repeat(0.0)
    pieces = [event.text for event in events(reply, chunker(tempo.pace)) if isinstance(event, Delta)]
    return zip(due, pieces or [""], strict=False)


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
        deltas = sum(isinstance(event, Delta) for event in events(reply, chunker(tempo.pace)))
        yield Wait(next(islice(tempo.deadlines(), max(deltas, 1) - 1, None)))
    yield Whole(answer)


def play_frames(status: int, headers: Headers, frames: Iterable[bytes], tempo: Tempo) -> Iterator[Step]:
    """The steps of verbatim frames, with a gap before each but the first."""
    due = tempo.deadlines()
    if tempo.waits:
        yield Wait(next(due))
    yield Head(status, headers)
    for index, frame in enumerate(frames):
        if tempo.waits and index:
            yield Wait(next(due))
        yield Send(frame)
