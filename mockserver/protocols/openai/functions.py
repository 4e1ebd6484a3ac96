"""What the parameters of an offered function are: the schema of an object.

Mirrors "Function calling" of the OpenAI guides and what the live API refuses, in its words (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import Failure, Json
from mockserver.protocols.tolerant import members


def refused_parameters(name: str, parameters: Json, param: str) -> Failure | None:
    """How the API refuses parameters that are the schema of something else than an object."""
    told = members(parameters).get("type", "object")
    if told == "object" or not isinstance(told, str):
        return None
    message = (
        f"Invalid schema for function '{name}': schema must be a JSON Schema of 'type: \"object\"', "
        f"got 'type: \"{told}\"'."
    )
    return Failure("invalid_request", message, param=param, code="invalid_function_parameters")
