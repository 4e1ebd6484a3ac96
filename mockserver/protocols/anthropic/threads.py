"""Message threads: conversations that the server holds, so that a request brings its new messages alone.

Mirrors "Message threads" (beta `message-threads-2026-08-12`) of the Claude API documentation (2026-11). A
thread lives under the id of its latest response. No account is kept of whether a response has been continued
already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mockserver.conversation import Failure, JsonObject, Message, Reply, Request
from mockserver.protocols.anthropic.blocks import settle_parts
from mockserver.protocols.anthropic.contract import MessageBody, ThreadContinue
from mockserver.protocols.anthropic.message import message_id
from mockserver.protocols.anthropic.versions import betas_of
from mockserver.protocols.base import Context, Stored

LIFETIME = 300
"""How long after its last stored response a thread lives, in seconds."""

_FIXED = ("model", "thinking", "tool_choice", "output_config", "cache_control")
"""Members that must stay the same on all turns of a thread."""

# What is stored besides the messages: members of the body that later turns inherit, and these two.
_FINGERPRINT = "fingerprint"
_EXPIRY = "expires_at"


@dataclass(frozen=True, slots=True)
class Thread:
    """What a request goes on from: the conversation so far, and the members of its body that it inherits."""

    messages: tuple[Message, ...] = ()
    inherited: JsonObject = field(default_factory=dict)


def recall_thread(
    body: MessageBody, sent: JsonObject, betas: Sequence[str], context: Context
) -> Thread | Failure:
    """The stored conversation that a body continues; an empty one if it continues none."""
    if not isinstance(body.thread, ThreadContinue):
        return Thread()
    stored = context.recall(body.thread.previous_message_id)
    if stored is None or _FINGERPRINT not in stored.native or stored.native[_EXPIRY] < context.now:
        return _not_found()
    before, now = stored.native[_FINGERPRINT], _fingerprint(sent, betas)
    changed = [name for name in now if before[name] != now[name]]
    if changed:
        return _mismatch(changed)
    return Thread(stored.messages, _inherited(stored.native))


def keep_thread(reply: Reply, request: Request, context: Context) -> tuple[str, Stored] | None:
    """The conversation to store under the id of its response; None where the request holds no thread."""
    thread = request.body.get("thread")
    if not isinstance(thread, dict):
        return None
    messages = (*request.messages, Message("assistant", tuple(settle_parts(reply, request, context))))
    native = {
        "system": request.system,
        "tools": _tools(thread, request, context),
        _FINGERPRINT: _fingerprint(request.body, betas_of(request.http)),
        _EXPIRY: context.now + LIFETIME,
    }
    return message_id(context), Stored(messages, native)


def _tools(thread: JsonObject, request: Request, context: Context) -> list[JsonObject]:
    """The tools of this turn as they were sent, on this turn or on the one that opened the thread."""
    own = request.body.get("tools")
    if isinstance(own, list):
        return own
    stored = context.recall(str(thread.get("previous_message_id")))
    before = stored.native.get("tools") if stored else None
    return before if isinstance(before, list) else []


def _inherited(native: JsonObject) -> JsonObject:
    return {name: native[name] for name in ("system", "tools") if native.get(name)}


def _fingerprint(sent: JsonObject, betas: Sequence[str]) -> JsonObject:
    return {**{name: sent.get(name) for name in _FIXED}, "betas": list(betas)}


def _not_found() -> Failure:
    message = (
        "No usable Thread state was found for `previous_message_id`. Replay the full conversation with "
        '`thread: {"type": "create"}` to start a new Thread.'
    )
    return Failure("not_found", message=message, code="thread_not_found")


def _mismatch(changed: Sequence[str]) -> Failure:
    named = ", ".join(f"`{name}`" for name in changed)
    message = (
        f"{named} must stay the same across a Thread's turns. Send the stored values, or replay the full "
        'conversation with `thread: {"type": "create"}` to change them.'
    )
    return Failure("invalid_request", message=message, code="thread_fingerprint_mismatch")
