"""What is kept of an answer: stored, for who goes on from it or asks for it; and what a client hands back of
it, which is compared then. No I/O, no clock.
"""

from __future__ import annotations

from dataclasses import replace

from mockserver.conversation import Reply, Request
from mockserver.history.fidelity import Parts
from mockserver.planning import Plan
from mockserver.protocols.base import Context, Dialect, Stored


def unplaced(stored: Stored) -> Stored:
    """Without the places of messages: those were of the body that they came in."""
    messages = (replace(message, pointer="") if message.pointer else message for message in stored.messages)
    return replace(stored, messages=tuple(messages))


def kept(dialect: Dialect, request: Request, planned: Plan, context: Context) -> tuple[str, Stored] | None:
    """What is stored of an answer, with its name."""
    reply = whole_reply(planned)
    failure = None if isinstance(planned.told, Reply) else planned.told
    if reply is None:
        return None
    return dialect.keep(reply, request, context, planned.due, failure)


def stored(dialect: Dialect, request: Request, planned: Plan, context: Context) -> Stored:
    """What is stored of an answer of which something is."""
    found = kept(dialect, request, planned, context)
    assert found is not None  # noqa: S101 - it has a name, which came from there
    return unplaced(found[1])


def whole_reply(planned: Plan) -> Reply | None:
    """What was told whole."""
    return planned.told if isinstance(planned.told, Reply) else planned.before


def handed_back(dialect: Dialect, request: Request, planned: Plan, context: Context) -> Parts:
    """What a client hands back of a reply; nothing of what is none."""
    if not isinstance(planned.told, Reply):
        return ()
    return dialect.said(planned.told, request, context)
