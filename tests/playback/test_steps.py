"""Answers as their steps give them, compared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver.playback.steps import (
    AnyStep,
    Burst,
    Disconnect,
    Head,
    Hold,
    Send,
    Step,
    Timed,
    Timetable,
    Wait,
    Whole,
    gathered,
    plain,
    retimed,
    same_body,
)
from mockserver.protocols.base import Answer

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


def timed(*dues: float) -> Timed:
    parts: list[AnyStep] = [step for due in dues for step in (Wait(due), Burst((1,), b"1\r\nx\r\n"))]
    return Timed(Timetable.of(parts), b"1\r\nx\r\n" * len(dues))


def test_steps_that_are_due_at_other_moments_are_otherwise_the_same() -> None:
    steps: list[AnyStep] = [Wait(1), HEAD, timed(2, 3), Wait(4), Send(b"y")]

    later = list(retimed(steps, {1: 1.5, 2: 2.5, 3: 3.5, 4: 9}))

    assert [type(step) for step in later] == [Wait, Head, Timed, Wait, Send]
    x = Send(b"x")
    assert list(plain(later)) == [Wait(1.5), HEAD, Wait(2.5), x, Wait(3.5), x, Wait(9), Send(b"y")]


@pytest.mark.parametrize(
    ("moments", "waits"),
    [((0, 0, 0, 0), []), ((1, 1, 2, 2), [1, 2]), ((1, 2, 2, 2), [1, 2]), ((0, 1, 2, 2), [1, 2])],
)
def test_what_is_not_due_later_than_what_comes_before_is_not_waited_for(
    moments: tuple[float, ...], waits: list[float]
) -> None:
    steps: list[AnyStep] = [Wait(1), HEAD, timed(2, 3), Wait(4), Send(b"x")]

    told = list(plain(retimed(steps, dict(zip((1, 2, 3, 4), moments, strict=True)))))

    assert [step.until for step in told if isinstance(step, Wait)] == waits
    assert [step for step in told if not isinstance(step, Wait)] == [HEAD, *[Send(b"x")] * 3]
