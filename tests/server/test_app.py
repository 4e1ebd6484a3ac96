"""The edge: real sockets, the toy protocol."""

from __future__ import annotations

import asyncio
import gzip
import logging
import sys
import zlib
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any

import brotli
import pytest
import toy
from aiohttp import ClientPayloadError, web
from aiohttp.test_utils import TestClient
from conftest import ToyClient
from patience import HANG

from mockserver.server.app import Clock, create_app
from mockserver.settings import FIXED_NOW

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SCENARIOS = """
    scenario: hello
    match: {user: hello}
    reply: Hello!
    ---
    scenario: slow
    match: {user: slow}
    pace: {first: 10ms, gap: 20ms}
    reply: one two three four five
    ---
    scenario: endless
    match: {user: endless}
    pace: {gap: 1h}
    reply: one two
    ---
    scenario: broken
    match: {user: broken}
    reply: "{{ 1 / 0 }}"
"""

Connect = Callable[[web.Application], Awaitable[TestClient[Any, Any]]]


@pytest.fixture
def mock(client: Callable[..., ToyClient]) -> ToyClient:
    return client(SCENARIOS)


@pytest.fixture
async def http(mock: ToyClient, aiohttp_client: Connect) -> TestClient[Any, Any]:
    return await aiohttp_client(create_app(mock.service, max_body=100_000))


KEY = {"authorization": "Bearer sk-secret-key"}


async def ask(http: TestClient[Any, Any], say: str, **fields: Any) -> tuple[int, str]:
    response = await http.post("/toy", json={"say": say, **fields}, headers=KEY)
    return response.status, await response.text()


async def test_an_answer_has_the_headers_of_the_wire_and_of_the_edge(http: TestClient[Any, Any]) -> None:
    response = await http.post("/toy", json={"say": "hello"}, headers=KEY)

    headers = {name.lower(): value for name, value in response.headers.items()}
    assert headers == {
        "content-type": "text/plain",
        "toy-id": headers["toy-id"],
        "content-length": "29",
        "date": formatdate(FIXED_NOW, usegmt=True),
        "server": "mockserver",
    }


async def test_a_stream_arrives_piece_by_piece(http: TestClient[Any, Any]) -> None:
    response = await http.post("/toy", json={"say": "slow", "stream": True}, headers=KEY)

    pieces = [piece async for piece in response.content.iter_any()]

    assert response.headers["transfer-encoding"] == "chunked"
    assert len(pieces) >= 4
    assert b"".join(pieces).endswith(b"stop 5+5\n")


async def test_waits_are_as_long_as_the_pace_says(http: TestClient[Any, Any]) -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()

    await ask(http, "slow")

    assert loop.time() - started >= 0.09


async def test_a_body_that_is_too_large_is_refused_by_the_wire(http: TestClient[Any, Any]) -> None:
    assert await ask(http, "x" * 200_000) == (400, "too_large: no\n")


COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("coding", COMPRESSORS)
async def test_a_compressed_body_is_read(http: TestClient[Any, Any], coding: str) -> None:
    body = COMPRESSORS[coding](b'{"say": "hello"}')

    response = await http.post("/toy", data=body, headers={**KEY, "content-encoding": coding})

    assert (response.status, await response.text()) == (200, "<text>Hello!</text>\nstop 6+2\n")


@pytest.mark.parametrize("coding", COMPRESSORS)
async def test_a_body_that_is_not_compressed_as_it_claims_is_refused(
    http: TestClient[Any, Any], coding: str
) -> None:
    response = await http.post("/toy", data=b'{"say": "hello"}', headers={**KEY, "content-encoding": coding})

    assert (response.status, await response.text()) == (400, "malformed_json: no\n")


@pytest.mark.parametrize("coding", COMPRESSORS)
async def test_a_compressed_body_that_is_cut_off_is_refused(http: TestClient[Any, Any], coding: str) -> None:
    body = COMPRESSORS[coding](b'{"say": "hello"}')[:12]

    response = await http.post("/toy", data=body, headers={**KEY, "content-encoding": coding})

    assert response.status == 400


