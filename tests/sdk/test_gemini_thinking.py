"""Google's SDK asks a model that thinks: thoughts shown or not, counted either way, signed where needed."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

import httpx2
import pytest
from google.genai import types
from sdk.gemini_strict import MODEL, Gemini, only, text_of

from mockserver.conversation import Thinking
from mockserver.runner import MockServer

QUESTION = "How many r's are in strawberry?"
ANSWER = 'There are three r\'s in "strawberry".'
SHOWN = types.ThinkingConfig(include_thoughts=True)


def thoughts_of(*responses: types.GenerateContentResponse) -> str:
    parts = [part for response in responses for part in response.parts or ()]
    return "".join(part.text or "" for part in parts if part.thought)


async def test_thoughts_come_before_the_answer_and_are_no_part_of_it(gemini: Gemini) -> None:
    response = await gemini.ask(QUESTION, thinking_config=SHOWN)

    assert [part.thought for part in response.parts or ()] == [True, None]
    assert thoughts_of(response).startswith("The user wants to know how many r")
    assert response.text == ANSWER


async def test_streamed_thoughts_come_before_the_answer(gemini: Gemini) -> None:
    whole = await gemini.ask(QUESTION, thinking_config=SHOWN)
    chunks = await gemini.stream(QUESTION, thinking_config=SHOWN)

    marks = [bool(part.thought) for chunk in chunks for part in chunk.parts or ()]
    assert marks == sorted(marks, reverse=True)
    assert thoughts_of(*chunks) == thoughts_of(whole)
    assert text_of(chunks) == ANSWER


@pytest.mark.parametrize(
    "config",
    [
        None,
        types.ThinkingConfig(include_thoughts=False),
        types.ThinkingConfig(thinking_budget=-1),
        types.ThinkingConfig(thinking_budget=1024),
        types.ThinkingConfig(thinking_level=types.ThinkingLevel.HIGH),
    ],
)
async def test_thoughts_are_not_shown_unless_asked_for(
    gemini: Gemini, config: types.ThinkingConfig | None
) -> None:
    whole = await gemini.ask(QUESTION, thinking_config=config)
    chunks = await gemini.stream(QUESTION, thinking_config=config)

    assert whole.text == text_of(chunks) == ANSWER
    assert thoughts_of(whole, *chunks) == ""


@pytest.mark.parametrize("shown", [False, True])
async def test_thoughts_count_whether_shown_or_not(gemini: Gemini, shown: bool) -> None:
    config = types.ThinkingConfig(include_thoughts=shown)
    whole = await gemini.ask(QUESTION, thinking_config=config)
    *_, last = await gemini.stream(QUESTION, thinking_config=config)

    usage = whole.usage_metadata
    assert usage
    assert usage.thoughts_token_count
    assert usage.total_token_count == sum(
        (usage.prompt_token_count or 0, usage.candidates_token_count or 0, usage.thoughts_token_count)
    )
    assert last.usage_metadata == usage


async def test_a_model_without_a_budget_for_thinking_does_not_think(gemini: Gemini) -> None:
    config = types.ThinkingConfig(include_thoughts=True, thinking_budget=0)
    whole = await gemini.ask(QUESTION, thinking_config=config)
    chunks = await gemini.stream(QUESTION, thinking_config=config)

    assert whole.text == text_of(chunks) == ANSWER
    for response in (whole, *chunks):
        assert not any(part.thought or part.thought_signature for part in response.parts or ())
        assert response.usage_metadata
        assert response.usage_metadata.thoughts_token_count is None


async def test_thoughts_are_counted_before_there_is_an_answer(gemini: Gemini) -> None:
    first, *_ = await gemini.stream(QUESTION, thinking_config=SHOWN)

    assert first.usage_metadata
    assert first.usage_metadata.thoughts_token_count
    assert first.usage_metadata.candidates_token_count is None


async def test_an_answer_cut_while_thinking_has_no_parts(gemini: Gemini) -> None:
    whole = await gemini.ask(QUESTION, max_output_tokens=3)
    [chunk] = await gemini.stream(QUESTION, max_output_tokens=3)

    for response in (whole, chunk):
        assert only(response).finish_reason is types.FinishReason.MAX_TOKENS
        assert only(response).content == types.Content(role="model")


async def test_the_answer_of_a_thinking_model_is_signed(gemini: Gemini) -> None:
    whole = await gemini.ask(QUESTION)
    *chunks, last = await gemini.stream(QUESTION)

    assert [bool(part.thought_signature) for part in whole.parts or ()] == [True]
    assert [(part.text, bool(part.thought_signature)) for part in last.parts or ()] == [("", True)]
    assert not any(part.thought_signature for chunk in chunks for part in chunk.parts or ())


async def test_thinking_between_calls_is_signed_at_the_first_call(gemini: Gemini) -> None:
    def get_weather(city: str) -> dict[str, int]:
        """The weather in a city."""
        return {"temp_c": len(city)}

    response = await gemini.ask(
        "Weather?", model="mock-sdk-thinking-tools", tools=[get_weather], thinking_config=SHOWN
    )

    _, called, _ = response.automatic_function_calling_history or []
    assert [(bool(part.thought), bool(part.thought_signature)) for part in called.parts or ()] == [
        (True, False),
        (False, True),
    ]
    assert response.text == 'In Paris: {"temp_c":5}'
    assert thoughts_of(response) == "Now I know it."


async def test_thoughts_and_signatures_go_back_as_they_came(gemini: Gemini) -> None:
    response = await gemini.ask(QUESTION, thinking_config=SHOWN)

    turn = only(response).content
    assert turn
    assert (await gemini.ask([types.UserContent(QUESTION), turn, types.UserContent("Sure?")])).text
    [thinking] = [part for part in gemini.mock.requests[-1].messages[1].parts if isinstance(part, Thinking)]
    assert thinking.text == thoughts_of(response)


@pytest.mark.parametrize("signature", ["-_8=", "-_8", "+/8=", urlsafe_b64encode(b"\xfb\xff" * 20).decode()])
def test_a_signature_may_come_back_in_either_alphabet(server: MockServer, key: str, signature: str) -> None:
    call = {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": signature}
    contents: list[dict[str, Any]] = [
        {"role": "user", "parts": [{"text": "Hello!"}]},
        {"role": "model", "parts": [call]},
        {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"result": 1}}}]},
    ]

    answer = httpx2.post(
        f"{server.url}/v1beta/models/{MODEL}:generateContent",
        headers={"x-goog-api-key": key},
        json={"contents": contents},
    )

    assert answer.status_code == 200
