"""When steps are done, as a raw socket sees it and the journal tells it, on both loops."""

from __future__ import annotations

import time

import pytest
from patience import wait
from server.stepped import OK, RawClient, Stepped

from mockserver.journal.entries import Journal
from mockserver.playback.steps import Disconnect, Send, Wait
from mockserver.server.pacing import Paced, Pacer


def test_nothing_is_sent_before_it_is_due(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, *(step for n in range(20) for step in (Wait(n * 0.0101), Send(b"x"))))
    started = time.perf_counter()
    raw.ask().read_until(b"\r\n\r\n")

    early = []
    for n in range(20):
        raw.read_size(6)  # a whole chunk
        early.append(max(0.0, started + n * 0.0101 - time.perf_counter()))

    assert max(early) < 0.0005


def test_a_moment_that_is_past_is_not_waited_for(
    server: Stepped, raw: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, at = list[float](), Pacer.at

    def noted(self: Pacer, moment: float, paced: Paced) -> None:
        waits.append(moment)
        at(self, moment, paced)

    monkeypatch.setattr(Pacer, "at", noted)
    server.performs(OK, Wait(0.05), *(Wait(n / 1e6) for n in range(20_000)), Send(b"one"))

    raw.ask().read_until(b"one")

    assert len(waits) < 100


def test_the_journal_tells_when_each_step_was_due_and_done(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, Wait(0.02), Send(b"one"), Wait(0.05), Send(b"three"), Disconnect())
    raw.ask().read()

    steps = server.entry.steps

    assert [(step.kind, step.due, step.size) for step in steps] == [
        ("head", 0, 0),
        ("wait", 0.02, 0),
        ("send", 0.02, 3),
        ("wait", 0.05, 0),
        ("send", 0.05, 5),
        ("disconnect", 0.05, 0),
    ]
    assert all(step.done >= step.due for step in steps)
    assert [step.done for step in steps] == sorted(step.done for step in steps)


def test_what_was_not_done_is_not_in_the_journal(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, Send(b"one"), Wait(60), Send(b"two"))
    raw.ask().read_until(b"one")
    raw.close()

    assert [step.kind for step in server.entry.steps] == ["head", "send"]


def test_the_steps_of_an_exchange_count_in_what_the_journal_may_weigh(
    server: Stepped, raw: RawClient
) -> None:
    server.service.journal = Journal(heaviest=8_000)
    server.performs(OK, *[Send(b"x")] * 200)

    for _ in range(3):
        raw.ask().read_until(b"0\r\n\r\n")

    wait(lambda: len(server.service.journal.entries()) == 1)
    assert len(server.service.journal.entries()) == 1
