"""Names and sentences as words, so that `getWeather`, `get_weather` and "What's the weather?" can meet.

Standard library only; nothing here knows tools or schemas.
"""

from __future__ import annotations

import re

_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_RUN = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """The words of a name or a sentence in lower case: split at `_`, `-`, `.`, spaces and camelCase."""
    return _RUN.findall(_BORDER.sub(" ", text).lower())


_IES = re.compile(r"(?<=\w\w)ies$")
_ES = re.compile(r"(?<=\w)(?<=ss|ch|sh|.x)es$")
_S = re.compile(r"(?<=\w\w)(?<![sui])s$")


def singular(word: str) -> str:
    """A lower-case English word without its plural ending, by the simplest rules: `cities` -> `city`."""
    if not word.endswith("s"):
        return word
    if _IES.search(word):
        return _IES.sub("y", word)
    return _ES.sub("", word) if _ES.search(word) else _S.sub("", word)
