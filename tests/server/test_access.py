"""Who may ask the pages of the server's own: by address, by name, by token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from conftest import ToyClient

from mockserver.conversation import Http
from mockserver.server.access import FAR, NEAR, NO_TOKEN, STRANGE_HOST, STRANGE_ORIGIN, Access
from mockserver.server.app import create_app

Connect = Callable[[web.Application], Awaitable[TestClient[Any, Any]]]

TOKEN = Access("s3cret")


def refusal(access: Access = NEAR, peer: str | None = "127.0.0.1", **headers: str) -> str:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return access.refuses(Http("GET", "/_mock/requests", named), peer)


@pytest.mark.parametrize(
    "peer",
    [
        *(
            "127.0.0.1",
            "127.8.8.8",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.65.1",
            "169.254.1.1",
        ),
        *("::1", "fd00::17", "fe80::1", "fe80::1%eth0", "::ffff:172.17.0.1", None),
    ],
)
def test_who_is_on_this_machine_or_in_a_private_network_is_answered(peer: str | None) -> None:
    assert refusal(peer=peer) == ""


@pytest.mark.parametrize(
    "peer",
    [
        *("8.8.8.8", "172.32.0.1", "11.0.0.1", "192.169.0.1", "100.64.0.1"),
        *("2001:db8::1", "::ffff:8.8.8.8", "garbage", ""),
    ],
)
def test_who_is_elsewhere_is_not(peer: str) -> None:
    assert refusal(peer=peer) == FAR


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "localhost:8000", "LOCALHOST:8000", "localhost.", "app.localhost:1", "127.0.0.1:8000"),
        *("[::1]:8000", "[::1]", "10.0.0.7", "mockserver:8000", "mock_server-1", "host.docker.internal:8000"),
        *(
            "mockserver.tests.svc",
            "mockserver.tests.svc.cluster.local:80",
            "laptop.local",
            "nas.home.arpa",
            "",
        ),
    ],
)
def test_a_name_that_only_a_private_network_knows_is_answered(host: str) -> None:
    assert refusal(host=host) == ""


@pytest.mark.parametrize(
    "host",
    [
        *(
            "evil.example",
            "evil.example:8000",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "mock.dev",
        ),
        *("svc.evil.example", "evillocal.com", "127.0.0.1@evil.example", "[::1].evil.example", "a b", "ö"),
    ],
)
def test_a_name_that_a_stranger_may_have_pointed_here_is_not(host: str) -> None:
    assert refusal(host=host) == STRANGE_HOST


@pytest.mark.parametrize("origin", ["http://localhost:8000", "https://LOCALHOST:8000"])
def test_a_page_of_the_server_itself_is_answered(origin: str) -> None:
    assert refusal(host="localhost:8000", origin=origin) == ""


@pytest.mark.parametrize(
    "origin",
    ["http://localhost:5173", "https://evil.example", "null", "", "http://localhost:8000.evil.example"],
)
def test_web_pages_from_elsewhere_are_not(origin: str) -> None:
    assert refusal(host="localhost:8000", origin=origin) == STRANGE_ORIGIN


@pytest.mark.parametrize("sent", [{"x_mock_token": "s3cret"}, {"authorization": "Bearer s3cret"}])
def test_who_sends_the_token_is_answered_from_anywhere(sent: dict[str, str]) -> None:
    assert refusal(TOKEN, "8.8.8.8", host="mock.example.com", origin="https://app.example.com", **sent) == ""


@pytest.mark.parametrize(
    "sent",
    [{}, {"x_mock_token": "s3cre"}, {"x_mock_token": "ü"}, {"authorization": "s3cret"}, {"x_mock_token": ""}],
)
def test_without_the_token_nobody_is(sent: dict[str, str]) -> None:
    assert refusal(TOKEN, **sent) == NO_TOKEN


# -------------------------------------------------------------------------------------- over the wire


@pytest.fixture
def mock(client: Callable[..., ToyClient]) -> ToyClient:
    return client("scenario: hello\nreply: Hello!")


PAGES = ["requests", "scenarios", "verify", "settings", "events"]


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_of_a_key_needs_the_token(mock: ToyClient, aiohttp_client: Connect, page: str) -> None:
    http = await aiohttp_client(create_app(mock.service, access=TOKEN))

    refused = await http.get(f"/_mock/{page}", headers={"x-api-key": "k"})

    assert (refused.status, (await refused.json())["error"]["message"]) == (403, NO_TOKEN)


@pytest.mark.parametrize("page", ["health", "openapi.json", "faults"])
async def test_a_page_that_is_the_same_for_everyone_needs_none(
    mock: ToyClient, aiohttp_client: Connect, page: str
) -> None:
    http = await aiohttp_client(create_app(mock.service, access=TOKEN))

    told = await http.get(f"/_mock/{page}", headers={"host": "mock.example.com"})

    assert told.status == 200


async def test_the_token_is_not_the_key(mock: ToyClient, aiohttp_client: Connect) -> None:
    http = await aiohttp_client(create_app(mock.service, access=TOKEN))
    mock.steps("x", key="k")
    bearer = {"authorization": "Bearer s3cret"}

    without_key = await http.get("/_mock/requests", headers=bearer)
    with_key = await http.get("/_mock/requests?key=k", headers=bearer)
    beside_key = await http.get(
        "/_mock/requests", headers={"authorization": "Bearer k", "x-mock-token": "s3cret"}
    )

    assert without_key.status == 400
    assert [len((await each.json())["requests"]) for each in (with_key, beside_key)] == [1, 1]


async def test_without_a_token_a_foreign_page_cannot_change_anything(
    mock: ToyClient, aiohttp_client: Connect
) -> None:
    http = await aiohttp_client(create_app(mock.service))
    foreign = {"x-api-key": "k", "origin": "https://evil.example"}

    asked = await http.options("/_mock/settings", headers={**foreign, "access-control-request-method": "PUT"})
    changed = await http.put("/_mock/settings", headers=foreign, json={"contract": "off"})

    assert "access-control-allow-origin" not in asked.headers
    assert changed.status == 403
    assert mock.service.in_force.contract("k") == "documented"


async def test_with_the_token_a_page_from_elsewhere_can(mock: ToyClient, aiohttp_client: Connect) -> None:
    http = await aiohttp_client(create_app(mock.service, access=TOKEN))
    foreign = {"origin": "http://localhost:5173"}

    asked = await http.options("/_mock/settings", headers={**foreign, "access-control-request-method": "PUT"})
    changed = await http.put(
        "/_mock/settings?key=k", headers={**foreign, "x-mock-token": "s3cret"}, json={"contract": "off"}
    )

    assert (asked.status, asked.headers["access-control-allow-origin"]) == (204, "*")
    assert (changed.status, changed.headers["access-control-allow-origin"]) == (200, "*")


@pytest.mark.parametrize("asked", ["POST reset", "GET requests"])
async def test_a_bug_is_told_as_refusals_are(
    mock: ToyClient,
    aiohttp_client: Connect,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    asked: str,
) -> None:
    method, page = asked.split()
    http = await aiohttp_client(create_app(mock.service))
    monkeypatch.setattr(mock.service, "reset", lambda _: 1 / 0)
    monkeypatch.setattr(mock.journal, "entries", lambda _: 1 / 0)

    told = await http.request(method, f"/_mock/{page}", headers={"x-api-key": "k"})

    assert (told.status, (await told.json())["error"]["message"]) == (
        500,
        "The server could not tell this page; see its log.",
    )
    assert "ZeroDivisionError" in caplog.text


async def test_a_body_that_is_too_large_is_refused(mock: ToyClient, aiohttp_client: Connect) -> None:
    http = await aiohttp_client(create_app(mock.service, max_body=1000))

    told = await http.post("/_mock/scenarios", headers={"x-api-key": "k"}, data=b"#" * 2000)

    assert told.status == 413


async def test_answers_of_models_are_for_everyone(mock: ToyClient, aiohttp_client: Connect) -> None:
    http = await aiohttp_client(create_app(mock.service, access=TOKEN))

    answer = await http.post(
        "/toy", json={"say": "x"}, headers={"x-api-key": "k", "host": "evil.example", "origin": "http://e"}
    )

    assert answer.status == 200
