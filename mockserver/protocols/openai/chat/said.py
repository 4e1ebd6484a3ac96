"""What a client hands back of a reply: the message that went over the wire, read as one of a history.

Mirrors the assistant's messages of "Create chat completion" of the OpenAI API reference (2026-11). Nothing is
compared here.
"""

from __future__ import annotations

from dataclasses import replace

from mockserver.conversation import Failure, MessagePart, Reply, Request, ToolCall
from mockserver.protocols.base import Context
from mockserver.protocols.gate import Gate, check_body
from mockserver.protocols.openai.chat.completion import Completion
from mockserver.protocols.openai.chat.contract_messages import AssistantMessage
from mockserver.protocols.openai.chat.options import Options
from mockserver.protocols.openai.chat.read_messages import assistant_parts
from mockserver.protocols.openai.chat.render import message_of
from mockserver.protocols.openai.wording import wording

_WORDING = wording({})


def said(reply: Reply, request: Request, context: Context) -> tuple[MessagePart, ...]:
    """The parts of the answer as a history holds them."""
    told = message_of(Completion(request, context, Options(request)), reply)
    # A scripted answer may be such that it cannot be handed back; what there is of it is read all the same.
    message = check_body(AssistantMessage, told, Gate("off"), _WORDING)
    if isinstance(message, Failure):
        return ()
    parts = assistant_parts(message)
    return parts if request.choices == 1 else tuple(map(_of_any_choice, parts))


def _of_any_choice(part: MessagePart) -> MessagePart:
    """The choices differ in the ids of their calls alone, and the client may go on from any of them."""
    return replace(part, id=None) if isinstance(part, ToolCall) else part
