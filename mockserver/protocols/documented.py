"""Whether a scripted answer is what is documented: what in it no page names, and what is of another type.

Answers are checked when scenarios are looked at, never while serving. A dialect hands over the model of its
documented response, whose models forbid what they do not name; no vendor is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from textwrap import shorten

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mockserver.conversation import Finding, Json
from mockserver.protocols.gate import pointer, way_to

_LONGEST = 160
"""Characters of a complaint; some list all the values there are."""


def undocumented(
    contract: type[BaseModel], value: Json, is_tag: Callable[[str | int, Json], bool], within: str = ""
) -> Iterator[Finding]:
    """Where `value` is not what `contract` says; `within` is the pointer to the value itself."""
    try:
        contract.model_validate(value)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            at = within + pointer((*way_to(fault, value, is_tag), *_tag(fault)))
            match fault["type"]:
                case "extra_forbidden":
                    yield Finding("unknown", "undocumented_field", at, "it is not in the documented response")
                case "missing" | "union_tag_not_found":
                    yield Finding(
                        "error", "undocumented_value", at, "it is missing, but always there as documented"
                    )
                case _:
                    yield Finding("error", "undocumented_value", at, _sentence(fault))


def _tag(fault: ErrorDetails) -> tuple[str, ...]:
    """The member that tells the variants of a union apart, where that is what is wrong."""
    name = str(fault.get("ctx", {}).get("discriminator", "")).strip("'")
    return (name,) if name.isidentifier() else ()


def _sentence(fault: ErrorDetails) -> str:
    """In words of JSON: pydantic tells some faults in those of Python and of our models."""
    match fault["type"]:
        case "model_type" | "model_attributes_type" | "dict_type":
            told = "input should be an object"
        case "union_tag_invalid":
            told = f"input should be one of {fault['ctx']['expected_tags']}"
        case _:
            told = f"{fault['msg'][:1].lower()}{fault['msg'][1:]}"
    return f"the documented response says otherwise: {shorten(told, _LONGEST, placeholder=' …')}"
