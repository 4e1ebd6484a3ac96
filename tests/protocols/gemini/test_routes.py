"""Which paths are the family's, and which of them have an answer."""

from __future__ import annotations

import pytest

from mockserver.conversation import Failure, Http
from mockserver.protocols.gemini import VENDOR, owns
from mockserver.routing import Found, NotFound, Router

ROUTER = Router((VENDOR,))
KEY = {"x-goog-api-key": "k"}


@pytest.mark.parametrize("version", ["v1", "v1beta", "v1alpha"])
@pytest.mark.parametrize("collection", ["models", "tunedModels"])
@pytest.mark.parametrize("method", ["generateContent", "streamGenerateContent", "countTokens"])
def test_every_version_has_every_method(version: str, collection: str, method: str) -> None:
    found = ROUTER.find(Http("POST", f"/{version}/{collection}/google/a:b:{method}"))

    assert isinstance(found, Found)
    assert found.http.params == {"model": "google/a:b"}


@pytest.mark.parametrize("version", ["v1beta", "v1alpha"])
def test_models_of_a_beta_need_no_google_key(version: str) -> None:
    assert isinstance(ROUTER.find(Http("GET", f"/{version}/models")), Found)
    assert isinstance(ROUTER.find(Http("GET", f"/{version}/models/x")), Found)


@pytest.mark.parametrize("path", ["/v1/models", "/v1/models/x"])
@pytest.mark.parametrize(
    ("headers", "query", "found"),
    [({}, {}, False), (KEY, {}, True), ({}, {"key": "k"}, True), ({"authorization": "Bearer k"}, {}, False)],
)
def test_models_of_v1_are_googles_only_with_a_google_key(
    path: str,
    headers: dict[str, str],
    query: dict[str, str],
    found: bool,
) -> None:
    assert isinstance(ROUTER.find(Http("GET", path, headers, query)), Found) is found


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1beta/models/x:frobnicate"),
        ("POST", "/v1beta/models/x"),
        ("POST", "/v1beta/v1beta/models/x:generateContent"),
        ("DELETE", "/v1beta/models"),
        ("GET", "/v1beta"),
        ("GET", "/v1alpha/nothing"),
    ],
)
def test_what_has_no_route_is_not_found(method: str, path: str) -> None:
    found = ROUTER.find(Http(method, path))

    assert isinstance(found, NotFound)
    assert found.failure in (Failure("unknown_route"), Failure("wrong_method"))


@pytest.mark.parametrize(
    ("http", "expected"),
    [
        (Http("GET", "/v1beta"), True),
        (Http("GET", "/v1beta/files"), True),
        (Http("POST", "/v1alpha/auth_tokens"), True),
        (Http("POST", "/upload/v1beta/files"), True),
        (Http("POST", "/v1/models/x:frobnicate"), True),
        (Http("GET", "/v1/models", KEY), True),
        (Http("GET", "/v1/files", KEY), True),
        (Http("POST", "/v2/models/x:generateContent", KEY), True),
        (Http("POST", "/models/x:generateContent", KEY), True),
        (Http("GET", "/v1/models"), False),
        (Http("GET", "/v1/models/ft:gpt-4o:org::id"), False),
        (Http("POST", "/v1/chat/completions"), False),
        (Http("POST", "/anthropic/v1/messages"), False),
        (Http("GET", "/v1beta2/models"), False),
    ],
)
def test_the_family_owns_its_paths(http: Http, expected: bool) -> None:
    assert owns(http) is expected
