"""Moderations: `POST /v1/moderations`."""

from mockserver.protocols.base import Route
from mockserver.protocols.openai.moderations.moderate import moderate

__all__ = ["ROUTES"]

ROUTES = (Route("POST", "/v1/moderations", moderate),)
