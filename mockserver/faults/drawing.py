"""Which of the faults that may go wrong do go wrong with one answer, and what that comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from random import Random

from mockserver.conversation import Failure, Reply
from mockserver.faults.catalogue import KNOWN_FAULTS
from mockserver.faults.known import KnownFault
from mockserver.faults.points import share_of
from mockserver.protocols.base import Deviation, Dialect
from mockserver.scenario.delivery import (
    ACT_WORDS,
    Act,
    AtByte,
    AtEnd,
    AtStart,
    Drop,
    Duplicate,
    Extra,
    Fail,
    Fault,
    NamedFault,
    Rewrite,
    Swap,
    Wire,
)
from mockserver.scenario.problems import did_you_mean

_BY_NAME: Mapping[str, KnownFault] = {known.name: known for known in KNOWN_FAULTS}
FAULT_NAMES = tuple(_BY_NAME)


class FaultError(ValueError):
    """A fault that a client has asked for and cannot get; the text says why."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What goes wrong with one answer. `names` tells it to people; `wire` is the framing that comes of it."""

    names: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    wire: Wire = Wire()  # noqa: RUF009 - frozen

    def at(self, *places: type[AtStart | AtEnd | AtByte]) -> list[Act]:
        """The acts of the faults that stand in one of the places."""
        return [fault.act for fault in self.faults if isinstance(fault.at, places)]

    @property
    def inside(self) -> list[Fault]:
        """The faults that stand at points of the reply."""
        outside = AtStart | AtEnd | AtByte
        return [fault for fault in self.faults if not isinstance(fault.at, outside)]

    def failure(self, *, stream: bool) -> Failure | None:
        """The error that is answered instead of a reply: one at the start, or any where nothing streams."""
        for fault in self.faults:
            if isinstance(fault.act, Fail) and (not stream or isinstance(fault.at, AtStart)):
                return Failure(fault.act.kind, message=fault.act.message)
        return None

    @property
    def broken_off(self) -> Failure | None:
        """The error in which a stream ends."""
        acts = [fault.act for fault in self.faults]
        return next((Failure(act.kind, message=act.message) for act in acts if isinstance(act, Fail)), None)

    @property
    def rewrites(self) -> list[Rewrite]:
        """What is done to the head, or instead of the body."""
        return [fault.act for fault in self.faults if isinstance(fault.act, Rewrite)]


@dataclass(frozen=True, slots=True)
class Chances:
    """The faults that an answer may have: those that the draw of the request has let through."""

    named: tuple[tuple[KnownFault, bool], ...] = ()
    faults: tuple[Fault, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.named or self.faults)

    def edited(self, reply: Reply) -> Reply:
        """The reply as the model says it when it goes wrong."""
        for known, _ in self.named:
            reply = known.reply(reply) if known.reply else reply
        return reply

    def settle(
        self, dialect: Dialect, reply: Reply | None, wire: Wire, *, stream: bool, pieces: int = 0
    ) -> Drawn:
        """What goes wrong with this answer; `pieces` is how many its reply is cut into. FaultError where a
        client asked for what cannot show.
        """
        shown: list[KnownFault] = []
        for known, asked in self.named:
            obstacle = known.obstacle(dialect, reply, stream=stream)
            if obstacle and asked:
                raise FaultError(obstacle)
            if not obstacle:
                shown.append(known)
                wire = merged(wire, known.wire)
        told = Reply(()) if reply is None else reply
        faults = [fault for fault in self.faults if _is_reached(fault, told, pieces, stream=stream)]
        return Drawn(
            (*(known.name for known in shown), *(ACT_WORDS[type(fault.act)] for fault in faults)),
            (*(fault for known in shown for fault in known.faults), *faults),
            tuple(dialect.deviations[known.name] for known in shown if known.deviates),
            wire,
        )


NO_CHANCES = Chances()


def draw(listed: Sequence[Fault | NamedFault], random: Callable[[str], Random]) -> Chances:
    """The faults that happen this time. Each draws from a generator of its own, so that none depends on how
    many others there are. FaultError if one is not known.
    """
    named: list[tuple[KnownFault, bool]] = []
    faults: list[Fault] = []
    for index, fault in enumerate(listed):
        if fault.probability < 1 and random(f"fault {index}").random() >= fault.probability:
            continue
        match fault:
            case NamedFault():
                named.append((find_fault(fault.name), fault.asked))
            case Fault():
                faults.append(fault)
    return Chances(tuple(named), tuple(faults))


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


def _is_reached(fault: Fault, reply: Reply, pieces: int, *, stream: bool) -> bool:
    """Whether the answer is long enough for the fault, and has what it acts on."""
    if isinstance(fault.act, Drop | Duplicate | Swap | Extra) and not stream:
        return False
    if isinstance(fault.at, AtStart | AtEnd | AtByte):
        return True
    return share_of(fault, reply, pieces) is not None
