"""The response headers that all routes share: request id, account, rate limits.

Mirrors "Debugging requests" of the OpenAI API reference and the rate-limit guide (2026-11).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import orjson

from mockserver.conversation import Json
from mockserver.protocols.base import Answer, Context, Headers
from mockserver.protocols.drawing import HEX
from mockserver.quotas import Allowance, Unit

JSON = ("content-type", "application/json")
EVENT_STREAM = ("content-type", "text/event-stream; charset=utf-8")

_Bucket: TypeAlias = tuple[int, int, float]
"""A limit, what is left of it, and in how many seconds it is full again."""

ORGANIZATION = "org-mockserver"
TOKEN_LIMIT = 2_000_000
_UNCOUNTED_REQUESTS: _Bucket = (10_000, 9_999, 0.006)

_TOKENS: tuple[Unit, ...] = ("tokens", "input tokens", "output tokens")
"""What the one bucket of tokens stands for: the API knows no limits of input or output alone."""

_ACCOUNT_HEADERS = (
    ("openai-organization", ORGANIZATION),
    ("openai-project", "proj_mockserver00000000000000"),
    ("openai-version", "2020-10-01"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
    ("x-content-type-options", "nosniff"),
)


def success_headers(context: Context) -> Headers:
    """The headers of a success, without `content-type`."""
    return (*account_headers(context), *rate_limit_headers(context), request_id(context))


def account_headers(context: Context) -> Headers:
    return (
        *_ACCOUNT_HEADERS,
        ("openai-processing-ms", context.derived(_milliseconds, "processing-ms", 2, HEX)),
    )


def _milliseconds(digits: str) -> str:
    return str(200 + int(digits, 16))


def rate_limit_headers(
    context: Context, remaining_tokens: int = TOKEN_LIMIT - 17, wait: float = 0
) -> Headers:
    """The state of both buckets. Where no limit is set, of tokens so many are left for so many seconds."""
    requests, tokens = _UNCOUNTED_REQUESTS, (TOKEN_LIMIT, remaining_tokens, wait)
    if quota := context.quota:
        requests = _bucket(quota.tightest("requests")) or requests
        tokens = _bucket(quota.tightest(*_TOKENS)) or tokens
    return _bucket_headers(requests, tokens)


@lru_cache(maxsize=256)
def _bucket_headers(requests: _Bucket, tokens: _Bucket) -> Headers:
    return (
        ("x-ratelimit-limit-requests", str(requests[0])),
        ("x-ratelimit-limit-tokens", str(tokens[0])),
        ("x-ratelimit-remaining-requests", str(requests[1])),
        ("x-ratelimit-remaining-tokens", str(tokens[1])),
        ("x-ratelimit-reset-requests", duration(requests[2])),
        ("x-ratelimit-reset-tokens", duration(tokens[2])),
    )


def _bucket(counted: Allowance | None) -> _Bucket | None:
    return (counted.limit.amount, counted.remaining, counted.reset) if counted else None


def request_id(context: Context) -> tuple[str, str]:
    return ("x-request-id", "req_" + context.token("request", 32, HEX))


def duration(seconds: float) -> str:
    """A Go duration: `0s`, `20ms`, `8.64s`, `1m26.4s`, `6m0s`."""
    milliseconds = round(seconds * 1000)
    if 0 < milliseconds < 1000:  # noqa: PLR2004 - a second
        return f"{milliseconds}ms"
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    prefix = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{prefix}{rest / 1000:.10g}s"


def pretty_json(value: Json) -> bytes:
    """JSON as the API prints it outside of streams: indented by two spaces."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)


def json_answer(value: Json, context: Context) -> Answer:
    """A success with `value` as its body."""
    return Answer(200, (JSON, *success_headers(context)), pretty_json(value))
