"""The documented requests about stored completions as types: queries, whose values come as text, and a body.

Mirrors "List Chat Completions", "Get chat messages" and "Update chat completion" of the OpenAI API reference
(2026-11).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mockserver.protocols.openai.chat.contract import Metadata
from mockserver.protocols.openai.chat.contract_messages import Shape


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)


class ListMessages(_Query):
    """Of `GET /chat/completions/{completion_id}/messages`."""

    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    order: Literal["asc", "desc"] = "asc"


class ListCompletions(ListMessages):
    """Of `GET /chat/completions`. On the wire metadata is `metadata[key]=value`."""

    model: str | None = None
    metadata: dict[str, str] | None = None


class UpdateCompletion(Shape):
    """The body of `POST /chat/completions/{completion_id}`."""

    metadata: Metadata | None
