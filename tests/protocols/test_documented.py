"""What a scripted answer has that is not documented."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from mockserver.conversation import Finding
from mockserver.protocols.documented import undocumented


class Text(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: Literal["text"]
    text: str


class Call(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: Literal["call"]
    name: str


class Reply(BaseModel):
    content: list[Annotated[Text | Call, Field(discriminator="type")]]


def is_tag(step: str | int, value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == step


def found(value: Any, within: str = "") -> list[Finding]:
    return list(undocumented(Reply, value, is_tag, within))


def test_what_is_documented_is_not_told() -> None:
    assert found({"content": [{"type": "text", "text": "Hi"}]}) == []


def test_a_member_that_no_page_names_is_told_with_its_place() -> None:
    assert found({"content": [{"type": "text", "text": "Hi", "at": 1}]}) == [
        Finding("unknown", "undocumented_field", "/content/0/at", "it is not in the documented response")
    ]


def test_a_value_of_another_type_is_told_with_what_is_documented() -> None:
    (finding,) = found({"content": [{"type": "call", "name": 3}]})

    assert (finding.severity, finding.code, finding.pointer) == (
        "error",
        "undocumented_value",
        "/content/0/name",
    )
    assert finding.message == "the documented response says otherwise: input should be a valid string"


def test_what_is_missing_is_told_too() -> None:
    assert found({}) == [
        Finding("error", "undocumented_value", "/content", "it is missing, but always there as documented")
    ]


@pytest.mark.parametrize(
    ("part", "pointer", "sentence"),
    [
        ({"type": "star"}, "/content/0/type", "input should be one of 'text', 'call'"),
        (3, "/content/0", "input should be an object"),
    ],
)
def test_what_is_another_kind_of_value_is_told_in_words_of_json(
    part: Any, pointer: str, sentence: str
) -> None:
    (finding,) = found({"content": [part]})

    assert (finding.pointer, finding.message) == (
        pointer,
        f"the documented response says otherwise: {sentence}",
    )


def test_a_part_that_does_not_tell_its_type_misses_it() -> None:
    (finding,) = found({"content": [{"typ": "text"}]})

    assert (finding.pointer, finding.message) == (
        "/content/0/type",
        "it is missing, but always there as documented",
    )


def test_a_long_list_of_what_is_documented_is_cut_short() -> None:
    class Choice(BaseModel):
        choice: Literal[tuple(f"value-{number}" for number in range(100))]  # type: ignore[valid-type]  # many

    (finding,) = undocumented(Choice, {"choice": "x"}, is_tag)

    assert finding.message.endswith(", …")
    assert len(finding.message) < 250


def test_the_place_of_the_value_itself_comes_first() -> None:
    assert [finding.pointer for finding in found({"content": [{"type": "star"}]}, "/7")] == [
        "/7/content/0/type"
    ]
