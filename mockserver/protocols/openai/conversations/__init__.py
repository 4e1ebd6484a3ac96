"""The Conversations API: conversations that responses go on from and add to, and their items."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.conversation import Http
from mockserver.protocols.base import Route
from mockserver.protocols.late import late

__all__ = ["ROUTES"]

_PATH = "/v1/conversations"
_ONE = f"{_PATH}/{{conversation_id}}"
_ITEMS = f"{_ONE}/items"

_items = late("mockserver.protocols.openai.conversations.items")
_objects = late("mockserver.protocols.openai.conversations.objects")


def _slashes(number: int) -> Callable[[Http], bool]:
    """Ids have no slashes, so that many stand behind the collection."""
    return lambda http: http.path.removeprefix(f"{_PATH}/").count("/") == number


ROUTES = (
    Route("POST", _PATH, _objects("create")),
    Route("GET", _ONE, _objects("retrieve"), _slashes(0)),
    Route("POST", _ONE, _objects("update"), _slashes(0)),
    Route("DELETE", _ONE, _objects("delete"), _slashes(0)),
    Route("POST", _ITEMS, _items("create_items"), _slashes(1)),
    Route("GET", _ITEMS, _items("list_items"), _slashes(1)),
    Route("GET", f"{_ITEMS}/{{item_id}}", _items("retrieve_item"), _slashes(2)),
    Route("DELETE", f"{_ITEMS}/{{item_id}}", _items("delete_item"), _slashes(2)),
)
