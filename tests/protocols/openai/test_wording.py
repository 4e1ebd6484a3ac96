"""Schema errors in the words of the OpenAI API, whatever the contract they come from."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mockserver.conversation import Failure
from mockserver.protocols.openai.unions import by_json_type, by_key, listed, tag
from mockserver.protocols.openai.wording import refusal_of


class Cat(BaseModel):
    lives: int


class Dog(BaseModel):
    name: Annotated[str, Field(min_length=1)] = ""


class Zoo(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    open: bool = True
    size: Literal["small"] = "small"
    mood: Literal["good", "bad"] = "good"
    cages: list[str] = Field([], min_length=2)
    labels: dict[str, str] = Field({}, max_length=1)
    pet: Annotated[
        Annotated[Cat, tag("cat")] | Annotated[Dog, tag("dog")], by_key("type", "cat", "dog", default="dog")
    ] = Dog()
    keeper: Annotated[
        Annotated[str, tag("string")] | Annotated[Dog, tag("object")],
        by_json_type("one of a string or an object"),
    ] = ""
    number: Annotated[int, Field(multiple_of=2)] = 2


@pytest.mark.parametrize(
    ("value", "message", "param", "code"),
    [
        (
            {"open": 1},
            "Invalid type for 'open': expected a boolean, but got an integer instead.",
            "open",
            "invalid_type",
        ),
        ({"sise": 1}, "Unknown parameter: 'sise'.", "sise", "unknown_parameter"),
        ({"<cat>": 1}, "Unknown parameter: '<cat>'.", "<cat>", "unknown_parameter"),
        ({"[key]": 1}, "Unknown parameter: '[key]'.", "[key]", "unknown_parameter"),
        (
            {"size": "big"},
            "Invalid value: 'big'. Supported values are: 'small'.",
            "size",
            "invalid_value",
        ),
        (
            {"mood": "odd"},
            "Invalid value: 'odd'. Supported values are: 'good' and 'bad'.",
            "mood",
            "invalid_value",
        ),
        (
            {"mood": []},
            "Invalid type for 'mood': expected one of 'good' or 'bad', but got an array instead.",
            "mood",
            "invalid_type",
        ),
        (
            {"cages": ["a"]},
            (
                "Invalid 'cages': array too short. Expected an array with minimum length 2, but got an "
                "array with length 1 instead."
            ),
            "cages",
            "array_below_min_length",
        ),
        (
            {"labels": {"a": "1", "b": "2"}},
            (
                "Invalid 'labels': too many properties. Expected an object with at most 1 properties, but "
                "got an object with 2 properties instead."
            ),
            "labels",
            "object_above_max_properties",
        ),
        (
            {"pet": {"type": "cat"}},
            "Missing required parameter: 'pet.lives'.",
            "pet.lives",
            "missing_required_parameter",
        ),
        (
            {"pet": {"type": "cow"}},
            "Invalid value: 'cow'. Supported values are: 'cat' and 'dog'.",
            "pet.type",
            "invalid_value",
        ),
        (
            {"pet": {"name": ""}},
            (
                "Invalid 'pet.name': empty string. Expected a string with minimum length 1, but got an empty "
                "string instead."
            ),
            "pet.name",
            "empty_string",
        ),
        (
            {"pet": "cat"},
            "Invalid type for 'pet': expected an object, but got a string instead.",
            "pet",
            "invalid_type",
        ),
        (
            {"keeper": 1.5},
            "Invalid type for 'keeper': expected one of a string or an object, but got a decimal instead.",
            "keeper",
            "invalid_type",
        ),
        (
            {"number": 3},
            "Invalid value for 'number': Input should be a multiple of 2.",
            "number",
            "invalid_value",
        ),
    ],
)
def test_a_violation_is_told_as_the_api_tells_it(value: Any, message: str, param: str, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Zoo.model_validate(value)

    expected = Failure("invalid_request", message=message, param=param, code=code)
    assert refusal_of(caught.value.errors()) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [("a", "'a'"), ("ab", "'a' and 'b'"), ("abc", "'a', 'b', and 'c'")],
)
def test_values_are_listed_with_commas_and_an_and(values: str, expected: str) -> None:
    assert listed(values) == expected
