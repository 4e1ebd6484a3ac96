"""Invented log probabilities of a text: one entry for each token, always the same for the same generator.

Mirrors the `logprobs` of "Output text" in the Responses API reference (2026-11).
"""

from __future__ import annotations

from random import Random

from mockserver.conversation import JsonObject
from mockserver.tokens import split_tokens

_LEAST = -9999.0


def token_logprobs(text: str, alternatives: int, random: Random) -> list[JsonObject]:
    """The entries of `text`, each with that many most likely tokens, itself the first of them."""
    return [_entry(token, alternatives, random) for token in split_tokens(text)]


def without_bytes(entry: JsonObject) -> JsonObject:
    """An entry as stream events carry it."""
    return {
        "token": entry["token"],
        "logprob": entry["logprob"],
        "top_logprobs": [{"token": top["token"], "logprob": top["logprob"]} for top in entry["top_logprobs"]],
    }


def _entry(token: str, alternatives: int, random: Random) -> JsonObject:
    logprob = -round(random.random() / 4, 6)
    best = _token(token, logprob)
    others = [_token(f"{token}{rank}", logprob - 2.5 * rank) for rank in range(1, alternatives)]
    return {**best, "top_logprobs": [best, *others][:alternatives]}


def _token(token: str, logprob: float) -> JsonObject:
    return {"token": token, "bytes": list(token.encode()), "logprob": max(round(logprob, 6), _LEAST)}
