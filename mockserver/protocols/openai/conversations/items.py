"""The items of a conversation: adding, listing, showing, deleting them.

Mirrors "Conversation items" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from dataclasses import replace

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.gate import Gate
from mockserver.protocols.openai.conversations.contract import CreateItems
from mockserver.protocols.openai.conversations.objects import named
from mockserver.protocols.openai.headers import json_answer
from mockserver.protocols.openai.responses.checking import body_of, checked, queried
from mockserver.protocols.openai.responses.contract import ListItems
from mockserver.protocols.openai.responses.conversation_state import (
    items_of,
    object_of,
    with_items,
    without_item,
)
from mockserver.protocols.openai.responses.history import Conversation, resolved
from mockserver.protocols.openai.responses.listing import page


def create_items(http: Http, context: Context) -> Answer | Failure:
    """`POST /v1/conversations/{conversation_id}/items`: the items that were added, as a list."""
    found, sent = named(http, context), body_of(http)
    if isinstance(found, Failure):
        return found
    if isinstance(sent, Failure):
        return sent
    gate = Gate(context.contract)
    body = checked(sent, CreateItems, gate)
    if isinstance(body, Failure):
        return body
    name, stored = found
    items = resolved(body["items"], Conversation(items=items_of(stored)), context, gate)
    if isinstance(items, Failure):
        return items
    changed, added = with_items(stored, items)
    context.keep(name, changed)
    told = page(added, ListItems(order="asc", limit=100))
    return replace(json_answer(told, context), findings=tuple(gate.findings))


def list_items(http: Http, context: Context) -> Answer | Failure:
    """`GET /v1/conversations/{conversation_id}/items`, newest first unless asked otherwise."""
    found = named(http, context)
    if isinstance(found, Failure):
        return found
    gate = Gate(context.contract)
    query = queried(http, ListItems, gate)
    if isinstance(query, Failure):
        return query
    told = page(items_of(found[1]), query)
    return replace(json_answer(told, context), findings=tuple(gate.findings))


def retrieve_item(http: Http, context: Context) -> Answer | Failure:
    """`GET /v1/conversations/{conversation_id}/items/{item_id}`."""
    found = named(http, context)
    if isinstance(found, Failure):
        return found
    item = _item(http, items_of(found[1]))
    return item if isinstance(item, Failure) else json_answer(item, context)


def delete_item(http: Http, context: Context) -> Answer | Failure:
    """`DELETE /v1/conversations/{conversation_id}/items/{item_id}`: the conversation without the item."""
    found = named(http, context)
    if isinstance(found, Failure):
        return found
    name, stored = found
    item = _item(http, items_of(stored))
    if isinstance(item, Failure):
        return item
    changed = without_item(stored, item["id"])
    context.keep(name, changed)
    return json_answer(object_of(changed), context)


def _item(http: Http, items: tuple[JsonObject, ...]) -> JsonObject | Failure:
    name = http.params["item_id"]
    missing = Failure("not_found", message=f"Item with id '{name}' not found.")
    return next((item for item in items if item["id"] == name), missing)
