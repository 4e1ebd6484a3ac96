"""Calls that were given with thinking on and none said: such a turn cannot be handed back with thinking.

Mirrors "Preserving thinking blocks" of the guide on thinking (2026-11). The API would have thought; a script
need not. No clock, no I/O: what is kept, is kept through the context.
"""

from __future__ import annotations

from mockserver.conversation import Reply, Request, Thinking, ToolCall
from mockserver.protocols.anthropic.blocks import settle_parts
from mockserver.protocols.base import Context, Stored
from mockserver.protocols.tolerant import members

_PREFIX = "anthropic.unthought."


def keep_unthought(reply: Reply, request: Request, context: Context) -> tuple[str, Stored] | None:
    """What to keep of a reply that calls without having thought, where the client has budgeted thinking."""
    if members(request.body.get("thinking")).get("type") != "enabled":
        return None
    if any(isinstance(part, Thinking) for part in reply.parts):
        return None
    calls = (part.id for part in settle_parts(reply, request, context) if isinstance(part, ToolCall))
    first = next(calls, None)
    return None if first is None else (_PREFIX + first, Stored())


def was_unthought(context: Context, call: str) -> bool:
    return context.recall(_PREFIX + call) is not None
