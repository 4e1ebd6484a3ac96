"""What scripted answers have that no vendor documents, told as warnings at their places in the files.

Each answer is played as a client would get it, and its dialect reviews it. What is broken on purpose is let
pass: an error status, bytes to the letter, a body that is no JSON. What a placeholder stands for is not
judged. A part for one wire that makes no difference there is told, too, and so are pieces and faults that
a reply has no place for, and faults that no answer shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from http import HTTPStatus

import orjson

from mockserver.authoring.rehearsal import Scene, holds_placeholder, rehearse
from mockserver.authoring.unreached import unreached
from mockserver.authoring.unshown import unshown
from mockserver.conversation import Finding, Json, Reply
from mockserver.playback.steps import gathered
from mockserver.protocols import VENDORS
from mockserver.protocols.base import Answer, Dialect, Vendor
from mockserver.scenario.delivery import Wire
from mockserver.scenario.filling import ScriptError
from mockserver.scenario.model import (
    NativePart,
    RawAnswer,
    RawOutcome,
    ReplyOutcome,
    Scenario,
    TemplateValue,
    templates,
)
from mockserver.scenario.place import Place
from mockserver.scenario.problems import Problem
from mockserver.values import dataclass

_MEND = "it is sent as it stands; if that is a slip, see the documentation of the vendor"
_MEND_LEFT_OUT = "this wire has no place for it as it stands; see the documentation of the vendor"


def warnings(scenarios: Iterable[Scenario], vendors: Sequence[Vendor] = VENDORS) -> list[Problem]:
    """All warnings of all scenarios, each once, in the order of their places."""
    dialects = [dialect for vendor in vendors for dialect in vendor.dialects]
    found: list[Problem] = []
    for scenario in scenarios:
        meant = [dialect for dialect in dialects if _is_for(scenario, dialect)]
        told = {warning for dialect in meant for warning in _of_scenario(scenario, dialect)}
        told.update(unshown(scenario, meant))
        found += sorted(told, key=lambda warning: (warning.place.line, warning.place.column, warning.what))
    return found


def _is_for(scenario: Scenario, dialect: Dialect) -> bool:
    wanted = scenario.match.protocol
    return not wanted or dialect.name in wanted or dialect.name.partition(".")[0] in wanted


def _of_scenario(scenario: Scenario, dialect: Dialect) -> Iterator[Problem]:
    for turn, script in enumerate(scenario.turns, 1):
        for number, attempt in enumerate(script.on(dialect.name).attempts, 1):
            scene = Scene(scenario, turn, number, replace(attempt, faults=()))  # what goes wrong is meant to
            yield from _of_scene(scene, dialect)
            yield from _left_out(scene, dialect)
            yield from _unreached(replace(scene, attempt=attempt), dialect)


def _of_scene(scene: Scene, dialect: Dialect) -> Iterable[Problem]:
    """What is wrong with the whole answer, or else with the stream: one mistake is told once."""
    match scene.attempt.outcome:
        case ReplyOutcome():
            wanted = scene.scenario.match.stream
            played = [is_stream for is_stream in (False, True) if wanted in {None, is_stream}]
        case RawOutcome() as outcome if _is_meant(outcome.on(dialect.name)):
            played = [False]
        case _:
            return ()
    for is_stream in played:
        if told := list(_told(_Take(_as(scene, stream=is_stream), dialect))):
            return told
    return ()


def _left_out(scene: Scene, dialect: Dialect) -> Iterator[Problem]:
    """The parts for this very wire that make no difference to its answer."""
    outcome, name = scene.attempt.outcome, dialect.name
    if not isinstance(outcome, ReplyOutcome):
        return
    for index, part in enumerate(outcome.parts):
        if not (isinstance(part, NativePart) and part.values.get(name) and name in part.places):
            continue
        parts = (*outcome.parts[:index], NativePart({}), *outcome.parts[index + 1 :])
        without = replace(scene, attempt=replace(scene.attempt, outcome=replace(outcome, parts=parts)))
        if (played := _played(scene, dialect)) and played == _played(without, dialect):
            what = f"on {name}, this native part is left out of the answer"
            yield Problem(part.places[name](()), what, _MEND_LEFT_OUT, "warning")


def _unreached(scene: Scene, dialect: Dialect) -> Iterator[Problem]:
    """What is said of a reply that it has no place for. What templates make, a conversation knows."""
    if not isinstance(scene.attempt.outcome, ReplyOutcome) or any(templates(scene.attempt)):
        return
    try:
        reply = rehearse(dialect, _on_its_own(scene)).told
    except ScriptError:
        return
    if isinstance(reply, Reply):
        yield from unreached(scene.attempt, reply)


def _on_its_own(scene: Scene) -> Scene:
    """The scene, whatever frames its answer or goes wrong with it."""
    return replace(scene, attempt=replace(scene.attempt, faults=(), wire=Wire()))


def _played(scene: Scene, dialect: Dialect) -> Answer | None:
    """The whole answer; None if it cannot be played."""
    try:
        return gathered(rehearse(dialect, _on_its_own(scene)).steps)
    except ScriptError:
        return None


def _as(scene: Scene, *, stream: bool) -> Scene:
    return Scene(scene.scenario, scene.turn, scene.number, scene.attempt, stream)


def _is_meant(raw: RawAnswer | None) -> bool:
    """Whether a verbatim answer is meant to be what the vendor documents."""
    if raw is None or raw.content is not None or raw.status >= HTTPStatus.BAD_REQUEST:
        return False
    return raw.events is not None or not isinstance(raw.body, str) or _json(raw.body.encode()) is not None


def _json(data: bytes) -> Json:
    """The JSON value; None if it is none, or null."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


