from __future__ import annotations

from itertools import islice
from random import Random

import pytest
import toy

from mockserver.conversation import Reply, Text
from mockserver.events import Begin
from mockserver.playback.replies import due_pieces, play_frames, play_stream, play_whole
from mockserver.playback.steps import Head, Send, Wait, Whole
from mockserver.playback.tempo import Tempo
from mockserver.protocols.base import Answer
from mockserver.scenario.delivery import Normal, Pace, PerToken, Replay, Sizes, Uniform

REPLY = Reply((Text("one two three"),))


def tempo(pace: Pace, *, speed: float = 1.0) -> Tempo:
    return Tempo(pace, lambda label: Random(f"7 {label}"), speed)


def waits(pace: Pace, *, speed: float = 1.0) -> list[float]:
    steps = play_stream(REPLY, toy.ToyEncoder(), tempo(pace, speed=speed))
    return [round(step.until, 6) for step in steps if isinstance(step, Wait)]


def test_a_stream_without_pace_never_waits() -> None:
    assert waits(Pace()) == []


def test_the_first_wait_comes_before_the_head() -> None:
    steps = play_stream(REPLY, toy.ToyEncoder(), tempo(Pace(first=0.3)))

    assert [type(step) for step in islice(steps, 3)] == [Wait, Head, Send]


def test_a_stream_that_begins_at_once_waits_behind_its_beginning() -> None:
    steps = list(play_stream(REPLY, toy.ToyEncoder(), tempo(Pace(first=0.3, gap=0.02)), begins_at_once=True))
    begun = list(toy.ToyEncoder().encode(Begin(REPLY)))

    assert [type(step) for step in steps[: len(begun) + 2]] == [Head, *[Send] * len(begun), Wait]
    assert [round(step.until, 6) for step in steps if isinstance(step, Wait)] == [0.3, 0.32, 0.34]


def test_gaps_are_deadlines_that_do_not_drift() -> None:
    assert waits(Pace(first=0.3, gap=0.02)) == [0.3, 0.32, 0.34]


def test_speed_divides_every_wait() -> None:
    assert waits(Pace(first=0.3, gap=0.02), speed=10) == [0.03, 0.032, 0.034]


def test_speed_zero_skips_every_wait() -> None:
    assert waits(Pace(first=0.3, gap=0.02), speed=0) == []


def test_a_whole_answer_comes_when_its_stream_would_have_ended() -> None:
    answer = Answer(200, (), b"")

    steps = list(play_whole(answer, REPLY, tempo(Pace(first=0.3, gap=0.02))))

    assert [step.until for step in steps if isinstance(step, Wait)] == [pytest.approx(0.34)]
    assert steps[-1] == Whole(answer)


def test_verbatim_frames_have_a_gap_between_them() -> None:
    steps = play_frames(200, (), [b"a", b"b"], tempo(Pace(gap=0.5)))

    assert list(steps) == [Head(200, ()), Send(b"a"), Wait(0.5), Send(b"b")]


@pytest.mark.parametrize(
    "pace",
    [
        Pace(first=Normal(0.3, 0.1), gap=Uniform(0.01, 0.03), chunk=Sizes(1, 4)),
        Pace(gap=Replay((0.1, 0.4)), jitter=0.01),
        Pace(first=0.3, gap=PerToken(0.02), chunk=Sizes(1, 4)),
    ],
)
def test_streamed_detached_and_whole_an_answer_takes_the_same_time(pace: Pace) -> None:
    playing = tempo(pace)
    stream = play_stream(REPLY, toy.ToyEncoder(), playing)
    ends = max(step.until for step in stream if isinstance(step, Wait))
    pieces = list(due_pieces(REPLY, playing))

    assert "".join(text for _, text in pieces) == "one two three"
    assert pieces[-1][0] == ends
    assert next(play_whole(Answer(200, (), b""), REPLY, playing)) == Wait(ends)


def test_a_reply_without_a_piece_is_there_after_the_first_wait() -> None:
    assert list(due_pieces(Reply(()), tempo(Pace(first=0.3, gap=0.02)))) == [(0.3, "")]
