"""What acts do to the steps of an answer. The acts stand among the steps, where their faults do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from itertools import chain
from typing import TypeAlias

from mockserver.conversation import Failure
from mockserver.playback import steps
from mockserver.playback.steps import Head, Hold, Send, SendBare, Step, Wait, Whole
from mockserver.protocols.base import Encoder
from mockserver.scenario import delivery
from mockserver.scenario.delivery import Act
from mockserver.values import dataclass

Item: TypeAlias = Step | Act

_CONTINUES, _CONTINUED = 0b1100_0000, 0b1000_0000
"""The bits that tell a byte inside of a UTF-8 character, and what they are in one."""

_OnNextEvent: TypeAlias = delivery.Garble | delivery.Drop | delivery.Duplicate | delivery.Swap


@dataclass(slots=True)
class _Late:
    """How far behind their deadlines the waits are: what has stalled so far, in seconds."""

    speed: float
    seconds: float = 0.0
    now: float = 0.0

    def wait(self, until: float) -> Wait:
        self.now = until + self.seconds
        return Wait(self.now)

    def stall(self, seconds: float) -> Iterator[Wait]:
        if self.speed:
            self.seconds += seconds / self.speed
            self.now += seconds / self.speed
            yield Wait(self.now)


@dataclass(slots=True)
class _Events:
    """What is still to be done to the events that come next. Each act takes the event that is next when its
    turn comes: behind a dropped one that is the one after it.
    """

    pending: list[_OnNextEvent] = field(default_factory=list)
    held: list[Send] = field(default_factory=list)

    def sent(self, send: Send) -> Iterator[Send]:
        """What is sent instead of an event."""
        behind, self.held = self.held, []
        acts, self.pending = self.pending, []
        found = [send]
        for act in acts:
            if not found:  # it waits for the event that comes next
                self.pending.append(act)
                continue
            match act:
                case delivery.Drop():
                    found = found[1:]
                case delivery.Duplicate():
                    found = [found[0], *found]
                case delivery.Garble():
                    broken = garbled(found[0].data)
                    if broken == found[0].data:  # it holds no JSON: the next one may
                        self.pending.append(act)
                    found = [Send(broken), *found[1:]]
                case delivery.Swap():
                    self.held, found = found, []
        yield from found
        yield from behind

    def rest(self) -> Iterator[Send]:
        """What still waits for an event to change places with."""
        yield from self.held


def acted(items: Iterable[Item], encoder: Encoder, speed: float = 1.0) -> Iterator[Step]:
    """The steps that are left when every act has been done. `encoder` has written the answer so far; `speed`
    divides what is stalled, 0 skips it.
    """
    late, events = _Late(speed), _Events()
    for item in items:
        match item:
            case Wait(until=until):
                yield late.wait(until)
            case Send():
                yield from events.sent(item)
            case Whole() | Head() | SendBare():
                yield item
            case delivery.Stall(seconds=seconds):
                yield from late.stall(seconds)
            case delivery.Garble() | delivery.Drop() | delivery.Duplicate() | delivery.Swap():
                events.pending.append(item)
            case delivery.Extra() | delivery.Insert() | delivery.Bare():
                yield from _inserted(item, encoder)
            case delivery.Rewrite():
                pass  # that is done to the head
            case _:
                yield from chain(events.rest(), _ended(item, encoder))
                return
    yield from events.rest()


def closing(acts: Iterable[Act]) -> Iterator[Item]:
    """The acts behind the last of an answer: who closes the connection there has sent the whole body."""
    for act in acts:
        yield steps.Disconnect(behind_body=True) if isinstance(act, delivery.Disconnect) else act


def _inserted(act: delivery.Extra | delivery.Insert | delivery.Bare, encoder: Encoder) -> Iterator[Step]:
    match act:
        case delivery.Extra():
            yield from map(Send, filter(None, [encoder.extra()]))
        case delivery.Insert(data=data):
            yield from map(Send, filter(None, [data]))
        case delivery.Bare(data=data):
            yield SendBare(data)


_Last: TypeAlias = (
    delivery.Cut | delivery.Reset | delivery.Disconnect | delivery.Hang | delivery.KeepOpen | delivery.Fail
)


def _ended(item: _Last | steps.Reset | steps.Disconnect | Hold, encoder: Encoder) -> Iterator[Step]:
    """The last steps of an answer that goes no further."""
    match item:
        case delivery.Cut():
            pass
        case delivery.Reset():
            yield steps.Reset()
        case delivery.Disconnect():
            yield steps.Disconnect()
        case delivery.Hang() | delivery.KeepOpen():
            yield Hold()
        case delivery.Fail(kind=kind, message=message):
            yield from map(Send, encoder.fail(Failure(kind, message=message)))
        case steps.Reset() | steps.Disconnect() | Hold():
            yield item


def garbled(data: bytes) -> bytes:
    """Bytes of which the JSON breaks off in the middle; what frames it stays."""
    start, end = data.find(b"{"), data.rfind(b"}")
    if start < 0 or end < start:
        return data
    middle = start + (end - start) // 2 + 1
    while data[middle] & _CONTINUES == _CONTINUED:  # not inside of a character: that is another fault
        middle -= 1
    return data[:middle] + data[end + 1 :]
