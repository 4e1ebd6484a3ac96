"""A reply as the chunks of a legacy completion.

Mirrors `stream` of "Create completion" of the OpenAI API reference (2026-11): chunks have the shape of the
whole answer, frames are `data: …` lines alone, and the last one is `[DONE]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from mockserver.conversation import Failure, JsonObject, Reply, Request
from mockserver.events import Begin, Delta, End, Event, PartBegin, PartEnd
from mockserver.protocols.base import Context, Headers
from mockserver.protocols.openai.completions.errors import streamed_error
from mockserver.protocols.openai.completions.render import LegacyCompletion, finish_reason, is_told
from mockserver.protocols.openai.headers import EVENT_STREAM, success_headers
from mockserver.protocols.sse import data_frame

_DONE = data_frame(b"[DONE]")


class CompletionEncoder:
    """Writes one streamed answer. With several choices, each has its say on every event, in turn."""

    def __init__(self, request: Request, context: Context) -> None:
        self.headers: Headers = (EVENT_STREAM, *success_headers(context))
        self._legacy = LegacyCompletion(request, context)
        self._offsets = [0] * request.choices
        self._includes_usage = self._legacy.include_usage
        # What is the same in all chunks is written once.
        self._head = orjson.dumps(self._legacy.envelope())[:-1] + b',"choices":'
        self._tail = b"," + orjson.dumps(self._legacy.service())[1:]

    def encode(self, event: Event) -> Iterable[bytes]:
        match event:
            case Delta(part=part, text=text):
                return [self._say(index, text) for index in self._choices] if is_told(part) else ()
            case PartBegin() | PartEnd():
                return ()
            case Begin():
                echoed = ((index, prompt) for index in self._choices for prompt in self._legacy.echoed(index))
                return (self._say(index, prompt) for index, prompt in echoed)
            case End(reply=reply):
                return self._end(reply)

    def fail(self, failure: Failure) -> Iterator[bytes]:
        """End the stream here and now: an error instead of a chunk, and no `[DONE]`."""
        yield data_frame(orjson.dumps(streamed_error(failure, self._legacy.request.http)))

    def extra(self) -> bytes:
        """A chunk of an object that nobody knows."""
        return data_frame(
            orjson.dumps({**self._legacy.envelope(), "object": "text_completion.unheard_of", "choices": []})
        )

    @property
    def _choices(self) -> range:
        return range(self._legacy.request.choices)

    def _say(self, index: int, text: str) -> bytes:
        chunk = self._chunk([self._legacy.choice(index, [text], None, self._offsets[index])])
        self._offsets[index] += len(text)
        return chunk

    def _end(self, reply: Reply) -> Iterator[bytes]:
        for index in self._choices:
            choice = self._legacy.choice(index, [], finish_reason(reply), self._offsets[index])
            yield self._chunk([{**choice, "logprobs": None}])
        if self._includes_usage:
            yield self._chunk([], self._legacy.usage(reply.usage))
        yield _DONE

    def _chunk(self, choices: list[JsonObject], usage: JsonObject | None = None) -> bytes:
        told = b',"usage":' + orjson.dumps(usage) if self._includes_usage else b""
        return data_frame(self._head + orjson.dumps(choices) + told + self._tail)