# ----------------------------------------------------------------------------------------- one answer


@dataclass(frozen=True, slots=True)
class _Take:
    """One answer of one wire."""

    scene: Scene
    dialect: Dialect


def _told(take: _Take) -> Iterator[Problem]:
    answer = _played(take.scene, take.dialect)
    if answer is None:
        return
    told = _values(answer)
    for finding in take.dialect.review(answer):
        steps = _steps(finding.pointer)
        if finding.severity == "error" and holds_placeholder(_nearest(told, steps), take.scene):
            continue
        yield Problem(_place(take, told, steps), _sentence(take, finding), _MEND, "warning")


def _sentence(take: _Take, finding: Finding) -> str:
    stream = ", in the stream," if take.scene.stream else ","
    at = finding.pointer or "the answer"
    if finding.message.startswith("it "):
        return f"on {take.dialect.name}{stream} {at} {finding.message.removeprefix('it ')}"
    return f"on {take.dialect.name}{stream} {at}: {finding.message}"


def _values(answer: Answer) -> Json:
    """The JSON body; or what the events of a stream hold, in a list; or else the text of the body."""
    whole = _json(answer.body)
    if whole is not None:
        return whole
    data = [line.removeprefix(b"data:") for line in answer.body.splitlines() if line.startswith(b"data:")]
    return [_json(item) for item in data] if data else answer.body.decode(errors="replace")


# -------------------------------------------------------------------------------------------- places


def _steps(pointer: str) -> tuple[str, ...]:
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def _on_the_way(value: Json, steps: Sequence[str]) -> Iterator[Json]:
    """The value and what each of the steps leads to, as far as they lead."""
    yield value
    for step in steps:
        match value:
            case dict() if step in value:
                value = value[step]
            case list() if step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            case _:
                return
        yield value


def _nearest(value: Json, steps: Sequence[str]) -> Json:
    """What the steps lead to, or what is nearest to it."""
    return list(_on_the_way(value, steps))[-1]


def _place(take: _Take, told: Json, steps: tuple[str, ...]) -> Place:
    """As exact as can be told: in the verbatim answer, in a part sent as it stands, or the attempt."""
    match take.scene.attempt.outcome:
        case RawOutcome() as outcome if (raw := outcome.on(take.dialect.name)) and raw.place_of:
            return raw.place_of(steps)
        case ReplyOutcome(parts=parts):
            natives = [part for part in parts if isinstance(part, NativePart)]
            return _native_place(take, natives, told, steps) or take.scene.attempt.place
        case _:
            return take.scene.attempt.place


def _native_place(
    take: _Take, natives: Iterable[NativePart], told: Json, steps: tuple[str, ...]
) -> Place | None:
    """The place in the part whose value stands on the way to what is told. Of a value with templates only
    the beginning is known.
    """
    maybe: Place | None = None
    for part in natives:
        name = _name_on(part, take.dialect.name)
        if name is None or name not in part.places:
            continue
        value, place_of = part.values[name], part.places[name]
        if isinstance(value, TemplateValue):
            maybe = maybe or place_of(())
            continue
        for length, passed in reversed([*enumerate(_on_the_way(told, steps))]):
            if _holds(passed, value):
                return place_of(steps[length:])
    return maybe


def _holds(told: Json, value: Json) -> bool:
    """Whether a value is what is told, or was put into it."""
    if isinstance(told, dict) and isinstance(value, dict) and value:
        return all(name in told and told[name] == member for name, member in value.items())
    return bool(told == value)


def _name_on(part: NativePart, protocol: str) -> str | None:
    return next((name for name in (protocol, protocol.partition(".")[0]) if name in part.values), None)
