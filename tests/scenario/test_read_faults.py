"""What scripts say of faults, as values."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mockserver.scenario.delivery import Act, AtStart, Fault, Rewrite, Stall, word_for
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
