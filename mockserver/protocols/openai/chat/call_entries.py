"""What a choice says, and the tool calls in it, for edits: read, changed and put back.

A chunk says it in a delta, the whole answer in a message. Each call is an entry of `tool_calls`. The legacy
form has one call without index, id and type; it is read as an entry of a function alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.edits import Change
from mockserver.protocols.openai.chunk_edits import choice_of, with_choice
from mockserver.protocols.tolerant import members, objects

_SAID = frozenset({"delta", "message"})
_ARGUMENTS = {"function": "arguments", "custom": "input"}


def each_message(change: Change) -> Change:
    """The change of a choice that changes what it says: its delta, or its whole message."""

    def change_said(choice: JsonObject) -> JsonObject:
        said = {
            name: change(item) for name, item in choice.items() if name in _SAID and isinstance(item, dict)
        }
        return {**choice, **said}

    return change_said


def calls_of(said: JsonObject) -> list[JsonObject]:
    """The entries in a delta or a message."""
    legacy = said.get("function_call")
    return [{"function": legacy}] if isinstance(legacy, dict) else list(objects(said.get("tool_calls")))


def with_calls(said: JsonObject, calls: Sequence[JsonObject]) -> JsonObject:
    if isinstance(said.get("function_call"), dict):
        return {**said, "function_call": calls[0]["function"]}
    return {**said, "tool_calls": list(calls)}


def each_call(change: Change) -> Change:
    """The change of a delta or a message that changes its calls."""

    def change_all(said: JsonObject) -> JsonObject:
        calls = calls_of(said)
        return with_calls(said, [change(call) for call in calls]) if calls else said

    return change_all


def calls_in(chunk: JsonObject) -> list[JsonObject]:
    """The entries in a chunk of one choice."""
    return calls_of(members((choice_of(chunk) or {}).get("delta")))


def calling(chunk: JsonObject, *calls: JsonObject, alone: bool = False) -> JsonObject:
    """A chunk that calls with other entries; `alone`, with nothing else in its delta."""
    choice = choice_of(chunk) or {}
    delta = members(choice.get("delta"))
    if alone:
        delta = {name: item for name, item in delta.items() if name in {"tool_calls", "function_call"}}
    return with_choice(chunk, choice, delta=with_calls(delta, calls))


def _kind(call: JsonObject) -> str:
    return "custom" if "custom" in call else "function"


def is_head(call: JsonObject) -> bool:
    """Whether an entry begins a call."""
    return "name" in members(call.get(_kind(call)))


def is_of_function(call: JsonObject) -> bool:
    return _kind(call) == "function"


def told_of(call: JsonObject) -> JsonObject:
    """Name and arguments of an entry, as far as it tells them, in the words of functions."""
    told = members(call.get(_kind(call)))
    arguments = told.get(_ARGUMENTS[_kind(call)])
    return {
        **({"name": told["name"]} if "name" in told else {}),
        **({} if arguments is None else {"arguments": arguments}),
    }


def telling(call: JsonObject, **told: Json) -> JsonObject:
    """An entry that tells this name and these arguments, and of them no more than is given."""
    kind = _kind(call)
    names = {"arguments": _ARGUMENTS[kind]}
    return {**call, kind: {names.get(name, name): item for name, item in told.items()}}
