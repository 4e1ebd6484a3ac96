"""The moderation of a text: this server finds nothing wrong with any.

Mirrors "The moderation object" of the OpenAI API reference, and the `moderation` of completions and responses
(2026-11).
"""

from __future__ import annotations

from mockserver.conversation import JsonObject

CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/intent",
    "self-harm/instructions",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)

_HARMLESS = 1.1235328063870752e-05


def verdict() -> JsonObject:
    """What stands in a moderation result beside its type."""
    return {
        "flagged": False,
        "categories": dict.fromkeys(CATEGORIES, False),
        "category_scores": dict.fromkeys(CATEGORIES, _HARMLESS),
        "category_applied_input_types": {category: ["text"] for category in CATEGORIES},
    }


def moderation_result(model: str) -> JsonObject:
    """The moderation of one side of a response."""
    return {"type": "moderation_result", "model": model, **verdict()}


def moderation_results(model: str) -> JsonObject:
    """The moderation of one side of a completion."""
    return {"type": "moderation_results", "model": model, "results": [moderation_result(model)]}
