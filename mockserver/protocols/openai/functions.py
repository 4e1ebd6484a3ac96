"""What the parameters of an offered function are: the schema of an object.

Mirrors "Function calling" of the OpenAI guides and what the live API refuses, in its words (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import Failure, Json, JsonObject
from mockserver.protocols.tolerant import members


def takes_object(parameters: Json) -> bool:
    """Whether parameters are not the schema of something else than an object."""
    told = members(parameters).get("type", "object")
    return told == "object" or not isinstance(told, str)


def refused_parameters(function: JsonObject, param: str) -> Failure:
    """How the API refuses the parameters of a function that takes no object."""
    message = (
        f"Invalid schema for function '{function['name']}': schema must be a JSON Schema of "
        f"'type: \"object\"', got 'type: \"{function['parameters']['type']}\"'."
    )
    return Failure("invalid_request", message, param=param, code="invalid_function_parameters")
