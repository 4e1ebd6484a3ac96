"""How tool calls of Chat Completions are known to depart from the documentation."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b

import orjson

from mockserver.conversation import JsonObject
from mockserver.protocols.base import Deviation
from mockserver.protocols.edits import Change, chained, replacing, without
from mockserver.protocols.openai.chat.call_entries import (
    calling,
    calls_in,
    calls_of,
    each_call,
    each_message,
    is_head,
    is_of_function,
    telling,
    told_of,
    with_calls,
)
from mockserver.protocols.openai.chunk_edits import (
    by_chunk,
    choice_of,
    each_choice,
    each_chunk,
    each_chunk_by,
    everywhere,
    in_stream,
)
from mockserver.protocols.tolerant import count, text

_CALLED = frozenset({"tool_calls", "function_call"})
"""The reasons of an answer that calls."""


def _in_calls(change: Change) -> Change:
    return each_choice(each_message(each_call(change)))


def _from_one(call: JsonObject) -> JsonObject:
    return replacing(index=count(call.get("index")) + 1)(call)


def _null_head(call: JsonObject) -> JsonObject:
    """A piece that tells of its call's head that it is nothing."""
    if is_head(call) or "index" not in call:
        return call
    index = {"index": call["index"], "id": None, "type": None}
    return {**index, **telling(without("index")(call), name=None, **told_of(call))}


def _stop(choice: JsonObject) -> JsonObject:
    return replacing(finish_reason="stop")(choice) if choice.get("finish_reason") in _CALLED else choice


def _split_name(chunk: JsonObject) -> Iterable[JsonObject]:
    """The chunk with half the name of the call that it begins, and one with the rest."""
    calls = calls_in(chunk)
    name = text(told_of(calls[0]).get("name")) if len(calls) == 1 else ""
    if len(name) < 2:  # noqa: PLR2004 - one letter has no halves
        return (chunk,)
    head, half = calls[0], len(name) // 2
    rest = telling(without("id", "type")(head), name=name[half:])
    return (
        calling(chunk, telling(head, **{**told_of(head), "name": name[:half]})),
        calling(chunk, rest, alone=True),
    )


class _HeadHeld:
    """Holds the head of each call back for its first piece; `join` gives what is sent for the two."""

    def __init__(self, join: Callable[[JsonObject, JsonObject], Iterable[JsonObject]]) -> None:
        self._join = join
        self._held: dict[int, JsonObject] = {}

    def edit(self, chunk: JsonObject) -> Iterator[JsonObject]:
        number = _number(chunk)
        calls = calls_in(chunk)
        held = self._held.pop(number, None)
        if held and calls and not is_head(calls[0]):
            yield from self._join(held, chunk)
            return
        if held:
            yield held
        if len(calls) == 1 and is_head(calls[0]):
            self._held[number] = chunk
        else:
            yield chunk

    def rest(self) -> Iterator[JsonObject]:
        yield from self._held.values()
        self._held = {}


def _number(chunk: JsonObject) -> int:
    return count((choice_of(chunk) or {"index": -1}).get("index"))


def _twice_in_one(head: JsonObject, piece: JsonObject) -> Iterable[JsonObject]:
    """The head and the first piece of a call as two entries of one chunk."""
    call, more = calls_in(head)[0], calls_in(piece)[0]
    if "index" not in call:
        return head, piece
    return (calling(head, telling(call, name=told_of(call)["name"]), more),)


def _arguments_first(head: JsonObject, piece: JsonObject) -> Iterable[JsonObject]:
    call, more = calls_in(head)[0], calls_in(piece)[0]
    return (
        calling(head, telling(call, **told_of(more))),
        calling(piece, telling(more, name=told_of(call)["name"])),
    )


class _HeadRepeated:
    """Every piece of a call brings its id, its type and its name again."""

    def __init__(self) -> None:
        self._heads: dict[int, JsonObject] = {}

    def __call__(self, chunk: JsonObject) -> Iterable[JsonObject]:
        calls = calls_in(chunk)
        if len(calls) != 1:
            return (chunk,)
        if is_head(calls[0]):
            self._heads[_number(chunk)] = calls[0]
            return (chunk,)
        head = self._heads.get(_number(chunk), calls[0])
        return (calling(chunk, telling(head, **{**told_of(head), **told_of(calls[0])})),)


