"""Google's SDK asks for JSON or for one of several words, and parses what comes."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

import jsonschema
import pytest
from google.genai import types
from pydantic import BaseModel, Field
from sdk.gemini_strict import Gemini, text_of


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Address(BaseModel):
    street: str
    number: int = Field(ge=1, le=99)


class Person(BaseModel):
    name: str
    age: int
    colour: Colour
    tags: list[str] = Field(min_length=1, max_length=3)
    homes: list[Address]
    nickname: str | None = None


JSON: dict[str, Any] = {"response_mime_type": "application/json"}
ENUM: dict[str, Any] = {"response_mime_type": "text/x.enum"}


async def test_an_answer_is_parsed_as_the_model_asked_for(gemini: Gemini) -> None:
    response = await gemini.ask("Make somebody up.", response_schema=Person, **JSON)

    assert isinstance(response.parsed, Person)
    assert response.parsed == Person.model_validate_json(response.text or "")


async def test_a_scripted_answer_is_parsed(gemini: Gemini) -> None:
    class Named(BaseModel):
        name: str
        age: int

    response = await gemini.ask(model="mock-sdk-person", response_schema=Named, **JSON)

    assert response.parsed == Named(name="Ada", age=36)


async def test_a_list_of_models_is_parsed(gemini: Gemini) -> None:
    response = await gemini.ask("Make some people up.", response_schema=list[Person], **JSON)

    people: Any = response.parsed  # which the SDK's type says is never a list
    assert people
    assert [type(person) for person in people] == [Person] * len(people)


async def test_a_streamed_answer_adds_up_to_what_was_asked_for(gemini: Gemini) -> None:
    chunks = await gemini.stream("Make somebody up.", response_schema=Person, **JSON)

    assert len(chunks) > 5
    Person.model_validate_json(text_of(chunks))


async def test_an_answer_is_valid_for_a_json_schema(gemini: Gemini) -> None:
    schema = Person.model_json_schema()

    response = await gemini.ask("Make somebody up.", response_json_schema=schema, **JSON)

    jsonschema.validate(json.loads(response.text or ""), schema)
    assert response.parsed == json.loads(response.text or "")


@pytest.mark.parametrize(
    "schema",
    [
        types.Schema(
            type=types.Type.OBJECT,
            properties={"b": types.Schema(type=types.Type.STRING), "a": types.Schema(type=types.Type.NUMBER)},
            required=["a", "b"],
            property_ordering=["b", "a"],
        ),
        {
            "type": "OBJECT",
            "properties": {"a": {"type": "NUMBER"}, "b": {"type": "STRING"}},
            "required": ["a", "b"],
            "propertyOrdering": ["b", "a"],
        },
    ],
)
async def test_members_come_in_the_order_asked_for(gemini: Gemini, schema: Any) -> None:
    response = await gemini.ask("Go.", response_schema=schema, **JSON)

    assert list(json.loads(response.text or "")) == ["b", "a"]


async def test_json_without_a_schema_is_an_object(gemini: Gemini) -> None:
    response = await gemini.ask("Go.", **JSON)

    assert isinstance(json.loads(response.text or ""), dict)


async def test_an_enum_is_answered_with_one_bare_word(gemini: Gemini) -> None:
    response = await gemini.ask("I like the blue one.", response_schema=Colour, **ENUM)

    assert response.text == "blue"
    assert response.parsed is Colour.BLUE


@pytest.mark.parametrize(
    "schema", [{"type": "STRING", "enum": ["yes", "no"]}, types.Schema(enum=["yes", "no"])]
)
async def test_an_enum_may_be_given_as_a_schema(gemini: Gemini, schema: Any) -> None:
    whole = await gemini.ask("Is it?", response_schema=schema, **ENUM)
    chunks = await gemini.stream("Is it?", response_schema=schema, **ENUM)

    assert whole.text == text_of(chunks) == "yes"


async def test_an_enum_as_json_has_quotes(gemini: Gemini) -> None:
    response = await gemini.ask("I like the blue one.", response_schema=Colour, **JSON)

    assert response.text == '"blue"'
    assert response.parsed is Colour.BLUE


async def test_a_scenario_sees_an_enum_as_text(gemini: Gemini) -> None:
    gemini.mock.script({"scenario": "words", "match": {"format": "text"}, "reply": "red"})

    assert (await gemini.ask("Which?", response_schema=Colour, **ENUM)).parsed is Colour.RED


async def test_an_answer_may_be_structured_after_a_call(gemini: Gemini) -> None:
    class Weather(BaseModel):
        summary: str

    def get_weather(city: str) -> str:
        """The weather in a city."""
        return f"fine in {city}"

    gemini.mock.script({"scenario": "both", "reply": "auto", "after": "repeat"})
    response = await gemini.ask("Weather?", tools=[get_weather], response_schema=Weather, **JSON)

    assert isinstance(response.parsed, Weather)
    assert len(gemini.mock.exchanges) == 2
