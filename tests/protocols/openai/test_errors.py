"""Error answers of the OpenAI API."""

from __future__ import annotations

import re
from typing import Any, get_args

import openai
import orjson
import pytest
from protocols.sdk_fields import unknown_fields

from mockserver.conversation import Failure, FailureKind, Http
from mockserver.protocols.base import Context, Dialect, header_lookup
from mockserver.protocols.openai import chat, refuse, responses
from mockserver.protocols.openai.contract_error import ErrorEnvelope, ErrorObject

CONTEXT = Context(identity=b"test", now=1_767_225_600)
CHAT = Http("POST", "/v1/chat/completions", body=b'{"model":"gpt-4o"}', key="sk-proj-abcdefghijklmnop")
RESPONSES = Http("POST", "/v1/responses", body=b'{"model":"gpt-4o"}')


def error(failure: Failure, http: Http = CHAT) -> Any:
    return orjson.loads(refuse(failure, http, CONTEXT).body)["error"]


def test_an_envelope_is_printed_with_all_four_members() -> None:
    answer = refuse(Failure("server_error"), CHAT, CONTEXT)

    assert answer.status == 500
    assert answer.body.decode() == (
        "{\n"
        '  "error": {\n'
        '    "message": "The server had an error while processing your request. Sorry about that!",\n'
        '    "type": "server_error",\n'
        '    "param": null,\n'
        '    "code": null\n'
        "  }\n"
        "}"
    )


@pytest.mark.parametrize(
    ("kind", "status", "type_", "code", "param"),
    [
        ("invalid_request", 400, "invalid_request_error", None, None),
        ("malformed_json", 400, "invalid_request_error", None, None),
        ("missing_key", 401, "invalid_request_error", None, None),
        ("authentication", 401, "invalid_request_error", "invalid_api_key", None),
        ("permission", 403, "invalid_request_error", "model_not_found", None),
        ("not_found", 404, "invalid_request_error", "model_not_found", None),
        ("unknown_model", 404, "invalid_request_error", "model_not_found", None),
        ("unknown_route", 404, "invalid_request_error", None, None),
        ("wrong_method", 405, "invalid_request_error", "method_not_supported", None),
        ("conflict", 409, "invalid_request_error", "conversation_locked", None),
        ("too_large", 413, "invalid_request_error", None, None),
        ("rate_limit", 429, "tokens", "rate_limit_exceeded", None),
        ("quota", 429, "insufficient_quota", "insufficient_quota", None),
        ("billing", 429, "billing_not_active", "billing_not_active", None),
        ("server_error", 500, "server_error", None, None),
        ("overloaded", 503, "service_unavailable_error", "server_is_overloaded", None),
        ("timeout", 504, "server_error", "timeout", None),
        ("context_length", 400, "invalid_request_error", "context_length_exceeded", "messages"),
        ("content_filter", 400, "invalid_request_error", "invalid_prompt", None),
    ],
)
def test_every_kind_has_its_status_type_and_code(
    kind: FailureKind, status: int, type_: str, code: str | None, param: str | None
) -> None:
    answer = refuse(Failure(kind), CHAT, CONTEXT)
    told = orjson.loads(answer.body)["error"]

    assert (answer.status, told["type"], told["code"], told["param"]) == (status, type_, code, param)
    assert told["message"]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("unknown_route", "Invalid URL (POST /v1/chat/completions)"),
        ("unknown_model", "The model `gpt-4o` does not exist or you do not have access to it."),
        (
            "authentication",
            (
                "Incorrect API key provided: ********b3a2cc79. "
                "You can find your API key at https://platform.openai.com/account/api-keys."
            ),
        ),
    ],
)
def test_the_message_names_what_was_asked(kind: FailureKind, message: str) -> None:
    assert error(Failure(kind))["message"] == message


@pytest.mark.parametrize(
    ("kind", "status", "message", "param"),
    [
        ("unknown_model", 400, "The requested model 'gpt-4o' does not exist.", "model"),
        (
            "context_length",
            400,
            "Your input exceeds the context window of this model. Please adjust your input and try again.",
            "input",
        ),
    ],
)
def test_responses_have_words_of_their_own(kind: FailureKind, status: int, message: str, param: str) -> None:
    answer = refuse(Failure(kind), RESPONSES, CONTEXT)
    told = orjson.loads(answer.body)["error"]

    assert (answer.status, told["message"], told["param"]) == (status, message, param)


@pytest.mark.parametrize(("dialect", "param"), [(chat.DIALECT, "messages"), (responses.DIALECT, "input")])
def test_a_dialect_has_its_own_words_whatever_the_path(dialect: Dialect, param: str) -> None:
    answer = dialect.refuse(Failure("context_length"), Http("POST", "/"), CONTEXT)

    assert orjson.loads(answer.body)["error"]["param"] == param


def test_a_bad_key_is_refused_in_an_envelope_of_its_own() -> None:
    body = orjson.loads(refuse(Failure("authentication"), CHAT, CONTEXT).body)

    assert list(body["error"]) == ["message", "type", "code", "param"]
    assert body["status"] == 401


