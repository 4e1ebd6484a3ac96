"""Which paths are this family's, and who has them when they are shared."""

from __future__ import annotations

import pytest

from mockserver.conversation import Http
from mockserver.protocols.anthropic import VENDOR
from mockserver.routing import Found, NotFound, Router

CLAUDE = {"x-api-key": "k", "anthropic-version": "2023-06-01"}
ROUTER = Router([VENDOR])


@pytest.mark.parametrize("prefix", ["", "/anthropic"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/messages"),
        ("POST", "/v1/messages/count_tokens"),
        ("GET", "/v1/models"),
        ("GET", "/v1/models/claude-opus-5-5"),
    ],
)
def test_every_route_is_under_both_prefixes(prefix: str, method: str, path: str) -> None:
    found = ROUTER.find(Http(method, prefix + path, CLAUDE))

    assert isinstance(found, Found)


@pytest.mark.parametrize(
    "headers", [{}, {"x-api-key": "k"}, {"anthropic-version": "2023-06-01"}, {"authorization": "Bearer k"}]
)
@pytest.mark.parametrize("path", ["/v1/models", "/v1/models/x"])
def test_the_shared_list_of_models_is_ours_with_both_headers_alone(
    path: str, headers: dict[str, str]
) -> None:
    assert isinstance(ROUTER.find(Http("GET", path, headers)), NotFound)
    assert not VENDOR.owns(Http("GET", path, headers))
    assert VENDOR.owns(Http("GET", path, CLAUDE))


@pytest.mark.parametrize("path", ["/anthropic", "/anthropic/v1/nothing", "/v1/messages/batches"])
def test_paths_of_the_family_are_owned_also_without_a_route(path: str) -> None:
    assert VENDOR.owns(Http("GET", path))


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/anthropical", "/v1beta/models"])
def test_paths_of_others_are_not(path: str) -> None:
    assert not VENDOR.owns(Http("GET", path, CLAUDE))


def test_the_wrong_method_is_told_from_the_wrong_path() -> None:
    found = ROUTER.find(Http("GET", "/v1/messages"))

    assert isinstance(found, NotFound)
    assert found.failure.kind == "wrong_method"
