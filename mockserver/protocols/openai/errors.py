"""The error answers of the OpenAI API, and the response headers that all of its routes share.

Mirrors "Error codes" and "Debugging requests" of the OpenAI API reference and the rate-limit guide (2026-11).
The wording of schema errors is made in `violations`; this module knows no route's request or response shape.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import orjson

from mockserver.conversation import Failure, FailureKind, Http, Json, JsonObject
from mockserver.protocols.base import HEX, Answer, Context, Headers
from mockserver.protocols.openai.violations import failure_of

__all__ = ["EVENT_STREAM", "JSON", "failure_of", "headers", "json_answer", "pretty_json", "refuse"]

JSON = ("content-type", "application/json")
EVENT_STREAM = ("content-type", "text/event-stream; charset=utf-8")

_ORGANIZATION = "org-mockserver"
_REQUEST_LIMIT = 10_000
_TOKEN_LIMIT = 2_000_000
_REMAINING_TOKENS = 1_333
_DEFAULT_WAIT = 0.02

_ACCOUNT_HEADERS = (
    ("openai-organization", _ORGANIZATION),
    ("openai-project", "proj_mockserver00000000000000"),
    ("openai-version", "2020-10-01"),
    ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
    ("x-content-type-options", "nosniff"),
)
_ROUTER_HEADERS = (("content-type", "application/json; charset=utf-8"), ("vary", "Origin"))

# ------------------------------------------------------------------------------------------------ headers


def headers(context: Context, *, model: str = "") -> Headers:
    """The headers of a success, without `content-type`. `model` is named by the embeddings route only."""
    named = (("openai-model", model),) if model else ()
    return (*_account_headers(context), *named, *_rate_limit_headers(_TOKEN_LIMIT - 17, 0), _id(context))


def _account_headers(context: Context) -> Headers:
    milliseconds = 200 + int(context.token("processing-ms", 2, HEX), 16)
    return (*_ACCOUNT_HEADERS, ("openai-processing-ms", str(milliseconds)))


def _rate_limit_headers(remaining_tokens: int, wait: float) -> Headers:
    return (
        ("x-ratelimit-limit-requests", str(_REQUEST_LIMIT)),
        ("x-ratelimit-limit-tokens", str(_TOKEN_LIMIT)),
        ("x-ratelimit-remaining-requests", str(_REQUEST_LIMIT - 1)),
        ("x-ratelimit-remaining-tokens", str(remaining_tokens)),
        ("x-ratelimit-reset-requests", "6ms"),
        ("x-ratelimit-reset-tokens", _duration(wait)),
    )


def _id(context: Context) -> tuple[str, str]:
    return ("x-request-id", "req_" + context.token("request", 32, HEX))


def pretty_json(value: Json) -> bytes:
    """JSON as the API prints it outside of streams: indented by two spaces."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)


def json_answer(value: Json, context: Context) -> Answer:
    """A success with `value` as its body."""
    return Answer(200, (JSON, *headers(context)), pretty_json(value))


# ------------------------------------------------------------------------------------------------ refusals


@dataclass(frozen=True, slots=True)
class _Documented:
    """What the API answers to one kind of failure when the script says nothing else. `found_by` decides on
    the headers: the router in front of the API knows nothing of it, the limiter adds its own.
    """

    status: int
    message: Callable[[Failure, Http], str]
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    found_by: Literal["router", "api", "limiter"] = "api"


def refuse(failure: Failure, http: Http, context: Context) -> Answer:
    """The error answer; what the failure says itself wins over what is documented."""
    documented = _documented(failure, http)
    status = failure.status or documented.status
    error: JsonObject = {
        "message": failure.message or documented.message(failure, http),
        "type": documented.type,
        "param": failure.param or documented.param,
        "code": failure.code or documented.code,
    }
    for extra in failure.details:
        error |= extra
    body = pretty_json(_envelope(failure, error, status))
    return Answer(status, _error_headers(failure, documented, context), body)


def _envelope(failure: Failure, error: JsonObject, status: int) -> JsonObject:
    if failure.kind != "authentication":
        return {"error": error}
    # A bad key is refused in front of the API: the same members, but `param` is the last, and the status.
    error["param"] = error.pop("param")
    return {"error": error, "status": status}


def _error_headers(failure: Failure, documented: _Documented, context: Context) -> Headers:
    retry = (*_retry_headers(failure), _id(context))
    match documented.found_by:
        case "router":
            return (*_ROUTER_HEADERS, *retry)
        case "api":
            return (JSON, *_account_headers(context), *retry)
        case "limiter":
            limits = _rate_limit_headers(_REMAINING_TOKENS, _wait(failure) or 0)
            return (JSON, *_account_headers(context), *limits, *retry)


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


def _duration(seconds: float) -> str:
    """A Go duration: `0s`, `20ms`, `8.64s`, `1m26.4s`, `6m0s`."""
    milliseconds = round(seconds * 1000)
    if 0 < milliseconds < 1000:  # noqa: PLR2004 - a second
        return f"{milliseconds}ms"
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    prefix = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{prefix}{rest / 1000:.10g}s"


# ------------------------------------------------------------------------------------------------- wording


def _model(http: Http) -> str:
    if "model" in http.params:
        return http.params["model"]
    try:
        body = orjson.loads(http.body)
    except orjson.JSONDecodeError:
        return "unknown"
    model = body.get("model") if isinstance(body, dict) else None
    return model if isinstance(model, str) else "unknown"


def _is_responses(http: Http) -> bool:
    return "/responses" in http.path


def _masked(key: str) -> str:
    return f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}" if len(key) > 12 else key  # noqa: PLR2004 - 8 + 4


