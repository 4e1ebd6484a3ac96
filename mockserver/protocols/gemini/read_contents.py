"""The messages of a conversation, down to a single Part.

Mirrors "Content" and "Part" of the Gemini API reference, "Function calling" and "Thought signatures"
(2026-11). The same parts come from clients (checked) and from recordings (not checked), so reading a part
tolerates whatever a member may hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from mockserver.conversation import (
    Attachment,
    Json,
    JsonObject,
    Message,
    MessagePart,
    Native,
    Role,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    json_text,
)
from mockserver.protocols.gemini.proto_types import as_base64
from mockserver.protocols.gemini.response import Voice
from mockserver.protocols.gemini.wire import NAME
from mockserver.protocols.long_bodies import each
from mockserver.protocols.tolerant import members, objects, text

_WRAPPERS = ("result", "output", "return_value")
"""Keys under which SDKs, guides and frameworks put a plain result, as a response must be an object."""

_MARKS = frozenset({"thought", "thoughtSignature"})
"""What a part may hold beside its data and yet say nothing by itself."""


def read_contents(body: JsonObject) -> tuple[Message, ...]:
    """The messages; tool results stand in messages of their own, whatever role they came under."""
    return tuple(chain.from_iterable(each(body.get("contents") or (), _messages)))


def _messages(content: JsonObject, at: int) -> Sequence[Message]:
    own: Role = "assistant" if content.get("role") == "model" else "user"
    role: Role | None = None
    parts: list[MessagePart] = []
    messages: list[Message] = []
    for part in content.get("parts") or ():
        its: Role = own if part.get("functionResponse") is None else "tool"
        if its != role:
            if role:
                messages.append(_message(role, parts, at))
            role, parts = its, []
        parts += read_part(part)
    if role:
        messages.append(_message(role, parts, at))
    return messages


def read_system(body: JsonObject) -> str:
    """The texts of the system instruction, a line each."""
    parts = (body.get("systemInstruction") or {}).get("parts") or ()
    return "\n".join(part["text"] for part in parts if part.get("text"))


def said(told: Voice) -> tuple[MessagePart, ...]:
    """What a client hands back of a reply: the Parts that it was shown, read like any other. Of one that was
    blocked nothing can be told: what came before the block may be kept or not.
    """
    if told.reply.finish == "content_filter":
        return ()
    shown = (told.part(index) for index in range(len(told.reply.parts)))
    return tuple(read for part in shown if isinstance(part, dict) for read in read_part(part))


def _message(role: Role, parts: list[MessagePart], at: int) -> Message:
    return Message(role, tuple(parts), f"/contents/{at}" if role == "assistant" else "")


def read_part(part: JsonObject) -> Sequence[MessagePart]:
    """The neutral parts of a Part of a conversation. The signature on anything but a thought or a call has no
    place among them.
    """
    if isinstance(words := part.get("text"), str):
        if part.get("thought"):
            return (Thinking(words, text(part.get("thoughtSignature")) or None),)
        return (Text(words),)
    if isinstance(call := part.get("functionCall"), dict):
        return (_read_call(call, text(part.get("thoughtSignature"))),)
    if isinstance(response := part.get("functionResponse"), dict):
        return (_read_result(response), *chain.from_iterable(map(_read_rest, objects(response.get("parts")))))
    return _read_rest(part)


def _read_rest(part: JsonObject) -> Sequence[MessagePart]:
    """A file, or what only this wire has."""
    match part:
        case {"inlineData": dict() as blob}:
            return (Attachment(text(blob.get("mimeType")), data=text(blob.get("data"))),)
        case {"fileData": dict() as file}:
            return (Attachment(text(file.get("mimeType")), url=text(file.get("fileUri"))),)
        case _ if part.keys() - _MARKS:
            return (Native({NAME: part}),)
        case _:
            return ()


_ARGUMENTS = (dict, str)


def _read_call(call: JsonObject, signature: str) -> ToolCall:
    arguments = call.get("args")
    return ToolCall(
        text(call.get("name")),
        arguments if isinstance(arguments, _ARGUMENTS) else {},
        text(call.get("id")) or None,
        as_base64(signature) if signature else None,
    )


def _read_result(response: JsonObject) -> ToolResult:
    name = text(response.get("name"))
    value, is_error = _unwrap(members(response.get("response")), name)
    result = value if isinstance(value, str) else json_text(value)
    return ToolResult(text(response.get("id")), result, name, is_error)


def _unwrap(response: JsonObject, name: str) -> tuple[Json, bool]:
    """The result without the object it was wrapped in, and whether it is an error. Some SDKs repeat the
    function's name in the wrapper.
    """
    named = response.get("name") == name
    rest = [key for key in response if not (named and key == "name")]
    if rest == ["error"]:
        return response["error"], True
    if len(rest) == 1 and (rest[0] in _WRAPPERS or (named and rest[0] == "content")):
        return response[rest[0]], False
    return response, False
