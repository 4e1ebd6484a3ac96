"""The JSON forms of protocol-buffer fields, as building blocks for typed messages.

Mirrors "ProtoJSON Format" of the Protocol Buffers documentation (2026-11): lowerCamelCase and original names,
null for unset, numbers as strings, enums by name or number, both base64 alphabets, one value where a list may
stand. Knows no message of the Gemini API; what is wrong with a value is told by `wording`.
"""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, StrictBool
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

T = TypeVar("T")

BAD_BASE64 = "proto_base64"
BAD_ENUM = "proto_enum"

_BASE64_GROUP = 4


class ProtoMessage(BaseModel):
    """A message: fields by either name, null for unset; unknown fields are refused."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=True,
        extra="forbid",
        defer_build=True,
        protected_namespaces=(),
    )


def _not_bool(value: Any) -> Any:
    """Pydantic would take true for 1."""
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "a boolean is no number")
    return value


def _as_list(value: Any) -> Any:
    """A repeated field may be given one bare value."""
    return value if isinstance(value, list) else [value]


def as_base64(text: str) -> str:
    """Base64 in the standard alphabet, padded, whichever way it came; a text that is none stays as it is."""
    try:
        return _standard_base64(text)
    except PydanticCustomError:
        return text


def _standard_base64(value: Any) -> str:
    """The bytes in the standard alphabet, padded, on one line, whichever way they came."""
    if not isinstance(value, str):
        raise PydanticCustomError(BAD_BASE64, "not a string")
    try:
        binascii.a2b_base64(value, strict_mode=True)
    except ValueError:
        return _in_standard_alphabet(value)
    return value  # most come so


def _in_standard_alphabet(value: str) -> str:
    bare = value.replace("-", "+").replace("_", "/").rstrip("=")
    padded = bare + "=" * (-len(bare) % _BASE64_GROUP)
    try:
        binascii.a2b_base64(padded, strict_mode=True)
    except ValueError:
        if (whole := "".join(value.split())) != value:  # many encoders break their lines
            return _standard_base64(whole)
        raise PydanticCustomError(BAD_BASE64, "not base64") from None
    return padded


class _OneOf:
    """Reads an enum by name, in any case, or by number, as its documented name, if it has one."""

    def __init__(self, type_name: str, names: Sequence[str]) -> None:
        self.names = names
        self._type_name = type_name
        self._documented = {name.casefold(): name for name in names}

    def __call__(self, value: Any) -> str:
        if isinstance(value, str) and (name := self._documented.get(value.casefold())):
            return name
        if isinstance(value, int) and not isinstance(value, bool):
            return self.names[value] if 0 <= value < len(self.names) else str(value)
        raise PydanticCustomError(BAD_ENUM, "no such name", {"proto_type": self._type_name})


def one_of(type_name: str, *names: str) -> PlainValidator:
    """An enum whose values have these names."""
    return PlainValidator(_OneOf(type_name, names), json_schema_input_type=str)


def _open_enum(value: Any) -> str:
    """An enum that grows often: any name is taken, and any number."""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    raise PydanticCustomError("string_type", "no name and no number")


Int32: TypeAlias = Annotated[int, Field(ge=-(2**31), lt=2**31), BeforeValidator(_not_bool)]
Int64: TypeAlias = Annotated[int, Field(ge=-(2**63), lt=2**63), BeforeValidator(_not_bool)]
Float: TypeAlias = Annotated[float, BeforeValidator(_not_bool)]
Bool: TypeAlias = StrictBool
Enum: TypeAlias = Annotated[str, PlainValidator(_open_enum, json_schema_input_type=str)]
Bytes: TypeAlias = Annotated[str, BeforeValidator(_standard_base64)]
Repeated: TypeAlias = Annotated[list[T], BeforeValidator(_as_list)]
Struct: TypeAlias = dict[str, Any]
"""An object whose keys belong to the client; they are never renamed."""
