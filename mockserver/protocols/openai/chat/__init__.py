"""Chat Completions: `POST /v1/chat/completions`, JSON and stream, and the routes of stored completions."""

from mockserver.conversation import Http
from mockserver.protocols.base import Operation, Route
from mockserver.protocols.openai.chat.contract import ChatRequest
from mockserver.protocols.openai.chat.contract_answer import (
    ChatCompletion,
    CompletionDeleted,
    CompletionList,
    StoredMessageList,
)
from mockserver.protocols.openai.chat.contract_events import StreamFrame
from mockserver.protocols.openai.chat.contract_stored import ListCompletions, ListMessages, UpdateCompletion
from mockserver.protocols.openai.chat.dialect import ChatCompletions
from mockserver.protocols.openai.chat.stored import delete, list_completions, list_messages, retrieve, update

__all__ = ["DIALECT", "ROUTES"]

DIALECT = ChatCompletions()

_PATH = "/v1/chat/completions"
_ONE = f"{_PATH}/{{completion_id}}"


def _names_one(http: Http) -> bool:
    """Ids have no slashes."""
    return "/" not in http.path.removeprefix(f"{_PATH}/")


def _belongs_to_one(http: Http) -> bool:
    return http.path.removeprefix(f"{_PATH}/").count("/") == 1


ROUTES = (
    Route(
        "POST",
        _PATH,
        DIALECT,
        operation=Operation(
            "Create chat completion", body=ChatRequest, answer=ChatCompletion, event=StreamFrame
        ),
    ),
    Route(
        "GET",
        _PATH,
        list_completions,
        operation=Operation("List stored chat completions", query=ListCompletions, answer=CompletionList),
    ),
    Route(
        "GET",
        f"{_ONE}/messages",
        list_messages,
        _belongs_to_one,
        Operation(
            "List the messages of a stored chat completion", query=ListMessages, answer=StoredMessageList
        ),
    ),
    Route(
        "GET", _ONE, retrieve, _names_one, Operation("Get a stored chat completion", answer=ChatCompletion)
    ),
    Route(
        "POST",
        _ONE,
        update,
        _names_one,
        Operation("Update a stored chat completion", body=UpdateCompletion, answer=ChatCompletion),
    ),
    Route(
        "DELETE",
        _ONE,
        delete,
        _names_one,
        Operation("Delete a stored chat completion", answer=CompletionDeleted),
    ),
)
