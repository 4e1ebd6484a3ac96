"""The gateway's profile: what it refuses itself, in its own form, whatever the protocol.

The table is inferred from the relay that the gateway is most likely built on; what is tested is that this
server does as the table says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from mockserver.assembly import parse_scenarios
from mockserver.conversation import Failure, Http
from mockserver.engine import Engine
from mockserver.journal.entries import Journal
from mockserver.playback.steps import gathered
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Answer
from mockserver.service import Service
from mockserver.settings import Settings

USER = [{"role": "user", "content": "Hi"}]


@dataclass(frozen=True)
class Wire:
    """How one protocol asks for an answer of a model."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def model(self) -> str:
        return str(self.body.get("model") or "gpt-0")


WIRES = {
    "openai.chat": Wire("/v1/chat/completions", {"model": "gpt-0", "messages": USER}),
    "openai.responses": Wire("/v1/responses", {"model": "gpt-0", "input": "Hi"}),
    "openai.completions": Wire("/v1/completions", {"model": "gpt-0", "prompt": "Hi"}),
    "anthropic": Wire(
        "/anthropic/v1/messages",
        {"model": "gpt-0", "max_tokens": 9, "messages": USER},
        {"anthropic-version": "2023-06-01"},
    ),
    "gemini": Wire("/v1beta/models/gpt-0:generateContent", {"contents": [{"parts": [{"text": "Hi"}]}]}),
}
by_body = {name: wire for name, wire in WIRES.items() if "model" in wire.body}
every_wire = pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
every_wire_by_body = pytest.mark.parametrize("wire", by_body.values(), ids=by_body)


def service(script: str = "", **settings: Any) -> Service:
    scenarios = parse_scenarios(script, "test.yaml", VENDORS) if script else ()
    chosen = Settings(**{"profile": "gateway", "unmatched": "auto", **settings})
    return Service(VENDORS, Engine(scenarios), Journal(), chosen)


def send(wire: Wire, server: Service, *, key: str = "sk-k", body: Any = None) -> Answer:
    content = body if isinstance(body, bytes) else orjson.dumps(body or wire.body)
    http = Http("POST", wire.path, wire.headers, body=content, key=key)
    return gathered(server.respond(http).steps)


def get(path: str, *, method: str = "GET", headers: dict[str, str] | None = None, key: str = "k") -> Answer:
    return gathered(service().respond(Http(method, path, headers or {}, key=key)).steps)


def error_of(answer: Answer) -> Any:
    assert dict(answer.headers)["content-type"].startswith("application/json")
    return orjson.loads(answer.body)["error"]


def check(answer: Answer, status: int, code: str, words: str) -> None:
    """The middleware's form: three members, and the id of the request at the end of the message."""
    error = error_of(answer)
    identity = dict(answer.headers)["x-oneapi-request-id"]
    assert answer.status == status
    assert error == {
        "message": f"{words} (request id: {identity})",
        "type": "new_api_error",
        "code": code,
    }


# -------------------------------------------------------------------------------------- authentication


@every_wire
def test_a_missing_key_is_401(wire: Wire) -> None:
    check(send(wire, service(), key=""), 401, "", "Invalid token: no token was provided")


@every_wire
def test_a_wrong_key_is_401(wire: Wire) -> None:
    check(send(wire, service(auth=frozenset({"right"}))), 401, "", "Invalid token")


@every_wire
@pytest.mark.parametrize(
    ("kind", "status", "code", "words"),
    [
        ("authentication", 401, "", "Invalid token"),
        ("permission", 403, "", "This token has no access to model gpt-0"),
        ("quota", 403, "insufficient_user_quota", "The quota of this token is used up"),
        ("billing", 403, "insufficient_user_quota", "The quota of this user is used up"),
        ("rate_limit", 429, "", "You have reached the request limit: at most 60 requests in 1 minute"),
        ("too_large", 413, "read_request_body_failed", "The request body is too large"),
    ],
)
def test_what_a_script_refuses_in_the_gateways_place_is_in_its_form(
    wire: Wire, kind: str, status: int, code: str, words: str
) -> None:
    check(send(wire, service(f"scenario: s\nerror: {kind}")), status, code, words)


@every_wire
def test_a_scripted_message_is_told(wire: Wire) -> None:
    script = "scenario: s\nerror: {kind: quota, message: 用户额度不足, status: 402}"

    check(send(wire, service(script)), 402, "insufficient_user_quota", "用户额度不足")


@every_wire
def test_the_gateway_names_no_wait(wire: Wire) -> None:
    answer = send(wire, service("scenario: s\nerror: rate_limit"))

    assert "retry-after" not in dict(answer.headers)


