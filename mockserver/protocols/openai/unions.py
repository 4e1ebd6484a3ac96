"""Unions of request shapes that keep their error paths clean.

Pydantic puts the tag of the chosen variant into the path of an error. So tags stand in angle brackets here
(`tag("user")`), which no field name does, and `wording` drops them. Every union of a request contract is
built with these functions; an undecided union would double the errors and the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import Discriminator, Tag

from mockserver.values import dataclass

UNKNOWN_VARIANT = "unknown_variant"
WRONG_JSON_TYPE = "wrong_json_type"

_JSON_TYPES = {str: "string", list: "array", dict: "object", bool: "boolean", type(None): "null"}


class _Discriminator(Discriminator):
    """Hashable, although its context is a dict: `typing` hashes the members of a union of unions."""

    __hash__ = object.__hash__


def tag(name: str) -> Tag:
    """The variant that is chosen by `name`: a value of the key, or a JSON type."""
    return Tag(f"<{name}>")


def is_tag(step: str | int) -> bool:
    return isinstance(step, str) and step.startswith("<")


def listed(values: Iterable[str]) -> str:
    """`'a', 'b', and 'c'`, as the API lists what it supports."""
    quoted = [f"'{value}'" for value in values]
    if len(quoted) < 3:  # noqa: PLR2004 - the comma before "and" starts with three
        return " and ".join(quoted)
    return f"{', '.join(quoted[:-1])}, and {quoted[-1]}"


class _Chooser:
    __name__ = "chooser"  # what pydantic calls it, as it would a function


@dataclass(frozen=True)
class _ByKey(_Chooser):
    key: str
    default: str | None

    def __call__(self, value: Any) -> str | None:
        name = (
            value.get(self.key, self.default)
            if isinstance(value, dict)
            else getattr(value, self.key, self.default)
        )
        return f"<{name}>" if isinstance(name, str) else None

    def native(self, choices: Mapping[str, Any]) -> Any | None:
        return None if self.default else _by_value(self.key, choices)


@dataclass(frozen=True)
class _ByVariant(_Chooser):
    key: str
    choose: Callable[[dict[str, Any]], str | None]

    def __call__(self, value: Any) -> str | None:
        name = self.choose(value) if isinstance(value, dict) else None
        return f"<{name}>" if name else None

    def native(self, choices: Mapping[str, Any]) -> Any:
        chosen = {"type": "tagged-union", "discriminator": self, "choices": {**choices}}
        return _either(_by_value(self.key, choices), chosen)


class _ByJsonType(_Chooser):
    def __call__(self, value: Any) -> str | None:
        name = _JSON_TYPES.get(type(value))
        return f"<{name}>" if name else None

    def native(self, choices: Mapping[str, Any]) -> Any:
        return _either(*choices.values())


def _by_value(key: str, choices: Mapping[str, Any]) -> Any:
    """A union whose variants have the value of `key` for their name."""
    named = {name.strip("<>"): choice for name, choice in choices.items()}
    return {"type": "tagged-union", "discriminator": key, "choices": named}


def _either(*choices: Any) -> Any:
    return {"type": "union", "mode": "left_to_right", "choices": [*choices]}


def by_key(key: str, *values: str, default: str | None = None) -> Discriminator:
    """Objects told apart by the string under `key`; `default` is chosen where the key is absent."""
    return _discriminator(_ByKey(key, default), UNKNOWN_VARIANT, {"key": key, "values": listed(values)})


def by_variant(choose: Callable[[dict[str, Any]], str | None], key: str, *values: str) -> Discriminator:
    """Objects told apart by `choose`, where more than the listed values of `key` are taken. A listed value
    chooses the variant of its name.
    """
    return _discriminator(_ByVariant(key, choose), UNKNOWN_VARIANT, {"key": key, "values": listed(values)})


def by_json_type(expected: str) -> Discriminator:
    """Values told apart by their JSON type: string, array, object, boolean, null. `expected` is in the words
    of the API: `one of a string or array of objects`. No variant takes values of another type than its own.
    """
    return _discriminator(_ByJsonType(), WRONG_JSON_TYPE, {"expected": expected})


def by_items(expected: str) -> Discriminator:
    """A string, or a list told apart by its first item: `strings`, `integers`, `arrays`, `objects`, and what
    is empty or of other items as strings. `expected` is in the words of the API.
    """

    def choose(value: Any) -> str | None:
        match value:
            case str():
                return "<string>"
            case [int(), *_] if not isinstance(value[0], bool):
                return "<integers>"
            case [list(), *_]:
                return "<arrays>"
            case [dict(), *_]:
                return "<objects>"
            case list():
                return "<strings>"
            case _:
                return None

    return _discriminator(choose, WRONG_JSON_TYPE, {"expected": expected})


def _discriminator(choose: Callable[[Any], str | None], kind: str, found: dict[str, str]) -> Discriminator:
    return _Discriminator(
        choose,
        custom_error_type=kind,
        custom_error_message=kind,
        custom_error_context={**found},
    )
