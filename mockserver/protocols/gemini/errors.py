"""How the Gemini API refuses: envelope, statuses, wording and details.

Mirrors "Troubleshooting guide" of the Gemini API documentation, "Error model" of Google's API guides, and
error answers quoted in public reports (2026-11). What is wrong with a body is worded by `wording` and
`rules`; a blocked prompt is no error, but `prompt_feedback`.
"""

from __future__ import annotations

from dataclasses import replace

from mockserver.conversation import Failure, FailureKind, Http, JsonObject
from mockserver.protocols.base import Answer, Context, Headers
from mockserver.protocols.gemini.proto_times import duration_text
from mockserver.protocols.gemini.wire import (
    ARRAY_CLOSE,
    ARRAY_OPEN,
    EVENT_STREAM_TYPE,
    JSON_TYPE,
    google_key,
    is_array,
    is_stream,
    pretty,
    shared_headers,
    target,
)
from mockserver.protocols.gemini.wording import Violation, bad_request, model_message
from mockserver.quotas import Limit
from mockserver.values import dataclass

_RPC = "type.googleapis.com/google.rpc"
_SERVICE = "generativelanguage.googleapis.com"
_RATE_LIMITS = "https://ai.google.dev/gemini-api/docs/rate-limits"

_DAY = 86_400.0
_DEFAULT_RETRY_DELAY = 1.0
"""The service names its own delay in every quota error; clients that honour it wait that long."""


@dataclass(frozen=True, slots=True)
class _Kind:
    code: int
    status: str
    message: str


_BAD_KEY = "API key not valid. Please pass a valid API key."
_KINDS: dict[FailureKind, _Kind] = {
    "invalid_request": _Kind(400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
    "malformed_json": _Kind(400, "INVALID_ARGUMENT", "Invalid JSON payload received. Unexpected token."),
    "context_length": _Kind(
        400,
        "INVALID_ARGUMENT",
        "The input token count exceeds the maximum number of tokens allowed (1048576).",
    ),
    "too_large": _Kind(400, "INVALID_ARGUMENT", "Request payload size exceeds the limit: 20971520 bytes."),
    "authentication": _Kind(400, "INVALID_ARGUMENT", _BAD_KEY),
    "content_filter": _Kind(400, "INVALID_ARGUMENT", "The prompt was blocked."),
    "billing": _Kind(
        400,
        "FAILED_PRECONDITION",
        "Gemini API free tier is not available in your country. "
        "Please enable billing on your project in Google AI Studio.",
    ),
    "missing_key": _Kind(
        403,
        "PERMISSION_DENIED",
        "Method doesn't allow unregistered callers (callers without established identity). "
        "Please use API Key or other form of API consumer identity to call this API.",
    ),
    "permission": _Kind(403, "PERMISSION_DENIED", "The caller does not have permission"),
    "not_found": _Kind(404, "NOT_FOUND", "Requested entity was not found."),
    "unknown_model": _Kind(404, "NOT_FOUND", "Requested entity was not found."),
    "unknown_route": _Kind(404, "NOT_FOUND", "Requested entity was not found."),
    "wrong_method": _Kind(404, "NOT_FOUND", "Requested entity was not found."),
    "conflict": _Kind(409, "ABORTED", "The operation was aborted."),
    "rate_limit": _Kind(429, "RESOURCE_EXHAUSTED", ""),
    "quota": _Kind(429, "RESOURCE_EXHAUSTED", ""),
    "server_error": _Kind(
        500,
        "INTERNAL",
        "An internal error has occurred. Please retry or report in "
        "https://developers.generativeai.google/guide/troubleshooting",
    ),
    "overloaded": _Kind(
        503,
        "UNAVAILABLE",
        "This model is currently experiencing high demand. "
        "Spikes in demand are usually temporary. Please try again later.",
    ),
    "timeout": _Kind(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
}
_BAD_TOKEN = _Kind(
    401,
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other "
    "valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
)

_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}

_FREE_TIER = f"{_SERVICE}/generate_content_free_tier"


@dataclass(frozen=True, slots=True)
class _Quota:
    """A quota that is used up, with the value it has."""

    id: str
    value: str
    metric: str = f"{_FREE_TIER}_requests"


_QUOTAS: dict[FailureKind, _Quota] = {
    "rate_limit": _Quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", "10"),
    "quota": _Quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "20"),
}
"""The quotas that are used up when nothing is counted: per minute, and per day."""


def refuse(failure: Failure, http: Http, context: Context) -> Answer:
    """The error answer. With `alt=sse` its content type is the stream's; without, it stands in an array."""
    body = pretty(error_envelope(_limited(failure, http, context), http))
    if is_array(http):
        body = ARRAY_OPEN + body + ARRAY_CLOSE
    kind = EVENT_STREAM_TYPE if is_stream(http) and not is_array(http) else JSON_TYPE
    retry: Headers = ()
    if failure.retry is not None:
        retry = (("x-should-retry", "true" if failure.retry else "false"),)
    return Answer(_kind(failure, http).code, (kind, *shared_headers(context), *retry), body)


def error_envelope(failure: Failure, http: Http) -> JsonObject:
    """The error as JSON; `error` is the only key. Empty details are left out."""
    kind = _kind(failure, http)
    message = failure.message or _message(failure, http, kind)
    error: JsonObject = {"code": kind.code, "message": message, "status": kind.status}
    if details := _details(failure, http, message):
        error["details"] = details
    return {"error": error}


