"""Long conversations that plainly break no rule between their messages: texts, thoughts, calls and results.

What of a message matters for that follows from it alone, and is worked out once for those that stood so in a
body before. A conversation that is not plain may be right all the same: then its rules tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mockserver.conversation import JsonObject
from mockserver.protocols.anthropic.spoken import as_blocks
from mockserver.protocols.long_bodies import Entries, each
from mockserver.values import dataclass

_OF_ASSISTANT = frozenset({"text", "thinking", "redacted_thinking", "tool_use"})
_OF_USER = frozenset({"text", "image", "tool_result"})


@dataclass(frozen=True, slots=True)
class _Said:
    """The types of the blocks of a message, and the ids of the calls in it, or of those that it answers."""

    role: str
    kinds: frozenset[str]
    calls: frozenset[str]


def plain_kinds(messages: Sequence[JsonObject]) -> frozenset[str] | None:
    """The types of blocks in a long plain conversation; None for any other."""
    if not isinstance(messages, Entries):
        return None
    said = [one for one in each(messages, _said) if one]
    if len(said) < len(messages) or not _are_paired(said):
        return None
    return frozenset[str]().union(*{one.kinds for one in said})


def _are_paired(said: Sequence[_Said]) -> bool:
    """Whether user and assistant take turns, from the user to the user, and each call is answered in the next
    message, and once.
    """
    asked, told = said[::2], said[1::2]
    if len(asked) != len(told) + 1 or {one.role for one in asked} != {"user"}:
        return False
    if not {one.role for one in told} <= {"assistant"} or asked[0].calls:
        return False
    calls = [one.calls for one in told]
    are_unique = len(frozenset[str]().union(*calls)) == sum(map(len, calls))
    return are_unique and calls == [one.calls for one in asked[1:]]


def _said(message: JsonObject, _: int) -> _Said | None:
    """What a message says, if by itself it breaks no rule; None if it may."""
    blocks = as_blocks(message.get("content"))
    kinds = frozenset(block["type"] for block in blocks)
    match message["role"]:
        case "assistant" if kinds <= _OF_ASSISTANT:
            calls = [block["id"] for block in blocks if block["type"] == "tool_use"]
        case "user" if kinds <= _OF_USER and _results_come_first(blocks):
            calls = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        case _:
            return None
    if not blocks or not all(map(_is_plain, blocks)) or len(calls) != len(set(calls)):
        return None
    return _Said(message["role"], kinds, frozenset(calls))


def _results_come_first(blocks: Iterable[JsonObject]) -> bool:
    kinds = [block["type"] != "tool_result" for block in blocks]
    return kinds == sorted(kinds)


def _is_plain(block: JsonObject) -> bool:
    match block["type"]:
        case "text":
            return bool(block["text"].strip()) and not block.get("citations")
        case "thinking":
            return bool(block["signature"])
        case _:
            return True
