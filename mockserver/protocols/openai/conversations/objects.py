"""Conversations as objects: creating, showing, changing, deleting them.

Mirrors "Conversations" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from mockserver.conversation import Failure, Http
from mockserver.protocols.base import Answer, Context, Stored
from mockserver.protocols.drawing import HEX
from mockserver.protocols.gate import Gate
from mockserver.protocols.openai.conversations.contract import CreateConversation, UpdateConversation
from mockserver.protocols.openai.headers import json_answer
from mockserver.protocols.openai.responses.checking import body_of, checked
from mockserver.protocols.openai.responses.conversation_state import (
    new_conversation,
    no_conversation,
    object_of,
    recalled,
    with_items,
    with_metadata,
)
from mockserver.protocols.openai.responses.history import Conversation, resolved

Found: TypeAlias = tuple[str, Stored]
"""A conversation with its name."""


def named(http: Http, context: Context) -> Found | Failure:
    """The conversation that the path names."""
    name = http.params["conversation_id"]
    stored = recalled(name, context)
    return (name, stored) if stored else no_conversation(name)


def create(http: Http, context: Context) -> Answer | Failure:
    """`POST /v1/conversations`."""
    sent = body_of(http) if http.body else {}
    if isinstance(sent, Failure):
        return sent
    gate = Gate(context.contract)
    body = checked(sent, CreateConversation, gate)
    if isinstance(body, Failure):
        return body
    items = resolved(body.get("items") or (), Conversation(), context, gate)
    if isinstance(items, Failure):
        return items
    name = "conv_" + context.token("conversation", 48, HEX)
    told = {
        "id": name,
        "object": "conversation",
        "created_at": int(context.now),
        "metadata": body.get("metadata") or {},
    }
    stored, _ = with_items(new_conversation(told), items)
    context.keep(name, stored)
    return replace(json_answer(told, context), findings=tuple(gate.findings))


def retrieve(http: Http, context: Context) -> Answer | Failure:
    """`GET /v1/conversations/{conversation_id}`."""
    found = named(http, context)
    return found if isinstance(found, Failure) else json_answer(object_of(found[1]), context)


def update(http: Http, context: Context) -> Answer | Failure:
    """`POST /v1/conversations/{conversation_id}`: the metadata is replaced."""
    found = named(http, context)
    sent = body_of(http)
    if isinstance(found, Failure):
        return found
    if isinstance(sent, Failure):
        return sent
    gate = Gate(context.contract)
    body = checked(sent, UpdateConversation, gate)
    if isinstance(body, Failure):
        return body
    name, stored = found
    changed = with_metadata(stored, body["metadata"] or {})
    context.keep(name, changed)
    return replace(json_answer(object_of(changed), context), findings=tuple(gate.findings))


def delete(http: Http, context: Context) -> Answer | Failure:
    """`DELETE /v1/conversations/{conversation_id}`."""
    found = named(http, context)
    if isinstance(found, Failure):
        return found
    context.forget(found[0])
    return json_answer({"id": found[0], "object": "conversation.deleted", "deleted": True}, context)
