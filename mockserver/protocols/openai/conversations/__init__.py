"""The Conversations API: conversations that responses go on from and add to, and their items."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.conversation import Http
from mockserver.protocols.base import Route
from mockserver.protocols.openai.conversations.items import (
    create_items,
    delete_item,
    list_items,
    retrieve_item,
)
from mockserver.protocols.openai.conversations.objects import create, delete, retrieve, update

__all__ = ["ROUTES"]

_PATH = "/v1/conversations"
_ONE = f"{_PATH}/{{conversation_id}}"
_ITEMS = f"{_ONE}/items"


def _slashes(number: int) -> Callable[[Http], bool]:
    """Ids have no slashes, so that many stand behind the collection."""
    return lambda http: http.path.removeprefix(f"{_PATH}/").count("/") == number


ROUTES = (
    Route("POST", _PATH, create),
    Route("GET", _ONE, retrieve, _slashes(0)),
    Route("POST", _ONE, update, _slashes(0)),
    Route("DELETE", _ONE, delete, _slashes(0)),
    Route("POST", _ITEMS, create_items, _slashes(1)),
    Route("GET", _ITEMS, list_items, _slashes(1)),
    Route("GET", f"{_ITEMS}/{{item_id}}", retrieve_item, _slashes(2)),
    Route("DELETE", f"{_ITEMS}/{{item_id}}", delete_item, _slashes(2)),
)
