"""What the official SDK's types of the Responses and Conversations API have, our contracts have too."""

from __future__ import annotations

from typing import Any

import pytest
from openai.types import responses as sdk
from openai.types.conversations import (
    Conversation,
    ConversationDeletedResource,
    conversation_create_params,
    conversation_update_params,
    item_create_params,
    item_list_params,
)
from openai.types.responses import (
    compacted_response,
    input_item_list_params,
    input_token_count_params,
    response_compact_params,
    response_create_params,
    response_retrieve_params,
)
from openai.types.responses.response_item_list import ResponseItemList
from protocols.sdk_fields import unknown_fields

from mockserver.protocols.openai.conversations import contract as conversations
from mockserver.protocols.openai.conversations import contract_answer as conversed
from mockserver.protocols.openai.responses import contract, contract_answer
from mockserver.protocols.openai.responses.contract_events import StreamEvent

IN_THE_QUERY = ("include",)
"""The SDK sends it in the query, not in the body."""


@pytest.mark.parametrize(
    ("theirs", "ours", "listed"),
    [
        (response_create_params.ResponseCreateParamsBase, contract.CreateResponse, ()),
        (response_create_params.ResponseCreateParamsStreaming, contract.CreateResponse, ()),
        (input_token_count_params.InputTokenCountParams, contract.CountInputTokens, ()),
        (response_compact_params.ResponseCompactParams, contract.CompactResponse, ()),
        (response_retrieve_params.ResponseRetrieveParamsStreaming, contract.RetrieveResponse, ()),
        (input_item_list_params.InputItemListParams, contract.ListItems, ()),
        (conversation_create_params.ConversationCreateParams, conversations.CreateConversation, ()),
        (conversation_update_params.ConversationUpdateParams, conversations.UpdateConversation, ()),
        (item_create_params.ItemCreateParams, conversations.CreateItems, IN_THE_QUERY),
        (item_list_params.ItemListParams, contract.ListItems, ()),
        (sdk.Response, contract_answer.Response, ()),
        (sdk.ResponseStreamEvent, StreamEvent, ()),
        (sdk.InputTokenCountResponse, contract_answer.CountedTokens, ()),
        (compacted_response.CompactedResponse, contract_answer.CompactedResponse, ()),
        (ResponseItemList, contract_answer.ItemList, ()),
        (Conversation, conversed.Conversation, ()),
        (ConversationDeletedResource, conversed.DeletedConversation, ()),
    ],
)
def test_the_sdk_knows_nothing_that_we_do_not(theirs: Any, ours: Any, listed: tuple[str, ...]) -> None:
    assert unknown_fields(theirs, ours, listed=listed) == set()
