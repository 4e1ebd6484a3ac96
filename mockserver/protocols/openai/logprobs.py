"""Invented log probabilities of a text: one entry for each token, always the same for the same token.

Mirrors `logprobs` of the chat completion object in the OpenAI API reference (2026-11).
"""

from __future__ import annotations

import math
from zlib import crc32

from mockserver.conversation import JsonObject
from mockserver.text.tokens import split_tokens

_ALTERNATIVES = (
    *(" the", " a", " and", " of", " to", " in", ",", ".", " is", " for", " that", " with", " it", " on"),
    *(" as", " this", " an", " or", " by", " at", " from"),
)
"""More than the 20 that can be asked for: one of them may be the token itself."""


def token_logprobs(text: str, alternatives: int) -> list[JsonObject]:
    """The entries of `text`, each with that many most likely tokens, itself the first of them."""
    return [_entry(token, alternatives) for token in split_tokens(text)]


def _entry(token: str, alternatives: int) -> JsonObject:
    likelihood = 0.6 + 0.399 * crc32(token.encode()) / 0xFFFFFFFF
    own = _scored(token, likelihood)
    others = [other for other in _ALTERNATIVES if other != token][: max(alternatives - 1, 0)]
    # What the token leaves is halved again and again, so that all of it stays below one.
    ranked = (_scored(other, (1 - likelihood) / 2**rank) for rank, other in enumerate(others, 1))
    return {**own, "top_logprobs": [own, *ranked][:alternatives]}


def _scored(token: str, likelihood: float) -> JsonObject:
    return {"token": token, "logprob": round(math.log(likelihood), 6), "bytes": list(token.encode())}
