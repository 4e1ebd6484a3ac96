"""Edits of answers as edits of frames: a stream is changed chunk by chunk, be it framed as SSE or as one JSON
array, which stays a sound array whatever is left out or put in.

Between bytes and the changes of `deviations`; what is changed is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.base import Deviation
from mockserver.protocols.edits import Change
from mockserver.protocols.gemini.wire import (
    ARRAY_CLOSE,
    ARRAY_COMMA,
    ARRAY_OPEN,
    data_frame,
    one_line,
    pretty,
)
from mockserver.protocols.tolerant import members, objects

ChunkEdit: TypeAlias = Callable[[JsonObject], Iterable[JsonObject]]
"""What is told instead of a chunk; it is given every chunk, in order."""

_DATA = b"data: "


class EditedStream:
    """An edit of chunks, as an edit of frames. A frame without a chunk stays what it is."""

    def __init__(self, edit: ChunkEdit) -> None:
        self._edit = edit
        self._array_is_open = False

    def __call__(self, frame: bytes) -> Iterator[bytes]:
        if frame == ARRAY_CLOSE:
            yield frame if self._array_is_open else ARRAY_OPEN + frame
            return
        chunk = chunk_of(frame)
        if chunk is None:
            yield frame
            return
        for told in self._edit(chunk):
            yield data_frame(one_line(told)) if is_sse(frame) else self._item(told)

    def _item(self, told: JsonObject) -> bytes:
        opening = ARRAY_COMMA if self._array_is_open else ARRAY_OPEN
        self._array_is_open = True
        return opening + pretty(told)


class Ending:
    """Notices the end of a stream, which nothing marks: an error, or the finish of its last candidate. `body`
    is the same answer in JSON, which has all candidates.
    """

    def __init__(self, body: JsonObject) -> None:
        self._open = len(list(objects(body.get("candidates"))))
        self._is_over = False

    def comes_with(self, chunk: JsonObject) -> bool:
        """Whether the stream ends with this chunk; true of one chunk at most."""
        was_over = self._is_over
        self._open -= sum(map(ends, objects(chunk.get("candidates"))))
        self._is_over = was_over or not self._open or "error" in chunk
        return self._is_over and not was_over


def is_sse(frame: bytes) -> bool:
    return frame.startswith(_DATA)


def chunk_of(frame: bytes) -> JsonObject | None:
    """The chunk in a frame; None if there is none, as in what closes an array."""
    for opening in (_DATA, ARRAY_COMMA, ARRAY_OPEN):
        if frame.startswith(opening):
            return _object(frame.removeprefix(opening))
    return None


def _object(text: bytes) -> JsonObject | None:
    """The standard library reads every number that a script may hold, and every depth that it writes."""
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


# -------------------------------------------------------------------------------------------- deviations


def everywhere(change: Change) -> Deviation:
    """The same change to every chunk of a stream and to a whole answer."""
    return in_chunks(change, whole=change)


def in_chunks(change: Change, whole: Change | None = None) -> Deviation:
    """A change to every chunk of a stream; and another one to a whole answer, or none."""
    return in_stream(lambda: lambda chunk: [change(chunk)], whole)


def in_stream(edit: Callable[[], ChunkEdit], whole: Change | None = None) -> Deviation:
    """An edit of streams, made for each; and a change to a whole answer, or none."""
    return Deviation(lambda: EditedStream(edit()), whole)


# ------------------------------------------------------------------------------ what is changed in a chunk


def ends(candidate: JsonObject) -> bool:
    return "finishReason" in candidate


def ended(candidate: JsonObject, reason: str) -> JsonObject:
    """The candidate with a finish reason, at its place."""
    if ends(candidate):
        return {**candidate, "finishReason": reason}
    content = {"content": candidate["content"]} if "content" in candidate else {}
    return {**content, "finishReason": reason, **candidate}


def parts_of(candidate: JsonObject) -> list[JsonObject]:
    return list(objects(members(candidate.get("content")).get("parts")))


def with_parts(candidate: JsonObject, parts: list[JsonObject]) -> JsonObject:
    return {**candidate, "content": {**members(candidate.get("content")), "parts": parts}}


def says_nothing(candidate: JsonObject) -> bool:
    """Whether there is no content but empty text, signed or not."""
    return all(
        part.keys() <= {"text", "thought", "thoughtSignature"} and not part.get("text")
        for part in parts_of(candidate)
    )


def has_call(candidate: JsonObject) -> bool:
    return any("functionCall" in part for part in parts_of(candidate))
