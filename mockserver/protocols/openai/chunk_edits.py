"""How the frames of Chat Completions and of legacy completions are edited: as the chunks that they hold.

Machinery alone; what is wrong with a chunk stands with the deviations. An edit builds new chunks and leaves
the one it was given alone. A frame whose chunk comes out as it went in keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeAlias

import orjson

from mockserver.conversation import Json, JsonObject, json_text
from mockserver.protocols.base import Deviation, FrameEdit
from mockserver.protocols.edits import Change, at
from mockserver.protocols.sse import data_frame
from mockserver.protocols.tolerant import objects
from mockserver.values import dataclass

ChunkChange: TypeAlias = Callable[[JsonObject], Iterable[JsonObject]]
"""What is sent instead of a chunk."""

_DATA = b"data: "


class ChunkEdit(Protocol):
    """Edits the chunks of one stream, in order. `rest` is what it has held back when something else than a
    chunk comes: the end, or an error.
    """

    def edit(self, chunk: JsonObject) -> Iterable[JsonObject]: ...

    def rest(self) -> Iterable[JsonObject]: ...


@dataclass(frozen=True, slots=True)
class _EachChunk:
    """An edit that holds nothing back."""

    change: ChunkChange

    def edit(self, chunk: JsonObject) -> Iterable[JsonObject]:
        return self.change(chunk)

    def rest(self) -> Iterable[JsonObject]:
        return ()


def is_done(frame: bytes) -> bool:
    return frame.startswith(b"data: [DONE]")


def data_of(frame: bytes) -> JsonObject:
    """The JSON object in a frame, or an empty one."""
    if not frame.startswith(_DATA + b"{"):
        return {}
    try:
        data = orjson.loads(frame[len(_DATA) :])
    except orjson.JSONDecodeError:
        return {}
    return data if isinstance(data, dict) else {}


def chunk_of(frame: bytes) -> JsonObject | None:
    """The chunk in a frame; None where it holds something else: an error, the end, a comment."""
    data = data_of(frame)
    return data if data and not data.get("error") else None


def frame_of(data: JsonObject) -> bytes:
    return data_frame(json_text(data).encode())


def by_chunk(make: Callable[[], ChunkEdit]) -> Callable[[], FrameEdit]:
    """Editors of frames, each with a chunk edit of its own."""

    def editor() -> FrameEdit:
        edit = make()

        def edit_frame(frame: bytes) -> Iterator[bytes]:
            chunk = chunk_of(frame)
            if chunk is not None:
                for made in edit.edit(chunk):
                    yield frame if made == chunk else frame_of(made)
                return
            if frame.startswith(_DATA):
                yield from map(frame_of, edit.rest())
            yield frame

        return edit_frame

    return editor


def each_chunk(change: ChunkChange) -> Callable[[], FrameEdit]:
    return each_chunk_by(lambda: change)


def each_chunk_by(make: Callable[[], ChunkChange]) -> Callable[[], FrameEdit]:
    """Editors of frames, each with a change of its own that remembers the chunks before."""
    return by_chunk(lambda: _EachChunk(make()))


def in_stream(change: Change) -> Deviation:
    """The same change of every chunk."""
    return Deviation(stream=each_chunk(lambda chunk: (change(chunk),)))


def everywhere(change: Change) -> Deviation:
    """The same change of every chunk and of the whole answer, which is made alike."""
    return Deviation(stream=in_stream(change).stream, whole=change)


def each_choice(change: Change) -> Change:
    """The change of a chunk, or of a whole answer, that changes its choices."""
    return at("choices", change)


def choice_of(chunk: JsonObject) -> JsonObject | None:
    """The only choice of a chunk."""
    choices = list(objects(chunk.get("choices")))
    return choices[0] if len(choices) == 1 else None


def with_choice(chunk: JsonObject, choice: JsonObject, **members: Json) -> JsonObject:
    """A chunk of `choice` alone, with other members."""
    return {**chunk, "choices": [{**choice, **members}]}
