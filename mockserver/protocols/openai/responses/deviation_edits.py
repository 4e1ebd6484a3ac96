"""How a stream and a body of Responses are edited: by whole events, by responses, by items, by contents.

Which edits there are stands in `deviations`. An event that is added or left out takes its number along: what
is sent stays numbered without a gap, as by a server that means it so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from typing import TypeAlias

import orjson

from mockserver.conversation import Json, JsonObject, json_text
from mockserver.protocols.base import Deviation
from mockserver.protocols.edits import Change, at
from mockserver.protocols.sse import named_frame, read_events
from mockserver.protocols.tolerant import count
from mockserver.values import dataclass

TERMINAL = frozenset({"response.completed", "response.incomplete", "response.failed"})

EventEdit: TypeAlias = Callable[[JsonObject], Iterable[JsonObject]]
"""What is sent instead of an event."""


@dataclass(slots=True)
class _Editor:
    """Edits the frames of one stream. Whatever is no event of a type passes as it is. With `numbered`, what
    is sent is counted anew; else the edit has the say.
    """

    edit: EventEdit
    numbered: bool
    _number: int | None = field(init=False, default=None)

    def __call__(self, frame: bytes) -> Iterator[bytes]:
        event = event_of(frame)
        if event is None:
            yield frame
            return
        if self._number is None and "sequence_number" in event:
            self._number = count(event["sequence_number"])
        for edited in self.edit(event):
            sent = self._counted(edited) if self.numbered else edited
            named = sent if "type" in sent else event  # what has lost its type keeps its name
            yield frame if sent == event else named_frame(named["type"], json_text(sent).encode())

    def _counted(self, event: JsonObject) -> JsonObject:
        if self._number is None or "sequence_number" not in event:
            return event
        number, self._number = self._number, self._number + 1
        return {**event, "sequence_number": number}


def event_of(frame: bytes) -> JsonObject | None:
    """The event in a frame; None of a frame that holds none, such as what a script gives verbatim."""
    for found in read_events(frame):
        try:
            data = orjson.loads(found.data)
        except orjson.JSONDecodeError:
            return None
        return data if isinstance(data, dict) and isinstance(data.get("type"), str) else None
    return None


# --------------------------------------------------------------------------------------------- deviations


def in_stream(edit: EventEdit, *, numbered: bool = True) -> Deviation:
    """A deviation of the stream alone. `edit` is shared by all streams: it keeps nothing."""
    return Deviation(stream=lambda: _Editor(edit, numbered))


def in_events(change: Change, *, numbered: bool = True) -> Deviation:
    return in_stream(lambda event: (change(event),), numbered=numbered)


def left_out(is_left_out: Callable[[str], bool]) -> Deviation:
    """Events of some types are not sent."""
    return in_stream(lambda event: () if is_left_out(event["type"]) else (event,))


def in_events_and_body(events: Change, body: Change) -> Deviation:
    """`body` is asked only for responses: an error in JSON stays as it is."""
    return Deviation(in_events(events).stream, where("object", ("response",), body))


def in_responses(change: Change) -> Deviation:
    """Every response is another: in the events of the life cycle, and as the JSON body."""
    return in_events_and_body(at("response", change), change)


def in_items(change: Change) -> Deviation:
    """Every output item is another: where it is announced, where it is done, and in responses."""
    return in_events_and_body(with_items(change), with_items(change))


def in_contents(change: Change, *, in_event: Change = lambda event: event) -> Deviation:
    """Every content of a message is another, as a part of its own, too; `in_event` changes what events say of
    it themselves.
    """
    inside = with_items(at("content", change))
    return in_events_and_body(lambda event: in_event(at("part", change)(inside(event))), inside)


# ------------------------------------------------------------------------------------------------ changes


def with_items(change: Change) -> Change:
    """The change of every output item that an event or a response holds."""
    output = at("output", change)
    return lambda value: at("item", change)(at("response", output)(output(value)))


def where(name: str, values: Iterable[Json], change: Change) -> Change:
    """The change of objects whose member `name` has one of these values."""
    chosen = tuple(values)
    return lambda value: change(value) if value.get(name) in chosen else value
