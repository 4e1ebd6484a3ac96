"""What the official SDK can send and read of embeddings, against the contract."""

from __future__ import annotations

from openai.types import CreateEmbeddingResponse, EmbeddingCreateParams
from protocols.sdk_fields import unknown_fields

from mockserver.protocols.openai.embeddings.contract import EmbeddingsRequest
from mockserver.protocols.openai.embeddings.contract_answer import EmbeddingList


def test_the_sdk_sends_nothing_that_we_do_not_know() -> None:
    assert unknown_fields(EmbeddingCreateParams, EmbeddingsRequest) == set()


def test_the_sdk_reads_nothing_that_we_do_not_know() -> None:
    assert unknown_fields(CreateEmbeddingResponse, EmbeddingList) == set()
