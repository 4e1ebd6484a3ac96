"""The order of items: every call is answered, every answer is called for, reasoning leads to something.

Mirrors "Function calling" of the OpenAI guides and what the live API refuses, in its words (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from mockserver.conversation import Failure, JsonObject
from mockserver.protocols.long_bodies import each, same_as_before
from mockserver.protocols.openai.responses.history import Conversation
from mockserver.protocols.openai.responses.read_items import role_of

_OUTPUTS = {
    "function_call": ("function_call_output", "function call"),
    "custom_tool_call": ("custom_tool_call_output", "custom tool call"),
}
"""Call item -> the item that answers it, and what the API calls it."""
_CALLING_TYPES = (*_OUTPUTS, *(output for output, _ in _OUTPUTS.values()))

_CallIds: TypeAlias = dict[str, dict[str, None]]
"""The call ids by the type of their items, each once, in order."""


def broken_order(conversation: Conversation) -> Iterator[Failure]:
    """The rules between items that do not hold: calls answered, answers called for."""
    known = own = _call_ids(conversation.items)
    if conversation.input is not conversation.items:
        own = _call_ids(conversation.input)
    yield from _calls_without_output(known)
    yield from _outputs_without_call(own, known)
    yield from _reasoning_without_item(conversation.input)


def _call_ids(items: Sequence[JsonObject]) -> _CallIds:
    found: _CallIds = {kind: {} for kind in _CALLING_TYPES}
    for told in each(items, _call):
        if told:
            found[told[0]][told[1]] = None
    return found


def _call(item: JsonObject, _: int) -> tuple[str, str] | None:
    """The type of an item that calls or answers, and the id of the call."""
    called = item.get("call_id")
    if called is None or item.get("type") not in _CALLING_TYPES:
        return None
    return item["type"], str(called)


def _calls_without_output(known: _CallIds) -> Iterator[Failure]:
    for kind, (output, words) in _OUTPUTS.items():
        for call in known[kind]:
            if call not in known[output]:
                yield _invalid(f"No tool output found for {words} {call}.")


def _outputs_without_call(own: _CallIds, known: _CallIds) -> Iterator[Failure]:
    for kind, (output, words) in _OUTPUTS.items():
        for call in own[output]:
            if call not in known[kind]:
                yield _invalid(f"No tool call found for {words} output with call_id {call}.")


def _reasoning_without_item(items: Sequence[JsonObject]) -> Iterator[Failure]:
    start = max(same_as_before(items) - 1, 0)  # what the last of these is followed by may be new
    for index, item in enumerate(items[start:], start):
        if item.get("type") != "reasoning" or not item.get("id"):
            continue
        following = items[index + 1] if index + 1 < len(items) else {"role": "user"}
        if role_of(following) != "assistant":
            yield _invalid(
                f"Item '{item['id']}' of type 'reasoning' was provided without its required following item."
            )


def _invalid(message: str) -> Failure:
    return Failure("invalid_request", message=message, param="input")
