"""Counting and cutting text in token-like pieces, always the same for the same text.

No tokenizer of a vendor: a word, with the space before it, is a token; long words are several. The same
pieces are the default stream deltas, so usage, limits and chunks agree. Standard library only.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PIECE = re.compile(r"\s?[^\W_]{1,12}|\s?[^\w\s]{1,4}|\s?_+|\s+")


@lru_cache(maxsize=2048)
def split_tokens(text: str) -> tuple[str, ...]:
    """The token-like pieces of `text`; joined they are `text` again. The same texts come many times."""
    return tuple(_PIECE.findall(text))


def count_tokens(text: str) -> int:
    return len(split_tokens(text))
