"""The routes of the API, below the gateway's base path and at the root.

Mirrors the Claude API reference (2026-11). The lists of models are on a path that three families share.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conversation import Http
from mockserver.protocols.base import Dialect, Respond, Route
from mockserver.protocols.late import LateDialect, late


def _dialect() -> Dialect:
    from mockserver.protocols.anthropic.dialect import Messages

    return Messages()


MESSAGES: Dialect = LateDialect("anthropic", _dialect)

_batches = late("mockserver.protocols.anthropic.batches")
_count = late("mockserver.protocols.anthropic.count")
_models = late("mockserver.protocols.anthropic.models")

BASE_PATH = "/anthropic"

_SERVED: tuple[tuple[str, str, Dialect | Respond], ...] = (
    ("POST", "", MESSAGES),
    ("POST", "/count_tokens", _count("count_tokens")),
    ("POST", "/batches", _batches("create_batch")),
    ("GET", "/batches", _batches("list_batches")),
    # The results before the batch itself, whose id takes any run of characters.
    ("GET", "/batches/{batch}/results", _batches("batch_results")),
    ("POST", "/batches/{batch}/cancel", _batches("cancel_batch")),
    ("GET", "/batches/{batch}", _batches("retrieve_batch")),
    ("DELETE", "/batches/{batch}", _batches("delete_batch")),
)


def asks_for_claude(http: Http) -> bool:
    """How the gateway tells whose list of models is wanted on the path that three families share."""
    return bool(http.headers.get("x-api-key")) and "anthropic-version" in http.headers


def owns(http: Http) -> bool:
    path = http.path
    if path.startswith(("/v1/messages", f"{BASE_PATH}/")) or path == BASE_PATH:
        return True
    return path.startswith("/v1/models") and asks_for_claude(http)


def _routes() -> Iterator[Route]:
    list_models, get_model = _models("list_models"), _models("get_model")
    for base in (BASE_PATH, ""):
        for method, path, serve in _SERVED:
            yield Route(method, f"{base}/v1/messages{path}", serve)
    yield Route("GET", f"{BASE_PATH}/v1/models", list_models)
    yield Route("GET", "/v1/models", list_models, when=asks_for_claude)
    yield Route("GET", f"{BASE_PATH}/v1/models/{{model}}", get_model)
    yield Route("GET", "/v1/models/{model}", get_model, when=asks_for_claude)


ROUTES = tuple(_routes())
