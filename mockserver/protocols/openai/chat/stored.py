"""The completions that clients asked to store, and the routes that show, change and delete them.

Mirrors "List Chat Completions", "Get chat completion", "Get chat messages", "Update chat completion" and
"Delete chat completion" of the OpenAI API reference (2026-11). `Stored.native` holds the completion as it was
answered, and the messages that it answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mockserver.conversation import Failure, Http, Json, JsonObject, Reply, Request
from mockserver.protocols import tolerant
from mockserver.protocols.base import Answer, Context, Stored
from mockserver.protocols.gate import Gate, check_shape
from mockserver.protocols.json_body import Unreadable, parse_object
from mockserver.protocols.openai.chat.contract_stored import ListCompletions, ListMessages, UpdateCompletion
from mockserver.protocols.openai.chat.options import Options
from mockserver.protocols.openai.chat.read_contents import with_messages
from mockserver.protocols.openai.chat.render import completion_of
from mockserver.protocols.openai.headers import json_answer
from mockserver.protocols.openai.models import snapshot
from mockserver.protocols.openai.wording import wording

_PREFIX = "chatcmpl-"
_METADATA = re.compile(r"metadata\[(.*)\]", re.DOTALL)
_WORDING = wording({"metadata": {}})

_LISTED_PARTS = ("text", "image_url")
_TOLD_APART = ("role", "content", "name")


def keep(reply: Reply, request: Request, context: Context) -> tuple[str, Stored] | None:
    """What is kept of an answer, whole or streamed, with its id."""
    if not Options(request).store:
        return None
    completion = completion_of(reply, request, context)
    messages = list(tolerant.objects(with_messages(request.body).get("messages")))
    return completion["id"], Stored(native={"completion": completion, "messages": messages})


# ----------------------------------------------------------------------------------------------- routes


def list_completions(http: Http, context: Context) -> Answer | Failure:
    """`GET /v1/chat/completions`, those first made first unless asked otherwise."""
    gate = Gate(context.contract)
    query = check_shape(ListCompletions, _query(http), gate, _WORDING)
    if isinstance(query, Failure):
        return query
    asked = [completion for completion in _completions(context) if _is_wanted(completion, query)]
    return _noted(_page(asked, query), context, gate)


def retrieve(http: Http, context: Context) -> Answer | Failure:
    """`GET /v1/chat/completions/{completion_id}`"""
    stored = _stored(http, context)
    return stored if isinstance(stored, Failure) else json_answer(stored.native["completion"], context)


def update(http: Http, context: Context) -> Answer | Failure:
    """`POST /v1/chat/completions/{completion_id}`: its metadata is replaced."""
    stored = _stored(http, context)
    if isinstance(stored, Failure):
        return stored
    body = parse_object(http.body)
    if isinstance(body, Unreadable):
        return Failure("malformed_json")
    gate = Gate(context.contract)
    asked = check_shape(UpdateCompletion, body, gate, _WORDING)
    if isinstance(asked, Failure):
        return asked
    completion = {**stored.native["completion"], "metadata": asked.metadata or {}}
    context.keep(completion["id"], replace(stored, native={**stored.native, "completion": completion}))
    return _noted(completion, context, gate)


def delete(http: Http, context: Context) -> Answer | Failure:
    """`DELETE /v1/chat/completions/{completion_id}`"""
    stored = _stored(http, context)
    if isinstance(stored, Failure):
        return stored
    name = http.params["completion_id"]
    context.forget(name)
    return json_answer({"object": "chat.completion.deleted", "id": name, "deleted": True}, context)


def list_messages(http: Http, context: Context) -> Answer | Failure:
    """`GET /v1/chat/completions/{completion_id}/messages`: those that the completion answers."""
    stored = _stored(http, context)
    if isinstance(stored, Failure):
        return stored
    gate = Gate(context.contract)
    query = check_shape(ListMessages, _query(http), gate, _WORDING)
    if isinstance(query, Failure):
        return query
    name = http.params["completion_id"]
    messages = [_listed(message, f"{name}-{at}") for at, message in enumerate(stored.native["messages"])]
    return _noted(_page(messages, query), context, gate)


def _noted(value: Json, context: Context, gate: Gate) -> Answer:
    return replace(json_answer(value, context), findings=tuple(gate.findings))


# ---------------------------------------------------------------------------------------------- looking up


def _stored(http: Http, context: Context) -> Stored | Failure:
    name = http.params["completion_id"]
    stored = context.recall(name) if name.startswith(_PREFIX) else None
    return stored or Failure("not_found", message=f"Chat completion with id '{name}' not found.")


def _completions(context: Context) -> Iterator[JsonObject]:
    for name in context.kept(_PREFIX):
        if stored := context.recall(name):
            yield stored.native["completion"]


def _is_wanted(completion: JsonObject, query: ListCompletions) -> bool:
    if query.model is not None and completion["model"] != snapshot(query.model):
        return False
    metadata = completion["metadata"]
    return all(metadata.get(key) == value for key, value in (query.metadata or {}).items())


def _query(http: Http) -> JsonObject:
    """The query, with its `metadata[key]` in one."""
    metadata: JsonObject = {}
    query: JsonObject = {}
    for name, value in http.query.items():
        if found := _METADATA.fullmatch(name):
            metadata[found[1]] = value
        else:
            query[name] = value
    return query | ({"metadata": metadata} if metadata else {})


def _page(items: Sequence[JsonObject], query: ListMessages) -> JsonObject:
    ordered = items if query.order == "asc" else items[::-1]
    names = [item["id"] for item in ordered]
    start = names.index(query.after) + 1 if query.after in names else 0
    page = ordered[start : start + query.limit]
    return {
        "object": "list",
        "data": page,
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
        "has_more": start + query.limit < len(ordered),
    }


def _listed(message: JsonObject, name: str) -> JsonObject:
    """A message as it is listed: content is a string, or null and in parts."""
    content = message.get("content")
    parts = [part for part in tolerant.objects(content) if part.get("type") in _LISTED_PARTS]
    rest = {key: value for key, value in message.items() if key not in _TOLD_APART and value is not None}
    return {
        "id": name,
        "role": message.get("role"),
        "content": content if isinstance(content, str) else None,
        "name": message.get("name"),
        "content_parts": parts if isinstance(content, list) else None,
        **rest,
    }
