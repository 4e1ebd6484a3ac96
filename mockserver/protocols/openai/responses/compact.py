"""Compacting a conversation: the user's messages stay, all else goes into an opaque item.

Mirrors "Compact a response" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mockserver.conversation import Failure, Http, JsonObject, Usage
from mockserver.limits import count_input
from mockserver.protocols.base import Answer, Context
from mockserver.protocols.gate import Gate
from mockserver.protocols.openai.headers import json_answer
from mockserver.protocols.openai.responses.checking import body_of
from mockserver.protocols.openai.responses.compaction import sealed
from mockserver.protocols.openai.responses.contract import CompactResponse
from mockserver.protocols.openai.responses.contract_items import item_type
from mockserver.protocols.openai.responses.history import conversation_of
from mockserver.protocols.openai.responses.ids import item_id, response_id
from mockserver.protocols.openai.responses.listing import listed
from mockserver.protocols.openai.responses.read import read_as
from mockserver.protocols.openai.responses.response import usage_object
from mockserver.text.tokens import count_tokens


def compact(http: Http, context: Context) -> Answer | Failure:
    """`POST /v1/responses/compact`."""
    body = body_of(http)
    if isinstance(body, Failure):
        return body
    request = read_as(CompactResponse, body, http, context)
    if isinstance(request, Failure):
        return request
    conversation = conversation_of(request.body, context, Gate("off"))
    items = () if isinstance(conversation, Failure) else conversation.items
    dropped = " ".join(message.text for message in request.messages if message.role == "assistant")
    usage = Usage(input=count_input(request), output=count_tokens(dropped))
    compacted = {
        "id": response_id(context),
        "object": "response.compaction",
        "created_at": int(context.now),
        "output": _output(items, context),
        "usage": usage_object(usage),
    }
    return replace(json_answer(compacted, context), findings=request.findings)


def _output(items: Sequence[JsonObject], context: Context) -> list[JsonObject]:
    owner = response_id(context)
    told = [listed(item, at, owner) for at, item in enumerate(items)]
    kept = [item for item in told if item_type(item) == "message" and item.get("role") == "user"]
    blob = {
        "id": item_id("cmp", "compaction", context),
        "type": "compaction",
        "encrypted_content": sealed(items),
    }
    return [*kept, blob]
