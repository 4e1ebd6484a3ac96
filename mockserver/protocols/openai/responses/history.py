"""What a request refers to: the response it goes on from, and the items it names.

Mirrors "Conversation state" of the OpenAI guides (2026-11). What was kept comes from `Context.recall`; its
shape is the matter of `stored` and `conversation_state`.
"""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.conversation import Failure, JsonObject, Message
from mockserver.protocols.base import Context, Stored
from mockserver.protocols.gate import Gate
from mockserver.protocols.long_bodies import Entries, chosen
from mockserver.protocols.openai.responses.compaction import restored
from mockserver.protocols.openai.responses.contract_items import item_type
from mockserver.protocols.openai.responses.conversation_state import (
    conversation_id,
    items_of,
    no_conversation,
    recalled,
)
from mockserver.protocols.openai.responses.ids import response_of
from mockserver.protocols.openai.responses.progress import phase
from mockserver.protocols.openai.responses.read_items import messages_of, system_of
from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole conversation: the stored messages before this request and the items of its own `input`. `items`
    are all of them as wire items, `system` the texts of all system messages. `within` points to the items of
    `input`, where they stand in the body just so.
    """

    stored: tuple[Message, ...] = ()
    items: Sequence[JsonObject] = ()
    system: tuple[str, ...] = ()
    input: Sequence[JsonObject] = ()
    within: str = ""

    @property
    def messages(self) -> tuple[Message, ...]:
        return self.stored + messages_of(self.input, self.within)


_NOTHING = Conversation()


def conversation_of(body: JsonObject, context: Context, gate: Gate) -> Conversation | Failure:
    """The stored turns that `body` goes on from, and its own input after them. What is missing of them is
    left out where nothing is refused.
    """
    before, given = _stored_turns(body, context, gate), input_items(body)
    if isinstance(before, Failure):
        return before
    own = given if _stand_for_themselves(given) else resolved(restored(given), before, context, gate)
    if isinstance(own, Failure):
        return own
    return Conversation(
        stored=before.stored,
        items=(*before.items, *own) if before.items else own,
        system=(*before.system, *system_of(own)),
        input=own,
        within="/input" if len(own) == len(given) else "",
    )


def input_items(body: JsonObject) -> Sequence[JsonObject]:
    """The input as items: a string is one message of the user."""
    given = body.get("input")
    if isinstance(given, str):
        return ({"type": "message", "role": "user", "content": given},)
    return given if isinstance(given, Entries) else tuple(given or ())


def _stand_for_themselves(items: Sequence[JsonObject]) -> bool:
    """Whether plainly none of many items refers to another, or holds others."""
    return isinstance(items, Entries) and not chosen(items, _stands_for_another)


def _stands_for_another(item: JsonObject) -> bool:
    return item.get("type") == "compaction" or _stored_name(item) is not None


# ---------------------------------------------------------------------------------------- stored turns


def _stored_turns(body: JsonObject, context: Context, gate: Gate) -> Conversation | Failure:
    previous, conversation = body.get("previous_response_id"), conversation_id(body.get("conversation"))
    if previous is not None:
        stored = context.recall(previous)
        if stored and _may_be_gone_on_from(stored, context):
            return _from_response(stored)
        failure = gate.refuse(_no_previous_response(previous), "/previous_response_id")
        return failure or _NOTHING
    if conversation is not None:
        stored = recalled(conversation, context)
        if stored:
            return _from_conversation(stored)
        return gate.refuse(no_conversation(conversation), "/conversation") or _NOTHING
    return _NOTHING


def _may_be_gone_on_from(stored: Stored, context: Context) -> bool:
    """Only what was stored and is done: before that, there is nothing yet to go on from."""
    response = stored.native.get("response")
    return bool(response and response.get("store")) and phase(stored, context) == "done"


def _from_response(stored: Stored) -> Conversation:
    """A response of a conversation has kept its items alone."""
    items = tuple(stored.native["items"])
    return Conversation(stored.messages or messages_of(items), items, tuple(stored.native["system"]))


def _from_conversation(stored: Stored) -> Conversation:
    items = items_of(stored)
    return Conversation(messages_of(items), items, tuple(system_of(items)))


def _no_previous_response(name: str) -> Failure:
    return Failure(
        "invalid_request",
        message=f"Previous response with id '{name}' not found.",
        param="previous_response_id",
        code="previous_response_not_found",
    )


# ------------------------------------------------------------------------------------------ references


def resolved(
    items: Sequence[JsonObject], before: Conversation, context: Context, gate: Gate
) -> tuple[JsonObject, ...] | Failure:
    """The items with every reference replaced by what it refers to: an item of `before`, or of a response."""
    resolved: list[JsonObject] = []
    for at, item in enumerate(items):
        name = _stored_name(item)
        known = item if name is None else _recalled_item(name, before, context)
        if known is not None:
            resolved.append(known)
        elif failure := gate.refuse(_no_item(str(name)), f"/input/{at}"):
            return failure
    return tuple(resolved)


def _stored_name(item: JsonObject) -> str | None:
    """The id of an item that must be looked up: a reference, or reasoning sent without its content."""
    kind = item_type(item)
    if kind == "item_reference" or (kind == "reasoning" and not item.get("encrypted_content")):
        name = item.get("id")
        return name if isinstance(name, str) else None
    return None


def _recalled_item(name: str, before: Conversation, context: Context) -> JsonObject | None:
    owner = response_of(name)
    stored = context.recall(owner) if owner else None
    kept = stored.native.get("items", ()) if stored and phase(stored, context) == "done" else ()
    return next((item for item in (*before.items, *kept) if item.get("id") == name), None)


def _no_item(name: str) -> Failure:
    return Failure(
        "not_found",
        message=f"Item with id '{name}' not found. Items are not persisted when `store` is set to false. "
        "Try again with `store` set to true, or remove this item from your input.",
        param="input",
    )
