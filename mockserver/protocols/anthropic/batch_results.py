"""The life of a batch: what is kept of it, what it looks like, and how its requests get their results.

Mirrors "Batch processing" and the Message Batch object of the Claude API documentation (2026-11). A batch is
in progress until it is looked at for the first time; then its requests are answered, as if each had been
sent by itself: of a large batch so many at each look that nobody else has to wait long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson

from mockserver.conversation import Failure, Http, Json, JsonObject
from mockserver.protocols.anthropic.errors import error_body
from mockserver.protocols.base import Answer, Context, Stored
from mockserver.protocols.json_body import parse_object
from mockserver.protocols.tolerant import members
from mockserver.values import dataclass

PREFIX = "msgbatch_"

_LIFETIME = timedelta(hours=24)
_AT_ONCE = 500
_COUNTED = ("succeeded", "errored", "canceled", "expired")
_SECRETS = frozenset({"authorization", "x-api-key", "x-goog-api-key", "content-length"})


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch and its state, which is kept as plain JSON."""

    id: str
    state: JsonObject

    @property
    def has_ended(self) -> bool:
        return self.state["ended"] is not None

    def changed(self, **changes: Json) -> Batch:
        return replace(self, state=self.state | changes)


def new_batch(name: str, requests: list[JsonObject], http: Http, context: Context) -> Batch:
    headers = {name: value for name, value in http.headers.items() if name not in _SECRETS}
    state = {
        "requests": requests,
        "size": len(requests),
        "headers": headers,
        "created": context.now,
        "canceled": None,
        "ended": None,
        "results": [],
    }
    return Batch(name, state)


def recall_batch(name: str, context: Context) -> Batch | None:
    stored = context.recall(name) if name.startswith(PREFIX) else None
    return Batch(name, stored.native) if stored else None


def keep_batch(batch: Batch, context: Context) -> Batch:
    context.keep(batch.id, Stored(native=batch.state))
    return batch


def settled(batch: Batch, http: Http, context: Context) -> Batch:
    """The batch after it has been looked at: ended, unless it is a large one."""
    if batch.has_ended:
        return batch
    requests = batch.state["requests"]
    results = [*batch.state["results"], *_results(requests[:_AT_ONCE], batch, http, context)]
    left = requests[_AT_ONCE:]
    ended = None if left else context.now
    return keep_batch(batch.changed(requests=left, results=results, ended=ended), context)


def messages_path(http: Http) -> str:
    """Where messages are created, beside the batches that `http` asks for."""
    return http.path.partition("/batches")[0]


def batch_object(batch: Batch, http: Http) -> JsonObject:
    """The batch as the API shows it. Its results are where the client has found the batch itself."""
    state = batch.state
    status = "ended" if batch.has_ended else "canceling" if state["canceled"] is not None else "in_progress"
    done = Counter(line["result"]["type"] for line in state["results"] if batch.has_ended)
    url = f"{http.origin}{messages_path(http)}/batches/{batch.id}/results" if batch.has_ended else None
    return {
        "id": batch.id,
        "type": "message_batch",
        "processing_status": status,
        "request_counts": {
            "processing": 0 if batch.has_ended else state["size"],
            **{name: done[name] for name in _COUNTED},
        },
        "ended_at": _moment(state["ended"]),
        "created_at": _moment(state["created"]),
        "expires_at": _moment(state["created"], _LIFETIME),
        "archived_at": None,
        "cancel_initiated_at": _moment(state["canceled"]),
        "results_url": url,
    }


def _moment(seconds: float | None, later: timedelta = timedelta()) -> str | None:
    if seconds is None:
        return None
    return (datetime.fromtimestamp(seconds, UTC) + later).strftime("%Y-%m-%dT%H:%M:%SZ")


# ------------------------------------------------------------------------------------------------- results


def _results(
    requests: Iterable[JsonObject], batch: Batch, http: Http, context: Context
) -> Iterator[JsonObject]:
    for request in requests:
        if batch.state["canceled"] is not None:
            result: JsonObject = {"type": "canceled"}
        else:
            result = _result(_answer(request["params"], batch, http, context), http, context)
        yield {"custom_id": request["custom_id"], "result": result}


def _answer(params: JsonObject, batch: Batch, http: Http, context: Context) -> Answer:
    """The answer to one request, as if it had been sent when the batch was."""
    return context.ask(
        Http(
            "POST",
            messages_path(http),
            batch.state["headers"],
            body=orjson.dumps(params),
            key=http.key,
            origin=http.origin,
        )
    )


def _result(answer: Answer, http: Http, context: Context) -> JsonObject:
    told = members(parse_object(answer.body))
    match told.get("type"):
        case "message":
            usage = members(told.get("usage")) | {"service_tier": "batch"}
            return {"type": "succeeded", "message": told | {"usage": usage}}
        case "error":
            return {"type": "errored", "error": told}
        case _:
            broken = error_body(Failure("server_error"), http, context)
            return {"type": "errored", "error": orjson.loads(broken)}
