"""The message object but for its blocks: its head, why it stops, what is told on request."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.anthropic.messages_wire import rendered

from mockserver.conversation import Finish, NativeFinish, Refusal, Reply, Text, ToolCall, Usage
from mockserver.protocols.base import Context


def test_ids_differ_with_the_request_and_not_otherwise() -> None:
    ids = {rendered(Reply(()), Context(identity))["id"] for identity in (b"a", b"b", b"a")}

    assert len(ids) == 2
    assert all(len(found) == len("msg_01") + 22 for found in ids)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("claude-opus-4-5", "claude-opus-4-5-20251101"),
        ("claude-sonnet-4-6", "claude-sonnet-4-6"),
        ("mock-weather", "mock-weather"),
    ],
)
def test_the_model_is_the_one_that_the_name_stands_for(asked: str, told: str) -> None:
    assert rendered(Reply(()), model=asked)["model"] == told


def test_edits_and_a_diagnosis_are_told_to_those_who_ask() -> None:
    asked: Any = {"context_management": {"edits": []}, "diagnostics": {"previous_message_id": None}}

    found = rendered(Reply(()), **asked)

    assert list(found.items())[-2:] == [("context_management", {"applied_edits": []}), ("diagnostics", None)]
    assert not {"context_management", "diagnostics"} & rendered(Reply(())).keys()


# ------------------------------------------------------------------------------------------ stop reasons


@pytest.mark.parametrize(
    ("finish", "reason"),
    [
        ("stop", "end_turn"),
        ("length", "max_tokens"),
        ("tool_calls", "tool_use"),
        ("content_filter", "refusal"),
        ("stop_sequence", "stop_sequence"),
        ("refusal", "refusal"),
        ("pause", "pause_turn"),
        (NativeFinish("model_context_window_exceeded"), "model_context_window_exceeded"),
    ],
)
def test_every_finish_has_a_stop_reason(finish: Finish | NativeFinish, reason: str) -> None:
    assert rendered(Reply((Text("Hi"),), finish))["stop_reason"] == reason


@pytest.mark.parametrize(
    ("parts", "finish", "reason"),
    [
        ((ToolCall("f", {}),), "stop", "tool_use"),
        ((ToolCall("f", "{"),), "length", "max_tokens"),
        ((Refusal("No."),), "stop", "refusal"),
        ((Refusal("No."),), "length", "max_tokens"),
        ((ToolCall("f", {}),), NativeFinish("end_turn"), "end_turn"),
    ],
)
def test_a_plain_stop_is_told_by_what_the_reply_holds(parts: Any, finish: Any, reason: str) -> None:
    assert rendered(Reply(parts, finish))["stop_reason"] == reason


def test_a_refusal_stops_with_its_details() -> None:
    found = rendered(Reply((Refusal("I can't."),), "refusal"))

    assert found["content"] == [{"type": "text", "text": "I can't."}]
    assert found["stop_details"] == {"type": "refusal", "category": None, "explanation": "I can't."}


def test_a_refusal_in_no_words_has_no_explanation() -> None:
    details = rendered(Reply((), "content_filter"))["stop_details"]

    assert details == {"type": "refusal", "category": None, "explanation": None}


def test_the_matched_stop_sequence_is_named() -> None:
    found = rendered(Reply((Text("Hi"),), "stop_sequence", stop_sequence="END"))

    assert (found["stop_reason"], found["stop_sequence"]) == ("stop_sequence", "END")


def test_a_limit_of_no_tokens_generates_nothing() -> None:
    found = rendered(Reply((Text("Hi"),), usage=Usage(input=5, output=3)), max_tokens=0)

    assert (found["content"], found["stop_reason"]) == ([], "max_tokens")
    assert (found["usage"]["input_tokens"], found["usage"]["output_tokens"]) == (5, 0)
