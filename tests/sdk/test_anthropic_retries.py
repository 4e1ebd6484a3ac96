"""When Anthropic's SDK asks again, how often and after how long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic
from sdk.anthropic_strict import HELLO, strict_async_client
from sdk.waiting import is_backoff, noted_waits

from mockserver.runner import MockServer


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the SDK would have waited; it does not."""
    return noted_waits(monkeypatch, "anthropic._base_client")


@pytest.fixture
def claude(server: MockServer, key: str) -> Iterator[Anthropic]:
    """A client that is not checked: most errors here are of no documented status."""
    with Anthropic(base_url=server.urls.anthropic, api_key=key) as client:
        yield client


def fail_always(mock: MockServer, error: dict[str, Any], headers: dict[str, str] | None = None) -> None:
    mock.script({"scenario": "failing", "error": error, "headers": headers or {}})


def attempts(mock: MockServer) -> list[str]:
    return [entry.http.headers["x-stainless-retry-count"] for entry in mock.exchanges]


def refused(client: Anthropic) -> anthropic.APIStatusError:
    with pytest.raises(anthropic.APIStatusError) as raised:
        client.messages.create(**HELLO)
    return raised.value


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((status, ["0", "1", "2"]) for status in (408, 409, 429, 500, 502, 503, 504, 529, 599)),
        *((status, ["0"]) for status in (400, 401, 402, 403, 404, 413, 422)),
    ],
)
def test_the_status_decides_whether_it_is_asked_for_again(
    claude: Anthropic, mock: MockServer, waits: list[float], status: int, expected: list[str]
) -> None:
    fail_always(mock, {"kind": "server_error", "status": status})

    assert refused(claude).status_code == status
    assert attempts(mock) == expected
    assert len(waits) == len(expected) - 1


@pytest.mark.parametrize(
    ("kind", "told", "times"), [("rate_limit", "false", 1), ("invalid_request", "true", 3)]
)
def test_the_server_may_say_whether_to_ask_again(
    claude: Anthropic, mock: MockServer, kind: str, told: str, times: int
) -> None:
    fail_always(mock, {"kind": kind}, {"x-should-retry": told, "retry-after-ms": "1"})

    refused(claude)

    assert len(attempts(mock)) == times


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "3"}, 3),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "2500"}, 2.5),
        ({"retry-after": "7", "retry-after-ms": "100"}, 0.1),
        ({"retry-after": "61"}, 61),
        ({"retry-after": "600"}, 600),
    ],
)
def test_a_hint_is_followed_exactly_however_long(
    claude: Anthropic, mock: MockServer, waits: list[float], headers: dict[str, str], wait: float
) -> None:
    fail_always(mock, {"kind": "overloaded"}, headers)

    refused(claude)

    assert waits == [wait, wait]


def test_a_hint_may_be_a_date(claude: Anthropic, mock: MockServer, waits: list[float]) -> None:
    fail_always(mock, {"kind": "overloaded"}, {"retry-after": formatdate(time.time() + 60, usegmt=True)})

    refused(claude.with_options(max_retries=1))

    assert 0 < waits[0] <= 60


@pytest.mark.parametrize("hint", [{}, {"retry-after": "0"}])
def test_without_a_hint_the_wait_doubles(
    claude: Anthropic, mock: MockServer, waits: list[float], hint: dict[str, str]
) -> None:
    fail_always(mock, {"kind": "server_error"}, hint)

    refused(claude.with_options(max_retries=6))

    assert len(waits) == 6
    assert is_backoff(waits)


def test_every_attempt_sends_the_same_and_nothing_that_makes_it_one(
    claude: Anthropic, mock: MockServer, waits: list[float]
) -> None:
    fail_always(mock, {"kind": "overloaded"})

    refused(claude)

    assert len({entry.http.body for entry in mock.exchanges}) == 1
    assert not any("idempotency" in name for entry in mock.exchanges for name in entry.http.headers)


async def test_the_asynchronous_client_waits_as_the_scenario_says(
    server: MockServer, key: str, mock: MockServer, waits: list[float]
) -> None:
    fail_always(mock, {"kind": "rate_limit", "retry_after": "2s"})

    async with strict_async_client(server, key, max_retries=2) as client:
        with pytest.raises(anthropic.RateLimitError):
            await client.messages.create(**HELLO)

    assert (attempts(mock), waits) == (["0", "1", "2"], [2, 2])
