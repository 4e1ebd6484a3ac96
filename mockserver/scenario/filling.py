"""A scripted reply with its templates filled in: scenario values -> the neutral reply parts.

A template that fails is the scenario's mistake: it raises `ScriptError`, which points at its place.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

from mockserver.conversation import (
    Image,
    Json,
    Native,
    Refusal,
    ReplyPart,
    Text,
    Thinking,
    ToolCall,
    json_text,
)
from mockserver.images import draw
from mockserver.scenario.model import (
    ImagePart,
    JsonPart,
    JsonTemplate,
    NativePart,
    Part,
    RefusalPart,
    Template,
    TemplateValue,
    TextPart,
    TextValue,
    ThinkingPart,
    ToolCallPart,
)
from mockserver.scenario.place import Place


class ScriptError(Exception):
    """A scenario could not be played. `place` is where it went wrong."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


def fill_text(value: TextValue, variables: Mapping[str, Json]) -> str:
    if isinstance(value, str):
        return value
    try:
        return value.compiled.render(variables)
    except Exception as error:  # a template can fail in as many ways as the expressions in it
        raise ScriptError(value.place, _told(error, variables)) from error


def fill_json(value: JsonTemplate, variables: Mapping[str, Json]) -> Json:
    return _fill_value(value.value, variables) if isinstance(value, TemplateValue) else value


def _fill_value(value: Json, variables: Mapping[str, Json]) -> Json:
    match value:
        case Template():
            return fill_text(value, variables)
        case dict():
            return {name: _fill_value(item, variables) for name, item in value.items()}
        case list():
            return [_fill_value(item, variables) for item in value]
        case _:
            return value


def fill_part(part: Part, variables: Mapping[str, Json]) -> ReplyPart:
    match part:
        case TextPart(text=text):
            return Text(fill_text(text, variables))
        case ThinkingPart(text=text, signature=signature, redacted=redacted):
            return Thinking(fill_text(text, variables), signature, redacted)
        case ToolCallPart(name=name, arguments=arguments, id=call_id):
            filled = fill_json(arguments, variables)
            return ToolCall(
                fill_text(name, variables),
                filled if isinstance(filled, dict | str) else json_text(filled),
                None if call_id is None else fill_text(call_id, variables),
            )
        case RefusalPart(text=text):
            return Refusal(fill_text(text, variables))
        case JsonPart(value=value):
            return Text(json_text(fill_json(value, variables)))
        case ImagePart(media_type=media_type, data=data, width=width, height=height):
            return Image(media_type, data or base64.b64encode(draw(width, height)).decode())
        case NativePart(values=values):
            return Native({protocol: fill_json(value, variables) for protocol, value in values.items()})


def _told(error: Exception, variables: Mapping[str, Json]) -> str:
    from jinja2 import UndefinedError

    if isinstance(error, UndefinedError):
        return f"{error.message}; known here: {', '.join(sorted(variables))}"
    return f"the template failed: {error}"
