"""How answers of legacy Completions are known to depart from the documentation.

What the catalogue of faults names for this wire alone, as pure edits of frames and bodies; what is sent when
nothing goes wrong stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.conversation import JsonObject
from mockserver.protocols.base import Deviation
from mockserver.protocols.edits import replacing
from mockserver.protocols.openai.chunk_edits import (
    choice_of,
    each_choice,
    each_chunk,
    everywhere,
    in_stream,
    with_choice,
)
from mockserver.protocols.openai.deviations import SHARED, TRUNCATED


def _lie(choice: JsonObject) -> JsonObject:
    return replacing(finish_reason="stop")(choice) if choice.get("finish_reason") in TRUNCATED else choice


def _empty_behind(chunk: JsonObject) -> Iterable[JsonObject]:
    """A chunk, and behind one that says something another that says nothing."""
    choice = choice_of(chunk)
    if choice is None or not choice.get("text"):
        return (chunk,)
    return chunk, with_choice(chunk, choice, text="", logprobs=None, finish_reason=None)


def _null_for_nothing(choice: JsonObject) -> JsonObject:
    return choice if choice.get("text") else replacing(text=None)(choice)


DEVIATIONS: Mapping[str, Deviation] = {
    **SHARED,
    "finish-lies": everywhere(each_choice(_lie)),
    "empty-delta": Deviation(stream=each_chunk(_empty_behind)),
    "content-null": Deviation(
        stream=in_stream(each_choice(_null_for_nothing)).stream, whole=each_choice(replacing(text=None))
    ),
}
