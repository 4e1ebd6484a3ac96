"""What is found in a text: a category, where the text has one of its words.

Mirrors "The moderation object" of the OpenAI API reference, and the `moderation` of completions and responses
(2026-11). The real model understands; this rule is as plain as can be, so that tests can have either verdict:
`kill` is violence, whatever is killed. Images are never flagged. Scores are invented, and always the same for
the same text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from zlib import crc32

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

_WORDS: Mapping[str, tuple[str, ...]] = {
    "harassment": ("harass", "bully", "idiot"),
    "harassment/threatening": ("threaten",),
    "hate": ("hate", "racist"),
    "hate/threatening": ("exterminate",),
    "illicit": ("shoplift", "launder money"),
    "illicit/violent": ("build a bomb", "buy a gun"),
    "self-harm": ("suicide", "self-harm", "kill myself"),
    "self-harm/intent": ("kill myself", "end my life"),
    "self-harm/instructions": ("how to kill myself",),
    "sexual": ("porn", "erotic"),
    "sexual/minors": ("child porn",),
    "violence": ("kill", "murder", "stabb"),
    "violence/graphic": ("gore", "dismember"),
}
"""Category -> the beginnings of the words that stand for it."""

_FOUND = {
    category: re.compile("|".join(rf"\b{re.escape(word)}" for word in words), re.IGNORECASE)
    for category, words in _WORDS.items()
}

_OF_IMAGES = frozenset(
    {
        *("self-harm", "self-harm/intent", "self-harm/instructions"),
        *("sexual", "violence", "violence/graphic"),
    }
)
"""The categories that images are looked at for."""

_HIGHEST_HARMLESS, _LOWEST_FLAGGED = 0.001, 0.9


def verdict(texts: tuple[str, ...], images: int = 0) -> JsonObject:
    """One result, for texts and images that are looked at together."""
    said = "\n".join(texts)
    found = {category: bool(_FOUND[category].search(said)) for category in CATEGORIES}
    return {
        "flagged": any(found.values()),
        "categories": found,
        "category_scores": {category: _score(category, said, flagged=found[category]) for category in found},
        "category_applied_input_types": {
            category: [
                *(["text"] if texts else []),
                *(["image"] if images and category in _OF_IMAGES else []),
            ]
            for category in found
        },
    }


def _score(category: str, text: str, *, flagged: bool) -> float:
    part = crc32(f"{category}:{text}".encode(errors="surrogatepass")) / 2**32
    return _LOWEST_FLAGGED + (1 - _LOWEST_FLAGGED) * part if flagged else _HIGHEST_HARMLESS * part


def moderation_result(model: str, text: str) -> JsonObject:
    """The moderation of one side of a response."""
    return {"type": "moderation_result", "model": model, **verdict((text,))}


def moderation_results(model: str, text: str) -> JsonObject:
    """The moderation of one side of a completion."""
    return {"type": "moderation_results", "model": model, "results": [moderation_result(model, text)]}
