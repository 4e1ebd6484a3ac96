"""The table of the pages for tests: what stands where."""

from __future__ import annotations

from mockserver.conversation import Http
from mockserver.protocols.base import Answer
from mockserver.server import control, live
from mockserver.server.own_page import OwnPage, error_page
from mockserver.service import Service


def _no_events(_: Http, __: Service) -> Answer:
    return error_page(503, "Events can be told only to who waits for them.")


CONTROL_PAGES = (
    OwnPage("GET", "/_mock/requests", control.requests, later=live.requests_later),
    OwnPage("DELETE", "/_mock/requests", control.forget_requests),
    OwnPage("GET", "/_mock/events", _no_events, later=live.events),
    OwnPage("GET", "/_mock/scenarios", control.scenarios),
    OwnPage("POST", "/_mock/scenarios", control.post_scenarios, later=control.post_scenarios_later),
    OwnPage("DELETE", "/_mock/scenarios", control.delete_scenarios),
    OwnPage("POST", "/_mock/play", control.play),
    OwnPage("POST", "/_mock/reset", control.reset),
    OwnPage("GET", "/_mock/verify", control.verify),
)
