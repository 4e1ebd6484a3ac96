"""Heads as values: what the script wants and the client can take, and what becomes of the connection."""

from __future__ import annotations

import pytest

from mockserver.playback.steps import Head, HeadShape, WrittenHead
from mockserver.protocols.base import Headers
from mockserver.server.heads import Asked, FramedHead, framed, put, put_written

NEW = Asked()
OLD = Asked(is_old=True, keeps_alive=False)
OLD_KEPT = Asked(is_old=True)
LAST = Asked(keeps_alive=False)


def told(head: FramedHead) -> str:
    """What a head tells, but for its line: `name: value` of each header, and what becomes of it."""
    headers = ", ".join(f"{name}: {value}" for name, value in head.headers)
    return f"{headers} | {'kept' if head.keeps_alive else 'closed'}"


@pytest.mark.parametrize(
    ("head", "asked", "expected"),
    [
        (Head(200, ()), NEW, "transfer-encoding: chunked | kept"),
        (Head(200, ()), LAST, "transfer-encoding: chunked, connection: close | closed"),
        (Head(200, ()), OLD, " | closed"),
        (Head(200, ()), OLD_KEPT, " | closed"),
        (Head(200, (), "length", 7), NEW, "content-length: 7 | kept"),
        (Head(200, (), "length", 7), OLD, "content-length: 7 | closed"),
        (Head(200, (), "length", 7), OLD_KEPT, "content-length: 7, connection: keep-alive | kept"),
        (Head(200, (), "close"), NEW, "connection: close | closed"),
        (Head(200, (), "close"), OLD, " | closed"),
        (Head(204, ()), NEW, " | kept"),
        (Head(304, (), "length", 0), NEW, " | kept"),
    ],
)
def test_a_head_tells_where_the_body_ends_in_words_that_the_client_knows(
    head: Head, asked: Asked, expected: str
) -> None:
    assert told(framed(head, asked)) == expected


@pytest.mark.parametrize(
    ("headers", "asked", "expected"),
    [
        ((("Connection", "close"),), NEW, "Connection: close, transfer-encoding: chunked | closed"),
        ((("connection", "x, Close"),), NEW, "connection: x, Close, transfer-encoding: chunked | closed"),
        ((("Content-Length", "5"),), NEW, "Content-Length: 5 | kept"),
        ((("content-length", "five"),), NEW, "content-length: five, connection: close | closed"),
        ((("transfer-encoding", "chunked"),), NEW, "transfer-encoding: chunked | kept"),
        ((("transfer-encoding", "chunked"),), OLD, " | closed"),
        (
            (("connection", "keep-alive"),),
            LAST,
            "connection: keep-alive, transfer-encoding: chunked | closed",
        ),
    ],
)
def test_what_a_script_says_is_not_said_again(headers: Headers, asked: Asked, expected: str) -> None:
    assert told(framed(Head(200, headers), asked)) == expected


def test_what_a_script_says_of_the_length_goes_before_what_the_answer_has() -> None:
    head = framed(Head(200, (("content-length", "3"),), "length", 7), NEW)

    assert (head.length, told(head)) == (3, "content-length: 3 | kept")


@pytest.mark.parametrize(
    ("status", "line"),
    [(200, "HTTP/1.1 200 OK"), (529, "HTTP/1.1 529 "), (429, "HTTP/1.1 429 Too Many Requests")],
)
def test_the_line_has_the_phrase_of_the_status_if_there_is_one(status: int, line: str) -> None:
    assert framed(Head(status, ()), NEW).line == line


def test_the_line_is_of_the_version_that_was_asked() -> None:
    assert framed(Head(200, ()), OLD).line == "HTTP/1.0 200 OK"


@pytest.mark.parametrize(("asked", "status"), [(Asked("HEAD"), 200), (NEW, 204), (NEW, 304)])
def test_some_answers_have_no_body(asked: Asked, status: int) -> None:
    head = framed(Head(status, ()), asked)

    assert (head.has_body, head.is_chunked, head.keeps_alive) == (False, False, True)


FIXED = (("date", "today"), ("server", "mockserver"))
HEADS = [
    Head(200, ()),
    Head(200, (), "close"),
    Head(204, (("x-a", "1"),), "length", 0),
    Head(404, (("x-a", "1"), ("x-a", "2")), "length", 12),
    Head(200, (("Date", "never"), ("Server", "x")), "length", 3),
    Head(200, (("Content-Length", "5"), ("x-a", "0")), "length", 9),
    Head(200, (("content-length", "0"),), "length", 9),
    Head(200, (("x-a", "1"), ("transfer-encoding", "chunked"), ("connection", "close"))),
    Head(529, (("x-a", "content-length: 0"),), "length", 0),
]


@pytest.mark.parametrize("asked", [NEW, OLD, OLD_KEPT, LAST, Asked("HEAD")])
@pytest.mark.parametrize("head", HEADS)
def test_a_head_is_written_as_it_is_framed(head: Head, asked: Asked) -> None:
    expected = framed(head, asked, FIXED)

    written, length, encoded = put(head, asked, FIXED)

    lines = [expected.line, *(f"{name}: {value}" for name, value in expected.headers), "", ""]
    assert encoded == "\r\n".join(lines).encode()
    assert length == expected.length
    assert (written.is_chunked, written.has_body, written.keeps_alive) == (
        expected.is_chunked,
        expected.has_body,
        expected.keeps_alive,
    )


@pytest.mark.parametrize("asked", [NEW, LAST, Asked("HEAD")])
@pytest.mark.parametrize("head", HEADS)
def test_a_head_that_is_written_out_already_is_framed_as_if_it_were_not(head: Head, asked: Asked) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.headers).encode()
    whole = head.length if head.body == "length" else None

    assert put_written(WrittenHead(HeadShape(head), lines), whole, asked, FIXED) == put(head, asked, FIXED)


def test_heads_of_one_kind_have_their_own_values_and_lengths() -> None:
    first = put(Head(200, (("x-a", "1"),), "length", 1), NEW, ())
    second = put(Head(200, (("x-a", "2"),), "length", 22), NEW, ())

    assert first[1:] == (1, b"HTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 1\r\n\r\n")
    assert second[1:] == (22, b"HTTP/1.1 200 OK\r\nx-a: 2\r\ncontent-length: 22\r\n\r\n")
