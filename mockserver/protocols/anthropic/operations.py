"""What each route of the API takes and gives, for who describes the API. Nothing here is needed to serve it.

Mirrors the Claude API reference (2026-11).
"""

from __future__ import annotations

from pydantic import BaseModel

from mockserver.protocols.anthropic.contract import CountBody, SampledMessageBody
from mockserver.protocols.anthropic.contract_answer import (
    ErrorEnvelope,
    Message,
    Model,
    ModelList,
    TokensCount,
)
from mockserver.protocols.anthropic.contract_batches import (
    BatchBody,
    BatchList,
    BatchResult,
    DeletedBatch,
    MessageBatch,
)
from mockserver.protocols.anthropic.contract_events import StreamEvent
from mockserver.protocols.anthropic.models import ListQuery
from mockserver.protocols.anthropic.paging import PageQuery
from mockserver.protocols.anthropic.routes import BASE_PATH
from mockserver.protocols.base import Description, Operation


def _asked(
    summary: str,
    *,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answer: type[BaseModel] | None = None,
    media: str = "application/json",
) -> Operation:
    """An operation that no scenario can make fail."""
    return Operation(summary, body=body, query=query, answer=answer, media=media, errors=(400, 401, 404, 413))


_OPERATIONS = {
    ("POST", "/v1/messages"): Operation(
        "Create a Message",
        body=SampledMessageBody,
        answer=Message,
        event=StreamEvent,
        errors=(400, 401, 402, 403, 404, 409, 413, 429, 500, 504, 529),
    ),
    ("POST", "/v1/messages/count_tokens"): _asked(
        "Count tokens in a Message", body=CountBody, answer=TokensCount
    ),
    ("POST", "/v1/messages/batches"): _asked("Create a Message Batch", body=BatchBody, answer=MessageBatch),
    ("GET", "/v1/messages/batches"): _asked("List Message Batches", query=PageQuery, answer=BatchList),
    ("GET", "/v1/messages/batches/{batch}/results"): _asked(
        "Retrieve Message Batch results", answer=BatchResult, media="application/x-jsonl"
    ),
    ("POST", "/v1/messages/batches/{batch}/cancel"): _asked("Cancel a Message Batch", answer=MessageBatch),
    ("GET", "/v1/messages/batches/{batch}"): _asked("Retrieve a Message Batch", answer=MessageBatch),
    ("DELETE", "/v1/messages/batches/{batch}"): _asked("Delete a Message Batch", answer=DeletedBatch),
    ("GET", "/v1/models"): _asked("List Models", query=ListQuery, answer=ModelList),
    ("GET", "/v1/models/{model}"): _asked("Get a Model", answer=Model),
}

DESCRIPTION = Description(
    {
        (method, base + path): operation
        for base in (BASE_PATH, "")
        for (method, path), operation in _OPERATIONS.items()
    },
    ErrorEnvelope,
)
