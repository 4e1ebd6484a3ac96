"""Google's SDK lists models, looks at one, and counts tokens."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from google.genai import errors, types
from sdk.gemini_strict import MODEL, Gemini, gathered, settled

from mockserver.runner import MockServer


async def test_models_are_listed_page_by_page(gemini: Gemini) -> None:
    models = await gathered(gemini.api.models.list(config={"page_size": 5}))

    names = [model.name for model in models]
    assert len(names) == len(set(names)) > 10
    assert all(name.startswith("models/") for name in names)
    assert len(gemini.mock.exchanges) == -(-len(names) // 5)


async def test_scenarios_are_listed_as_models(gemini: Gemini) -> None:
    names = {model.name for model in await gathered(gemini.api.models.list())}

    assert {"models/gemini-2.5-pro", "models/mock-weather"} <= names


async def test_pages_may_be_turned_by_hand(gemini: Gemini) -> None:
    pager = await settled(gemini.api.models.list(config={"page_size": 2}))

    first = [model.name for model in pager.page]
    second = [model.name for model in await settled(pager.next_page())]
    assert (pager.page_size, len(first), len(second)) == (2, 2, 2)
    assert not {*first} & {*second}


@pytest.mark.parametrize("name", ["gemini-2.5-pro", "models/gemini-2.5-pro"])
async def test_a_model_tells_its_limits(gemini: Gemini, name: str) -> None:
    model = await settled(gemini.api.models.get(model=name))

    assert model.name == "models/gemini-2.5-pro"
    assert (model.input_token_limit, model.output_token_limit) == (1_048_576, 65_536)
    assert {"generateContent", "countTokens"} <= {*model.supported_actions}


async def test_every_listed_model_may_be_looked_at(gemini: Gemini) -> None:
    listed = await gathered(gemini.api.models.list())

    for model in listed:
        assert await settled(gemini.api.models.get(model=model.name)) == model


async def test_an_unknown_model_is_not_found(gemini: Gemini) -> None:
    with pytest.raises(errors.ClientError, match="models/gemini-0 ") as caught:
        await settled(gemini.api.models.get(model="gemini-0"))

    assert (caught.value.code, caught.value.status) == (404, "NOT_FOUND")


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_a_model_that_only_the_beta_has(server: MockServer, key: str, version: str) -> None:
    answer = httpx2.get(f"{server.url}/{version}/models/gemini-pro-latest", headers={"x-goog-api-key": key})

    assert answer.status_code == (200 if version == "v1beta" else 404)


# ------------------------------------------------------------------------------------------------- counting

PICTURE = types.Part.from_bytes(data=b"\xfb\xff", mime_type="image/png")
CALL = types.Part(
    function_call=types.FunctionCall(name="get_weather", args={"city": "Paris"}),
    thought_signature=b"skip_thought_signature_validator",
)
RESULT = types.Part.from_function_response(name="get_weather", response={"result": {"temp_c": 18}})
CONTENTS = [
    "Hello!",
    "Grüße, 世界! 👋",
    ["Look at this:", PICTURE],
    [types.UserContent("Hi"), types.ModelContent("Hi!"), types.UserContent("Hello!")],
    [types.UserContent("Weather?"), types.ModelContent([CALL]), types.Content(role="user", parts=[RESULT])],
]


@pytest.mark.parametrize("contents", CONTENTS)
async def test_a_prompt_counts_as_much_as_its_answer_tells(gemini: Gemini, contents: Any) -> None:
    counted = await settled(gemini.api.models.count_tokens(model=MODEL, contents=contents))

    usage = (await gemini.ask(contents)).usage_metadata
    assert usage
    assert counted.total_tokens == usage.prompt_token_count


def test_a_whole_request_counts_as_much_as_its_answer_tells(server: MockServer, key: str) -> None:
    whole = {
        "contents": [{"role": "user", "parts": [{"text": "Hello!"}]}],
        "systemInstruction": {"parts": [{"text": "You are a helpful assistant."}]},
        "tools": [{"functionDeclarations": [{"name": "f", "description": "Does nothing."}]}],
    }
    url, headers = f"{server.url}/v1beta/models/{MODEL}", {"x-goog-api-key": key}

    request = {"generateContentRequest": {"model": f"models/{MODEL}", **whole}}
    counted = httpx2.post(f"{url}:countTokens", headers=headers, json=request).json()
    answer = httpx2.post(f"{url}:generateContent", headers=headers, json=whole).json()

    assert counted["totalTokens"] == answer["usageMetadata"]["promptTokenCount"]
    assert counted["promptTokensDetails"] == answer["usageMetadata"]["promptTokensDetails"]


async def test_counting_is_no_turn_of_a_conversation(gemini: Gemini) -> None:
    for _ in range(2):
        await settled(gemini.api.models.count_tokens(model="mock-sdk-retry", contents="Hello!"))

    assert gemini.mock.requests == []


async def test_empty_contents_cannot_be_counted(gemini: Gemini) -> None:
    with pytest.raises(errors.ClientError) as caught:
        await settled(gemini.api.models.count_tokens(model=MODEL, contents=types.Content(parts=[])))

    assert caught.value.message == (
        "* CountTokensRequest.contents[0].parts: contents.parts must not be empty.\n"
    )
