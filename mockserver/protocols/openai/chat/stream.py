"""A reply as the chunks of a Chat Completions stream.

Mirrors "The chat completion chunk object" of the OpenAI API reference and the order of chunks of the live API
(2026-11). Frames are `data: …` lines alone, the last one is `[DONE]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from mockserver.conversation import (
    Image,
    Json,
    JsonObject,
    Native,
    Refusal,
    Reply,
    ReplyPart,
    Request,
    Text,
    Thinking,
    ToolCall,
)
from mockserver.events import Begin, Delta, End, Event, PartBegin, PartEnd
from mockserver.protocols.base import Context, Headers
from mockserver.protocols.openai.chat.answer import ChatAnswer, options_of
from mockserver.protocols.openai.chat.content import markdown
from mockserver.protocols.openai.errors import EVENT_STREAM, headers
from mockserver.protocols.sse import data_frame

_DONE = data_frame(b"[DONE]")
_BLOCK = 16
"""Obfuscation brings the length of a chunk's JSON to 1 modulo this."""


class ChatEncoder:
    """Writes one streamed answer. With several choices, each has its say on every event, in turn."""

    def __init__(self, request: Request, context: Context) -> None:
        self.headers: Headers = (EVENT_STREAM, *headers(context))
        self._answer = ChatAnswer(request, context, options_of(request))
        self._chunks = _ChunkWriter(self._answer)
        self._opening = _opening(())
        self._merges = False
        self._opened = False
        self._calls = 0

    def encode(self, event: Event) -> Iterator[bytes]:
        match event:
            case Begin(reply=reply):
                parts = self._answer.shown(reply)
                self._opening, self._merges = _opening(parts), _is_single_call(parts)
            case PartBegin(part=part):
                self._calls += isinstance(part, ToolCall)
                yield from self._say(event)
            case Delta():
                yield from self._say(event)
            case PartEnd():
                pass
            case End(reply=reply):
                yield from self._end(reply)

    def _say(self, event: PartBegin | Delta) -> Iterator[bytes]:
        if not self._answer.has_place(event.part, self._calls):
            return
        for choice in range(self._answer.request.choices):
            delta = self._delta(event, choice)
            if delta is None:
                return
            yield from self._said(delta, choice)
        self._opened = True

    def _said(self, delta: JsonObject, choice: int) -> Iterator[bytes]:
        """A delta; before the first one of a choice, or merged with it, the delta that names the role."""
        if self._opened:
            yield self._chunk(choice, delta)
        elif self._merges:
            last = {} if self._answer.options.legacy else {"refusal": None}
            yield self._chunk(choice, {**self._opening, **delta, **last})
        else:
            yield self._chunk(choice, self._opening)
            yield self._chunk(choice, delta)

    def _chunk(self, choice: int, delta: JsonObject) -> bytes:
        return self._chunks.choice(choice, delta, self._answer.logprobs(delta))

    def _delta(self, event: PartBegin | Delta, choice: int) -> JsonObject | None:
        """What an event says in the words of the wire; None where it says nothing."""
        match event:
            case PartBegin(part=ToolCall() as call):
                return self._call_head(call, choice)
            case PartBegin(part=Image() as image):
                return {"content": markdown(image)}
            case PartBegin(part=Native() as native):
                return self._answer.native(native)
            case Delta(part=ToolCall() as call, text=text):
                return self._call_piece(call, text)
            case Delta(part=part, text=text):
                return {_MEMBERS[type(part)]: text}
            case PartBegin():
                return None

    def _call_head(self, call: ToolCall, choice: int) -> JsonObject:
        if self._answer.options.legacy:
            return {"function_call": {"name": call.name, "arguments": ""}}
        index = self._calls - 1
        return {"tool_calls": [{"index": index, **self._answer.call(call, "", choice=choice, index=index)}]}

    def _call_piece(self, call: ToolCall, text: str) -> JsonObject:
        if self._answer.options.legacy:
            return {"function_call": {"arguments": text}}
        return {"tool_calls": [{"index": self._calls - 1, **self._answer.more_arguments(call, text)}]}

    def _end(self, reply: Reply) -> Iterator[bytes]:
        choices = range(self._answer.request.choices)
        if not self._opened:
            for choice in choices:
                yield self._chunk(choice, self._opening)
        for choice in choices:
            yield self._chunks.choice(choice, {}, finish_reason=self._answer.finish_reason(reply))
        if self._answer.options.include_usage:
            yield self._chunks.usage(self._answer.usage(reply.usage))
        moderation = self._answer.moderation()
        if moderation:
            yield self._chunks.moderation(moderation)
        yield _DONE


_MEMBERS: dict[type[ReplyPart], str] = {Text: "content", Refusal: "refusal", Thinking: "reasoning_content"}
"""Part that is streamed in pieces -> member of the delta that carries them."""


def _opening(parts: Sequence[ReplyPart]) -> JsonObject:
    """The first delta of a choice: it tells what kind of message is to come."""
    kinds = {type(part) for part in parts}
    if not kinds & {Text, Image}:
        if Refusal in kinds:
            return {"role": "assistant", "content": None, "refusal": ""}
        if ToolCall in kinds:
            return {"role": "assistant", "content": None}
    return {"role": "assistant", "content": "", "refusal": None}


def _is_single_call(parts: Sequence[ReplyPart]) -> bool:
    """Whether the answer starts with its only call, which then travels in the first delta."""
    calls = sum(isinstance(part, ToolCall) for part in parts)
    said = any(isinstance(part, Text | Image | Refusal) for part in parts)
    return calls == 1 and not said and isinstance(parts[0], ToolCall)


class _ChunkWriter:
    """Writes chunks as frames. What is the same in all of them is written once."""

    def __init__(self, answer: ChatAnswer) -> None:
        constant = {**answer.envelope("chat.completion.chunk"), **answer.service()}
        self._head = orjson.dumps(constant)[:-1] + b',"choices":'
        self._no_usage = b',"usage":null' if answer.options.include_usage else b""
        self._letters = (
            answer.context.token("obfuscation", 64).encode() if answer.options.obfuscation else b""
        )
        self._written = 0

    def choice(
        self, index: int, delta: JsonObject, logprobs: Json = None, finish_reason: str | None = None
    ) -> bytes:
        said = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish_reason}
        return self._frame(orjson.dumps([said]) + self._no_usage)

    def usage(self, usage: JsonObject) -> bytes:
        return self._frame(b'[],"usage":' + orjson.dumps(usage))

    def moderation(self, moderation: JsonObject) -> bytes:
        return self._frame(b"[]" + self._no_usage + b',"moderation":' + orjson.dumps(moderation))

    def _frame(self, rest: bytes) -> bytes:
        chunk = self._head + rest
        if not self._letters:
            return data_frame(chunk + b"}")
        chunk += b',"obfuscation":"'
        self._written += 1
        missing = (1 - len(chunk) - len(b'"}')) % _BLOCK
        start = self._written * 7 % (len(self._letters) - _BLOCK)
        return data_frame(chunk + self._letters[start : start + missing] + b'"}')
