"""How a limit is written, and how requests and tokens are counted against it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.conversation import Usage
from mockserver.quotas import LIMIT_PATTERN, Account, Allowance, Ledger, Limit, parse_limit

MINUTE = 60.0


def account(ledger: Ledger, *limits: str, at: float | None = None, scope: str = "") -> Account:
    return ledger.account([(scope, parse_limit(limit)) for limit in limits], at)


def admitted(ledger: Ledger, *limits: str, at: float | None = None, tokens: int = 0, scope: str = "") -> bool:
    return account(ledger, *limits, at=at, scope=scope).admit(tokens).exceeded is None


def wait(ledger: Ledger, *limits: str, at: float | None = None) -> float:
    exceeded = account(ledger, *limits, at=at).admit(0).exceeded
    assert exceeded
    return exceeded.reset


def take(ledger: Ledger, *limits: str, usage: Usage, at: float | None = None) -> tuple[Allowance, ...]:
    """What is left after a request that was admitted, and took so much."""
    mine = account(ledger, *limits, at=at)
    assert mine.admit(usage.input).exceeded is None
    return mine.charge(usage).allowances


# ------------------------------------------------------------------------------------------------ written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 requests/m", Limit(3, "requests", 60)),
        ("1 request/s", Limit(1, "requests", 1)),
        ("1000 tokens/10s", Limit(1000, "tokens", 10)),
        ("1 token / 2 h", Limit(1, "tokens", 7200)),
        ("500 input tokens/d", Limit(500, "input tokens", 86_400)),
        ("20 output tokens/250ms", Limit(20, "output tokens", 0.25)),
    ],
)
def test_a_limit_is_an_amount_a_unit_and_a_window(text: str, expected: Limit) -> None:
    assert parse_limit(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "3",
            "3 requests",
            "3/m",
            "0 requests/m",
            "-1 requests/m",
            "three requests/m",
            "1.5 requests/m",
        ),
        *("3 words/m", "3requests/m", "3 requests/0s", "3 requests/w", "3 requests/m ", f"{10**15} tokens/m"),
    ],
)
def test_anything_else_is_told_with_what_will_do(text: str) -> None:
    with pytest.raises(
        ValueError, match="write an amount of requests, tokens, input tokens or output tokens"
    ):
        parse_limit(text)


def test_no_window_is_longer_than_a_month() -> None:
    with pytest.raises(ValueError, match="31 days"):
        parse_limit("3 requests/32d")


@given(
    st.integers(1, 10**15 - 1),
    st.sampled_from(["request", "requests", "tokens", "input token", "output tokens"]),
    st.just("") | st.integers(1, 700).map(str),
    st.sampled_from(["ms", "s", "m", "h"]),
)
def test_the_schema_lets_pass_what_is_read(amount: int, unit: str, count: str, period: str) -> None:
    text = f"{amount} {unit}/{count}{period}"

    assert parse_limit(text).amount == amount
    assert re.search(LIMIT_PATTERN, text)


@pytest.mark.parametrize(
    ("window", "period", "span"),
    [
        ("m", "minute", "1 minute"),
        ("60s", "minute", "1 minute"),
        ("90s", "90 seconds", "90 seconds"),
        ("100ms", "100 milliseconds", "100 milliseconds"),
        ("2d", "2 days", "2 days"),
    ],
)
def test_a_window_is_told_in_words(window: str, period: str, span: str) -> None:
    limit = parse_limit(f"3 requests/{window}")

    assert (limit.period, limit.span) == (period, span)


# --------------------------------------------------------------------------------------------- real time


def test_a_window_begins_with_its_first_request_and_ends_after_its_length() -> None:
    ledger = Ledger()

    answered = [
        admitted(ledger, "2 requests/m", at=at) for at in (100.0, 130.0, 159.9995, 160.0, 170.0, 219.9)
    ]

    assert answered == [True, True, False, True, True, False]


def test_the_wait_is_what_is_left_of_the_window() -> None:
    ledger = Ledger()
    admitted(ledger, "1 request/m", at=7.25)

    assert wait(ledger, "1 request/m", at=22.5) == 44.75


@given(st.floats(0, 1e6), st.floats(0, 1), st.sampled_from(["s", "7s", "100ms", "m"]))
def test_who_waits_as_told_is_let_in(begin: float, passed: float, window: str) -> None:
    ledger, limit = Ledger(), f"1 request/{window}"
    admitted(ledger, limit, at=begin)
    later = begin + passed * parse_limit(limit).window * 0.99

    again = later + wait(ledger, limit, at=later)

    assert admitted(ledger, limit, at=again)


@given(st.lists(st.integers(0, 5000), max_size=60), st.integers(1, 4))
def test_no_window_holds_more_than_its_amount(gaps: list[int], amount: int) -> None:
    """In milliseconds: what is left of a window is told in whole ones."""
    ledger, now, begin, inside = Ledger(), 0, -60_000, 0
    for gap in gaps:
        now += gap
        if now - begin >= 10_000:
            begin, inside = now, 0
        inside += 1

        assert admitted(ledger, f"{amount} requests/10s", at=now / 1000) == (inside <= amount)


# ---------------------------------------------------------------------------------- time that stands still


def test_the_window_moves_with_the_requests() -> None:
    ledger = Ledger()

    answered = [admitted(ledger, "3 requests/m") for _ in range(9)]

    assert answered == [True, True, True, False, True, True, True, False, True]


def test_a_refused_request_takes_the_next_one_to_the_end_of_its_wait_in_every_window() -> None:
    ledger, limits = Ledger(), ("2 requests/10s", "3 requests/m")

    waits = []
    for _ in range(6):
        exceeded = account(ledger, *limits).admit(0).exceeded
        waits.append(exceeded.reset if exceeded else 0)

    assert waits == [0, 0, 10, 0, 50, 0]


def test_a_request_that_two_limits_refuse_waits_for_the_longer_one() -> None:
    ledger, limits = Ledger(), ("1 request/10s", "1 request/m")
    admitted(ledger, *limits)

    assert wait(ledger, *limits) == 60


# ------------------------------------------------------------------------------------------------ tokens


def test_each_unit_counts_its_part_of_the_usage() -> None:
    limits = ("9 requests/m", "100 tokens/m", "100 input tokens/m", "100 output tokens/m")

    left = take(Ledger(), *limits, usage=Usage(input=30, output=12))

    assert [allowance.remaining for allowance in left] == [8, 58, 70, 88]


def test_input_that_would_exceed_is_refused_before() -> None:
    ledger = Ledger()
    take(ledger, "100 input tokens/m", usage=Usage(input=60))

    assert not admitted(ledger, "100 input tokens/m", tokens=41)
    assert admitted(Ledger(), "100 input tokens/m", tokens=100)


def test_output_is_known_only_afterwards_so_the_last_reply_may_exceed() -> None:
    ledger, limit = Ledger(), "10 output tokens/m"

    (left,) = take(ledger, limit, usage=Usage(input=1, output=25))

    assert (left.used, left.remaining) == (25, 0)
    assert not admitted(ledger, limit, tokens=1)


def test_what_is_larger_than_a_limit_is_never_let_in() -> None:
    ledger = Ledger()

    assert [admitted(ledger, "10 tokens/s", tokens=11) for _ in range(3)] == [False] * 3
    assert admitted(ledger, "10 tokens/s", tokens=10)


def test_a_refused_request_is_not_counted() -> None:
    ledger, limits = Ledger(), ("1 request/10s", "5 requests/h")
    admitted(ledger, *limits, at=0)
    admitted(ledger, *limits, at=1)

    quota = account(ledger, *limits, at=20).admit(0)

    assert [allowance.used for allowance in quota.allowances] == [1, 2]


# ------------------------------------------------------------------------------------------ what is told


def test_the_tightest_of_several_limits_of_a_unit_is_told() -> None:
    quota = account(Ledger(), "9 requests/m", "4 requests/h", "7 requests/s").admit(0)
    tightest = quota.tightest("requests")

    assert tightest
    assert (tightest.limit.amount, tightest.remaining, tightest.reset) == (4, 3, 3600)
    assert quota.tightest("tokens") is None


def test_a_limit_that_is_given_twice_counts_once() -> None:
    assert [admitted(ledger := Ledger(), "2 requests/m", "2 requests/m") for _ in range(1)] == [True]
    assert admitted(ledger, "2 requests/m", "2 requests/m")


def test_scenarios_count_apart() -> None:
    ledger = Ledger()

    assert admitted(ledger, "1 request/m", scope="a", at=0)
    assert admitted(ledger, "1 request/m", scope="b", at=0)
    assert not admitted(ledger, "1 request/m", scope="a", at=0)
