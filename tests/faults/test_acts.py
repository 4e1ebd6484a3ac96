"""What acts do to steps, with the encoder of the toy protocol."""

from __future__ import annotations

import pytest
from toy import ToyEncoder

from mockserver.faults.acts import Item, acted, closing, garbled
from mockserver.playback import steps
from mockserver.playback.steps import Head, Hold, Send, SendBare, Step, Wait
from mockserver.scenario import delivery
from mockserver.scenario.delivery import (
    Act,
    Bare,
    Cut,
    Drop,
    Duplicate,
    Extra,
    Fail,
    Garble,
    Hang,
    Insert,
    KeepOpen,
    Rewrite,
    Stall,
    Swap,
)

A, B, C = Send(b'{"a":1}\n'), Send(b'{"b":2}\n'), Send(b'{"c":3}\n')
HEAD = Head(200, ())


def done(*items: Item, speed: float = 1.0) -> list[Step]:
    return list(acted(items, ToyEncoder(), speed))


def body(*items: Item) -> bytes:
    return b"".join(step.data for step in done(*items) if isinstance(step, Send))


# ------------------------------------------------------------------------------------------- events


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ([Drop()], [B, C]),
        ([Drop(), Drop()], [C]),
        ([Duplicate()], [A, A, B, C]),
        ([Duplicate(), Duplicate()], [A, A, A, B, C]),
        ([Swap()], [B, A, C]),
        ([Garble()], [Send(b'{"a"\n'), B, C]),
        ([Garble(), Duplicate()], [Send(b'{"a"\n'), Send(b'{"a"\n'), B, C]),
        ([Duplicate(), Garble()], [Send(b'{"a"\n'), A, B, C]),
        ([Garble(), Swap()], [B, Send(b'{"a"\n'), C]),
        ([Drop(), Garble()], [Send(b'{"b"\n'), C]),
        ([Drop(), Swap()], [C, B]),
        ([Duplicate(), Drop()], [A, B, C]),
        ([Drop(), Duplicate()], [B, B, C]),
        ([Swap(), Drop()], [A, C]),
        ([Swap(), Swap()], [A, C, B]),
        ([Extra()], [Send(b"unheard of\n"), A, B, C]),
        ([Insert(b": x\n")], [Send(b": x\n"), A, B, C]),
        ([Insert(b"")], [A, B, C]),
        ([Bare(b"!")], [SendBare(b"!"), A, B, C]),
        ([Rewrite(500)], [A, B, C]),
    ],
    ids=str,
)
def test_acts_of_one_place_are_done_as_listed(acts: list[Act], expected: list[Step]) -> None:
    assert done(*acts, A, B, C) == expected


@pytest.mark.parametrize("act", [Drop(), Duplicate(), Swap(), Garble()])
def test_an_act_on_what_comes_next_leaves_what_came_before(act: Act) -> None:
    assert done(A, act, B, C)[0] == A


@pytest.mark.parametrize("act", [Drop(), Duplicate(), Swap(), Garble()])
def test_an_act_on_what_comes_next_does_nothing_behind_the_last(act: Act) -> None:
    assert done(A, act) == [A]


def test_an_event_that_has_none_to_change_places_with_is_not_lost() -> None:
    assert done(A, Swap(), B) == [A, B]
    assert done(Swap(), A, Cut()) == [A]


def test_events_change_places_across_a_wait() -> None:
    assert done(Swap(), A, Wait(1), B) == [Wait(1), B, A]


def test_what_holds_no_json_is_left_and_the_next_event_is_broken() -> None:
    ping, end = Send(b"event: ping\n\n"), Send(b"data: [DONE]\n\n")

    assert done(Garble(), ping, A) == [ping, Send(b'{"a"\n')]
    assert done(Garble(), end) == [end]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'data: {"a":[1,2,3]}\r\n\r\n', b'data: {"a":[1\r\n\r\n'),
        (b'event: x\ndata: {"a":{"b":1}}\n\n', b'event: x\ndata: {"a":{"\n\n'),
        ('{"a":"世界"}'.encode(), b'{"a":"'),
        (b',\r\n{"a":1}', b',\r\n{"a"'),
        (b"data: [DONE]\n\n", b"data: [DONE]\n\n"),
        (b"]", b"]"),
        (b"} {", b"} {"),
        (b"", b""),
    ],
)
def test_json_breaks_off_and_its_frame_stays(data: bytes, expected: bytes) -> None:
    assert garbled(data) == expected


# -------------------------------------------------------------------------------------------- endings


@pytest.mark.parametrize(
    ("act", "ending"),
    [
        (Cut(), []),
        (delivery.Reset(), [steps.Reset()]),
        (delivery.Disconnect(), [steps.Disconnect()]),
        (Hang(), [Hold()]),
        (KeepOpen(), [Hold()]),
        (Fail("overloaded"), [Send(b"fail overloaded\n")]),
    ],
)
def test_nothing_follows_an_ending(act: Act, ending: list[Step]) -> None:
    assert done(HEAD, A, act, B, Cut(), Wait(9)) == [HEAD, A, *ending]


@pytest.mark.parametrize("step", [steps.Reset(), steps.Disconnect(behind_body=True), Hold()])
def test_an_ending_that_is_a_step_already_stays(step: Step) -> None:
    assert done(A, step) == [A, step]


def test_a_connection_that_is_closed_at_the_end_is_closed_behind_the_body() -> None:
    acts: list[Act] = [Stall(1), delivery.Disconnect()]

    assert list(closing(acts)) == [Stall(1), steps.Disconnect(behind_body=True)]


# ----------------------------------------------------------------------------------------------- time


def test_a_stall_moves_all_that_comes_later() -> None:
    assert done(Wait(1), A, Stall(5), B, Wait(2), C) == [Wait(1), A, Wait(6), B, Wait(7), C]


def test_stalls_add_up() -> None:
    assert done(Stall(2), Stall(3), A, Wait(1), B) == [Wait(2), Wait(5), A, Wait(6), B]


def test_a_stall_is_as_much_faster_as_everything_else() -> None:
    assert done(Wait(1), Stall(5), A, speed=10) == [Wait(1), Wait(1.5), A]


def test_a_stall_is_skipped_where_waits_are() -> None:
    assert done(Stall(5), A, speed=0) == [A]
