"""Text in characters as a reader takes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.text.characters import _PLAIN, character_starts, split_characters


@pytest.mark.parametrize(
    "character",
    [
        pytest.param("e\u0301", id="a letter and its accent"),
        pytest.param("o\u0302\u0323", id="a letter and two marks"),
        pytest.param("\u0939\u093f", id="a consonant of Devanagari and its vowel"),
        pytest.param("\U0001f44d\U0001f3fd", id="a thumb and its skin"),
        pytest.param("\u2764\ufe0f", id="a heart that is to be an emoji"),
        pytest.param("1\ufe0f\u20e3", id="a keycap"),
        pytest.param("\U0001f468\u200d\U0001f469\u200d\U0001f467", id="a family"),
        pytest.param("\U0001f1eb\U0001f1f7", id="the flag of France"),
        pytest.param(
            "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", id="that of England"
        ),
        pytest.param("\u1112\u1161\u11ab", id="a syllable of Hangul in its parts"),
        pytest.param("\r\n", id="a line break"),
    ],
)
def test_what_a_reader_takes_for_one_is_one(character: str) -> None:
    assert list(split_characters(f"a{character}{character}b")) == ["a", character, character, "b"]


@pytest.mark.parametrize("text", ["abc", "\n\r", "\n\u0301", "你好", "\U0001f600\U0001f600", "가나"])
def test_what_only_stands_side_by_side_is_not_one(text: str) -> None:
    assert list(split_characters(text)) == list(text)


def test_flags_side_by_side_are_taken_two_letters_at_a_time() -> None:
    flags = "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7\U0001f1ee"

    assert split_characters(flags) == [flags[:2], flags[2:4], flags[4:]]


@given(st.text())
def test_the_characters_of_any_text_join_to_it(text: str) -> None:
    assert "".join(split_characters(text)) == text


def test_what_is_told_to_be_plain_joins_nothing() -> None:
    joined = [
        code
        for code in range(0x10000)
        if _PLAIN.fullmatch(chr(code))
        and character_starts(f"a{chr(code)}b\N{HIRAGANA LETTER A}") != [0, 1, 2, 3]
    ]

    assert joined == []
