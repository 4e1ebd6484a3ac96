"""Google's SDK is refused: every kind of error, what is told with it, and when the SDK tries again."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import httpx2
import pytest
from google import genai
from google.genai import errors, types
from sdk.gemini_strict import MODEL, Gemini, check_error

from mockserver.conversation import ERROR_KINDS
from mockserver.runner import MockServer

KINDS: dict[str, tuple[type[errors.APIError], int, str]] = {
    "invalid_request": (errors.ClientError, 400, "INVALID_ARGUMENT"),
    "authentication": (errors.ClientError, 400, "INVALID_ARGUMENT"),
    "billing": (errors.ClientError, 400, "FAILED_PRECONDITION"),
    "permission": (errors.ClientError, 403, "PERMISSION_DENIED"),
    "not_found": (errors.ClientError, 404, "NOT_FOUND"),
    "conflict": (errors.ClientError, 409, "ABORTED"),
    "too_large": (errors.ClientError, 400, "INVALID_ARGUMENT"),
    "rate_limit": (errors.ClientError, 429, "RESOURCE_EXHAUSTED"),
    "quota": (errors.ClientError, 429, "RESOURCE_EXHAUSTED"),
    "server_error": (errors.ServerError, 500, "INTERNAL"),
    "overloaded": (errors.ServerError, 503, "UNAVAILABLE"),
    "timeout": (errors.ServerError, 504, "DEADLINE_EXCEEDED"),
    "context_length": (errors.ClientError, 400, "INVALID_ARGUMENT"),
}


def test_every_kind_of_error_is_asked_for() -> None:
    # A prompt that is blocked is answered; the tests of texts ask for it.
    assert {*KINDS, "content_filter"} == {*ERROR_KINDS}


@pytest.mark.parametrize("kind", KINDS)
async def test_an_error_has_its_class_code_and_status(gemini: Gemini, kind: str) -> None:
    gemini.mock.error(kind)

    with pytest.raises(errors.APIError) as caught:
        await gemini.ask()

    error = caught.value
    assert (type(error), error.code, error.status) == KINDS[kind]
    assert error.message


@pytest.mark.parametrize("kind", KINDS)
async def test_an_error_is_told_instead_of_a_stream(gemini: Gemini, kind: str) -> None:
    gemini.mock.error(kind)

    with pytest.raises(errors.APIError) as caught:
        await gemini.stream()

    error, (expected, code, status) = caught.value, KINDS[kind]
    assert (type(error), error.code) == (expected, code)
    if gemini.way == "async":
        # It reads JSON only where the content type says so; here it is a stream's, as the service has it.
        assert error.status == HTTPStatus(code).phrase
        assert json.loads(error.message or "")["error"]["status"] == status
    else:
        assert error.status == status


async def test_a_prompt_may_be_refused_instead_of_blocked(gemini: Gemini) -> None:
    gemini.mock.error({"kind": "content_filter", "status": 400})

    with pytest.raises(errors.ClientError, match="The prompt was blocked"):
        await gemini.ask()


async def test_what_the_script_says_of_an_error_is_told(gemini: Gemini) -> None:
    gemini.mock.error({"kind": "server_error", "message": "Later.", "status": 503, "code": "OUT_OF_ORDER"})

    with pytest.raises(errors.ServerError) as caught:
        await gemini.ask()

    error = caught.value
    assert (error.code, error.status, error.message) == (503, "OUT_OF_ORDER", "Later.")


def details_of(error: errors.APIError) -> dict[str, Any]:
    """The details of an error by the last word of their type."""
    return {detail["@type"].rpartition(".")[2]: detail for detail in error.details["error"]["details"]}


@pytest.mark.parametrize(("kind", "quota"), [("rate_limit", "PerMinute"), ("quota", "PerDay")])
async def test_a_quota_error_tells_the_quota_and_when_to_try_again(
    gemini: Gemini, kind: str, quota: str
) -> None:
    gemini.mock.error({"kind": kind, "retry_after": "2500ms"})

    with pytest.raises(errors.ClientError, match="You exceeded your current quota") as caught:
        await gemini.ask()

    details = details_of(caught.value)
    [violation] = details["QuotaFailure"]["violations"]
    assert quota in violation["quotaId"]
    assert violation["quotaDimensions"] == {"location": "global", "model": MODEL}
    assert details["RetryInfo"]["retryDelay"] == "2.5s"
    assert details["Help"]["links"]


async def test_a_wrong_key_is_told_as_such(gemini: Gemini) -> None:
    with pytest.raises(errors.ClientError, match="API key not valid") as caught:
        await gemini.ask(model="mock-unauthorized")

    assert details_of(caught.value)["ErrorInfo"]["reason"] == "API_KEY_INVALID"


async def test_an_unknown_scenario_is_not_found(gemini: Gemini) -> None:
    with pytest.raises(errors.ClientError, match="There is no scenario 'wether': did you mean") as caught:
        await gemini.ask(model="mock-wether")

    assert (caught.value.code, caught.value.status) == (404, "NOT_FOUND")


# ------------------------------------------------------------------------------------------- wrong requests


NO_DATA = (
    "* GenerateContentRequest.contents[1].parts[0].data: "
    "required oneof field 'data' must have one initialized field\n"
)


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (
            types.Content(role="user", parts=[]),
            "* GenerateContentRequest.contents[0].parts: contents.parts must not be empty.\n",
        ),
        (
            [types.UserContent("Hi"), types.Content(role="model", parts=[types.Part(thought=True)])],
            NO_DATA,
        ),
        (
            types.Content(role="system", parts=[types.Part(text="Hi")]),
            "Please use a valid role: user, model.",
        ),
    ],
)
async def test_contents_that_make_no_sense_are_refused(gemini: Gemini, contents: Any, message: str) -> None:
    with pytest.raises(errors.ClientError) as caught:
        await gemini.ask(contents)

    assert (caught.value.code, caught.value.status) == (400, "INVALID_ARGUMENT")
    assert caught.value.message == message
    assert gemini.mock.requests == []


async def test_a_wrong_value_is_told_with_its_place(gemini: Gemini) -> None:
    options = types.HttpOptions(extra_body={"generationConfig": {"topK": "many"}})

    with pytest.raises(errors.ClientError) as caught:
        await gemini.ask(http_options=options)

    [violation] = details_of(caught.value)["BadRequest"]["fieldViolations"]
    assert violation == {
        "field": "generation_config.top_k",
        "description": "Invalid value at 'generation_config.top_k' (TYPE_INT32), \"many\"",
    }


async def test_too_many_candidates_are_refused(gemini: Gemini) -> None:
    with pytest.raises(errors.ClientError, match="candidate_count must be between 1 and 8"):
        await gemini.ask(candidate_count=9)


HELLO = {"contents": [{"role": "user", "parts": [{"text": "Hello!"}]}]}
URL = f"/v1beta/models/{MODEL}:generateContent"


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"x-goog-api-key": "{key}"}, {}),
        ({"authorization": "Bearer {key}"}, {}),
        ({}, {"key": "{key}"}),
    ],
)
def test_a_key_may_stand_in_several_places(
    server: MockServer, key: str, headers: dict[str, str], query: dict[str, str]
) -> None:
    sent = {name: value.format(key=key) for name, value in headers.items()}
    params = {name: value.format(key=key) for name, value in query.items()}

    answer = httpx2.post(server.url + URL, headers=sent, params=params, json=HELLO)

    assert answer.status_code == 200
    assert len(server.namespace(key).requests) == 1


@pytest.mark.parametrize("body", [b'{"contents": [', b'{"contents": 1}', b"", b"[]", b"\xff"])
def test_a_body_that_no_sdk_sends_is_refused(server: MockServer, key: str, body: bytes) -> None:
    answer = httpx2.post(server.url + URL, headers={"x-goog-api-key": key}, content=body)

    assert answer.status_code == check_error(answer.json()) == 400
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", URL),
        ("POST", f"/v1beta/models/{MODEL}:frobnicate"),
        ("POST", f"/v1beta/v1beta/models/{MODEL}:generateContent"),
        ("POST", f"/models/{MODEL}:generateContent"),
        ("GET", "/v1beta/nothing"),
    ],
)
def test_a_path_that_no_sdk_asks_is_not_found(server: MockServer, key: str, method: str, path: str) -> None:
    answer = httpx2.request(method, server.url + path, headers={"x-goog-api-key": key})

    assert answer.status_code == check_error(answer.json()) == 404
    assert answer.json()["error"]["status"] == "NOT_FOUND"


def test_a_request_without_a_key_is_refused(server: MockServer) -> None:
    answer = httpx2.post(server.url + URL, json=HELLO)

    assert answer.status_code == 403
    assert answer.json()["error"]["status"] == "PERMISSION_DENIED"
    assert answer.json()["error"]["message"].startswith("Method doesn't allow unregistered callers")


# ------------------------------------------------------------------------------------------- trying again


def trying(attempts: int) -> types.HttpOptions:
    retry = types.HttpRetryOptions(attempts=attempts, initial_delay=0.001, max_delay=0.002, jitter=0)
    return types.HttpOptions(retry_options=retry)


async def test_the_sdk_does_not_try_again_of_its_own_accord(gemini: Gemini) -> None:
    with pytest.raises(errors.ClientError):
        await gemini.ask(model="mock-sdk-gemini-flaky")

    assert len(gemini.mock.exchanges) == 1


async def test_the_sdk_tries_again_until_it_is_answered(gemini: Gemini) -> None:
    response = await gemini.ask(model="mock-sdk-gemini-flaky", http_options=trying(5))

    assert response.text == "Fourth time lucky."
    assert [entry.status for entry in gemini.mock.exchanges] == [429, 503, 500, 200]


async def test_the_sdk_tries_again_before_a_stream(gemini: Gemini) -> None:
    options = trying(5)

    chunks = await gemini.stream(model="mock-sdk-gemini-flaky", http_options=options)

    assert "".join(chunk.text or "" for chunk in chunks) == "Fourth time lucky."
    assert len(gemini.mock.exchanges) == 4


async def test_the_sdk_gives_up_with_the_last_error(gemini: Gemini) -> None:
    with pytest.raises(errors.ServerError, match="high demand"):
        await gemini.ask(model="mock-sdk-gemini-flaky", http_options=trying(2))

    assert len(gemini.mock.exchanges) == 2


async def test_the_sdk_does_not_try_again_what_is_wrong(gemini: Gemini) -> None:
    with pytest.raises(errors.ClientError):
        await gemini.ask(types.Content(parts=[]), http_options=trying(5))

    assert len(gemini.mock.exchanges) == 1


# --------------------------------------------------------------------------------------- amidst an answer


# Not over a wire that is checked: a raw answer has no headers but the script's.


def test_an_error_inside_a_stream_comes_after_what_was_told(server: MockServer, key: str) -> None:
    options = types.HttpOptions(base_url=server.urls.gemini)
    with genai.Client(api_key=key, http_options=options) as client:
        stream = iter(client.models.generate_content_stream(model="mock-sdk-gemini-cut", contents="Hi"))

        assert next(stream).text == "Once"
        with pytest.raises(errors.ServerError, match="The model is overloaded") as caught:
            next(stream)

    assert (caught.value.code, caught.value.status) == (503, "UNAVAILABLE")


# The SDK makes its own session by inheritance, which aiohttp discourages.
@pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession:DeprecationWarning")
async def test_an_error_inside_an_asynchronous_stream(server: MockServer, key: str) -> None:
    options = types.HttpOptions(base_url=server.urls.gemini)
    async with genai.Client(api_key=key, http_options=options).aio as client:
        answer = await client.models.generate_content_stream(model="mock-sdk-gemini-cut", contents="Hi")
        stream = aiter(answer)

        assert (await anext(stream)).text == "Once"
        with pytest.raises(errors.ServerError, match="The model is overloaded") as caught:
            await anext(stream)

    assert (caught.value.code, caught.value.status) == (503, "UNAVAILABLE")


@pytest.mark.parametrize("streamed", [False, True])
async def test_an_answer_that_is_not_whole_is_continued(gemini: Gemini, streamed: bool) -> None:
    model = "mock-sdk-gemini-continued"

    responses = await gemini.stream(model=model) if streamed else [await gemini.ask(model=model)]

    assert "".join(response.text or "" for response in responses) == "To be continued."
    assert "bW9yZQ" in gemini.mock.requests[-1].http.body.decode()
    assert len(gemini.mock.exchanges) == 2
