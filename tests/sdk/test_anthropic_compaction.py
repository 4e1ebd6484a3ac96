"""Anthropic's SDK: a summary asked for instead of an answer, and handed back instead of the conversation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from anthropic import Anthropic
from anthropic.types.beta import BetaMessage
from sdk.anthropic_strict import HELLO, strict_client

from mockserver.runner import MockServer

ASKED: dict[str, Any] = HELLO | {"compaction": {"type": "summarize"}, "betas": ["compact-2026-09-04"]}


@pytest.fixture
def claude(server: MockServer, key: str) -> Iterator[Anthropic]:
    with strict_client(server, key) as client:
        yield client


def whole(claude: Anthropic) -> BetaMessage:
    message: BetaMessage = claude.beta.messages.create(**ASKED)
    return message


def streamed(claude: Anthropic) -> BetaMessage:
    with claude.beta.messages.stream(**ASKED) as stream:
        message: BetaMessage = stream.get_final_message()
    return message


@pytest.mark.parametrize("receive", [whole, streamed])
def test_a_summary_is_received_and_stands_for_what_was_before(claude: Anthropic, receive: Any) -> None:
    message = receive(claude)

    (block,) = message.content
    assert (message.stop_reason, block.type) == ("compaction", "compaction")
    assert block.content
    messages: Any = [{"role": "assistant", "content": message.content}, *HELLO["messages"]]
    assert claude.beta.messages.create(**HELLO | {"messages": messages}).stop_reason == "end_turn"
