"""The Responses API: `POST /v1/responses`, JSON and stream, and the routes that go with it."""

from mockserver.protocols.openai.responses.dialect import DIALECT, ROUTES

__all__ = ["DIALECT", "ROUTES"]
