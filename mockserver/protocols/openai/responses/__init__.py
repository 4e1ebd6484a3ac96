"""The Responses API: `POST /v1/responses`, JSON and stream, and the routes that go with it.

Not served: the WebSocket mode.
"""

from mockserver.conversation import Http
from mockserver.protocols.base import Operation, Route
from mockserver.protocols.openai.responses.compact import compact
from mockserver.protocols.openai.responses.contract import (
    CompactResponse,
    CountInputTokens,
    CreateResponse,
    ListItems,
    RetrieveResponse,
)
from mockserver.protocols.openai.responses.contract_answer import (
    CompactedResponse,
    CountedTokens,
    DeletedResponse,
    ItemList,
    Response,
)
from mockserver.protocols.openai.responses.contract_events import StreamEvent
from mockserver.protocols.openai.responses.count import count_input_tokens
from mockserver.protocols.openai.responses.dialect import Responses
from mockserver.protocols.openai.responses.stored import cancel, delete, list_input_items, retrieve

__all__ = ["DIALECT", "ROUTES"]

DIALECT = Responses()

_PATH = "/v1/responses"
_ONE = f"{_PATH}/{{response_id}}"


def _names_a_response(http: Http) -> bool:
    """A POST behind the collection is a function of it, known or not, and ids have no slashes."""
    return http.method != "POST" and "/" not in http.path.removeprefix(f"{_PATH}/")


def _belongs_to_a_response(http: Http) -> bool:
    return http.path.removeprefix(f"{_PATH}/").count("/") == 1


ROUTES = (
    Route(
        "POST",
        _PATH,
        DIALECT,
        operation=Operation(
            "Create a model response.", body=CreateResponse, answer=Response, event=StreamEvent
        ),
    ),
    Route(
        "POST",
        f"{_PATH}/input_tokens",
        count_input_tokens,
        operation=Operation("Count the tokens of an input.", body=CountInputTokens, answer=CountedTokens),
    ),
    Route(
        "POST",
        f"{_PATH}/compact",
        compact,
        operation=Operation("Compact a conversation.", body=CompactResponse, answer=CompactedResponse),
    ),
    Route(
        "GET",
        f"{_ONE}/input_items",
        list_input_items,
        _belongs_to_a_response,
        Operation("List the input items of a response.", query=ListItems, answer=ItemList),
    ),
    Route(
        "GET",
        _ONE,
        retrieve,
        _names_a_response,
        Operation("Get a model response.", query=RetrieveResponse, answer=Response, event=StreamEvent),
    ),
    Route(
        "DELETE",
        _ONE,
        delete,
        _names_a_response,
        Operation("Delete a model response.", answer=DeletedResponse),
    ),
    Route(
        "POST",
        f"{_ONE}/cancel",
        cancel,
        _belongs_to_a_response,
        Operation("Cancel a response in the background.", answer=Response),
    ),
)
