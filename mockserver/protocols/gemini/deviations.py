"""How answers of generateContent are known to depart from the documentation.

What the catalogue of faults names for this wire alone, as pure edits of frames and bodies; what is sent when
nothing goes wrong stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pydantic.alias_generators import to_snake

from mockserver.conversation import Json, JsonObject, json_text
from mockserver.protocols.base import Deviation
from mockserver.protocols.edits import Change, at, replacing, respelt, without, zeroed
from mockserver.protocols.gemini import deviating_streams as streams
from mockserver.protocols.gemini.edited_chunks import (
    ends,
    everywhere,
    has_call,
    in_chunks,
    in_stream,
    parts_of,
    says_nothing,
    with_parts,
)
from mockserver.protocols.tolerant import members, text

_FREE_NAMES = frozenset({"args", "response", "metadata"})
"""Members whose own members are named by somebody else than the API."""


def _of_candidates(change: Change) -> Change:
    return at("candidates", change)


def _of_contents(change: Change) -> Change:
    return _of_candidates(at("content", change))


def _of_parts(change: Change) -> Change:
    return _of_contents(at("parts", change))


def _of_calls(change: Change) -> Change:
    return _of_parts(at("functionCall", change))


def _by_candidate(edit: streams.CandidateEdit, whole: Change | None = None) -> Deviation:
    return in_stream(lambda: streams.by_candidate(edit), whole)


# ------------------------------------------------------------------------------------- finish and content


def _finish_lies(candidate: JsonObject) -> JsonObject:
    return {**candidate, "finishReason": "STOP"} if ends(candidate) else candidate


def _at_the_end(change: Change) -> Change:
    """The change, made to a candidate that finishes and says nothing any more."""
    return lambda candidate: change(candidate) if ends(candidate) and says_nothing(candidate) else candidate


_null_content = replacing(content=None)
_no_parts = at("content", without("parts"))


def _empty_texts(candidate: JsonObject) -> JsonObject:
    """Behind every text stands an empty one."""
    if not any(part.get("text") for part in parts_of(candidate)):
        return candidate
    return with_parts(candidate, list(_strewn(parts_of(candidate))))


def _strewn(parts: list[JsonObject]) -> Iterator[JsonObject]:
    for part in parts:
        yield part
        if part.get("text"):
            yield streams.wordless(part)


# -------------------------------------------------------------------------------------------------- calls


def _arguments_as_text(call: JsonObject) -> JsonObject:
    arguments = call.get("args")
    return {**call, "args": json_text(arguments)} if isinstance(arguments, dict) else call


def _malformed_calls(candidate: JsonObject) -> JsonObject:
    return streams.malformed(candidate) if has_call(candidate) else candidate


def _signature_alone(part: JsonObject) -> JsonObject:
    is_empty = "thoughtSignature" in part and part.get("text") == ""
    return without("text")(part) if is_empty else part


# -------------------------------------------------------------------------------------------------- usage


def _uncounted(usage: JsonObject) -> JsonObject:
    return {name: value for name, value in usage.items() if isinstance(value, str)}


# -------------------------------------------------------------------------------------- spelling and errors


def _plain_error(body: JsonObject) -> JsonObject:
    return {"error": text(members(body["error"]).get("message"))} if "error" in body else body


def _error_in_array(body: JsonObject) -> Json:
    return [body] if "error" in body else body


DEVIATIONS: Mapping[str, Deviation] = {
    # The finish.
    "finish-missing": _by_candidate(streams.finish_missing),
    "finish-null": everywhere(_of_candidates(without("finishReason", "finishMessage"))),
    "finish-lies": everywhere(_of_candidates(_finish_lies)),
    "finish-first": in_stream(streams.finish_first),
    "finish-everywhere": _by_candidate(streams.finish_everywhere),
    "finish-with-call": in_stream(streams.finish_with_call),
    "finish-after-call": _by_candidate(streams.finish_after_call),
    # Candidates and their content.
    "answer-empty": _by_candidate(streams.answer_empty, whole=_of_candidates(streams.emptied)),
    "parts-missing": in_chunks(_of_candidates(_at_the_end(_no_parts))),
    "content-null": in_chunks(
        _of_candidates(_at_the_end(_null_content)), whole=_of_candidates(_null_content)
    ),
    "candidates-missing": in_stream(streams.candidates_missing),
    "candidate-empty": in_stream(streams.candidate_empty),
    "empty-delta": _by_candidate(streams.empty_delta, whole=_of_candidates(_empty_texts)),
    "text-repeated": in_stream(streams.text_repeated),
    "role-missing": everywhere(_of_contents(without("role"))),
    # Thoughts and their signatures.
    "thought-unmarked": replace(
        everywhere(_of_parts(without("thought"))),
        asks={"generationConfig": {"thinkingConfig": {"includeThoughts": True}}},
    ),
    "signature-missing": everywhere(_of_parts(without("thoughtSignature"))),
    "signature-alone": in_chunks(_of_parts(_signature_alone)),
    # Calls.
    "call-id-missing": everywhere(_of_calls(without("id"))),
    "call-args-missing": everywhere(_of_calls(without("args"))),
    "call-arguments-text": everywhere(_of_calls(_arguments_as_text)),
    "call-malformed": in_stream(streams.call_malformed, whole=_of_candidates(_malformed_calls)),
    "call-in-pieces": _by_candidate(streams.call_in_pieces),
    "calls-together": in_stream(streams.calls_together),
    # Usage.
    "usage-missing": everywhere(without("usageMetadata")),
    "usage-null": everywhere(replacing(usageMetadata=None)),
    "usage-zero": everywhere(at("usageMetadata", zeroed)),
    "usage-without-counts": everywhere(at("usageMetadata", _uncounted)),
    "usage-last-only": in_stream(lambda: streams.usage_last_only),
    # The envelope.
    "id-changes": in_stream(streams.id_changes),
    "id-missing": everywhere(without("responseId")),
    "model-missing": everywhere(without("modelVersion")),
    "snake-case": everywhere(lambda body: respelt(body, to_snake, _FREE_NAMES)),
    # Frames and errors.
    "done-marker": Deviation(informed=streams.done_marker),
    "json-array": Deviation(informed=streams.json_array),
    "error-array": Deviation(streams.error_array, _error_in_array),
    "error-plain": everywhere(_plain_error),
}
