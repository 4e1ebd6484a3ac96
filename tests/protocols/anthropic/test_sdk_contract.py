"""Our types of requests and answers against those of the official SDK: what it knows, we know."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from anthropic import types
from anthropic.types import (
    AnthropicBetaParam,
    beta,
    message_count_tokens_params,
    message_create_params,
    messages,
    model_list_params,
)
from anthropic.types.beta import (
    message_count_tokens_params as beta_count_tokens_params,
)
from anthropic.types.beta import (
    message_create_params as beta_create_params,
)
from anthropic.types.messages import batch_create_params, batch_list_params
from protocols.sdk_fields import unknown_fields

from mockserver.protocols.anthropic import contract_answer, contract_batches
from mockserver.protocols.anthropic.contract import CountBody, MessageBody
from mockserver.protocols.anthropic.contract_events import StreamEvent
from mockserver.protocols.anthropic.models import ListQuery
from mockserver.protocols.anthropic.paging import PageQuery
from mockserver.protocols.anthropic.versions import BETAS

HEADERS = {"user_profile_id", "workspace_id"}
"""Arguments of the SDK's methods that go over the wire as headers."""

BETA_HEADERS = HEADERS | {"betas"}

PAIRS: dict[str, tuple[Any, Any, set[str]]] = {
    "message": (message_create_params.MessageCreateParams, MessageBody, HEADERS),
    "beta message": (beta_create_params.MessageCreateParams, MessageBody, BETA_HEADERS),
    "count": (message_count_tokens_params.MessageCountTokensParams, CountBody, HEADERS),
    "beta count": (beta_count_tokens_params.MessageCountTokensParams, CountBody, BETA_HEADERS),
    "batch": (batch_create_params.BatchCreateParams, contract_batches.BatchBody, HEADERS),
    "batches": (batch_list_params.BatchListParams, PageQuery, {"workspace_id"}),
    "models": (model_list_params.ModelListParams, ListQuery, {"workspace_id", "lifecycle"}),
    "answer": (types.Message, contract_answer.Message, set()),
    "beta answer": (beta.BetaMessage, contract_answer.Message, set()),
    "event": (types.RawMessageStreamEvent, StreamEvent, set()),
    "beta event": (beta.BetaRawMessageStreamEvent, StreamEvent, set()),
    "answered count": (types.MessageTokensCount, contract_answer.TokensCount, set()),
    "beta answered count": (beta.BetaMessageTokensCount, contract_answer.TokensCount, set()),
    "model": (types.ModelInfo, contract_answer.Model, set()),
    "beta model": (beta.BetaModelInfo, contract_answer.Model, set()),
    "answered batch": (messages.MessageBatch, contract_batches.MessageBatch, set()),
    "deleted batch": (messages.DeletedMessageBatch, contract_batches.DeletedBatch, set()),
    "result": (messages.MessageBatchIndividualResponse, contract_batches.BatchResult, set()),
    "error": (types.ErrorResponse, contract_answer.ErrorEnvelope, set()),
}
"""The SDK's type, ours, and what the SDK's has besides: headers, and a list whose name the SDK writes as
`lifecycle[]` in a query.
"""


@pytest.mark.parametrize(("sdk", "ours", "listed"), PAIRS.values(), ids=PAIRS)
def test_whatever_the_sdk_knows_is_in_our_contract(sdk: Any, ours: Any, listed: set[str]) -> None:
    assert unknown_fields(sdk, ours, listed=listed) == set()


def test_every_beta_that_the_sdk_names_is_known() -> None:
    named = {beta for literal in get_args(AnthropicBetaParam) for beta in get_args(literal)}

    assert named
    assert named - BETAS == set()