@pytest.mark.parametrize("coding", COMPRESSORS)
async def test_a_small_body_that_grows_too_large_is_refused(http: TestClient[Any, Any], coding: str) -> None:
    body = COMPRESSORS[coding](b'{"say": "' + b"x" * 5_000_000 + b'"}')

    response = await http.post("/toy", data=body, headers={**KEY, "content-encoding": coding})

    assert (response.status, await response.text()) == (400, "too_large: no\n")


async def test_head_answers_like_get_without_a_body(http: TestClient[Any, Any]) -> None:
    response = await http.head("/toy/models", headers=KEY)

    assert (response.status, await response.read()) == (200, b"")


async def test_a_browser_may_ask_from_any_origin(http: TestClient[Any, Any]) -> None:
    preflight = await http.options(
        "/toy", headers={"origin": "http://app", "access-control-request-method": "POST"}
    )
    answer = await http.post("/toy", json={"say": "hello"}, headers={**KEY, "origin": "http://app"})

    assert (preflight.status, preflight.headers["access-control-allow-headers"]) == (204, "*")
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_an_unknown_path_is_refused_by_the_wire(http: TestClient[Any, Any]) -> None:
    response = await http.get("/nowhere/at all?x=1", headers=KEY)

    assert (response.status, await response.text()) == (404, "unknown_route: no\n")


async def test_a_client_that_leaves_mid_stream_is_noted_and_harms_nobody(
    http: TestClient[Any, Any], mock: ToyClient
) -> None:
    response = await http.post("/toy", json={"say": "endless", "stream": True}, headers=KEY)
    await response.content.readany()

    response.close()
    async with asyncio.timeout(HANG):
        while mock.journal.entries()[0].outcome == "open":  # noqa: ASYNC110 - the server notices it
            await asyncio.sleep(0.01)

    assert mock.journal.entries()[0].outcome == "left"
    assert await ask(http, "hello") == (200, "<text>Hello!</text>\nstop 6+2\n")


async def test_many_streams_at_once_do_not_mix(http: TestClient[Any, Any]) -> None:
    answers = await asyncio.gather(*(ask(http, "slow", stream=True, number=number) for number in range(200)))

    assert {status for status, _ in answers} == {200}
    assert {text.count("begin") for _, text in answers} == {1}
    assert len({text for _, text in answers}) == 1


