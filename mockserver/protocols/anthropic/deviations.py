"""How answers of Messages are known to depart from the documentation.

What the catalogue of faults names for this wire alone, as pure edits of frames and bodies; what is sent when
nothing goes wrong stands elsewhere. Public reports of them are named in the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import orjson

from mockserver.conversation import JsonObject, json_text
from mockserver.protocols.anthropic.edited_blocks import (
    PHANTOM,
    ChangingId,
    EarlyStops,
    HeldToTheEnd,
    InStarts,
    LyingEnd,
    ObjectInDeltas,
    PhantomText,
    TextInStarts,
    WithoutCalls,
    brings,
    delta_of,
    lie,
    renumbered,
)
from mockserver.protocols.anthropic.edited_frames import (
    each,
    event_in,
    events,
    frames,
    in_content,
    in_starts,
    informed,
    leaving_out,
    leaving_out_all,
    of_type,
    on_blocks,
    on_end,
    on_message,
    on_usage,
    twice,
    type_of,
)
from mockserver.protocols.anthropic.stream import PING
from mockserver.protocols.base import Deviation, FrameEdit
from mockserver.protocols.edits import at, chained, replacing, without, zeroed
from mockserver.protocols.sse import data_frame, named_frame
from mockserver.protocols.tolerant import count, members, objects, text

_PINGS_PER_FRAME = 3
_INPUT_COUNTS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")

# ------------------------------------------------------------------------------------------------- frames


def _nameless(frame: bytes) -> Iterable[bytes]:
    return (_after_name(frame),)


def _named_message(frame: bytes) -> Iterable[bytes]:
    return (b"event: message\n" + _after_name(frame),)


def _after_name(frame: bytes) -> bytes:
    return frame.partition(b"\n")[2] if frame.startswith(b"event: ") else frame


def _with_pings(frame: bytes) -> Iterable[bytes]:
    return (*[PING] * _PINGS_PER_FRAME, frame)


def _followed_by(last: bytes) -> FrameEdit:
    """Sends one more frame behind the end of the stream, be it an error or not."""

    def edit_frame(frame: bytes) -> Iterable[bytes]:
        ends = type_of(event_in(frame)) in {"message_stop", "error"}
        return (frame, last) if ends else (frame,)

    return edit_frame


def _with_empty_event(frame: bytes) -> Iterable[bytes]:
    """Before a block is closed, a delta that has a name and no data."""
    closes = type_of(event_in(frame)) == "content_block_stop"
    return (b"event: content_block_delta\n\n", frame) if closes else (frame,)


def _with_plain_error(frame: bytes) -> Iterable[bytes]:
    event = event_in(frame)
    if type_of(event) != "error":
        return (frame,)
    plain = {"error": text(members(event.get("error")).get("message"))}
    return (named_frame("error", orjson.dumps(plain)),)


# -------------------------------------------------------------------------------------------------- usage


def _with_cached_in_input(usage: JsonObject) -> JsonObject:
    """`input_tokens` of all that was sent, as other families count; here it leaves out what was cached."""
    total = sum(count(usage.get(name)) for name in _INPUT_COUNTS)
    return replacing(input_tokens=total)(usage)


def _of_output_only(usage: JsonObject) -> JsonObject:
    return {name: value for name, value in usage.items() if name == "output_tokens"}


# ------------------------------------------------------------------------------------------------- blocks


def _with_text_as_input(call: JsonObject) -> JsonObject:
    value = call.get("input")
    return replacing(input=json_text(value))(call) if isinstance(value, dict) else call


def _is_signature(event: JsonObject) -> bool:
    return brings(event, "signature_delta")


_without_signature = of_type("thinking", without("signature"))


def _is_piece_of_input(event: JsonObject) -> bool:
    return brings(event, "input_json_delta") and bool(delta_of(event, "partial_json"))


def _with_empty_text(event: JsonObject) -> Iterable[JsonObject]:
    if not brings(event, "text_delta"):
        return (event,)
    return {**event, "delta": {**event["delta"], "text": ""}}, event


def _as_text_block(_: JsonObject) -> JsonObject:
    return PHANTOM


# --------------------------------------------------------------------------------------- ends, whole messages


def _ended_for_tools(end: JsonObject) -> JsonObject:
    return replacing(stop_reason="end_turn")(end) if end.get("stop_reason") == "tool_use" else end


def _lying(message: JsonObject) -> JsonObject:
    has_call = any(map(_is_call, objects(message.get("content"))))
    return lie(message, has_call=has_call)


def _is_call(block: JsonObject) -> bool:
    return type_of(block) == "tool_use"


def _with_phantom(blocks: list[JsonObject]) -> Iterator[JsonObject]:
    first = next((index for index, block in enumerate(blocks) if _is_call(block)), None)
    for index, block in enumerate(blocks):
        if index == first:
            yield PHANTOM
        yield block


def _without_calls(blocks: list[JsonObject]) -> Iterable[JsonObject]:
    return (block for block in blocks if not _is_call(block))


DEVIATIONS: Mapping[str, Deviation] = {
    # Why it ends
    "finish-missing": Deviation(leaving_out_all("message_delta", "message_stop")),
    "finish-null": on_end(replacing(stop_reason=None)),
    "finish-lies": Deviation(events(LyingEnd), of_type("message", _lying)),
    "finish-stop-for-tools": on_end(_ended_for_tools),
    "message-delta-repeated": Deviation(twice("message_delta")),
    "message-stop-missing": Deviation(leaving_out_all("message_stop")),
    "done-marker": Deviation(frames(_followed_by(data_frame(b"[DONE]")))),
    "done-event": Deviation(frames(_followed_by(named_frame("done", b"[DONE]")))),
    "error-plain": Deviation(frames(_with_plain_error)),
    # Usage
    "usage-missing": on_usage(without("usage")),
    "usage-null": on_usage(replacing(usage=None)),
    "usage-zero": on_usage(at("usage", zeroed)),
    "usage-start-zero": Deviation(each(at("message", at("usage", zeroed)))),
    "usage-end-missing": Deviation(each(of_type("message_delta", without("usage")))),
    "usage-cached-in-input": on_usage(at("usage", _with_cached_in_input)),
    "usage-output-only": Deviation(each(of_type("message_delta", at("usage", _of_output_only)))),
    # The message
    "message-start-missing": Deviation(leaving_out_all("message_start")),
    "message-start-repeated": Deviation(twice("message_start")),
    "id-changes": Deviation(events(ChangingId)),
    "role-missing": on_message(without("role")),
    "model-missing": on_message(without("model")),
    "content-null": on_message(replacing(content=None)),
    # The names of events
    "event-names-missing": Deviation(frames(_nameless)),
    "event-name-message": Deviation(frames(_named_message)),
    "event-without-data": Deviation(frames(_with_empty_event)),
    "ping-storm": Deviation(frames(_with_pings)),
    # Blocks
    "block-start-missing": Deviation(leaving_out_all("content_block_start")),
    "block-stop-missing": Deviation(leaving_out_all("content_block_stop")),
    "block-stop-early": Deviation(events(EarlyStops)),
    "block-stops-late": Deviation(
        events(lambda: HeldToTheEnd(lambda event: type_of(event) == "content_block_stop"))
    ),
    "block-index-gap": Deviation(each(lambda event: renumbered(event, lambda index: index + bool(index)))),
    "block-index-from-one": Deviation(each(lambda event: renumbered(event, lambda index: index + 1))),
    "block-index-constant": Deviation(each(lambda event: renumbered(event, lambda _: 0))),
    "empty-delta": Deviation(events(lambda: _with_empty_text)),
    "text-in-start": Deviation(events(TextInStarts)),
    # Calls
    "phantom-text-block": Deviation(events(PhantomText), in_content(_with_phantom)),
    "tool-blocks-missing": Deviation(events(WithoutCalls), in_content(_without_calls)),
    "tool-input-missing": on_blocks(of_type("tool_use", without("input"))),
    "tool-input-in-start": Deviation(
        informed=informed(partial(InStarts, "tool_use", "input", "input_json_delta"))
    ),
    "tool-delta-empty": Deviation(leaving_out(_is_piece_of_input)),
    "call-id-missing": on_blocks(of_type("tool_use", without("id"))),
    "call-arguments-text": on_blocks(of_type("tool_use", _with_text_as_input)),
    "call-arguments-object": Deviation(informed=informed(ObjectInDeltas)),
    # Thinking
    "signature-missing": Deviation(
        chained(leaving_out(_is_signature), in_starts(_without_signature)),
        in_content(lambda blocks: map(_without_signature, blocks)),
    ),
    "signature-empty": Deviation(
        leaving_out(_is_signature),
        in_content(lambda blocks: map(replacing(signature=""), blocks)),
    ),
    "signature-in-start": Deviation(
        informed=informed(partial(InStarts, "thinking", "signature", "signature_delta"))
    ),
    "signature-late": Deviation(events(lambda: HeldToTheEnd(_is_signature))),
    "thinking-in-text-block": Deviation(
        chained(leaving_out(_is_signature), in_starts(of_type("thinking", _as_text_block)))
    ),
}
