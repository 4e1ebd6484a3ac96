"""What the official SDK can send and read of embeddings, against the contract."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from openai.types import CreateEmbeddingResponse, EmbeddingCreateParams
from protocols.openai.vendor_wire import SHAPE, findings
from protocols.sdk_fields import unknown_fields
from protocols.sdk_values import values

from mockserver.protocols.openai.embeddings.contract import EmbeddingsRequest
from mockserver.protocols.openai.embeddings.contract_answer import EmbeddingList


def test_the_sdk_sends_nothing_that_we_do_not_know() -> None:
    assert unknown_fields(EmbeddingCreateParams, EmbeddingsRequest) == set()


def test_the_sdk_reads_nothing_that_we_do_not_know() -> None:
    assert unknown_fields(CreateEmbeddingResponse, EmbeddingList) == set()


@given(body=values(EmbeddingCreateParams, {}))
@settings(max_examples=40, deadline=None)
def test_whatever_the_sdk_can_build_is_not_refused_for_its_shape(body: Any) -> None:
    assert not SHAPE & {code for _, code, _ in findings("/v1/embeddings", body, contract="off")}
