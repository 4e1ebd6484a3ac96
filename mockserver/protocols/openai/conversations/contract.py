"""The documented requests of the Conversations API as types.

Mirrors "Conversations" and "Conversation items" of the OpenAI API reference and the types of the official SDK
(2026-11). Items are those that a response takes.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from mockserver.protocols.openai.responses.contract_base import Metadata, Shape
from mockserver.protocols.openai.responses.contract_items import InputItem

_MOST_ITEMS = 20

Items: TypeAlias = Annotated[list[InputItem], Field(max_length=_MOST_ITEMS)]


class CreateConversation(Shape):
    items: Items | None = None
    metadata: Metadata | None = None


class UpdateConversation(Shape):
    metadata: Metadata | None


class CreateItems(Shape):
    items: Items
