"""What a request refers to: the response it goes on from, and the items it names.

Mirrors "Conversation state" of the OpenAI guides (2026-11). What was
kept comes from `Context.recall`; its shape is `stored`'s matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mockserver.conversation import Failure, Json, JsonObject, Message
from mockserver.protocols.base import Context, Stored
from mockserver.protocols.openai.responses.contract import item_type
from mockserver.protocols.openai.responses.ids import response_of
from mockserver.protocols.openai.responses.read_items import messages_of, system_of


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole conversation: the stored messages before this request and the items of its own `input`. `items`
    are all of them as wire items, `system` the texts of all system messages.
    """

    stored: tuple[Message, ...] = ()
    items: tuple[JsonObject, ...] = ()
    system: tuple[str, ...] = ()
    input: tuple[JsonObject, ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        return self.stored + messages_of(self.input)


def conversation_of(body: JsonObject, context: Context) -> Conversation | Failure:
    """The stored turns that `body` goes on from, and its own input after them."""
    before = _stored_turns(body, context)
    if isinstance(before, Failure):
        return before
    own = _resolved(input_items(body), context)
    if isinstance(own, Failure):
        return own
    return Conversation(
        stored=before.stored,
        items=before.items + own,
        system=(*before.system, *system_of(own)),
        input=own,
    )


def input_items(body: JsonObject) -> tuple[JsonObject, ...]:
    """The input as items: a string is one message of the user."""
    given = body.get("input")
    if isinstance(given, str):
        return ({"type": "message", "role": "user", "content": given},)
    return tuple(given or ())


# ---------------------------------------------------------------------------------------- stored turns


def _stored_turns(body: JsonObject, context: Context) -> Conversation | Failure:
    previous, conversation = body.get("previous_response_id"), _conversation_id(body.get("conversation"))
    if previous is not None:
        stored = context.recall(previous)
        return _from(stored) if stored else _no_previous_response(previous)
    if conversation is not None:
        stored = context.recall(conversation)
        return _from(stored) if stored else _no_conversation(conversation)
    return Conversation()


def _conversation_id(conversation: Json) -> str | None:
    value = conversation.get("id") if isinstance(conversation, dict) else conversation
    return value if isinstance(value, str) else None


def _from(stored: Stored) -> Conversation:
    native = stored.native
    return Conversation(stored.messages, tuple(native.get("items", ())), tuple(native.get("system", ())))


def _no_previous_response(name: str) -> Failure:
    return Failure(
        "invalid_request",
        message=f"Previous response with id '{name}' not found.",
        param="previous_response_id",
        code="previous_response_not_found",
    )


def _no_conversation(name: str) -> Failure:
    return Failure("not_found", message=f"Conversation with id '{name}' not found.")


# ------------------------------------------------------------------------------------------ references


def _resolved(items: Sequence[JsonObject], context: Context) -> tuple[JsonObject, ...] | Failure:
    """The items with every reference replaced by what it refers to."""
    resolved: list[JsonObject] = []
    for item in items:
        name = _stored_name(item)
        if name is None:
            resolved.append(item)
            continue
        known = _recalled(name, context)
        if known is None:
            return _no_item(name)
        resolved.append(known)
    return tuple(resolved)


def _stored_name(item: JsonObject) -> str | None:
    """The id of an item that must be looked up: a reference, or reasoning sent without its content."""
    kind = item_type(item)
    if kind == "item_reference" or (kind == "reasoning" and not item.get("encrypted_content")):
        name = item.get("id")
        return name if isinstance(name, str) else None
    return None


def _recalled(name: str, context: Context) -> JsonObject | None:
    owner = response_of(name)
    stored = context.recall(owner) if owner else None
    if stored is None:
        return None
    return next((item for item in stored.native.get("items", ()) if item.get("id") == name), None)


def _no_item(name: str) -> Failure:
    return Failure(
        "not_found",
        message=f"Item with id '{name}' not found. Items are not persisted when `store` is set to false. "
        "Try again with `store` set to true, or remove this item from your input.",
        param="input",
    )
