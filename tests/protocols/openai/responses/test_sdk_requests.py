"""Whatever the official SDK's types can build is not refused for its shape, and nothing of it is unknown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.conversations.conversation_create_params import ConversationCreateParams
from openai.types.conversations.item_create_params import ItemCreateParams
from openai.types.responses.input_token_count_params import InputTokenCountParams
from openai.types.responses.response_compact_params import ResponseCompactParams
from openai.types.responses.response_create_params import (
    ResponseCreateParamsNonStreaming,
    ResponseCreateParamsStreaming,
)
from protocols.sdk_values import values

from mockserver.conversation import Failure
from mockserver.protocols.gate import Gate, check_shape
from mockserver.protocols.openai.conversations.contract import CreateConversation, CreateItems
from mockserver.protocols.openai.responses.contract import CompactResponse, CountInputTokens, CreateResponse
from mockserver.protocols.openai.responses.contract_base import Shape
from mockserver.protocols.openai.wording import wording

NAMED: dict[str, st.SearchStrategy[Any]] = {
    "model": st.just("m"),
    "name": st.sampled_from(["f", "a-b_1"]),
    "context_management": st.just([{"type": "compaction", "compact_threshold": 1000}]),
    "max_output_tokens": st.none() | st.integers(16, 99),
    "max_tool_calls": st.none() | st.integers(1, 9),
    "temperature": st.none() | st.floats(0, 2),
    "top_p": st.none() | st.floats(0, 1),
    "top_logprobs": st.none() | st.integers(0, 20),
    "include": st.just(["reasoning.encrypted_content"]),
}
"""Members of which the SDK's types say less than the reference."""
IN_THE_QUERY: dict[type[Shape], str] = {CreateItems: "include"}

REQUESTS: dict[type[Shape], st.SearchStrategy[Any]] = {
    CreateResponse: values(ResponseCreateParamsNonStreaming, NAMED)
    | values(ResponseCreateParamsStreaming, NAMED),
    CountInputTokens: values(InputTokenCountParams, NAMED),
    CompactResponse: values(ResponseCompactParams, NAMED),
    CreateConversation: values(ConversationCreateParams, NAMED),
    CreateItems: values(ItemCreateParams, NAMED),
}


@pytest.mark.parametrize("contract", REQUESTS)
@given(data=st.data())
@settings(deadline=None, max_examples=30)
def test_a_request_of_the_sdk_is_not_refused_for_its_shape(
    contract: type[Shape], data: st.DataObject
) -> None:
    body = data.draw(REQUESTS[contract])
    body.pop(IN_THE_QUERY.get(contract, ""), None)
    if contract is CreateResponse:
        body.setdefault("model", "m")
    gate = Gate("strict")

    found = check_shape(contract, body, gate, wording({}))

    assert not isinstance(found, Failure), [str(finding) for finding in gate.findings]
