"""What is handed back of an answer, and the strings in it that are its own: ids and signatures. They differ
from one telling to the next; all else that was said does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat

from mockserver.conversation import MessagePart, Refusal, Text, Thinking, ToolCall
from mockserver.history.fidelity import Parts


def own_strings(said: Parts) -> Sequence[str] | None:
    """Those in it, in their order. None where there may be others."""
    found: list[str | None] = []
    for part in said:
        match part:
            case Text() | Refusal():
                pass
            case ToolCall():
                found += (part.id, part.signature)
            case Thinking(redacted=False):
                found.append(part.signature)
            case _:
                return None
    return [own for own in found if own is not None]


def with_strings(said: Parts, own: Iterator[str]) -> Parts:
    """The same with these, in their order."""
    return tuple([_with_strings(part, own) for part in said])


def without_strings(said: Parts) -> Parts:
    """What is the same whenever it is told. Parts that are equal may differ in what is told of them apart."""
    return with_strings(said, repeat(""))


def _with_strings(part: MessagePart, own: Iterator[str]) -> MessagePart:
    match part:
        case ToolCall():
            its_id = None if part.id is None else next(own)
            signature = None if part.signature is None else next(own)
            return ToolCall(part.name, part.arguments, its_id, signature)
        case Thinking():
            return Thinking(part.text, None if part.signature is None else next(own), part.redacted)
        case _:
            return part
