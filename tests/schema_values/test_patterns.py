"""Writing and matching the regular expressions of schemas."""

from __future__ import annotations

import re
from itertools import islice

import pytest

from mockserver.schema_values.patterns import matches, samples

MATCHED = [
    r"^[A-Z]{3}-\d{4}$",
    r"^#[0-9a-fA-F]{6}$",
    r"^\+?[1-9]\d{1,14}$",
    r"^(GET|POST)$",
    r"\d+",
    r"^[^/]+/[^/]+$",
    r"^a{2,4}?b*$",
    r"^(?:[a-z]+-)*[a-z]+$",
    r"^(?P<year>\d{4})$",
    r"^(?!foo).+$",
    r"^(?=.*[A-Z])(?=.*\d)(?=.*[^\w]).{8,}$",
    r"^[\w\-./]+$",
    r"^[]x]$",
    r"^\x41\u0042$",
    r"^(?i:abc)\s\S$",
    r"(?i)^abc$",
    r"^[\u4e00-\u9fff]{2}$",
    r"^\.\*\\$",
    r"^a{,2}$",
    r"^{}$",
    r"^a|b$",
    "",
]


@pytest.mark.parametrize("pattern", MATCHED)
def test_a_sample_matches_its_pattern(pattern: str) -> None:
    written = next(text for text in samples(pattern, 0, 50) if matches(pattern, text))

    assert re.search(pattern, written)


@pytest.mark.parametrize("pattern", [r"^(?<year>\d{4})$", r"^\p{L}+$", r"^[\p{Lu}_]+$", r"^[[]$", r"^\P{L}$"])
def test_the_spelling_of_ecma_script_is_read(pattern: str) -> None:
    assert any(matches(pattern, text) for text in samples(pattern, 0, 50))


@pytest.mark.parametrize(
    ("pattern", "low", "high"),
    [(r"^[A-Z]{2}\d+$", 8, 8), (r"^[a-z]+@[a-z]+$", 31, 31), (r"\d", 20, 22), (r"^a?b*$", 100, 120)],
)
def test_a_sample_keeps_to_the_length(pattern: str, low: int, high: int) -> None:
    written = [text for text in islice(samples(pattern, low, high), 50) if matches(pattern, text)]

    assert written
    assert all(low <= len(text) <= high for text in written)


def test_samples_differ() -> None:
    assert len(set(islice(samples("^[a-z]{4}$", 4, 4), 30))) > 20


@pytest.mark.parametrize("pattern", ["(", "[", "a{2", "(?", "\\", "(?<", "*", ")", r"(\d)\1", "a" * 5000])
def test_a_pattern_that_cannot_be_written_gives_no_wrong_sample(pattern: str) -> None:
    assert all(matches(pattern, text) for text in islice(samples(pattern, 0, 50), 5))


def test_a_pattern_that_nobody_reads_asks_for_nothing() -> None:
    assert matches("(", "anything")


@pytest.mark.parametrize("pattern", [r"^(a+)+$", r"^(a|aa)+$", r"^(\w+\s?)*$"])
def test_a_pattern_that_may_backtrack_for_ever_is_not_tried_on_a_long_text(pattern: str) -> None:
    assert matches(pattern, "aaa")
    assert not matches(pattern, "a" * 60 + "!")


def test_no_sample_holds_half_a_character() -> None:
    assert list(samples(r"^[\ud800-\udbff]$", 1, 1)) == []
