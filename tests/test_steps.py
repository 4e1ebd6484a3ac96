"""Answers as their steps give them, compared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver.protocols.base import Answer
from mockserver.steps import Disconnect, Head, Hold, Send, Step, Wait, Whole, gathered, same_body

HEAD = Head(200, ())


def test_an_answer_is_gathered_from_its_steps() -> None:
    steps: list[Step] = [Wait(1), Head(201, (("a", "b"),)), Send(b"one"), Wait(2), Send(b"two"), Disconnect()]

    assert gathered(steps) == Answer(201, (("a", "b"),), b"onetwo")


@pytest.mark.parametrize(
    "other",
    [
        [HEAD, Send(b"one"), Send(b"two")],
        [HEAD, Send(b"onetwo"), Send(b"")],
        [Wait(1), HEAD, Send(b"on"), Wait(2), Send(b"etw"), Send(b"o"), Hold()],
        [Whole(Answer(500, (), b"onetwo"))],
    ],
)
def test_a_body_is_the_same_however_it_is_written(other: list[Step]) -> None:
    assert same_body([HEAD, Send(b"onetwo")], other)
    assert same_body(other, [HEAD, Send(b"onetwo")])


@pytest.mark.parametrize("body", [b"", b"one", b"onetwothree", b"onetwO", b"Onetwo"])
def test_a_body_that_is_longer_shorter_or_other_is_not_the_same(body: bytes) -> None:
    assert not same_body([HEAD, Send(b"one"), Send(b"two")], [HEAD, Send(body)])
    assert not same_body([HEAD, Send(body)], [HEAD, Send(b"one"), Send(b"two")])


def test_no_more_is_made_of_answers_than_it_takes_to_see_that_they_differ() -> None:
    def broken_off() -> Iterator[Step]:
        yield HEAD
        yield Send(b"two")
        pytest.fail("it was taken further")

    assert not same_body([HEAD, Send(b"one"), Send(b"two")], broken_off())
