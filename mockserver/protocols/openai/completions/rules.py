"""Rules between the fields of a request, each from the request to a failure or None.

Mirrors what the live API refuses beyond its schema, in its words (2026-11). The first that is broken is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mockserver.conversation import Failure
from mockserver.protocols.openai.completions.contract import CompletionRequest


def broken_rules(asked: CompletionRequest) -> Iterator[tuple[str, Failure]]:
    """The place of each broken rule, and how the API refuses it."""
    for place, rule in _RULES:
        if failure := rule(asked):
            yield place, failure


def _a_model_is_named(asked: CompletionRequest) -> Failure | None:
    if asked.model:
        return None
    return _invalid("you must provide a model parameter", "model", "missing_required_parameter")


def _stream_options_need_stream(asked: CompletionRequest) -> Failure | None:
    if asked.stream_options is None or asked.stream:
        return None
    message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
    return _invalid(message, "stream_options")


def _as_many_candidates_as_choices(asked: CompletionRequest) -> Failure | None:
    best_of, choices = asked.best_of, asked.n or 1
    if best_of is None or best_of >= choices:
        return None
    return _invalid(
        "You requested that the server return more choices than it will generate (HINT: You must set 'n' "
        f"(currently {choices}) to be at most 'best_of' (currently {best_of}), or omit either parameter if "
        "you don't specifically want to use them.)"
    )


def _invalid(message: str, param: str | None = None, code: str | None = None) -> Failure:
    return Failure("invalid_request", message=message, param=param, code=code)


_RULES: tuple[tuple[str, Callable[[CompletionRequest], Failure | None]], ...] = (
    ("/model", _a_model_is_named),
    ("/stream_options", _stream_options_need_stream),
    ("/best_of", _as_many_candidates_as_choices),
)
