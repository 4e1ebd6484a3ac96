"""The response headers of every route: request id, account, rate limits.

Mirrors "Request id" and "Rate limits: response headers" of the Claude API documentation (2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from mockserver.conversation import Finding, Json, json_text
from mockserver.protocols.base import BASE58, Answer, Context, Headers

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


def request_id(context: Context) -> str:
    return "req_01" + context.token("request", 22, BASE58)


def success_headers(context: Context) -> Headers:
    """The headers of a success, without its content type."""
    return (("request-id", request_id(context)), *ACCOUNT, *rate_limits(context.now))


def rate_limits(now: float, wait: float | None = None) -> Headers:
    """The state of all limits; with a `wait`, input tokens are used up until then."""
    return _rate_limits(int(now), None if wait is None else int(wait))


@lru_cache(maxsize=64)
def _rate_limits(now: int, wait: int | None) -> Headers:
    found: list[tuple[str, str]] = []
    for name, limit, remaining in _LIMITS:
        is_used_up = wait is not None and name in {"input-tokens", "tokens"}
        found += [
            (f"anthropic-ratelimit-{name}-limit", str(limit)),
            (f"anthropic-ratelimit-{name}-remaining", str(0 if is_used_up else remaining)),
            (f"anthropic-ratelimit-{name}-reset", _timestamp(now, (wait or 0) if is_used_up else 0)),
        ]
    return tuple(found)


def _timestamp(now: int, wait: int) -> str:
    moment = datetime.fromtimestamp(now, UTC) + timedelta(seconds=min(wait, 86_400))
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def json_answer(value: Json, context: Context, findings: Sequence[Finding] = ()) -> Answer:
    """A success with `value` as its body, and what was noted in the request."""
    body = json_text(value).encode()
    return Answer(200, (*JSON, *success_headers(context)), body, findings=tuple(findings))
