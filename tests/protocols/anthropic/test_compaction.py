"""A request for a summary of the conversation: the answer holds that alone."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.anthropic.messages_wire import HI, WEATHER, event_list, post, refused, rendered
from protocols.anthropic.served import Api

from mockserver.conversation import Native, NativeFinish, Reply, Text, Thinking, ToolCall

ASKED: dict[str, Any] = {"compaction": {"type": "summarize", "instructions": "Be brief."}}
SUMMARY = {"type": "compaction", "content": "They said hi.", "encrypted_content": None}
TALK = [*HI, {"role": "assistant", "content": "Hello!"}]


def test_a_summary_is_all_that_is_answered() -> None:
    message = rendered(Reply((Thinking("Hm."), Text("They said hi."))), **ASKED)

    assert (message["content"], message["stop_reason"]) == ([SUMMARY], "compaction")


def test_a_summary_comes_in_one_piece() -> None:
    _, start, delta, stop, end, _ = event_list(Reply((Text("They said hi."),)), **ASKED)

    assert start["content_block"] == {"type": "compaction", "content": None, "encrypted_content": None}
    assert delta["delta"] == SUMMARY | {"type": "compaction_delta"}
    assert stop["type"] == "content_block_stop"
    assert end["delta"]["stop_reason"] == "compaction"


def test_no_tool_is_called_for_a_summary() -> None:
    message = rendered(Reply((ToolCall("f", {}), Text("They said hi.")), "tool_calls"), **ASKED)

    assert (message["content"], message["stop_reason"]) == ([SUMMARY], "compaction")


def test_a_summary_may_be_scripted_as_the_block_that_it_is() -> None:
    sealed = SUMMARY | {"content": None, "encrypted_content": "x"}

    message = rendered(Reply((Native({"anthropic": sealed}),), NativeFinish("compaction")), **ASKED)

    assert message["content"] == [sealed]


@pytest.mark.parametrize("messages", [HI, TALK])
def test_a_conversation_may_end_with_either_side(messages: Any) -> None:
    api = Api()
    body = {"model": "claude-opus-5-5", "max_tokens": 99, "messages": messages, "tools": [WEATHER], **ASKED}

    status, message = api.ask(post(body))

    assert status == 200
    assert [block["type"] for block in message["content"]] == ["compaction"]


def test_a_summary_may_stand_for_what_was_before() -> None:
    api = Api(contract="strict")
    messages = [{"role": "assistant", "content": [SUMMARY]}, *HI]

    status, _ = api.ask(post({"model": "claude-opus-5-5", "max_tokens": 99, "messages": messages}))

    assert status == 200


def test_a_summary_is_not_asked_for_together_with_edits_of_the_context() -> None:
    assert str(refused(**ASKED, context_management={"edits": []})).startswith("compaction: ")
