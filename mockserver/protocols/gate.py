"""The contract gate: what of a request is refused and what is only noted, in the mode it is judged in.

A dialect checks shapes with `check_shape`, or with `check_body` where it reads the body itself, and rules of
its own, and tells a `Gate` what it finds. Shapes are pydantic models that forbid what they do not name, so
that an unknown member costs nothing until there is one.
In which words a wire refuses is its `Wording`'s matter; no vendor is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import lru_cache
from typing import Any, Literal, TypeAlias, TypeVar

import orjson
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails

from mockserver.conversation import ContractMode, Failure, FailureKind, Finding, Json, JsonObject
from mockserver.protocols.long_bodies import is_right, plainly
from mockserver.protocols.plain_shape import is_plain
from mockserver.values import dataclass

Shape = TypeVar("Shape", bound=BaseModel)

Steps: TypeAlias = tuple[str | int, ...]
"""The way to a place in a JSON document: keys and indexes."""

_ROUNDS = 20
"""How often a body is mended at most. Each round takes away what is at fault, so few are ever needed."""

_MOST_TOLD = 1_000
"""Faults of a body that become findings: a body can hold more of them than anybody reads."""

_UNKNOWN_MEMBER = "extra_forbidden"
_MISSING = "missing"
_NOTE = "x-mock-note"
_SENTENCES: Mapping[FailureKind, str] = {"unknown_model": "The model that is asked for is not listed."}
"""What is told of failures whose words are made only when they are answered."""


@dataclass(slots=True)
class Gate:
    """Judges one request: collects its findings, and says which of them ends it."""

    mode: ContractMode = "documented"
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, failure: Failure, pointer: str = "") -> Failure | None:
        """Note what the API refuses. The failure if it ends the request, None if the request goes on."""
        code = failure.code or failure.kind
        sentence = failure.message or _SENTENCES.get(failure.kind, code)
        self.findings.append(Finding("error", code, pointer, sentence))
        return None if self.mode == "off" else self.end(failure)

    def note(self, finding: Finding, failure: Failure | None = None) -> Failure | None:
        """Note what the API lets pass. Strict mode refuses it where it is unknown or deprecated: with
        `failure`, or with the sentence of the finding.
        """
        self.findings.append(finding)
        if self.mode != "strict" or finding.severity not in ("unknown", "deprecated"):
            return None
        return self.end(failure or Failure("invalid_request", message=finding.message))

    def end(self, failure: Failure) -> Failure:
        """The failure with all that was found."""
        return replace(failure, findings=tuple(self.findings))


@dataclass(frozen=True, slots=True)
class Wording:
    """How a wire tells schema errors. `refuse` gets those that are refused, in pydantic's order, and `is_tag`
    tells the steps of a path that name the variant of a union and are no part of the body. `stand_ins` are
    required members of the body and what stands in for them where nothing is refused. `unknown` is how
    severe an unknown member is.
    """

    refuse: Callable[[Sequence[ErrorDetails]], Failure]
    is_tag: Callable[[str | int, Json], bool]
    stand_ins: Mapping[str, Json]
    unknown: Literal["unknown", "error"] = "unknown"


def check_shape(contract: type[Shape], body: JsonObject, gate: Gate, wording: Wording) -> Shape | Failure:
    """The body as typed values, or the failure that ends the request. Where faults are only noted, they are
    taken away before the body is typed; `body` itself stays as it is.
    """
    checked = _checked(contract, body, gate, wording)
    return checked if isinstance(checked, Failure) else checked[0]


def check_body(
    contract: type[BaseModel], body: JsonObject, gate: Gate, wording: Wording
) -> JsonObject | Failure:
    """The body itself where it is right, as most are, or the failure that ends the request. Where faults are
    only noted, a copy of it without them.
    """
    if is_right(contract, body) or is_plain(contract, body):
        return body
    checked = _checked(contract, body, gate, wording)
    return checked if isinstance(checked, Failure) else checked[1]


def _checked(
    contract: type[Shape], body: JsonObject, gate: Gate, wording: Wording
) -> tuple[Shape, JsonObject] | Failure:
    """The body without its faults, typed and as it is."""
    mended, is_as_sent = plainly(body), True
    for _ in range(_ROUNDS):
        try:
            return contract.model_validate(mended), mended
        except ValidationError as error:
            faults = error.errors(include_url=False)
        # What is missing once a fault has been taken away is no fault of the client's.
        if is_as_sent and (failure := _judge(faults, mended, gate, wording)):
            return failure
        is_as_sent = is_as_sent and all(fault["type"] == _UNKNOWN_MEMBER for fault in faults)
        mended = _without(mended, faults, wording)
    return gate.end(wording.refuse(faults))


def _judge(faults: Sequence[ErrorDetails], body: JsonObject, gate: Gate, wording: Wording) -> Failure | None:
    gate.findings += [_finding(fault, body, wording) for fault in faults[:_MOST_TOLD]]
    refused = [fault for fault in faults if gate.mode == "strict" or _severity(fault, wording) == "error"]
    if not refused or gate.mode == "off":
        return None
    return gate.end(wording.refuse(refused))


def _finding(fault: ErrorDetails, body: JsonObject, wording: Wording) -> Finding:
    told = wording.refuse([fault])
    code = "unknown_parameter" if fault["type"] == _UNKNOWN_MEMBER else told.code or told.kind
    at = pointer((*way_to(fault, body, wording.is_tag), *_told_apart_by(fault)))
    return Finding(_severity(fault, wording), code, at, told.message or code)


def _severity(fault: ErrorDetails, wording: Wording) -> Literal["unknown", "error"]:
    return wording.unknown if fault["type"] == _UNKNOWN_MEMBER else "error"


def _told_apart_by(fault: ErrorDetails) -> Steps:
    """The member of an object that names no variant of a union: it is at fault, not the object."""
    context = fault.get("ctx", {})
    member = str(context.get("key", context.get("discriminator", ""))).strip("'")
    return (member,) if member.isidentifier() and isinstance(fault["input"], dict) else ()


# --------------------------------------------------------------------------------------------- notes


def noted(severity: Literal["deprecated", "ignored"], sentence: str) -> Any:
    """Marks a member of a contract, inside `Annotated`: whoever sends it is told `sentence`."""
    return Field(json_schema_extra={"deprecated": severity == "deprecated", _NOTE: [severity, sentence]})


def note_members(contract: type[BaseModel], body: JsonObject, gate: Gate) -> Failure | None:
    """Note the members of `body` that `contract` marks as deprecated or ignored; null counts as not sent."""
    notes = _notes(contract)
    if notes.keys().isdisjoint(body):
        return None
    for name, (severity, sentence) in notes.items():
        if body.get(name) is not None:
            finding = Finding(severity, f"{severity}_parameter", f"/{name}", sentence)
            if failure := gate.note(finding):
                return failure
    return None


@lru_cache(maxsize=64)
def _notes(contract: type[BaseModel]) -> Mapping[str, tuple[Literal["deprecated", "ignored"], str]]:
    return {
        info.alias or name: tuple(extra[_NOTE])  # type: ignore[misc, arg-type] # what `noted` has put there
        for name, info in contract.model_fields.items()
        if isinstance(extra := info.json_schema_extra, dict) and _NOTE in extra
    }


# --------------------------------------------------------------------------------------------- places


def pointer(steps: Sequence[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a way."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def way_to(fault: ErrorDetails, body: Json, is_tag: Callable[[str | int, Json], bool]) -> Steps:
    """The way to what is at fault. A missing or unknown member is the last step, whatever its name."""
    loc = fault["loc"]
    if fault["type"] in (_MISSING, _UNKNOWN_MEMBER):
        return (*steps_to(loc[:-1], body, is_tag), loc[-1])
    return steps_to(loc, body, is_tag)


def steps_to(
    loc: Sequence[str | int], body: Json, is_tag: Callable[[str | int, Json], bool] = lambda *_: False
) -> Steps:
    """The way in `body` that pydantic's path means: without the tags of unions. The last step of a missing
    member leads nowhere yet.
    """
    return tuple(_steps(loc, body, is_tag))


def _steps(
    loc: Sequence[str | int], value: Json, is_tag: Callable[[str | int, Json], bool]
) -> Iterator[str | int]:
    passed: set[str | int] = set()
    for step in loc:
        # Named again at the same place, a tag is a member: a block of type `text` has a `text`.
        if step == "[key]" or (step not in passed and is_tag(step, value)):
            passed.add(step)
            continue
        passed.clear()
        yield step
        match value:
            case dict() if step in value:
                value = value[step]
            case list() if isinstance(step, int) and step < len(value):
                value = value[step]
            case _:
                value = None


def _without(body: JsonObject, faults: Sequence[ErrorDetails], wording: Wording) -> JsonObject:
    """A copy of the body without what is at fault. A missing member takes the object it is missing from
    along, but for the body itself.
    """
    copy: JsonObject = orjson.loads(orjson.dumps(body))
    ways = set()
    for fault in faults:
        way = way_to(fault, body, wording.is_tag)
        if fault["type"] == _MISSING and len(way) == 1:
            copy[str(way[0])] = wording.stand_ins.get(str(way[0]))
        else:
            ways.add(way[:-1] if fault["type"] == _MISSING else way)
    for way in sorted(ways, key=_from_the_end):
        _take_away(copy, way)
    return copy


def _from_the_end(way: Steps) -> tuple[int, list[int]]:
    """Deep places first, and those behind before those in front, so that no index moves before its turn."""
    return -len(way), [-step if isinstance(step, int) else 0 for step in way]


def _take_away(document: Json, way: Steps) -> None:
    for step in way[:-1]:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return  # what it stood in is gone already
    match document, way[-1:]:
        case dict(), (key,):
            document.pop(key, None)
        case list(), (int(index),) if index < len(document):
            del document[index]
        case _:
            pass