class _WholeCalls:
    """Holds the chunks of each call back until all of it is there. `tell` gives the entry that is sent for a
    whole call, in one chunk; None leaves its chunks as they are.
    """

    def __init__(self, tell: Callable[[JsonObject], JsonObject | None]) -> None:
        self._tell = tell
        self._held: dict[int, list[JsonObject]] = {}

    def edit(self, chunk: JsonObject) -> Iterator[JsonObject]:
        number = _number(chunk)
        calls = calls_in(chunk)
        if calls and not is_head(calls[0]) and number in self._held:
            self._held[number].append(chunk)
            return
        yield from self._told(number)
        if len(calls) == 1:
            self._held[number] = [chunk]
        else:
            yield chunk

    def rest(self) -> Iterator[JsonObject]:
        for number in sorted(self._held):
            yield from self._told(number)

    def _told(self, number: int) -> Iterable[JsonObject]:
        chunks = self._held.pop(number, [])
        if not chunks:
            return ()
        pieces = [calls_in(chunk)[0] for chunk in chunks]
        arguments = "".join(text(told_of(piece).get("arguments")) for piece in pieces)
        told = self._tell(telling(pieces[0], **{**told_of(pieces[0]), "arguments": arguments}))
        return chunks if told is None else (calling(chunks[0], told),)


def _object_arguments(call: JsonObject) -> JsonObject | None:
    """A call of a function with its arguments as an object; None where they are none."""
    if not is_of_function(call):
        return None
    told = told_of(call)
    try:
        arguments = orjson.loads(text(told.get("arguments")))
    except orjson.JSONDecodeError:
        return None
    return telling(call, **{**told, "arguments": arguments}) if isinstance(arguments, dict) else None


def _empty_arguments(call: JsonObject) -> JsonObject:
    """A call without arguments tells them as no text at all."""
    told = told_of(call)
    if not is_of_function(call) or told.get("arguments") != "{}":
        return call
    return telling(call, **{**told, "arguments": ""})


class _EmptyArguments:
    """Leaves out the pieces of arguments that are `{}` in all."""

    def __init__(self) -> None:
        self._begun: set[int] = set()
        self._braces: dict[int, JsonObject] = {}

    def edit(self, chunk: JsonObject) -> Iterator[JsonObject]:
        number, calls = _number(chunk), calls_in(chunk)
        brace = self._braces.pop(number, None)
        piece = ""
        if len(calls) == 1 and is_of_function(calls[0]):
            piece = text(told_of(calls[0]).get("arguments"))
        if calls and is_head(calls[0]):
            self._begun.add(number)
        elif number in self._begun and piece:
            self._begun.discard(number)
            if piece == "{":
                self._braces[number] = chunk
            if piece in {"{", "{}"}:
                return
        if brace and piece == "}":
            return
        if brace:
            yield brace
        yield chunk

    def rest(self) -> Iterator[JsonObject]:
        yield from self._braces.values()
        self._braces = {}


def _as_gemini(call: JsonObject) -> JsonObject | None:
    """A call of a stream as Google's compatible API tells it; the first of an answer is signed."""
    if "index" not in call:
        return None
    bare = without("index")(call)
    return bare if call["index"] else _signed(bare)


def _signed(call: JsonObject) -> JsonObject:
    signature = b64encode(blake2b(text(call.get("id")).encode()).digest()).decode()
    return {**call, "extra_content": {"google": {"thought_signature": signature}}}


def _sign_first(message: JsonObject) -> JsonObject:
    calls = calls_of(message)
    if not calls or "function_call" in message:
        return message
    return with_calls(message, [_signed(calls[0]), *calls[1:]])


def _gemini_body(body: JsonObject) -> JsonObject:
    return each_choice(each_message(_sign_first))(each_choice(_stop)(body))


CALL_DEVIATIONS: Mapping[str, Deviation] = {
    "tool-index-missing": in_stream(_in_calls(without("index"))),
    "tool-index-from-one": in_stream(_in_calls(_from_one)),
    "tool-index-repeated": Deviation(stream=by_chunk(lambda: _HeadHeld(_twice_in_one))),
    "tool-name-split": Deviation(stream=each_chunk(_split_name)),
    "tool-arguments-first": Deviation(stream=by_chunk(lambda: _HeadHeld(_arguments_first))),
    "tool-head-repeated": Deviation(stream=each_chunk_by(_HeadRepeated)),
    "tool-head-null": in_stream(_in_calls(_null_head)),
    "call-id-missing": everywhere(_in_calls(without("id"))),
    "call-type-missing": everywhere(_in_calls(without("type"))),
    "call-arguments-object": Deviation(
        stream=by_chunk(lambda: _WholeCalls(_object_arguments)),
        whole=_in_calls(lambda call: _object_arguments(call) or call),
    ),
    "call-arguments-empty": Deviation(stream=by_chunk(_EmptyArguments), whole=_in_calls(_empty_arguments)),
    "finish-stop-for-tools": everywhere(each_choice(_stop)),
    "gemini-compat": Deviation(
        stream=chained(
            by_chunk(lambda: _WholeCalls(_as_gemini)), each_chunk(lambda chunk: (each_choice(_stop)(chunk),))
        ),
        whole=_gemini_body,
    ),
}
