"""A reply as the chunks of a Chat Completions stream.

Mirrors "The chat completion chunk object" of the OpenAI API reference and the order of chunks of the live API
(2026-11). Frames are `data: …` lines alone, the last one is `[DONE]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

import orjson

from mockserver.conversation import (
    Failure,
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
from mockserver.protocols.openai.chat.completion import Completion, member_of
from mockserver.protocols.openai.chat.content import markdown
from mockserver.protocols.openai.chat.errors import streamed_error
from mockserver.protocols.openai.chat.options import Options
from mockserver.protocols.openai.headers import EVENT_STREAM, success_headers
from mockserver.protocols.sse import data_frame

_Around: TypeAlias = tuple[bytes, bytes]
"""What stands before the text of a chunk, and behind it."""

_DONE = data_frame(b"[DONE]")
_BLOCK = 16
"""Obfuscation brings the length of a chunk's JSON to 1 modulo this."""


class ChatEncoder:
    """Writes one streamed answer. With several choices, each has its say on every event, in turn."""

    def __init__(self, request: Request, context: Context) -> None:
        self.headers: Headers = (EVENT_STREAM, *success_headers(context))
        self._completion = Completion(request, context, Options(request))
        self._chunks = _ChunkWriter(self._completion)
        self._opening = _opening(())
        self._merges = False
        self._opened = False
        self._calls = 0
        self._around: Sequence[_Around] | None = None

    def encode(self, event: Event) -> Iterable[bytes]:
        match event:
            case Delta(part=part, text=text):
                if self._around is None:
                    self._around = self._around_pieces(part)
                if self._around is None:
                    return self._say(event)
                said = orjson.dumps(text)
                return [self._chunks.piece(around, said) for around in self._around]
            case PartBegin(part=part):
                self._calls += isinstance(part, ToolCall)
                self._around = None
                return self._say(event)
            case PartEnd():
                return ()
            case Begin(reply=reply):
                parts = self._completion.shown(reply)
                self._opening, self._merges = _opening(parts), _is_single_call(parts)
                return ()
            case End(reply=reply):
                return self._end(reply)

    def fail(self, failure: Failure) -> Iterator[bytes]:
        """End the stream here and now: an error instead of a chunk, and no `[DONE]`."""
        yield data_frame(orjson.dumps(streamed_error(failure, self._completion.request.http)))

    def extra(self) -> bytes:
        """A chunk of an object that nobody knows."""
        return data_frame(
            orjson.dumps({**self._completion.envelope("chat.completion.unheard_of"), "choices": []})
        )

    def _around_pieces(self, part: ReplyPart) -> Sequence[_Around] | None:
        """What stands round the text of each piece of a part, choice by choice. None where pieces differ in
        more than that: the first of all opens the answer, and log probabilities are of the tokens in a piece.
        """
        if not self._opened or self._completion.options.logprobs is not None:
            return None
        delta = self._piece(part, "") if self._completion.has_place(part, self._calls) else None
        choices = range(self._completion.request.choices)
        return [] if delta is None else [self._chunks.around(choice, delta) for choice in choices]

    def _say(self, event: PartBegin | Delta) -> Iterator[bytes]:
        if not self._completion.has_place(event.part, self._calls):
            return
        for choice in range(self._completion.request.choices):
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
            last = {} if self._completion.options.legacy else {"refusal": None}
            yield self._chunk(choice, {**self._opening, **delta, **last})
        else:
            yield self._chunk(choice, self._opening)
            yield self._chunk(choice, delta)

    def _chunk(self, choice: int, delta: JsonObject) -> bytes:
        return self._chunks.choice(choice, delta, self._completion.logprobs(delta))

    def _delta(self, event: PartBegin | Delta, choice: int) -> JsonObject | None:
        """What an event says in the words of the wire; None where it says nothing."""
        match event:
            case PartBegin(part=part):
                return self._head(part, choice)
            case Delta(part=part, text=text):
                return self._piece(part, text)

    def _head(self, part: ReplyPart, choice: int) -> JsonObject | None:
        match part:
            case ToolCall():
                return self._call_head(part, choice)
            case Image():
                return {"content": markdown(part)}
            case Native():
                return self._completion.native(part)
            case Text() | Refusal() | Thinking():
                return None

    def _piece(self, part: ReplyPart, text: str) -> JsonObject | None:
        match part:
            case ToolCall():
                return self._call_piece(part, text)
            case Text() | Refusal() | Thinking():
                return {member_of(part): text}
            case Image() | Native():
                return None

    def _call_head(self, call: ToolCall, choice: int) -> JsonObject:
        if self._completion.options.legacy:
            return {"function_call": {"name": call.name, "arguments": ""}}
        index = self._calls - 1
        return {
            "tool_calls": [{"index": index, **self._completion.call(call, "", choice=choice, index=index)}]
        }

    def _call_piece(self, call: ToolCall, text: str) -> JsonObject:
        if self._completion.options.legacy:
            return {"function_call": {"arguments": text}}
        return {"tool_calls": [{"index": self._calls - 1, **self._completion.more_arguments(call, text)}]}

    def _end(self, reply: Reply) -> Iterator[bytes]:
        choices = range(self._completion.request.choices)
        if not self._opened:
            for choice in choices:
                yield self._chunk(choice, self._opening)
        for choice in choices:
            yield self._chunks.choice(choice, {}, finish_reason=self._completion.finish_reason(reply))
        if self._completion.options.include_usage:
            yield self._chunks.usage(self._completion.usage(reply.usage))
        moderation = self._completion.moderation(reply)
        if moderation:
            yield self._chunks.moderation(moderation)
        yield _DONE


def _opening(parts: Sequence[ReplyPart]) -> JsonObject:
    """The first delta of a choice: it tells what kind of message is to come."""
    members = {member_of(part) for part in parts}
    if "content" not in members:
        if "refusal" in members:
            return {"role": "assistant", "content": None, "refusal": ""}
        if "tool_calls" in members:
            return {"role": "assistant", "content": None}
    return {"role": "assistant", "content": "", "refusal": None}


def _is_single_call(parts: Sequence[ReplyPart]) -> bool:
    """Whether the answer starts with its only call, which then travels in the first delta."""
    members = [member_of(part) for part in parts]
    is_said = "content" in members or "refusal" in members
    return not is_said and members[:1] == ["tool_calls"] and members.count("tool_calls") == 1


class _ChunkWriter:
    """Writes chunks as frames. What is the same in all of them is written once."""

    def __init__(self, completion: Completion) -> None:
        constant = {**completion.envelope("chat.completion.chunk"), **completion.service()}
        self._head = orjson.dumps(constant)[:-1] + b',"choices":'
        self._no_usage = b',"usage":null' if completion.options.include_usage else b""
        self._letters = (
            completion.context.token("obfuscation", 64).encode() if completion.options.obfuscation else b""
        )
        self._written = 0

    def choice(
        self, index: int, delta: JsonObject, logprobs: Json = None, finish_reason: str | None = None
    ) -> bytes:
        return self._frame(self._choice(index, delta, logprobs, finish_reason))

    def around(self, index: int, delta: JsonObject) -> _Around:
        """What stands round the text of pieces; `delta` is that of one whose text is empty."""
        before, _, behind = self._choice(index, delta).rpartition(b'""')
        return before, behind

    def piece(self, around: _Around, text: bytes) -> bytes:
        before, behind = around
        return self._frame(before + text + behind)

    def _choice(
        self, index: int, delta: JsonObject, logprobs: Json = None, finish_reason: str | None = None
    ) -> bytes:
        said = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish_reason}
        return orjson.dumps([said]) + self._no_usage

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
