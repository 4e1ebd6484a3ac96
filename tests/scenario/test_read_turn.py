"""Turns: outcomes, attempts, overrides, and their places."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mockserver.conversation import ERROR_KINDS, FINISHES, NativeFinish
from mockserver.scenario.delivery import Pace, Wire
from mockserver.scenario.model import Attempt, ErrorOutcome, Outcome, Scenario, UsageScript

Read = Callable[[str], Scenario]
ReadAttempt = Callable[[str], Attempt]
Problems = Callable[[str], list[str]]


@pytest.mark.parametrize("kind", ERROR_KINDS)
def test_every_kind_of_error_can_be_scripted(outcome: Callable[[str], Outcome], kind: str) -> None:
    actual = outcome(f"error: {kind}")

    assert isinstance(actual, ErrorOutcome)
    assert actual.kind == kind


@pytest.mark.parametrize("finish", FINISHES)
def test_every_finish_reason_can_be_scripted(attempt: ReadAttempt, finish: str) -> None:
    assert attempt(f"reply: x\nfinish: {finish}").finish == finish


def test_a_finish_reason_of_one_wire_keeps_its_spelling(attempt: ReadAttempt) -> None:
    assert attempt("reply: x\nfinish: {native: RECITATION}").finish == NativeFinish("RECITATION")


def test_what_the_script_does_not_say_is_left_open(attempt: ReadAttempt) -> None:
    plain = attempt("reply: x")

    assert (plain.finish, plain.usage, plain.headers, plain.pace) == (None, UsageScript(), (), Pace())


@pytest.mark.parametrize(
    ("pace", "read"),
    [
        ("{first: 300ms, gap: 20ms, jitter: 5ms}", Pace(0.3, 0.02, 0.005)),
        ("{rate: 50/s}", Pace(gap=0.02)),
        ("{rate: 600/m, jitter: lognormal}", Pace(gap=0.1, jitter="lognormal")),
        ("{gap: 1}", Pace(gap=1.0)),
        ("{chunk: char}", Pace(chunk="char")),
        ("{chunk: 5}", Pace(chunk=5)),
        ("{chunk: [Hel, lo]}", Pace(chunk=("Hel", "lo"))),
        ("{}", Pace()),
    ],
)
def test_a_pace_is_read_in_seconds(attempt: ReadAttempt, pace: str, read: Pace) -> None:
    assert attempt(f"reply: x\npace: {pace}").pace == read


@pytest.mark.parametrize(
    ("wire", "read"),
    [
        ("{write: whole}", Wire(write="whole")),
        ("{write: 1 byte}", Wire(write=1)),
        ("{write: 20}", Wire(write=20)),
        ('{comments: "true"}', Wire(comments="true")),
        ('{comments: ""}', Wire(comments="")),
        ("{keep_alive: 10ms}", Wire(keep_alive=0.01)),
        ("{retry: 3s}", Wire(retry=3000)),
        ("{retry: 0}", Wire(retry=0)),
        ("{encoding: identity, body: native, newline: native}", Wire()),
        ("{}", Wire()),
    ],
)
def test_a_wire_is_read_as_authors_write_it(attempt: ReadAttempt, wire: str, read: Wire) -> None:
    assert attempt(f"reply: x\nwire: {wire}").wire == read


@pytest.mark.parametrize("suffix", ["", "_tokens"])
def test_token_counts_have_two_spellings(attempt: ReadAttempt, suffix: str) -> None:
    names = ("input", "output", "cached", "cache_write", "thinking")
    usage = ", ".join(f"{name}{suffix}: {number}" for number, name in enumerate(names))

    assert attempt(f"reply: x\nusage: {{{usage}}}").usage == UsageScript(0, 1, 2, 3, 4)


def test_an_attempt_stands_where_its_outcome_stands(scenario: Read) -> None:
    (first, second) = scenario("turns:\n  - finish: stop\n    reply: a\n  - attempts:\n      - b\n").turns

    assert str(first.attempts[0].place) == "test.yaml:3:5"
    assert str(second.attempts[0].place) == "test.yaml:5:9"


def test_all_problems_of_a_turn_are_told(problems: Problems) -> None:
    assert problems("turns:\n  - reply: [{txt: a}]\n    finish: x\n    pace: 1\n    expect: a\n") == [
        "2:14 `reply`: `txt` is no kind of part",
        "3:13 `finish`: `x` is not a finish reason",
        "4:11 `pace`: expected a mapping, found `1`",
        "5:13 `expect`: expected a mapping, found `a`",
    ]


def test_a_misspelt_outcome_is_not_missing_as_well(problems: Problems) -> None:
    assert problems("turns: [{repyl: a}]") == ["1:10 unknown key `repyl` in a turn"]


def test_a_merged_outcome_is_an_outcome(scenario: Read) -> None:
    turns = scenario("turns:\n  - &a {reply: x}\n  - {<<: *a, finish: stop}\n").turns

    assert turns[0].attempts[0].outcome == turns[1].attempts[0].outcome


def test_an_override_may_expect_where_the_turn_does_not(scenario: Read) -> None:
    turn = scenario("reply: x\nfor: {openai: {expect: {user: hi}}}").turns[0]

    assert turn.expect is None
    assert turn.on("openai.chat").expect is not None
