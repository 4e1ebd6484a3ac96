"""Edits of streams that leave out, put in or hold back whole chunks.

A chunk has one candidate, as the encoder makes them. What changes alike in streams and whole answers stands
in `deviations`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count as counted
from typing import TypeAlias

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.base import FrameEdit
from mockserver.protocols.edits import at, without
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
from mockserver.protocols.tolerant import count, members, objects, text

_DONE = data_frame(b"[DONE]")

MALFORMED = "MALFORMED_FUNCTION_CALL"


CandidateEdit: TypeAlias = Callable[[JsonObject], Iterable[JsonObject]]
"""What is told, a chunk each, instead of the candidate of a chunk."""


def by_candidate(edit: CandidateEdit) -> ChunkEdit:
    """An edit of candidates, as an edit of chunks. A chunk without one stays what it is."""

    def edited(chunk: JsonObject) -> list[JsonObject]:
        candidate = _candidate(chunk)
        return [_with(chunk, told) for told in edit(candidate)] if candidate else [chunk]

    return edited


def _candidate(chunk: JsonObject) -> JsonObject:
    """The candidate; empty if there is none."""
    return next(objects(chunk.get("candidates")), {})


def _with(chunk: JsonObject, candidate: JsonObject) -> JsonObject:
    return {**chunk, "candidates": [candidate]}


def _index(candidate: JsonObject) -> int:
    return count(candidate.get("index"))


def _goes_on(chunk: JsonObject) -> bool:
    candidate = _candidate(chunk)
    return bool(candidate) and not ends(candidate)


# ---------------------------------------------------------------------------------------------- the finish


def finish_missing(candidate: JsonObject) -> Iterator[JsonObject]:
    """What tells nothing but the finish is left out; anything else only loses it."""
    if not ends(candidate):
        yield candidate
    elif not says_nothing(candidate):
        yield without("finishReason", "finishMessage")(candidate)


def finish_everywhere(candidate: JsonObject) -> Iterator[JsonObject]:
    yield candidate if ends(candidate) else ended(candidate, "STOP")


def finish_first() -> ChunkEdit:
    """A translated answer begins so where the model thinks first: no parts, and `STOP`."""

    def leading(chunk: JsonObject) -> JsonObject | None:
        candidate = _candidate(chunk)
        if says_nothing(candidate):
            return None
        role = {"parts": [], "role": "model"}
        return _with(chunk, {"content": role, "finishReason": "STOP", "index": _index(candidate)})

    return _put_in_once(leading, before=True)


def finish_after_call(candidate: JsonObject) -> Iterator[JsonObject]:
    """As the newer models do: behind the call comes empty text, which has the finish."""
    if ends(candidate) and has_call(candidate):
        yield {"content": candidate["content"], "index": _index(candidate)}
        yield {"content": content([text_part("")]), **without("content", "finishMessage")(candidate)}
    else:
        yield candidate


def finish_with_call() -> ChunkEdit:
    """As the older models do: the last call has the finish."""

    def joined(call: JsonObject, candidate: JsonObject) -> JsonObject | None:
        if not (says_nothing(candidate) and candidate.get("finishReason") == "STOP"):
            return None
        return {**candidate, "content": call["content"], "finishMessage": CALL_MESSAGE}

    return _HeldCalls(joined)


# ------------------------------------------------------------------------------------------------ the calls


def calls_together() -> ChunkEdit:
    """Calls that follow each other are parts of one chunk."""

    def joined(call: JsonObject, candidate: JsonObject) -> JsonObject | None:
        if not has_call(candidate):
            return None
        return with_parts(candidate, [*parts_of(call), *parts_of(candidate)])

    return _HeldCalls(joined)


class _HeldCalls:
    """Holds a call back until it is known what comes next of its candidate, and joins the two if `join` does:
    then counts and finish are those of the later.
    """

    def __init__(self, join: Callable[[JsonObject, JsonObject], JsonObject | None]) -> None:
        self._join = join
        self._held: dict[int, JsonObject] = {}

    def __call__(self, chunk: JsonObject) -> Iterator[JsonObject]:
        candidate = _candidate(chunk)
        if not candidate:
            yield from self._held.values()
            self._held.clear()
            yield chunk
            return
        held = self._held.pop(_index(candidate), None)
        joined = self._join(_candidate(held), candidate) if held else None
        if held and not joined:
            yield held
        told = _with(chunk, joined or candidate)
        if has_call(candidate) and not ends(candidate):
            self._held[_index(candidate)] = told
        else:
            yield told


def call_in_pieces(candidate: JsonObject) -> Iterator[JsonObject]:
    """A call comes with its name and no arguments, and again with its arguments and no name."""
    told = parts_of(candidate)
    filled = [part for part in told if members(part.get("functionCall")).get("args")]
    if filled:
        heads = [_with_arguments(part, {}) if part in filled else part for part in told]
        yield without("finishReason", "finishMessage")(with_parts(candidate, heads))
        yield with_parts(candidate, [_arguments_alone(part) for part in filled])
    else:
        yield candidate


def _with_arguments(part: JsonObject, arguments: JsonObject) -> JsonObject:
    return {**part, "functionCall": {**part["functionCall"], "args": arguments}}


def _arguments_alone(part: JsonObject) -> JsonObject:
    return {"functionCall": {"args": part["functionCall"]["args"]}}


def call_malformed() -> ChunkEdit:
    """No call is told; the finish says that one was malformed."""
    callers: set[int] = set()

    def edit(candidate: JsonObject) -> Iterator[JsonObject]:
        if has_call(candidate):
            callers.add(_index(candidate))
        if _index(candidate) in callers and ends(candidate):
            yield malformed(candidate)
        elif not has_call(candidate):
            yield candidate

    return by_candidate(edit)


def malformed(candidate: JsonObject) -> JsonObject:
    """The candidate without its calls. Where they were all of it, there is no content at all."""
    told = with_parts(candidate, [part for part in parts_of(candidate) if "functionCall" not in part])
    told = without("content")(told) if says_nothing(told) else told
    return {**ended(told, MALFORMED), "finishMessage": "Malformed function call"}


# ------------------------------------------------------------------ what is left out, put in, or said again


def answer_empty(candidate: JsonObject) -> Iterator[JsonObject]:
    """Only the finish is told, and that has no parts."""
    if ends(candidate):
        yield emptied(candidate)


def emptied(candidate: JsonObject) -> JsonObject:
    """The candidate without parts, where it has any."""
    return without("finishMessage")(at("content", without("parts"))(candidate))


def empty_delta(candidate: JsonObject) -> Iterator[JsonObject]:
    """Behind every piece of text comes an empty one."""
    yield candidate
    texts = [wordless(part) for part in parts_of(candidate) if part.get("text")]
    if texts and not ends(candidate):
        yield with_parts(candidate, texts)


def wordless(part: JsonObject) -> JsonObject:
    """The same kind of text without any; its signature stays where it was."""
    return {**without("thoughtSignature")(part), "text": ""}


def text_repeated() -> ChunkEdit:
    """Before the finish, all of the text comes once more in one piece."""
    texts: dict[int, str] = {}

    def edit(candidate: JsonObject) -> Iterator[JsonObject]:
        index = _index(candidate)
        said = (text(part.get("text")) for part in parts_of(candidate) if not part.get("thought"))
        texts[index] = "".join([texts.get(index, ""), *said])
        if ends(candidate) and texts[index]:
            yield {"content": content([text_part(texts[index])]), "index": index}
        yield candidate

    return by_candidate(edit)


def candidates_missing() -> ChunkEdit:
    """In the middle stands a chunk that only counts."""

    def counting(chunk: JsonObject) -> JsonObject | None:
        return without("candidates")(chunk) if _goes_on(chunk) else None

    return _put_in_once(counting)


def candidate_empty() -> ChunkEdit:
    """In the middle stands a candidate with neither content nor finish."""

    def empty(chunk: JsonObject) -> JsonObject | None:
        return _with(chunk, {"index": _index(_candidate(chunk))}) if _goes_on(chunk) else None

    return _put_in_once(empty)


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
