"""Framing on steps: which bytes are sent in which write, and when."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playback.framed_steps import ARRAY, DONE, EVENTS, JSON, ONE, TWO, steps_of, writes

from mockserver.playback.framing import framed
from mockserver.playback.steps import Disconnect, Head, Hold, Reset, Send, SendBare, Step, Wait, Whole
from mockserver.scenario.delivery import Wire


def body(wire: Wire, *steps: Step, **more: Any) -> bytes:
    return b"".join(writes(wire, *steps, **more))


def headers(wire: Wire, *steps: Step, **more: Any) -> list[tuple[str, str]]:
    (found,) = [
        step.headers if isinstance(step, Head) else step.answer.headers
        for step in steps_of(wire, *steps, **more)
        if isinstance(step, Head | Whole)
    ]
    return list(found)


def test_without_a_wire_the_steps_are_what_they_were() -> None:
    steps: Iterator[Step] = iter([EVENTS, ONE])

    assert framed(steps, Wire(), "gzip") is steps


# ----------------------------------------------------------------------------------------------- writes


def test_the_whole_stream_is_one_write_when_its_last_byte_is_due() -> None:
    steps = steps_of(Wire(write="whole"), Wait(1), EVENTS, ONE, Wait(2), TWO, Wait(3), DONE)

    assert steps == [Wait(1), EVENTS, Wait(2), Wait(3), Send(ONE.data + TWO.data + DONE.data)]


@pytest.mark.parametrize("ending", [Hold(), Reset(), Disconnect()])
def test_what_breaks_a_stream_off_comes_behind_what_there_is(ending: Step) -> None:
    steps = steps_of(Wire(write="whole"), EVENTS, ONE, Wait(2), TWO, ending)

    assert steps == [EVENTS, Wait(2), Send(ONE.data + TWO.data), ending]


def test_writes_of_some_bytes_do_not_care_for_events() -> None:
    sent = writes(Wire(write=10), EVENTS, ONE, TWO)

    assert [len(data) for data in sent] == [10, 10, 10, 8]
    assert b"".join(sent) == ONE.data + TWO.data


def test_what_is_due_is_sent_before_a_wait() -> None:
    assert steps_of(Wire(write=100), EVENTS, ONE, Wait(2), TWO) == [EVENTS, ONE, Wait(2), TWO]


def test_a_write_ends_inside_each_character_of_several_bytes() -> None:
    sent = writes(Wire(split_characters=True), EVENTS, Send("data: é, 🙂!\n\n".encode()))

    assert sent == [b"data: \xc3", b"\xa9, \xf0", b"\x9f\x99\x82!\n\n"]


def test_json_is_cut_like_a_stream_and_tells_its_length() -> None:
    steps = steps_of(Wire(write=8, split_characters=True), Whole(JSON))

    assert steps == [
        Head(200, JSON.headers, "length", 14),
        Send(b'{"text":'),
        Send(b' "\xc3'),
        Send(b'\xa9"}'),
    ]


# -------------------------------------------------------------------------------- lines of events


@pytest.mark.parametrize(("newline", "end"), [("lf", b"\n"), ("crlf", b"\r\n"), ("cr", b"\r")])
def test_lines_end_as_they_are_told(newline: Any, end: bytes) -> None:
    mixed = Send(b"event: a\r\ndata: 1\r\n\r\ndata: 2\r\rdata: 3\n\n")

    assert body(Wire(newline=newline), EVENTS, mixed) == mixed.data.replace(b"\r\n", b"\n").replace(
        b"\r", b"\n"
    ).replace(b"\n", end)


def test_a_line_end_cut_in_two_is_one_line_end() -> None:
    halves = (Send(b"data: 1\r"), Send(b"\n\r"), Send(b"\n"), Send(b"data: 2\r\n\r\n"))

    assert body(Wire(newline="lf"), EVENTS, *halves) == b"data: 1\n\ndata: 2\n\n"
    assert body(Wire(comments="c"), EVENTS, *halves) == b": c\rdata: 1\r\n\r\n: c\r\ndata: 2\r\n\r\n"


def test_a_comment_stands_before_each_event() -> None:
    named = Send(b'event: ping\r\ndata: {"type": "ping"}\r\n\r\n')

    assert writes(Wire(comments="hello"), EVENTS, named, DONE) == [
        b": hello\r\n" + named.data,
        b": hello\n" + DONE.data,
    ]


def test_events_are_numbered_and_the_first_says_when_to_try_again() -> None:
    assert writes(Wire(event_ids=True, retry=3000), EVENTS, ONE, Send(b": ping\n\n"), DONE) == [
        b"id: 0\nretry: 3000\n" + ONE.data,
        b": ping\n\n",
        b"id: 1\n" + DONE.data,
    ]


def test_spaces_stand_before_the_last_brace_of_json_alone() -> None:
    assert writes(Wire(padding=3), EVENTS, TWO, DONE, Send(b"data:{}\n\n")) == [
        b'data: {"a":[2,"x"]   }\n\n',
        DONE.data,
        b"data:{   }\n\n",
    ]


def test_json_stands_on_several_lines_that_are_cut_where_space_may_be() -> None:
    said = Send(b'event: e\ndata: {"a, b": [1, {"c\\": ": "d, e"}]}\n\n')

    assert body(Wire(data_lines=3), EVENTS, said) == (
        b'event: e\ndata: {"a, b": [\ndata: 1, {"c\\": ":\ndata:  "d, e"}]}\n\n'
    )


def test_there_are_no_more_lines_than_places_for_them() -> None:
    assert body(Wire(data_lines=50), EVENTS, Send(b'data: {"a":1}\r\n\r\n'), DONE) == (
        b'data: {\r\ndata: "a":\r\ndata: 1}\r\n\r\n' + DONE.data
    )


def test_the_last_event_alone_lacks_its_blank_line() -> None:
    assert writes(Wire(last_blank_line=False), EVENTS, ONE, Send(b"data: 2\r\n\r\n")) == [
        ONE.data,
        b"data: 2\r\n",
    ]


def test_events_before_the_last_are_sent_when_they_are_due() -> None:
    steps = steps_of(Wire(last_blank_line=False), EVENTS, ONE, Wait(1), DONE, Hold())

    assert steps == [EVENTS, ONE, Wait(1), Send(DONE.data[:-1]), Hold()]


def test_a_wire_of_events_leaves_json_alone() -> None:
    wire = Wire(
        newline="cr",
        comments="c",
        keep_alive=1,
        event_ids=True,
        retry=1,
        last_blank_line=False,
        padding=9,
        data_lines=3,
        write="whole",
        body="length",
    )
    array = (ARRAY, Send(b'[{"a":\n1}'), Wait(9), Send(b"\n]\n\n"))

    assert steps_of(wire, Whole(JSON)) == [Whole(JSON)]
    assert steps_of(replace(wire, write="event", body=None), *array) == list(array)


# --------------------------------------------------------------------------------- body, coding, headers


def test_a_byte_order_mark_stands_before_all_else() -> None:
    assert writes(Wire(bom=True), EVENTS, ONE, TWO) == [b"\xef\xbb\xbf" + ONE.data, TWO.data]
    assert steps_of(Wire(bom=True), Whole(JSON)) == [Whole(replace(JSON, body=b"\xef\xbb\xbf" + JSON.body))]


def test_a_stream_is_compressed_write_by_write() -> None:
    decode = zlib.decompressobj(wbits=31).decompress

    *sent, ending = writes(Wire(encoding="gzip"), EVENTS, ONE, TWO, accepted="br, gzip")

    assert [decode(data) for data in sent] == [ONE.data, TWO.data]
    assert decode(ending) == b""


def test_a_compressed_answer_says_so_and_any_says_on_what_it_depends() -> None:
    wire = Wire(encoding="gzip")
    varies, coded = ("vary", "accept-encoding"), ("content-encoding", "gzip")

    assert headers(wire, EVENTS, ONE, accepted="gzip") == [*EVENTS.headers, varies, coded]
    assert headers(wire, EVENTS, ONE, accepted="br") == [*EVENTS.headers, varies]
    assert body(wire, EVENTS, ONE, accepted="br") == ONE.data


def test_what_is_coded_already_is_not_coded_again() -> None:
    coded = replace(EVENTS, headers=(*EVENTS.headers, ("Content-Encoding", "br")))

    assert body(Wire(encoding="gzip"), coded, ONE, accepted="gzip") == ONE.data


def test_json_is_compressed_as_a_whole() -> None:
    (step,) = steps_of(Wire(encoding="gzip"), Whole(JSON), accepted="gzip")

    assert isinstance(step, Whole)
    assert zlib.decompress(step.answer.body, wbits=31) == JSON.body


def test_writes_are_cut_of_what_is_compressed() -> None:
    sent = writes(Wire(encoding="gzip", write=5), EVENTS, ONE, TWO, accepted="gzip")

    assert {len(data) for data in sent[:-1]} == {5}
    assert zlib.decompress(b"".join(sent), wbits=31) == ONE.data + TWO.data


def test_characters_are_split_before_they_are_compressed() -> None:
    decode = zlib.decompressobj(wbits=31).decompress
    wire = Wire(encoding="gzip", split_characters=True)

    sent = writes(wire, EVENTS, Send("data: é\n\n".encode()), accepted="gzip")

    assert [decode(data) for data in sent] == [b"data: \xc3", b"\xa9\n\n", b""]


def test_a_compressed_stream_that_is_broken_off_has_no_end() -> None:
    sent = writes(Wire(encoding="gzip"), EVENTS, ONE, Reset(), accepted="gzip")
    reader = zlib.decompressobj(wbits=31)

    assert reader.decompress(b"".join(sent)) == ONE.data
    assert not reader.eof


def test_a_stream_can_tell_its_length_and_keeps_its_waits() -> None:
    steps = steps_of(Wire(body="length"), Wait(1), EVENTS, ONE, Wait(2), DONE)

    length = len(ONE.data + DONE.data)
    assert steps == [Wait(1), replace(EVENTS, body="length", length=length), ONE, Wait(2), DONE]


def test_the_length_is_that_of_what_is_sent() -> None:
    wire = Wire(body="length", encoding="gzip", bom=True, comments="c", data_lines=2)

    head, *rest = steps_of(wire, EVENTS, ONE, TWO, accepted="gzip")

    assert isinstance(head, Head)
    assert head.length == sum(len(step.data) for step in rest if isinstance(step, Send))


@pytest.mark.parametrize("ending", [Hold(), Reset(), Disconnect()])
def test_a_stream_that_is_broken_off_is_told_to_be_longer(ending: Step) -> None:
    steps = steps_of(Wire(body="length"), EVENTS, ONE, ending)

    assert steps[0] == replace(EVENTS, body="length", length=len(ONE.data) + 1)


def test_a_stream_whose_connection_is_closed_behind_it_has_its_own_length() -> None:
    steps = steps_of(Wire(body="length"), EVENTS, ONE, Disconnect(behind_body=True))

    assert steps[0] == replace(EVENTS, body="length", length=len(ONE.data))


def test_a_known_length_is_told_anew_where_the_body_is_compressed() -> None:
    known = Head(200, JSON.headers, "length", len(JSON.body))

    head, *sent = steps_of(Wire(encoding="gzip"), known, Send(JSON.body), accepted="gzip")

    assert isinstance(head, Head)
    assert head.length == sum(len(step.data) for step in sent if isinstance(step, Send)) != known.length


def test_a_body_ends_as_it_is_told() -> None:
    assert steps_of(Wire(body="close"), EVENTS, ONE)[0] == replace(EVENTS, body="close")
    assert steps_of(Wire(body="chunked"), Whole(JSON)) == [Head(200, JSON.headers), Send(JSON.body)]
    assert steps_of(Wire(body="close"), Whole(JSON))[0] == Head(200, JSON.headers, "close")


def test_what_came_before_the_head_was_no_silence() -> None:
    steps = steps_of(Wire(keep_alive=2), Wait(3), SendBare(b"x"), Wait(6), EVENTS, ONE)

    assert [step.until for step in steps if isinstance(step, Wait)] == [3, 5, 5, 6]


def test_a_length_that_lies_is_left_alone() -> None:
    lie = replace(EVENTS, body="length", length=7)

    assert steps_of(Wire(bom=True), lie, ONE)[0] == lie


@pytest.mark.parametrize("wire", [Wire(bom=True), Wire(encoding="gzip")])
def test_a_length_that_is_true_stays_true(wire: Wire) -> None:
    told = replace(EVENTS, body="length", length=len(ONE.data))

    head, *_ = steps_of(wire, told, ONE, accepted="gzip")

    assert isinstance(head, Head)
    assert head.length == len(b"".join(writes(wire, told, ONE, accepted="gzip"))) != told.length


def test_a_connection_is_said_to_be_closed() -> None:
    assert headers(Wire(close=True), EVENTS, ONE)[-1] == ("connection", "close")
    assert headers(Wire(close=True), Whole(JSON))[-1] == ("connection", "close")


def test_an_answer_without_a_body_has_none() -> None:
    empty = replace(JSON, status=204, body=b"")
    wire = Wire(write=3, encoding="gzip", body="chunked")

    assert steps_of(wire, Whole(empty), accepted="gzip") == [
        Whole(replace(empty, headers=(*empty.headers, ("vary", "accept-encoding"))))
    ]


# ---------------------------------------------------------------------------------------- odd bytes


def test_bytes_that_are_no_events_pass() -> None:
    odd = (b"\xff\xfe{{{\r", b"data", b": {\n\n\n", b'data: {"a": "\\}\n', b"\r\r\n\ndata: {,}")
    wire = Wire(newline="lf", data_lines=4, comments="c", split_characters=True, keep_alive=1, write=7)

    sent = body(wire, EVENTS, *map(Send, odd))

    assert sent.count(b"\r") == 0
    assert [part in sent for part in (b"\xff\xfe{{{", b'"\\}')] == [True, True]


@pytest.mark.parametrize("bare", [SendBare(b"\x00"), Reset(), Disconnect(), Hold()])
def test_what_has_no_head_passes_at_its_time(bare: Step) -> None:
    assert steps_of(Wire(bom=True, body="length"), Wait(1), bare) == [Wait(1), bare]


def test_bytes_past_http_stand_where_they_stood() -> None:
    bare = SendBare(b"!")

    assert steps_of(Wire(write="whole"), EVENTS, ONE, bare, TWO) == [EVENTS, ONE, bare, TWO]
