"""Our types of requests and answers against those of the official SDK: what it knows, we know."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai.types.chat import (
    ChatCompletion,
    ChatCompletionChunk,
    ChatCompletionDeleted,
    ChatCompletionStoreMessage,
    completion_create_params,
    completion_list_params,
    completion_update_params,
)
from openai.types.chat.completions import message_list_params
from protocols.openai.chat_wire import read_body
from protocols.sdk_fields import unknown_fields
from protocols.sdk_values import values

from mockserver.conversation import Request
from mockserver.protocols.openai.chat import contract_answer, contract_stored
from mockserver.protocols.openai.chat.contract import ChatRequest
from mockserver.protocols.openai.chat.contract_events import Chunk

PAIRS = {
    "request": (completion_create_params.CompletionCreateParams, ChatRequest),
    "list": (completion_list_params.CompletionListParams, contract_stored.ListCompletions),
    "update": (completion_update_params.CompletionUpdateParams, contract_stored.UpdateCompletion),
    "messages": (message_list_params.MessageListParams, contract_stored.ListMessages),
    "completion": (ChatCompletion, contract_answer.ChatCompletion),
    "chunk": (ChatCompletionChunk, Chunk),
    "stored message": (ChatCompletionStoreMessage, contract_answer.StoredMessage),
    "deleted": (ChatCompletionDeleted, contract_answer.CompletionDeleted),
}


@pytest.mark.parametrize(("sdk", "ours"), PAIRS.values(), ids=PAIRS)
def test_whatever_the_sdk_knows_is_in_our_contract(sdk: Any, ours: Any) -> None:
    assert unknown_fields(sdk, ours) == set()


NAMES = st.text("abcXYZ019_-", min_size=1, max_size=8)
SHAPE = {"unknown_parameter", "invalid_type", "missing_required_parameter", "invalid_value"}
"""What is found of a shape; ranges and lengths are not told by the SDK's types."""


@given(body=values(completion_create_params.CompletionCreateParams, {"name": NAMES}))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_sdk_can_build_is_not_refused_for_its_shape(body: Any) -> None:
    outcome = read_body(body, "off")

    assert isinstance(outcome, Request)
    found = [finding for finding in outcome.findings if finding.code in SHAPE]
    # An assistant who says nothing at all is refused, though the type allows it.
    assert [finding for finding in found if not finding.pointer.endswith("/content")] == []
