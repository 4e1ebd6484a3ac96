"""The Anthropic API: Messages, message batches, token counting, models."""

from __future__ import annotations

from mockserver.conversation import Http
from mockserver.protocols.anthropic.batches import (
    batch_results,
    cancel_batch,
    create_batch,
    delete_batch,
    list_batches,
    retrieve_batch,
)
from mockserver.protocols.anthropic.count import count_tokens
from mockserver.protocols.anthropic.dialect import Messages
from mockserver.protocols.anthropic.errors import refuse
from mockserver.protocols.anthropic.models import get_model, list_models
from mockserver.protocols.base import Respond, Route, Sdk, Vendor

__all__ = ["MESSAGES", "VENDOR"]

MESSAGES = Messages()

_BASE_PATH = "/anthropic"


def _asks_for_claude(http: Http) -> bool:
    """How the gateway tells whose list of models is wanted on the path that three families share."""
    return bool(http.headers.get("x-api-key")) and "anthropic-version" in http.headers


def _owns(http: Http) -> bool:
    path = http.path
    if path.startswith(("/v1/messages", f"{_BASE_PATH}/")) or path == _BASE_PATH:
        return True
    return path.startswith("/v1/models") and _asks_for_claude(http)


_MESSAGES = "/v1/messages"
_BATCHES: tuple[tuple[str, str, Respond], ...] = (
    ("POST", "/batches", create_batch),
    ("GET", "/batches", list_batches),
    ("GET", "/batches/{batch}/results", batch_results),
    ("POST", "/batches/{batch}/cancel", cancel_batch),
    ("GET", "/batches/{batch}", retrieve_batch),
    ("DELETE", "/batches/{batch}", delete_batch),
)
"""A batch's results before the batch itself, whose id takes any run of characters."""


VENDOR = Vendor(
    name="anthropic",
    routes=(
        Route("POST", f"{_BASE_PATH}/v1/messages", MESSAGES),
        Route("POST", "/v1/messages", MESSAGES),
        Route("POST", f"{_BASE_PATH}/v1/messages/count_tokens", count_tokens),
        Route("POST", "/v1/messages/count_tokens", count_tokens),
        *(
            Route(method, f"{base}{_MESSAGES}{path}", serve)
            for base in (_BASE_PATH, "")
            for method, path, serve in _BATCHES
        ),
        Route("GET", f"{_BASE_PATH}/v1/models", list_models),
        Route("GET", "/v1/models", list_models, when=_asks_for_claude),
        Route("GET", f"{_BASE_PATH}/v1/models/{{model}}", get_model),
        Route("GET", "/v1/models/{model}", get_model, when=_asks_for_claude),
    ),
    refuse=refuse,
    owns=_owns,
    dialects=(MESSAGES,),
    sdk=Sdk("Anthropic", _BASE_PATH, "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"),
)
