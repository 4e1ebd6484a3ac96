"""How answers of Chat Completions are known to depart from the documentation.

What the catalogue of faults names for this wire alone, as pure edits of frames and bodies; what is sent when
nothing goes wrong stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.conversation import JsonObject
from mockserver.protocols.base import Deviation
from mockserver.protocols.edits import Change, renaming, replacing, without
from mockserver.protocols.openai.chat.call_deviations import CALL_DEVIATIONS
from mockserver.protocols.openai.chat.call_entries import calls_of, each_message
from mockserver.protocols.openai.chunk_edits import (
    choice_of,
    each_choice,
    each_chunk,
    each_chunk_by,
    everywhere,
    in_stream,
    with_choice,
)
from mockserver.protocols.openai.deviations import SHARED, TRUNCATED
from mockserver.protocols.tolerant import count, members, text


def _in_messages(change: Change) -> Change:
    return each_choice(each_message(change))


class _Lies:
    """What was broken off ends as if it were whole: with its call, where it has one."""

    def __init__(self) -> None:
        self._called: dict[int, str] = {}

    def __call__(self, chunk: JsonObject) -> Iterable[JsonObject]:
        return (each_choice(self._lie)(chunk),)

    def _lie(self, choice: JsonObject) -> JsonObject:
        number = count(choice.get("index"))
        for said in (members(choice.get("delta")), members(choice.get("message"))):
            if calls_of(said):
                self._called[number] = "function_call" if "function_call" in said else "tool_calls"
        if choice.get("finish_reason") not in TRUNCATED:
            return choice
        return replacing(finish_reason=self._called.get(number, "stop"))(choice)


def _lying(body: JsonObject) -> JsonObject:
    return next(iter(_Lies()(body)))


def _with_role(delta: JsonObject) -> JsonObject:
    return {"role": "assistant", **delta}


def _null_for_nothing(delta: JsonObject) -> JsonObject:
    return delta if delta.get("content") else {**delta, "content": None}


def _null_delta(choice: JsonObject) -> JsonObject:
    return choice if choice.get("delta") else replacing(delta=None)(choice)


def _empty_behind(chunk: JsonObject) -> Iterable[JsonObject]:
    """A chunk, and behind one that says something another that says nothing."""
    choice = choice_of(chunk)
    delta = members((choice or {}).get("delta"))
    if choice is None or not any(without("role")(delta).values()):
        return (chunk,)
    return chunk, with_choice(chunk, choice, delta={"content": ""}, logprobs=None, finish_reason=None)


def _content_in_parts(said: JsonObject) -> JsonObject:
    """Reasoning and text as the parts of one list, as Mistral tells them."""
    thoughts, told = text(said.get("reasoning_content")), text(said.get("content"))
    thinking = [{"type": "thinking", "thinking": [{"type": "text", "text": thoughts}]}] if thoughts else []
    parts = [*thinking, *([{"type": "text", "text": told}] if told else [])]
    return {**without("reasoning_content")(said), "content": parts} if parts else said


DEVIATIONS: Mapping[str, Deviation] = {
    **SHARED,
    **CALL_DEVIATIONS,
    "finish-lies": Deviation(stream=each_chunk_by(_Lies), whole=_lying),
    "role-missing": everywhere(_in_messages(without("role"))),
    "role-repeated": in_stream(_in_messages(_with_role)),
    "content-null": Deviation(
        stream=in_stream(_in_messages(_null_for_nothing)).stream, whole=_in_messages(replacing(content=None))
    ),
    "content-parts": everywhere(_in_messages(_content_in_parts)),
    "delta-null": in_stream(each_choice(_null_delta)),
    "empty-delta": Deviation(stream=each_chunk(_empty_behind)),
    "reasoning-renamed": everywhere(_in_messages(renaming({"reasoning_content": "reasoning"}))),
}
