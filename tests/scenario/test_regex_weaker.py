"""A regular expression that is found sooner than another: never one time too few."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scenario.test_regex_literals import PATTERNS, compiled_if_any

from mockserver.scenario.regex_weaker import weaker

FLAGS = st.sets(st.sampled_from([re.IGNORECASE, re.MULTILINE, re.DOTALL, re.ASCII])).map(sum)
BEGINNINGS = st.sampled_from(["", r"\b", "^", r"\bTown ", "A"])
TEXTS = st.lists(
    st.sampled_from(["a", "A", "b", "B", "Town", "town", "x", "1", " ", "\n", "-", "_", ".", "{x}"]),
    max_size=12,
).map("".join)


@given(BEGINNINGS, PATTERNS, FLAGS, TEXTS)
def test_what_is_found_is_found_by_the_weaker_too(
    beginning: str, pattern: str, flags: int, text: str
) -> None:
    compiled = compiled_if_any(beginning + pattern, flags)
    assume(compiled)
    assert compiled
    sooner = weaker(compiled)

    if sooner and compiled.search(text):
        assert sooner.search(text.lower())


@pytest.mark.parametrize(
    ("pattern", "flags", "sooner"),
    [
        (r"\border 0*17\b", re.IGNORECASE, r"order 0*17\b"),
        (r"\border 0*17\b", 0, r"order 0*17\b"),
        (r"Hello (?P<Name>\W+)", re.IGNORECASE, r"hello (?:\W+)"),
        (r"\b(Draw|PAINT)\b", re.IGNORECASE, r"(?:draw|paint)\b"),
    ],
)
def test_neither_case_nor_the_border_at_the_beginning_is_looked_at(
    pattern: str, flags: int, sooner: str
) -> None:
    found = weaker(re.compile(pattern, flags))

    assert found
    assert found.pattern == sooner
    assert not found.flags & re.IGNORECASE


@pytest.mark.parametrize(
    ("pattern", "flags"),
    [
        ("plain", 0),
        (r"[A-Z]own", re.IGNORECASE),
        ("(?i)town", 0),
        ("(?=a)town", re.IGNORECASE),
        (r"(a)\1", re.IGNORECASE),
        (r"\x41", re.IGNORECASE),
        ("straße", re.IGNORECASE),
        ("t o w n", re.IGNORECASE | re.VERBOSE),
    ],
)
def test_there_is_none_where_it_is_not_known_or_no_sooner(pattern: str, flags: int) -> None:
    assert weaker(re.compile(pattern, flags)) is None
