"""A reply as the output items of a response, and where each of its parts stands in them.

Mirrors "The response object" of the Responses API reference (2026-11); members stand in the order of live
answers: id, type, status, then by name. JSON answers and streams are both written from the `Output` made
here, so that `output_item.done`, the terminal event and the JSON body tell the same items.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Literal, TypeAlias

from mockserver.conversation import (
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
from mockserver.events import streamed_text
from mockserver.protocols.base import Context
from mockserver.protocols.openai.logprobs import token_logprobs
from mockserver.protocols.openai.responses.ids import call_id, item_id
from mockserver.protocols.openai.responses.latest import latest
from mockserver.protocols.openai.responses.options import Options
from mockserver.protocols.openai.responses.read_items import NAME
from mockserver.values import dataclass

_NATIVE_PREFIXES = {
    "message": "msg",
    "function_call": "fc",
    "custom_tool_call": "ctc",
    "reasoning": "rs",
    "web_search_call": "ws",
    "file_search_call": "fs",
    "code_interpreter_call": "ci",
    "image_generation_call": "ig",
    "mcp_call": "mcp",
    "mcp_list_tools": "mcpl",
    "compaction": "cmp",
}
_INCOMPLETE_REASONS = {
    "length": "max_output_tokens",
    "max_output_tokens": "max_output_tokens",
    "content_filter": "content_filter",
    "max_messages": "max_messages",
    "steered": "steered",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part of the reply stands: in which item, and as which of its contents. It `opens` the item or
    `closes` it when it is the first or the last in it.
    """

    output_index: int
    content_index: int
    opens: bool
    closes: bool


@dataclass(frozen=True, slots=True)
class Output:
    """The finished items, and the place of every part by its index; a part that is left out has none.
    `incomplete` tells that the last item was cut.
    """

    items: tuple[JsonObject, ...] = ()
    places: Mapping[int, Place] = field(default_factory=dict)
    incomplete: bool = False


_Group: TypeAlias = list[tuple[int, ReplyPart]]
"""The parts, with their index, that make up one item."""


def incomplete_reason(reply: Reply) -> str | None:
    """Why the response is `incomplete`; None when it is `completed`."""
    finish = reply.finish.value if isinstance(reply.finish, NativeFinish) else reply.finish
    return _INCOMPLETE_REASONS.get(finish)


@latest
def output_of(reply: Reply, request: Request, context: Context) -> Output:
    groups = tuple(_groups(reply.parts))
    incomplete = incomplete_reason(reply) is not None
    items = _Items(Options(request), context)
    # It is the last item that the limit has cut.
    cut = len(groups) - 1 if incomplete else None
    return Output(
        tuple(
            items.item(group, f"item:{at}", "incomplete" if at == cut else "completed")
            for at, group in enumerate(groups)
        ),
        {
            index: Place(at, content, content == 0, content == len(group) - 1)
            for at, group in enumerate(groups)
            for content, (index, _) in enumerate(group)
        },
        incomplete,
    )


def _groups(parts: Sequence[ReplyPart]) -> Iterator[_Group]:
    """Contents in a row are one message; anything else is an item of its own."""
    message: _Group = []
    for index, part in enumerate(parts):
        match _form(part):
            case "content":
                message.append((index, part))
            case "item":
                if message:
                    yield message
                message = []
                yield [(index, part)]
            case "nothing":
                pass
    if message:
        yield message


def _form(part: ReplyPart) -> Literal["content", "item", "nothing"]:
    """Whether a part is a content of a message or an item of its own, if this wire has it."""
    match part:
        case Text() | Refusal():
            return "content"
        case Thinking() | ToolCall() | Image():
            return "item"
        case Native():
            return "nothing" if native_item(part) is None else "item"


def native_item(part: Native) -> JsonObject | None:
    """The scripted output item; None where the script has none for this wire."""
    value = part.on(NAME)
    return value if isinstance(value, dict) and isinstance(value.get("type"), str) else None


# ------------------------------------------------------------------------------------------------- items


@dataclass(frozen=True, slots=True)
class _Items:
    """Writes finished items. `label` tells an item from the others of its response."""

    options: Options
    context: Context

    def item(self, group: _Group, label: str, status: str) -> JsonObject:
        index, part = group[0]
        match part:
            case Text() | Refusal():
                content = [self._content(part) for _, part in group]
                return _message(self._id("msg", label), status, content)
            case Thinking():
                return self._reasoning(part, self._id("rs", label))
            case ToolCall():
                return self._call(part, label, status, call_id(part, index, self.context))
            case Image():
                return _image(part, self._id("ig", label))
            case Native():
                return self._native(native_item(part) or {}, label)

    def _id(self, prefix: str, label: str) -> str:
        return item_id(prefix, label, self.context)

    def _content(self, part: ReplyPart) -> JsonObject:
        text = streamed_text(part)
        if isinstance(part, Refusal):
            return {"type": "refusal", "refusal": text}
        alternatives = self.options.logprobs
        return text_part(text, () if alternatives is None else token_logprobs(text, alternatives))

    def _reasoning(self, part: Thinking, identity: str) -> JsonObject:
        shown = self.options.summary and part.text and not part.redacted
        item: JsonObject = {"id": identity, "type": "reasoning"}
        if self.options.encrypted:
            hidden = part.text if part.redacted else part.signature
            item["encrypted_content"] = hidden or encrypted_content(identity, self.context)
        item["summary"] = [summary_part(part.text)] if shown else []
        return item

    def _call(self, call: ToolCall, label: str, status: str, called: str) -> JsonObject:
        text = call.arguments_text
        if self.options.takes_text(call.name):
            head = {"id": self._id("ctc", label), "type": "custom_tool_call", "status": status}
            return {**head, "call_id": called, "input": text, "name": call.name}
        head = {"id": self._id("fc", label), "type": "function_call", "status": status}
        return {**head, "arguments": text, "call_id": called, "name": call.name}

    def _native(self, item: JsonObject, label: str) -> JsonObject:
        """A scripted item as it stands; the id may be left to the server."""
        prefix = _NATIVE_PREFIXES.get(item["type"])
        if prefix is None or "id" in item:
            return item
        return {"id": self._id(prefix, label), **item}


def _message(identity: str, status: str, content: list[JsonObject]) -> JsonObject:
    head = {"id": identity, "type": "message", "status": status}
    return {**head, "content": content, "role": "assistant"}


def _image(image: Image, identity: str) -> JsonObject:
    return {
        "id": identity,
        "type": "image_generation_call",
        "status": "completed",
        "output_format": image.media_type.removeprefix("image/").partition("+")[0],
        "result": image.data,
    }


def text_part(text: str, logprobs: Sequence[JsonObject] = ()) -> JsonObject:
    return {"type": "output_text", "annotations": [], "logprobs": list(logprobs), "text": text}


def summary_part(text: str) -> JsonObject:
    return {"type": "summary_text", "text": text}


def encrypted_content(label: str, context: Context) -> str:
    """What stands for encrypted reasoning: opaque, and always the same for the same label."""
    return "gAAAAA" + "".join(context.token(f"encrypted:{label}:{block}", 64) for block in range(2)) + "=="
