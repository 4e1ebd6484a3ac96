"""Legacy completions: `POST /v1/completions`, JSON and stream."""

from mockserver.protocols.base import Route
from mockserver.protocols.openai.completions.dialect import LegacyCompletions

__all__ = ["DIALECT", "ROUTES"]

DIALECT = LegacyCompletions()

ROUTES = (Route("POST", "/v1/completions", DIALECT),)
