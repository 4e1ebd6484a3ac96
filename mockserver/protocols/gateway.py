"""The gateway's own refusals: what it answers itself, before a provider is asked, on every protocol alike.

Mirrors the error table that is inferred for the documented gateway from the open-source relay it is most
likely built on (2026-11). It is used with `--profile gateway` only; natively each vendor refuses in its own
words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mockserver.conversation import Failure, FailureKind, Http, json_text
from mockserver.protocols.base import HEX, Answer, Context

Profile = Literal["native", "gateway"]


@dataclass(frozen=True, slots=True)
class _Refusal:
    status: int
    message: str
    code: str = ""
    type: str = "new_api_error"


_REFUSALS: Mapping[FailureKind, _Refusal] = {
    "missing_key": _Refusal(401, "Invalid token: no token was provided"),
    "authentication": _Refusal(401, "Invalid token"),
    "permission": _Refusal(403, "This token has no access to the model"),
    "unknown_model": _Refusal(
        503, "No available channel for this model in the current group", "model_not_found"
    ),
    "unknown_route": _Refusal(404, "Invalid URL ({method} {path})", type="invalid_request_error"),
    "wrong_method": _Refusal(404, "Invalid URL ({method} {path})", type="invalid_request_error"),
    "quota": _Refusal(403, "The quota of this token is used up", "insufficient_user_quota"),
    "billing": _Refusal(403, "The quota of this user is used up", "insufficient_user_quota"),
    "rate_limit": _Refusal(429, "You have reached the request limit: try again in a minute"),
    "too_large": _Refusal(413, "The request body is too large", "read_request_body_failed"),
}


def refuse(failure: Failure, http: Http, context: Context) -> Answer | None:
    """The gateway's answer to a failure; None where the gateway has no say in it."""
    refusal = _REFUSALS.get(failure.kind)
    if refusal is None:
        return None
    identity = context.token("gateway-request", 24, HEX)
    said = failure.message or refusal.message.format(method=http.method, path=http.path)
    error = {"message": f"{said} (request id: {identity})", "type": refusal.type, "code": refusal.code}
    headers = (("content-type", "application/json; charset=utf-8"), ("x-oneapi-request-id", identity))
    return Answer(failure.status or refusal.status, headers, json_text({"error": error}).encode())
