"""Conversations that go on from one before: what was worked out of their first messages is found again.

That they are the same is told by identity: a wire reads the beginning of a long conversation that came before
as the very same messages. What is kept here follows from messages alone. Bounded; in the memory of a process.
"""

from __future__ import annotations

import threading
from bisect import bisect
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import accumulate
from typing import Any, TypeAlias, TypeVar

from mockserver.conversation import Message
from mockserver.history.latest import LONG, Latest, is_gone_on
from mockserver.history.turns import role_runs

Value = TypeVar("Value")
Other = TypeVar("Other")

Runs: TypeAlias = Sequence[tuple[Message, ...]]


class History:
    """A long conversation. Its first `same` messages are those of another one; `facts` are what was worked
    out of it, and `before` of the other one.
    """

    __slots__ = ("before", "facts", "messages", "same")

    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = messages
        self.same = 0
        self.before: Mapping[Hashable, Any] = {}
        self.facts: dict[Hashable, Any] = {}

    def in_common(self, messages: Sequence[Message]) -> int:
        """How many first messages are the very same."""
        for at, (one, other) in enumerate(zip(self.messages, messages, strict=False)):
            if one is not other:
                return at
        return min(len(self.messages), len(messages))


class _Histories(threading.local):
    """The latest conversations; for each thread its own, since each may serve."""

    def __init__(self) -> None:
        self._known: Latest[History] = Latest(lambda known: len(known.messages))
        self._now: History | None = None

    def enter(self, messages: Sequence[Message], weight: int) -> None:
        """Remember a conversation, and that it is the one that is asked of now. It weighs as much as the body
        that it came in.
        """
        if weight < LONG:
            return
        entered = self._now = History(messages)
        best, entered.same = self._known.best(lambda known, _: known.in_common(messages))
        if best:
            entered.before = best.facts
            if is_gone_on(entered.same, len(best.messages)):
                self._known.drop(best)  # its place is that of the new one
        self._known.put(entered, weight)

    def of(self, messages: Sequence[Message]) -> History | None:
        now = self._now
        return now if now and now.messages is messages else None


_HISTORIES = _Histories()
enter = _HISTORIES.enter
history_of = _HISTORIES.of


def each(messages: Sequence[Message], tell: Callable[[Message], Value]) -> Sequence[Value]:
    """What follows from each message."""
    history = history_of(messages)
    if history is None:
        return [tell(message) for message in messages]
    found: list[Value] | None = history.facts.get(tell)
    if found is None:
        found = history.facts[tell] = list(history.before.get(tell, ())[: history.same])
        found += map(tell, messages[len(found) :])
    return found


def once(messages: Sequence[Message], tell: Callable[[Sequence[Message]], Value]) -> Value:
    """What follows from a whole conversation."""
    history = history_of(messages)
    if history is None:
        return tell(messages)
    if tell not in history.facts:
        history.facts[tell] = tell(messages)
    found: Value = history.facts[tell]
    return found


def beside(messages: Sequence[Message], value: Other, tell: Callable[[Other], Value]) -> Value:
    """What follows from a value that comes with each request of a conversation."""
    history = history_of(messages)
    if history is None:
        return tell(value)
    known = history.facts.get(tell) or history.before.get(tell)
    if known is None or known[0] is not value:
        known = value, tell(value)
    history.facts[tell] = known
    found: Value = known[1]
    return found


# -------------------------------------------------------------------------------------------------- runs


def runs_of(messages: Sequence[Message]) -> tuple[Runs, int]:
    """The conversation in runs of messages of one role, and how many of the first are the same as before;
    the last of them may have gone on.
    """
    history = history_of(messages)
    if history is None:
        return list(role_runs(messages)), 0
    if runs_of not in history.facts:
        known, ends, _ = history.before.get(runs_of, ((), (), 0))
        same = max(bisect(ends, history.same) - 1, 0)
        at = ends[same - 1] if same else 0
        new = list(role_runs(messages[at:]))
        borders = accumulate(map(len, new), initial=at)
        next(borders)
        history.facts[runs_of] = [*known[:same], *new], [*ends[:same], *borders], same
    runs, _, same = history.facts[runs_of]
    return runs, same
