"""Embeddings: `POST /v1/embeddings`, and the legacy path with the model in it that the gateway documents."""

from mockserver.protocols.base import Operation, Route
from mockserver.protocols.openai.embeddings.contract import EmbeddingsRequest, EngineRequest
from mockserver.protocols.openai.embeddings.contract_answer import EmbeddingList
from mockserver.protocols.openai.embeddings.embed import embed, embed_with_engine

__all__ = ["ROUTES"]

ROUTES = (
    Route(
        "POST",
        "/v1/embeddings",
        embed,
        operation=Operation("Create embeddings", body=EmbeddingsRequest, answer=EmbeddingList),
    ),
    Route(
        "POST",
        "/v1/engines/{model}/embeddings",
        embed_with_engine,
        operation=Operation("Create embeddings with an engine", body=EngineRequest, answer=EmbeddingList),
    ),
)
