"""Structured output: the SDK makes schemas of pydantic models and parses what comes, in both APIs."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest
from openai import (
    AsyncOpenAI,
    LengthFinishReasonError,
    OpenAI,
    pydantic_function_tool,
    pydantic_responses_function_tool,
)
from openai import ContentFilterFinishReasonError as WithheldError
from pydantic import BaseModel, Field

from mockserver.runner import MockServer

HELLO: Any = [{"role": "user", "content": "Hello!"}]
REFUSAL = "I'm sorry, but I can't help with that."


class Person(BaseModel):
    name: str
    age: int


class Kind(Enum):
    TALK = "talk"
    WORKSHOP = "workshop"


class Place(BaseModel):
    city: str
    street: str | None


class Event(BaseModel):
    title: str
    kind: Kind
    place: Place
    guests: list[Person] = Field(min_length=1)
    rating: float = Field(ge=0, le=5)
    next: Event | None


class GetWeather(BaseModel):
    """The weather of a city."""

    city: str
    days: int


# --------------------------------------------------------------------------------------------- formats


def test_a_format_is_parsed(openai_client: OpenAI) -> None:
    completion = openai_client.chat.completions.parse(
        model="mock-sdk-person", messages=HELLO, response_format=Person
    )
    response = openai_client.responses.parse(model="mock-sdk-person", input="Hello!", text_format=Person)

    assert completion.choices[0].message.parsed == Person(name="Ada", age=36)
    assert response.output_parsed == Person(name="Ada", age=36)


async def test_a_format_is_parsed_asynchronously(async_openai_client: AsyncOpenAI) -> None:
    completion = await async_openai_client.chat.completions.parse(
        model="mock-sdk-person", messages=HELLO, response_format=Person
    )
    response = await async_openai_client.responses.parse(
        model="mock-sdk-person", input="Hello!", text_format=Person
    )

    assert completion.choices[0].message.parsed == Person(name="Ada", age=36)
    assert response.output_parsed == Person(name="Ada", age=36)


def test_without_a_script_the_answer_fits_the_format(openai_client: OpenAI) -> None:
    completion = openai_client.chat.completions.parse(model="gpt-4o", messages=HELLO, response_format=Event)
    response = openai_client.responses.parse(model="gpt-4o", input="Hello!", text_format=Event)

    assert isinstance(completion.choices[0].message.parsed, Event)
    assert isinstance(response.output_parsed, Event)


def test_a_streamed_format_is_parsed_as_it_grows(openai_client: OpenAI) -> None:
    with openai_client.chat.completions.stream(
        model="mock-sdk-person", messages=HELLO, response_format=Person
    ) as stream:
        seen = [event.parsed for event in stream if event.type == "content.delta"]
        final = stream.get_final_completion()

    assert seen[-1] == {"name": "Ada", "age": 36}
    assert final.choices[0].message.parsed == Person(name="Ada", age=36)


def test_a_streamed_response_is_parsed(openai_client: OpenAI) -> None:
    with openai_client.responses.stream(
        model="mock-sdk-person", input="Hello!", text_format=Person
    ) as stream:
        done = [event.parsed for event in stream if event.type == "response.output_text.done"]
        final = stream.get_final_response()

    assert done == [Person(name="Ada", age=36)]
    assert final.output_parsed == Person(name="Ada", age=36)


async def test_a_streamed_response_is_parsed_asynchronously(async_openai_client: AsyncOpenAI) -> None:
    async with async_openai_client.responses.stream(
        model="mock-sdk-person", input="Hello!", text_format=Person
    ) as stream:
        final = await stream.get_final_response()

    assert final.output_parsed == Person(name="Ada", age=36)


def test_the_format_comes_back_with_the_response(openai_client: OpenAI) -> None:
    response = openai_client.responses.parse(model="mock-sdk-person", input="Hello!", text_format=Person)

    assert response.text
    assert response.text.format
    assert response.text.format.type == "json_schema"
    assert (response.text.format.name, response.text.format.strict) == ("Person", True)


# ----------------------------------------------------------------------------------- nothing to be parsed


def test_a_refusal_is_not_parsed(openai_client: OpenAI) -> None:
    message = (
        openai_client.chat.completions.parse(model="mock-refusal", messages=HELLO, response_format=Person)
        .choices[0]
        .message
    )
    with openai_client.chat.completions.stream(
        model="mock-refusal", messages=HELLO, response_format=Person
    ) as stream:
        streamed = stream.get_final_completion().choices[0].message

    for told in (message, streamed):
        assert (told.refusal, told.content, told.parsed) == (REFUSAL, None, None)


def test_a_refused_response_is_not_parsed(openai_client: OpenAI) -> None:
    response = openai_client.responses.parse(model="mock-refusal", input="Hello!", text_format=Person)
    with openai_client.responses.stream(model="mock-refusal", input="Hello!", text_format=Person) as stream:
        streamed = stream.get_final_response()

    for told in (response, streamed):
        assert (told.status, told.output_parsed, told.output_text) == ("completed", None, "")
        assert told.output[0].type == "message"
        assert told.output[0].content[0].type == "refusal"
        assert told.output[0].content[0].refusal == REFUSAL


def test_an_answer_that_was_cut_is_not_parsed(openai_client: OpenAI) -> None:
    with pytest.raises(LengthFinishReasonError) as raised:
        openai_client.chat.completions.parse(
            model="mock-sdk-person", messages=HELLO, response_format=Person, max_completion_tokens=3
        )

    assert raised.value.completion.usage
    assert raised.value.completion.usage.completion_tokens <= 3


def test_a_streamed_answer_that_was_cut_is_not_parsed(openai_client: OpenAI) -> None:
    with (
        pytest.raises(LengthFinishReasonError),
        openai_client.chat.completions.stream(
            model="mock-sdk-person", messages=HELLO, response_format=Person, max_tokens=3
        ) as stream,
    ):
        stream.until_done()


def test_an_answer_that_was_withheld_is_not_parsed(openai_client: OpenAI) -> None:
    with pytest.raises(WithheldError):
        openai_client.chat.completions.parse(
            model="mock-sdk-filtered", messages=HELLO, response_format=Person
        )


# ------------------------------------------------------------------------------------------------- tools


def test_the_arguments_of_a_call_are_parsed(openai_client: OpenAI) -> None:
    tools = [pydantic_function_tool(GetWeather)]

    completion = openai_client.chat.completions.parse(
        model="mock-auto", messages=HELLO, tools=tools, tool_choice="required"
    )
    with openai_client.chat.completions.stream(
        model="mock-auto", messages=HELLO, tools=tools, tool_choice="required"
    ) as stream:
        streamed = stream.get_final_completion()

    for told in (completion, streamed):
        (call,) = told.choices[0].message.tool_calls or []
        assert isinstance(call.function.parsed_arguments, GetWeather)


def test_the_arguments_of_a_response_are_parsed(openai_client: OpenAI) -> None:
    tools = [pydantic_responses_function_tool(GetWeather)]

    response = openai_client.responses.parse(
        model="mock-auto", input="Hello!", tools=tools, tool_choice="required"
    )
    with openai_client.responses.stream(
        model="mock-auto", input="Hello!", tools=tools, tool_choice="required"
    ) as stream:
        streamed = stream.get_final_response()

    for told in (response, streamed):
        (call,) = told.output
        assert call.type == "function_call"
        assert isinstance(call.parsed_arguments, GetWeather)


def test_arguments_that_are_no_json_reach_the_client_as_they_are(
    openai_client: OpenAI, mock: MockServer
) -> None:
    mock.script({"scenario": "broken", "reply": [{"tool_call": "get_weather", "arguments": '{"city": "Par'}]})

    completion = openai_client.chat.completions.create(model="gpt-4o", messages=HELLO)
    response = openai_client.responses.create(model="gpt-4o", input="Hello!")

    (call,) = completion.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert call.function.arguments == '{"city": "Par'
    assert response.output[0].type == "function_call"
    assert response.output[0].arguments == '{"city": "Par'
