"""The table of errors that all routes share: what is sent, and how it is refused: status, type and words.

Mirrors "Errors" and "Versions" of the Claude API documentation (2026-11). Each row goes through a
whole server.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from protocols.anthropic.messages_wire import HI, body_of, post
from protocols.anthropic.served import Api

from mockserver.conversation import Http
from mockserver.protocols.anthropic.contract_answer import ErrorEnvelope
from mockserver.protocols.base import Answer, header_lookup

MESSAGES = "/anthropic/v1/messages"
PROMPT = {"model": "claude-opus-5-5", "messages": HI}
BATCH = {"requests": [{"custom_id": "a", "params": body_of()}]}
BODIES: dict[str, Any] = {
    MESSAGES: body_of(),
    "/v1/messages": body_of(),
    f"{MESSAGES}/count_tokens": PROMPT,
    f"{MESSAGES}/batches": BATCH,
}
READ = [
    "/anthropic/v1/models",
    "/anthropic/v1/models/claude-opus-5-5",
    f"{MESSAGES}/batches",
    f"{MESSAGES}/batches/msgbatch_1",
    f"{MESSAGES}/batches/msgbatch_1/results",
]

SCRIPTED: list[tuple[str, int, str, str | None]] = [
    ("invalid_request", 400, "invalid_request_error", None),
    ("context_length", 400, "invalid_request_error", None),
    ("authentication", 401, "authentication_error", None),
    ("billing", 402, "billing_error", None),
    ("permission", 403, "permission_error", None),
    ("not_found", 404, "not_found_error", None),
    ("conflict", 409, "conflict_error", None),
    ("too_large", 413, "request_too_large", None),
    ("rate_limit", 429, "rate_limit_error", None),
    ("quota", 429, "rate_limit_error", "enforced_spend_limit_reached"),
    ("server_error", 500, "api_error", None),
    ("timeout", 504, "timeout_error", None),
    ("overloaded", 529, "overloaded_error", None),
]


def asked(path: str, method: str = "POST", body: Any = None, **changes: Any) -> Http:
    content = b"" if method in {"GET", "DELETE"} else orjson.dumps(body or BODIES.get(path, {}))
    return replace(post({}), method=method, path=path, body=content, **changes)


def told(answer: Answer) -> tuple[int, str, str]:
    """Status, type and words of an error, whose envelope and headers are checked."""
    error = orjson.loads(answer.body)
    ErrorEnvelope.model_validate(error)
    headers = header_lookup(answer.headers)
    assert list(error) == ["type", "error", "request_id"]
    assert headers["content-type"] == "application/json"
    assert headers["request-id"] == error["request_id"]
    return answer.status, error["error"]["type"], error["error"]["message"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("kind", "status", "error_type", "code"), SCRIPTED, ids=[r[0] for r in SCRIPTED])
def test_each_kind_of_error_has_its_status_and_its_type(
    kind: str, status: int, error_type: str, code: str | None, *, stream: bool
) -> None:
    answer = Api(f"scenario: failing\nerror: {kind}").send(post(body_of(stream=stream)))

    assert told(answer)[:2] == (status, error_type)
    details = orjson.loads(answer.body)["error"].get("details")
    assert details == (None if code is None else {"error_code": code})


# ------------------------------------------------------------------------------------------- key and version

every_route = pytest.mark.parametrize(
    ("method", "path"), [*(("POST", path) for path in BODIES), *(("GET", path) for path in READ)]
)


@every_route
def test_a_key_is_needed_everywhere(method: str, path: str) -> None:
    http = asked(path, method, key="", headers={"anthropic-version": "2026-10-21"})

    assert told(Api().send(http)) == (401, "authentication_error", "x-api-key header is required")


@every_route
def test_a_key_that_is_not_accepted_is_told_where_it_was_sent(method: str, path: str) -> None:
    api = Api(auth=frozenset({"right"}))
    in_own_header = asked(path, method, headers={"x-api-key": "wrong"}, key="wrong")
    as_bearer = asked(path, method, headers={"authorization": "Bearer wrong"}, key="wrong")

    assert told(api.send(in_own_header)) == (401, "authentication_error", "invalid x-api-key")
    assert told(api.send(as_bearer)) == (401, "authentication_error", "Invalid bearer token")


@every_route
def test_a_version_is_needed_everywhere(method: str, path: str) -> None:
    missing = asked(path, method, headers={})
    unknown = asked(path, method, headers={"anthropic-version": "2020-01-01"})

    assert told(Api().send(missing)) == (
        400,
        "invalid_request_error",
        "anthropic-version: header is required",
    )
    assert told(Api().send(unknown))[:2] == (400, "invalid_request_error")


def test_the_key_is_looked_at_before_the_version_and_the_version_before_the_body() -> None:
    without_all = asked(MESSAGES, body={"x": 1}, key="", headers={})
    without_version = asked(MESSAGES, body={"x": 1}, headers={})

    assert told(Api().send(without_all))[0] == 401
    assert told(Api().send(without_version))[2].startswith("anthropic-version: ")


# ---------------------------------------------------------------------------------------------- bodies


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff"], ids=repr)
def test_a_body_that_is_no_object_is_refused_everywhere(path: str, content: bytes) -> None:
    answer = Api().send(replace(asked(path), body=content))

    assert told(answer)[:2] == (400, "invalid_request_error")


@pytest.mark.parametrize("path", BODIES)
def test_of_several_faults_the_first_is_told(path: str) -> None:
    first = {"messages": "model", "count_tokens": "model", "batches": "requests"}[path.rpartition("/")[2]]

    assert told(Api().send(asked(path, body={"x": 1})))[2] == f"{first}: Field required"


# ---------------------------------------------------------------------------------------------- routes


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", MESSAGES),
        ("DELETE", MESSAGES),
        ("GET", f"{MESSAGES}/count_tokens"),
        ("PUT", f"{MESSAGES}/batches"),
        ("POST", "/anthropic/v1/models"),
        ("DELETE", "/anthropic/v1/models/claude-opus-5-5"),
    ],
)
def test_a_method_that_is_not_allowed_is_refused_with_those_that_are(method: str, path: str) -> None:
    answer = Api().send(asked(path, method))

    assert told(answer)[:2] == (405, "invalid_request_error")
    assert header_lookup(answer.headers)["allow"]


@pytest.mark.parametrize("path", ["/anthropic/v1/complete", "/anthropic/v2/messages", "/v1/messages/nothing"])
def test_an_unknown_path_is_not_found(path: str) -> None:
    assert told(Api().send(asked(path)))[:2] == (404, "not_found_error")


def test_an_unknown_model_is_not_found() -> None:
    answer = Api().send(asked("/anthropic/v1/models/gpt-4o", "GET"))

    assert told(answer) == (404, "not_found_error", "model: gpt-4o")
