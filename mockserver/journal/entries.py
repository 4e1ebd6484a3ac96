"""What happened: one entry per exchange, bounded; and what failed verification. No clock, no I/O.

An entry is opened when the request comes in and closed by the edge when the answer has left, or did not.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import field
from typing import Literal, TypeAlias, overload

from mockserver.claiming.claims import Claim, Unclaimed
from mockserver.conversation import Failure, Finding, Http, Request
from mockserver.playback.steps import (
    AnyStep,
    Burst,
    Disconnect,
    Head,
    Hold,
    Ready,
    Reset,
    Send,
    SendBare,
    Timetable,
    Wait,
    Whole,
    WrittenHead,
    WrittenWhole,
)
from mockserver.values import dataclass

Outcome = Literal["open", "complete", "faulted", "left", "failed"]
"""`faulted`: all was done that was to be done, but a fault was part of it. `left`: the client was gone
before the end. `failed`: the server could not finish.
"""

StepKind = Literal["wait", "head", "send", "whole", "bare", "reset", "disconnect", "hold"]

_ENTRIES = 10_000
_BODY_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class StepTime:
    """A step of an answer: when it was due and when it was done, in seconds since the request came in, and
    how many bytes of the body it wrote, or of what went past HTTP.
    """

    due: float
    done: float
    size: int
    kind: StepKind


class StepLog(Sequence[StepTime]):
    """The steps of one answer that were done, in their order. It is filled while the answer is on its way.

    Kept as plain numbers, since there may be thousands: when each was due and when it was done, and its size
    and kind in one. Of what keeps to a timetable, only when it was done.
    """

    __slots__ = ("_due", "_numbers", "_timed")

    def __init__(self) -> None:
        self._numbers = array("d")
        self._due = 0.0
        self._timed: _Timed | None = None

    @classmethod
    def of(cls, steps: Iterable[StepTime]) -> StepLog:
        """A log that tells these steps."""
        log = cls()
        for step in steps:
            told = step.size * _CODED + _KINDS_BY_CODE.index(step.kind)
            log._numbers.extend((step.due, step.done, told))
        return log

    def note(self, step: AnyStep, done: float) -> None:
        """Note a step that was done at that second. It was due when what is waited for before it was."""
        self.note_all((step,), done)

    def note_all(self, steps: Iterable[AnyStep], done: float) -> None:
        """Note steps that were done in the same moment."""
        due, numbers = self._due, list[float]()
        for step in steps:  # by type and not by `match`, which would cost as much as all the rest
            if type(step) is Send:
                numbers.extend((due, done, len(step.data) * _CODED + _SEND))
            elif type(step) is Wait:
                due = step.until
                numbers.extend((due, done, _WAIT))
            elif type(step) is Burst:
                for size in step.sizes:
                    numbers.extend((due, done, size * _CODED + _SEND))
            else:
                numbers.extend((due, done, _size(step) * _CODED + _CODES[type(step)]))
        self._due = due
        self._numbers.fromlist(numbers)

    def keep_to(self, timetable: Timetable) -> array[float]:
        """The steps that are done next are those of a timetable. When each part of it was done is to be
        appended to what is returned, in seconds, until other steps are noted.
        """
        self._numbers, done = self._told(), array("d")
        self._timed = _Timed(timetable, len(self._numbers), done)
        self._due = timetable.dues[len(timetable) - 1]
        return done

    @property
    def weight(self) -> int:
        """In bytes. Steps by a timetable count as others do: it may be that nobody else keeps it."""
        return len(self) * _NUMBERS * self._numbers.itemsize

    def __len__(self) -> int:
        return len(self._numbers) // _NUMBERS + (len(self._timed) if self._timed else 0)

    @overload
    def __getitem__(self, at: int) -> StepTime: ...

    @overload
    def __getitem__(self, at: slice) -> list[StepTime]: ...

    def __getitem__(self, at: int | slice) -> StepTime | list[StepTime]:
        numbers = self._told()
        if isinstance(at, slice):
            return [_step(numbers, number) for number in range(*at.indices(len(numbers) // _NUMBERS))]
        return _step(numbers, range(len(numbers) // _NUMBERS)[at])

    def __iter__(self) -> Iterator[StepTime]:
        numbers = self._told()
        return (_step(numbers, number) for number in range(len(numbers) // _NUMBERS))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} steps>"

    def _told(self) -> array[float]:
        """The numbers of all steps. Not to be changed."""
        if self._timed is None:
            return self._numbers
        before = self._timed.before
        return self._numbers[:before] + self._timed.numbers() + self._numbers[before:]


@dataclass(frozen=True, slots=True)
class _Timed:
    """What was done by a timetable: its first parts, one for each of `done`. `before` counts numbers."""

    timetable: Timetable
    before: int
    done: array[float]

    def __len__(self) -> int:
        """How many steps that were: a wait for each part, and its pieces."""
        return len(self.done) + self.timetable.pieces[len(self.done)]

    def numbers(self) -> array[float]:
        """The same as those of steps that were noted."""
        numbers = list[float]()
        for due, sizes, done in zip(self.timetable.dues, self.timetable.sizes, self.done, strict=False):
            numbers.extend((due, done, _WAIT))
            for size in sizes:
                numbers.extend((due, done, size * _CODED + _SEND))
        return array("d", numbers)


def _step(numbers: array[float], number: int) -> StepTime:
    due, done, told = numbers[number * _NUMBERS : (number + 1) * _NUMBERS]
    size, kind = divmod(int(told), _CODED)
    return StepTime(due, done, size, _KINDS_BY_CODE[kind])


_KINDS: Mapping[type[AnyStep], StepKind] = {
    Wait: "wait",
    Head: "head",
    WrittenHead: "head",
    Send: "send",
    Whole: "whole",
    WrittenWhole: "whole",
    SendBare: "bare",
    Reset: "reset",
    Disconnect: "disconnect",
    Hold: "hold",
}
_CODES = {step: code for code, step in enumerate(_KINDS)}
_KINDS_BY_CODE = tuple(_KINDS.values())
_SEND, _WAIT = _CODES[Send], _CODES[Wait]
_CODED = len(_KINDS)
_NUMBERS = 3


def _size(step: AnyStep) -> int:
    match step:
        case SendBare(data=data) | WrittenWhole(body=data):
            return len(data)
        case Whole(answer=answer):
            return len(answer.body)
        case _:
            return 0


_READY_WEIGHT = 64
"""Bytes. The sizes themselves are those of all answers that are told alike."""


def _at_once(sizes: tuple[int, ...] | int, done: float) -> Iterator[StepTime]:
    """The steps of an answer that was ready: of a whole body of this size, or one in such pieces."""
    if isinstance(sizes, int):
        yield StepTime(0, done, sizes, "whole")
    else:
        yield StepTime(0, done, 0, "head")
        yield from (StepTime(0, done, size, "send") for size in sizes)


@dataclass(slots=True)
class Delivery:
    """How an answer fared, and how many pieces of its body were written. It stands apart from its entry, so
    that who asks for it does not keep that.
    """

    outcome: Outcome = "open"
    sent: int = 0

    def is_whole(self) -> bool:
        """Whether all of the answer has reached the client."""
        return self.outcome == "complete"


@dataclass(slots=True)
class Entry:
    """One exchange. `request` is None when the body was refused before it could be read; `claim` tells which
    scenario answered, or why none did; `findings` are what the request has that the contract does not;
    `faults` names what goes wrong in the answer on purpose. `number` counts the exchanges of all keys,
    `change` what has changed in any: an exchange that began or was over. `weight` is how many bytes it counts
    for in the journal.
    """

    http: Http
    protocol: str
    request: Request | None = None
    claim: Claim | Unclaimed | None = None
    failure: Failure | None = None
    findings: tuple[Finding, ...] = ()
    faults: tuple[str, ...] = ()
    status: int = 0
    delivery: Delivery = field(default_factory=Delivery)
    number: int = 0
    change: int = 0
    weight: int = 0
    _log: StepLog | None = None
    _ready: tuple[tuple[int, ...] | int, float] | None = (
        None  # the sizes of its pieces, and when all was done
    )

    @property
    def steps(self) -> StepLog:
        """When each step of the answer was due and done."""
        if self._ready is not None:
            return StepLog.of(_at_once(*self._ready))
        if self._log is None:
            self._log = StepLog()
        return self._log

    @steps.setter
    def steps(self, log: StepLog) -> None:
        self._log = log

    def note_ready(self, steps: Ready, done: float) -> None:
        """Note that all of an answer was done at that second. As steps it is told to who asks for them."""
        self._ready = len(steps[0].body) if len(steps) == 1 else steps[1].sizes, done

    @property
    def steps_weight(self) -> int:
        """How many bytes are kept of its steps."""
        return _READY_WEIGHT if self._ready is not None else self._log.weight if self._log else 0

    @property
    def outcome(self) -> Outcome:
        return self.delivery.outcome

    @outcome.setter
    def outcome(self, outcome: Outcome) -> None:
        self.delivery.outcome = outcome

    @property
    def scenario(self) -> str:
        """`name/turn`, with `#attempt` from the second attempt on; "" if no scenario answered."""
        if not isinstance(self.claim, Claim):
            return ""
        attempt = f"#{self.claim.number}" if self.claim.number > 1 else ""
        return f"{self.claim.scenario.name}/{self.claim.turn}{attempt}"

    @property
    def is_unmatched(self) -> bool:
        """Whether it was refused because no scenario answers. What answers without one may fail otherwise."""
        failure = self.failure if isinstance(self.claim, Unclaimed) else None
        return failure is not None and failure.kind == "not_found"

    @property
    def unmet(self) -> tuple[str, ...]:
        """What this exchange fails verification for."""
        match self.claim:
            case Claim():
                return tuple(
                    f"{self.scenario}: {difference} ({difference.place})" for difference in self.claim.unmet
                )
            case Unclaimed() if self.is_unmatched:
                return (self.claim.message,)
            case _:  # answered without a script, or refused before a scenario was looked for
                return ()


Listener: TypeAlias = Callable[[int], None]
"""Is told the number of an entry that was opened or closed; 0 where some may have been missed."""


class Journal:
    """The latest exchanges of all keys: at most `limit`, with at most `heaviest` bytes of bodies and of what
    is kept of their steps.
    """

    def __init__(self, limit: int = _ENTRIES, heaviest: int = _BODY_BYTES) -> None:
        self._limit = limit
        self._heaviest = heaviest
        self._entries: OrderedDict[int, Entry] = OrderedDict()  # by their numbers
        self._of_key: dict[str, dict[int, None]] = {}  # the numbers, in order
        self._weight = 0
        self._opened = 0
        self._changes = 0
        self._listeners: list[tuple[Listener, str | None]] = []

    @property
    def latest(self) -> int:
        """The number of the latest change."""
        return self._changes

    @property
    def listening(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def open(self, http: Http, protocol: str) -> Entry:
        self._opened = number = self._opened + 1
        weight = len(http.body)
        entry = self._entries[number] = Entry(http, protocol, number=number, weight=weight)
        if (of_key := self._of_key.get(http.key)) is None:
            of_key = self._of_key[http.key] = {}
        of_key[number] = None
        self._note_change(entry, weight)
        return entry

    def close(self, entry: Entry) -> None:
        """Weigh an entry whose exchange is over: it has grown, if it is still kept."""
        if entry.number in self._entries:
            before, entry.weight = entry.weight, len(entry.http.body) + entry.steps_weight
            self._note_change(entry, entry.weight - before)

    def entry(self, number: int) -> Entry | None:
        return self._entries.get(number)

    def entries(self, key: str | None = None) -> list[Entry]:
        """The entries of one key, or of all, oldest first."""
        if key is None:
            return list(self._entries.values())
        return [self._entries[number] for number in self._of_key.get(key, ())]

    def clear(self, key: str) -> None:
        """Forget the entries of a key."""
        for number in self._of_key.pop(key, ()):
            self._weight -= self._entries.pop(number).weight

    @asynccontextmanager
    async def heard_by(self, listener: Listener, key: str | None) -> AsyncIterator[None]:
        """Tell a listener of every change of a key, or of all, as long as the context lasts. An entry that
        has just been opened is not filled in yet: a listener takes note, and looks at it later.
        """
        self._listeners.append((listener, key))
        try:
            yield
        finally:
            self._listeners.remove((listener, key))

    def _note_change(self, entry: Entry, grown: int) -> None:
        self._changes = entry.change = self._changes + 1
        self._weight += grown
        for listener, key in self._listeners:
            if key is None or key == entry.http.key:
                listener(entry.number)
        if len(self._entries) > self._limit or self._weight > self._heaviest:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        while len(self._entries) > self._limit or self._weight > self._heaviest:
            number, entry = self._entries.popitem(last=False)
            self._weight -= entry.weight
            numbers = self._of_key[entry.http.key]
            del numbers[number]
            if not numbers:
                del self._of_key[entry.http.key]
