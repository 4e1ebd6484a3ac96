"""Moderations: `POST /v1/moderations`."""

from mockserver.protocols.base import Operation, Route
from mockserver.protocols.openai.moderations.contract import ModerationRequest
from mockserver.protocols.openai.moderations.contract_answer import Moderations
from mockserver.protocols.openai.moderations.moderate import moderate

__all__ = ["ROUTES"]

ROUTES = (
    Route(
        "POST",
        "/v1/moderations",
        moderate,
        operation=Operation("Create a moderation", body=ModerationRequest, answer=Moderations),
    ),
)
