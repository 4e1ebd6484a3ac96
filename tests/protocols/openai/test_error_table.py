"""The table of errors that all routes of the OpenAI API share, row by row, through the service.

Each row is what is sent and what is answered: status, type, code, param, and the words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
import pytest

from mockserver.assembly import parse_scenarios
from mockserver.conversation import Http
from mockserver.engine import Engine
from mockserver.journal.entries import Journal
from mockserver.playback.steps import gathered
from mockserver.protocols.base import Answer
from mockserver.protocols.openai import VENDOR
from mockserver.service import Service
from mockserver.settings import Settings

INVALID = "invalid_request_error"

CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}
RESPONSES = {"model": "gpt-4o", "input": "Hi"}
COMPLETIONS = {"model": "davinci-002", "prompt": "Hi"}
EMBEDDINGS = {"model": "text-embedding-3-small", "input": "Hi"}
MODERATIONS = {"input": "Hi"}

BODIES: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": CHAT,
    "/v1/responses": RESPONSES,
    "/v1/completions": COMPLETIONS,
    "/v1/embeddings": EMBEDDINGS,
    "/v1/moderations": MODERATIONS,
}
CONVERSING = tuple(BODIES)[:3]

every_route = pytest.mark.parametrize("path", BODIES)
every_conversing_route = pytest.mark.parametrize("path", CONVERSING)

Told: TypeAlias = tuple[int, str, str | None, str | None, str]
"""Status, type, code, param and message."""


@dataclass(frozen=True)
class Asked:
    path: str
    body: Any
    method: str = "POST"
    key: str = "sk-test"
    script: str = ""
    settings: dict[str, Any] = field(default_factory=dict)


def send(asked: Asked) -> Answer:
    scenarios = parse_scenarios(asked.script, "test.yaml", (VENDOR,)) if asked.script else ()
    settings = Settings(**{"unmatched": "auto", **asked.settings})
    service = Service((VENDOR,), Engine(scenarios), Journal(), settings)
    content = asked.body if isinstance(asked.body, bytes) else orjson.dumps(asked.body)
    return gathered(service.respond(Http(asked.method, asked.path, body=content, key=asked.key)).steps)


def told(asked: Asked) -> Told:
    answer = send(asked)
    error = orjson.loads(answer.body)["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    return answer.status, error["type"], error["code"], error["param"], error["message"]


# ------------------------------------------------------------------------------------------------ the body

WRONG: dict[str, tuple[str, dict[str, Any], Told]] = {
    "a required member is missing": (
        "/v1/chat/completions",
        {"model": "gpt-4o"},
        (400, INVALID, "missing_required_parameter", "messages", "Missing required parameter: 'messages'."),
    ),
    "a string where a decimal is expected": (
        "/v1/chat/completions",
        {**CHAT, "temperature": "hot"},
        (
            *(400, INVALID, "invalid_type", "temperature"),
            "Invalid type for 'temperature': expected a decimal, but got a string instead.",
        ),
    ),
    "the same on another route": (
        "/v1/responses",
        {**RESPONSES, "temperature": "hot"},
        (
            *(400, INVALID, "invalid_type", "temperature"),
            "Invalid type for 'temperature': expected a decimal, but got a string instead.",
        ),
    ),
    "a value that is none of those listed": (
        "/v1/chat/completions",
        {**CHAT, "verbosity": "loud"},
        (
            *(400, INVALID, "invalid_value", "verbosity"),
            "Invalid value: 'loud'. Supported values are: 'low', 'medium', and 'high'.",
        ),
    ),
    "a decimal below its minimum": (
        "/v1/chat/completions",
        {**CHAT, "temperature": -1},
        (
            *(400, INVALID, "decimal_below_min_value", "temperature"),
            "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
        ),
    ),
    "a decimal above its maximum": (
        "/v1/responses",
        {**RESPONSES, "top_p": 1.5},
        (
            *(400, INVALID, "decimal_above_max_value", "top_p"),
            "Invalid 'top_p': decimal above maximum value. Expected a value <= 1, but got 1.5 instead.",
        ),
    ),
    "an integer below its minimum": (
        "/v1/chat/completions",
        {**CHAT, "n": 0},
        (
            *(400, INVALID, "integer_below_min_value", "n"),
            "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.",
        ),
    ),
    "an integer above its maximum": (
        "/v1/chat/completions",
        {**CHAT, "n": 129},
        (
            *(400, INVALID, "integer_above_max_value", "n"),
            "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.",
        ),
    ),
    "an empty array": (
        "/v1/chat/completions",
        {**CHAT, "messages": []},
        (
            *(400, INVALID, "empty_array", "messages"),
            (
                "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an "
                "empty array instead."
            ),
        ),
    ),
    "an array that is too long": (
        "/v1/chat/completions",
        {**CHAT, "stop": ["a", "b", "c", "d", "e"]},
        (
            *(400, INVALID, "array_above_max_length", "stop"),
            (
                "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array "
                "with length 5 instead."
            ),
        ),
    ),
    "a string that is too long": (
        "/v1/chat/completions",
        {**CHAT, "safety_identifier": "x" * 129},
        (
            *(400, INVALID, "string_above_max_length", "safety_identifier"),
            (
                "Invalid 'safety_identifier': string too long. Expected a string with maximum length 128, "
                "but got a string with length 129 instead."
            ),
        ),
    ),
    "an empty string": (
        "/v1/embeddings",
        {**EMBEDDINGS, "input": ""},
        (
            *(400, INVALID, "empty_string", "input"),
            (
                "Invalid 'input': empty string. Expected a string with minimum length 1, but got an empty "
                "string instead."
            ),
        ),
    ),
}


@pytest.mark.parametrize(("path", "body", "expected"), WRONG.values(), ids=WRONG)
def test_a_body_that_is_not_as_documented_is_refused(path: str, body: Any, expected: Told) -> None:
    assert told(Asked(path, body)) == expected


@every_route
@pytest.mark.parametrize("body", [b"", b"{", b"not json", b"\xff"])
def test_a_body_that_is_no_json_is_refused(path: str, body: bytes) -> None:
    *rest, message = told(Asked(path, body))

    assert rest == [400, INVALID, None, None]
    assert message.startswith("We could not parse the JSON body of your request. (HINT: ")


@every_route
def test_an_unknown_member_is_refused_strictly(path: str) -> None:
    asked = Asked(path, {**BODIES[path], "quality": "hd"}, settings={"contract": "strict"})

    assert told(asked) == (400, INVALID, "unknown_parameter", "quality", "Unknown parameter: 'quality'.")


@pytest.mark.parametrize("body", [{"messages": CHAT["messages"]}, {**CHAT, "model": ""}])
def test_a_model_must_be_named(body: Any) -> None:
    status, type_, _, _, message = told(Asked("/v1/chat/completions", body))

    assert (status, type_, message) == (400, INVALID, "you must provide a model parameter")


# ------------------------------------------------------------------------------------------ keys and models


@every_route
def test_a_wrong_key_is_told_beside_its_status(path: str) -> None:
    answer = send(Asked(path, BODIES[path], settings={"auth": frozenset({"right"})}))
    body = orjson.loads(answer.body)

    assert answer.status == body["status"] == 401
    assert list(body["error"]) == ["message", "type", "code", "param"]
    assert (body["error"]["type"], body["error"]["code"]) == (INVALID, "invalid_api_key")
    assert body["error"]["message"].startswith("Incorrect API key provided: ")
    assert (
        "You can find your API key at https://platform.openai.com/account/api-keys."
        in (body["error"]["message"])
    )


@every_route
def test_a_missing_key_is_told(path: str) -> None:
    *rest, message = told(Asked(path, BODIES[path], key=""))

    assert rest == [401, INVALID, None, None]
    assert message.startswith(
        "You didn't provide an API key. You need to provide your API key in an Authorization header using "
        "Bearer auth (i.e. Authorization: Bearer YOUR_KEY), "
    )


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/embeddings"])
def test_a_model_that_is_not_there_is_not_found(path: str) -> None:
    asked = Asked(path, {**BODIES[path], "model": "gpt-0"}, settings={"models": "known"})

    assert told(asked) == (
        *(404, INVALID, "model_not_found", None),
        "The model `gpt-0` does not exist or you do not have access to it.",
    )


def test_a_model_that_is_not_there_is_a_bad_request_of_responses() -> None:
    asked = Asked("/v1/responses", {**RESPONSES, "model": "gpt-0"}, settings={"models": "known"})

    assert told(asked) == (
        *(400, INVALID, "model_not_found", "model"),
        "The requested model 'gpt-0' does not exist.",
    )


def test_a_model_that_is_not_listed_is_not_found() -> None:
    assert told(Asked("/v1/models/gpt-0", b"", method="GET")) == (
        *(404, INVALID, "model_not_found", "model"),
        "The model 'gpt-0' does not exist",
    )


# ------------------------------------------------------------------------------------------------- routes


@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/foo"), ("GET", "/v1"), ("DELETE", "/v2/chat")])
def test_an_unknown_url_is_not_found(method: str, path: str) -> None:
    assert told(Asked(path, b"", method=method)) == (
        *(404, INVALID, None, None),
        f"Invalid URL ({method} {path})",
    )


@every_route
def test_a_wrong_method_is_refused(path: str) -> None:
    status, type_, _, param, _ = told(Asked(path, b"", method="PUT"))

    assert (status, type_, param) == (405, INVALID, None)


# ------------------------------------------------------------------------------------ limits and outages

SCRIPTED: dict[str, tuple[str, tuple[int, str, str | None, str | None], str]] = {
    "no access": (
        "permission",
        (403, INVALID, "model_not_found", None),
        "Project `proj_mockserver00000000000000` does not have access to model `{model}`",
    ),
    "a rate limit": (
        "{kind: rate_limit, retry_after: 2s}",
        (429, "tokens", "rate_limit_exceeded", None),
        (
            "Rate limit reached for {model} in organization org-mockserver on tokens per min (TPM): Limit "
            "2000000, Used 1998667, Requested 68000. Please try again in 2s. "
            "Visit https://platform.openai.com/account/rate-limits to learn more."
        ),
    ),
    "a quota that is used up": (
        "quota",
        (429, "insufficient_quota", "insufficient_quota", None),
        (
            "You exceeded your current quota, please check your plan and billing details. For more "
            "information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."
        ),
    ),
    "a break": (
        "server_error",
        (500, "server_error", None, None),
        "The server had an error while processing your request. Sorry about that!",
    ),
}


@every_conversing_route
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(("error", "expected", "message"), SCRIPTED.values(), ids=SCRIPTED)
def test_what_comes_from_limits_and_breaks_is_plain_json(
    path: str, error: str, expected: tuple[Any, ...], message: str, *, stream: bool
) -> None:
    body = {**BODIES[path], "stream": stream}

    answer = told(Asked(path, body, script=f"scenario: s\nerror: {error}"))

    assert answer == (*expected, message.format(model=body["model"]))


@every_conversing_route
def test_an_overload_is_503(path: str) -> None:
    status, type_, code, _, _ = told(Asked(path, BODIES[path], script="scenario: s\nerror: overloaded"))

    assert status == 503
    assert type_ in {"server_error", "service_unavailable_error"}
    assert code in {"server_is_overloaded", "slow_down"}


@pytest.mark.parametrize(
    ("path", "param", "message"),
    [
        (
            "/v1/chat/completions",
            "messages",
            (
                "This model's maximum context length is 128000 tokens. However, your messages resulted in "
                "131072 tokens. Please reduce the length of the messages."
            ),
        ),
        (
            "/v1/responses",
            "input",
            "Your input exceeds the context window of this model. Please adjust your input and try again.",
        ),
    ],
)
def test_a_context_that_is_too_long_names_where_it_is(path: str, param: str, message: str) -> None:
    asked = Asked(path, BODIES[path], script="scenario: s\nerror: context_length")

    assert told(asked) == (400, INVALID, "context_length_exceeded", param, message)


# --------------------------------------------------------------------------------------- order of the checks

ORDER = (
    ("unknown route", 404, {"path": "/v1/foo"}),
    ("missing key", 401, {"key": ""}),
    ("no JSON", 400, {"body": b"{"}),
    ("schema", 400, {"body": {**CHAT, "model": "gpt-0", "n": 0, "tool_choice": "auto"}}),
    ("model", 404, {"body": {**CHAT, "model": "gpt-0", "tool_choice": "auto"}}),
    ("rules between members", 400, {"body": {**CHAT, "tool_choice": "auto"}}),
)
"""Each request has its own fault and those of all rows below it."""


@pytest.mark.parametrize("row", range(len(ORDER)), ids=[name for name, _, _ in ORDER])
def test_the_first_fault_in_the_order_of_the_checks_is_told(row: int) -> None:
    asked: dict[str, Any] = {"path": "/v1/chat/completions"}
    for _, _, fault in reversed(ORDER[row:]):
        asked |= fault

    answer = send(Asked(**asked, settings={"models": "known"}))

    error = orjson.loads(answer.body)["error"]
    assert answer.status == ORDER[row][1]
    assert (error["code"] == "model_not_found") is (ORDER[row][0] == "model")
    assert (error["param"] == "n") is (ORDER[row][0] == "schema")
