"""Error answers, and the body that they share with the error event inside a stream.

Mirrors "Errors" and "Rate limits" of the Claude API documentation (2026-11). The sentences for bodies that
break the contract are made in `wording` and `rules`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import orjson

from mockserver.conversation import Failure, FailureKind, Http, JsonObject
from mockserver.protocols.anthropic.headers import ACCOUNT, JSON, rate_limits, request_id
from mockserver.protocols.base import Answer, Context, Headers
from mockserver.protocols.json_body import parse_object
from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class _Documented:
    """What the API answers to one kind of failure when the script says nothing else."""

    status: int
    type: str
    message: str
    code: str | None = None
    wait: float | None = None


_OVER_THE_LIMIT = (
    "This request would exceed your organization's rate limit of {}. "
    "For details, refer to: https://docs.claude.com/en/api/rate-limits."
)

_DOCUMENTED: Mapping[FailureKind, _Documented] = {
    "invalid_request": _Documented(400, "invalid_request_error", "Invalid request"),
    "malformed_json": _Documented(400, "invalid_request_error", "The request body is not valid JSON"),
    "context_length": _Documented(
        400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"
    ),
    "content_filter": _Documented(400, "invalid_request_error", "Output blocked by content filtering policy"),
    "missing_key": _Documented(401, "authentication_error", "x-api-key header is required"),
    "authentication": _Documented(401, "authentication_error", "invalid x-api-key"),
    "billing": _Documented(
        402,
        "billing_error",
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to "
        "upgrade or purchase credits.",
    ),
    "permission": _Documented(
        403, "permission_error", "Your API key does not have permission to use the specified resource."
    ),
    "not_found": _Documented(404, "not_found_error", "Not found"),
    "unknown_route": _Documented(404, "not_found_error", "Not Found"),
    "unknown_model": _Documented(404, "not_found_error", "model: "),
    "wrong_method": _Documented(405, "invalid_request_error", "Method Not Allowed"),
    "conflict": _Documented(409, "conflict_error", "The resource is being changed by another request."),
    "too_large": _Documented(413, "request_too_large", "Request exceeds the maximum size"),
    "rate_limit": _Documented(
        429,
        "rate_limit_error",
        _OVER_THE_LIMIT.format("2,000,000 input tokens per minute"),
        wait=1,
    ),
    "quota": _Documented(
        429,
        "rate_limit_error",
        "You have reached your specified API usage limits.",
        code="enforced_spend_limit_reached",
    ),
    "server_error": _Documented(500, "api_error", "Internal server error"),
    "timeout": _Documented(504, "timeout_error", "Request timed out"),
    "overloaded": _Documented(529, "overloaded_error", "Overloaded"),
}

_UNAUTHENTICATED: frozenset[FailureKind] = frozenset({"missing_key", "authentication"})


def refuse(failure: Failure, http: Http, context: Context) -> Answer:
    """The error answer; what the failure says itself wins over what is documented."""
    failure = _limited(failure, context)
    documented = _DOCUMENTED[failure.kind]
    body = error_body(failure, http, context)
    return Answer(failure.status or documented.status, _headers(failure, context), body)


def error_body(failure: Failure, http: Http, context: Context) -> bytes:
    documented = _DOCUMENTED[failure.kind]
    error: JsonObject = {"type": documented.type, "message": _message(failure, http)}
    details = _details(failure, documented)
    if details:
        error["details"] = details
    return orjson.dumps({"type": "error", "error": error, "request_id": request_id(context)})


def _details(failure: Failure, documented: _Documented) -> JsonObject:
    code = failure.code or documented.code
    details: JsonObject = {"error_code": code} if code else {}
    for extra in failure.details:
        details |= extra
    return details


def _message(failure: Failure, http: Http) -> str:
    message = _DOCUMENTED[failure.kind].message if failure.message is None else failure.message
    if failure.message is None and failure.kind == "unknown_model":
        message += failure.param or _model(http)
    if failure.message is None and failure.kind == "authentication" and "x-api-key" not in http.headers:
        message = "Invalid bearer token"
    # A message may quote a header, whose bytes need not be text.
    return message.encode(errors="replace").decode()


def _limited(failure: Failure, context: Context) -> Failure:
    """The failure with the limit that was exceeded, if one was."""
    if failure.kind != "rate_limit" or context.exceeded is None:
        return failure
    limit = context.exceeded.limit
    told = f"{limit.amount:,} {limit.unit} per {limit.period}"
    return replace(failure, message=_OVER_THE_LIMIT.format(told))


def _model(http: Http) -> str:
    """The model that a request names."""
    body = parse_object(http.body)
    return str(body.get("model", "")) if isinstance(body, dict) else http.params.get("model", "")


# ------------------------------------------------------------------------------------------------ headers


def _headers(failure: Failure, context: Context) -> Headers:
    identified = (*JSON, ("request-id", request_id(context)))
    if failure.kind in _UNAUTHENTICATED:
        return (*identified, *_retry(failure))
    limits = rate_limits(context, _wait(failure) or 0) if failure.kind == "rate_limit" else ()
    return (*identified, *ACCOUNT, *limits, *_retry(failure))


def _retry(failure: Failure) -> Headers:
    headers: Headers = ()
    wait = _wait(failure)
    if wait is not None:
        headers = (("retry-after", _seconds(wait)),)
    if failure.retry is not None:
        headers = (*headers, ("x-should-retry", "true" if failure.retry else "false"))
    return headers


def _wait(failure: Failure) -> float | None:
    return _DOCUMENTED[failure.kind].wait if failure.retry_after is None else failure.retry_after


def _seconds(wait: float) -> str:
    """Whole seconds, as documented; a wait scripted shorter than one is kept, for the SDKs honour it."""
    return f"{wait:.3g}" if 0 < wait < 1 else str(math.ceil(wait))
