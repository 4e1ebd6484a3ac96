"""Items as the API lists them, and their pages.

Mirrors "List input items" and "List items" of the OpenAI API reference (2026-11). Where the items are kept is
not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.openai.responses.contract import ListItems
from mockserver.protocols.openai.responses.contract_items import item_type
from mockserver.protocols.openai.responses.ids import input_id
from mockserver.protocols.openai.responses.output import text_part

_PREFIXES = {
    "message": "msg",
    "reasoning": "rs",
    "custom_tool_call": "ctc",
    "custom_tool_call_output": "ctc",
    "compaction": "cmp",
}
"""Item type -> prefix of its id; "fc" for all else."""
_WITHOUT_STATUS = ("reasoning", "compaction", "item_reference")


def listed_apart(
    items: Iterable[JsonObject], owner: str, first: int = 0, before: Iterable[JsonObject] = ()
) -> list[JsonObject]:
    """Items as they are listed, the first at place `first`. One whose id is taken, be it by one of those
    `before`, gets another: pages and routes find items by their ids.
    """
    taken = {item["id"] for item in before}
    found = []
    for at, item in enumerate(items, first):
        told = listed(item, at, owner)
        if told["id"] in taken:
            told = listed({**item, "id": None}, at, owner)
        taken.add(told["id"])
        found.append(told)
    return found


def listed(item: JsonObject, at: int, owner: str) -> JsonObject:
    """An input item as the API lists it: with an id, a status, and content in parts. `owner` is what it was
    put into, `at` its place there.
    """
    kind = item_type(item)
    identity = item.get("id") or input_id(_PREFIXES.get(kind, "fc"), at, owner)
    head = {"id": identity, "type": kind, "status": item.get("status") or "completed"}
    if kind in _WITHOUT_STATUS:
        del head["status"]
    others = {name: value for name, value in item.items() if name not in ("id", "type", "status")}
    if kind == "message":
        others["content"] = _content(item)
    return head | dict(sorted(others.items()))


def _content(item: JsonObject) -> Json:
    content = item.get("content")
    if not isinstance(content, str):
        return content
    if item.get("role") == "assistant":
        return [text_part(content)]
    return [{"type": "input_text", "text": content}]


def page(items: Sequence[JsonObject], query: ListItems) -> JsonObject:
    """The part of the items, told from the oldest, that a query asks for."""
    ordered = list(items) if query.order == "asc" else list(items)[::-1]
    names = [item["id"] for item in ordered]
    start = names.index(query.after) + 1 if query.after in names else 0
    found = ordered[start : start + query.limit]
    return {
        "object": "list",
        "data": found,
        "first_id": found[0]["id"] if found else None,
        "has_more": start + query.limit < len(ordered),
        "last_id": found[-1]["id"] if found else None,
    }
