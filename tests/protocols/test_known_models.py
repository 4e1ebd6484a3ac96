"""Which models may be asked: any, or only those that are listed, each vendor refusing in its own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from mockserver.assembly import parse_scenarios
from mockserver.conversation import Http
from mockserver.engine import Engine
from mockserver.journal.entries import Journal
from mockserver.playback.steps import gathered
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Answer
from mockserver.service import Service
from mockserver.settings import Settings

USER = [{"role": "user", "content": "Hi"}]
CONTENTS = [{"role": "user", "parts": [{"text": "Hi"}]}]

GONE = "The model `{model}` does not exist or you do not have access to it."

NOT_FOUND = (
    "models/{model} is not found for API version %s, or is not supported for %s. Call ListModels to see the "
    "list of available models and their supported methods."
)


@dataclass(frozen=True)
class Wire:
    """How a model is asked (`{model}` stands in the path where it does), one that is known, and what is told
    of one that is not: the status, and the members of the error.
    """

    path: str
    body: dict[str, Any]
    known: str
    status: int
    error: dict[str, Any]


WIRES = {
    "openai.chat": Wire(
        "/v1/chat/completions",
        {"messages": USER},
        "gpt-4o",
        404,
        {"message": GONE, "type": "invalid_request_error", "param": None, "code": "model_not_found"},
    ),
    "openai.responses": Wire(
        "/v1/responses",
        {"input": "Hi"},
        "gpt-4o-2024-08-06",
        400,
        {
            "message": "The requested model '{model}' does not exist.",
            "type": "invalid_request_error",
            "param": "model",
            "code": "model_not_found",
        },
    ),
    "openai embeddings": Wire(
        "/v1/embeddings",
        {"input": "Hi"},
        "text-embedding-3-small",
        404,
        {"message": GONE, "type": "invalid_request_error", "param": None, "code": "model_not_found"},
    ),
    "anthropic": Wire(
        "/anthropic/v1/messages",
        {"max_tokens": 9, "messages": USER},
        "claude-sonnet-4-6",
        404,
        {"message": "model: {model}", "type": "not_found_error"},
    ),
    "anthropic count": Wire(
        "/v1/messages/count_tokens",
        {"messages": USER},
        "claude-sonnet-4-6",
        404,
        {"message": "model: {model}", "type": "not_found_error"},
    ),
    "gemini": Wire(
        "/v1beta/models/{model}:generateContent",
        {"contents": CONTENTS},
        "gemini-2.5-pro",
        404,
        {"code": 404, "message": NOT_FOUND % ("v1beta", "generateContent"), "status": "NOT_FOUND"},
    ),
    "gemini stream": Wire(
        "/v1/models/{model}:streamGenerateContent",
        {"contents": CONTENTS},
        "gemini-2.5-pro",
        404,
        {"code": 404, "message": NOT_FOUND % ("v1", "streamGenerateContent"), "status": "NOT_FOUND"},
    ),
    "gemini count": Wire(
        "/v1beta/models/{model}:countTokens",
        {"contents": CONTENTS},
        "gemini-2.5-pro",
        404,
        {"code": 404, "message": NOT_FOUND % ("v1beta", "countTokens"), "status": "NOT_FOUND"},
    ),
}
every_wire = pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)


def ask(wire: Wire, model: str, **settings: Any) -> Answer:
    scenarios = parse_scenarios("scenario: hello\nmatch: by-name\nreply: Hello!", "test.yaml", VENDORS)
    chosen = Settings(**{"models": "known", "unmatched": "auto", **settings})
    service = Service(VENDORS, Engine(scenarios), Journal(), chosen)
    named = wire.body if "{model}" in wire.path else {"model": model, **wire.body}
    http = Http(
        "POST",
        wire.path.format(model=model),
        {"anthropic-version": "2023-06-01"},
        body=orjson.dumps(named),
        key="k",
    )
    return gathered(service.respond(http).steps)


def error_of(answer: Answer) -> Any:
    body = orjson.loads(answer.body)
    told = body[0] if isinstance(body, list) else body  # Gemini answers a stream without SSE with a list
    return told["error"]


@every_wire
def test_an_unknown_model_is_refused_in_the_vendors_words(wire: Wire) -> None:
    answer = ask(wire, "gpt-0")

    error = error_of(answer)
    assert answer.status == wire.status
    for name, value in wire.error.items():
        assert error[name] == (value.format(model="gpt-0") if isinstance(value, str) else value)


@every_wire
def test_what_was_refused_is_noted(wire: Wire) -> None:
    assert dict(ask(wire, "gpt-0").headers)["x-mock-findings"].startswith("error ")


@every_wire
def test_a_model_of_the_vendors_list_is_answered(wire: Wire) -> None:
    assert ask(wire, wire.known).status == 200


@every_wire
def test_a_model_that_is_added_is_answered(wire: Wire) -> None:
    assert ask(wire, "mine", more_models=("mine",)).status == 200


@every_wire
def test_a_scenario_may_be_asked_by_its_name(wire: Wire) -> None:
    assert ask(wire, "mock-hello").status == 200


@every_wire
def test_a_scenario_that_is_not_there_is_not_taken_for_an_unknown_model(wire: Wire) -> None:
    answer = ask(wire, "mock-nothing")

    assert answer.status == 200 or "scenario" in error_of(answer)["message"].lower()


@every_wire
def test_any_model_is_answered_unless_only_known_ones_are(wire: Wire) -> None:
    assert ask(wire, "gpt-0", models="any").status == 200


@every_wire
def test_nothing_is_refused_where_the_contract_is_off(wire: Wire) -> None:
    answer = ask(wire, "gpt-0", contract="off")

    assert answer.status == 200
    assert dict(answer.headers)["x-mock-findings"].startswith("error ")


@pytest.mark.parametrize(
    ("path", "headers", "listed"),
    [
        ("/v1/models", {}, b'"id": "mine"'),
        ("/v1/models", {"x-api-key": "k", "anthropic-version": "2023-06-01"}, b'"id":"mine"'),
        ("/v1beta/models", {}, b'"name": "models/mine"'),
    ],
)
def test_a_model_that_is_added_is_listed(path: str, headers: dict[str, str], listed: bytes) -> None:
    service = Service(VENDORS, Engine(()), Journal(), Settings(more_models=("mine",)))

    answer = gathered(service.respond(Http("GET", path, headers, {"limit": "1000"}, key="k")).steps)

    assert listed in answer.body
