"""The response headers of every route: request id, account, rate limits.

Mirrors "Request id" and "Rate limits: response headers" of the Claude API documentation (2026-11).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeAlias

from mockserver.conversation import Finding, Json, json_text
from mockserver.protocols.base import Answer, Context, Headers
from mockserver.protocols.drawing import BASE58
from mockserver.quotas import UNITS, Allowance, Quota

JSON: Headers = (("content-type", "application/json"),)
EVENT_STREAM: Headers = (
    ("content-type", "text/event-stream; charset=utf-8"),
    ("cache-control", "no-cache"),
)
ACCOUNT: Headers = (
    ("anthropic-organization-id", "00000000-0000-4000-8000-000000000000"),
    ("anthropic-workspace-id", "wrkspc_01MockServerWorkspace000"),
)

# The limits of the lowest tier, of which a request takes a little.
_LIMITS = (
    ("requests", 1_000, 999),
    ("input-tokens", 2_000_000, 1_999_000),
    ("output-tokens", 400_000, 399_000),
    ("tokens", 2_400_000, 2_398_000),
)


_SMALLEST_ROUNDED = 10_000


def request_id(context: Context) -> str:
    return "req_01" + context.token("request", 22, BASE58)


def success_headers(context: Context) -> Headers:
    """The headers of a success, without its content type."""
    return (("request-id", request_id(context)), *ACCOUNT, *rate_limits(context))


def rate_limits(context: Context, wait: float | None = None) -> Headers:
    """The state of all limits. Where none is set, a `wait` means that input tokens are used up until then."""
    if context.quota:
        return _told(_counted(context.quota), context.now)
    return _rate_limits(int(context.now), None if wait is None else int(wait))


@lru_cache(maxsize=64)
def _rate_limits(now: int, wait: int | None) -> Headers:
    used_up = set() if wait is None else {"input-tokens", "tokens"}
    states = [
        (name, limit, 0, min(wait or 0, 86_400)) if name in used_up else (name, limit, remaining, 0)
        for name, limit, remaining in _LIMITS
    ]
    return _told(states, now)


_State: TypeAlias = tuple[str, int, int, float]
"""A limit, how much of it is left, and in how many seconds it is whole again."""


def _counted(quota: Quota) -> list[_State]:
    """What is counted, the rest as ever. Where tokens as such have no limit, theirs is "the sum of input and
    output tokens".
    """
    states: dict[str, _State] = {name: (name, limit, left, 0) for name, limit, left in _LIMITS}
    for unit in UNITS:
        if found := quota.tightest(unit):
            name = unit.replace(" ", "-")
            states[name] = (name, found.limit.amount, _left(found), found.reset)
    if not quota.tightest("tokens"):
        (_, limit, left, reset), (_, more, more_left, later) = states["input-tokens"], states["output-tokens"]
        states["tokens"] = ("tokens", limit + more, left + more_left, max(reset, later))
    return list(states.values())


def _left(allowance: Allowance) -> int:
    """Tokens "rounded to the nearest thousand"; not of limits so small that this would tell nothing."""
    if allowance.limit.unit == "requests" or allowance.limit.amount < _SMALLEST_ROUNDED:
        return allowance.remaining
    return min(allowance.limit.amount, (allowance.remaining + 500) // 1000 * 1000)


def _told(states: Iterable[_State], now: float) -> Headers:
    found: list[tuple[str, str]] = []
    for name, limit, remaining, reset in states:
        found += [
            (f"anthropic-ratelimit-{name}-limit", str(limit)),
            (f"anthropic-ratelimit-{name}-remaining", str(remaining)),
            (f"anthropic-ratelimit-{name}-reset", _timestamp(now, reset)),
        ]
    return tuple(found)


def _timestamp(now: float, wait: float) -> str:
    """The second in which a limit is whole again: not before it is."""
    moment = datetime.fromtimestamp(math.ceil(now + wait), UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def json_answer(value: Json, context: Context, findings: Sequence[Finding] = ()) -> Answer:
    """A success with `value` as its body, and what was noted in the request."""
    body = json_text(value).encode()
    return Answer(200, (*JSON, *success_headers(context)), body, findings=tuple(findings))
