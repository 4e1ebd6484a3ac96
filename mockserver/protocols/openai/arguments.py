"""The arguments of a tool call: JSON in a string, on every wire of this vendor."""

from __future__ import annotations

from mockserver.conversation import JsonObject
from mockserver.protocols.json_body import Unreadable, parse_object


def arguments_of(text: str) -> JsonObject | str:
    """The arguments as an object, or as they stand where they are none that could be written again."""
    arguments = parse_object(text)
    return text if isinstance(arguments, Unreadable) else arguments
