"""Chat Completions: `POST /v1/chat/completions`, JSON and stream, and the routes of stored completions."""

from mockserver.conversation import Http
from mockserver.protocols.base import Route
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
    Route("POST", _PATH, DIALECT),
    Route("GET", _PATH, list_completions),
    Route("GET", f"{_ONE}/messages", list_messages, _belongs_to_one),
    Route("GET", _ONE, retrieve, _names_one),
    Route("POST", _ONE, update, _names_one),
    Route("DELETE", _ONE, delete, _names_one),
)