def _bad_key(_: Failure, http: Http) -> str:
    return (
        f"Incorrect API key provided: {_masked(http.key)}. "
        "You can find your API key at https://platform.openai.com/account/api-keys."
    )


def _rate_limited(failure: Failure, http: Http) -> str:
    wait = _wait(failure) or 0
    used = _TOKEN_LIMIT - _REMAINING_TOKENS
    requested = _REMAINING_TOKENS + math.ceil(wait * _TOKEN_LIMIT / 60)
    return (
        f"Rate limit reached for {_model(http)} in organization {_ORGANIZATION} on tokens per min (TPM): "
        f"Limit {_TOKEN_LIMIT}, Used {used}, Requested {requested}. Please try again in {_duration(wait)}. "
        "Visit https://platform.openai.com/account/rate-limits to learn more."
    )


def _no_such_route(_: Failure, http: Http) -> str:
    return f"Invalid URL ({http.method} {http.path})"


def _no_such_method(_: Failure, http: Http) -> str:
    hint = "(HINT: Perhaps you meant to use a different HTTP method?)"
    return f"Not allowed to {http.method} on {http.path}. {hint}"


def _no_such_model(_: Failure, http: Http) -> str:
    return f"The model `{_model(http)}` does not exist or you do not have access to it."


def _no_such_model_for_responses(_: Failure, http: Http) -> str:
    return f"The requested model '{_model(http)}' does not exist."


def _no_access(_: Failure, http: Http) -> str:
    return f"Project `proj_mockserver00000000000000` does not have access to model `{_model(http)}`"


def _text(message: str) -> Callable[[Failure, Http], str]:
    return lambda _failure, _http: message


_NO_KEY = _text(
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer "
    "auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're "
    "accessing the API from your browser and are prompted for a username and password. You can obtain an API "
    "key from https://platform.openai.com/account/api-keys."
)
_NO_JSON = _text(
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP "
    "library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If "
    "you have trouble figuring out how to fix this, please contact us through our help center at "
    "help.openai.com.)"
)
_FLAGGED = _text(
    "Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again "
    "with a different prompt: https://platform.openai.com/docs/guides/reasoning#advice-on-prompting"
)
_NO_QUOTA = _text(
    "You exceeded your current quota, please check your plan and billing details. For more information on "
    "this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
)
_NOT_ACTIVE = _text("Your account is not active, please check your billing details on our website.")
_LOCKED = _text("Another process is currently operating on this conversation. Please retry in a few seconds.")
_BROKEN = _text("The server had an error while processing your request. Sorry about that!")
_OVERLOADED = _text("Our servers are currently overloaded. Please try again later.")
_TIMED_OUT = _text("The server timed out while processing your request. Please try again.")
_MESSAGES_TOO_LONG = _text(
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. "
    "Please reduce the length of the messages."
)
_INPUT_TOO_LONG = _text(
    "Your input exceeds the context window of this model. Please adjust your input and try again."
)

_Table: TypeAlias = Mapping[FailureKind, _Documented]

_DOCUMENTED: _Table = {
    "invalid_request": _Documented(400, _text("Your request is invalid.")),
    "malformed_json": _Documented(400, _NO_JSON),
    "missing_key": _Documented(401, _NO_KEY, found_by="router"),
    "authentication": _Documented(401, _bad_key, code="invalid_api_key", found_by="router"),
    "permission": _Documented(403, _no_access, code="model_not_found"),
    "not_found": _Documented(404, _no_such_model, code="model_not_found", found_by="router"),
    "unknown_model": _Documented(404, _no_such_model, code="model_not_found", found_by="router"),
    "unknown_route": _Documented(404, _no_such_route, found_by="router"),
    "wrong_method": _Documented(405, _no_such_method, code="method_not_supported", found_by="router"),
    "conflict": _Documented(409, _LOCKED, code="conversation_locked"),
    "too_large": _Documented(413, _text("The request body is too large.")),
    "rate_limit": _Documented(
        429, _rate_limited, type="tokens", code="rate_limit_exceeded", found_by="limiter"
    ),
    "quota": _Documented(429, _NO_QUOTA, type="insufficient_quota", code="insufficient_quota"),
    "billing": _Documented(429, _NOT_ACTIVE, type="billing_not_active", code="billing_not_active"),
    "server_error": _Documented(500, _BROKEN, type="server_error"),
    "overloaded": _Documented(
        503, _OVERLOADED, type="service_unavailable_error", code="server_is_overloaded"
    ),
    "timeout": _Documented(504, _TIMED_OUT, type="server_error", code="timeout"),
    "context_length": _Documented(
        400, _MESSAGES_TOO_LONG, code="context_length_exceeded", param="messages", found_by="limiter"
    ),
    "content_filter": _Documented(400, _FLAGGED, code="invalid_prompt"),
}

_DOCUMENTED_FOR_RESPONSES: _Table = {
    "unknown_model": _Documented(400, _no_such_model_for_responses, code="model_not_found", param="model"),
    "context_length": _Documented(
        400, _INPUT_TOO_LONG, code="context_length_exceeded", param="input", found_by="limiter"
    ),
}

_SOMETHING_NOT_FOUND = _Documented(404, _text("Not found."))


def _documented(failure: Failure, http: Http) -> _Documented:
    if failure.kind == "not_found" and failure.message:
        # A message of its own tells that something else than a model is missing: a response, a file.
        return _SOMETHING_NOT_FOUND
    if _is_responses(http) and failure.kind in _DOCUMENTED_FOR_RESPONSES:
        return _DOCUMENTED_FOR_RESPONSES[failure.kind]
    return _DOCUMENTED[failure.kind]
