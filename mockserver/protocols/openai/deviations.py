"""How answers of Chat Completions and of legacy completions alike are known to depart from the documentation.

Edits of what both wires have: envelope, finish, usage, the end. What a message or a text holds is the matter
of each wire.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace

from mockserver.conversation import JsonObject
from mockserver.protocols.base import Deviation, FrameEdit
from mockserver.protocols.edits import at, replacing, respelt, without, zeroed
from mockserver.protocols.openai.chunk_edits import (
    by_chunk,
    choice_of,
    chunk_of,
    data_of,
    each_choice,
    each_chunk,
    each_chunk_by,
    everywhere,
    frame_of,
    in_stream,
    is_done,
    with_choice,
)
from mockserver.protocols.tolerant import count, members, objects, text
from mockserver.values import dataclass

TRUNCATED = frozenset({"length", "content_filter"})
"""The reasons of an answer that was broken off."""

# --------------------------------------------------------------------------------- finish and end


class _Unfinished:
    """Ends where the first choice would have said why it stops."""

    def __init__(self) -> None:
        self._ended = False

    def __call__(self, frame: bytes) -> Iterable[bytes]:
        chunk = chunk_of(frame)
        choices = objects(chunk.get("choices")) if chunk else iter(())
        self._ended |= is_done(frame) or any(choice.get("finish_reason") for choice in choices)
        belongs = chunk is not None or is_done(frame)
        return () if self._ended and belongs else (frame,)


def _empty_reason(choice: JsonObject) -> JsonObject:
    return replacing(finish_reason=choice.get("finish_reason") or "")(choice)


class _FinishWithLast:
    """Holds the newest chunk of each choice back until the next: the last of them tells the reason, too."""

    def __init__(self) -> None:
        self._held: dict[int, JsonObject] = {}

    def edit(self, chunk: JsonObject) -> Iterator[JsonObject]:
        choice = choice_of(chunk)
        if choice is None:
            yield chunk
            return
        number = count(choice.get("index"))
        held = self._held.pop(number, None)
        last = choice_of(held) if held else None
        reason = choice.get("finish_reason")
        if held and last and reason:
            yield with_choice(held, last, finish_reason=reason)
        elif reason:
            yield chunk
        else:
            if held:
                yield held
            self._held[number] = chunk

    def rest(self) -> Iterator[JsonObject]:
        yield from self._held.values()
        self._held = {}


def _drop_done(frame: bytes) -> Iterable[bytes]:
    return () if is_done(frame) else (frame,)


def _plain_error(frame: bytes) -> Iterable[bytes]:
    error = data_of(frame).get("error")
    return (frame_of({"error": text(error.get("message"))}) if isinstance(error, dict) else frame,)


# ----------------------------------------------------------------------------------------- usage


def _tells_usage(chunk: JsonObject) -> bool:
    """Whether this is the chunk that tells the usage and nothing else."""
    return chunk.get("choices") == [] and isinstance(chunk.get("usage"), dict)


def _of_usage(deviation: Deviation) -> Deviation:
    """A deviation of usage, which a stream has when it is asked for."""
    return replace(deviation, asks_of_streams={"stream_options": {"include_usage": True}})


def _drop_usage(chunk: JsonObject) -> Iterable[JsonObject]:
    return () if _tells_usage(chunk) else (without("usage")(chunk),)


def _usage_without_choices(chunk: JsonObject) -> JsonObject:
    return without("choices")(chunk) if _tells_usage(chunk) else chunk


def _usage_unasked(body: JsonObject) -> FrameEdit:
    """Tells the usage of `body` before the end, in a chunk of its own, where no chunk has any."""
    last: JsonObject = {}

    def edit(frame: bytes) -> Iterator[bytes]:
        nonlocal last
        last = chunk_of(frame) or last
        if is_done(frame) and last and "usage" not in last:
            envelope = without("moderation", "obfuscation")(last)
            yield frame_of({**envelope, "choices": [], "usage": body.get("usage")})
        yield frame

    return edit


@dataclass(slots=True)
class _GrowingUsage:
    """The usage so far in every chunk of a choice: one token a chunk, and all of them at its finish."""

    usage: JsonObject
    told: int = 0

    def __call__(self, chunk: JsonObject) -> Iterable[JsonObject]:
        choice = choice_of(chunk)
        if choice is None:
            return (chunk,)
        if choice.get("finish_reason"):
            return ({**chunk, "usage": self.usage},)
        asked, answered = count(self.usage.get("prompt_tokens")), count(self.usage.get("completion_tokens"))
        so_far = min(self.told, answered)
        self.told += 1
        counts = {"prompt_tokens": asked, "completion_tokens": so_far, "total_tokens": asked + so_far}
        return ({**chunk, "usage": counts},)


def _usage_repeated(body: JsonObject) -> FrameEdit:
    return each_chunk_by(lambda: _GrowingUsage(members(body.get("usage"))))()


# -------------------------------------------------------------------------------------- envelope

_UNFILTERED = {"filtered": False, "severity": "safe"}
_PREAMBLE: JsonObject = {
    "choices": [],
    "created": 0,
    "id": "",
    "model": "",
    "object": "",
    "prompt_filter_results": [
        {
            "prompt_index": 0,
            "content_filter_results": dict.fromkeys(("hate", "self_harm", "sexual", "violence"), _UNFILTERED),
        }
    ],
}
"""The chunk in which Azure tells what its filter thinks of the prompt."""


@dataclass(slots=True)
class _Inserted:
    """Chunks of its own around the first chunk of the stream, and a change of all of them."""

    around: Callable[[JsonObject], tuple[JsonObject, ...]]
    change: Callable[[JsonObject], JsonObject] = field(default=lambda chunk: chunk)
    begun: bool = False

    def __call__(self, chunk: JsonObject) -> Iterable[JsonObject]:
        first, self.begun = not self.begun, True
        return self.around(chunk) if first else (self.change(chunk),)


def _null_choices(chunk: JsonObject) -> JsonObject:
    return chunk if chunk.get("choices") else replacing(choices=None)(chunk)


class _OtherIds:
    """Every chunk but the first has another id: the letters of the first, turned."""

    def __init__(self) -> None:
        self._turn = 0

    def __call__(self, chunk: JsonObject) -> Iterable[JsonObject]:
        kind, dash, letters = text(chunk.get("id")).rpartition("-")
        turn = self._turn % max(len(letters), 1)
        self._turn += 1
        return (replacing(id=f"{kind}{dash}{letters[turn:]}{letters[:turn]}")(chunk),)


_FREE_NAMES = frozenset({"metadata"})
"""Members whose own members are named by the client."""


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


SHARED: Mapping[str, Deviation] = {
    "finish-missing": Deviation(stream=_Unfinished),
    "finish-null": everywhere(each_choice(replacing(finish_reason=None))),
    "finish-empty": in_stream(each_choice(_empty_reason)),
    "finish-with-last-delta": Deviation(stream=by_chunk(_FinishWithLast)),
    "done-missing": Deviation(stream=lambda: _drop_done),
    "error-plain": Deviation(stream=lambda: _plain_error),
    "usage-missing": _of_usage(Deviation(stream=each_chunk(_drop_usage), whole=without("usage"))),
    "usage-null": _of_usage(everywhere(replacing(usage=None))),
    "usage-zero": _of_usage(everywhere(at("usage", zeroed))),
    "usage-unasked": Deviation(informed=_usage_unasked),
    "usage-repeated": Deviation(informed=_usage_repeated),
    "usage-without-choices": _of_usage(in_stream(_usage_without_choices)),
    "preamble-without-choices": Deviation(
        stream=each_chunk_by(lambda: _Inserted(lambda chunk: (_PREAMBLE, chunk)))
    ),
    "choices-null": Deviation(
        stream=each_chunk_by(
            lambda: _Inserted(lambda chunk: (chunk, {**chunk, "choices": None}), change=_null_choices)
        ),
        whole=replacing(choices=None),
    ),
    "id-changes": Deviation(stream=each_chunk_by(_OtherIds)),
    "model-missing": everywhere(without("model")),
    "camel-case": everywhere(lambda body: respelt(body, _camel, _FREE_NAMES)),
}
