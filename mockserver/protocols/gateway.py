"""The gateway's own refusals: what it answers itself, before a provider is asked, on every protocol alike.

Mirrors the error table that is inferred for the documented gateway from the open-source relay it is most
likely built on (2026-11). It is used with `--profile gateway` only; natively each vendor refuses in its own
words. What a provider refuses stays in the provider's words here as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from mockserver.conversation import Failure, FailureKind, Http, json_text
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.json_body import Unreadable, parse_object
from mockserver.values import dataclass

Profile = Literal["native", "gateway"]

REQUEST_ID = "x-oneapi-request-id"
"""The header that names a request, on every answer."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """`told` False: the words are the gateway's, whatever the failure says. With `param` it is written past
    the middleware: with that member, and without the id of the request in the message.
    """

    status: int
    message: str
    code: str = ""
    told: bool = True
    type: str = "new_api_error"
    param: str | None = None


_INVALID = "invalid_request_error"

_NO_ROUTE = _Refusal(404, "Invalid URL ({method} {path})", told=False, type=_INVALID, param="")
_CLOSED = _Refusal(501, "API not implemented", "api_not_implemented", told=False, param="")
_NO_SUCH_MODEL = _Refusal(
    200, "The model '{model}' does not exist", "model_not_found", told=False, type=_INVALID, param="model"
)
_NO_MODEL = _Refusal(400, "No model is named, the request cannot be routed", told=False)
_BROKEN = _Refusal(400, "Invalid request: the body cannot be parsed", told=False)
_BROKEN_NATIVE = _Refusal(500, "Invalid request: the body cannot be parsed", "invalid_request", told=False)

_REFUSALS: Mapping[FailureKind, _Refusal] = {
    "missing_key": _Refusal(401, "Invalid token: no token was provided"),
    "authentication": _Refusal(401, "Invalid token"),
    "permission": _Refusal(403, "This token has no access to model {model}"),
    "unknown_model": _Refusal(
        503, "No available channel for model {model} in the current group", "model_not_found", told=False
    ),
    "unknown_route": _NO_ROUTE,
    "wrong_method": _NO_ROUTE,
    "quota": _Refusal(403, "The quota of this token is used up", "insufficient_user_quota"),
    "billing": _Refusal(403, "The quota of this user is used up", "insufficient_user_quota"),
    "rate_limit": _Refusal(429, "You have reached the request limit: at most 60 requests in 1 minute"),
    "too_large": _Refusal(413, "The request body is too large", "read_request_body_failed"),
}

_CLOSED_PATHS = re.compile(r"/v1/(images/variations|files|files/.*|fine-tunes|fine-tunes/.*)")
_MODEL_PATH = re.compile(r"/v1/models/.+")
_NATIVE_PATH = re.compile(r"/v1[a-z]*/models/.+:.+")
_ROUTED_BY_BODY = re.compile(r"(/anthropic)?/v1/(chat/completions|completions|responses|embeddings|messages)")
"""Where the body says which model is asked, and so where the request goes."""


def is_closed(http: Http) -> bool:
    """Whether the gateway names this route only to say that it does not have it."""
    closed = _CLOSED_PATHS.fullmatch(http.path)
    return bool(closed) or (http.method == "DELETE" and bool(_MODEL_PATH.fullmatch(http.path)))


def request_id(context: Context) -> str:
    moment = datetime.fromtimestamp(context.now, UTC)
    return f"{moment:%Y%m%d%H%M%S%f}{context.token('gateway-request', 8)}"


def refuse(failure: Failure, http: Http, context: Context) -> Answer | None:
    """The gateway's answer to a failure; None where the gateway has no say in it."""
    refusal = _refusal(failure, http, context)
    if refusal is None:
        return None
    words = refusal.message.format(method=http.method, path=http.path, model=_model(http))
    said = (failure.message if refusal.told else None) or words
    if refusal.param is None:
        said = f"{said} (request id: {request_id(context)})"
    param = {} if refusal.param is None else {"param": refusal.param}
    error = {"message": said, "type": refusal.type, **param, "code": refusal.code}
    status = failure.status if refusal.told and failure.status else refusal.status
    headers = (("content-type", "application/json; charset=utf-8"),)
    return Answer(status, headers, json_text({"error": error}).encode())


def _refusal(failure: Failure, http: Http, context: Context) -> _Refusal | None:
    exceeded = context.exceeded
    match failure.kind:
        case "rate_limit" if exceeded:
            limit = exceeded.limit
            told = f"You have reached the request limit: at most {limit.amount} {limit.unit} in {limit.span}"
            return _Refusal(429, told)
        case "unknown_route" | "wrong_method" if is_closed(http):
            return _CLOSED
        case "unknown_model" if http.method == "GET":
            return _NO_SUCH_MODEL
        case "malformed_json":
            return _BROKEN_NATIVE if _NATIVE_PATH.fullmatch(http.path) else _BROKEN
        case "invalid_request" | "unknown_model" if _ROUTED_BY_BODY.fullmatch(http.path) and not _model(http):
            return _NO_MODEL
        case "rate_limit" if failure.retry_after is not None:
            return None  # the gateway never names a wait, so this is a provider's
        case kind:
            return _REFUSALS.get(kind)


def _model(http: Http) -> str:
    """The model that is asked, by the path or by the body; "" if none is named."""
    if "model" in http.params:
        return http.params["model"]
    body = parse_object(http.body)
    model = None if isinstance(body, Unreadable) else body.get("model")
    return model if isinstance(model, str) else ""
