"""The table of the pages for tests: what stands where, and how it is described."""

from __future__ import annotations

from mockserver.conversation import Http
from mockserver.protocols.base import Answer, Operation
from mockserver.server import control, live
from mockserver.server.control_bodies import (
    DeletedBody,
    EventData,
    EventsQuery,
    Forgotten,
    KeyQuery,
    PlayBody,
    PlayingBody,
    PostedBody,
    RequestsBody,
    RequestsQuery,
    ScenariosBody,
    ScenariosQuery,
    ScriptBody,
    StatusBody,
    VerifyBody,
    VerifyQuery,
)
from mockserver.server.own_page import OwnPage, error_page
from mockserver.service import Service


def _no_events(_: Http, __: Service) -> Answer:
    return error_page(503, "Events can be told only to who waits for them.")


CONTROL_PAGES = (
    OwnPage(
        "GET",
        "/_mock/requests",
        control.requests,
        Operation(
            "What was asked with this key, and what came of it",
            query=RequestsQuery,
            answer=RequestsBody,
            errors=(400, 403, 503),
        ),
        later=live.requests_later,
    ),
    OwnPage(
        "DELETE",
        "/_mock/requests",
        control.forget_requests,
        Operation("Forget what was asked", query=KeyQuery, answer=Forgotten, errors=(400, 403)),
    ),
    OwnPage(
        "GET",
        "/_mock/events",
        _no_events,
        Operation(
            "What is asked, as it happens: `began` and `over`; numbered, so that a client can go on behind",
            query=EventsQuery,
            event=EventData,
            media="text/event-stream",
            errors=(400, 403, 503),
        ),
        later=live.events,
    ),
    OwnPage(
        "GET",
        "/_mock/scenarios",
        control.scenarios,
        Operation("The scenarios of this key", query=KeyQuery, answer=ScenariosBody, errors=(400, 403)),
    ),
    OwnPage(
        "POST",
        "/_mock/scenarios",
        control.post_scenarios,
        Operation(
            "Add scenarios for this key: YAML, or the same of one as JSON",
            body=ScriptBody,
            query=KeyQuery,
            answer=PostedBody,
            status=201,
            errors=(400, 403, 409, 413, 422),
        ),
        later=control.post_scenarios_later,
    ),
    OwnPage(
        "DELETE",
        "/_mock/scenarios",
        control.delete_scenarios,
        Operation(
            "Take scenarios of its own away from this key",
            query=ScenariosQuery,
            answer=DeletedBody,
            errors=(400, 403, 404),
        ),
    ),
    OwnPage(
        "POST",
        "/_mock/play",
        control.play,
        Operation(
            "Let one scenario answer every request with this key",
            body=PlayBody,
            query=KeyQuery,
            answer=PlayingBody,
            errors=(400, 403, 404, 413),
        ),
    ),
    OwnPage(
        "POST",
        "/_mock/reset",
        control.reset,
        Operation(
            "Forget the scenarios, state and requests of this key",
            query=KeyQuery,
            answer=StatusBody,
            errors=(400, 403, 413),
        ),
    ),
    OwnPage(
        "GET",
        "/_mock/verify",
        control.verify,
        Operation(
            "All that did not go as scripted; 409 if anything did not",
            query=VerifyQuery,
            answer=VerifyBody,
            errors=(400, 403, 409),
        ),
    ),
)