# ------------------------------------------------------------------------------------- status and wording


def _kind(failure: Failure, http: Http) -> _Kind:
    """The kind's own answer, unless the failure has a status (and with it a canonical name) of its own."""
    usual = _KINDS[failure.kind]
    if failure.kind == "authentication" and "authorization" in http.headers and not google_key(http):
        usual = _BAD_TOKEN
    code = failure.status or usual.code
    status = usual.status if code == usual.code else _STATUSES.get(code, "UNKNOWN")
    return _Kind(code, failure.code or status, usual.message)


def _message(failure: Failure, http: Http, kind: _Kind) -> str:
    match failure.kind:
        case "rate_limit" | "quota":
            return _quota_message(failure, http, _QUOTAS[failure.kind])
        case "unknown_model":
            return _model_message(http)
        case "not_found" if target(http).method:
            return _model_message(http)
        case "unknown_route" | "wrong_method":
            return _route_message(http)
        case _:
            return kind.message


def _model_message(http: Http) -> str:
    addressed = target(http)
    if not addressed.method:
        return f"Model is not found: {addressed.resource} for api version {addressed.version}"
    return model_message(addressed.resource, addressed.version, addressed.method)


def _route_message(http: Http) -> str:
    """The service answers unknown paths with a page for people; this is the same in an envelope."""
    message = f"The requested URL {http.path} was not found on this server for {http.method}."
    version, _, rest = http.path.lstrip("/").partition("/")
    if version and rest.startswith(f"{version}/"):
        message += f" The SDK adds the API version itself: give it the base URL without /{version}."
    return message


def _quota_message(failure: Failure, http: Http, quota: _Quota) -> str:
    return (
        "You exceeded your current quota, please check your plan and billing details. "
        f"For more information on this error, head to: {_RATE_LIMITS}. "
        "To monitor your current usage, head to: https://ai.dev/rate-limit. \n"
        f"* Quota exceeded for metric: {quota.metric}, limit: {quota.value}, model: {target(http).model}\n"
        f"Please retry in {duration_text(_retry_delay(failure))}."
    )


def _limited(failure: Failure, http: Http, context: Context) -> Failure:
    """The failure with the quota that was exceeded, if one was."""
    if failure.kind != "rate_limit" or context.exceeded is None:
        return failure
    quota = _counted(context.exceeded.limit)
    return replace(
        failure,
        message=_quota_message(failure, http, quota),
        details=tuple(_quota_details(failure, http, quota)),
    )


def _counted(limit: Limit) -> _Quota:
    """The quota that stands for a limit; the service knows windows of these two lengths."""
    period = "Day" if limit.window >= _DAY else "Minute"
    if limit.unit == "requests":
        return _Quota(f"GenerateRequestsPer{period}PerProjectPerModel-FreeTier", str(limit.amount))
    name, token = limit.unit.title().replace(" ", ""), limit.unit.replace(" ", "_").removesuffix("s")
    quota = f"GenerateContent{name}PerModelPer{period}-FreeTier"
    return _Quota(quota, str(limit.amount), f"{_FREE_TIER}_{token}_count")


# ------------------------------------------------------------------------------------------------ details


def _details(failure: Failure, http: Http, message: str) -> list[JsonObject]:
    details = [*_usual_details(failure, http, message), *failure.details]
    if failure.retry_after is not None and failure.kind not in _QUOTAS:
        details.append(_retry_info(failure.retry_after))
    return details


def _usual_details(failure: Failure, http: Http, message: str) -> list[JsonObject]:
    match failure.kind:
        case "authentication" if _kind(failure, http).code == _BAD_TOKEN.code:
            return [_error_info("ACCESS_TOKEN_TYPE_UNSUPPORTED")]
        case "authentication":
            localized = {"@type": f"{_RPC}.LocalizedMessage", "locale": "en-US", "message": message}
            return [_error_info("API_KEY_INVALID"), localized]
        case "rate_limit" | "quota" if not failure.details:
            return _quota_details(failure, http, _QUOTAS[failure.kind])
        case "invalid_request" if failure.param and not failure.details:
            return [bad_request([Violation(failure.param, message)])]
        case _:
            return []


def _error_info(reason: str) -> JsonObject:
    return {
        "@type": f"{_RPC}.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": _SERVICE},
    }


def _help() -> JsonObject:
    link = {"description": "Learn more about Gemini API quotas", "url": _RATE_LIMITS}
    return {"@type": f"{_RPC}.Help", "links": [link]}


def _quota_details(failure: Failure, http: Http, quota: _Quota) -> list[JsonObject]:
    return [_help(), _quota_failure(http, quota), _retry_info(_retry_delay(failure))]


def _quota_failure(http: Http, quota: _Quota) -> JsonObject:
    violation = {
        "quotaMetric": quota.metric,
        "quotaId": quota.id,
        "quotaDimensions": {"location": "global", "model": target(http).model},
        "quotaValue": quota.value,
    }
    return {"@type": f"{_RPC}.QuotaFailure", "violations": [violation]}


def _retry_info(seconds: float) -> JsonObject:
    return {"@type": f"{_RPC}.RetryInfo", "retryDelay": duration_text(seconds)}


def _retry_delay(failure: Failure) -> float:
    return _DEFAULT_RETRY_DELAY if failure.retry_after is None else failure.retry_after
