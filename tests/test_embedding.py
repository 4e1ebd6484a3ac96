"""Vectors of texts: of length one, always the same, near where words are shared."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.embedding import unit_vector


def nearness(one: str, other: str, dimensions: int = 1536) -> float:
    pairs = zip(unit_vector(one, dimensions), unit_vector(other, dimensions), strict=True)
    return sum(a * b for a, b in pairs)


@given(st.text(), st.integers(1, 64))
def test_a_vector_has_the_dimensions_asked_for_and_the_length_one(text: str, dimensions: int) -> None:
    vector = unit_vector(text, dimensions)

    assert len(vector) == dimensions
    assert math.hypot(*vector) == pytest.approx(1)


def test_the_same_text_has_the_same_vector_in_every_run() -> None:
    assert unit_vector("Hello, world!", 4) == pytest.approx(
        [-0.5071945478, 0.1968749147, -0.7259444530, -0.4207120271]
    )
    assert unit_vector("Hello, world!", 4) == unit_vector("Hello, world!", 4)


def test_texts_that_share_words_are_nearer_than_those_that_do_not() -> None:
    cat = "the cat sat on the mat"

    assert nearness(cat, "a cat on a mat") > 0.3
    assert abs(nearness(cat, "stock prices fell yesterday")) < 0.15


def test_case_and_punctuation_hardly_matter_and_the_order_little() -> None:
    assert nearness("The dog bites the man.", "the DOG bites: the man") > 0.9
    assert 0.9 < nearness("dog bites man", "man bites dog") < 1 - 1e-9


def test_letters_count_as_words_where_no_spaces_are_written() -> None:
    assert nearness("我喜欢猫和狗", "我喜欢猫") > 0.5


def test_fewer_dimensions_are_the_first_of_more() -> None:
    short, long = unit_vector("some text", 256), unit_vector("some text", 1536)
    length = math.hypot(*long[:256])

    assert short == pytest.approx([component / length for component in long[:256]])


def test_a_lone_surrogate_has_a_vector_too() -> None:
    assert len(unit_vector("\ud800", 8)) == 8
