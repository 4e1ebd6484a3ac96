"""How far a response has got at the moment it is asked for: one in the background gets on while nobody asks.

Mirrors "Background mode" of the OpenAI guides (2026-11). Of such a response `Stored.native` says when it was
begun (`started`, on the clock of `Context.elapsed`), when each piece of its reply is there (`due`, in seconds
since then), and when it was cancelled, if it was (`cancelled`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from mockserver.conversation import JsonObject
from mockserver.protocols.base import Context, Stored, Timed

Phase: TypeAlias = Literal["queued", "in_progress", "done", "cancelled"]


def begun(due: Timed, context: Context) -> JsonObject:
    """What is kept so that `phase` can be told; nothing of a response that is done at once."""
    if not due:
        return {}
    moments, pieces = zip(*due, strict=True)
    return {"started": context.elapsed, "due": list(moments), "pieces": list(pieces)}


def phase(stored: Stored, context: Context) -> Phase:
    native = stored.native
    if native.get("cancelled") is not None:
        return "cancelled"
    due = native.get("due")
    since = elapsed_since(stored, context)
    if not due or since >= due[-1]:
        return "done"
    return "queued" if since < due[0] else "in_progress"


def elapsed_since(stored: Stored, context: Context) -> float:
    """Seconds since the response was begun."""
    begun_at: float = stored.native.get("started", context.elapsed)
    return context.elapsed - begun_at


def cancelled(stored: Stored, context: Context) -> Stored:
    return replace(stored, native=stored.native | {"cancelled": elapsed_since(stored, context)})
