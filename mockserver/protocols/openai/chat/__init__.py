"""Chat Completions: `POST /v1/chat/completions`, JSON and stream."""

from mockserver.protocols.base import Route
from mockserver.protocols.openai.chat.dialect import ChatCompletions

__all__ = ["DIALECT", "ROUTES"]

DIALECT = ChatCompletions()

ROUTES = (Route("POST", "/v1/chat/completions", DIALECT),)
