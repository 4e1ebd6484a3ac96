"""Counting and cutting text in token-like pieces, always the same for the same text.

No tokenizer of a vendor: a word, with the space before it, is a token; long words are several. The same
pieces are the default stream deltas, so usage, limits and chunks agree. Standard library only.
"""

from __future__ import annotations

import re

_PIECE = re.compile(r"\s?[^\W_]{1,12}|\s?[^\w\s]{1,4}|\s?_+|\s+")


def split_tokens(text: str) -> list[str]:
    """The token-like pieces of `text`; joined they are `text` again."""
    return _PIECE.findall(text)


def count_tokens(text: str) -> int:
    return len(_PIECE.findall(text))
