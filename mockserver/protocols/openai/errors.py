"""The error answers of the OpenAI API, as far as all of its routes have them in common.

Mirrors "Error codes" of the OpenAI API reference (2026-11). What a dialect says in words of its own stands in
its `errors`; the wording of schema errors is made in `wording`. No route's request or response is known here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, TypeAlias

from mockserver.conversation import Failure, FailureKind, Http, JsonObject
from mockserver.protocols.base import Answer, Context, Headers
from mockserver.protocols.credentials import fingerprint
from mockserver.protocols.json_body import Unreadable, parse_object
from mockserver.protocols.openai.headers import (
    JSON,
    ORGANIZATION,
    TOKEN_LIMIT,
    account_headers,
    duration,
    pretty_json,
    rate_limit_headers,
    request_id,
)
from mockserver.quotas import Limit
from mockserver.values import dataclass

_REMAINING_TOKENS = 1_333
_DEFAULT_WAIT = 0.02

_LEARN_MORE = "Visit https://platform.openai.com/account/rate-limits to learn more."
_TOO_LARGE = "The input or output tokens must be reduced in order to run successfully."
_PERIODS = {"minute": "min"}
_INITIALS = {
    ("requests", "min"): " (RPM)",
    ("requests", "day"): " (RPD)",
    ("tokens", "min"): " (TPM)",
    ("tokens", "day"): " (TPD)",
}

_ROUTER_HEADERS = (("content-type", "application/json; charset=utf-8"), ("vary", "Origin"))


@dataclass(frozen=True, slots=True)
class Documented:
    """What the API answers to one kind of failure when the script says nothing else. `found_by` decides on
    the headers: the router in front of the API knows nothing of it, the limiter adds its own.
    """

    status: int
    message: Callable[[Failure, Http], str]
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    found_by: Literal["router", "api", "limiter"] = "api"


Table: TypeAlias = Mapping[FailureKind, Documented]
"""How each kind of failure is answered."""


def refuse_by(table: Table, failure: Failure, http: Http, context: Context) -> Answer:
    """The error answer; what the failure says itself wins over what the table says."""
    failure = _limited(failure, http, context)
    documented = _documented(table, failure)
    status = failure.status or documented.status
    body = _envelope(failure, error_object(table, failure, http), status)
    return Answer(status, _error_headers(failure, documented, context), pretty_json(body))


def error_object(table: Table, failure: Failure, http: Http) -> JsonObject:
    """The `error` of an error answer."""
    documented = _documented(table, failure)
    error: JsonObject = {
        "message": failure.message or documented.message(failure, http),
        "type": documented.type,
        "param": failure.param or documented.param,
        "code": failure.code or documented.code,
    }
    for extra in failure.details:
        error |= extra
    return error


def _envelope(failure: Failure, error: JsonObject, status: int) -> JsonObject:
    if failure.kind != "authentication":
        return {"error": error}
    # A bad key is refused in front of the API: the same members, but `param` is the last, and the status.
    error["param"] = error.pop("param")
    return {"error": error, "status": status}


def _error_headers(failure: Failure, documented: Documented, context: Context) -> Headers:
    retry = (*_retry_headers(failure), request_id(context))
    match documented.found_by:
        case "router":
            return (*_ROUTER_HEADERS, *retry)
        case "api":
            return (JSON, *account_headers(context), *retry)
        case "limiter":
            return (JSON, *account_headers(context), *_limit_headers(failure, context), *retry)


def _limit_headers(failure: Failure, context: Context) -> Headers:
    """What is left: as counted where a limit refuses, and too few tokens where a scenario says so."""
    if context.exceeded:
        return rate_limit_headers(context)
    return rate_limit_headers(context, _REMAINING_TOKENS, _wait(failure) or 0)


def _retry_headers(failure: Failure) -> Headers:
    wait = _wait(failure)
    after = () if wait is None else _retry_after(wait)
    if failure.retry is None:
        return after
    return (*after, ("x-should-retry", "true" if failure.retry else "false"))


def _retry_after(wait: float) -> Headers:
    return (("retry-after", str(math.ceil(wait))), ("retry-after-ms", str(round(wait * 1000))))


def _wait(failure: Failure) -> float | None:
    """Seconds to wait; only the rate limiter names a wait of its own accord."""
    if failure.retry_after is None and failure.kind == "rate_limit":
        return _DEFAULT_WAIT
    return failure.retry_after


# ------------------------------------------------------------------------------------------------- wording


def model_named(http: Http) -> str:
    """The model that a request speaks of."""
    if "model" in http.params:
        return http.params["model"]
    match parse_object(http.body):
        case Unreadable():
            return "unknown"
        case body:
            model = body.get("model")
            return model if isinstance(model, str) else "unknown"


def _masked(key: str) -> str:
    # The API shows both ends of a key; here it may be a real one that went to the wrong server.
    return f"********{fingerprint(key)}"


def _bad_key(_: Failure, http: Http) -> str:
    return (
        f"Incorrect API key provided: {_masked(http.key)}. "
        "You can find your API key at https://platform.openai.com/account/api-keys."
    )


def _rate_limited(failure: Failure, http: Http) -> str:
    wait = _wait(failure) or 0
    used = TOKEN_LIMIT - _REMAINING_TOKENS
    requested = _REMAINING_TOKENS + math.ceil(wait * TOKEN_LIMIT / 60)
    return (
        f"Rate limit reached for {model_named(http)} in organization {ORGANIZATION} on tokens per min (TPM): "
        f"Limit {TOKEN_LIMIT}, Used {used}, Requested {requested}. Please try again in {duration(wait)}. "
        f"{_LEARN_MORE}"
    )


def _limited(failure: Failure, http: Http, context: Context) -> Failure:
    """The failure with the bucket and the numbers of the limit that was exceeded, if one was."""
    quota = context.quota
    if failure.kind != "rate_limit" or quota is None or quota.exceeded is None:
        return failure
    limit, used, needed = quota.exceeded.limit, quota.exceeded.used, quota.needed
    asked = f"{model_named(http)} in organization {ORGANIZATION} on {_measure(limit)}: Limit {limit.amount}, "
    if needed > limit.amount:
        told = f"Request too large for {asked}Requested {needed}. {_TOO_LARGE}"
    else:
        again = f"Please try again in {duration(_wait(failure) or 0)}."
        told = f"Rate limit reached for {asked}Used {used}, Requested {needed}. {again}"
    kind = "requests" if limit.unit == "requests" else "tokens"
    return replace(failure, message=f"{told} {_LEARN_MORE}", details=({"type": kind},))


def _measure(limit: Limit) -> str:
    """What is counted, as messages call it; only the usual limits have initials."""
    period = _PERIODS.get(limit.period, limit.period)
    initials = _INITIALS.get((limit.unit, period), "")
    return f"{limit.unit} per {period}{initials}"


def _no_such_route(_: Failure, http: Http) -> str:
    return f"Invalid URL ({http.method} {http.path})"


def _no_such_method(_: Failure, http: Http) -> str:
    hint = "(HINT: Perhaps you meant to use a different HTTP method?)"
    return f"Not allowed to {http.method} on {http.path}. {hint}"


def _no_such_model(_: Failure, http: Http) -> str:
    return f"The model `{model_named(http)}` does not exist or you do not have access to it."


def _no_access(_: Failure, http: Http) -> str:
    return f"Project `proj_mockserver00000000000000` does not have access to model `{model_named(http)}`"


def fixed(message: str) -> Callable[[Failure, Http], str]:
    return lambda _failure, _http: message


_NO_KEY = fixed(
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer "
    "auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're "
    "accessing the API from your browser and are prompted for a username and password. You can obtain an API "
    "key from https://platform.openai.com/account/api-keys."
)
_NO_JSON = fixed(
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP "
    "library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If "
    "you have trouble figuring out how to fix this, please contact us through our help center at "
    "help.openai.com.)"
)
_FLAGGED = fixed(
    "Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again "
    "with a different prompt: https://platform.openai.com/docs/guides/reasoning#advice-on-prompting"
)
_NO_QUOTA = fixed(
    "You exceeded your current quota, please check your plan and billing details. For more information on "
    "this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
)
_NOT_ACTIVE = fixed("Your account is not active, please check your billing details on our website.")
_LOCKED = fixed("Another process is currently operating on this conversation. Please retry in a few seconds.")
_BROKEN = fixed("The server had an error while processing your request. Sorry about that!")
_OVERLOADED = fixed("Our servers are currently overloaded. Please try again later.")
_TIMED_OUT = fixed("The server timed out while processing your request. Please try again.")

SHARED: Table = {
    "invalid_request": Documented(400, fixed("Your request is invalid.")),
    "malformed_json": Documented(400, _NO_JSON),
    "missing_key": Documented(401, _NO_KEY, found_by="router"),
    "authentication": Documented(401, _bad_key, code="invalid_api_key", found_by="router"),
    "permission": Documented(403, _no_access, code="model_not_found"),
    "not_found": Documented(404, _no_such_model, code="model_not_found", found_by="router"),
    "unknown_model": Documented(404, _no_such_model, code="model_not_found", found_by="router"),
    "unknown_route": Documented(404, _no_such_route, found_by="router"),
    "wrong_method": Documented(405, _no_such_method, code="method_not_supported", found_by="router"),
    "conflict": Documented(409, _LOCKED, code="conversation_locked"),
    "too_large": Documented(413, fixed("The request body is too large.")),
    "rate_limit": Documented(
        429, _rate_limited, type="tokens", code="rate_limit_exceeded", found_by="limiter"
    ),
    "quota": Documented(429, _NO_QUOTA, type="insufficient_quota", code="insufficient_quota"),
    "billing": Documented(429, _NOT_ACTIVE, type="billing_not_active", code="billing_not_active"),
    "server_error": Documented(500, _BROKEN, type="server_error"),
    "overloaded": Documented(503, _OVERLOADED, type="service_unavailable_error", code="server_is_overloaded"),
    "timeout": Documented(504, _TIMED_OUT, type="server_error", code="timeout"),
    "content_filter": Documented(400, _FLAGGED, code="invalid_prompt"),
}
"""What is the same everywhere; a dialect's table is this one and its own."""

_SOMETHING_NOT_FOUND = Documented(404, fixed("Not found."))


def _documented(table: Table, failure: Failure) -> Documented:
    # A message of its own tells that something else than a model is missing: a response, a file.
    is_something_else = failure.kind == "not_found" and failure.message
    return _SOMETHING_NOT_FOUND if is_something_else else table[failure.kind]
