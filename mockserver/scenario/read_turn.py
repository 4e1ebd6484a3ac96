"""A turn: one outcome, what is expected of the client, and the manner of the answer.

What an attempt or an override (`for`) leaves out it inherits, key by key: an attempt from its turn, an
override from the turn it stands in. An override with an outcome of its own replaces all attempts of the turn.
Of several overrides the most exact one counts: `openai.chat` before `openai`; they do not add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

from mockserver.conversation import JsonObject
from mockserver.scenario.delivery import Pace, Wire
from mockserver.scenario.model import Attempt, Conditions, Outcome, Turn, UsageScript
from mockserver.scenario.place import Place
from mockserver.scenario.problems import listed, quoted
from mockserver.scenario.read_manner import MANNER_KEYS, Manner, manner_of
from mockserver.scenario.read_match import EXPECT, find_conditions
from mockserver.scenario.read_outcome import ERROR, RAW
from mockserver.scenario.read_reply import PARTS, REPLY
from mockserver.scenario.reading import Found, Key, Kind, Reading, Shape, list_of, read_keys
from mockserver.scenario.scalars import TEXT, by_protocol, reference
from mockserver.scenario.yaml_nodes import Node, ScalarNode
from mockserver.values import dataclass

# -------------------------------------------------------------------------------------------- outcomes

OUTCOME_KEYS = (
    Key(
        "reply",
        REPLY,
        "What the model answers: a text, a list of parts, or `auto` for an answer without script.",
    ),
    Key("error", ERROR, "An error instead of an answer."),
    Key("raw", RAW, "A verbatim answer by protocol."),
)
OUTCOMES = tuple(key.name for key in OUTCOME_KEYS)
_OF_THE_REPLY = dict.fromkeys(PARTS, "it is a part: write it into the list of parts under `reply`")


@dataclass(frozen=True, slots=True)
class AttemptDraft:
    """An attempt before it inherits from its turn."""

    place: Place
    outcome: Outcome
    manner: Manner = field(default_factory=Manner)

    def attempt(self, base: Manner) -> Attempt:
        manner = self.manner.over(base)
        return Attempt(
            self.place,
            self.outcome,
            manner.finish,
            UsageScript(**manner.usage),
            tuple(manner.headers.items()),
            Pace(**manner.pace),
            wire=Wire(**manner.wire),
            faults=manner.faults or (),
        )


_ONE_OUTCOME: JsonObject = {"oneOf": [{"required": [name]} for name in OUTCOMES]}
_OF_THE_TURN = {
    **_OF_THE_REPLY,
    "expect": "it belongs to the turn, beside `attempts`",
    "for": "it belongs to the turn, beside `attempts`",
    "attempts": "attempts do not nest",
}
ATTEMPT = Shape("an attempt", (*OUTCOME_KEYS, *MANNER_KEYS), hints=_OF_THE_TURN, rules=_ONE_OUTCOME)


def _read_attempt(node: Node, reading: Reading) -> AttemptDraft:
    if isinstance(node, ScalarNode):
        return AttemptDraft(node.place, REPLY.read(node, reading))
    found = read_keys(node, ATTEMPT, reading)
    check_outcome(found, OUTCOMES, reading)
    values = found.settled()
    return AttemptDraft(node.place, _outcome(values), manner_of(values))


def _outcome(values: Mapping[str, Any]) -> Outcome:
    outcome: Outcome = next(values[name] for name in OUTCOMES if name in values)
    return outcome


def check_outcome(found: Found, names: tuple[str, ...], reading: Reading, *, needed: bool = True) -> None:
    given = [name for name in found.places if name in names]
    if not given and needed and not found.unknown:
        reading.tell(found.place, "there is no outcome here", f"add one of {listed(names)}")
    if len(given) > 1:
        what = f"{quoted(given[1])} stands beside {quoted(given[0])}, but a turn has one outcome"
        mend = "keep one of them; use `attempts` for one after the other"
        reading.tell(found.key_place(given[1]), what, mend)


_ATTEMPT: Kind[AttemptDraft] = Kind(_read_attempt, {"anyOf": [TEXT.schema, reference("attempt")]})

# ----------------------------------------------------------------------------------------------- turns


@dataclass(frozen=True, slots=True)
class ExpectDraft:
    """Expectations before they are inherited."""

    place: Place
    values: Mapping[str, Any]
    places: Mapping[str, Place]

    def over(self, base: ExpectDraft | None) -> ExpectDraft:
        if base is None:
            return self
        return ExpectDraft(self.place, {**base.values, **self.values}, {**base.places, **self.places})

    def conditions(self) -> Conditions:
        return Conditions(self.place, **self.values, places=self.places)


def _read_expect(node: Node, reading: Reading) -> ExpectDraft:
    found = find_conditions(node, EXPECT, reading)
    return ExpectDraft(found.place, found.settled(), found.places)


@dataclass(frozen=True, slots=True)
class TurnDraft:
    """A turn, or an override of one, as far as one place of the file says it."""

    place: Place
    attempts: tuple[AttemptDraft, ...]
    manner: Manner
    expect: ExpectDraft | None

    def over(self, base: TurnDraft) -> TurnDraft:
        return TurnDraft(
            self.place,
            self.attempts or base.attempts,
            self.manner.over(base.manner),
            self.expect.over(base.expect) if self.expect else base.expect,
        )

    def turn(self) -> Turn:
        attempts = tuple(draft.attempt(self.manner) for draft in self.attempts)
        return Turn(self.place, attempts, self.expect.conditions() if self.expect else None)


_ATTEMPTS = Key(
    "attempts",
    list_of(_ATTEMPT, "attempts"),
    "Outcomes for the same turn asked again, one after the other; the last one repeats.",
)
_EXPECT = Key(
    "expect", Kind(_read_expect, reference("expect")), "What the client must have sent; else it gets a 400."
)
TURN_OUTCOMES = (*OUTCOMES, _ATTEMPTS.name)
ONE_TURN_OUTCOME: JsonObject = {"oneOf": [{"required": [name]} for name in TURN_OUTCOMES]}
TURN_HINTS = {
    **_OF_THE_REPLY,
    "match": "it belongs to the scenario; what one turn wants of the client is `expect`",
    "limits": "they belong to the scenario: put them beside `match`",
}

_BASE_KEYS = (*OUTCOME_KEYS, _ATTEMPTS, _EXPECT, *MANNER_KEYS)
OVERRIDE = Shape("an override", _BASE_KEYS, hints={**TURN_HINTS, "for": "overrides do not nest"})


def _draft(values: Mapping[str, Any], found: Found) -> TurnDraft:
    attempts: tuple[AttemptDraft, ...] = values.get(_ATTEMPTS.name, ())
    given = next((name for name in OUTCOMES if name in values), None)
    if given:
        attempts = (AttemptDraft(found.key_place(given), values[given]),)
    return TurnDraft(found.place, attempts, manner_of(values), values.get(_EXPECT.name))


def _read_override(node: Node, reading: Reading) -> TurnDraft:
    found = read_keys(node, OVERRIDE, reading)
    check_outcome(found, TURN_OUTCOMES, reading, needed=False)
    return _draft(found.settled(), found)


_OVERRIDES = Key(
    "for",
    by_protocol(Kind(_read_override, reference("override")), OVERRIDE.spellings),
    "Other values for single protocols. What is left out here is inherited; the most exact protocol counts.",
)

TURN_KEYS = (*_BASE_KEYS, _OVERRIDES)
TURN = Shape("a turn", TURN_KEYS, hints=TURN_HINTS, rules=ONE_TURN_OUTCOME)


def turn_of(values: Mapping[str, Any], found: Found) -> Turn:
    """The turn made of the settled values of a mapping that has the keys of a turn."""
    base = _draft(values, found)
    overrides: Mapping[str, TurnDraft] = values.get(_OVERRIDES.name, {})
    return replace(
        base.turn(), overrides={name: draft.over(base).turn() for name, draft in overrides.items()}
    )


def _read_turn(node: Node, reading: Reading) -> Turn:
    found = read_keys(node, TURN, reading)
    check_outcome(found, TURN_OUTCOMES, reading)
    return turn_of(found.settled(), found)


TURN_KIND: Kind[Turn] = Kind(_read_turn, reference("turn"))

DEFINITIONS: JsonObject = {
    "attempt": ATTEMPT.schema,
    "override": OVERRIDE.schema,
    "turn": TURN.schema,
}
