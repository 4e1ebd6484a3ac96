"""Error answers."""

from __future__ import annotations

from typing import Any, get_args

import orjson
import pytest
from protocols.anthropic.messages_wire import CONTEXT, body_of, post

from mockserver.conversation import ERROR_KINDS, Failure, FailureKind, Http
from mockserver.protocols.anthropic import VENDOR
from mockserver.protocols.anthropic.headers import request_id
from mockserver.protocols.base import Answer

HTTP = post(body_of())


def refuse(failure: Failure, http: Http = HTTP) -> Answer:
    return VENDOR.refuse(failure, http, CONTEXT)


def error_of(failure: Failure, http: Http = HTTP) -> Any:
    return orjson.loads(refuse(failure, http).body)["error"]


TABLE: list[tuple[FailureKind, int, str, str]] = [
    ("invalid_request", 400, "invalid_request_error", "Invalid request"),
    ("malformed_json", 400, "invalid_request_error", "The request body is not valid JSON"),
    ("context_length", 400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
    ("content_filter", 400, "invalid_request_error", "Output blocked by content filtering policy"),
    ("missing_key", 401, "authentication_error", "x-api-key header is required"),
    ("authentication", 401, "authentication_error", "invalid x-api-key"),
    ("billing", 402, "billing_error", "Your credit balance is too low"),
    ("permission", 403, "permission_error", "Your API key does not have permission"),
    ("not_found", 404, "not_found_error", "Not found"),
    ("unknown_route", 404, "not_found_error", "Not Found"),
    ("unknown_model", 404, "not_found_error", "model: claude-opus-5-5"),
    ("wrong_method", 405, "invalid_request_error", "Method Not Allowed"),
    ("conflict", 409, "conflict_error", "The resource is being changed"),
    ("too_large", 413, "request_too_large", "Request exceeds the maximum size"),
    ("rate_limit", 429, "rate_limit_error", "This request would exceed your organization's rate limit"),
    ("quota", 429, "rate_limit_error", "You have reached your specified API usage limits"),
    ("server_error", 500, "api_error", "Internal server error"),
    ("timeout", 504, "timeout_error", "Request timed out"),
    ("overloaded", 529, "overloaded_error", "Overloaded"),
]


@pytest.mark.parametrize(("kind", "status", "error_type", "message"), TABLE, ids=[row[0] for row in TABLE])
def test_every_kind_has_its_status_type_and_words(
    kind: FailureKind, status: int, error_type: str, message: str
) -> None:
    answer = refuse(Failure(kind))

    error = orjson.loads(answer.body)["error"]
    assert (answer.status, error["type"]) == (status, error_type)
    assert error["message"].startswith(message)


def test_the_table_names_every_kind() -> None:
    others = get_args(get_args(FailureKind)[1])

    assert {row[0] for row in TABLE} == {*ERROR_KINDS, *others}


def test_the_bytes_of_an_error() -> None:
    expected = (
        b'{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},'
        b'"request_id":"' + request_id(CONTEXT).encode() + b'"}'
    )

    assert refuse(Failure("overloaded")).body == expected


def test_the_request_id_of_the_body_is_that_of_the_header() -> None:
    answer = refuse(Failure("server_error"))

    assert orjson.loads(answer.body)["request_id"] == dict(answer.headers)["request-id"]


def test_an_error_is_json() -> None:
    assert ("content-type", "application/json") in refuse(Failure("server_error")).headers


def test_what_the_failure_says_itself_wins() -> None:
    failure = Failure("server_error", message="Broken.", status=503, code="some_code")

    answer = refuse(failure)

    error = orjson.loads(answer.body)["error"]
    assert answer.status == 503
    assert error == {"type": "api_error", "message": "Broken.", "details": {"error_code": "some_code"}}


def test_details_are_absent_where_there_is_no_code() -> None:
    assert "details" not in error_of(Failure("invalid_request", message="No."))


def test_details_may_hold_more_than_the_code() -> None:
    failure = Failure(
        "invalid_request", code="thread_unsupported_request", details=({"unsupported": ["thinking"]},)
    )

    expected = {"error_code": "thread_unsupported_request", "unsupported": ["thinking"]}
    assert error_of(failure)["details"] == expected


def test_a_spent_quota_has_the_code_that_tells_it_from_a_rate_limit() -> None:
    assert error_of(Failure("quota"))["details"] == {"error_code": "enforced_spend_limit_reached"}


def test_a_wrong_bearer_token_is_called_so() -> None:
    http = Http("POST", "/v1/messages", {"authorization": "Bearer x"})

    assert error_of(Failure("authentication"), http)["message"] == "Invalid bearer token"


@pytest.mark.parametrize("http", [post(b"{"), post(b"[]"), Http("GET", "/v1/models/x", params={"model": ""})])
def test_an_unknown_model_that_was_not_named_is_still_refused(http: Http) -> None:
    assert error_of(Failure("unknown_model"), http)["message"] == "model: "


def test_bytes_of_a_header_that_are_no_text_do_not_break_the_answer() -> None:
    answer = VENDOR.refuse(Failure("invalid_request", message="\udcff is no version"), HTTP, CONTEXT)

    assert orjson.loads(answer.body)["error"]["message"] == "? is no version"


# ----------------------------------------------------------------------------------------------- headers


@pytest.mark.parametrize(
    ("wait", "header"), [(None, "1"), (2, "2"), (2.5, "3"), (0.25, "0.25"), (60, "60"), (0, "0")]
)
def test_a_rate_limit_says_when_to_come_again(wait: float | None, header: str) -> None:
    assert dict(refuse(Failure("rate_limit", retry_after=wait)).headers)["retry-after"] == header


def test_a_rate_limit_shows_the_limit_used_up_until_then() -> None:
    headers = dict(refuse(Failure("rate_limit", retry_after=90)).headers)

    assert headers["anthropic-ratelimit-input-tokens-remaining"] == "0"
    assert headers["anthropic-ratelimit-input-tokens-reset"] == "2026-01-01T00:01:30Z"
    assert headers["anthropic-ratelimit-requests-remaining"] == "999"


@pytest.mark.parametrize("kind", ["quota", "server_error", "overloaded", "invalid_request"])
def test_other_errors_say_neither(kind: FailureKind) -> None:
    names = {name for name, _ in refuse(Failure(kind)).headers}

    assert "retry-after" not in names
    assert not any(name.startswith("anthropic-ratelimit-") for name in names)


def test_any_error_may_be_scripted_to_say_when() -> None:
    assert dict(refuse(Failure("overloaded", retry_after=3)).headers)["retry-after"] == "3"


@pytest.mark.parametrize(("retry", "header"), [(True, "true"), (False, "false")])
def test_whether_to_try_again_is_said_when_scripted(retry: bool, header: str) -> None:
    assert dict(refuse(Failure("server_error", retry=retry)).headers)["x-should-retry"] == header


def test_whether_to_try_again_is_not_said_otherwise() -> None:
    assert "x-should-retry" not in dict(refuse(Failure("server_error")).headers)


def test_who_asked_is_known_once_the_key_is() -> None:
    assert "anthropic-organization-id" in dict(refuse(Failure("server_error")).headers)
    assert "anthropic-organization-id" not in dict(refuse(Failure("authentication")).headers)
