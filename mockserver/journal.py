"""What happened: one entry per exchange, bounded; and what failed verification. No clock, no I/O.

An entry is opened when the request comes in and closed by the edge when the answer has left, or did not.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, overload

from mockserver.conversation import Failure, Finding, Http, Request
from mockserver.engine import Claim, Unclaimed
from mockserver.steps import Disconnect, Head, Hold, Reset, Send, SendBare, Step, Wait, Whole

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

    Kept as plain numbers, since there may be thousands: what was due, what was done, size and kind of each.
    """

    __slots__ = ("_due", "_numbers")

    def __init__(self) -> None:
        self._numbers = array("d")
        self._due = 0.0

    def note(self, step: Step, done: float) -> None:
        """Note a step that was done at that second. It was due when what is waited for before it was."""
        if isinstance(step, Wait):
            self._due = step.until
        self._numbers.extend((self._due, done, _size(step), _CODES[type(step)]))

    @property
    def weight(self) -> int:
        """In bytes."""
        return len(self._numbers) * self._numbers.itemsize

    def __len__(self) -> int:
        return len(self._numbers) // _NUMBERS

    @overload
    def __getitem__(self, at: int) -> StepTime: ...

    @overload
    def __getitem__(self, at: slice) -> list[StepTime]: ...

    def __getitem__(self, at: int | slice) -> StepTime | list[StepTime]:
        if isinstance(at, slice):
            return [self._step(number) for number in range(*at.indices(len(self)))]
        return self._step(range(len(self))[at])

    def __iter__(self) -> Iterator[StepTime]:
        return map(self._step, range(len(self)))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} steps>"

    def _step(self, number: int) -> StepTime:
        due, done, size, kind = self._numbers[number * _NUMBERS : (number + 1) * _NUMBERS]
        return StepTime(due, done, int(size), _KINDS_BY_CODE[int(kind)])


_KINDS: Mapping[type[Step], StepKind] = {
    Wait: "wait",
    Head: "head",
    Send: "send",
    Whole: "whole",
    SendBare: "bare",
    Reset: "reset",
    Disconnect: "disconnect",
    Hold: "hold",
}
_CODES = {step: code for code, step in enumerate(_KINDS)}
_KINDS_BY_CODE = tuple(_KINDS.values())
_NUMBERS = 4


def _size(step: Step) -> int:
    match step:
        case Send(data=data) | SendBare(data=data):
            return len(data)
        case Whole(answer=answer):
            return len(answer.body)
        case _:
            return 0


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
    `faults` names what goes wrong in the answer on purpose; `steps` tells when each step of it was due and
    done.
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
    steps: StepLog = field(default_factory=StepLog)

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
    def unmet(self) -> tuple[str, ...]:
        """What this exchange fails verification for."""
        match self.claim:
            case Claim():
                return tuple(
                    f"{self.scenario}: {difference} ({difference.place})" for difference in self.claim.unmet
                )
            case Unclaimed() if self.failure:
                return (self.claim.message,)
            case _:  # answered without a script, or refused before a scenario was looked for
                return ()


class Journal:
    """The latest exchanges of all keys: at most `limit`, with at most `heaviest` bytes of bodies and of what
    is kept of their steps.
    """

    def __init__(self, limit: int = _ENTRIES, heaviest: int = _BODY_BYTES) -> None:
        self._limit = limit
        self._heaviest = heaviest
        self._entries: OrderedDict[int, _Weighed] = OrderedDict()  # by the identity of what is kept
        self._weight = 0

    def open(self, http: Http, protocol: str) -> Entry:
        entry = Entry(http, protocol)
        self._entries[id(entry)] = _Weighed(entry, _weight(entry))
        self._weight += _weight(entry)
        self._forget_oldest()
        return entry

    def close(self, entry: Entry) -> None:
        """Weigh an entry whose exchange is over: it has grown, if it is still kept."""
        kept = self._entries.get(id(entry))
        if kept and kept.entry is entry:
            self._weight += _weight(entry) - kept.weight
            kept.weight = _weight(entry)
            self._forget_oldest()

    def entries(self, key: str | None = None) -> list[Entry]:
        """The entries of one key, or of all, oldest first."""
        return [kept.entry for kept in self._entries.values() if key is None or kept.entry.http.key == key]

    def clear(self, key: str) -> None:
        """Forget the entries of a key."""
        for entry in self.entries(key):
            self._weight -= self._entries.pop(id(entry)).weight

    def _forget_oldest(self) -> None:
        while len(self._entries) > self._limit or self._weight > self._heaviest:
            self._weight -= self._entries.popitem(last=False)[1].weight


@dataclass(slots=True)
class _Weighed:
    entry: Entry
    weight: int


def _weight(entry: Entry) -> int:
    """In bytes."""
    return len(entry.http.body) + entry.steps.weight