@pytest.mark.parametrize("http", [CHAT, RESPONSES])
@pytest.mark.parametrize("kind", [kind for kinds in get_args(FailureKind) for kind in get_args(kinds)])
def test_every_refusal_is_in_the_documented_envelope(kind: FailureKind, http: Http) -> None:
    ErrorEnvelope.model_validate_json(refuse(Failure(kind), http, CONTEXT).body)


def test_the_sdk_knows_no_member_of_an_error_that_we_do_not() -> None:
    assert unknown_fields(openai.types.shared.ErrorObject, ErrorObject) == set()


def test_what_the_failure_says_wins() -> None:
    failure = Failure("server_error", message="Boom.", status=599, code="boom", param="model")
    answer = refuse(failure, CHAT, CONTEXT)

    assert answer.status == 599
    assert error(failure) == {"message": "Boom.", "type": "server_error", "param": "model", "code": "boom"}


def test_something_else_than_a_model_is_not_found_without_a_code() -> None:
    assert error(Failure("not_found", message="Response with id 'resp_x' not found."))["code"] is None


def test_extra_members_stand_beside_the_four() -> None:
    assert error(Failure("invalid_request", details=({"misalignment": None},)))["misalignment"] is None


def test_a_model_in_the_path_is_the_one_that_is_missing() -> None:
    http = Http("GET", "/v1/models/gpt-0", params={"model": "gpt-0"})

    assert "`gpt-0`" in error(Failure("unknown_model"), http)["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"model":1}', b"\xff"])
def test_a_model_that_cannot_be_read_is_no_reason_to_fail(body: bytes) -> None:
    http = Http("POST", "/v1/chat/completions", body=body)

    assert "`unknown`" in error(Failure("unknown_model"), http)["message"]


# ------------------------------------------------------------------------------------------------ headers


@pytest.mark.parametrize("kind", ["missing_key", "authentication", "unknown_route", "unknown_model"])
def test_the_router_refuses_with_few_headers(kind: FailureKind) -> None:
    told = header_lookup(refuse(Failure(kind), CHAT, CONTEXT).headers)

    assert told.keys() == {"content-type", "vary", "x-request-id"}
    assert told["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("kind", ["invalid_request", "malformed_json", "server_error", "quota", "not_found"])
def test_the_api_refuses_with_its_own_headers(kind: FailureKind) -> None:
    told = header_lookup(refuse(Failure(kind, message="No."), CHAT, CONTEXT).headers)

    assert told["content-type"] == "application/json"
    assert told["openai-version"] == "2020-10-01"
    assert "x-ratelimit-limit-tokens" not in told


def test_a_context_that_is_too_long_has_gone_through_the_limiter() -> None:
    assert "x-ratelimit-limit-tokens" in header_lookup(
        refuse(Failure("context_length"), CHAT, CONTEXT).headers
    )


@pytest.mark.parametrize(
    ("wait", "seconds", "milliseconds", "duration"),
    [
        (None, "1", "20", "20ms"),
        (2, "2", "2000", "2s"),
        (45.19, "46", "45190", "45.19s"),
        (86.4, "87", "86400", "1m26.4s"),
        (360, "360", "360000", "6m0s"),
        (3661.5, "3662", "3661500", "1h1m1.5s"),
        (0, "0", "0", "0s"),
    ],
)
def test_a_rate_limit_tells_the_wait_everywhere(
    wait: float | None, seconds: str, milliseconds: str, duration: str
) -> None:
    answer = refuse(Failure("rate_limit", retry_after=wait), CHAT, CONTEXT)
    told = header_lookup(answer.headers)

    assert (told["retry-after"], told["retry-after-ms"]) == (seconds, milliseconds)
    assert told["x-ratelimit-reset-tokens"] == duration
    assert f"Please try again in {duration}." in orjson.loads(answer.body)["error"]["message"]


def test_the_numbers_of_a_rate_limit_agree() -> None:
    answer = refuse(Failure("rate_limit", retry_after=2), CHAT, CONTEXT)
    message = orjson.loads(answer.body)["error"]["message"]
    limit, used, requested = map(int, re.findall(r"(?:Limit|Used|Requested) (\d+)", message))

    assert int(header_lookup(answer.headers)["x-ratelimit-remaining-tokens"]) == limit - used
    assert (used + requested - limit) / limit * 60 == pytest.approx(2, abs=0.01)


def test_another_failure_tells_a_wait_only_when_it_has_one() -> None:
    silent = header_lookup(refuse(Failure("overloaded"), CHAT, CONTEXT).headers)
    told = header_lookup(refuse(Failure("overloaded", retry_after=1.5), CHAT, CONTEXT).headers)

    assert "retry-after" not in silent
    assert (told["retry-after"], told["retry-after-ms"]) == ("2", "1500")


@pytest.mark.parametrize(("retry", "expected"), [(True, "true"), (False, "false"), (None, None)])
def test_a_failure_may_say_whether_to_retry(*, retry: bool | None, expected: str | None) -> None:
    answer = refuse(Failure("server_error", retry=retry), CHAT, CONTEXT)

    assert header_lookup(answer.headers).get("x-should-retry") == expected
