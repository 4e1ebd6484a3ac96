"""A contract as the shape of plain JSON: what its models would accept and write again, without the models.

To make a model of each part of a long conversation takes several times as long as to parse it. A wire that
goes on with plain JSON has the same contract checked and normalised as dictionaries; the models themselves
are asked only where something is at fault, for they tell what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

from pydantic import BaseModel, ValidationError
from pydantic_core import SchemaValidator

from mockserver.conversation import JsonObject

_BOUNDS = {"min_length", "max_length"}
_UNCHECKED = {"metadata", "serialization"}
"""What of a part is for who describes or writes it: the validator would only keep it."""

_Names: TypeAlias = Literal["documented", "either"]
"""Which names of a member are looked for, where a contract takes it by its alias and by its own name."""

_DOCUMENTED: _Names = "documented"
_EITHER: _Names = "either"


@runtime_checkable
class Enumeration(Protocol):
    """A validator, written in Python, that gives `names` back as they are, whatever else it takes."""

    names: Sequence[str]


@runtime_checkable
class Chooser(Protocol):
    """What tells the variants of a union apart, by a name for each. `native` is a union of these choices that
    takes the same and that pydantic can tell apart without asking Python; None if there is none.
    """

    def native(self, choices: Mapping[str, Any]) -> Any | None: ...


def is_plain(contract: type[BaseModel], body: JsonObject) -> bool:
    """Whether the contract's models would accept a body."""
    return _validator(contract, _EITHER).isinstance_python(body)


def as_plain(contract: type[BaseModel], body: JsonObject) -> JsonObject | None:
    """The body as the contract's models would write it, without what was not sent; None where something is
    at fault. `body` itself stays as it is.
    """
    for names in (
        _DOCUMENTED,
        _EITHER,
    ):  # most bodies have the documented ones, and to look for two takes longer
        try:
            plain: JsonObject = _validator(contract, names).validate_python(body)
        except ValidationError:
            continue
        return plain
    return None


def written(shaped: BaseModel) -> JsonObject:
    """The same of a body that was made a model after all."""
    return shaped.model_dump(by_alias=True, exclude_unset=True, serialize_as_any=True)


@lru_cache(maxsize=64)
def _validator(contract: type[BaseModel], names: _Names) -> SchemaValidator:
    """What validates as the model does, to a dictionary with the names that the model is written with."""
    contract.model_rebuild()  # the models build themselves when they are first used
    return SchemaValidator(_plain(contract.__pydantic_core_schema__, names))


def _plain(node: Any, names: _Names) -> Any:
    """A part of a core schema, each model in it as a typed dictionary."""
    match node:
        case {"type": "model", "schema": {"type": "model-fields"}}:
            return _typed_dict(node, names)
        case {"type": "model", "cls": model} | {"schema": {"type": "model", "cls": model}, "function": _}:
            raise TypeError(f"{model.__name__} has validators of its own, which only a model can call")
        case {"type": "tagged-union", "discriminator": Chooser() as told_by, "choices": choices}:
            plain = {name: _plain(choice, names) for name, choice in choices.items()}
            return told_by.native(plain) or {**node, "choices": plain}
        case {"type": "dict", "values_schema": {"type": "any"}} if not _BOUNDS & node.keys():
            return {"type": "is-instance", "cls": dict}
        case {"type": "function-plain", "function": {"function": Enumeration() as read}}:
            known = {"type": "literal", "expected": [*read.names]}
            return {"type": "union", "mode": "left_to_right", "choices": [known, node]}
        case {"type": str()}:
            return {key: _plain(value, names) for key, value in node.items() if key not in _UNCHECKED}
        case dict():
            return {key: _plain(value, names) for key, value in node.items()}
        case list() | tuple():
            return type(node)(_plain(item, names) for item in node)
        case _:
            return node


def _typed_dict(model: dict[str, Any], names: _Names) -> dict[str, Any]:
    members = model["schema"]
    return {
        "type": "typed-dict",
        "fields": {
            field.get("serialization_alias", name): _member(
                name, field, names if model["config"].get("validate_by_name") else _DOCUMENTED
            )
            for name, field in members["fields"].items()
        },
        "config": model["config"],
        **{key: _plain(members[key], names) for key in ("extras_schema",) if key in members},
        **{key: model[key] for key in ("ref",) if key in model},
    }


def _member(name: str, field: dict[str, Any], names: _Names) -> dict[str, Any]:
    """A member of a typed dictionary. One with a default may be missing, and then it is."""
    schema = field["schema"]
    has_default = schema["type"] == "default"
    member = {
        "type": "typed-dict-field",
        "schema": _plain(schema["schema"] if has_default else schema, names),
        "required": not has_default,
    }
    alias = field.get("validation_alias", name)
    if isinstance(alias, str) and alias != name and names == _EITHER:
        return {**member, "validation_alias": [[alias], [name]]}
    # An alias is looked for in a slower way than the name itself.
    return (
        member if alias == field.get("serialization_alias", name) else {**member, "validation_alias": alias}
    )
