"""How each wire refuses a request that is over a limit."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.limited import (
    CHAT,
    GEMINI,
    MESSAGES,
    SCRIPT,
    Client,
    Wire,
    anthropic_told,
    every_wire,
    openai_told,
    openai_wires,
    told,
)

from mockserver.protocols.base import Answer
from mockserver.quotas import parse_limit


def refused(wire: Wire, *limits: str, **more: Any) -> Answer:
    """The first answer that is a refusal."""
    client = Client(*limits)
    return next(answer for _ in range(9) if (answer := client.ask(wire, **more)).status == 429)


def error_of(answer: Answer) -> dict[str, Any]:
    error: dict[str, Any] = orjson.loads(answer.body)["error"]
    return error


@openai_wires
@pytest.mark.parametrize(
    ("limit", "bucket", "numbers", "wait"),
    [
        ("3 requests/m", "requests", "requests per min (RPM): Limit 3, Used 3, Requested 1", "1m0s"),
        ("2 requests/d", "requests", "requests per day (RPD): Limit 2, Used 2, Requested 1", "24h0m0s"),
        ("100 tokens/m", "tokens", "tokens per min (TPM): Limit 100, Used 84, Requested 30", "1m0s"),
        ("2 requests/10s", "requests", "requests per 10 seconds: Limit 2, Used 2, Requested 1", "10s"),
        ("9 output tokens/m", "tokens", "output tokens per min: Limit 9, Used 12, Requested 1", "1m0s"),
    ],
)
def test_openai_names_the_bucket_and_its_numbers(
    wire: Wire, limit: str, bucket: str, numbers: str, wait: str
) -> None:
    error = error_of(refused(wire, limit))

    assert error["message"] == (
        f"Rate limit reached for {wire.body['model']} in organization org-mockserver on {numbers}. "
        f"Please try again in {wait}. Visit https://platform.openai.com/account/rate-limits to learn more."
    )
    assert (error["type"], error["param"], error["code"]) == (bucket, None, "rate_limit_exceeded")


def test_openai_tells_a_request_that_will_never_fit_to_be_smaller() -> None:
    assert error_of(refused(CHAT, "29 tokens/m"))["message"] == (
        "Request too large for gpt-4o in organization org-mockserver on tokens per min (TPM): Limit 29, "
        "Requested 30. The input or output tokens must be reduced in order to run successfully. "
        "Visit https://platform.openai.com/account/rate-limits to learn more."
    )


def test_openai_tells_the_bucket_that_no_limit_is_set_for_alike_when_it_refuses() -> None:
    client = Client("1 request/m")

    served, over = openai_told(client.ask(CHAT)), openai_told(client.ask(CHAT))

    assert over["remaining-tokens"] == served["remaining-tokens"]
    assert over["reset-tokens"] == served["reset-tokens"]


def test_openai_tells_the_wait_and_the_remainder_in_the_headers_of_a_refusal() -> None:
    answer = refused(CHAT, "2 requests/100ms", "500 tokens/h")

    assert told(answer, "retry-") == {"after": "1", "after-ms": "100"}
    assert openai_told(answer) == {
        "limit-requests": "2",
        "limit-tokens": "500",
        "remaining-requests": "0",
        "remaining-tokens": "416",
        "reset-requests": "100ms",
        "reset-tokens": "1h0m0s",
    }


@pytest.mark.parametrize(
    ("limit", "said", "wait"),
    [
        ("3 requests/m", "3 requests per minute", "60"),
        ("80000 input tokens/m", "80,000 input tokens per minute", "60"),
        ("20 output tokens/2h", "20 output tokens per 2 hours", "7200"),
        ("1 request/250ms", "1 requests per 250 milliseconds", "0.25"),
    ],
)
def test_anthropic_names_the_limit_and_the_wait(limit: str, said: str, wait: str) -> None:
    script = SCRIPT.replace("30", "40000") if "input" in limit else SCRIPT
    client = Client(limit, script=script)
    answer = next(answer for _ in range(9) if (answer := client.ask(MESSAGES)).status == 429)

    assert error_of(answer) == {
        "type": "rate_limit_error",
        "message": f"This request would exceed your organization's rate limit of {said}. "
        "For details, refer to: https://docs.claude.com/en/api/rate-limits.",
    }
    assert told(answer, "retry-") == {"after": wait}
    assert anthropic_told(answer)[f"{parse_limit(limit).unit.replace(' ', '-')}-remaining"] == "0"


@pytest.mark.parametrize(
    ("limit", "metric", "quota", "delay"),
    [
        ("3 requests/m", "requests", "GenerateRequestsPerMinutePerProjectPerModel-FreeTier", "60s"),
        ("3 requests/d", "requests", "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "86400s"),
        (
            "99 input tokens/m",
            "input_token_count",
            "GenerateContentInputTokensPerModelPerMinute-FreeTier",
            "60s",
        ),
        ("99 tokens/1500ms", "token_count", "GenerateContentTokensPerModelPerMinute-FreeTier", "1.5s"),
    ],
)
def test_gemini_names_the_quota_and_when_to_retry(limit: str, metric: str, quota: str, delay: str) -> None:
    error = error_of(refused(GEMINI, limit))
    amount = str(parse_limit(limit).amount)
    name = f"generativelanguage.googleapis.com/generate_content_free_tier_{metric}"
    violations = [item["violations"] for item in error["details"] if item["@type"].endswith("QuotaFailure")]
    delays = [item["retryDelay"] for item in error["details"] if item["@type"].endswith("RetryInfo")]

    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert (
        f"* Quota exceeded for metric: {name}, limit: {amount}, model: gemini-2.5-pro\n" in error["message"]
    )
    assert error["message"].endswith(f"Please retry in {delay}.")
    assert violations == [
        [
            {
                "quotaMetric": name,
                "quotaId": quota,
                "quotaDimensions": {"location": "global", "model": "gemini-2.5-pro"},
                "quotaValue": amount,
            }
        ]
    ]
    assert delays == [delay]


@every_wire
def test_the_gateway_refuses_in_its_own_words_without_a_wait(wire: Wire) -> None:
    client = Client("2 requests/10s", profile="gateway")
    answers = [client.ask(wire) for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert error_of(answers[-1])["message"].startswith(
        "You have reached the request limit: at most 2 requests in 10 seconds (request id: "
    )
    assert not told(answers[-1], "retry-")


@openai_wires
def test_a_scripted_rate_limit_keeps_its_own_words(wire: Wire) -> None:
    answer = Client(
        "9 requests/m", script="error: {kind: rate_limit, message: Slow down., retry_after: 2s}"
    ).ask(wire)

    assert error_of(answer)["message"] == "Slow down."
    assert told(answer, "retry-")["after"] == "2"
    assert openai_told(answer)["remaining-requests"] == "8"
