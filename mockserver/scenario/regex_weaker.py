"""A regular expression that is found sooner than another, and wherever that one is: in ASCII in lower case.

To ignore case, or to begin with the border of a word, makes a search slow: nothing can be skipped. Most texts
are ruled out sooner without either. Read from the pattern itself, on the careful side: where anything is not
known, there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mockserver.scenario.regex_literals import TOKEN

_KEPT = re.DOTALL | re.MULTILINE | re.ASCII
_BORDER = r"\b"


class _UnknownError(Exception):
    """The pattern has something that is not read here."""


@lru_cache(maxsize=10_000)
def weaker(pattern: re.Pattern[str]) -> re.Pattern[str] | None:
    """What is found in a text of ASCII in lower case, if the pattern is found in the text as it was. None
    where it would be found no sooner, or is not known.
    """
    ignores_case, begins_at_border = pattern.flags & re.IGNORECASE, pattern.pattern.startswith(_BORDER)
    if pattern.flags & re.VERBOSE or not (ignores_case or begins_at_border):
        return None
    try:
        pieces = "".join(_pieces(pattern.pattern))
        return re.compile(pieces.removeprefix(_BORDER), pattern.flags & _KEPT)
    except (_UnknownError, re.error, RecursionError, OverflowError):
        return None


def _pieces(pattern: str) -> Iterator[str]:
    for token in TOKEN.finditer(pattern):
        kind, text = token.lastgroup, token[0]
        if kind == "unknown" or text[0] == "[" or text.startswith("(?") != (kind == "open" and text != "("):
            raise _UnknownError
        if kind in ("letter", "escaped") and not text.isascii():
            raise _UnknownError
        yield "(?:" if kind == "open" else text.lower() if kind == "letter" else text
