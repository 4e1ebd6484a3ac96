"""The routes of the API, below the gateway's base path and at the root, each with what it takes and gives.

Mirrors the Claude API reference (2026-11). The lists of models are on a path that three families share.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from mockserver.conversation import Http
from mockserver.protocols.anthropic.batches import (
    batch_results,
    cancel_batch,
    create_batch,
    delete_batch,
    list_batches,
    retrieve_batch,
)
from mockserver.protocols.anthropic.contract import CountBody, SampledMessageBody
from mockserver.protocols.anthropic.contract_answer import Message, Model, ModelList, TokensCount
from mockserver.protocols.anthropic.contract_batches import (
    BatchBody,
    BatchList,
    BatchResult,
    DeletedBatch,
    MessageBatch,
)
from mockserver.protocols.anthropic.contract_events import StreamEvent
from mockserver.protocols.anthropic.count import count_tokens
from mockserver.protocols.anthropic.dialect import Messages
from mockserver.protocols.anthropic.models import ListQuery, get_model, list_models
from mockserver.protocols.anthropic.paging import PageQuery
from mockserver.protocols.base import Dialect, Operation, Respond, Route

MESSAGES = Messages()

BASE_PATH = "/anthropic"

_CREATE = Operation(
    "Create a Message",
    body=SampledMessageBody,
    answer=Message,
    event=StreamEvent,
    errors=(400, 401, 402, 403, 404, 409, 413, 429, 500, 504, 529),
)


def _asked(
    summary: str,
    *,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answer: type[BaseModel] | None = None,
) -> Operation:
    """An operation that no scenario can make fail."""
    return Operation(summary, body=body, query=query, answer=answer, errors=(400, 401, 404, 413))


_SERVED: tuple[tuple[str, str, Dialect | Respond, Operation], ...] = (
    ("POST", "", MESSAGES, _CREATE),
    (
        "POST",
        "/count_tokens",
        count_tokens,
        _asked("Count tokens in a Message", body=CountBody, answer=TokensCount),
    ),
    (
        "POST",
        "/batches",
        create_batch,
        _asked("Create a Message Batch", body=BatchBody, answer=MessageBatch),
    ),
    ("GET", "/batches", list_batches, _asked("List Message Batches", query=PageQuery, answer=BatchList)),
    # The results before the batch itself, whose id takes any run of characters.
    (
        "GET",
        "/batches/{batch}/results",
        batch_results,
        _asked("Retrieve Message Batch results", answer=BatchResult),
    ),
    ("POST", "/batches/{batch}/cancel", cancel_batch, _asked("Cancel a Message Batch", answer=MessageBatch)),
    ("GET", "/batches/{batch}", retrieve_batch, _asked("Retrieve a Message Batch", answer=MessageBatch)),
    ("DELETE", "/batches/{batch}", delete_batch, _asked("Delete a Message Batch", answer=DeletedBatch)),
)
_LIST = _asked("List Models", query=ListQuery, answer=ModelList)
_GET = _asked("Get a Model", answer=Model)


def asks_for_claude(http: Http) -> bool:
    """How the gateway tells whose list of models is wanted on the path that three families share."""
    return bool(http.headers.get("x-api-key")) and "anthropic-version" in http.headers


def owns(http: Http) -> bool:
    path = http.path
    if path.startswith(("/v1/messages", f"{BASE_PATH}/")) or path == BASE_PATH:
        return True
    return path.startswith("/v1/models") and asks_for_claude(http)


def _routes() -> Iterator[Route]:
    for base in (BASE_PATH, ""):
        for method, path, serve, operation in _SERVED:
            yield Route(method, f"{base}/v1/messages{path}", serve, operation=operation)
    yield Route("GET", f"{BASE_PATH}/v1/models", list_models, operation=_LIST)
    yield Route("GET", "/v1/models", list_models, when=asks_for_claude, operation=_LIST)
    yield Route("GET", f"{BASE_PATH}/v1/models/{{model}}", get_model, operation=_GET)
    yield Route("GET", "/v1/models/{model}", get_model, when=asks_for_claude, operation=_GET)


ROUTES = tuple(_routes())
