"""Steps on the wire, as a raw socket sees them, on both loops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from patience import wait
from server.stepped import CHUNKS, OK, RawClient, Stepped, connected, parted

from mockserver.answering import Exchange
from mockserver.playback.steps import (
    AnyStep,
    Burst,
    Disconnect,
    Head,
    HeadShape,
    Hold,
    Send,
    SendBare,
    Step,
    Wait,
    Whole,
    WrittenHead,
    WrittenWhole,
    plain,
)
from mockserver.protocols.base import Answer
from mockserver.server import connection

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


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is written to connections, write by write."""
    write, written = connection.write, list[bytes]()

    def write_and_tell(transport: asyncio.Transport | None, data: bytes) -> None:
        written.append(data)
        write(transport, data)

    monkeypatch.setattr(connection, "write", write_and_tell)
    return written


def test_a_whole_answer_goes_out_in_one_write(server: Stepped, raw: RawClient, written: list[bytes]) -> None:
    server.performs(Whole(Answer(200, (), b"body")))

    answer = raw.ask().read_until(b"\r\n\r\nbody")

    assert written == [answer]


WRITTEN_OUT = WrittenHead(
    HeadShape(Head(200, (("x-id", "0"), ("date", "today")))), b"x-id: 7\r\ndate: then\r\n"
)
BURST = Burst((3, 3), CHUNKS)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize(
    "steps",
    [
        (WrittenWhole(WRITTEN_OUT, b"body"),),
        (WRITTEN_OUT, BURST, Send(b"three")),
        (WrittenHead(HeadShape(Head(200, (), "close")), b""), BURST),
        (WrittenHead(HeadShape(Head(200, (("content-length", "6"),))), b"content-length: 6\r\n"), BURST),
    ],
)
def test_what_is_written_out_already_reaches_the_client_as_if_it_were_not(
    server: Stepped, *, steps: tuple[AnyStep, ...], version: str
) -> None:
    answers = []
    for performed in (tuple(plain(steps)), steps):
        server.performs(*performed)
        with connected(server) as client:
            answers.append(client.ask("POST", version, "connection: close").read())
    first, second = server.entries(2)

    assert answers[0] == answers[1]
    assert answers[1].count(b"date: ") == 1
    assert [(step.kind, step.size) for step in first.steps] == [
        (step.kind, step.size) for step in second.steps
    ]
    assert (first.outcome, first.status, first.delivery.sent) == (
        second.outcome,
        second.status,
        second.delivery.sent,
    )


def test_what_is_due_at_the_same_moment_leaves_in_one_write(
    server: Stepped, raw: RawClient, written: list[bytes]
) -> None:
    server.performs(OK, Send(b"one"), Send(b"two"), Wait(0.02), Send(b"one"), BURST, Wait(0.01), Send(b"two"))

    raw.ask().read_until(b"0\r\n\r\n")

    first, second = written
    assert parted(first)[1] == CHUNKS
    assert second == b"3\r\none\r\n" + CHUNKS + b"3\r\ntwo\r\n0\r\n\r\n"


def test_pieces_of_a_body_without_chunks_are_written_one_by_one(
    server: Stepped, raw: RawClient, written: list[bytes]
) -> None:
    server.performs(Head(200, (), "length", 6), Send(b"one"), Send(b"two"))

    raw.ask().read_until(b"onetwo")

    assert written[1:] == [b"one", b"two"]


def test_an_answer_that_waits_begins_before_the_next_request_is_looked_at(
    server: Stepped, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.performs(OK, Send(b"one"), Wait(0.1), Send(b"two"))
    respond, write, order = server.service.respond, connection.write, list[str]()

    def respond_and_tell(*asked: Any) -> Exchange:
        order.append("decided")
        return respond(*asked)

    def write_and_tell(transport: asyncio.Transport | None, data: bytes) -> None:
        order.append("written")
        write(transport, data)

    with connected(server) as one, connected(server) as other:
        for client in (one, other):
            client.ask().read_until(b"0\r\n\r\n")
        monkeypatch.setattr(server.service, "respond", respond_and_tell)
        monkeypatch.setattr(connection, "write", write_and_tell)
        server.call(lambda: (one.ask(), other.ask()))  # while nothing else is done
        for client in (one, other):
            client.read_until(b"0\r\n\r\n")

    assert order == ["decided", "written"] * 2 + ["written"] * 2


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
    wait(lambda: entry.outcome != "open" or 0 < sends == entry.delivery.sent)