async def test_a_bug_reaches_the_client_as_the_error_of_the_wire(
    http: TestClient[Any, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(toy.ToyDialect, "read", lambda *_: 1 / 0)

    answer = await ask(http, "hello")

    assert answer == (500, "server_error: no\n")
    assert "could not be answered" in caplog.text


async def test_what_a_client_sends_neither_ends_the_line_of_the_log_nor_steers_the_terminal(
    http: TestClient[Any, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "mockserver.access"):
        await http.get("/v1/models/a%0Aforged%1B[31m", headers={"Authorization": "Bearer key"})

    (record,) = caplog.records
    assert "/v1/models/a\\x0aforged\\x1b[31m" in record.getMessage()
    assert record.getMessage().isprintable()


async def test_a_key_is_never_logged(http: TestClient[Any, Any], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "mockserver.access"):
        await http.post("/toy?key=sk-secret-key", json={"say": "hello"})
        await http.post("/toy?key=sk-secret-key", json={"say": "broken"})

    assert "hello/1" in caplog.text
    assert "secret" not in caplog.text


async def test_one_line_tells_an_exchange(
    http: TestClient[Any, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "mockserver.access"):
        await ask(http, "hello")

    (line,) = [record.getMessage() for record in caplog.records if record.name == "mockserver.access"]
    assert line.startswith("toy              POST /toy  hello/1  200  ")


async def test_health_tells_the_scenarios(http: TestClient[Any, Any]) -> None:
    response = await http.get("/_mock/health")

    assert (await response.json())["scenarios"] == ["hello", "slow", "endless", "broken"]


async def test_a_path_with_a_line_break_is_refused_by_the_family_it_belongs_to(
    http: TestClient[Any, Any],
) -> None:
    response = await http.get("/toy/%0A")

    assert (response.status, await response.text()) == (404, "unknown_route: no\n")


@pytest.mark.parametrize(("path", "status"), [("/_mock/nothing", 404), ("/_mock/", 404)])
async def test_an_unknown_control_path_is_told_as_json(
    http: TestClient[Any, Any], path: str, status: int
) -> None:
    response = await http.get(path)

    assert (response.status, "error" in await response.json()) == (status, True)


async def test_the_front_page_is_text_for_curl_and_html_for_a_browser(http: TestClient[Any, Any]) -> None:
    text = await http.get("/")
    page = await http.get("/", headers={"accept": "text/html,*/*"})

    assert text.content_type == "text/plain"
    assert "hello" in await text.text()
    assert (await page.text()).startswith("<!doctype html>")


async def test_a_real_clock_tells_the_time(mock: ToyClient, aiohttp_client: Connect) -> None:
    http = await aiohttp_client(create_app(mock.service, Clock(None)))

    response = await http.get("/toy/models", headers=KEY)

    assert response.headers["date"] != formatdate(FIXED_NOW, usegmt=True)


async def test_raw_garbage_on_the_socket_is_answered_and_the_next_request_works(
    http: TestClient[Any, Any],
) -> None:
    reader, writer = await asyncio.open_connection(http.host, http.port)
    writer.write(b"\x00\x01garbage\r\n\r\n")
    answer = await reader.read(1000)
    writer.close()

    assert answer.startswith(b"HTTP/1.")
    assert (await ask(http, "hello"))[0] == 200


@pytest.mark.parametrize(
    "header", ["authorization: Bearer \xff\xfe", "x-mock-scenario: \xe9", "x-api-key: \xc3\x28"]
)
async def test_bytes_that_are_no_text_are_no_harm(http: TestClient[Any, Any], header: str) -> None:
    reader, writer = await asyncio.open_connection(http.host, http.port)
    body = b'{"say": "hello"}'
    head = f"POST /toy HTTP/1.1\r\nhost: x\r\nx-goog-api-key: k\r\n{header}\r\nconnection: close\r\n"
    writer.write(head.encode("latin-1") + f"content-length: {len(body)}\r\n\r\n".encode() + body)
    answer = await reader.read()
    writer.close()

    assert answer.split(b" ")[1] in {b"200", b"404"}
    assert b"toy" in answer or b"not_found" in answer


async def test_repeated_names_are_joined_with_commas(http: TestClient[Any, Any], mock: ToyClient) -> None:
    headers = [*KEY.items(), ("x-beta", "a"), ("x-beta", "b")]

    await http.post("/toy?of[]=1&of[]=2", json={"say": "hello"}, headers=headers)

    (entry,) = mock.journal.entries()
    assert (entry.http.query, entry.http.headers["x-beta"]) == ({"of[]": "1,2"}, "a,b")


async def test_a_failure_in_the_middle_of_a_stream_is_noted(
    http: TestClient[Any, Any], mock: ToyClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: toy.ToyEncoder, event: object) -> list[bytes]:
        return [b"begin\n"] if type(event).__name__ == "Begin" else [1 / 0]  # type: ignore[list-item]  # it raises

    monkeypatch.setattr(toy.ToyEncoder, "encode", broken)
    response = await http.post("/toy", json={"say": "hello", "stream": True}, headers=KEY)

    with pytest.raises(ClientPayloadError):
        await response.read()
    assert [(entry.status, entry.outcome) for entry in mock.journal.entries()] == [(200, "failed")]


async def test_a_scripted_header_takes_the_place_of_the_servers_own(
    client: Callable[..., ToyClient], aiohttp_client: Connect
) -> None:
    mock = client('scenario: s\nreply: Hi\nheaders: {server: gfe, x-said: "{{ user }}"}')
    http = await aiohttp_client(create_app(mock.service))

    response = await http.post("/toy", json={"say": "one\r\nx-evil: two"}, headers=KEY)

    assert response.headers.getall("server") == ["gfe"]
    assert response.headers["x-said"] == "one x-evil: two"
