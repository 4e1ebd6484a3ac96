"""What the API keeps of a response, and the routes that show it: the response itself and its input items.

Mirrors "Get a model response" and "List input items" of the OpenAI API reference (2026-11). `Stored.native`
holds the response object, its input items, all items of the conversation so far, its system texts, and what
its stream follows from: all of it plain JSON.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic import ValidationError

from mockserver.conversation import Failure, Http, Json, JsonObject, Message, Reply, Request, ToolCall
from mockserver.protocols.base import Answer, Context, Stored
from mockserver.protocols.openai.headers import json_answer
from mockserver.protocols.openai.responses.contract import ListInputItems, RetrieveResponse, item_type
from mockserver.protocols.openai.responses.history import conversation_of
from mockserver.protocols.openai.responses.ids import call_id, input_id, response_id
from mockserver.protocols.openai.responses.options import options_of
from mockserver.protocols.openai.responses.output import output_of, text_part
from mockserver.protocols.openai.responses.replay import origin_of, replayed
from mockserver.protocols.openai.responses.response import finished, response_object
from mockserver.protocols.openai.wording import failure_of

_PREFIXES = {
    "message": "msg",
    "reasoning": "rs",
    "custom_tool_call": "ctc",
    "custom_tool_call_output": "ctc",
    "compaction": "cmp",
}
"""Item type -> prefix of its id; "fc" for all else."""


def keep(reply: Reply, request: Request, context: Context) -> tuple[str, Stored] | None:
    options = options_of(request)
    if not (options.store or options.background):
        return None
    conversation = conversation_of(request.body, context)
    if isinstance(conversation, Failure):
        # What it went on from has been dropped meanwhile, so nothing can go on from it either.
        return None
    output = output_of(reply, request, context).items
    native = {
        "response": response_object(finished(reply, output), request, context),
        "input": list(conversation.input),
        "items": [*conversation.items, *output],
        "system": list(conversation.system),
        "origin": origin_of(request, context),
    }
    return response_id(context), Stored((*request.messages, said(reply, context)), native)


def said(reply: Reply, context: Context) -> Message:
    """The reply as a message of the conversation, its calls with the ids that went over the wire."""
    parts = (
        replace(part, id=call_id(part, index, context)) if isinstance(part, ToolCall) else part
        for index, part in enumerate(reply.parts)
    )
    return Message("assistant", tuple(parts))


# ----------------------------------------------------------------------------------------------- routes


def retrieve(http: Http, context: Context) -> Answer | Failure:
    """`GET /v1/responses/{response_id}`, as JSON or once more as a stream."""
    stored = _stored(http, context)
    if isinstance(stored, Failure):
        return stored
    try:
        query = RetrieveResponse.model_validate(dict(http.query))
    except ValidationError as error:
        return failure_of(error)
    if query.stream:
        return replayed(stored, query, context)
    return json_answer(stored.native["response"], context)


def delete(http: Http, context: Context) -> Answer | Failure:
    """`DELETE /v1/responses/{response_id}`: afterwards it can be neither fetched nor gone on from."""
    stored = _stored(http, context)
    if isinstance(stored, Failure):
        return stored
    name = http.params["response_id"]
    context.forget(name)
    return json_answer({"id": name, "object": "response", "deleted": True}, context)


def cancel(http: Http, context: Context) -> Answer | Failure:
    """`POST /v1/responses/{response_id}/cancel`. A response in the background is done at once here, and one
    that is done is given as it is.
    """
    stored = _stored(http, context)
    if isinstance(stored, Failure):
        return stored
    response = stored.native["response"]
    if not response.get("background"):
        return Failure("invalid_request", message="Cannot cancel a synchronous response.")
    return json_answer(response, context)


def list_input_items(http: Http, context: Context) -> Answer | Failure:
    """`GET /v1/responses/{response_id}/input_items`, newest first unless asked otherwise."""
    stored = _stored(http, context)
    if isinstance(stored, Failure):
        return stored
    try:
        query = ListInputItems.model_validate(dict(http.query))
    except ValidationError as error:
        return failure_of(error)
    name = http.params["response_id"]
    items = [_listed(item, at, name) for at, item in enumerate(stored.native["input"])]
    return json_answer(_page(items if query.order == "asc" else items[::-1], query), context)


def _stored(http: Http, context: Context) -> Stored | Failure:
    name = http.params["response_id"]
    stored = context.recall(name)
    if stored is None or "response" not in stored.native:
        return Failure("not_found", message=f"Response with id '{name}' not found.")
    return stored


def _page(items: list[JsonObject], query: ListInputItems) -> JsonObject:
    names = [item["id"] for item in items]
    start = names.index(query.after) + 1 if query.after in names else 0
    page = items[start : start + query.limit]
    return {
        "object": "list",
        "data": page,
        "first_id": page[0]["id"] if page else None,
        "has_more": start + query.limit < len(items),
        "last_id": page[-1]["id"] if page else None,
    }


# ------------------------------------------------------------------------------------------ input items


def _listed(item: JsonObject, at: int, response: str) -> JsonObject:
    """An input item as the API lists it: with an id, a status, and content in parts."""
    kind = item_type(item)
    identity = item.get("id") or input_id(_PREFIXES.get(kind, "fc"), at, response)
    head = {"id": identity, "type": kind, "status": item.get("status") or "completed"}
    if kind == "reasoning":
        del head["status"]
    members = {name: value for name, value in item.items() if name not in ("id", "type", "status")}
    if kind == "message":
        members["content"] = _content(item)
    return head | dict(sorted(members.items()))


def _content(item: JsonObject) -> Json:
    content = item.get("content")
    if not isinstance(content, str):
        return content
    if item.get("role") == "assistant":
        return [text_part(content)]
    return [{"type": "input_text", "text": content}]
