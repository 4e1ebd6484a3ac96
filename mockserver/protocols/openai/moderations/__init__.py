"""Moderations: `POST /v1/moderations`."""

from mockserver.protocols.base import Route
from mockserver.protocols.late import late

__all__ = ["ROUTES"]

_moderate = late("mockserver.protocols.openai.moderations.moderate")

ROUTES = (Route("POST", "/v1/moderations", _moderate("moderate")),)
