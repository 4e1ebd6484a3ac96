"""Text in characters as a reader takes them, each of one code point or several.

A letter and its accents are one character, and so are an emoji and what is joined to it, the two letters of
a flag, a syllable of Hangul, a carriage return with its line feed. That is Unicode Standard Annex 29 without
its rules on Indic conjuncts and on marks that stand in front. Standard library only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

_ZERO_WIDTH_JOINER = "\u200d"
_PLAIN = re.compile(
    "[\x00-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    "\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uff01-\uff60]*"
)
"""Code points that are a character each, whatever stands before them. To tell them saves most of the time."""


def split_characters(text: str) -> Sequence[str]:
    """The characters of `text` as a reader sees them; joined they are `text` again."""
    if text.isascii() and "\r\n" not in text:
        return text
    return [text[start:end] for start, end in pairwise(character_bounds(text))]


def character_bounds(text: str) -> Sequence[int]:
    """Where the characters of `text` begin, and where the last one ends."""
    if "\r\n" not in text and _PLAIN.fullmatch(text):
        return range(len(text) + 1)
    return [*character_starts(text), len(text)]


def character_starts(text: str) -> list[int]:
    """Where each character of `text` begins."""
    starts: list[int] = []
    for at in range(len(text)):
        if not starts or not _goes_on(text[at - 1], text[at], at - starts[-1]):
            starts.append(at)
    return starts


def _goes_on(before: str, point: str, length: int) -> bool:
    """Whether a code point belongs to the character that ends with `before` and has `length` so far."""
    if before in "\r\n":
        return before + point == "\r\n"
    if _is_flag_letter(before) and _is_flag_letter(point):
        return length == 1
    if "\u1160" <= point <= "\u11ff":  # vowels and finals of Hangul
        return "\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"
    return before == _ZERO_WIDTH_JOINER or _extends(point)


def _extends(point: str) -> bool:
    return (
        unicodedata.category(point).startswith("M")
        or point in {"\u200c", _ZERO_WIDTH_JOINER}
        or "\U0001f3fb" <= point <= "\U0001f3ff"  # the colours of skin
        or "\U000e0020" <= point <= "\U000e007f"  # the tags that make the flag of a region
    )


def _is_flag_letter(point: str) -> bool:
    return "\U0001f1e6" <= point <= "\U0001f1ff"
