"""The Conversations API: conversations that responses go on from and add to, and their items."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.conversation import Http
from mockserver.protocols.base import Operation, Route
from mockserver.protocols.openai.conversations.contract import (
    Conversation,
    ConversationItem,
    CreateConversation,
    CreateItems,
    DeletedConversation,
    UpdateConversation,
)
from mockserver.protocols.openai.conversations.items import (
    create_items,
    delete_item,
    list_items,
    retrieve_item,
)
from mockserver.protocols.openai.conversations.objects import create, delete, retrieve, update
from mockserver.protocols.openai.responses.contract import ListItems
from mockserver.protocols.openai.responses.contract_answer import ItemList

__all__ = ["ROUTES"]

_PATH = "/v1/conversations"
_ONE = f"{_PATH}/{{conversation_id}}"
_ITEMS = f"{_ONE}/items"


def _slashes(number: int) -> Callable[[Http], bool]:
    """Ids have no slashes, so that many stand behind the collection."""
    return lambda http: http.path.removeprefix(f"{_PATH}/").count("/") == number


ROUTES = (
    Route(
        "POST",
        _PATH,
        create,
        operation=Operation("Create a conversation.", body=CreateConversation, answer=Conversation),
    ),
    Route("GET", _ONE, retrieve, _slashes(0), Operation("Get a conversation.", answer=Conversation)),
    Route(
        "POST",
        _ONE,
        update,
        _slashes(0),
        Operation("Update a conversation.", body=UpdateConversation, answer=Conversation),
    ),
    Route(
        "DELETE",
        _ONE,
        delete,
        _slashes(0),
        Operation("Delete a conversation.", answer=DeletedConversation),
    ),
    Route(
        "POST",
        _ITEMS,
        create_items,
        _slashes(1),
        Operation("Add items to a conversation.", body=CreateItems, answer=ItemList),
    ),
    Route(
        "GET",
        _ITEMS,
        list_items,
        _slashes(1),
        Operation("List the items of a conversation.", query=ListItems, answer=ItemList),
    ),
    Route(
        "GET",
        f"{_ITEMS}/{{item_id}}",
        retrieve_item,
        _slashes(2),
        Operation("Get an item of a conversation.", answer=ConversationItem),
    ),
    Route(
        "DELETE",
        f"{_ITEMS}/{{item_id}}",
        delete_item,
        _slashes(2),
        Operation("Delete an item of a conversation.", answer=Conversation),
    ),
)
