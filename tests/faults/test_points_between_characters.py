"""Characters of positions are those that pieces are counted in: a reader's, of which none is cut."""

from __future__ import annotations

import pytest

from mockserver.conversation import Reply, Text, Thinking
from mockserver.events import Delta, PartBegin
from mockserver.faults.points import Course, Point, placed
from mockserver.scenario.delivery import AfterChars, AfterShare, Extra, Position

FAMILY = "👩\u200d👩\u200d👧"
ACCENT = "e\u0301"
REPLY = Reply((Thinking(ACCENT * 2), Text(f"a{FAMILY}{ACCENT}b")))


@pytest.mark.parametrize(
    ("position", "point"),
    [
        (AfterChars(1), Point(0, 2)),
        (AfterChars(2), Point(0, 4)),
        (AfterChars(3), Point(1, 1)),
        (AfterChars(4), Point(1, 6)),
        (AfterChars(6), Point(1, 9)),
        (AfterChars(7), None),
        (AfterChars(2, "text"), Point(1, 6)),
        (AfterChars(4, "text"), Point(1, 9)),
        (AfterChars(5, "text"), None),
        (AfterShare(0.5), Point(1, 1)),
        (AfterShare(0.6), Point(1, 6)),
        (AfterShare(0.5, "text"), Point(1, 6)),
        (AfterShare(1.0, "text"), Point(1, 9)),
    ],
)
def test_a_position_never_stands_inside_a_character(position: Position, point: Point | None) -> None:
    assert Course(REPLY).point(position) == point


def test_many_faults_in_a_long_reply_are_placed_in_one_pass() -> None:
    count = 20_000
    text = Text("é " * count)
    deltas = [Delta(0, text, "é ") for _ in range(count)]
    points = [(Point(0, 2 * at), Extra()) for at in range(count)]

    placed_all = list(placed([PartBegin(0, text), *deltas], points))

    assert placed_all[:4] == [PartBegin(0, text), Extra(), deltas[0], Extra()]
    assert len(placed_all) == 1 + 2 * count
