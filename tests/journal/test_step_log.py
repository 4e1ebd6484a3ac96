from __future__ import annotations

import pytest

from mockserver.journal.step_log import StepLog, StepTime
from mockserver.playback.steps import (
    AnyStep,
    Burst,
    Disconnect,
    Head,
    Hold,
    Reset,
    Send,
    SendBare,
    Step,
    Timetable,
    Wait,
    Whole,
)
from mockserver.protocols.base import Answer


def noted(*steps: Step) -> StepLog:
    """These steps, each done an eighth of a second after the one before."""
    log = StepLog()
    for at, step in enumerate(steps):
        log.note(step, at / 8)
    return log


def test_steps_tell_when_they_were_due_and_done() -> None:
    log = noted(Head(200, ()), Send(b"one"), Wait(0.25), Send(b"three"), Send(b"four"))

    assert list(log) == [
        StepTime(due=0, done=0, size=0, kind="head"),
        StepTime(due=0, done=0.125, size=3, kind="send"),
        StepTime(due=0.25, done=0.25, size=0, kind="wait"),
        StepTime(due=0.25, done=0.375, size=5, kind="send"),
        StepTime(due=0.25, done=0.5, size=4, kind="send"),
    ]


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (Wait(1), ("wait", 0)),
        (Whole(Answer(200, (), b"body")), ("whole", 4)),
        (Head(200, ()), ("head", 0)),
        (Send(b"one"), ("send", 3)),
        (SendBare(b"?"), ("bare", 1)),
        (Reset(), ("reset", 0)),
        (Disconnect(), ("disconnect", 0)),
        (Hold(), ("hold", 0)),
    ],
)
def test_steps_tell_what_they_were(step: Step, told: tuple[str, int]) -> None:
    assert [(done.kind, done.size) for done in noted(step)] == [told]


def test_steps_are_a_sequence() -> None:
    log = noted(Send(b"a"), Send(b"bb"), Send(b"ccc"))

    assert (len(log), log[0].size, log[-1].size) == (3, 1, 3)
    assert [step.size for step in log[1:]] == [2, 3]
    with pytest.raises(IndexError):
        log[3]


def test_steps_by_a_timetable_are_told_as_if_they_were_noted() -> None:
    parts: list[AnyStep] = [
        Wait(0.5),
        Burst((1, 2), b"1\r\na\r\n2\r\nbb\r\n"),
        Wait(0.75),
        Burst((3,), b"3\r\nccc\r\n"),
    ]
    plainly, by_timetable = noted(Head(200, ())), noted(Head(200, ()))
    for log in (plainly, by_timetable):
        for more in (1, 2):  # another one, too
            if log is plainly:
                plainly.note_all(parts[:2], more)
                plainly.note_all(parts[2:], more + 0.25)
            else:
                by_timetable.keep_to(Timetable.of(parts)).extend((more, more + 0.25))
            log.note(Send(b"dddd"), more + 0.5)

    assert list(by_timetable) == list(plainly)
    assert [by_timetable[at] for at in range(-5, 5)] == [plainly[at] for at in range(-5, 5)]
    assert (by_timetable[2:7], len(by_timetable)) == (plainly[2:7], len(plainly))
    assert by_timetable.weight == plainly.weight


def test_of_a_timetable_only_what_was_done_is_told() -> None:
    log = noted(Head(200, ()))
    done = log.keep_to(Timetable.of([Wait(1), Burst((1,), b""), Wait(2), Burst((1,), b"")]))

    assert len(log) == 1
    done.append(1.5)
    assert [(step.kind, step.due, step.done) for step in log[1:]] == [("wait", 1, 1.5), ("send", 1, 1.5)]
