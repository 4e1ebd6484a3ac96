"""Whether a value fits a JSON Schema (draft 2020-12), for the keywords that LLM APIs document.

Only yes or no, for the search of examples; nothing here explains a misfit. A keyword whose value is not what
the draft allows asks for nothing, so no schema makes this raise; neither do keywords that are not listed.
`nullable: true` (OpenAPI 3.0) lets null through.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction
from math import isfinite
from sys import float_info
from typing import TypeAlias, TypeGuard

from mockserver.conversation import Json, JsonObject
from mockserver.schema_values.formats import fits_format
from mockserver.schema_values.patterns import matches
from mockserver.schema_values.references import resolve
from mockserver.values import dataclass

_TEXT_PER_WEIGHT = 200


def fits(value: Json, schema: Json, root: Json) -> bool:
    """Whether `value` is valid against `schema`, a part of the document `root`."""
    return _fits(value, schema, root, ())


def _fits(value: Json, schema: Json, root: Json, followed: tuple[int, ...]) -> bool:
    if not isinstance(schema, dict):
        return schema is not False
    if value is None and schema.get("nullable") is True:
        return True
    place = _Place(schema, root, followed)
    return all(_CHECKS[keyword](value, schema[keyword], place) for keyword in schema if keyword in _CHECKS)


@dataclass(frozen=True, slots=True)
class _Place:
    """A schema at work on one value. `followed` are the references already taken for that very value."""

    schema: JsonObject
    root: Json
    followed: tuple[int, ...]

    def fits(self, value: Json, schema: Json) -> bool:
        """Whether the same value fits a schema beside this one."""
        return _fits(value, schema, self.root, self.followed)

    def child_fits(self, value: Json, schema: Json) -> bool:
        """Whether a part of the value fits its schema."""
        return _fits(value, schema, self.root, ())


_Check: TypeAlias = Callable[[Json, Json, _Place], bool]

# ----------------------------------------------------------------------------------------------- values


def is_number(value: Json) -> TypeGuard[float]:
    """Whether this is a number, and one that a float can tell: not what Python alone reads from JSON."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= float_info.max


def is_of_type(value: Json, name: str) -> bool:
    match name.lower():
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return is_number(value) and value == int(value)
        case "number":
            return is_number(value)
        case "string":
            return isinstance(value, str)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case _:
            return True


def identity(value: Json) -> Hashable:
    """A key that is equal for equal JSON values: `1` and `1.0` are equal, `1` and `true` are not."""
    match value:
        case bool():
            return ("boolean", value)
        case list():
            return ("array", tuple(identity(item) for item in value))
        case dict():
            return ("object", frozenset((key, identity(item)) for key, item in value.items()))
        case str() | int() | float() | None:
            return value
        case _:
            return repr(value)


def weight(value: Json, most: int) -> int:
    """How much there is to a value: items, properties and text all told, counted up to `most`."""
    total, waiting = 0, [value]
    while waiting and total < most:
        item = waiting.pop()
        total += 1
        if isinstance(item, str):
            total += len(item) // _TEXT_PER_WEIGHT
        elif isinstance(item, list | dict):
            waiting.extend(item.values() if isinstance(item, dict) else item)
    return total


def is_multiple(value: float, divisor: float) -> bool:
    """Both as decimals and as binary floats are divided: validators do the one or the other."""
    if isinstance(value, int) and isinstance(divisor, int):
        return value % divisor == 0
    quotient = value / divisor
    exact = Fraction(str(value)) / Fraction(str(divisor))
    return exact.denominator == 1 and isfinite(quotient) and quotient == int(quotient)


# ---------------------------------------------------------------------------------------------- any type


def _type(value: Json, wanted: Json, _: _Place) -> bool:
    names = wanted if isinstance(wanted, list) else [wanted]
    known = [name for name in names if isinstance(name, str)]
    return not known or any(is_of_type(value, name) for name in known)


def _enum(value: Json, options: Json, _: _Place) -> bool:
    return not isinstance(options, list) or identity(value) in map(identity, options)


def _const(value: Json, wanted: Json, _: _Place) -> bool:
    return identity(value) == identity(wanted)


def _ref(value: Json, reference: Json, place: _Place) -> bool:
    target = resolve(reference, place.root)
    if id(target) in place.followed:
        # A reference that leads back to itself at the same value never comes to a check.
        return False
    return _fits(value, target, place.root, (*place.followed, id(target)))


def _all_of(value: Json, schemas: Json, place: _Place) -> bool:
    return not isinstance(schemas, list) or all(place.fits(value, schema) for schema in schemas)


def _any_of(value: Json, schemas: Json, place: _Place) -> bool:
    return (
        not isinstance(schemas, list) or not schemas or any(place.fits(value, schema) for schema in schemas)
    )


def _one_of(value: Json, schemas: Json, place: _Place) -> bool:
    if not isinstance(schemas, list) or not schemas:
        return True
    return sum(place.fits(value, schema) for schema in schemas) == 1


def _not(value: Json, schema: Json, place: _Place) -> bool:
    return not isinstance(schema, dict | bool) or not place.fits(value, schema)


def _if(value: Json, condition: Json, place: _Place) -> bool:
    branch = "then" if place.fits(value, condition) else "else"
    return branch not in place.schema or place.fits(value, place.schema[branch])


# ------------------------------------------------------------------------------------ numbers and strings


def _for_numbers(holds: Callable[[float, float], bool]) -> _Check:
    def check(value: Json, bound: Json, _: _Place) -> bool:
        return not is_number(value) or not is_number(bound) or holds(value, bound)

    return check


