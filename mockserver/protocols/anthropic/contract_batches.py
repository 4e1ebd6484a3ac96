"""Message Batches: what a client sends, and the objects it gets.

Mirrors "Create a Message Batch" and its neighbours of the Messages API reference (2026-11). The parameters of
each request are judged when it is answered, not here: a fault in one makes its result an error.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from mockserver.protocols.anthropic.contract_base import Contract, OpenContract


class BatchParams(OpenContract):
    """The body of Create a Message, which must not ask for a stream."""

    stream: Literal[False] = False


class BatchRequest(Contract):
    custom_id: Annotated[str, Field(min_length=1, max_length=64)]
    params: BatchParams


class BatchBody(Contract):
    requests: Annotated[list[BatchRequest], Field(max_length=100_000)]


# ------------------------------------------------------------------------------------------------- answers


class RequestCounts(Contract):
    """All but `processing` are 0 until the batch has ended."""

    processing: int
    succeeded: int
    errored: int
    canceled: int
    expired: int


class MessageBatch(Contract):
    id: str
    type: Literal["message_batch"]
    processing_status: Literal["in_progress", "canceling", "ended"]
    request_counts: RequestCounts
    ended_at: str | None
    created_at: str
    expires_at: str
    archived_at: str | None
    cancel_initiated_at: str | None
    results_url: str | None


class BatchList(Contract):
    data: list[MessageBatch]
    has_more: bool
    first_id: str | None
    last_id: str | None


class DeletedBatch(Contract):
    id: str
    type: Literal["message_batch_deleted"]


class BatchResult(Contract):
    """One line of the results: a message, an error in its envelope, or why there is neither."""

    custom_id: str
    result: dict[str, Any]
