"""How the server's own pages are described in the document of the API; those for people only are not.

Loaded by who makes the document: answering needs none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mockserver.openapi import Described
from mockserver.protocols.base import Operation
from mockserver.server.control_bodies import (
    ControlError,
    DeletedBody,
    Document,
    EventData,
    EventsQuery,
    FaultList,
    Forgotten,
    Health,
    KeyQuery,
    PlayBody,
    PlayingBody,
    PostedBody,
    RequestsBody,
    RequestsQuery,
    ScenariosBody,
    ScenariosQuery,
    ScriptBody,
    SettingsBody,
    StatusBody,
    VerifyBody,
    VerifyQuery,
)
from mockserver.server.own_page import OwnPage


def described(pages: Iterable[OwnPage]) -> Iterator[Described]:
    """Those of the pages that are for programs."""
    for own in pages:
        if operation := OPERATIONS.get((own.method, own.path)):
            yield Described(own.method, own.path, "mockserver", operation, ControlError, own.open)


OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", "/_mock/health"): Operation(
        "Whether the server is there, and its scenarios; 503 while a worker is missing",
        answer=Health,
        errors=(),
    ),
    ("GET", "/_mock/openapi.json"): Operation("This document", answer=Document, errors=()),
    ("GET", "/_mock/faults"): Operation(
        "What can go wrong on purpose, and by which model on each wire", answer=FaultList, errors=()
    ),
    ("GET", "/_mock/settings"): Operation(
        "How the requests with this key are served", query=KeyQuery, answer=SettingsBody, errors=(403,)
    ),
    ("PUT", "/_mock/settings"): Operation(
        "Serve the requests with this key otherwise",
        body=SettingsBody,
        query=KeyQuery,
        answer=SettingsBody,
        errors=(400, 403, 413),
    ),
    ("GET", "/_mock/requests"): Operation(
        "What was asked with this key, and what came of it",
        query=RequestsQuery,
        answer=RequestsBody,
        errors=(400, 403, 503),
    ),
    ("DELETE", "/_mock/requests"): Operation(
        "Forget what was asked", query=KeyQuery, answer=Forgotten, errors=(400, 403)
    ),
    ("GET", "/_mock/events"): Operation(
        "What is asked, as it happens: `began` and `over`; numbered, so that a client can go on behind",
        query=EventsQuery,
        event=EventData,
        media="text/event-stream",
        errors=(400, 403, 503),
    ),
    ("GET", "/_mock/scenarios"): Operation(
        "The scenarios of this key", query=KeyQuery, answer=ScenariosBody, errors=(400, 403)
    ),
    ("POST", "/_mock/scenarios"): Operation(
        "Add scenarios for this key: YAML, or the same of one as JSON",
        body=ScriptBody,
        query=KeyQuery,
        answer=PostedBody,
        status=201,
        errors=(400, 403, 409, 413, 422),
    ),
    ("DELETE", "/_mock/scenarios"): Operation(
        "Take scenarios of its own away from this key",
        query=ScenariosQuery,
        answer=DeletedBody,
        errors=(400, 403, 404),
    ),
    ("POST", "/_mock/play"): Operation(
        "Let one scenario answer every request with this key",
        body=PlayBody,
        query=KeyQuery,
        answer=PlayingBody,
        errors=(400, 403, 404, 413),
    ),
    ("POST", "/_mock/reset"): Operation(
        "Forget the scenarios, state and requests of this key",
        query=KeyQuery,
        answer=StatusBody,
        errors=(400, 403, 413),
    ),
    ("GET", "/_mock/verify"): Operation(
        "All that did not go as scripted; 409 if anything did not",
        query=VerifyQuery,
        answer=VerifyBody,
        errors=(400, 403, 409),
    ),
}
