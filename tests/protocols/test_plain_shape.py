"""Plain JSON is checked and written exactly as the models of its contract would check and write it."""

from __future__ import annotations

import copy
from typing import Annotated, Any, Literal

import pytest
from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.plain_shape import as_plain, written


class Part(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_alias=True, validate_by_name=True, extra="forbid"
    )

    text: str | None = None
    mime_type: str | None = None
    parts: Annotated[list[Part], BeforeValidator(lambda value: [value] if isinstance(value, dict) else value)]
    raw: Any = Field(default=None, alias="_raw", validation_alias=AliasChoices("_raw", "raw_value"))


class Sizes:
    """Takes a size by its name, or by a number; either is written as the name."""

    names = ("small", "large")

    def __call__(self, value: object) -> str:
        if value in self.names:
            return str(value)
        if isinstance(value, int):
            return self.names[value]
        raise ValueError("no size")


class Sized(BaseModel):
    size: Annotated[str, PlainValidator(Sizes(), json_schema_input_type=str)] | None = None


class Said(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    type: Literal["said"]
    words: str
    loudness: float = 1.0


class Shown(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)
    __pydantic_extra__: dict[str, int] = Field(init=False)

    type: Literal["shown"]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    block: Annotated[Said | Shown, Field(discriminator="type")]
    stream: bool = False
    tags: list[str] = Field(default_factory=list)


SAID: JsonObject = {"type": "said", "words": "Hi"}
LEAF: JsonObject = {"parts": []}


@pytest.mark.parametrize(
    "body",
    [
        {"parts": []},
        {"parts": [], "text": None},
        {"text": "Hi", "parts": [{"mime_type": "a/b", "parts": []}, {"mimeType": "c/d", "parts": []}]},
        {"parts": {"parts": {"parts": []}}},
        {"parts": [], "_raw": {"mime_type": [1, {"x": None}]}},
        {"parts": [], "raw_value": 1},
        {"parts": [], "mime_type": "a/b", "mimeType": "c/d"},
        {"parts": [{"parts": []}, {}]},
        {"parts": [{"parts": [], "mime": "a/b"}]},
        {"parts": [], "text": 3},
        {},
    ],
)
def test_members_by_either_name_are_checked_and_written_as_by_the_model(body: JsonObject) -> None:
    assert as_plain(Part, body) == _by_model(Part, body)


@pytest.mark.parametrize(
    "body",
    [
        {"block": SAID},
        {"block": SAID, "stream": True, "tags": ["a"]},
        {"block": {"type": "shown", "height": 3}},
        {"block": {"type": "shown", "height": "3"}},
        {"block": {"type": "sung", "words": "Hi"}},
        {"block": {**SAID, "loudness": 2}},
        {"block": {**SAID, "loudness": "2"}},
        {"block": {**SAID, "pitch": 2}},
        {"block": SAID, "stream": 1},
        {"block": SAID, "tags": None},
        {"block": SAID, "more": 1},
        {"block": "said"},
    ],
)
def test_strict_members_and_unions_are_checked_and_written_as_by_the_model(body: JsonObject) -> None:
    assert as_plain(Body, body) == _by_model(Body, body)


@pytest.mark.parametrize("size", ["small", "large", 0, 1, None, "huge", [], 1.5])
def test_what_an_enumeration_takes_is_written_as_by_the_model(size: Json) -> None:
    assert as_plain(Sized, {"size": size}) == _by_model(Sized, {"size": size})


def test_members_stand_in_the_order_of_the_contract() -> None:
    plain = as_plain(Body, {"stream": True, "block": {"words": "Hi", "type": "said"}})

    assert plain is not None
    assert [*plain, *plain["block"]] == ["block", "stream", "type", "words"]


def test_what_was_sent_stays_as_it_is() -> None:
    body = {"parts": {"mime_type": "a/b", "parts": [LEAF]}}
    sent = copy.deepcopy(body)

    plain = as_plain(Part, body)

    assert plain == {"parts": [{"mimeType": "a/b", "parts": [LEAF]}]}
    assert body == sent


def test_a_contract_with_a_rule_that_only_a_model_can_check_is_refused() -> None:
    class Ruled(BaseModel):
        @model_validator(mode="after")
        def never(self) -> Ruled:
            raise ValueError("never")

    with pytest.raises(TypeError, match="Ruled"):
        as_plain(Ruled, {})


def _by_model(contract: type[BaseModel], body: JsonObject) -> Json:
    try:
        return written(contract.model_validate(body))
    except ValueError:
        return None
