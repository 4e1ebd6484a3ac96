"""The blob that stands for the turns of a compacted conversation.

Mirrors "Compaction" of the OpenAI guides (2026-11). The API keeps a secret summary in it; here it holds the
turns themselves, so that whoever sends it back is in the same conversation as before.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable, Iterator, Sequence

import orjson

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.json_body import Unreadable, parse_object
from mockserver.protocols.openai.responses.contract_items import item_type
from mockserver.protocols.openai.responses.read_items import text_of

_MARK = "gAAAAA"


def sealed(items: Sequence[JsonObject]) -> str:
    """The items as one opaque string."""
    return _MARK + urlsafe_b64encode(orjson.dumps({"items": list(items)})).decode()


def unsealed(blob: str) -> tuple[JsonObject, ...] | None:
    """The items in an opaque string; None where it is none of ours."""
    try:
        found = parse_object(urlsafe_b64decode(blob.removeprefix(_MARK)))
    except (Error, ValueError):
        return None
    match found:
        case Unreadable():
            return None
        case {"items": list(items)} if all(map(_is_item, items)):
            return tuple(items)
        case _:
            return None


def _is_item(value: Json) -> bool:
    """Whether a value may be read as an item; whatever else is in it is read with tolerance."""
    return (
        isinstance(value, dict) and isinstance(item_type(value), str) and isinstance(value.get("id", ""), str)
    )


def restored(items: Iterable[JsonObject]) -> tuple[JsonObject, ...]:
    """The items with what was compacted in place of the blob and of the user's messages before it, which the
    blob holds, too.
    """
    found: list[JsonObject] = []
    for item in items:
        held = unsealed(str(item.get("encrypted_content"))) if item.get("type") == "compaction" else None
        if held is None:
            found.append(item)
            continue
        again = set(_said_by_users(held))
        found = [before for before in found if not again.intersection(_said_by_users((before,)))]
        found += held
    return tuple(found)


def _said_by_users(items: Iterable[JsonObject]) -> Iterator[str]:
    for item in items:
        if item_type(item) == "message" and item.get("role") == "user":
            yield text_of(item.get("content"))