# ---------------------------------------------------------------------------------- models and routing


@every_wire
def test_an_unknown_model_has_no_channel(wire: Wire) -> None:
    answer = send(wire, service(models="known"))

    check(answer, 503, "model_not_found", "No available channel for model gpt-0 in the current group")


@every_wire
def test_a_known_model_is_answered_and_the_answer_has_the_requests_id(wire: Wire) -> None:
    answer = send(wire, service(models="known", more_models=("gpt-0",)))

    assert answer.status == 200
    assert re.fullmatch("20260101000000000000[A-Za-z0-9]{8}", dict(answer.headers)["x-oneapi-request-id"])


@every_wire_by_body
@pytest.mark.parametrize("model", [None, "", 1])
def test_a_body_without_a_model_cannot_be_routed(wire: Wire, model: Any) -> None:
    body = {name: value for name, value in wire.body.items() if name != "model"}

    answer = send(wire, service(), body=body if model is None else {**body, "model": model})

    check(answer, 400, "", "No model is named, the request cannot be routed")


@every_wire_by_body
def test_broken_json_is_400_where_the_body_says_where_to_go(wire: Wire) -> None:
    check(send(wire, service(), body=b"{"), 400, "", "Invalid request: the body cannot be parsed")


def test_broken_json_is_500_on_the_native_paths_of_gemini() -> None:
    answer = send(WIRES["gemini"], service(), body=b"{")

    check(answer, 500, "invalid_request", "Invalid request: the body cannot be parsed")


@every_wire
def test_a_body_that_is_too_large_is_413(wire: Wire) -> None:
    server = service()
    http = Http("POST", wire.path, wire.headers, key="k")

    answer = gathered(server.refuse(http, Failure("too_large")).steps)

    check(answer, 413, "read_request_body_failed", "The request body is too large")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/foo"),
        ("POST", "/anthropic/v1/foo"),
        ("POST", "/v1beta/models/m:foo"),
        ("PUT", "/v1/chat/completions"),
        ("GET", "/anthropic/v1/messages"),
        ("PUT", "/v1beta/models/m:generateContent"),
    ],
)
def test_an_unknown_url_and_a_wrong_method_are_the_same_404(method: str, path: str) -> None:
    answer = get(path, method=method)

    assert answer.status == 404
    assert "allow" not in dict(answer.headers)
    assert error_of(answer) == {
        "message": f"Invalid URL ({method} {path})",
        "type": "invalid_request_error",
        "param": "",
        "code": "",
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/images/variations"),
        ("GET", "/v1/files"),
        ("GET", "/v1/files/file-1"),
        ("POST", "/v1/fine-tunes"),
        ("DELETE", "/v1/models/gpt-4o"),
    ],
)
def test_routes_that_are_named_but_not_there_are_501(method: str, path: str) -> None:
    answer = get(path, method=method)

    assert answer.status == 501
    assert error_of(answer) == {
        "message": "API not implemented",
        "type": "new_api_error",
        "param": "",
        "code": "api_not_implemented",
    }


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/models/gpt-0", {}),
        ("/v1/models/gpt-0", {"x-api-key": "k", "anthropic-version": "2023-06-01"}),
        ("/anthropic/v1/models/gpt-0", {"x-api-key": "k", "anthropic-version": "2023-06-01"}),
        ("/v1beta/models/gpt-0", {"x-goog-api-key": "k"}),
    ],
)
def test_one_unknown_model_is_told_with_200(path: str, headers: dict[str, str]) -> None:
    answer = get(path, headers=headers)

    assert answer.status == 200
    assert error_of(answer) == {
        "message": "The model 'gpt-0' does not exist",
        "type": "invalid_request_error",
        "param": "model",
        "code": "model_not_found",
    }


# ------------------------------------------------------------------------------------ what is not its own


@every_wire
@pytest.mark.parametrize(
    "error", ["server_error", "overloaded", "context_length", "{kind: rate_limit, retry_after: 2s}"]
)
def test_what_a_provider_refuses_is_in_the_providers_words(wire: Wire, error: str) -> None:
    script = f"scenario: s\nerror: {error}"

    behind, native = (send(wire, service(script, profile=profile)) for profile in ("gateway", "native"))

    assert (behind.status, behind.body) == (native.status, native.body)
    assert dict(behind.headers)["x-oneapi-request-id"]


@every_wire
def test_natively_nothing_of_it_is_seen(wire: Wire) -> None:
    native = send(wire, service(profile="native", models="known"))

    assert "new_api_error" not in native.body.decode()
    assert "x-oneapi-request-id" not in dict(native.headers)
