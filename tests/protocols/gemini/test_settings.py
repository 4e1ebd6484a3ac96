"""Settings that do not go together are refused where the API refuses them."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.gemini.gemini_wire import HELLO, NEW_MODEL, OLD_MODEL, UNARY, read, unjudged

from mockserver.conversation import Failure, Request

TOOLS: Any = {"tools": [{"functionDeclarations": [{"name": "f"}]}]}
JSON: Any = {"generationConfig": {"responseMimeType": "application/json"}}
CALLS = "Function calling with a response mime type: 'application/json' is unsupported"
FORCED = "Forced function calling (ANY mode) with a response mime type: 'application/json' is unsupported"
TWO_MEASURES = "You can only set only one of thinking budget and thinking level."


def thinking(**config: Any) -> Any:
    return {"generationConfig": {"thinkingConfig": config}}


def mode(name: str) -> Any:
    return {"toolConfig": {"functionCallingConfig": {"mode": name}}}


def asked(model: str, **members: Any) -> Request | Failure:
    return read({**HELLO, **members}, UNARY.replace(NEW_MODEL, model))


@pytest.mark.parametrize(
    ("model", "members", "message"),
    [
        (NEW_MODEL, thinking(thinkingBudget=0, thinkingLevel="LOW"), TWO_MEASURES),
        (NEW_MODEL, {**TOOLS, **JSON, **mode("ANY")}, FORCED),
        (OLD_MODEL, {**TOOLS, **JSON}, CALLS),
        (OLD_MODEL, {**TOOLS, **JSON, **mode("ANY")}, CALLS),
    ],
)
def test_settings_that_do_not_go_together_are_refused(model: str, members: Any, message: str) -> None:
    failure = asked(model, **members)

    assert isinstance(failure, Failure)
    assert failure.message == message


@pytest.mark.parametrize(
    ("model", "members"),
    [
        (NEW_MODEL, thinking(thinkingBudget=-1)),
        (NEW_MODEL, thinking(thinkingLevel="LOW", thinkingBudget=None)),
        (NEW_MODEL, {**TOOLS, **JSON}),
        (NEW_MODEL, {**JSON, **mode("ANY")}),
        (NEW_MODEL, {**TOOLS, **mode("ANY")}),
        (OLD_MODEL, {**TOOLS, **JSON, **mode("NONE")}),
        (OLD_MODEL, {**JSON, "tools": [{"googleSearch": {}}]}),
        ("mock-json", {**TOOLS, **JSON, **mode("ANY")}),
        ("my-model", thinking(thinkingBudget=0, thinkingLevel="LOW")),
    ],
)
def test_settings_that_go_together_are_taken(model: str, members: Any) -> None:
    assert isinstance(asked(model, **members), Request)


def test_where_nothing_is_refused_they_are_noted() -> None:
    found = unjudged({**HELLO, **TOOLS, **JSON, **mode("ANY")})

    assert [(finding.severity, finding.message) for finding in found.findings] == [("error", FORCED)]
