"""What a stream tells of one part of the reply, between the first and the last event of its item.

Mirrors "Streaming events" of the Responses API reference (2026-11): one writer for each kind of event
family. Writers say which events with which members; item ids, positions and numbers are added by `stream`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Protocol

from mockserver.conversation import Image, JsonObject, Native, Refusal, ReplyPart, Text, Thinking, ToolCall
from mockserver.protocols.openai.responses.options import Options
from mockserver.protocols.openai.responses.output import Place, summary_part, text_part
from mockserver.protocols.openai.responses.stream_scripted import Moment, scripted_moments


class PartWriter(Protocol):
    def begin(self) -> Iterator[Moment]: ...

    def delta(self, text: str) -> Iterator[Moment]: ...

    def end(self) -> Iterator[Moment]: ...


def part_writer(
    part: ReplyPart, item: JsonObject, place: Place, options: Options, *, cut: bool
) -> PartWriter:
    """The writer for a part of `item`; `cut` tells that the response ends in it before its time."""
    match part:
        case Text():
            return _TextWriter(item["content"][place.content_index], place.content_index)
        case Refusal():
            return _RefusalWriter(item["content"][place.content_index], place.content_index)
        case Thinking() if item["summary"]:
            return _SummaryWriter(item["summary"][0], cut=cut)
        case Thinking():
            return _SilentWriter()
        case ToolCall() if item["type"] == "custom_tool_call":
            return _ArgumentsWriter("response.custom_tool_call_input", "input", item)
        case ToolCall():
            return _ArgumentsWriter("response.function_call_arguments", "arguments", item)
        case Image() | Native():
            return _ScriptedWriter(item, options.partial_images)


class _SilentWriter:
    """Sends nothing: the item tells all."""

    def begin(self) -> Iterator[Moment]:
        return iter(())

    def delta(self, _: str) -> Iterator[Moment]:
        return iter(())

    def end(self) -> Iterator[Moment]:
        return iter(())


class _TextWriter:
    def __init__(self, content: JsonObject, index: int) -> None:
        self._content = content
        self._at = {"content_index": index}
        self._logprobs = deque(content["logprobs"])
        self._begun = 0

    def begin(self) -> Iterator[Moment]:
        yield "response.content_part.added", {**self._at, "part": text_part("")}

    def delta(self, text: str) -> Iterator[Moment]:
        logprobs = list(self._tokens_in(text))
        yield "response.output_text.delta", {**self._at, "delta": text, "logprobs": logprobs}

    def end(self) -> Iterator[Moment]:
        content = self._content
        logprobs = [_without_bytes(entry) for entry in content["logprobs"]]
        yield "response.output_text.done", {**self._at, "logprobs": logprobs, "text": content["text"]}
        yield "response.content_part.done", {**self._at, "part": content}

    def _tokens_in(self, delta: str) -> Iterator[JsonObject]:
        """The tokens that begin in `delta`, for a chunk need not be a token. `_begun` counts the letters of
        begun tokens that are still to be sent.
        """
        while self._logprobs and self._begun < len(delta):
            entry = self._logprobs.popleft()
            self._begun += len(entry["token"])
            yield _without_bytes(entry)
        self._begun -= len(delta)


def _without_bytes(entry: JsonObject) -> JsonObject:
    """A log probability as events carry it."""
    best = [{"token": top["token"], "logprob": top["logprob"]} for top in entry["top_logprobs"]]
    return {"token": entry["token"], "logprob": entry["logprob"], "top_logprobs": best}


class _RefusalWriter:
    def __init__(self, content: JsonObject, index: int) -> None:
        self._content = content
        self._at = {"content_index": index}

    def begin(self) -> Iterator[Moment]:
        yield "response.content_part.added", {**self._at, "part": {"type": "refusal", "refusal": ""}}

    def delta(self, text: str) -> Iterator[Moment]:
        yield "response.refusal.delta", {**self._at, "delta": text}

    def end(self) -> Iterator[Moment]:
        yield "response.refusal.done", {**self._at, "refusal": self._content["refusal"]}
        yield "response.content_part.done", {**self._at, "part": self._content}


class _SummaryWriter:
    """A reasoning summary; the API may send several parts, here it is always one."""

    def __init__(self, summary: JsonObject, *, cut: bool) -> None:
        self._summary = summary
        self._cut = {"status": "incomplete"} if cut else {}
        self._at = {"summary_index": 0}

    def begin(self) -> Iterator[Moment]:
        yield "response.reasoning_summary_part.added", {**self._at, "part": summary_part("")}

    def delta(self, text: str) -> Iterator[Moment]:
        yield "response.reasoning_summary_text.delta", {**self._at, "delta": text}

    def end(self) -> Iterator[Moment]:
        yield "response.reasoning_summary_text.done", {**self._at, "text": self._summary["text"]}
        yield "response.reasoning_summary_part.done", {**self._at, **self._cut, "part": self._summary}


class _ArgumentsWriter:
    """The arguments of a function, or the input of a custom tool."""

    def __init__(self, event: str, member: str, item: JsonObject) -> None:
        self._event = event
        self._full = {member: item[member]}

    def begin(self) -> Iterator[Moment]:
        return iter(())

    def delta(self, text: str) -> Iterator[Moment]:
        yield f"{self._event}.delta", {"delta": text}

    def end(self) -> Iterator[Moment]:
        yield f"{self._event}.done", self._full


class _ScriptedWriter:
    """An item that was scripted whole, or is known whole: no deltas of the reply belong to it."""

    def __init__(self, item: JsonObject, partial_images: int) -> None:
        self._item = item
        self._partial_images = partial_images

    def begin(self) -> Iterator[Moment]:
        return scripted_moments(self._item, self._partial_images)

    def delta(self, _: str) -> Iterator[Moment]:
        return iter(())

    def end(self) -> Iterator[Moment]:
        return iter(())
