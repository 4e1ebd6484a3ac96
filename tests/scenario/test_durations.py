"""Durations and rates as numbers of seconds."""

from __future__ import annotations

import re

import pytest

from mockserver.scenario.durations import (
    DURATION_PATTERN,
    RATE_PATTERN,
    RateUnit,
    parse_duration,
    parse_rate,
)

DURATIONS = [
    ("300ms", 0.3),
    ("2s", 2.0),
    ("1.5s", 1.5),
    ("1.5 s", 1.5),
    ("1m", 60.0),
    ("1h", 3600.0),
    ("0", 0.0),
    ("2", 2.0),
    ("0.25", 0.25),
]
RATES: list[tuple[str, float, RateUnit]] = [
    ("50/s", 0.02, "chunk"),
    ("600/m", 0.1, "chunk"),
    ("50", 0.02, "chunk"),
    ("0.5 / s", 2.0, "chunk"),
    ("50 chunks/s", 0.02, "chunk"),
    ("50 tokens/s", 0.02, "token"),
    ("1 token/s", 1.0, "token"),
    ("600tokens/m", 0.1, "token"),
    ("200 chars/s", 0.005, "character"),
    ("1 char / m", 60.0, "character"),
    ("200 characters/s", 0.005, "character"),
    ("1 character/s", 1.0, "character"),
]


@pytest.mark.parametrize(("text", "seconds"), DURATIONS)
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "-1s", "1d", "1 h 30 m", "1e3", ".5s", "5.", "5s\n", "٣s", "9" * 400])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="write a number and ms, s, m or h"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["61m", "3600.1", "1.1h"])
def test_an_hour_is_the_longest_duration(text: str) -> None:
    with pytest.raises(ValueError, match="one hour is the longest"):
        parse_duration(text)


@pytest.mark.parametrize(("text", "seconds", "unit"), RATES)
def test_a_rate_is_the_time_from_one_to_the_next(text: str, seconds: float, unit: RateUnit) -> None:
    read, of = parse_rate(text)

    assert read == pytest.approx(seconds)
    assert of == unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [("0", "chunk"), ("0/s", "chunk"), ("0.01/m", "chunk"), ("0 tokens/s", "token")],
)
def test_a_rate_is_at_least_one_an_hour(text: str, unit: str) -> None:
    with pytest.raises(ValueError, match=f"one {unit} an hour is the slowest"):
        parse_rate(text)


@pytest.mark.parametrize(
    "text", ["fast", "50/h", "s/50", "-1/s", "50 tokens", "50 words/s", "50 s/s", "50 tokens/s\n", "9" * 400]
)
def test_anything_else_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match="write a number and /s or /m, or tokens/s or chars/s"):
        parse_rate(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(DURATION_PATTERN, text) for text, _ in DURATIONS] + [(RATE_PATTERN, text) for text, _, _ in RATES],
)
def test_the_schema_s_pattern_takes_what_the_reader_takes(pattern: str, text: str) -> None:
    assert re.search(pattern, text)
