"""Refusals in Google's envelope."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.gemini.gemini_wire import CONTEXT, DIALECT, HELLO, STREAM, UNARY, error_of, post

from mockserver.conversation import ErrorKind, Failure, Http
from mockserver.protocols.base import header_lookup
from mockserver.protocols.gemini import VENDOR

SSE = post(HELLO, STREAM, alt="sse")
ARRAY = post(HELLO, STREAM)
WHOLE = post(HELLO)


def test_the_bytes_of_a_refusal() -> None:
    answer = DIALECT.refuse(Failure("overloaded"), WHOLE, CONTEXT)

    assert answer.status == 503
    assert (
        answer.body.decode()
        == """\
{
  "error": {
    "code": 503,
    "message": "This model is currently experiencing high demand. \
Spikes in demand are usually temporary. Please try again later.",
    "status": "UNAVAILABLE"
  }
}
"""
    )


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("invalid_request", 400, "INVALID_ARGUMENT"),
        ("malformed_json", 400, "INVALID_ARGUMENT"),
        ("authentication", 400, "INVALID_ARGUMENT"),
        ("context_length", 400, "INVALID_ARGUMENT"),
        ("too_large", 400, "INVALID_ARGUMENT"),
        ("billing", 400, "FAILED_PRECONDITION"),
        ("missing_key", 403, "PERMISSION_DENIED"),
        ("permission", 403, "PERMISSION_DENIED"),
        ("not_found", 404, "NOT_FOUND"),
        ("unknown_model", 404, "NOT_FOUND"),
        ("unknown_route", 404, "NOT_FOUND"),
        ("wrong_method", 404, "NOT_FOUND"),
        ("conflict", 409, "ABORTED"),
        ("rate_limit", 429, "RESOURCE_EXHAUSTED"),
        ("quota", 429, "RESOURCE_EXHAUSTED"),
        ("server_error", 500, "INTERNAL"),
        ("overloaded", 503, "UNAVAILABLE"),
        ("timeout", 504, "DEADLINE_EXCEEDED"),
    ],
)
def test_a_kind_has_its_status(kind: ErrorKind, code: int, status: str) -> None:
    answer = VENDOR.refuse(Failure(kind), WHOLE, CONTEXT)
    error = error_of(Failure(kind), WHOLE)

    assert (answer.status, error["code"], error["status"]) == (code, code, status)
    assert error["message"]


def test_a_wrong_key_is_an_invalid_argument_with_its_reason() -> None:
    assert error_of(Failure("authentication"), WHOLE) == {
        "code": 400,
        "message": "API key not valid. Please pass a valid API key.",
        "status": "INVALID_ARGUMENT",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "API_KEY_INVALID",
                "domain": "googleapis.com",
                "metadata": {"service": "generativelanguage.googleapis.com"},
            },
            {
                "@type": "type.googleapis.com/google.rpc.LocalizedMessage",
                "locale": "en-US",
                "message": "API key not valid. Please pass a valid API key.",
            },
        ],
    }


def test_a_wrong_bearer_token_is_unauthenticated() -> None:
    error = error_of(Failure("authentication"), Http("POST", UNARY, {"authorization": "Bearer x"}))

    assert (error["code"], error["status"]) == (401, "UNAUTHENTICATED")
    assert error["message"].startswith("Request had invalid authentication credentials.")
    assert error["details"][0]["reason"] == "ACCESS_TOKEN_TYPE_UNSUPPORTED"


def test_a_key_beside_a_bearer_token_is_the_key_at_fault() -> None:
    http = Http("POST", UNARY, {"authorization": "Bearer x", "x-goog-api-key": "k"})

    assert error_of(Failure("authentication"), http)["code"] == 400


def test_a_missing_key_has_no_details() -> None:
    error = error_of(Failure("missing_key"), WHOLE)

    assert error["message"].startswith("Method doesn't allow unregistered callers")
    assert "details" not in error


def test_a_used_up_quota_tells_which_and_how_long() -> None:
    error = error_of(Failure("rate_limit", retry_after=26.1), WHOLE)

    assert error["message"].endswith(
        "* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, "
        "limit: 10, model: gemini-3.6-flash\nPlease retry in 26.1s."
    )
    assert error["details"] == [
        {
            "@type": "type.googleapis.com/google.rpc.Help",
            "links": [
                {
                    "description": "Learn more about Gemini API quotas",
                    "url": "https://ai.google.dev/gemini-api/docs/rate-limits",
                }
            ],
        },
        {
            "@type": "type.googleapis.com/google.rpc.QuotaFailure",
            "violations": [
                {
                    "quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
                    "quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier",
                    "quotaDimensions": {"location": "global", "model": "gemini-3.6-flash"},
                    "quotaValue": "10",
                }
            ],
        },
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "26.1s"},
    ]


@pytest.mark.parametrize(
    ("seconds", "delay"), [(None, "1s"), (2.0, "2s"), (0.25, "0.25s"), (3600.0, "3600s"), (0.0, "0s")]
)
def test_the_delay_is_a_duration(seconds: float | None, delay: str) -> None:
    error = error_of(Failure("quota", retry_after=seconds), WHOLE)

    assert error["details"][-1]["retryDelay"] == delay


def test_a_delay_is_told_of_any_kind() -> None:
    error = error_of(Failure("overloaded", retry_after=3), WHOLE)

    assert error["details"] == [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3s"}]


@pytest.mark.parametrize("kind", ["unknown_model", "not_found"])
def test_a_model_not_found_is_named_with_version_and_method(kind: Any) -> None:
    http = Http("POST", "/v1/models/nope:countTokens")

    assert error_of(Failure(kind), http)["message"] == (
        "models/nope is not found for API version v1, or is not supported for countTokens. "
        "Call ListModels to see the list of available models and their supported methods."
    )


def test_a_path_with_the_version_twice_says_what_to_mend() -> None:
    error = error_of(Failure("unknown_route"), Http("POST", "/v1beta/v1beta/models/x:generateContent"))

    assert error["message"] == (
        "The requested URL /v1beta/v1beta/models/x:generateContent was not found on this server for POST. "
        "The SDK adds the API version itself: give it the base URL without /v1beta."
    )


def test_the_script_has_the_last_word() -> None:
    failure = Failure("server_error", message="Gone.", status=503, code="CUSTOM")

    assert error_of(failure, WHOLE) == {"code": 503, "message": "Gone.", "status": "CUSTOM"}


def test_a_scripted_status_brings_its_canonical_name() -> None:
    assert error_of(Failure("server_error", status=501), WHOLE)["status"] == "UNIMPLEMENTED"
    assert error_of(Failure("server_error", status=418), WHOLE)["status"] == "UNKNOWN"


def test_extra_details_stand_behind_the_usual_ones() -> None:
    error = error_of(Failure("rate_limit", details=({"@type": "x"},)), WHOLE)

    assert [detail["@type"] for detail in error["details"]][-1] == "x"


def test_a_field_at_fault_is_a_violation() -> None:
    error = error_of(Failure("invalid_request", message="No.", param="contents[0]"), WHOLE)

    assert error["details"][0]["fieldViolations"] == [{"field": "contents[0]", "description": "No."}]


@pytest.mark.parametrize(("retry", "value"), [(True, "true"), (False, "false")])
def test_whether_to_retry_is_told_in_a_header(retry: bool, value: str) -> None:
    answer = DIALECT.refuse(Failure("server_error", retry=retry), WHOLE, CONTEXT)

    assert ("x-should-retry", value) in answer.headers


def test_without_a_word_on_retries_there_is_no_header() -> None:
    answer = DIALECT.refuse(Failure("server_error"), WHOLE, CONTEXT)

    assert "x-should-retry" not in header_lookup(answer.headers)


def test_every_refusal_carries_the_shared_headers() -> None:
    headers = DIALECT.refuse(Failure("server_error"), WHOLE, CONTEXT).headers

    assert [value for name, value in headers if name == "vary"] == ["Origin", "X-Origin", "Referer"]
    assert header_lookup(headers)["x-gemini-service-tier"] == "standard"


@pytest.mark.parametrize(
    ("http", "content_type", "start", "end"),
    [
        (WHOLE, "application/json; charset=UTF-8", b'{\n  "error"', b"}\n"),
        (SSE, "text/event-stream", b'{\n  "error"', b"}\n"),
        (ARRAY, "application/json; charset=UTF-8", b'[{\n  "error"', b"}\n]"),
    ],
    ids=["whole", "sse", "array"],
)
def test_a_refused_stream_is_no_stream(http: Http, content_type: str, start: bytes, end: bytes) -> None:
    answer = DIALECT.refuse(Failure("server_error"), http, CONTEXT)

    assert answer.headers[0] == ("content-type", content_type)
    assert answer.body.startswith(start)
    assert answer.body.endswith(end)
