"""A reply as a list of begin / part / delta / end events, and back.

The events are what every streaming encoder speaks; JSON answers are rendered from the reply itself. Both
come from the same value, and `fold` proves it. No I/O, no clock: how long to wait between events is
`mockserver.playback.tempo`'s matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from mockserver.conversation import (
    Image,
    Native,
    Refusal,
    Reply,
    ReplyPart,
    Text,
    Thinking,
    ToolCall,
)
from mockserver.text.tokens import split_words
from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class Begin:
    """The reply starts. `reply` is the whole reply to come, for what a wire announces up front."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class PartBegin:
    """Part `index` starts; `part` is the whole part, of which a wire shows only the head here."""

    index: int
    part: ReplyPart


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of part `index`: of its text, or of the JSON text of a tool call's arguments."""

    index: int
    part: ReplyPart
    text: str


@dataclass(frozen=True, slots=True)
class PartEnd:
    index: int
    part: ReplyPart


@dataclass(frozen=True, slots=True)
class End:
    reply: Reply


Event: TypeAlias = Begin | PartBegin | Delta | PartEnd | End

Chunker: TypeAlias = Callable[[str], Iterable[str]]
"""Cuts a text into stream pieces; joined they are the text again."""


def events(reply: Reply, chunk: Chunker = split_words) -> Iterator[Event]:
    """The events of `reply`, in the order every wire sends them: one part after the other."""
    yield Begin(reply)
    for index, part in enumerate(reply.parts):
        yield PartBegin(index, part)
        text = streamed_text(part)
        if text:
            for piece in chunk(text):
                yield Delta(index, part, piece)
        yield PartEnd(index, part)
    yield End(reply)


def streamed_text(part: ReplyPart) -> str:
    """What of a part travels in deltas; parts that are sent whole have none."""
    match part:
        case Text(text=text) | Refusal(text=text):
            return text
        case Thinking(text=text, redacted=redacted):
            return "" if redacted else text
        case ToolCall():
            return part.arguments_text
        case Image() | Native():
            return ""


def fold(stream: Iterable[Event]) -> Reply:
    """The reply that a stream of events tells, built from its deltas alone."""
    parts: list[ReplyPart] = []
    texts: list[str] = []
    for event in stream:
        match event:
            case Begin():
                pass
            case PartBegin(part=part):
                parts.append(part)
                texts.append("")
            case Delta(index=index, text=text):
                texts[index] += text
            case PartEnd(index=index):
                parts[index] = _with_text(parts[index], texts[index])
            case End(reply=reply):
                return replace(reply, parts=tuple(parts))
    raise ValueError("the stream of events has no end")


def _with_text(part: ReplyPart, text: str) -> ReplyPart:
    match part:
        case Text() | Refusal():
            return replace(part, text=text)
        case Thinking(redacted=False):
            return replace(part, text=text)
        case ToolCall(arguments=str()):
            return replace(part, arguments=text)
        case ToolCall():
            return replace(part, arguments=ToolCall(part.name, text).arguments_value)
        case Thinking() | Image() | Native():
            return part
