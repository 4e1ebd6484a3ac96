"""How a connection ends or is held open, as a raw socket sees it, on both loops."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from patience import HANG
from server.stepped import CHUNKS, LOOPS, OK, RawClient, Stepped, connected, parted

from mockserver.playback.steps import Disconnect, Head, Hold, Reset, Send, SendBare, Step, Wait

# ------------------------------------------------------------------------- what ends a connection


def test_a_reset_reaches_the_client_behind_what_was_sent(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, Send(b"one"), Send(b"two"), Reset())

    assert parted(raw.ask().read_reset())[1] == CHUNKS
    assert (server.entry.outcome, server.entry.delivery.sent) == ("faulted", 2)


def test_a_reset_may_come_before_any_byte(server: Stepped, raw: RawClient) -> None:
    server.performs(Reset())

    assert raw.ask().read_reset() == b""
    assert (server.entry.outcome, server.entry.status) == ("faulted", 0)


def test_a_connection_may_close_before_the_body_has_ended(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, Send(b"one"), Send(b"two"), Disconnect())

    assert parted(raw.ask().read())[1] == CHUNKS
    assert server.entry.outcome == "faulted"


def test_a_connection_may_close_before_any_byte(server: Stepped, raw: RawClient) -> None:
    server.performs(Disconnect())

    assert raw.ask().read() == b""


def test_much_that_was_sent_before_a_connection_closes_arrives(server: Stepped, raw: RawClient) -> None:
    pieces = [Send(b"x" * 100_000) for _ in range(100)]
    server.performs(Head(200, (), "close"), *pieces, Disconnect())
    raw.ask()
    time.sleep(0.1)

    assert len(parted(raw.read())[1]) == 10_000_000


@pytest.mark.parametrize("last", [Reset(), Disconnect()])
def test_the_end_of_a_connection_is_no_error_of_the_server(
    server: Stepped, raw: RawClient, last: Step, caplog: pytest.LogCaptureFixture
) -> None:
    for steps in ((last,), (OK, last), (OK, Send(b"one"), last)):
        server.performs(*steps, OK, Send(b"never"))
        with connected(server) as client:
            client.ask()
            assert b"never" not in (client.read_reset() if last == Reset() else client.read())
    server.stop()

    assert [record for record in caplog.records if record.name != "mockserver.access"] == []


@pytest.mark.parametrize("end", [Disconnect(), Reset()])
def test_an_end_that_is_meant_is_no_client_that_leaves_though_others_wait_for_their_turn(
    server: Stepped, raw: RawClient, monkeypatch: pytest.MonkeyPatch, end: Step
) -> None:
    monkeypatch.setattr("mockserver.server.performing.TURN", -1.0)
    server.performs(OK, Send(b"one"), end)

    with suppress(ConnectionResetError):
        raw.ask().read()

    assert server.entry.outcome == "faulted"


def test_bytes_may_go_past_http(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, Send(b"one"), SendBare(b"zz\r\nno chunk"), Disconnect())

    assert parted(raw.ask().read())[1] == b"3\r\none\r\nzz\r\nno chunk"
    assert server.entry.outcome == "faulted"


def test_bytes_past_http_may_be_all_there_is(server: Stepped, raw: RawClient) -> None:
    server.performs(SendBare(b"SSH-2.0-x\r\n"))

    assert raw.ask().read() == b"SSH-2.0-x\r\n"


def test_nothing_follows_on_a_connection_that_was_used_past_http(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, SendBare(b"?"), Send(b"one"))

    assert parted(raw.ask().read())[1] == b"?3\r\none\r\n0\r\n\r\n"


# ------------------------------------------------------------------------------------------ holding


@pytest.mark.parametrize(
    ("before", "end"), [((), b""), ((OK,), b"\r\n\r\n"), ((OK, Send(b"one")), b"one\r\n")]
)
def test_a_connection_may_be_held_open(
    server: Stepped, raw: RawClient, before: tuple[Step, ...], end: bytes
) -> None:
    server.performs(*before, Hold())
    raw.ask().read_until(end)

    (entry,) = server.begun(1)
    assert raw.is_quiet(0.2)
    assert entry.outcome == "open"


def test_a_held_connection_is_let_go_when_the_client_leaves(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, Send(b"one"), Hold())
    raw.ask().read_until(b"one")

    raw.close()

    assert (server.entry.outcome, server.entry.delivery.sent) == ("left", 1)


@pytest.mark.parametrize("loop", LOOPS)
def test_a_held_connection_does_not_hold_up_a_stop(loop: str) -> None:
    with Stepped(loop, grace=HANG) as server, connected(server) as raw:
        server.performs(OK, Send(b"one"), Hold())
        raw.ask().read_until(b"one")
        stopped = time.monotonic()

        server.stop()

        assert time.monotonic() - stopped < HANG / 2
        assert raw.read() in {b"", b"\r\n"}
        assert server.entry.outcome == "faulted"


@pytest.mark.parametrize("loop", LOOPS)
def test_what_is_still_being_answered_when_the_server_stops_is_not_told_to_have_been_left(loop: str) -> None:
    with Stepped(loop, grace=0) as server, connected(server) as raw:
        server.performs(OK, Send(b"one"), Wait(60), Send(b"two"))
        raw.ask().read_until(b"one")

        server.stop()

        assert server.entry.outcome == "failed"


def test_a_client_that_is_gone_when_more_is_sent_is_no_fault_of_the_server(
    server: Stepped, raw: RawClient, caplog: pytest.LogCaptureFixture
) -> None:
    gone = threading.Event()

    def steps() -> Iterator[Step]:
        yield OK
        yield Send(b"one")
        yield Wait(0.02)
        gone.wait(HANG)  # the loop is busy and cannot see that the client leaves
        yield from [Send(b"more")] * 10_000

    server.performs_each(steps)
    raw.ask().read_until(b"one")
    raw.close()
    gone.set()

    assert (server.entry.outcome, server.entry.status) == ("left", 200)
    assert 1 <= server.entry.delivery.sent < 10_000
    server.stop()
    assert [record for record in caplog.records if record.name != "mockserver.access"] == []
