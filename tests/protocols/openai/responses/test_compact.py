"""Compacting a conversation, and going on from what it was compacted to."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.openai.responses_wire import NOW, Memory, request

from mockserver.conversation import Json, Reply, Text
from mockserver.protocols.openai.responses.compaction import sealed, unsealed

PATH = "/v1/responses/compact"
TALK: list[Json] = [
    {"role": "user", "content": "One"},
    {"role": "assistant", "content": "First"},
    {"role": "user", "content": "Two"},
    {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "call_1", "output": "18"},
    {"role": "assistant", "content": "Second"},
]


def compacted(memory: Memory, **body: Any) -> Any:
    return memory.told("POST", PATH, {"model": "gpt-5.5", **body})


def said(memory: Memory, items: list[Json]) -> list[tuple[str, str]]:
    found = request(memory.context(), input=items)
    return [(message.role, message.text) for message in found.messages]


def test_what_the_user_said_stays_and_the_rest_is_one_item() -> None:
    told = compacted(Memory(), input=TALK)

    *messages, compaction = told["output"]
    assert [message["content"][0]["text"] for message in messages] == ["One", "Two"]
    assert (compaction["type"], compaction["id"][:4]) == ("compaction", "cmp_")
    assert (told["object"], told["created_at"], told["id"][:5]) == ("response.compaction", NOW, "resp_")
    assert told["usage"]["total_tokens"] == told["usage"]["input_tokens"] + told["usage"]["output_tokens"]


def test_a_compacted_conversation_goes_on_as_the_whole_one() -> None:
    memory = Memory()
    output = compacted(memory, input=TALK)["output"]
    question = {"role": "user", "content": "Three"}

    assert said(memory, [*output, question]) == said(memory, [*TALK, question])


def test_the_item_alone_holds_the_whole_conversation() -> None:
    memory = Memory()
    output = compacted(memory, input=TALK)["output"]

    assert said(memory, output[-1:]) == said(memory, TALK)


def test_a_chain_can_be_compacted() -> None:
    memory = Memory()
    first = memory.converse(Reply((Text("Hello"),)), input="Hi")

    output = compacted(memory, previous_response_id=first["id"])["output"]

    assert said(memory, output) == [("user", "Hi"), ("assistant", "Hello")]


def test_a_compacted_conversation_can_be_compacted_again() -> None:
    memory = Memory()
    first = compacted(memory, input=TALK)["output"]

    again = compacted(memory, input=[*first, {"role": "user", "content": "Three"}])["output"]

    assert said(memory, again) == said(memory, [*TALK, {"role": "user", "content": "Three"}])


def test_an_item_of_elsewhere_is_taken_as_it_is() -> None:
    memory = Memory()
    foreign = {"type": "compaction", "encrypted_content": "gAAAAAopaque"}

    assert said(memory, [{"role": "user", "content": "Hi"}, foreign]) == [("user", "Hi"), ("assistant", "")]


@pytest.mark.parametrize("blob", ["", "gAAAAA", "ü", "gAAAAAe30=", "gAAAAAWzFd", "gAAAAA!"])
def test_what_is_none_of_ours_is_not_opened(blob: str) -> None:
    assert unsealed(blob) is None


@pytest.mark.parametrize("items", [[1], [{"type": [1]}], [{"type": "message", "id": {}}], "text"])
def test_what_holds_no_items_is_not_opened(items: Json) -> None:
    assert unsealed(sealed(items)) is None


def test_what_somebody_else_has_sealed_is_read_with_tolerance() -> None:
    memory = Memory()
    odd: list[Json] = [
        {"type": "message", "role": [], "content": {"text": 1}},
        {"type": "function_call", "name": 1, "call_id": None},
        {"type": "reasoning", "summary": 7},
    ]
    blob = {"type": "compaction", "encrypted_content": sealed(odd)}

    assert compacted(memory, input=[blob])["object"] == "response.compaction"


def test_what_was_sealed_can_be_opened() -> None:
    assert unsealed(sealed(TALK)) == tuple(TALK)


def test_a_model_must_be_named() -> None:
    failure = Memory().not_told("POST", PATH, {"input": "Hi"})

    assert (failure.param, failure.code) == ("model", "missing_required_parameter")


def test_an_unknown_previous_response_is_not_found() -> None:
    failure = Memory().not_told("POST", PATH, {"model": "m", "previous_response_id": "resp_x"})

    assert failure.code == "previous_response_not_found"


def test_what_is_no_json_is_refused() -> None:
    assert Memory().not_told("POST", PATH).kind == "malformed_json"
