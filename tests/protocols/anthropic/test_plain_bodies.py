"""What a body is told to be plainly is what the models of its contract say of it, text or blocks alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from mockserver.conversation import Json, JsonObject
from mockserver.protocols.anthropic.contract import SampledMessageBody
from mockserver.protocols.plain_shape import is_plain

TEXT: JsonObject = {"type": "text", "text": "Hi"}
IMAGE: JsonObject = {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}}
CONTENTS: list[Json] = [
    "Hi",
    "",
    [],
    [TEXT],
    [TEXT, IMAGE],
    [{**TEXT, "cache_control": {"type": "ephemeral"}}],
    None,
    3,
    {},
    TEXT,
    ["Hi"],
    [{"type": "text"}],
    [{**TEXT, "text": 3}],
    [{**TEXT, "more": 1}],
    [{"type": "unheard_of"}],
    [{"text": "Hi"}],
]


def body(content: Json) -> JsonObject:
    return {"model": "claude", "max_tokens": 1, "messages": [{"role": "user", "content": content}]}


def of_system(content: Json) -> JsonObject:
    return {**body("Hi"), "system": content}


def of_result(content: Json) -> JsonObject:
    return body([{"type": "tool_result", "tool_use_id": "toolu_1", "content": content}])


def of_document(content: Json) -> JsonObject:
    return body([{"type": "document", "source": {"type": "content", "content": content}}])


def of_system_message(content: Json) -> JsonObject:
    return {**body("Hi"), "messages": [{"role": "system", "content": content}]}


@pytest.mark.parametrize("content", CONTENTS, ids=repr)
@pytest.mark.parametrize("place", [body, of_system, of_result, of_document, of_system_message])
def test_content_is_right_where_the_models_take_it(
    place: Callable[[Json], JsonObject], content: Json
) -> None:
    told = place(content)

    assert is_plain(SampledMessageBody, told) == is_right(told)


@pytest.mark.parametrize(
    "tool",
    [
        {"name": "f", "input_schema": {"type": "object"}},
        {"type": None, "name": "f", "input_schema": {"type": "object"}},
        {"type": "custom", "name": "f", "input_schema": {"type": "object"}},
        {"type": "bash_20250124", "name": "bash"},
        {"type": "mcp_toolset", "mcp_server_name": "s"},
        {"name": "f"},
        {"name": "f", "input_schema": {"type": "array"}},
        {"type": "unheard_of", "name": "f"},
        {"type": "bash_20250124", "name": "bash", "input_schema": {"type": "object"}},
        "f",
    ],
    ids=repr,
)
def test_a_tool_is_right_where_the_models_take_it(tool: Json) -> None:
    told = {**body("Hi"), "tools": [tool]}

    assert is_plain(SampledMessageBody, told) == is_right(told)


def is_right(told: JsonObject) -> bool:
    try:
        SampledMessageBody.model_validate(told)
    except ValidationError:
        return False
    return True
