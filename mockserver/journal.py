"""What happened: one entry per exchange, bounded; and what failed verification. No clock, no I/O.

An entry is opened when the request comes in and closed by the edge when the answer has left, or did not.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from mockserver.conversation import Failure, Finding, Http, Request
from mockserver.engine import Claim, Unclaimed

Outcome = Literal["open", "complete", "faulted", "left", "failed"]
"""`faulted`: all was done that was to be done, but a fault was part of it. `left`: the client was gone
before the end. `failed`: the server could not finish.
"""

_ENTRIES = 10_000
_BODY_BYTES = 32 * 1024 * 1024


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
    `faults` names what goes wrong in the answer on purpose.
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
    """The latest exchanges of all keys: at most `limit`, with at most `heaviest` bytes of bodies."""

    def __init__(self, limit: int = _ENTRIES, heaviest: int = _BODY_BYTES) -> None:
        self._limit = limit
        self._heaviest = heaviest
        self._entries: deque[Entry] = deque()
        self._weight = 0

    def open(self, http: Http, protocol: str) -> Entry:
        entry = Entry(http, protocol)
        self._entries.append(entry)
        self._weight += len(http.body)
        while len(self._entries) > self._limit or self._weight > self._heaviest:
            self._weight -= len(self._entries.popleft().http.body)
        return entry

    def entries(self, key: str | None = None) -> list[Entry]:
        """The entries of one key, or of all, oldest first."""
        return [entry for entry in self._entries if key is None or entry.http.key == key]

    def clear(self, key: str) -> None:
        """Forget the entries of a key."""
        self._entries = deque(entry for entry in self._entries if entry.http.key != key)
        self._weight = sum(len(entry.http.body) for entry in self._entries)
