"""Rate limits: how they are written, and how a key's requests and tokens are counted against them.

A window of a limit begins with the first request in it and lasts as long as the limit says. No clock: moments
come in, in seconds since whenever. Where time stands still, the windows move with the requests: whoever is
refused is told how long to wait, and the next request of that key counts as made after that wait. No vendor's
words stand here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import field
from typing import Literal, TypeAlias, get_args

from mockserver.conversation import Usage
from mockserver.store import Bounded
from mockserver.values import dataclass

Unit: TypeAlias = Literal["requests", "tokens", "input tokens", "output tokens"]
UNITS: tuple[Unit, ...] = get_args(Unit)

LIMIT_PATTERN = (
    r"^[1-9][0-9]{0,14} (requests?|(input |output )?tokens?) ?/ ?([1-9][0-9]{0,9})? ?(ms|s|m|h|d)$"
)
LONGEST_WINDOW = 31 * 86_400

_PARTS = re.compile(r"([0-9]+) ([a-z ]*?)s? ?/ ?([0-9]*) ?([a-z]+)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_PERIODS = (
    (86_400_000, "day"),
    (3_600_000, "hour"),
    (60_000, "minute"),
    (1000, "second"),
    (1, "millisecond"),
)
_WINDOWS = 1_000
"""The most windows that are kept for a key."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `amount` of a unit in a window of so many seconds."""

    amount: int
    unit: Unit
    window: float

    @property
    def span(self) -> str:
        """The window in words that go with "in": `1 minute`, `10 seconds`."""
        milliseconds = round(self.window * 1000)
        length, name = next(period for period in _PERIODS if milliseconds % period[0] == 0)
        return f"{milliseconds // length} {name}{'s' if milliseconds > length else ''}"

    @property
    def period(self) -> str:
        """The window in words that go with "per": `minute`, `10 seconds`."""
        return self.span.removeprefix("1 ")


Scoped: TypeAlias = tuple[str, Limit]
"""A limit and the scope of what it counts, such as the answers of one scenario; "" is all of them."""


def parse_limit(text: str) -> Limit:
    """The limit of `3 requests/m`, `1000 tokens/10s`, `500 input tokens/d`. ValueError says what will do."""
    parts = _PARTS.fullmatch(text) if re.match(LIMIT_PATTERN, text) else None
    if parts is None:
        units = f"{', '.join(UNITS[:-1])} or {UNITS[-1]}"
        raise ValueError(f"write an amount of {units} in a window of ms, s, m, h or d")
    amount, unit, count, period = parts.groups()
    window = int(count or 1) * _SECONDS[period]
    if window > LONGEST_WINDOW:
        raise ValueError("31 days are the longest window")
    return Limit(int(amount), next(each for each in UNITS if each == f"{unit}s"), window)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How far a limit is used up. `reset` is in seconds: until its window ends, 0 where none has begun."""

    limit: Limit
    used: int = 0
    reset: float = 0

    @property
    def remaining(self) -> int:
        return max(0, self.limit.amount - self.used)

    def lacks(self, needed: int) -> bool:
        return self.used + needed > self.limit.amount


@dataclass(frozen=True, slots=True)
class Quota:
    """The state of all limits that a request is under. `exceeded` is the one that refuses it, if any does, of
    which it `needed` so much.
    """

    allowances: tuple[Allowance, ...]
    exceeded: Allowance | None = None
    needed: int = 0

    def tightest(self, *units: Unit) -> Allowance | None:
        """Of the limits of these units, the one of which the least is left; of equals, the longest so."""
        found = [allowance for allowance in self.allowances if allowance.limit.unit in units]
        return min(found, key=lambda one: (one.remaining, -one.reset), default=None)


@dataclass(slots=True)
class Window:
    """When a window of a limit began, and how much of the limit was used in it."""

    begin: float
    used: int = 0


@dataclass(slots=True)
class Ledger:
    """The windows of one key. `time` is what it is for this key where time stands still."""

    windows: Bounded[Scoped, Window] = field(default_factory=lambda: Bounded(_WINDOWS))
    time: float = 0

    def account(self, limits: Iterable[Scoped], moment: float | None) -> Account:
        """What a request is counted by that is made at that moment; None where time stands still."""
        return Account(self, tuple(dict.fromkeys(limits)), moment)


class Account:
    """The limits that one request is under: `admit` it first, then `charge` what it took. What is not counted
    only sees the `state`.
    """

    def __init__(self, ledger: Ledger, limits: tuple[Scoped, ...], moment: float | None) -> None:
        self._ledger = ledger
        self._limits = limits
        self._is_standing = moment is None
        self._moment = ledger.time if moment is None else moment

    def admit(self, tokens: int) -> Quota:
        """Count the request, unless a limit lacks what it needs: itself, its input of so many `tokens`, and
        of the output, which nobody knows yet, a single one.
        """
        allowances = self._allowances()
        lacking = [
            (one.reset, needed, one)
            for one in allowances
            if one.lacks(needed := max(1, tokens) if one.limit.unit in {"tokens", "input tokens"} else 1)
        ]
        if lacking:
            wait, needed, exceeded = max(lacking, key=lambda item: item[:2])
            if self._is_standing:
                self._ledger.time += wait
            return Quota(allowances, exceeded, needed)
        for scoped in self._limits:
            self._begin(scoped).used += scoped[1].unit == "requests"
        return self.state()

    def charge(self, usage: Usage) -> Quota:
        """Count the tokens that a reply took."""
        for scoped in self._limits:
            self._begin(scoped).used += _tokens(scoped[1].unit, usage)
        return self.state()

    def state(self) -> Quota:
        """How far the limits are used up."""
        return Quota(self._allowances())

    def _allowances(self) -> tuple[Allowance, ...]:
        return tuple(self._allowance(scoped) for scoped in self._limits)

    def _allowance(self, scoped: Scoped) -> Allowance:
        window = self._open(scoped)
        if window is None:
            return Allowance(scoped[1])
        return Allowance(scoped[1], window.used, self._left(window, scoped[1]))

    def _begin(self, scoped: Scoped) -> Window:
        window = self._open(scoped)
        if window is None:
            window = Window(self._moment)
            self._ledger.windows.put(scoped, window)
        return window

    def _open(self, scoped: Scoped) -> Window | None:
        """The window that this moment is in."""
        window = self._ledger.windows.get(scoped)
        return window if window and self._left(window, scoped[1]) > 0 else None

    def _left(self, window: Window, limit: Limit) -> float:
        """The seconds until a window ends, in whole milliseconds: who waits that long is in the next one."""
        return math.ceil(round((window.begin + limit.window - self._moment) * 1000, 3)) / 1000


def _tokens(unit: Unit, usage: Usage) -> int:
    match unit:
        case "requests":
            return 0
        case "tokens":
            return usage.input + usage.output
        case "input tokens":
            return usage.input
        case "output tokens":
            return usage.output
