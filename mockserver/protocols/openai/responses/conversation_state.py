"""What is kept of a conversation: the object itself, its items, and those that are still to come.

Mirrors "Conversations" of the OpenAI API reference (2026-11). `Stored.native` holds all of it as plain JSON.
What a response in the background adds waits under `coming` until the response is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mockserver.conversation import Failure, Json, JsonObject
from mockserver.protocols.base import Context, Stored
from mockserver.protocols.openai.responses.listing import listed_apart

_OBJECT = "conversation"
_ITEMS = "items"
_COMING = "coming"
_COUNT = "count"


def conversation_id(named: Json) -> str | None:
    """The id in the `conversation` of a body: a string, or an object that has it."""
    value = named.get("id") if isinstance(named, dict) else named
    return value if isinstance(value, str) else None


def new_conversation(told: JsonObject) -> Stored:
    return Stored(native={_OBJECT: told, _ITEMS: [], _COMING: [], _COUNT: 0})


def recalled(name: str, context: Context) -> Stored | None:
    """The conversation of that name, with all that has come by now."""
    stored = context.recall(name)
    if stored is None or _OBJECT not in stored.native:
        return None
    coming = stored.native[_COMING]
    here = [entry for entry in coming if entry["at"] <= context.elapsed]
    if not here:
        return stored
    items = [*stored.native[_ITEMS], *(item for entry in here for item in entry[_ITEMS])]
    return _with(stored, **{_ITEMS: items, _COMING: [entry for entry in coming if entry not in here]})


def no_conversation(name: str) -> Failure:
    return Failure("not_found", message=f"Conversation with id '{name}' not found.")


def object_of(stored: Stored) -> JsonObject:
    found: JsonObject = stored.native[_OBJECT]
    return found


def items_of(stored: Stored) -> tuple[JsonObject, ...]:
    return tuple(stored.native[_ITEMS])


def items_here_or_coming(stored: Stored) -> tuple[JsonObject, ...]:
    """The items, and those that responses in the background will add: all whose ids are taken."""
    coming = (item for entry in stored.native[_COMING] for item in entry[_ITEMS])
    return (*items_of(stored), *coming)


def with_metadata(stored: Stored, metadata: JsonObject) -> Stored:
    return _with(stored, **{_OBJECT: object_of(stored) | {"metadata": metadata}})


def without_item(stored: Stored, name: str) -> Stored:
    return _with(stored, **{_ITEMS: [item for item in stored.native[_ITEMS] if item["id"] != name]})


def with_items(stored: Stored, items: Iterable[JsonObject]) -> tuple[Stored, Sequence[JsonObject]]:
    """The conversation with more items, and these as they are listed."""
    before = stored.native[_COUNT]
    added = listed_apart(items, object_of(stored)["id"], before, items_here_or_coming(stored))
    kept = [*stored.native[_ITEMS], *added]
    return _with(stored, **{_ITEMS: kept, _COUNT: before + len(added)}), added


def with_response(stored: Stored, response: str, items: Sequence[JsonObject], at: float) -> Stored:
    """The conversation with what a response adds to it at that moment."""
    entry = {"response": response, "at": at, _ITEMS: list(items)}
    return _with(stored, **{_COMING: [*stored.native[_COMING], entry]})


def without_response(stored: Stored, response: str) -> Stored:
    """The conversation without what a response would still have added to it."""
    coming = [entry for entry in stored.native[_COMING] if entry["response"] != response]
    return _with(stored, **{_COMING: coming})


def _with(stored: Stored, **changed: Json) -> Stored:
    return replace(stored, native=stored.native | changed)
