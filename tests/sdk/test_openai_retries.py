"""When the official Python SDK asks again, and what it says of it."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from sdk.openai_strict import Wire
from sdk.waiting import is_backoff, noted_waits

from mockserver.runner import MockServer

HELLO: Any = [{"role": "user", "content": "Hello!"}]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the SDK would have waited; it does not."""
    return noted_waits(monkeypatch, "openai._base_client")


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
    assert [exchange.answered_by for exchange in mock.exchanges] == ["busy/1", "busy/1#2", "busy/1#3"]


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


# --------------------------------------------------------------------------------------- which, and how often


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((status, ["0", "1", "2"]) for status in (408, 409, 429, 500, 502, 503, 504, 529, 599)),
        *((status, ["0"]) for status in (400, 401, 403, 404, 413, 415, 422)),
    ],
)
def test_the_status_decides_whether_it_is_asked_for_again(
    openai_client: OpenAI, mock: MockServer, waits: list[float], status: int, expected: list[str]
) -> None:
    fail_always(mock, {"kind": "server_error", "status": status})

    with pytest.raises(openai.APIStatusError) as raised:
        ask(openai_client)

    assert raised.value.status_code == status
    assert attempts(mock) == expected
    assert len(waits) == len(expected) - 1


def test_every_attempt_sends_the_same_and_nothing_that_makes_it_one(
    openai_client: OpenAI, mock: MockServer, waits: list[float]
) -> None:
    fail_always(mock, {"kind": "overloaded"})

    with pytest.raises(openai.APIStatusError):
        ask(openai_client)

    assert len({entry.http.body for entry in mock.exchanges}) == 1
    assert not any("idempotency" in name for entry in mock.exchanges for name in entry.http.headers)


def test_a_stream_that_has_begun_is_never_asked_for_again(
    openai_client: OpenAI, mock: MockServer, wire: Wire
) -> None:
    wire.verbatim = True
    chunk = {"id": "1", "choices": [{"index": 0, "delta": {"content": "Half an"}}]}
    broken = {"error": {"message": "Broken.", "type": "server_error", "param": None, "code": None}}
    mock.script({"scenario": "breaks", "raw": {"openai.chat": {"events": [chunk, broken]}}})
    patient = openai_client.with_options(max_retries=2)

    pieces: list[str | None] = []
    stream = patient.chat.completions.create(model="gpt-4o", messages=HELLO, stream=True)
    with pytest.raises(openai.APIError, match="Broken") as raised:
        pieces.extend(chunk.choices[0].delta.content for chunk in stream)

    assert not isinstance(raised.value, openai.APIStatusError)
    assert pieces == ["Half an"]
    assert attempts(mock) == ["0"]


# -------------------------------------------------------------------------------------------- after how long


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "3"}, 3),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "2500"}, 2.5),
        ({"retry-after": "7", "retry-after-ms": "100"}, 0.1),
        ({"retry-after": "120"}, 120),
    ],
)
def test_a_hint_of_two_minutes_at_most_is_followed_exactly(
    openai_client: OpenAI, mock: MockServer, waits: list[float], headers: dict[str, str], wait: float
) -> None:
    fail_always(mock, {"kind": "server_error"}, headers=headers)

    with pytest.raises(openai.InternalServerError):
        ask(openai_client)

    assert waits == [wait, wait]


def test_the_wait_of_a_scenario_is_the_wait_of_the_client(
    openai_client: OpenAI, mock: MockServer, waits: list[float]
) -> None:
    fail_always(mock, {"kind": "rate_limit", "retry_after": "45190ms"})

    with pytest.raises(openai.RateLimitError) as raised:
        ask(openai_client)

    assert raised.value.response.headers["retry-after"] == "46"
    assert waits == [45.19, 45.19]


def test_a_hint_may_be_a_date(openai_client: OpenAI, mock: MockServer, waits: list[float]) -> None:
    fail_always(
        mock, {"kind": "overloaded"}, headers={"retry-after": formatdate(time.time() + 60, usegmt=True)}
    )

    with pytest.raises(openai.APIStatusError):
        ask(openai_client, retries=1)

    assert 0 < waits[0] <= 60


@pytest.mark.parametrize("hint", [{}, {"retry-after": "0"}, {"retry-after": "-1"}, {"retry-after": "soon"}])
def test_without_a_hint_the_wait_doubles(
    openai_client: OpenAI, mock: MockServer, waits: list[float], hint: dict[str, str]
) -> None:
    fail_always(mock, {"kind": "server_error"}, headers=hint)

    with pytest.raises(openai.InternalServerError):
        ask(openai_client, retries=6)

    assert len(waits) == 6
    assert is_backoff(waits)


async def test_the_asynchronous_client_waits_the_same(
    async_openai_client: AsyncOpenAI, mock: MockServer, waits: list[float]
) -> None:
    fail_always(mock, {"kind": "rate_limit", "retry_after": "2s"})
    patient = async_openai_client.with_options(max_retries=2)

    with pytest.raises(openai.RateLimitError):
        await patient.chat.completions.create(model="gpt-4o", messages=HELLO)

    assert waits == [2, 2]


@pytest.mark.parametrize("hint", [{"retry-after": "121"}, {"retry-after-ms": "120001"}])
def test_a_hint_beyond_two_minutes_outdoes_the_word_of_the_server(
    openai_client: OpenAI, mock: MockServer, waits: list[float], hint: dict[str, str]
) -> None:
    fail_always(mock, {"kind": "server_error"}, headers={"x-should-retry": "true", **hint})

    with pytest.raises(openai.InternalServerError):
        ask(openai_client)

    assert (attempts(mock), waits) == (["0"], [])


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
