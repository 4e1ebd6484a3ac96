"""What scripts say of faults, as values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mockserver.scenario.delivery import (
    Act,
    AfterChars,
    AfterEvents,
    AfterShare,
    AtByte,
    AtEnd,
    AtStart,
    Bare,
    Cut,
    Disconnect,
    Drop,
    Duplicate,
    Extra,
    Fail,
    Fault,
    Garble,
    Hang,
    Insert,
    KeepOpen,
    NamedFault,
    Reset,
    Rewrite,
    Stall,
    Swap,
    word_for,
)
from mockserver.scenario.files import load
from mockserver.scenario.model import Scenario

ReadScenario = Callable[[str], Scenario]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("<html>", b"<html>"),
        ("{error: {message: bad gateway}}", b'{"error":{"message":"bad gateway"}}'),
        ("[1, 2]", b"[1,2]"),
        ("{base64: /w==}", b"\xff"),
        ('""', b""),
    ],
)
def test_another_body_is_json_or_text_or_bytes(scenario: ReadScenario, written: str, sent: bytes) -> None:
    (fault,) = scenario(f"reply: Hi\nfault: {{body: {written}}}").turns[0].attempts[0].faults

    assert fault == Fault(Rewrite(body=sent), AtStart())


def test_no_faults_are_an_empty_list(scenario: ReadScenario) -> None:
    turn = scenario("fault: reset\nattempts: [{reply: one}, {reply: two, faults: []}]").turns[0]

    assert [len(attempt.faults) for attempt in turn.attempts] == [1, 0]


@pytest.mark.parametrize(
    ("act", "word"),
    [
        (Stall(5), "stall"),
        (Rewrite(503, (), b""), "status"),
        (Rewrite(headers=(("server", None),)), "header"),
        (Rewrite(body=b""), "body"),
    ],
)
def test_an_act_is_told_in_the_word_that_scenarios_have_for_it(act: Act, word: str) -> None:
    assert word_for(act) == word


# ------------------------------------------------------------------------------------- the valid file

FILE = Path(__file__).parent / "valid" / "faults.yaml"


@pytest.fixture(scope="module")
def named() -> dict[str, Scenario]:
    loaded = load([FILE], ("gemini",))
    return {scenario.name: scenario for scenario in loaded.scenarios}


def test_every_word_of_faults_is_a_value(named: dict[str, Scenario]) -> None:
    (attempt,) = named["acts"].turns[0].attempts

    assert attempt.faults == (
        Fault(Reset(), AfterShare(0.5)),
        NamedFault("crlf"),
        Fault(Hang(), AtStart()),
        Fault(KeepOpen(), AtEnd()),
        Fault(Cut(), AtStart()),
        Fault(Disconnect(), AtEnd()),
        Fault(Garble(), AfterEvents(3)),
        Fault(Drop(), AfterEvents(1)),
        Fault(Duplicate(), AfterChars(20)),
        Fault(Swap(), AfterChars(1)),
        Fault(Extra(), AfterShare(0.4)),
        Fault(Stall(5.0), AfterShare(0.125)),
        Fault(Stall(0.25), AfterChars(0, "tool_call")),
        Fault(Fail("overloaded"), AfterChars(4, "text")),
        Fault(Fail("rate_limit", "Slow down"), AfterShare(0.5, "thinking")),
        Fault(Insert(b": hi\n\n"), AtByte(100)),
        Fault(Bare(b"\xff"), AtByte(0)),
        Fault(Rewrite(502, (("content-type", "text/html"), ("x-request-id", None)), b"<html>"), AtStart()),
        NamedFault("byte-by-byte", 0.1),
        Fault(Cut(), AfterShare(0.5), 1.0),
    )


def test_one_fault_is_a_name(named: dict[str, Scenario]) -> None:
    assert named["one"].turns[0].attempts[0].faults == (NamedFault("reset-mid-stream"),)


def test_attempts_have_the_faults_of_their_turn_or_their_own(named: dict[str, Scenario]) -> None:
    turn = named["inherited"].turns[0]
    of_turn, of_attempt = Fault(Reset(), AtStart()), Fault(Hang(), AtStart())

    assert [attempt.faults for attempt in turn.attempts] == [(of_turn,), (of_attempt,), ()]


def test_a_protocol_has_faults_in_place_of_those_of_the_turn(named: dict[str, Scenario]) -> None:
    attempts = named["inherited"].turns[0].on("gemini").attempts

    assert [attempt.faults for attempt in attempts] == [
        (Fault(Cut(), AfterShare(0.5)),),
        (Fault(Hang(), AtStart()),),
        (),
    ]
