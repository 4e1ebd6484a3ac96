"""The table of errors of the Gemini API, row by row: status, envelope, words and details."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from protocols.gemini.gemini_server import CACHES, MODEL, Server
from protocols.gemini.gemini_wire import HELLO

from mockserver.conversation import Http
from mockserver.protocols.base import header_lookup

RPC = "type.googleapis.com/google.rpc"
SCRIPT = """
scenario: busy
match: {user: busy}
error: overloaded
---
scenario: used-up
match: {user: used up}
error: {kind: rate_limit, retry_after: 26s}
---
scenario: broken
match: {user: broken}
error: server_error
---
scenario: late
match: {user: late}
error: timeout
"""


@dataclass(frozen=True)
class Row:
    """What is sent, and the error that the API answers. `words` is how its message begins, or all of it."""

    code: int
    status: str
    words: str
    body: Any = None
    key: str = "right"
    model: str = "gemini-3.6-flash"
    version: str = "v1beta"
    details: tuple[str, ...] = ()
    authorization: str = ""

    def http(self, method: str, **query: str) -> Http:
        headers = {"x-goog-api-key": self.key} if self.key else {}
        if self.authorization:
            headers = {"authorization": f"Bearer {self.authorization}"}
        path = f"/{self.version}/models/{self.model}:{method}"
        body = self.body if isinstance(self.body, bytes) else orjson.dumps(self.body or HELLO)
        return Http("POST", path, headers, query, body, key=self.key or self.authorization)


def saying(words: str) -> Any:
    return {"contents": [{"role": "user", "parts": [{"text": words}]}]}


FUNCTION_CALL = {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "c2ln"}
FUNCTION_RESULT = {"functionResponse": {"name": "f", "response": {"result": 1}}}
USER = {"role": "user", "parts": [{"text": "Hi"}]}

TABLE = {
    "a wrong key": Row(
        400,
        "INVALID_ARGUMENT",
        "API key not valid. Please pass a valid API key.",
        key="wrong",
        details=(f"{RPC}.ErrorInfo", f"{RPC}.LocalizedMessage"),
    ),
    "a wrong token": Row(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token",
        key="",
        authorization="wrong",
        details=(f"{RPC}.ErrorInfo",),
    ),
    "no key": Row(
        403,
        "PERMISSION_DENIED",
        (
            "Method doesn't allow unregistered callers (callers without established identity). Please use "
            "API Key or other form of API consumer identity to call this API."
        ),
        key="",
    ),
    "an unknown model": Row(
        404,
        "NOT_FOUND",
        "models/gemini-0 is not found for API version v1beta, or is not supported for ",
        model="gemini-0",
    ),
    "a model of the beta alone": Row(
        404,
        "NOT_FOUND",
        "models/gemini-pro-latest is not found for API version v1, or is not supported for ",
        model="gemini-pro-latest",
        version="v1",
    ),
    "a used-up quota": Row(
        429,
        "RESOURCE_EXHAUSTED",
        (
            "You exceeded your current quota, please check your plan and billing details. For more "
            "information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. "
        ),
        saying("used up"),
        details=(f"{RPC}.Help", f"{RPC}.QuotaFailure", f"{RPC}.RetryInfo"),
    ),
    "an error of the server": Row(
        500,
        "INTERNAL",
        (
            "An internal error has occurred. Please retry or report in "
            "https://developers.generativeai.google/guide/troubleshooting"
        ),
        saying("broken"),
    ),
    "high demand": Row(
        503,
        "UNAVAILABLE",
        (
            "This model is currently experiencing high demand. Spikes in demand are usually temporary. "
            "Please try again later."
        ),
        saying("busy"),
    ),
    "a deadline": Row(504, "DEADLINE_EXCEEDED", "", saying("late")),
    "an unknown name": Row(
        400,
        "INVALID_ARGUMENT",
        "Invalid JSON payload received. Unknown name \"foo\" at 'generation_config': Cannot find field.",
        {**HELLO, "generationConfig": {"foo": 1}},
        details=(f"{RPC}.BadRequest",),
    ),
    "an unknown name at the root": Row(
        400,
        "INVALID_ARGUMENT",
        'Invalid JSON payload received. Unknown name "stream": Cannot find field.',
        {**HELLO, "stream": True},
        details=(f"{RPC}.BadRequest",),
    ),
    "a list where a scalar stands": Row(
        400,
        "INVALID_ARGUMENT",
        (
            'Invalid JSON payload received. Unknown name "type" at '
            "'tools[0].function_declarations[0].parameters.properties[0].value': "
            "Proto field is not repeating, cannot start list."
        ),
        {
            **HELLO,
            "tools": [
                {
                    "functionDeclarations": [
                        {"name": "f", "parameters": {"properties": {"a": {"type": ["STRING", "NULL"]}}}}
                    ]
                }
            ],
        },
        details=(f"{RPC}.BadRequest",),
    ),
    "a wrong value": Row(
        400,
        "INVALID_ARGUMENT",
        "Invalid value at 'contents[0].role' (TYPE_STRING), 123",
        {"contents": [{"role": 123, "parts": [{"text": "Hi"}]}]},
        details=(f"{RPC}.BadRequest",),
    ),
    "broken JSON": Row(
        400,
        "INVALID_ARGUMENT",
        "Invalid JSON payload received. ",
        b'{"contents": [',
        details=(f"{RPC}.BadRequest",),
    ),
    "no contents": Row(
        400,
        "INVALID_ARGUMENT",
        "* GenerateContentRequest.contents: contents is not specified\n",
        {"contents": []},
    ),
    "no parts": Row(
        400,
        "INVALID_ARGUMENT",
        "* GenerateContentRequest.contents[1].parts: contents.parts must not be empty.\n",
        {"contents": [USER, {"role": "model", "parts": []}]},
    ),
    "a part without data": Row(
        400,
        "INVALID_ARGUMENT",
        (
            "* GenerateContentRequest.contents[0].parts[1].data: "
            "required oneof field 'data' must have one initialized field\n"
        ),
        {"contents": [{"parts": [{"text": "Hi"}, {}]}]},
    ),
    "a call without a user before it": Row(
        400,
        "INVALID_ARGUMENT",
        (
            "Please ensure that function call turn comes immediately after a user turn or after a function "
            "response turn."
        ),
        {"contents": [{"role": "model", "parts": [FUNCTION_CALL]}]},
    ),
    "a result without a call": Row(
        400,
        "INVALID_ARGUMENT",
        "Please ensure that function response turn comes immediately after a function call turn.",
        {"contents": [USER, {"role": "user", "parts": [FUNCTION_RESULT]}]},
    ),
    "fewer results than calls": Row(
        400,
        "INVALID_ARGUMENT",
        (
            "Please ensure that the number of function response parts is equal to the number of function "
            "call parts of the function call turn."
        ),
        {
            "contents": [
                USER,
                {"role": "model", "parts": [FUNCTION_CALL, FUNCTION_CALL]},
                {"role": "user", "parts": [FUNCTION_RESULT]},
            ]
        },
    ),
    "a call without its signature": Row(
        400,
        "INVALID_ARGUMENT",
        (
            "Function call is missing a thought_signature in functionCall parts. This is required for tools "
            "to work correctly, and missing thought_signature may lead to degraded model performance. "
            "Additional data, function call `default_api:f` , position "
        ),
        {
            "contents": [
                USER,
                {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}}]},
                {"role": "user", "parts": [FUNCTION_RESULT]},
            ]
        },
    ),
}
every_row = pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())


@pytest.fixture(scope="module")
def server() -> Server:
    return Server(SCRIPT, auth=frozenset({"right"}), models="known", speed=0)


def check(error: dict[str, Any], row: Row) -> None:
    assert error.pop("code") == row.code
    assert error.pop("status") == row.status
    assert error.pop("message").startswith(row.words)
    assert [detail["@type"] for detail in error.pop("details", [])] == list(row.details)
    assert error == {}


@every_row
def test_a_whole_answer_is_an_error_in_an_object(server: Server, row: Row) -> None:
    answer = server.answer(row.http("generateContent"))

    assert answer.status == row.code
    assert header_lookup(answer.headers)["content-type"] == "application/json; charset=UTF-8"
    body = orjson.loads(answer.body)
    assert list(body) == ["error"]
    check(body["error"], row)


@every_row
def test_a_stream_of_events_is_refused_with_an_object_of_its_own_type(server: Server, row: Row) -> None:
    answer = server.answer(row.http("streamGenerateContent", alt="sse"))

    assert answer.status == row.code
    assert header_lookup(answer.headers)["content-type"] == "text/event-stream"
    check(orjson.loads(answer.body)["error"], row)


@every_row
def test_a_streamed_array_is_refused_with_an_array(server: Server, row: Row) -> None:
    answer = server.answer(row.http("streamGenerateContent"))

    assert answer.status == row.code
    [body] = orjson.loads(answer.body)
    check(body["error"], row)


def test_counting_names_its_own_message(server: Server) -> None:
    answer = server.answer(
        Row(400, "", "", {"contents": [{"parts": [{}]}]}).http("countTokens"),
    )

    assert orjson.loads(answer.body)["error"]["message"] == (
        "* CountTokensRequest.contents[0].parts[0].data: "
        "required oneof field 'data' must have one initialized field\n"
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/v1beta/{MODEL}:generateContent"),
        ("POST", f"/v1beta/{MODEL}:frobnicate"),
        ("POST", f"/v1beta/v1beta/{MODEL}:generateContent"),
        ("GET", "/v1beta/files"),
        ("POST", "/upload/v1beta/files"),
        ("POST", "/v1beta/interactions"),
        ("GET", "/v1beta/batches"),
        ("GET", "/v1beta/tunedModels"),
        ("PUT", CACHES),
    ],
)
def test_what_is_not_served_is_not_found(server: Server, method: str, path: str) -> None:
    answer = server.answer(Http(method, path, {"x-goog-api-key": "right"}, body=b"{}", key="right"))

    assert answer.status == 404
    assert orjson.loads(answer.body)["error"]["status"] == "NOT_FOUND"
