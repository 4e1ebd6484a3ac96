"""Edits of a stream's events that must remember those before, or know the whole message.

Each class is one edit of one stream. None is ever told that the stream ends: what it holds back goes out with
the event that closes a block or the message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from mockserver.conversation import JsonObject
from mockserver.protocols.anthropic.edited_frames import type_of
from mockserver.protocols.tolerant import count, members, objects, text

PHANTOM: JsonObject = {"type": "text", "text": ""}
"""A block of text in which nothing is said."""


def opens(event: JsonObject, kind: str) -> bool:
    """Whether a block of that kind starts."""
    return type_of(event) == "content_block_start" and type_of(members(event.get("content_block"))) == kind


def brings(event: JsonObject, kind: str) -> bool:
    """Whether it is a delta of that kind."""
    return type_of(event) == "content_block_delta" and type_of(members(event.get("delta"))) == kind


def delta_of(event: JsonObject, name: str) -> str:
    """The text that a delta brings in a member."""
    return text(members(event.get("delta")).get(name))


def renumbered(event: JsonObject, number: Callable[[int], int]) -> JsonObject:
    if "index" not in event:
        return event
    return {**event, "index": number(count(event["index"]))}


def block_at(event: JsonObject, blocks: Sequence[JsonObject]) -> JsonObject:
    """The block that an event is about; an empty one where it is about none."""
    index = event.get("index")
    return blocks[index] if isinstance(index, int) and 0 <= index < len(blocks) else {}


class InStarts:
    """Opens the blocks of a kind with the whole of one member, and leaves out the deltas that bring it."""

    def __init__(self, kind: str, member: str, delta: str, message: JsonObject) -> None:
        self._kind = kind
        self._member = member
        self._delta = delta
        self._blocks = list(objects(message.get("content")))

    def __call__(self, event: JsonObject) -> Iterable[JsonObject]:
        block = block_at(event, self._blocks)
        if type_of(block) != self._kind:
            return (event,)
        if opens(event, self._kind):
            whole = {self._member: block.get(self._member)}
            return ({**event, "content_block": {**event["content_block"], **whole}},)
        return () if brings(event, self._delta) else (event,)


class ObjectInDeltas:
    """Gives the arguments of each call in its first delta, as the object that they make."""

    def __init__(self, message: JsonObject) -> None:
        self._blocks = list(objects(message.get("content")))
        self._given: set[int] = set()

    def __call__(self, event: JsonObject) -> Iterable[JsonObject]:
        whole = block_at(event, self._blocks).get("input")
        if not (isinstance(whole, dict) and brings(event, "input_json_delta")):
            return (event,)
        if event["index"] in self._given:
            return ()
        self._given.add(event["index"])
        return ({**event, "delta": {**event["delta"], "partial_json": whole}},)


class HeldToTheEnd:
    """Holds some events back until the end of the message is told."""

    def __init__(self, is_late: Callable[[JsonObject], bool]) -> None:
        self._is_late = is_late
        self._held: list[JsonObject] = []

    def __call__(self, event: JsonObject) -> Iterator[JsonObject]:
        if self._is_late(event):
            self._held.append(event)
            return
        if type_of(event) == "message_delta":
            yield from self._held
            self._held = []
        yield event


class EarlyStops:
    """Closes each block before its last delta."""

    def __init__(self) -> None:
        self._delta: JsonObject | None = None

    def __call__(self, event: JsonObject) -> Iterator[JsonObject]:
        delta, self._delta = self._delta, None
        if type_of(event) == "content_block_delta":
            self._delta = event
        if delta is not None and type_of(event) == "content_block_stop":
            yield event
            yield delta
            return
        if delta is not None:
            yield delta
        if self._delta is None:
            yield event


class TextInStarts:
    """Opens a text block with the first piece of its text."""

    def __init__(self) -> None:
        self._start: JsonObject | None = None

    def __call__(self, event: JsonObject) -> Iterator[JsonObject]:
        start, self._start = self._start, None
        if opens(event, "text"):
            self._start = event
        elif start is not None and brings(event, "text_delta"):
            yield {**start, "content_block": {**start["content_block"], "text": delta_of(event, "text")}}
        elif start is not None:
            yield start
            yield event
        else:
            yield event


class PhantomText:
    """Puts an empty text block before the first call, and numbers what follows accordingly."""

    def __init__(self) -> None:
        self._has_come = False

    def __call__(self, event: JsonObject) -> Iterator[JsonObject]:
        if not self._has_come and opens(event, "tool_use"):
            self._has_come = True
            index = event.get("index")
            yield {"type": "content_block_start", "index": index, "content_block": PHANTOM}
            yield {"type": "content_block_stop", "index": index}
        yield renumbered(event, lambda index: index + 1) if self._has_come else event


class WithoutCalls:
    """Leaves the blocks of calls out, and numbers the others as if there had been none."""

    def __init__(self) -> None:
        self._left_out: set[int] = set()

    def __call__(self, event: JsonObject) -> Iterator[JsonObject]:
        if opens(event, "tool_use"):
            self._left_out.add(count(event.get("index")))
        if event.get("index") not in self._left_out:
            yield renumbered(event, lambda index: index - sum(left < index for left in self._left_out))


class ChangingId:
    """Announces the message once more, under another id, while its first block is open."""

    def __init__(self) -> None:
        self._start: JsonObject | None = None

    def __call__(self, event: JsonObject) -> Iterator[JsonObject]:
        yield event
        if type_of(event) == "message_start":
            self._start = event
        elif type_of(event) == "content_block_delta" and self._start is not None:
            message = members(self._start.get("message"))
            yield {**self._start, "message": {**message, "id": _another(text(message.get("id")))}}
            self._start = None


def _another(name: str) -> str:
    """An id of the same form."""
    return name[:-1] + ("B" if name.endswith("A") else "A")


class LyingEnd:
    """Gives a message that was cut short the reason of one that was not."""

    def __init__(self) -> None:
        self._has_call = False

    def __call__(self, event: JsonObject) -> Iterator[JsonObject]:
        self._has_call |= opens(event, "tool_use")
        delta = members(event.get("delta"))
        told = lie(delta, has_call=self._has_call)
        yield event if told is delta else {**event, "delta": told}


CUT_SHORT = frozenset({"max_tokens", "model_context_window_exceeded", "refusal"})


def lie(end: JsonObject, *, has_call: bool) -> JsonObject:
    """The end of a message, as of one that was not cut short."""
    if end.get("stop_reason") not in CUT_SHORT:
        return end
    return {**end, "stop_reason": "tool_use" if has_call else "end_turn", "stop_details": None}
