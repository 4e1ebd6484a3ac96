"""What an embedding model takes: how many tokens, how many dimensions.

Mirrors "Create embeddings" of the OpenAI API reference (2026-11), in the words of the live API as quoted in
public reports. The first rule that is broken is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mockserver.conversation import Failure
from mockserver.protocols.openai.embeddings.contract import EmbeddingsRequest
from mockserver.protocols.openai.embeddings.inputs import inputs_of

DIMENSIONS: Mapping[str, int] = {
    "text-embedding-ada-002": 1536,
    "text-embedding-3-small": 1536,
    "text-embedding-3-large": 3072,
}
"""Model -> the dimensions of its vectors. Any other has the fewer of them, but may be asked for more."""

DEFAULT_DIMENSIONS = 1536
MOST_DIMENSIONS = max(DIMENSIONS.values())

_FIXED = frozenset({"text-embedding-ada-002"})
"""Models whose vectors cannot be shortened."""

_MOST_TOKENS = 8192
_MOST_TOKENS_IN_SUM = 300_000

_LETTERS_PER_TOKEN = 8
"""More than any tokenizer puts into a token on average: a text is not refused that might be short enough."""


def broken_rules(asked: EmbeddingsRequest) -> Iterator[tuple[str, Failure]]:
    """The place of each broken rule, and how the API refuses it."""
    for place, rule in _RULES:
        if failure := rule(asked):
            yield place, failure


def _dimensions_may_be_chosen(asked: EmbeddingsRequest) -> Failure | None:
    if asked.dimensions is None or asked.model not in _FIXED:
        return None
    return Failure("invalid_request", message="This model does not support specifying dimensions.")


def _not_more_dimensions_than_there_are(asked: EmbeddingsRequest) -> Failure | None:
    most = DIMENSIONS.get(asked.model, MOST_DIMENSIONS)
    if asked.dimensions is None or asked.dimensions <= most or asked.model in _FIXED:
        return None
    message = (
        "Invalid 'dimensions': integer above maximum value. "
        f"Expected a value <= {most}, but got {asked.dimensions} instead."
    )
    return Failure("invalid_request", message, param="dimensions", code="integer_above_max_value")


def _each_input_fits(asked: EmbeddingsRequest) -> Failure | None:
    longest = max(map(_least_tokens, inputs_of(asked.input)))
    if longest <= _MOST_TOKENS:
        return None
    return Failure(
        "invalid_request",
        message=(
            f"This model's maximum context length is {_MOST_TOKENS} tokens, however you requested {longest} "
            f"tokens ({longest} in your prompt; 0 for the completion). Please reduce your prompt; or "
            "completion length."
        ),
    )


def _all_inputs_fit(asked: EmbeddingsRequest) -> Failure | None:
    total = sum(map(_least_tokens, inputs_of(asked.input)))
    if total <= _MOST_TOKENS_IN_SUM:
        return None
    return Failure(
        "invalid_request",
        message=f"Requested {total} tokens, max {_MOST_TOKENS_IN_SUM} tokens per request",
        code="max_tokens_per_request",
        details=({"type": "max_tokens_per_request"},),
    )


def _least_tokens(entry: str | list[int]) -> int:
    return len(entry) if isinstance(entry, list) else -(-len(entry) // _LETTERS_PER_TOKEN)


_RULES: tuple[tuple[str, Callable[[EmbeddingsRequest], Failure | None]], ...] = (
    ("/dimensions", _dimensions_may_be_chosen),
    ("/dimensions", _not_more_dimensions_than_there_are),
    ("/input", _each_input_fits),
    ("/input", _all_inputs_fit),
)
