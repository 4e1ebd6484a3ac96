"""A reply as a Candidate, and the envelope that whole answers and stream chunks share.

Mirrors "GenerateContentResponse" of the Gemini API reference, "Thought signatures", and recorded answers
(2026-11). JSON answers and streams are both made from what stands here; neither order nor bytes do.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache

from mockserver.conversation import (
    Finish,
    Image,
    JsonObject,
    Native,
    NativeFinish,
    Refusal,
    Reply,
    ReplyPart,
    Request,
    Text,
    Thinking,
    ToolCall,
)
from mockserver.protocols.base import MODEL_PREFIX, Context
from mockserver.protocols.gemini.parts import (
    call_part,
    image_part,
    native_fields,
    native_part,
    text_part,
    thought_part,
)
from mockserver.values import dataclass

CALL_MESSAGE = "Model generated function call(s)."
"""`finishMessage` of a candidate whose content and finish come together and hold a call."""

FINISH_REASONS: dict[Finish, str] = {
    "stop": "STOP",
    "length": "MAX_TOKENS",
    "tool_calls": "STOP",
    "content_filter": "SAFETY",
    "stop_sequence": "STOP",
    "refusal": "STOP",
    "pause": "STOP",
}
"""There is no reason of its own for tool calls: "STOP: natural stop point of the model"."""

_ID_LENGTH = 8
_RESPONSE_ID_LENGTH = 23
_SIGNATURE_LENGTH = 48


_OLDER_MODELS = ("gemini-2.5", "gemini-2.0", "gemini-1.5")


class Layout(Enum):
    """How a generation of models ends a turn with tool calls."""

    FINISH_AFTER_CALL = "3.x"
    """Calls carry ids, the first one the signature; a chunk with empty text brings the finish reason."""

    FINISH_WITH_CALL = "2.5"
    """Calls have no ids, and a signature only after thoughts; the last call brings the finish reason."""


@lru_cache(maxsize=256)
def layout_of(model: str) -> Layout:
    """The layout of the model's generation, or of that which a scenario is named after; a model of no known
    one is taken for new.
    """
    older = model.rpartition("/")[2].removeprefix(MODEL_PREFIX).startswith(_OLDER_MODELS)
    return Layout.FINISH_WITH_CALL if older else Layout.FINISH_AFTER_CALL


@dataclass(frozen=True, slots=True)
class Voice:
    """How one reply sounds on this wire: the request it answers, and what is derived rather than scripted."""

    reply: Reply
    request: Request
    context: Context
    layout: Layout
    signature: str
    carrier: int | None
    """The index of the part that carries the signature, if one does."""

    def part(self, index: int) -> JsonObject | None:
        """Part `index` as one whole Part; None if the client does not see it as such."""
        shown = self._shown(index, self.reply.parts[index])
        if shown is None or index != self.carrier:
            return shown
        return {**shown, "thoughtSignature": self.signature}

    def _shown(self, index: int, part: ReplyPart) -> JsonObject | None:
        match part:
            case Text(text=text) | Refusal(text=text):
                return text_part(text)
            case Thinking(text=text, redacted=redacted):
                return thought_part(text) if text and self.request.include_thinking and not redacted else None
            case ToolCall():
                return call_part(part, self._call_id(index, part)) if is_sent(part, self.reply) else None
            case Image():
                return image_part(part)
            case Native():
                return native_part(part)

    def _call_id(self, index: int, call: ToolCall) -> str | None:
        if call.id is not None or self.layout is Layout.FINISH_WITH_CALL:
            return call.id
        return self.context.derived(str.lower, f"call-{index}", _ID_LENGTH)


def voice(reply: Reply, request: Request, context: Context) -> Voice:
    layout = layout_of(request.model)
    thinkings = [part for part in reply.parts if isinstance(part, Thinking) and not part.redacted]
    scripted = next((part.signature for part in thinkings if part.signature is not None), None)
    carrier = _carrier(reply, thinking=bool(thinkings), layout=layout)
    signature = scripted or ("" if carrier is None else _signature(context))
    return Voice(reply, request, context, layout, signature, carrier)


def finish_reason(reply: Reply) -> str:
    match reply.finish:
        case NativeFinish(value=value):
            return value
        case finish:
            return FINISH_REASONS[finish]


def candidate(told: Voice, index: int) -> JsonObject:
    """The whole candidate number `index`. Blocked content is withheld."""
    reply = told.reply
    withheld = reply.finish == "content_filter"
    return {
        **({} if withheld else {"content": content(list(_parts(told)))}),
        "finishReason": finish_reason(reply),
        "index": index,
        **({"finishMessage": CALL_MESSAGE} if says_call(reply) else {}),
        **candidate_fields(reply),
    }


def content(parts: list[JsonObject]) -> JsonObject:
    """The model's content; ProtoJSON leaves an empty list out."""
    return {"parts": parts, "role": "model"} if parts else {"role": "model"}


def candidate_fields(reply: Reply) -> JsonObject:
    """What the native parts add beside the content: citations, grounding."""
    fields: JsonObject = {}
    for part in reply.parts:
        if isinstance(part, Native):
            fields |= native_fields(part)
    return fields


def says_call(reply: Reply) -> bool:
    return finish_reason(reply) == "STOP" and bool(reply.tool_calls)


def is_sent(call: ToolCall, reply: Reply) -> bool:
    """Calls travel whole or not at all: one that the token limit cut short is never seen."""
    return reply.finish != "length" or isinstance(call.arguments_value, dict)


def provenance(request: Request, context: Context) -> JsonObject:
    """What tells where an answer comes from: the same in all chunks of a stream."""
    return {
        "modelVersion": request.model,
        "responseId": context.token("responseId", _RESPONSE_ID_LENGTH),
    }


def envelope(candidates: list[JsonObject], usage: JsonObject, origin: JsonObject) -> JsonObject:
    """A GenerateContentResponse; `origin` is its `provenance`."""
    told = {"candidates": candidates} if candidates else {}
    return {**told, "usageMetadata": usage, **origin}


def _parts(told: Voice) -> Iterator[JsonObject]:
    for index in range(len(told.reply.parts)):
        if (part := told.part(index)) is not None:
            yield part


def _carrier(reply: Reply, *, thinking: bool, layout: Layout) -> int | None:
    """The first call; without calls, the last part that a thinking model shows."""
    calls = [
        index for index, part in enumerate(reply.parts) if isinstance(part, ToolCall) and is_sent(part, reply)
    ]
    if calls:
        return calls[0] if thinking or layout is Layout.FINISH_AFTER_CALL else None
    if not thinking:
        return None
    return max((index for index, part in enumerate(reply.parts) if _is_shown(part)), default=None)


def _is_shown(part: ReplyPart) -> bool:
    """Whether the part is for the reader of the answer."""
    match part:
        case Text() | Refusal() | Image():
            return True
        case Thinking() | ToolCall() | Native():
            return False


def _signature(context: Context) -> str:
    return context.derived(_in_base64, "thoughtSignature", _SIGNATURE_LENGTH)


def _in_base64(letters: str) -> str:
    return base64.b64encode(letters.encode()).decode()
