"""Limits that count, as the official SDKs meet them: refused, waited for, and under load."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import anthropic
import openai
import pytest
from anthropic import Anthropic
from google import genai
from google.genai import errors, types
from openai import OpenAI

from mockserver.runner import MockServer

HELLO = "Hello!"
QUICK = types.HttpRetryOptions(attempts=3, initial_delay=0.12, max_delay=0.2, jitter=0.01)


@pytest.fixture(scope="module")
def by_minute() -> Iterator[MockServer]:
    with MockServer(unmatched="auto", limits=["3 requests/m"]) as running:
        yield running


@pytest.fixture
def minute(by_minute: MockServer, key: str) -> MockServer:
    """Three requests a minute."""
    return by_minute.namespace(key)


@pytest.fixture(scope="module")
def by_moment() -> Iterator[MockServer]:
    with MockServer(unmatched="auto", limits=["3 requests/100ms"]) as running:
        yield running


@pytest.fixture
def moment(by_moment: MockServer, key: str) -> MockServer:
    """Three requests in each tenth of a second."""
    return by_moment.namespace(key)


def openai_for(mock: MockServer, retries: int = 0) -> OpenAI:
    return OpenAI(base_url=mock.urls.openai, api_key=mock.key, max_retries=retries)


def anthropic_for(mock: MockServer, retries: int = 0) -> Anthropic:
    return Anthropic(base_url=mock.urls.anthropic, api_key=mock.key, max_retries=retries)


@contextmanager
def gemini_for(mock: MockServer, retry: types.HttpRetryOptions | None = None) -> Iterator[genai.Client]:
    options = types.HttpOptions(base_url=mock.urls.gemini, retry_options=retry)
    client = genai.Client(api_key=mock.key, http_options=options)
    yield client
    client.close()


def ask_openai(client: OpenAI) -> str:
    return client.responses.create(model="gpt-5.5", input=HELLO).output_text


def ask_anthropic(client: Anthropic) -> str:
    message = client.messages.create(
        model="claude-sonnet-4-6", max_tokens=50, messages=[{"role": "user", "content": HELLO}]
    )
    return str(message.content[0].text if message.content[0].type == "text" else "")


def ask_gemini(client: genai.Client) -> str:
    return client.models.generate_content(model="gemini-2.5-pro", contents=HELLO).text or ""


def statuses(mock: MockServer) -> list[int]:
    return [exchange.status for exchange in mock.exchanges]


# ------------------------------------------------------------------------------------------------ refused


def test_the_fourth_request_to_openai_is_refused_with_readable_headers(minute: MockServer) -> None:
    with openai_for(minute) as client:
        for left in "210":
            raw = client.responses.with_raw_response.create(model="gpt-5.5", input=HELLO)
            assert raw.headers["x-ratelimit-remaining-requests"] == left
        with pytest.raises(openai.RateLimitError) as refused:
            ask_openai(client)
        assert ask_openai(client)

    headers = refused.value.response.headers
    assert (headers["x-ratelimit-limit-requests"], headers["x-ratelimit-remaining-requests"]) == ("3", "0")
    assert (headers["retry-after"], headers["x-ratelimit-reset-requests"]) == ("60", "1m0s")
    assert (refused.value.code, refused.value.type) == ("rate_limit_exceeded", "requests")


def test_the_fourth_stream_of_openai_is_refused_before_it_begins(minute: MockServer) -> None:
    with openai_for(minute) as client:
        for _ in range(3):
            assert list(client.responses.create(model="gpt-5.5", input=HELLO, stream=True))
        with pytest.raises(openai.RateLimitError):
            client.responses.create(model="gpt-5.5", input=HELLO, stream=True)


def test_the_fourth_request_to_anthropic_is_refused_with_readable_headers(minute: MockServer) -> None:
    with anthropic_for(minute) as client:
        for _ in range(3):
            assert ask_anthropic(client)
        with pytest.raises(anthropic.RateLimitError) as refused:
            ask_anthropic(client)
        assert ask_anthropic(client)

    headers = refused.value.response.headers
    assert (headers["anthropic-ratelimit-requests-remaining"], headers["retry-after"]) == ("0", "60")
    assert headers["anthropic-ratelimit-requests-reset"] == "2026-01-01T00:01:00Z"
    assert "3 requests per minute" in str(refused.value)


def test_the_fourth_request_to_gemini_is_refused_with_the_quota(minute: MockServer) -> None:
    with gemini_for(minute) as client:
        for _ in range(3):
            assert ask_gemini(client)
        with pytest.raises(errors.ClientError) as refused:
            ask_gemini(client)
        assert ask_gemini(client)

    assert (refused.value.code, refused.value.status) == (429, "RESOURCE_EXHAUSTED")
    assert "'retryDelay': '60s'" in str(refused.value.details)


# ------------------------------------------------------------------------------------------------- waited


def test_the_client_of_openai_waits_as_told_and_gets_through(moment: MockServer) -> None:
    started = time.monotonic()
    with openai_for(moment, retries=1) as client:
        answers = [ask_openai(client) for _ in range(7)]

    assert all(answers)
    assert statuses(moment) == [200, 200, 200, 429, 200, 200, 200, 429, 200]
    assert time.monotonic() - started >= 0.2


def test_the_client_of_anthropic_waits_as_told_and_gets_through(moment: MockServer) -> None:
    started = time.monotonic()
    with anthropic_for(moment, retries=1) as client:
        answers = [ask_anthropic(client) for _ in range(7)]

    assert all(answers)
    assert statuses(moment) == [200, 200, 200, 429, 200, 200, 200, 429, 200]
    assert time.monotonic() - started >= 0.2


def test_the_client_of_gemini_gets_through_where_it_is_told_to_retry(moment: MockServer) -> None:
    with gemini_for(moment, QUICK) as client:
        answers = [ask_gemini(client) for _ in range(7)]

    assert all(answers)
    assert statuses(moment) == [200, 200, 200, 429, 200, 200, 200, 429, 200]


# -------------------------------------------------------------------------------------------- under load


def outcome(client: OpenAI) -> str:
    try:
        return "answered" if ask_openai(client) else "empty"
    except openai.RateLimitError as error:
        return f"refused, {error.response.headers['retry-after']}"


def test_every_fourth_of_many_requests_at_once_is_refused(minute: MockServer) -> None:
    with openai_for(minute) as client, ThreadPoolExecutor(64) as pool:
        outcomes = Counter(pool.map(lambda _: outcome(client), range(256)))

    assert outcomes == {"answered": 192, "refused, 60": 64}
    assert statuses(minute) == [200, 200, 200, 429] * 64


def test_keys_do_not_share_a_window_however_they_are_mixed(minute: MockServer) -> None:
    views = [minute.namespace(f"{minute.key}-{number}") for number in range(8)]
    clients = [openai_for(view) for view in views]
    with ThreadPoolExecutor(64) as pool:
        list(pool.map(lambda number: outcome(clients[number % 8]), range(64)))

    assert [statuses(view) for view in views] == [[200, 200, 200, 429] * 2] * 8
