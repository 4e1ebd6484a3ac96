"""Values that an official SDK's request types can build, as hypothesis strategies: JSON all the way down.

Where a type says less than the API asks for (a pattern, say), a strategy for members of that name stands in.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias, get_args, get_origin

import typing_extensions
from hypothesis import strategies as st
from pydantic import BaseModel

Named: TypeAlias = Mapping[str, st.SearchStrategy[Any]]

_REQUIRED: tuple[Any, ...] = (typing.Required, typing_extensions.Required)
_ONE_TYPE: tuple[Any, ...] = (Annotated, typing.NotRequired, typing_extensions.NotRequired, *_REQUIRED)
_TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: _TEXT,
    int: st.integers(-5, 5),
    float: st.floats(-5, 5),
    bool: st.booleans(),
    type(None): st.none(),
    object: st.none() | st.booleans() | _TEXT,
    Any: st.none() | st.booleans() | _TEXT,
    dict: st.dictionaries(_TEXT, st.booleans() | _TEXT, max_size=2),
}


def values(shape: Any, named: Named) -> st.SearchStrategy[Any]:
    """The values of a type, with at least one item in each list."""
    if shape in _PLAIN:
        return _PLAIN[shape]
    if typing_extensions.is_typeddict(shape):
        return _members(shape, named)
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        return _dumped(shape, named)
    if isinstance(shape, typing_extensions.TypeAliasType):
        return values(shape.__value__, named)
    return _composed(get_origin(shape), get_args(shape), named)


def _composed(origin: Any, arguments: tuple[Any, ...], named: Named) -> st.SearchStrategy[Any]:
    if origin in _ONE_TYPE:
        return values(arguments[0], named)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*(values(variant, named) for variant in arguments))
    if issubclass(origin, Mapping):
        return st.dictionaries(_TEXT, values(arguments[1], named), max_size=2)
    return st.lists(values(arguments[0], named), min_size=1, max_size=2)


def _dumped(shape: type[BaseModel], named: Named) -> st.SearchStrategy[dict[str, Any]]:
    """What the SDK sends of a model that it has received: the members that are set."""
    members = {
        info.alias or name: named[name] if name in named else values(info.annotation, named)
        for name, info in shape.model_fields.items()
    }
    required = {info.alias or name for name, info in shape.model_fields.items() if info.is_required()}
    return st.fixed_dictionaries(
        {name: found for name, found in members.items() if name in required},
        optional={name: found for name, found in members.items() if name not in required},
    )


def _members(shape: Any, named: Named) -> st.SearchStrategy[dict[str, Any]]:
    # Annotations are strings in the SDK's modules, so that the type itself does not know what it requires.
    hints = typing_extensions.get_type_hints(shape, include_extras=True)
    required = {name for name, hint in hints.items() if get_origin(hint) in _REQUIRED}
    members = {name: named[name] if name in named else values(hint, named) for name, hint in hints.items()}
    return st.fixed_dictionaries(
        {name: found for name, found in members.items() if name in required},
        optional={name: found for name, found in members.items() if name not in required},
    )
