"""The chunks of a stream, put together to the completion they tell, as clients do.

Mirrors "The chat completion chunk object" of the OpenAI API reference (2026-11). Real traffic may lack what
is documented: what is not understood is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.tolerant import objects


def merge(message: JsonObject, delta: Mapping[str, Json]) -> None:
    """Add `delta` to `message` in place: strings and lists grow, objects merge, the rest is replaced."""
    for name, value in delta.items():
        match message.get(name), value:
            case _, None:
                message.setdefault(name, None)
            case str() as present, str():
                message[name] = present + value
            case list() as present, list():
                message[name] = [*present, *value]
            case dict() as present, dict():
                message[name] = dict(present)
                merge(message[name], value)
            case _:
                message[name] = value


def assemble(chunks: Iterable[Json]) -> JsonObject:
    """The completion that a stream of chunks tells. ValueError if the stream tells an error."""
    choices: dict[int, JsonObject] = {}
    usage: Json = None
    for chunk in chunks:
        if not isinstance(chunk, dict):
            continue
        if chunk.get("error"):
            raise ValueError(f"the stream ends with an error: {chunk['error']}")
        usage = chunk.get("usage") or usage
        for choice in objects(chunk.get("choices")):
            _grow(choices.setdefault(_index(choice) or 0, {"message": {}}), choice)
    return {"choices": [choices[index] for index in sorted(choices)], "usage": usage}


def _index(value: JsonObject) -> int | None:
    index = value.get("index")
    return index if isinstance(index, int) else None


def _grow(whole: JsonObject, choice: JsonObject) -> None:
    """Add what a chunk says of a choice to the whole choice."""
    whole["finish_reason"] = choice.get("finish_reason") or whole.get("finish_reason")
    delta = choice.get("delta")
    if not isinstance(delta, dict):
        return
    merge(whole["message"], {name: value for name, value in delta.items() if name != "tool_calls"})
    for piece in objects(delta.get("tool_calls")):
        _grow_calls(whole["message"].setdefault("tool_calls", []), piece)


def _grow_calls(calls: list[JsonObject], piece: JsonObject) -> None:
    """Add a piece of a tool call to the call of its index. Without an index, an id starts the next call."""
    index = _index(piece)
    starts = bool(piece.get("id")) or not calls if index is None else index >= len(calls)
    if starts:
        calls.append({name: value for name, value in piece.items() if name != "index"})
        return
    call = calls[-1 if index is None else index]
    for kind, member in (("function", "arguments"), ("custom", "input")):
        if isinstance(piece.get(kind), dict):
            merge(call.setdefault(kind, {}), {member: piece[kind].get(member)})
