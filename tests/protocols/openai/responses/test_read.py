"""A body of the Responses API as a neutral request."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.openai.responses_wire import post, read, request

from mockserver.conversation import (
    Attachment,
    Format,
    Image,
    ImageRequest,
    Message,
    Native,
    Refusal,
    Request,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from mockserver.protocols.base import Context
from mockserver.protocols.openai.responses import DIALECT

CALL = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": '{"a":1}'}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "18"}
FUNCTION = {"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}}
CUSTOM = {"type": "custom", "name": "run"}


def messages(*items: dict[str, Any]) -> tuple[Message, ...]:
    return request(input=list(items)).messages


# ---------------------------------------------------------------------------------------------- the input


def test_a_string_is_a_message_of_the_user() -> None:
    assert request(input="Hi").messages == (Message("user", (Text("Hi"),)),)


@pytest.mark.parametrize(
    "item",
    [
        {"role": "user", "content": "Hi"},
        {"type": "message", "role": "user", "content": "Hi"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
    ],
)
def test_a_message_may_be_written_in_three_ways(item: dict[str, Any]) -> None:
    assert messages(item) == (Message("user", (Text("Hi"),)),)


@pytest.mark.parametrize(
    ("part", "attachment"),
    [
        (
            {"type": "input_image", "detail": "auto", "image_url": "data:image/png;base64,aGk="},
            Attachment("image/png", data="aGk="),
        ),
        (
            {"type": "input_image", "detail": "auto", "image_url": "https://x.test/a.png"},
            Attachment("image/*", url="https://x.test/a.png"),
        ),
        (
            {"type": "input_image", "detail": "auto", "file_id": "file_1"},
            Attachment("image/*", url="file_1"),
        ),
        (
            {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,aGk="},
            Attachment("application/pdf", data="aGk="),
        ),
        (
            {"type": "input_file", "file_url": "https://x.test/a.pdf"},
            Attachment("application/octet-stream", url="https://x.test/a.pdf"),
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "mp3"}},
            Attachment("audio/mpeg", data="aGk="),
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "wav"}},
            Attachment("audio/wav", data="aGk="),
        ),
        ({"type": "input_file", "file_data": "aGk="}, Attachment("application/octet-stream", data="aGk=")),
        ({"type": "input_file", "file_id": "file_1"}, Attachment("application/octet-stream", url="file_1")),
        ({"type": "input_image"}, Attachment("image/*")),
    ],
)
def test_a_part_that_is_no_text_is_an_attachment(part: dict[str, Any], attachment: Attachment) -> None:
    item = {"role": "user", "content": [{"type": "input_text", "text": "See"}, part]}

    assert messages(item) == (Message("user", (Text("See"), attachment)),)


def test_messages_of_the_user_stay_apart() -> None:
    found = messages({"role": "user", "content": "One"}, {"role": "user", "content": "Two"})

    assert [message.text for message in found] == ["One", "Two"]


def test_what_the_model_said_in_one_go_is_one_message() -> None:
    found = messages(
        {"role": "user", "content": "Hi"},
        {"type": "reasoning", "summary": [], "encrypted_content": "c2ln"},
        {
            "id": "msg_1",
            "type": "message",
            "status": "completed",
            "role": "assistant",
            "content": [
                {"type": "output_text", "annotations": [], "text": "I look."},
                {"type": "refusal", "refusal": "No"},
            ],
        },
        CALL,
        OUTPUT,
        {"role": "user", "content": "And?"},
    )

    said = (Thinking("", "c2ln"), Text("I look."), Refusal("No"), ToolCall("f", {"a": 1}, "call_1"))
    assert found == (
        Message("user", (Text("Hi"),)),
        Message("assistant", said),
        Message("tool", (ToolResult("call_1", "18"),)),
        Message("user", (Text("And?"),)),
    )


def test_answers_of_several_tools_are_one_message() -> None:
    found = messages(CALL, {**CALL, "call_id": "call_2"}, {**OUTPUT, "call_id": "call_2"}, OUTPUT)

    assert found[1] == Message("tool", (ToolResult("call_2", "18"), ToolResult("call_1", "18")))


@pytest.mark.parametrize(
    ("item", "part"),
    [
        ({"role": "assistant", "content": "Hello"}, Text("Hello")),
        ({**CALL, "arguments": '{"a'}, ToolCall("f", '{"a', "call_1")),
        ({**CALL, "arguments": "[1]"}, ToolCall("f", "[1]", "call_1")),
        (
            {"type": "custom_tool_call", "call_id": "call_1", "name": "run", "input": "ls"},
            ToolCall("run", "ls", "call_1"),
        ),
        (
            {
                "type": "reasoning",
                "encrypted_content": "c2ln",
                "summary": [{"type": "summary_text", "text": "A"}, {"type": "summary_text", "text": "B"}],
            },
            Thinking("A\n\nB", "c2ln"),
        ),
        (
            {
                "type": "reasoning",
                "summary": [],
                "content": [{"type": "reasoning_text", "text": "Hm"}],
            },
            Thinking("Hm"),
        ),
        (
            {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": "aGk="},
            Image("image/png", "aGk="),
        ),
        (
            {"type": "web_search_call", "id": "ws_1", "status": "completed"},
            Native({"openai.responses": {"type": "web_search_call", "id": "ws_1", "status": "completed"}}),
        ),
    ],
)
def test_an_item_of_the_model_is_a_part_of_its_message(item: dict[str, Any], part: Any) -> None:
    answers = [
        {"type": f"{kind}_output", "call_id": "call_1", "output": ""}
        for kind in ("function_call", "custom_tool_call")
        if item.get("type") == kind
    ]

    assert messages(item, *answers)[0] == Message("assistant", (part,))


@pytest.mark.parametrize(
    ("output", "parts"),
    [
        ("18", (ToolResult("call_1", "18"),)),
        ([{"type": "input_text", "text": "18"}], (ToolResult("call_1", "18"),)),
        (
            [{"type": "input_image", "image_url": "data:image/png;base64,aGk="}],
            (ToolResult("call_1", ""), Attachment("image/png", data="aGk=")),
        ),
    ],
)
def test_the_output_of_a_call_is_a_tool_result(output: Any, parts: tuple[Any, ...]) -> None:
    assert messages(CALL, {**OUTPUT, "output": output})[1] == Message("tool", parts)


def test_the_output_of_a_built_in_call_is_a_tool_result_in_json() -> None:
    item = {"type": "computer_call_output", "call_id": "call_1", "output": {"type": "screenshot"}}

    assert messages(item) == (Message("tool", (ToolResult("call_1", '{"type":"screenshot"}'),)),)


def test_an_approval_is_a_tool_result() -> None:
    item = {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True}

    assert messages(item) == (Message("tool", (ToolResult("mcpr_1", "true"),)),)


def test_instructions_and_system_messages_are_the_system_text() -> None:
    found = request(
        instructions="Be terse.",
        input=[
            {"role": "developer", "content": "Speak French."},
            {"role": "user", "content": "Hi"},
            {"role": "system", "content": [{"type": "input_text", "text": "Be kind."}]},
        ],
    )

    assert found.system == "Be terse.\nSpeak French.\nBe kind."
    assert found.messages == (Message("user", (Text("Hi"),)),)


def test_settings_among_the_items_are_no_message() -> None:
    items = [
        {"type": "configuration_update", "reasoning": {"effort": "low"}},
        {"type": "additional_tools", "role": "developer", "tools": [FUNCTION]},
        {"role": "user", "content": "Hi"},
    ]

    found = request(input=items)

    assert found.messages == (Message("user", (Text("Hi"),)),)
    assert [tool.name for tool in found.tools] == ["f"]


# ------------------------------------------------------------------------------------------------- tools


def test_tools_are_flat() -> None:
    found = request(tools=[FUNCTION, CUSTOM, {"type": "web_search"}]).tools

    assert found == (Tool("f", "d", {"type": "object"}), Tool("run", custom=True))


def test_the_tools_of_a_namespace_are_offered_too() -> None:
    namespace = {"type": "namespace", "name": "crm", "description": "d", "tools": [FUNCTION]}

    assert [tool.name for tool in request(tools=[namespace]).tools] == ["f"]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (None, ToolChoice()),
        ("auto", ToolChoice()),
        ("none", ToolChoice("none")),
        ("required", ToolChoice("required")),
        ({"type": "function", "name": "f"}, ToolChoice("required", ("f",))),
        ({"type": "custom", "name": "run"}, ToolChoice("required", ("run",))),
        (
            {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]},
            ToolChoice("auto", ("f",)),
        ),
        (
            {
                "type": "allowed_tools",
                "mode": "required",
                "tools": [{"type": "web_search"}, {"type": "custom", "name": "run"}],
            },
            ToolChoice("required", ("run",)),
        ),
        ({"type": "mcp", "server_label": "s", "name": "t"}, ToolChoice("none")),
        ({"type": "file_search"}, ToolChoice("none")),
    ],
)
def test_a_tool_choice_is_read(choice: Any, expected: ToolChoice) -> None:
    assert request(tools=[FUNCTION, CUSTOM], tool_choice=choice).tool_choice == expected


def test_calls_may_be_kept_from_being_parallel() -> None:
    assert request(parallel_tool_calls=False).tool_choice == ToolChoice(parallel=False)


def test_choosing_the_image_tool_asks_for_an_image_of_its_size() -> None:
    fields: dict[str, Any] = {"tools": [{"type": "image_generation", "size": "1024x1536"}]}

    assert request(**fields).image is None
    assert request(**fields, tool_choice={"type": "image_generation"}).image == ImageRequest(size="1024x1536")


# -------------------------------------------------------------------------------------------- the rest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, Format()),
        ({"verbosity": "low"}, Format()),
        ({"format": {"type": "text"}}, Format()),
        ({"format": {"type": "json_object"}}, Format("json")),
        (
            {"format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}}},
            Format("json_schema", {"type": "object"}, "n"),
        ),
    ],
)
def test_a_format_is_read(text: Any, expected: Format) -> None:
    assert request(text=text).format == expected


@pytest.mark.parametrize(
    ("reasoning", "asked"),
    [
        (None, False),
        ({"effort": "low"}, False),
        ({"summary": None}, False),
        ({"summary": "auto"}, True),
        ({"generate_summary": "concise"}, True),
    ],
)
def test_thinking_is_shown_when_a_summary_is_asked_for(reasoning: Any, *, asked: bool) -> None:
    assert request(reasoning=reasoning).include_thinking is asked


@pytest.mark.parametrize(
    ("reasoning", "thinks"), [(None, True), ({"effort": "none"}, False), ({"effort": "low"}, True)]
)
def test_reasoning_can_be_turned_off(reasoning: Any, *, thinks: bool) -> None:
    assert request(reasoning=reasoning).thinks == thinks


def test_model_stream_and_limit_are_read() -> None:
    found = request(model="mock-hello", stream=True, max_output_tokens=16)

    assert (found.model, found.stream, found.max_tokens) == ("mock-hello", True, 16)
    assert (found.protocol, found.choices, found.stop) == ("openai.responses", 1, ())


def test_the_body_is_kept_as_it_came() -> None:
    assert request(metadata={"a": "b"}).body == {
        "model": "gpt-4o-2024-08-06",
        "input": "Hi",
        "metadata": {"a": "b"},
    }


def test_what_is_not_documented_is_let_through() -> None:
    fields: dict[str, Any] = {
        "extra_body": {"a": 1},
        "input": [{"role": "user", "content": "Hi", "x": 1}, {"type": "new"}],
    }

    assert isinstance(read(**fields), Request)


@pytest.mark.parametrize("name", ["prompt", "previous_response_id"])
def test_a_null_is_as_good_as_nothing(name: str) -> None:
    body = {"model": "m", "input": "Hi", name: None}

    assert isinstance(DIALECT.read(post(body), Context()), Request)


def test_a_prompt_brings_model_and_input() -> None:
    found = read(model=None, input=None, prompt={"id": "pmpt_1"})

    assert isinstance(found, Request)
    assert (found.model, found.messages) == ("", ())
