"""A recorded answer (JSON, SSE or JSON array) as the reply that it tells.

Mirrors "GenerateContentResponse" of the Gemini API reference (2026-11). Recordings hold what no reference
names; what is unknown is passed over. A stream and a whole answer of one reply are read as equal: pieces of
one kind are one part, empty ones are none. A signature without thoughts has no place in a reply.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import orjson

from mockserver.conversation import (
    Attachment,
    Finish,
    Image,
    Json,
    JsonObject,
    MessagePart,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    ReplyPart,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from mockserver.protocols.base import Answer
from mockserver.protocols.gemini.parts import CANDIDATE_FIELDS
from mockserver.protocols.gemini.read_contents import read_part
from mockserver.protocols.gemini.response import CALL_MESSAGE
from mockserver.protocols.gemini.usage import read_usage
from mockserver.protocols.gemini.wire import NAME
from mockserver.protocols.sse import read_events
from mockserver.protocols.tolerant import members, objects

_FINISHES: dict[str, Finish] = {"STOP": "stop", "MAX_TOKENS": "length", "SAFETY": "content_filter"}

_ANSWERS = frozenset({"candidates", "promptFeedback"})


def decode(answer: Answer) -> Reply:
    """The first candidate's answer. ValueError if there is none: an error, no JSON at all."""
    chunks = list(objects(_chunks(answer.body)))
    if any("error" in chunk for chunk in chunks) or not any(chunk.keys() & _ANSWERS for chunk in chunks):
        raise ValueError("the recorded answer is no GenerateContentResponse: it has no candidates")
    candidates = [found for chunk in chunks for found in _first_candidate(chunk)]
    parts = [part for found in candidates for part in _parts(found)]
    told = tuple(_signed(_merged(_reply_parts(parts)), parts))
    finish = _finish(candidates, told)
    usages = [chunk["usageMetadata"] for chunk in chunks if "usageMetadata" in chunk]
    return Reply(
        # What came before an answer was blocked is not the answer; a whole answer does not hold it either.
        (*(() if finish == "content_filter" else told), *_native_fields(candidates)),
        finish,
        read_usage(usages[-1] if usages else {}),
    )


def _chunks(body: bytes) -> list[Json]:
    """The JSON values of the answer, however they are framed."""
    text = body.strip()
    if text[:1] not in (b"{", b"["):
        return [orjson.loads(event.data) for event in read_events(body)]
    value = orjson.loads(text)
    return value if isinstance(value, list) else [value]


def _first_candidate(chunk: JsonObject) -> Iterator[JsonObject]:
    for found in objects(chunk.get("candidates")):
        if not found.get("index"):
            yield found


def _parts(found: JsonObject) -> Iterator[JsonObject]:
    return objects(members(found.get("content")).get("parts"))


def _reply_parts(parts: Iterable[JsonObject]) -> Iterator[ReplyPart]:
    for part in parts:
        for read in read_part(part):
            yield _of_reply(read, part)


def _of_reply(read: MessagePart, part: JsonObject) -> ReplyPart:
    """What a model's part is in a reply: media are its images, or native."""
    match read:
        case Attachment(media_type=media_type, data=data) if data and media_type.startswith("image/"):
            return Image(media_type, data)
        case Attachment() | ToolResult():
            return Native({NAME: part})
        case Text() | Thinking() | ToolCall() | Refusal() | Image() | Native():
            return read


def _merged(parts: Iterable[ReplyPart]) -> list[ReplyPart]:
    """The parts with neighbours of one kind joined and empty ones left out."""
    merged: list[ReplyPart] = []
    for part in parts:
        last = merged[-1] if merged else None
        match part:
            case Text(text="") | Thinking(text="", signature=None):
                pass
            case Text(text=text) if isinstance(last, Text):
                merged[-1] = Text(last.text + text)
            case Thinking(text=text) if isinstance(last, Thinking) and last.signature is None:
                merged[-1] = replace(part, text=last.text + text)
            case Text() | Thinking() | ToolCall() | Refusal() | Image() | Native():
                merged.append(part)
    return merged


def _signed(merged: Iterable[ReplyPart], parts: Iterable[JsonObject]) -> Iterator[ReplyPart]:
    """The parts with the signature, which stands on what follows the thoughts, given to the first of them."""
    signatures = (part.get("thoughtSignature") for part in parts if not part.get("thought"))
    signature = next((value for value in signatures if isinstance(value, str)), None)
    for part in merged:
        if isinstance(part, Thinking) and part.signature is None:
            yield replace(part, signature=signature)
            signature = None
        else:
            yield part


def _native_fields(candidates: Iterable[JsonObject]) -> Iterator[Native]:
    fields: JsonObject = {}
    for found in candidates:
        fields |= {name: found[name] for name in found.keys() & CANDIDATE_FIELDS}
    if fields.get("finishMessage") == CALL_MESSAGE:
        del fields["finishMessage"]
    if fields:
        yield Native({NAME: fields})


def _finish(candidates: list[JsonObject], parts: Iterable[ReplyPart]) -> Finish | NativeFinish:
    """The last reason told. A blocked prompt has no candidate at all."""
    if not candidates:
        return "content_filter"
    reason = next(
        (found["finishReason"] for found in reversed(candidates) if "finishReason" in found), "STOP"
    )
    finish = _FINISHES.get(reason) if isinstance(reason, str) else None
    if finish is None:
        return NativeFinish(str(reason))
    called = any(isinstance(part, ToolCall) for part in parts)
    return "tool_calls" if called and finish == "stop" else finish
