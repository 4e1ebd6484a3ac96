"""A reply as the JSON body of Chat Completions.

Mirrors "The chat completion object" of the OpenAI API reference (2026-11), with the gateway's
`reasoning_content`.
"""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.conversation import (
    Image,
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
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.openai.chat.answer import ChatAnswer, options_of
from mockserver.protocols.openai.chat.assembling import merge
from mockserver.protocols.openai.chat.content import markdown
from mockserver.protocols.openai.errors import json_answer


def render(reply: Reply, request: Request, context: Context) -> Answer:
    answer = ChatAnswer(request, context, options_of(request))
    parts = answer.shown(reply)
    body = {
        **answer.envelope("chat.completion"),
        "choices": [_choice(answer, parts, reply, index) for index in range(request.choices)],
        "usage": answer.usage(reply.usage),
        **answer.service(),
    }
    if request.body.get("store"):
        body["metadata"] = request.body.get("metadata") or {}
    moderation = answer.moderation()
    if moderation:
        body["moderation"] = moderation
    return json_answer(body, context)


def _choice(answer: ChatAnswer, parts: Sequence[ReplyPart], reply: Reply, index: int) -> JsonObject:
    message = _message(answer, parts, index)
    return {
        "index": index,
        "message": message,
        "logprobs": answer.logprobs(message),
        "finish_reason": answer.finish_reason(reply),
    }


def _message(answer: ChatAnswer, parts: Sequence[ReplyPart], choice: int) -> JsonObject:
    calls = [part for part in parts if isinstance(part, ToolCall)]
    refusals = [part.text for part in parts if isinstance(part, Refusal)]
    message: JsonObject = {
        "role": "assistant",
        "content": _content(parts) or (None if calls or refusals else ""),
        **_reasoning(parts),
        **_calls(answer, calls, choice),
        "refusal": "".join(refusals) if refusals else None,
        "annotations": [],
    }
    for part in parts:
        if isinstance(part, Native):
            merge(message, answer.native(part))
    return message


def _content(parts: Sequence[ReplyPart]) -> str:
    """Texts and images in one string."""
    pieces = []
    for part in parts:
        match part:
            case Text(text=text):
                pieces.append(text)
            case Image():
                pieces.append(markdown(part))
            case _:
                pass
    return "".join(pieces)


def _reasoning(parts: Sequence[ReplyPart]) -> JsonObject:
    thoughts = [part.text for part in parts if isinstance(part, Thinking)]
    return {"reasoning_content": "".join(thoughts)} if thoughts else {}


def _calls(answer: ChatAnswer, calls: Sequence[ToolCall], choice: int) -> JsonObject:
    """The calls; the key is absent, never null or empty, when there are none."""
    if not calls:
        return {}
    if answer.options.legacy:
        return {"function_call": {"name": calls[0].name, "arguments": calls[0].arguments_text}}
    made = [
        answer.call(call, call.arguments_text, choice=choice, index=index) for index, call in enumerate(calls)
    ]
    return {"tool_calls": made}
