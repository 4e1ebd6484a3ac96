"""Which of the faults that may go wrong do go wrong with one answer, and what that comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from random import Random

from mockserver.conversation import Failure, Reply
from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.faults.known import KnownFault
from mockserver.faults.points import Course, Extent, Point, Verbatim
from mockserver.protocols.base import Deviation, Dialect
from mockserver.scenario.delivery import (
    Act,
    AtByte,
    AtEnd,
    AtStart,
    Cut,
    Disconnect,
    Drop,
    Duplicate,
    Extra,
    Fail,
    Fault,
    Hang,
    KeepOpen,
    NamedFault,
    Reset,
    Rewrite,
    Swap,
    Wire,
    word_for,
)
from mockserver.scenario.problems import did_you_mean
from mockserver.values import dataclass

_BY_NAME: Mapping[str, KnownFault] = {known.name: known for known in KNOWN_FAULTS}
FAULT_NAMES = tuple(_BY_NAME)


class FaultError(ValueError):
    """A fault that a client has asked for and cannot get; the text says why."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What goes wrong with one answer. `names` tells it to people; `wire` is the framing that comes of it.
    `asked` are those that a client has asked for, and of which it takes the answer to tell whether they show.
    """

    names: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    wire: Wire = Wire()
    asked: tuple[KnownFault, ...] = ()

    def at(self, place: type[AtStart | AtEnd]) -> list[Act]:
        """The acts of the faults that stand there."""
        return [fault.act for fault in self.faults if isinstance(fault.at, place)]

    def points(self, course: Course) -> list[tuple[Point, Act]]:
        """The acts of the faults that stand inside of the reply, each with its point."""
        found = ((course.point(fault.at), fault.act) for fault in self.faults)
        return [(point, act) for point, act in found if point is not None]

    def failure(self, *, stream: bool) -> Failure | None:
        """The error that is answered instead of a reply: one at the start, or any where nothing streams."""
        for fault in self.faults:
            if isinstance(fault.act, Fail) and (not stream or isinstance(fault.at, AtStart)):
                return Failure(fault.act.kind, message=fault.act.message)
        return None

    def broken_off(self, course: Course) -> tuple[Failure, Point] | None:
        """The error in which the stream of a reply ends, and where, if that is how it ends."""
        behind = Point(len(course.reply.parts), 0)
        ends = [
            (course.point(fault.at) or behind, fault.act)
            for fault in self.faults
            if isinstance(fault.act, _LAST) and not isinstance(fault.at, AtByte)
        ]
        point, last = min(ends, key=lambda end: end[0], default=(behind, None))
        return (Failure(last.kind, message=last.message), point) if isinstance(last, Fail) else None

    @property
    def rewrites(self) -> list[Rewrite]:
        """What is done to the head, or instead of the body."""
        return [fault.act for fault in self.faults if isinstance(fault.act, Rewrite)]


_LAST = Cut | Reset | Disconnect | Hang | Fail
"""Acts behind which nothing comes."""


@dataclass(frozen=True, slots=True)
class Chances:
    """The faults that an answer may have: those that the draw of the request has let through. Of those of the
    catalogue, each is told to be asked for by the client or not.
    """

    named: tuple[tuple[KnownFault, bool], ...] = ()
    faults: tuple[Fault, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.named or self.faults)

    def without_wire(self) -> Chances:
        """Those that an answer can have which is no HTTP answer of its own: another reply, or an error.
        FaultError where a client asked for another.
        """
        left = [(known, asked) for known, asked in self.named if known.reply or _all_fail(known.faults)]
        if lost := [known for known, asked in self.named if asked and (known, asked) not in left]:
            name = lost[0].name
            raise FaultError(f"The fault {name!r} shows on the wire, and this answer comes inside another.")
        return Chances(tuple(left), tuple(fault for fault in self.faults if isinstance(fault.act, Fail)))

    def edited(self, reply: Reply, dialect: Dialect, *, stream: bool) -> Reply:
        """The reply as the model says it when it goes wrong, as far as this answer can show it."""
        for known, _ in self.named:
            if known.reply and known.shows(dialect, stream=stream):
                reply = known.reply(reply)
        return reply

    def settle(
        self, dialect: Dialect, extent: Extent, wire: Wire, *, stream: bool, events: bool = True
    ) -> Drawn:
        """What goes wrong with this answer; `events`: whether a stream is one of events. FaultError where
        a client asked for what cannot show.
        """
        shown: list[tuple[KnownFault, bool]] = []
        for known, asked in self.named:
            obstacle = _obstacle(known, dialect, extent, stream=stream)
            if not events and known.needs_events:
                obstacle = f"The fault {known.name!r} shows in a stream of events, and this one is an array."
            if obstacle and asked:
                raise FaultError(obstacle)
            if not obstacle:
                shown.append((known, asked))
                wire = merged(wire, known.wire)
        meant = (replace(one, at=AtEnd()) if isinstance(one.act, KeepOpen) else one for one in self.faults)
        faults = [fault for fault in meant if _is_reached(fault, extent, stream=stream)]
        return Drawn(
            (*(known.name for known, _ in shown), *(word_for(fault.act) for fault in faults)),
            (*(fault for known, _ in shown for fault in known.faults), *faults),
            tuple(dialect.deviations[known.name] for known, _ in shown if known.deviates),
            wire,
            tuple(known for known, asked in shown if asked and (known.deviates or known.reply)),
        )


NO_CHANCES = Chances()


def draw(listed: Sequence[Fault | NamedFault], random: Callable[[str], Random]) -> Chances:
    """The faults that happen this time. Each draws from a generator of its own, so that none depends on how
    many others there are; one of the catalogue happens once, however often it is named. FaultError if one is
    not known.
    """
    named: dict[str, tuple[KnownFault, bool]] = {}
    faults: list[Fault] = []
    for index, fault in enumerate(listed):
        if fault.probability < 1 and random(f"fault {index}").random() >= fault.probability:
            continue
        match fault:
            case NamedFault(name=name, asked=asked):
                known, was_asked = named.get(name) or (find_fault(name), False)
                named[name] = known, asked or was_asked
            case Fault():
                faults.append(fault)
    return Chances(tuple(named.values()), tuple(faults))


def find_fault(name: str) -> KnownFault:
    """The fault of that name. FaultError if there is none."""
    known = _BY_NAME.get(name)
    if known is None:
        raise FaultError(f"There is no fault {name!r}: {did_you_mean(name, FAULT_NAMES)}")
    return known


def find_faults(names: Iterable[str]) -> tuple[KnownFault, ...]:
    """The faults of these names. FaultError if one of them is not known."""
    return tuple(map(find_fault, names))


def merged(wire: Wire, stronger: Wire) -> Wire:
    """A framing, with what another one says otherwise than the vendors do."""
    said = {
        field.name: getattr(stronger, field.name)
        for field in fields(Wire)
        if getattr(stronger, field.name) != field.default
    }
    return replace(wire, **said) if said else wire


def _all_fail(faults: Sequence[Fault]) -> bool:
    return bool(faults) and all(isinstance(fault.act, Fail) for fault in faults)


def _obstacle(known: KnownFault, dialect: Dialect, extent: Extent, *, stream: bool) -> str:
    """Why a fault cannot show on this answer, in a sentence; "" where it can."""
    reply = extent.reply if isinstance(extent, Course) else None
    if obstacle := known.obstacle(dialect, reply, stream=stream):
        return obstacle
    if known.deviates and isinstance(extent, Verbatim) and extent.frames:
        return f"The fault {known.name!r} departs from what is documented, and this answer is verbatim."
    if not all(_is_reached(fault, extent, stream=stream) for fault in known.faults):
        return f"The fault {known.name!r} stands inside of the reply, and this answer does not reach so far."
    return ""


def _is_reached(fault: Fault, extent: Extent, *, stream: bool) -> bool:
    """Whether the answer is long enough for the fault, and has what it acts on."""
    if isinstance(fault.act, Drop | Duplicate | Swap | Extra) and not stream:
        return False
    if isinstance(fault.at, AtStart | AtEnd | AtByte):
        return True
    return extent.share(fault.at) is not None
