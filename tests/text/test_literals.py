"""Which of many texts stand in another: never one too few, and seldom one too many."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.text.literals import BORDER, Literals, folded

CASED = [
    letter for letter in map(chr, range(0x110000)) if letter.lower() != letter or letter.upper() != letter
]
"""Every letter that a regular expression that ignores case may take for another."""

LETTERS = "abé中😀\udc80İ "
MANY = [f"{length * 'x'}{number}" for length in (0, 1, 2, 4, 20) for number in range(100)]
"""More than are looked for one by one, at all lengths."""


def found(literals: list[str], searched: str) -> set[str]:
    owners = Literals({literal: 1 << at for at, literal in enumerate(literals)}).owners(searched)
    return {literal for at, literal in enumerate(literals) if owners >> at & 1}


@given(
    st.lists(st.text(LETTERS, max_size=30), max_size=20, unique=True),
    st.text(LETTERS, max_size=20),
    st.text(LETTERS, max_size=20),
    st.data(),
)
def test_what_stands_in_a_text_is_found_wherever_it_stands(
    literals: list[str], before: str, after: str, data: st.DataObject
) -> None:
    looked_for = [*MANY, *literals]
    inside = data.draw(st.sampled_from(looked_for))

    assert inside in found(looked_for, before + inside + after)


@pytest.mark.parametrize(
    "searched", ["", "o", "no such thing", "中" * 50, "the order 500 of today", "order 5000 of"]
)
def test_hardly_any_other_is_found(searched: str) -> None:
    orders = [f"order {number} of today" for number in range(1_000)]

    assert found(orders, searched) == {order for order in orders if order in searched}


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
def test_texts_that_are_alike_but_for_their_end_are_told_apart(before: str) -> None:
    orders = [f"what about order {number:06}" for number in range(1_000)]

    assert found(orders, f"{before}what about order 000999, please") == {"what about order 000999"}


def test_what_stands_there_again_and_again_may_bring_others() -> None:
    orders = [f"{' ' * 40}{number:06}" for number in range(100)]

    assert found(orders, f"{' ' * 10_000}000099") >= {orders[99]}


@pytest.mark.parametrize(
    ("searched", "stands"),
    [
        ("order 17", True),
        ("ORDER 0017, please", True),
        ("order 17_", False),
        ("order 170", False),
        ("order 17é", False),
        ("é17", True),
        ("17\u0307", True),
        ("17 中", True),
    ],
)
def test_what_must_end_a_word_is_found_where_one_ends(searched: str, *, stands: bool) -> None:
    ending = [f"{number}{BORDER}" for number in range(100)]

    assert (f"17{BORDER}" in found([*ending, *MANY], searched)) is stands


def test_a_text_of_nothing_stands_in_every_text() -> None:
    assert found(["", *MANY], "anything") == {""}


def test_case_makes_no_difference() -> None:
    assert found(["STRASSE", "i"], "in der straße") == {"STRASSE", "i"}


def test_letters_that_a_regular_expression_takes_for_one_another_are_folded_into_one() -> None:
    together = "".join(CASED)

    told_apart = [
        (letter, other)
        for letter in CASED
        for other in re.findall(re.escape(letter), together, re.IGNORECASE)
        if folded(letter) != folded(other)
    ]

    assert told_apart == []
