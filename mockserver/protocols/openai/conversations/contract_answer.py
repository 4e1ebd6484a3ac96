"""The documented answers of the Conversations API as types.

Mirrors "Conversations" and "Conversation items" of the OpenAI API reference and the types of the official SDK
(2026-11).
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, RootModel

from mockserver.protocols.openai.responses.contract_base import Metadata, Shape
from mockserver.protocols.openai.responses.contract_items import InputItem


class ConversationItem(RootModel[InputItem]):
    """An item as it is listed."""

    model_config = ConfigDict(defer_build=True)


class Conversation(Shape):
    id: str
    object: Literal["conversation"]
    created_at: int
    metadata: Metadata


class DeletedConversation(Shape):
    id: str
    object: Literal["conversation.deleted"]
    deleted: bool
