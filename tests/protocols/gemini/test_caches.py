"""Cached contents: made, shown, listed, changed, deleted, and gone on from."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from protocols.gemini.gemini_server import BOOK, CACHES, MODEL, Server
from protocols.gemini.gemini_wire import HELLO

GENERATE = f"/v1beta/{MODEL}:generateContent"
NOT_FOUND = (403, "PERMISSION_DENIED", "CachedContent not found (or permission denied)")
TWICE = (
    "CachedContent can not be used with GenerateContent request setting system_instruction, tools or "
    "tool_config.\n\nProposed fix: move those values to CachedContent from GenerateContent request."
)
DECLARED = {"functionDeclarations": [{"name": "f"}]}


@pytest.fixture
def server() -> Server:
    return Server()


# ------------------------------------------------------------------------------------------------ resources


def test_a_cache_is_shown_without_what_it_holds(server: Server) -> None:
    found = server.ok("POST", CACHES, BOOK)

    assert found.pop("name").startswith("cachedContents/")
    assert found.pop("usageMetadata")["totalTokenCount"] > 60
    assert found == {
        "model": MODEL,
        "createTime": "2026-01-01T00:00:00Z",
        "updateTime": "2026-01-01T00:00:00Z",
        "expireTime": "2026-01-01T01:00:00Z",
        "displayName": "book",
    }


@pytest.mark.parametrize(
    ("members", "expires"),
    [
        ({"ttl": "60s"}, "2026-01-01T00:01:00Z"),
        ({"ttl": "3.5s"}, "2026-01-01T00:00:03.500000Z"),
        ({"expireTime": "2026-01-02T00:00:00Z"}, "2026-01-02T00:00:00Z"),
        ({"expire_time": "2026-01-02T01:00:00.123456789+01:00"}, "2026-01-02T00:00:00.123456Z"),
    ],
)
def test_a_cache_lasts_as_long_as_it_is_to(server: Server, members: Any, expires: str) -> None:
    assert server.ok("POST", CACHES, {**BOOK, **members})["expireTime"] == expires


@pytest.mark.parametrize("version", ["v1", "v1beta", "v1alpha"])
def test_every_version_has_caches(server: Server, version: str) -> None:
    made = server.ok("POST", f"/{version}/cachedContents", BOOK)

    assert server.ok("GET", f"/{version}/{made['name']}") == made


def test_two_caches_of_one_text_have_names_of_their_own(server: Server) -> None:
    assert server.cache() != server.cache()


def test_caches_are_listed_page_by_page(server: Server) -> None:
    names = [server.cache() for _ in range(3)]

    first = server.ok("GET", CACHES, pageSize="2")
    last = server.ok("GET", CACHES, pageSize="2", pageToken=first["nextPageToken"])

    assert [cache["name"] for cache in first["cachedContents"]] == names[:2]
    assert [cache["name"] for cache in last["cachedContents"]] == names[2:]
    assert "nextPageToken" not in last


def test_a_list_of_none_is_empty(server: Server) -> None:
    assert server.ok("GET", CACHES) == {}


@pytest.mark.parametrize(
    ("change", "expires"),
    [
        ({"ttl": "7200s"}, "2026-01-01T02:00:10Z"),
        ({"expireTime": "2026-03-01T00:00:00Z"}, "2026-03-01T00:00:00Z"),
        ({}, "2026-01-01T01:00:00Z"),
    ],
)
def test_a_cache_is_given_another_end(server: Server, change: Any, expires: str) -> None:
    name = server.cache()
    server.now += 10

    changed = server.ok("PATCH", f"/v1beta/{name}", change)

    assert changed["expireTime"] == expires
    assert (changed["createTime"], changed["updateTime"]) == ("2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z")
    assert server.ok("GET", f"/v1beta/{name}") == changed


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_cache_that_never_was_is_not_found(server: Server, method: str) -> None:
    assert server.refused(method, f"{CACHES}/none", {} if method == "PATCH" else None) == NOT_FOUND


def test_a_deleted_cache_is_gone(server: Server) -> None:
    name = server.cache()

    assert server.ok("DELETE", f"/v1beta/{name}") == {}
    assert server.refused("GET", f"/v1beta/{name}") == NOT_FOUND
    assert server.refused("POST", GENERATE, {**HELLO, "cachedContent": name}) == NOT_FOUND
    assert server.ok("GET", CACHES) == {}


def test_a_cache_expires(server: Server) -> None:
    name = server.cache(ttl="60s")
    server.now += 60

    assert server.refused("GET", f"/v1beta/{name}") == NOT_FOUND
    assert server.refused("POST", GENERATE, {**HELLO, "cachedContent": name}) == NOT_FOUND
    assert server.ok("GET", CACHES) == {}


def test_behind_the_gateway_a_cache_is_refused_by_the_api_itself() -> None:
    assert Server(profile="gateway").refused("GET", f"{CACHES}/none") == NOT_FOUND


def test_a_cache_of_another_key_is_not_found(server: Server) -> None:
    name = server.cache()

    assert server.refused("GET", f"/v1beta/{name}", key="other") == NOT_FOUND


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"ttl": "soon"},
            "Invalid value at 'ttl' (type.googleapis.com/google.protobuf.Duration), \"soon\"",
        ),
        (
            {"ttl": "-99999999999s"},
            "Invalid value at 'ttl' (type.googleapis.com/google.protobuf.Duration), \"-99999999999s\"",
        ),
        (
            {"expireTime": "0001-01-01T00:00:00+01:00"},
            (
                "Invalid value at 'expire_time' (type.googleapis.com/google.protobuf.Timestamp), "
                '"0001-01-01T00:00:00+01:00"'
            ),
        ),
        (
            {"expireTime": "soon"},
            "Invalid value at 'expire_time' (type.googleapis.com/google.protobuf.Timestamp), \"soon\"",
        ),
        ({"foo": 1}, 'Invalid JSON payload received. Unknown name "foo": Cannot find field.'),
        ({"model": None}, "Request contains an invalid argument."),
    ],
)
def test_a_cache_that_cannot_be_is_refused(server: Server, change: Any, message: str) -> None:
    assert server.refused("POST", CACHES, {**BOOK, **change}) == (400, "INVALID_ARGUMENT", message)


def test_the_model_of_a_cache_must_be_known_where_models_must_be() -> None:
    server = Server()
    server.service.settings = replace(server.service.settings, models="known")

    status, _, message = server.refused("POST", CACHES, {**BOOK, "model": "models/gemini-0"})

    assert status == 404
    assert message.startswith("models/gemini-0 is not found for API version v1beta, or is not supported for")


# ------------------------------------------------------------------------------------------------------ use


def test_a_conversation_goes_on_from_what_is_cached(server: Server) -> None:
    server.ok("POST", GENERATE, {**HELLO, "cachedContent": server.cache()})

    request = server.service.journal.entries("k")[-1].request
    assert request
    assert [message.text[:12] for message in request.messages] == ["A long book.", "Hello!"]
    assert request.system == "You know the book."
    assert [tool.name for tool in request.tools] == ["look_up"]
    assert "contents" in request.body
    assert len(request.body["contents"]) == 1


def test_cached_tokens_are_told_as_a_part_of_the_prompt(server: Server) -> None:
    made = server.ok("POST", CACHES, BOOK)
    alone = server.ok("POST", GENERATE, HELLO)["usageMetadata"]

    usage = server.ok("POST", GENERATE, {**HELLO, "cachedContent": made["name"]})["usageMetadata"]

    cached = made["usageMetadata"]["totalTokenCount"]
    assert usage["cachedContentTokenCount"] == cached
    assert usage["cacheTokensDetails"] == [{"modality": "TEXT", "tokenCount": cached}]
    assert usage["promptTokenCount"] == alone["promptTokenCount"] + cached


def test_a_stream_tells_cached_tokens_in_every_chunk(server: Server) -> None:
    name = server.cache()

    body = server.ok(
        "POST",
        GENERATE.replace("generate", "streamGenerate"),
        {**HELLO, "cachedContent": name},
        alt="sse",
    )

    chunks = [json.loads(line.removeprefix("data: ")) for line in body.decode().split("\r\n\r\n") if line]
    assert len({chunk["usageMetadata"]["cachedContentTokenCount"] for chunk in chunks}) == 1


def test_a_count_of_a_whole_request_has_what_is_cached(server: Server) -> None:
    whole = {**HELLO, "cachedContent": server.cache()}

    counted = server.ok("POST", f"/v1beta/{MODEL}:countTokens", {"generateContentRequest": whole})

    usage = server.ok("POST", GENERATE, whole)["usageMetadata"]
    assert counted["totalTokens"] == usage["promptTokenCount"]
    assert counted["cachedContentTokenCount"] == usage["cachedContentTokenCount"]


@pytest.mark.parametrize(
    "extra",
    [
        {"systemInstruction": BOOK["systemInstruction"]},
        {"tools": [DECLARED]},
        {"toolConfig": {"functionCallingConfig": {"mode": "ANY"}}},
    ],
)
def test_what_belongs_into_the_cache_may_not_be_sent_beside_it(server: Server, extra: Any) -> None:
    body = {**HELLO, **extra, "cachedContent": server.cache()}

    assert server.refused("POST", GENERATE, body) == (400, "INVALID_ARGUMENT", TWICE)


def test_the_model_must_be_that_of_the_cache(server: Server) -> None:
    body = {**HELLO, "cachedContent": server.cache(model="models/gemini-2.5-pro")}

    message = (
        f"Model used by GenerateContent request ({MODEL}) and CachedContent (models/gemini-2.5-pro) "
        "has to be the same."
    )
    assert server.refused("POST", GENERATE, body) == (400, "INVALID_ARGUMENT", message)


def test_equal_sessions_give_equal_caches() -> None:
    assert Server().ok("POST", CACHES, BOOK) == Server().ok("POST", CACHES, BOOK)
