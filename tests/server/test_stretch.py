"""Stretches of an answer that go on by themselves, as a raw socket sees them, on both loops: nobody can tell
them from the same steps performed one by one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Thread

import pytest
from patience import HANG
from server.stepped import LOOPS, OK, RawClient, Stepped, connected, timed

from mockserver.journal.entries import Entry, Outcome
from mockserver.journal.step_log import StepKind
from mockserver.playback.steps import AnyStep, Disconnect, Head, Reset, Send, SendBare, Wait, plain

PARTS = timed((0.01, [b"one"]), (0.02, [b"two", b"three"]), (0.03, [b"four"]))


def told(entry: Entry) -> tuple[Outcome, int, int, list[tuple[StepKind, float, int]]]:
    """What the journal has of an exchange, but for when each step was done."""
    steps = [(step.kind, step.due, step.size) for step in entry.steps]
    return entry.outcome, entry.status, entry.delivery.sent, steps


@pytest.mark.parametrize("method", ["POST", "HEAD"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize(
    "steps",
    [
        (OK, PARTS),
        (OK, Send(b"first"), PARTS, Wait(0.04), Send(b"last")),
        (OK, PARTS, Send(b"along"), PARTS),
        (OK, Wait(0.005), PARTS, Disconnect()),
        (Head(200, (), "close"), PARTS),
        (Head(200, (), "length", 15), Wait(0.01), PARTS),
        (OK, SendBare(b"?"), PARTS),
    ],
)
def test_a_stretch_reaches_the_client_and_the_journal_as_its_steps_would(
    server: Stepped, *, steps: tuple[AnyStep, ...], version: str, method: str
) -> None:
    answers = []
    for performed in (tuple(plain(steps)), steps):
        server.performs(*performed)
        with connected(server) as client:
            answers.append(client.ask(method, version, "connection: close").read())
    first, second = server.entries(2)

    assert answers[0] == answers[1]
    assert told(first) == told(second)
    assert all(step.done >= step.due for step in second.steps)


def test_a_reset_comes_behind_a_stretch(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, PARTS, Wait(0.1), Reset())

    assert raw.ask().read_reset().endswith(b"4\r\nfour\r\n")
    assert told(server.entry)[0] == "faulted"


def test_the_connection_goes_on_behind_a_stretch(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, PARTS)

    answers = [raw.ask().read_until(b"0\r\n\r\n") for _ in range(2)]

    assert answers[0] == answers[1]


def test_each_part_leaves_when_it_is_due(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, timed((0.1, [b"one"]), (0.2, [b"two"])))
    began = time.perf_counter()
    raw.ask().read_until(b"\r\n\r\n")

    came = []
    for _ in range(2):
        raw.read_size(8)  # a whole chunk
        came.append(time.perf_counter() - began)

    assert came[0] >= 0.1
    assert came[1] >= 0.2


def test_the_journal_is_told_of_a_stretch_while_it_is_on_its_way(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, timed((0.01, [b"one", b"two"]), (60, [b"three"])))
    raw.ask().read_until(b"two")
    server.call(lambda: None)  # behind what is done in the turn of its loop that has sent it

    (entry,) = server.service.journal.entries()

    assert told(entry) == ("open", 200, 2, [("head", 0, 0), ("wait", 0.01, 0), *[("send", 0.01, 3)] * 2])


def test_what_is_late_leaves_in_one_go(server: Stepped, raw: RawClient) -> None:
    """What is not due yet waits on."""

    def steps() -> Iterator[AnyStep]:
        yield OK
        time.sleep(0.1)  # the loop is busy
        yield timed((0.01, [b"one"]), (0.06, [b"two"]), (0.07, [b"three"]), (3600, [b"four"]))

    server.performs_each(steps)
    raw.ask().read_until(b"three")
    server.call(lambda: None)  # behind what is done in the turn of its loop that has sent it

    (entry,) = server.service.journal.entries()
    one, two, three = [step.done for step in entry.steps if step.kind == "send"]
    assert one == two == three


BIG = [bytes([at]) * 3_000_000 for at in b"WXYZ"]


def test_a_stretch_waits_for_a_client_that_is_slow(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, timed(*((at * 0.01, [piece]) for at, piece in enumerate(BIG, 1))))
    raw.ask().read_until(b"\r\n\r\n")
    time.sleep(0.2)

    (entry,) = server.service.journal.entries()
    sent = entry.delivery.sent
    body = raw.read_until(b"\r\n0\r\n\r\n")

    assert sent < len(BIG)
    assert [body.count(piece[:1]) for piece in BIG] == [3_000_000] * len(BIG)
    assert told(server.entry)[:3] == ("complete", 200, len(BIG))
    assert server.entry.steps[-1].done >= 0.2


def test_a_client_that_leaves_while_it_holds_up_a_stretch_is_no_error(
    server: Stepped, raw: RawClient, caplog: pytest.LogCaptureFixture
) -> None:
    server.performs(OK, timed(*((at * 0.01, [piece]) for at, piece in enumerate(BIG, 1))))
    raw.ask().read_until(b"\r\n\r\n")
    time.sleep(0.1)

    raw.reset_on_close()
    raw.close()

    assert server.entry.outcome == "left"
    assert len([step for step in server.entry.steps if step.kind == "send"]) < len(BIG)
    assert "Error" not in caplog.text


def test_only_what_was_done_of_a_stretch_is_in_the_journal(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, timed((0.01, [b"one"]), (60, [b"two"])))
    raw.ask().read_until(b"one")
    raw.close()

    assert server.entry.outcome == "left"
    assert [step.kind for step in server.entry.steps] == ["head", "wait", "send"]


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize(("grace", "outcome"), [(0, "failed"), (HANG, "complete")])
def test_a_stretch_ends_within_the_grace_of_a_stop_or_is_cut(loop: str, grace: float, outcome: str) -> None:
    with Stepped(loop, grace) as server, connected(server) as raw:
        server.performs(OK, timed((0.01, [b"one"]), (0.5 if grace else 60, [b"two"])))
        raw.ask().read_until(b"one")
        stop = Thread(target=server.stop)
        stop.start()

        rest = raw.read()
        stop.join()

    assert rest.endswith(b"two\r\n0\r\n\r\n") is (outcome == "complete")
    assert server.entry.outcome == outcome
