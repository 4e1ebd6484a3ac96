"""Answers without a script, by the format that was asked for."""

from __future__ import annotations

import pytest

from mockserver import auto
from mockserver.conversation import Format, Http, JsonObject, Message, Request, Text


def answer(wanted: Format, said: str = "Hi") -> str:
    asked = Request("toy", "m", (Message("user", (Text(said),)),), Http("POST", "/"), format=wanted)
    return auto.reply(asked).text


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "enum": ["red", "blue"]}, "red"),
        ({"enum": [7]}, "7"),
        ({"enum": [None]}, "null"),
        ({"const": 'a "quoted" word'}, 'a "quoted" word'),
    ],
)
def test_a_text_of_a_schema_is_one_bare_value_of_it(schema: JsonObject, expected: str) -> None:
    assert answer(Format("text", schema)) == expected


def test_a_value_that_the_user_names_is_preferred() -> None:
    assert answer(Format("text", {"enum": ["red", "blue"]}), "The blue one, please.") == "blue"


def test_the_same_value_as_json_has_quotes() -> None:
    assert answer(Format("json_schema", {"enum": ["red"]})) == '"red"'


def test_a_text_without_a_schema_is_a_sentence() -> None:
    assert answer(Format()) == 'You said: "Hi" This is an automatic answer.'
