"""When the official Python SDK asks again, and what it says of it."""

from __future__ import annotations

import time
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from mockserver.runner import MockServer

HELLO: Any = [{"role": "user", "content": "Hello!"}]


def attempts(mock: MockServer) -> list[str]:
    """What each request said of the attempts before it."""
    return [entry.http.headers["x-stainless-retry-count"] for entry in mock.exchanges]


def ask(client: OpenAI, *, retries: int = 2) -> str | None:
    patient = client.with_options(max_retries=retries)
    return patient.chat.completions.create(model="gpt-4o", messages=HELLO).choices[0].message.content


def fail_always(mock: MockServer, error: dict[str, Any], **turn: Any) -> None:
    mock.script({"scenario": "failing", "error": error, **turn})


def test_after_a_rate_limit_the_client_waits_as_told_and_asks_again(
    openai_client: OpenAI, mock: MockServer
) -> None:
    error = {"error": {"kind": "rate_limit", "retry_after": "50ms"}}
    mock.script({"scenario": "busy", "attempts": [error, error, {"reply": "Thanks for waiting."}]})

    started = time.monotonic()
    answer = ask(openai_client)

    assert answer == "Thanks for waiting."
    assert time.monotonic() - started >= 0.1
    assert attempts(mock) == ["0", "1", "2"]
    assert [entry.scenario for entry in mock.exchanges] == ["busy/1", "busy/1#2", "busy/1#3"]


async def test_streams_are_asked_for_again_asynchronously(
    async_openai_client: AsyncOpenAI, mock: MockServer
) -> None:
    patient = async_openai_client.with_options(max_retries=1)

    chunks = await patient.chat.completions.create(model="mock-sdk-retry", messages=HELLO, stream=True)
    text = "".join([chunk.choices[0].delta.content or "" async for chunk in chunks])

    assert text == "Second time lucky."
    assert attempts(mock) == ["0", "1"]


def test_responses_are_asked_for_again(openai_client: OpenAI, mock: MockServer) -> None:
    patient = openai_client.with_options(max_retries=1)

    assert patient.responses.create(model="mock-sdk-retry", input="Hi").output_text == "Second time lucky."
    assert attempts(mock) == ["0", "1"]


@pytest.mark.parametrize("kind", ["conflict", "rate_limit", "quota", "server_error", "overloaded", "timeout"])
def test_what_may_pass_is_asked_for_three_times(openai_client: OpenAI, mock: MockServer, kind: str) -> None:
    fail_always(mock, {"kind": kind, "retry_after": "1ms"})

    with pytest.raises(openai.APIStatusError):
        ask(openai_client)

    assert attempts(mock) == ["0", "1", "2"]


def test_a_failure_without_a_hint_is_asked_for_again_in_the_clients_own_time(
    openai_client: OpenAI, mock: MockServer
) -> None:
    fail_always(mock, {"kind": "server_error"})

    with pytest.raises(openai.InternalServerError) as raised:
        ask(openai_client, retries=1)

    assert "retry-after" not in raised.value.response.headers
    assert attempts(mock) == ["0", "1"]


@pytest.mark.parametrize(
    "kind", ["invalid_request", "authentication", "permission", "not_found", "too_large", "context_length"]
)
def test_what_will_not_pass_is_asked_for_once(openai_client: OpenAI, mock: MockServer, kind: str) -> None:
    fail_always(mock, {"kind": kind})

    with pytest.raises(openai.APIStatusError):
        ask(openai_client)

    assert attempts(mock) == ["0"]


@pytest.mark.parametrize(
    ("kind", "told", "expected"),
    [("server_error", "false", ["0"]), ("invalid_request", "true", ["0", "1", "2"])],
)
def test_the_server_may_say_whether_to_ask_again(
    openai_client: OpenAI, mock: MockServer, kind: str, told: str, expected: list[str]
) -> None:
    headers = {"x-should-retry": told, "retry-after-ms": "1"}
    fail_always(mock, {"kind": kind}, headers=headers)

    with pytest.raises(openai.APIStatusError):
        ask(openai_client)

    assert attempts(mock) == expected


def test_a_wait_of_more_than_two_minutes_is_too_long(openai_client: OpenAI, mock: MockServer) -> None:
    fail_always(mock, {"kind": "rate_limit", "retry_after": "121s"})

    with pytest.raises(openai.RateLimitError) as raised:
        ask(openai_client)

    assert raised.value.response.headers["retry-after"] == "121"
    assert attempts(mock) == ["0"]


def test_a_quota_that_is_used_up_keeps_its_code(openai_client: OpenAI, mock: MockServer) -> None:
    fail_always(mock, {"kind": "quota", "retry_after": "1ms"})

    with pytest.raises(openai.RateLimitError) as raised:
        ask(openai_client)

    assert (raised.value.type, raised.value.code) == ("insufficient_quota", "insufficient_quota")


def test_the_next_conversation_starts_from_the_first_attempt(openai_client: OpenAI, mock: MockServer) -> None:
    error = {"error": {"kind": "overloaded", "retry_after": "1ms"}}
    mock.script({"scenario": "busy", "attempts": [error, {"reply": "Attempt {{ attempt }}."}]})

    def say(text: str) -> str | None:
        patient = openai_client.with_options(max_retries=1)
        asked: Any = [{"role": "user", "content": text}]
        return patient.chat.completions.create(model="m", messages=asked).choices[0].message.content

    assert [say("One"), say("Two")] == ["Attempt 2.", "Attempt 2."]
