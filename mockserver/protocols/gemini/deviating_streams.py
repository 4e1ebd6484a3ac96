"""Edits of streams that leave out, put in or hold back whole chunks.

A chunk has one candidate, as the encoder makes them. What changes alike in streams and whole answers stands
in `deviations`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count as counted

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.base import FrameEdit
from mockserver.protocols.gemini.edited_chunks import (
    ChunkEdit,
    Ending,
    chunk_of,
    ended,
    ends,
    has_call,
    is_sse,
    parts_of,
    says_nothing,
    with_parts,
    without,
)
from mockserver.protocols.gemini.parts import text_part
from mockserver.protocols.gemini.response import CALL_MESSAGE, content
from mockserver.protocols.gemini.wire import (
    ARRAY_CLOSE,
    ARRAY_COMMA,
    ARRAY_OPEN,
    data_frame,
    one_line,
    pretty,
)
from mockserver.protocols.tolerant import count, objects, text

_DONE = data_frame(b"[DONE]")

MALFORMED = "MALFORMED_FUNCTION_CALL"


def _candidate(chunk: JsonObject) -> JsonObject | None:
    return next(objects(chunk.get("candidates")), None)


def _index(candidate: JsonObject) -> int:
    return count(candidate.get("index"))


def _with(chunk: JsonObject, candidate: JsonObject) -> JsonObject:
    return {**chunk, "candidates": [candidate]}


# ---------------------------------------------------------------------------------------------- the finish


def finish_missing(chunk: JsonObject) -> Iterator[JsonObject]:
    """A chunk that tells nothing but the finish is left out; any other only loses it."""
    candidate = _candidate(chunk)
    if candidate is None or not ends(candidate):
        yield chunk
    elif not says_nothing(candidate):
        yield _with(chunk, without("finishReason", "finishMessage")(candidate))


def finish_everywhere(chunk: JsonObject) -> Iterator[JsonObject]:
    candidate = _candidate(chunk)
    is_open = candidate is not None and not ends(candidate)
    yield _with(chunk, ended(candidate, "STOP")) if candidate and is_open else chunk


def finish_first() -> ChunkEdit:
    """A translated answer begins so where the model thinks first: no parts, and `STOP`."""

    def leading(chunk: JsonObject) -> JsonObject | None:
        candidate = _candidate(chunk)
        if candidate is None or says_nothing(candidate):
            return None
        role = {"parts": [], "role": "model"}
        return _with(chunk, {"content": role, "finishReason": "STOP", "index": _index(candidate)})

    return _put_in_once(leading, before=True)


def finish_after_call(chunk: JsonObject) -> Iterator[JsonObject]:
    """As the newer models do: behind the call comes a chunk with empty text, which has the finish."""
    candidate = _candidate(chunk)
    if candidate is None or not (ends(candidate) and has_call(candidate)):
        yield chunk
        return
    yield _with(chunk, {"content": candidate["content"], "index": _index(candidate)})
    ending = without("content", "finishMessage")(candidate)
    yield _with(chunk, {"content": content([text_part("")]), **ending})


class FinishWithCall:
    """As the older models do: a call is held back until it is known whether the finish comes next."""

    def __init__(self) -> None:
        self._held: dict[int, JsonObject] = {}

    def __call__(self, chunk: JsonObject) -> Iterator[JsonObject]:
        candidate = _candidate(chunk)
        if candidate is None:
            yield from self._held.values()
            self._held.clear()
            yield chunk
            return
        held = self._held.pop(_index(candidate), None)
        if held and says_nothing(candidate) and candidate.get("finishReason") == "STOP":
            yield _finished_call(held, chunk)
            return
        if held:
            yield held
        if has_call(candidate) and not ends(candidate):
            self._held[_index(candidate)] = chunk
        else:
            yield chunk


def _finished_call(held: JsonObject, chunk: JsonObject) -> JsonObject:
    call, ending = _candidate(held), _candidate(chunk)
    assert call is not None  # noqa: S101 - narrows the type; the caller has checked
    assert ending is not None  # noqa: S101
    return _with(chunk, {**ending, "content": call["content"], "finishMessage": CALL_MESSAGE})


# ------------------------------------------------------------------------------------------------ the calls


class CallsTogether:
    """Calls that follow each other are parts of one chunk."""

    def __init__(self) -> None:
        self._held: dict[int, JsonObject] = {}

    def __call__(self, chunk: JsonObject) -> Iterator[JsonObject]:
        candidate = _candidate(chunk)
        if candidate is None:
            yield from self._held.values()
            self._held.clear()
            yield chunk
            return
        held = self._held.pop(_index(candidate), None)
        if not has_call(candidate):
            yield from [held, chunk] if held else [chunk]
            return
        together = _together(held, chunk) if held else chunk
        if ends(candidate):
            yield together
        else:
            self._held[_index(candidate)] = together


def _together(held: JsonObject, chunk: JsonObject) -> JsonObject:
    """Both chunks as one; counts and finish are those of the later."""
    first, second = _candidate(held), _candidate(chunk)
    assert first is not None  # noqa: S101 - narrows the type; the caller has checked
    assert second is not None  # noqa: S101
    return _with(chunk, with_parts(second, [*parts_of(first), *parts_of(second)]))


class CallMalformed:
    """No call is told; the finish says that one was malformed."""

    def __init__(self) -> None:
        self._callers: set[int] = set()

    def __call__(self, chunk: JsonObject) -> Iterator[JsonObject]:
        candidate = _candidate(chunk)
        if candidate is None:
            yield chunk
            return
        if has_call(candidate):
            self._callers.add(_index(candidate))
        if _index(candidate) in self._callers and ends(candidate):
            yield _with(chunk, malformed(candidate))
        elif not has_call(candidate):
            yield chunk


def malformed(candidate: JsonObject) -> JsonObject:
    """The candidate without its calls. Where they were all of it, there is no content at all."""
    told = with_parts(candidate, [part for part in parts_of(candidate) if "functionCall" not in part])
    told = without("content")(told) if says_nothing(told) else told
    return {**ended(told, MALFORMED), "finishMessage": "Malformed function call"}


# ---------------------------------------------------------------------------------- what is put in or added


def empty_delta(chunk: JsonObject) -> Iterator[JsonObject]:
    """Behind every piece of text comes an empty one."""
    yield chunk
    candidate = _candidate(chunk)
    texts = [emptied(part) for part in parts_of(candidate or {}) if part.get("text")]
    if candidate and texts and not ends(candidate):
        yield _with(chunk, with_parts(candidate, texts))


def emptied(part: JsonObject) -> JsonObject:
    """The same kind of text without any; its signature stays where it was."""
    return {**without("thoughtSignature")(part), "text": ""}


def candidates_missing() -> ChunkEdit:
    """In the middle stands a chunk that only counts."""

    def counting(chunk: JsonObject) -> JsonObject | None:
        return without("candidates")(chunk) if _goes_on(chunk) else None

    return _put_in_once(counting)


def candidate_empty() -> ChunkEdit:
    """In the middle stands a candidate with neither content nor finish."""

    def empty(chunk: JsonObject) -> JsonObject | None:
        candidate = _candidate(chunk)
        return _with(chunk, {"index": _index(candidate)}) if candidate and _goes_on(chunk) else None

    return _put_in_once(empty)


def _goes_on(chunk: JsonObject) -> bool:
    candidate = _candidate(chunk)
    return candidate is not None and not ends(candidate)


class TextRepeated:
    """Before the finish, all of the text comes once more in one piece."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}

    def __call__(self, chunk: JsonObject) -> Iterator[JsonObject]:
        candidate = _candidate(chunk)
        if candidate is not None:
            index = _index(candidate)
            texts = (text(part.get("text")) for part in parts_of(candidate) if not part.get("thought"))
            self._texts[index] = whole = "".join([self._texts.get(index, ""), *texts])
            if ends(candidate) and whole:
                yield _with(chunk, {"content": content([text_part(whole)]), "index": index})
        yield chunk


