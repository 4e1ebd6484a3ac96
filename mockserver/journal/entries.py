"""What happened: one entry per exchange, bounded; and what failed verification. No clock, no I/O.

An entry is opened when the request comes in and closed by the edge when the answer has left, or did not.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import field
from typing import Literal, Protocol, TypeAlias

from mockserver.claiming.claims import Claim, Unclaimed
from mockserver.conversation import Failure, Finding, Http, Request
from mockserver.journal.step_log import StepLog, StepTime
from mockserver.playback.steps import Ready
from mockserver.values import dataclass

Outcome = Literal["open", "complete", "faulted", "left", "failed"]
"""`faulted`: all was done that was to be done, but a fault was part of it. `left`: the client was gone
before the end. `failed`: the server could not finish.
"""

_ENTRIES = 10_000
_BODY_BYTES = 32 * 1024 * 1024


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


class Unread(Protocol):
    """What tells of requests that were answered without being read what would have been read of them."""

    @property
    def scenario(self) -> str:
        """The scenario that answered, with its turn."""
        ...

    def read(self, http: Http) -> tuple[Request, Claim | Unclaimed]:
        """The request, and what it claims: the same whenever it is asked."""
        ...


@dataclass(slots=True)
class Entry:
    """One exchange. `request` is None when the body was refused before it could be read; `claim` tells which
    scenario answered, or why none did; `findings` are what the request has that the contract does not;
    `faults` names what goes wrong in the answer on purpose. `number` counts the exchanges of all keys,
    `change` what has changed in any: an exchange that began or was over. `weight` is how many bytes it counts
    for in the journal. Of one that was answered without being read, `unread` tells that when it is asked.
    """

    http: Http
    protocol: str
    _request: Request | None = None
    _claim: Claim | Unclaimed | None = None
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
    unread: Unread | None = None

    @property
    def request(self) -> Request | None:
        self._read()
        return self._request

    @request.setter
    def request(self, request: Request | None) -> None:
        self._request = request

    @property
    def claim(self) -> Claim | Unclaimed | None:
        self._read()
        return self._claim

    @claim.setter
    def claim(self, claim: Claim | Unclaimed | None) -> None:
        self._claim = claim

    def _read(self) -> None:
        """Have it read now, for who asks, if it was answered without. Another thread may do the same."""
        unread = self.unread
        if unread is not None:
            self._request, self._claim = unread.read(self.http)
            self.unread = None

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
        unread = self.unread
        if unread is not None:
            return unread.scenario
        if not isinstance(self.claim, Claim):
            return ""
        attempt = f"#{self.claim.number}" if self.claim.number > 1 else ""
        return f"{self.claim.scenario.name}/{self.claim.turn}{attempt}"

    @property
    def is_met(self) -> bool:
        """Whether a scenario answered, which got what it expects."""
        return self.unread is not None or (isinstance(self._claim, Claim) and not self._claim.unmet)

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
