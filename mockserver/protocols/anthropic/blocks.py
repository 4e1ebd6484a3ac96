"""Content blocks <-> parts: the one table for what an assistant says, in answers, histories and recordings.

Mirrors "Content blocks" of the Messages API reference (2026-11). Which parts an answer holds at all, and what
they carry that the script does not say, is decided by `settle`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import TypeAlias

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
from mockserver.protocols.base import Context
from mockserver.protocols.drawing import BASE58
from mockserver.protocols.tolerant import members, objects, text

FAMILY = "anthropic"

SettledPart: TypeAlias = Text | Thinking | ToolCall | Native
"""A part with everything on it that its block shows."""

_TOOLSETS = {"computer_toolset_20260801": "computer", "browser_toolset_20260801": "browser"}

# ----------------------------------------------------------------------------------------- block -> part


def part_from_block(block: JsonObject) -> ReplyPart:
    """What a block says. Blocks that no other wire has stay as they are."""
    match block.get("type"):
        case "text" if not block.get("citations"):
            return Text(text(block.get("text")))
        case "tool_use":
            return ToolCall(text(block.get("name")), _arguments(block.get("input")), text(block.get("id")))
        case "thinking":
            return Thinking(text(block.get("thinking")), text(block.get("signature")))
        case "redacted_thinking":
            return Thinking(text(block.get("data")), redacted=True)
        case _:
            return Native({FAMILY: block})


_ARGUMENTS = (dict, str)


def _arguments(value: Json) -> JsonObject | str:
    return value if isinstance(value, _ARGUMENTS) else {}


# ----------------------------------------------------------------------------------------- part -> block


def block_from_part(part: SettledPart, request: Request) -> JsonObject:
    """The whole block that shows a part."""
    match part:
        case Text(text=shown):
            return {"type": "text", "text": shown}
        case Thinking(text=opaque, redacted=True):
            return {"type": "redacted_thinking", "data": opaque}
        case Thinking(text=shown, signature=signature):
            return {"type": "thinking", "thinking": shown, "signature": signature}
        case ToolCall():
            return head_of_call(part, request) | {"input": input_of(part)}
        case Native():
            return dict(members(part.on(FAMILY)))


def head_of_call(call: ToolCall, request: Request) -> JsonObject:
    """A call's block as a stream opens it: all but the input."""
    head = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}, "caller": {"type": "direct"}}
    toolset = _toolset(call, request)
    return head | {"toolset_name": toolset} if toolset else head


def input_of(call: ToolCall) -> JsonObject | str:
    """The arguments as the object they should be; a string that tells no object stays that string."""
    if not isinstance(call.arguments, str):
        return call.arguments
    value = call.arguments_value
    return value if isinstance(value, dict) else call.arguments or {}


def _toolset(call: ToolCall, request: Request) -> str:
    """The toolset that a call's name must come from, as no tool of that name was offered by itself."""
    if any(tool.name == call.name for tool in request.tools):
        return ""
    types = (tool.get("type") for tool in objects(request.body.get("tools")))
    return next((_TOOLSETS[name] for name in types if name in _TOOLSETS), "")


# --------------------------------------------------------------------------------------------- settling


def settle_parts(reply: Reply, request: Request, context: Context) -> Iterator[SettledPart]:
    """The parts that an answer shows, in their order."""
    for index, part in enumerate(reply.parts):
        settled = settle(part, index, request, context)
        if settled is not None:
            yield settled


def said_parts(reply: Reply, request: Request, context: Context) -> Iterator[ReplyPart]:
    """The parts of an answer as they are read again where a client hands it back."""
    for part in settle_parts(reply, request, context):
        yield part_from_block(block_from_part(part, request))


def settle(part: ReplyPart, index: int, request: Request, context: Context) -> SettledPart | None:
    """The part as this answer shows it, with id and signature; None where the answer leaves it out."""
    if request.max_tokens == 0:
        return None  # "Set to 0 to populate the prompt cache without generating a response."
    if request.body.get("compaction"):
        return _settle_summary(part)
    return _settle_shown(part, index, request, context)


def _settle_shown(part: ReplyPart, index: int, request: Request, context: Context) -> SettledPart | None:
    match part:
        case Text(text="") | Refusal(text=""):
            return None  # a client could not even send an empty block back
        case Text():
            return part
        case Refusal(text=said):
            return Text(said)
        case Image(media_type=media_type):
            return Text(f"[{media_type} image]")
        case Thinking():
            return _settle_thinking(part, index, request, context)
        case ToolCall(id=None):
            made = "toolu_01" + context.token(f"tool_use.{index}", 22, BASE58)
            return ToolCall(part.name, part.arguments, made, part.signature)
        case ToolCall():
            return part
        case Native():
            return part if isinstance(part.on(FAMILY), dict) else None


def _settle_summary(part: ReplyPart) -> SettledPart | None:
    """The part as a summary of the conversation: that is all that a request for one is given."""
    match part:
        case Text(text=summary) if summary:
            return Native({FAMILY: {"type": "compaction", "content": summary, "encrypted_content": None}})
        case Native() if members(part.on(FAMILY)).get("type") == "compaction":
            return part
        case _:
            return None


def _settle_thinking(part: Thinking, index: int, request: Request, context: Context) -> Thinking:
    if part.redacted:
        return part
    shown = "" if _hides_thinking(request) else part.text
    if part.signature is not None:
        return Thinking(shown, part.signature)
    return Thinking(shown, context.derived(_in_base64, f"signature.{index}", 64))


def _in_base64(letters: str) -> str:
    return b64encode(letters.encode()).decode()


def _hides_thinking(request: Request) -> bool:
    """Whether only the signatures of thinking were asked for."""
    return members(request.body.get("thinking")).get("display") == "omitted"
