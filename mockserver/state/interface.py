"""What is kept between requests, and by which acts it changes: the one interface of every place to keep it.

All of it is kept for a key, bounded, and may be forgotten when it was not used for long. Every act is done at
once and whole: no other request comes in between. What an act means is said here and nowhere else; no vendor,
no clock, no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol, TypeAlias, TypedDict, TypeVar, Unpack

from mockserver.conversation import ContractMode, Finding, Http, Usage
from mockserver.history.fidelity import Conversation, Mark, Parts
from mockserver.journal.entries import Entry, Listener
from mockserver.played import Unplayed
from mockserver.protocols.base import Stored
from mockserver.quotas import Quota, Scoped
from mockserver.scenario.model import Scenario
from mockserver.setup import Setup, Unmatched, Written

Result = TypeVar("Result")

Counter: TypeAlias = tuple[str, int, bytes]
"""What attempts are counted under: the scope of a scenario, the turn, and a digest of what was said."""


class StateLostError(Exception):
    """What is kept elsewhere cannot be had now; the text is for the client."""


class Changed(TypedDict, total=False):
    """What of a set-up is changed; the scenarios have acts of their own."""

    pinned: str
    contract: ContractMode | None
    faults: tuple[str, ...] | None
    speed: float | None
    unmatched: Unmatched | None


class History(Protocol):
    """What was said to one key; `mockserver.history.fidelity` tells what it is for."""

    def remember(self, conversation: Conversation, said: Parts, is_whole: Callable[[], bool]) -> None: ...

    def differences(self, conversation: Conversation) -> Iterable[Finding]: ...


class Counted(Protocol):
    """What one request is counted by, as `mockserver.quotas.Account`."""

    def admit(self, tokens: int) -> Quota: ...

    def charge(self, usage: Usage) -> Quota: ...

    def state(self) -> Quota: ...


class Limits(Protocol):
    """How far the rate limits of one key are used up."""

    def account(self, limits: Iterable[Scoped], moment: float | None) -> Counted: ...


class Progress(Protocol):
    """How far the scenarios of one key were played."""

    def note(self, scenario: Scenario, turn: int, attempt: int, attempts: int) -> None: ...

    def forget(self, name: str) -> None: ...

    def unplayed(self, scenarios: Iterable[Scenario]) -> list[Unplayed]: ...


class State(Protocol):
    """What is kept of all keys, but for the journal. What asks for any of it runs through `run`, unless it is
    not shared: then it may be called at once.
    """

    @property
    def is_shared(self) -> bool:
        """Whether other processes keep theirs in the same place."""
        ...

    @property
    def mark(self) -> Mark:
        """How places in conversations are told apart."""
        ...

    @property
    def health(self) -> Literal["memory", "shared", "lost"]: ...

    def connected(self) -> AbstractAsyncContextManager[None]:
        """In which requests may be answered. It begins in the loop, and in the process, that answers them."""
        ...

    async def run(self, act: Callable[[], Result]) -> Result:
        """What `act` gives. StateLostError where it needs what cannot be had."""
        ...

    async def run_unset(self, key: str, act: Callable[[], Result]) -> Result:
        """The same, as if this key had nothing set up: for who must refuse where that cannot be had."""
        ...

    def edition(self, scenario: Scenario, load: int) -> str:
        """What tells a scenario from others of its name, before it was changed: `load` counts those here."""
        ...

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that have something set up."""
        ...

    def setup(self, key: str) -> Setup: ...

    def add(
        self,
        key: str,
        scenarios: Sequence[Scenario],
        written: Written | None = None,
        *,
        first: bool = False,
    ) -> None:
        """Let a key have scenarios of its own; those added later are tried later, or `first` of all. Where
        state is shared it must be said what they were read from.
        """
        ...

    def remove(self, key: str, name: str) -> bool:
        """Take the scenarios of this name away from a key; whether there was one."""
        ...

    def alter(self, key: str, **changed: Unpack[Changed]) -> None:
        """Set up a key otherwise."""
        ...

    def seen(self, key: str, fingerprint: bytes) -> int:
        """Count that something was seen; how often it was, with this time."""
        ...

    def count(self, key: str, counter: Counter, by: int) -> int:
        """Count attempts, or take them back; how many there are."""
        ...

    def memory(self, key: str) -> History: ...

    def ledger(self, key: str) -> Limits: ...

    def played(self, key: str) -> Progress: ...

    def recall(self, key: str, name: str) -> Stored | None:
        """What a key has stored under a name: a response, a thread, a batch."""
        ...

    def keep(self, key: str, name: str, stored: Stored, weight: int) -> None:
        """Store something, or replace it; `weight` is about how many bytes it takes."""
        ...

    def keep_later(self, key: str, name: str, make: Callable[[], Stored], weight: int) -> None:
        """Store what `make` gives, the same whenever it is asked: it may be asked only once somebody wants to
        know.
        """
        ...

    def weight(self, key: str, name: str) -> int:
        """What was given as the weight of what a key has stored under a name; 0 if it is not there."""
        ...

    def kept(self, key: str, prefix: str) -> list[str]:
        """The names of what a key has stored that begin with `prefix`, those first stored first."""
        ...

    def forget(self, key: str, name: str) -> bool:
        """Drop what was stored under a name; whether it was there."""
        ...

    def reset(self, key: str) -> None:
        """Forget all that is kept for a key."""
        ...


class Exchanges(Protocol):
    """The journal, as `mockserver.journal.entries.Journal`."""

    @property
    def latest(self) -> int:
        """The number of the latest change."""
        ...

    @property
    def listening(self) -> int:
        """How many listen here."""
        ...

    def open(self, http: Http, protocol: str) -> Entry: ...

    def close(self, entry: Entry) -> None: ...

    def entry(self, number: int) -> Entry | None: ...

    def entries(self, key: str | None = None) -> list[Entry]: ...

    def clear(self, key: str) -> None: ...

    def heard_by(self, listener: Listener, key: str | None) -> AbstractAsyncContextManager[None]: ...
