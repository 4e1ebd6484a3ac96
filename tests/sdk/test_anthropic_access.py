"""Anthropic's SDK: keys, versions, betas, and the headers that come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic import Anthropic
from sdk.anthropic_strict import GREETING, HELLO, strict_async_client, strict_client, text_of

from mockserver.runner import MockServer


@pytest.fixture
def claude(server: MockServer, key: str) -> Iterator[Anthropic]:
    with strict_client(server, key) as client:
        yield client


def post(server: MockServer, headers: dict[str, str], path: str = "/v1/messages") -> httpx2.Response:
    return httpx2.post(server.urls.anthropic + path, json=HELLO, headers=headers)


# -------------------------------------------------------------------------------------------------- keys


def test_the_key_is_sent_as_a_bearer_token(server: MockServer, key: str, claude: Anthropic) -> None:
    claude.messages.create(**HELLO)

    (entry,) = server.namespace(key).exchanges
    assert entry.http.headers["authorization"] == f"Bearer {key}"
    assert "x-api-key" not in entry.http.headers


def test_the_key_may_be_sent_in_the_header_of_older_sdks(server: MockServer, key: str) -> None:
    headers = {"x-api-key": key, "anthropic-version": "2023-06-01"}

    assert post(server, headers).status_code == 200
    assert len(server.namespace(key).exchanges) == 1


def test_where_both_are_sent_the_key_header_counts(server: MockServer, key: str) -> None:
    with strict_client(server, "another", default_headers={"x-api-key": key}) as client:
        client.messages.create(**HELLO)

    assert len(server.namespace(key).exchanges) == 1


def test_a_token_instead_of_a_key_is_taken(server: MockServer, key: str) -> None:
    with Anthropic(base_url=server.urls.anthropic, auth_token=key, max_retries=0) as client:
        assert text_of(client.messages.create(**HELLO)) == GREETING


def test_the_environment_points_the_client_here(
    server: MockServer, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in server.namespace(key).env.items():
        monkeypatch.setenv(name, value)

    with Anthropic() as client:
        assert text_of(client.messages.create(**HELLO)) == GREETING


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens"])
def test_without_a_key_nothing_is_answered(server: MockServer, path: str) -> None:
    answer = post(server, {"anthropic-version": "2026-10-21"}, path)

    told = answer.json()
    assert (answer.status_code, told["error"]["type"]) == (401, "authentication_error")
    assert told["request_id"] == answer.headers["request-id"]


# ---------------------------------------------------------------------------------------------- versions


@pytest.mark.parametrize("version", ["2026-10-21", "2023-06-01"])
def test_both_versions_are_spoken(server: MockServer, key: str, version: str) -> None:
    with strict_client(server, key, default_headers={"anthropic-version": version}) as client:
        assert text_of(client.messages.create(**HELLO)) == GREETING

    assert server.namespace(key).exchanges[0].http.headers["anthropic-version"] == version


@pytest.mark.parametrize("headers", [{}, {"anthropic-version": "2020-01-01"}], ids=["none", "unknown"])
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens"])
def test_a_version_is_needed(server: MockServer, key: str, path: str, headers: dict[str, str]) -> None:
    answer = post(server, {"x-api-key": key, **headers}, path)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("anthropic-version: ")


def test_the_key_is_looked_at_before_the_version(server: MockServer) -> None:
    assert post(server, {}).status_code == 401


@pytest.mark.parametrize("name", ["temperature", "top_p", "top_k"])
def test_how_to_sample_is_no_longer_said(claude: Anthropic, name: str) -> None:
    with pytest.raises(anthropic.BadRequestError) as raised:
        claude.messages.create(**HELLO, extra_body={name: 1})

    assert raised.value.api_message == f"{name}: Extra inputs are not permitted"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("temperature", 1.0, None),
        ("temperature", 0, None),
        ("temperature", 1.5, "temperature: range: 0..1"),
        ("top_p", 0.99, None),
        ("top_k", 5, None),
        ("top_k", -1, "top_k: Input should be greater than or equal to 0"),
    ],
)
def test_how_to_sample_is_said_in_the_older_version(
    server: MockServer, key: str, name: str, value: float, message: str | None
) -> None:
    headers = {"anthropic-version": "2023-06-01"}
    with strict_client(server, key, default_headers=headers) as client:
        asked: Any = HELLO | {"model": "claude-sonnet-4-6", "extra_body": {name: value}}
        if message is None:
            assert text_of(client.messages.create(**asked)) == GREETING
        else:
            with pytest.raises(anthropic.BadRequestError) as raised:
                client.messages.create(**asked)
            assert raised.value.api_message == message


def test_betas_are_seen(server: MockServer, key: str, claude: Anthropic) -> None:
    claude.beta.messages.create(**HELLO, betas=["context-1m-2025-08-07", "compact-2026-01-12"])

    (entry,) = server.namespace(key).exchanges
    assert entry.http.headers["anthropic-beta"] == "context-1m-2025-08-07,compact-2026-01-12"


# ------------------------------------------------------------------------------------ what comes back


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_headers_tell_the_limits_and_what_is_left_of_them(claude: Anthropic, *, streamed: bool) -> None:
    response = claude.messages.with_raw_response.create(**HELLO, stream=streamed)

    for limit in ("requests", "tokens", "input-tokens", "output-tokens"):
        name = f"anthropic-ratelimit-{limit}"
        most, left = (int(response.headers[f"{name}-{what}"]) for what in ("limit", "remaining"))
        assert 0 < left <= most
        reset = response.headers[f"{name}-reset"]
        assert datetime.fromisoformat(reset).strftime("%Y-%m-%dT%H:%M:%SZ") == reset
    response.http_response.close()


def test_the_request_id_is_that_of_the_header(claude: Anthropic) -> None:
    response = claude.messages.with_raw_response.create(**HELLO)

    message = response.parse()
    assert message._request_id == response.headers["request-id"]  # noqa: SLF001 - the SDK's name for it
    assert message._workspace_id == response.headers["anthropic-workspace-id"]  # noqa: SLF001 - as above


async def test_raw_headers_asynchronously(server: MockServer, key: str) -> None:
    async with strict_async_client(server, key) as client:
        response = await client.messages.with_raw_response.create(**HELLO)

    assert response.headers["request-id"].startswith("req_01")


def test_a_browser_may_ask_too(server: MockServer, key: str) -> None:
    answer = post(
        server,
        {
            "x-api-key": key,
            "anthropic-version": "2026-10-21",
            "anthropic-dangerous-direct-browser-access": "true",
            "origin": "http://localhost:3000",
        },
    )

    assert answer.headers["access-control-allow-origin"] == "*"
