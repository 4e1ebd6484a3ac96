"""What is embedded: one entry for each vector, texts or lists of tokens.

Mirrors `input` of "Create embeddings" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from mockserver.limits import estimate

Entry: TypeAlias = str | list[int]


def inputs_of(asked: Entry | list[str] | list[list[int]]) -> Iterator[Entry]:
    """The entries of an input; a list of numbers is one of them."""
    if isinstance(asked, str):
        yield asked
        return
    tokens = [item for item in asked if isinstance(item, int)]
    if tokens:
        yield tokens
    yield from (item for item in asked if not isinstance(item, int))


def text_of(entry: Entry) -> str:
    """The text that stands for an entry: tokens are as good as words, whatever they stand for."""
    return entry if isinstance(entry, str) else " ".join(map(str, entry))


def tokens_of(entry: Entry) -> int:
    """Tokens are counted; those of a text are estimated as everywhere."""
    return estimate(entry) if isinstance(entry, str) else len(entry)
