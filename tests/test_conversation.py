from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.conversation import (
    Message,
    Native,
    Text,
    ToolCall,
    ToolResult,
    json_text,
    latest_results,
    role_runs,
    tool_results,
)

FIRST = ToolResult("1", '{"temp": 18}')
SECOND = ToolResult("2", "noon")
CONVERSATION = (
    Message("user", (Text("Weather?"),)),
    Message("assistant", (ToolCall("get_weather", {}, "1"),)),
    Message("tool", (FIRST,)),
    Message("assistant", (ToolCall("get_time", {}, "2"),)),
    Message("tool", (SECOND,)),
)


def test_results_are_found_by_the_name_of_the_tool_that_was_called() -> None:
    assert tool_results(CONVERSATION) == {"get_weather": FIRST, "get_time": SECOND}


def test_a_result_that_carries_its_name_needs_no_call() -> None:
    result = ToolResult("", "noon", name="get_time")

    assert tool_results((Message("tool", (result,)),)) == {"get_time": result}


def test_the_latest_results_are_those_since_the_last_assistant_message() -> None:
    assert latest_results(CONVERSATION) == {"get_time": SECOND}


def test_there_are_no_latest_results_once_the_assistant_has_spoken() -> None:
    assert latest_results((*CONVERSATION, Message("assistant", (Text("Noon."),)))) == {}


PARTS = {
    "user": st.builds(Text, st.just("Hm.")),
    "assistant": st.builds(ToolCall, st.sampled_from("ab"), st.just({}), st.sampled_from("12")),
    "tool": st.builds(ToolResult, st.sampled_from("123"), st.just("so"), st.sampled_from(["", "a"])),
}
MESSAGES = st.sampled_from(list(PARTS)).flatmap(
    lambda role: st.builds(Message, st.just(role), st.lists(PARTS[role], max_size=2).map(tuple))
)


@given(st.lists(MESSAGES, max_size=8))
def test_of_all_results_the_latest_are_those_that_nobody_has_answered(messages: list[Message]) -> None:
    since = max((at for at, message in enumerate(messages) if message.role == "assistant"), default=-1)
    fresh = [id(part) for message in messages[since + 1 :] for part in message.parts]

    found = latest_results(messages)

    assert list(found.items()) == [item for item in tool_results(messages).items() if id(item[1]) in fresh]


def test_messages_are_gathered_in_runs_of_one_role() -> None:
    user, assistant = Message("user", (Text("a"),)), Message("assistant", (Text("b"),))

    assert list(role_runs((user, user, assistant))) == [(user, user), (assistant,)]


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
