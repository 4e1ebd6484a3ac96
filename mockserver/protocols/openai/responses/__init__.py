"""The Responses API: `POST /v1/responses`, JSON and stream, and the routes that go with it.

Not served: the WebSocket mode.
"""

from mockserver.conversation import Http
from mockserver.protocols.base import Route
from mockserver.protocols.openai.responses.compact import compact
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
    Route("POST", _PATH, DIALECT),
    Route("POST", f"{_PATH}/input_tokens", count_input_tokens),
    Route("POST", f"{_PATH}/compact", compact),
    Route("GET", f"{_ONE}/input_items", list_input_items, _belongs_to_a_response),
    Route("GET", _ONE, retrieve, _names_a_response),
    Route("DELETE", _ONE, delete, _names_a_response),
    Route("POST", f"{_ONE}/cancel", cancel, _belongs_to_a_response),
)
