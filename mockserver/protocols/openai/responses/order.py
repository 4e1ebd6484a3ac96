"""The order of items: every call is answered, every answer is called for, reasoning leads to something.

Mirrors "Function calling" of the OpenAI guides and what the live API refuses, in its words (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from mockserver.conversation import Failure, JsonObject
from mockserver.protocols.openai.responses.history import Conversation
from mockserver.protocols.openai.responses.read_items import role_of

_OUTPUTS = {
    "function_call": ("function_call_output", "function call"),
    "custom_tool_call": ("custom_tool_call_output", "custom tool call"),
}
"""Call item -> the item that answers it, and what the API calls it."""
_CALLING_TYPES = (*_OUTPUTS, *(output for output, _ in _OUTPUTS.values()))

_CallIds: TypeAlias = dict[str, list[str]]
"""The call ids by the type of their items, in order."""


def broken_order(conversation: Conversation) -> Failure | None:
    """The first rule between items that does not hold: calls answered, answers called for."""
    known = _call_ids(conversation.items)
    return (
        _call_without_output(known)
        or _output_without_call(_call_ids(conversation.input), known)
        or _reasoning_without_item(conversation.input)
    )


def _call_ids(items: Iterable[JsonObject]) -> _CallIds:
    found: _CallIds = {kind: [] for kind in _CALLING_TYPES}
    for item in items:
        kind = item.get("type")
        if kind in _CALLING_TYPES:
            found[kind].append(str(item.get("call_id")))
    return found


def _call_without_output(known: _CallIds) -> Failure | None:
    for kind, (output, words) in _OUTPUTS.items():
        for call in known[kind]:
            if call not in known[output]:
                return _invalid(f"No tool output found for {words} {call}.")
    return None


def _output_without_call(own: _CallIds, known: _CallIds) -> Failure | None:
    for kind, (output, words) in _OUTPUTS.items():
        for call in own[output]:
            if call not in known[kind]:
                return _invalid(f"No tool call found for {words} output with call_id {call}.")
    return None


def _reasoning_without_item(items: Sequence[JsonObject]) -> Failure | None:
    for index, item in enumerate(items):
        following = items[index + 1] if index + 1 < len(items) else {"role": "user"}
        if item.get("type") == "reasoning" and item.get("id") and role_of(following) != "assistant":
            return _invalid(
                f"Item '{item['id']}' of type 'reasoning' was provided without its required following item."
            )
    return None


def _invalid(message: str) -> Failure:
    return Failure("invalid_request", message=message, param="input")
