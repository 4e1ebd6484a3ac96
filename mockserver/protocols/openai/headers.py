"""The response headers that all routes share: request id, account, rate limits.

Mirrors "Debugging requests" of the OpenAI API reference and the rate-limit guide (2026-11).
"""

from __future__ import annotations

import orjson

from mockserver.conversation import Json
from mockserver.protocols.base import HEX, Answer, Context, Headers

JSON = ("content-type", "application/json")
EVENT_STREAM = ("content-type", "text/event-stream; charset=utf-8")

ORGANIZATION = "org-mockserver"
_REQUEST_LIMIT = 10_000
TOKEN_LIMIT = 2_000_000

_ACCOUNT_HEADERS = (
    ("openai-organization", ORGANIZATION),
    ("openai-project", "proj_mockserver00000000000000"),
    ("openai-version", "2020-10-01"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
    ("x-content-type-options", "nosniff"),
)


def success_headers(context: Context) -> Headers:
    """The headers of a success, without `content-type`."""
    return (*account_headers(context), *rate_limit_headers(TOKEN_LIMIT - 17, 0), request_id(context))


def account_headers(context: Context) -> Headers:
    milliseconds = 200 + int(context.token("processing-ms", 2, HEX), 16)
    return (*_ACCOUNT_HEADERS, ("openai-processing-ms", str(milliseconds)))


def rate_limit_headers(remaining_tokens: int, wait: float) -> Headers:
    return (
        ("x-ratelimit-limit-requests", str(_REQUEST_LIMIT)),
        ("x-ratelimit-limit-tokens", str(TOKEN_LIMIT)),
        ("x-ratelimit-remaining-requests", str(_REQUEST_LIMIT - 1)),
        ("x-ratelimit-remaining-tokens", str(remaining_tokens)),
        ("x-ratelimit-reset-requests", "6ms"),
        ("x-ratelimit-reset-tokens", duration(wait)),
    )


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
