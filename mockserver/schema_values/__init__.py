"""Values made from a JSON Schema: plausible, always the same, and valid wherever a valid one can be found.

Mirrors JSON Schema draft 2020-12 (core and validation vocabularies, 2026-11) as far as LLM APIs use it for
tools and structured output: `type`, `const`, `enum`, `default`, `examples`, `format`, bounds, lengths,
`pattern`, arrays, objects, `$ref` (also recursive), the combinators, `not`, `if`, the `dependent…` keywords;
and OpenAPI's `nullable` and `example`.

How: a schema is taken apart into alternatives (`demands`); each gives a stream of candidates (`scalars`,
`arrays`, `objects`); the first that passes the check (`checking`) is the example. No state, no randomness.
"""

from __future__ import annotations

from mockserver.conversation import Json, JsonObject
from mockserver.schema_values.composing import Composer

__all__ = ["example"]

_ALLOWANCES = (0, 1, 2)
"""How often a schema may be entered again inside itself: not at all, if that will do."""

_DEEPEST = 200
"""Levels of an example; JSON is read from clients in deeper nesting than it can be written to them."""


def example(schema: JsonObject | None, seed_text: str = "") -> Json:
    """A value that is valid against `schema`; a best effort where no value is, or the schema is broken.

    `seed_text` is what the user said: places, addresses and listed values it names are preferred.
    """
    try:
        value = _first(schema, seed_text)
    except RecursionError:
        return {}
    return value if _depth(value) <= _DEEPEST else {}


def _first(schema: JsonObject | None, text: str) -> Json:
    for allowance in _ALLOWANCES:
        composer = Composer(schema, text, allowance=allowance, strict=True)
        for value in composer.values([schema], "", ()):
            return value
        if not composer.was_cut_short:
            break
    anything = Composer(schema, text, allowance=0, strict=False)
    return next(anything.values([schema], "", ()), {})


def _depth(value: Json) -> int:
    """How deep the value is nested, counted no further than matters."""
    depth, level = 0, [value]
    while level and depth <= _DEEPEST:
        depth += 1
        containers = [
            item.values() if isinstance(item, dict) else item
            for item in level
            if isinstance(item, dict | list)
        ]
        level = [child for children in containers for child in children]
    return depth
