from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.tokens import count_tokens, split_tokens


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
