"""What the API refuses is refused to Google's SDK too, in the API's words; and what it takes is taken."""

from __future__ import annotations

import base64
from typing import Any

import httpx2
import pytest
from google.genai import errors, types
from sdk.gemini_strict import MODEL, Gemini, settled

from mockserver.runner import MockServer

SIGNED = b"\xfb\xff signed"


def call(name: str, signature: bytes | None = SIGNED) -> types.Part:
    return types.Part(function_call=types.FunctionCall(name=name, args={}), thought_signature=signature)


def result(name: str) -> types.Part:
    return types.Part.from_function_response(name=name, response={"result": 1})


def turns(*contents: Any) -> list[types.Content]:
    """A user's question, then calls and results in turn."""
    roles = ["model", "user"] * len(contents)
    told = [types.Content(role=role, parts=list(parts)) for role, parts in zip(roles, contents, strict=False)]
    return [types.UserContent("Go."), *told]


async def refusal(gemini: Gemini, contents: Any, **config: Any) -> str:
    with pytest.raises(errors.ClientError) as caught:
        await gemini.ask(contents, **config)
    assert (caught.value.code, caught.value.status) == (400, "INVALID_ARGUMENT")
    return str(caught.value.message)


async def test_an_unknown_name_is_refused(gemini: Gemini) -> None:
    options = types.HttpOptions(extra_body={"foo": 1, "generationConfig": {"bar": 1}})

    message = await refusal(gemini, "Hello!", http_options=options)

    assert sorted(message.split("\n")) == [
        "Invalid JSON payload received. Unknown name \"bar\" at 'generation_config': Cannot find field.",
        'Invalid JSON payload received. Unknown name "foo": Cannot find field.',
    ]


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (
            turns([call("f"), call("g")], [result("f")]),
            "Please ensure that the number of function response parts",
        ),
        (
            [types.Content(role="user", parts=[result("f")])],
            "Please ensure that function response turn comes",
        ),
        ([types.ModelContent([call("f")])], "Please ensure that function call turn comes immediately after"),
        (turns([call("f", None)], [result("f")]), "Function call is missing a thought_signature"),
        (
            [types.Content(role="user", parts=[])],
            "* GenerateContentRequest.contents[0].parts: contents.parts must",
        ),
        (
            [types.Content(role="user", parts=[types.Part()])],
            "* GenerateContentRequest.contents[0].parts[0].data: req",
        ),
    ],
)
async def test_a_conversation_out_of_order_is_refused(gemini: Gemini, contents: Any, words: str) -> None:
    assert (await refusal(gemini, contents)).startswith(words)


@pytest.mark.parametrize(
    "contents",
    [
        turns([call("f"), call("g", None)], [result("f"), result("g")]),
        turns([call("f", b"skip_thought_signature_validator")], [result("f")]),
        [*turns([call("f", None)], [result("f")]), types.UserContent("And now?")],
    ],
)
async def test_a_conversation_in_order_is_taken(gemini: Gemini, contents: Any) -> None:
    assert (await gemini.ask(contents)).text


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_signature_comes_back_in_either_alphabet(server: MockServer, key: str, encode: Any) -> None:
    part = {
        "functionCall": {"name": "f", "args": {}},
        "thoughtSignature": encode(SIGNED).decode().rstrip("="),
    }
    contents = [
        {"role": "user", "parts": [{"text": "Go."}]},
        {"role": "model", "parts": [part]},
        {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {}}}]},
    ]

    answer = httpx2.post(
        f"{server.url}/v1beta/models/{MODEL}:generateContent",
        headers={"x-goog-api-key": key},
        json={"contents": contents},
    )

    assert answer.status_code == 200


async def test_where_nothing_is_refused_all_is_noted(gemini: Gemini, server: MockServer, key: str) -> None:
    httpx2.put(
        f"{server.url}/_mock/settings", headers={"x-goog-api-key": key}, json={"contract": "off"}
    ).raise_for_status()

    options = types.HttpOptions(extra_body={"foo": 1})
    response = await settled(gemini.ask("Hello!", http_options=options))

    assert response.text == "Hello! How can I help you today?"
    headers = response.sdk_http_response.headers
    assert headers["x-mock-findings"] == "error unknown_parameter /foo"