def _for_sizes(kind: type[str | list[Json] | JsonObject], holds: Callable[[int, float], bool]) -> _Check:
    def check(value: Json, bound: Json, _: _Place) -> bool:
        return not isinstance(value, kind) or not is_number(bound) or holds(len(value), bound)

    return check


def _at_least(value: float, bound: float) -> bool:
    return value >= bound


def _at_most(value: float, bound: float) -> bool:
    return value <= bound


def _pattern(value: Json, pattern: Json, _: _Place) -> bool:
    return not isinstance(value, str) or not isinstance(pattern, str) or matches(pattern, value)


def _format(value: Json, name: Json, _: _Place) -> bool:
    return not isinstance(value, str) or not isinstance(name, str) or fits_format(name, value)


# ------------------------------------------------------------------------------------------------ arrays


def _prefix_items(value: Json, schemas: Json, place: _Place) -> bool:
    if not isinstance(value, list) or not isinstance(schemas, list):
        return True
    return all(place.child_fits(item, schema) for item, schema in zip(value, schemas, strict=False))


def _items(value: Json, schema: Json, place: _Place) -> bool:
    if not isinstance(value, list):
        return True
    prefix = place.schema.get("prefixItems")
    rest = value[len(prefix) :] if isinstance(prefix, list) else value
    return all(place.child_fits(item, schema) for item in rest)


def _unique_items(value: Json, wanted: Json, _: _Place) -> bool:
    return wanted is not True or not isinstance(value, list) or len(set(map(identity, value))) == len(value)


def _contains(value: Json, schema: Json, place: _Place) -> bool:
    if not isinstance(value, list) or not isinstance(schema, dict | bool):
        return True
    low, high = (place.schema.get(keyword) for keyword in ("minContains", "maxContains"))
    count = sum(place.child_fits(item, schema) for item in value)
    return (not is_number(high) or count <= high) and count >= (low if is_number(low) else 1)


# ----------------------------------------------------------------------------------------------- objects


def _required(value: Json, names: Json, _: _Place) -> bool:
    if not isinstance(value, dict) or not isinstance(names, list):
        return True
    return all(name in value for name in names if isinstance(name, str))


def _properties(value: Json, schemas: Json, place: _Place) -> bool:
    if not isinstance(value, dict) or not isinstance(schemas, dict):
        return True
    return all(place.child_fits(value[name], schema) for name, schema in schemas.items() if name in value)


def _pattern_properties(value: Json, schemas: Json, place: _Place) -> bool:
    if not isinstance(value, dict) or not isinstance(schemas, dict):
        return True
    return all(
        place.child_fits(item, schema)
        for pattern, schema in schemas.items()
        for name, item in value.items()
        if matches(pattern, name)
    )


def is_additional(name: str, schema: JsonObject) -> bool:
    """Whether `additionalProperties` of `schema` speaks of a property called `name`."""
    declared, patterns = schema.get("properties"), schema.get("patternProperties")
    if isinstance(declared, dict) and name in declared:
        return False
    return not (isinstance(patterns, dict) and any(matches(pattern, name) for pattern in patterns))


def _additional_properties(value: Json, schema: Json, place: _Place) -> bool:
    if not isinstance(value, dict) or not isinstance(schema, dict | bool):
        return True
    return all(
        place.child_fits(item, schema) for name, item in value.items() if is_additional(name, place.schema)
    )


def _property_names(value: Json, schema: Json, place: _Place) -> bool:
    return not isinstance(value, dict) or all(place.child_fits(name, schema) for name in value)


def _dependent_required(value: Json, dependents: Json, place: _Place) -> bool:
    if not isinstance(value, dict) or not isinstance(dependents, dict):
        return True
    return all(_required(value, names, place) for trigger, names in dependents.items() if trigger in value)


def _dependent_schemas(value: Json, schemas: Json, place: _Place) -> bool:
    if not isinstance(value, dict) or not isinstance(schemas, dict):
        return True
    return all(place.fits(value, schema) for trigger, schema in schemas.items() if trigger in value)


_CHECKS: dict[str, _Check] = {
    "$dynamicRef": _ref,
    "$ref": _ref,
    "additionalProperties": _additional_properties,
    "allOf": _all_of,
    "anyOf": _any_of,
    "const": _const,
    "contains": _contains,
    "dependentRequired": _dependent_required,
    "dependentSchemas": _dependent_schemas,
    "enum": _enum,
    "exclusiveMaximum": _for_numbers(lambda value, bound: value < bound),
    "exclusiveMinimum": _for_numbers(lambda value, bound: value > bound),
    "format": _format,
    "if": _if,
    "items": _items,
    "maxItems": _for_sizes(list, _at_most),
    "maxLength": _for_sizes(str, _at_most),
    "maxProperties": _for_sizes(dict, _at_most),
    "maximum": _for_numbers(_at_most),
    "minItems": _for_sizes(list, _at_least),
    "minLength": _for_sizes(str, _at_least),
    "minProperties": _for_sizes(dict, _at_least),
    "minimum": _for_numbers(_at_least),
    "multipleOf": _for_numbers(lambda value, divisor: divisor <= 0 or is_multiple(value, divisor)),
    "not": _not,
    "oneOf": _one_of,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "prefixItems": _prefix_items,
    "properties": _properties,
    "propertyNames": _property_names,
    "required": _required,
    "type": _type,
    "uniqueItems": _unique_items,
}
