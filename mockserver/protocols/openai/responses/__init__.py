"""The Responses API: `POST /v1/responses`, JSON and stream, and the routes that go with it.

Not served: the WebSocket mode.
"""

from mockserver.conversation import Http
from mockserver.protocols.base import Dialect, Route
from mockserver.protocols.late import LateDialect, late

__all__ = ["DIALECT", "ROUTES"]


def _dialect() -> Dialect:
    from mockserver.protocols.openai.responses.dialect import Responses

    return Responses()


DIALECT: Dialect = LateDialect("openai.responses", _dialect)

_compact = late("mockserver.protocols.openai.responses.compact")
_count = late("mockserver.protocols.openai.responses.count")
_stored = late("mockserver.protocols.openai.responses.stored")

_PATH = "/v1/responses"
_ONE = f"{_PATH}/{{response_id}}"


def _names_a_response(http: Http) -> bool:
    """A POST behind the collection is a function of it, known or not, and ids have no slashes."""
    return http.method != "POST" and "/" not in http.path.removeprefix(f"{_PATH}/")


def _belongs_to_a_response(http: Http) -> bool:
    return http.path.removeprefix(f"{_PATH}/").count("/") == 1


ROUTES = (
    Route("POST", _PATH, DIALECT),
    Route("POST", f"{_PATH}/input_tokens", _count("count_input_tokens")),
    Route("POST", f"{_PATH}/compact", _compact("compact")),
    Route("GET", f"{_ONE}/input_items", _stored("list_input_items"), _belongs_to_a_response),
    Route("GET", _ONE, _stored("retrieve"), _names_a_response),
    Route("DELETE", _ONE, _stored("delete"), _names_a_response),
    Route("POST", f"{_ONE}/cancel", _stored("cancel"), _belongs_to_a_response),
)
