"""What an official SDK's type has a place for and a contract of ours has not.

Both are walked down to their members. A member's place is written `messages[].content[].text`: `[]` are the
items of a list, `{}` the values of a mapping; the variants of a union are taken together. Where our contract
is open (it takes any members, or any value), everything below is known.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, TypeAlias, get_args, get_origin

import typing_extensions
from pydantic import BaseModel, RootModel

Places: TypeAlias = frozenset[str]

_ANYTHING = "*"
"""The place of whatever there may be."""

_WRAPPERS = (typing.Required, typing.NotRequired, typing_extensions.Required, typing_extensions.NotRequired)
_ONE_TYPE = (Annotated, *_WRAPPERS)


def unknown_fields(sdk: Any, ours: Any, *, listed: Iterable[str] = ()) -> set[str]:
    """The places that `sdk` has and `ours` has not, but for those that are `listed` as exceptions. An
    exception that is none is told too, with a minus: so no list outlives its reasons.
    """
    known = places(ours)
    missing = {
        place for place in places(sdk) if not place.endswith(_ANYTHING) and not _is_known(place, known)
    }
    highest = {place for place in missing if not any(_is_below(place, other) for other in missing)}
    exceptions = set(listed)
    return (highest - exceptions) | {f"-{place}" for place in exceptions - highest}


def places(shape: Any) -> Places:
    """All places of a type, below its own."""
    return frozenset(_Walk().below(shape))


def _is_known(place: str, known: Places) -> bool:
    open_places = (other.removesuffix(_ANYTHING) for other in known if other.endswith(_ANYTHING))
    return place in known or any(_is_below(place, other) for other in open_places)


def _is_below(place: str, other: str) -> bool:
    return not other or (len(place) > len(other) and place.startswith(other) and place[len(other)] in ".[{")


class _Walk:
    """Walks types. One that is inside itself is not entered again, but taken for open there."""

    def __init__(self) -> None:
        self._entered: list[Any] = []
        self._found: dict[Any, Places] = {}

    def below(self, shape: Any) -> Places:
        if not isinstance(shape, type) or shape not in self._found:
            return frozenset(self._walk(shape))
        return self._found[shape]

    def _walk(self, shape: Any) -> Iterator[str]:
        origin, arguments = get_origin(shape), get_args(shape)
        if isinstance(shape, typing_extensions.TypeAliasType):
            yield from self.below(shape.__value__)
        elif shape in (Any, object, dict) or shape in self._entered:
            yield _ANYTHING
        elif origin is None and isinstance(shape, type):
            yield from self._members(shape)
        elif origin is not Literal:
            yield from self._inner(origin, arguments)

    def _inner(self, origin: Any, arguments: tuple[Any, ...]) -> Iterator[str]:
        if origin in _ONE_TYPE:
            yield from self.below(arguments[0])
        elif origin in (typing.Union, types.UnionType):
            for variant in arguments:
                yield from self.below(variant)
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            if arguments[1] in (Any, object):
                yield _ANYTHING
            yield from ("{}" + _joined(place) for place in self.below(arguments[1]))
        elif arguments:  # a list of some kind
            yield from ("[]" + _joined(place) for place in self.below(arguments[0]))

    def _members(self, shape: type) -> Iterator[str]:
        self._entered.append(shape)
        found: set[str] = set()
        if issubclass(shape, RootModel):
            found.update(self.below(shape.model_fields["root"].annotation))
        elif issubclass(shape, BaseModel):
            if _is_open(shape):
                found.add(_ANYTHING)
            for name, info in shape.model_fields.items():
                found.update(self._member(info.alias or name, info.annotation))
        elif typing_extensions.is_typeddict(shape):
            for name, annotation in typing_extensions.get_type_hints(shape, include_extras=True).items():
                found.update(self._member(name, annotation))
        self._entered.pop()
        self._found[shape] = frozenset(found)
        yield from found

    def _member(self, name: str, annotation: Any) -> Iterator[str]:
        yield name
        yield from (f"{name}{_joined(place)}" for place in self.below(annotation))


def _joined(place: str) -> str:
    return place if place.startswith(("[", "{", _ANYTHING)) else f".{place}"


def _is_open(shape: type[BaseModel]) -> bool:
    """Whether a contract of ours lets any member through; an SDK's types all do, and say nothing by it."""
    return shape.__module__.startswith("mockserver.") and shape.model_config.get("extra") == "allow"
