"""The order of items: every call is answered, every answer is called for, reasoning leads to something.

Mirrors "Function calling" of the OpenAI guides and what the live API refuses, in its words (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from mockserver.conversation import Failure, JsonObject
from mockserver.protocols.long_bodies import Entries, same_as_before
from mockserver.protocols.openai.responses.history import Conversation
from mockserver.protocols.openai.responses.read_items import role_of

_OUTPUTS = {
    "function_call": ("function_call_output", "function call"),
    "custom_tool_call": ("custom_tool_call_output", "custom tool call"),
}
"""Call item -> the item that answers it, and what the API calls it."""
_CALLING_TYPES = (*_OUTPUTS, *(output for output, _ in _OUTPUTS.values()))

_CallIds: TypeAlias = dict[str, dict[str, int]]
"""The call ids by the type of their items, each with the number of the first, in order."""


def broken_order(conversation: Conversation) -> Iterator[Failure]:
    """The rules between items that do not hold: calls answered, answers called for."""
    known = own = _call_ids(conversation.items)
    if conversation.input is not conversation.items:
        own = _call_ids(conversation.input)
    yield from _calls_without_output(known)
    yield from _outputs_without_call(own, known)
    yield from _reasoning_without_item(conversation.input)


def _call_ids(items: Sequence[JsonObject]) -> _CallIds:
    start, found = _known_call_ids(items)
    for at, item in enumerate(items[start:], start):
        kind, called = item.get("type"), item.get("call_id")
        if called is not None and kind in _CALLING_TYPES:
            found[kind].setdefault(str(called), at)
    if isinstance(items, Entries):
        items.facts[_call_ids] = found
    return found


def _known_call_ids(items: Sequence[JsonObject]) -> tuple[int, _CallIds]:
    """How many of the first items are known from before, and their call ids."""
    known = items.before.get(_call_ids) if isinstance(items, Entries) else None
    if known is None:
        return 0, {kind: {} for kind in _CALLING_TYPES}
    same, found = same_as_before(items), {kind: ids.copy() for kind, ids in known.items()}
    for ids in found.values():
        while ids and next(reversed(ids.values())) >= same:
            ids.popitem()
    return same, found


def _calls_without_output(known: _CallIds) -> Iterator[Failure]:
    for kind, (output, words) in _OUTPUTS.items():
        for call in _missing(known[kind], known[output]):
            yield _invalid(f"No tool output found for {words} {call}.")


def _outputs_without_call(own: _CallIds, known: _CallIds) -> Iterator[Failure]:
    for kind, (output, words) in _OUTPUTS.items():
        for call in _missing(own[output], known[kind]):
            yield _invalid(f"No tool call found for {words} output with call_id {call}.")


def _missing(wanted: Mapping[str, int], among: Mapping[str, int]) -> Sequence[str]:
    """The ids that are not among others. Mostly none is, which is seen much sooner."""
    return () if wanted.keys() <= among.keys() else [call for call in wanted if call not in among]


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
