"""What the Gemini API refuses of settings that do not go together on a generation of models.

Mirrors "Thinking" and "Structured outputs" of the Gemini API documentation, and recorded answers (2026-11).
Models of no known generation are refused nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.conversation import Failure, JsonObject
from mockserver.protocols.gate import Gate
from mockserver.protocols.gemini.wire import is_second_generation, is_third_generation

_TWO_MEASURES = "You can only set only one of thinking budget and thinking level."
_JSON_AND_CALLS = "Function calling with a response mime type: 'application/json' is unsupported"
_JSON_AND_FORCED_CALLS = (
    "Forced function calling (ANY mode) with a response mime type: 'application/json' is unsupported"
)


def broken_setting(message: JsonObject, model: str, gate: Gate) -> Failure | None:
    """The first pair of settings that ends the request."""
    config = message.get("generationConfig")
    if not config:
        return None
    for words in (*_of_thinking(config, model), *_of_json(message, config, model)):
        if end := gate.refuse(Failure("invalid_request", message=words), "/generationConfig"):
            return end
    return None


def _of_thinking(config: JsonObject, model: str) -> Iterator[str]:
    thinking = config.get("thinkingConfig")
    if not thinking or not is_third_generation(model):
        return
    if None not in [thinking.get(name) for name in ("thinkingBudget", "thinkingLevel")]:
        yield _TWO_MEASURES


def _of_json(message: JsonObject, config: JsonObject, model: str) -> Iterator[str]:
    if config.get("responseMimeType") != "application/json" or not _offers_functions(message):
        return
    mode = ((message.get("toolConfig") or {}).get("functionCallingConfig") or {}).get("mode")
    if is_third_generation(model) and mode == "ANY":
        yield _JSON_AND_FORCED_CALLS
    elif is_second_generation(model) and mode != "NONE":
        yield _JSON_AND_CALLS


def _offers_functions(message: JsonObject) -> bool:
    return any(tool.get("functionDeclarations") for tool in message.get("tools") or ())
