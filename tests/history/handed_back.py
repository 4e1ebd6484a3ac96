"""What was said, and what comes back of it."""

from __future__ import annotations

from dataclasses import replace

from mockserver.conversation import Attachment, Finding, Message, MessagePart, Text, ToolCall
from mockserver.history.fidelity import Memory, followed

HELLO = Message("user", (Text("Hello"),))
NEXT = Message("user", (Text("And now?"),))
WEATHER = ToolCall("weather", {"city": "Rome", "days": [1, 2]}, "call-1")
SIGNED = replace(WEATHER, signature="c2ln")
TIME = ToolCall("time", {}, "call-2")
PICTURE = Attachment("image/png", url="http://a/picture.png")


def assistant(*parts: MessagePart) -> Message:
    return Message("assistant", parts)


def remembering(*parts: MessagePart, after: tuple[Message, ...] = (HELLO,), whole: bool = True) -> Memory:
    memory = Memory()
    memory.remember(followed(after), parts, lambda: whole)
    return memory


def findings(memory: Memory, *messages: Message) -> list[Finding]:
    return list(memory.differences(followed(messages)))


def between(said: tuple[MessagePart, ...], came: tuple[MessagePart, ...]) -> list[str]:
    """The codes of what differs, where the turn came back in one message."""
    found = findings(remembering(*said), HELLO, assistant(*came), NEXT)
    return [finding.code for finding in found]
