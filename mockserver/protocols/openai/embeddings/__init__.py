"""Embeddings: `POST /v1/embeddings`, and the legacy path with the model in it that the gateway documents."""

from mockserver.protocols.base import Route
from mockserver.protocols.openai.embeddings.embed import embed, embed_with_engine

__all__ = ["ROUTES"]

ROUTES = (
    Route("POST", "/v1/embeddings", embed, is_limited=True),
    Route("POST", "/v1/engines/{model}/embeddings", embed_with_engine, is_limited=True),
)
