"""Steps on the wire, as a raw socket sees them, on both loops."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from aiohttp import web
from server.stepped import LOOPS, RawClient, Stepped, connected, within_time

from mockserver.journal import Journal
from mockserver.protocols.base import Answer
from mockserver.server import connection
from mockserver.steps import Disconnect, Head, Hold, Reset, Send, SendBare, Step, Wait, Whole

OK = Head(200, ())
CHUNKS = b"3\r\none\r\n3\r\ntwo\r\n"


def parted(answer: bytes) -> tuple[list[str], bytes]:
    """The lines of the head without those that every answer has, and the body as it came."""
    head, body = answer.split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    return [line for line in lines if not line.startswith(("date:", "server:"))], body


# ------------------------------------------------------------------------------------------- the body


def test_each_piece_of_a_body_is_a_chunk_of_its_own(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, Send(b"one"), Send(b"two"))

    answer = raw.ask().read_until(b"0\r\n\r\n")

    assert parted(answer) == (["HTTP/1.1 200 OK", "transfer-encoding: chunked"], CHUNKS + b"0\r\n\r\n")
    assert (server.entry.status, server.entry.outcome, server.entry.delivery.sent) == (200, "complete", 2)


def test_an_empty_piece_does_not_end_a_body(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, Send(b"one"), Send(b""), Send(b"two"))

    assert raw.ask().read_until(b"0\r\n\r\n").endswith(CHUNKS + b"0\r\n\r\n")


def test_a_body_of_a_known_length_is_not_chunked(server: Stepped, raw: RawClient) -> None:
    server.performs(Head(200, (), "length", 6), Send(b"one"), Send(b"two"))

    first = parted(raw.ask().read_until(b"two"))
    second = parted(raw.ask().read_until(b"two"))

    assert first == second == (["HTTP/1.1 200 OK", "content-length: 6"], b"onetwo")


@pytest.mark.parametrize("length", [5, 7])
def test_a_length_that_is_not_true_is_told_all_the_same_and_ends_the_connection(
    server: Stepped, raw: RawClient, length: int
) -> None:
    server.performs(Head(200, (), "length", length), Send(b"one"), Send(b"two"))

    assert parted(raw.ask().read()) == (["HTTP/1.1 200 OK", f"content-length: {length}"], b"onetwo")
    assert server.entry.outcome == "complete"


def test_a_scripted_length_is_kept_to_though_the_body_is_longer(server: Stepped, raw: RawClient) -> None:
    server.performs(Head(200, (("content-length", "4"),)), Send(b"one"), Send(b"two"))

    assert parted(raw.ask().read()) == (["HTTP/1.1 200 OK", "content-length: 4"], b"onetwo")


def test_a_whole_answer_that_is_said_to_be_chunked_is(server: Stepped, raw: RawClient) -> None:
    server.performs(Whole(Answer(200, (("Transfer-Encoding", "chunked"),), b"one")))

    answer = raw.ask().read_until(b"0\r\n\r\n")

    assert parted(answer) == (
        ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"],
        b"3\r\none\r\n0\r\n\r\n",
    )


def test_a_head_that_a_script_would_split_is_not_sent(server: Stepped, raw: RawClient) -> None:
    server.performs(Head(200, (("x-a", "1\r\nx-b: 2"),)))

    assert raw.ask().read().startswith(b"HTTP/1.1 500 ")


def test_a_body_may_end_with_the_connection(server: Stepped, raw: RawClient) -> None:
    server.performs(Head(200, (), "close"), Send(b"one"), Send(b"two"))

    assert parted(raw.ask().read()) == (["HTTP/1.1 200 OK", "connection: close"], b"onetwo")


@pytest.mark.parametrize(
    "steps",
    [
        (Head(200, (("connection", "close"),)), Send(b"one")),
        (Whole(Answer(200, (("connection", "close"),), b"one")),),
    ],
)
def test_a_connection_that_is_said_to_close_does(
    server: Stepped, raw: RawClient, steps: tuple[Step, ...]
) -> None:
    server.performs(*steps)

    assert parted(raw.ask().read())[0].count("connection: close") == 1


def test_a_whole_answer_tells_its_length_and_keeps_the_connection(server: Stepped, raw: RawClient) -> None:
    server.performs(Whole(Answer(404, (("x-a", "1"), ("x-a", "2")), b"gone")))

    for _ in range(2):
        head, body = parted(raw.ask().read_until(b"gone"))
        assert (head, body) == (
            ["HTTP/1.1 404 Not Found", "x-a: 1", "x-a: 2", "content-length: 4"],
            b"gone",
        )
    assert [entry.status for entry in server.entries(2)] == [404, 404]


def test_a_whole_answer_goes_out_in_one_write(
    server: Stepped, raw: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = connection.write, []

    def write_and_tell(request: web.Request, data: bytes) -> None:
        written.append(data)
        write(request, data)

    monkeypatch.setattr(connection, "write", write_and_tell)
    server.performs(Whole(Answer(200, (), b"body")))

    answer = raw.ask().read_until(b"\r\n\r\nbody")

    assert written == [answer]


def test_an_empty_answer_is_an_answer(server: Stepped, raw: RawClient) -> None:
    server.performs(Whole(Answer(204, (), b"")))

    for _ in range(2):
        assert parted(raw.ask().read_until(b"\r\n\r\n")) == (["HTTP/1.1 204 No Content"], b"")


# ------------------------------------------------------------------------------- clients that are old


@pytest.mark.parametrize("head", [OK, Head(200, (), "close"), Head(200, (("transfer-encoding", "chunked"),))])
def test_a_client_of_http_1_0_gets_no_chunks(server: Stepped, raw: RawClient, head: Head) -> None:
    server.performs(head, Send(b"one"), Send(b"two"))

    assert parted(raw.ask("GET", "1.0").read()) == (["HTTP/1.0 200 OK"], b"onetwo")


def test_a_client_of_http_1_0_that_keeps_the_connection_is_told_that_it_may(
    server: Stepped, raw: RawClient
) -> None:
    server.performs(Whole(Answer(200, (), b"one")))

    for _ in range(2):
        head, _ = parted(raw.ask("GET", "1.0", "connection: keep-alive").read_until(b"one"))
        assert head == ["HTTP/1.0 200 OK", "content-length: 3", "connection: keep-alive"]


@pytest.mark.parametrize("steps", [(OK, Send(b"one")), (Whole(Answer(200, (), b"one")),)])
def test_a_head_alone_has_no_body_and_the_next_answer_follows(
    server: Stepped, raw: RawClient, steps: tuple[Step, ...]
) -> None:
    server.performs(*steps)
    raw.ask("HEAD")
    server.entries(1)

    answers = raw.ask("POST").read_until(b"one")

    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert parted(answers)[1].startswith(b"HTTP/1.1 200 OK")


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
    monkeypatch.setattr("mockserver.server.performing._TURN", -1.0)
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
    with Stepped(loop, grace=30) as server, connected(server) as raw:
        server.performs(OK, Send(b"one"), Hold())
        raw.ask().read_until(b"one")
        stopped = time.monotonic()

        server.stop()

        assert time.monotonic() - stopped < 2
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
        gone.wait(5)  # the loop is busy and cannot see that the client leaves
        yield from [Send(b"more")] * 10_000

    server.performs_each(steps)
    raw.ask().read_until(b"one")
    raw.close()
    gone.set()

    assert (server.entry.outcome, server.entry.status) == ("left", 200)
    assert 1 <= server.entry.delivery.sent < 10_000
    server.stop()
    assert [record for record in caplog.records if record.name != "mockserver.access"] == []


# ------------------------------------------------------------------------------------- what is told


def test_an_answer_with_faults_is_not_told_to_be_complete(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, Send(b"one"), faults=("usage-missing",))

    raw.ask().read_until(b"0\r\n\r\n")

    assert (server.entry.outcome, server.entry.delivery.is_whole()) == ("faulted", False)


def broken_after(*steps: Step) -> Iterator[Step]:
    yield from steps
    raise ZeroDivisionError


def test_steps_that_break_in_the_middle_end_the_connection(
    server: Stepped, raw: RawClient, caplog: pytest.LogCaptureFixture
) -> None:
    server.performs_each(lambda: broken_after(OK, Send(b"one")))

    assert parted(raw.ask().read())[1] == b"3\r\none\r\n"
    assert server.entry.outcome == "failed"
    assert "ZeroDivisionError" in caplog.text


def test_steps_that_break_before_anything_is_sent_are_told(server: Stepped, raw: RawClient) -> None:
    server.performs_each(broken_after)

    assert raw.ask().read().startswith(b"HTTP/1.1 500 ")


def test_no_answer_is_told_behind_bytes_past_http(server: Stepped, raw: RawClient) -> None:
    server.performs_each(lambda: broken_after(SendBare(b"?")))

    assert raw.ask().read() == b"?"


@pytest.mark.parametrize(
    ("steps", "faults", "note"),
    [
        ((OK, Disconnect()), (), "faulted"),
        ((OK, Send(b"one"), Send(b"two"), Hold()), (), "the client left after 2 events"),
        ((OK, Send(b"one"), Hold()), ("hang",), "faults: hang; the client left after 1 event"),
        ((OK, Disconnect()), ("cut", "finish-null"), "faults: cut, finish-null"),
    ],
)
def test_the_log_tells_faults_and_after_which_event_a_client_left(
    server: Stepped,
    raw: RawClient,
    caplog: pytest.LogCaptureFixture,
    *,
    steps: tuple[Step, ...],
    faults: tuple[str, ...],
    note: str,
) -> None:
    server.performs(*steps, faults=faults)
    with caplog.at_level(logging.INFO, "mockserver.access"):
        raw.ask().read_until(b"\r\n\r\n")
        wait_until_held_or_over(server, sum(isinstance(step, Send) for step in steps))
        raw.close()
        server.entries(1)
        server.stop()

    (line,) = [record.getMessage() for record in caplog.records if record.name == "mockserver.access"]
    assert line.endswith(f"  {note}")


def wait_until_held_or_over(server: Stepped, sends: int) -> None:
    """Until the answer is over, or held open behind so many pieces."""
    (entry,) = server.begun(1)
    for _ in within_time(5):
        if entry.outcome != "open" or 0 < sends == entry.delivery.sent:
            break


# -------------------------------------------------------------------------------------------- waits


def test_nothing_is_sent_before_it_is_due(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, *(step for n in range(20) for step in (Wait(n * 0.0101), Send(b"x"))))
    started = time.perf_counter()
    raw.ask().read_until(b"\r\n\r\n")

    early = []
    for n in range(20):
        raw.socket.recv(6, 0x100)  # a whole chunk: MSG_WAITALL
        early.append(max(0.0, started + n * 0.0101 - time.perf_counter()))

    assert max(early) < 0.0005


def test_a_moment_that_is_past_is_not_waited_for(server: Stepped, raw: RawClient) -> None:
    server.performs(OK, Wait(0.05), *(Wait(n / 1e6) for n in range(20_000)), Send(b"one"))
    started = time.perf_counter()

    raw.ask().read_until(b"one")

    assert time.perf_counter() - started < 5  # a timer each would take twenty seconds


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
    server.service.journal = Journal(heaviest=10_000)
    server.performs(OK, *[Send(b"x")] * 200)

    for _ in range(3):
        raw.ask().read_until(b"0\r\n\r\n")

    for _ in within_time(5):
        if len(server.service.journal.entries()) == 1:
            break
    assert len(server.service.journal.entries()) == 1
