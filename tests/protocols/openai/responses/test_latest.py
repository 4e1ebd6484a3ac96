from __future__ import annotations

from mockserver.protocols.openai.responses.latest import latest

ONE, OTHER, EQUAL_TO_ONE = [1], [2], [1]


def test_what_was_asked_last_is_not_made_again() -> None:
    made = latest(lambda value, _: [value])

    assert made(ONE, OTHER) is made(ONE, OTHER)


def test_what_is_asked_of_other_values_is_made_of_them_be_they_equal() -> None:
    made = latest(lambda value, _: [value])
    before = made(ONE, OTHER)

    assert made(EQUAL_TO_ONE, OTHER) == before
    assert made(EQUAL_TO_ONE, OTHER) is not before
    assert made(OTHER, OTHER) == [OTHER]
    assert made(ONE, OTHER) == [ONE]
    assert made(ONE, ONE) is not before
