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
from mockserver.protocols import tolerant
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.openai.chat.chunks import merge
from mockserver.protocols.openai.chat.completion import Completion, Member, member_of
from mockserver.protocols.openai.chat.content import markdown
from mockserver.protocols.openai.chat.options import Options
from mockserver.protocols.openai.headers import json_answer


def render(reply: Reply, request: Request, context: Context) -> Answer:
    return json_answer(completion_of(reply, request, context), context)


def completion_of(reply: Reply, request: Request, context: Context) -> JsonObject:
    """The whole answer, as it is given and as it is stored."""
    completion = Completion(request, context, Options(request))
    parts = completion.shown(reply)
    body = {
        **completion.envelope("chat.completion"),
        "choices": [_choice(completion, parts, reply, index) for index in range(request.choices)],
        "usage": completion.usage(reply.usage),
        **completion.service(),
    }
    if completion.options.store:
        body["metadata"] = tolerant.members(request.body.get("metadata"))
    moderation = completion.moderation(reply)
    if moderation:
        body["moderation"] = moderation
    return body


def message_of(completion: Completion, reply: Reply) -> JsonObject:
    """The message of the first choice."""
    return _message(completion, completion.shown(reply), 0)


def _choice(completion: Completion, parts: Sequence[ReplyPart], reply: Reply, index: int) -> JsonObject:
    message = _message(completion, parts, index)
    return {
        "index": index,
        "message": message,
        "logprobs": completion.logprobs(message),
        "finish_reason": completion.finish_reason(reply),
    }


def _message(completion: Completion, parts: Sequence[ReplyPart], choice: int) -> JsonObject:
    texts = _texts(parts)
    calls = [part for part in parts if isinstance(part, ToolCall)]
    refusal, thoughts = texts.get("refusal"), texts.get("reasoning_content")
    message: JsonObject = {
        "role": "assistant",
        "content": texts.get("content") or ("" if refusal is None and not calls else None),
        **({} if thoughts is None else {"reasoning_content": thoughts}),
        **_calls(completion, calls, choice),
        "refusal": refusal,
        "annotations": [],
    }
    for part in parts:
        if isinstance(part, Native):
            merge(message, completion.native(part))
    return message


def _texts(parts: Sequence[ReplyPart]) -> dict[Member, str]:
    """The text of each member that the parts are told in."""
    texts: dict[Member, str] = {}
    for part in parts:
        member = member_of(part)
        texts[member] = texts.get(member, "") + _text(part)
    return texts


def _text(part: ReplyPart) -> str:
    match part:
        case Text(text=text) | Refusal(text=text) | Thinking(text=text):
            return text
        case Image():
            return markdown(part)
        case ToolCall() | Native():
            return ""


def _calls(completion: Completion, calls: Sequence[ToolCall], choice: int) -> JsonObject:
    """The calls; the key is absent, never null or empty, when there are none."""
    if not calls:
        return {}
    if completion.options.legacy:
        return {"function_call": {"name": calls[0].name, "arguments": calls[0].arguments_text}}
    made = [
        completion.call(call, call.arguments_text, choice=choice, index=index)
        for index, call in enumerate(calls)
    ]
    return {"tool_calls": made}
