"""Counting and cutting text in token-like pieces, always the same for the same text.

No tokenizer of a vendor: a word, with the space before it, is a token; long words are several. The same
pieces are the default stream deltas, so usage, limits and chunks agree. Standard library only.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate, pairwise

from mockserver.text.characters import character_starts

_PIECE = re.compile(r"\s?[^\W_]{1,12}|\s?[^\w\s]{1,4}|\s?_+|\s+")


@lru_cache(maxsize=2048)
def split_tokens(text: str) -> tuple[str, ...]:
    """The token-like pieces of `text`; joined they are `text` again. The same texts come many times."""
    return tuple(_PIECE.findall(text))


def count_tokens(text: str) -> int:
    return len(split_tokens(text))


@lru_cache(maxsize=2048)
def split_words(text: str) -> tuple[str, ...]:
    """The token-like pieces of `text`, none of which ends inside a character."""
    pieces = split_tokens(text)
    if text.isascii() and "\r\n" not in text:
        return pieces
    starts = {*character_starts(text), len(text)}
    ends = [end for end in accumulate(map(len, pieces)) if end in starts]
    return tuple(text[start:end] for start, end in pairwise([0, *ends]))
