"""What the user's text says about a wanted value: a place after "in", an address, a listed value by name.

Looking only; whether what was found fits the schema is checked elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.conversation import Json
from mockserver.text.names import words

_PREPOSITIONS = {
    "city": "in|at|for|near|of|to|from",
    "country": "in|at|for|near|of|to|from",
    "destination": "to|in",
    "location": "in|at|for|near|of|to|from",
    "origin": "from",
    "place": "in|at|for|near|of|to|from",
    "region": "in|at|for|near|of|to|from",
    "town": "in|at|for|near|of|to|from",
}
_NAMED = r"\b(?:{})\s+((?:[^\W\d_][\w'\u2019-]*)(?:\s+[^\W\d_][\w'\u2019-]*){{0,3}})"
_PLACES = {word: re.compile(_NAMED.format(before)) for word, before in _PREPOSITIONS.items()}

_TIMES = frozenset(
    words(
        "january february march april may june july august september october november december "
        "monday tuesday wednesday thursday friday saturday sunday celsius fahrenheit kelvin "
        "english french german spanish",
    ),
)

_SHAPES = {
    "date": re.compile(r"\b\d{4}-\d\d-\d\d\b"),
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "link": re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]"),
    "uri": re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]"),
    "url": re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]"),
    "website": re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]"),
}

_WHOLE_TEXT = frozenset({"input", "prompt", "q", "query", "question", "search"})
_LONGEST_QUOTE = 200
_LONGEST_SEARCHED = 4000
"""Only the start of a very long text is searched: the work must not grow with what a client pastes."""


def mentioned(name: str, text: str) -> Iterator[str]:
    """Pieces of `text` that a property called `name` may well mean."""
    text = text[:_LONGEST_SEARCHED]
    for word in reversed(words(name)):
        if word in _PLACES:
            yield from _places(_PLACES[word], text)
        if word in _SHAPES:
            yield from _SHAPES[word].findall(text)
        if word in _WHOLE_TEXT and text.strip():
            yield " ".join(text.split())[:_LONGEST_QUOTE]


def _places(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """The capitalised words that follow: "in New York tomorrow" -> "New York"."""
    for found in pattern.finditer(text):
        capitals: list[str] = []
        for word in found[1].split():
            plain = re.sub(r"['\u2019]s$", "", word)
            if not plain[0].isupper() or plain.lower() in _TIMES:
                break
            capitals.append(plain)
        if capitals:
            yield " ".join(capitals)


def is_named(value: Json, text: str) -> bool:
    """Whether a listed value occurs in `text` as words of its own, case ignored."""
    if not isinstance(value, str) or len(value) < 2:  # noqa: PLR2004 - "a" and "I" are in every text
        return False
    spoken = rf"(?<!\w){re.escape(value.casefold())}(?!\w)"
    said = text[:_LONGEST_SEARCHED].casefold()
    return bool(re.search(spoken, said) or re.search(spoken.replace("_", " "), said))
