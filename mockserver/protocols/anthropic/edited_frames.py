"""Edits of a stream's frames, made of edits of its events; and edits of what stands both in a stream and in a
whole message. What the edits are for stands in `deviations`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from mockserver.conversation import JsonObject, json_text
from mockserver.protocols.base import Deviation, FrameEdit
from mockserver.protocols.edits import Change, at
from mockserver.protocols.json_body import parse_object
from mockserver.protocols.sse import named_frame, read_events
from mockserver.protocols.tolerant import members, objects, text

EventEdit: TypeAlias = Callable[[JsonObject], Iterable[JsonObject]]
"""What is sent instead of an event; pings are not asked about."""

Stream: TypeAlias = Callable[[], FrameEdit]


def type_of(item: JsonObject) -> str:
    return text(item.get("type"))


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
            yield frame if sent == event else frame_of(sent)

    return edit_frame


def each(edit: Change) -> Stream:
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


# ------------------------------------------------------------------------------ streams and whole messages


def of_type(type_: str, edit: Change) -> Change:
    return lambda item: edit(item) if type_of(item) == type_ else item


def on_message(edit: Change) -> Deviation:
    """Edits the message: as a stream announces it, and whole."""
    return Deviation(each(at("message", edit)), of_type("message", edit))


def on_end(edit: Change) -> Deviation:
    """Edits what says why the message ends."""
    return Deviation(each(of_type("message_delta", at("delta", edit))), of_type("message", edit))


def on_usage(edit: Change) -> Deviation:
    """Edits all that holds `usage`: the message, and the end of a stream."""
    of_start, of_end = at("message", edit), of_type("message_delta", edit)
    return Deviation(each(lambda event: of_start(of_end(event))), of_type("message", edit))


def on_blocks(edit: Change) -> Deviation:
    """Edits the blocks: as a stream opens them, and whole."""
    return Deviation(in_starts(edit), in_content(lambda blocks: map(edit, blocks)))


def in_starts(edit: Change) -> Stream:
    """Edits the blocks as a stream opens them."""
    return each(at("content_block", edit))


def in_content(edit: Callable[[list[JsonObject]], Iterable[JsonObject]]) -> Change:
    """Edits the list of blocks of a whole message."""

    def edit_content(message: JsonObject) -> JsonObject:
        blocks = list(objects(message.get("content")))
        return {**message, "content": list(edit(blocks))} if blocks else message

    return edit_content
