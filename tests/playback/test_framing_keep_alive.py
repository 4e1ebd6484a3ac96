"""Comments that keep a silent stream alive."""

from __future__ import annotations

from playback.framed_steps import DONE, EVENTS, ONE, TWO, steps_of, writes

from mockserver.playback.steps import Send, Wait
from mockserver.scenario.delivery import Wire


def test_a_comment_is_sent_whenever_nothing_was_sent_for_so_long() -> None:
    alive = Send(b": keep-alive\n\n")

    assert steps_of(Wire(keep_alive=2), EVENTS, ONE, Wait(5), TWO, Wait(7), DONE) == [
        EVENTS,
        ONE,
        *(Wait(2), alive, Wait(4), alive, Wait(5)),
        *(TWO, Wait(7), DONE),
    ]


def test_two_waits_in_a_row_are_one_silence() -> None:
    steps = steps_of(Wire(keep_alive=4), EVENTS, ONE, Wait(3), Wait(6), TWO)

    assert [step.until for step in steps if isinstance(step, Wait)] == [3, 4, 6]


def test_a_stream_that_lets_wait_for_its_first_event_begins_early() -> None:
    steps = steps_of(Wire(keep_alive=2, newline="crlf"), Wait(5), EVENTS, DONE)
    alive = Send(b": keep-alive\r\n\r\n")

    assert steps[:2] == [Wait(2), EVENTS]
    assert [step for step in steps if step == alive or step == Wait(5)] == [alive, alive, Wait(5)]
    assert steps[-1] == Send(DONE.data.replace(b"\n", b"\r\n"))


def test_a_keep_alive_has_the_line_ends_of_the_stream() -> None:
    crlf = Send(b"data: {}\r\n\r\n")
    alive = Send(b": keep-alive\r\n\r\n")

    assert steps_of(Wire(keep_alive=2), EVENTS, Wait(3), crlf, Wait(6), crlf) == [
        EVENTS,
        Wait(2),
        alive,
        Wait(3),
        crlf,
        Wait(5),
        alive,
        Wait(6),
        crlf,
    ]


def test_a_keep_alive_never_stands_inside_an_event() -> None:
    half = (Send(b"data: {"), Wait(9), Send(b"}\n"), Wait(19), Send(b"\n"))

    assert steps_of(Wire(keep_alive=2), EVENTS, *half) == [EVENTS, *half]


def test_a_faster_clock_shortens_the_silence() -> None:
    sent = writes(Wire(keep_alive=20), EVENTS, ONE, Wait(5), TWO, speed=10)

    assert sent.count(b": keep-alive\n\n") == 2
    assert writes(Wire(keep_alive=20), EVENTS, ONE, TWO, speed=0) == [ONE.data, TWO.data]
