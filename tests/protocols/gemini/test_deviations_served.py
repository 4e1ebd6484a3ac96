"""Deviations as a client gets them, of answers that are no reply."""

from __future__ import annotations

import orjson
import pytest
from protocols.gemini.gemini_server import Server
from protocols.gemini.gemini_wire import HELLO, STREAM, UNARY, post

from mockserver.conversation import Http
from mockserver.protocols.base import Answer

BLOCKED = "scenario: s\nturns:\n  - error: content_filter\n"
OVERLOADED = "scenario: s\nturns:\n  - error: {kind: overloaded, message: Later.}\n"
PAGE = "scenario: s\nturns:\n  - raw: {gemini: {body: <html>}}\n"
WHOLE, EVENTS, ARRAY = post(HELLO, UNARY), post(HELLO, STREAM, alt="sse"), post(HELLO, STREAM)


def answer(script: str, http: Http, *faults: str) -> Answer:
    """The answer to a client whose answers all have these faults, where they can show them."""
    server = Server(script)
    server.service.engine.spoil("k", faults)
    return server.answer(Http(http.method, http.path, {}, http.query, http.body, key="k"))


@pytest.mark.parametrize("name", ["usage-missing", "role-missing", "content-null"])
@pytest.mark.parametrize(
    ("script", "http"),
    [(BLOCKED, EVENTS), (BLOCKED, ARRAY), (OVERLOADED, ARRAY), (PAGE, WHOLE)],
    ids=["blocked, as an event", "blocked, in an array", "error in an array", "page"],
)
def test_what_is_no_object_is_answered_as_it_is(script: str, http: Http, name: str) -> None:
    assert answer(script, http, name) == answer(script, http)


def test_a_blocked_prompt_deviates_as_a_whole_answer() -> None:
    found = orjson.loads(answer(BLOCKED, WHOLE, "usage-missing").body)

    assert found.keys() == {"promptFeedback", "modelVersion", "responseId"}


def test_two_deviations_of_one_error_get_along() -> None:
    found = answer(OVERLOADED, WHOLE, "error-array", "id-missing")

    assert [item.keys() for item in orjson.loads(found.body)] == [{"error"}]
