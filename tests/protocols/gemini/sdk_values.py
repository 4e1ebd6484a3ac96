"""Values of Google's SDK's own types, as hypothesis strategies: whatever its classes can be built from."""

from __future__ import annotations

import types
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel

Model = TypeVar("Model", bound=BaseModel)

_DEEPEST = {"Schema": 2}
"""How deep a class is still filled. One that holds itself would be large."""

NOT_SENT = {
    "retrieval",
    "enterprise_web_search",
    "parallel_ai_search",
    "exa_ai_search",
    "blocking_confidence",
    "exclude_domains",
    "auth_config",
    "grounding_types",
    "partial_args",
    "FunctionCall.will_continue",
    "stream_function_call_arguments",
    "method",
    "person_generation",
    "prominent_people",
    "output_mime_type",
    "output_compression_quality",
    "image_output_options",
}
"""What the SDK itself refuses to send to the Developer API."""

_WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: _WORDS,
    int: st.integers(0, 5),
    float: st.integers(0, 5).map(float),
    bool: st.booleans(),
    bytes: st.binary(min_size=1, max_size=4),
    datetime: st.just(datetime(2026, 1, 1, tzinfo=UTC)),
    Any: st.booleans() | _WORDS | st.just({"a_b": [1]}),
}


def built(shape: type[Model]) -> st.SearchStrategy[Model]:
    """Instances of one of the SDK's classes."""
    return _members(shape, 0).map(shape.model_validate)


def values(shape: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(shape), get_args(shape)
    if shape in _PLAIN:
        return _PLAIN[shape]
    if origin in (Union, types.UnionType):
        return st.one_of(*(values(item, depth) for item in arguments if item is not type(None)))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is list:
        return st.lists(values(arguments[0], depth), min_size=1, max_size=2)
    if origin is dict:
        return st.dictionaries(_WORDS, values(arguments[1], depth), max_size=2)
    if issubclass(shape, Enum):
        return st.sampled_from([member.value for member in shape])
    return _members(shape, depth)


def _members(shape: type[BaseModel], depth: int) -> st.SearchStrategy[dict[str, Any]]:
    names = {} if depth >= _DEEPEST.get(shape.__name__, 6) else shape.model_fields
    found = {
        name: st.deferred(lambda info=info: values(info.annotation, depth + 1))  # type: ignore[misc] # bound now
        for name, info in names.items()
        if not {name, f"{shape.__name__}.{name}"} & NOT_SENT
    }
    return st.fixed_dictionaries({}, optional=found)
