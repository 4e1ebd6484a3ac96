"""What of a scripted answer is not documented; all that this server says itself is."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from protocols.anthropic.messages_wire import CONTEXT, body_of, post, rendered, streamed
from protocols.anthropic.served import Api

from mockserver.conversation import (
    ERROR_KINDS,
    ErrorKind,
    Failure,
    Finding,
    Finish,
    Http,
    Image,
    JsonObject,
    Native,
    Refusal,
    Reply,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from mockserver.protocols.anthropic import MESSAGES, VENDOR
from mockserver.protocols.anthropic.contract_answer import Model, ModelList, TokensCount
from mockserver.protocols.base import Answer

CITATION = {
    "type": "char_location",
    "cited_text": "blue",
    "document_index": 0,
    "document_title": None,
    "start_char_index": 0,
    "end_char_index": 4,
    "file_id": None,
}
FOUND = {
    "type": "web_search_result",
    "url": "https://example.com",
    "title": "Example",
    "encrypted_content": "x",
    "page_age": None,
}
NATIVES: list[JsonObject] = [
    {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}},
    {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [FOUND]},
    {
        "type": "web_search_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": {"type": "web_search_tool_result_error", "error_code": "max_uses_exceeded"},
    },
    {"type": "text", "text": "The sky is blue.", "citations": [CITATION]},
    {"type": "mcp_tool_use", "id": "mcptoolu_1", "name": "f", "server_name": "s", "input": {}},
    {"type": "mcp_tool_result", "tool_use_id": "mcptoolu_1", "is_error": False, "content": "18"},
    {"type": "container_upload", "file_id": "file_1"},
    {"type": "compaction", "content": "They said hi.", "encrypted_content": None},
    {
        "type": "fallback",
        "from": {"model": "a"},
        "to": {"model": "b"},
        "trigger": {"type": "refusal", "category": None},
    },
]

USAGE = Usage(input=40, output=30, cached=10, cache_write=5, thinking=6)
REPLIES: dict[str, Reply] = {
    "text": Reply((Text("Hi"),)),
    "nothing": Reply(()),
    "thinking": Reply((Thinking("Hm."), Thinking("b3Bh", redacted=True), Text("Yes.")), usage=USAGE),
    "tools": Reply((Text("I look."), ToolCall("f", {"a": 1}), ToolCall("g", {})), "tool_calls"),
    "refusal": Reply((Refusal("I can't."),), "refusal"),
    "image": Reply((Image("image/png", "aGk="),)),
    "natives": Reply(tuple(Native({"anthropic": block}) for block in NATIVES), usage=USAGE),
}
FIELDS: list[dict[str, Any]] = [
    {},
    {"speed": "fast", "inference_geo": "us"},
    {"thinking": {"type": "adaptive", "display": "omitted"}},
    {"context_management": {"edits": []}, "diagnostics": {"previous_message_id": None}},
    {"max_tokens": 0},
    {"tools": [{"type": "computer_toolset_20260801"}]},
]


def reviewed(answer: Answer) -> list[Finding]:
    return list(MESSAGES.review(answer))


def whole(value: Any) -> Answer:
    return Answer(200, (), orjson.dumps(value))


@pytest.mark.parametrize("fields", FIELDS, ids=str)
@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_all_that_is_said_is_documented(reply: Reply, fields: dict[str, Any]) -> None:
    assert reviewed(whole(rendered(reply, **fields))) == []
    assert reviewed(streamed(reply, **fields)) == []


@pytest.mark.parametrize(
    "finish", ["stop", "length", "tool_calls", "content_filter", "stop_sequence", "refusal", "pause"]
)
def test_every_way_to_finish_is_documented(finish: Finish) -> None:
    assert reviewed(whole(rendered(Reply((Text("Hi"),), finish)))) == []


@pytest.mark.parametrize("kind", ERROR_KINDS)
def test_every_refusal_is_documented(kind: ErrorKind) -> None:
    http = post(body_of())

    assert reviewed(VENDOR.refuse(Failure(kind, code="some_code"), http, CONTEXT)) == []


def test_an_error_in_a_stream_is_documented() -> None:
    answer = streamed(REPLIES["text"])
    asked = MESSAGES.read(post(body_of()), CONTEXT)
    assert not isinstance(asked, Failure)
    failed = b"".join(MESSAGES.encoder(asked, CONTEXT).fail(Failure("overloaded")))

    assert reviewed(Answer(200, answer.headers, answer.body + failed)) == []


def test_models_and_counts_are_documented() -> None:
    api = Api()
    headers = {"anthropic-version": "2026-10-21", "x-api-key": "k"}

    _, models = api.ask(Http("GET", "/anthropic/v1/models", headers, key="k"))
    _, model = api.ask(Http("GET", "/anthropic/v1/models/claude-opus-5-5", headers, key="k"))
    _, count = api.ask(
        Http(
            "POST",
            "/anthropic/v1/messages/count_tokens",
            headers,
            body=orjson.dumps({"model": "m", "messages": [{"role": "user", "content": "Hi"}]}),
            key="k",
        )
    )

    assert ModelList.model_validate(models).model_dump(exclude_unset=True) == models
    assert Model.model_validate(model).model_dump(exclude_unset=True) == model
    assert TokensCount.model_validate(count).input_tokens == count["input_tokens"]


# ------------------------------------------------------------------------------------- what is not documented


def test_a_field_that_is_in_no_page_is_told_with_its_place() -> None:
    message = rendered(REPLIES["text"])
    message["content"][0]["mood"] = "good"
    message["usage"]["total_tokens"] = 9

    assert reviewed(whole(message)) == [
        Finding("unknown", "undocumented_field", place, "it is not in the documented response")
        for place in ("/content/0/mood", "/usage/total_tokens")
    ]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"stop_reason": "done"}, "/stop_reason"),
        ({"content": [{"type": "text"}]}, "/content/0/text"),
        ({"content": [{"type": "picture"}]}, "/content/0/type"),
        ({"usage": {"input_tokens": "9", "output_tokens": 1}}, "/usage/input_tokens"),
    ],
    ids=str,
)
def test_a_value_that_is_otherwise_documented_is_told(changes: JsonObject, place: str) -> None:
    (found,) = reviewed(whole(rendered(REPLIES["text"]) | changes))

    assert (found.severity, found.code, found.pointer) == ("error", "undocumented_value", place)


def test_an_error_is_held_against_the_envelope() -> None:
    error = {"type": "error", "error": {"type": "oops", "message": "Oh."}, "request_id": "req_1", "code": 5}

    assert [found.pointer for found in reviewed(whole(error))] == ["/error/type", "/code"]


def test_the_events_of_a_stream_are_counted() -> None:
    frame = MESSAGES.frame({"type": "content_block_stop", "index": 0, "reason": "over"})
    unknown = MESSAGES.frame({"type": "message_pause"})

    found = reviewed(Answer(200, (), MESSAGES.frame({"type": "ping"}) + frame + unknown))

    assert [(finding.code, finding.pointer) for finding in found] == [
        ("undocumented_field", "/1/reason"),
        ("undocumented_value", "/2/type"),
    ]


def test_what_is_no_json_is_meant_to_be_so() -> None:
    assert reviewed(Answer(200, (), b"<html>")) == []
    assert reviewed(Answer(200, (), b"event: message_stop\ndata: {\n\n")) == []
