"""A reply as a whole message.

Mirrors "Create a Message: returns" of the Messages API reference (2026-11). Blocks are made in `blocks`.
"""

from __future__ import annotations

from mockserver.conversation import Reply, Request
from mockserver.protocols.anthropic.blocks import block_from_part, settle_parts
from mockserver.protocols.anthropic.headers import json_answer
from mockserver.protocols.anthropic.message import diagnosis_fields, edit_fields, head_fields, stop_fields
from mockserver.protocols.anthropic.usage import usage_fields
from mockserver.protocols.base import Answer, Context


def render(reply: Reply, request: Request, context: Context) -> Answer:
    message = (
        head_fields(request, context)
        | {"content": [block_from_part(part, request) for part in settle_parts(reply, request, context)]}
        | stop_fields(reply, request)
        | {"usage": usage_fields(reply, request)}
        | edit_fields(request)
        | diagnosis_fields(request)
    )
    return json_answer(message, context)
