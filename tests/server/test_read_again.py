"""Requests whose bytes came before: they are read as ever, in whatever pieces they come, on both loops."""

from __future__ import annotations

import gzip
import random
import re
import time
from contextlib import suppress
from itertools import pairwise

import pytest
from aiohttp.web_protocol import RequestHandler
from patience import HANG
from server.stepped import API, RawClient, Stepped, connected, request

from mockserver.conversation import Http
from mockserver.playback.steps import Head, HeadShape, WrittenHead, WrittenWhole
from mockserver.server import serving, straight
from mockserver.server.app import EDGE

READY = (WrittenWhole(WrittenHead(HeadShape(Head(200, ())), b""), b"answer"),)
COMPRESSED = gzip.compress(b"one")
REQUESTS = {
    "short": API,
    "with a key": request("/v1/chat/completions", b"Authorization: Bearer secret"),
    "with a query": request("/v1?key=a%20b&alt=sse&alt=json"),
    "with letters in its path": request("/v1/a%2Fb/%C3%A4:generate"),
    "with the same header twice": request("/v1", b"X-A: 1", b"x-a: 2"),
    "with no UTF-8": request("/v1", b"X-A: \xff\xfe"),
    "with spaces around a value": request("/v1", b"X-A:   a b \t"),
    "with another host": request().replace(b"host: x", b"Host: example.com:80"),
    "without a body": b"GET /v1/models HTTP/1.1\r\nhost: x\r\n\r\n",
    "of no length": request(body=b""),
    "long": request(body=b"x" * 20_000),
    "with much before its body": request("/v1", b"x-a: " + b"a" * 6_000),
    "with line ends in its body": request(body=b"\r\n\r\nPOST / HTTP/1.1\r\n\r\n"),
    "in chunks": b"POST /v1 HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n",
    "compressed": request("/v1", b"content-encoding: gzip", body=COMPRESSED),
    "compressed in an unknown way": request("/v1", b"content-encoding: rot13"),
    "behind blank lines": b"\r\n\r\n" + API,
    "a head alone": b"HEAD /v1 HTTP/1.1\r\nhost: x\r\n\r\n",
    "old, and goes on": API.replace(b"1.1\r\n", b"1.0\r\nconnection: keep-alive\r\n"),
    "that says it goes on": request("/v1", b"connection: keep-alive"),
}
LAST = {
    "the last": request("/v1", b"connection: close"),
    "old": API.replace(b"HTTP/1.1", b"HTTP/1.0"),
    "of two lengths": request("/v1", b"content-length: 2"),
    "no HTTP": b"one two three\r\n\r\n",
    "of a length that is none": request().replace(b"length: 3", b"length: three"),
    "of a length that is not told": request().replace(b"length: 3", b"length: "),
}

_AIOHTTP_TIME = re.compile(rb"(?<=\r\n)Date: [^\r]+\r\n")


def once(server: Stepped, data: bytes, *, ends: bool = False) -> tuple[bytes, list[Http]]:
    """What comes for a request on a connection of its own, without the time of an answer of aiohttp's, and
    what was read of it.
    """
    before = len(server.service.journal.entries())
    got = b""
    with connected(server) as raw, suppress(ConnectionError):
        raw.socket.sendall(data)
        got = raw.read() if ends else raw.read_answer(data)
    return _AIOHTTP_TIME.sub(b"", got), [entry.http for entry in server.service.journal.entries()[before:]]


