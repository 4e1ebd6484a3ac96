"""Faults of answers: errors in the wrong place, bodies of the wrong kind, events that are broken or lost."""

from __future__ import annotations

from mockserver.faults.known import CONVERSATIONS, KnownFault
from mockserver.scenario.delivery import (
    Act,
    AfterEvents,
    AfterShare,
    AtEnd,
    AtStart,
    Drop,
    Duplicate,
    Extra,
    Fail,
    Fault,
    Garble,
    Position,
    Rewrite,
    Swap,
)

_MIDDLE = AfterShare(0.5)


def _at(position: Position, *acts: Act) -> tuple[Fault, ...]:
    return tuple(Fault(act, position) for act in acts)


_HTML = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    b"<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)
_LOGIN = b"<!doctype html>\n<html><title>Sign in</title><body>Please sign in to this network.</body></html>\n"
_TYPE = "content-type"

_MAY_RETRY = "Retries after a while, and reports the error in the vendor's words when retries are used up."
_RAISES = "Raises the error, keeps what came so far, and does not take the answer for a whole one."
_SKIPS = "Reports that the stream is broken, or goes on without the event; never shows half an event."

ON_ANSWERS = (
    KnownFault(
        "error-first",
        "Status 200, and the first event is an error.",
        _RAISES,
        (26,),
        faults=_at(AfterEvents(0), Fail("overloaded")),
        shows_in="stream",
    ),
    KnownFault(
        "error-mid-stream",
        "An overload in the middle of a stream that began with status 200.",
        _RAISES,
        (26,),
        faults=_at(_MIDDLE, Fail("overloaded")),
        shows_in="stream",
    ),
    KnownFault(
        "error-in-tool-call",
        "A server error in the middle of a tool call's arguments.",
        "Raises the error and does not run the call.",
        (26,),
        faults=_at(AfterShare(0.5, "tool_call"), Fail("server_error")),
        shows_in="stream",
        wires=CONVERSATIONS,
        needs="tool_call",
    ),
    KnownFault(
        "overloaded",
        "The vendor's overload error instead of an answer.",
        _MAY_RETRY,
        (26,),
        faults=_at(AtStart(), Fail("overloaded")),
    ),
    KnownFault(
        "server-error",
        "The vendor's internal error instead of an answer.",
        _MAY_RETRY,
        (26,),
        faults=_at(AtStart(), Fail("server_error")),
    ),
    KnownFault(
        "rate-limited",
        "The vendor's rate limit instead of an answer, with its time to wait.",
        "Waits as long as it is told, then retries.",
        (),
        faults=_at(AtStart(), Fail("rate_limit")),
    ),
    KnownFault(
        "bad-gateway",
        "Status 502 with a page of HTML from a proxy.",
        "Retries; when it reports the error, it does not fail on the HTML.",
        (),
        faults=_at(AtStart(), Rewrite(502, ((_TYPE, "text/html"),), _HTML)),
    ),
    KnownFault(
        "empty-error",
        "Status 503 with an empty body.",
        "Retries; when it reports the error, it does not fail on the missing body.",
        (),
        faults=_at(AtStart(), Rewrite(503, ((_TYPE, None),), b"")),
    ),
    KnownFault(
        "html-as-success",
        "Status 200 with a page of HTML: a login page of the network.",
        "Reports that this is no answer.",
        (),
        faults=_at(AtStart(), Rewrite(headers=((_TYPE, "text/html; charset=utf-8"),), body=_LOGIN)),
    ),
    KnownFault(
        "error-as-success",
        "Status 200 with an error in the body, of no vendor's making.",
        "Reports the error, or that this is no answer.",
        (),
        faults=_at(
            AtStart(),
            Rewrite(headers=((_TYPE, "application/json"),), body=b'{"error":{"message":"upstream failed"}}'),
        ),
    ),
    KnownFault(
        "json-for-a-stream",
        "A stream was asked for, and one empty JSON object comes.",
        "Reports that this is no stream.",
        (),
        faults=_at(AtStart(), Rewrite(headers=((_TYPE, "application/json"),), body=b"{}")),
        shows_in="stream",
    ),
    KnownFault(
        "wrong-content-type",
        "The right answer under the content type `text/plain`.",
        "Reads it all the same, or reports the type.",
        (),
        faults=_at(AtStart(), Rewrite(headers=((_TYPE, "text/plain"),))),
    ),
    KnownFault(
        "no-content-type",
        "The right answer without a content type.",
        "Reads it all the same, or reports that there is none.",
        (),
        faults=_at(AtStart(), Rewrite(headers=((_TYPE, None),))),
    ),
    KnownFault(
        "created",
        "The right answer under status 201.",
        "Takes any 2xx for a success.",
        (),
        faults=_at(AtStart(), Rewrite(201)),
    ),
    KnownFault(
        "garbled-event",
        "The JSON of one event breaks off in the middle.",
        _SKIPS,
        (),
        faults=_at(_MIDDLE, Garble()),
    ),
    KnownFault(
        "lost-event",
        "One event in the middle is lost.",
        "Cannot see it on most wires; where events are numbered it does.",
        (14,),
        faults=_at(_MIDDLE, Drop()),
        shows_in="stream",
    ),
    KnownFault(
        "doubled-event",
        "One event in the middle comes twice.",
        "Cannot see it on most wires; where events are numbered it does.",
        (),
        faults=_at(_MIDDLE, Duplicate()),
        shows_in="stream",
    ),
    KnownFault(
        "swapped-events",
        "Two events in the middle come in the wrong order.",
        "Cannot see it on most wires; where events are numbered it does.",
        (13,),
        faults=_at(_MIDDLE, Swap()),
        shows_in="stream",
    ),
    KnownFault(
        "unknown-event",
        "An event of a type that nobody knows stands in the stream.",
        "Passes over it: vendors add new types without notice.",
        (),
        faults=_at(_MIDDLE, Extra()),
        shows_in="stream",
        heals=True,
    ),
    KnownFault(
        "trailing-event",
        "An event of an unknown type comes behind the last one.",
        "Is done already.",
        (12,),
        faults=_at(AtEnd(), Extra()),
        shows_in="stream",
        heals=True,
    ),
)
