"""Chat Completions: `POST /v1/chat/completions`, JSON and stream, and the routes of stored completions."""

from mockserver.conversation import Http
from mockserver.protocols.base import Dialect, Route
from mockserver.protocols.late import LateDialect, late

__all__ = ["DIALECT", "ROUTES"]


def _dialect() -> Dialect:
    from mockserver.protocols.openai.chat.dialect import ChatCompletions

    return ChatCompletions()


DIALECT: Dialect = LateDialect("openai.chat", _dialect)

_stored = late("mockserver.protocols.openai.chat.stored")

_PATH = "/v1/chat/completions"
_ONE = f"{_PATH}/{{completion_id}}"


def _names_one(http: Http) -> bool:
    """Ids have no slashes."""
    return "/" not in http.path.removeprefix(f"{_PATH}/")


def _belongs_to_one(http: Http) -> bool:
    return http.path.removeprefix(f"{_PATH}/").count("/") == 1


ROUTES = (
    Route("POST", _PATH, DIALECT),
    Route("GET", _PATH, _stored("list_completions")),
    Route("GET", f"{_ONE}/messages", _stored("list_messages"), _belongs_to_one),
    Route("GET", _ONE, _stored("retrieve"), _names_one),
    Route("POST", _ONE, _stored("update"), _names_one),
    Route("DELETE", _ONE, _stored("delete"), _names_one),
)