def _put_in_once(made: Callable[[JsonObject], JsonObject | None], *, before: bool = False) -> ChunkEdit:
    """Puts one chunk in: what is made of the first chunk of the stream, if anything is."""
    chunks = counted()

    def edit(chunk: JsonObject) -> Iterable[JsonObject]:
        more = None if next(chunks) else made(chunk)
        if more is None:
            return [chunk]
        return [more, chunk] if before else [chunk, more]

    return edit


# --------------------------------------------------------------------------------------- ids, counts, frames


def id_changes() -> ChunkEdit:
    """Each chunk has an id of its own: the first one's letters, turned round by one more."""
    chunks = counted()

    def edit(chunk: JsonObject) -> Iterable[JsonObject]:
        response_id, turned = chunk.get("responseId"), next(chunks)
        if not (isinstance(response_id, str) and response_id):
            return [chunk]
        at = turned % len(response_id)
        return [{**chunk, "responseId": response_id[at:] + response_id[:at]}]

    return edit


def usage_last_only(chunk: JsonObject) -> Iterator[JsonObject]:
    yield without("usageMetadata")(chunk) if _goes_on(chunk) else chunk


def done_marker(body: JsonObject) -> FrameEdit:
    """Behind the last event comes the marker of another vendor. An array has no place for it."""
    ending = Ending(body)

    def edit(frame: bytes) -> Iterator[bytes]:
        yield frame
        chunk = chunk_of(frame) if is_sse(frame) else None
        if chunk is not None and ending.comes_with(chunk):
            yield _DONE

    return edit


def json_array(body: JsonObject) -> FrameEdit:
    """The chunks are one array, though events were asked for."""
    ending = Ending(body)
    chunks = counted()

    def edit(frame: bytes) -> Iterator[bytes]:
        chunk = chunk_of(frame) if is_sse(frame) else None
        if chunk is None:
            yield frame
            return
        yield (ARRAY_COMMA if next(chunks) else ARRAY_OPEN) + pretty(chunk)
        if ending.comes_with(chunk):
            yield ARRAY_CLOSE

    return edit


def error_array() -> FrameEdit:
    """An error among events stands in an array. Where all is one array, it always does."""

    def edit(frame: bytes) -> Iterator[bytes]:
        chunk = chunk_of(frame) if is_sse(frame) else None
        item: list[Json] = [chunk]
        yield data_frame(one_line(item)) if chunk and "error" in chunk else frame

    return edit
