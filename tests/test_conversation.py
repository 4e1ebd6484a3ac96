from __future__ import annotations

import pytest

from mockserver.conversation import (
    Native,
    ToolCall,
    ToolResult,
    json_text,
)


@pytest.mark.parametrize(("text", "value"), [('{"a": 1}', {"a": 1}), ("noon", "noon"), ("", ""), ("18", 18)])
def test_a_result_is_json_where_it_is_json(text: str, value: object) -> None:
    assert ToolResult("1", text).value == value


@pytest.mark.parametrize(
    ("arguments", "text", "value"),
    [({"a": "ö"}, '{"a":"ö"}', {"a": "ö"}), ('{"a"', '{"a"', '{"a"'), ('{"a": 1}', '{"a": 1}', {"a": 1})],
)
def test_arguments_are_text_on_the_wire_and_a_value_where_they_can_be(
    arguments: dict[str, str] | str, text: str, value: object
) -> None:
    call = ToolCall("f", arguments)

    assert (call.arguments_text, call.arguments_value) == (text, value)


def test_a_native_part_is_found_by_protocol_then_family() -> None:
    part = Native({"openai": 1, "openai.chat": 2})

    assert [part.on("openai.chat"), part.on("openai.responses"), part.on("gemini")] == [2, 1, None]


def test_json_text_is_compact_and_raw() -> None:
    assert json_text({"b": [1, None], "a": "ü"}) == '{"b":[1,null],"a":"ü"}'


@pytest.mark.parametrize("depth", [300, 100_000])
def test_json_text_of_any_depth_is_a_text(depth: int) -> None:
    value: object = 1
    for _ in range(depth):
        value = [value]

    assert json_text(value).startswith(("[[", '"(nested too deeply'))
