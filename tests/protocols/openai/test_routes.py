"""Which paths the OpenAI API has."""

from __future__ import annotations

import pytest

from mockserver.conversation import Http
from mockserver.protocols.openai import VENDOR
from mockserver.routing import Found, NotFound, Router

ROUTER = Router([VENDOR])


def test_the_routes_are_those_of_the_reference() -> None:
    assert [(route.method, route.path) for route in VENDOR.routes] == [
        ("POST", "/v1/chat/completions"),
        ("GET", "/v1/chat/completions"),
        ("GET", "/v1/chat/completions/{completion_id}/messages"),
        ("GET", "/v1/chat/completions/{completion_id}"),
        ("POST", "/v1/chat/completions/{completion_id}"),
        ("DELETE", "/v1/chat/completions/{completion_id}"),
        ("POST", "/v1/responses"),
        ("POST", "/v1/responses/input_tokens"),
        ("POST", "/v1/responses/compact"),
        ("GET", "/v1/responses/{response_id}/input_items"),
        ("GET", "/v1/responses/{response_id}"),
        ("DELETE", "/v1/responses/{response_id}"),
        ("POST", "/v1/responses/{response_id}/cancel"),
        ("POST", "/v1/conversations"),
        ("GET", "/v1/conversations/{conversation_id}"),
        ("POST", "/v1/conversations/{conversation_id}"),
        ("DELETE", "/v1/conversations/{conversation_id}"),
        ("POST", "/v1/conversations/{conversation_id}/items"),
        ("GET", "/v1/conversations/{conversation_id}/items"),
        ("GET", "/v1/conversations/{conversation_id}/items/{item_id}"),
        ("DELETE", "/v1/conversations/{conversation_id}/items/{item_id}"),
        ("POST", "/v1/completions"),
        ("POST", "/v1/embeddings"),
        ("POST", "/v1/engines/{model}/embeddings"),
        ("POST", "/v1/moderations"),
        ("GET", "/v1/models"),
        ("GET", "/v1/models/{model}"),
        ("DELETE", "/v1/models/{model}"),
    ]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/responses/resp_1"),
        ("POST", "/v1/responses/resp_1/retry"),
        ("GET", "/v1/responses/resp_1/retry"),
        ("GET", "/v1/responses/a/b/input_items"),
        ("POST", "/v1/responses/a/b/cancel"),
        ("GET", "/v1/chat/completions/a/b"),
        ("GET", "/v1/chat/completions/a/b/messages"),
    ],
)
def test_what_belongs_to_nothing_is_no_url(method: str, path: str) -> None:
    found = ROUTER.find(Http(method, path))

    assert isinstance(found, NotFound)
    assert found.failure.kind == "unknown_route"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/responses/resp_1", ("GET", "DELETE")),
        ("GET", "/v1/responses/resp_1/cancel", ("POST",)),
        ("DELETE", "/v1/responses/resp_1/input_items", ("GET",)),
    ],
)
def test_a_path_with_other_methods_tells_them(method: str, path: str, allowed: tuple[str, ...]) -> None:
    found = ROUTER.find(Http(method, path))

    assert isinstance(found, NotFound)
    assert (found.failure.kind, found.allowed) == ("wrong_method", allowed)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/responses/resp_1"),
        ("DELETE", "/v1/responses/resp_1"),
        ("GET", "/v1/responses/resp_1/input_items"),
        ("POST", "/v1/responses/resp_1/cancel"),
    ],
)
def test_one_response_is_named_by_its_id(method: str, path: str) -> None:
    found = ROUTER.find(Http(method, path))

    assert isinstance(found, Found)
    assert found.http.params == {"response_id": "resp_1"}
