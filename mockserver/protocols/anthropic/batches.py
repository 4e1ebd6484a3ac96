"""Message Batches: create, list, retrieve, cancel, delete, results.

Mirrors "Create a Message Batch" and its neighbours of the Messages API reference (2026-11). How a batch lives
and gets its results stands in `batch_results`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from mockserver.conversation import Failure, Http, JsonObject, json_text
from mockserver.protocols.anthropic.batch_results import (
    PREFIX,
    Batch,
    batch_object,
    keep_batch,
    new_batch,
    recall_batch,
    settled,
)
from mockserver.protocols.anthropic.contract_batches import BatchBody
from mockserver.protocols.anthropic.headers import json_answer, success_headers
from mockserver.protocols.anthropic.paging import PageQuery, page, read_query
from mockserver.protocols.anthropic.sent import sent_object
from mockserver.protocols.anthropic.versions import betas_of, spoken_version, unknown_betas
from mockserver.protocols.anthropic.wording import wording
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.drawing import BASE58
from mockserver.protocols.gate import Gate, check_shape

_WORDING = wording({"requests": []})
_LINES = (("content-type", "application/x-jsonl"),)

_Serve: TypeAlias = Callable[[Batch, Http, Context, Gate], "Answer | Failure"]


def create_batch(http: Http, context: Context) -> Answer | Failure:
    gate = Gate(context.contract)
    if failure := _refused_headers(http, gate):
        return failure
    requests = _requests(http, gate)
    if isinstance(requests, Failure):
        return requests
    batch = new_batch(PREFIX + "01" + context.token("batch", 22, BASE58), requests, http, context)
    return json_answer(batch_object(keep_batch(batch, context), http), context, gate.findings)


def list_batches(http: Http, context: Context) -> Answer | Failure:
    """All batches, the newest first."""
    gate = Gate(context.contract)
    if failure := _refused_headers(http, gate):
        return failure
    query = read_query(PageQuery, http, gate)
    if isinstance(query, Failure):
        return query
    names: list[JsonObject] = [{"id": name} for name in reversed(context.kept(PREFIX))]
    listed = page(names, query, gate, "batch")
    if isinstance(listed, Failure):
        return listed
    # Only those on the page are looked at: each look answers many requests.
    found = (recall_batch(named["id"], context) for named in listed["data"])
    batches = [batch_object(settled(batch, http, context), http) for batch in found if batch]
    return json_answer({**listed, "data": batches}, context, gate.findings)


def retrieve_batch(http: Http, context: Context) -> Answer | Failure:
    return _with_batch(http, context, _retrieve)


def cancel_batch(http: Http, context: Context) -> Answer | Failure:
    return _with_batch(http, context, _cancel)


def delete_batch(http: Http, context: Context) -> Answer | Failure:
    return _with_batch(http, context, _delete)


def batch_results(http: Http, context: Context) -> Answer | Failure:
    return _with_batch(http, context, _show_results)


# -------------------------------------------------------------------------------------------- one batch


def _retrieve(batch: Batch, http: Http, context: Context, gate: Gate) -> Answer | Failure:
    return json_answer(batch_object(settled(batch, http, context), http), context, gate.findings)


def _cancel(batch: Batch, http: Http, context: Context, gate: Gate) -> Answer | Failure:
    if batch.has_ended:
        return Failure("invalid_request", message=f"Message batch {batch.id} has already ended.")
    if batch.state["canceled"] is None:
        batch = keep_batch(batch.changed(canceled=context.now), context)
    return json_answer(batch_object(batch, http), context, gate.findings)


def _delete(batch: Batch, _: Http, context: Context, gate: Gate) -> Answer | Failure:
    if not batch.has_ended:
        message = (
            "Message Batches can only be deleted once they've finished processing. If you'd like to delete "
            "an in-progress batch, you must first cancel it."
        )
        return Failure("invalid_request", message=message)
    context.forget(batch.id)
    return json_answer({"id": batch.id, "type": "message_batch_deleted"}, context, gate.findings)


def _show_results(batch: Batch, http: Http, context: Context, gate: Gate) -> Answer | Failure:
    while not batch.has_ended:
        batch = settled(batch, http, context)
    lines = batch.state["results"]
    body = "".join(f"{json_text(line)}\n" for line in lines).encode()
    return Answer(200, (*_LINES, *success_headers(context)), body, findings=tuple(gate.findings))


def _with_batch(http: Http, context: Context, serve: _Serve) -> Answer | Failure:
    gate = Gate(context.contract)
    if failure := _refused_headers(http, gate):
        return failure
    name = http.params.get("batch", "")
    batch = recall_batch(name, context)
    if batch is None:
        return gate.end(Failure("not_found", message=f"Message batch {name} not found."))
    return serve(batch, http, context, gate)


# ----------------------------------------------------------------------------------------------- requests


def _refused_headers(http: Http, gate: Gate) -> Failure | None:
    version = spoken_version(http, gate)
    return version if isinstance(version, Failure) else unknown_betas(betas_of(http), gate)


def _requests(http: Http, gate: Gate) -> list[JsonObject] | Failure:
    """The requests of a batch, each with an id of its own."""
    sent = sent_object(http, gate)
    if isinstance(sent, Failure):
        return sent
    body = check_shape(BatchBody, sent, gate, _WORDING)
    if isinstance(body, Failure):
        return body
    return _broken_rule(body, gate) or [request.model_dump(exclude_unset=True) for request in body.requests]


def _broken_rule(body: BatchBody, gate: Gate) -> Failure | None:
    ids = [request.custom_id for request in body.requests]
    if not ids:
        message = "requests: List should have at least 1 item after validation, not 0"
        return gate.refuse(Failure("invalid_request", message=message), "/requests")
    if len(ids) != len(set(ids)):
        message = "requests: each custom_id must be unique within the batch"
        return gate.refuse(Failure("invalid_request", message=message), "/requests")
    return None
