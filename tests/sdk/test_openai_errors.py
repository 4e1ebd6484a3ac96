"""Refusals as the official Python SDK raises them, in both APIs, streamed or not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
import pytest
from openai import APIStatusError, AsyncOpenAI, BadRequestError, OpenAI
from sdk.openai_strict import Wire, check_answer
from sdk.tapped import Received

from mockserver.runner import MockServer

HELLO: Any = [{"role": "user", "content": "Hello!"}]
WEATHER: Any = {"type": "function", "function": {"name": "get_weather"}}
REQUEST = "invalid_request_error"


@dataclass(frozen=True, slots=True)
class Kind:
    """A neutral kind of error, and what becomes of it."""

    name: str
    raised: type[APIStatusError]
    status: int
    type: str
    code: str | None


KINDS = [
    Kind("invalid_request", openai.BadRequestError, 400, REQUEST, None),
    Kind("context_length", openai.BadRequestError, 400, REQUEST, "context_length_exceeded"),
    Kind("content_filter", openai.BadRequestError, 400, REQUEST, "invalid_prompt"),
    Kind("authentication", openai.AuthenticationError, 401, REQUEST, "invalid_api_key"),
    Kind("permission", openai.PermissionDeniedError, 403, REQUEST, "model_not_found"),
    Kind("not_found", openai.NotFoundError, 404, REQUEST, "model_not_found"),
    Kind("conflict", openai.ConflictError, 409, REQUEST, "conversation_locked"),
    Kind("too_large", openai.APIStatusError, 413, REQUEST, None),
    Kind("rate_limit", openai.RateLimitError, 429, "tokens", "rate_limit_exceeded"),
    Kind("quota", openai.RateLimitError, 429, "insufficient_quota", "insufficient_quota"),
    Kind("billing", openai.RateLimitError, 429, "billing_not_active", "billing_not_active"),
    Kind("server_error", openai.InternalServerError, 500, "server_error", None),
    Kind("overloaded", openai.InternalServerError, 503, "service_unavailable_error", "server_is_overloaded"),
    Kind("timeout", openai.InternalServerError, 504, "server_error", "timeout"),
]


def call(name: str) -> dict[str, Any]:
    return {"id": name, "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}


def called(*names: str) -> dict[str, Any]:
    return {"role": "assistant", "content": None, "tool_calls": [call(name) for name in names]}


def answer(name: str, content: Any = "18") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": name, "content": content}


def ask_chat(client: OpenAI, *, stream: bool) -> None:
    client.chat.completions.create(model="gpt-4o", messages=HELLO, stream=stream)


def ask_responses(client: OpenAI, *, stream: bool) -> None:
    client.responses.create(model="gpt-4o", input="Hello!", stream=stream)


# ----------------------------------------------------------------------------------------------- every kind


@pytest.mark.parametrize("stream", [False, True], ids=["json", "stream"])
@pytest.mark.parametrize("ask", [ask_chat, ask_responses])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_is_raised_as_its_class(
    openai_client: OpenAI,
    mock: MockServer,
    ask: Callable[..., None],
    kind: Kind,
    *,
    stream: bool,
) -> None:
    mock.error(kind.name)

    with pytest.raises(APIStatusError) as raised:
        ask(openai_client, stream=stream)

    error = raised.value
    assert type(error) is kind.raised
    assert (error.status_code, error.type, error.code) == (kind.status, kind.type, kind.code)
    assert isinstance(error.body, dict)
    assert str(error) == f"Error code: {kind.status} - {error.body['message']}"
    assert error.request_id
    assert error.response.headers["content-type"].startswith("application/json")


async def test_an_error_is_raised_asynchronously(async_openai_client: AsyncOpenAI) -> None:
    with pytest.raises(openai.InternalServerError):
        await async_openai_client.chat.completions.create(model="mock-overloaded", messages=HELLO)
    with pytest.raises(openai.AuthenticationError):
        await async_openai_client.responses.create(model="mock-unauthorized", input="Hi", stream=True)


def test_the_script_may_say_how_it_is_refused(openai_client: OpenAI, mock: MockServer) -> None:
    mock.error({"kind": "invalid_request", "status": 422, "code": "odd", "message": "Not like this."})

    with pytest.raises(openai.UnprocessableEntityError) as raised:
        openai_client.chat.completions.create(model="gpt-4o", messages=HELLO)

    assert raised.value.body == {
        "message": "Not like this.",
        "type": REQUEST,
        "param": None,
        "code": "odd",
    }


def test_a_rate_limit_says_how_long_to_wait(openai_client: OpenAI, mock: MockServer) -> None:
    mock.error({"kind": "rate_limit", "retry_after": "45190ms"})

    with pytest.raises(openai.RateLimitError, match=r"Please try again in 45\.19s\.") as raised:
        openai_client.chat.completions.create(model="gpt-4o", messages=HELLO)

    headers = raised.value.response.headers
    assert (headers["retry-after"], headers["retry-after-ms"]) == ("46", "45190")
    assert headers["x-ratelimit-reset-tokens"] == "45.19s"
    assert int(headers["x-ratelimit-remaining-tokens"]) < int(headers["x-ratelimit-limit-tokens"])


def test_a_context_that_is_too_long_is_told_in_the_words_of_its_api(
    openai_client: OpenAI, mock: MockServer
) -> None:
    mock.error("context_length")

    with pytest.raises(BadRequestError, match="Please reduce the length of the messages") as chat:
        openai_client.chat.completions.create(model="gpt-4o", messages=HELLO)
    with pytest.raises(BadRequestError, match="Please adjust your input and try again") as responses:
        openai_client.responses.create(model="gpt-4o", input="Hello!")

    assert (chat.value.param, responses.value.param) == ("messages", "input")
    assert "x-ratelimit-limit-tokens" in chat.value.response.headers


# --------------------------------------------------------------------------------------------- key and route


def test_without_a_key_nobody_is_served(openai_client: OpenAI) -> None:
    with pytest.raises(openai.AuthenticationError, match="You didn't provide an API key") as raised:
        openai_client.chat.completions.create(
            model="gpt-4o", messages=HELLO, extra_headers={"Authorization": openai.Omit()}
        )

    assert raised.value.code is None
    assert raised.value.response.headers["content-type"] == "application/json; charset=utf-8"
    assert "openai-version" not in raised.value.response.headers


def test_a_wrong_key_is_shown_masked(openai_client: OpenAI, wire: Wire) -> None:
    stranger = openai_client.with_options(api_key="sk-1234567890abcdef")

    with pytest.raises(openai.AuthenticationError, match=r"provided: \*{8}[0-9a-f]{8}\. You can find"):
        stranger.chat.completions.create(model="mock-unauthorized", messages=HELLO)

    assert wire.json["status"] == 401
    assert list(wire.json["error"]) == ["message", "type", "code", "param"]


@pytest.mark.parametrize("path", ["/foo", "/responses/expand"])
def test_an_unknown_route_is_an_invalid_url(openai_client: OpenAI, path: str) -> None:
    with pytest.raises(openai.NotFoundError, match=re.escape(f"Invalid URL (POST /v1{path})")) as raised:
        openai_client.post(path, cast_to=object, body={})

    assert (raised.value.code, raised.value.param) == (None, None)


def test_a_wrong_method_is_not_allowed(openai_client: OpenAI) -> None:
    with pytest.raises(APIStatusError, match="Not allowed to DELETE on /v1/chat/completions") as raised:
        openai_client.delete("/chat/completions", cast_to=object)

    assert raised.value.status_code == 405


def test_a_scenario_that_does_not_exist_is_not_asked_for_again(openai_client: OpenAI) -> None:
    patient = openai_client.with_options(max_retries=2)

    with pytest.raises(openai.NotFoundError, match=r"There is no scenario 'wether'.*`weather`") as raised:
        patient.chat.completions.create(model="mock-wether", messages=HELLO)

    assert raised.value.response.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
@pytest.mark.parametrize("path", ["chat/completions", "responses"])
def test_what_is_no_json_is_refused(server: MockServer, key: str, path: str, body: bytes) -> None:
    url = f"{server.urls.openai}/{path}"

    told = httpx2.post(url, content=body, headers={"authorization": f"Bearer {key}"})

    check_answer(Received(told.request, told.status_code, told.headers, told.content, complete=True))
    assert told.status_code == 400
    assert told.json()["error"]["message"].startswith("We could not parse the JSON body of your request.")


# ---------------------------------------------------------------------------------------- what is not valid

UNANSWERED = "must be followed by tool messages responding to each 'tool_call_id'"
INVALID: list[tuple[dict[str, Any], str, str | None, str | None]] = [
    ({"messages": []}, "empty array", "messages", "empty_array"),
    ({"messages": [{"role": "x", "content": ""}]}, "Invalid value: 'x'", "messages[0].role", "invalid_value"),
    (
        {"messages": [{"role": "user", "content": {"a": 1}}]},
        "expected one of a string or array of objects, but got an object instead",
        "messages[0].content",
        "invalid_type",
    ),
    (
        {"messages": [{"role": "user", "content": None}]},
        "expected a string, but got null instead",
        "messages[0].content",
        "invalid_type",
    ),
    (
        {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]},
        "Missing required parameter: 'messages[0].content[0].type'",
        "messages[0].content[0].type",
        "missing_required_parameter",
    ),
    ({"messages": [*HELLO, answer("call_a")]}, "a preceeding message", "messages.[1].role", None),
    ({"messages": [*HELLO, called("call_a", "call_b")]}, "call_a, call_b", "messages", None),
    ({"messages": [*HELLO, called("call_a"), *HELLO]}, UNANSWERED, "messages.[2].role", None),
    (
        {"messages": [*HELLO, called("call_a"), answer("call_z")]},
        "'tool_call_id' of 'call_z' not found in 'tool_calls' of previous message.",
        "messages.[2].tool_call_id",
        None,
    ),
    (
        {"messages": [*HELLO, called("call_a"), answer("call_a"), answer("call_a")]},
        "Duplicate value for 'tool_call_id'",
        "messages.[3].tool_call_id",
        None,
    ),
    (
        {"messages": [called()]},
        "'messages[0].tool_calls': empty array",
        "messages[0].tool_calls",
        "empty_array",
    ),
    (
        {"messages": [called("call_" + "a" * 40), answer("call_" + "a" * 40)]},
        "string too long. Expected a string with maximum length 40",
        "messages[0].tool_calls[0].id",
        "string_above_max_length",
    ),
    (
        {
            "messages": [
                called("call_a"),
                answer("call_a", [{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}]),
            ]
        },
        "Content blocks are expected to be either text or image_url type.",
        "messages[1]",
        "invalid_value",
    ),
    ({"response_format": {"type": "json_object"}}, "must contain the word 'json'", "messages", None),
    ({"tool_choice": "auto"}, "only allowed when 'tools' are specified", "tool_choice", None),
    ({"parallel_tool_calls": True}, "only allowed when 'tools'", "parallel_tool_calls", None),
    ({"tools": []}, "empty array", "tools", "empty_array"),
    (
        {"tools": [{"type": "function", "function": {"name": "a b"}}]},
        "string does not match pattern",
        "tools[0].function.name",
        "invalid_value",
    ),
    ({"stream_options": {}}, "only allowed when 'stream' is enabled", "stream_options", None),
    (
        {"max_tokens": 5, "max_completion_tokens": 5},
        "at the same time is not supported",
        None,
        "invalid_parameter_combination",
    ),
    ({"n": 0}, "below minimum", "n", "integer_below_min_value"),
    ({"n": 129}, "above maximum", "n", "integer_above_max_value"),
    (
        {"temperature": -1},
        "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
        "temperature",
        "decimal_below_min_value",
    ),
    ({"temperature": "hot"}, "expected a decimal, but got a string", "temperature", "invalid_type"),
    ({"logprobs": "yes"}, "Invalid type for 'logprobs'", "logprobs", "invalid_type"),
    ({"top_logprobs": 2}, "only allowed when 'logprobs' is enabled", "top_logprobs", None),
]


@pytest.mark.parametrize(
    ("members", "message", "param", "code"), INVALID, ids=[f"{row[2]}-{at}" for at, row in enumerate(INVALID)]
)
def test_what_is_not_valid_is_refused_in_the_words_of_the_api(
    openai_client: OpenAI, members: dict[str, Any], message: str, param: str | None, code: str | None
) -> None:
    with pytest.raises(BadRequestError, match=re.escape(message)) as raised:
        openai_client.chat.completions.create(**{"model": "gpt-4o", "messages": HELLO, **members})

    assert (raised.value.type, raised.value.param, raised.value.code) == (REQUEST, param, code)


def test_invalid_streams_are_refused_in_json(openai_client: OpenAI, wire: Wire) -> None:
    with pytest.raises(BadRequestError):
        openai_client.chat.completions.create(model="gpt-4o", messages=[], stream=True)
    with pytest.raises(BadRequestError):
        openai_client.responses.create(model="gpt-4o", input="Hi", previous_response_id="x", stream=True)

    assert [answer.headers["content-type"] for answer in wire.received] == ["application/json"] * 2


@pytest.mark.parametrize(
    ("members", "param", "code"),
    [
        ({"input": 7}, "input", "invalid_type"),
        ({"input": [{"role": "x", "content": "Hi"}]}, "input[0].role", "invalid_value"),
        ({"include": ["everything"]}, "include[0]", "invalid_value"),
        ({"tools": [{"type": "function", "name": "a b"}]}, "tools[0].name", "invalid_value"),
        ({"temperature": 3}, "temperature", "decimal_above_max_value"),
        ({"text": {"format": {"type": "json_schema"}}}, "text.format.name", "missing_required_parameter"),
        ({"input": openai.omit}, "input", "missing_required_parameter"),
        ({"model": openai.omit}, "model", "missing_required_parameter"),
    ],
)
def test_an_invalid_response_is_refused_in_the_words_of_the_api(
    openai_client: OpenAI, members: dict[str, Any], param: str, code: str
) -> None:
    with pytest.raises(BadRequestError) as raised:
        openai_client.responses.create(**{"model": "gpt-4o", "input": "Hi", **members})

    assert (raised.value.type, raised.value.param, raised.value.code) == (REQUEST, param, code)
