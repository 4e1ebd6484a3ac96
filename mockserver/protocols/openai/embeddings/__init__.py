"""Embeddings: `POST /v1/embeddings`, and the legacy path with the model in it that the gateway documents."""

from mockserver.protocols.base import Route
from mockserver.protocols.late import late

__all__ = ["ROUTES"]

_embed = late("mockserver.protocols.openai.embeddings.embed")

ROUTES = (
    Route("POST", "/v1/embeddings", _embed("embed"), is_limited=True),
    Route("POST", "/v1/engines/{model}/embeddings", _embed("embed_with_engine"), is_limited=True),
)
