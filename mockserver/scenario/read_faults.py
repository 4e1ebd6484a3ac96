"""`fault` and `faults`: what goes wrong with an answer, where, and how often.

An item is the name of a fault of the catalogue, or what is done (`do: reset`, `do: {stall: 5s}`, or just
`stall: 5s`) with a position. Where no position is said, an act has the one at which it usually happens.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from mockserver.conversation import JsonObject, json_text
from mockserver.scenario.delivery import (
    Act,
    AfterChars,
    AfterEvents,
    AfterShare,
    AtByte,
    AtEnd,
    AtStart,
    Bare,
    Cut,
    Disconnect,
    Drop,
    Duplicate,
    Extra,
    Fail,
    Fault,
    Garble,
    Hang,
    Insert,
    KeepOpen,
    NamedFault,
    PartKind,
    Position,
    Reset,
    Rewrite,
    Stall,
    Swap,
)
from mockserver.scenario.place import Place
from mockserver.scenario.problems import ProblemError, did_you_mean, listed, quoted
from mockserver.scenario.read_outcome import BYTES, ERROR_KIND
from mockserver.scenario.read_value import JSON
from mockserver.scenario.reading import (
    Key,
    Kind,
    Reading,
    Shape,
    as_scalar,
    list_of,
    mapping_of,
    read_keys,
    shape_kind,
    wrong,
)
from mockserver.scenario.scalars import (
    DURATION,
    HEADER_NAME,
    HEADER_VALUE,
    TEXT,
    choice,
    defined,
    reference,
    whole_number,
)
from mockserver.scenario.yaml_nodes import ListNode, MappingNode, Node, ScalarNode
from mockserver.values import dataclass

Listed: TypeAlias = Fault | NamedFault
Faults: TypeAlias = tuple[Listed, ...]

# ------------------------------------------------------------------------------------------------ acts

_PLAIN: Mapping[str, Act] = {
    "cut": Cut(),
    "reset": Reset(),
    "disconnect": Disconnect(),
    "hang": Hang(),
    "garble": Garble(),
    "drop": Drop(),
    "duplicate": Duplicate(),
    "swap": Swap(),
    "extra": Extra(),
    "keepalive": KeepOpen(),
}
"""Acts that need no value."""


def _read_header(node: Node, reading: Reading) -> str | None:
    is_taken_away = isinstance(node, ScalarNode) and node.plain and node.text in {"", "~", "null"}
    return None if is_taken_away else HEADER_VALUE.read(node, reading)


_HEADERS = mapping_of(
    HEADER_NAME,
    Kind(_read_header, {"anyOf": [HEADER_VALUE.schema, {"type": "null"}]}),
    "the names of headers",
)

_ERROR = Shape(
    "`error`",
    (
        Key("kind", ERROR_KIND, "The neutral kind, which each wire spells its own way."),
        Key("message", TEXT, "The message, instead of the wire's own."),
    ),
    required=("kind",),
)
_ERROR_MAPPING = shape_kind(_ERROR, Fail)


def _read_error(node: Node, reading: Reading) -> Fail:
    if isinstance(node, MappingNode):
        return _ERROR_MAPPING.read(node, reading)
    return Fail(ERROR_KIND.read(node, reading))


ERROR: Kind[Fail] = Kind(_read_error, {"anyOf": [ERROR_KIND.schema, _ERROR.schema]})


def _read_body(node: Node, reading: Reading) -> bytes:
    is_base64 = isinstance(node, MappingNode) and any(entry.key.text == "base64" for entry in node.entries)
    if isinstance(node, ScalarNode) or is_base64:
        return BYTES.read(node, reading)
    return json_text(JSON.read(node, reading)).encode()


_BODY: Kind[bytes] = Kind(_read_body, {"anyOf": [BYTES.schema, {"type": ["object", "array"]}]})

_VALUED = (
    Key("stall", DURATION, "Nothing for so long, then it goes on."),
    Key("error", ERROR, "The vendor's error, inside a stream that has begun."),
    Key("insert", BYTES, "These bytes, verbatim, in the body."),
    Key("bare", BYTES, "These bytes, verbatim, past the framing of HTTP."),
    Key("status", whole_number(200, 599, "an HTTP status"), "Another status."),
    Key("header", _HEADERS, "Other headers; `null` takes one away.", also=("headers",)),
    Key("body", _BODY, "Another body, in one piece: a JSON value, a text, or {base64: …}."),
)
_MAKE: Mapping[str, Callable[[Any], Act]] = {
    "stall": Stall,
    "error": lambda fail: fail,
    "insert": Insert,
    "bare": Bare,
}
_OF_THE_ANSWER = ("status", "header", "body")
ACTS = (*_PLAIN, *_MAKE, *_OF_THE_ANSWER)

DO = Shape("`do`", _VALUED)


def _act(values: Mapping[str, Any], place: Place) -> Act | None:
    """The act that the values of a mapping come to. Status, headers and body are one."""
    names = [name for name in _MAKE if name in values]
    if any(name in values for name in _OF_THE_ANSWER):
        names.append("an answer of its own")
    if len(names) > 1:
        raise ProblemError(place, f"{listed(names)} are several things", "give each an item of its own")
    if not names:
        return None
    if names[0] in _MAKE:
        return _MAKE[names[0]](values[names[0]])
    headers: Mapping[str, str | None] = values.get("header", {})
    return Rewrite(values.get("status"), tuple(headers.items()), values.get("body"))


def _refuse_without_value(word: str, place: Place) -> None:
    """An act that is named alone, but says too little so."""
    if word in DO.spellings:
        raise ProblemError(place, f"{quoted(word)} needs a value", f"write it as a mapping: {{{word}: …}}")


def _read_do(node: Node, reading: Reading) -> Act:
    if isinstance(node, MappingNode):
        act = _act(read_keys(node, DO, reading).settled(), node.place)
        if act is None:
            raise ProblemError(node.place, "nothing is done", f"name one of {listed(ACTS)}")
        return act
    text = as_scalar(node, "what is done").text
    _refuse_without_value(text, node.place)
    if text not in _PLAIN:
        what = f"{quoted(text)} is nothing that can be done"
        raise ProblemError(node.place, what, did_you_mean(text, ACTS))
    return _PLAIN[text]


_DO: Kind[Act] = Kind(_read_do, {"anyOf": [{"enum": list(_PLAIN)}, DO.schema]})


def _usual_position(act: Act) -> Position:
    """Where an act happens if nothing is said."""
    match act:
        case Hang() | Rewrite():
            return AtStart()
        case KeepOpen():
            return AtEnd()
        case _:
            return AfterShare(0.5)


# -------------------------------------------------------------------------------------------- positions

_AFTER = re.compile(r"([0-9]{1,9}) ?(events?|chars?|characters?)|([0-9]{1,9}(?:\.[0-9]+)?) ?%")
_AFTER_SCHEMA: JsonObject = {
    "type": "string",
    "pattern": r"^([0-9]{1,9} ?(events?|chars?|characters?)|[0-9]{1,9}(\.[0-9]+)? ?%)$",
}
_KINDS: tuple[PartKind, ...] = ("tool_call", "text", "thinking")
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class _Amount:
    """How much of a reply stands before a position."""

    count: int = 0
    share: float | None = None
    events: bool = False


def _read_after(node: Node, _: Reading) -> _Amount:
    wanted = "an amount such as 3 events, 20 chars or 40%"
    found = _AFTER.fullmatch(as_scalar(node, wanted).text)
    if found is None:
        raise wrong(node, wanted)
    if found[3] is None:
        return _Amount(int(found[1]), events=found[2].startswith("event"))
    if float(found[3]) > _PERCENT:
        raise ProblemError(node.place, f"{quoted(found[0])} is more than all", "use 0% to 100%")
    return _Amount(share=float(found[3]) / _PERCENT)


AT = Shape(
    "`at`",
    (
        Key(
            "after", Kind(_read_after, _AFTER_SCHEMA), "How much comes before: `3 events`, `20 chars`, `40%`."
        ),
        Key("in", choice(_KINDS, "a kind of part"), "Count inside of the first part of this kind."),
        Key("byte", whole_number(0), "So many bytes of the body, as they are written."),
    ),
)
_ENDS: Mapping[str, Position] = {"start": AtStart(), "end": AtEnd()}


def _read_at(node: Node, reading: Reading) -> Position:
    if not isinstance(node, MappingNode):
        text = as_scalar(node, "a position").text
        if text in _ENDS:
            return _ENDS[text]
        mend = "write start, end, or a mapping such as {after: 3 events}, {in: tool_call}, {byte: 100}"
        raise ProblemError(node.place, f"{quoted(text)} is no position", mend)
    found = read_keys(node, AT, reading)
    values = found.settled()
    if "byte" in values:
        if len(values) > 1:
            raise ProblemError(node.place, "`byte` counts the whole body", "drop the other keys")
        return AtByte(values["byte"])
    if not values:
        raise ProblemError(node.place, "no position is said", "add `after`, `in` or `byte`")
    amount, kind = values.get("after", _Amount()), values.get("in")
    if amount.events:
        if kind:
            what = "events are counted over the whole reply"
            raise ProblemError(node.place, what, "count chars, or use %")
        return AfterEvents(amount.count)
    if amount.share is not None:
        return AfterShare(amount.share, kind)
    return AfterChars(amount.count, kind)


_AT: Kind[Position] = Kind(_read_at, {"anyOf": [{"enum": list(_ENDS)}, AT.schema]})

# ----------------------------------------------------------------------------------------------- items

_FAULT_NAME = re.compile(r"[a-z][a-z0-9-]*")


def _read_probability(node: Node, _: Reading) -> float:
    wanted = "a probability from 0 to 1"
    scalar = as_scalar(node, wanted)
    try:
        probability = float(scalar.text) if scalar.plain else -1.0
    except ValueError:
        probability = -1.0
    if not 0 <= probability <= 1:
        raise wrong(node, wanted)
    return probability


def _read_name(node: Node, reading: Reading) -> str:
    name = as_scalar(node, "the name of a fault").text
    if not _FAULT_NAME.fullmatch(name):
        raise wrong(node, "the name of a fault", "names are words of small letters, joined by -")
    if reading.faults is not None and name not in reading.faults:
        mend = did_you_mean(name, reading.faults)
        raise ProblemError(node.place, f"there is no fault {quoted(name)}", mend)
    return name


_NAME = Kind(_read_name, reference("fault_name"))
_PROBABILITY = Kind(_read_probability, {"type": "number", "minimum": 0, "maximum": 1})

_NOTHING = frozenset({"none", "null", "~", "false", "off", "no"})
"""What people write for no fault at all."""
_HINTS: Mapping[str, str] = {
    **{key.name: f"positions stand in `at`: {{at: {{{key.name}: …}}}}" for key in AT.keys},
    "name": "did you mean `fault`?",
    "for": "write how long as {stall: …}",
}

ITEM = Shape(
    "a fault",
    (
        Key("fault", _NAME, "The name of a fault of the catalogue (`mockserver faults` lists them)."),
        Key("do", _DO, "What is done."),
        *_VALUED,
        Key("at", _AT, "Where: `start`, `end`, or a point of the reply."),
        Key("probability", _PROBABILITY, "How often; drawn from the seed for each request."),
    ),
    hints=_HINTS,
)


def _read_word(node: ScalarNode, reading: Reading) -> Listed:
    """An act that needs no value, or the name of a fault."""
    if node.plain and node.text in _NOTHING:
        raise ProblemError(
            node.place, f"{quoted(node.text)} is no fault", "write [] where nothing goes wrong"
        )
    _refuse_without_value(node.text, node.place)
    act = _PLAIN.get(node.text)
    return Fault(act, _usual_position(act)) if act else NamedFault(_NAME.read(node, reading))


def _check_position(act: Act, at: Position, place: Place) -> None:
    """A position at which the act would never be seen is a slip."""
    match act, at:
        case Rewrite(), AtStart():
            pass
        case Rewrite(), _:
            raise ProblemError(place, "status, headers and body hold for the whole answer", "drop `at`")
        case Garble() | Drop() | Duplicate() | Swap(), AtEnd():
            mend = "write a position before it, such as {after: 90%}"
            raise ProblemError(place, "this is done to the event that comes next, and none does", mend)
        case _:
            pass


def _read_item(node: Node, reading: Reading) -> Listed:
    return replace(_read_unplaced(node, reading), place=node.place)


def _read_unplaced(node: Node, reading: Reading) -> Listed:
    if isinstance(node, ScalarNode):
        return _read_word(node, reading)
    found = read_keys(node, ITEM, reading)
    values = found.settled()
    probability = values.get("probability", 1.0)
    act = _act(values, node.place)
    given = [one for one in (values.get("do"), act) if one]
    if "fault" in values:
        if given or "at" in values:
            what = "a fault with a name says itself what is done, and where"
            raise ProblemError(node.place, what, "drop the rest")
        return NamedFault(values["fault"], probability)
    if len(given) != 1:
        what = "several things are done" if given else "nothing is done"
        raise ProblemError(node.place, what, f"say one: {listed(ACTS)}")
    if at := values.get("at"):
        _check_position(given[0], at, found.places["at"])
    return Fault(given[0], at or _usual_position(given[0]), probability)


_ITEM: Kind[Listed] = Kind(_read_item, {"anyOf": [{"enum": list(_PLAIN)}, _NAME.schema, ITEM.schema]})
_MANY = list_of(_ITEM, "faults", empty=True)


def _read_faults(node: Node, reading: Reading) -> Faults:
    return _MANY.read(node, reading) if isinstance(node, ListNode) else (_ITEM.read(node, reading),)


_FAULTS: Kind[Faults] = Kind(_read_faults, {"anyOf": [_ITEM.schema, _MANY.schema]})

FAULTS = Key("faults", defined(_FAULTS, "faults"), "What goes wrong with the answer.", also=("fault",))

DEFINITIONS: JsonObject = {"faults": _FAULTS.schema}
