"""When Google's SDK asks again, how often and after how long: only if told to, and by the status alone."""

from __future__ import annotations

from typing import Any

import pytest
from google.genai import errors, types
from sdk.gemini_strict import Gemini
from sdk.waiting import noted_waits

QUICK = types.HttpOptions(
    retry_options=types.HttpRetryOptions(initial_delay=0.001, max_delay=0.002, jitter=0.0)
)
AS_IT_IS = types.HttpOptions(retry_options=types.HttpRetryOptions())

synchronous = pytest.mark.parametrize("gemini", ["sync-v1beta"], indirect=True)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the SDK would have waited; it does not. Synchronous calls only."""
    return noted_waits(monkeypatch, "tenacity.nap")


async def refused(gemini: Gemini, **config: Any) -> errors.APIError:
    with pytest.raises(errors.APIError) as raised:
        await gemini.ask(**config)
    return raised.value


@pytest.mark.parametrize("kind", ["rate_limit", "server_error", "overloaded", "timeout"])
async def test_nothing_is_asked_for_again_by_default(gemini: Gemini, kind: str) -> None:
    gemini.mock.error(kind)

    await refused(gemini)

    assert len(gemini.mock.exchanges) == 1


@synchronous
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((status, 5) for status in (408, 429, 500, 502, 503, 504)),
        *((status, 1) for status in (400, 401, 403, 404, 409, 499, 501)),
    ],
)
async def test_the_status_decides_whether_it_is_asked_for_again(
    gemini: Gemini, status: int, expected: int
) -> None:
    gemini.mock.error({"kind": "server_error", "status": status})

    assert (await refused(gemini, http_options=QUICK)).code == status
    assert len(gemini.mock.exchanges) == expected


@synchronous
@pytest.mark.parametrize("error", ["overloaded", {"kind": "rate_limit", "retry_after": "30s"}])
async def test_the_wait_doubles_from_a_second_whatever_the_server_says(
    gemini: Gemini, waits: list[float], error: Any
) -> None:
    gemini.mock.error(error)

    await refused(gemini, http_options=AS_IT_IS)

    assert len(gemini.mock.exchanges) == 5
    assert all(least <= wait <= least + 1 for wait, least in zip(waits, [1, 2, 4, 8], strict=True))


async def test_every_attempt_sends_the_same(gemini: Gemini) -> None:
    gemini.mock.error("overloaded")

    await refused(gemini, http_options=QUICK)

    assert len(gemini.mock.exchanges) == 5
    assert len({entry.http.body for entry in gemini.mock.exchanges}) == 1
