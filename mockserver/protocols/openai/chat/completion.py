"""What JSON answers and streams of Chat Completions have in common: ids, options, calls, usage, finish.

Mirrors "The chat completion object" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from mockserver.conversation import (
    Finish,
    Image,
    Json,
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
    Usage,
)
from mockserver.protocols.base import Context
from mockserver.protocols.openai.chat.options import Options
from mockserver.protocols.openai.logprobs import token_logprobs
from mockserver.protocols.openai.models import fingerprint, snapshot
from mockserver.protocols.openai.moderation import moderation_results
from mockserver.values import dataclass

_FINISHES: Mapping[Finish, str] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "content_filter": "content_filter",
    "stop_sequence": "stop",
    "refusal": "stop",
    "pause": "stop",
}

Member: TypeAlias = Literal["content", "refusal", "reasoning_content", "tool_calls", ""]
"""The members of a message that parts are told in; "" for what brings members of its own."""

_ARGUMENTS = {"function": "arguments", "custom": "input"}
"""Type of a tool call -> the member that holds its arguments."""


def member_of(part: ReplyPart) -> Member:
    match part:
        case Text() | Image():
            return "content"
        case Refusal():
            return "refusal"
        case Thinking():
            return "reasoning_content"
        case ToolCall():
            return "tool_calls"
        case Native():
            return ""


@dataclass(frozen=True, slots=True)
class Completion:
    """The answer to one request, whatever its form."""

    request: Request
    context: Context
    options: Options

    def envelope(self, kind: str) -> JsonObject:
        """The members before `choices`."""
        return {
            "id": "chatcmpl-" + self.context.token("chatcmpl", 29),
            "object": kind,
            "created": int(self.context.now),
            "model": snapshot(self.request.model),
        }

    def service(self) -> JsonObject:
        """The members about who served the request."""
        return {
            "service_tier": self.options.service_tier,
            "system_fingerprint": fingerprint(self.request.model),
        }

    def shown(self, reply: Reply) -> tuple[ReplyPart, ...]:
        """The parts that this answer has a place for; the legacy form has room for one call."""
        calls = 0
        parts: list[ReplyPart] = []
        for part in reply.parts:
            calls += isinstance(part, ToolCall)
            if self.has_place(part, calls):
                parts.append(part)
        return tuple(parts)

    def has_place(self, part: ReplyPart, calls: int) -> bool:
        """Whether this answer can show `part`; `calls` are the tool calls up to it."""
        match part:
            case Thinking(redacted=redacted):
                return self.request.include_thinking and not redacted
            case Native():
                return bool(self.native(part))
            case Text(text=text):
                return bool(text)
            case ToolCall():
                return calls == 1 or not self.options.legacy
            case Refusal() | Image():
                return True

    def native(self, part: Native) -> JsonObject:
        """The members of a message that a native part tells on this wire."""
        value = part.on(self.request.protocol)
        return dict(value) if isinstance(value, dict) else {}

    def call(self, call: ToolCall, text: str, *, choice: int, index: int) -> JsonObject:
        """Call `index` of a choice, with `text` as its arguments. What was offered as custom is called so."""
        kind = "custom" if self.options.takes_text(call.name) else "function"
        return {
            "id": call.id or "call_" + self.context.token(f"call:{choice}:{index}", 24),
            "type": kind,
            kind: {"name": call.name, _ARGUMENTS[kind]: text},
        }

    def more_arguments(self, call: ToolCall, text: str) -> JsonObject:
        """The next piece of a call's arguments."""
        kind = "custom" if self.options.takes_text(call.name) else "function"
        return {kind: {_ARGUMENTS[kind]: text}}

    def finish_reason(self, reply: Reply) -> str:
        match reply.finish:
            case NativeFinish(value=value):
                return value
            case "tool_calls" if self.options.legacy:
                return "function_call"
            case finish:
                return _FINISHES[finish]

    def usage(self, usage: Usage) -> JsonObject:
        """The counts of the whole answer: every choice is the same reply, and is paid for."""
        output = usage.output * self.request.choices
        prompt_details = {"cached_tokens": usage.cached, "audio_tokens": 0}
        if usage.cache_write:
            prompt_details["cache_write_tokens"] = usage.cache_write
        return {
            "prompt_tokens": usage.input,
            "completion_tokens": output,
            "total_tokens": usage.input + output,
            "prompt_tokens_details": prompt_details,
            "completion_tokens_details": {
                "reasoning_tokens": usage.thinking * self.request.choices,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }

    def logprobs(self, said: Mapping[str, Json]) -> JsonObject | None:
        """The entries of the content or the refusal in a message or delta; None where they are not asked for,
        or where it says neither.
        """
        content, refusal = said.get("content"), said.get("refusal")
        alternatives = self.options.logprobs
        if alternatives is None or (content is None and refusal is None):
            return None
        return {
            member: token_logprobs(text, alternatives) if isinstance(text, str) else None
            for member, text in (("content", content), ("refusal", refusal))
        }

    def moderation(self, reply: Reply) -> JsonObject | None:
        """The verdict on input and output, where it was asked for."""
        model = self.options.moderator
        if not model:
            return None
        asked = "\n".join(message.text for message in self.request.messages)
        return {"input": moderation_results(model, asked), "output": moderation_results(model, reply.text)}
