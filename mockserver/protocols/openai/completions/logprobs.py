"""Invented log probabilities in the form of legacy completions: parallel lists, one entry for each token.

Mirrors `logprobs` of "The completion object (legacy)" of the OpenAI API reference (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

from mockserver.conversation import JsonObject
from mockserver.protocols.openai.logprobs import token_logprobs


def legacy_logprobs(texts: Iterable[str], alternatives: int, offset: int, *, begins: bool) -> JsonObject:
    """The lists for `texts`, which stand at `offset`. The token that was chosen is always among its
    alternatives. Where the text `begins` with the prompt, nothing is known of the first token.
    """
    entries = [entry for text in texts for entry in token_logprobs(text, max(1, alternatives))]
    tokens = [entry["token"] for entry in entries]
    likely: list[float | None] = [entry["logprob"] for entry in entries]
    top: list[JsonObject | None] = [
        {other["token"]: other["logprob"] for other in entry["top_logprobs"]} for entry in entries
    ]
    if begins and tokens:
        likely[0] = top[0] = None
    offsets = [*accumulate(map(len, tokens[:-1]), initial=offset)] if tokens else []
    return {"tokens": tokens, "token_logprobs": likely, "top_logprobs": top, "text_offset": offsets}
