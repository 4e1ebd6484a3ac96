"""The steps of an answer as a person reads them."""

from __future__ import annotations

import pytest

from mockserver.authoring.wire_text import told_lines, told_writes
from mockserver.playback.steps import Disconnect, Head, Hold, Reset, Send, SendBare, Step, Wait, Whole
from mockserver.protocols.base import Answer

HEAD = Head(200, (("content-type", "text/event-stream"),))
TOLD_HEAD = ["HTTP/1.1 200 OK", "content-type: text/event-stream", ""]


def test_a_stream_is_told_by_its_lines_wherever_writes_end() -> None:
    steps: list[Step] = [HEAD, Send(b"data: o"), Send(b"ne\r"), Send(b"\n\r\ndata: two\n\n")]

    assert list(told_lines(steps)) == [*TOLD_HEAD, "data: one", "", "data: two", ""]


def test_line_ends_that_are_no_plain_ones_can_be_seen() -> None:
    steps: list[Step] = [HEAD, Send(b"data: a\r\n\r\ndata: b\r\rdata: c\n\n")]

    told = list(told_lines(steps, line_ends=True))

    assert told[3:] == ["data: a␍␊", "␍␊", "data: b␍", "␍", "data: c", ""]


def test_an_answer_in_one_piece_is_told_with_its_head() -> None:
    answer = Answer(299, (("a", "b"),), b'{"a": 1}\n')

    steps: list[Step] = [Wait(0.25), Whole(answer)]

    assert list(told_lines(steps)) == [
        "(at 250 ms)",
        "HTTP/1.1 299",
        "a: b",
        "",
        '{"a": 1}',
    ]


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (Reset(), ["(the connection is reset)"]),
        (Disconnect(), ["(the connection is closed)"]),
        (Disconnect(behind_body=True), ["(the connection is closed, unannounced)"]),
        (Hold(), ["(silence; the connection stays open)"]),
        (Wait(5), ["(at 5000 ms)"]),
        (SendBare(b"SSH-2.0\r\n"), ["(past the framing of HTTP:)", "SSH-2.0"]),
    ],
)
def test_what_happens_stands_in_brackets_where_it_happens(last: Step, told: list[str]) -> None:
    assert list(told_lines([HEAD, Send(b"data: {"), last])) == [*TOLD_HEAD, "data: {", *told]


def test_the_head_tells_where_the_body_ends_unless_it_is_chunked() -> None:
    assert list(told_lines([Head(200, (), "length", 7)])) == ["HTTP/1.1 200 OK", "content-length: 7", ""]
    assert list(told_lines([Head(200, (), "close")])) == ["HTTP/1.1 200 OK", "connection: close", ""]


def test_of_a_compressed_body_the_size_is_told() -> None:
    coded = (("content-encoding", "gzip"),)

    assert list(told_lines([Head(200, coded), Send(b"12345"), Send(b"67")]))[-1] == "(7 bytes, gzip)"
    assert list(told_lines([Whole(Answer(200, coded, b"1234\n"))]))[-1] == "(5 bytes, gzip)"


def test_bytes_that_are_no_characters_are_written_out() -> None:
    assert list(told_lines([HEAD, Send("é".encode()[:1]), Reset()]))[3] == "\\xc3"


def test_writes_are_told_one_by_one_with_their_line_ends() -> None:
    steps: list[Step] = [HEAD, Send(b"data: o"), Send(b"ne\n\r\n\r"), Reset()]

    assert list(told_writes(steps)) == [*TOLD_HEAD, "data: o", "ne␊␍␊␍", "(the connection is reset)"]
    assert list(told_writes([Whole(Answer(200, (), b"{}\n"))])) == ["HTTP/1.1 200 OK", "", "{}␊"]
