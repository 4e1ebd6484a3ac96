"""Edits of a stream's frames, made of edits of its events; and edits of what stands both in a stream and in a
whole message. What the edits are for stands in `deviations`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from mockserver.conversation import Json, JsonObject, json_text
from mockserver.protocols.base import Deviation, FrameEdit
from mockserver.protocols.json_body import parse_object
from mockserver.protocols.sse import named_frame, read_events
from mockserver.protocols.tolerant import members, objects, text

Edit: TypeAlias = Callable[[JsonObject], JsonObject]
"""An object with something else in it, or the same object where there is nothing to edit."""

EventEdit: TypeAlias = Callable[[JsonObject], Iterable[JsonObject]]
"""What is sent instead of an event; pings are not asked about."""

Stream: TypeAlias = Callable[[], FrameEdit]


def type_of(item: JsonObject) -> str:
    return text(item.get("type"))


def without(item: JsonObject, *names: str) -> JsonObject:
    """The object without some members; the same object where it has none of them."""
    if item.keys().isdisjoint(names):
        return item
    return {name: value for name, value in item.items() if name not in names}


def replaced(item: JsonObject, name: str, value: Json) -> JsonObject:
    """The object with another value of a member; the same object where it has no such member."""
    return {**item, name: value} if name in item and item[name] != value else item


# ------------------------------------------------------------------------------------------------ streams


def frame_of(event: JsonObject) -> bytes:
    return named_frame(type_of(event), json_text(event).encode())


def event_in(frame: bytes) -> JsonObject:
    """The event in a frame; without members where the frame is a ping or holds no JSON object."""
    event = next((members(parse_object(found.data)) for found in read_events(frame)), {})
    return {} if type_of(event) == "ping" else event


def events(start: Callable[[], EventEdit]) -> Stream:
    """Edits the events, by an edit of its own for each stream."""
    return lambda: _in_frames(start())


def informed(start: Callable[[JsonObject], EventEdit]) -> Callable[[JsonObject], FrameEdit]:
    """Edits the events, by an edit that knows the whole message."""
    return lambda message: _in_frames(start(message))


def _in_frames(edit: EventEdit) -> FrameEdit:
    """Edits the events in frames; a frame whose event stays as it is stays byte for byte."""

    def edit_frame(frame: bytes) -> Iterator[bytes]:
        event = event_in(frame)
        if not event:
            yield frame
            return
        for sent in edit(event):
            yield frame if sent is event else frame_of(sent)

    return edit_frame


def each(edit: Edit) -> Stream:
    """Edits each event by itself."""
    return events(lambda: lambda event: (edit(event),))


def frames(edit: FrameEdit) -> Stream:
    """Edits each frame by itself, whatever it holds."""
    return lambda: edit


def leaving_out(is_left_out: Callable[[JsonObject], bool]) -> Stream:
    return events(lambda: lambda event: () if is_left_out(event) else (event,))


def leaving_out_all(*types: str) -> Stream:
    return leaving_out(lambda event: type_of(event) in types)


def twice(type_: str) -> Stream:
    return events(lambda: lambda event: (event, event) if type_of(event) == type_ else (event,))


def chained(first: Stream, second: Stream) -> Stream:
    """The second edit, done to what the first one sends."""

    def start_frames() -> FrameEdit:
        one, other = first(), second()
        return lambda frame: [sent for between in one(frame) for sent in other(between)]

    return start_frames


# ------------------------------------------------------------------------------ streams and whole messages


def in_member(name: str, edit: Edit) -> Edit:
    """Edits the object in a member."""

    def edit_member(item: JsonObject) -> JsonObject:
        found = item.get(name)
        if not isinstance(found, dict):
            return item
        edited = edit(found)
        return item if edited is found else {**item, name: edited}

    return edit_member


def of_type(type_: str, edit: Edit) -> Edit:
    return lambda item: edit(item) if type_of(item) == type_ else item


def on_message(edit: Edit) -> Deviation:
    """Edits the message: as a stream announces it, and whole."""
    return Deviation(each(in_member("message", edit)), of_type("message", edit))


def on_end(edit: Edit) -> Deviation:
    """Edits what says why the message ends."""
    return Deviation(each(of_type("message_delta", in_member("delta", edit))), of_type("message", edit))


def on_usage(edit: Edit) -> Deviation:
    """Edits all that holds `usage`: the message, and the end of a stream."""
    of_start, of_end = in_member("message", edit), of_type("message_delta", edit)
    return Deviation(each(lambda event: of_start(of_end(event))), of_type("message", edit))


def on_blocks(edit: Edit) -> Deviation:
    """Edits the blocks: as a stream opens them, and whole."""
    return Deviation(in_starts(edit), in_content(lambda blocks: map(edit, blocks)))


def in_starts(edit: Edit) -> Stream:
    """Edits the blocks as a stream opens them."""
    return each(in_member("content_block", edit))


def in_content(edit: Callable[[list[JsonObject]], Iterable[JsonObject]]) -> Edit:
    """Edits the list of blocks of a whole message."""

    def edit_content(message: JsonObject) -> JsonObject:
        blocks = list(objects(message.get("content")))
        return {**message, "content": list(edit(blocks))} if blocks else message

    return edit_content
