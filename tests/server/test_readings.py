"""What is kept of requests that came: of their heads, and of all their bytes."""

from __future__ import annotations

import pytest
from server.stepped import API, request

from mockserver.conversation import Http
from mockserver.server.readings import Readings, head_of


@pytest.mark.parametrize(
    ("data", "head"),
    [
        (API, API[:-3]),
        (API[:-4], b""),
        (b"\r\n\r\n" + API, b""),
        (b"\n\r\n\r\n" + API, b""),
        (b"\r\n\r\n", b""),
        (b"", b""),
    ],
)
def test_a_head_is_what_ends_with_a_blank_line_and_begins_with_a_method(data: bytes, head: bytes) -> None:
    assert head_of(data) == head


def test_what_came_long_ago_makes_room() -> None:
    readings = Readings()
    heads = [b"POST /%d HTTP/1.1\r\n\r\n" % number for number in range(2_000)]
    for head in heads:
        readings.learn(head, Http("POST", "/v1"), 3)
    last = readings.reading(heads[-1])
    assert last
    bodies = [b"%03d" % number for number in range(2_000)]
    https = [readings.with_body(last, body) for body in bodies for _ in range(2)]

    assert 0 < sum(readings.reading(head) is not None for head in heads) < 600
    assert 0 < sum(readings.request(heads[-1] + body) is not None for body in bodies) < 600
    assert readings.with_body(last, bodies[-1]) is https[-1]
    assert readings.with_body(last, bodies[0]) == https[0]


def test_what_comes_but_once_is_not_kept() -> None:
    readings = Readings()
    readings.learn(API[:-3], Http("POST", "/v1"), 3)
    reading = readings.reading(API)
    assert reading
    bodies = [b"%05d" % number for number in range(3_000)]

    https = [readings.with_body(reading, body) for body in bodies]

    assert [http.body for http in https] == bodies
    assert not any(readings.request(reading.head + body) for body in bodies)
    assert readings.with_body(reading, bodies[-1]) is readings.request(reading.head + bodies[-1])


def test_heads_of_many_lengths_make_room() -> None:
    readings = Readings()
    readings.learn(request()[:-3], Http("POST", "/v1", {"host": "x", "content-length": "3"}), 3)
    heads = [request(body=b"x" * length)[:-length] for length in range(1, 2_000)]

    read = [readings.reading(head) for head in heads]
    kept = [readings.reading(head) is reading for head, reading in zip(heads[::-1], read[::-1], strict=True)]

    assert [reading.length for reading in read if reading] == list(range(1, 2_000))
    assert kept[0]
    assert sum(kept) < 600
    assert read[9]
    assert read[9].http.headers == {"host": "x", "content-length": "10"}


def test_what_is_long_is_not_kept() -> None:
    readings = Readings()
    long_head = b"POST / HTTP/1.1\r\nx-a: " + b"a" * 5_000 + b"\r\n\r\n"
    readings.learn(long_head, Http("POST", "/"), 0)
    readings.learn(API[:-3], Http("POST", "/v1"), 9_000)
    reading = readings.reading(API)
    assert reading

    http = readings.with_body(reading, b"x" * 9_000)

    assert readings.reading(long_head) is None
    assert readings.request(API[:-3] + http.body) is None
    assert http.body == b"x" * 9_000
