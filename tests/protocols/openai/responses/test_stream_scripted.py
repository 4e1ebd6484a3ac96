"""What a stream tells of items that were scripted whole: the events of each kind, in their order."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from protocols.openai.responses.test_sdk_types import streaming
from protocols.openai.responses_wire import answer, frames, of_type, streamed, types

from mockserver.conversation import JsonObject, Native, Reply
from mockserver.protocols.openai.responses import DIALECT

CITED = {
    "type": "url_citation",
    "start_index": 0,
    "end_index": 5,
    "title": "Demo",
    "url": "https://example.com",
}
TEXT = {"type": "output_text", "text": "As said.", "annotations": [CITED], "logprobs": []}
MESSAGE = {"type": "message", "role": "assistant", "status": "completed", "content": [TEXT]}
CALL = {"id": "mcp_1", "type": "mcp_call", "name": "f", "arguments": "{}", "server_label": "x"}
TOOLS = {"id": "mcpl_1", "type": "mcp_list_tools", "server_label": "x", "tools": []}
CODE = {
    "id": "ci_1",
    "type": "code_interpreter_call",
    "status": "completed",
    "code": "1 + 1",
    "container_id": "cntr_1",
    "outputs": None,
}

ROWS: dict[str, tuple[JsonObject, list[str]]] = {
    "a message": (
        MESSAGE,
        [
            "content_part.added",
            "output_text.delta",
            "output_text.annotation.added",
            "output_text.done",
            "content_part.done",
        ],
    ),
    "a message without a word": (
        {**MESSAGE, "content": [{**TEXT, "text": "", "annotations": []}]},
        ["content_part.added", "output_text.done", "content_part.done"],
    ),
    "a refusal": (
        {**MESSAGE, "content": [{"type": "refusal", "refusal": "No."}]},
        ["content_part.added", "refusal.delta", "refusal.done", "content_part.done"],
    ),
    "a summary of reasoning": (
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm"}] * 2},
        [
            "reasoning_summary_part.added",
            "reasoning_summary_text.delta",
            "reasoning_summary_text.done",
            "reasoning_summary_part.done",
        ]
        * 2,
    ),
    "the text of reasoning": (
        {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm"}]},
        ["content_part.added", "reasoning_text.delta", "reasoning_text.done", "content_part.done"],
    ),
    "a function call": (
        {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}", "status": "completed"},
        ["function_call_arguments.delta", "function_call_arguments.done"],
    ),
    "a custom call": (
        {"type": "custom_tool_call", "call_id": "call_1", "name": "f", "input": "ls"},
        ["custom_tool_call_input.delta", "custom_tool_call_input.done"],
    ),
    "a web search": (
        {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": {"type": "search"}},
        ["web_search_call.in_progress", "web_search_call.searching", "web_search_call.completed"],
    ),
    "a file search": (
        {"id": "fs_1", "type": "file_search_call", "status": "completed", "queries": [], "results": None},
        ["file_search_call.in_progress", "file_search_call.searching", "file_search_call.completed"],
    ),
    "code that is run": (
        CODE,
        [
            "code_interpreter_call.in_progress",
            "code_interpreter_call_code.delta",
            "code_interpreter_call_code.done",
            "code_interpreter_call.interpreting",
            "code_interpreter_call.completed",
        ],
    ),
    "a call of a server's tool": (
        {**CALL, "output": "18"},
        [
            "mcp_call.in_progress",
            "mcp_call_arguments.delta",
            "mcp_call_arguments.done",
            "mcp_call.completed",
        ],
    ),
    "a call of a server's tool that failed": (
        {**CALL, "error": {"type": "http_error", "code": 500, "message": "No"}},
        ["mcp_call.in_progress", "mcp_call_arguments.delta", "mcp_call_arguments.done", "mcp_call.failed"],
    ),
    "a list of a server's tools": (TOOLS, ["mcp_list_tools.in_progress", "mcp_list_tools.completed"]),
    "a list of a server's tools that failed": (
        {**TOOLS, "error": "No"},
        ["mcp_list_tools.in_progress", "mcp_list_tools.failed"],
    ),
    "a compaction": ({"type": "compaction", "encrypted_content": "gAAAAA"}, []),
}


@pytest.mark.parametrize("row", ROWS)
def test_an_item_is_told_by_the_events_of_its_kind(row: str) -> None:
    item, kinds = ROWS[row]
    reply = Reply((Native({"openai.responses": item}),))

    stream = streamed(reply)

    assert types(stream)[2:-1] == ["output_item.added", *kinds, "output_item.done"]
    assert stream[-1]["response"]["output"] == [of_type(stream, "response.output_item.done")[0]["item"]]
    assert list(DIALECT.review(answer(frames(reply), "text/event-stream"))) == []


@pytest.mark.parametrize("row", ["a message", "a refusal", "a function call", "code that is run"])
def test_the_stream_helper_assembles_a_scripted_item(row: str) -> None:
    reply = Reply((Native({"openai.responses": ROWS[row][0]}),))
    sdk: openai.OpenAI = streaming(frames(reply))

    with sdk.responses.stream(model="m", input="Hi") as stream:
        [item] = stream.get_final_response().output

    expected: Any = streamed(reply)[-1]["response"]["output"][0]
    assert item.to_dict(exclude_none=True) == {
        key: value for key, value in expected.items() if value is not None
    }


def test_contents_of_other_types_are_told_in_the_item_alone() -> None:
    odd = {**MESSAGE, "content": [{"type": "hologram"}]}

    stream = streamed(Reply((Native({"openai.responses": odd}),)))

    assert types(stream)[2:-1] == ["output_item.added", "output_item.done"]
