"""A body of the Responses API as a neutral request."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.openai.responses_wire import post, read, refused, request

from mockserver.conversation import (
    Attachment,
    Failure,
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
            Attachment("audio/mp3", data="aGk="),
        ),
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


# ------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b'{"a":' * 300 + b"1" + b"}" * 300])
def test_what_is_no_object_is_no_json(body: bytes) -> None:
    assert DIALECT.read(post(body), Context()) == Failure("malformed_json")


@pytest.mark.parametrize(
    ("fields", "message", "param", "code"),
    [
        ({"model": None}, "you must provide a model parameter", "model", "missing_required_parameter"),
        ({"input": None}, "Missing required parameter: 'input'.", "input", "missing_required_parameter"),
        (
            {"input": []},
            "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.",
            None,
            "missing_required_parameter",
        ),
        (
            {"input": 7},
            (
                "Invalid type for 'input': expected one of a string or array of input items, "
                "but got an integer instead."
            ),
            "input",
            "invalid_type",
        ),
        (
            {"max_output_tokens": 15},
            (
                "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, "
                "but got 15 instead."
            ),
            "max_output_tokens",
            "integer_below_min_value",
        ),
        (
            {"temperature": "hot"},
            "Invalid type for 'temperature': expected a decimal, but got a string instead.",
            "temperature",
            "invalid_type",
        ),
        (
            {"temperature": 2.5},
            "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.5 instead.",
            "temperature",
            "decimal_above_max_value",
        ),
        (
            {"truncation": "bogus"},
            "Invalid value: 'bogus'. Supported values are: 'auto' and 'disabled'.",
            "truncation",
            "invalid_value",
        ),
        (
            {"stream": "yes"},
            "Invalid type for 'stream': expected a boolean, but got a string instead.",
            "stream",
            "invalid_type",
        ),
        (
            {"include": ["x"]},
            (
                "Invalid value: 'x'. Supported values are: 'file_search_call.results', "
                "'web_search_call.results', 'web_search_call.action.sources', "
                "'message.input_image.image_url', 'computer_call_output.output.image_url', "
                "'code_interpreter_call.outputs', 'reasoning.encrypted_content', and "
                "'message.output_text.logprobs'."
            ),
            "include[0]",
            "invalid_value",
        ),
        (
            {"reasoning": {"effort": "huge"}},
            (
                "Invalid value: 'huge'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', "
                "'xhigh', and 'max'."
            ),
            "reasoning.effort",
            "invalid_value",
        ),
        (
            {"tools": [{}]},
            "Missing required parameter: 'tools[0].type'.",
            "tools[0].type",
            "missing_required_parameter",
        ),
        (
            {"tools": [{"type": "function", "function": {"name": "f"}}]},
            "Missing required parameter: 'tools[0].name'.",
            "tools[0].name",
            "missing_required_parameter",
        ),
        (
            {"tool_choice": "bogus"},
            "Invalid value: 'bogus'. Supported values are: 'none', 'auto', and 'required'.",
            "tool_choice",
            "invalid_value",
        ),
        (
            {"tool_choice": 7},
            (
                "Invalid type for 'tool_choice': expected one of an object or 'none', 'auto', or 'required', "
                "but got an integer instead."
            ),
            "tool_choice",
            "invalid_type",
        ),
        (
            {"tool_choice": {"type": "function"}},
            "Missing required parameter: 'tool_choice.name'.",
            "tool_choice.name",
            "missing_required_parameter",
        ),
        (
            {"text": {"format": {"type": "json_schema", "schema": {}}}},
            "Missing required parameter: 'text.format.name'.",
            "text.format.name",
            "missing_required_parameter",
        ),
        (
            {"input": [{"role": "bogus", "content": "Hi"}]},
            "Invalid value: 'bogus'. Supported values are: 'assistant', 'system', 'developer', and 'user'.",
            "input[0].role",
            "invalid_value",
        ),
        (
            {"input": [{"role": "user"}]},
            "Missing required parameter: 'input[0].content'.",
            "input[0].content",
            "missing_required_parameter",
        ),
        (
            {"input": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]},
            (
                "Invalid value: 'text'. Supported values are: 'input_text', 'input_image', 'input_audio', "
                "'output_text', 'refusal', 'input_file', 'computer_screenshot', 'summary_text', and "
                "'encrypted_content'."
            ),
            "input[0].content[0].type",
            "invalid_value",
        ),
        (
            {"input": [{"type": "function_call_output", "output": "18"}]},
            "Missing required parameter: 'input[0].call_id'.",
            "input[0].call_id",
            "missing_required_parameter",
        ),
        (
            {"conversation": "conv_1", "previous_response_id": "resp_1"},
            (
                "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre..._id' or "
                "'conversation'."
            ),
            None,
            "mutually_exclusive_parameters",
        ),
        (
            {"metadata": {f"k{number}": "v" for number in range(17)}},
            (
                "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, "
                "but got an object with 17 properties instead."
            ),
            "metadata",
            "object_above_max_properties",
        ),
    ],
)
def test_a_violation_is_refused_in_the_words_of_the_api(
    fields: dict[str, Any], message: str, param: str | None, code: str
) -> None:
    assert refused(**fields) == Failure("invalid_request", message=message, param=param, code=code)


def test_an_empty_model_name_is_a_model_that_does_not_exist() -> None:
    assert refused(model="") == Failure("unknown_model")


def test_the_schema_is_checked_before_the_stored_state() -> None:
    assert refused(previous_response_id="resp_1", truncation="bogus").param == "truncation"


# ------------------------------------------------------------------------------------ rules of items


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([CALL], "No tool output found for function call call_1."),
        ([OUTPUT], "No tool call found for function call output with call_id call_1."),
        ([CALL, OUTPUT, {**OUTPUT, "call_id": "call_2"}], None),
        (
            [{"type": "custom_tool_call", "call_id": "call_9", "name": "run", "input": ""}],
            "No tool output found for custom tool call call_9.",
        ),
        (
            [
                {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "c2ln"},
                {"role": "user", "content": "Hi"},
            ],
            "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
        ),
        (
            [{"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "c2ln"}],
            "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
        ),
    ],
)
def test_items_that_do_not_fit_together_are_refused(items: list[Any], message: str | None) -> None:
    wrong = message or "No tool call found for function call output with call_id call_2."

    assert refused(input=items) == Failure("invalid_request", message=wrong, param="input")


def test_a_call_may_be_answered_later_than_at_once() -> None:
    assert isinstance(read(input=[CALL, {"role": "user", "content": "Wait"}, OUTPUT]), Request)


@pytest.mark.parametrize(
    "item",
    [
        {"type": "item_reference", "id": "rs_1"},
        {"id": "rs_1"},
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "item_reference", "id": f"rs_{'0' * 50}"},
    ],
)
def test_an_item_that_was_never_kept_cannot_be_found(item: dict[str, Any]) -> None:
    failure = refused(input=[item, {"role": "assistant", "content": "Hi"}])

    assert failure == Failure(
        "not_found",
        message=f"Item with id '{item['id']}' not found. Items are not persisted when `store` is set to "
        "false. Try again with `store` set to true, or remove this item from your input.",
        param="input",
    )
