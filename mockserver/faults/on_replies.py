"""Faults of the model: a reply that is well formed on the wire and wrong in itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mockserver.conversation import Reply, ReplyPart, Text, ToolCall
from mockserver.faults.known import CONVERSATIONS, KnownFault


def _each_call(edit: Callable[[ToolCall], ToolCall]) -> Callable[[Reply], Reply]:
    """An edit of a reply that edits its calls alone."""

    def edited(reply: Reply) -> Reply:
        parts: tuple[ReplyPart, ...] = tuple(
            edit(part) if isinstance(part, ToolCall) else part for part in reply.parts
        )
        return replace(reply, parts=parts)

    return edited


def _unknown(call: ToolCall) -> ToolCall:
    return replace(call, name="no_such_tool")


def _without_arguments(call: ToolCall) -> ToolCall:
    return replace(call, arguments={})


def _unasked_arguments(call: ToolCall) -> ToolCall:
    asked = call.arguments_value
    known = asked if isinstance(asked, dict) else {}
    return replace(call, arguments={**known, "unasked": [None, {"deep": True}]})


def _broken(call: ToolCall) -> ToolCall:
    return replace(call, arguments='{"broken": "')


def _same_id(call: ToolCall) -> ToolCall:
    return replace(call, id="call_the_same_for_all_of_them")


def _nothing(reply: Reply) -> Reply:
    return replace(reply, parts=(), finish="stop")


def _endless(reply: Reply) -> Reply:
    """The reply's text over and over, until the limit of tokens."""
    text = reply.text or "again "
    return replace(reply, parts=(Text((text + " ") * max(2, _LONG // len(text))),), finish="length")


_LONG = 4_000

ON_REPLIES = (
    KnownFault(
        "empty-reply",
        "The model says nothing: no text, no call, an ordinary end.",
        "Takes it for an empty answer, and does not wait for more.",
        (),
        reply=_nothing,
    ),
    KnownFault(
        "endless-reply",
        "The model repeats itself until the limit of tokens.",
        "Sees that the limit ended it.",
        (17,),
        reply=_endless,
    ),
    KnownFault(
        "unknown-tool",
        "The model calls a tool that was not offered.",
        "Tells the model so in a tool result, and does not fail.",
        reply=_each_call(_unknown),
        wires=CONVERSATIONS,
        needs="tool_call",
    ),
    KnownFault(
        "missing-arguments",
        "The model calls a tool without the arguments that it needs.",
        "Checks the arguments and tells the model what is missing.",
        reply=_each_call(_without_arguments),
        wires=CONVERSATIONS,
        needs="tool_call",
    ),
    KnownFault(
        "unasked-arguments",
        "The model passes an argument that the tool does not know.",
        "Checks the arguments and tells the model, or leaves it out.",
        reply=_each_call(_unasked_arguments),
        wires=CONVERSATIONS,
        needs="tool_call",
    ),
    KnownFault(
        "broken-arguments",
        "The arguments of a call are not JSON.",
        "Does not run the call; tells the model, or reports it.",
        reply=_each_call(_broken),
        wires=("openai.chat", "openai.responses", "anthropic"),
        needs="tool_call",
    ),
    KnownFault(
        "same-call-id",
        "All calls of the reply have one id.",
        "Matches results to calls by their order too, or reports it.",
        (33,),
        reply=_each_call(_same_id),
        wires=CONVERSATIONS,
        needs="tool_call",
    ),
)
