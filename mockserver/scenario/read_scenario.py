"""A scenario: its name, which conversations are in it, and its turns.

A scenario of one turn needs no `turns`: the keys of the turn stand at the top. Without `scenario:` the name
is the file's stem, for the first document of the file only. Names are made of letters, digits, `-`, `_` and
`.`, since they are used as model names (`mock-<name>`) and in headers.
"""

from __future__ import annotations

import re
from typing import Literal

from mockserver.scenario.matchers import group_names
from mockserver.scenario.model import Conditions, Scenario, Turn, templates
from mockserver.scenario.place import Place
from mockserver.scenario.problems import ProblemError, did_you_mean, quoted
from mockserver.scenario.read_match import BY_NAME, MATCH_KIND
from mockserver.scenario.read_turn import (
    TURN_HINTS,
    TURN_KEYS,
    TURN_KIND,
    TURN_OUTCOMES,
    check_outcome,
    turn_of,
)
from mockserver.scenario.reading import (
    Found,
    Key,
    Kind,
    Reading,
    Shape,
    as_scalar,
    list_of,
    one_or_many,
    read_keys,
)
from mockserver.scenario.scalars import LIMIT, TEXT, choice
from mockserver.scenario.templates import variables_of
from mockserver.scenario.yaml_nodes import Node
from mockserver.values import dataclass

VARIABLES = frozenset({"user", "model", "tools", "results", "turn", "attempt"})
"""What every template may use, besides the named groups."""

NAME_PATTERN = r"^[A-Za-z0-9._-]+$"
_NAME_RULE = "a name is made of letters, digits, `-`, `_` and `.`"
_REPEAT: tuple[Literal["repeat"], ...] = ("repeat",)


def _read_name(node: Node, _: Reading) -> str:
    name = as_scalar(node, "a name").text
    if not re.fullmatch(NAME_PATTERN, name):
        raise ProblemError(node.place, f"{quoted(name)} cannot be a name", _NAME_RULE)
    return name


_OWN_KEYS = (
    Key(
        "scenario",
        Kind(_read_name, {**TEXT.schema, "pattern": NAME_PATTERN}),
        "The name of the scenario; the file's stem where it is left out.",
    ),
    Key("description", TEXT, "What the scenario is for."),
    Key(
        "match", MATCH_KIND, "Which conversations are in the scenario; `by-name`: only when it is asked for."
    ),
    Key("turns", list_of(TURN_KIND, "turns"), "The turns of the assistant, in order."),
    Key("after", choice(_REPEAT, "known here"), "`repeat`: past the last turn begin again."),
    Key(
        "limits",
        one_or_many(LIMIT, "limits"),
        "How much of this scenario a key gets in a window of time: `3 requests/m`, `1000 tokens/10s`.",
    ),
)
_OWN_NAMES = {key.name for key in _OWN_KEYS}
SCENARIO = Shape(
    "a scenario",
    (*_OWN_KEYS, *TURN_KEYS),
    hints={name: hint for name, hint in TURN_HINTS.items() if name not in _OWN_NAMES},
    rules={"oneOf": [{"required": [name]} for name in (*TURN_OUTCOMES, "turns")]},
)


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: the name it claims, where, and the scenario unless it has a problem."""

    name: str
    place: Place
    scenario: Scenario | None


def read_document(node: Node, default_name: str | None, reading: Reading) -> tuple[Document] | tuple[()]:
    """A document of a file. `default_name` is for the first one; nothing is given for what has no name."""
    return reading.tried(Kind(lambda inner, _: _document(inner, default_name, reading), {}), node, "document")


def _document(node: Node, default_name: str | None, reading: Reading) -> Document:
    found = read_keys(node, SCENARIO, reading)
    name = _name(found, default_name, reading)
    place = found.key_place("scenario")
    _check_turns(found, reading)
    if found.troubled:
        return Document(name, place, None)
    scenario = _scenario(name, place, found)
    return Document(name, place, None if _tell_unknown_variables(scenario, reading) else scenario)


def _tell_unknown_variables(scenario: Scenario, reading: Reading) -> bool:
    """Tell of each name in a template that nothing will ever define; whether there is any."""
    troubled = False
    for turn in scenario.turns:
        known = VARIABLES | _group_names(scenario.match, turn)
        for template in templates(turn):
            for name in sorted(variables_of(template.source) - known):
                reading.tell(
                    template.place, f"there is no variable {quoted(name)}", did_you_mean(name, sorted(known))
                )
                troubled = True
    return troubled


def _group_names(match: Conditions, turn: Turn) -> set[str]:
    """The named groups that `match`, and what the turn expects on any protocol, may find."""
    expected = [version.expect for version in (turn, *turn.overrides.values()) if version.expect]
    return {
        name
        for conditions in (match, *expected)
        for matcher in conditions.matchers
        for name in group_names(matcher)
    }


def _name(found: Found, default: str | None, reading: Reading) -> str:
    """The name, or "" when that is what is wrong."""
    if "scenario" in found.places:
        given: str = found.get("scenario", "")
        return given
    if default is None:
        what = "a further document of a file needs a name"
        reading.tell(found.place, what, "add `scenario: <name>`")
        return ""
    if not re.fullmatch(NAME_PATTERN, default):
        what = f"the file's name {quoted(default)} cannot be the name of the scenario"
        reading.tell(found.place, what, f"add `scenario: <name>`; {_NAME_RULE}")
        return ""
    return default


def _check_turns(found: Found, reading: Reading) -> None:
    if "turns" not in found.places:
        check_outcome(found, (*TURN_OUTCOMES, "turns"), reading)
        return
    beside = next((key.name for key in TURN_KEYS if key.name in found.places), None)
    if beside:
        what = f"{quoted(beside)} stands beside `turns`"
        reading.tell(found.key_place(beside), what, "move it into a turn of the list")


def _scenario(name: str, place: Place, found: Found) -> Scenario:
    values = found.settled()
    match: Conditions | Literal["by-name"] = values.get("match", Conditions(found.place))
    turns = values["turns"] if "turns" in values else (turn_of(values, found),)
    return Scenario(
        name,
        place,
        turns,
        Conditions(found.places["match"]) if match == BY_NAME else match,
        by_name=match == BY_NAME,
        repeat="after" in values,
        description=values.get("description", ""),
        limits=values.get("limits", ()),
    )
