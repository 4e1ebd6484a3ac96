from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.text.characters import character_starts
from mockserver.text.tokens import count_tokens, split_tokens, split_words


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        ("Hello there", ["Hello", " there"]),
        ("Hello, world!", ["Hello", ",", " world", "!"]),
        ("incomprehensibility", ["incomprehens", "ibility"]),
        ('{"city":"Paris"}', ['{"', "city", '":"', "Paris", '"}']),
        ("a\n\nb", ["a", "\n\n", "b"]),
        ("snake_case", ["snake", "_", "case"]),
        ("你好世界", ["你好世界"]),
    ],
)
def test_a_text_is_cut_at_words_and_marks(text: str, tokens: list[str]) -> None:
    assert list(split_tokens(text)) == tokens


@given(st.text())
def test_the_pieces_of_any_text_join_to_it(text: str) -> None:
    assert "".join(split_tokens(text)) == text


@given(st.text())
def test_the_count_is_the_number_of_pieces(text: str) -> None:
    assert count_tokens(text) == len(split_tokens(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cafe\u0301 au lait", ["cafe\u0301", " au", " lait"]),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467!", ["\U0001f468\u200d\U0001f469\u200d\U0001f467!"]),
        ("a\r\nb", ["a", "\r\n", "b"]),
        ("Hello there", ["Hello", " there"]),
    ],
)
def test_words_are_tokens_that_end_with_a_character(text: str, words: list[str]) -> None:
    assert list(split_words(text)) == words


@given(st.text(st.sampled_from("ab \r\n!_e\u0301\u200d\U0001f1e9\U0001f600")))
def test_no_word_of_any_text_ends_inside_a_character(text: str) -> None:
    words = split_words(text)

    assert "".join(words) == text
    assert {len("".join(words[:count])) for count in range(len(words))} <= {*character_starts(text), 0}
