"""The prompts of a request: one text for each completion that is asked for.

Mirrors `prompt` of "Create completion" of the OpenAI API reference (2026-11). Tokens cannot be told as text
here, so their numbers stand for them.
"""

from __future__ import annotations

from mockserver.conversation import Json

NO_PROMPT = "<|endoftext|>"
"""What the model begins with where there is no prompt."""


def prompts_of(prompt: Json) -> tuple[str, ...]:
    """The prompts in `prompt`, one at least; what is no prompt counts as none."""
    match prompt:
        case str():
            return (prompt,)
        case [int(), *_]:
            return (_text(prompt),)
        case [_, *_]:
            return tuple(item if isinstance(item, str) else _text(item) for item in prompt)
        case _:
            return (NO_PROMPT,)


def _text(tokens: Json) -> str:
    return " ".join(map(str, tokens)) if isinstance(tokens, list) else NO_PROMPT
