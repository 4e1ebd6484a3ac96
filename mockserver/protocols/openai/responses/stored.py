"""What the API keeps of a response, and the routes that show it: the response itself and its input items.

Mirrors "Get a model response", "Cancel a response" and "List input items" of the OpenAI API reference
(2026-11). `Stored.native` holds the response object as it will be in the end, its input items, all items of
the conversation so far, its system texts, what its stream follows from, and how it gets on (`progress`): all
of it plain JSON.
"""

from __future__ import annotations

from dataclasses import replace

from mockserver.conversation import (
    Failure,
    Http,
    JsonObject,
    Message,
    MessagePart,
    Native,
    Reply,
    Request,
    Thinking,
    ToolCall,
)
from mockserver.protocols.base import Answer, Context, Stored, Stream, Timed
from mockserver.protocols.gate import Gate
from mockserver.protocols.openai.headers import json_answer
from mockserver.protocols.openai.responses.checking import queried
from mockserver.protocols.openai.responses.contract import ListItems, RetrieveResponse
from mockserver.protocols.openai.responses.conversation_state import (
    conversation_id,
    items_here_or_coming,
    recalled,
    with_response,
    without_response,
)
from mockserver.protocols.openai.responses.errors import streamed_error
from mockserver.protocols.openai.responses.history import Conversation, conversation_of
from mockserver.protocols.openai.responses.ids import call_id, response_id
from mockserver.protocols.openai.responses.listing import listed_apart, page
from mockserver.protocols.openai.responses.output import Output, output_of
from mockserver.protocols.openai.responses.progress import begun, cancelled, phase
from mockserver.protocols.openai.responses.read_items import parts_of
from mockserver.protocols.openai.responses.replay import origin_of, replayed, response_at
from mockserver.protocols.openai.responses.response import failed, finished_response, response_object


def keep(
    reply: Reply, request: Request, context: Context, due: Timed, failure: Failure | None
) -> tuple[str, Stored] | None:
    conversation = conversation_of(request.body, context, Gate(context.contract))
    if isinstance(conversation, Failure):
        # What it went on from has been dropped meanwhile, so nothing can go on from it either.
        return None
    output = output_of(reply, request, context)
    response = finished_response(reply, request, context)
    if failure:
        error = streamed_error(failure, request.http)
        response = response_object(failed(error, output.items), request, context)
    _add_to_conversation(conversation, response, context, due)
    if not (response["store"] or response["background"]):
        return None
    native = {
        "response": response,
        "input": list(conversation.input),
        "items": [*conversation.items, *output.items],
        "system": list(conversation.system),
        "origin": origin_of(reply, request, context),
        **begun(due, context),
    }
    if conversation_id(response.get("conversation")):
        # Its messages are made of the items each time, so each response would hold all of them once more.
        return response_id(context), Stored(native=native)
    told = Message("assistant", _said(reply, output, context))
    return response_id(context), Stored((*request.messages, told), native)


def said(reply: Reply, request: Request, context: Context) -> tuple[MessagePart, ...]:
    """The reply as it comes back: with the ids that went over the wire, and of reasoning what was shown."""
    return _said(reply, output_of(reply, request, context), context)


def _said(reply: Reply, output: Output, context: Context) -> tuple[MessagePart, ...]:
    parts: list[MessagePart] = []
    for index, part in enumerate(reply.parts):
        place = output.places.get(index)
        if place is None:
            continue
        match part:
            case ToolCall():
                parts.append(replace(part, id=call_id(part, index, context)))
            case Thinking() | Native():
                parts += parts_of(output.items[place.output_index])
            case _:
                parts.append(part)
    return tuple(parts)


def _add_to_conversation(
    conversation: Conversation, response: JsonObject, context: Context, due: Timed
) -> None:
    """Once a response is done, its input and its output belong to its conversation."""
    name = conversation_id(response.get("conversation"))
    stored = recalled(name, context) if name else None
    if name is None or stored is None or response["status"] == "failed":
        return
    before = items_here_or_coming(stored)
    items = listed_apart(conversation.input, response["id"], before=before) + response["output"]
    done = context.elapsed + (due[-1][0] if due else 0)
    context.keep(name, with_response(stored, response["id"], items, done))


# ----------------------------------------------------------------------------------------------- routes


def retrieve(http: Http, context: Context) -> Answer | Stream | Failure:
    """`GET /v1/responses/{response_id}`, as JSON or once more as a stream."""
    stored = _stored(http, context)
    if isinstance(stored, Failure):
        return stored
    gate = Gate(context.contract)
    query = queried(http, RetrieveResponse, gate)
    if isinstance(query, Failure):
        return query
    told: Answer | Stream
    if query.stream:
        told = replayed(stored, query, context)
    else:
        told = json_answer(response_at(stored, context), context)
    return replace(told, findings=tuple(gate.findings))


def delete(http: Http, context: Context) -> Answer | Failure:
    """`DELETE /v1/responses/{response_id}`: afterwards it can be neither fetched nor gone on from."""
    stored = _stored(http, context)
    if isinstance(stored, Failure):
        return stored
    name = http.params["response_id"]
    context.forget(name)
    return json_answer({"id": name, "object": "response", "deleted": True}, context)


def cancel(http: Http, context: Context) -> Answer | Failure:
    """`POST /v1/responses/{response_id}/cancel`. What is still running is cancelled; what is done, or
    cancelled already, is given as it is.
    """
    stored = _stored(http, context)
    if isinstance(stored, Failure):
        return stored
    if not stored.native["response"].get("background"):
        return Failure("invalid_request", message="Cannot cancel a synchronous response.")
    if phase(stored, context) in ("queued", "in_progress"):
        stored = cancelled(stored, context)
        context.keep(http.params["response_id"], stored)
        _take_out_of_conversation(stored.native["response"], context)
    return json_answer(response_at(stored, context), context)


def _take_out_of_conversation(response: JsonObject, context: Context) -> None:
    name = conversation_id(response.get("conversation"))
    conversation = recalled(name, context) if name else None
    if name and conversation:
        context.keep(name, without_response(conversation, response["id"]))


def list_input_items(http: Http, context: Context) -> Answer | Failure:
    """`GET /v1/responses/{response_id}/input_items`, newest first unless asked otherwise."""
    stored = _stored(http, context)
    if isinstance(stored, Failure):
        return stored
    gate = Gate(context.contract)
    query = queried(http, ListItems, gate)
    if isinstance(query, Failure):
        return query
    name = http.params["response_id"]
    items = listed_apart(stored.native["input"], name)
    return replace(json_answer(page(items, query), context), findings=tuple(gate.findings))


def _stored(http: Http, context: Context) -> Stored | Failure:
    name = http.params["response_id"]
    stored = context.recall(name)
    if stored is None or "response" not in stored.native:
        return Failure("not_found", message=f"Response with id '{name}' not found.")
    return stored
