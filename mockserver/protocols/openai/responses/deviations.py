"""How answers of Responses are known to depart from the documentation.

What the catalogue of faults names for this wire, as pure edits of frames and bodies; what is sent when
nothing goes wrong stands elsewhere, and how edits reach into events in `deviation_edits`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import orjson

from mockserver.conversation import JsonObject
from mockserver.protocols.base import Deviation
from mockserver.protocols.edits import at, renaming, without, zeroed
from mockserver.protocols.openai.responses.deviation_edits import (
    TERMINAL,
    event_of,
    in_contents,
    in_events,
    in_events_and_body,
    in_items,
    in_responses,
    in_stream,
    left_out,
    where,
    with_items,
)
from mockserver.protocols.sse import data_frame
from mockserver.protocols.tolerant import count, members

_BEGUN = ("queued", "in_progress")
_ANSWERED = ("completed", "incomplete")
_ENDED = (*_ANSWERED, "failed")
_CALLS = ("function_call", "custom_tool_call")
_TEXT_DELTAS = frozenset(
    {"response.output_text.delta", "response.refusal.delta", "response.reasoning_summary_text.delta"}
)
_PARTS_ADDED = frozenset({"response.content_part.added", "response.reasoning_summary_part.added"})
_SKIPPED = 2
"""The number that a gap leaves out; every stream gets that far."""


# ----------------------------------------------------------------------------------------- numbers, places


def _gap(event: JsonObject) -> JsonObject:
    number = count(event.get("sequence_number"))
    return {**event, "sequence_number": number + 1} if number >= _SKIPPED else event


def _constant(event: JsonObject) -> JsonObject:
    return {**event, "sequence_number": 0} if "sequence_number" in event else event


def _one_place(event: JsonObject) -> JsonObject:
    return {**event, "output_index": 0} if "output_index" in event else event


# --------------------------------------------------------------------------------------------- whole frames


def _without_name(frame: bytes) -> Iterator[bytes]:
    name, _, rest = frame.partition(b"\n")
    yield rest if name.startswith(b"event:") else frame


def _with_done_marker(frame: bytes) -> Iterator[bytes]:
    yield frame
    event = event_of(frame)
    if event is not None and event["type"] in TERMINAL:
        yield data_frame(b"[DONE]")


def _after_empty(event: JsonObject) -> tuple[JsonObject, ...]:
    """An empty piece of the same text goes ahead of each."""
    if event["type"] not in _TEXT_DELTAS:
        return (event,)
    return ({**event, "delta": "", **({"logprobs": []} if "logprobs" in event else {})}, event)


# -------------------------------------------------------------------------------------------- the life cycle


def _unwrapped(event: JsonObject) -> JsonObject:
    """The members of the response stand where the response should."""
    if "response" not in event:
        return event
    return {"type": event["type"], **members(event["response"]), **without("response")(event)}


def _without_an_end(event: JsonObject) -> tuple[JsonObject, ...]:
    """No terminal event, and what is done does not say whether it was cut."""
    if event["type"].endswith(".done"):
        event = at("item", without("status"))(without("status")(event))
    return () if event["type"] in TERMINAL else (event,)


_renamed_completed = where(
    "type", ("response.incomplete",), lambda event: {**event, "type": "response.completed"}
)
_completed_item = where("status", ("incomplete",), lambda item: {**item, "status": "completed"})


def _lying_response(response: JsonObject) -> JsonObject:
    """A truncated response as a complete one."""
    if response.get("status") != "incomplete":
        return response
    told = {
        **response,
        "status": "completed",
        "completed_at": response.get("created_at"),
        "incomplete_details": None,
    }
    return with_items(_completed_item)(told)


def _lying_event(event: JsonObject) -> JsonObject:
    if event["type"] == "response.reasoning_summary_part.done":  # its status is told of what was cut alone
        return without("status")(event)
    return _renamed_completed(at("response", _lying_response)(with_items(_completed_item)(event)))


def _with_id_of_its_own(event: JsonObject) -> JsonObject:
    """The terminal event makes an id anew."""
    return at("response", _again)(event) if event["type"] in TERMINAL else event


def _again(value: JsonObject, times: int = 2) -> JsonObject:
    return {**value, "id": f"{value['id']}_{times}"} if isinstance(value.get("id"), str) else value


def _with_items_anew(event: JsonObject) -> JsonObject:
    """An item has another id where it is done, and one more in the terminal event."""
    if event["type"] == "response.output_item.done":
        return with_items(_again)(event)
    return with_items(lambda item: _again(item, 3))(event) if event["type"] in TERMINAL else event


# --------------------------------------------------------------------------------------------------- errors


def _plain_error(event: JsonObject) -> JsonObject:
    """The message in place of the error, and nothing else."""
    return {"error": members(event.get("error")).get("message") or "error"}


def _flat_error(event: JsonObject) -> JsonObject:
    """The error as the reference types it; the live API nests it."""
    error = members(event.get("error"))
    told = {name: error.get(name) for name in ("code", "message", "param")}
    return {"type": "error", **told, **without("type", "error")(event)}


# ---------------------------------------------------------------------------------------------------- items


def _object_arguments(value: JsonObject) -> JsonObject:
    """Arguments as the object that their text tells, if it tells one."""
    try:
        arguments = orjson.loads(value.get("arguments") or "null")
    except orjson.JSONDecodeError:  # they were cut
        return value
    return {**value, "arguments": arguments} if isinstance(arguments, dict) else value


_with_object_arguments = with_items(where("type", ("function_call",), _object_arguments))


def _event_with_object_arguments(event: JsonObject) -> JsonObject:
    done = where("type", ("response.function_call_arguments.done",), _object_arguments)
    return done(_with_object_arguments(event))


def _nameless_when_done(event: JsonObject) -> JsonObject:
    """The name of a call is told where it is announced, and in the response."""
    if event["type"] != "response.output_item.done":
        return event
    return at("item", where("type", _CALLS, lambda item: {**item, "name": ""}))(event)


# ---------------------------------------------------------------------------------------------------- usage


def _with_null_details(usage: JsonObject) -> JsonObject:
    return {name: dict.fromkeys(told) if isinstance(told, dict) else told for name, told in usage.items()}


_CHAT_NAMES = {
    "input_tokens": "prompt_tokens",
    "input_tokens_details": "prompt_tokens_details",
    "output_tokens": "completion_tokens",
    "output_tokens_details": "completion_tokens_details",
}


# ------------------------------------------------------------------------------------------------- the table


DEVIATIONS: Mapping[str, Deviation] = {
    # numbers and places
    "sequence-missing": in_events(without("sequence_number")),
    "sequence-gap": in_events(_gap, numbered=False),
    "sequence-constant": in_events(_constant, numbered=False),
    "positions-missing": in_events(without("output_index", "content_index", "summary_index")),
    "output-index-constant": in_events(_one_place),
    # events that are missing or too many
    "created-missing": left_out(lambda kind: kind == "response.created"),
    "item-added-missing": left_out(lambda kind: kind == "response.output_item.added"),
    "part-added-missing": left_out(_PARTS_ADDED.__contains__),
    "deltas-missing": left_out(lambda kind: kind.endswith(".delta")),
    "done-events-missing": left_out(lambda kind: kind.endswith(".done")),
    "completed-missing": left_out(TERMINAL.__contains__),
    "finish-missing": in_stream(_without_an_end),
    "empty-delta": in_stream(_after_empty),
    "done-marker": Deviation(stream=lambda: _with_done_marker),
    "event-names-missing": Deviation(stream=lambda: _without_name),
    # the response
    "unwrapped-response": in_events(_unwrapped),
    "started-without-output": in_events(at("response", where("status", _BEGUN, without("output")))),
    "completed-without-output": in_responses(where("status", _ENDED, without("output"))),
    "completed-output-empty": in_responses(where("status", _ENDED, lambda told: {**told, "output": []})),
    "finish-null": in_responses(
        where("status", _ANSWERED, lambda told: {**told, "status": None, "incomplete_details": None})
    ),
    "finish-lies": in_events_and_body(_lying_event, _lying_response),
    "incomplete-named-completed": in_events(_renamed_completed),
    "id-changes": in_events(_with_id_of_its_own),
    "model-missing": in_responses(without("model")),
    "usage-missing": in_responses(without("usage")),
    "usage-null": in_responses(lambda told: {**told, "usage": None}),
    "usage-zero": in_responses(at("usage", zeroed)),
    "usage-details-missing": in_responses(
        at("usage", without("input_tokens_details", "output_tokens_details"))
    ),
    "usage-details-null": in_responses(at("usage", _with_null_details)),
    "usage-chat-names": in_responses(at("usage", renaming(_CHAT_NAMES))),
    # items and their contents
    "item-id-missing": in_items(without("id")),
    "item-id-changes": in_events(_with_items_anew),
    "item-status-missing": in_items(without("status")),
    "item-status-lies": in_items(_completed_item),
    "role-missing": in_items(where("type", ("message",), without("role"))),
    "content-null": in_items(where("type", ("message",), lambda item: {**item, "content": None})),
    "signature-missing": replace(
        in_items(where("type", ("reasoning",), without("encrypted_content"))),
        asks={"include": ["reasoning.encrypted_content"]},
    ),
    "call-id-missing": in_items(where("type", _CALLS, without("call_id"))),
    "call-name-empty": in_events(_nameless_when_done),
    "call-arguments-object": in_events_and_body(_event_with_object_arguments, _with_object_arguments),
    "annotations-missing": in_contents(without("annotations")),
    "logprobs-missing": in_contents(without("logprobs"), in_event=without("logprobs")),
    # errors
    "error-plain": in_events(where("type", ("error",), _plain_error)),
    "error-flat": in_events(where("type", ("error",), _flat_error)),
}
