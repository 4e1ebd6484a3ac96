"""Faults of connections: silence, cuts, resets, and bodies whose end is not what HTTP says."""

from __future__ import annotations

from mockserver.faults.known import CONVERSATIONS, KnownFault
from mockserver.scenario.delivery import (
    Act,
    AfterEvents,
    AfterShare,
    AtEnd,
    AtStart,
    Bare,
    Cut,
    Disconnect,
    Fault,
    Hang,
    KeepOpen,
    PartKind,
    Position,
    Reset,
    Stall,
    Wire,
)

_STALL = 5.0
_EARLY = AfterEvents(0)
_MIDDLE = AfterShare(0.5)


def _at(position: Position, act: Act) -> tuple[Fault, ...]:
    return (Fault(act, position),)


def _inside(kind: PartKind) -> AfterShare:
    return AfterShare(0.5, kind)


_RETRY = "Retries before anything was sent; reports a connection error when retries are used up."
_INCOMPLETE = "Reports an error that keeps what came so far; never takes the answer for a whole one."
_NO_STOP = "Sees that no reason to stop came, and takes the answer for an incomplete one."
_NO_CALL = "Does not run a call whose arguments are incomplete."

ON_CONNECTIONS = (
    KnownFault(
        "hang",
        "The connection is accepted and never answered.",
        "Gives up at its own timeout, and retries if it may.",
        (43,),
        faults=_at(AtStart(), Hang()),
    ),
    KnownFault(
        "hang-after-head",
        "Status and headers come, then nothing.",
        "Gives up at its timeout between bytes, which is not the one for the head.",
        (43,),
        faults=_at(_EARLY, Hang()),
    ),
    KnownFault(
        "hang-mid-stream",
        "Half of the reply comes, then nothing, and the connection stays open.",
        "Gives up at its timeout between bytes and reports the answer as incomplete.",
        (43,),
        faults=_at(_MIDDLE, Hang()),
    ),
    KnownFault(
        "stall-before-head",
        "Nothing for five seconds, then the whole answer.",
        "Waits, if its timeout is longer.",
        (43,),
        faults=_at(AtStart(), Stall(_STALL)),
        heals=True,
    ),
    KnownFault(
        "stall-mid-stream",
        "Five seconds of silence in the middle of the reply, then it goes on.",
        "Waits, if its timeout between bytes is longer.",
        (43,),
        faults=_at(_MIDDLE, Stall(_STALL)),
        heals=True,
    ),
    KnownFault(
        "reset-at-start",
        "The connection is reset before a byte was sent.",
        _RETRY,
        (9,),
        faults=_at(AtStart(), Reset()),
    ),
    KnownFault(
        "disconnect-at-start",
        "The connection is closed before a byte was sent.",
        _RETRY,
        (41,),
        faults=_at(AtStart(), Disconnect()),
    ),
    KnownFault(
        "reset-mid-stream",
        "The connection is reset in the middle of the reply.",
        _INCOMPLETE,
        (9,),
        faults=_at(_MIDDLE, Reset()),
    ),
    KnownFault(
        "disconnect-mid-stream",
        "The connection is closed in the middle of the reply, the body without its end.",
        _INCOMPLETE,
        (9,),
        faults=_at(_MIDDLE, Disconnect()),
    ),
    KnownFault(
        "cut-mid-stream",
        "The body ends cleanly in the middle of the reply: no finish reason, no closing event.",
        _NO_STOP,
        (9,),
        faults=_at(_MIDDLE, Cut()),
    ),
    KnownFault(
        "cut-in-tool-call",
        "The body ends cleanly in the middle of a tool call's arguments.",
        _NO_CALL,
        (8, 9),
        faults=_at(_inside("tool_call"), Cut()),
        shows_in="stream",
        wires=CONVERSATIONS,
        needs="tool_call",
    ),
    KnownFault(
        "reset-in-tool-call",
        "The connection is reset in the middle of a tool call's arguments.",
        _NO_CALL,
        (9,),
        faults=_at(_inside("tool_call"), Reset()),
        shows_in="stream",
        wires=CONVERSATIONS,
        needs="tool_call",
    ),
    KnownFault(
        "cut-in-thinking",
        "The body ends cleanly while the model thinks: no answer at all.",
        "Does not take an empty answer for a whole one.",
        (9,),
        faults=_at(_inside("thinking"), Cut()),
        shows_in="stream",
        wires=CONVERSATIONS,
        needs="thinking",
    ),
    KnownFault(
        "empty-stream",
        "Status 200 and an empty body.",
        "Reports that nothing came.",
        (9,),
        faults=_at(AtStart(), Cut()),
    ),
    KnownFault(
        "never-closes",
        "The whole answer comes, but the body does not end and the connection stays open.",
        "Is done with the closing event, and closes the connection itself.",
        (10,),
        faults=_at(AtEnd(), KeepOpen()),
    ),
    KnownFault(
        "closes-unannounced",
        "The connection was to be kept alive, and is closed behind the answer.",
        "Has the whole answer, and opens a new connection for the next request.",
        (41,),
        faults=_at(AtEnd(), Disconnect()),
        wire=Wire(body="length"),
        heals=True,
    ),
    KnownFault(
        "no-end-of-body",
        "The whole answer comes, but the connection is closed without the end of the chunked body.",
        "Has seen the closing event and takes the answer for a whole one, or reports a broken connection.",
        (41,),
        faults=_at(AtEnd(), Disconnect()),
        shows_in="stream",
    ),
    KnownFault(
        "bad-chunk",
        "In the middle of the stream stands a chunk whose size is no number.",
        _INCOMPLETE,
        (9,),
        faults=(Fault(Bare(b"what is this\r\n"), _MIDDLE), Fault(Disconnect(), _MIDDLE)),
        shows_in="stream",
    ),
    KnownFault(
        "no-http",
        "What comes back is not HTTP.",
        "Reports a connection error, and retries if it may.",
        (),
        faults=(Fault(Bare(b"SSH-2.0-mock\r\n"), AtStart()), Fault(Disconnect(), AtStart())),
    ),
)
