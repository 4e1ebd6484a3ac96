"""When the pieces of an answer are due, and how text is cut into them."""

from __future__ import annotations

from random import Random
from typing import Literal

import pytest

from mockserver.scenario.delivery import Pace
from mockserver.tempo import Tempo


def tempo(pace: Pace, *, speed: float = 1.0) -> Tempo:
    return Tempo(pace, lambda label: Random(f"7 {label}"), speed)


def due(pace: Pace, pieces: int = 3, *, speed: float = 1.0) -> list[float]:
    deadlines = tempo(pace, speed=speed).begin()
    return [deadlines.due() for _ in range(pieces)]


@pytest.mark.parametrize("jitter", [0.01, "lognormal"])
def test_jitter_is_drawn_from_the_seed(jitter: float) -> None:
    pace = Pace(gap=0.02, jitter=jitter)

    assert due(pace) == due(pace)
    assert due(pace) != due(Pace(gap=0.02))


def test_jitter_never_turns_time_back() -> None:
    times = due(Pace(gap=0.01, jitter=5.0), 200)

    assert times == sorted(times)


def test_a_lognormal_jitter_keeps_the_mean_of_the_gap() -> None:
    assert due(Pace(gap=1.0, jitter="lognormal"), 5001)[-1] / 5000 == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(("pace", "speed"), [(Pace(), 1.0), (Pace(first=0.3, gap=0.02, jitter=0.01), 0.0)])
def test_without_waits_all_is_due_at_once(pace: Pace, speed: float) -> None:
    assert not tempo(pace, speed=speed).waits
    assert due(pace, speed=speed) == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("chunk", "pieces"),
    [
        ("word", ["one", " two", " three"]),
        ("char", list("one two three")),
        (5, ["one t", "wo th", "ree"]),
        (("one two ", "three"), ["one two ", "three"]),
        (("another text",), ["one", " two", " three"]),
    ],
)
def test_a_text_is_cut_as_the_pace_says(
    chunk: Literal["word", "char"] | int | tuple[str, ...], pieces: list[str]
) -> None:
    assert list(tempo(Pace(chunk=chunk)).cut("one two three")) == pieces
