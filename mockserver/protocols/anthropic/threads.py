"""Message threads: conversations that the server holds, so that a request brings its new messages alone.

Mirrors "Message threads" (beta `message-threads-2026-08-12`) of the Claude API documentation (2026-11). A
thread lives under the id of its latest response; each response is continued once. What Threads do not support
beyond the members named here is not documented, and is served.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace

from mockserver.conversation import Failure, JsonObject, Message, Reply, Request, ToolCall
from mockserver.protocols.anthropic.asked import Asked
from mockserver.protocols.anthropic.blocks import said_parts
from mockserver.protocols.anthropic.message import message_id
from mockserver.protocols.anthropic.versions import betas_of
from mockserver.protocols.base import Context, Stored
from mockserver.protocols.gate import Gate
from mockserver.values import dataclass

LIFETIME = 300
"""How long after its last stored response a thread lives, in seconds."""

_FIXED = ("model", "thinking", "tool_choice", "output_config", "cache_control")
"""Members that must stay the same on all turns of a thread."""

_UNSUPPORTED = ("context_management", "fallbacks")
"""Members that no request with a thread may have."""

_INHERITED = ("system", "tools")

# What is stored besides the messages: members of the body that later turns inherit, and these.
_FINGERPRINT = "fingerprint"
_EXPIRY = "expires_at"
_IS_CONTINUED = "is_continued"


@dataclass(frozen=True, slots=True)
class Thread:
    """What a request goes on from: the conversation so far, and the members of its body that it inherits."""

    messages: tuple[Message, ...] = ()
    inherited: JsonObject = field(default_factory=dict)

    @property
    def open_calls(self) -> tuple[str, ...]:
        """The calls that the conversation ends with."""
        last = self.messages[-1].parts if self.messages else ()
        return tuple(part.id for part in last if isinstance(part, ToolCall) and part.id)


def recall_thread(asked: Asked, sent: JsonObject, context: Context, gate: Gate) -> Thread | Failure:
    """The stored conversation that a body continues; an empty one if it continues none."""
    thread = asked.body.get("thread")
    if thread is None:
        return Thread()
    unsupported = [name for name in _UNSUPPORTED if sent.get(name) is not None]
    if unsupported and (failure := gate.refuse(_unsupported(unsupported), "/thread")):
        return failure
    if not asked.continues:
        return Thread()
    stored = context.recall(thread["previous_message_id"])
    if stored is None or _FINGERPRINT not in stored.native or stored.native[_EXPIRY] < context.now:
        return gate.refuse(_not_found(), "/thread/previous_message_id") or Thread()
    if failure := _continuable(stored, _fingerprint(sent, asked.betas), gate):
        return failure
    return Thread(stored.messages, _inherited(stored))


def _continuable(stored: Stored, now: JsonObject, gate: Gate) -> Failure | None:
    """Why a stored response cannot be continued by such a request."""
    if stored.native.get(_IS_CONTINUED):
        failure = gate.refuse(_already_continued(), "/thread/previous_message_id")
        if failure:
            return failure
    before = stored.native[_FINGERPRINT]
    changed = [name for name in now if before[name] != now[name]]
    return gate.refuse(_mismatch(changed), f"/{changed[0]}") if changed else None


def keep_thread(reply: Reply, request: Request, context: Context) -> tuple[str, Stored] | None:
    """The conversation to store under the id of its response; None where the request holds no thread. The
    response that it continues is marked, as it is continued once.
    """
    thread = request.body.get("thread")
    if not isinstance(thread, dict):
        return None
    name = str(thread.get("previous_message_id"))
    before = context.recall(name)
    if before:
        context.keep(name, replace(before, native=before.native | {_IS_CONTINUED: True}))
    messages = (*request.messages, Message("assistant", tuple(said_parts(reply, request, context))))
    native = {
        **(_inherited(before) if before else {}),
        **{name: request.body[name] for name in _INHERITED if request.body.get(name)},
        _FINGERPRINT: _fingerprint(request.body, betas_of(request.http)),
        _EXPIRY: context.now + LIFETIME,
    }
    return message_id(context), Stored(messages, native)


def _inherited(stored: Stored) -> JsonObject:
    return {name: stored.native[name] for name in _INHERITED if stored.native.get(name)}


def _fingerprint(sent: JsonObject, betas: Sequence[str]) -> JsonObject:
    return {**{name: sent.get(name) for name in _FIXED}, "betas": list(betas)}


# ----------------------------------------------------------------------------------------------- refusals


def _not_found() -> Failure:
    message = (
        "No usable Thread state was found for `previous_message_id`. Replay the full conversation with "
        '`thread: {"type": "create"}` to start a new Thread.'
    )
    return Failure("not_found", message=message, code="thread_not_found")


def _already_continued() -> Failure:
    message = (
        "The response that `previous_message_id` names has already been continued, and each response can be "
        "continued only once. Continue from the Thread's most recent response `id`."
    )
    return Failure("invalid_request", message=message, code="thread_already_continued")


def _mismatch(changed: Sequence[str]) -> Failure:
    named = ", ".join(f"`{name}`" for name in changed)
    message = (
        f"{named} must stay the same across a Thread's turns. Send the stored values, or replay the full "
        'conversation with `thread: {"type": "create"}` to change them.'
    )
    return Failure("invalid_request", message=message, code="thread_fingerprint_mismatch")


def _unsupported(names: Sequence[str]) -> Failure:
    named = ", ".join(f"`{name}`" for name in names)
    message = (
        f"The request combines `thread` with {named}, which Threads do not support. Send the full "
        "conversation without `thread`, or change that field."
    )
    return Failure(
        "invalid_request",
        message=message,
        code="thread_unsupported_request",
        details=({"unsupported": list(names)},),
    )