def by_aiohttp(server: Stepped, data: bytes, *, ends: bool = False) -> tuple[bytes, list[Http]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(straight, "_IS_KNOWN", False)
        return once(server, data, ends=ends)


@pytest.fixture(autouse=True)
def _ready(server: Stepped) -> None:
    server.has_ready(READY)


@pytest.mark.parametrize("name", REQUESTS)
def test_it_is_read_as_the_first_time(server: Stepped, name: str) -> None:
    got, https = by_aiohttp(server, REQUESTS[name])
    head = got.partition(b"\r\n\r\n")[0]

    with connected(server) as raw:
        for _ in range(4):
            raw.socket.sendall(REQUESTS[name])
            assert raw.read_answer(REQUESTS[name]).partition(b"\r\n\r\n")[0] == head
            time.sleep(0.002)
    read = [entry.http for entry in server.entries(5)]

    assert read == https * 5
    assert https[0].body in REQUESTS[name] or https[0].body == b"one"


TWICE = {
    "user-agent": (b"user-agent: sdk/1", b"X-A: 1", b"User-Agent:wrapper/2 "),
    "content-type": (b"Content-Type: text/json", b"content-type: text/json", b"content-type: a"),
}


@pytest.mark.parametrize("behind_its_head", [False, True])
@pytest.mark.parametrize(
    ("name", "value"), [("user-agent", "sdk/1,wrapper/2"), ("content-type", "text/json,text/json,a")]
)
def test_what_clients_say_twice_is_taken(
    server: Stepped, raw: RawClient, name: str, value: str, *, behind_its_head: bool
) -> None:
    head, body, _ = request("/v1", *TWICE[name]).partition(b"one")

    for _ in range(3):
        raw.socket.sendall(head if behind_its_head else head + body)
        if behind_its_head:
            time.sleep(0.01)
            raw.socket.sendall(body)
        assert raw.read_answer().startswith(b"HTTP/1.1 200")

    said = [(entry.http.headers[name], entry.http.body) for entry in server.entries(3)]
    assert said == [(value, body)] * 3


@pytest.mark.parametrize("name", LAST)
def test_what_ends_a_connection_always_does(server: Stepped, name: str) -> None:
    expected = by_aiohttp(server, LAST[name], ends=True)

    assert [once(server, LAST[name], ends=True) for _ in range(3)] == [expected] * 3
    assert expected[0]


@pytest.mark.parametrize("name", LAST)
def test_what_ends_a_connection_does_where_others_were_asked_before(server: Stepped, name: str) -> None:
    expected, _ = by_aiohttp(server, LAST[name], ends=True)
    with connected(server) as raw:
        for body in (b"one", b"other"):
            raw.socket.sendall(request(body=body))
            raw.read_until(b"answer")
        raw.socket.sendall(LAST[name])
        got = raw.read()

    assert expected.partition(b"\r\n")[0] == got.partition(b"\r\n")[0] != b""


def test_what_is_too_long_is_always_refused(server: Stepped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.app[EDGE], "max_body", 65_536)
    data = request(body=b"x" * 65_537)
    longest = data[:-1].replace(b"65537", b"65536")

    for _ in range(3):
        with connected(server) as raw:
            for each, status in ((data, b"413"), (longest, b"200"), (data, b"413")):
                raw.socket.sendall(each)
                assert raw.read_answer().startswith(b"HTTP/1.1 " + status)

    assert [len(entry.http.body) for entry in server.entries(9)] == [0, 65_536, 0] * 3


def test_the_parser_is_left_out_where_the_same_head_came_before(
    server: Stepped, raw: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, more = API[:-3] + b"two", API[:-3] + b"six"
    for _ in range(2):
        raw.socket.sendall(API)
        raw.read_until(b"answer")
    monkeypatch.setattr(RequestHandler, "data_received", None)

    for each in (API, other, more, other, API):
        raw.socket.sendall(each)
        raw.read_until(b"answer")
    raw.socket.sendall(API[:-3])
    assert raw.is_quiet(0.02)
    raw.socket.sendall(b"two")
    raw.read_until(b"answer")

    https = [entry.http for entry in server.entries(8)]
    assert [http.body for http in https] == [b"one", b"one", b"one", b"two", b"six", b"two", b"one", b"two"]
    assert https[2] is https[6]  # known since it came for the second time past the parser
    assert https[5] is https[7]


@pytest.mark.parametrize("name", ["Content-Length", "content-length", "CONTENT-LENGTH"])
def test_the_length_of_the_body_makes_no_other_head(
    server: Stepped, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    requests = [
        request("/v1", b"x-a: 1", body=b"x" * length).replace(b"content-length", name.encode())
        for length in (3, 10, 0, 20_000, 3)
    ]
    expected = [by_aiohttp(server, each)[1][0] for each in requests]
    with connected(server) as raw:
        raw.socket.sendall(requests[0])
        raw.read_until(b"answer")
        monkeypatch.setattr(RequestHandler, "data_received", None)

        for each in requests[1:]:
            raw.socket.sendall(each)
            raw.read_until(b"answer")

    assert [entry.http for entry in server.entries(10)[5:]] == expected


def test_a_client_that_leaves_in_the_middle_of_a_body_has_asked_nothing(
    server: Stepped, raw: RawClient
) -> None:
    for _ in range(2):
        raw.socket.sendall(API)
        raw.read_until(b"answer")
    with connected(server) as other:
        other.socket.sendall(API[:-2])
        assert other.is_quiet(0.02)

    raw.socket.sendall(API)
    raw.read_until(b"answer")

    assert [entry.http.body for entry in server.entries(3)] == [b"one"] * 3


def test_a_body_that_does_not_come_does_not_hold_up_a_stop(
    server: Stepped, raw: RawClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_LEAVE_TIME", HANG)
    raw.socket.sendall(API)
    raw.read_until(b"answer")
    raw.socket.sendall(API[:-2])
    assert raw.is_quiet(0.02)
    began = time.monotonic()

    server.stop()

    assert time.monotonic() - began < HANG / 2
    assert raw.read() == b""


def cut(each: bytes, chance: random.Random) -> list[bytes]:
    """A request in a few pieces; the last of them may be left for what follows."""
    ends = each.find(b"\r\n\r\n", 4) + 4
    places = [0, chance.randrange(len(each)), chance.randrange(ends), ends, max(ends, len(each) - 2)]
    cuts = sorted({0, *chance.sample(places, chance.randrange(3)), len(each)})
    return [each[begin:end] for begin, end in pairwise(cuts)]


@pytest.mark.parametrize("seed", range(40))
def test_it_does_not_matter_how_requests_are_cut_into_pieces(
    server: Stepped, raw: RawClient, seed: int
) -> None:
    chance = random.Random(seed)
    names = [name for name in REQUESTS if name not in {"a head alone", "old, and goes on"}]
    chosen = chance.choices([REQUESTS[name] for name in chance.sample(names, 3)], k=15)

    held = b""
    for each in chosen:
        for piece in cut(each, chance):
            held += piece
            if chance.random() < 0.9:
                raw.socket.sendall(held)
                time.sleep(0.002)
                held = b""
    raw.socket.sendall(held)
    got = b""
    while got.count(b"answer") < len(chosen):
        got += raw.read_until(b"answer")

    read = [entry.http for entry in server.entries(len(chosen))]
    assert read == [by_aiohttp(server, each)[1][0] for each in chosen]


@pytest.mark.parametrize("name", ["with a key", "behind blank lines"])
def test_a_head_may_be_cut_anywhere_again_and_again(server: Stepped, name: str) -> None:
    data = REQUESTS[name]
    cuts = range(1, len(data), 4)
    for at in cuts:
        with connected(server) as raw:
            for _ in range(3):
                raw.socket.sendall(data[:at])
                time.sleep(0.001)
                raw.socket.sendall(data[at:])
                raw.read_until(b"answer")

    https = [entry.http for entry in server.entries(3 * len(cuts))]
    assert https == [https[0]] * len(https)


def test_what_follows_a_body_in_the_same_piece_is_the_next_request(server: Stepped, raw: RawClient) -> None:
    one, other = request("/one", body=b"one"), request("/other", body=b"other")
    for pieces in ([one], [one[:-2], one[-2:] + other, one], [other[:-5], other[-5:] + one + one]):
        for piece in pieces:
            raw.socket.sendall(piece)
            time.sleep(0.01)
    server.entries(7)
    with connected(server) as again:
        for piece in (other, one, other):
            again.socket.sendall(piece)
            again.read_until(b"answer")

    paths = [entry.http.path for entry in server.entries(10)]
    expected = ["/one", "/one", "/other", "/one", "/other", "/one", "/one", "/other", "/one", "/other"]
    assert paths == expected


def test_a_head_that_came_alone_is_not_taken_for_that_of_the_next_request(
    server: Stepped, raw: RawClient
) -> None:
    one, other = request("/one", body=b"one"), request("/other", body=b"other")
    raw.socket.sendall(one[:-3])
    time.sleep(0.01)
    raw.socket.sendall(one[-3:] + other)
    server.entries(2)

    assert [once(server, each)[1][0].path for each in (one, other)] == ["/one", "/other"]


def test_what_comes_in_the_middle_of_a_head_is_no_request(server: Stepped, raw: RawClient) -> None:
    for _ in range(2):
        raw.socket.sendall(API)
        raw.read_until(b"answer")
    raw.socket.sendall(API[:10])
    time.sleep(0.01)
    raw.socket.sendall(API)

    assert raw.read().startswith(b"HTTP/1.0 400 ")
    assert len(server.entries(2)) == 2
