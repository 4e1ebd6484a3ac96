"""What a regular expression cannot do without, read from its pattern."""

from __future__ import annotations

import re
import warnings
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mockserver.scenario.regex_literals import required_literals
from mockserver.text.literals import BORDER, Literals

PIECES = st.sampled_from([
    *("a", "b", "town", "é", "İ", "ß", " ", "-", "#", "{", "}", "{}", "{x}", ".", "^", "$"),
    *(r"\.", r"\/", r"\-", r"\_", r"\b", r"\d", r"\w+", r"\s*", r"\x41", r"\1", r"\n"),
    *("[ab]", "[^]x]", r"[\]a]", "[a|b(]", "(?i)", "(?=a)", "(?!b)", "(?#note()"),
])  # fmt: skip
QUANTIFIERS = st.sampled_from(
    ["", "", "?", "*", "+", "+?", "*?", "{0}", "{2}", "{0,3}", "{,2}", "{1,}", "?+"]
)
GROUPS = st.sampled_from(["(", "(?:", "(?P<name>", "(?i:", "(?>"])
PATTERNS = st.recursive(
    st.tuples(PIECES, QUANTIFIERS).map("".join),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.tuples(GROUPS, inner, st.just(")"), QUANTIFIERS).map("".join),
        st.tuples(inner, st.just("|"), inner).map("".join),
    ),
    max_leaves=8,
)


OTHERS = [f"other{number}{BORDER}" for number in range(40)]
"""So many that what must end a word is looked for there alone."""


def required(pattern: str, flags: int = 0) -> set[str]:
    """The texts of the sets that are required."""
    return {text for one in required_literals(re.compile(pattern, flags)) for text in one}


def compiled_if_any(pattern: str, flags: int) -> re.Pattern[str] | None:
    """The pattern, where it is one: of the pieces that are strung together some make none."""
    with suppress(re.error, OverflowError), warnings.catch_warnings(action="ignore"):
        return re.compile(pattern, flags)
    return None


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("weather", {"weather"}),
        (r"the weather in (?P<city>\w+)", {"the weather in "}),
        (r"^town 17\b", {"town 17"}),
        ("colou?rful", {"colo", "rful"}),
        ("hello|good morning", {"hello", "good morning"}),
        ("(cat|dog)s?", {"cat", "dog"}),
        (r"\.env\/prod", {".env/prod"}),
        ("{name}", {"{name}"}),
        ("go{2}gle", {"go", "gle"}),
        ("(?i)hello", {"hello"}),
        (r"\border 0*17\b", {"order ", f"17{BORDER}"}),
        (r"\b(draw|paint\b)", {"draw", f"paint{BORDER}"}),
        ("order (no )?17 of (today|tomorrow)", {"order ", "17 of ", "today", "tomorrow"}),
    ],
)
def test_one_of_these_must_be_there(pattern: str, literals: set[str]) -> None:
    assert required(pattern) == literals


@pytest.mark.parametrize("pattern", [r"\w+", "a?", "(a|)b?", "(abc)?", "a*|b", r"\x41", "(?!a)b", "(?=ab)"])
def test_where_nothing_is_sure_nothing_is_told(pattern: str) -> None:
    assert required(pattern) == set()


def test_a_pattern_with_room_and_comments_is_not_read() -> None:
    assert required("a b # c", re.VERBOSE) == set()


@given(PATTERNS, st.sampled_from([0, re.IGNORECASE, re.DOTALL, re.ASCII | re.IGNORECASE]), st.data())
def test_whatever_matches_has_one_of_them(pattern: str, flags: int, data: st.DataObject) -> None:
    compiled = compiled_if_any(pattern, flags)
    assume(compiled)
    assert compiled
    literals = required_literals(compiled)
    text = data.draw(st.one_of(st.from_regex(compiled), st.text("abtownéİß\u0131A ", max_size=12)))

    if compiled.search(text):
        for one in literals:
            assert Literals({**dict.fromkeys(OTHERS, 1), **dict.fromkeys(one, 2)}).owners(text) & 2
